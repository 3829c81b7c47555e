//! The ledger as sentences, with what each entry changed and what was left after it.

use std::collections::HashMap;

use super::{counted, sessions};
use crate::domain::credits::ledger::{Actor, Consumed, Entry, Revoked, What};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::BookingId;
use crate::domain::time::{Timestamp, Zone, long_day, long_moment};

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The client, who is "you".
    Client,
    /// The practitioner, who is "you".
    Practitioner,
}

/// What the two people are called, by first names.
#[derive(Debug, Clone, Copy)]
pub struct Names<'a> {
    /// The client.
    pub client: &'a str,
    /// The practitioner.
    pub practitioner: &'a str,
    /// Which of them reads.
    pub reader: Reader,
}

impl<'a> Names<'a> {
    fn of(&self, actor: Actor) -> &'a str {
        match (actor, self.reader) {
            (Actor::Client(_), Reader::Client) | (Actor::Practitioner(_), Reader::Practitioner) => "you",
            (Actor::Client(_), Reader::Practitioner) => self.client,
            (Actor::Practitioner(_), Reader::Client) => self.practitioner,
            (Actor::System, _) => "the program",
            (Actor::Provider, _) => "the payment provider",
        }
    }
}

/// One entry as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When it was made.
    pub at: Timestamp,
    /// What it did, without a full stop.
    pub sentence: String,
    /// Why, in the words of who made it.
    pub reason: Option<String>,
    /// By how much it changed what can be booked.
    pub change: i64,
    /// What could be booked after it, as far as entries tell.
    pub left: i64,
}

/// The entries of a lot, oldest first, as sentences; times in the reader's zone.
#[must_use]
pub fn ledger(lot: &Lot, entries: &[Entry], names: &Names<'_>, zone: &Zone) -> Vec<Told> {
    let mut teller = Teller { lot, names, zone, starts: HashMap::new() };
    let mut left = 0;
    let told = entries.iter().enumerate().map(|(i, entry)| {
        let (sentence, change) = match moved(entries, i) {
            Some(Half::From) => (teller.moved_from(entry), 1),
            Some(Half::To) => (teller.moved_to(entry), -1),
            None => teller.tell(entry),
        };
        left += change;
        let reason = entry.reason.as_ref().map(|line| line.as_str().to_owned());
        Told { at: entry.at, sentence, reason, change, left }
    });
    told.collect()
}

/// Which half of a move an entry is: a credit returned and held again for the same session at one instant.
#[derive(Clone, Copy)]
enum Half {
    From,
    To,
}

fn moved(entries: &[Entry], i: usize) -> Option<Half> {
    let pair = |a: &Entry, b: &Entry| match (&a.what, &b.what) {
        (What::Release { booking }, What::Hold { booking: again, .. }) => booking == again && a.at == b.at,
        _ => false,
    };
    let entry = &entries[i];
    if entries.get(i + 1).is_some_and(|next| pair(entry, next)) {
        Some(Half::From)
    } else if i > 0 && pair(&entries[i - 1], entry) {
        Some(Half::To)
    } else {
        None
    }
}

struct Teller<'a> {
    lot: &'a Lot,
    names: &'a Names<'a>,
    zone: &'a Zone,
    starts: HashMap<BookingId, Timestamp>,
}

impl Teller<'_> {
    fn moment(&self, booking: BookingId) -> String {
        self.starts.get(&booking).map_or_else(|| "a session".to_owned(), |&at| long_moment(at, self.zone))
    }

    fn moved_from(&self, entry: &Entry) -> String {
        let What::Release { booking } = entry.what else { return String::new() };
        format!("Moved from {} by {}", self.moment(booking), self.names.of(entry.actor))
    }

    fn moved_to(&mut self, entry: &Entry) -> String {
        let What::Hold { booking, starts_at, .. } = entry.what else { return String::new() };
        self.starts.insert(booking, starts_at);
        format!("Moved to {}", self.moment(booking))
    }

    fn tell(&mut self, entry: &Entry) -> (String, i64) {
        let who = self.names.of(entry.actor);
        match &entry.what {
            What::Grant(n) => (self.granted(*n, who), i64::from(*n)),
            What::Hold { booking, starts_at, .. } => {
                self.starts.insert(*booking, *starts_at);
                (format!("Booked for {}", self.moment(*booking)), -1)
            }
            What::Release { booking } => (self.returned(*booking, entry), 1),
            What::Consume { booking, how } => (self.used(*booking, *how), 0),
            What::Waive { booking } => (format!("Given back by {who}: {}", self.moment(*booking)), 1),
            What::Extend { to } => (format!("More time from {who}, until {}", long_day(*to)), 0),
            What::Freeze => (format!("Paused by {who}"), 0),
            What::Unfreeze => (format!("Pause ended by {who}; the date moved by its days"), 0),
            What::Suspend(n) => {
                (format!("{} on hold while a payment is questioned", sessions(*n)), -i64::from(*n))
            }
            What::Unsuspend(n) => (format!("{} no longer on hold", sessions(*n)), i64::from(*n)),
            What::Expire(n) => (format!("{} reached the date", sessions(*n)), -i64::from(*n)),
            What::Reactivate(n) => (format!("{} can be booked again, by {who}", sessions(*n)), i64::from(*n)),
            What::Revoke { count, why } => (revoked(*count, *why), -i64::from(*count)),
            What::Restore(n) => {
                (format!("{} there again: the refund was called off", sessions(*n)), i64::from(*n))
            }
            What::TransferOut { count, .. } => {
                (format!("{} passed on to another package", sessions(*count)), -i64::from(*count))
            }
            What::TransferIn { count, .. } => {
                (format!("{} from another package", sessions(*count)), i64::from(*count))
            }
            What::Adjust { by } => {
                let count = sessions(by.unsigned_abs());
                let more = if *by < 0 { "fewer" } else { "more" };
                (format!("Corrected by {who}: {count} {more}"), i64::from(*by))
            }
        }
    }

    fn granted(&self, n: u32, who: &str) -> String {
        match &self.lot.origin {
            Origin::Purchase(_) if self.lot.paid.is_zero() => {
                format!("{} added, free of charge", sessions(n))
            }
            Origin::Purchase(_) => format!("Bought, {}, {}", sessions(n), self.lot.paid),
            Origin::Comp { .. } => format!("Given by {who}, {}", sessions(n)),
            Origin::Transfer { .. } => format!("Passed on by {who}, {}", sessions(n)),
            Origin::Import { used_before } => {
                format!(
                    "Brought in by {who}, {} ({used_before} of {} used before)",
                    sessions(n),
                    n + used_before
                )
            }
        }
    }

    fn returned(&self, booking: BookingId, entry: &Entry) -> String {
        let session = self.moment(booking);
        match entry.actor {
            Actor::Practitioner(_) => format!("Returned: {} canceled {session}", self.names.of(entry.actor)),
            Actor::System | Actor::Provider => format!("Returned: {session} does not take place"),
            Actor::Client(_) => {
                let before = self.starts.get(&booking).map(|at| at.duration_since(entry.at).as_hours());
                let ahead = match before.and_then(|hours| u32::try_from(hours).ok()) {
                    Some(hours @ 0..48) => counted(hours, "hour", "hours"),
                    Some(hours) => counted(hours / 24, "day", "days"),
                    None => return format!("Returned: {session}"),
                };
                let on = long_day(self.zone.date(entry.at));
                format!("Returned {on}, {ahead} before {session}")
            }
        }
    }

    fn used(&self, booking: BookingId, how: Consumed) -> String {
        let session = self.moment(booking);
        match how {
            Consumed::Attended => format!("Used: session took place, {session}"),
            Consumed::LateCancel => format!("Used: canceled late, {session}"),
            Consumed::Missed => format!("Used: session was missed, {session}"),
        }
    }
}

fn revoked(count: u32, why: Revoked) -> String {
    let count = sessions(count);
    match why {
        Revoked::Refund => format!("{count} refunded"),
        Revoked::Dispute => format!("{count} taken back: the bank returned the payment"),
        Revoked::Mistake => format!("{count} taken back: granted by mistake"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::balance;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::id::{ClientId, PractitionerId};

    fn told(whats: &[(What, &str, Actor)]) -> Vec<(String, i64, i64)> {
        let lot = lot();
        let mut all = entries(&lot, whats.iter().map(|(what, ..)| what.clone()));
        for (entry, (_, at, actor)) in all.iter_mut().zip(whats) {
            entry.at = at.parse().unwrap();
            entry.actor = *actor;
        }
        let names = Names { client: "Nora", practitioner: "Ines", reader: Reader::Client };
        let zone = "America/New_York".parse().unwrap();
        let told = ledger(&lot, &all, &names, &zone);
        let left = balance(&lot, &all, all.last().unwrap().at).available;
        assert_eq!(told.last().unwrap().left, i64::from(left), "the sentences count as the ledger does");
        told.into_iter().map(|told| (told.sentence, told.change, told.left)).collect()
    }

    #[test]
    fn entries_are_told_in_sentences_that_add_up() {
        let nora = Actor::Client(ClientId::from_bits(1));
        let ines = Actor::Practitioner(PractitionerId::from_bits(1));
        let one = BookingId::from_bits(1);
        let start = "2026-04-21T21:30:00Z";
        let told = told(&[
            (What::Grant(6), "2026-04-14T10:00:00Z", Actor::Provider),
            (hold(1, start), "2026-04-14T11:00:00Z", nora),
            (What::Release { booking: one }, "2026-04-20T19:30:00Z", nora),
            (hold(2, start), "2026-04-20T20:30:00Z", nora),
            (
                What::Consume { booking: BookingId::from_bits(2), how: Consumed::Missed },
                "2026-04-22T20:30:00Z",
                ines,
            ),
            (What::Waive { booking: BookingId::from_bits(2) }, "2026-04-23T20:30:00Z", ines),
        ]);
        let expected = [
            ("Bought, 6 sessions, $540.00", 6, 6),
            ("Booked for Tuesday 21 April, 5:30\u{a0}pm", -1, 5),
            ("Returned Monday 20 April, 26 hours before Tuesday 21 April, 5:30\u{a0}pm", 1, 6),
            ("Booked for Tuesday 21 April, 5:30\u{a0}pm", -1, 5),
            ("Used: session was missed, Tuesday 21 April, 5:30\u{a0}pm", 0, 5),
            ("Given back by Ines: Tuesday 21 April, 5:30\u{a0}pm", 1, 6),
        ];
        assert_eq!(told, expected.map(|(sentence, change, left)| (sentence.to_owned(), change, left)));
    }

    #[test]
    fn a_move_is_told_as_one_and_not_as_a_return() {
        let nora = Actor::Client(ClientId::from_bits(1));
        let at = "2026-04-16T10:00:00Z";
        let told = told(&[
            (What::Grant(6), "2026-04-14T10:00:00Z", Actor::Provider),
            (hold(1, "2026-04-21T21:30:00Z"), "2026-04-14T11:00:00Z", nora),
            (What::Release { booking: BookingId::from_bits(1) }, at, nora),
            (hold(1, "2026-04-23T21:30:00Z"), at, nora),
        ]);
        assert_eq!(told[2].0, "Moved from Tuesday 21 April, 5:30\u{a0}pm by you");
        assert_eq!(told[3], ("Moved to Thursday 23 April, 5:30\u{a0}pm".to_owned(), -1, 5));
    }
}
