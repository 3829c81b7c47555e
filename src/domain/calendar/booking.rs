//! A booking: one session on the calendar, paid for with one credit.

use jiff::civil::Date;

use super::slot::Taken;
use crate::domain::catalog::package::Format;
use crate::domain::credits::ledger::{Actor, LedgerId, What};
use crate::domain::credits::selection::{Counted, choose, reach};
use crate::domain::id::{BookingId, ClientId, LotId, PractitionerId};
use crate::domain::time::{SignedDuration, Timestamp, after, minutes};

/// Whether a session takes place. That it was missed stands in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It takes, or took, place.
    Confirmed,
    /// It was called off.
    Cancelled {
        /// When.
        at: Timestamp,
        /// By whom.
        by: Actor,
    },
}

/// One session on the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Booking {
    /// Its identifier, which the form carried; also the UID of its calendar entry.
    pub id: BookingId,
    /// Who comes.
    pub client: ClientId,
    /// To whom.
    pub practitioner: PractitionerId,
    /// Which lot pays.
    pub lot: LotId,
    /// When it starts.
    pub starts_at: Timestamp,
    /// How long it is.
    pub length_minutes: u32,
    /// How it takes place.
    pub format: Format,
    /// Whether it takes place.
    pub state: State,
    /// Counts its changes; the SEQUENCE of its calendar entry.
    pub sequence: u32,
    /// When it was booked, or moved to where it is.
    pub placed_at: Timestamp,
}

impl Booking {
    /// The ledger of the lot that pays.
    #[must_use]
    pub fn ledger(&self) -> LedgerId {
        (self.practitioner, self.lot)
    }

    /// How long it is, in elapsed time.
    #[must_use]
    pub fn length(&self) -> SignedDuration {
        minutes(i64::from(self.length_minutes))
    }

    /// When it ends: start and length, in elapsed time.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.starts_at, self.length())
    }

    /// Whether it was not called off.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.state == State::Confirmed
    }

    /// The entry that ties a credit to it.
    #[must_use]
    pub fn hold(&self) -> What {
        What::Hold { booking: self.id, starts_at: self.starts_at, ends_at: self.ends_at() }
    }
}

/// Why a session cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No credit is left with this practitioner for sessions of this length.
    NoCredit,
    /// Credits are left, but none reaches that date.
    OutOfReach {
        /// The last local date that one reaches.
        last: Date,
    },
    /// The lot is frozen.
    Frozen,
    /// The time cannot be had.
    Taken(Taken),
    /// The client has another session then.
    OwnClash,
}

/// Whether the client has another session in that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    /// She has none.
    None,
    /// She has one.
    Own,
}

/// What is looked at before a session is booked, all of one instant.
#[derive(Debug)]
pub struct Facts<'a> {
    /// Who comes.
    pub client: ClientId,
    /// To whom.
    pub practitioner: PractitionerId,
    /// Her lots with this practitioner for sessions of this length.
    pub lots: &'a [Counted],
    /// Whether the time can be had.
    pub slot: Result<(), Taken>,
    /// Whether she is elsewhere.
    pub clash: Clash,
}

/// Decides a booking: the lot that pays is chosen here. The booking's hold is its ledger entry.
///
/// # Errors
/// [`Refusal`] says why not; the time is looked at before the credit, so that a taken slot is told as one.
pub fn book(
    id: BookingId,
    starts_at: Timestamp,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<Booking, Refusal> {
    facts.slot.map_err(Refusal::Taken)?;
    if facts.clash == Clash::Own {
        return Err(Refusal::OwnClash);
    }
    let (lot, _) = choose(facts.lots, starts_at, now).ok_or_else(|| no_lot(facts.lots, now))?;
    Ok(Booking {
        id,
        client: facts.client,
        practitioner: facts.practitioner,
        lot: lot.id,
        starts_at,
        length_minutes: lot.offer.length_minutes,
        format: lot.offer.format.clone(),
        state: State::Confirmed,
        sequence: 0,
        placed_at: now,
    })
}

/// Why no lot pays.
#[must_use]
pub fn no_lot(lots: &[Counted], now: Timestamp) -> Refusal {
    match lots.iter().filter_map(|counted| reach(counted, now)).max() {
        Some(last) => Refusal::OutOfReach { last },
        None if lots.iter().any(|(_, balance)| balance.frozen_at.is_some()) => Refusal::Frozen,
        None => Refusal::NoCredit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::balance;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn counted(whats: &[What], now: Timestamp) -> Counted {
        let lot = lot();
        let balance = balance(&lot, &entries(&lot, whats.to_vec()), now);
        (lot, balance)
    }

    fn try_book(
        lots: &[Counted],
        slot: Result<(), Taken>,
        clash: Clash,
        start: &str,
        now: Timestamp,
    ) -> Result<Booking, Refusal> {
        let facts = Facts {
            client: ClientId::from_bits(2),
            practitioner: PractitionerId::from_bits(3),
            lots,
            slot,
            clash,
        };
        book(BookingId::from_bits(77), at(start), &facts, now)
    }

    #[test]
    fn a_booking_carries_what_was_agreed_and_holds_its_credit() {
        let now = at("2026-04-20T08:00:00Z");
        let booking =
            try_book(&[counted(&[What::Grant(6)], now)], Ok(()), Clash::None, "2026-05-05T08:00:00Z", now)
                .unwrap();
        assert_eq!((booking.lot, booking.length_minutes, booking.sequence), (lot().id, 50, 0));
        assert_eq!(booking.hold(), hold(77, "2026-05-05T08:00:00Z"));
    }

    #[test]
    fn each_reason_against_is_told_apart() {
        let now = at("2026-04-20T08:00:00Z");
        let (start, far) = ("2026-05-05T08:00:00Z", "2026-09-05T08:00:00Z");
        let full = [counted(&[What::Grant(6)], now)];
        let empty = [counted(&[What::Grant(1), hold(1, start)], now)];
        let frozen = [counted(&[What::Grant(6), What::Freeze], now)];
        let refused =
            |lots: &[Counted], slot, clash, start| try_book(lots, slot, clash, start, now).unwrap_err();
        assert_eq!(refused(&full, Err(Taken::Past), Clash::None, start), Refusal::Taken(Taken::Past));
        assert_eq!(refused(&full, Ok(()), Clash::Own, start), Refusal::OwnClash);
        assert_eq!(
            refused(&full, Ok(()), Clash::None, far),
            Refusal::OutOfReach { last: jiff::civil::date(2026, 7, 27) }
        );
        assert_eq!(refused(&empty, Ok(()), Clash::None, start), Refusal::NoCredit);
        assert_eq!(refused(&frozen, Ok(()), Clash::None, start), Refusal::Frozen);
        assert_eq!(refused(&[], Ok(()), Clash::None, start), Refusal::NoCredit);
    }
}
