//! Somebody who asks the running program over HTTP, each time on a connection of its own, from whatever address.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::Answer;
use super::process::PATIENCE;

/// Knows where the program answers.
#[derive(Debug, Clone, Copy)]
pub struct Caller {
    pub port: u16,
}

impl Caller {
    /// Sends a request with a form and cookies, and does not wait for the answer; nothing if nobody takes it.
    pub fn send(
        self,
        method: &str,
        path: &str,
        from: &str,
        (form, cookies): (&[(&str, &str)], &str),
    ) -> Option<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let body = serde_urlencoded::to_string(form).unwrap();
        let (port, length) = (self.port, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nX-Forwarded-For: {from}\r\n\
             Sec-Fetch-Site: same-origin\r\nCookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        Some(stream)
    }

    /// The same, and waits for the answer; nothing if there is none.
    pub fn ask(self, method: &str, path: &str, from: &str, form: (&[(&str, &str)], &str)) -> Option<Answer> {
        let mut answer = Vec::new();
        self.send(method, path, from, form)?.read_to_end(&mut answer).ok()?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(": "));
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Some(Answer { status, headers, text: body.to_owned(), bytes: body.into() })
    }
}
