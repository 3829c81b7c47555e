//! Words: what the rules of the domain are called on pages and in mails. Every refusal has its words here by an exhaustive
//! match, so that a new one does not compile until it has some. The voice is gentle and plain: what is, then what can be
//! done; never blame, never haste.

mod audit;
mod backup;
mod by_hand;
mod changed;
mod credits;
mod hold;
mod import;
mod ledger;
mod outbox;
mod outside;
mod people;
mod promise;
mod refund;
mod refusal;
mod terms;

use jiff::civil::Date;

pub use audit::{deed, somebody};
pub use backup::{NOT_THE_ENDING, NotOpened, backup_doing, backup_trouble, not_a_place, not_opened};
pub use by_hand::{against, booking_for, change_for, overlooked};
pub use changed::changed;
pub use credits::{correction, extension, pause, tagging, transfer};
pub use hold::hold;
pub use import::{column, wrong as wrong_line};
pub use ledger::{Names, Reader, Told, ledger};
pub use outbox::{blank, kind, not_by_hand, not_words, reason, state, suppressed};
pub use outside::{not_added, trouble};
pub use people::{invitation, passkey, role, second, team};
pub use promise::promise;
pub use refund::{reckoned, refund_refused, refund_state};
pub use refusal::{
    Said, accent, address, availability, booking, change, closure, link, money, package, rhythm, taken, text,
    weekday,
};
pub use terms::{
    at_place, by_format, changes_left, credit, credit_after_cancel, format, limit, policy, session_terms,
    sessions_until, to_use, use_by, use_them_by, validity, validity_terms,
};

use crate::domain::billing::payment::Means;
use crate::domain::time::{Timestamp, Zone, after, clock_time, long_day, minutes};

/// How money came or went, in words.
#[must_use]
pub const fn means(means: &Means) -> &'static str {
    match means {
        Means::Online { .. } => "online",
        Means::Cash => "in cash",
        Means::CardAtPractice => "by card at the practice",
        Means::Transfer => "by bank transfer",
        Means::Nothing => "nothing was asked",
    }
}

/// A small number in words, "one" to "twelve"; others in digits.
#[must_use]
pub fn number(n: u32) -> String {
    const WORDS: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    n.checked_sub(1)
        .and_then(|i| WORDS.get(i as usize))
        .map_or_else(|| n.to_string(), |&word| word.to_owned())
}

/// The same at the beginning of a sentence: "Six".
#[must_use]
pub fn number_first(n: u32) -> String {
    capital(&number(n))
}

/// The text with a capital at its beginning.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// A count with its noun, one or several: `counted(2, "session", "sessions")` is "2 sessions".
#[must_use]
pub fn counted(n: u32, one: &str, several: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { several })
}

/// "1 session", "2 sessions".
#[must_use]
pub fn sessions(n: u32) -> String {
    counted(n, "session", "sessions")
}

/// "all 4 sessions left", "both sessions left".
#[must_use]
pub fn all_left(n: u32) -> String {
    if n == 2 { "both sessions left".to_owned() } else { format!("all {} left", sessions(n)) }
}

/// "2 sessions left to book", "Nothing left to book".
#[must_use]
pub fn left_to_book(n: u32) -> String {
    if n == 0 { "Nothing left to book".to_owned() } else { format!("{} left to book", sessions(n)) }
}

/// "50 minutes".
#[must_use]
pub fn length(minutes: u32) -> String {
    counted(minutes, "minute", "minutes")
}

/// "24 hours".
#[must_use]
pub fn hours(n: u32) -> String {
    counted(n, "hour", "hours")
}

/// "90 days".
#[must_use]
pub fn days(n: u32) -> String {
    counted(n, "day", "days")
}

/// "once", "twice", "3 times".
#[must_use]
pub fn times(n: u32) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{n} times"),
    }
}

/// "Monday 25 May", with the year where it lies far from today.
#[must_use]
pub fn day(date: Date, today: Date) -> String {
    let apart = date.duration_since(today).as_hours().abs() / 24;
    if apart > 300 { crate::domain::time::long_date(date) } else { long_day(date) }
}

/// When a session is by the clock: "5:30 to 6:20 pm", "11:30 am to 12:20 pm".
#[must_use]
pub fn from_to(starts_at: Timestamp, length_minutes: u32, zone: &Zone) -> String {
    let ends_at = after(starts_at, minutes(i64::from(length_minutes)));
    let [from, to] = [starts_at, ends_at].map(|at| clock_time(zone.local(at).time()));
    match (from.rsplit_once('\u{a0}'), to.rsplit_once('\u{a0}')) {
        (Some((clock, half)), Some((_, other))) if half == other => format!("{clock} to {to}"),
        _ => format!("{from} to {to}"),
    }
}

/// What a zone is called: "Eastern time (New York)", "Berlin time".
#[must_use]
pub fn zone(zone: &Zone) -> String {
    let known = match zone.name() {
        "America/New_York" | "America/Detroit" | "America/Toronto" => Some("Eastern time"),
        "America/Chicago" | "America/Winnipeg" => Some("Central time"),
        "America/Denver" | "America/Edmonton" => Some("Mountain time"),
        "America/Los_Angeles" | "America/Vancouver" => Some("Pacific time"),
        "UTC" | "Etc/UTC" => return "universal time (UTC)".to_owned(),
        _ => None,
    };
    match known {
        Some(name) => format!("{name} ({})", zone.city()),
        None => format!("{} time", zone.city()),
    }
}

/// "Times are in Eastern time (New York)."
#[must_use]
pub fn times_in(zone: &Zone) -> String {
    format!("Times are in {}.", self::zone(zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_words_and_counts_agree_with_their_nouns() {
        assert_eq!(
            (number(1), number(12), number(13), number(0)),
            ("one".into(), "twelve".into(), "13".into(), "0".into())
        );
        assert_eq!(
            (number_first(6), sessions(1), sessions(2)),
            ("Six".into(), "1 session".into(), "2 sessions".into())
        );
        assert_eq!(
            (left_to_book(0), left_to_book(1)),
            ("Nothing left to book".into(), "1 session left to book".into())
        );
    }

    #[test]
    fn a_session_names_its_half_of_the_day_once_where_it_can() {
        let zone: Zone = "America/New_York".parse().unwrap();
        let span = |at: &str| from_to(at.parse().unwrap(), 50, &zone);
        assert_eq!(span("2026-04-21T21:30:00Z"), "5:30 to 6:20\u{a0}pm");
        assert_eq!(span("2026-04-21T15:30:00Z"), "11:30\u{a0}am to 12:20\u{a0}pm");
        assert_eq!(times_in(&zone), "Times are in Eastern time (New York).");
        assert_eq!(times_in(&"Europe/Berlin".parse().unwrap()), "Times are in Berlin time.");
    }

    #[test]
    fn a_date_far_away_has_its_year() {
        let today = jiff::civil::date(2026, 4, 14);
        assert_eq!(day(jiff::civil::date(2026, 5, 25), today), "Monday 25 May");
        assert_eq!(day(jiff::civil::date(2028, 5, 25), today), "Thursday 25 May 2028");
    }
}
