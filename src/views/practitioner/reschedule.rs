//! Moving a session by the practitioner's hand: to when, and "shall we move it?" with what becomes of the credit.

use maud::{Markup, html};

use super::book::{Outcome, anyway, label};
use super::when::{self, When};
use super::{Appointment, Desk, Tab, moment};
use crate::domain::time::long_date;
use crate::views::frond::{Counter, frond};
use crate::views::link;
use crate::views::text::{Said, times_in};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// The page on which the new time is chosen.
#[must_use]
pub fn choose(desk: &Desk<'_>, one: &Appointment<'_>, when: &When<'_>, said: Option<&Said>) -> Markup {
    let href = link::desk_booking(one.booking.id);
    let line = html! { "With " (one.client.name) ". Now " (moment(one.booking.starts_at, desk.zone())) };
    let main = html! {
        (super::head(Some((&href, "The session")), "Move it", line))
        div.narrow {
            @if let Some(said) = said { (ui::note(Note::Warn, &said.what, html! { (said.then) })) }
            (when::choice(desk, when, html! {}))
            p.hint.calfoot {
                (times_in(desk.zone())) " The credit stays with the session, and it costs " (one.client.name.first_word())
                " none of the changes. On a wide screen, sessions can also be dragged in the calendar."
            }
        }
    };
    desk.page("Move it", Tab::Calendar, &main)
}

/// "Shall we move it?" `one` is the session as it stands.
#[must_use]
pub fn confirm(
    desk: &Desk<'_>,
    one: &Appointment<'_>,
    outcome: &Outcome<'_>,
    typed: &Typed,
    unticked: Option<&str>,
) -> Markup {
    let (id, name) = (one.booking.id, one.client.name.first_word());
    let to = outcome.booking.starts_at;
    let back = link::on_day(&link::desk_move(id), desk.zone().date(to));
    let main = html! {
        (super::head(Some((&back, "Another time")), "Shall we move it?", html! { "With " (one.client.name) }))
        div.narrow {
            form.form method="post" action=(link::desk_move(id)) {
                input type="hidden" name="slot" value=(to);
                @if !typed.is_sound() || unticked.is_some() { (ui::look_again("Not moved yet.", "")) }
                (label(desk, outcome, to))
                p { "Instead of " (moment(one.booking.starts_at, desk.zone())) "." }
                (credit(outcome, name))
                (anyway(desk, outcome, name, unticked))
                (Field::new("reason", &format!("A word for {name}")).optional().value(typed.value("reason")).error(typed.error("reason")))
                (ui::submit(Button::new("Move the session"), html! { (desk.post.tells(&format!("We write to {name} with the new time."), name)) }))
            }
            p.gap { a href=(link::desk_booking(id)) { "Leave it where it is" } }
        }
    };
    desk.page("Shall we move it?", Tab::Calendar, &main)
}

/// What becomes of the credit: it stays, unless only another package reaches the new date.
fn credit(outcome: &Outcome<'_>, name: &str) -> Markup {
    match outcome.back {
        Some((old, there)) => html! {
            (ui::before_after(Counter::of(&outcome.credit.before), Counter::of(&outcome.credit.after), html! {
                (old.offer.name) " does not reach that date, so " b { "1 credit of " (outcome.lot.offer.name) } " pays instead." br;
                "The credit of " (old.offer.name) " comes back: " (there.after.available_or_frozen()) " of " (there.after.total) " left there."
                @if let Some(to) = there.extended_to() { " Its date moves to " (long_date(to)) ", so that there is time to book again." }
            }))
        },
        None => {
            let (before, after) = (&outcome.credit.before, &outcome.credit.after);
            html! {
                div."ba one" {
                    (frond(Counter::of(after)))
                    p {
                        b { "The credit stays with the session." } " It costs " (name) " none of the changes. "
                        @if let Some(to) = outcome.credit.extended_to() {
                            "The date of " (outcome.lot.offer.name) " moves to " (long_date(to)) ", so that there is time. "
                        }
                        @if after.available > before.available {
                            (crate::views::text::sessions(after.available - before.available)) " that had reached their date come back."
                        }
                    }
                }
            }
        }
    }
}
