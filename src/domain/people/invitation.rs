//! An invitation to join the practice: a one-time link, kept by the digest of its token. A newer one takes its place.

use crate::domain::id::PractitionerId;
use crate::domain::time::{SignedDuration, Timestamp, after, hours};

/// How long an invitation can be accepted.
pub const LIFE: SignedDuration = hours(7 * 24);

/// An invitation that was sent, or handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Who is asked; she is kept as a member who has not said yes.
    pub member: PractitionerId,
    /// When its link was made.
    pub made_at: Timestamp,
}

/// Why an invitation cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is none of that token: it was accepted, called off, or a newer one was sent.
    Unknown,
    /// More than [`LIFE`] went by.
    TooOld,
}

impl Invitation {
    /// The instant from which it is dead.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.made_at, LIFE)
    }

    /// Whom it lets in now.
    ///
    /// # Errors
    /// [`Refusal::TooOld`].
    pub fn check(&self, now: Timestamp) -> Result<PractitionerId, Refusal> {
        if now < self.ends_at() { Ok(self.member) } else { Err(Refusal::TooOld) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::before;

    #[test]
    fn an_invitation_holds_for_a_week() {
        let made_at = "2026-04-14T08:00:00Z".parse().unwrap();
        let one = Invitation { member: PractitionerId::from_bits(1), made_at };
        assert_eq!(one.ends_at().to_string(), "2026-04-21T08:00:00Z");
        assert_eq!(one.check(before(one.ends_at(), SignedDuration::from_secs(1))), Ok(one.member));
        assert_eq!(one.check(one.ends_at()), Err(Refusal::TooOld));
    }
}
