//! Whether one time can be had, and all that stands against it.

use super::{Busy, By, Kind, Taken, reach, seconds};
use crate::domain::calendar::availability::{Availability, Range};
use crate::domain::calendar::wall;
use crate::domain::time::{SignedDuration, Timestamp, after, before, hours, minutes};
use jiff::civil::DateTime;

/// All that stands against a start that is within reach, each of it told apart: one reason must not hide another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Against {
    /// The sessions that it is too close to, and what else is in the way: from when until when each lasts.
    pub overlaps: Vec<(Timestamp, Timestamp)>,
    /// That the hours do not offer it: [`Taken::Closed`] or [`Taken::OutsideHours`].
    pub hours: Option<Taken>,
    /// That the day has as many sessions as it may have: [`Taken::DayFull`].
    pub day: Option<Taken>,
}

impl Against {
    /// Whether it can be had, or the first reason in the order of [`Taken`].
    ///
    /// # Errors
    /// With that reason.
    pub fn first(&self) -> Result<(), Taken> {
        self.hours.or(self.busy()).or(self.day).map_or(Ok(()), Err)
    }

    /// Every reason, the gravest first.
    pub fn gravest_first(&self) -> impl Iterator<Item = Taken> + use<> {
        [self.busy(), self.hours, self.day].into_iter().flatten()
    }

    fn busy(&self) -> Option<Taken> {
        (!self.overlaps.is_empty()).then_some(Taken::Busy)
    }

    /// Whether all that stands here stands there too.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.overlaps.iter().all(|one| other.overlaps.contains(one))
            && (self.hours.is_none() || self.hours == other.hours)
            && (self.day.is_none() || self.day == other.day)
    }
}

/// Whether a session of this length can start at this instant; `busy` as for `free`, in any order.
///
/// # Errors
/// With the first reason against it.
pub fn is_free(
    availability: &Availability,
    busy: &[Busy],
    start: Timestamp,
    length: SignedDuration,
    by: By,
    now: Timestamp,
) -> Result<(), Taken> {
    against(availability, busy, start, length, by, now)?.first()
}

/// All that stands against a session of this length at this instant; `busy` as for `free`, in any order.
///
/// # Errors
/// With why it is out of reach for this hand.
pub fn against(
    availability: &Availability,
    busy: &[Busy],
    start: Timestamp,
    length: SignedDuration,
    by: By,
    now: Timestamp,
) -> Result<Against, Taken> {
    let (earliest, latest) = reach(availability, by, now);
    let local = availability.zone().local(start);
    let length = seconds(length).ok_or(Taken::OutsideHours)?;
    let end = after(start, SignedDuration::from_secs(length));
    let date = local.date();
    if start < now {
        return Err(Taken::Past);
    }
    if start < earliest {
        return Err(Taken::TooSoon { earliest });
    }
    if date > latest {
        return Err(Taken::TooFar { latest });
    }
    let meets = |one: &Busy, gap| one.from < after(end, gap) && one.until > before(start, gap);
    let closed = |one: &Busy| one.kind == Kind::Closure && meets(one, SignedDuration::ZERO);
    let shut = availability.override_on(date).is_some_and(|one| one.ranges().is_empty());
    let hours_say = if shut || busy.iter().any(closed) {
        Some(Taken::Closed)
    } else if availability.ranges_on(date).iter().any(|&range| fits(availability, range, local, end)) {
        None
    } else {
        Some(Taken::OutsideHours)
    };
    let gap = availability.rhythm().gap();
    let taken = |one: &&Busy| match one.kind {
        Kind::Booking => meets(one, gap),
        Kind::Outside => meets(one, SignedDuration::ZERO),
        // It is told as what the hours say.
        Kind::Closure => false,
    };
    let overlaps = busy.iter().filter(taken).map(|one| (one.from, one.until)).collect();
    // No local day is as long as 50 hours: most bookings need no look at the clock.
    let near = |one: &Busy| one.from.duration_since(start).abs() < hours(50);
    let same_day =
        |one: &&Busy| one.kind == Kind::Booking && near(one) && availability.zone().date(one.from) == date;
    let is_full = |limit: u32| busy.iter().filter(same_day).count() >= limit as usize;
    let day = availability.rhythm().daily_limit().filter(|limit| is_full(*limit)).map(|_| Taken::DayFull);
    Ok(Against { overlaps, hours: hours_say, day })
}

/// Whether a local start is on the grid of a range, and the session's end still within it.
fn fits(availability: &Availability, range: Range, local: DateTime, end: Timestamp) -> bool {
    let since_midnight = local.time().duration_since(jiff::civil::Time::midnight());
    let since_start = since_midnight - minutes(i64::from(range.start()));
    let step = i128::from(availability.rhythm().step()) * 60_000_000_000;
    let on_grid = !since_start.is_negative() && since_start.as_nanos() % step == 0;
    let begun = since_midnight < minutes(i64::from(range.end()));
    on_grid && begun && {
        let midnight = local.date().at(0, 0, 0, 0);
        let closes = midnight.checked_add(minutes(i64::from(range.end()))).unwrap_or(DateTime::MAX);
        end <= wall::closes_at(availability.zone(), closes)
    }
}
