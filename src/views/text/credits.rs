//! Why credits are not changed, in words for the practitioner: first what is, then what can be done.

use super::refusal::{Said, said};
use super::{number_first, sessions};
use crate::domain::credits::{adjustment, extension, freeze, transfer};
use crate::domain::people::tag::{self, Tag};
use crate::domain::time::long_day;

/// Why a lot is not paused.
#[must_use]
pub fn pause(refusal: freeze::Refusal) -> Said {
    match refusal {
        freeze::Refusal::NothingLeft => {
            said("There is nothing to pause.", "Every session of this package is used.")
        }
        freeze::Refusal::PastItsDate { on } => said(
            &format!("These sessions reached their date on {}.", long_day(on)),
            "Give them more time first; then they can be paused.",
        ),
    }
}

/// Why a lot is not corrected.
#[must_use]
pub fn correction(refusal: adjustment::Refusal) -> Said {
    match refusal {
        adjustment::Refusal::BelowUsed { least } => said(
            &format!("It cannot be fewer than {least}."),
            "So many are used, booked or closed already. A session that is booked can be called off first.",
        ),
        adjustment::Refusal::TooMany => {
            said("A package has at most 100 sessions.", "Give the others beside it.")
        }
        adjustment::Refusal::PastItsDate { on } => said(
            &format!("These sessions reached their date on {}.", long_day(on)),
            "Give them more time first; a new one would be over at once.",
        ),
        adjustment::Refusal::Otherwise { total } => said(
            &format!("It has {} now.", sessions(total)),
            "Something changed since you opened this page. Please look again.",
        ),
    }
}

/// Why credits are not passed on.
#[must_use]
pub fn transfer(refusal: transfer::Refusal) -> Said {
    match refusal {
        transfer::Refusal::Nothing => said("Please choose at least one session.", ""),
        transfer::Refusal::TooMany { free: 0 } => said(
            "Nothing is left to pass on.",
            "Booked sessions stay with whoever booked them; they can be called off first.",
        ),
        transfer::Refusal::TooMany { free } => said(
            &format!("{} can be passed on.", number_first(free)),
            "Booked sessions stay with whoever booked them; they can be called off first.",
        ),
        transfer::Refusal::SameClient => {
            said("That is whose they are already.", "Please choose somebody else.")
        }
        transfer::Refusal::Frozen => {
            said("These sessions are paused.", "End the pause first; then they can be passed on.")
        }
        transfer::Refusal::Disputed => {
            said("A payment is questioned.", "Its sessions stay where they are until that is decided.")
        }
        transfer::Refusal::PastItsDate { on } => said(
            &format!("These sessions reached their date on {}.", long_day(on)),
            "Give them more time first; then they can be passed on.",
        ),
    }
}

/// Why a lot gets no more time, in a few words for a list.
#[must_use]
pub const fn extension(refusal: extension::Refusal) -> &'static str {
    match refusal {
        extension::Refusal::NeverExpires => "Has no date, and needs none.",
        extension::Refusal::Frozen => "Is paused: its date waits as it is.",
        extension::Refusal::NotLater => "Has that date already, or a later one.",
        extension::Refusal::NothingLeft => "Has nothing left to book.",
    }
}

/// Why a client is not tagged.
#[must_use]
pub fn tagging(refusal: tag::Refusal) -> String {
    match refusal {
        tag::Refusal::EnoughOnOne => {
            format!("At most {} tags fit here. Please take one off first.", Tag::MOST_OF_ONE)
        }
        tag::Refusal::EnoughInAll => {
            format!("You use {} different tags already. Please choose one of those.", Tag::MOST_OF_ALL)
        }
    }
}
