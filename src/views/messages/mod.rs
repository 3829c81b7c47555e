//! Mails: every kind of message as a subject, plain text and HTML that say the same, since both are set from one draft.
//!
//! Private by default: a lock screen may be read by anyone, so neither subject nor body names the package, what the sessions
//! are for, or their titles. Numbers, dates, first names and the practice's name are all there is.

mod draft;
mod hers;
mod html;
mod plain;

pub mod booking;
pub mod invitation;
pub mod letter;
pub mod login;
pub mod nudge;
pub mod purchase;
pub mod refund;

#[cfg(test)]
mod tests;

use draft::{Draft, Slot, Span};

use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::practice::Practice;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::messages::message::Kind;
use crate::domain::messages::wording::Wording;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::views::frond::Counter;

/// A mail, ready to be put into an envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailing {
    /// The subject.
    pub subject: Line,
    /// What mail programs show beside the subject; it is in the HTML as well.
    pub preheader: String,
    /// The words, for those who read plain text.
    pub text: String,
    /// The same words as HTML, under 8 KB.
    pub html: String,
    /// The words that open and close it, which a practitioner can write anew, as they stand here.
    pub around: (String, String),
}

/// What every mail is written on.
#[derive(Debug, Clone, Copy)]
pub struct Paper<'a> {
    /// The practice: its name at the head, its address at the foot.
    pub practice: &'a Practice,
    /// The colour of the practitioner's storefront.
    pub accent: Accent,
    /// The name of who reads it.
    pub reader: &'a Line,
    /// The zone in which times are told to the reader.
    pub zone: &'a Zone,
    /// What every address begins with, without a slash at its end.
    pub base_url: &'a str,
    /// The present.
    pub now: Timestamp,
    /// The practitioner's own words for mails of this kind, if she has any.
    pub wording: Option<(Kind, &'a Wording)>,
}

/// Some credits, and with whom they are spent.
#[derive(Debug, Clone, Copy)]
pub struct Credits<'a> {
    /// With whom.
    pub practitioner: &'a Practitioner,
    /// The lot.
    pub lot: &'a Lot,
    /// What it amounts to now.
    pub balance: &'a Balance,
}

impl Credits<'_> {
    /// The numbers as they are drawn. What was taken back or waits for a dispute counts as lost here.
    #[must_use]
    pub fn counter(&self) -> Counter {
        let Balance { total, expired, revoked, suspended, .. } = *self.balance;
        let lost = expired + revoked + suspended;
        Counter { total, used: self.balance.used(), booked: self.balance.held(), lost }
    }
}

impl Paper<'_> {
    /// An address of ours as mails need it.
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn first_name(&self) -> &str {
        self.reader.first_word()
    }

    fn draft(&self, subject: &str, heading: &str) -> Draft {
        Draft::new(fitted(subject), heading)
    }

    fn set(&self, draft: &Draft) -> Mailing {
        let worded = self.wording.map(|(kind, wording)| hers::worded(self, draft, kind, wording));
        let draft = worded.as_ref().unwrap_or(draft);
        Mailing {
            around: (draft.said(Slot::Opening), draft.said(Slot::Closing)),
            subject: draft.subject.clone(),
            preheader: draft.preheader.clone(),
            text: plain::text(self, draft),
            html: html::html(self, draft),
        }
    }
}

/// A text as a line, cut where it is too long for one.
fn fitted(text: &str) -> Line {
    let plain = text.replace('\u{a0}', " ");
    let plain: String = plain.chars().filter(|c| !c.is_control()).take(Line::ROOM).collect();
    plain.parse().unwrap_or_else(|_| "A message about your sessions".parse().expect("a plain line"))
}

/// A way to write to a person.
fn write_to(practitioner: &Practitioner, words: &str) -> Span {
    Span::Link(words.to_owned(), format!("mailto:{}", practitioner.email))
}
