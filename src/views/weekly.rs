//! "Same time every week", for clients and at the desk alike: every date with whether it can be had, and the dates that
//! were chosen with what they do to the credits.

use maud::{Markup, html};

use super::frond::Counter;
use super::ui::{self, Button, Choice, Choices};
use super::{text, when};
use crate::domain::calendar::booking::Refusal;
use crate::domain::calendar::series::Week;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::lot::Lot;
use crate::domain::id::BookingId;
use crate::domain::time::{Timestamp, Zone, long_date};

/// The dates of a series.
#[derive(Debug, Clone, Copy)]
pub struct Dates<'a> {
    /// The first time, as it was chosen.
    pub first: Timestamp,
    /// Every week, with what is found.
    pub weeks: &'a [Week],
    /// Where the choice goes.
    pub confirm: &'a str,
    /// The reader's zone.
    pub zone: &'a Zone,
}

/// The name of the field for a week of the series.
#[must_use]
pub fn field(week: usize) -> String {
    format!("w{week}")
}

/// The form: what can be had is ticked; for what cannot, the nearest times of that week, or none.
#[must_use]
pub fn dates(dates: &Dates<'_>) -> Markup {
    let good = dates.weeks.iter().filter(|week| week.outcome.is_ok()).count();
    let [good, all] = [good, dates.weeks.len()].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    html! {
        p {
            @if good == all { "Every one of the " (text::sessions(all)) " left can be had at that time." }
            @else { (good) " of " (text::sessions(all)) " left can be had at that time." }
            " Untick what does not suit. Nothing is booked yet."
        }
        form.form.weekly method="get" action=(dates.confirm) {
            input type="hidden" name="slot" value=(dates.first);
            @for (n, week) in dates.weeks.iter().enumerate() {
                @match week.outcome {
                    Ok(_) => (free(&field(n), week.start, dates.zone)),
                    Err(why) => (clash(&field(n), week, why, dates.zone)),
                }
            }
            p { (Button::new("See what it does")) }
        }
    }
}

fn free(name: &str, start: Timestamp, zone: &Zone) -> Markup {
    html! {
        label.choice { input type="checkbox" name=(name) value=(start) checked; span { (when::moment(start, zone)) } }
    }
}

fn clash(name: &str, week: &Week, why: Refusal, zone: &Zone) -> Markup {
    let title = when::moment(week.start, zone);
    let why = text::against(why, zone);
    let near: Vec<(String, String)> = week
        .alternatives
        .iter()
        .map(|slot| (slot.start.to_string(), when::moment(slot.start, zone)))
        .collect();
    let mut choices: Vec<Choice<'_>> = near.iter().map(|(value, words)| Choice::new(value, words)).collect();
    choices.push(Choice::new("", "Leave this week out"));
    html! {
        @if near.is_empty() {
            div.clash { p { b { (title) } ". " (why) } }
        } @else {
            div.clash { (Choices::one(name, &title, &choices).hint(&format!("{why} These are near it:")).chosen("")) }
        }
    }
}

/// The dates that were chosen.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'a> {
    /// The first time of the series.
    pub first: Timestamp,
    /// Each with the id of the session that it makes.
    pub starts: &'a [(BookingId, Timestamp)],
    /// What pays, and what that does to it.
    pub lots: &'a [(Lot, Foresight)],
    /// Where the form goes.
    pub book: &'a str,
    /// "You’ll have", "Nora will have".
    pub will_have: &'a str,
    /// The reader's zone.
    pub zone: &'a Zone,
}

/// The form that books them all, or none.
#[must_use]
pub fn chosen(chosen: &Chosen<'_>) -> Markup {
    let count = u32::try_from(chosen.starts.len()).unwrap_or(u32::MAX);
    html! {
        form.form method="post" action=(chosen.book) {
            input type="hidden" name="first" value=(chosen.first);
            ol.plainlist {
                @for (id, start) in chosen.starts {
                    li {
                        input type="hidden" name="id" value=(id);
                        input type="hidden" name="slot" value=(start);
                        (when::moment_tag(*start, chosen.zone))
                    }
                }
            }
            @for (lot, seen) in chosen.lots {
                (ui::before_after(Counter::of(&seen.before), Counter::of(&seen.after), uses(lot, seen, chosen.will_have)))
            }
            (ui::submit(Button::new(&format!("Book {}", text::sessions(count))), html! { "All of them are booked, or none." }))
        }
    }
}

fn uses(lot: &Lot, seen: &Foresight, will_have: &str) -> Markup {
    let used = seen.before.available.saturating_sub(seen.after.available);
    html! {
        "This uses " b { (text::counted(used, "credit", "credits")) } " of " (lot.offer.name) "." br;
        (will_have) " " b { (seen.after.available) " of " (seen.after.total) } " left"
        @if let Some(deadline) = seen.after.deadline.as_ref().filter(|_| seen.after.available > 0) { ", to book by " (long_date(deadline.on)) }
        "."
    }
}
