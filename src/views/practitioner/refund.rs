//! One refund: how far it is, what it gave and took back, and the way on if it is stuck.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::billing::receipt::printed;
use crate::domain::billing::refund::{Cause, Refund, State, Way};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::time::long_moment;
use crate::views::link;
use crate::views::text::{self, sessions, times_in};
use crate::views::ui::{self, Note, Tag};

/// A refund with what belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The refund.
    pub refund: &'a Refund,
    /// The lot whose credits it took back, and what that amounts to.
    pub counted: &'a Counted,
    /// The sale whose payment goes back.
    pub purchase: &'a Purchase,
    /// Who paid.
    pub payer: &'a Client,
    /// Whose credits they are.
    pub client: &'a Client,
}

/// How a refund stands, in a word or two.
#[must_use]
pub fn refund_tag(refund: &Refund) -> Markup {
    match refund.state {
        _ if refund.question.is_some() => ui::tag(Tag::Warn, "Waits for your decision"),
        State::Going { .. } => ui::tag(Tag::Warn, "Being sent"),
        State::Done { .. } => ui::tag(Tag::Good, "Given back"),
        State::Refused { .. } => ui::tag(Tag::Bad, "Refused by the provider"),
        State::Returned { .. } => ui::tag(Tag::Bad, "Came back from the bank"),
        State::Undone { .. } => ui::tag(Tag::Plain, "Called off"),
    }
}

/// What a note says of it: good, or what is to be heeded.
const fn note_of(refund: &Refund) -> Note {
    match refund.state {
        State::Going { .. } | State::Undone { .. } => Note::Info,
        State::Done { .. } => Note::Good,
        State::Refused { .. } | State::Returned { .. } => Note::Warn,
    }
}

/// Who began it, in words.
const fn cause(refund: &Refund) -> &'static str {
    match refund.cause {
        Cause::Asked { method } => text::reckoned(method),
        Cause::AtProvider => "Made at the payment provider’s own pages",
        Cause::Dispute => "The bank decided a dispute for the buyer",
    }
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, given: &Given<'_>) -> Markup {
    let refund = given.refund;
    let href = link::desk_purchase(given.purchase.id);
    let title = format!("Refund of {}", refund.amount);
    let main = html! {
        (super::head(Some((&href, given.purchase.offer.name.as_str())), &title, html! {
            (given.payer.name) ". " (refund_tag(refund))
        }))
        div.narrow {
            (ui::note(note_of(refund), &text::refund_state(refund, desk.zone()), html! {}))
            (facts(desk, given))
        }
        p.hint.calfoot { (times_in(desk.zone())) }
    };
    desk.page(&title, Tab::Clients, &main)
}

fn facts(desk: &Desk<'_>, given: &Given<'_>) -> Markup {
    let refund = given.refund;
    html! {
        dl.sum {
            div { dt { "To" } dd { a href=(link::desk_client(given.payer.id)) { (given.payer.name) } } }
            div { dt { "Asked for" } dd { (long_moment(refund.asked_at, desk.zone())) } }
            div { dt { "Reckoned" } dd { (cause(refund)) } }
            div { dt { "Taken back" } dd {
                (sessions(refund.credits))
                @if given.client.id != given.payer.id { " of " (given.client.name) }
            } }
            @if let Way::ByHand { note: Some(note), .. } = &refund.way { div { dt { "Note" } dd { (note) } } }
            @if let Some(reference) = refund.reference() { div { dt { "At the provider" } dd { (reference) } } }
            @if let Some(reason) = &refund.reason { div { dt { "Why" } dd { (reason) } } }
            @if let Some(number) = refund.note { div { dt { "Credit note" } dd { (printed(number)) } } }
            div.total { dt { "Amount" } dd { (refund.amount) } }
        }
    }
}
