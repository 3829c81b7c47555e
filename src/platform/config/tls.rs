//! The `[tls]` section: where the certificate comes from, and what each way needs.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use super::base_url::is_name;
use super::reading::Reading;
use super::{BaseUrl, Secret, is_loopback_host};

/// Let's Encrypt.
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

/// How pages are encrypted on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TlsMode {
    /// Not by us: a proxy does it, or nothing leaves this machine.
    #[default]
    Off,
    /// With a certificate in files that somebody else keeps.
    Files,
    /// With a certificate authority of our own, for a network that nothing reaches from outside.
    Local,
    /// With a certificate that an ACME authority issues, such as Let's Encrypt.
    Acme,
}

impl TlsMode {
    const WORDS: [(&'static str, Self); 4] =
        [("off", Self::Off), ("files", Self::Files), ("local", Self::Local), ("acme", Self::Acme)];
}

impl fmt::Display for TlsMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS.iter().find(|(_, one)| one == self).map_or("", |(word, _)| word))
    }
}

/// How a name is proved to an ACME authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AcmeChallenge {
    /// By a text on port 80.
    Http01,
    /// By a certificate on port 443.
    TlsAlpn01,
}

impl AcmeChallenge {
    const WORDS: [(&'static str, Self); 2] = [("http-01", Self::Http01), ("tls-alpn-01", Self::TlsAlpn01)];

    /// Its name in RFC 8555 and 8737.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, one)| *one == self).map_or("", |(word, _)| word)
    }
}

/// The ACME authority.
#[derive(Debug, Clone)]
pub struct AcmeSettings {
    /// Its directory.
    pub directory: String,
    /// Where it can write to.
    pub contact: Option<String>,
    /// Its root, in PEM, where it is none that everybody trusts.
    pub root: Option<PathBuf>,
    /// The ways to prove a name, the preferred one first.
    pub challenges: Vec<AcmeChallenge>,
    /// The key of an account that it wants: its name, and itself in base64url.
    pub external: Option<(String, Secret)>,
}

/// The section.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Where the certificate comes from.
    pub mode: TlsMode,
    /// The names and addresses that it is for: that of `base_url` first.
    pub names: Vec<String>,
    /// Where plain HTTP is answered: it leads to https, and carries the proofs of ACME.
    pub redirect_from: Option<SocketAddr>,
    /// The certificate's file and its key's, with `files`.
    pub files: Option<(PathBuf, PathBuf)>,
    /// Whom to ask, with `acme`.
    pub acme: Option<AcmeSettings>,
}

impl Tls {
    /// What is effective of a key.
    pub(super) fn shown(&self, key: &str) -> Option<String> {
        let (files, acme) = (self.files.as_ref(), self.acme.as_ref());
        match key {
            "tls.mode" => Some(self.mode.to_string()),
            "tls.names" => Some(self.names.join(", ")).filter(|_| self.mode != TlsMode::Off),
            "tls.redirect_from" => self.redirect_from.map(|at| at.to_string()),
            "tls.certificate" => files.map(|(certificate, _)| certificate.display().to_string()),
            "tls.key" => files.map(|(_, key)| key.display().to_string()),
            "tls.acme_contact" => acme.and_then(|acme| acme.contact.clone()),
            "tls.acme_directory" => acme.map(|acme| acme.directory.clone()),
            "tls.acme_root_file" => {
                acme.and_then(|acme| acme.root.as_ref()).map(|path| path.display().to_string())
            }
            "tls.acme_challenges" => {
                acme.map(|acme| acme.challenges.iter().map(|one| one.word()).collect::<Vec<_>>().join(", "))
            }
            "tls.acme_key_id" => acme.and_then(|acme| acme.external.as_ref()).map(|(id, _)| id.clone()),
            "tls.acme_key" => acme.and_then(|acme| acme.external.as_ref()).map(|_| "***".to_owned()),
            _ => None,
        }
    }
}

impl Reading {
    pub(super) fn tls(&mut self, base_url: &BaseUrl, listen: SocketAddr) -> Tls {
        let mode = self.word("tls.mode", &TlsMode::WORDS, "off, files, local or acme").unwrap_or_default();
        let names = self.tls_names(base_url);
        // Port 80 belongs to port 443 as the front door belongs to the house.
        let beside = (listen.port() == 443).then(|| SocketAddr::new(listen.ip(), 80));
        let advice = "Write an address and a port, like 0.0.0.0:80";
        let redirect_from =
            self.parsed("tls.redirect_from", advice).or(beside).filter(|_| mode != TlsMode::Off);
        if redirect_from == Some(listen) {
            self.problem("tls.redirect_from", "is where the program listens for https. Write another port");
        }
        if mode != TlsMode::Off && !base_url.is_https() && self.understood() {
            self.problem(
                "base_url",
                format!("{base_url} is not https, but tls.mode is {mode}. Write it with https://"),
            );
        }
        let files = (mode == TlsMode::Files).then(|| self.tls_files()).flatten();
        let acme = (mode == TlsMode::Acme).then(|| self.acme(&names, redirect_from)).flatten();
        Tls { mode, names, redirect_from, files, acme }
    }

    /// The value of a key that must be one of some words.
    fn word<T: Copy>(&mut self, key: &'static str, words: &[(&str, T)], all: &str) -> Option<T> {
        let text = self.text(key)?;
        let known = words.iter().find(|(word, _)| *word == text).map(|(_, one)| *one);
        if known.is_none() {
            self.problem(key, format!("{text:?} is not known. Write {all}"));
        }
        known
    }

    fn tls_names(&mut self, base_url: &BaseUrl) -> Vec<String> {
        let mut names = vec![base_url.host().to_owned()];
        for item in self.list("tls.names") {
            let name = item.trim_matches(['[', ']']).to_ascii_lowercase();
            if name.parse::<IpAddr>().is_err() && !is_name(&name) {
                self.problem(
                    "tls.names",
                    format!("{item:?} is no name or address. Write it without a scheme or a port"),
                );
            } else if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn tls_files(&mut self) -> Option<(PathBuf, PathBuf)> {
        let mut file = |key, what: &str| {
            let path = self.text(key).map(PathBuf::from);
            match &path {
                None => self.missing(key, &format!(". Write the path of {what}, in PEM")),
                Some(path) => {
                    if let Err(why) = std::fs::File::open(path) {
                        let text = format!(
                            "{} cannot be read ({why}). Check the path and who may read it",
                            path.display()
                        );
                        self.problem(key, text);
                    }
                }
            }
            path
        };
        let certificate = file("tls.certificate", "the certificate with its chain");
        let key = file("tls.key", "the certificate's key");
        certificate.zip(key)
    }

    fn acme(&mut self, names: &[String], redirect_from: Option<SocketAddr>) -> Option<AcmeSettings> {
        if let Some(name) = names.iter().find(|name| is_loopback_host(name) || name.ends_with(".local")) {
            let text =
                format!("acme cannot be had for {name}, which is a name of this network only. Write local");
            self.problem("tls.mode", text);
        }
        let directory = self.text("tls.acme_directory").unwrap_or_else(|| LETS_ENCRYPT.to_owned());
        if !directory.starts_with("https://") {
            self.problem("tls.acme_directory", format!("{directory:?} is no https address"));
        }
        let contact = self.text("tls.acme_contact");
        if contact.as_ref().is_some_and(|address| !address.contains('@')) {
            self.problem("tls.acme_contact", "is no e-mail address");
        }
        let root = self.text("tls.acme_root_file").map(PathBuf::from);
        if let Some(Err(why)) = root.as_deref().map(super::reading::certificates) {
            self.problem("tls.acme_root_file", why);
        }
        let challenges = self.challenges(redirect_from);
        let key_id = self.text("tls.acme_key_id");
        let key = self.secret("tls.acme_key", "tls.acme_key_file");
        if key_id.is_some() != key.is_some() {
            self.problem("tls.acme_key_id", "and tls.acme_key belong together. Write both or neither");
        }
        Some(AcmeSettings { directory, contact, root, challenges, external: key_id.zip(key) })
    }

    fn challenges(&mut self, redirect_from: Option<SocketAddr>) -> Vec<AcmeChallenge> {
        let key = "tls.acme_challenges";
        let mut challenges = Vec::new();
        for item in self.list(key) {
            match AcmeChallenge::WORDS.iter().find(|(word, _)| *word == item) {
                Some((_, one)) => challenges.push(*one),
                None => self.problem(key, format!("{item:?} is not known. Write http-01 or tls-alpn-01")),
            }
        }
        if challenges.is_empty() {
            challenges = vec![AcmeChallenge::Http01, AcmeChallenge::TlsAlpn01];
        }
        // Without a plain door there is nobody to answer on port 80.
        if redirect_from.is_none() {
            challenges.retain(|one| *one != AcmeChallenge::Http01);
        }
        if challenges.is_empty() {
            self.problem(key, "http-01 needs port 80. Write tls.redirect_from = \"0.0.0.0:80\"");
        }
        challenges
    }
}
