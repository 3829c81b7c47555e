//! Mails about a sale: the receipt with "book your first session", how to pay at the practice, a payment that did not come.

use jiff::civil::Date;

use super::draft::{Block, Draft, Span};
use super::nudge::{free_times, see_all};
use super::{Credits, Mailing, Paper, write_to};
use crate::domain::billing::receipt::printed;
use crate::domain::calendar::reservation::Outcome;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::messages::wording::Blank;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, long_date, long_moment};
use crate::views::{link, text};

/// What a receipt tells beside the credits.
#[derive(Debug, Clone, Copy)]
pub struct Paid<'a> {
    /// The receipt's number, if it has one; what was given has none.
    pub number: Option<u64>,
    /// The local date on which the money came.
    pub on: Date,
    /// What became of the first time that was chosen with it, if one was.
    pub first: Option<Outcome>,
    /// The next free times, up to three.
    pub times: &'a [Timestamp],
}

/// The receipt, and the way to the first session.
#[must_use]
pub fn receipt(paper: &Paper<'_>, credits: &Credits<'_>, paid: &Paid<'_>) -> Mailing {
    let Credits { practitioner, lot, balance } = *credits;
    let first = practitioner.name.first_word();
    let count = text::number(balance.total);
    let sessions = if balance.total == 1 { "session" } else { "sessions" };
    let subject = match paid.number {
        Some(number) => format!("Receipt {}, and your first session", printed(number)),
        None => format!("Your {count} {sessions}, and the first of them"),
    };
    let mut facts = Vec::new();
    facts.extend(paid.number.map(|number| ("Receipt".to_owned(), printed(number))));
    facts.push(("Paid".to_owned(), lot.paid.to_string()));
    facts.push(("On".to_owned(), long_date(paid.on)));
    facts.push((
        "For".to_owned(),
        format!("{} with {}", text::sessions(balance.total), practitioner.name.as_str()),
    ));
    let heading = match paid.first {
        Some(Outcome::Booked(..)) => "Your first session is booked",
        Some(Outcome::Lost(_)) | None => "When shall we begin?",
    };
    let mut draft = paper
        .draft(&subject, heading)
        .preheader(format!("Your {count} {sessions} with {first} can be booked now."))
        .knows_credits(credits)
        .knows(Blank::Price, lot.paid.to_string())
        .opens(format!(
            "Thank you. Your {count} {sessions} with {first} {} ready to be booked.",
            if balance.total == 1 { "is" } else { "are" }
        ))
        .with(Block::Counter(credits.counter(), left(credits), text::use_them_by(lot, balance, paper.now)));
    draft = match paid.first {
        Some(Outcome::Booked(id, at)) => draft
            .words(format!("It is on {}. Another mail has all about it.", long_moment(at, paper.zone)))
            .button("See your first session", paper.url(&link::booking(id))),
        Some(Outcome::Lost(at)) => {
            let when = long_moment(at, paper.zone);
            to_choose(
                paper,
                draft.words(format!("The time you chose, {when}, was taken meanwhile. We are sorry.")),
                credits,
                paid,
            )
        }
        None => to_choose(paper, draft, credits, paid),
    };
    draft = draft.with(Block::Facts(facts));
    if let Some(number) = paid.number {
        draft = draft.spans([
            Span::from("The full receipt, to print or keep, is "),
            Span::Link("on your page".to_owned(), paper.url(&link::receipt(number))),
            Span::from("."),
        ]);
    }
    let draft = draft
        .closes([Span::from("To reach "), write_to(practitioner, first), Span::from(", write at any time.")])
        .because("You’re getting this because you bought sessions. Receipts always go out.")
        .with_times();
    paper.set(&draft)
}

impl Draft {
    /// What is known where a mail is about a sale.
    fn knows_sale(self, purchase: &Purchase, practitioner: &Practitioner) -> Self {
        self.knows(Blank::Practitioner, practitioner.name.first_word())
            .knows(Blank::Sessions, purchase.offer.sessions.to_string())
            .knows(Blank::Price, purchase.offer.price.to_string())
            .knows(Blank::Reference, purchase.reference.as_str())
    }
}

/// The next free times, and the way to all of them.
fn to_choose(paper: &Paper<'_>, draft: Draft, credits: &Credits<'_>, paid: &Paid<'_>) -> Draft {
    let (lot, first) = (credits.lot.id, credits.practitioner.name.first_word());
    free_times(paper, draft, lot, first, paid.times).button(see_all(paid.times), paper.url(&link::book(lot)))
}

/// "6 of 6 sessions left to book."
pub(super) fn left(credits: &Credits<'_>) -> String {
    let total = credits.balance.total;
    let noun = if total == 1 { "session" } else { "sessions" };
    format!("{} of {total} {noun} left to book.", credits.counter().left())
}

/// How to pay at the practice, with the reference by which the purchase is found.
#[must_use]
pub fn awaiting_payment(paper: &Paper<'_>, purchase: &Purchase, practitioner: &Practitioner) -> Mailing {
    let first = practitioner.name.first_word();
    let count = text::sessions(purchase.offer.sessions);
    let facts = vec![
        ("Reference".to_owned(), purchase.reference.as_str().to_owned()),
        ("To pay".to_owned(), purchase.offer.price.to_string()),
        ("For".to_owned(), format!("{count} with {}", practitioner.name.as_str())),
    ];
    let draft = paper
        .draft(&format!("To pay at the practice: {}", purchase.reference.as_str()), "Your place is kept")
        .preheader(format!("Pay {} at the practice, with this reference.", purchase.offer.price.short()))
        .knows_sale(purchase, practitioner)
        .opens("You chose to pay at the practice. Please bring the reference, so that your payment is found:")
        .with(Block::Facts(facts))
        .words(format!("When {first} has marked it paid, your sessions can be booked, and we write to you."))
        .button("See how it stands", paper.url(&link::bought(purchase.id)))
        .closes([Span::from("Something to ask? Write to "), write_to(practitioner, first), Span::from(".")])
        .because("You’re getting this because you ordered sessions. No payment has been taken.");
    paper.set(&draft)
}

/// The note to the practitioner that somebody will pay at the practice.
#[must_use]
pub fn order_for_practitioner(paper: &Paper<'_>, purchase: &Purchase, client: &Client) -> Mailing {
    let reference = purchase.reference.as_str();
    let facts = vec![
        ("From".to_owned(), client.name.as_str().to_owned()),
        ("Reference".to_owned(), reference.to_owned()),
        ("To pay".to_owned(), purchase.offer.price.to_string()),
        ("For".to_owned(), text::sessions(purchase.offer.sessions)),
    ];
    let draft = paper
        .draft(&format!("To be paid at the practice: {reference}"), "An order to be paid at the practice")
        .preheader(format!(
            "{} for {}.",
            purchase.offer.price.short(),
            text::sessions(purchase.offer.sessions)
        ))
        .words("When the money has come, mark the order as paid. The sessions can be booked from then on.")
        .with(Block::Facts(facts))
        .button("Open this order", paper.url(&link::desk_purchase(purchase.id)))
        .because("You’re getting this because somebody ordered sessions from you.");
    paper.set(&draft)
}

/// A payment that was on its way did not come.
#[must_use]
pub fn payment_failed(paper: &Paper<'_>, purchase: &Purchase, practitioner: &Practitioner) -> Mailing {
    let first = practitioner.name.first_word();
    let price = purchase.offer.price;
    let draft = paper
        .draft("Your payment did not come through", "Your payment did not come through")
        .preheader("Nothing was taken. You can try another way.")
        .words(format!("The bank did not pass on the {price} for your sessions with {first}. Nothing was taken, and no sessions were booked from it."))
        .knows_sale(purchase, practitioner)
        .opens("You can try again, or pay another way.")
        .button("See the ways to pay", paper.url(&link::bought(purchase.id)))
        .closes([Span::from("Or write to "), write_to(practitioner, first), Span::from(format!(", and name {}.", purchase.reference.as_str()))])
        .because("You’re getting this because you ordered sessions.");
    paper.set(&draft)
}

/// What a practitioner is told of a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It is paid.
    Paid,
    /// It is to be paid at the practice.
    Awaited,
}

/// The plain note to the practitioner.
#[must_use]
pub fn to_practitioner(paper: &Paper<'_>, news: News, purchase: &Purchase, client: &Client) -> Mailing {
    let (name, price) = (client.name.as_str(), purchase.offer.price);
    let count = text::sessions(purchase.offer.sessions);
    let (subject, words, action) = match news {
        News::Paid => (
            format!("Sold: {count}"),
            format!("{name} bought {count} for {price}. They can be booked now."),
            "Open this sale",
        ),
        News::Awaited => (
            format!("To be paid at the practice: {}", purchase.reference.as_str()),
            format!(
                "{name} ordered {count} for {price} and will pay at the practice. Mark it paid when the money is there."
            ),
            "Mark as paid",
        ),
    };
    let facts = vec![
        ("Reference".to_owned(), purchase.reference.as_str().to_owned()),
        ("Client".to_owned(), name.to_owned()),
    ];
    let draft = paper
        .draft(&subject, &subject)
        .preheader(format!("{name}."))
        .words(words)
        .with(Block::Facts(facts))
        .button(action, paper.url(&link::desk_purchase(purchase.id)))
        .because("You’re getting this because somebody bought sessions with you.");
    paper.set(&draft)
}
