//! One refund: how far it is, what it gave and took back, and the way on if it is stuck.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::billing::receipt::printed;
use crate::domain::billing::refund::{Cause, Question, Refund, State, Way, to_come};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::time::long_moment;
use crate::views::link;
use crate::views::text::{self, sessions, times_in};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note, Tag};

/// A refund with what belongs to it.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The refund.
    pub refund: &'a Refund,
    /// The sale whose payment goes back.
    pub purchase: &'a Purchase,
    /// Who paid.
    pub payer: &'a Client,
    /// Whose credits they are.
    pub client: &'a Client,
    /// What it asks about: that lot first, then those that credits were passed on to, each with whose it is.
    pub asked: &'a [(Counted, Client)],
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
pub fn page(desk: &Desk<'_>, given: &Given<'_>, typed: &Typed, refused: Option<&str>) -> Markup {
    let refund = given.refund;
    let href = link::desk_purchase(given.purchase.id);
    let title = format!("Refund of {}", refund.amount);
    let main = html! {
        (super::head(Some((&href, given.purchase.offer.name.as_str())), &title, html! {
            (given.payer.name) ". " (refund_tag(refund))
        }))
        @if let Some(words) = refused { (ui::note(Note::Bad, words, html! {})) }
        div."narrow form" {
            (ui::note(note_of(refund), &text::refund_state(refund, desk.zone()), html! {}))
            (facts(desk, given))
            (ways_on(desk, given, typed))
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

/// The ways on for one that is stuck, and the question of one that was made elsewhere.
fn ways_on(desk: &Desk<'_>, given: &Given<'_>, typed: &Typed) -> Markup {
    let refund = given.refund;
    let stuck = matches!(refund.state, State::Refused { .. } | State::Returned { .. });
    let online = matches!(refund.way, Way::Provider { .. });
    html! {
        @if refund.is_going() {
            p { a href=(link::desk_refund(refund.id)) { "Look again" } }
        }
        @if stuck && online {
            (again(refund))
            (by_hand(desk, refund, typed))
        }
        @if matches!(refund.state, State::Refused { .. }) && refund.note.is_none() { (undo(given)) }
        @if let Some(question) = refund.question { (answer(desk, given, question, typed)) }
    }
}

fn again(refund: &Refund) -> Markup {
    html! {
        section {
            h2 { "Send it again" }
            p { "The payment provider is asked once more for " (refund.amount) ". It cannot be given back twice: what was made before is looked for first." }
            form.form method="post" action=(link::desk_refund_again(refund.id)) { (Button::new("Send it again")) }
        }
    }
}

fn by_hand(desk: &Desk<'_>, refund: &Refund, typed: &Typed) -> Markup {
    let today = desk.zone().date(desk.now).to_string();
    let on = if typed.has("on") { typed.value("on") } else { &today };
    let chosen = if typed.has("means") { typed.value("means") } else { "cash" };
    let ways = [
        Choice::new("cash", "In cash"),
        Choice::new("card", "By card at the practice"),
        Choice::new("transfer", "By bank transfer"),
    ];
    html! {
        details.act open[typed.has("means")] {
            summary { "Record that you gave it back yourself" }
            p {
                (refund.amount) " is recorded as given back by you."
                @if refund.note.is_none() { " The credit note is written now, " (desk.post.says("and goes out by email.", "for you to hand over.")) }
            }
            form.form method="post" action=(link::desk_refund_by_hand(refund.id)) {
                (ui::amiss(typed, "Not recorded yet."))
                (Choices::one("means", "How", &ways).chosen(chosen).error(typed.error("means")))
                (Field::new("on", "Given back on").kind("date").value(on).with("max", &today).required().error(typed.error("on")))
                (Field::new("note", "Note").value(typed.value("note")).optional().error(typed.error("note")))
                (Button::new("Record it").quiet())
            }
        }
    }
}

fn undo(given: &Given<'_>) -> Markup {
    let refund = given.refund;
    html! {
        details.act {
            summary { "Call the refund off" }
            p {
                "No money has moved. " (sessions(refund.credits)) " of " (given.client.name.first_word())
                " can be booked again, by the date that they had. Sessions that were canceled for it stay canceled."
            }
            form.form method="post" action=(link::desk_refund_undo(refund.id)) {
                (Button::new("Call the refund off").danger())
            }
        }
    }
}

/// How many credits can be taken back, and whose come first.
fn unbooked(given: &Given<'_>, unused: u32) -> String {
    let waiting: u32 = given.asked.iter().map(|((_, balance), _)| balance.suspended).sum();
    let what = match waiting {
        0 => format!("{} can be booked now.", sessions(unused)),
        _ => format!("{} are not booked; those on hold are taken last.", sessions(unused)),
    };
    match given.asked {
        [_, _, ..] => format!("{what} Those of {} go first.", given.client.name.first_word()),
        _ => what,
    }
}

/// Which credits, or which sessions: the question that a refund made elsewhere leaves.
fn answer(desk: &Desk<'_>, given: &Given<'_>, question: Question, typed: &Typed) -> Markup {
    let mut rows: Vec<(String, String)> = Vec::new();
    for ((lot, balance), client) in given.asked {
        let ahead = to_come(balance, desk.now);
        for sitting in balance.sittings.iter().filter(|sitting| ahead.contains(&sitting.booking)) {
            let when = long_moment(sitting.starts_at, desk.zone());
            let what = if lot.id == given.refund.lot { when } else { format!("{when}, {}", client.name) };
            rows.push((sitting.booking.to_string(), what));
        }
    }
    let unused: u32 = given.asked.iter().map(|((_, balance), _)| balance.unused()).sum();
    let choices: Vec<Choice<'_>> = rows.iter().map(|(id, when)| Choice::new(id, when)).collect();
    let ticked = typed.all("release");
    let sessions_asked = Choices::many("release", "Cancel these sessions", &choices)
        .hint("Their credits are taken back. Those that are left take place.")
        .error(typed.error("release"));
    let sessions_asked = ticked.iter().fold(sessions_asked, |asked, id| asked.chosen(id));
    let free = unused.to_string();
    let count = if typed.has("free") { typed.value("free") } else { "0" };
    html! {
        section {
            h2 {
                @match question {
                    Question::WhichCredits => "What was it for?",
                    Question::Sessions => "What becomes of the sessions?",
                }
            }
            form.form method="post" action=(link::desk_refund_answer(given.refund.id)) {
                (ui::amiss(typed, "Not decided yet."))
                @if !rows.is_empty() { (sessions_asked) }
                @if unused > 0 {
                    (Field::new("free", "Unbooked sessions to take back").kind("number").with("min", "0").with("max", &free)
                        .value(count).error(typed.error("free"))
                        .hint(&unbooked(given, unused)))
                }
                (ui::submit(Button::new("Decide so"), html! { "What is not chosen stays as it is." }))
            }
        }
    }
}
