//! Mails about money that goes back: to whoever paid, and to the practitioner when a refund or a dispute waits for her.

use super::draft::{Block, Span};
use super::{Mailing, Paper, write_to};
use crate::domain::billing::dispute::{Dispute, State as DisputeState};
use crate::domain::billing::receipt::printed;
use crate::domain::billing::refund::{Cause, Question, Refund, State, Way};
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{long_date, long_moment};
use crate::views::{link, text};

/// Money goes back: how much, how, what was taken back, and the number of the credit note.
#[must_use]
pub fn refunded(
    paper: &Paper<'_>,
    refund: &Refund,
    purchase: &Purchase,
    practitioner: &Practitioner,
) -> Mailing {
    let first = practitioner.name.first_word();
    let amount = refund.amount;
    let how = match &refund.way {
        _ if amount.is_zero() => "No money goes back for them.".to_owned(),
        Way::Provider { .. } => format!(
            "{amount} is on its way to the card or account that you paid with. Banks usually take five to ten days."
        ),
        Way::ByHand { means, on, .. } => {
            format!("{first} gave you {amount} back {}, on {}.", text::means(means), long_date(*on))
        }
    };
    let (subject, heading) = match amount.is_zero() {
        true => (format!("Your sessions with {first} are closed"), "Your sessions are closed".to_owned()),
        false => (format!("Your refund of {}", amount.short()), format!("{} for you", amount.short())),
    };
    let mut facts = vec![("Reference".to_owned(), purchase.reference.to_string())];
    facts.extend(refund.note.map(|number| ("Credit note".to_owned(), printed(number))));
    facts.push(("Amount".to_owned(), amount.to_string()));
    facts.extend(refund.reason.as_ref().map(|reason| ("Why".to_owned(), reason.to_string())));
    let mut draft = paper.draft(&subject, &heading).preheader(how.clone()).words(how);
    if refund.credits > 0 {
        let verb = if refund.credits == 1 { "is" } else { "are" };
        draft = draft.words(format!(
            "{} that you had not used {verb} taken back with it.",
            text::capital(&text::sessions(refund.credits))
        ));
    }
    draft = draft.with(Block::Facts(facts));
    if let Some(number) = refund.note {
        draft = draft.spans([
            Span::from("The credit note, to print or keep, is "),
            Span::Link("on your page".to_owned(), paper.url(&link::receipt(number))),
            Span::from("."),
        ]);
    }
    draft = draft.spans([
        Span::from("If something is not right, write to "),
        write_to(practitioner, first),
        Span::from("."),
    ]);
    paper.set(
        &draft.because(
            "You’re getting this because money of yours was given back. Such notices always go out.",
        ),
    )
}

/// A refund waits for the practitioner, or was made at the provider's own pages.
#[must_use]
pub fn asks(paper: &Paper<'_>, refund: &Refund, client: &Client) -> Mailing {
    let (name, amount) = (client.name.as_str(), refund.amount);
    let (subject, words, then) = match (&refund.state, refund.question) {
        (State::Refused { why, .. }, _) => (
            format!("A refund did not go: {}", amount.short()),
            format!("The payment provider did not give {amount} back to {name}. It said: {why}."),
            "No money has moved, and nothing was given back twice. You can try again, give it back another way, or call it off.",
        ),
        (State::Returned { why, .. }, _) => (
            format!("A refund came back: {}", amount.short()),
            format!("{amount} for {name} came back, because the bank did not take it: {why}."),
            "The credit note stands, and the money is still owed. You can send it again or give it back another way.",
        ),
        (_, Some(Question::WhichCredits)) => (
            format!("A part was given back: {}", amount.short()),
            format!(
                "{amount} was given back to {name} at the payment provider. It is in your books, with a credit note."
            ),
            "Nothing was taken from the sessions yet. Please say which of them it was for.",
        ),
        (_, Some(Question::Sessions)) => (
            format!("All was given back: {}", amount.short()),
            format!(
                "{amount} was given back to {name} at the payment provider. What was not booked is taken back."
            ),
            "Sessions that are booked still stand. Please say what becomes of them.",
        ),
        (_, None) if refund.cause == Cause::AtProvider => (
            format!("Money was given back: {}", amount.short()),
            format!(
                "{amount} was given back to {name} at the payment provider. It is in your books, with a credit note."
            ),
            "There is nothing to decide.",
        ),
        (_, None) => (
            format!("A refund is settled: {}", amount.short()),
            format!("The refund of {amount} to {name} is settled."),
            "There is nothing to decide.",
        ),
    };
    let draft = paper
        .draft(&subject, &subject)
        .preheader(format!("{name}."))
        .words(words)
        .words(then)
        .button("Open this refund", paper.url(&link::desk_refund(refund.id)))
        .because("You’re getting this because money of your practice moved, or did not.");
    paper.set(&draft)
}

/// A bank questions a payment, or has decided.
#[must_use]
pub fn disputed(paper: &Paper<'_>, dispute: &Dispute, purchase: &Purchase, client: &Client) -> Mailing {
    let (name, amount) = (client.name.as_str(), dispute.amount);
    let waiting = text::sessions(dispute.suspended);
    let (subject, words, then) = match dispute.state {
        DisputeState::Open => (
            format!("A payment is questioned: {}", amount.short()),
            format!(
                "{name}’s bank questions the payment of {amount}. The reason it gives: {}.",
                dispute.reason.as_str().replace('_', " ")
            ),
            format!(
                "{} wait until it is decided. Sessions in the next 24 hours stand. Please answer at the payment provider{}.",
                text::capital(&waiting),
                dispute.answer_by.map_or(String::new(), |by| format!(", by {}", long_moment(by, paper.zone))),
            ),
        ),
        DisputeState::Won { .. } => (
            format!("The payment stands: {}", amount.short()),
            format!("{name}’s bank decided for you. The {amount} stay with you."),
            format!(
                "{} can be booked again, with the days that they waited added to their date.",
                text::capital(&waiting)
            ),
        ),
        DisputeState::Lost { .. } => (
            format!("The payment was taken back: {}", amount.short()),
            format!("{name}’s bank decided for {}. {amount} went back.", client.name.first_word()),
            "What was not used is taken back. Your books have it as given back, with a credit note."
                .to_owned(),
        ),
    };
    let draft = paper
        .draft(&subject, &subject)
        .preheader(format!("{name}."))
        .words(words)
        .words(then)
        .with(Block::Facts(vec![("Reference".to_owned(), purchase.reference.to_string())]))
        .button("Open this sale", paper.url(&link::desk_purchase(purchase.id)))
        .because("You’re getting this because a bank questions a payment of your practice.")
        .with_times();
    paper.set(&draft)
}

/// A session is called off because its package is closed or its payment is questioned.
#[must_use]
pub fn session_closed(paper: &Paper<'_>, booking: &Booking, practitioner: &Practitioner) -> Mailing {
    let when = long_moment(booking.starts_at, paper.zone);
    let first = practitioner.name.first_word();
    let draft = paper
        .draft(&format!("Canceled: {when}"), "This session is canceled")
        .preheader("Its credit went back.")
        .words(format!(
            "Your session on {when} does not take place. Its credit went back before anything else was done."
        ))
        .spans([
            Span::from("If you did not expect this, write to "),
            write_to(practitioner, first),
            Span::from("."),
        ])
        .because("You’re getting this because a session of yours was canceled.")
        .with_times();
    paper.set(&draft)
}
