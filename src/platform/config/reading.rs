//! From texts to settings: each key parsed, what belongs together compared, every problem with what to do.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::base_url::is_name;
use super::source::{Found, Source};
use super::{
    BaseUrl, Config, Loaded, Log, Mail, MailLogin, Origin, Problem, Secret, Security, Stripe,
    is_loopback_host,
};
use crate::platform::network::Network;

/// Reads the text of a settings file, if there is one, and the environment (other names than `FIDDLEHEAD_…` are passed
/// over, and so are empty values).
///
/// # Errors
/// All that has to be put right before the program can start.
pub fn load(
    file: Option<&str>,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Loaded, Vec<Problem>> {
    let mut reading = Reading::of(file, environment);
    let listen = reading.listen();
    let base_url = reading.base_url(listen);
    let data_dir =
        reading.text("data_dir").map_or_else(|| PathBuf::from("/var/lib/fiddlehead"), PathBuf::from);
    let trusted_proxies = reading.networks("trusted_proxies");
    let allow_private = reading.networks("network.allow_private");
    let stripe = reading.section("stripe").then(|| reading.stripe(&base_url)).flatten();
    let mail = reading.section("mail").then(|| reading.mail()).flatten();
    let tls = reading.tls(&base_url, listen);
    let log = reading.log();
    let metrics = reading.metrics(listen, tls.redirect_from);
    if !reading.problems.is_empty() {
        reading.problems.sort_by_key(Problem::line);
        return Err(reading.problems);
    }
    let origins = reading.found.into_iter().map(|(key, found)| (key, found.origin)).collect();
    let config = Config {
        listen,
        base_url,
        data_dir,
        trusted_proxies,
        allow_private,
        tls,
        stripe,
        mail,
        log,
        metrics,
    };
    Ok(Loaded { config, warnings: reading.warnings, origins })
}

/// The settings while they are read: what was found, and what there is to say about it.
pub(super) struct Reading {
    found: BTreeMap<&'static str, Found>,
    sections: Vec<String>,
    problems: Vec<Problem>,
    warnings: Vec<String>,
    understood: bool,
}

impl Reading {
    fn of(file: Option<&str>, environment: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut source = Source::default();
        if let Some(text) = file {
            source.file(text);
        }
        source.environment(environment);
        let Source { found, sections, problems } = source;
        Self { understood: problems.is_empty(), found, sections, problems, warnings: Vec::new() }
    }

    /// Whether a section was begun, in the file or by one of its keys in the environment.
    fn section(&self, name: &str) -> bool {
        let within = |key: &&str| key.split_once('.').is_some_and(|(section, _)| section == name);
        self.sections.iter().any(|section| section == name) || self.found.keys().any(within)
    }

    pub(super) fn problem(&mut self, key: &'static str, text: impl Into<String>) {
        let origin = self.found.get(key).map_or(Origin::Default, |found| found.origin.clone());
        self.problems.push(Problem::new(origin, format!("{key}: {}", text.into())));
    }

    /// Says that a key is missing, unless some were not understood: it may be one of those.
    pub(super) fn missing(&mut self, key: &'static str, advice: &str) {
        if self.understood {
            self.problem(key, format!("is missing{advice}"));
        }
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<String> {
        let text = self.found.get(key)?.text.trim().to_owned();
        if text.is_empty() {
            self.problem(key, "is empty. Give it a value, or take the line out");
            return None;
        }
        if text.chars().any(char::is_control) {
            self.problem(key, "holds a line break or another control character. Take it out");
            return None;
        }
        Some(text)
    }

    pub(super) fn parsed<T: FromStr>(&mut self, key: &'static str, what_to_do: &str) -> Option<T> {
        let text = self.text(key)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.problem(key, format!("{text:?} cannot be used. {what_to_do}"));
        }
        parsed
    }

    /// A secret, given itself or as a file that holds it. What the environment says goes before the file, whichever of the
    /// two forms either uses.
    pub(super) fn secret(&mut self, key: &'static str, file_key: &'static str) -> Option<Secret> {
        let from_environment =
            |found: Option<&Found>| found.is_some_and(|found| matches!(found.origin, Origin::Environment(_)));
        let (given, by_file) = (self.found.get(key), self.found.get(file_key));
        if given.is_some() && by_file.is_some() {
            match (from_environment(given), from_environment(by_file)) {
                (true, false) => drop(self.found.remove(file_key)),
                (false, true) => drop(self.found.remove(key)),
                _ => {
                    self.problem(key, format!("is given, and {file_key} too. Keep one of the two"));
                    return None;
                }
            }
        }
        if !self.found.contains_key(file_key) {
            return self.text(key).map(Secret);
        }
        let path = self.text(file_key)?;
        match std::fs::read_to_string(&path) {
            Ok(text) if !text.trim().is_empty() && !text.trim().chars().any(char::is_control) => {
                let origin = self.found[file_key].origin.clone();
                let text = text.trim().to_owned();
                self.found.insert(key, Found { text: text.clone(), origin });
                Some(Secret(text))
            }
            Ok(_) => {
                self.problem(
                    file_key,
                    format!("{path} does not hold one line with the secret. Write it there"),
                );
                None
            }
            Err(why) => {
                let name = path.clone();
                self.problem(
                    file_key,
                    format!("{name} cannot be read ({why}). Check the path and who may read it"),
                );
                None
            }
        }
    }

    fn listen(&mut self) -> SocketAddr {
        let advice =
            "Write an address and a port, like 127.0.0.1:8080 for this machine or 0.0.0.0:8080 for all";
        self.parsed("listen", advice).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)))
    }

    fn base_url(&mut self, listen: SocketAddr) -> BaseUrl {
        let local = BaseUrl::local(listen.port());
        let Some(text) = self.text("base_url") else {
            if !listen.ip().is_loopback() && !self.found.contains_key("base_url") {
                self.missing("base_url", ". Write the address that people type, like https://book.example");
            }
            return local;
        };
        match text.parse::<BaseUrl>() {
            Ok(url) => {
                if !url.is_https() && !is_loopback_host(url.host()) {
                    self.warnings.push(format!(
                        "base_url: {url} is not encrypted, so passwords and sessions can be read on the way. Use https"
                    ));
                }
                url
            }
            Err(why) => {
                self.problem("base_url", format!("{text:?} {why}"));
                local
            }
        }
    }

    fn metrics(&mut self, listen: SocketAddr, redirect_from: Option<SocketAddr>) -> Option<SocketAddr> {
        let key = "metrics.listen";
        let at: SocketAddr =
            self.parsed(key, "Write an address and a port, like 127.0.0.1:9464 for this machine")?;
        let meets = |other: SocketAddr| {
            let (ours, theirs) = (at.ip(), other.ip());
            at.port() == other.port() && (ours == theirs || ours.is_unspecified() || theirs.is_unspecified())
        };
        for (other, name) in [(Some(listen), "listen"), (redirect_from, "tls.redirect_from")] {
            if other.is_some_and(meets) {
                self.problem(
                    key,
                    format!("{at} is where everybody is answered ({name}). Give the figures a port of their own, like 127.0.0.1:9464"),
                );
                return None;
            }
        }
        if !at.ip().is_loopback() {
            self.warnings.push(format!(
                "{key}: whoever reaches {at} reads the figures. Let a firewall keep that to the machine that watches"
            ));
        }
        Some(at)
    }

    /// The items of a list.
    pub(super) fn list(&self, key: &'static str) -> Vec<String> {
        let items = self.found.get(key).map_or("", |found| found.text.as_str()).split(',');
        items.map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
    }

    /// Whether all that was written could be understood so far.
    pub(super) const fn understood(&self) -> bool {
        self.understood
    }

    fn networks(&mut self, key: &'static str) -> Vec<Network> {
        let mut networks = Vec::new();
        for item in self.list(key) {
            match item.parse() {
                Ok(network) => networks.push(network),
                Err(why) => self.problem(key, format!("{item:?} is {why}")),
            }
        }
        networks
    }

    fn stripe(&mut self, base_url: &BaseUrl) -> Option<Stripe> {
        let before = self.problems.len();
        let secret_key = self.secret("stripe.secret_key", "stripe.secret_key_file");
        if secret_key.is_none() && self.problems.len() == before {
            let advice = ". Write the secret key of your Stripe account, or take the section out to be paid \
                          at the practice only";
            self.missing("stripe.secret_key", advice);
        }
        let webhook_secret = self.secret("stripe.webhook_secret", "stripe.webhook_secret_file");
        if webhook_secret.as_ref().is_some_and(|secret| !secret.expose().starts_with("whsec_")) {
            self.warnings.push("stripe.webhook_secret: does not begin with whsec_. Check that it is the webhook's signing secret".into());
        }
        let api_base = self.api_base();
        let poll_seconds = self.number("stripe.poll_seconds", 1, 86_400).unwrap_or(60);
        let secret_key = secret_key?;
        match secret_key.expose() {
            key if key.starts_with("pk_") => {
                self.problem("stripe.secret_key", "is a publishable key. Write the secret one, which begins with sk_ or rk_");
            }
            key if key.starts_with("sk_live_") || key.starts_with("rk_live_") => {
                if !base_url.is_https() {
                    self.warnings.push(format!(
                        "stripe.secret_key: is a live key, but base_url is {base_url}. Real money wants https"
                    ));
                }
            }
            key if key.starts_with("sk_test_") || key.starts_with("rk_test_") => {}
            _ => self.warnings.push(
                "stripe.secret_key: begins with none of sk_test_, sk_live_, rk_test_, rk_live_; it is taken for a live key"
                    .into(),
            ),
        }
        Some(Stripe { secret_key, webhook_secret, api_base, poll_seconds })
    }

    fn api_base(&mut self) -> String {
        let key = "stripe.api_base";
        let Some(text) = self.text(key) else { return "https://api.stripe.com".to_owned() };
        match text.parse::<BaseUrl>() {
            Ok(url) => {
                if !url.is_https() && !is_loopback_host(url.host()) {
                    self.warnings.push(format!(
                        "{key}: {url} is not encrypted, so the secret key can be read on the way"
                    ));
                }
                url.to_string()
            }
            Err(why) => {
                self.problem(key, format!("{text:?} {why}"));
                text
            }
        }
    }

    fn number(&mut self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        let advice = format!("Write a whole number from {least} to {most}");
        let number: u32 = self.parsed(key, &advice)?;
        if !(least..=most).contains(&number) {
            self.problem(key, format!("{number} is out of range. {advice}"));
        }
        Some(number)
    }

    fn mail(&mut self) -> Option<Mail> {
        let host = self.mail_host();
        let security = self.security(host.as_deref());
        let port = self.number("mail.port", 1, 65_535).and_then(|port| port.try_into().ok());
        let login = self.mail_login(security);
        let from = self.mail_from();
        let ca_file = self.text("mail.ca_file").map(PathBuf::from);
        if let Some(Err(why)) = ca_file.as_deref().map(certificates) {
            self.problem("mail.ca_file", why);
        }
        let (host, from) = (host?, from?);
        Some(Mail { host, port: port.unwrap_or(security.port()), security, login, from, ca_file })
    }

    fn mail_host(&mut self) -> Option<String> {
        let key = "mail.host";
        if !self.found.contains_key(key) {
            self.missing(
                key,
                ". Write the name of your mail server, or take the section out to hand links over",
            );
            return None;
        }
        let host = self.text(key)?;
        if host.parse::<IpAddr>().is_err() && !is_name(&host) {
            self.problem(
                key,
                format!("{host:?} is no host name. Write it without a scheme or a port, like smtp.example"),
            );
            return None;
        }
        Some(host)
    }

    fn security(&mut self, host: Option<&str>) -> Security {
        let Some(word) = self.text("mail.security") else { return Security::StartTls };
        let Some((_, security)) = Security::WORDS.iter().find(|(known, _)| *known == word) else {
            self.problem("mail.security", format!("{word:?} is not known. Write starttls, tls or none"));
            return Security::StartTls;
        };
        if *security == Security::None && host.is_some_and(|host| !is_loopback_host(host)) {
            self.problem("mail.security", "none is only for a server on this machine. Write starttls or tls");
        }
        *security
    }

    fn mail_login(&mut self, security: Security) -> Option<MailLogin> {
        let before = self.problems.len();
        let username = self.text("mail.username");
        let password = self.secret("mail.password", "mail.password_file");
        match (username, password) {
            (Some(username), Some(password)) => {
                if security == Security::None {
                    self.warnings.push(
                        "mail.password: is sent to the server unencrypted, as mail.security is none".into(),
                    );
                }
                Some(MailLogin { username, password })
            }
            (Some(_), None) if self.problems.len() == before => {
                self.missing("mail.password", ", while mail.username is given. Write both or neither");
                None
            }
            (None, Some(_)) if self.problems.len() == before => {
                self.missing("mail.username", ", while mail.password is given. Write both or neither");
                None
            }
            _ => None,
        }
    }

    fn mail_from(&mut self) -> Option<String> {
        let key = "mail.from";
        let advice =
            "Write an address, like hello@quietfield.example or Quiet Field <hello@quietfield.example>";
        if !self.found.contains_key(key) {
            self.missing(key, &format!(". {advice}"));
            return None;
        }
        let text: String = self.parsed(key, advice)?;
        let address =
            text.rsplit_once('<').map_or(text.as_str(), |(_, rest)| rest.trim_end().trim_end_matches('>'));
        match address.split_once('@') {
            Some((name, host)) if !name.is_empty() && (host.contains('.') || is_loopback_host(host)) => {}
            Some((name, _)) if !name.is_empty() => {
                self.problem(key, format!("{address:?} has no full host name. {advice}"));
            }
            _ => self.problem(key, format!("{text:?} cannot be used. {advice}")),
        }
        Some(text)
    }

    fn log(&mut self) -> Log {
        let format = self.parsed("log.format", "Write human or json");
        let level = self.parsed("log.level", "Write error, warn, info, debug or trace");
        Log { format: format.unwrap_or_default(), level: level.unwrap_or_default() }
    }
}

/// Whether a file can be read and looks like certificates.
pub(super) fn certificates(path: &Path) -> Result<(), String> {
    match std::fs::read_to_string(path) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => Ok(()),
        Ok(_) => Err(format!("{} holds no certificate in PEM form. Export it as PEM", path.display())),
        Err(why) => {
            Err(format!("{} cannot be read ({why}). Check the path and who may read it", path.display()))
        }
    }
}
