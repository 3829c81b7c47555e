//! What of the practitioner's money waits for a decision: refunds that are stuck or ask something, and open disputes.

use maud::{Markup, html};

use super::refund::refund_tag;
use super::{Desk, Tab};
use crate::domain::billing::dispute::{Dispute, State};
use crate::domain::billing::refund::Refund;
use crate::domain::people::client::Client;
use crate::domain::time::{long_date, long_moment};
use crate::views::link;
use crate::views::text::sessions;
use crate::views::ui::{self, Tag};

/// Something that waits, with whom it is about.
#[derive(Debug, Clone)]
pub enum Decision<'a> {
    /// A refund.
    Refund(&'a Refund, &'a Client),
    /// A dispute.
    Dispute(&'a Dispute, &'a Client),
}

/// The list, to be placed on any page; nothing if nothing waits.
#[must_use]
pub fn list(desk: &Desk<'_>, decisions: &[Decision<'_>]) -> Markup {
    html! {
        @if !decisions.is_empty() {
            ul.plainlist { @for one in decisions { li { (line(desk, one)) } } }
        }
    }
}

fn line(desk: &Desk<'_>, decision: &Decision<'_>) -> Markup {
    match decision {
        Decision::Refund(refund, client) => html! {
            a href=(link::desk_refund(refund.id)) { "Refund of " (refund.amount) " to " (client.name) } ", "
            (long_date(desk.zone().date(refund.asked_at))) ". " (refund_tag(refund))
        },
        Decision::Dispute(dispute, client) => html! {
            a href=(link::desk_purchase(dispute.purchase)) { (client.name) "’s bank questions " (dispute.amount) } ". "
            (sessions(dispute.suspended)) " wait. "
            @if let Some(by) = dispute.answer_by { "Answer at the payment provider by " (long_moment(by, desk.zone())) ". " }
            (dispute_tag(dispute))
        },
    }
}

/// How a dispute stands, in a word or two.
#[must_use]
pub fn dispute_tag(dispute: &Dispute) -> Markup {
    match dispute.state {
        State::Open => ui::tag(Tag::Warn, "The bank has not decided"),
        State::Won { .. } => ui::tag(Tag::Good, "Decided for you"),
        State::Lost { .. } => ui::tag(Tag::Bad, "Decided for the buyer"),
    }
}

/// A page of its own.
#[must_use]
pub fn page(desk: &Desk<'_>, decisions: &[Decision<'_>]) -> Markup {
    let home = link::desk();
    let main = html! {
        (super::head(Some((&home, "Today")), "Waiting for your decision", html! {}))
        @if decisions.is_empty() { p { "Nothing waits. All refunds are settled, and no payment is questioned." } }
        (list(desk, decisions))
    };
    desk.page("Waiting for your decision", Tab::Today, &main)
}
