//! The credit ledger: append-only entries on a lot, and the balance that is folded from them. No counter is stored,
//! and nothing becomes true because a job ran: what has expired or taken place is so at its instant.

use jiff::civil::Date;

use super::lot::Lot;
use super::validity::Deadline;
use crate::domain::id::{BookingId, ClientId, EntryId, LotId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

mod expiry;
mod fold;
use fold::Fold;

/// Who made an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The client herself.
    Client(ClientId),
    /// A practitioner.
    Practitioner(PractitionerId),
    /// The program, by the clock.
    System,
    /// The payment provider.
    Provider,
}

/// How a credit was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumed {
    /// The session took place.
    Attended,
    /// The client cancelled too late.
    LateCancel,
    /// The client did not come.
    Missed,
}

/// Why credits were taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The money was given back.
    Refund,
    /// The bank decided for the buyer.
    Dispute,
    /// They should not have been granted.
    Mistake,
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The lot's credits land.
    Grant(u32),
    /// A credit is tied to a session.
    Hold {
        /// The session.
        booking: BookingId,
        /// When it starts.
        starts_at: Timestamp,
        /// When it ends; from then on the credit counts as used, unless an entry says otherwise.
        ends_at: Timestamp,
    },
    /// The credit of a session that will not take place comes back.
    Release {
        /// The session.
        booking: BookingId,
    },
    /// The credit of a session is used up. A later entry for the same session overrides how.
    Consume {
        /// The session.
        booking: BookingId,
        /// How.
        how: Consumed,
    },
    /// A used credit is given back by the practitioner.
    Waive {
        /// The session.
        booking: BookingId,
    },
    /// The lot can be booked until another date.
    Extend {
        /// The new last date.
        to: Date,
    },
    /// No new bookings, and the expiry waits.
    Freeze,
    /// The expiry moves by the frozen days.
    Unfreeze,
    /// Credits cannot be booked while a dispute is open.
    Suspend(u32),
    /// They can be again.
    Unsuspend(u32),
    /// Credits reached their date; written by a job, true without it.
    Expire(u32),
    /// Credits that had expired can be booked again.
    Reactivate(u32),
    /// Credits are taken back.
    Revoke {
        /// How many.
        count: u32,
        /// Why.
        why: Revoked,
    },
    /// Credits that were taken back are there again: what they were taken back for did not happen.
    Restore(u32),
    /// Credits go to another lot.
    TransferOut {
        /// How many.
        count: u32,
        /// Where to.
        to: LotId,
        /// The money that goes with them; the other lot holds it as paid.
        worth: Money,
    },
    /// Credits come from another lot.
    TransferIn {
        /// How many.
        count: u32,
        /// Where from.
        from: LotId,
    },
    /// The practitioner corrects the count.
    Adjust {
        /// More, or fewer.
        by: i32,
    },
}

/// A ledger: its lot, and the practitioner among whose ledgers it stands.
pub type LedgerId = (PractitionerId, LotId);

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its identifier; entries of a lot are in the order of their ids.
    pub id: EntryId,
    /// The lot it belongs to.
    pub lot: LotId,
    /// What it does.
    pub what: What,
    /// Who made it.
    pub actor: Actor,
    /// Why, in the words of who made it.
    pub reason: Option<Line>,
    /// When.
    pub at: Timestamp,
}

/// Where the credit of one session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Tied to a session that has not ended.
    Held,
    /// Used up.
    Used(Consumed),
    /// Back in the lot before the session.
    Returned,
    /// Given back after it was used.
    Waived,
}

/// A session that took a credit of the lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sitting {
    /// The session.
    pub booking: BookingId,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where its credit stands.
    pub standing: Standing,
}

impl Sitting {
    /// Whether it counts as a chapter: held or attended (domain.md, Words).
    #[must_use]
    pub fn is_chapter(&self) -> bool {
        matches!(self.standing, Standing::Held | Standing::Used(Consumed::Attended))
    }
}

/// An entry that does not fit what stands before it; found by `check`, never made by an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsound {
    /// The entry.
    pub entry: EntryId,
    /// What is wrong, for the person who reads `check`'s report.
    pub what: &'static str,
}

/// What a lot amounts to at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Credits granted, with adjustments and transfers: what the client thinks of as "of 6".
    pub total: u32,
    /// Every session that ever took a credit, by start.
    pub sittings: Vec<Sitting>,
    /// Credits that reached their date.
    pub expired: u32,
    /// Credits taken back.
    pub revoked: u32,
    /// Credits that wait for a dispute.
    pub suspended: u32,
    /// Since when the lot is frozen.
    pub frozen_at: Option<Timestamp>,
    /// By when credits must be booked; `None` is for good, or not while frozen.
    pub deadline: Option<Deadline>,
    /// While frozen, what that would be if the pause ended now.
    pub waiting: Option<Deadline>,
    /// When the date was last moved: by an extension or the end of a pause.
    pub dated_at: Option<Timestamp>,
    /// Moves and cancels in time that the client made.
    pub changes: u32,
    /// Late cancels that were forgiven by the policy.
    pub forgiven: u32,
    /// Credits that can be booked now.
    pub available: u32,
    /// What went to other lots with transferred credits, in minor units of the lot's currency.
    pub passed_on: i64,
}

impl Balance {
    /// Sessions that used a credit, however.
    #[must_use]
    pub fn used(&self) -> u32 {
        self.count(|sitting| matches!(sitting.standing, Standing::Used(_)))
    }

    /// Sessions that used a credit in one way.
    #[must_use]
    pub fn used_by(&self, how: Consumed) -> u32 {
        self.count(|sitting| sitting.standing == Standing::Used(how))
    }

    /// Sessions that are booked and have not ended.
    #[must_use]
    pub fn held(&self) -> u32 {
        self.count(|sitting| sitting.standing == Standing::Held)
    }

    /// The money that stands behind the credits of this lot: what was paid for it, less what went to other lots with
    /// transferred credits. Books and refunds split this over [`Balance::total`]; see `transfer` for why they stay exact.
    #[must_use]
    pub fn stake(&self, lot: &Lot) -> Money {
        Money { minor: lot.paid.minor - self.passed_on, ..lot.paid }
    }

    /// The date that the lot has, or would have if its pause ended now: what is to be given is measured by it.
    #[must_use]
    pub const fn date(&self) -> Option<&Deadline> {
        match &self.deadline {
            Some(deadline) => Some(deadline),
            None => self.waiting.as_ref(),
        }
    }

    fn count(&self, which: impl Fn(&Sitting) -> bool) -> u32 {
        u32::try_from(self.sittings.iter().filter(|sitting| which(sitting)).count()).unwrap_or(u32::MAX)
    }

    /// Credits that are neither used, booked, expired, suspended nor taken back, also while the lot is frozen.
    #[must_use]
    pub fn available_or_frozen(&self) -> u32 {
        let closed = self.used() + self.held() + self.expired + self.revoked + self.suspended;
        self.total.saturating_sub(closed)
    }

    /// Credits that nothing is booked with and that could be taken back: those that wait for a dispute are unused as well.
    #[must_use]
    pub fn unused(&self) -> u32 {
        self.available_or_frozen() + self.suspended
    }

    /// Whether credits can be booked, now or after a pause: not over for good.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.available_or_frozen() + self.suspended + self.held() > 0
    }

    /// The chapter that a session is: its rank by start among the held and attended sessions of the lot.
    #[must_use]
    pub fn chapter_of(&self, booking: BookingId) -> Option<u32> {
        self.chapters().position(|sitting| sitting.booking == booking).and_then(|i| u32::try_from(i + 1).ok())
    }

    /// The sessions that count as chapters, by start.
    pub fn chapters(&self) -> impl Iterator<Item = &Sitting> {
        self.sittings.iter().filter(|sitting| sitting.is_chapter())
    }

    /// The next session that has not ended.
    #[must_use]
    pub fn next_session(&self) -> Option<&Sitting> {
        self.sittings.iter().find(|sitting| sitting.standing == Standing::Held)
    }

    /// The end of the last session that took place or is booked.
    #[must_use]
    pub fn last_session_ends_at(&self) -> Option<Timestamp> {
        self.chapters().map(|sitting| sitting.ends_at).max()
    }

    /// The sitting of a session.
    #[must_use]
    pub fn sitting(&self, booking: BookingId) -> Option<&Sitting> {
        self.sittings.iter().find(|sitting| sitting.booking == booking)
    }
}

/// What a lot amounts to at an instant. Actions write only entries that fit; `check` reports others by [`verify`].
#[must_use]
pub fn balance(lot: &Lot, entries: &[Entry], now: Timestamp) -> Balance {
    folded(lot, entries).close(now)
}

/// Whether every entry fits what stands before it.
///
/// # Errors
/// The first that does not.
pub fn verify(lot: &Lot, entries: &[Entry]) -> Result<(), Unsound> {
    let mut fold = Fold::new(lot);
    let mut last = None;
    for entry in entries {
        let unsound = |what| Unsound { entry: entry.id, what };
        if last.replace(entry.id).is_some_and(|before| before >= entry.id) {
            return Err(unsound("stands out of order"));
        }
        if entry.lot != lot.id {
            return Err(unsound("belongs to another lot"));
        }
        fold.take(entry).map_err(unsound)?;
    }
    Ok(())
}

/// What the clock has made true and no entry says yet: sessions that have ended, credits past their date. Each with
/// the instant at which it became true; a credit that came free after its date was over at that instant, not before it. A
/// balance is the same before and after these are written.
#[must_use]
pub fn unwritten(lot: &Lot, entries: &[Entry], now: Timestamp) -> Vec<(What, Timestamp)> {
    let fold = folded(lot, entries);
    let mut due: Vec<(What, Timestamp)> = Vec::new();
    for sitting in fold.sittings.iter().filter(|s| s.standing == Standing::Held && now >= s.ends_at) {
        due.push((What::Consume { booking: sitting.booking, how: Consumed::Attended }, sitting.ends_at));
    }
    if fold.free() > 0 && fold.deadline().is_some_and(|deadline| deadline.is_over(now)) {
        due.extend(expiry::due(lot, entries, now));
    }
    due
}

/// Credits that are neither used, booked, suspended nor taken back, and of which no entry says that they reached their date.
#[must_use]
pub fn free(lot: &Lot, entries: &[Entry]) -> u32 {
    u32::try_from(folded(lot, entries).free().max(0)).unwrap_or(u32::MAX)
}

fn folded<'a>(lot: &'a Lot, entries: &[Entry]) -> Fold<'a> {
    let mut fold = Fold::new(lot);
    for entry in entries {
        let _ = fold.take(entry);
    }
    fold
}

/// The date that a lot has once the time for which its credits waited for a dispute is given back; none if it has no date or
/// nothing waited. A day that was paused as well counts once: the pause moves the date by it.
#[must_use]
pub fn date_after_waiting(lot: &Lot, entries: &[Entry], now: Timestamp) -> Option<Date> {
    folded(lot, entries).date_after_waiting(now)
}

#[cfg(test)]
pub(crate) mod tests;
