//! A sale while it waits for the buyer at the payment provider's page: the code that leads her phone there, the same as text,
//! and calling it off; and what is said once it is paid. The page looks again by itself: with the script in place, without it by
//! loading anew, both for a while only.

use maud::{Markup, html};

use super::Sale;
use crate::domain::catalog::purchase::State;
use crate::domain::credits::selection::Counted;
use crate::domain::time::{Timestamp, long_moment};
use crate::views::art::Icon;
use crate::views::practitioner::Desk;
use crate::views::text::{sessions, use_by};
use crate::views::ui::{self, Button, Field, Note};
use crate::views::{link, qr};

/// How often the page loads itself anew without a script: for a quarter of an hour. It does not keep a seat signed in for ever.
pub const LOOKS: u32 = 180;
/// Seconds between two of these.
const EVERY: u32 = 5;

/// Whether the buyer's phone comes back to a page of ours that it can open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    /// It does: the provider's webhooks reach us too.
    Known,
    /// Perhaps not: nothing from outside is known to reach us.
    Unsure,
}

/// A sale at the provider's page.
#[derive(Debug, Clone, Copy)]
pub struct AtTill<'a> {
    /// Where the buyer pays; none if the provider has not opened the page yet.
    pub page: Option<&'a str>,
    /// When it closes by itself.
    pub closes_at: Timestamp,
    /// How often this page has looked by itself.
    pub looks: u32,
    /// Whether she sees a page of ours afterwards.
    pub back: Return,
}

/// What makes the page look again without a script.
#[must_use]
pub fn look_again(sale: &Sale<'_>) -> Option<Markup> {
    let at = sale.at_till.as_ref().filter(|at| at.looks < LOOKS)?;
    let next = (at.looks + 1).to_string();
    let to = link::asking(&link::desk_purchase(sale.purchase.id), &[("look", &next)]);
    Some(html! { noscript { meta http-equiv="refresh" content={ (EVERY) "; url=" (to) }; } })
}

/// The part of the page that leads to the payment page.
#[must_use]
pub fn part(desk: &Desk<'_>, sale: &Sale<'_>) -> Markup {
    let Some(at) = &sale.at_till else { return html! {} };
    html! {
        section.form {
            h2 { "To be paid on a phone: " (sale.purchase.offer.price) }
            @match at.page {
                Some(url) => { (way_there(sale, url)) }
                None => {
                    (ui::note(Note::Warn, "The payment page could not be opened yet.", html! {
                        "The payment provider does not answer. Nothing was charged, and it is tried again by itself."
                    }))
                }
            }
            (waiting(sale, at))
            p.hint {
                "The payment page closes by itself " (long_moment(at.closes_at, desk.zone())) ". "
                @if at.back == Return::Unsure {
                    "After paying, a phone outside your network cannot open our thank-you page. The payment counts all the same: it shows here."
                }
            }
            (call_off(sale))
        }
    }
}

fn way_there(sale: &Sale<'_>, url: &str) -> Markup {
    let first = sale.client.name.first_word();
    let subject = format!("To pay: {}", sale.purchase.offer.name);
    html! {
        div.handed {
            @if let Some(code) = qr::code(url, "The payment page’s address as a QR code") { div { (code) } }
            div.form {
                p { "Point the camera of " (first) "’s phone at the code. It opens the payment page; no network of yours is needed." }
                (Field::new("link", "The same as a link, to send").value(url).with("readonly", ""))
                div.cluster {
                    (Button::new("Copy").quiet().icon(Icon::Copy).copies("link"))
                    a href=(link::mail_to(&sale.client.email, &subject, url)) { "Write it from your own mail program" }
                }
            }
        }
    }
}

fn waiting(sale: &Sale<'_>, at: &AtTill<'_>) -> Markup {
    let here = link::desk_purchase(sale.purchase.id);
    let looks = at.looks < LOOKS;
    html! {
        div role="status" data-wait=[looks.then(|| link::desk_purchase_yet(sale.purchase.id))] data-end=[looks.then(|| link::asking(&here, &[("look", &LOOKS.to_string())]))] {
            (ui::note(Note::Info, "Waiting for payment.", html! {
                @if looks { "This page looks by itself. " } @else { "This page looked for a while, and has stopped. " }
                a href=(here) { "Look now" }
            }))
        }
    }
}

fn call_off(sale: &Sale<'_>) -> Markup {
    let first = sale.client.name.first_word();
    html! {
        details.act {
            summary { "Paid another way, or not at all" }
            p { "The payment page closes, so that nobody can pay there by mistake. If " (first) " was faster, the payment counts and shows here." }
            form."form cluster" method="post" action=(link::desk_call_off(sale.purchase.id)) {
                (Button::new("Take the money here instead").quiet().sends("then", "practice"))
                (Button::new("Call it off").danger())
            }
        }
    }
}

/// What is said of a sale whose credits are there, as long as none is used: how many, until when, and the way to the first session.
#[must_use]
pub fn landed(desk: &Desk<'_>, sale: &Sale<'_>) -> Markup {
    let fresh = |(_, balance): &&Counted| balance.available > 0 && balance.available == balance.total;
    let Some((lot, balance)) = sale.counted.filter(fresh) else { return html! {} };
    let paid = if sale.purchase.offer.price.is_zero() { "There" } else { "Paid" };
    let first = format!("{paid}: {}.", sessions(balance.total));
    let book = link::asking(&link::desk_book(sale.client.id), &[("lot", &lot.id.to_string())]);
    html! {
        div.form role="status" {
            (ui::note(Note::Good, &first, html! { (use_by(lot, balance, desk.now)) }))
            p { (Button::new("Book the first session").link(&book)) }
        }
    }
}

/// What is said of a sale that ended without money, with the way to sell again.
#[must_use]
pub fn ended(sale: &Sale<'_>) -> Markup {
    let words = match sale.purchase.state {
        State::Lapsed { .. } => "The payment page has closed, and nothing was paid.",
        State::Withdrawn { .. } => "It was called off, and nothing was paid.",
        State::Failed { .. } => "The bank did not carry out the payment, so no sessions were added.",
        State::Processing => {
            return ui::note(
                Note::Info,
                "The payment is on its way.",
                html! {
                    "The bank has the order; that can take a few working days. The sessions land when the money is there."
                },
            );
        }
        _ => return html! {},
    };
    let again =
        link::asking(&link::desk_sell(sale.client.id), &[("package", &sale.purchase.package.to_string())]);
    html! {
        (ui::note(Note::Info, words, html! {}))
        p { (Button::new("Sell it again").quiet().link(&again)) }
    }
}
