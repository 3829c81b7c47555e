//! How the mail server is reached, what can be wrong with that, and how long it is waited for.

use std::fmt;
use std::time::Duration;

/// How the line to the server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain at first, then TLS, or nothing is sent (usually port 587).
    StartTls,
    /// TLS from the first octet (usually port 465).
    Tls,
    /// Not at all: to this machine only.
    None,
}

/// How to reach the server.
#[derive(Clone)]
pub struct SmtpSettings {
    /// Its name, which its certificate must bear.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is secured.
    pub security: Security,
    /// The name to sign in with; without one there is no AUTH.
    pub username: Option<String>,
    /// The password that goes with it.
    pub password: Option<String>,
    /// Certificates (PEM) to trust beside the public ones.
    pub ca_file_pem: Option<Vec<u8>>,
    /// What we call ourselves in EHLO: the host of the instance's address.
    pub hello_name: String,
}

impl fmt::Debug for SmtpSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .field("hello_name", &self.hello_name)
            .finish_non_exhaustive()
    }
}

/// Why mail settings cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongSettings {
    /// An unsecured line to another machine.
    #[error("security = \"none\" is for a mail server on this machine only")]
    UnsecuredAway,
    /// The name for EHLO is no host name.
    #[error("{0:?} is not a host name to say hello with")]
    HelloName(String),
    /// The file of extra certificates holds none that can be read.
    #[error("the CA file holds no certificate that can be read")]
    CaFile,
    /// The host is neither a name nor an address.
    #[error("{0:?} is not a host name")]
    Host(String),
}

/// How long to wait at each stage before giving up.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For one TCP connection; a name may have several addresses, tried one after the other.
    pub connect: Duration,
    /// For the greeting, TLS and AUTH together.
    pub open: Duration,
    /// For the answer to one command.
    pub answer: Duration,
    /// For the letter and the answer to it. RFC 5321 (4.5.3.2.6) asks for ten minutes: who gives up earlier does not
    /// know whether the letter was taken.
    pub letter: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { connect: seconds(15), open: seconds(60), answer: seconds(120), letter: seconds(600) }
    }
}
