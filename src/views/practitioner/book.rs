//! Booking for a client: for whom, when and with what; then "shall we book this?" with what it does to the credit.

use jiff::civil::Date;
use maud::{Markup, html};

use super::when::{self, When};
use super::{Desk, Tab};
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::by_practitioner::Overlooked;
use crate::domain::catalog::package::Package;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{LotId, PackageId};
use crate::domain::people::client::Client;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, after, long_date, long_day, long_moment, minutes};
use crate::views::frond::Counter;
use crate::views::link;
use crate::views::text::{self, Said, left_to_book, times_in, use_by};
use crate::views::ui::{self, Button, Choice, Choices, Field, Note, Select};

/// Somebody a session can be booked for, and how many are left to book.
#[derive(Debug, Clone, Copy)]
pub struct Guest<'a> {
    /// Who.
    pub client: &'a Client,
    /// Of all her packages together.
    pub left: u32,
}

/// What was chosen on the calendar: a time, or only a day.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// The time.
    pub slot: Option<Timestamp>,
    /// The day.
    pub day: Option<Date>,
}

/// For whom? `asked` is what was searched for.
#[must_use]
pub fn whom(desk: &Desk<'_>, guests: &[Guest<'_>], wanted: Wanted, asked: &str) -> Markup {
    let Wanted { slot, day } = wanted;
    let calendar = link::desk_calendar();
    let line = html! {
        @if let Some(slot) = slot { (long_moment(slot, desk.zone())) }
        @else if let Some(day) = day { (long_day(day)) }
    };
    let main = html! {
        (super::head(Some((&calendar, "Calendar")), "Whom is it for?", line))
        div.narrow {
            form.inline method="get" action=(link::desk_calendar_book()) role="search" {
                @if let Some(slot) = slot { input type="hidden" name="slot" value=(slot); }
                @if let Some(day) = day { input type="hidden" name="day" value=(day); }
                (Field::new("q", "Name, email or phone").kind("search").value(asked))
                (Button::new("Search").quiet())
            }
            @if guests.is_empty() {
                p.gap { "Nobody is found. " a href=(link::desk_clients()) { "All clients" } }
            }
            ul."plainlist gap" {
                @for guest in guests {
                    li {
                        a href=(book_at(guest, wanted)) { (guest.client.name) } ". "
                        (left_to_book(guest.left)) "."
                    }
                }
            }
        }
    };
    desk.page("Whom is it for?", Tab::Calendar, &main)
}

fn book_at(guest: &Guest<'_>, wanted: Wanted) -> String {
    let address = link::desk_book(guest.client.id);
    match (wanted.slot, wanted.day) {
        (Some(slot), _) => link::at_slot(&address, slot),
        (None, Some(day)) => link::on_day(&address, day),
        (None, None) => address,
    }
}

/// With what it is paid.
#[derive(Debug, Clone, Copy)]
pub enum With<'a> {
    /// A credit of one of these, the one first that the rule would take.
    Credit(&'a [Counted]),
    /// Nothing: it is like the sessions of one of these packages.
    Gift(&'a [Package]),
}

/// The page on which a time is chosen.
#[must_use]
pub fn choose(
    desk: &Desk<'_>,
    client: &Client,
    with: With<'_>,
    when: &When<'_>,
    said: Option<&Said>,
) -> Markup {
    let href = link::desk_client(client.id);
    let name = client.name.first_word();
    let typed = when.typed;
    let (title, other) = match with {
        With::Credit(_) => {
            ("Book a session", (link::desk_book_gift(client.id), "Give a session for nothing instead"))
        }
        With::Gift(_) => ("Give a session", (link::desk_book(client.id), "Use a credit instead")),
    };
    let gift = link::desk_book_gift(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), title, html! { "For " (client.name) }))
        div.narrow {
            @if let Some(said) = said { (ui::note(Note::Warn, &said.what, html! { (said.then) })) }
            @match with {
                With::Credit([]) => {
                    p { (name) " has no sessions to book." }
                    @if desk.seat.is_own() { p { (Button::new("Give a session").link(&gift)) } }
                }
                With::Credit(lots) => (when::choice(desk, when, html! { (lot_choice(desk, lots, typed.value("lot"))) })),
                With::Gift([]) => {
                    p { "A session is like those of one of your packages, and you have none yet." }
                    p { (Button::new("Make a package").link(&link::desk_package_new())) }
                }
                With::Gift(packages) => (when::choice(desk, when, gift_fields(packages, when))),
            }
            p.hint.calfoot {
                (times_in(desk.zone())) " Notice and how far ahead do not bind you; what is in the way is said first. "
                @if desk.seat.is_own() { a href=(other.0) { (other.1) } "." }
            }
        }
    };
    desk.page(title, Tab::Clients, &main)
}

fn lot_choice(desk: &Desk<'_>, lots: &[Counted], chosen: &str) -> Markup {
    let rows: Vec<(String, String, String)> = lots
        .iter()
        .map(|(lot, balance)| {
            let words = format!("{}, {} minutes", lot.offer.name, lot.offer.length_minutes);
            (
                lot.id.to_string(),
                words,
                format!("{}. {}", left_to_book(balance.available), use_by(lot, balance, desk.now)),
            )
        })
        .collect();
    let choices: Vec<Choice<'_>> =
        rows.iter().map(|(id, words, more)| Choice::with_detail(id, words, more)).collect();
    let first = rows.first().map_or("", |(id, ..)| id.as_str());
    html! {
        @match rows.as_slice() {
            [(id, words, more)] => {
                input type="hidden" name="lot" value=(id);
                p { b { (words) } ". " (more) }
            }
            _ => (Choices::one("lot", "Which sessions?", &choices).cards()
                .hint("The first one is what the rule takes. If you choose another, the ledger says so.")
                .chosen(if rows.iter().any(|(id, ..)| id == chosen) { chosen } else { first })),
        }
    }
}

fn gift_fields(packages: &[Package], when: &When<'_>) -> Markup {
    let options: Vec<(String, String)> = packages
        .iter()
        .map(|one| (one.id.to_string(), format!("{}, {} minutes", one.offer.name, one.offer.length_minutes)))
        .collect();
    let options: Vec<(&str, &str)> =
        options.iter().map(|(id, words)| (id.as_str(), words.as_str())).collect();
    let typed = when.typed;
    html! {
        (Select::new("package", "Like those of", &options).value(typed.value("package")).error(typed.error("package"))
            .hint("Length, place and rules are taken from it as they are now."))
        (Field::new("reason", "Why").value(typed.value("reason")).required().error(typed.error("reason"))
            .hint("Stands in the ledger, where both of you can read it."))
    }
}

/// What a booking or a move would do.
#[derive(Debug, Clone, Copy)]
pub struct Outcome<'a> {
    /// The session as it would stand.
    pub booking: &'a Booking,
    /// What pays for it.
    pub lot: &'a Lot,
    /// What that does to it.
    pub credit: &'a Foresight,
    /// What it goes over.
    pub overlooked: &'a Overlooked,
    /// What no longer pays, if another does.
    pub back: Option<(&'a Lot, &'a Foresight)>,
}

/// What pays, as the form carries it.
#[derive(Debug, Clone, Copy)]
pub enum Paid<'a> {
    /// A credit, of this lot; whether the rule would have taken another.
    Credit {
        /// The lot that was chosen.
        lot: LotId,
        /// The one that the rule would have taken, if it is another.
        instead_of: Option<&'a Lot>,
    },
    /// Nothing.
    Gift {
        /// The package that it is like.
        package: PackageId,
        /// Why.
        reason: &'a Line,
    },
}

/// "Shall we book this?": what becomes of the credit stands before the click. `id` is the session's that the form makes.
#[must_use]
pub fn confirm(
    desk: &Desk<'_>,
    client: &Client,
    outcome: &Outcome<'_>,
    paid: Paid<'_>,
    unticked: Option<&str>,
) -> Markup {
    let booking = outcome.booking;
    let name = client.name.first_word();
    let number = outcome.credit.after.chapter_of(booking.id);
    let (form, action) = match paid {
        Paid::Credit { .. } => (link::desk_book(client.id), format!("Book session {}", number.unwrap_or(1))),
        Paid::Gift { .. } => (link::desk_book_gift(client.id), "Give the session".to_owned()),
    };
    let left = outcome.credit.after.available;
    let main = html! {
        (super::head(Some((&link::at_slot(&form, booking.starts_at), "Another time")), "Shall we book this?", html! { "For " (client.name) }))
        div.narrow {
            form.form method="post" action=(form) {
                input type="hidden" name="id" value=(booking.id);
                input type="hidden" name="slot" value=(booking.starts_at);
                @if unticked.is_some() { (ui::look_again("Not booked yet.", "")) }
                (label(desk, outcome, booking.starts_at))
                @match paid {
                    Paid::Credit { lot, instead_of } => {
                        input type="hidden" name="lot" value=(lot);
                        (ui::before_after(Counter::of(&outcome.credit.before), Counter::of(&outcome.credit.after), html! {
                            "This uses " b { "1 credit" } " of " (outcome.lot.offer.name) "." br;
                            (name) " will have " b { (left) " of " (outcome.credit.after.total) } " left" (until(outcome)) "."
                            @if let Some(other) = instead_of {
                                br; "By the rule " (other.offer.name) " would pay; you chose this one, and the ledger says so."
                            }
                        }))
                    }
                    Paid::Gift { package, reason } => {
                        input type="hidden" name="package" value=(package);
                        input type="hidden" name="reason" value=(reason);
                        div."ba one" {
                            (crate::views::frond::frond(Counter::of(&outcome.credit.after)))
                            p {
                                "It costs " (name) " " b { "no credit" } " and no money. It counts as nothing in your books." br;
                                "The ledger says: “" (reason) "”."
                            }
                        }
                    }
                }
                (anyway(desk, outcome, name, unticked))
                (ui::submit(Button::new(&action), html! {
                    (desk.post.tells(&format!("We write to {name} with the time and the way."), name))
                }))
            }
            @if let (Paid::Credit { lot, .. }, 1..) = (paid, left) {
                p.gap {
                    a href=(link::at_slot(&link::desk_weekly(lot), booking.starts_at)) {
                        "Same time every week for " (text::all_left(left + 1))
                    }
                }
            }
        }
    };
    desk.page("Shall we book this?", Tab::Clients, &main)
}

fn until(outcome: &Outcome<'_>) -> String {
    let after = &outcome.credit.after;
    let deadline = after.deadline.as_ref().filter(|_| after.available > 0);
    deadline.map_or_else(String::new, |deadline| format!(", to book by {}", long_date(deadline.on)))
}

/// The day and hours of a session as it would stand.
pub(super) fn label(desk: &Desk<'_>, outcome: &Outcome<'_>, starts_at: Timestamp) -> Markup {
    let (zone, booking): (&Zone, _) = (desk.zone(), outcome.booking);
    let ends_at = after(starts_at, minutes(i64::from(booking.length_minutes)));
    let number = outcome.credit.after.chapter_of(booking.id);
    let first = number.map_or_else(
        || outcome.lot.offer.name.as_str().to_owned(),
        |number| format!("Session {number} of {}", outcome.credit.after.total),
    );
    ui::label(
        &first,
        html! { (crate::views::when::day(starts_at, zone)) br; (crate::views::when::from_to(starts_at, ends_at, zone)) },
        html! { p { (text::capital(&text::zone(zone))) ". " (text::format(&booking.format)) "." } },
    )
}

/// What is in the way, with a box to tick; the form brings back what was told, as nothing else is excused.
pub(super) fn anyway(desk: &Desk<'_>, outcome: &Outcome<'_>, name: &str, unticked: Option<&str>) -> Markup {
    html! {
        @if let Some(why) = text::overlooked(outcome.overlooked, name, desk.zone()) {
            (ui::note(Note::Warn, &why, html! { "It can be booked all the same, by your own hand." }))
            input type="hidden" name="over" value=(outcome.overlooked);
            (ui::consent("anyway", html! { "Book anyway" }, unticked))
        }
    }
}
