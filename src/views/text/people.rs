//! The people of the practice in words: what a member is, and why she is not changed.

use super::{Said, counted};
use crate::domain::people::invitation;
use crate::domain::people::passkey;
use crate::domain::people::practitioner::Role;
use crate::domain::people::second;
use crate::domain::people::team;

/// What a member is.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Practitioner => "practitioner",
        Role::FrontDesk => "front desk",
    }
}

/// Why a member is not changed.
#[must_use]
pub fn team(refusal: team::Refusal) -> Said {
    let (what, then) = match refusal {
        team::Refusal::LastOwner => (
            "There is no other owner.",
            "Make somebody else an owner first, so that the practice is never without one.".to_owned(),
        ),
        team::Refusal::Upcoming(count) => (
            "There are sessions to come.",
            format!(
                "{} to be moved or canceled first, so that nobody waits at a closed door.",
                counted(
                    u32::try_from(count).unwrap_or(u32::MAX),
                    "session with a client has",
                    "sessions with clients have"
                )
            ),
        ),
        team::Refusal::HasClients => (
            "Clients have sessions here.",
            "The front desk gives no sessions. Invite the person under another address instead.".to_owned(),
        ),
        team::Refusal::NotActive => ("Not with the practice now.", "There is nothing to change.".to_owned()),
        team::Refusal::Active => ("With the practice already.", "There is nothing to change.".to_owned()),
    };
    Said { what: what.to_owned(), then }
}

/// Why an invitation lets nobody in.
#[must_use]
pub fn invitation(refusal: invitation::Refusal) -> Said {
    let (what, then) = match refusal {
        invitation::Refusal::Unknown => (
            "This invitation is not open",
            "It was accepted, called off, or a newer one was sent. If you have joined already, sign in.",
        ),
        invitation::Refusal::TooOld => {
            ("This invitation has run out", "It held for a week. Ask the practice to send you a new one.")
        }
    };
    Said { what: what.to_owned(), then: then.to_owned() }
}

/// Why a code of the second factor does not do.
#[must_use]
pub const fn second(refusal: second::Refusal) -> &'static str {
    match refusal {
        second::Refusal::Wrong => {
            "That code does not fit, or was used before. Wait for the next one; if none fits, look at the clock of the phone."
        }
        second::Refusal::BeginAgain => "Please sign in with your password again.",
        second::Refusal::NotSetUp => "There is no second factor to change. Please look again.",
    }
}

/// Why a passkey was not added.
#[must_use]
pub const fn passkey(refusal: passkey::Refusal) -> &'static str {
    match refusal {
        passkey::Refusal::Unknown => "That is no passkey for this address. Please try again.",
        passkey::Refusal::NotAsked => "That took too long, or was sent before. Please try again.",
        passkey::Refusal::Known => "That passkey is here already.",
        passkey::Refusal::TooMany => "You have as many as there may be. Take one away first.",
        passkey::Refusal::NoFactor => {
            "Please set up the second factor first: it lets you in when a passkey is lost."
        }
    }
}
