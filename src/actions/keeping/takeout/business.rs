//! The sheets about what is bought, paid, given back, booked and used.

use super::super::export::{by_in_words, format_in_words, sale_in_words, what_in_words};
use super::{Rows, Sheet, Source, Value};
use crate::domain::billing::dispute::State as Questioned;
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::State as Back;
use crate::domain::calendar::booking::State as Standing;
use crate::domain::credits::ledger::balance;
use crate::domain::credits::lot::Origin;
use crate::store::{billing, calendar, catalog, credits};

pub(super) const PURCHASES: Sheet = Sheet {
    name: "purchases",
    about: "Every sale, with what was agreed.",
    columns: &[
        ("id", "identifier; its credits have the same"),
        ("reference", "the word by which it is found"),
        ("client", "who bought; `id` in clients"),
        ("practitioner", "from whom; `id` in practitioners"),
        ("package", "`id` in packages"),
        ("version", "of the package"),
        ("name", "the package’s name then"),
        ("sessions", "how many"),
        ("price", "for all of them"),
        ("currency", "of the price"),
        ("agreed_at", "when the buyer agreed"),
        ("state", "how it stands"),
        (
            "account",
            "with which of the practitioner’s own accounts it was sold, if with one; `number` in own_accounts",
        ),
        ("terms", "the terms as they were shown"),
    ],
    rows: purchases,
};

fn purchases(source: &Source<'_>) -> Rows {
    let row = |one: crate::domain::catalog::purchase::Purchase| {
        vec![
            Value::text(one.id),
            Value::text(&one.reference),
            Value::text(one.client),
            Value::text(one.practitioner),
            Value::text(one.package),
            Value::Number(u64::from(one.version)),
            Value::text(&one.offer.name),
            Value::Number(u64::from(one.offer.sessions)),
            Value::Amount(one.offer.price),
            Value::text(one.offer.price.currency),
            Value::At(one.asked_at),
            Value::text(sale_in_words(one.state)),
            Value::some(one.till.and_then(|till| till.account)),
            Value::text(&one.terms),
        ]
    };
    Ok(catalog::purchase::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const PAYMENTS: Sheet = Sheet {
    name: "payments",
    about: "Money that came for a purchase.",
    columns: &[
        ("purchase", "`id` in purchases"),
        ("amount", "how much"),
        ("currency", "ISO 4217"),
        ("means", "online, cash, card, bank transfer or nothing"),
        ("provider_reference", "the payment provider’s name for it"),
        ("on", "the local date on which it came"),
        ("note", "a word about it"),
    ],
    rows: payments,
};

fn payments(source: &Source<'_>) -> Rows {
    let row = |one: crate::domain::billing::payment::Payment| {
        let (means, reference) = match one.means {
            Means::Online { reference } => ("online", reference),
            Means::Cash => ("cash", None),
            Means::CardAtPractice => ("card", None),
            Means::Transfer => ("bank transfer", None),
            Means::Nothing => ("nothing", None),
        };
        vec![
            Value::text(one.purchase),
            Value::Amount(one.amount),
            Value::text(one.amount.currency),
            Value::text(means),
            Value::some(reference),
            Value::On(one.on),
            Value::some(one.note),
        ]
    };
    Ok(billing::payment::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const RECEIPTS: Sheet = Sheet {
    name: "receipts",
    about: "Receipts, and credit notes with an amount below zero; numbered without gaps.",
    columns: &[
        ("number", "counts from 1"),
        ("purchase", "`id` in purchases"),
        ("amount", "what came, or below zero what was given back"),
        ("currency", "ISO 4217"),
        ("issued_at", "when it was made"),
    ],
    rows: receipts,
};

fn receipts(source: &Source<'_>) -> Rows {
    let row = |one: crate::domain::billing::receipt::Receipt| {
        vec![
            Value::Number(one.number),
            Value::text(one.purchase),
            Value::Amount(one.amount),
            Value::text(one.amount.currency),
            Value::At(one.issued_at),
        ]
    };
    Ok(billing::receipt::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const REFUNDS: Sheet = Sheet {
    name: "refunds",
    about: "Money that was given back, or is to be.",
    columns: &[
        ("id", "identifier"),
        ("purchase", "whose payment; `id` in purchases"),
        ("credits", "which credits; `id` in credits"),
        ("amount", "how much"),
        ("currency", "ISO 4217"),
        ("credits_taken_back", "how many"),
        ("asked_at", "when it was asked for, or found"),
        ("state", "going, done, refused, returned or undone"),
        ("credit_note", "`number` in receipts"),
        ("reason", "why"),
    ],
    rows: refunds,
};

fn refunds(source: &Source<'_>) -> Rows {
    let row = |one: crate::domain::billing::refund::Refund| {
        let state = match one.state {
            Back::Going { .. } => "going",
            Back::Done { .. } => "done",
            Back::Refused { .. } => "refused",
            Back::Returned { .. } => "returned",
            Back::Undone { .. } => "undone",
        };
        vec![
            Value::text(one.id),
            Value::text(one.purchase),
            Value::text(one.lot),
            Value::Amount(one.amount),
            Value::text(one.amount.currency),
            Value::Number(u64::from(one.credits)),
            Value::At(one.asked_at),
            Value::text(state),
            one.note.map_or(Value::None, Value::Number),
            Value::some(one.reason),
        ]
    };
    Ok(billing::refund::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const DISPUTES: Sheet = Sheet {
    name: "disputes",
    about: "Payments that a bank questioned.",
    columns: &[
        ("reference", "the payment provider’s name for it"),
        ("purchase", "whose payment; `id` in purchases"),
        ("credits", "which credits wait for it; `id` in credits"),
        ("amount", "how much is questioned"),
        ("currency", "ISO 4217"),
        ("reason", "the bank’s, in the provider’s word"),
        ("opened_at", "when it was noticed"),
        ("answer_by", "until when it can be answered at the provider"),
        ("state", "open, won or lost"),
        ("decided_at", "when that was noticed"),
    ],
    rows: disputes,
};

fn disputes(source: &Source<'_>) -> Rows {
    let row = |one: crate::domain::billing::dispute::Dispute| {
        let (state, decided) = match one.state {
            Questioned::Open => ("open", Value::None),
            Questioned::Won { at } => ("won", Value::At(at)),
            Questioned::Lost { at } => ("lost", Value::At(at)),
        };
        vec![
            Value::text(one.reference),
            Value::text(one.purchase),
            Value::text(one.lot),
            Value::Amount(one.amount),
            Value::text(one.amount.currency),
            Value::text(one.reason),
            Value::At(one.opened_at),
            one.answer_by.map_or(Value::None, Value::At),
            Value::text(state),
            decided,
        ]
    };
    Ok(billing::dispute::all(source.read)?.into_iter().map(row).collect())
}

pub(super) const CREDITS: Sheet = Sheet {
    name: "credits",
    about: "Lots of credits, each with what it amounts to at the instant of the export.",
    columns: &[
        ("id", "identifier"),
        ("client", "whose; `id` in clients"),
        ("practitioner", "with whom; `id` in practitioners"),
        ("origin", "bought, given, passed on or brought in"),
        ("name", "what they are called"),
        ("minutes", "how long each session is"),
        ("paid", "what was paid for them"),
        ("currency", "of what was paid"),
        ("granted_at", "when they landed"),
        ("book_by", "the last day to book them"),
        ("total", "how many"),
        ("used", "how many are used"),
        ("booked", "how many are booked"),
        ("to_book", "how many can be booked now"),
        ("expired", "how many reached their date"),
        ("taken_back", "how many were taken back"),
        ("used_before", "how many were used before they were brought in"),
    ],
    rows: lots,
};

fn lots(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for lot in credits::lot::all(source.read)? {
        let now = balance(&lot, &credits::ledger::of(source.read, lot.ledger())?, source.now);
        let (origin, before) = match &lot.origin {
            Origin::Purchase(_) => ("bought", None),
            Origin::Comp { .. } => ("given", None),
            Origin::Transfer { .. } => ("passed on", None),
            Origin::Import { used_before } => ("brought in", Some(*used_before)),
        };
        let number = |n: u32| Value::Number(u64::from(n));
        rows.push(vec![
            Value::text(lot.id),
            Value::text(lot.client),
            Value::text(lot.practitioner),
            Value::text(origin),
            Value::text(&lot.offer.name),
            number(lot.offer.length_minutes),
            Value::Amount(lot.paid),
            Value::text(lot.paid.currency),
            Value::At(lot.granted_at),
            now.deadline.as_ref().map_or(Value::None, |deadline| Value::On(deadline.on)),
            number(now.total),
            number(now.used()),
            number(now.held()),
            number(now.available),
            number(now.expired),
            number(now.revoked),
            before.map_or(Value::None, number),
        ]);
    }
    Ok(rows)
}

pub(super) const LEDGER: Sheet = Sheet {
    name: "ledger",
    about: "Every change to credits, in its order. Balances follow from it alone.",
    columns: &[
        ("id", "identifier; entries of the same credits are in the order of their ids"),
        ("credits", "`id` in credits"),
        ("at", "when"),
        ("what", "what was done"),
        ("count", "how many credits; a correction may be below zero"),
        ("session", "`id` in sessions"),
        ("by", "client, practitioner, program or payment provider"),
        ("reason", "why, for both to read"),
    ],
    rows: ledger,
};

fn ledger(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for lot in credits::lot::all(source.read)? {
        for one in credits::ledger::of(source.read, lot.ledger())? {
            let (what, count, session) = what_in_words(&one.what);
            rows.push(vec![
                Value::text(one.id),
                Value::text(one.lot),
                Value::At(one.at),
                Value::text(what),
                Value::some(count),
                Value::some(session),
                Value::text(by_in_words(one.actor)),
                Value::some(one.reason),
            ]);
        }
    }
    Ok(rows)
}

pub(super) const SESSIONS: Sheet = Sheet {
    name: "sessions",
    about: "Every session that was booked, those that were called off included.",
    columns: &[
        ("id", "identifier"),
        ("client", "who comes; `id` in clients"),
        ("practitioner", "who gives it; `id` in practitioners"),
        ("credits", "which pay; `id` in credits"),
        ("starts_at", "when it starts"),
        ("minutes", "how long it is"),
        ("format", "in person, video or phone"),
        ("placed_at", "when it was booked"),
        ("cancelled_at", "when it was called off"),
        (
            "booked_anyway",
            "whether the practitioner put it where another session or the hours were in the way",
        ),
    ],
    rows: sessions,
};

fn sessions(source: &Source<'_>) -> Rows {
    let mut rows = Vec::new();
    for one in calendar::booking::all(source.read)? {
        let cancelled = match one.state {
            Standing::Confirmed => Value::None,
            Standing::Cancelled { at, .. } => Value::At(at),
        };
        rows.push(vec![
            Value::text(one.id),
            Value::text(one.client),
            Value::text(one.practitioner),
            Value::text(one.lot),
            Value::At(one.starts_at),
            Value::Number(u64::from(one.length_minutes)),
            Value::text(format_in_words(&one.format)),
            Value::At(one.placed_at),
            cancelled,
            Value::Is(calendar::anyway::find(source.read, one.id)? == Some(one.starts_at)),
        ]);
    }
    Ok(rows)
}
