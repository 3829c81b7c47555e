//! When a practitioner gives sessions: weekly hours, the dates that differ from them, and their rhythm.

use std::fmt;

use jiff::civil::{Date, Weekday};

pub use super::rhythm::{NotARhythm, Rhythm};
use super::wall;
use crate::domain::time::{Timestamp, Zone, minutes};

/// The minutes from midnight to midnight on a clock.
const MIDNIGHT: u16 = 24 * 60;

/// What a set of ranges is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// Every week on this day.
    Weekly(Weekday),
    /// This one date.
    On(Date),
}

/// Why hours were not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHours {
    /// Not of the form 09:00.
    #[error("not a time of the form 09:00")]
    Unreadable,
    /// The end is not after the start; hours over midnight are two ranges on two days.
    #[error("the end is not after the start")]
    Backwards,
    /// Later than 24:00.
    #[error("later than 24:00")]
    BeyondMidnight,
    /// Two ranges of a day have time in common.
    #[error("{earlier} and {later} overlap")]
    Overlap {
        /// The day both are on.
        day: Day,
        /// The one that starts first.
        earlier: Range,
        /// The one that starts within it.
        later: Range,
    },
    /// Two overrides for one date.
    #[error("two sets of hours for {0}")]
    Twice(Date),
}

/// A stretch of one day by the clock on the wall, in minutes after midnight: the end is after the start and at
/// most 24:00.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    start: u16,
    end: u16,
}

impl Range {
    /// From two times as a form holds them: "09:00" and "17:30"; "24:00" is allowed as the end.
    ///
    /// # Errors
    /// Where a text is no time of day or the end is not after the start.
    pub fn parse(start: &str, end: &str) -> Result<Self, NotHours> {
        Self::of_minutes(read(start)?, read(end)?)
    }

    /// From minutes after midnight.
    ///
    /// # Errors
    /// Where the end is beyond midnight or not after the start.
    pub fn of_minutes(start: u16, end: u16) -> Result<Self, NotHours> {
        if end > MIDNIGHT {
            Err(NotHours::BeyondMidnight)
        } else if end <= start {
            Err(NotHours::Backwards)
        } else {
            Ok(Self { start, end })
        }
    }

    /// Minutes after midnight at which it starts.
    #[must_use]
    #[inline]
    pub const fn start(self) -> u16 {
        self.start
    }

    /// Minutes after midnight at which it ends, up to 1440.
    #[must_use]
    #[inline]
    pub const fn end(self) -> u16 {
        self.end
    }

    /// Both ends as a form holds them: "09:00", "17:30".
    #[must_use]
    pub fn texts(self) -> (String, String) {
        (write(self.start), write(self.end))
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", write(self.start), write(self.end))
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Reads "9:00" or "09:00" as minutes after midnight.
fn read(text: &str) -> Result<u16, NotHours> {
    let digits = |part: &str, room: std::ops::RangeInclusive<usize>| {
        let plain = room.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if plain { part.parse::<u16>().map_err(|_| NotHours::Unreadable) } else { Err(NotHours::Unreadable) }
    };
    let (hour, minute) = text.trim().split_once(':').ok_or(NotHours::Unreadable)?;
    let (hour, minute) = (digits(hour, 1..=2)?, digits(minute, 2..=2)?);
    match hour * 60 + minute {
        _ if minute > 59 => Err(NotHours::Unreadable),
        after if after > MIDNIGHT => Err(NotHours::BeyondMidnight),
        within => Ok(within),
    }
}

fn write(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// The ranges of one day, sorted. Ranges may touch: the session after the touch is on its own grid.
fn in_order(mut ranges: Vec<Range>, day: Day) -> Result<Vec<Range>, NotHours> {
    ranges.sort_unstable();
    match ranges.windows(2).find(|pair| pair[1].start < pair[0].end) {
        Some(pair) => Err(NotHours::Overlap { day, earlier: pair[0], later: pair[1] }),
        None => Ok(ranges),
    }
}

/// The hours of every week, as ranges per weekday that are sorted and have no time in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hours([Vec<Range>; 7]);

impl Hours {
    /// From ranges in any order.
    ///
    /// # Errors
    /// Where two ranges of a weekday overlap.
    pub fn new(rows: impl IntoIterator<Item = (Weekday, Range)>) -> Result<Self, NotHours> {
        let mut week = Self::default();
        for (weekday, range) in rows {
            week.0[index(weekday)].push(range);
        }
        for weekday in days_of_week() {
            let ranges = std::mem::take(&mut week.0[index(weekday)]);
            week.0[index(weekday)] = in_order(ranges, Day::Weekly(weekday))?;
        }
        Ok(week)
    }

    /// From rows as a form holds them: a weekday, "09:00", "17:30".
    ///
    /// # Errors
    /// Where a row cannot be read, ends before it starts or beyond midnight, or overlaps another.
    pub fn parse<'a>(rows: impl IntoIterator<Item = (Weekday, &'a str, &'a str)>) -> Result<Self, NotHours> {
        let rows = rows.into_iter().map(|(weekday, start, end)| Ok((weekday, Range::parse(start, end)?)));
        Self::new(rows.collect::<Result<Vec<_>, NotHours>>()?)
    }

    /// The ranges of a weekday, in order.
    #[must_use]
    #[inline]
    pub fn on(&self, weekday: Weekday) -> &[Range] {
        &self.0[index(weekday)]
    }

    /// Every range with its weekday, from Monday.
    pub fn rows(&self) -> impl Iterator<Item = (Weekday, Range)> {
        days_of_week().flat_map(|weekday| self.on(weekday).iter().map(move |&range| (weekday, range)))
    }

    /// Whether the week has no hours at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

fn index(weekday: Weekday) -> usize {
    usize::from(weekday.to_monday_zero_offset().unsigned_abs())
}

fn days_of_week() -> impl Iterator<Item = Weekday> {
    Weekday::Monday.cycle_forward().take(7)
}

/// One date whose hours differ from the week's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    on: Date,
    ranges: Vec<Range>,
}

impl Override {
    /// The hours of one date, in any order; none of them: closed that day.
    ///
    /// # Errors
    /// Where two ranges overlap.
    pub fn new(on: Date, ranges: Vec<Range>) -> Result<Self, NotHours> {
        Ok(Self { on, ranges: in_order(ranges, Day::On(on))? })
    }

    /// The date.
    #[must_use]
    pub const fn on(&self) -> Date {
        self.on
    }

    /// Its ranges, in order; none: closed that day.
    #[must_use]
    pub fn ranges(&self) -> &[Range] {
        &self.ranges
    }
}

/// When a practitioner can be booked, all in the zone it was written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Availability {
    zone: Zone,
    hours: Hours,
    overrides: Vec<Override>,
    rhythm: Rhythm,
}

impl Availability {
    /// No hours at all, by the clocks of a zone.
    #[must_use]
    pub fn none(zone: Zone) -> Self {
        Self { zone, hours: Hours::default(), overrides: Vec::new(), rhythm: Rhythm::default() }
    }

    /// Puts the parts together; overrides come in any order.
    ///
    /// # Errors
    /// Where a date has two overrides.
    pub fn new(
        zone: Zone,
        hours: Hours,
        mut overrides: Vec<Override>,
        rhythm: Rhythm,
    ) -> Result<Self, NotHours> {
        overrides.sort_by_key(|one| one.on);
        match overrides.windows(2).find(|pair| pair[0].on == pair[1].on) {
            Some(pair) => Err(NotHours::Twice(pair[0].on)),
            None => Ok(Self { zone, hours, overrides, rhythm }),
        }
    }

    /// The same with other dates that differ.
    ///
    /// # Errors
    /// Where a date has two overrides.
    pub fn with_overrides(&self, overrides: Vec<Override>) -> Result<Self, NotHours> {
        Self::new(self.zone.clone(), self.hours.clone(), overrides, self.rhythm)
    }

    /// The same by the clocks of another zone.
    #[must_use]
    pub fn in_zone(self, zone: Zone) -> Self {
        Self { zone, ..self }
    }

    /// The zone whose clocks the hours go by.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// The hours of every week.
    #[must_use]
    pub const fn hours(&self) -> &Hours {
        &self.hours
    }

    /// The dates that differ, in order.
    #[must_use]
    pub fn overrides(&self) -> &[Override] {
        &self.overrides
    }

    /// How sessions are laid out in the hours.
    #[must_use]
    pub const fn rhythm(&self) -> &Rhythm {
        &self.rhythm
    }

    /// What differs on this date, if anything does.
    #[must_use]
    #[inline]
    pub fn override_on(&self, date: Date) -> Option<&Override> {
        self.overrides.binary_search_by_key(&date, |one| one.on).ok().map(|at| &self.overrides[at])
    }

    /// What is open of a local date: each range from its first instant until the first one after it.
    pub fn open_on(&self, date: Date) -> impl Iterator<Item = (Timestamp, Timestamp)> {
        let on = move |minute: u16| date.at(0, 0, 0, 0).saturating_add(minutes(i64::from(minute)));
        let instants = move |range: &Range| {
            (wall::opens_at(&self.zone, on(range.start())), wall::closes_at(&self.zone, on(range.end())))
        };
        self.ranges_on(date).iter().map(instants)
    }

    /// The ranges of this date: its own if it has some, else the week's.
    #[must_use]
    #[inline]
    pub fn ranges_on(&self, date: Date) -> &[Range] {
        self.override_on(date).map_or_else(|| self.hours.on(date.weekday()), Override::ranges)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn range(start: &str, end: &str) -> Range {
        Range::parse(start, end).unwrap()
    }

    #[test]
    fn a_range_reads_back_as_it_was_written() {
        for (start, end) in [("00:00", "24:00"), ("09:05", "17:30"), ("23:59", "24:00")] {
            assert_eq!(range(start, end).texts(), (start.to_owned(), end.to_owned()));
        }
        assert_eq!(range("9:00", " 17:30 "), range("09:00", "17:30"));
    }

    #[test]
    fn what_is_no_range_is_refused_with_its_reason() {
        for (start, end, reason) in [
            ("10:00", "09:00", NotHours::Backwards),
            ("10:00", "10:00", NotHours::Backwards),
            ("22:00", "02:00", NotHours::Backwards),
            ("24:00", "24:00", NotHours::Backwards),
            ("22:00", "24:01", NotHours::BeyondMidnight),
            ("25:00", "26:00", NotHours::BeyondMidnight),
            ("99:59", "10:00", NotHours::BeyondMidnight),
            ("9", "10:00", NotHours::Unreadable),
            ("9:5", "10:00", NotHours::Unreadable),
            ("09:60", "10:00", NotHours::Unreadable),
            ("+9:00", "10:00", NotHours::Unreadable),
            ("-1:00", "10:00", NotHours::Unreadable),
            ("009:00", "10:00", NotHours::Unreadable),
            ("09:00:00", "10:00", NotHours::Unreadable),
            ("", "", NotHours::Unreadable),
            ("٠٩:٠٠", "10:00", NotHours::Unreadable),
        ] {
            assert_eq!(Range::parse(start, end), Err(reason), "{start} {end}");
        }
        assert_eq!(Range::of_minutes(u16::MAX - 1, u16::MAX), Err(NotHours::BeyondMidnight));
    }

    #[test]
    fn hours_are_put_in_order_and_may_touch_but_not_overlap() {
        use Weekday::{Monday, Tuesday};
        let rows = [(Monday, "13:00", "17:00"), (Tuesday, "09:00", "10:00"), (Monday, "09:00", "13:00")];
        let week = Hours::parse(rows).unwrap();
        assert_eq!(week.on(Monday), [range("09:00", "13:00"), range("13:00", "17:00")]);
        assert_eq!(week.on(Weekday::Sunday), []);
        assert_eq!(Hours::new(week.rows()).unwrap(), week);
        assert!(!week.is_empty() && Hours::default().is_empty());

        let rows = [(Monday, "13:00", "17:00"), (Monday, "09:00", "13:01")];
        let (earlier, later) = (range("09:00", "13:01"), range("13:00", "17:00"));
        let overlap = NotHours::Overlap { day: Day::Weekly(Monday), earlier, later };
        assert_eq!(Hours::parse(rows), Err(overlap));
        assert_eq!(overlap.to_string(), "09:00-13:01 and 13:00-17:00 overlap");
    }

    #[test]
    fn an_override_takes_the_place_of_the_weekly_hours_and_a_date_has_one() {
        let monday = date(2026, 5, 4);
        let week = Hours::parse([(Weekday::Monday, "09:00", "17:00")]).unwrap();
        let shorter = Override::new(monday, vec![range("10:00", "11:00")]).unwrap();
        let closed = Override::new(date(2026, 5, 11), vec![]).unwrap();
        let make = |overrides| Availability::new(Zone::utc(), week.clone(), overrides, Rhythm::default());
        let availability = make(vec![closed.clone(), shorter.clone()]).unwrap();
        assert_eq!(availability.ranges_on(monday), [range("10:00", "11:00")]);
        assert_eq!(availability.ranges_on(date(2026, 5, 11)), []);
        assert_eq!(availability.ranges_on(date(2026, 5, 18)), [range("09:00", "17:00")]);
        assert_eq!(make(vec![shorter.clone(), closed, shorter]), Err(NotHours::Twice(monday)));

        let (earlier, later) = (range("08:00", "10:00"), range("09:00", "09:30"));
        let overlap = NotHours::Overlap { day: Day::On(monday), earlier, later };
        assert_eq!(Override::new(monday, vec![later, earlier]), Err(overlap));
    }
}
