//! Moving or canceling a session (the mocks 06d and 06e): what becomes of the credit stands before the click.

use maud::{Markup, html};

use super::booking::Session;
use super::credit;
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::change::{self, Credit};
use crate::domain::calendar::promise::{Promise, promise};
use crate::domain::credits::ledger::Balance;
use crate::domain::time::Timestamp;
use crate::views::around::{Around, Here, Page};
use crate::views::frond::{Counter, frond};
use crate::views::ui::{self, Area, Button, Note};
use crate::views::{link, text, when};

/// What a form says that the page told of the credit: it comes back.
pub const RETURNS: &str = "returns";
/// And that it does not.
pub const LOST: &str = "lost";

/// The page that offers to change a session.
#[derive(Debug)]
pub struct Change<'a> {
    /// The session.
    pub booking: &'a Booking,
    /// What is said of it.
    pub session: Session<'a>,
    /// What a cancel would do now.
    pub credit: Credit,
    /// Until when that is so.
    pub promise: Promise,
    /// Whether it may be moved.
    pub movable: Result<(), change::Refusal>,
    /// The word that was typed for the practitioner.
    pub typed: &'a str,
    /// What is wrong with that word.
    pub typed_wrong: Option<&'a str>,
    /// That she has not ticked the box.
    pub not_understood: Option<&'a str>,
    /// What became of an earlier try.
    pub said: Option<text::Said>,
}

/// The page.
#[must_use]
pub fn change(around: &Around<'_>, change: &Change<'_>) -> Markup {
    let number = change.session.counted.1.chapter_of(change.booking.id);
    let what = number.map_or_else(|| "this session".to_owned(), |number| format!("session {number}"));
    let title = match change.movable {
        Ok(()) => format!("Move or cancel {what}"),
        Err(_) => format!("Cancel {what}"),
    };
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&link::me(), "Your sessions"))
            h1 { (title) }
            @if let Some(said) = &change.said { (ui::note(Note::Warn, &said.what, html! { (said.then) })) }
            (change.session.label(number))
            (consequence(change))
            @match (change.movable, change.credit) {
                (Ok(()), Credit::Returns | Credit::Forgiven) => div.pair { (move_it(change)) (cancel_it(change)) },
                (Ok(()), _) => div.pair { (move_it(change)) (cancel_without(change, &what)) },
                (Err(_), Credit::Returns | Credit::Forgiven) => div.pair { (cancel_it(change)) },
                (Err(_), _) => { (cancel_without(change, &what)) }
            }
        }
    };
    around.page(Page::new(&title, Here::Sessions), &main)
}

/// What a cancel does to the credit, and until when it would be otherwise.
fn consequence(change: &Change<'_>) -> Markup {
    let Session { counted: (lot, balance), zone, with, .. } = &change.session;
    let first = with.name.first_word();
    let words = text::credit(change.credit, lot, zone);
    match change.credit {
        Credit::Returns => ui::note(
            Note::Good,
            &words,
            html! {
                (text::promise(&change.promise, change.booking.starts_at, lot, zone)) " "
                @if let Some(left) = text::changes_left(lot, balance) { (left) }
            },
        ),
        Credit::Forgiven => ui::note(Note::Good, &words, html! { "This package forgives a late cancel." }),
        Credit::Late { .. } => ui::note(
            Note::Warn,
            "This credit won’t come back by itself.",
            html! { (words) " If you’re unwell or something happened, say so below. " (first) " can return it." },
        ),
        Credit::NoChangesLeft => ui::note(
            Note::Warn,
            "This credit won’t come back by itself.",
            html! { (words) " If something happened, say so below. " (first) " can return it." },
        ),
        Credit::PastItsDate { .. } => {
            ui::note(Note::Warn, "This credit could not be booked again.", html! { (words) })
        }
    }
}

fn move_it(change: &Change<'_>) -> Markup {
    html! {
        section {
            h2 { "Move it" }
            p { "Keep the credit on this session and pick a new time." }
            (Button::new("Choose a new time").link(&link::move_booking(change.booking.id)))
        }
    }
}

fn word(change: &Change<'_>) -> Markup {
    let label = format!("A word for {}", change.session.with.name.first_word());
    html! { (Area::new("why", &label).optional().value(change.typed).error(change.typed_wrong)) }
}

fn cancel_it(change: &Change<'_>) -> Markup {
    let balance = &change.session.counted.1;
    let then = balance.available_or_frozen() + 1;
    html! {
        form method="post" action=(link::cancel(change.booking.id)) {
            h2 { "Cancel it" }
            p { "You’ll have " (then) " of " (balance.total) " sessions to book" (credit::until(balance)) "." }
            (word(change))
            (Button::new("Cancel and return my credit").danger())
            // Last, so that both headings of the page stand at one height.
            input type="hidden" name="credit" value=(RETURNS);
        }
    }
}

/// The credit is lost by it: one box to tick first, and the filled button keeps the session.
fn cancel_without(change: &Change<'_>, what: &str) -> Markup {
    let understood = match change.credit {
        Credit::PastItsDate { .. } => {
            format!("I understand that the credit of {what} cannot be booked again.")
        }
        _ => format!("I understand that {what} will be used."),
    };
    let keep = Button::new("Keep my session");
    html! {
        form.form method="post" action=(link::cancel(change.booking.id)) {
            @if change.movable.is_ok() { h2 { "Cancel it" } }
            (word(change))
            (ui::consent("understood", html! { (understood) }, change.not_understood))
            p.cluster {
                @if change.movable.is_ok() { (keep.quiet().link(&link::me())) } @else { (keep.link(&link::me())) }
                (Button::new("Cancel without the credit").danger())
            }
            input type="hidden" name="credit" value=(LOST);
        }
    }
}

/// The page that asks before a session is moved. `then` is the session at its new time, with the lot that pays there.
#[must_use]
pub fn confirm(
    around: &Around<'_>,
    booking: &Booking,
    (now, then): (&Session<'_>, &Session<'_>),
    at: Timestamp,
) -> Markup {
    let number = now.counted.1.chapter_of(booking.id);
    let other_lot = now.counted.0.id != then.counted.0.id;
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&link::move_booking(booking.id), "Choose another time"))
            h1 { "Shall we move it?" }
            form.form method="post" action=(link::move_booking(booking.id)) {
                input type="hidden" name="slot" value=(then.starts_at);
                (then.label(None))
                p { "Instead of " (when::moment(booking.starts_at, now.zone)) "." }
                div."ba one" {
                    (frond(Counter::of(&now.counted.1)))
                    p {
                        "Your credit moves with the session. "
                        @if other_lot { "It is paid for by " (then.counted.0.offer.name.as_str()) ", which reaches that date. " }
                        @if let Some(left) = after_it(now) { (left) }
                    }
                }
                (ui::submit(Button::new(&button(number)).wide(), html! { (after_that(now, then, at)) }))
            }
        }
    };
    around.page(Page::new("Shall we move it?", Here::Sessions), &main)
}

fn button(number: Option<u32>) -> String {
    number.map_or_else(|| "Move the session".to_owned(), |number| format!("Move session {number}"))
}

fn after_it(now: &Session<'_>) -> Option<String> {
    let left = change::changes_left(&now.counted.0, &now.counted.1)?.saturating_sub(1);
    Some(match left {
        0 => "This is the last change of this package.".to_owned(),
        n => format!("After this, you can move or cancel in time {} more.", text::times(n)),
    })
}

/// What can be promised when it is moved: that costs a change of the lot that pays now.
fn after_that(now: &Session<'_>, then: &Session<'_>, at: Timestamp) -> String {
    let (lot, balance) = then.counted;
    let cost = u32::from(lot.id == now.counted.0.id);
    let balance = Balance { changes: balance.changes + cost, ..balance.clone() };
    text::promise(&promise(then.starts_at, (lot, &balance), at), then.starts_at, lot, then.zone)
}
