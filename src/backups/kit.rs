//! The recovery kit's key, made and read: age's X25519 identity, which is printed and kept nowhere, and its public half.

use age::secrecy::ExposeSecret;
use age::x25519::Identity;

use crate::domain::keeping::kit::Recipient;

/// A key that opens backups. It is never kept and never shown by `Debug`.
#[derive(Clone)]
pub struct Key(pub(super) Identity);

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(***)")
    }
}

/// Text that holds no key of a kit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key of a recovery kit: it begins with AGE-SECRET-KEY-1 and has 74 characters")]
pub struct NotAKey;

impl Key {
    /// A new one.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Identity::generate())
    }

    /// Reads a key as somebody types it from paper, in any case and with spaces, or as age's key file has it, with comments.
    ///
    /// # Errors
    /// [`NotAKey`] if there is none, or a letter is wrong: a key ends with a checksum.
    pub fn read(text: &str) -> Result<Self, NotAKey> {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        let typed: String = lines.collect::<String>().split_whitespace().collect::<String>().to_uppercase();
        typed.parse().map(Self).map_err(|_| NotAKey)
    }

    /// As it is printed.
    #[must_use]
    pub fn printed(&self) -> String {
        self.0.to_string().expose_secret().to_owned()
    }

    /// To whom is sealed what it opens.
    #[must_use]
    pub fn recipient(&self) -> Recipient {
        self.0.to_public().to_string().parse().expect("age writes its own recipients")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_is_typed_from_paper_or_lies_in_a_file() {
        let key = Key::fresh();
        let printed = key.printed();
        assert!(printed.starts_with("AGE-SECRET-KEY-1") && printed.len() == 74);
        let grouped = printed
            .to_lowercase()
            .as_bytes()
            .chunks(6)
            .map(|part| String::from_utf8_lossy(part).into_owned())
            .collect::<Vec<_>>();
        for typed in [
            printed.clone(),
            format!("  {}\n", grouped.join(" ")),
            format!("# created: today\n# public key: x\n{printed}\n"),
        ] {
            assert_eq!(Key::read(&typed).unwrap().recipient(), key.recipient());
        }
        let wrong = printed.replacen(&printed[20..21], if &printed[20..21] == "Q" { "P" } else { "Q" }, 1);
        assert!(
            Key::read(&wrong).is_err() && Key::read("").is_err() && Key::read("AGE-SECRET-KEY-1").is_err()
        );
        assert!(!format!("{key:?}").contains("AGE"));
    }
}
