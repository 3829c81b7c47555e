//! Calendars that are not ours: a practitioner's other one, whose busy times are taken off her free times. What is in
//! them is never kept, only when; and what was read once stays in force while they cannot be reached.

use crate::domain::id::{OutsideId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after, before, hours, minutes};

/// How many of them a practitioner may have.
pub const MOST: usize = 10;
/// How many busy times of one calendar are kept.
pub const MOST_BUSY: usize = 5_000;
/// How far ahead busy times are worked out.
pub const AHEAD: SignedDuration = hours(400 * 24);
/// How far back, for those who look at last week.
pub const BACK: SignedDuration = hours(31 * 24);
/// How often a calendar is read, if all is well.
const EVERY: SignedDuration = minutes(15);
/// What is added to that by chance at most, so that not all are read at once.
const SPREAD_SECONDS: i64 = 180;
/// How long a calendar that fails is left alone at most.
const LONGEST_WAIT: SignedDuration = hours(6);
/// A calendar that has failed for so long is spoken of.
const PATIENCE: SignedDuration = hours(24);
/// An unchanged calendar is read whole again after so long, as its series reach further by then.
const WORKED_OUT_FOR: SignedDuration = hours(24);

/// How a calendar is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// An address that gives a calendar file (RFC 5545).
    Ics,
    /// A collection of a CalDAV server (RFC 4791).
    CalDav,
}

/// Why a calendar could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// What was typed is no web address.
    NotAnAddress,
    /// The address carries a name or a password.
    LoginInAddress,
    /// A password would be sent unencrypted.
    Unencrypted,
    /// The address has a port where no calendars are.
    Port,
    /// The address leads into this computer's own network, where a visitor has no business.
    Inside,
    /// No such host.
    NoHost,
    /// Nobody answers there.
    NoAnswer,
    /// The encrypted connection could not be trusted.
    Certificate,
    /// The answer took too long.
    Slow,
    /// The name or the password is not taken.
    SignIn,
    /// There is nothing there.
    Gone,
    /// The server answers with this status.
    Status(u16),
    /// It leads elsewhere again and again.
    TooManyRedirects,
    /// It leads from an encrypted address to one that is not.
    Downgrade,
    /// It is larger than a calendar should be.
    TooLarge,
    /// What comes back is no calendar.
    NotACalendar,
    /// The address and password cannot be opened with the key beside the data file.
    Sealed,
}

/// Since when and how often a calendar could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failing {
    /// When it began.
    pub since_at: Timestamp,
    /// How many times in a row.
    pub times: u32,
    /// Why, the last time.
    pub why: Trouble,
}

/// A calendar that is not ours. Where exactly it is, and how one signs in there, is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Its identifier.
    pub id: OutsideId,
    /// Whose time it takes.
    pub practitioner: PractitionerId,
    /// What she calls it.
    pub name: Line,
    /// How it is asked.
    pub kind: Kind,
    /// The host that it is on; all that is shown of its address.
    pub host: Line,
    /// Address, name and password, sealed with the instance's key.
    pub sealed: Vec<u8>,
    /// When she added it.
    pub added_at: Timestamp,
    /// What the server calls the state that was read last.
    pub version: Option<String>,
    /// When it was last asked.
    pub asked_at: Option<Timestamp>,
    /// When it was last read, or found to be as it was.
    pub read_at: Option<Timestamp>,
    /// When its busy times were last worked out.
    pub worked_out_at: Option<Timestamp>,
    /// How many busy times were too many or too long to work out.
    pub left_out: u32,
    /// Whether it fails.
    pub failing: Option<Failing>,
}

impl Outside {
    /// The version that need not be sent again: none if its busy times are to be worked out anew.
    #[must_use]
    pub fn known(&self, now: Timestamp) -> Option<&str> {
        let fresh = self.worked_out_at.is_some_and(|at| now < after(at, WORKED_OUT_FOR));
        self.version.as_deref().filter(|_| fresh)
    }

    /// The same after it was read.
    #[must_use]
    pub fn read(self, now: Timestamp) -> Self {
        Self { asked_at: Some(now), read_at: Some(now), failing: None, ..self }
    }

    /// The same after it could not be read. What was read before stays.
    #[must_use]
    pub fn failed(self, why: Trouble, now: Timestamp) -> Self {
        let (since_at, times) = self.failing.map_or((now, 0), |failing| (failing.since_at, failing.times));
        let failing = Failing { since_at, times: times.saturating_add(1), why };
        Self { asked_at: Some(now), failing: Some(failing), ..self }
    }

    /// When it is read next: soon if all is well, later each time if it fails. `chance` is any number.
    #[must_use]
    pub fn next_at(&self, now: Timestamp, chance: u64) -> Timestamp {
        let wait = match self.failing {
            None => EVERY,
            Some(failing) => {
                let factor = 1_i32 << failing.times.saturating_sub(1).min(8);
                (EVERY * factor).min(LONGEST_WAIT)
            }
        };
        let spread = i64::try_from(chance % SPREAD_SECONDS.unsigned_abs()).unwrap_or_default();
        after(after(now, wait), SignedDuration::from_secs(spread))
    }

    /// Whether it has failed for so long that she should look at it.
    #[must_use]
    pub fn is_stale(&self, now: Timestamp) -> bool {
        self.failing.is_some_and(|failing| failing.since_at <= before(now, PATIENCE))
    }
}

/// Stretches of time in order, those that touch made one, at most [`MOST_BUSY`] of them; and how many were too many.
#[must_use]
pub fn merged(mut stretches: Vec<(Timestamp, Timestamp)>) -> (Vec<(Timestamp, Timestamp)>, usize) {
    stretches.retain(|(from, until)| from < until);
    stretches.sort_unstable();
    let mut merged: Vec<(Timestamp, Timestamp)> = Vec::with_capacity(stretches.len().min(MOST_BUSY));
    for (from, until) in stretches {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(until),
            _ => merged.push((from, until)),
        }
    }
    let over = merged.len().saturating_sub(MOST_BUSY);
    merged.truncate(MOST_BUSY);
    (merged, over)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        after("2026-04-14T00:00:00Z".parse().unwrap(), hours(hour))
    }

    fn calendar() -> Outside {
        Outside {
            id: OutsideId::from_bits(1),
            practitioner: PractitionerId::from_bits(2),
            name: "Home".parse().unwrap(),
            kind: Kind::Ics,
            host: "calendar.example".parse().unwrap(),
            sealed: vec![],
            added_at: at(0),
            version: Some("\"1\"".into()),
            asked_at: None,
            read_at: None,
            worked_out_at: None,
            left_out: 0,
            failing: None,
        }
    }

    #[test]
    fn one_that_fails_is_asked_less_and_less_often_and_spoken_of_after_a_day() {
        let mut one = calendar().read(at(0));
        assert_eq!(one.next_at(at(0), 0), after(at(0), minutes(15)));
        assert!(one.next_at(at(0), 179) <= after(at(0), minutes(18)));
        let mut waits = Vec::new();
        let mut now = at(1);
        for _ in 0..12 {
            one = one.failed(Trouble::NoAnswer, now);
            let next = one.next_at(now, 0);
            waits.push(next.duration_since(now).as_mins());
            now = next;
        }
        assert_eq!(waits[..7], [15, 30, 60, 120, 240, 360, 360]);
        assert_eq!((one.failing.unwrap().since_at, one.read_at), (at(1), Some(at(0))));
        assert!(!one.is_stale(at(24)) && one.is_stale(at(25)));
        assert!(!one.read(at(26)).is_stale(at(99)));
    }

    #[test]
    fn a_known_version_spares_the_answer_for_a_day_only() {
        let one = calendar();
        assert_eq!(one.known(at(0)), None, "nothing was worked out yet");
        let one = Outside { worked_out_at: Some(at(0)), ..one };
        assert_eq!((one.known(at(23)), one.known(at(24))), (Some("\"1\""), None));
    }

    #[test]
    fn stretches_that_touch_are_one_and_there_are_not_too_many() {
        let (all, over) =
            merged(vec![(at(5), at(6)), (at(1), at(3)), (at(2), at(2)), (at(3), at(4)), (at(9), at(8))]);
        assert_eq!((all, over), (vec![(at(1), at(4)), (at(5), at(6))], 0));
        let many = (0..6_000).map(|n| (at(2 * n), at(2 * n + 1))).collect();
        let (all, over) = merged(many);
        assert_eq!((all.len(), over), (MOST_BUSY, 1_000));
    }
}
