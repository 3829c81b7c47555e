//! Where things stand on the ruled hours: rows of a quarter of an hour, and lanes for what overlaps.

use jiff::civil::Date;

use crate::domain::time::{SignedDuration, Timestamp, Zone};

/// Minutes of a whole day.
const DAY: i32 = 24 * 60;

/// What one thing takes of one day by the clock on the wall, in minutes from midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minutes {
    /// Its first minute.
    pub from: i32,
    /// The first one after it.
    pub until: i32,
}

impl Minutes {
    /// What a stretch of time takes of a local date, if anything. Where the clocks go back within it, it is as long as it
    /// lasts.
    #[must_use]
    pub fn of(from: Timestamp, until: Timestamp, on: Date, zone: &Zone) -> Option<Self> {
        let (begins, ends) = (zone.start_of(on), zone.end_of(on));
        if until <= begins || ends <= from {
            return None;
        }
        let minute = |at: Timestamp| {
            let local = zone.local(at);
            i32::from(local.hour()) * 60 + i32::from(local.minute())
        };
        let first = if from <= begins { 0 } else { minute(from) };
        let last = if until >= ends { DAY } else { minute(until) };
        let lasts = |length: SignedDuration| i32::try_from(length.as_mins()).unwrap_or(DAY);
        let last = if last <= first { first + lasts(until.duration_since(from.max(begins))) } else { last };
        Some(Self { from: first, until: last.clamp(first + 1, DAY.max(first + 1)) })
    }

    /// Whether it neither begins nor ends at midnight, as what lasts all day or all night does.
    #[must_use]
    pub const fn is_within_the_day(self) -> bool {
        self.from > 0 && self.until < DAY
    }

    const fn meets(self, other: Self) -> bool {
        self.from < other.until && other.from < self.until
    }
}

/// The hours that a calendar rules: eight to nine, and as many more as what stands there needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruled {
    /// The first hour.
    pub first: i32,
    /// The hour at which the last one ends.
    pub end: i32,
}

impl Ruled {
    /// The hours for all of these.
    #[must_use]
    pub fn around(all: impl IntoIterator<Item = Minutes>) -> Self {
        all.into_iter().fold(Self { first: 8, end: 21 }, |ruled, one| Self {
            first: ruled.first.min(one.from.div_euclid(60)).max(0),
            end: ruled.end.max((one.until + 59).div_euclid(60)).min(24),
        })
    }

    /// The classes that place something on them (`assets/css/parts/placement.css`); nothing if it lies outside.
    #[must_use]
    pub fn place(self, one: Minutes) -> Option<String> {
        let rows = (self.end - self.first) * 4;
        let quarter = |minute: i32| (minute - self.first * 60).div_euclid(15);
        let (at, end) = (quarter(one.from).max(0), quarter(one.until + 14).min(rows));
        let long = (end - at).max(1);
        (end > 0 && at < rows).then(|| format!("h{} q{} l{} r{}", at / 4, at % 4, long / 4, long % 4))
    }
}

/// In which lane each of these stands, in their order, so that what overlaps an earlier one does not hide it. From the
/// fourth on they share one.
#[must_use]
pub fn lanes(all: &[Minutes]) -> Vec<usize> {
    let mut lanes: Vec<usize> = Vec::with_capacity(all.len());
    for (at, one) in all.iter().enumerate() {
        let taken: Vec<usize> =
            (0..at).filter(|&other| all[other].meets(*one)).map(|other| lanes[other]).collect();
        lanes.push((0..3).find(|lane| !taken.contains(lane)).unwrap_or(3));
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn minutes(from: &str, until: &str, on: Date) -> Option<(i32, i32)> {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        Minutes::of(at(from), at(until), on, &berlin).map(|one| (one.from, one.until))
    }

    #[test]
    fn a_stretch_takes_of_a_day_what_lies_in_it() {
        let day = date(2026, 4, 21);
        assert_eq!(minutes("2026-04-21T07:30:00Z", "2026-04-21T08:20:00Z", day), Some((570, 620)));
        // Over midnight: the end of one day and the beginning of the next.
        let (from, until) = ("2026-04-21T21:30:00Z", "2026-04-21T22:20:00Z");
        assert_eq!(minutes(from, until, day), Some((1410, 1440)));
        assert_eq!(minutes(from, until, date(2026, 4, 22)), Some((0, 20)));
        assert_eq!(minutes(from, until, date(2026, 4, 23)), None);
    }

    #[test]
    fn the_night_the_clocks_change_keeps_the_wall_and_the_length() {
        // 2:30 (summer) to 2:20 (winter): fifty minutes all the same.
        let back = date(2026, 10, 25);
        assert_eq!(minutes("2026-10-25T00:30:00Z", "2026-10-25T01:20:00Z", back), Some((150, 200)));
        // 1:30 to 3:20, with an hour that is not there.
        let forward = date(2026, 3, 29);
        assert_eq!(minutes("2026-03-29T00:30:00Z", "2026-03-29T01:20:00Z", forward), Some((90, 200)));
        assert_eq!(minutes("2026-10-25T09:00:00Z", "2026-10-25T09:50:00Z", back), Some((600, 650)));
    }

    #[test]
    fn the_hours_stretch_to_what_stands_there() {
        let one = |from, until| Minutes { from, until };
        assert_eq!(Ruled::around([]), Ruled { first: 8, end: 21 });
        let ruled = Ruled::around([one(6 * 60 + 30, 7 * 60), one(22 * 60, 22 * 60 + 50)]);
        assert_eq!(ruled, Ruled { first: 6, end: 23 });
        assert_eq!(ruled.place(one(6 * 60 + 30, 7 * 60)).as_deref(), Some("h0 q2 l0 r2"));
        assert_eq!(ruled.place(one(0, 1440)).as_deref(), Some("h0 q0 l17 r0"), "a day off fills them");
        assert_eq!(ruled.place(one(0, 300)), None, "over before they begin");
        assert_eq!(ruled.place(one(1400, 1440)), None, "after they end");
    }

    #[test]
    fn what_overlaps_stands_in_lanes() {
        let one = |from, until| Minutes { from, until };
        assert_eq!(lanes(&[one(0, 60), one(30, 90), one(60, 100), one(200, 300)]), [0, 1, 0, 0]);
        assert_eq!(lanes(&[one(0, 60); 5]), [0, 1, 2, 3, 3]);
    }
}
