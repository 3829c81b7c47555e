//! Giving more time, and giving sessions: their forms, each with what follows from it said first.

use maud::{Markup, html};

use super::client::Credits;
use super::lots::{Away, away};
use super::{Desk, Tab, counter_of};
use crate::domain::catalog::package::Package;
use crate::domain::credits::selection::Counted;
use crate::domain::id::LotId;
use crate::domain::people::client::Client;
use crate::domain::time::{long_date, plus_days};
use crate::views::frond::frond;
use crate::views::link;
use crate::views::text::{self, sessions, use_by};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note, Select};

/// What can be done about credits, in a client's page, each with what it comes to.
#[must_use]
pub(super) fn part(desk: &Desk<'_>, client: &Client, all: &[Credits<'_>]) -> Markup {
    let open = |one: &&Credits<'_>| one.counted.1.is_alive() || one.counted.1.expired > 0;
    html! {
        section {
            h2 { "Credits" }
            @for one in all.iter().filter(open) { (of_lot(desk, one.counted)) }
            ul.plainlist.acts {
                @if desk.seat.is_own() {
                    (act(&link::desk_comp(client.id), "Give sessions", "At no price, with a date and a reason of their own."))
                }
                (act(&link::desk_sell(client.id), "Sell a package", "To be paid on a phone, or at the practice."))
            }
        }
    }
}

fn act(href: &str, words: &str, comes_to: &str) -> Markup {
    html! { li { a href=(href) { (words) } br; span.hint { (comes_to) } } }
}

fn of_lot(desk: &Desk<'_>, (lot, balance): &Counted) -> Markup {
    let frozen = balance.frozen_at.is_some();
    let now = balance.deadline.as_ref().map(|deadline| format!("Now {}.", long_date(deadline.on)));
    let all = format!("{} in all.", sessions(balance.total));
    html! {
        h3 { (lot.offer.name) }
        ul.plainlist.acts {
            @if let Some(now) = &now { (act(&link::desk_extend(lot.id), "Extend the date", now)) }
            @if frozen { (act(&link::desk_pause(lot.id), "End the pause", "The date moves by its days.")) }
            @else if balance.is_alive() { (act(&link::desk_pause(lot.id), "Pause", "Nothing can be booked, and the date waits.")) }
            @if desk.seat.is_own() {
                (act(&link::desk_adjust(lot.id), "Correct the number", &all))
                @if balance.available > 0 {
                    (act(&link::desk_pass_on(lot.id), "Pass sessions on", &format!("Up to {}, to somebody else.", balance.available)))
                }
                @if !balance.stake(lot).is_zero() {
                    (act(&link::desk_refund_lot(lot.id), "Give money back", "See what every way of reckoning comes to first."))
                }
            }
        }
    }
}

/// More time for a lot: from when to when, and why.
#[must_use]
pub fn extend(
    desk: &Desk<'_>,
    client: &Client,
    (lot, balance): &Counted,
    aways: &[Away],
    typed: &Typed,
) -> Markup {
    let href = link::desk_client(client.id);
    let name = client.name.first_word();
    let today = desk.zone().date(desk.now);
    let usual = balance.deadline.as_ref().map_or(today, |deadline| deadline.on.max(today));
    let usual = plus_days(usual, 30).to_string();
    let to = if typed.has("to") { typed.value("to") } else { &usual };
    let waiting = balance.available_or_frozen() + balance.expired;
    let grace = lot.offer.policy.grace_days;
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Extend the date", html! { (lot.offer.name) }))
        div.narrow {
            div."ba one" {
                (frond(counter_of(balance)))
                p {
                    b { (sessions(waiting)) " left to book." } br;
                    (use_by(lot, balance, desk.now))
                }
            }
            form.form method="post" action=(link::desk_extend(lot.id)) {
                (ui::amiss(typed, "Not extended yet."))
                (Field::new("to", &format!("{} by", text::capital(text::to_use(lot)))).kind("date").value(to).required().error(typed.error("to"))
                    .hint("The last day on which sessions can be booked. It can only move to a later day."))
                @if let (Some(deadline), false) = (&balance.deadline, aways.is_empty()) {
                    ul.plainlist {
                        @for one in aways {
                            li {
                                a href={ (link::desk_extend(lot.id)) "?to=" (plus_days(deadline.on, one.days)) } { (away(*one)) }
                                ": " (long_date(plus_days(deadline.on, one.days)))
                            }
                        }
                    }
                }
                (Field::new("reason", "Why").value(typed.value("reason")).required().error(typed.error("reason"))
                    .hint("Stands in the ledger, where both of you can read it."))
                (ui::note(Note::Info, &format!("{} can be booked until that day.", capital_sessions(waiting)), html! {
                    @if grace > 0 { "A session may take place up to " (grace) " days later. " }
                    @if balance.expired > 0 { (balance.expired) " that had reached their date come back. " }
                    "The reminder to " (name) " is set anew for a week before."
                }))
                (ui::submit(Button::new("Extend the date"), html! { a href=(href) { "Leave it as it is" } }))
            }
        }
    };
    desk.page("Extend the date", Tab::Clients, &main)
}

fn capital_sessions(n: u32) -> String {
    let noun = if n == 1 { "session" } else { "sessions" };
    format!("{} {noun}", crate::views::text::number_first(n))
}

/// A gift: how many sessions, of which package, until when and why. `id` is the lot that it makes.
#[must_use]
pub fn comp(desk: &Desk<'_>, client: &Client, packages: &[Package], id: LotId, typed: &Typed) -> Markup {
    let href = link::desk_client(client.id);
    let name = client.name.first_word();
    let options: Vec<(String, String)> = packages
        .iter()
        .map(|package| {
            let words = format!("{}, {} minutes", package.offer.name, package.offer.length_minutes);
            (package.id.to_string(), words)
        })
        .collect();
    let options: Vec<(&str, &str)> =
        options.iter().map(|(id, words)| (id.as_str(), words.as_str())).collect();
    let or = |name: &str, usual: &'static str| {
        if typed.has(name) { typed.value(name).to_owned() } else { usual.to_owned() }
    };
    let (count, days) = (or("count", "1"), or("days", "90"));
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Give sessions", html! { "To " (client.name) }))
        div.narrow {
            @if packages.is_empty() {
                p { "Sessions are like those of one of your packages, and you have none yet." }
                p { (Button::new("Make a package").link(&link::desk_package_new())) }
            } @else {
                form.form action=(link::desk_comp(client.id)) {
                    input type="hidden" name="id" value=(id);
                    (ui::amiss(typed, "Nothing is given yet."))
                    div.cols {
                        (Field::new("count", "How many").kind("number").with("min", "1").with("max", "100").value(&count)
                            .required().error(typed.error("count")))
                        (Field::new("days", "Use within, days").kind("number").with("min", "1").with("max", "3650").value(&days)
                            .required().error(typed.error("days")))
                    }
                    (Select::new("package", "Like those of", &options).value(typed.value("package"))
                        .hint("Length, place and rules are taken from it as they are now.").error(typed.error("package")))
                    (Field::new("reason", "Why").value(typed.value("reason")).required().error(typed.error("reason"))
                        .hint("Stands in the ledger, where both of you can read it."))
                    (ui::note(Note::Info, "They land at once.", html! {
                        (name) " can book them from the sessions page. No money is asked, and none is counted."
                    }))
                    (ui::submit(Button::new("See what it does"), html! { "Nothing is given yet." }))
                }
            }
        }
    };
    desk.page("Give sessions", Tab::Clients, &main)
}

/// What a gift would make, and the button that gives it. The fields of the form go along, hidden.
#[must_use]
pub fn comp_preview(desk: &Desk<'_>, client: &Client, (lot, after): &Counted, typed: &Typed) -> Markup {
    let href = link::desk_comp(client.id);
    let name = client.name.first_word();
    let button = format!("Give {}", sessions(after.available));
    let main = html! {
        (super::head(Some((&href, "Give sessions")), &format!("{button} to {}?", client.name), html! { (lot.offer.name) }))
        div.narrow {
            div."ba one" {
                (frond(counter_of(after)))
                p {
                    b { (name) " will have " (after.available) " more " (if after.available == 1 { "session" } else { "sessions" }) } br;
                    (use_by(lot, after, desk.now))
                }
            }
            form.form method="post" action=(href) {
                @for field in ["id", "count", "days", "package", "reason"] {
                    input type="hidden" name=(field) value=(typed.value(field));
                }
                (ui::note(Note::Info, &format!("“{}”", typed.value("reason")), html! {
                    "They land at once. They are worth " (lot.paid) " in refunds and in your revenue."
                }))
                (ui::submit(Button::new(&button), html! { a href=(link::desk_client(client.id)) { "Not now" } }))
            }
        }
    };
    desk.page("Give sessions", Tab::Clients, &main)
}
