//! Instants, zones and local dates, and how they are said in words.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::civil::{self, Date};
use jiff::tz::TimeZone;
pub use jiff::{SignedDuration, Timestamp};

/// Text that names no zone of the IANA database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time zone")]
pub struct NotAZone;

/// A time zone by its IANA name, from the database inside the binary.
#[derive(Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Coordinated universal time.
    #[must_use]
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// jiff's view of it.
    #[must_use]
    pub fn tz(&self) -> &TimeZone {
        &self.0
    }

    /// The local date at an instant.
    #[must_use]
    pub fn date(&self, at: Timestamp) -> Date {
        self.0.to_datetime(at).date()
    }

    /// The local date and time at an instant.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> civil::DateTime {
        self.0.to_datetime(at)
    }

    /// The first instant of a local date (after a gap at midnight, the first that exists).
    #[must_use]
    pub fn start_of(&self, date: Date) -> Timestamp {
        date.to_zoned(self.0.clone()).map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The instant at which a local date is over: the first of the next one. What is valid "until the end of a
    /// day" is valid before this instant.
    #[must_use]
    pub fn end_of(&self, date: Date) -> Timestamp {
        date.tomorrow().map_or(Timestamp::MAX, |next| self.start_of(next))
    }

    /// Every zone that can be chosen, by name: those of places, and UTC.
    #[must_use]
    pub fn names() -> Vec<String> {
        const PLACES: [&str; 9] = [
            "Africa",
            "America",
            "Antarctica",
            "Asia",
            "Atlantic",
            "Australia",
            "Europe",
            "Indian",
            "Pacific",
        ];
        let all = jiff::tz::db().available().map(|name| name.as_str().to_owned());
        let placed = |name: &String| name.split_once('/').is_some_and(|(area, _)| PLACES.contains(&area));
        let mut names: Vec<String> = all.filter(placed).chain(["UTC".to_owned()]).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// What its place is called: "New York" for `America/New_York`.
    #[must_use]
    pub fn city(&self) -> String {
        self.name().rsplit('/').next().unwrap_or("UTC").replace('_', " ")
    }
}

impl FromStr for Zone {
    type Err = NotAZone;
    fn from_str(name: &str) -> Result<Self, NotAZone> {
        let known = name == "UTC" || name.contains('/');
        let zone = jiff::tz::db().get(name).map_err(|_| NotAZone)?;
        if known && zone.iana_name().is_some() { Ok(Self(zone)) } else { Err(NotAZone) }
    }
}

/// By its IANA name.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A whole number of hours.
#[must_use]
pub const fn hours(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n)
}

/// A whole number of minutes.
#[must_use]
pub const fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

/// An instant moved by a duration, stopping at the ends of time.
#[must_use]
pub fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX })
}

/// An instant moved back by a duration.
#[must_use]
pub fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    after(at, -by)
}

/// A local date moved by days, stopping at the ends of the calendar.
#[must_use]
pub fn plus_days(date: Date, days: i32) -> Date {
    date.checked_add(jiff::Span::new().days(days)).unwrap_or(if days < 0 { Date::MIN } else { Date::MAX })
}

/// How long from one instant to another, nothing if the second is not later.
#[must_use]
pub fn until(now: Timestamp, at: Timestamp) -> Duration {
    at.duration_since(now).try_into().unwrap_or_default()
}

/// "Tuesday 21 April".
#[must_use]
pub fn long_day(date: Date) -> String {
    date.strftime("%A %-d %B").to_string()
}

/// "Tuesday 21 April 2026".
#[must_use]
pub fn long_date(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// "21 Apr 2026", for tables.
#[must_use]
pub fn short_date(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// "5:30 pm", with a space at which no line ends; what is copied from a plain text has a usual one instead.
#[must_use]
pub fn clock_time(time: civil::Time) -> String {
    time.strftime("%-I:%M\u{a0}%P").to_string()
}

/// "Tuesday 21 April, 5:30 pm", in a zone.
#[must_use]
pub fn long_moment(at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    format!("{}, {}", long_day(local.date()), clock_time(local.time()))
}

/// RFC 3339 with the zone's offset, for `<time datetime>`.
#[must_use]
pub fn machine_moment(at: Timestamp, zone: &Zone) -> String {
    at.to_zoned(zone.tz().clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    #[test]
    fn a_day_ends_where_the_next_begins_whatever_the_clocks_do() {
        let berlin = zone("Europe/Berlin");
        let spring = date(2026, 3, 29);
        let length = berlin.end_of(spring).duration_since(berlin.start_of(spring));
        assert_eq!(length, hours(23));
        let autumn = date(2026, 10, 25);
        assert_eq!(berlin.end_of(autumn).duration_since(berlin.start_of(autumn)), hours(25));
    }

    #[test]
    fn a_day_without_midnight_begins_at_its_first_instant() {
        // Beirut goes from 24:00 to 1:00 in spring.
        let beirut = zone("Asia/Beirut");
        let start = beirut.start_of(date(2026, 3, 29));
        assert_eq!(beirut.local(start), date(2026, 3, 29).at(1, 0, 0, 0));
    }

    #[test]
    fn only_names_of_the_database_are_zones() {
        for name in ["", "local", "Mars/Olympus", "../etc/passwd", "EST5EDT4"] {
            assert!(name.parse::<Zone>().is_err(), "{name}");
        }
        assert_eq!(zone("America/New_York").city(), "New York");
        let names = Zone::names();
        assert!(names.len() > 300 && names.iter().all(|name| name.parse::<Zone>().is_ok()));
    }

    #[test]
    fn moments_are_said_in_full() {
        let at = "2026-04-21T21:30:00Z".parse().unwrap();
        let new_york = zone("America/New_York");
        assert_eq!(long_moment(at, &new_york), "Tuesday 21 April, 5:30\u{a0}pm");
        assert_eq!(machine_moment(at, &new_york), "2026-04-21T17:30:00-04:00");
        assert_eq!(long_date(new_york.date(at)), "Tuesday 21 April 2026");
    }
}
