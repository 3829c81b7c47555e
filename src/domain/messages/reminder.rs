//! The session reminder: 24 hours before, moved into waking hours, unless the session was booked later than that.

use super::quiet_hours::waking;
use crate::domain::time::{SignedDuration, Timestamp, Zone, before, hours};

/// How long before a session its reminder goes.
pub const AHEAD: SignedDuration = hours(24);

/// When the reminder of a session goes; nothing if the session was booked (or moved there) later than that.
#[must_use]
pub fn due_at(starts_at: Timestamp, booked_at: Timestamp, zone: &Zone) -> Option<Timestamp> {
    let due_at = waking(before(starts_at, AHEAD), zone);
    (booked_at < before(starts_at, AHEAD) && due_at < starts_at).then_some(due_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reminder_goes_a_day_ahead_unless_it_was_booked_later() {
        let zone: Zone = "Europe/Berlin".parse().unwrap();
        let due = |start: &str, booked: &str| {
            due_at(start.parse().unwrap(), booked.parse().unwrap(), &zone).map(|at| at.to_string())
        };
        assert_eq!(
            due("2026-05-05T08:00:00Z", "2026-05-01T08:00:00Z").as_deref(),
            Some("2026-05-04T08:00:00Z")
        );
        assert_eq!(
            due("2026-05-05T05:00:00Z", "2026-05-01T08:00:00Z").as_deref(),
            Some("2026-05-04T06:00:00Z")
        );
        assert_eq!(due("2026-05-05T08:00:00Z", "2026-05-04T08:00:00Z"), None);
    }
}
