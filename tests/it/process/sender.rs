//! `fiddlehead doctor` on the domain that mail comes from, with a name server that is not ours.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use crate::support::process::Program;
use crate::support::smtp_peer::python;

/// `tests/peers/name_server.py` with a zone; it ends with the test.
struct NameServer {
    process: Child,
    at: String,
    said: Option<BufReader<std::process::ChildStdout>>,
}

impl Drop for NameServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl NameServer {
    fn with(zone: &str) -> Option<Self> {
        let mut process = Command::new(python()?)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/name_server.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(process.stdin.as_mut().unwrap(), "{zone}\n.").unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let mut port = String::new();
        said.read_line(&mut port).unwrap();
        let at = format!("127.0.0.1:{}", port.trim().parse::<u16>().expect("its port"));
        Some(Self { process, at, said: Some(said) })
    }

    /// What it was asked, to its end.
    fn asked(mut self) -> Vec<String> {
        drop(self.process.stdin.take());
        self.said.take().unwrap().lines().map(Result::unwrap).collect()
    }
}

/// What doctor says of the sender with such a zone, a line each, and what the name server was asked.
fn said(program: &Program, zone: &str, options: &[&str]) -> Option<(Vec<String>, Vec<String>)> {
    let names = NameServer::with(zone)?;
    let all = [&["doctor", "--time-server", "127.0.0.1:9", "--name-server", &names.at], options].concat();
    let told = String::from_utf8(program.verb(&all, "").stdout).unwrap();
    let lines = told.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Some((lines.collect(), names.asked()))
}

#[track_caller]
fn assert_line(lines: &[String], begins: &str, holds: &str) {
    let found = lines.iter().any(|line| line.starts_with(begins) && line.contains(holds));
    assert!(found, "no line {begins:?} with {holds:?} in\n{}", lines.join("\n"));
}

/// The program with mail from a domain; nobody listens at that mail server.
fn writes_from(from: &str) -> Program {
    let program = Program::bare();
    program.configure(&format!(
        "[mail]\nhost = \"localhost\"\nport = 9\nsecurity = \"none\"\nfrom = \"{from}\"\n"
    ));
    program
}

#[test]
fn what_is_missing_is_said_as_the_record_to_add() {
    let program = writes_from("Quiet Field <hello@quietfield.example>");
    let zone = "quietfield.example. 60 IN TXT \"another-service=1\"\n";
    let Some((lines, asked)) = said(&program, zone, &[]) else { return };
    for (begins, holds) in [
        ("look spf", "quietfield.example. TXT \"v=spf1 mx a:localhost ~all\""),
        ("look dkim", "has no key, so nobody can tell its mail from others’"),
        ("look dkim", "SELECTOR._domainkey.quietfield.example. TXT \"v=DKIM1; p=…\""),
        (
            "look dmarc",
            "_dmarc.quietfield.example. TXT \"v=DMARC1; p=none; rua=mailto:hello@quietfield.example\"",
        ),
        ("look answers", "Have an MX record made"),
    ] {
        assert_line(&lines, begins, holds);
    }
    // Where there is nothing under _domainkey at all, no name is guessed.
    assert!(asked.contains(&"udp _domainkey.quietfield.example. TXT".to_owned()), "{asked:?}");
    assert_eq!(asked.iter().filter(|line| line.contains("_domainkey")).count(), 1, "{asked:?}");

    let (lines, _) = said(&program, "another.example. 60 IN A 192.0.2.1\n", &[]).unwrap();
    assert_line(&lines, "WRONG sender", "quietfield.example is not there");
}

#[test]
fn what_is_there_is_shown_and_what_it_does_not_show_is_said() {
    let program = writes_from("hello@post.quietfield.example");
    // Longer than a packet: asked again by TCP. The key stands behind another name, as providers have it.
    let long = "x".repeat(250);
    let zone = format!(
        "post.quietfield.example. 60 IN TXT \"{long}\" \"{long}\" \"{long}\"\n\
         post.quietfield.example. 60 IN TXT \"v=spf1 include:\" \"_spf.provider.example ~all\"\n\
         post.quietfield.example. 60 IN MX 10 mx.provider.example.\n\
         fm1._domainkey.post.quietfield.example. 60 IN CNAME key.provider.example.\n\
         key.provider.example. 60 IN TXT \"v=DKIM1; k=rsa; p=MIGfMA0\"\n\
         _dmarc.quietfield.example. 60 IN TXT \"v=DMARC1; p=quarantine\"\n"
    );
    let Some((lines, asked)) = said(&program, &zone, &[]) else { return };
    for (begins, holds) in [
        (
            "ok spf",
            "says \"v=spf1 include:_spf.provider.example ~all\". That localhost is among these only a mail shows",
        ),
        (
            "ok dkim",
            "there is a key at fm1._domainkey.post.quietfield.example. That your mail server signs with it",
        ),
        ("ok dmarc", "_dmarc.quietfield.example says \"v=DMARC1; p=quarantine\""),
        ("ok answers", "go to mx.provider.example"),
    ] {
        assert_line(&lines, begins, holds);
    }
    assert!(asked.contains(&"tcp post.quietfield.example. TXT".to_owned()), "{asked:?}");
}

#[test]
fn what_receivers_would_not_heed_is_wrong() {
    let program = writes_from("hello@quietfield.example");
    let zone = "quietfield.example. 60 IN TXT \"v=spf1 mx -all\"\n\
                quietfield.example. 60 IN TXT \"v=spf1 a -all\"\n\
                old._domainkey.quietfield.example. 60 IN TXT \"v=DKIM1; p=\"\n\
                _dmarc.quietfield.example. 60 IN TXT \"v=DMARC1; rua=mailto:a@b.example\"\n";
    let Some((lines, asked)) = said(&program, zone, &[]) else { return };
    assert_line(&lines, "WRONG spf", "has 2 records that begin with v=spf1");
    assert_line(&lines, "look dkim", "no key at the usual names (24 were tried); it may have another");
    assert_line(&lines, "look dkim", "--dkim-selector");
    assert_line(&lines, "WRONG dmarc", "without p=none, p=quarantine or p=reject");
    assert!(asked.iter().filter(|line| line.contains("._domainkey.")).count() == 24, "{asked:?}");
    let (lines, _) = said(&program, zone, &["--dkim-selector", "old"]).unwrap();
    assert_line(&lines, "WRONG dkim", "the key at old._domainkey.quietfield.example was withdrawn");
    let (lines, _) = said(&program, zone, &["--dkim-selector", "new"]).unwrap();
    assert_line(&lines, "look dkim", "there is no key at new._domainkey.quietfield.example");

    let zone = "quietfield.example. 60 IN TXT \"v=spf1 mx all\"\n\
                _dmarc.quietfield.example. 60 IN TXT \"v=DMARC1; p=none\"\n\
                _dmarc.quietfield.example. 60 IN TXT \"v=DMARC1; p=reject\"\n";
    let (lines, _) = said(&program, zone, &[]).unwrap();
    assert_line(&lines, "WRONG spf", "lets everybody send in its name (v=spf1 mx all)");
    assert_line(&lines, "WRONG dmarc", "has 2 records");
}

#[test]
fn a_domain_of_the_house_and_a_silent_name_server_are_no_reason_to_fail() {
    let program = writes_from("hello@127.0.0.1");
    let offline = |program: &Program| {
        let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = silent.local_addr().unwrap().to_string();
        let told = program.verb(&["doctor", "--time-server", "127.0.0.1:9", "--name-server", &at], "");
        let lines = String::from_utf8(told.stdout).unwrap();
        lines.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    };
    assert_line(&offline(&program), "ok sender", "is of this house");
    assert_line(
        &offline(&writes_from("hello@quietfield.example")),
        "look sender",
        "cannot be looked up (127.0.0.1:",
    );
}
