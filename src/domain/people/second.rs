//! The second factor of a member: an app that makes codes, and recovery codes for when it is lost.

use crate::domain::id::PractitionerId;
use crate::domain::people::login::Came;
use crate::domain::time::{SignedDuration, Timestamp, after, minutes};

/// How many recovery codes there are at first.
pub const RECOVERY_CODES: usize = 10;
/// How long after the first step of signing in the second can be done.
pub const HALFWAY_LIFE: SignedDuration = minutes(10);
/// How many wrong codes that bears before the first step has to be done again.
pub const TRIES: u32 = 5;

/// A member's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// What the app makes its codes from, sealed.
    pub sealed: Vec<u8>,
    /// Since when it counts: from the first code that came back. Until then it is being set up.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the newest code that was used; none up to it is taken again.
    pub used: u64,
    /// SHA-256 of each recovery code that was not used.
    pub recovery: Vec<[u8; 32]>,
}

/// A browser that did the first step of signing in and not the second: it is nobody's login. Kept by the digest of its cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halfway {
    /// Who she says she is.
    pub who: PractitionerId,
    /// By what the first step was done.
    pub came: Came,
    /// When.
    pub began_at: Timestamp,
    /// How many wrong codes were typed since.
    pub tries: u32,
}

/// A second factor that is being set up, as it goes into an app.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The secret, to be typed.
    pub secret: String,
    /// The same as the QR code has it.
    pub address: String,
}

/// How it stands with a member's second factor.
#[derive(Debug, Clone)]
pub enum Standing {
    /// She has none.
    None,
    /// It is being set up.
    Pending(Pending),
    /// It counts.
    On {
        /// Since when.
        since: Timestamp,
        /// How many recovery codes are left.
        left: usize,
    },
}

/// Whether the owner asks a second factor of every member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    /// Who has none sets one up before anything else.
    OfAll,
    /// Each as she likes.
    OfNobody,
}

/// Why a code does not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It is not the one of now, or it was used before.
    Wrong,
    /// The first step was too long ago, never done, or followed by too many wrong codes.
    BeginAgain,
    /// There is no second factor, or it is not at this point of being set up.
    NotSetUp,
}

impl Halfway {
    /// The instant from which it is of no use.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.began_at, HALFWAY_LIFE)
    }

    /// Whether a code may be tried now.
    ///
    /// # Errors
    /// [`Refusal::BeginAgain`].
    pub fn check(&self, now: Timestamp) -> Result<PractitionerId, Refusal> {
        if now < self.ends_at() && self.tries < TRIES { Ok(self.who) } else { Err(Refusal::BeginAgain) }
    }
}

/// A code as it was typed, without what stands in it to be read more easily.
#[must_use]
pub fn plain(typed: &str) -> String {
    typed.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::before;

    #[test]
    fn halfway_leads_on_for_ten_minutes_and_five_wrong_codes() {
        let began_at = "2026-04-14T09:00:00Z".parse().unwrap();
        let who = PractitionerId::from_bits(1);
        let halfway = |tries| Halfway { who, came: Came::Otherwise, began_at, tries };
        let last = before(halfway(0).ends_at(), SignedDuration::from_nanos(1));
        assert_eq!(halfway(4).check(last), Ok(who));
        assert_eq!(halfway(0).check(halfway(0).ends_at()), Err(Refusal::BeginAgain));
        assert_eq!(halfway(5).check(began_at), Err(Refusal::BeginAgain));
    }

    #[test]
    fn a_code_may_be_typed_with_spaces_hyphens_and_capitals() {
        assert_eq!((plain(" 123 456 "), plain("ABCD-efgh")), ("123456".to_owned(), "abcdefgh".to_owned()));
    }
}
