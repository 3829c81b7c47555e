//! Why not, in words: first what is, then what can be done.

use jiff::civil::Weekday;

use crate::domain::calendar::availability::{Day, NotHours};
use crate::domain::calendar::closure::NotAClosure;
use crate::domain::calendar::rhythm::NotARhythm;
use crate::domain::calendar::slot::Taken;
use crate::domain::calendar::{booking, change};
use crate::domain::catalog::brand::NotAnAccent;
use crate::domain::catalog::package;
use crate::domain::catalog::policy::NotAPolicy;
use crate::domain::email::NotAnAddress;
use crate::domain::money::NotMoney;
use crate::domain::people::login;
use crate::domain::text::NotText;
use crate::domain::time::{Zone, long_date, long_day, long_moment};
use crate::views::post::Post;

/// A reason against: one sentence of fact for a note's bold part, one of what follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What is.
    pub what: String,
    /// What can be done.
    pub then: String,
}

pub(super) fn said(what: &str, then: impl Into<String>) -> Said {
    Said { what: what.to_owned(), then: then.into() }
}

/// Why a time cannot be had. Instants are told in the reader's zone.
#[must_use]
pub fn taken(taken: Taken, zone: &Zone) -> Said {
    match taken {
        Taken::Past => said("That time has passed.", "Please choose a later one. Your credit is untouched."),
        Taken::TooSoon { earliest } => said(
            "That time is too soon to be booked here.",
            format!("Times from {} on can be. Your credit is untouched.", long_moment(earliest, zone)),
        ),
        Taken::TooFar { latest } => said(
            "That date cannot be booked yet.",
            format!("Times are open until {}. Your credit is untouched.", long_day(latest)),
        ),
        Taken::Closed => {
            said("There are no sessions on that day.", "Please choose another day. Your credit is untouched.")
        }
        Taken::OutsideHours => {
            said("That time is not offered.", "Please choose one of those below. Your credit is untouched.")
        }
        Taken::Busy => {
            said("That time was just taken.", "Your credit is untouched. Here is what else is free.")
        }
        Taken::DayFull => said("That day is full.", "Your credit is untouched. Here is what else is free."),
    }
}

/// Why a session cannot be booked.
#[must_use]
pub fn booking(refusal: booking::Refusal, zone: &Zone) -> Said {
    match refusal {
        booking::Refusal::NoCredit => said(
            "There is no session left to book.",
            "If one was booked in another window, you will find it among your sessions.",
        ),
        booking::Refusal::OutOfReach { last } => said(
            "That is later than your sessions reach.",
            format!("They can take place until {}. You can ask for more time.", long_day(last)),
        ),
        booking::Refusal::Frozen => said(
            "Your sessions are paused.",
            "They keep, and the date waits. Write to your practitioner when you would like to go on.",
        ),
        booking::Refusal::Taken(why) => taken(why, zone),
        booking::Refusal::OwnClash => said(
            "You have another session at that time.",
            "Please choose a different time. Your credit is untouched.",
        ),
    }
}

/// Why a session cannot be moved or canceled.
#[must_use]
pub fn change(refusal: change::Refusal, zone: &Zone) -> Said {
    match refusal {
        change::Refusal::AlreadyCancelled => {
            said("This session is canceled already.", "Nothing more is needed.")
        }
        change::Refusal::Begun => said(
            "This session has begun.",
            "It cannot be changed here any more. Your practitioner can still put things right.",
        ),
        change::Refusal::TooLateToMove { until } => said(
            "It is too late to move this session.",
            format!("That was possible until {}. You can still cancel it.", long_moment(until, zone)),
        ),
        change::Refusal::NoChangesLeft => said(
            "This session cannot be moved again.",
            "The changes of this package are used up. Write to your practitioner if something happened.",
        ),
        change::Refusal::SameTime => {
            said("The session is at that time already.", "Please choose another time, or leave it as it is.")
        }
        change::Refusal::Unpaid(why) => booking(why, zone),
        change::Refusal::Taken(why) => taken(why, zone),
        change::Refusal::OwnClash => said(
            "You have another session at that time.",
            "Please choose a different time. This one stays where it is.",
        ),
    }
}

/// Why a sign-in link or code does not sign in.
#[must_use]
pub fn link(refusal: login::Refusal, post: Post) -> Said {
    let again =
        post.says("Ask for a new one below; it takes a minute.", "Ask at the practice for a new one.");
    match refusal {
        login::Refusal::Unknown => said("That link or code is not one we know.", again),
        login::Refusal::Used => said("That link was used before.", again),
        login::Refusal::TooOld => {
            said("That link has reached its time.", format!("Links work for 30 minutes. {again}"))
        }
        login::Refusal::TooManyTries => said(
            "That code was mistyped too often.",
            format!("To keep your sessions safe it no longer works. {again}"),
        ),
    }
}

/// The name of the form's field that is wrong with an offer, and the words for it.
#[must_use]
pub const fn package(refusal: package::Refusal) -> (&'static str, &'static str) {
    match refusal {
        package::Refusal::Sessions => ("sessions", "A package has 1 to 100 sessions."),
        package::Refusal::Length => ("length", "A session is 5 to 480 minutes long."),
        package::Refusal::Validity => {
            ("validity", "Sessions can be used for 1 day to 10 years, and begin within two years.")
        }
        package::Refusal::Price => ("price", "A price is nothing or more."),
        package::Refusal::Chapters => {
            ("chapters", "Give every session a title, one a line, or leave all of them out.")
        }
        package::Refusal::VideoLink => ("link", "A video link begins with https:// and holds no spaces."),
        package::Refusal::Policy(NotAPolicy::Window) => ("cancel", "0 to 168 hours, which is a week."),
        package::Refusal::Policy(NotAPolicy::LateCancels) => ("late", "0 to 100 times."),
        package::Refusal::Policy(NotAPolicy::Changes) => {
            ("changes", "0 to 1000 times; or choose “as often as they like”.")
        }
        package::Refusal::Policy(NotAPolicy::Grace) => ("grace", "0 to 366 days."),
        package::Refusal::Policy(NotAPolicy::CoolingOff) => ("cooling-off", "0 to 366 days."),
        package::Refusal::Limit => ("limit", "1 to 100 times. Left empty, there is no limit."),
        package::Refusal::SlugTaken => {
            ("slug", "Another package of yours has this address. Please choose a different one.")
        }
    }
}

/// A day of the week.
#[must_use]
pub const fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// Why hours were not taken.
#[must_use]
pub fn availability(refusal: NotHours) -> String {
    match refusal {
        NotHours::Unreadable => "Please write times like 09:00.".to_owned(),
        NotHours::Backwards => {
            "The end comes before the start. Hours over midnight are two entries, one on each day.".to_owned()
        }
        NotHours::BeyondMidnight => "A day ends at 24:00.".to_owned(),
        NotHours::Overlap { day, earlier, later } => {
            let on = match day {
                Day::Weekly(day) => weekday(day).to_owned(),
                Day::On(date) => long_date(date),
            };
            let [earlier, later] = [earlier, later].map(|range| {
                let (from, to) = range.texts();
                format!("{from} to {to}")
            });
            format!("On {on}, {earlier} and {later} overlap.")
        }
        NotHours::Twice(date) => format!("{} has hours of its own already.", long_date(date)),
    }
}

/// The name of the form's field that is wrong with a rhythm, and the words for it.
#[must_use]
pub const fn rhythm(refusal: NotARhythm) -> (&'static str, &'static str) {
    match refusal {
        NotARhythm::Step => ("step", "Sessions can start every 5 to 240 minutes."),
        NotARhythm::Buffer => ("buffer", "A pause is 0 to 240 minutes."),
        NotARhythm::Notice => ("notice", "Notice is 0 to 720 hours, which is 30 days."),
        NotARhythm::Horizon => ("horizon", "Booking can be open for 1 to 365 days ahead."),
        NotARhythm::DailyLimit => {
            ("limit", "At least one session a day. For a day without sessions, enter time off.")
        }
    }
}

/// Why time off was not taken.
#[must_use]
pub const fn closure(refusal: NotAClosure) -> &'static str {
    match refusal {
        NotAClosure::Backwards => "The end comes before the start.",
    }
}

/// Why a text was not taken.
#[must_use]
pub fn text(refusal: NotText) -> String {
    match refusal {
        NotText::Empty => "Please fill this in.".to_owned(),
        NotText::Length(room) => format!("At most {room} characters fit here."),
        NotText::Control => "This holds a character that cannot be shown. Please type it again.".to_owned(),
        NotText::Slug => "Use the letters a to z, digits and single hyphens.".to_owned(),
    }
}

/// Why an e-mail address was not taken.
#[must_use]
pub const fn address(refusal: NotAnAddress) -> &'static str {
    match refusal {
        NotAnAddress::Empty => "Please write your email address.",
        NotAnAddress::Shape => "An email address looks like name@example.org.",
        NotAnAddress::Character => "There is a space or a sign in it that email addresses do not have.",
        NotAnAddress::Length => "That is longer than an email address can be.",
    }
}

/// Why an amount of money was not taken.
#[must_use]
pub fn money(refusal: NotMoney) -> String {
    match refusal {
        NotMoney::Shape => "Please write an amount like 540 or 540.50.".to_owned(),
        NotMoney::Decimals(0) => "This currency has no decimals.".to_owned(),
        NotMoney::Decimals(n) => format!("This currency has {n} decimals."),
        NotMoney::TooLarge => "That is more than can be asked here.".to_owned(),
        NotMoney::Currency => "Please choose a currency from the list.".to_owned(),
    }
}

/// Why a colour was not taken.
#[must_use]
pub const fn accent(refusal: NotAnAccent) -> &'static str {
    match refusal {
        NotAnAccent => "Please write a color like #3d6a41.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn zone() -> Zone {
        "America/New_York".parse().unwrap()
    }

    #[test]
    fn a_limit_is_told_with_its_date_and_in_the_readers_zone() {
        let at = "2026-04-21T21:30:00Z".parse().unwrap();
        assert!(
            taken(Taken::TooSoon { earliest: at }, &zone()).then.contains("Tuesday 21 April, 5:30\u{a0}pm")
        );
        let far = booking::Refusal::OutOfReach { last: date(2026, 6, 8) };
        assert!(booking(far, &zone()).then.contains("Monday 8 June"));
        assert_eq!(change(change::Refusal::Unpaid(far), &zone()), booking(far, &zone()));
        assert!(change(change::Refusal::TooLateToMove { until: at }, &zone()).then.contains("5:30\u{a0}pm"));
    }

    #[test]
    fn overlapping_hours_are_named() {
        use crate::domain::calendar::availability::Hours;
        let rows = [(Weekday::Tuesday, "09:00", "12:00"), (Weekday::Tuesday, "11:00", "13:00")];
        let refusal = Hours::parse(rows).unwrap_err();
        assert_eq!(availability(refusal), "On Tuesday, 09:00 to 12:00 and 11:00 to 13:00 overlap.");
    }
}
