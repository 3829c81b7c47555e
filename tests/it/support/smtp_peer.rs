//! A mail server that is not ours (`tests/peers/smtp_peer.py`, on Python's aiosmtpd), started, listened to and ended.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use fiddlehead::mail::{Mail, Patience, Security, Smtp, SmtpSettings};
use serde_json::Value;

pub const USER: &str = "fern";
pub const PASSWORD: &str = "unfurling, slowly";

/// How long a server is waited for before a test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A Python that has what tests/requirements.txt names, or none, loudly; on a machine that checks, none is a failure.
pub fn python() -> Option<PathBuf> {
    let named = std::env::var_os("FIDDLEHEAD_TEST_PYTHON").map(PathBuf::from);
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/.venv/bin/python"));
    let found = named.or_else(|| own.exists().then_some(own));
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no Python for a peer: tests/run makes one");
        eprintln!("\n  SKIPPED, NOT PASSED: no Python for a peer (tests/.venv); tests/run makes one\n");
    }
    found
}

/// Where such a server is to be found, and the certificate of its own authority; it may be down.
pub struct Address {
    pub port: u16,
    /// Its authority's certificate, as PEM.
    pub ca: Vec<u8>,
    security: &'static str,
    folder: tempfile::TempDir,
}

impl Address {
    /// A server on any port (0) or on one that is known before it is up, for 127.0.0.1.
    pub fn new(port: u16) -> Self {
        Self::certified("127.0.0.1", "starttls", port)
    }

    fn certified(name: &str, security: &'static str, port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new([name.to_owned()]).unwrap().self_signed(&key).unwrap();
        std::fs::write(folder.path().join("cert.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        Self { port, ca: certificate.pem().into_bytes(), security, folder }
    }

    /// The file with its authority's certificate.
    pub fn ca_file(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    /// What the mail program is told of it.
    pub fn settings(&self, security: Security) -> SmtpSettings {
        SmtpSettings {
            host: "127.0.0.1".into(),
            port: self.port,
            security,
            username: Some(USER.into()),
            password: Some(PASSWORD.into()),
            ca_file_pem: Some(self.ca.clone()),
            hello_name: "book.example".into(),
        }
    }

    /// Starts the server there; none if this machine has no Python for it.
    pub fn open(self: &Arc<Self>, options: &[&str]) -> Option<Peer> {
        let path = |name: &str| self.folder.path().join(name);
        let mut process = Command::new(python()?)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/smtp_peer.py"))
            .args(["--security", self.security, "--user", USER, "--password", PASSWORD])
            .args(["--port", &self.port.to_string()])
            .arg("--dir")
            .arg(path("mails"))
            .arg("--cert")
            .arg(path("cert.pem"))
            .arg("--key")
            .arg(path("key.pem"))
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (lines, (tell, events)) = (BufReader::new(process.stdout.take().unwrap()).lines(), channel());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if tell.send(serde_json::from_str(&line).unwrap()).is_err() {
                    return;
                }
            }
        });
        let mut peer = Peer { process, events, port: self.port, address: Arc::clone(self) };
        peer.port = u16::try_from(peer.wait_for("listening")["port"].as_u64().unwrap()).unwrap();
        Some(peer)
    }
}

pub struct Peer {
    process: Child,
    events: Receiver<Value>,
    pub port: u16,
    address: Arc<Address>,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Peer {
    /// A server for 127.0.0.1 with a certificate of its own authority.
    pub fn start(security: &'static str, options: &[&str]) -> Option<Self> {
        Self::start_as("127.0.0.1", security, options)
    }

    pub fn start_as(certified: &str, security: &'static str, options: &[&str]) -> Option<Self> {
        Arc::new(Address::certified(certified, security, 0)).open(options)
    }

    pub fn with_faults(faults: &[&str]) -> Option<Self> {
        let options: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        Self::start("starttls", &options)
    }

    /// The next thing of this kind that the server tells of.
    pub fn wait_for(&mut self, event: &str) -> Value {
        loop {
            let told = self.events.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no {event} in time"));
            if told["event"] == event {
                return told;
            }
        }
    }

    /// What the server has told of and not been asked for yet.
    pub fn told(&mut self) -> Vec<Value> {
        self.events.try_iter().collect()
    }

    /// The same, to its end; it is told to end.
    pub fn end(mut self) -> Vec<Value> {
        drop(self.process.stdin.take());
        self.events.iter().collect()
    }

    pub fn settings(&self, security: Security) -> SmtpSettings {
        SmtpSettings { port: self.port, ..self.address.settings(security) }
    }

    pub fn mail(&self) -> Mail {
        mail(self.settings(Security::StartTls))
    }
}

pub fn mail(settings: SmtpSettings) -> Mail {
    let short = Duration::from_secs(2);
    let patience = Patience { connect: short, open: short * 5, answer: short, letter: short };
    Mail::Smtp(Smtp::new(settings).unwrap().with_patience(patience))
}
