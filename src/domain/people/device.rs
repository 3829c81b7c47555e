//! A browser from which a member has signed in before: it holds a cookie that signs nobody in, and by which it is known again.

use crate::domain::time::{SignedDuration, Timestamp, after, hours};

/// How long a browser is known that was not signed in from again.
pub const REMEMBERED: SignedDuration = hours(400 * 24);
/// Within this time after she joined, a member's first browser is no news to her.
pub const JUST_JOINED: SignedDuration = hours(1);

/// One such browser, kept by whose it is and the digest of its cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// When she signed in from it first.
    pub known_at: Timestamp,
    /// When last.
    pub seen_at: Timestamp,
}

impl Device {
    /// The instant from which it counts as a new one again.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.seen_at, REMEMBERED)
    }
}
