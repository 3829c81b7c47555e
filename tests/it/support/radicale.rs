//! A CalDAV server that is not ours (Python's Radicale), with one user, on a port of its own; it ends with the test.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use fiddlehead::calendars::{Calendars, Guard, Resolver};

use super::process::{eventually, free_port};
use super::smtp_peer::python;

/// The one address that calendars may be read at beside the public internet: the tests' own servers are there.
pub fn is_this_machine(address: std::net::IpAddr) -> bool {
    address == std::net::IpAddr::from([127, 0, 0, 1])
}

/// Reads calendars there.
pub fn calendars() -> Calendars {
    Calendars::new(Guard::new(Box::new(is_this_machine)), Resolver::System)
}

pub struct Radicale {
    process: Child,
    port: u16,
    login: String,
    _folder: tempfile::TempDir,
}

impl Drop for Radicale {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Radicale {
    /// Starts one; none if this machine has no Python for it.
    pub fn open(user: &str, password: &str) -> Option<Self> {
        let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
        let users = folder.path().join("users");
        std::fs::write(&users, format!("{user}:{password}\n")).unwrap();
        let process = Command::new(python()?)
            .args(["-m", "radicale", "--config", "", "--server-hosts", &format!("127.0.0.1:{port}")])
            .args(["--auth-type", "htpasswd", "--auth-htpasswd-encryption", "plain", "--auth-delay", "0"])
            .arg("--auth-htpasswd-filename")
            .arg(&users)
            .arg("--storage-filesystem-folder")
            .arg(folder.path().join("collections"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let login = format!("{user}:{password}");
        let radicale = Self { process, port, login, _folder: folder };
        eventually("Radicale listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        Some(radicale)
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}/", self.port)
    }

    /// Makes a calendar; gives its address.
    pub fn make(&self, path: &str) -> String {
        self.ask("MKCALENDAR", &format!("/{path}/"), "");
        self.url(path)
    }

    pub fn put(&self, collection: &str, name: &str, text: &str) {
        self.ask("PUT", &format!("/{collection}/{name}.ics"), text);
    }

    pub fn delete(&self, collection: &str, name: &str) {
        self.ask("DELETE", &format!("/{collection}/{name}.ics"), "");
    }

    fn ask(&self, method: &str, path: &str, body: &str) {
        let login = data_encoding::BASE64.encode(self.login.as_bytes());
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Basic {login}\r\n\
             Content-Type: text/calendar; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((200..300).contains(&status), "{method} {path}: {answer}");
    }
}
