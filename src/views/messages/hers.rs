//! A practitioner's own words put into a mail: subject, opening and closing, with their blanks filled. What the program has
//! to say stays where it is.

use super::draft::{Block, Draft, Slot};
use super::{Credits, Paper, fitted};
use crate::domain::messages::message::Kind;
use crate::domain::messages::wording::{Blank, Wording, filled};
use crate::domain::text::Paragraph;
use crate::domain::time::long_day;

/// The mail in her words.
pub(super) fn worded(paper: &Paper<'_>, draft: &Draft, kind: Kind, wording: &Wording) -> Draft {
    let fact = |blank: Blank| match blank {
        Blank::FirstName => paper.first_name().to_owned(),
        Blank::Practice => paper.practice.name.to_string(),
        _ => {
            draft.facts.iter().find(|(of, _)| *of == blank).map(|(_, fact)| fact.clone()).unwrap_or_default()
        }
    };
    let mut worded = draft.clone();
    if let Some(subject) = &wording.subject {
        worded.subject = fitted(&filled(kind, subject.as_str(), fact));
    }
    if let Some(opening) = &wording.opening {
        put(&mut worded, Slot::Opening, 0, &hers(kind, opening, fact));
    }
    if let Some(closing) = &wording.closing {
        let end = worded.blocks.len();
        put(&mut worded, Slot::Closing, end, &hers(kind, closing, fact));
    }
    worded
}

/// Her paragraphs with the lines as she broke them.
fn hers(kind: Kind, words: &Paragraph, fact: impl Fn(Blank) -> String + Copy) -> Vec<Block> {
    let lines = |part: &str| part.lines().map(|line| filled(kind, line.trim(), fact)).collect();
    words.paragraphs().map(|part| Block::Hers(lines(part))).collect()
}

/// Puts blocks in the place of those of a slot, or where such would stand.
fn put(draft: &mut Draft, slot: Slot, otherwise: usize, blocks: &[Block]) {
    let at = draft.blocks.iter().position(|(of, _)| *of == slot).unwrap_or(otherwise);
    draft.blocks.retain(|(of, _)| *of != slot);
    draft.blocks.splice(at..at, blocks.iter().map(|block| (slot, block.clone())));
}

impl Draft {
    /// What is known where a mail is about some credits.
    pub(super) fn knows_credits(self, credits: &Credits<'_>) -> Self {
        let Credits { practitioner, balance, .. } = credits;
        let on = balance.deadline.as_ref().map(|deadline| long_day(deadline.on));
        self.knows(Blank::Practitioner, practitioner.name.first_word())
            .knows(Blank::SessionsLeft, credits.counter().left().to_string())
            .knows(Blank::Sessions, balance.total.to_string())
            .knows(Blank::UseBy, on.unwrap_or_else(|| "no set day".to_owned()))
    }
}
