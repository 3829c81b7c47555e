//! The settings: one TOML file, each key overridable from the environment, checked as a whole before anything starts.
//! Every problem is found at once, and each says what to do.

mod base_url;
mod changed;
mod reading;
mod source;
#[cfg(test)]
mod tests;
mod tls;

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

pub use base_url::{BaseUrl, NotABaseUrl, is_loopback_host};
pub use changed::changes_at_once;
pub use reading::load;
use source::KEYS;
pub use source::{Origin, Problem};
pub use tls::{AcmeChallenge, AcmeSettings, Tls, TlsMode};

use super::log;
use super::network::Network;

/// A secret: `Debug` shows `***`, and reading it has to be said.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps a text from being shown.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one call that needs it. Never for the log.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// What is effective.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the program listens.
    pub listen: SocketAddr,
    /// What every link begins with; never taken from a request.
    pub base_url: BaseUrl,
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// The networks of this house in which calendars may be read, and backups be kept.
    pub allow_private: Vec<Network>,
    /// How pages are encrypted on the way.
    pub tls: Tls,
    /// Payment by Stripe; without it clients pay at the practice.
    pub stripe: Option<Stripe>,
    /// Mail; without it links are shown to hand over.
    pub mail: Option<Mail>,
    /// The log.
    pub log: Log,
    /// Where figures for programs that watch are to be had; nowhere if nothing is said.
    pub metrics: Option<SocketAddr>,
}

/// How Stripe is reached.
#[derive(Debug, Clone)]
pub struct Stripe {
    /// The secret or restricted key.
    pub secret_key: Secret,
    /// What webhooks are signed with; without it events are only polled.
    pub webhook_secret: Option<Secret>,
    /// Scheme and host of the API, without a trailing slash.
    pub api_base: String,
    /// How often events are asked for, in seconds.
    pub poll_seconds: u32,
}

/// Whether money moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A test key: nothing is charged, and every page should say so.
    Test,
    /// A live key.
    Live,
}

impl Stripe {
    /// Whether the key is for tests. A key that does not say so is taken for a live one.
    #[must_use]
    pub fn mode(&self) -> Mode {
        if self.secret_key.expose().contains("_test_") { Mode::Test } else { Mode::Live }
    }
}

/// How the mail server is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// Plain at first, then TLS, or nothing is sent.
    StartTls,
    /// TLS from the first byte.
    Tls,
    /// No TLS: only to a server on this machine.
    None,
}

impl Security {
    const WORDS: [(&'static str, Self); 3] =
        [("starttls", Self::StartTls), ("tls", Self::Tls), ("none", Self::None)];

    /// The port that is used by custom (RFC 6409, RFC 8314).
    const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

impl fmt::Display for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS.iter().find(|(_, one)| one == self).map_or("", |(word, _)| word))
    }
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How it is spoken to.
    pub security: Security,
    /// What the server asks to be signed in with.
    pub login: Option<MailLogin>,
    /// The sender: `name@host` or `Name <name@host>`, without control characters.
    pub from: String,
    /// A certificate authority to trust besides the public ones, in PEM.
    pub ca_file: Option<PathBuf>,
}

/// The name and password for the mail server.
#[derive(Debug, Clone)]
pub struct MailLogin {
    /// The name.
    pub username: String,
    /// The password.
    pub password: Secret,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Log {
    /// For people or for machines.
    pub format: log::Format,
    /// How much.
    pub level: log::Level,
}

/// Settings that can be worked with, and what should be said about them.
#[derive(Debug)]
pub struct Loaded {
    /// What is effective.
    pub config: Config,
    /// What works, but should be looked at.
    pub warnings: Vec<String>,
    origins: BTreeMap<&'static str, Origin>,
}

impl Loaded {
    /// Every key with what is effective (secrets as `***`; nothing if it is not set) and where that comes from.
    pub fn table(&self) -> impl Iterator<Item = (&'static str, Option<String>, Origin)> {
        KEYS.iter().map(|(key, _)| {
            (*key, self.config.shown(key), self.origins.get(key).cloned().unwrap_or(Origin::Default))
        })
    }
}

fn listed(networks: &[Network]) -> Option<String> {
    let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
    Some(networks.join(", ")).filter(|list| !list.is_empty())
}

impl Config {
    fn shown(&self, key: &str) -> Option<String> {
        let (stripe, mail) = (self.stripe.as_ref(), self.mail.as_ref());
        let masked = |_: &Secret| "***".to_owned();
        match key {
            "listen" => Some(self.listen.to_string()),
            "base_url" => Some(self.base_url.to_string()),
            "data_dir" => Some(self.data_dir.display().to_string()),
            "trusted_proxies" => listed(&self.trusted_proxies),
            "network.allow_private" => listed(&self.allow_private),
            key if key.starts_with("tls.") => self.tls.shown(key),
            "stripe.secret_key" => stripe.map(|stripe| masked(&stripe.secret_key)),
            "stripe.webhook_secret" => stripe.and_then(|stripe| stripe.webhook_secret.as_ref()).map(masked),
            "stripe.api_base" => stripe.map(|stripe| stripe.api_base.clone()),
            "stripe.poll_seconds" => stripe.map(|stripe| stripe.poll_seconds.to_string()),
            "mail.host" => mail.map(|mail| mail.host.clone()),
            "mail.port" => mail.map(|mail| mail.port.to_string()),
            "mail.security" => mail.map(|mail| mail.security.to_string()),
            "mail.username" => mail.and_then(|mail| mail.login.as_ref()).map(|login| login.username.clone()),
            "mail.password" => mail.and_then(|mail| mail.login.as_ref()).map(|login| masked(&login.password)),
            "mail.from" => mail.map(|mail| mail.from.clone()),
            "mail.ca_file" => {
                mail.and_then(|mail| mail.ca_file.as_ref()).map(|path| path.display().to_string())
            }
            "log.format" => Some(self.log.format.to_string()),
            "log.level" => Some(self.log.level.to_string()),
            "metrics.listen" => self.metrics.map(|at| at.to_string()),
            _ => None,
        }
    }
}
