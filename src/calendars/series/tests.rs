//! A rule that is handed over in parts is the rule that its text says, by the library's own reading.

use calcard::icalendar::{ICalendar, ICalendarProperty, ICalendarValue};
use proptest::prelude::*;

use super::*;

const START: &str = "2026-05-04T10:15:30";

/// The rule of a text, as a calendar brings it.
fn brought(text: &str) -> Option<ICalendarRecurrenceRule> {
    let whole = format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nRRULE:{text}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    let calendar = ICalendar::parse(whole).ok()?;
    let property = calendar.components.iter().find_map(|part| part.property(&ICalendarProperty::Rrule))?;
    match property.values.first()? {
        ICalendarValue::RecurrenceRule(rule) => Some((**rule).clone()),
        _ => None,
    }
}

/// The same rule by the detour of its text.
fn by_text(rule: &ICalendarRecurrenceRule, start: DateTime) -> Option<RRuleSet> {
    let bare = ICalendarRecurrenceRule { until: None, ..rule.clone() };
    format!("DTSTART:{}\nRRULE:{bare}", start.strftime("%Y%m%dT%H%M%SZ")).parse().ok()
}

fn list(part: &'static str, values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(values, 0..4).prop_map(move |all| {
        if all.is_empty() { String::new() } else { format!(";{part}={}", all.join(",")) }
    })
}

fn number(part: &'static str, range: std::ops::RangeInclusive<i32>) -> impl Strategy<Value = String> {
    list(part, range.prop_map(|n| n.to_string()))
}

fn once(part: &'static str, values: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::option::of(values).prop_map(move |one| one.map_or(String::new(), |one| format!(";{part}={one}")))
}

fn weekday() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]).prop_map(str::to_owned)
}

fn day() -> impl Strategy<Value = String> {
    (prop::option::of(-6..=6), weekday())
        .prop_map(|(n, day)| n.map_or_else(|| day.clone(), |n| format!("{n}{day}")))
}

fn rule() -> impl Strategy<Value = String> {
    let often = prop::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]);
    let dates = (
        number("BYMONTH", 0..=13),
        number("BYMONTHDAY", -32..=32),
        number("BYYEARDAY", -367..=367),
        number("BYWEEKNO", -54..=54),
        list("BYDAY", day()),
    );
    let times = (
        number("BYHOUR", 0..=24),
        number("BYMINUTE", 0..=60),
        number("BYSECOND", 0..=60),
        number("BYSETPOS", -367..=367),
    );
    let rest = (
        once("INTERVAL", (0..9).prop_map(|n: i32| n.to_string())),
        once("COUNT", (0..9).prop_map(|n: i32| n.to_string())),
        once("WKST", weekday()),
        once("RSCALE", Just("GREGORIAN".to_owned())),
    );
    (often, dates, times, rest).prop_map(|(often, (a, b, c, d, e), (f, g, h, i), (j, k, l, m))| {
        format!("FREQ={often}{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}{k}{l}{m}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
    #[test]
    fn in_parts_it_is_the_rule_of_its_text(text in rule()) {
        let start: DateTime = START.parse().unwrap();
        if let Some(rule) = brought(&text).filter(|rule| !is_swarm(rule)) {
            prop_assert_eq!(rules(&rule, start), by_text(&rule, start), "{}", text);
        }
    }
}

#[test]
fn most_rules_are_understood_and_other_calendars_are_not() {
    let start: DateTime = START.parse().unwrap();
    for text in [
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;WKST=SU",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU",
        "FREQ=DAILY;COUNT=5",
    ] {
        assert!(rules(&brought(text).unwrap(), start).is_some(), "{text}");
    }
    for text in
        ["FREQ=YEARLY;RSCALE=CHINESE;BYMONTH=5L", "FREQ=MONTHLY;BYMONTHDAY=40", "FREQ=YEARLY;BYMONTH=13"]
    {
        assert_eq!(rules(&brought(text).unwrap(), start), None, "{text}");
    }
}

#[test]
fn a_rule_with_thousands_of_dates_at_a_time_is_not_worked_out() {
    let start: DateTime = START.parse().unwrap();
    let up_to = |most: u8| (0..most).map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    let days = "BYDAY=MO,TU,WE,TH,FR,SA,SU";
    let (hours, sixty) = (up_to(24), up_to(60));
    let swarm = format!("FREQ=YEARLY;{days};BYHOUR={hours};BYMINUTE={sixty};BYSECOND={sixty}");
    assert_eq!(rules(&brought(&swarm).unwrap(), start), None);
    let long = format!("FREQ=MONTHLY;BYMONTHDAY={}", vec!["1"; 800].join(","));
    assert_eq!(rules(&brought(&long).unwrap(), start), None);
    for usual in [
        format!("FREQ=YEARLY;{days};BYHOUR=8,9,10,11,12,14,15,16,17,18"),
        format!("FREQ=DAILY;BYHOUR={hours};BYMINUTE=0,15,30,45"),
        format!("FREQ=HOURLY;BYMINUTE={sixty}"),
    ] {
        assert!(rules(&brought(&usual).unwrap(), start).is_some(), "{usual}");
    }
}
