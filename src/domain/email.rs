//! E-mail addresses, parsed at the border so that no header can be injected into.

use std::fmt;
use std::str::FromStr;

/// Why a text is no e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAnAddress {
    /// Nothing was typed.
    #[error("empty")]
    Empty,
    /// It has no `@`, or no name before it, or no host with a dot after it.
    #[error("not of the form name@host")]
    Shape,
    /// A space, a control character, a comma or another sign that addresses here do not carry.
    #[error("holds a character that is not allowed")]
    Character,
    /// Longer than 254 octets (RFC 5321).
    #[error("too long")]
    Length,
}

/// One address, `name@host`; the host is lower case. Two are the same if they differ in case only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as it is written to.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form by which accounts are found: all lower case.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// What stands after the `@`.
    #[must_use]
    pub fn host(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, host)| host)
    }
}

impl FromStr for EmailAddress {
    type Err = NotAnAddress;

    fn from_str(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NotAnAddress::Empty);
        }
        if text.len() > 254 {
            return Err(NotAnAddress::Length);
        }
        let (name, host) = text.rsplit_once('@').ok_or(NotAnAddress::Shape)?;
        if name.is_empty() || name.len() > 64 || !host.contains('.') {
            return Err(NotAnAddress::Shape);
        }
        let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        if !name.chars().all(atom) {
            return Err(NotAnAddress::Character);
        }
        let label = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        };
        if name.starts_with('.') || name.ends_with('.') || name.contains("..") || !host.split('.').all(label)
        {
            return Err(NotAnAddress::Shape);
        }
        Ok(Self(format!("{name}@{}", host.to_ascii_lowercase())))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.0)
    }
}

/// A text for the log, in which no address stands: each word with one is cut out, and what a cut-off text ends with too.
#[must_use]
pub fn without_addresses(text: &str) -> String {
    let is_address = |word: &str| {
        word.contains('@') || word.contains("%40") || (word.starts_with('<') && !word.contains('>'))
    };
    text.split_whitespace()
        .map(|word| if is_address(word) { "(an address)" } else { word })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_addresses_are_taken() {
        for (typed, kept) in [
            ("nora@example.org", "nora@example.org"),
            ("  Nora.Lind+fern@Example.ORG ", "Nora.Lind+fern@example.org"),
            ("o'neil@sub.example.co.uk", "o'neil@sub.example.co.uk"),
        ] {
            assert_eq!(typed.parse::<EmailAddress>().map(|a| a.to_string()), Ok(kept.to_owned()));
        }
    }

    #[test]
    fn no_address_is_left_in_a_text_for_the_log() {
        for (said, logged) in [
            (
                "never: recipient: 550 5.1.1 <nora@example.org>: Recipient unknown",
                "never: recipient: 550 5.1.1 (an address) Recipient unknown",
            ),
            ("550 nora@example.org rejected", "550 (an address) rejected"),
            ("550 see https://x.example/?to=nora%40example.org", "550 see (an address)"),
            ("550 no mailbox for <nora.li", "550 no mailbox for (an address)"),
            ("451 try later", "451 try later"),
        ] {
            assert_eq!(without_addresses(said), logged);
        }
    }

    #[test]
    fn what_could_break_a_header_is_refused() {
        for typed in [
            "",
            "nora",
            "@example.org",
            "a@b",
            "a b@example.org",
            "a@example.org\r\nBcc: x@y.z",
            "a,b@example.org",
            "\"a\"@example.org",
            "a@-x.org",
            "a@x..org",
            ".a@x.org",
            "a@[1.2.3.4]",
            "<a@x.org>",
        ] {
            assert!(typed.parse::<EmailAddress>().is_err(), "{typed:?}");
        }
    }
}
