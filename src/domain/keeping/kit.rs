//! The recovery kit: a paper with a secret key that is kept nowhere else. The program knows only to whom it seals.

use std::fmt;
use std::str::FromStr;

use crate::domain::time::Timestamp;

/// Text that is no recipient of age: `age1` and 58 letters and digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a recipient")]
pub struct NotARecipient;

/// To whom backups are sealed: the public half of the key on the kit.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(String);

impl Recipient {
    const BEGIN: &str = "age1";
    const LENGTH: usize = 62;
    /// The alphabet of Bech32 (BIP 173).
    const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its last characters, by which a person tells one from another.
    #[must_use]
    pub fn ending(&self) -> &str {
        &self.0[Self::LENGTH - 6..]
    }
}

impl FromStr for Recipient {
    type Err = NotARecipient;
    fn from_str(text: &str) -> Result<Self, NotARecipient> {
        let rest = text.strip_prefix(Self::BEGIN).ok_or(NotARecipient)?;
        let fits = text.len() == Self::LENGTH && rest.chars().all(|c| Self::LETTERS.contains(c));
        if fits { Ok(Self(text.to_owned())) } else { Err(NotARecipient) }
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The kit that is in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kit {
    /// To whom backups are sealed.
    pub recipient: Recipient,
    /// Since when.
    pub set_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_age_writes_is_a_recipient() {
        let good = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
        assert_eq!(good.parse::<Recipient>().unwrap().ending(), "mcac8p");
        for bad in
            ["", "age1", &good[..61], &format!("{good}q"), &good.replace('q', "b"), &good.to_uppercase()]
        {
            assert_eq!(bad.parse::<Recipient>(), Err(NotARecipient), "{bad}");
        }
    }
}
