//! The outbox in words, as the practitioner reads it.

use crate::domain::messages::message::{Kind, State, Suppressed};
use crate::domain::messages::nudge::NotByHand;
use crate::domain::messages::wording::{Blank, NotWords};
use crate::domain::time::{Zone, long_moment};

/// What a message is.
#[must_use]
pub const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::SignIn => "Sign-in link",
        Kind::Receipt => "Receipt",
        Kind::AwaitingPayment => "How to pay at the practice",
        Kind::PaymentFailed => "Payment did not come",
        Kind::Booked => "Session booked",
        Kind::Moved => "Session moved",
        Kind::Cancelled => "Session canceled",
        Kind::Reminder => "Session reminder",
        Kind::BookFirst => "Book the first session",
        Kind::ExpirySoon => "A week before the date",
        Kind::Renewal => "Ready for what’s next",
        Kind::Lapsed => "Sessions reached their date",
        Kind::Invitation => "Invitation to join",
        Kind::Refunded => "Money goes back",
        Kind::RefundAsks => "A refund waits for you",
        Kind::Disputed => "A payment is questioned",
        Kind::Welcome => "Welcome to your sessions here",
        Kind::Personal => "A few words of yours",
        Kind::Sample => "A test of your words",
        Kind::ErasureAsked => "A client asks to be erased",
        Kind::PasswordChanged => "Password changed",
        Kind::BackupOverdue => "No backup for a week",
        Kind::NewBrowser => "Signed in from a new browser",
        Kind::SignInChanged => "Your sign-in was changed",
        Kind::AuditHead => "The audit log’s fingerprint",
    }
}

/// What a message goes for, as a sentence.
#[must_use]
pub const fn reason(kind: Kind) -> &'static str {
    match kind {
        Kind::SignIn => "Goes when somebody asks to sign in.",
        Kind::Invitation => "Goes when somebody is asked to join the practice.",
        Kind::Receipt => "Goes when a payment has come, with the way to the first session.",
        Kind::AwaitingPayment => "Goes when somebody will pay at the practice.",
        Kind::PaymentFailed => "Goes when a payment that was on its way did not come.",
        Kind::Booked => "Goes when a session is booked.",
        Kind::Moved => "Goes when a session has another time.",
        Kind::Cancelled => "Goes when a session will not take place.",
        Kind::Reminder => "Goes a day before a session.",
        Kind::BookFirst => "Goes once, a day after a purchase, if nothing is booked.",
        Kind::ExpirySoon => "Goes once, a week before sessions reach their date, if some are left to book.",
        Kind::Renewal => "Goes once, two hours after the last session, if there is no newer package.",
        Kind::Lapsed => "Goes once, when sessions reached their date with some left.",
        Kind::Welcome => "Goes when a client was brought in from a file, if you want it to.",
        Kind::Personal => "You wrote it.",
        Kind::Sample => "You asked for it, to see how it reads.",
        Kind::ErasureAsked => "Goes to you when a client asks to be erased.",
        Kind::PasswordChanged => "Goes when a password was changed at the machine itself.",
        Kind::BackupOverdue => {
            "Goes to you when no backup could be proved for a week, and once a week while that lasts."
        }
        Kind::NewBrowser => "Goes to a member who signed in from a browser that was not known.",
        Kind::SignInChanged => "Goes to a member whose password, second factor or passkeys were changed.",
        Kind::AuditHead => "Goes to the owners once a week, if something was added to the audit log.",
        Kind::Refunded => "Goes when money is given back.",
        Kind::RefundAsks => "Goes to you when a refund waits for your decision.",
        Kind::Disputed => "Goes to you when a bank questions a payment.",
    }
}

/// Why a nudge cannot be sent by hand, as a sentence.
#[must_use]
pub const fn not_by_hand(why: NotByHand) -> &'static str {
    match why {
        NotByHand::Needless(Suppressed::OptedOut) => "The client asked not to get these.",
        NotByHand::Needless(Suppressed::AlreadyBooked) => "A session is booked already.",
        NotByHand::Needless(Suppressed::NothingLeft) => "Nothing is left to book.",
        NotByHand::Needless(why) => suppressed(why),
        NotByHand::NotFinished => "Sessions are left, or still to come.",
        NotByHand::NoDate => "These sessions have no date.",
        NotByHand::NotReached => "The date is still to come.",
        NotByHand::Gone => "It has gone already, and goes once.",
    }
}

/// Why her own words were not taken.
#[must_use]
pub fn not_words(why: &NotWords, kind: Kind) -> String {
    match why {
        NotWords::Text(why) => super::text(*why),
        NotWords::Unknown(name) => {
            let blanks: Vec<String> =
                Blank::of(kind).iter().map(|blank| format!("{{{}}}", blank.name())).collect();
            format!("{{{name}}} cannot be filled in here. What can be: {}.", blanks.join(", "))
        }
        NotWords::Brace => "A { or } stands without its partner. Write blanks like {first_name}.".to_owned(),
    }
}

/// What a blank is filled with.
#[must_use]
pub const fn blank(blank: Blank) -> &'static str {
    match blank {
        Blank::FirstName => "the reader’s first name",
        Blank::Practitioner => "your first name",
        Blank::Practice => "the name of the practice",
        Blank::SessionsLeft => "how many sessions are left to book",
        Blank::Sessions => "how many sessions there are in all",
        Blank::UseBy => "the last day to book them, like Monday 25 May",
        Blank::When => "day and time of the session",
        Blank::Price => "what is paid, or to pay",
        Blank::Reference => "the reference of the order",
    }
}

/// Why a message did not go, as a sentence.
#[must_use]
pub const fn suppressed(why: Suppressed) -> &'static str {
    match why {
        Suppressed::TooLate => "Its time was more than two days ago.",
        Suppressed::AlreadyBooked => "A session was booked already.",
        Suppressed::NothingLeft => "There was nothing left to book.",
        Suppressed::Frozen => "The sessions are paused.",
        Suppressed::Closed => "The package is closed or under question.",
        Suppressed::NewerLot => "A newer package is under way.",
        Suppressed::OptedOut => "The client asked not to get these.",
        Suppressed::Overtaken => "Something has changed since; another message says so.",
        Suppressed::Gone => "What it was about is no longer kept.",
        Suppressed::NoPost => "No mail server is set up. Hand it over instead.",
        Suppressed::Left => "The practitioner has left the practice.",
        Suppressed::Withheld => "You said that it shall not go.",
        Suppressed::Restored => "It was due before the data came back from a backup, and may have gone then.",
    }
}

/// What became of a message, as a sentence.
#[must_use]
pub fn state(state: &State, zone: &Zone) -> String {
    match state {
        State::Planned => "Waiting for its time.".to_owned(),
        State::Sending { since } => format!("On its way since {}.", long_moment(*since, zone)),
        State::Sent { at } => format!("Sent {}.", long_moment(*at, zone)),
        State::Suppressed { why, .. } => format!("Not sent. {}", suppressed(*why)),
        State::Unsure { at } => {
            format!(
                "May have gone {}; the line broke at the last moment. It is not sent twice.",
                long_moment(*at, zone)
            )
        }
        State::Dead { at, why } => {
            format!("Given up {}. The mail server said: {}", long_moment(*at, zone), why.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_kinds_are_called_the_same() {
        let mut names = Kind::ALL.map(kind);
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn a_dead_letter_tells_the_servers_words() {
        let at = "2026-04-21T21:30:00Z".parse().unwrap();
        let dead = State::Dead { at, why: "550 no such user".parse().unwrap() };
        let zone = "America/New_York".parse().unwrap();
        assert_eq!(
            state(&dead, &zone),
            "Given up Tuesday 21 April, 5:30\u{a0}pm. The mail server said: 550 no such user"
        );
    }
}
