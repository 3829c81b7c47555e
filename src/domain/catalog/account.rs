//! A practitioner's own account at the payment provider. Its secrets are kept sealed beside it; a retired one still gives back
//! the money that it took.

use crate::domain::id::PractitionerId;
use crate::domain::time::Timestamp;

/// What an account is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Her packages are sold with it.
    Sells,
    /// Only what was sold with it is seen to.
    Retired,
}

/// One account; she may have had others before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Whose.
    pub practitioner: PractitionerId,
    /// The how-manieth of hers, from 1.
    pub number: u32,
    /// What it is used for.
    pub used: Use,
    /// Since when its present key is known here.
    pub since: Timestamp,
}

impl Account {
    /// What its sealed secrets are bound to, so that they open for no other.
    #[must_use]
    pub fn bound(&self) -> String {
        format!("account {} of {}", self.number, self.practitioner)
    }
}

/// The secrets of an account, as they are sealed; no line break is in them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secrets {
    /// The secret or restricted key.
    pub key: String,
    /// What its webhooks are signed with; empty if it cannot reach us.
    pub webhook: String,
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    /// As text, to be sealed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}", self.key, self.webhook)
    }

    /// Out of that text.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        let (key, webhook) = text.split_once('\n')?;
        Some(Self { key: key.to_owned(), webhook: webhook.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_come_back_out_of_their_text_and_into_no_log() {
        let secrets = Secrets { key: "rk_live_1".to_owned(), webhook: "whsec_2".to_owned() };
        assert_eq!(Secrets::of_text(&secrets.text()), Some(secrets.clone()));
        assert_eq!(Secrets::of_text("rk_live_1"), None);
        assert!(!format!("{secrets:?}").contains("live"));
    }
}
