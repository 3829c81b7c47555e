//! A sale: what was agreed, how it stands, and marking it as paid or calling it off; while it waits at the payment page, the way
//! there (`at_till`).

pub mod at_till;

use maud::{Markup, html};

use super::client::purchase_tag;
use super::decisions::dispute_tag;
use super::refund::refund_tag;
use super::{Desk, Tab};
use crate::domain::billing::dispute::Dispute;
use crate::domain::billing::payment::Payment;
use crate::domain::billing::receipt::{Receipt, printed};
use crate::domain::billing::refund::Refund;
use crate::domain::catalog::purchase::{Purchase, State, Way};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::time::{Timestamp, long_date, long_moment};
use crate::views::link;
use crate::views::text::{self, sessions, times_in};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note};
use at_till::AtTill;

/// A sale with what belongs to it.
#[derive(Debug, Clone)]
pub struct Sale<'a> {
    /// The sale.
    pub purchase: &'a Purchase,
    /// Who buys.
    pub client: &'a Client,
    /// The money that came.
    pub payment: Option<&'a Payment>,
    /// The first time that was chosen with it, if one was.
    pub first: Option<Timestamp>,
    /// The papers about it.
    pub receipts: &'a [Receipt],
    /// What was given back of it.
    pub refunds: &'a [Refund],
    /// Where a bank questions it.
    pub disputes: &'a [Dispute],
    /// Its credits, once they are there.
    pub counted: Option<&'a Counted>,
    /// How it waits at the provider's page, while it does.
    pub at_till: Option<AtTill<'a>>,
}

impl<'a> Sale<'a> {
    /// A sale with nothing beside it yet.
    #[must_use]
    pub const fn of(purchase: &'a Purchase, client: &'a Client) -> Self {
        Self {
            purchase,
            client,
            payment: None,
            first: None,
            receipts: &[],
            refunds: &[],
            disputes: &[],
            counted: None,
            at_till: None,
        }
    }
}

/// The page; `typed` is the form to mark it paid.
#[must_use]
pub fn page(desk: &Desk<'_>, sale: &Sale<'_>, typed: &Typed, refused: Option<&str>) -> Markup {
    let purchase = sale.purchase;
    let href = link::desk_client(sale.client.id);
    let waits = matches!(purchase.state, State::AwaitingPractice | State::AwaitingProof);
    let main = html! {
        (super::head(Some((&href, sale.client.name.as_str())), purchase.offer.name.as_str(), html! {
            span.whole { (purchase.reference) } ". " (purchase_tag(purchase.state))
        }))
        @if let Some(words) = refused { (ui::note(Note::Bad, words, html! {})) }
        div.split {
            div."split-main form" {
                (at_till::landed(desk, sale))
                (at_till::ended(sale))
                (at_till::part(desk, sale))
                (facts(desk, sale))
                (given_back(desk, sale))
                @if waits { (mark_paid(desk, sale, typed)) @if desk.seat.is_own() { (withdraw(sale)) } }
            }
            aside.split-side {
                h2 { "What was agreed" }
                ul.plainlist {
                    li { (text::session_terms(&purchase.offer)) }
                    @for rule in text::policy(&purchase.offer.policy, purchase.offer.validity) { li { (rule) } }
                }
                @if !purchase.terms.is_empty() {
                    details.act { summary { "The terms as they were shown" } @for part in purchase.terms.paragraphs() { p { (part) } } }
                }
            }
        }
        p.hint.calfoot { (times_in(desk.zone())) }
    };
    desk.page_head(purchase.offer.name.as_str(), Tab::Clients, &main, at_till::look_again(sale))
}

fn facts(desk: &Desk<'_>, sale: &Sale<'_>) -> Markup {
    let purchase = sale.purchase;
    html! {
        dl.sum {
            div { dt { "Client" } dd { a href=(link::desk_client(sale.client.id)) { (sale.client.name) } } }
            div { dt { "Asked for" } dd { (long_moment(purchase.asked_at, desk.zone())) } }
            div { dt { "Payment" } dd {
                @match purchase.way { Way::Online => "Online", Way::AtPractice => "At the practice", Way::Free => "Nothing is asked" }
            } }
            @if let Some(at) = sale.first { div { dt { "First time chosen" } dd { (long_moment(at, desk.zone())) } } }
            @if let Some(payment) = sale.payment {
                div { dt { "Came" } dd { (long_date(payment.on)) ", " (text::means(&payment.means)) } }
                @if let Some(note) = &payment.note { div { dt { "Note" } dd { (note) } } }
            }
            @for receipt in sale.receipts {
                div {
                    dt { (if receipt.amount.minor < 0 { "Credit note" } else { "Receipt" }) }
                    dd {
                        // The papers are for her whose desk it is.
                        @if desk.seat.is_own() { a href=(link::desk_receipt(receipt.number)) { (printed(receipt.number)) } }
                        @else { (printed(receipt.number)) }
                        ", " (receipt.amount)
                    }
                }
            }
            div.total { dt { "Price" } dd { (purchase.offer.price) } }
        }
    }
}

/// What was given back and what is questioned, and the way to give back.
fn given_back(desk: &Desk<'_>, sale: &Sale<'_>) -> Markup {
    let purchase = sale.purchase;
    let can = purchase.is_paid() && purchase.offer.price.minor > 0 && desk.seat.is_own();
    html! {
        @if !sale.disputes.is_empty() {
            section {
                h2 { "Questioned by the bank" }
                ul.plainlist {
                    @for dispute in sale.disputes {
                        li { (dispute.amount) ", " (long_moment(dispute.opened_at, desk.zone())) ". " (dispute_tag(dispute)) }
                    }
                }
            }
        }
        @if !sale.refunds.is_empty() {
            section {
                h2 { "Given back" }
                ul.plainlist {
                    @for refund in sale.refunds {
                        li {
                            a href=(link::desk_refund(refund.id)) { (refund.amount) } ", "
                            (long_moment(refund.asked_at, desk.zone())) ". " (refund_tag(refund))
                        }
                    }
                }
            }
        }
        @if can { p { (Button::new("Give money back").quiet().link(&link::desk_refund_lot(Lot::id_for(purchase.id)))) } }
    }
}

fn mark_paid(desk: &Desk<'_>, sale: &Sale<'_>, typed: &Typed) -> Markup {
    let purchase = sale.purchase;
    let today = desk.zone().date(desk.now).to_string();
    let on = if typed.has("on") { typed.value("on") } else { &today };
    let chosen = if typed.has("means") { typed.value("means") } else { "cash" };
    let ways = [
        Choice::new("cash", "In cash"),
        Choice::new("card", "By card"),
        Choice::new("transfer", "By bank transfer"),
    ];
    html! {
        form.form method="post" action=(link::desk_paid(purchase.id)) {
            fieldset.group {
                legend { "Mark as paid" }
                p {
                    (sale.client.name.first_word()) " gets " (sessions(purchase.offer.sessions))
                    " at once, and a receipt for " (purchase.offer.price) (desk.post.says(" by email.", ", which you hand over."))
                    @if let Some(at) = sale.first {
                        " If " (long_moment(at, desk.zone())) " is still free, the first session is booked then, with one of them."
                    }
                }
                (Field::new("on", "Paid on").kind("date").value(on).with("max", &today).required().error(typed.error("on")))
                (Choices::one("means", "How", &ways).chosen(chosen).error(typed.error("means")))
                (Field::new("note", "Note").value(typed.value("note")).optional().error(typed.error("note"))
                    .hint("For you and your books."))
            }
            (ui::submit(Button::new("Mark as paid"), html! {}))
        }
    }
}

fn withdraw(sale: &Sale<'_>) -> Markup {
    html! {
        details.act {
            summary { "Withdraw" }
            p { "The sale is called off. No money and no sessions move. " (sale.client.name.first_word()) " can buy again at any time." }
            form.form method="post" action=(link::desk_withdraw(sale.purchase.id)) {
                (Button::new("Withdraw this sale").danger())
            }
        }
    }
}
