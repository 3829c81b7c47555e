//! Booking and moving by the practitioner's own hand: notice, horizon and the client's change count do not bind her; what
//! is in the way does, unless she says "book anyway" (domain.md, Rules: practitioner's own hand).

use jiff::civil::Date;

use super::booking::{self, Booking, Clash, Facts, Refusal, no_lot};
use super::change::{self, AFTER_APOLOGY_DAYS, check_open};
use super::slot::Taken;
use crate::domain::credits::selection::choose;
use crate::domain::id::{BookingId, LotId};
use crate::domain::time::{Timestamp, plus_days};

/// What she says to something that is in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Insist {
    /// Do not book then.
    No,
    /// Book anyway. Nothing is booked in the past all the same.
    Anyway,
}

/// Which lot pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    /// The one that the rule says.
    ByRule,
    /// The one that she picks; it must have a credit and reach the date.
    Picked(LotId),
}

/// What she was told is in the way and booked over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlooked {
    /// Why the time cannot be had otherwise.
    pub slot: Option<Taken>,
    /// Whether the client has another session then.
    pub clash: Clash,
}

impl Overlooked {
    /// What is overlooked of what is in the way.
    #[must_use]
    pub fn of(slot: Result<(), Taken>, clash: Clash, insist: Insist) -> Self {
        match insist {
            Insist::No => Self { slot: None, clash: Clash::None },
            Insist::Anyway => Self { slot: slot.err().filter(|taken| *taken != Taken::Past), clash },
        }
    }

    /// Whether anything was.
    #[must_use]
    pub fn is_something(&self) -> bool {
        self.slot.is_some() || self.clash == Clash::Own
    }

    fn rest(&self, slot: Result<(), Taken>, clash: Clash) -> (Result<(), Taken>, Clash) {
        let slot = slot.or_else(|taken| if self.slot == Some(taken) { Ok(()) } else { Err(taken) });
        (slot, if self.clash == clash { Clash::None } else { clash })
    }
}

/// Decides a booking by her hand; says what it goes over. `facts.slot` is as for [`super::slot::By::Practitioner`].
///
/// # Errors
/// [`Refusal`] says why not.
pub fn book(
    id: BookingId,
    starts_at: Timestamp,
    facts: &Facts<'_>,
    (pays, insist): (Pays, Insist),
    now: Timestamp,
) -> Result<(Booking, Overlooked), Refusal> {
    let overlooked = Overlooked::of(facts.slot, facts.clash, insist);
    let (slot, clash) = overlooked.rest(facts.slot, facts.clash);
    let lots = match pays {
        Pays::ByRule => facts.lots,
        Pays::Picked(id) => {
            facts.lots.iter().find(|(lot, _)| lot.id == id).map_or(&[][..], std::slice::from_ref)
        }
    };
    let facts = Facts { lots, slot, clash, ..*facts };
    booking::book(id, starts_at, &facts, now).map(|booking| (booking, overlooked))
}

/// Where a moved session's credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Which lot pays there.
    pub lot: LotId,
    /// The date that the lot which paid so far has from then on, if it gets more time: at least [`AFTER_APOLOGY_DAYS`] days
    /// from now, as when she calls a session off. If another pays, its credit comes back to it, and must not be lost by that.
    pub extend: Option<Date>,
    /// What the move goes over.
    pub overlooked: Overlooked,
}

/// Decides a move by her hand. The same lot pays, paused or not, if it reaches the new date with the time that the move
/// gives it; otherwise one as for a new booking, and the first has that time all the same.
///
/// # Errors
/// [`change::Refusal`] says why not.
pub fn reschedule(
    booking: &Booking,
    to: Timestamp,
    facts: &change::Facts<'_>,
    insist: Insist,
    now: Timestamp,
) -> Result<Moved, change::Refusal> {
    check_open(booking, now)?;
    if to == booking.starts_at {
        return Err(change::Refusal::SameTime);
    }
    let overlooked = Overlooked::of(facts.slot, facts.clash, insist);
    let (slot, clash) = overlooked.rest(facts.slot, facts.clash);
    slot.map_err(change::Refusal::Taken)?;
    if clash == Clash::Own {
        return Err(change::Refusal::OwnClash);
    }
    let (lot, balance) = facts.from;
    let Some(deadline) = balance.date() else {
        return Ok(Moved { lot: lot.id, extend: None, overlooked });
    };
    let on = deadline.on.max(plus_days(lot.zone.date(now), AFTER_APOLOGY_DAYS));
    let extend = (on > deadline.on).then_some(on);
    let grace = i32::try_from(lot.offer.policy.grace_days).unwrap_or(i32::MAX);
    if balance.frozen_at.is_some() || lot.zone.date(to) <= plus_days(on, grace) {
        return Ok(Moved { lot: lot.id, extend, overlooked });
    }
    let (other, _) =
        choose(facts.lots, to, now).ok_or_else(|| change::Refusal::Unpaid(no_lot(facts.lots, now)))?;
    Ok(Moved { lot: other.id, extend, overlooked })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{What, balance};
    use crate::domain::credits::selection::Counted;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn counted(whats: &[What], now: Timestamp) -> Counted {
        let lot = lot();
        let balance = balance(&lot, &entries(&lot, whats.to_vec()), now);
        (lot, balance)
    }

    fn facts(lots: &[Counted], slot: Result<(), Taken>, clash: Clash) -> Facts<'_> {
        Facts { client: lots[0].0.client, practitioner: lots[0].0.practitioner, lots, slot, clash }
    }

    #[test]
    fn what_is_in_the_way_binds_her_until_she_says_anyway_and_the_past_always() {
        let now = at("2026-04-20T08:00:00Z");
        let lots = [counted(&[What::Grant(6)], now)];
        let try_it = |slot, clash, insist| {
            let start = at("2026-05-05T08:00:00Z");
            let how = (Pays::ByRule, insist);
            book(BookingId::from_bits(7), start, &facts(&lots, slot, clash), how, now).map(|(_, over)| over)
        };
        for taken in [Taken::Busy, Taken::DayFull, Taken::Closed, Taken::OutsideHours] {
            assert_eq!(try_it(Err(taken), Clash::None, Insist::No), Err(Refusal::Taken(taken)));
            let over = try_it(Err(taken), Clash::None, Insist::Anyway).unwrap();
            assert_eq!(over, Overlooked { slot: Some(taken), clash: Clash::None });
        }
        assert_eq!(try_it(Ok(()), Clash::Own, Insist::No), Err(Refusal::OwnClash));
        assert!(try_it(Ok(()), Clash::Own, Insist::Anyway).unwrap().is_something());
        assert!(!try_it(Ok(()), Clash::None, Insist::Anyway).unwrap().is_something());
        assert_eq!(try_it(Err(Taken::Past), Clash::None, Insist::Anyway), Err(Refusal::Taken(Taken::Past)));
    }

    #[test]
    fn the_lot_that_she_picks_pays_or_none() {
        let now = at("2026-04-20T08:00:00Z");
        let (mut later, rest) = counted(&[What::Grant(6)], now);
        later.id = LotId::from_bits(2);
        let lots = [counted(&[What::Grant(6)], now), (later, rest)];
        let pick = |n| {
            let how = (Pays::Picked(LotId::from_bits(n)), Insist::No);
            let facts = facts(&lots, Ok(()), Clash::None);
            book(BookingId::from_bits(7), at("2026-05-05T08:00:00Z"), &facts, how, now)
                .map(|(booking, _)| booking.lot.bits())
        };
        assert_eq!([pick(1), pick(2), pick(3)], [Ok(1), Ok(2), Err(Refusal::NoCredit)]);
    }

    #[test]
    fn a_move_by_her_hand_gives_the_lot_the_time_it_needs() {
        let now = at("2026-07-01T08:00:00Z");
        let booked = at("2026-07-05T08:00:00Z");
        let from = counted(&[What::Grant(1), hold(7, "2026-07-05T08:00:00Z")], now);
        let lots = std::slice::from_ref(&from);
        let (booking, _) = book(
            BookingId::from_bits(7),
            booked,
            &facts(&[counted(&[What::Grant(1)], now)], Ok(()), Clash::None),
            (Pays::ByRule, Insist::No),
            now,
        )
        .unwrap();
        let to = |to: &str, slot| {
            let facts = change::Facts { from: &from, lots, slot, clash: Clash::None };
            reschedule(&booking, at(to), &facts, Insist::No, now)
                .map(|moved| (moved.lot.bits(), moved.extend))
        };
        // Book by 13 July; thirty days from 1 July are 31 July, and two weeks of grace reach 14 August.
        let given = Some(date(2026, 7, 31));
        assert_eq!(to("2026-07-08T08:00:00Z", Ok(())), Ok((1, given)));
        assert_eq!(to("2026-08-14T08:00:00Z", Ok(())), Ok((1, given)));
        assert_eq!(to("2026-08-15T08:00:00Z", Ok(())), Err(change::Refusal::Unpaid(Refusal::NoCredit)));
        assert_eq!(to("2026-07-05T08:00:00Z", Ok(())), Err(change::Refusal::SameTime));
        assert_eq!(to("2026-07-08T08:00:00Z", Err(Taken::Busy)), Err(change::Refusal::Taken(Taken::Busy)));
    }

    #[test]
    fn a_credit_that_comes_back_as_another_lot_pays_has_thirty_days_too() {
        let now = at("2026-07-12T08:00:00Z");
        let from = counted(&[What::Grant(1), hold(7, "2026-07-13T08:00:00Z")], now);
        let (mut later, mut rest) = counted(&[What::Grant(1)], now);
        later.id = LotId::from_bits(2);
        rest.deadline.as_mut().unwrap().on = date(2026, 12, 31);
        let booking = Booking {
            id: BookingId::from_bits(7),
            client: later.client,
            practitioner: later.practitioner,
            lot: from.0.id,
            starts_at: at("2026-07-13T08:00:00Z"),
            length_minutes: 50,
            format: later.offer.format.clone(),
            state: booking::State::Confirmed,
            sequence: 0,
            placed_at: now,
        };
        let lots = [from.clone(), (later, rest)];
        let facts = change::Facts { from: &from, lots: &lots, slot: Ok(()), clash: Clash::None };
        let moved = reschedule(&booking, at("2026-10-01T08:00:00Z"), &facts, Insist::No, now).unwrap();
        assert_eq!((moved.lot.bits(), moved.extend), (2, Some(date(2026, 8, 11))));
    }
}
