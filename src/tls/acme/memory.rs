//! What was asked of the authority and what it said, kept across restarts: a program that starts again and again must not ask
//! again and again.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::client::RetryAfter;
use crate::tls::TlsError;
use crate::tls::folder::Folder;
use crate::tls::identity::Identity;

const FILE: &str = "renewal.json";

/// How long is waited after each failure in a row, in minutes. Let's Encrypt allows five failures an hour.
const WAITS: [i64; 7] = [1, 5, 15, 60, 3 * 60, 6 * 60, 24 * 60];

/// What is remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// The certificate that the suggestion is about.
    about: String,
    /// When the authority would like it renewed.
    suggested_at: Option<Timestamp>,
    /// When the authority is asked about that again.
    pub ask_again_at: Timestamp,
    /// How many orders failed in a row.
    failures: usize,
    /// Nothing is ordered before.
    pub not_before: Timestamp,
    /// Why the last order failed.
    pub trouble: Option<(Timestamp, String)>,
}

impl Memory {
    /// What an earlier run remembered; nothing if that cannot be read.
    pub(super) fn read(folder: &Folder) -> Self {
        let kept = folder.read(FILE).ok().flatten();
        kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    pub(super) fn write(&self, folder: &Folder) -> Result<(), TlsError> {
        let text = serde_json::to_vec_pretty(self).unwrap_or_default();
        folder.write(FILE, &text)
    }

    /// When the certificate is to be renewed: as suggested, but never so late that one failure would let it end.
    pub(super) fn renews_at(&self, held: &Identity) -> Timestamp {
        let ours = held.two_thirds_at();
        let life = held.ends_at.duration_since(held.begins_at);
        let latest = held.ends_at - SignedDuration::from_secs(life.as_secs() / 10);
        self.suggested_at.map_or(ours, |suggested| suggested.min(latest))
    }

    /// Takes a suggestion: an instant of the window, by chance, so that not all the world comes at once.
    pub(super) fn suggested(
        &mut self,
        about: &str,
        window: (i64, i64),
        chance: u64,
        ask_again_at: Timestamp,
    ) {
        let inside = |instant: Timestamp| (window.0..=window.1).contains(&instant.as_second());
        self.ask_again_at = ask_again_at;
        // An instant that still lies in the window stays, or it would move away each time it is asked for.
        if self.about != about || !self.suggested_at.is_some_and(inside) {
            let length = u64::try_from(window.1 - window.0).unwrap_or(0).max(1);
            let second = window.0.saturating_add(i64::try_from(chance % length).unwrap_or(0));
            self.suggested_at = Timestamp::from_second(second).ok();
            about.clone_into(&mut self.about);
        }
    }

    pub(super) fn no_suggestion(&mut self, now: Timestamp, ask_again: SignedDuration) {
        self.suggested_at = None;
        self.ask_again_at = now + ask_again;
    }

    /// Asks the authority at the next turn, whatever it said before; a wait after a failure stands.
    pub(super) fn forget_suggestion(&mut self) {
        self.ask_again_at = Timestamp::default();
    }

    /// Waits after a failure: longer each time, and at least as long as the authority says.
    pub(super) fn failed(&mut self, why: &TlsError, said: Option<RetryAfter>, now: Timestamp, chance: u64) {
        let minutes = WAITS[self.failures.min(WAITS.len() - 1)];
        self.failures += 1;
        let jitter = i64::try_from(chance % 60).unwrap_or(0);
        let ours = now + SignedDuration::from_secs(minutes * 60 + jitter);
        let theirs = match said {
            Some(RetryAfter::Seconds(seconds)) => now + SignedDuration::from_secs(seconds),
            Some(RetryAfter::At(at)) => at.min(now + SignedDuration::from_hours(30 * 24)),
            None if is_limit(why) => now + SignedDuration::from_hours(6),
            None => now,
        };
        self.not_before = ours.max(theirs);
        self.trouble = Some((now, why.to_string()));
    }
}

/// Whether one of the authority's limits was run into. They are counted in hours and days.
fn is_limit(why: &TlsError) -> bool {
    let TlsError::Authority(instant_acme::Error::Api(problem)) = why else { return false };
    problem.r#type.as_deref().unwrap_or_default().ends_with(":rateLimited")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-25T12:00:00Z".parse().unwrap()
    }

    fn refused() -> TlsError {
        TlsError::NotProved { name: "book.example".into(), why: "no answer".into() }
    }

    #[test]
    fn each_failure_waits_longer_and_the_word_of_the_authority_counts() {
        let mut memory = Memory::default();
        let mut waits = Vec::new();
        for _ in 0..8 {
            memory.failed(&refused(), None, now(), 0);
            waits.push(memory.not_before.duration_since(now()).as_secs() / 60);
        }
        assert_eq!(waits, [1, 5, 15, 60, 180, 360, 1440, 1440]);
        let mut fresh = Memory::default();
        fresh.failed(&refused(), Some(RetryAfter::Seconds(7200)), now(), 0);
        assert_eq!(fresh.not_before, now() + SignedDuration::from_hours(2));
        fresh.failed(&refused(), Some(RetryAfter::Seconds(1)), now(), 0);
        assert_eq!(fresh.not_before, now() + SignedDuration::from_mins(5));
    }

    #[test]
    fn a_suggested_instant_stays_while_it_is_in_the_window() {
        let (from, until) = (now().as_second(), now().as_second() + 86_400);
        let mut memory = Memory::default();
        memory.suggested("a", (from, until), 4711, now());
        let first = memory.suggested_at;
        assert_eq!(first.unwrap().as_second(), from + 4711);
        memory.suggested("a", (from, until), 99, now());
        assert_eq!(memory.suggested_at, first, "it does not move each time it is asked for");
        memory.suggested("a", (from - 90_000, from - 80_000), 5, now());
        assert_eq!(memory.suggested_at.unwrap().as_second(), from - 89_995, "a revocation brings it forward");
        memory.suggested("b", (from, until), 7, now());
        assert_eq!(memory.suggested_at.unwrap().as_second(), from + 7);
    }

    #[test]
    fn what_is_remembered_survives_a_restart() {
        let there = tempfile::tempdir().unwrap();
        let folder = Folder::at(&there.path().join("acme")).unwrap();
        let mut memory = Memory::default();
        memory.failed(&refused(), None, now(), 3);
        memory.write(&folder).unwrap();
        assert_eq!(Memory::read(&folder), memory);
        folder.write(FILE, b"torn").unwrap();
        assert_eq!(Memory::read(&folder), Memory::default());
    }
}
