//! Two readings of the settings compared: which keys differ, and which of them can change while the program runs.

use super::Config;
use super::source::KEYS;

/// In force as soon as the settings are read anew, those that end in a point with all that begins so. The others want a restart.
const AT_ONCE: &[&str] = &["trusted_proxies", "network.allow_private", "stripe.", "mail.", "log.level"];

/// Whether a change of this key is in force without a restart.
#[must_use]
pub fn changes_at_once(key: &str) -> bool {
    AT_ONCE.iter().any(|known| key == *known || (known.ends_with('.') && key.starts_with(known)))
}

impl Config {
    /// The keys that differ from another reading. A secret that is kept in a file of its own is named by its own key.
    #[must_use]
    pub fn differing(&self, other: &Self) -> Vec<&'static str> {
        KEYS.iter().map(|(key, _)| *key).filter(|key| self.compared(key) != other.compared(key)).collect()
    }

    /// As it was read, once what can change while the program runs is as in a newer reading.
    #[must_use]
    pub fn with_changes_of(self, newer: &Self) -> Self {
        let mut log = self.log;
        log.level = newer.log.level;
        Self {
            trusted_proxies: newer.trusted_proxies.clone(),
            allow_private: newer.allow_private.clone(),
            stripe: newer.stripe.clone(),
            mail: newer.mail.clone(),
            log,
            ..self
        }
    }

    /// What is effective, secrets too.
    fn compared(&self, key: &str) -> Option<String> {
        let (stripe, mail) = (self.stripe.as_ref(), self.mail.as_ref());
        let secret = match key {
            "stripe.secret_key" => stripe.map(|stripe| &stripe.secret_key),
            "stripe.webhook_secret" => stripe.and_then(|stripe| stripe.webhook_secret.as_ref()),
            "mail.password" => mail.and_then(|mail| mail.login.as_ref()).map(|login| &login.password),
            "tls.acme_key" => {
                let external = self.tls.acme.as_ref().and_then(|acme| acme.external.as_ref());
                external.map(|(_, key)| key)
            }
            _ => return self.shown(key),
        };
        secret.map(|secret| secret.expose().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::load;
    use super::*;

    /// Every key, with two values that cannot be the same; those that only name a file with a secret are compared by the secret.
    fn two(key: &str) -> Option<[&'static str; 2]> {
        Some(match key {
            "listen" => ["'127.0.0.1:81'", "'127.0.0.1:82'"],
            "base_url" => ["'http://one.example'", "'http://two.example'"],
            "data_dir" => ["'/one'", "'/two'"],
            "trusted_proxies" | "network.allow_private" => ["['10.0.0.0/8']", "['10.1.0.0/16']"],
            "stripe.secret_key" => ["'sk_test_one'", "'sk_test_two'"],
            "stripe.webhook_secret" => ["'whsec_one'", "'whsec_two'"],
            "stripe.api_base" => ["'http://127.0.0.1:1'", "'http://127.0.0.1:2'"],
            "stripe.poll_seconds" | "mail.port" => ["26", "27"],
            "mail.host" => ["'127.0.0.1'", "'localhost'"],
            "mail.security" => ["'tls'", "'starttls'"],
            "mail.username" | "mail.password" => ["'one'", "'two'"],
            "mail.from" => ["'one@quietfield.example'", "'two@quietfield.example'"],
            "log.format" => ["'human'", "'json'"],
            "log.level" => ["'info'", "'debug'"],
            "metrics.listen" => ["'127.0.0.1:9464'", "'127.0.0.1:9465'"],
            _ => return None,
        })
    }

    fn with(changed: &str, which: usize) -> Config {
        let mut text = String::new();
        let mut last = "";
        for (key, _) in KEYS {
            let Some(values) = two(key) else { continue };
            let (section, name) = key.split_once('.').unwrap_or(("", key));
            if section != last {
                text.push_str(&format!("[{section}]\n"));
                last = section;
            }
            let value = values[if *key == changed { which } else { 0 }];
            text.push_str(&format!("{name} = {value}\n"));
        }
        load(Some(&text), []).unwrap().config
    }

    #[test]
    fn each_key_that_changes_is_found_and_no_other() {
        let before = with("", 0);
        let mut at_once = Vec::new();
        for (key, _) in KEYS.iter().filter(|(key, _)| two(key).is_some()) {
            let after = with(key, 1);
            // The base of every link is where it listens, if nothing else is said.
            assert_eq!(before.differing(&after), [*key]);
            let merged = before.clone().with_changes_of(&after);
            match changes_at_once(key) {
                true => assert!(merged.differing(&after).is_empty(), "{key}"),
                false => assert_eq!(merged.differing(&after), [*key]),
            }
            at_once.extend(changes_at_once(key).then_some(*key));
        }
        assert_eq!(at_once.len(), 13, "{at_once:?}");
        for key in ["tls.mode", "tls.acme_key", "log.format", "metrics.listen"] {
            assert!(!changes_at_once(key), "{key}");
        }
    }

    #[test]
    fn a_secret_that_changes_is_named_and_not_told() {
        let (one, two) = (with("", 0), with("mail.password", 1));
        let told = format!("{:?}", one.differing(&two));
        assert_eq!(told, "[\"mail.password\"]");
    }
}
