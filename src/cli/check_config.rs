//! `fiddlehead check-config`: what is effective and where it comes from, for an owner who wonders.

use std::fmt::Write;
use std::io::ErrorKind;

use super::{Environment, Settings};
use crate::platform::clock::Clock;
use crate::platform::config::{Config, Loaded, Origin, TlsMode};
use crate::tls::TlsError;
use crate::tls::files::Files;

/// Prints the settings.
///
/// # Errors
/// What is wrong with them.
pub(super) fn run(settings: &Settings, environment: Environment) -> Result<(), String> {
    let mut loaded = settings.load(environment)?;
    loaded.warnings.extend(certificate(&loaded.config)?);
    let from = settings.file().map_or("no file".to_owned(), |path| path.display().to_string());
    print!("Settings from {from} and the environment:\n\n{}", report(&loaded));
    Ok(())
}

/// What is to be said of the certificate in files.
///
/// # Errors
/// Why the program would not start with it.
fn certificate(config: &Config) -> Result<Option<String>, String> {
    let Some((certificate, key)) = config.tls.files.as_ref().filter(|_| config.tls.mode == TlsMode::Files)
    else {
        return Ok(None);
    };
    let files = Files { certificate: certificate.clone(), key: key.clone() };
    match files.read() {
        Ok(identity) => {
            let why = identity.out_of_time(Clock::System.now());
            Ok(why.map(|why| format!("tls.certificate: {}: {why}.", certificate.display())))
        }
        // The service may read what somebody at the terminal may not.
        Err(TlsError::File { path, why }) if why.kind() == ErrorKind::PermissionDenied => Ok(Some(format!(
            "{path} may not be read by who runs this, and was not looked at. Run: runuser -u fiddlehead -- fiddlehead check-config"
        ))),
        Err(why) => Err(format!("[tls]: {why}")),
    }
}

fn report(loaded: &Loaded) -> String {
    let mut text = String::new();
    let rows: Vec<_> =
        loaded.table().filter_map(|(key, value, origin)| value.map(|value| (key, value, origin))).collect();
    let widest = rows.iter().map(|(_, value, _)| value.chars().count().min(48)).max().unwrap_or(0);
    for (key, value, origin) in &rows {
        let _ = writeln!(text, "  {key:<22}  {value:<widest$}  {}", said(origin));
    }
    let notes = missing(&loaded.config);
    for (heading, lines) in [("Not set", &notes), ("Please look at", &loaded.warnings)] {
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{heading}:");
        }
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    }
    text.push_str("\nThese settings can be used.\n");
    text
}

fn said(origin: &Origin) -> String {
    match origin {
        Origin::Default => "(default)".to_owned(),
        _ => format!("({origin})"),
    }
}

/// What works without, and what that means.
fn missing(config: &Config) -> Vec<String> {
    let mut notes = Vec::new();
    match &config.stripe {
        None => notes.push("[stripe]: clients can pay at the practice only.".to_owned()),
        Some(stripe) if stripe.webhook_secret.is_none() => notes.push(format!(
            "stripe.webhook_secret: payments are noticed by asking Stripe every {} seconds.",
            stripe.poll_seconds
        )),
        Some(_) => {}
    }
    match &config.mail {
        None => notes.push("[mail]: no mail is sent; links are shown to you to hand over.".to_owned()),
        Some(mail) if mail.login.is_none() => {
            notes.push("mail.username: the mail server is used without signing in.".to_owned());
        }
        Some(_) => {}
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::load;

    #[test]
    fn what_is_effective_is_shown_with_its_origin_and_without_secrets() {
        let file = "base_url = 'http://book.example'\n[stripe]\nsecret_key = 'sk_test_hidden'\n";
        let environment = [("FIDDLEHEAD_STRIPE_POLL_SECONDS".to_owned(), "5".to_owned())];
        let text = report(&load(Some(file), environment).unwrap());
        let line = |key: &str| {
            let words = text.lines().find(|line| line.trim_start().starts_with(key)).unwrap();
            words.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(line("listen"), "listen 127.0.0.1:8080 (default)");
        assert_eq!(line("base_url"), "base_url http://book.example (line 1)");
        assert_eq!(line("stripe.secret_key"), "stripe.secret_key *** (line 3)");
        assert_eq!(line("stripe.poll_seconds"), "stripe.poll_seconds 5 (FIDDLEHEAD_STRIPE_POLL_SECONDS)");
        assert!(!text.contains("hidden") && !text.contains("mail.host"));
        assert!(
            text.contains("Not set:\n  stripe.webhook_secret: payments are noticed by asking Stripe every 5")
        );
        assert!(text.contains("[mail]: no mail is sent"));
        assert!(text.contains("Please look at:\n  base_url: http://book.example is not encrypted"));
    }
}
