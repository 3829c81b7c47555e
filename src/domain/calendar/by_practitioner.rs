//! Booking and moving by the practitioner's own hand: notice, horizon and the client's change count do not bind her; what
//! is in the way does, unless she says "book anyway" (domain.md, Rules: practitioner's own hand).

use jiff::civil::Date;

use super::booking::{self, Booking, Clash, Facts, Refusal, no_lot};
use super::change::{self, AFTER_APOLOGY_DAYS, check_open};
use super::slot::{Against, Taken};
use crate::domain::credits::selection::choose;
use crate::domain::id::{BookingId, LotId};
use crate::domain::time::{Timestamp, plus_days};

/// Which lot pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pays {
    /// The one that the rule says.
    ByRule,
    /// The one that she picks; it must have a credit and reach the date.
    Picked(LotId),
}

/// What is left in the way: of the time, and of the client's other sessions.
pub type Left = (Result<(), Taken>, Clash);

/// What is in the way and can be booked over: as it is told to her, and as the form that says "anyway" brings it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlooked {
    /// Why the time cannot be had otherwise.
    pub against: Against,
    /// Whether the client has another session then.
    pub clash: Clash,
}

impl Default for Overlooked {
    /// Nothing.
    fn default() -> Self {
        Self { against: Against::default(), clash: Clash::None }
    }
}

impl Overlooked {
    /// What can be overlooked of what is in the way; the past cannot.
    #[must_use]
    pub fn of(slot: &Result<Against, Taken>, clash: Clash) -> Self {
        Self { against: slot.clone().unwrap_or_default(), clash }
    }

    /// Whether anything is.
    #[must_use]
    pub fn is_something(&self) -> bool {
        self.against.first().is_err() || self.clash == Clash::Own
    }

    /// What is left in the way when she was told of this and says "anyway". It excuses no more than she was told: if anything
    /// came since, all of it stands as before, and she is asked again.
    pub fn excuse(&self, slot: Result<Against, Taken>, clash: Clash) -> Left {
        let told = clash == Clash::None || clash == self.clash;
        match slot {
            Ok(against) if told && against.is_within(&self.against) => (Ok(()), Clash::None),
            Ok(against) => (against.gravest_first().next().map_or(Ok(()), Err), clash),
            Err(out_of_reach) => (Err(out_of_reach), clash),
        }
    }

    /// From what a form brings back. A word that means nothing excuses nothing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut told = Self::default();
        for word in text.split_ascii_whitespace() {
            match word {
                CLOSED => told.against.hours = Some(Taken::Closed),
                OUTSIDE_HOURS => told.against.hours = Some(Taken::OutsideHours),
                DAY_FULL => told.against.day = Some(Taken::DayFull),
                CLASH => told.clash = Clash::Own,
                stretch => told.against.overlaps.extend(
                    stretch
                        .split_once('/')
                        .and_then(|(from, until)| Some((from.parse().ok()?, until.parse().ok()?))),
                ),
            }
        }
        told
    }
}

const CLOSED: &str = "closed";
const OUTSIDE_HOURS: &str = "outside-hours";
const DAY_FULL: &str = "day-full";
const CLASH: &str = "clash";

/// As a form carries it.
impl std::fmt::Display for Overlooked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hours = self.against.hours.map(|why| if why == Taken::Closed { CLOSED } else { OUTSIDE_HOURS });
        let day = self.against.day.map(|_| DAY_FULL);
        let clash = (self.clash == Clash::Own).then_some(CLASH);
        let words = [hours, day, clash].into_iter().flatten().map(str::to_owned);
        let stretches = self.against.overlaps.iter().map(|(from, until)| format!("{from}/{until}"));
        f.write_str(&words.chain(stretches).collect::<Vec<_>>().join(" "))
    }
}

/// Decides a booking by her hand. `facts.slot` and `facts.clash` are what she has not excused.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn book(
    id: BookingId,
    starts_at: Timestamp,
    facts: &Facts<'_>,
    pays: Pays,
    now: Timestamp,
) -> Result<Booking, Refusal> {
    let lots = match pays {
        Pays::ByRule => facts.lots,
        Pays::Picked(id) => {
            facts.lots.iter().find(|(lot, _)| lot.id == id).map_or(&[][..], std::slice::from_ref)
        }
    };
    booking::book(id, starts_at, &Facts { lots, ..*facts }, now)
}

/// Where a moved session's credit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// Which lot pays there.
    pub lot: LotId,
    /// The date that the lot which paid so far has from then on, if it gets more time: at least [`AFTER_APOLOGY_DAYS`] days
    /// from now, as when she calls a session off. If another pays, its credit comes back to it, and must not be lost by that.
    pub extend: Option<Date>,
}

/// Decides a move by her hand. The same lot pays, paused or not, if it reaches the new date with the time that the move
/// gives it; otherwise one as for a new booking, and the first has that time all the same. `facts.slot` and `facts.clash`
/// are what she has not excused.
///
/// # Errors
/// [`change::Refusal`] says why not.
pub fn reschedule(
    booking: &Booking,
    to: Timestamp,
    facts: &change::Facts<'_>,
    now: Timestamp,
) -> Result<Moved, change::Refusal> {
    check_open(booking, now)?;
    if to == booking.starts_at {
        return Err(change::Refusal::SameTime);
    }
    facts.slot.map_err(change::Refusal::Taken)?;
    if facts.clash == Clash::Own {
        return Err(change::Refusal::OwnClash);
    }
    let (lot, balance) = facts.from;
    let Some(deadline) = balance.date() else {
        return Ok(Moved { lot: lot.id, extend: None });
    };
    let on = deadline.on.max(plus_days(lot.zone.date(now), AFTER_APOLOGY_DAYS));
    let extend = (on > deadline.on).then_some(on);
    let grace = i32::try_from(lot.offer.policy.grace_days).unwrap_or(i32::MAX);
    if balance.frozen_at.is_some() || lot.zone.date(to) <= plus_days(on, grace) {
        return Ok(Moved { lot: lot.id, extend });
    }
    let (other, _) =
        choose(facts.lots, to, now).ok_or_else(|| change::Refusal::Unpaid(no_lot(facts.lots, now)))?;
    Ok(Moved { lot: other.id, extend })
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
        let try_it = |slot: &Result<Against, Taken>, clash, excused: &Overlooked| {
            let start = at("2026-05-05T08:00:00Z");
            let (slot, clash) = excused.excuse(slot.clone(), clash);
            book(BookingId::from_bits(7), start, &facts(&lots, slot, clash), Pays::ByRule, now).map(|_| ())
        };
        let told = |slot: &Result<Against, Taken>, clash| {
            let over = Overlooked::of(slot, clash);
            assert_eq!(Overlooked::read(&over.to_string()), over, "a form brings back what it was given");
            over
        };
        let nothing = Overlooked::default();
        let hour = (at("2026-05-05T08:00:00Z"), at("2026-05-05T08:50:00Z"));
        let way = |overlaps: &[_], hours, day| Ok(Against { overlaps: overlaps.to_vec(), hours, day });
        for (slot, first) in [
            (way(&[hour], None, None), Taken::Busy),
            (way(&[], None, Some(Taken::DayFull)), Taken::DayFull),
            (way(&[], Some(Taken::Closed), None), Taken::Closed),
            (way(&[], Some(Taken::OutsideHours), None), Taken::OutsideHours),
            (way(&[hour], Some(Taken::OutsideHours), Some(Taken::DayFull)), Taken::Busy),
        ] {
            assert_eq!(try_it(&slot, Clash::None, &nothing), Err(Refusal::Taken(first)));
            assert_eq!(try_it(&slot, Clash::None, &told(&slot, Clash::None)), Ok(()));
        }
        let clear = way(&[], None, None);
        assert_eq!(try_it(&clear, Clash::Own, &nothing), Err(Refusal::OwnClash));
        assert_eq!(try_it(&clear, Clash::Own, &told(&clear, Clash::Own)), Ok(()));
        assert!(!told(&clear, Clash::None).is_something() && told(&clear, Clash::Own).is_something());
        let past = Err(Taken::Past);
        assert_eq!(try_it(&past, Clash::None, &told(&past, Clash::None)), Err(Refusal::Taken(Taken::Past)));
    }

    #[test]
    fn anyway_excuses_what_was_told_and_nothing_that_came_since() {
        let stretch = |from: &str, until: &str| (at(from), at(until));
        let theo = stretch("2026-05-05T08:00:00Z", "2026-05-05T08:50:00Z");
        let mia = stretch("2026-05-05T09:00:00Z", "2026-05-05T09:50:00Z");
        let off_the_grid = |overlaps: &[_]| Against {
            overlaps: overlaps.to_vec(),
            hours: Some(Taken::OutsideHours),
            day: None,
        };
        let told = |overlaps: &[_]| Overlooked { against: off_the_grid(overlaps), clash: Clash::None };
        let left = |told: &Overlooked, overlaps: &[_]| told.excuse(Ok(off_the_grid(overlaps)), Clash::None).0;
        assert_eq!(left(&told(&[]), &[]), Ok(()));
        assert_eq!(left(&told(&[]), &[theo]), Err(Taken::Busy));
        assert_eq!(left(&told(&[theo]), &[theo, mia]), Err(Taken::Busy));
        assert_eq!(left(&told(&[theo]), &[mia]), Err(Taken::Busy));
        assert_eq!(left(&told(&[theo, mia]), &[mia]), Ok(()), "less than she was told");
        assert_eq!(told(&[]).excuse(Ok(off_the_grid(&[])), Clash::Own).1, Clash::Own);
        assert_eq!(left(&Overlooked::read("anything <else>"), &[]), Err(Taken::OutsideHours));
    }

    #[test]
    fn the_lot_that_she_picks_pays_or_none() {
        let now = at("2026-04-20T08:00:00Z");
        let (mut later, rest) = counted(&[What::Grant(6)], now);
        later.id = LotId::from_bits(2);
        let lots = [counted(&[What::Grant(6)], now), (later, rest)];
        let pick = |n| {
            let pays = Pays::Picked(LotId::from_bits(n));
            let facts = facts(&lots, Ok(()), Clash::None);
            book(BookingId::from_bits(7), at("2026-05-05T08:00:00Z"), &facts, pays, now)
                .map(|booking| booking.lot.bits())
        };
        assert_eq!([pick(1), pick(2), pick(3)], [Ok(1), Ok(2), Err(Refusal::NoCredit)]);
    }

    #[test]
    fn a_move_by_her_hand_gives_the_lot_the_time_it_needs() {
        let now = at("2026-07-01T08:00:00Z");
        let booked = at("2026-07-05T08:00:00Z");
        let from = counted(&[What::Grant(1), hold(7, "2026-07-05T08:00:00Z")], now);
        let lots = std::slice::from_ref(&from);
        let booking = book(
            BookingId::from_bits(7),
            booked,
            &facts(&[counted(&[What::Grant(1)], now)], Ok(()), Clash::None),
            Pays::ByRule,
            now,
        )
        .unwrap();
        let to = |to: &str, slot| {
            let facts = change::Facts { from: &from, lots, slot, clash: Clash::None };
            reschedule(&booking, at(to), &facts, now).map(|moved| (moved.lot.bits(), moved.extend))
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
        let moved = reschedule(&booking, at("2026-10-01T08:00:00Z"), &facts, now).unwrap();
        assert_eq!((moved.lot.bits(), moved.extend), (2, Some(date(2026, 8, 11))));
    }
}
