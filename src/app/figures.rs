//! What is counted while the program runs, for those who watch it: by the pattern of a route, and never by who asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The bounds of how long answers took, in milliseconds; one more counts what took longer.
pub const BOUNDS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
const TOO_MANY: u16 = 429;

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Answers, by the pattern of the route and the first digit of the status.
    pub answers: BTreeMap<(String, u8), u64>,
    /// How many answers took at most as long as each bound, and longer; each is counted once.
    pub took: [u64; BOUNDS.len() + 1],
    /// How long all of them took together.
    pub took_together: Duration,
    /// Answers that were refused as too many in a short time.
    pub limited: u64,
    /// Codes and passwords that did not fit.
    pub sign_ins_refused: u64,
}

/// The counters.
#[derive(Debug, Default)]
pub struct Figures(Mutex<Counted>);

impl Figures {
    fn held(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an answer.
    pub fn answered(&self, route: &str, status: u16, took: Duration) {
        let class = u8::try_from(status / 100).unwrap_or_default();
        let millis = took.as_millis();
        let slot = BOUNDS.iter().position(|bound| millis < u128::from(*bound)).unwrap_or(BOUNDS.len());
        let mut counted = self.held();
        *counted.answers.entry((route.to_owned(), class)).or_default() += 1;
        counted.took[slot] += 1;
        counted.took_together += took;
        counted.limited += u64::from(status == TOO_MANY);
    }

    /// Counts a code or a password that did not fit.
    pub fn sign_in_refused(&self) {
        self.held().sign_ins_refused += 1;
    }

    /// What was counted so far.
    #[must_use]
    pub fn counted(&self) -> Counted {
        self.held().clone()
    }
}
