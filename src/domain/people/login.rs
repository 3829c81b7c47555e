//! Signing in: the one-time link, the code beside it, and the signed-in browser that follows.

use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after, hours, minutes};

/// Who can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// A client.
    Client(ClientId),
    /// A member of the practice.
    Practitioner(PractitionerId),
}

/// How long a sign-in link and its code can be used.
pub const LINK_LIFE: SignedDuration = minutes(30);
/// How many wrong ones are taken before a code is dead.
pub const CODE_TRIES: u32 = 5;

/// A one-time link that was sent to somebody, kept by the digest of its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whom it signs in.
    pub who: Person,
    /// When it was made.
    pub made_at: Timestamp,
    /// SHA-256 of the six-digit code that the same mail carries.
    pub code: [u8; 32],
    /// How many wrong codes were typed.
    pub tries: u32,
    /// When it was used.
    pub used_at: Option<Timestamp>,
}

/// Why a link or its code does not sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such link, or the code is not the one that was sent. Said alike for both.
    Unknown,
    /// It was used before.
    Used,
    /// More than [`LINK_LIFE`] went by.
    TooOld,
    /// Too many wrong codes.
    TooManyTries,
}

impl Link {
    /// The instant from which it is dead.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        after(self.made_at, LINK_LIFE)
    }

    /// Whether it signs in now.
    ///
    /// # Errors
    /// [`Refusal`] says why not.
    pub fn check(&self, now: Timestamp) -> Result<Person, Refusal> {
        match self {
            Self { used_at: Some(_), .. } => Err(Refusal::Used),
            _ if now >= self.ends_at() => Err(Refusal::TooOld),
            _ => Ok(self.who),
        }
    }

    /// Whether its code does. Wrong ones end the code alone: the link cannot be guessed, and whoever knows an address could
    /// otherwise make every link to it useless.
    ///
    /// # Errors
    /// [`Refusal`] says why not.
    pub fn check_code(&self, now: Timestamp) -> Result<Person, Refusal> {
        if self.tries >= CODE_TRIES { Err(Refusal::TooManyTries) } else { self.check(now) }
    }
}

/// A signed-in browser, kept by the digest of its cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// Who is signed in.
    pub who: Person,
    /// When the browser signed in.
    pub began_at: Timestamp,
    /// When it was last seen, to the hour.
    pub seen_at: Timestamp,
    /// At whose desk a member of the practice works, if she chose one.
    pub desk: Option<PractitionerId>,
    /// By what it signed in.
    pub came: Came,
    /// What browser it is, in words; noted of members of the practice alone.
    pub browser: Option<Line>,
    /// When whoever sits there last proved who it is.
    pub proved_at: Option<Timestamp>,
}

/// What of a member's way in was changed; she is told by mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Her password.
    Password,
    /// A second factor counts from now on.
    FactorOn,
    /// She took it away.
    FactorOff,
    /// The owner took it away, as she had lost it.
    FactorTakenAway,
    /// Recovery codes were made anew.
    Codes,
    /// A passkey was added.
    PasskeyAdded,
    /// One was taken away.
    PasskeyRemoved,
    /// She signs in with another address; told to the one before.
    Address,
}

impl Changed {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Password,
        Self::FactorOn,
        Self::FactorOff,
        Self::FactorTakenAway,
        Self::Codes,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
        Self::Address,
    ];

    /// Its name in the key of the mail.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::FactorOn => "factor-on",
            Self::FactorOff => "factor-off",
            Self::FactorTakenAway => "factor-taken-away",
            Self::Codes => "codes",
            Self::PasskeyAdded => "passkey-added",
            Self::PasskeyRemoved => "passkey-removed",
            Self::Address => "address",
        }
    }
}

/// For how long a member is not asked again who she is before what is grave: keys, roles, exports, money given back.
pub const PROOF_LIFE: SignedDuration = minutes(15);

/// Whether a browser has proved not long ago who sits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It has.
    Fresh,
    /// It has not.
    Stale,
}

/// A browser in which a member is signed in, as she may see it.
#[derive(Debug, Clone)]
pub struct Signed {
    /// By what a form names it; it signs nobody in.
    pub name: String,
    /// What is kept of it.
    pub login: Login,
    /// Whether it is the one that asks.
    pub here: Here,
}

/// Whether a browser is the one that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// It is.
    This,
    /// It is another.
    Elsewhere,
}

/// By what a browser signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// By a link or its code.
    ByLink,
    /// By a password, or by what made the account.
    Otherwise,
}

/// Whether a new password is chosen by whoever knows the old one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldPassword {
    /// It is asked for, if there is one.
    Asked,
    /// It is not.
    Forgotten,
}

impl Login {
    /// A browser that signs in now.
    #[must_use]
    pub const fn new(who: Person, at: Timestamp, came: Came) -> Self {
        Self { who, began_at: at, seen_at: at, desk: None, came, browser: None, proved_at: Some(at) }
    }

    /// Whether the old password is asked for when a new one is chosen: not of whoever has just come by a link, which is for
    /// those who have forgotten it.
    #[must_use]
    pub fn old_password(&self, now: Timestamp) -> OldPassword {
        let just_now = now < after(self.began_at, LINK_LIFE);
        if self.came == Came::ByLink && just_now { OldPassword::Forgotten } else { OldPassword::Asked }
    }

    /// Whether it has proved not long ago who sits there; signing in is a proof.
    #[must_use]
    pub fn proof(&self, now: Timestamp) -> Proof {
        match self.proved_at {
            // A clock that was turned back makes no proof last.
            Some(at) if at <= now && now < after(at, PROOF_LIFE) => Proof::Fresh,
            _ => Proof::Stale,
        }
    }

    /// The instant at which it ends if nothing more is seen of it. Clients: 30 days unseen, 180 in all; staff: 12 hours
    /// unseen, 30 days in all.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let (idle, whole) = match self.who {
            Person::Client(_) => (hours(30 * 24), hours(180 * 24)),
            Person::Practitioner(_) => (hours(12), hours(30 * 24)),
        };
        after(self.seen_at, idle).min(after(self.began_at, whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::before;

    fn link() -> Link {
        let made_at = "2026-04-14T09:00:00Z".parse().unwrap();
        Link { who: Person::Client(ClientId::from_bits(1)), made_at, code: [0; 32], tries: 0, used_at: None }
    }

    #[test]
    fn a_link_signs_in_once_and_for_half_an_hour() {
        let link = link();
        assert_eq!(link.check(link.made_at), Ok(link.who));
        assert_eq!(link.check(before(link.ends_at(), SignedDuration::from_nanos(1))), Ok(link.who));
        assert_eq!(link.check(link.ends_at()), Err(Refusal::TooOld));
        let used = Link { used_at: Some(link.made_at), ..link.clone() };
        assert_eq!(used.check(link.made_at), Err(Refusal::Used));
        let tried = Link { tries: 5, ..link.clone() };
        assert_eq!(tried.check_code(link.made_at), Err(Refusal::TooManyTries));
        assert_eq!(tried.check(link.made_at), Ok(link.who), "the link cannot be guessed");
        assert_eq!(Link { tries: 4, ..link.clone() }.check_code(link.made_at), Ok(link.who));
    }

    fn new(who: Person, at: Timestamp) -> Login {
        Login::new(who, at, Came::Otherwise)
    }

    #[test]
    fn a_proof_lasts_for_a_quarter_of_an_hour_and_no_clock_makes_it_longer() {
        let login = new(link().who, link().made_at);
        let at = login.began_at;
        let last = before(after(at, PROOF_LIFE), SignedDuration::from_nanos(1));
        assert_eq!((login.proof(at), login.proof(last)), (Proof::Fresh, Proof::Fresh));
        assert_eq!(login.proof(after(at, PROOF_LIFE)), Proof::Stale);
        assert_eq!(login.proof(before(at, minutes(1))), Proof::Stale);
        assert_eq!(Login { proved_at: None, ..login }.proof(at), Proof::Stale);
    }

    #[test]
    fn a_password_is_forgotten_by_a_link_and_for_half_an_hour() {
        let (at, who) = (link().made_at, link().who);
        let login = |came| Login { came, ..new(who, at) };
        assert_eq!(login(Came::ByLink).old_password(at), OldPassword::Forgotten);
        assert_eq!(login(Came::Otherwise).old_password(at), OldPassword::Asked);
        assert_eq!(login(Came::ByLink).old_password(after(at, LINK_LIFE)), OldPassword::Asked);
    }

    #[test]
    fn staff_are_signed_out_sooner_than_clients() {
        let at = link().made_at;
        let login = |who| new(who, at).ends_at();
        assert!(login(Person::Practitioner(PractitionerId::from_bits(1))) < login(link().who));
    }
}
