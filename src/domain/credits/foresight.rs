//! What a lot would amount to after some entries: every preview is the fold of what would be written.

use jiff::civil::Date;

use super::ledger::{Actor, Balance, Entry, What, balance, unwritten};
use super::lot::Lot;
use crate::domain::id::EntryId;
use crate::domain::time::Timestamp;

/// A lot now, and as it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foresight {
    /// What it amounts to now.
    pub before: Balance,
    /// What it would amount to.
    pub after: Balance,
}

impl Foresight {
    /// The date that the lot gets, if it gets more time; a paused one, if its pause ended now.
    #[must_use]
    pub fn extended_to(&self) -> Option<Date> {
        let [before, after] = [&self.before, &self.after].map(|balance| balance.date().map(|date| date.on));
        after.filter(|after| before.is_some_and(|before| before < *after))
    }
}

/// The ledger with what the clock has made true and with entries that are only thought of.
#[must_use]
pub fn with(lot: &Lot, entries: &[Entry], whats: &[What], actor: Actor, now: Timestamp) -> Vec<Entry> {
    let mut all = entries.to_vec();
    let mut add = |what, actor, at| {
        let last = all.last().map_or(0, |entry| entry.id.bits());
        let id = EntryId::from_bits(last + 1);
        all.push(Entry { id, lot: lot.id, what, actor, reason: None, at });
    };
    for (what, at) in unwritten(lot, entries, now) {
        add(what, Actor::System, at);
    }
    for what in whats {
        add(what.clone(), actor, now);
    }
    all
}

/// What entries would do to a lot.
#[must_use]
pub fn foresee(lot: &Lot, entries: &[Entry], whats: &[What], actor: Actor, now: Timestamp) -> Foresight {
    let after = with(lot, entries, whats, actor, now);
    Foresight { before: balance(lot, entries, now), after: balance(lot, &after, now) }
}
