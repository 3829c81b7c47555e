//! The dates of a series (RFC 5545, 3.3.10), on the clock on the wall. The rule is worked out by `rrule` as if all were
//! UTC; where it ends is decided here, as calendars write that in every zone. Bounded: a rule may be written to hang.

use calcard::icalendar::{ICalendarFrequency, ICalendarRecurrenceRule};
use chrono::{Month, TimeZone as _};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Tz};

use crate::domain::time::Timestamp;

/// How many dates of one series are looked at: an hourly one of twenty years ago still comes to its present.
const MOST_DATES: usize = 200_000;

/// How many dates of one period (a year, a month) are worked out at a time, before anybody asks whether there is time left. An event at
/// ten times of each day of a year is one of 3,660.
const MOST_AT_A_TIME: usize = 5_000;

/// The longest list of a part of a rule: each day of a year, counted from either end.
const LONGEST_PART: usize = 732;

/// Where a series ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Nowhere.
    Never,
    /// With what begins at this instant.
    At(Timestamp),
    /// With what begins at this time on the wall.
    OnTheWall(DateTime),
}

/// Whether a series was looked at to its end, or to the end of what is of interest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    /// It was.
    Whole,
    /// It has too many dates, or more often than any calendar needs.
    CutShort,
}

/// The instant of a time on the wall: one in a gap is moved on by it, one that comes twice is the first.
pub(super) fn instant(local: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// Shows every date of a series that begins before `until`, in order, to `see`. `goes_on` is asked now and then
/// whether there is time left.
pub(super) fn walk(
    rule: &ICalendarRecurrenceRule,
    (start, zone, last): (DateTime, &TimeZone, Last),
    until: Timestamp,
    goes_on: &mut dyn FnMut() -> bool,
    mut see: impl FnMut(DateTime, Timestamp),
) -> Walk {
    let begins = |local: DateTime| instant(local, zone);
    if matches!(rule.freq, ICalendarFrequency::Secondly | ICalendarFrequency::Minutely) {
        begins(start).into_iter().for_each(|at| see(start, at));
        return Walk::CutShort;
    }
    if !goes_on() {
        return Walk::CutShort;
    }
    let Some(dates) = rules(rule, start) else {
        // A rule that nobody understands: what it begins with is there at least.
        begins(start).into_iter().for_each(|at| see(start, at));
        return Walk::CutShort;
    };
    for (n, date) in dates.limit().into_iter().enumerate() {
        if n >= MOST_DATES || !goes_on() {
            return Walk::CutShort;
        }
        let Some(local) =
            Timestamp::from_second(date.timestamp()).ok().map(|at| TimeZone::UTC.to_datetime(at))
        else {
            return Walk::Whole;
        };
        let Some(at) = begins(local) else { continue };
        let over = match last {
            Last::Never => false,
            Last::At(end) => at > end,
            Last::OnTheWall(end) => local > end,
        };
        if over || at >= until {
            return Walk::Whole;
        }
        see(local, at);
    }
    Walk::Whole
}

/// A rule as `rrule` takes it, without its end; none if it is of another calendar than ours, or makes no sense. Its parts are handed over one
/// by one: a detour by its text would bring a parser of regular expressions into the binary.
fn rules(rule: &ICalendarRecurrenceRule, start: DateTime) -> Option<RRuleSet> {
    let frequency = match rule.freq {
        ICalendarFrequency::Yearly => Frequency::Yearly,
        ICalendarFrequency::Monthly => Frequency::Monthly,
        ICalendarFrequency::Weekly => Frequency::Weekly,
        ICalendarFrequency::Daily => Frequency::Daily,
        ICalendarFrequency::Hourly => Frequency::Hourly,
        ICalendarFrequency::Minutely => Frequency::Minutely,
        ICalendarFrequency::Secondly => Frequency::Secondly,
    };
    // `build` does not look at days that are counted from the end of a month.
    let beyond = rule.bymonthday.iter().any(|day| day.unsigned_abs() > 31);
    let foreign =
        rule.rscale.is_some() || rule.skip.is_some() || rule.bymonth.iter().any(|month| month.is_leap());
    if beyond || foreign || is_swarm(rule) {
        return None;
    }
    let months: Option<Vec<Month>> =
        rule.bymonth.iter().map(|month| Month::try_from(month.month()).ok()).collect();
    let days = rule.byday.iter().map(|day| NWeekday::new(day.ordwk.filter(|n| *n != 0), day.weekday.into()));
    let mut rules = RRule::new(frequency)
        .by_set_pos(rule.bysetpos.clone())
        .by_month(&months?)
        .by_month_day(rule.bymonthday.clone())
        .by_year_day(rule.byyearday.clone())
        .by_week_no(rule.byweekno.clone())
        .by_weekday(days.collect())
        .by_hour(rule.byhour.clone())
        .by_minute(rule.byminute.clone())
        .by_second(rule.bysecond.clone());
    if let Some(interval) = rule.interval {
        rules = rules.interval(interval);
    }
    if let Some(count) = rule.count {
        rules = rules.count(count);
    }
    if let Some(first) = rule.wkst {
        rules = rules.week_start(first.into());
    }
    let start = TimeZone::UTC.to_timestamp(start).ok()?.as_second();
    rules.build(Tz::UTC.timestamp_opt(start, 0).single()?).ok()
}

/// Whether a rule has more dates in one of its periods than any calendar needs: `rrule` makes a list of them all.
fn is_swarm(rule: &ICalendarRecurrenceRule) -> bool {
    let days = match rule.freq {
        ICalendarFrequency::Yearly => 366,
        ICalendarFrequency::Monthly => 31,
        ICalendarFrequency::Weekly => 7,
        ICalendarFrequency::Daily
        | ICalendarFrequency::Hourly
        | ICalendarFrequency::Minutely
        | ICalendarFrequency::Secondly => 1,
    };
    let times = [rule.byhour.len(), rule.byminute.len(), rule.bysecond.len()];
    let others = [
        rule.bysetpos.len(),
        rule.bymonth.len(),
        rule.bymonthday.len(),
        rule.byyearday.len(),
        rule.byweekno.len(),
        rule.byday.len(),
    ];
    let at_a_time = times.iter().fold(days, |product: usize, part| product.saturating_mul((*part).max(1)));
    at_a_time > MOST_AT_A_TIME || times.iter().chain(&others).any(|part| *part > LONGEST_PART)
}

#[cfg(test)]
#[path = "series/tests.rs"]
mod tests;
