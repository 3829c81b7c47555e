//! Times as a reader sees them: in her own zone, which is named; where the clock shows an hour twice, with the offset.

use jiff::tz::AmbiguousOffset;
use maud::{Markup, html};

use crate::domain::time::{Timestamp, Zone, clock_time, long_day, machine_moment};

/// The zones that are offered, by the name that people know them by. Any other zone of the database that a browser or a
/// client has is added to the list.
const COMMON: [(&str, &str); 45] = [
    ("America/New_York", "Eastern time (New York)"),
    ("America/Chicago", "Central time (Chicago)"),
    ("America/Denver", "Mountain time (Denver)"),
    ("America/Phoenix", "Arizona time (Phoenix)"),
    ("America/Los_Angeles", "Pacific time (Los Angeles)"),
    ("America/Anchorage", "Alaska time (Anchorage)"),
    ("Pacific/Honolulu", "Hawaii time (Honolulu)"),
    ("America/Halifax", "Atlantic time (Halifax)"),
    ("America/St_Johns", "Newfoundland time (St John’s)"),
    ("America/Toronto", "Eastern time (Toronto)"),
    ("America/Vancouver", "Pacific time (Vancouver)"),
    ("America/Mexico_City", "Mexico City"),
    ("America/Bogota", "Bogotá"),
    ("America/Lima", "Lima"),
    ("America/Santiago", "Santiago"),
    ("America/Argentina/Buenos_Aires", "Buenos Aires"),
    ("America/Sao_Paulo", "São Paulo"),
    ("Atlantic/Reykjavik", "Reykjavik"),
    ("Europe/London", "London"),
    ("Europe/Dublin", "Dublin"),
    ("Europe/Lisbon", "Lisbon"),
    ("Europe/Madrid", "Madrid"),
    ("Europe/Paris", "Paris"),
    ("Europe/Amsterdam", "Amsterdam"),
    ("Europe/Berlin", "Berlin"),
    ("Europe/Vienna", "Vienna"),
    ("Europe/Zurich", "Zurich"),
    ("Europe/Rome", "Rome"),
    ("Europe/Stockholm", "Stockholm"),
    ("Europe/Warsaw", "Warsaw"),
    ("Europe/Budapest", "Budapest"),
    ("Europe/Athens", "Athens"),
    ("Europe/Kyiv", "Kyiv"),
    ("Europe/Istanbul", "Istanbul"),
    ("Asia/Jerusalem", "Jerusalem"),
    ("Africa/Johannesburg", "Johannesburg"),
    ("Asia/Dubai", "Dubai"),
    ("Asia/Kolkata", "India (Kolkata)"),
    ("Asia/Bangkok", "Bangkok"),
    ("Asia/Singapore", "Singapore"),
    ("Asia/Hong_Kong", "Hong Kong"),
    ("Asia/Tokyo", "Tokyo"),
    ("Australia/Perth", "Perth"),
    ("Australia/Sydney", "Sydney"),
    ("Pacific/Auckland", "Auckland"),
];

/// What a zone is called: "Eastern time (New York)", "London", and of those not on the list the name of the place.
#[must_use]
pub fn zone_name(zone: &Zone) -> String {
    let known = COMMON.iter().find(|(iana, _)| *iana == zone.name());
    known.map_or_else(|| zone.city(), |(_, words)| (*words).to_owned())
}

/// A zone in a sentence: "Eastern time (New York)", "London time".
#[must_use]
pub fn zone_time(zone: &Zone) -> String {
    let name = zone_name(zone);
    if name.contains(" time") || zone.name() == "UTC" { name } else { format!("{name} time") }
}

/// The choices of a list of zones, as `(value, words)`; `theirs` is on it whatever it is.
#[must_use]
pub fn zone_options(theirs: &Zone) -> Vec<(String, String)> {
    let rest = COMMON.iter().map(|(iana, words)| ((*iana).to_owned(), (*words).to_owned()));
    let missing = COMMON.iter().all(|(iana, _)| *iana != theirs.name());
    missing.then(|| (theirs.name().to_owned(), zone_name(theirs))).into_iter().chain(rest).collect()
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
    match (start.rsplit_once(' '), half(&end)) {
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
        for (iana, _) in COMMON {
            assert_eq!(zone(iana).name(), iana);
        }
    }

    #[test]
    fn the_readers_own_zone_is_on_the_list_once() {
        for (name, count) in [("Europe/Berlin", 45), ("Asia/Kathmandu", 46), ("UTC", 46)] {
            let options = zone_options(&zone(name));
            assert_eq!(options.len(), count);
            assert_eq!(options.iter().filter(|(iana, _)| iana == name).count(), 1);
        }
        assert_eq!(zone_time(&zone("Asia/Kathmandu")), "Kathmandu time");
        assert_eq!(zone_time(&zone("America/Chicago")), "Central time (Chicago)");
    }

    #[test]
    fn an_hour_that_comes_twice_shows_its_offset() {
        let berlin = zone("Europe/Berlin");
        assert_eq!(time_of_day(at("2026-10-25T00:30:00Z"), &berlin), "2:30 am (UTC+02:00)");
        assert_eq!(time_of_day(at("2026-10-25T01:30:00Z"), &berlin), "2:30 am (UTC+01:00)");
        assert_eq!(time_of_day(at("2026-10-25T02:30:00Z"), &berlin), "3:30 am");
    }

    #[test]
    fn a_stretch_names_the_half_of_the_day_once() {
        let utc = Zone::utc();
        let said = |from: &str, to: &str| from_to(at(from), at(to), &utc);
        assert_eq!(said("2026-04-23T17:30:00Z", "2026-04-23T18:20:00Z"), "5:30 to 6:20 pm");
        assert_eq!(said("2026-04-23T11:30:00Z", "2026-04-23T12:20:00Z"), "11:30 am to 12:20 pm");
        let berlin = zone("Europe/Berlin");
        let folded = from_to(at("2026-10-25T00:30:00Z"), at("2026-10-25T01:20:00Z"), &berlin);
        assert_eq!(folded, "2:30 am (UTC+02:00) to 2:20 am (UTC+01:00)");
    }

    #[test]
    fn a_week_over_the_end_of_a_month_names_both() {
        let said = |a: &str, b: &str| days_from_to(a.parse().unwrap(), b.parse().unwrap());
        assert_eq!(said("2026-04-20", "2026-04-26"), "20 to 26 April");
        assert_eq!(said("2026-04-27", "2026-05-03"), "27 April to 3 May");
    }
}
