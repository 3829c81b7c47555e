//! Whether credits can still be used before their date: how many sessions there is room for among the free times.

use std::collections::HashMap;

use jiff::civil::Date;

use super::availability::Availability;
use super::slot::{self, Busy, By, Kind, Window};
use crate::domain::time::{SignedDuration, Timestamp, after};

/// Credits that are left, beside the room for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fit {
    /// How many are to be booked.
    pub left: u32,
    /// How many sessions one after the other there is room for until their last day.
    pub room: u32,
    /// The last local date on which such a session may start.
    pub until: Date,
}

impl Fit {
    /// Whether all of them can be used.
    #[must_use]
    pub const fn fits(&self) -> bool {
        self.room >= self.left
    }
}

/// How many sessions of a length one client could book in a window, each as early as can be: free starts overlap, so that
/// two of them need not make two sessions. `busy` as for [`slot::free`].
#[must_use]
pub fn room(availability: &Availability, busy: &[Busy], length: SignedDuration, window: Window) -> u32 {
    let rhythm = availability.rhythm();
    let mut on_day: HashMap<Date, u32> = HashMap::new();
    if rhythm.daily_limit().is_some() {
        for one in busy.iter().filter(|one| one.kind == Kind::Booking) {
            *on_day.entry(availability.zone().date(one.from)).or_default() += 1;
        }
    }
    let mut earliest = Timestamp::MIN;
    let mut count = 0;
    for slot in slot::free(availability, busy, length, window, By::Client) {
        let day = on_day.entry(slot.local.date()).or_default();
        if slot.start < earliest || rhythm.daily_limit().is_some_and(|limit| *day >= limit) {
            continue;
        }
        *day += 1;
        count += 1;
        earliest = after(after(slot.start, length), rhythm.gap());
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::availability::Hours;
    use crate::domain::calendar::rhythm::Rhythm;
    use crate::domain::time::minutes;
    use jiff::civil::Weekday;

    /// Mondays from 9 to 12, a start each quarter of an hour.
    fn mondays(rhythm: Rhythm) -> Availability {
        let hours = Hours::parse([(Weekday::Monday, "09:00", "12:00")]).unwrap();
        Availability::new("Europe/Berlin".parse().unwrap(), hours, vec![], rhythm).unwrap()
    }

    fn found(rhythm: Rhythm, busy: &[(&str, &str)]) -> u32 {
        let busy: Vec<Busy> = busy
            .iter()
            .map(|(from, until)| Busy {
                from: from.parse().unwrap(),
                until: until.parse().unwrap(),
                kind: Kind::Booking,
            })
            .collect();
        let day = |text: &str| text.parse().unwrap();
        let window = Window {
            from: day("2026-04-14"),
            to: day("2026-04-27"),
            now: "2026-04-14T08:00:00Z".parse().unwrap(),
        };
        room(&mondays(rhythm), &busy, minutes(50), window)
    }

    #[test]
    fn overlapping_starts_are_one_session() {
        let quarter = Rhythm::default().with_step(15).unwrap();
        assert_eq!(found(quarter, &[]), 6, "9:00, 10:00 and 11:00 on two Mondays");
        let paused = quarter.with_buffers(0, 30).unwrap();
        assert_eq!(found(paused, &[]), 4, "9:00 and 10:30 on two Mondays");
        assert_eq!(found(quarter, &[("2026-04-20T07:00:00Z", "2026-04-20T10:00:00Z")]), 3);
    }

    #[test]
    fn a_day_holds_no_more_than_its_limit() {
        let two = Rhythm::default().with_step(15).unwrap().with_daily_limit(Some(2)).unwrap();
        assert_eq!(found(two, &[]), 4);
        assert_eq!(found(two, &[("2026-04-20T07:00:00Z", "2026-04-20T07:50:00Z")]), 3);
    }
}
