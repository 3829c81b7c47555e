//! Times as a reader sees them: in her own zone, which is named; where the clock shows an hour twice, with the offset.

use jiff::tz::AmbiguousOffset;
use maud::{Markup, html};

use super::text;
use crate::domain::time::{Timestamp, Zone, clock_time, long_day, machine_moment};

/// The zones that are offered. Any other zone of the database that a browser or a client has is added to the list.
const COMMON: [&str; 45] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Halifax",
    "America/St_Johns",
    "America/Toronto",
    "America/Vancouver",
    "America/Mexico_City",
    "America/Bogota",
    "America/Lima",
    "America/Santiago",
    "America/Argentina/Buenos_Aires",
    "America/Sao_Paulo",
    "Atlantic/Reykjavik",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Amsterdam",
    "Europe/Berlin",
    "Europe/Vienna",
    "Europe/Zurich",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Warsaw",
    "Europe/Budapest",
    "Europe/Athens",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Asia/Jerusalem",
    "Africa/Johannesburg",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Hong_Kong",
    "Asia/Tokyo",
    "Australia/Perth",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// The choices of a list of zones, as `(value, words)`; `theirs` is on it whatever it is.
#[must_use]
pub fn zone_options(theirs: &Zone) -> Vec<(String, String)> {
    let missing = (!COMMON.contains(&theirs.name())).then(|| theirs.clone());
    let offered = COMMON.iter().filter_map(|name| name.parse::<Zone>().ok());
    missing.into_iter().chain(offered).map(|zone| (zone.name().to_owned(), text::zone(&zone))).collect()
}

/// Any zones with their words, as choices of a list in the order of the words.
#[must_use]
pub fn zones_in_words(names: &[String]) -> Vec<(String, String)> {
    let said = |name: &String| name.parse().map_or_else(|_| name.clone(), |zone: Zone| text::zone(&zone));
    let mut all: Vec<(String, String)> = names.iter().map(|name| (name.clone(), said(name))).collect();
    all.sort_by(|(_, one), (_, other)| one.cmp(other));
    all
}

/// "5:30 pm"; where the clock shows that time twice, "1:30 am (UTC-04:00)".
#[must_use]
pub fn time_of_day(at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    let words = clock_time(local.time());
    match zone.tz().to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Fold { .. } => {
            format!("{words} (UTC{})", at.to_zoned(zone.tz().clone()).strftime("%:z"))
        }
        _ => words,
    }
}

/// "Thursday 23 April".
#[must_use]
pub fn day(at: Timestamp, zone: &Zone) -> String {
    long_day(zone.date(at))
}

/// "Thursday 23 April, 5:30 pm".
#[must_use]
pub fn moment(at: Timestamp, zone: &Zone) -> String {
    format!("{}, {}", day(at, zone), time_of_day(at, zone))
}

/// The same, with the machine's own form beside it.
#[must_use]
pub fn moment_tag(at: Timestamp, zone: &Zone) -> Markup {
    html! { time datetime=(machine_moment(at, zone)) { (moment(at, zone)) } }
}

/// "5:30 to 6:20 pm", "11:30 am to 12:20 pm".
#[must_use]
pub fn from_to(from: Timestamp, to: Timestamp, zone: &Zone) -> String {
    let (start, end) = (time_of_day(from, zone), time_of_day(to, zone));
    let half = |words: &str| words.get(words.len().saturating_sub(2)..).map(str::to_owned);
    match (start.rsplit_once('\u{a0}'), half(&end)) {
        (Some((clock, "am" | "pm")), Some(end_half)) if half(&start).as_ref() == Some(&end_half) => {
            format!("{clock} to {end}")
        }
        _ => format!("{start} to {end}"),
    }
}

/// "20 to 26 April", "27 April to 3 May".
#[must_use]
pub fn days_from_to(first: jiff::civil::Date, last: jiff::civil::Date) -> String {
    let end = last.strftime("%-d %B");
    if first.month() == last.month() {
        format!("{} to {end}", first.day())
    } else {
        format!("{} to {end}", first.strftime("%-d %B"))
    }
}

/// "morning", "afternoon" or "evening", as one greets.
#[must_use]
pub fn part_of_day(at: Timestamp, zone: &Zone) -> &'static str {
    match zone.local(at).hour() {
        4..12 => "morning",
        12..17 => "afternoon",
        _ => "evening",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_zone_that_is_offered_exists() {
        for name in COMMON {
            assert_eq!(zone(name).name(), name);
        }
    }

    #[test]
    fn the_readers_own_zone_is_on_the_list_once() {
        for (name, count) in [("Europe/Berlin", 45), ("Asia/Kathmandu", 46), ("UTC", 46)] {
            let options = zone_options(&zone(name));
            assert_eq!(options.len(), count);
            assert_eq!(options.iter().filter(|(iana, _)| iana == name).count(), 1);
        }
    }

    #[test]
    fn an_hour_that_comes_twice_shows_its_offset() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(time_of_day(at("2026-10-25T00:30:00Z"), &berlin), "2:30\u{a0}am (UTC+02:00)");
        assert_eq!(time_of_day(at("2026-10-25T01:30:00Z"), &berlin), "2:30\u{a0}am (UTC+01:00)");
        assert_eq!(time_of_day(at("2026-10-25T02:30:00Z"), &berlin), "3:30\u{a0}am");
    }

    #[test]
    fn a_stretch_names_the_half_of_the_day_once() {
        let utc = Zone::utc();
        let said = |from: &str, to: &str| from_to(at(from), at(to), &utc);
        assert_eq!(said("2026-04-23T17:30:00Z", "2026-04-23T18:20:00Z"), "5:30 to 6:20\u{a0}pm");
        assert_eq!(said("2026-04-23T11:30:00Z", "2026-04-23T12:20:00Z"), "11:30\u{a0}am to 12:20\u{a0}pm");
        let berlin = zone("Europe/Berlin");
        let folded = from_to(at("2026-10-25T00:30:00Z"), at("2026-10-25T01:20:00Z"), &berlin);
        assert_eq!(folded, "2:30\u{a0}am (UTC+02:00) to 2:20\u{a0}am (UTC+01:00)");
    }

    #[test]
    fn a_week_over_the_end_of_a_month_names_both() {
        let said = |a: &str, b: &str| days_from_to(a.parse().unwrap(), b.parse().unwrap());
        assert_eq!(said("2026-04-20", "2026-04-26"), "20 to 26 April");
        assert_eq!(said("2026-04-27", "2026-05-03"), "27 April to 3 May");
    }
}
