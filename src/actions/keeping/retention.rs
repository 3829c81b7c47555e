//! Which copies are kept: the newest of each of the last so many hours, days, weeks and months that have one. A rule of the
//! appliance, pure, so that its tests are tables.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// How many of each are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Hours.
    pub hourly: usize,
    /// Days, in UTC.
    pub daily: usize,
    /// Weeks that begin on Monday.
    pub weekly: usize,
    /// Months.
    pub monthly: usize,
}

impl Retention {
    /// Copies beside the data, against mistakes.
    pub const SNAPSHOTS: Self = Self { hourly: 24, daily: 7, weekly: 0, monthly: 0 };
    /// Copies elsewhere, against the loss of the machine.
    pub const BACKUPS: Self = Self { hourly: 0, daily: 7, weekly: 4, monthly: 12 };

    /// Those that may go, of copies by when they were made. The newest one never goes.
    #[must_use]
    pub fn over(self, made_at: &[Timestamp]) -> Vec<Timestamp> {
        let mut newest_first = made_at.to_vec();
        newest_first.sort_unstable_by(|a, b| b.cmp(a));
        newest_first.dedup();
        let mut kept: Vec<Timestamp> = newest_first.first().copied().into_iter().collect();
        for (count, period) in [
            (self.hourly, hour as fn(Timestamp) -> (i16, i16, i8)),
            (self.daily, day),
            (self.weekly, week),
            (self.monthly, month),
        ] {
            let mut seen = Vec::new();
            for at in &newest_first {
                let this = period(*at);
                if seen.last() == Some(&this) {
                    continue;
                }
                if seen.len() == count {
                    break;
                }
                seen.push(this);
                kept.push(*at);
            }
        }
        newest_first.retain(|at| !kept.contains(at));
        newest_first
    }
}

fn hour(at: Timestamp) -> (i16, i16, i8) {
    let at = at.to_zoned(TimeZone::UTC);
    (at.year(), at.day_of_year(), at.hour())
}

fn day(at: Timestamp) -> (i16, i16, i8) {
    let at = at.to_zoned(TimeZone::UTC);
    (at.year(), at.day_of_year(), 0)
}

fn week(at: Timestamp) -> (i16, i16, i8) {
    let week = at.to_zoned(TimeZone::UTC).date().iso_week_date();
    (week.year(), 0, week.week())
}

fn month(at: Timestamp) -> (i16, i16, i8) {
    let at = at.to_zoned(TimeZone::UTC);
    (at.year(), at.month().into(), 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::SignedDuration;

    fn every_hour(hours: i64) -> Vec<Timestamp> {
        let last: Timestamp = "2026-11-25T14:30:00Z".parse().unwrap();
        (0..hours).map(|ago| last - SignedDuration::from_hours(ago)).collect()
    }

    fn kept(retention: Retention, made_at: &[Timestamp]) -> Vec<String> {
        let over = retention.over(made_at);
        let mut kept: Vec<_> =
            made_at.iter().filter(|at| !over.contains(at)).map(ToString::to_string).collect();
        kept.sort_unstable_by(|a, b| b.cmp(a));
        kept
    }

    #[test]
    fn a_day_of_hours_and_a_week_of_days_are_kept_beside_the_data() {
        let kept = kept(Retention::SNAPSHOTS, &every_hour(24 * 30));
        assert_eq!(kept.len(), 24 + 6 - 1, "{kept:?}");
        assert_eq!(kept[0], "2026-11-25T14:30:00Z");
        assert_eq!(kept[23], "2026-11-24T15:30:00Z");
        assert_eq!(kept[24], "2026-11-23T23:30:00Z");
        assert_eq!(kept.last().unwrap(), "2026-11-19T23:30:00Z");
    }

    #[test]
    fn days_weeks_and_months_are_kept_elsewhere() {
        let kept = kept(Retention::BACKUPS, &every_hour(24 * 500));
        let months = kept.iter().filter(|at| at[..7] < *"2026-10").count();
        assert_eq!(months, 10, "{kept:?}");
        assert!(kept.contains(&"2026-10-31T23:30:00Z".to_owned()));
        assert!(kept.contains(&"2026-11-15T23:30:00Z".to_owned()), "the week before last");
    }

    #[test]
    fn the_newest_is_kept_whatever_the_numbers_are() {
        let none = Retention { hourly: 0, daily: 0, weekly: 0, monthly: 0 };
        assert_eq!(kept(none, &every_hour(5)), ["2026-11-25T14:30:00Z"]);
        assert_eq!(none.over(&[]), []);
    }
}
