//! The only place that asks the machine for the time. Everything above is handed a [`Clock`] or an instant.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// The latest instant that any system clock of this process has told, in microseconds since 1970.
static LATEST: AtomicI64 = AtomicI64::new(i64::MIN);

/// Where the time comes from. Clones of a set clock share its hands.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock, to the microsecond. If it is turned back, time stands still here until it has caught up,
    /// so that what happened later is never dated earlier.
    System,
    /// A clock that moves only when it is told to: for tests and the demo's time machine.
    Set(SetClock),
}

/// The hands of a clock that is moved by hand.
#[derive(Debug, Clone)]
pub struct SetClock(Arc<Mutex<Timestamp>>);

impl SetClock {
    /// A clock that stands at this instant.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// The instant it stands at.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts the hands to an instant, earlier ones too (a test may want a clock that was turned back).
    pub fn set(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves the hands on, and tells where they stand then. It stops at the ends of time.
    pub fn advance(&self, by: SignedDuration) -> Timestamp {
        let mut hands = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = if by.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
        *hands = hands.checked_add(by).unwrap_or(end);
        *hands
    }
}

/// Microseconds of a clock that only goes on, from the machine's start: what supervisors compare.
#[must_use]
pub fn monotonic_microseconds() -> u64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
    let microseconds = now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1_000);
    u64::try_from(microseconds).unwrap_or_default()
}

impl Clock {
    /// A clock that stands at this instant until it is moved.
    #[must_use]
    pub fn set_at(now: Timestamp) -> Self {
        Self::Set(SetClock::at(now))
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => never_back(&LATEST, system()),
            Self::Set(hands) => hands.now(),
        }
    }

    /// The hands, if this clock can be moved.
    #[must_use]
    pub fn hands(&self) -> Option<&SetClock> {
        match self {
            Self::System => None,
            Self::Set(hands) => Some(hands),
        }
    }
}

#[allow(clippy::disallowed_methods)]
fn system() -> Timestamp {
    Timestamp::now()
}

/// The later of what is told now and what was told before.
fn never_back(latest: &AtomicI64, told: Timestamp) -> Timestamp {
    let told = told.as_microsecond();
    let before = latest.fetch_max(told, Ordering::AcqRel);
    Timestamp::from_microsecond(before.max(told)).unwrap_or(Timestamp::MAX)
}

/// Measures how long something takes, for the log; it does not follow a clock that is set or turned back.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

/// Starts a stopwatch.
#[must_use]
#[allow(clippy::disallowed_methods)]
pub fn stopwatch() -> Stopwatch {
    Stopwatch(Instant::now())
}

impl Stopwatch {
    /// How long it has been running.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_clock_that_is_turned_back_stands_still_until_it_has_caught_up() {
        let latest = AtomicI64::new(i64::MIN);
        for (told, shown) in [
            ("2026-04-21T10:00:00Z", "2026-04-21T10:00:00Z"),
            ("2026-04-21T10:00:05.5Z", "2026-04-21T10:00:05.5Z"),
            ("2026-04-21T09:00:00Z", "2026-04-21T10:00:05.5Z"),
            ("2026-04-21T10:00:06Z", "2026-04-21T10:00:06Z"),
        ] {
            assert_eq!(never_back(&latest, at(told)), at(shown));
        }
    }

    #[test]
    fn the_system_clock_goes_on_and_is_not_from_another_age() {
        let first = Clock::System.now();
        assert!(Clock::System.now() >= first && first > at("2026-01-01T00:00:00Z"));
        assert!(Clock::System.hands().is_none());
    }

    #[test]
    fn a_set_clock_moves_only_when_it_is_moved_and_its_clones_with_it() {
        let clock = Clock::set_at(at("2026-04-21T10:00:00Z"));
        let same = clock.clone();
        assert_eq!(clock.now(), clock.now());
        let hands = clock.hands().unwrap();
        assert_eq!(hands.advance(SignedDuration::from_hours(24)), at("2026-04-22T10:00:00Z"));
        assert_eq!(same.now(), at("2026-04-22T10:00:00Z"));
        hands.set(at("2026-01-01T00:00:00Z"));
        assert_eq!(same.now(), at("2026-01-01T00:00:00Z"));
        assert_eq!(hands.advance(SignedDuration::MAX), Timestamp::MAX);
    }

    #[test]
    fn a_stopwatch_runs_on() {
        let watch = stopwatch();
        std::thread::sleep(Duration::from_millis(2));
        assert!(watch.elapsed() >= Duration::from_millis(2));
    }
}
