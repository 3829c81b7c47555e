//! The zones of a calendar's times: by their name in the world's list, by the names that Microsoft gives them, or by the
//! rules that the calendar carries itself.

use std::collections::HashMap;

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue,
};
use jiff::tz::TimeZone;

use crate::domain::time::Zone;

/// What each name stands for in one calendar.
pub(super) struct Zones {
    known: HashMap<String, TimeZone>,
    floating: TimeZone,
}

impl Zones {
    /// Those that a calendar names; times that name none are in `floating`.
    pub(super) fn of(calendar: &ICalendar, floating: &Zone) -> Self {
        let named = calendar.timezones().filter_map(|component| {
            let id = text(component, &ICalendarProperty::Tzid)?;
            let listed =
                component.timezone().and_then(|(_, zone)| zone.name().and_then(|name| listed(&name)));
            Some((id.to_owned(), listed.or_else(|| ruled(calendar, component))?))
        });
        Self { known: named.collect(), floating: floating.tz().clone() }
    }

    /// The zone of that name; without one, or if nobody knows it, the practitioner's.
    pub(super) fn find(&self, name: Option<&str>) -> TimeZone {
        let Some(name) = name else { return self.floating.clone() };
        let known = self.known.get(name).cloned();
        let microsofts =
            || name.parse::<calcard::common::timezone::Tz>().ok().and_then(|zone| listed(&zone.name()?));
        known.or_else(|| listed(name)).or_else(microsofts).unwrap_or_else(|| self.floating.clone())
    }
}

fn listed(name: &str) -> Option<TimeZone> {
    name.parse::<Zone>().ok().map(|zone| zone.tz().clone())
}

fn text<'a>(component: &'a ICalendarComponent, property: &ICalendarProperty) -> Option<&'a str> {
    component.property(property)?.values.first()?.as_text()
}

/// When one half of the year begins, and how far it is from UTC then.
struct Half {
    since: (u16, u8, u8),
    offset: i32,
    /// Month, week in it (5: the last), weekday from Sunday, and the time of day: as POSIX writes it.
    rule: Option<String>,
}

/// A zone made of the rules in the calendar: its newest standard time and daylight time, as POSIX writes them.
fn ruled(calendar: &ICalendar, zone: &ICalendarComponent) -> Option<TimeZone> {
    let newest = |kind: ICalendarComponentType| {
        let parts = zone.component_ids.iter().filter_map(|id| calendar.component_by_id(*id));
        let halves = parts.filter(|part| part.component_type == kind).filter_map(half);
        halves.max_by_key(|half| half.since)
    };
    let standard = newest(ICalendarComponentType::Standard)?;
    let daylight = newest(ICalendarComponentType::Daylight).filter(|half| half.rule.is_some());
    let posix = match (&standard.rule, &daylight) {
        (Some(back), Some(Half { offset, rule: Some(forth), .. })) => {
            format!("<STD>{}<DST>{},{forth},{back}", posix_offset(standard.offset), posix_offset(*offset))
        }
        _ => format!("<STD>{}", posix_offset(standard.offset)),
    };
    TimeZone::posix(&posix).ok()
}

/// POSIX counts westwards.
fn posix_offset(east: i32) -> String {
    let sign = if east > 0 { "-" } else { "" };
    let seconds = east.unsigned_abs();
    format!("{sign}{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn half(part: &ICalendarComponent) -> Option<Half> {
    let to = part.property(&ICalendarProperty::Tzoffsetto)?.values.first()?.as_partial_date_time()?;
    let east = i32::from(to.tz_hour?) * 3600 + i32::from(to.tz_minute.unwrap_or(0)) * 60;
    let start = part.property(&ICalendarProperty::Dtstart)?.values.first()?.as_partial_date_time()?;
    let rule = part.property(&ICalendarProperty::Rrule).and_then(|rule| match rule.values.first()? {
        ICalendarValue::RecurrenceRule(rule) => {
            let (month, day) = (rule.bymonth.first()?.month(), rule.byday.first()?);
            let week = match day.ordwk? {
                nth @ 1..=4 => nth,
                _ => 5,
            };
            let weekday = posix_weekday(day.weekday);
            let time = format!("{}:{:02}:{:02}", start.hour?, start.minute?, start.second.unwrap_or(0));
            Some(format!("M{month}.{week}.{weekday}/{time}"))
        }
        _ => None,
    });
    Some(Half {
        since: (start.year?, start.month?, start.day?),
        offset: if to.tz_minus { -east } else { east },
        rule,
    })
}

/// Weekdays from Sunday, 0, as POSIX counts them.
fn posix_weekday(day: calcard::icalendar::ICalendarWeekday) -> u8 {
    use calcard::icalendar::ICalendarWeekday as Day;
    match day {
        Day::Sunday => 0,
        Day::Monday => 1,
        Day::Tuesday => 2,
        Day::Wednesday => 3,
        Day::Thursday => 4,
        Day::Friday => 5,
        Day::Saturday => 6,
    }
}
