//! A server that speaks Stripe (`tests/peers/stripe_fake.py`), started and told what its buyers and faults are to do.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use fiddlehead::payments::{CheckoutId, Stripe, Till};
use serde_json::{Value, json};

/// The key that the fake takes.
pub const KEY: &str = "sk_test_fake";

/// A running fake; it stops with the test.
pub struct Fake {
    process: Child,
    pub port: u16,
}

impl Drop for Fake {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Fake {
    pub fn start(options: &[&str]) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/stripe_fake.py");
        let mut process = Command::new("python3")
            .arg("-B")
            .arg(script)
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is needed for the peers of these tests");
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self { port: line.trim().parse().expect("the fake says its port"), process }
    }

    pub fn till(&self) -> Till {
        self.till_with(KEY)
    }

    pub fn till_with(&self, key: &str) -> Till {
        Till::Stripe(Stripe::new(key, &format!("http://127.0.0.1:{}", self.port)).unwrap())
    }

    /// Everything that it knows.
    pub fn state(&self) -> Value {
        self.control("GET", "/_control/state", &json!({}))
    }

    /// Asks the control API, or presses a button of the payment page.
    pub fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let body = body.to_string();
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: fake\r\nConnection: close");
        stream.write_all(format!("{head}\r\nContent-Length: {length}\r\n\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200") || head.starts_with("HTTP/1.1 303"), "{path}: {answer}");
        serde_json::from_str(body).unwrap_or(Value::Null)
    }

    pub fn buyer(&self, id: &CheckoutId, verb: &str) {
        self.control("POST", &format!("/_control/sessions/{id}/{verb}"), &json!({}));
    }

    /// What somebody does at Stripe's own pages, or a bank.
    pub fn back(&self, verb: &str, body: &Value) -> Value {
        self.control("POST", &format!("/_control/back/{verb}"), body)
    }

    pub fn faults(&self, on: &str, fault: &str, times: u32) {
        let api = json!([{"on": on, "fault": fault, "times": times, "seconds": 1}]);
        self.control("POST", "/_control/faults", &json!({ "api": api }));
    }

    /// How many checkouts there are, and how often each question was asked.
    pub fn counts(&self, question: &str) -> (usize, usize) {
        let state = self.state();
        let asked = state["requests"].as_array().unwrap().iter().filter(|request| request["on"] == question);
        (state["sessions"].as_array().unwrap().len(), asked.count())
    }
}
