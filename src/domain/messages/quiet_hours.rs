//! Quiet hours: no nudge between 20:00 and 08:00 in the client's zone (domain.md, Nudges).

use jiff::civil::time;

use crate::domain::time::{Timestamp, Zone};

const WAKING: std::ops::Range<jiff::civil::Time> = time(8, 0, 0, 0)..time(20, 0, 0, 0);

/// The instant itself if people are awake then, otherwise the next 08:00 in the zone.
#[must_use]
pub fn waking(at: Timestamp, zone: &Zone) -> Timestamp {
    let local = zone.local(at);
    let day = match local.time() {
        hour if WAKING.contains(&hour) => return at,
        hour if hour < WAKING.start => local.date(),
        _ => local.date().tomorrow().unwrap_or(jiff::civil::Date::MAX),
    };
    day.to_datetime(WAKING.start).to_zoned(zone.tz().clone()).map_or(at, |zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_night_is_moved_to_eight_in_the_clients_zone() {
        let zone: Zone = "America/New_York".parse().unwrap();
        let moved = |at: &str| waking(at.parse().unwrap(), &zone).to_string();
        assert_eq!(moved("2026-04-14T16:00:00Z"), "2026-04-14T16:00:00Z", "noon stays");
        assert_eq!(moved("2026-04-14T11:59:59Z"), "2026-04-14T12:00:00Z", "before eight");
        assert_eq!(moved("2026-04-14T12:00:00Z"), "2026-04-14T12:00:00Z", "eight itself");
        assert_eq!(moved("2026-04-14T23:59:59Z"), "2026-04-14T23:59:59Z", "just before twenty");
        assert_eq!(moved("2026-04-15T00:00:00Z"), "2026-04-15T12:00:00Z", "twenty itself");
        assert_eq!(moved("2026-03-08T04:00:00Z"), "2026-03-08T12:00:00Z", "the night the clocks change");
    }
}
