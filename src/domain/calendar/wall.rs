//! Where the clock on the wall lies on the line of instants: gaps, repeated hours and skipped days.

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use crate::domain::time::{Timestamp, Zone};

/// Seconds from midnight to midnight on a clock.
pub(super) const DAY: i64 = 24 * 60 * 60;

/// The first instant at which the clock shows this time or a later one; in a gap, where the clock jumps.
pub(super) fn opens_at(zone: &Zone, wall: DateTime) -> Timestamp {
    let ambiguous = zone.tz().to_ambiguous_timestamp(wall);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => jump_before(zone.tz(), ambiguous.later().unwrap_or(Timestamp::MAX)),
        _ => ambiguous.earlier().unwrap_or(Timestamp::MAX),
    }
}

/// The instant after which the clock shows no earlier time: what lasts until 2:30 lasts until the second 2:30
/// where that hour is repeated, and what lasts until 2:00, where it is repeated from 2:00 on, until the first.
pub(super) fn closes_at(zone: &Zone, wall: DateTime) -> Timestamp {
    const TICK: jiff::SignedDuration = jiff::SignedDuration::from_nanos(1);
    let last = wall.checked_sub(TICK).unwrap_or(wall);
    let ambiguous = zone.tz().to_ambiguous_timestamp(last);
    let last = ambiguous.later().unwrap_or(Timestamp::MAX);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => jump_before(zone.tz(), last),
        _ => last.checked_add(TICK).unwrap_or(Timestamp::MAX),
    }
}

/// The change of the clocks at or before an instant.
fn jump_before(tz: &TimeZone, at: Timestamp) -> Timestamp {
    let inclusive = at.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or(at);
    tz.preceding(inclusive).next().map_or(at, |change| change.timestamp())
}

/// A date as if it were in UTC, in seconds: the measure in which wall time is counted here.
pub(super) fn midnight(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_secs()
}

/// A stretch of time in which a zone's clocks run on without a change. In whole seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Its first instant.
    pub from: i64,
    /// The first instant of the next piece.
    pub until: i64,
    /// What the clock shows is the instant and this.
    pub offset: i64,
}

impl Piece {
    /// What the clock shows first.
    pub const fn wall_from(&self) -> i64 {
        self.from + self.offset
    }

    /// What the clock would show at its end.
    pub const fn wall_until(&self) -> i64 {
        self.until + self.offset
    }
}

/// The pieces that some local dates touch, with two days to either side, so that a neighbour which repeats or
/// skips the first or the last of them is seen. One for most months, two or three otherwise.
pub(super) fn pieces(zone: &Zone, first: Date, last: Date) -> Vec<Piece> {
    let end_of_time = if first.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    let from = Timestamp::from_second(midnight(first) - 2 * DAY).unwrap_or(end_of_time);
    let until = midnight(last) + 3 * DAY;
    let offset = |offset: Offset| i64::from(offset.seconds());
    let mut pieces = Vec::with_capacity(4);
    let mut piece = Piece { from: from.as_second(), until, offset: offset(zone.tz().to_offset(from)) };
    let changes = zone.tz().following(from);
    for change in changes.take_while(|change| change.timestamp().as_second() < until) {
        // A change of the name only is none of the clock.
        if offset(change.offset()) != piece.offset {
            let at = change.timestamp().as_second();
            pieces.push(Piece { until: at, ..piece });
            piece = Piece { from: at, until, offset: offset(change.offset()) };
        }
    }
    pieces.push(piece);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(zone: &str, wall: &str) -> (String, String) {
        let (zone, wall) = (zone.parse().unwrap(), wall.parse().unwrap());
        (opens_at(&zone, wall).to_string(), closes_at(&zone, wall).to_string())
    }

    #[test]
    fn a_wall_time_opens_and_closes_where_the_clock_does() {
        for (zone, wall, opens, closes) in [
            ("Europe/Berlin", "2026-07-01T09:00", "2026-07-01T07:00:00Z", "2026-07-01T07:00:00Z"),
            // In the gap, both are the jump.
            ("Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z"),
            // The repeated hour opens at the first and closes at the second, its edges at the outer ones.
            ("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00:00Z", "2026-10-25T00:00:00Z"),
            ("Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
            ("Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"),
            // A whole day that was not.
            ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(ends(zone, wall), (opens.to_owned(), closes.to_owned()), "{zone} {wall}");
        }
    }
}
