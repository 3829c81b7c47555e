//! Time off: a stretch in which a practitioner gives no sessions.

use jiff::civil::{Date, DateTime};

use super::wall;
use crate::domain::id::ClosureId;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};

/// Why a closure was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAClosure {
    /// It ends before it starts, or has no length.
    #[error("the end is not after the start")]
    Backwards,
}

/// A stretch of time off, from its first instant until the first one after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closure {
    id: ClosureId,
    from: Timestamp,
    until: Timestamp,
    note: Option<Line>,
}

impl Closure {
    /// From two instants.
    ///
    /// # Errors
    /// Where the end is not after the start.
    pub fn new(
        id: ClosureId,
        from: Timestamp,
        until: Timestamp,
        note: Option<Line>,
    ) -> Result<Self, NotAClosure> {
        if until <= from { Err(NotAClosure::Backwards) } else { Ok(Self { id, from, until, note }) }
    }

    /// Whole days, the last one included.
    ///
    /// # Errors
    /// Where the last day is before the first, or neither is in this zone's calendar.
    pub fn days(
        id: ClosureId,
        first: Date,
        last: Date,
        zone: &Zone,
        note: Option<Line>,
    ) -> Result<Self, NotAClosure> {
        if last < first {
            return Err(NotAClosure::Backwards);
        }
        let after = last.tomorrow().unwrap_or(Date::MAX);
        Self::times(id, first.at(0, 0, 0, 0), after.at(0, 0, 0, 0), zone, note)
    }

    /// From one local time until another. A repeated hour is closed both times, as far as it is meant.
    ///
    /// # Errors
    /// Where the end is not after the start, or both lie in the same gap.
    pub fn times(
        id: ClosureId,
        from: DateTime,
        until: DateTime,
        zone: &Zone,
        note: Option<Line>,
    ) -> Result<Self, NotAClosure> {
        if until <= from {
            return Err(NotAClosure::Backwards);
        }
        Self::new(id, wall::opens_at(zone, from), wall::closes_at(zone, until), note)
    }

    /// Its identifier.
    #[must_use]
    pub const fn id(&self) -> ClosureId {
        self.id
    }

    /// Its first instant.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The first instant after it.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// What it is for, for the practitioner only.
    #[must_use]
    pub const fn note(&self) -> Option<&Line> {
        self.note.as_ref()
    }

    /// How many local days it touches: by so many a lot is extended whose session is called off for it.
    #[must_use]
    pub fn days_touched(&self, zone: &Zone) -> i32 {
        let last = crate::domain::time::before(self.until, jiff::SignedDuration::from_nanos(1));
        let days = zone.date(last).since(zone.date(self.from)).map_or(0, |span| span.get_days());
        days + 1
    }

    /// Whether a session from one instant until another has time in common with it; to touch is not to overlap.
    #[must_use]
    pub fn overlaps(&self, from: Timestamp, until: Timestamp) -> bool {
        from < self.until && until > self.from
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{after, hours, minutes};
    use jiff::civil::date;

    const ID: ClosureId = ClosureId::from_bits(1);

    fn berlin() -> Zone {
        "Europe/Berlin".parse().unwrap()
    }

    fn days(first: Date, last: Date, zone: &Zone) -> Result<Closure, NotAClosure> {
        Closure::days(ID, first, last, zone, None)
    }

    #[test]
    fn whole_days_last_from_the_first_midnight_to_the_one_after_the_last() {
        let note = Some("Summer".parse::<Line>().unwrap());
        let summer = Closure::days(ID, date(2026, 8, 3), date(2026, 8, 14), &berlin(), note.clone()).unwrap();
        assert_eq!(summer.from().to_string(), "2026-08-02T22:00:00Z");
        assert_eq!(summer.until().to_string(), "2026-08-14T22:00:00Z");
        assert_eq!((summer.id(), summer.note()), (ID, note.as_ref()));
        // The day on which the clocks go forward has 23 hours, and in Beirut no midnight.
        for zone in [berlin(), "Asia/Beirut".parse().unwrap()] {
            let day = days(date(2026, 3, 29), date(2026, 3, 29), &zone).unwrap();
            assert_eq!(day.until().duration_since(day.from()), hours(23), "{zone:?}");
        }
        assert_eq!(days(date(2026, 8, 3), date(2026, 8, 2), &berlin()), Err(NotAClosure::Backwards));
        // A date that Samoa skipped cannot be taken off.
        let skipped = days(date(2011, 12, 30), date(2011, 12, 30), &"Pacific/Apia".parse().unwrap());
        assert_eq!(skipped, Err(NotAClosure::Backwards));
    }

    #[test]
    fn times_in_a_repeated_hour_are_closed_both_times() {
        let night = date(2026, 10, 25);
        let make = |from, until| Closure::times(ID, from, until, &berlin(), None);
        let closure = make(night.at(2, 15, 0, 0), night.at(2, 45, 0, 0)).unwrap();
        assert_eq!(closure.until().duration_since(closure.from()), minutes(90));
        assert_eq!(make(night.at(2, 0, 0, 0), night.at(2, 0, 0, 0)), Err(NotAClosure::Backwards));
        let gap = date(2026, 3, 29);
        assert_eq!(make(gap.at(2, 10, 0, 0), gap.at(2, 50, 0, 0)), Err(NotAClosure::Backwards));
    }

    #[test]
    fn to_touch_is_not_to_overlap() {
        let closure = days(date(2026, 8, 3), date(2026, 8, 3), &berlin()).unwrap();
        let at = |start, length| closure.overlaps(start, after(start, length));
        assert!(!at(after(closure.from(), hours(-1)), hours(1)));
        assert!(at(after(closure.from(), hours(-1)), minutes(61)));
        assert!(at(after(closure.from(), hours(-1)), hours(48)));
        assert!(at(after(closure.until(), minutes(-1)), hours(1)));
        assert!(!at(closure.until(), hours(1)));
    }
}
