//! When credits reached their date: at its end, or, if they came free only later, at that instant. A month that is over
//! stays as it was.

use super::fold::Fold;
use super::{Entry, What};
use crate::domain::credits::lot::Lot;
use crate::domain::time::Timestamp;

/// The credits past their date of which no entry says so yet, each with the instant from which on that was true.
pub(super) fn due(lot: &Lot, entries: &[Entry], now: Timestamp) -> Vec<(What, Timestamp)> {
    let mut due: Vec<(u32, Timestamp)> = Vec::new();
    let mut over = 0;
    for (count, at) in lasting(levels(lot, entries, now)) {
        if let Ok(more @ 1..) = u32::try_from(count - over) {
            match due.last_mut().filter(|(_, last)| *last == at) {
                Some((with_it, _)) => *with_it += more,
                None => due.push((more, at)),
            }
            over = count;
        }
    }
    due.into_iter().map(|(count, at)| (What::Expire(count), at)).collect()
}

/// How many credits were past their date, and since when, after each entry and when a date came between two.
fn levels(lot: &Lot, entries: &[Entry], now: Timestamp) -> Vec<(i64, Timestamp)> {
    let mut fold = Fold::new(lot);
    let mut levels = Vec::with_capacity(entries.len() + 1);
    let mut since = lot.granted_at;
    for (i, entry) in entries.iter().enumerate() {
        let _ = fold.take(entry);
        // What the clock made true is written later than it was.
        since = since.max(entry.at);
        let until = entries.get(i + 1).map_or(now, |next| next.at);
        let free = fold.free().max(0);
        match fold.deadline().map(|deadline| deadline.ends_at()) {
            Some(end) if end <= since => levels.push((free, since)),
            Some(end) if end <= until => levels.extend([(0, since), (free, end)]),
            _ => levels.push((0, since)),
        }
    }
    levels
}

/// Only what stayed so: a credit that was booked or brought back after its date was not over for good.
fn lasting(mut levels: Vec<(i64, Timestamp)>) -> Vec<(i64, Timestamp)> {
    let mut least = i64::MAX;
    for (count, _) in levels.iter_mut().rev() {
        least = least.min(*count);
        *count = least;
    }
    levels
}
