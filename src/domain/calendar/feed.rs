//! A person's own feed: her sessions at a secret address that calendar programs ask without signing in.

use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, hours};

/// How far back a feed tells sessions.
pub const BACK: SignedDuration = hours(60 * 24);
/// For how long it tells that one was called off.
pub const CALLED_OFF: SignedDuration = hours(30 * 24);

/// What a practitioner's feed calls the people who come: calendars are seen by others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Naming {
    /// "N. L."
    #[default]
    Initials,
    /// "Nora"
    FirstName,
    /// "Session"
    Nobody,
}

impl Naming {
    /// All of them, with the word that a form has for each.
    pub const ALL: [(&'static str, Self); 3] =
        [("initials", Self::Initials), ("first", Self::FirstName), ("nobody", Self::Nobody)];

    /// The word that a form has for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(_, one)| *one == self).map_or("", |(word, _)| word)
    }

    /// What a session with somebody is called.
    #[must_use]
    pub fn session_with(self, name: &Line) -> String {
        match self {
            Self::Initials => {
                let letters = name.as_str().split_whitespace().filter_map(|word| word.chars().next());
                let letters: String = letters.take(3).flat_map(|letter| [letter, '.', ' ']).collect();
                letters.trim_end().to_owned()
            }
            Self::FirstName => name.first_word().to_owned(),
            Self::Nobody => "Session".to_owned(),
        }
    }
}

/// A feed. Its token is kept twice: as a digest, by which it is found, and sealed with the instance's key, so that its
/// owner can be shown the address again; a stolen data file has neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Whose sessions it tells.
    pub who: Person,
    /// SHA-256 of its token.
    pub digest: [u8; 32],
    /// Its token, sealed.
    pub sealed: Vec<u8>,
    /// What it calls people.
    pub naming: Naming,
    /// When the address was made.
    pub made_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_called_no_more_than_was_chosen() {
        let called = |naming: Naming, name: &str| naming.session_with(&name.parse().unwrap());
        assert_eq!(called(Naming::Initials, "Nora Lind"), "N. L.");
        assert_eq!(called(Naming::Initials, "Émile"), "É.");
        assert_eq!(called(Naming::Initials, "a b c d"), "a. b. c.");
        assert_eq!(called(Naming::FirstName, "Nora Lind"), "Nora");
        assert_eq!(called(Naming::Nobody, "Nora Lind"), "Session");
    }
}
