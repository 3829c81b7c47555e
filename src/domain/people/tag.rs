//! Tags: a practitioner's own words for her clients, by which she finds them again. Few and short, so that a list of them
//! stays one.

use std::fmt;
use std::str::FromStr;

use crate::domain::text::{Line, NotText};

/// A tag: one line of up to 24 characters; upper and lower case are one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tag(Line);

impl Tag {
    /// The most characters that a tag holds.
    pub const ROOM: usize = 24;
    /// The most tags that a client has.
    pub const MOST_OF_ONE: usize = 8;
    /// The most tags that a practitioner uses.
    pub const MOST_OF_ALL: usize = 40;

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// What two tags that count as one have in common.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.as_str().to_lowercase()
    }
}

impl FromStr for Tag {
    type Err = NotText;
    fn from_str(text: &str) -> Result<Self, NotText> {
        let line: Line = text.split_whitespace().collect::<Vec<_>>().join(" ").parse()?;
        if line.as_str().chars().count() > Self::ROOM {
            return Err(NotText::Length(Self::ROOM));
        }
        Ok(Self(line))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a client is not tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// She has [`Tag::MOST_OF_ONE`].
    EnoughOnOne,
    /// The practitioner uses [`Tag::MOST_OF_ALL`] different ones.
    EnoughInAll,
}

/// A client's tags with one more, in the order of the alphabet. One that the practitioner uses already is taken as she
/// writes it.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn add(tags: &[Tag], in_use: &[Tag], tag: Tag) -> Result<Vec<Tag>, Refusal> {
    let key = tag.key();
    if tags.iter().any(|known| known.key() == key) {
        return Ok(tags.to_vec());
    }
    let known = in_use.iter().find(|known| known.key() == key);
    if tags.len() >= Tag::MOST_OF_ONE {
        return Err(Refusal::EnoughOnOne);
    }
    if known.is_none() && in_use.len() >= Tag::MOST_OF_ALL {
        return Err(Refusal::EnoughInAll);
    }
    let mut all = tags.to_vec();
    all.push(known.cloned().unwrap_or(tag));
    all.sort_by_key(Tag::key);
    Ok(all)
}

/// A client's tags without one.
#[must_use]
pub fn remove(tags: &[Tag], tag: &Tag) -> Vec<Tag> {
    tags.iter().filter(|known| known.key() != tag.key()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(words: &[&str]) -> Vec<Tag> {
        words.iter().map(|word| word.parse().unwrap()).collect()
    }

    #[test]
    fn a_tag_is_short_and_one_whatever_its_case() {
        assert_eq!("  early   bird ".parse::<Tag>().unwrap().as_str(), "early bird");
        assert_eq!("x".repeat(25).parse::<Tag>(), Err(NotText::Length(24)));
        assert!(" ".parse::<Tag>().is_err() && "a\u{202e}b".parse::<Tag>().is_err());
        let evenings = tags(&["Evenings"]);
        let tag = |text: &str| text.parse::<Tag>().unwrap();
        assert_eq!(add(&evenings, &evenings, tag("EVENINGS")), Ok(evenings.clone()));
        assert_eq!(add(&[], &evenings, tag("evenings")), Ok(evenings.clone()), "as it is written already");
        assert_eq!(add(&evenings, &evenings, tag("Couples")), Ok(tags(&["Couples", "Evenings"])));
        assert_eq!(remove(&evenings, &tag("evenings")), []);
    }

    #[test]
    fn tags_are_bounded_on_a_client_and_in_all() {
        let many = |n: usize| (0..n).map(|i| format!("tag {i}").parse().unwrap()).collect::<Vec<Tag>>();
        let new: Tag = "new".parse().unwrap();
        assert_eq!(add(&many(8), &many(8), new.clone()), Err(Refusal::EnoughOnOne));
        assert_eq!(add(&[], &many(40), new.clone()), Err(Refusal::EnoughInAll));
        assert!(add(&[], &many(40), "TAG 7".parse().unwrap()).is_ok(), "one of them is no new one");
        assert!(add(&many(7), &many(39), new).is_ok());
    }
}
