//! The outbox in words, as the practitioner reads it.

use crate::domain::messages::message::{Kind, State, Suppressed};
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
        Kind::Refunded => "Money goes back",
        Kind::RefundAsks => "A refund waits for you",
        Kind::Disputed => "A payment is questioned",
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
        Suppressed::NoPost => "No mail server is set up. Hand the link over instead.",
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
            "Given up Tuesday 21 April, 5:30 pm. The mail server said: 550 no such user"
        );
    }
}
