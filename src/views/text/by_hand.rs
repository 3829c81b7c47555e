//! Why a session is not booked or moved by the practitioner's hand, in words for her: what is, then what she can do.

use super::refusal::{Said, said};
use crate::domain::calendar::by_practitioner::Overlooked;
use crate::domain::calendar::slot::Taken;
use crate::domain::calendar::{booking, change};
use crate::domain::time::{Zone, long_day, long_moment};

/// What she can do where a time cannot be had.
const ANOTHER: &str = "Please choose another time.";

/// Why a time cannot be had, in a sentence.
fn why(taken: Taken, zone: &Zone) -> String {
    match taken {
        Taken::Past => "That time has passed.".to_owned(),
        Taken::TooSoon { earliest } => {
            format!("That is too soon: times are open from {} on.", long_moment(earliest, zone))
        }
        Taken::TooFar { latest } => {
            format!("That is too far ahead: times are open until {}.", long_day(latest))
        }
        Taken::Closed => "That is time off, or a day without sessions.".to_owned(),
        Taken::OutsideHours => "That is not one of the times that the hours offer.".to_owned(),
        Taken::Busy => "That time is taken.".to_owned(),
        Taken::DayFull => "That day has as many sessions as it may have.".to_owned(),
    }
}

/// Why a session is not booked for a client.
#[must_use]
pub fn booking_for(refusal: booking::Refusal, name: &str, zone: &Zone) -> Said {
    match refusal {
        booking::Refusal::NoCredit => said(
            &format!("{name} has no session left to book here."),
            "Nothing was booked. A session can also be given for nothing.",
        ),
        booking::Refusal::OutOfReach { last } => said(
            "That is later than these sessions reach.",
            format!("They can take place until {}. Their date can be extended.", long_day(last)),
        ),
        booking::Refusal::Frozen => {
            said("These sessions are paused.", "They can be booked again when the pause is over.")
        }
        booking::Refusal::Taken(taken) => said(&why(taken, zone), ANOTHER),
        booking::Refusal::OwnClash => said(&format!("{name} has another session at that time."), ANOTHER),
    }
}

/// What is against one date of a series, in a sentence for either reader.
#[must_use]
pub fn against(refusal: booking::Refusal, zone: &Zone) -> String {
    match refusal {
        booking::Refusal::NoCredit => "No session is left for it.".to_owned(),
        booking::Refusal::OutOfReach { last } => {
            format!("It lies beyond these sessions’ date: they can take place until {}.", long_day(last))
        }
        booking::Refusal::Frozen => "These sessions are paused.".to_owned(),
        booking::Refusal::Taken(taken) => why(taken, zone),
        booking::Refusal::OwnClash => "There is another session at that time.".to_owned(),
    }
}

/// Why a session is not moved or called off.
#[must_use]
pub fn change_for(refusal: change::Refusal, name: &str, zone: &Zone) -> Said {
    match refusal {
        change::Refusal::AlreadyCancelled => {
            said("This session is canceled already.", "Nothing more is needed.")
        }
        change::Refusal::Begun => said(
            "This session has begun.",
            "It cannot be moved any more. It can be canceled, or marked as missed.",
        ),
        change::Refusal::TooLateToMove { until } => said(
            "It is too late to move this session.",
            format!("That was possible until {}.", long_moment(until, zone)),
        ),
        change::Refusal::NoChangesLeft => {
            said("This session cannot be moved again.", "The changes of this package are used up.")
        }
        change::Refusal::SameTime => said("The session is at that time already.", ANOTHER),
        change::Refusal::Unpaid(refusal) => booking_for(refusal, name, zone),
        change::Refusal::Taken(taken) => said(&why(taken, zone), ANOTHER),
        change::Refusal::OwnClash => said(&format!("{name} has another session at that time."), ANOTHER),
    }
}

/// What a session would be booked over, if something: all of it, two people at one time first.
#[must_use]
pub fn overlooked(over: &Overlooked, name: &str, zone: &Zone) -> Option<String> {
    let (busy, rest): (Vec<Taken>, Vec<Taken>) =
        over.against.gravest_first().partition(|taken| *taken == Taken::Busy);
    let clash =
        (over.clash == booking::Clash::Own).then(|| format!("{name} has another session at that time."));
    let say = |taken: &Taken| why(*taken, zone);
    let all: Vec<String> = busy.iter().map(say).chain(clash).chain(rest.iter().map(say)).collect();
    (!all.is_empty()).then(|| all.join(" "))
}
