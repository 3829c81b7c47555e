//! `fiddlehead healthcheck`: asks the running program whether it is well, for containers that hold no other program.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{Environment, Settings};
use crate::platform::config::TlsMode;
use crate::tls::probe;

/// How long to connect, and how long to wait for each part of the answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// The most that is looked at: the status, the header and a line of words.
const MOST_BYTES: u64 = 8 << 10;
/// What the program says of itself if nothing is to be done.
pub(super) const WELL: &str = "well";

/// What was answered.
pub(super) struct Answered {
    /// The status.
    pub(super) status: u16,
    /// What else it says, in a line.
    pub(super) words: String,
}

/// Asks `/healthz` at the address that the settings say is listened on.
///
/// # Errors
/// That the program does not answer, or what it answered.
pub(super) fn run(settings: &Settings, environment: Environment) -> Result<(), String> {
    let config = settings.load(environment)?.config;
    let address = from_here(config.listen);
    match status(address, config.tls.mode) {
        Ok(Answered { status: 200, words }) => {
            println!("{address}: {words}");
            Ok(())
        }
        Ok(Answered { status: 503, .. }) => {
            Err(format!("{address}: the data file cannot be read. Look at the log"))
        }
        Ok(Answered { status, .. }) => Err(format!("{address}: answers {status}. Is another program there?")),
        Err(why) => Err(format!("{address}: does not answer ({why}). Is fiddlehead running?")),
    }
}

/// Where a listener is reached from the same machine: one on all addresses, at the loopback.
pub(super) fn from_here(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

pub(super) fn status(address: SocketAddr, mode: TlsMode) -> io::Result<Answered> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    match mode {
        TlsMode::Off => asked(stream),
        TlsMode::Files | TlsMode::Local | TlsMode::Acme => asked(probe::around(stream, address.ip())?),
    }
}

fn asked(mut stream: impl Read + Write) -> io::Result<Answered> {
    // `localhost` is answered whatever base_url says.
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    match stream.take(MOST_BYTES).read_to_end(&mut answer) {
        // How it ends matters to nobody once it said something.
        Err(why) if answer.is_empty() => return Err(why),
        _ => {}
    }
    let answer = String::from_utf8_lossy(&answer);
    let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)?.parse().ok());
    let status = status
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "what answers does not speak HTTP"))?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok(Answered { status, words: body.lines().next().unwrap_or_default().trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread::JoinHandle;

    use super::*;

    /// Answers one request with these bytes, and gives back what was asked.
    fn answering(with: &'static [u8]) -> (SocketAddr, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 512];
            let length = stream.read(&mut bytes).unwrap();
            stream.write_all(with).unwrap();
            String::from_utf8(bytes[..length].to_vec()).unwrap()
        });
        (address, asked)
    }

    fn settings_for(address: &str) -> Environment {
        vec![
            ("FIDDLEHEAD_LISTEN".to_owned(), address.to_owned()),
            ("FIDDLEHEAD_BASE_URL".to_owned(), "https://book.example".to_owned()),
        ]
    }

    fn checked(address: &str) -> Result<(), String> {
        // An empty file, so that the settings of this machine do not matter.
        let none = tempfile::NamedTempFile::new().unwrap();
        run(&Settings { config: Some(none.path().to_owned()) }, settings_for(address))
    }

    #[test]
    fn a_listener_on_all_addresses_is_asked_at_the_loopback() {
        for (listen, here) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("127.0.0.1:80", "127.0.0.1:80"),
            ("192.0.2.7:8080", "192.0.2.7:8080"),
        ] {
            assert_eq!(from_here(listen.parse().unwrap()), here.parse().unwrap());
        }
    }

    #[test]
    fn a_program_that_is_well_passes() {
        let (address, asked) = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwell\n");
        assert_eq!(checked(&format!("0.0.0.0:{}", address.port())), Ok(()));
        let asked = asked.join().unwrap();
        assert!(asked.starts_with("GET /healthz HTTP/1.1\r\n") && asked.contains("\r\nHost: localhost\r\n"));
    }

    #[test]
    fn all_else_fails_with_words_that_say_what_to_do() {
        for (answer, words) in [
            (&b"HTTP/1.1 503 Service Unavailable\r\n\r\n"[..], "cannot be read. Look at the log"),
            (b"HTTP/1.1 404 Not Found\r\n\r\n", "answers 404. Is another program there?"),
            (b"220 mail.example ESMTP\r\n", "does not speak HTTP"),
            (b"", "does not speak HTTP"),
        ] {
            let (address, asked) = answering(answer);
            let why = checked(&address.to_string()).unwrap_err();
            assert!(why.contains(words), "{why}");
            asked.join().unwrap();
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(checked(&free.to_string()).unwrap_err().contains("Is fiddlehead running?"));
    }
}
