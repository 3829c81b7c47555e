//! From calendar files to busy times: which events take time, when each of them is, and what of a series was moved or
//! taken out.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarPeriod,
    ICalendarProperty, ICalendarRecurrenceRule, ICalendarStatus, ICalendarTransparency, ICalendarValue,
};
use calcard::{Entry, Parser};
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use tokio::time::Instant;

use super::Wanted;
use super::series::{Last, Walk, instant, walk};
use super::zones::Zones;
use crate::domain::calendar::outside::Trouble;
use crate::domain::time::{SignedDuration, Timestamp, after, before, hours};

/// The most events of a calendar.
const MOST_EVENTS: usize = 20_000;
/// The longest that anything is busy at a stretch.
const LONGEST: SignedDuration = hours(400 * 24);

/// A stretch of time, from its first instant until the first one after it.
type Stretch = (Timestamp, Timestamp);

/// The busy times of a calendar's files that touch the window, and how many events could not be worked out whole.
pub(super) fn busy(
    texts: &[String],
    wanted: &Wanted,
    time: Duration,
) -> Result<(Vec<Stretch>, usize), Trouble> {
    let mut work = Work { wanted, ends: Instant::now() + time, found: Vec::new(), left_out: 0 };
    for text in texts {
        work.file(text)?;
    }
    Ok((work.found, work.left_out))
}

/// A time as a calendar writes it.
#[derive(Debug, Clone)]
struct When {
    local: DateTime,
    zone: TimeZone,
    at: Timestamp,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Day,
    Time,
}

/// How long an event is.
#[derive(Debug, Clone, Copy)]
enum Length {
    /// Whole days, whatever the clocks do in them.
    Days(i64),
    Elapsed(SignedDuration),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Time,
    Nothing,
}

struct Event<'a> {
    uid: &'a str,
    takes: Takes,
    start: When,
    length: Length,
    rule: Option<(&'a ICalendarRecurrenceRule, Last)>,
    more: Vec<(When, Option<Length>)>,
    without: HashSet<Timestamp>,
    without_days: HashSet<Date>,
    /// The one of its series that it stands for.
    instead_of: Option<Timestamp>,
}

struct Work<'a> {
    wanted: &'a Wanted,
    ends: Instant,
    found: Vec<Stretch>,
    left_out: usize,
}

impl Work<'_> {
    fn file(&mut self, text: &str) -> Result<(), Trouble> {
        let mut parser = Parser::new(text);
        let mut calendars = 0;
        loop {
            match parser.entry() {
                Entry::ICalendar(calendar) => {
                    calendars += 1;
                    self.calendar(&calendar);
                }
                Entry::Eof => break,
                _ if calendars == 0 => return Err(Trouble::NotACalendar),
                _ => {}
            }
        }
        if calendars == 0 { Err(Trouble::NotACalendar) } else { Ok(()) }
    }

    fn calendar(&mut self, calendar: &ICalendar) {
        let zones = Zones::of(calendar, &self.wanted.zone);
        let ours = format!("@{}", self.wanted.ours);
        let components =
            calendar.components.iter().filter(|one| one.component_type == ICalendarComponentType::VEvent);
        let all: Vec<&ICalendarComponent> = components.collect();
        self.left_out += all.len().saturating_sub(MOST_EVENTS);
        let events = all.into_iter().take(MOST_EVENTS).filter_map(|one| event(one, &zones));
        let events: Vec<Event<'_>> = events.filter(|event| !event.uid.ends_with(&ours)).collect();
        let mut moved: HashMap<&str, HashSet<Timestamp>> = HashMap::new();
        for event in &events {
            if let Some(instead_of) = event.instead_of {
                moved.entry(event.uid).or_default().insert(instead_of);
            }
        }
        let none = HashSet::new();
        for event in events.iter().filter(|event| event.takes == Takes::Time) {
            if event.instead_of.is_some() {
                self.take(&event.start, event.length);
            } else {
                self.series(event, moved.get(event.uid).unwrap_or(&none));
            }
        }
    }

    /// Everything that an event with its repetitions takes.
    fn series(&mut self, event: &Event<'_>, moved: &HashSet<Timestamp>) {
        let stays = |local: DateTime, at: Timestamp| {
            !moved.contains(&at)
                && !event.without.contains(&at)
                && !event.without_days.contains(&local.date())
        };
        let mut starts = Vec::new();
        match event.rule {
            None => starts.push((event.start.local, event.start.at)),
            Some((rule, last)) => {
                let (ends, (from, until)) = (self.ends, self.wanted.window);
                let earliest = before(from, LONGEST);
                let mut goes_on = || Instant::now() < ends;
                let series = (event.start.local, &event.start.zone, last);
                let walked = walk(rule, series, until, &mut goes_on, |local, at| {
                    if at >= earliest {
                        starts.push((local, at));
                    }
                });
                self.left_out += usize::from(walked == Walk::CutShort);
            }
        }
        for (local, at) in starts.into_iter().filter(|(local, at)| stays(*local, *at)) {
            self.take(&When { local, at, ..event.start.clone() }, event.length);
        }
        for (when, length) in event.more.iter().filter(|(when, _)| stays(when.local, when.at)) {
            self.take(when, length.unwrap_or(event.length));
        }
    }

    fn take(&mut self, when: &When, length: Length) {
        let ends = match length {
            Length::Elapsed(length) => Some(after(when.at, length.min(LONGEST))),
            Length::Days(days) => {
                let days = jiff::Span::new().try_days(days.min(400)).ok();
                let local = days.and_then(|days| when.local.checked_add(days).ok());
                local.and_then(|local| instant(local, &when.zone))
            }
        };
        let (from, until) = self.wanted.window;
        if let Some(ends) = ends.filter(|ends| *ends > from && when.at < until && when.at < *ends) {
            self.found.push((when.at, ends));
        }
    }
}

fn event<'a>(component: &'a ICalendarComponent, zones: &Zones) -> Option<Event<'a>> {
    let of = |property: &ICalendarProperty| component.property(property);
    let start = when(of(&ICalendarProperty::Dtstart)?, zones)?;
    let end = of(&ICalendarProperty::Dtend).and_then(|entry| when(entry, zones));
    let instead_of = of(&ICalendarProperty::RecurrenceId).and_then(|entry| when(entry, zones));
    let rule = of(&ICalendarProperty::Rrule).and_then(|entry| match entry.values.first()? {
        ICalendarValue::RecurrenceRule(rule) => Some((&**rule, last(rule, &start))),
        _ => None,
    });
    let mut event = Event {
        uid: component.uid().unwrap_or_default(),
        takes: takes(component),
        length: length(component, &start, end.as_ref()),
        rule,
        more: Vec::new(),
        without: HashSet::new(),
        without_days: HashSet::new(),
        instead_of: instead_of.map(|when| when.at),
        start,
    };
    for entry in &component.entries {
        match entry.name {
            ICalendarProperty::Exdate => {
                for when in entry.values.iter().filter_map(|value| when_of(value, entry, zones)) {
                    if when.shape == Shape::Day && event.start.shape == Shape::Time {
                        event.without_days.insert(when.local.date());
                    } else {
                        event.without.insert(when.at);
                    }
                }
            }
            ICalendarProperty::Rdate => event.more.extend(entry.values.iter().filter_map(|value| {
                let ICalendarValue::Period(period) = value else {
                    return Some((when_of(value, entry, zones)?, None));
                };
                let (start, length) = match period {
                    ICalendarPeriod::Range { start, end } => {
                        let (start, end) = (read(start, entry, zones)?, read(end, entry, zones)?);
                        let length = end.at.duration_since(start.at);
                        (start, length)
                    }
                    ICalendarPeriod::Duration { start, duration } => {
                        (read(start, entry, zones)?, SignedDuration::from_secs(duration.as_seconds()))
                    }
                };
                Some((start, Some(Length::Elapsed(length))))
            })),
            _ => {}
        }
    }
    Some(event)
}

/// Whether an event takes time: not what was called off, nor what its owner marked as free.
fn takes(component: &ICalendarComponent) -> Takes {
    let off = component.status() == Some(&ICalendarStatus::Cancelled);
    let free = component.transparency() == Some(&ICalendarTransparency::Transparent);
    let microsofts = ICalendarProperty::Other("X-MICROSOFT-CDO-BUSYSTATUS".to_owned());
    let said = component.property(&microsofts).and_then(|entry| entry.values.first()?.as_text());
    let free = free || said.is_some_and(|word| word.eq_ignore_ascii_case("FREE"));
    if off || free { Takes::Nothing } else { Takes::Time }
}

fn length(component: &ICalendarComponent, start: &When, end: Option<&When>) -> Length {
    let said =
        component.property(&ICalendarProperty::Duration).and_then(|entry| match entry.values.first()? {
            ICalendarValue::Duration(duration) => Some(duration.as_seconds()),
            _ => None,
        });
    match (end, said, start.shape) {
        (Some(end), _, Shape::Day) => Length::Days((end.local.date() - start.local.date()).get_days().into()),
        (Some(end), _, Shape::Time) => Length::Elapsed(end.at.duration_since(start.at)),
        (None, Some(seconds), Shape::Day) => Length::Days(seconds / (24 * 60 * 60)),
        (None, Some(seconds), Shape::Time) => Length::Elapsed(SignedDuration::from_secs(seconds)),
        (None, None, Shape::Day) => Length::Days(1),
        (None, None, Shape::Time) => Length::Elapsed(SignedDuration::ZERO),
    }
}

/// Where a series ends: calendars write it as a date, as an instant, or as a time on the wall.
fn last(rule: &ICalendarRecurrenceRule, start: &When) -> Last {
    let Some(until) = &rule.until else { return Last::Never };
    let Some(local) = civil(until) else { return Last::Never };
    if !until.has_time() {
        return Last::OnTheWall(local.date().to_datetime(Time::MAX));
    }
    match offset(until) {
        Some(zone) => instant(local, &zone).map_or(Last::Never, |at| match start.shape {
            Shape::Time => Last::At(at),
            Shape::Day => Last::OnTheWall(start.zone.to_datetime(at)),
        }),
        None => Last::OnTheWall(local),
    }
}

fn when(entry: &ICalendarEntry, zones: &Zones) -> Option<When> {
    when_of(entry.values.first()?, entry, zones)
}

fn when_of(value: &ICalendarValue, entry: &ICalendarEntry, zones: &Zones) -> Option<When> {
    read(value.as_partial_date_time()?, entry, zones)
}

fn read(written: &PartialDateTime, entry: &ICalendarEntry, zones: &Zones) -> Option<When> {
    let local = civil(written)?;
    let zone = match (offset(written), written.has_time()) {
        (Some(zone), _) => zone,
        (None, true) => zones.find(entry.tz_id()),
        // A day is a day where she is.
        (None, false) => zones.find(None),
    };
    let at = instant(local, &zone)?;
    let shape = if written.has_time() { Shape::Time } else { Shape::Day };
    Some(When { local, zone, at, shape })
}

fn civil(written: &PartialDateTime) -> Option<DateTime> {
    let small = |n: Option<u8>| i8::try_from(n.unwrap_or(0)).ok();
    let date =
        Date::new(i16::try_from(written.year?).ok()?, small(written.month)?, small(written.day)?).ok()?;
    // A leap second is the second before it.
    let second = small(written.second)?.min(59);
    Some(date.to_datetime(Time::new(small(written.hour)?, small(written.minute)?, second, 0).ok()?))
}

/// UTC, or the offset that the time itself carries.
fn offset(written: &PartialDateTime) -> Option<TimeZone> {
    let east = i32::from(written.tz_hour?) * 3600 + i32::from(written.tz_minute.unwrap_or(0)) * 60;
    let east = if written.tz_minus { -east } else { east };
    jiff::tz::Offset::from_seconds(east).ok().map(TimeZone::fixed)
}

#[cfg(test)]
mod tests;
