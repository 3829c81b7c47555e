//! Time off with sessions in it: which they are, what becomes of each if they are called off, and the question.

use maud::{Markup, html};

use super::hours::off_words;
use super::{Desk, Tab};
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::closure::Closure;
use crate::domain::people::client::Client;
use crate::domain::time::{long_date, long_moment};
use crate::views::link;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note};
use jiff::civil::Date;

/// A session that lies in the time off.
#[derive(Debug, Clone, Copy)]
pub struct Lying<'a> {
    /// The session.
    pub booking: &'a Booking,
    /// Who comes.
    pub client: &'a Client,
    /// The date of the client's sessions now, and the one that they would have; none if they have no date.
    pub more: Option<(Date, Date)>,
}

/// The page that asks.
#[must_use]
pub fn page(desk: &Desk<'_>, off: &Closure, lying: &[Lying<'_>], typed: &Typed) -> Markup {
    let hours = link::desk_hours();
    let days = off_words(off, desk.zone());
    let count = u32::try_from(lying.len()).unwrap_or(u32::MAX);
    let booked = if count == 1 {
        "One session is booked".to_owned()
    } else {
        format!("{} sessions are booked", text::number_first(count))
    };
    let (keep, cancel) = if count == 1 {
        ("Keep the session", "Cancel the session")
    } else {
        ("Keep the sessions", "Cancel all of them")
    };
    let choices = [
        Choice::with_detail(
            "leave",
            keep,
            "They take place as booked. Nothing else can be booked in that time.",
        ),
        Choice::with_detail(
            "cancel",
            cancel,
            "Each credit comes back, each date moves as the list says, and each client gets an apology with a link to book another time.",
        ),
    ];
    let main = html! {
        (super::head(Some((&hours, "Your hours")), "Time off", html! { (days) }))
        @if let Some(why) = typed.error("seen") { (ui::note(Note::Warn, why, html! { "Nothing was changed. Please look at the list again." })) }
        form."form narrow" method="post" action=(link::desk_closures()) {
            @for name in ["id", "first", "last", "from", "until", "note"] {
                input type="hidden" name=(name) value=(typed.value(name));
            }
            section {
                h2 { (booked) " in that time" }
                ul."packs overrides" { @for one in lying { (session(desk, one)) } }
            }
            (Choices::one("sessions", "What shall become of them?", &choices).cards().chosen(typed.value("sessions"))
                .error(typed.error("sessions")).required())
            (Field::new("reason", "A reason for your own books").value(typed.value("reason")).error(typed.error("reason")).optional()
                .hint("It stands in the ledger beside each credit that comes back."))
            p.cluster { (Button::new("Take the time off")) a href=(hours) { "Not now" } }
        }
    };
    desk.page("Time off", Tab::Hours, &main)
}

fn session(desk: &Desk<'_>, one: &Lying<'_>) -> Markup {
    html! {
        li {
            input type="hidden" name="seen" value=(one.booking.id);
            div {
                h3 { a href=(link::desk_booking(one.booking.id)) { (one.client.name) } }
                p { (long_moment(one.booking.starts_at, desk.zone())) }
                p.hint {
                    "If it is canceled: 1 credit comes back. "
                    @match one.more {
                        Some((from, to)) if to > from => { "The date of these sessions moves from " (long_date(from)) " to " (long_date(to)) "." },
                        Some((from, _)) => { "These sessions are good until " (long_date(from)) "." },
                        None => { "These sessions have no end date." },
                    }
                }
            }
        }
    }
}
