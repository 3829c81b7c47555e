//! One session, and what can be done to it, each with what follows from it said first.

use maud::{Markup, html};

use super::client::standing_tag;
use super::notes::{self, Notes};
use super::{Appointment, Desk, Tab};
use crate::domain::calendar::booking::State;
use crate::domain::calendar::change;
use crate::domain::catalog::package::Format;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::{Consumed, Standing, What};
use crate::domain::id::BookingId;
use crate::domain::time::{Timestamp, long_date, long_moment};
use crate::views::frond::Counter;
use crate::views::link;
use crate::views::text::{self, Said, from_to, sessions, times_in};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// Something that can be done to a session's credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// To say that the client did not come.
    Missed,
    /// To give the used credit back.
    Waive,
    /// To call the session off.
    Cancel,
}

impl Act {
    /// What it would write to the ledger; nothing if it cannot be done now.
    #[must_use]
    pub fn entries(self, one: &Appointment<'_>, now: Timestamp) -> Option<Vec<What>> {
        let booking = one.booking.id;
        let standing = standing(one);
        let used = matches!(standing, Some(Standing::Used(_)));
        match self {
            Self::Missed => {
                let came = matches!(standing, Some(Standing::Held | Standing::Used(Consumed::Attended)));
                (came && one.booking.is_confirmed() && now >= one.booking.starts_at)
                    .then(|| vec![What::Consume { booking, how: Consumed::Missed }])
            }
            Self::Waive => used.then(|| vec![What::Waive { booking }]),
            Self::Cancel => change::cancel_by_practitioner(one.booking, (one.lot, one.balance), now).ok(),
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Missed => ("Mark as missed", "Did the session not take place?"),
            Self::Waive => ("Give the credit back", "Shall the credit go back?"),
            Self::Cancel => ("Cancel the session", "Shall we cancel it?"),
        }
    }

    fn address(self, id: BookingId) -> String {
        match self {
            Self::Missed => link::desk_missed(id),
            Self::Waive => link::desk_waive(id),
            Self::Cancel => link::desk_cancel(id),
        }
    }
}

fn standing(one: &Appointment<'_>) -> Option<Standing> {
    one.balance.sitting(one.booking.id).map(|sitting| sitting.standing)
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, one: &Appointment<'_>, noted: Option<&Notes<'_>>) -> Markup {
    let client = one.client;
    let href = link::desk_client(client.id);
    let zone = desk.zone();
    let date = zone.date(one.booking.starts_at);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), &format!("{}, {}", client.name.first_word(), long_date(date)), html! {
            (from_to(one.booking.starts_at, one.booking.length_minutes, zone)) ". " (standing_tag(one.booking, standing(one)))
        }))
        div.split {
            div."split-main form" {
                (facts(desk, one))
                (acts(desk, one))
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

fn acts(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    let name = one.client.name.first_word();
    let movable = one.booking.is_confirmed() && desk.now < one.booking.starts_at;
    let can = [Act::Missed, Act::Waive, Act::Cancel]
        .map(|act| (act, act.entries(one, desk.now).is_some()))
        .into_iter()
        .filter_map(|(act, can)| can.then_some(act));
    html! {
        p.cluster {
            @if movable { (Button::new("Move it").quiet().link(&link::desk_move(one.booking.id))) }
            @for act in can { (act_button(act).link(&act.address(one.booking.id))) }
            (Button::new(&format!("Write to {name}")).quiet().link(&format!("mailto:{}", one.client.email)))
        }
        p.hint { "What each of them does is said before anything changes." }
    }
}

const fn act_button(act: Act) -> Button<'static> {
    let button = Button::new(act.words().0);
    match act {
        Act::Cancel => button.danger(),
        Act::Missed | Act::Waive => button.quiet(),
    }
}

/// The page that asks before something is done to the credit. `seen` is what it would do, if it can be done.
#[must_use]
pub fn ask(
    desk: &Desk<'_>,
    one: &Appointment<'_>,
    act: Act,
    seen: Option<&Foresight>,
    typed: &Typed,
    refused: Option<&Said>,
) -> Markup {
    let href = link::desk_booking(one.booking.id);
    let name = one.client.name.first_word();
    let (_, title) = act.words();
    let line = html! { "With " (one.client.name) ", " (super::moment(one.booking.starts_at, desk.zone())) };
    let main = html! {
        (super::head(Some((&href, "The session")), title, line))
        div.narrow {
            @if let Some(said) = refused { (ui::note(Note::Bad, &said.what, html! { (said.then) })) }
            @match seen {
                None => p { "There is nothing of the kind to do with this session now." },
                Some(seen) => {
                    form.form method="post" action=(act.address(one.booking.id)) {
                        (ui::amiss(typed, "Not done yet."))
                        (ui::before_after(Counter::of(&seen.before), Counter::of(&seen.after), consequence(desk, one, act, seen)))
                        @if act == Act::Cancel {
                            (Field::new("reason", &format!("A word for {name}")).optional().value(typed.value("reason")).error(typed.error("reason")))
                        }
                        (ui::submit(act_button(act), html! { a href=(href) { "Leave it as it is" } }))
                    }
                }
            }
        }
    };
    desk.page(title, Tab::Calendar, &main)
}

fn consequence(desk: &Desk<'_>, one: &Appointment<'_>, act: Act, seen: &Foresight) -> Markup {
    let name = one.client.name.first_word();
    let left = seen.after.available_or_frozen();
    match act {
        Act::Missed => html! {
            (name) " did not come. " b { "The credit stays used" } ", and the ledger says so. It is no session of the arc. "
            "You can give the credit back later."
        },
        Act::Waive => html! {
            b { "1 credit returns to " (name) }
            @if left > seen.before.available_or_frozen() { ": then " (sessions(left)) " to book" }
            ". " (past_date(desk, one))
        },
        Act::Cancel => html! {
            b { "The credit comes back to " (name) } ", at any time. "
            @if left > 0 { (name) " will have " (sessions(left)) " to book. " }
            @if let Some(to) = seen.extended_to() { "The date moves to " (long_date(to)) ", so that there is time to book again. " }
            (desk.post.tells(&format!("We write to {name} with an apology and a link to other times."), name))
        },
    }
}

fn past_date(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    match &one.balance.deadline {
        Some(deadline) if deadline.is_over(desk.now) => html! {
            "These credits reached their date on " (long_date(deadline.on)) ", so it could not be booked. "
            a href=(link::desk_extend(one.lot.id)) { "Extend the date" } " as well."
        },
        Some(_) => html! { (text::use_by(one.lot, one.balance, desk.now)) },
        None => html! {},
    }
}
