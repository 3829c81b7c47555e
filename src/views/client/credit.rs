//! Credits in words, the same on every page: how many are left, until when, which session it is.

use maud::{Markup, html};

use crate::domain::catalog::package::Offer;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::selection::Counted;
use crate::domain::time::{Timestamp, long_day};
use crate::views::text;

/// "Use by Monday 25 May" with the date in `b`, or "Book by Monday 25 May; sessions until 8 June"; nothing while there is
/// no date.
#[must_use]
pub fn use_by((lot, balance): &Counted) -> Markup {
    html! {
        @if let Some(deadline) = &balance.deadline {
            (text::capital(text::to_use(lot))) " by " b { time datetime=(deadline.on) { (long_day(deadline.on)) } }
            (text::sessions_until(lot, deadline))
        }
    }
}

/// The same as a sentence without marks; nothing while there is no date.
#[must_use]
pub fn use_by_sentence((lot, balance): &Counted) -> String {
    balance.deadline.as_ref().map_or_else(String::new, |deadline| {
        let verb = text::capital(text::to_use(lot));
        format!("{verb} by {}{}.", long_day(deadline.on), text::sessions_until(lot, deadline))
    })
}

/// ", until 25 May"; nothing while there is no date.
#[must_use]
pub fn until(balance: &Balance) -> String {
    balance.deadline.as_ref().map_or_else(String::new, |d| format!(", until {}", d.on.strftime("%-d %B")))
}

/// "41 days from today", "today", "tomorrow".
#[must_use]
pub fn days_left(balance: &Balance, now: Timestamp) -> Option<String> {
    let deadline = balance.deadline.as_ref()?;
    let days = (deadline.on - deadline.zone.date(now)).get_days();
    Some(match days {
        ..0 => return None,
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        n => format!("{n} days from today"),
    })
}

/// The number that the next session to be booked will have.
#[must_use]
pub fn next_number(balance: &Balance) -> u32 {
    number_at(balance, Timestamp::MAX)
}

/// The number that a session will have which starts then: its rank among those held and attended.
#[must_use]
pub fn number_at(balance: &Balance, starts_at: Timestamp) -> u32 {
    let before = balance.chapters().filter(|sitting| sitting.starts_at < starts_at).count();
    u32::try_from(before + 1).unwrap_or(u32::MAX)
}

/// The title of session `k`, if it has one, as `i`.
#[must_use]
pub fn chapter(offer: &Offer, k: u32) -> Option<&str> {
    offer.chapter(k).map(crate::domain::text::Line::as_str)
}
