//! "Same time every week" for the credits that are left: every date is checked as if the ones before it were booked, and
//! each that cannot be had comes with the nearest times of its week (domain.md, Rules: series).

use jiff::civil::{DateTime, Weekday};

use super::availability::Availability;
use super::booking::{self, Booking, Clash, Facts, Refusal};
use super::slot::{self, Busy, By, Kind, Slot, Taken, Window};
use crate::domain::credits::foresight::with;
use crate::domain::credits::ledger::{Actor, Entry, balance};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::{Counted, choose};
use crate::domain::id::{BookingId, ClientId, LotId, PractitionerId};
use crate::domain::time::{SignedDuration, Timestamp, after, plus_days};

/// How many times are named for a date that cannot be had.
const ALTERNATIVES: usize = 3;

/// What is looked at, all of one instant.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// Who comes.
    pub client: ClientId,
    /// To whom.
    pub practitioner: PractitionerId,
    /// Her lots with this practitioner for sessions of this length, with their ledgers.
    pub lots: Vec<(Lot, Vec<Entry>)>,
    /// The practitioner's hours.
    pub hours: &'a Availability,
    /// What is taken of them around all the dates, by start.
    pub busy: Vec<Busy>,
    /// The client's sessions, with whomever: from and until.
    pub own: Vec<(Timestamp, Timestamp)>,
    /// How long each session is.
    pub length: SignedDuration,
    /// By whose hand.
    pub by: By,
    /// The present.
    pub now: Timestamp,
}

/// One date of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// The start: the same time on the practitioner's clock as the first.
    pub start: Timestamp,
    /// The lot that would pay, or what is against it.
    pub outcome: Result<LotId, Refusal>,
    /// If it cannot be had: the nearest times of that week, Monday to Sunday, that can, nearest first.
    pub alternatives: Vec<Slot>,
}

impl Look<'_> {
    fn counted(&self) -> Vec<Counted> {
        let count = |(lot, log): &(Lot, Vec<Entry>)| (lot.clone(), balance(lot, log, self.now));
        self.lots.iter().map(count).collect()
    }

    /// How many credits are left for it.
    #[must_use]
    pub fn credits(&self) -> u32 {
        self.counted().iter().map(|(_, balance)| balance.available).sum()
    }

    fn clash(&self, start: Timestamp) -> Clash {
        let until = after(start, self.length);
        let meets = |(from, to): &(Timestamp, Timestamp)| *from < until && start < *to;
        if self.own.iter().any(meets) { Clash::Own } else { Clash::None }
    }

    /// Books one date as far as this look goes: what comes after sees it.
    fn take(&mut self, id: BookingId, start: Timestamp) -> Result<Booking, Refusal> {
        let slot = slot::is_free(self.hours, &self.busy, start, self.length, self.by, self.now);
        let lots = self.counted();
        let facts = Facts {
            client: self.client,
            practitioner: self.practitioner,
            lots: &lots,
            slot,
            clash: self.clash(start),
        };
        let booking = booking::book(id, start, &facts, self.now)?;
        let until = booking.ends_at();
        if let Some((lot, log)) = self.lots.iter_mut().find(|(lot, _)| lot.id == booking.lot) {
            *log = with(lot, log, &[booking.hold()], Actor::System, self.now);
        }
        let at = self.busy.partition_point(|busy| busy.from <= start);
        self.busy.insert(at, Busy { from: start, until, kind: Kind::Booking });
        self.own.push((start, until));
        Ok(booking)
    }

    fn alternatives(&self, wanted: DateTime, start: Timestamp) -> Vec<Slot> {
        let day = wanted.date();
        let from = plus_days(day, -i32::from(day.weekday().since(Weekday::Monday)));
        let window = Window { from, to: plus_days(from, 6), now: self.now };
        let lots = self.counted();
        let mut free = slot::free(self.hours, &self.busy, self.length, window, self.by);
        free.retain(|slot| {
            self.clash(slot.start) == Clash::None && choose(&lots, slot.start, self.now).is_some()
        });
        free.sort_by_key(|slot| (slot.start.duration_since(start).abs(), slot.start));
        free.truncate(ALTERNATIVES);
        free
    }
}

/// Proposes so many sessions, a week apart by the practitioner's clock, from a first one on.
#[must_use]
pub fn propose(first: Timestamp, count: u32, mut look: Look<'_>) -> Vec<Week> {
    let zone = look.hours.zone().clone();
    let local = zone.local(first);
    (0..count)
        .map(|week| {
            let days = i32::try_from(week * 7).unwrap_or(i32::MAX);
            let wanted = plus_days(local.date(), days).to_datetime(local.time());
            let ambiguous = zone.tz().to_ambiguous_timestamp(wanted);
            // In a repeated hour the first is meant; in a gap there is no such time.
            let start = if week == 0 { Ok(first) } else { ambiguous.compatible() }.unwrap_or(Timestamp::MAX);
            let outcome = if zone.local(start) == wanted {
                // Ids that no session has: they are not kept.
                look.take(BookingId::from_bits(u128::MAX - u128::from(week)), start)
            } else {
                Err(Refusal::Taken(Taken::OutsideHours))
            };
            let outcome = outcome.map(|booking| booking.lot);
            let alternatives = if outcome.is_ok() { Vec::new() } else { look.alternatives(wanted, start) };
            Week { start, outcome, alternatives }
        })
        .collect()
}

/// Decides all of a series, or none of it.
///
/// # Errors
/// The place in the list of the first that cannot be had, and why.
pub fn book(starts: &[(BookingId, Timestamp)], mut look: Look<'_>) -> Result<Vec<Booking>, (usize, Refusal)> {
    let take = |(at, (id, start)): (usize, &(BookingId, Timestamp))| {
        look.take(*id, *start).map_err(|refusal| (at, refusal))
    };
    starts.iter().enumerate().map(take).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::availability::{Hours, Rhythm};
    use crate::domain::credits::ledger::What;
    use crate::domain::credits::ledger::tests::{entries, lot};
    use crate::domain::time::minutes;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn hours(days: &[Weekday]) -> Availability {
        let hours = Hours::parse(days.iter().map(|day| (*day, "09:00", "17:00"))).unwrap();
        let rhythm = Rhythm::default().with_step(60).unwrap().with_horizon(365).unwrap();
        Availability::new("Europe/Berlin".parse().unwrap(), hours, vec![], rhythm).unwrap()
    }

    fn look(hours: &Availability, credits: u32) -> Look<'_> {
        let lot = lot();
        let log = entries(&lot, [What::Grant(credits)]);
        Look {
            client: lot.client,
            practitioner: lot.practitioner,
            lots: vec![(lot, log)],
            hours,
            busy: vec![],
            own: vec![],
            length: minutes(50),
            by: By::Client,
            now: at("2026-04-14T12:00:00Z"),
        }
    }

    #[test]
    fn a_clash_comes_with_the_nearest_times_of_its_week() {
        let hours = hours(&[Weekday::Monday, Weekday::Tuesday]);
        let mut look = look(&hours, 3);
        let (from, until) = (at("2026-04-28T08:00:00Z"), at("2026-04-28T08:50:00Z"));
        look.busy.push(Busy { from, until, kind: Kind::Booking });
        look.own.push((at("2026-04-28T09:00:00Z"), at("2026-04-28T10:00:00Z")));
        let weeks = propose(at("2026-04-21T08:00:00Z"), 3, look);
        assert_eq!(weeks.iter().map(|week| week.outcome.is_ok()).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(weeks[1].outcome, Err(Refusal::Taken(Taken::Busy)));
        let named: Vec<_> = weeks[1].alternatives.iter().map(|slot| slot.local.to_string()).collect();
        assert_eq!(named, ["2026-04-28T09:00:00", "2026-04-28T12:00:00", "2026-04-28T13:00:00"]);
    }

    #[test]
    fn dates_that_the_lot_does_not_reach_and_credits_that_run_out_are_told() {
        let hours = hours(&[Weekday::Tuesday]);
        let weeks = propose(at("2026-07-21T08:00:00Z"), 2, look(&hours, 6));
        // Book by 13 July with two weeks of grace: 27 July is the last day.
        let last = jiff::civil::date(2026, 7, 27);
        let told: Vec<_> = weeks.into_iter().map(|week| week.outcome).collect();
        assert_eq!(told, [Ok(lot().id), Err(Refusal::OutOfReach { last })]);
        let weeks = propose(at("2026-04-21T08:00:00Z"), 2, look(&hours, 1));
        assert_eq!(weeks[1].outcome, Err(Refusal::NoCredit));
    }

    #[test]
    fn the_clock_on_the_wall_stays_when_the_clocks_change() {
        let hours = hours(&[Weekday::Tuesday]);
        let mut look = look(&hours, 6);
        look.lots[0].0.offer.validity.term = crate::domain::catalog::package::Term::Never;
        let weeks = propose(at("2026-10-20T08:00:00Z"), 2, look);
        assert_eq!(weeks[1].start, at("2026-10-27T09:00:00Z"));
        assert!(weeks.iter().all(|week| week.outcome.is_ok()));
    }

    #[test]
    fn one_time_twice_is_none_of_it() {
        let hours = hours(&[Weekday::Tuesday]);
        let start = at("2026-04-21T08:00:00Z");
        let twice = [(BookingId::from_bits(1), start), (BookingId::from_bits(2), start)];
        assert_eq!(book(&twice, look(&hours, 6)), Err((1, Refusal::Taken(Taken::Busy))));
    }

    proptest! {
        /// Whatever is taken: what is proposed can be booked together, and each alternative in the place of its week.
        #[test]
        fn what_is_proposed_can_be_booked(taken in prop::collection::vec((0i64..56, 0i64..24), 0..60), credits in 1u32..9, count in 1u32..9) {
            let hours = hours(&[Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday]);
            let mut look = look(&hours, credits);
            let day = |n: i64, hour: i64| after(at("2026-04-20T00:00:00Z"), minutes((n * 24 + hour) * 60));
            let busy = |&(n, hour): &(i64, i64)| Busy { from: day(n, hour), until: day(n, hour + 1), kind: Kind::Outside };
            look.busy = taken.iter().map(busy).collect();
            look.busy.sort_by_key(|busy| busy.from);
            let weeks = propose(at("2026-04-21T08:00:00Z"), count, look.clone());
            prop_assert_eq!(weeks.len(), count as usize);
            let ids = (1u128..).map(BookingId::from_bits);
            let chosen = weeks.iter().filter_map(|week| match week.outcome {
                Ok(_) => Some(week.start),
                Err(_) => week.alternatives.first().map(|slot| slot.start),
            });
            // Alternatives take credits too: no more than there are.
            let starts: Vec<_> = ids.zip(chosen).take(credits as usize).collect();
            let booked = book(&starts, look);
            prop_assert_eq!(booked.map(|all| all.len()), Ok(starts.len()));
        }
    }
}
