//! One session, and what can be done to it, each with what follows from it said first.

use maud::{Markup, html};

use super::client::standing_tag;
use super::notes::{self, Notes};
use super::{Appointment, Desk, Tab};
use crate::domain::calendar::booking::State;
use crate::domain::calendar::change;
use crate::domain::catalog::package::Format;
use crate::domain::credits::ledger::{Consumed, Standing, What};
use crate::domain::time::{long_date, long_moment};
use crate::views::link;
use crate::views::text::{self, Said, from_to, sessions, times_in};
use crate::views::ui::{self, Button, Field, Note};

/// The page; `refused` says why the last act was not done.
#[must_use]
pub fn page(
    desk: &Desk<'_>,
    one: &Appointment<'_>,
    noted: Option<&Notes<'_>>,
    refused: Option<&Said>,
) -> Markup {
    let client = one.client;
    let href = link::desk_client(client.id);
    let zone = desk.zone();
    let date = zone.date(one.booking.starts_at);
    let standing = one.balance.sitting(one.booking.id).map(|sitting| sitting.standing);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), &format!("{}, {}", client.name.first_word(), long_date(date)), html! {
            (from_to(one.booking.starts_at, one.booking.length_minutes, zone)) ". " (standing_tag(one.booking, standing))
        }))
        @if let Some(said) = refused { (ui::note(Note::Bad, &said.what, html! { (said.then) })) }
        div.split {
            div."split-main form" {
                (facts(desk, one))
                (acts(desk, one, standing))
            }
            @if let Some(noted) = noted {
                aside."split-side form" {
                    section {
                        h2 { "Notes" }
                        @if noted.all.is_none() { (notes::locked()) }
                        (notes::list(desk, noted, noted.about(one.booking.id)))
                        p { (Button::new("Write a note").quiet().link(&notes_of(one))) }
                    }
                }
            }
        }
        p.hint.calfoot { (times_in(zone)) }
    };
    desk.page(&format!("Session with {}", client.name), Tab::Calendar, &main)
}

/// The form for a note about the session.
fn notes_of(one: &Appointment<'_>) -> String {
    link::asking(&link::desk_notes(one.client.id), &[("session", &one.booking.id.to_string())])
}

fn facts(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    let (booking, offer) = (one.booking, &one.lot.offer);
    let chapter = one.balance.chapter_of(booking.id).and_then(|k| offer.chapter(k));
    html! {
        dl.sum {
            div { dt { "Package" } dd { (offer.name) } }
            @if let Some(rank) = one.rank() {
                div { dt { "Session" } dd { (rank) @if let Some(chapter) = chapter { ", " (chapter) } } }
            }
            div { dt { "How" } dd {
                @match &booking.format {
                    Format::Video { link: Some(href) } => a href=(href) { "Open video" },
                    other => (text::format(other)),
                }
            } }
            div { dt { "Credits" } dd { (text::left_to_book(one.balance.available_or_frozen())) } }
            div { dt { "Booked" } dd { (long_moment(booking.placed_at, desk.zone())) } }
            @if let State::Cancelled { at, .. } = booking.state {
                div { dt { "Canceled" } dd { (long_moment(at, desk.zone())) } }
            }
        }
    }
}

fn acts(desk: &Desk<'_>, one: &Appointment<'_>, standing: Option<Standing>) -> Markup {
    let id = one.booking.id;
    let name = one.client.name.first_word();
    let begun = desk.now >= one.booking.starts_at;
    let can_miss = begun
        && one.booking.is_confirmed()
        && matches!(standing, Some(Standing::Held | Standing::Used(Consumed::Attended)));
    let used = matches!(standing, Some(Standing::Used(_)));
    html! {
        @if can_miss {
            (act(
                "Mark as missed",
                html! { (name) " did not come. The credit stays used, and the ledger says so. It is no session of the arc. You can give the credit back later." },
                &link::desk_missed(id), None, Button::new("Mark as missed").quiet(),
            ))
        }
        @if used {
            (act(
                "Give the credit back",
                html! { "1 credit returns to " (name) ": then " (sessions(one.balance.available_or_frozen() + 1)) " to book. " (past_date(desk, one)) },
                &link::desk_waive(id), None, Button::new("Give it back").quiet(),
            ))
        }
        @if one.booking.is_confirmed() {
            (act(
                "Cancel this session",
                cancel_words(desk, one),
                &link::desk_cancel(id), Some("A word to go with it"), Button::new("Cancel this session").danger(),
            ))
        }
        p { (Button::new(&format!("Write to {name}")).quiet().link(&format!("mailto:{}", one.client.email))) }
    }
}

fn past_date(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    match &one.balance.deadline {
        Some(deadline) if deadline.is_over(desk.now) => html! {
            "These credits reached their date on " (long_date(deadline.on)) ", so it could not be booked. "
            a href=(link::desk_extend(one.lot.id)) { "Extend the date" } " as well."
        },
        Some(deadline) => html! { "Use by " (long_date(deadline.on)) "." },
        None => html! {},
    }
}

fn cancel_words(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    let name = one.client.name.first_word();
    let entries =
        change::cancel_by_practitioner(one.booking, (one.lot, one.balance), desk.now).unwrap_or_default();
    let to = entries.iter().find_map(|what| if let What::Extend { to } = what { Some(*to) } else { None });
    html! {
        "The credit comes back to " (name) ", at any time. "
        @if let Some(to) = to { "The date moves to " (long_date(to)) ", so that there is time to book again. " }
        "We write to " (name) " with an apology and a link to other times."
    }
}

fn act(title: &str, consequence: Markup, to: &str, reason: Option<&str>, button: Button<'_>) -> Markup {
    html! {
        details.act {
            summary { (title) }
            p { (consequence) }
            form.form method="post" action=(to) {
                @if let Some(label) = reason { (Field::new("reason", label).id(&format!("reason-{title}").replace(' ', "-")).optional()) }
                (button)
            }
        }
    }
}
