//! A client's own data as JSON: all that is kept about her, for herself; or what a practitioner has of her, for the
//! practitioner to hand over. The shape is stable: fields may be added.

use serde_json::{Value, json};

use crate::actions::people::note;
use crate::actions::{Error, NotThere};
use crate::app::{App, Fault};
use crate::domain::billing::receipt::Receipt;
use crate::domain::billing::refund::{Refund, State as Given};
use crate::domain::calendar::booking::{Booking, State as Standing};
use crate::domain::catalog::package::Format;
use crate::domain::catalog::purchase::{Purchase, State as Sale};
use crate::domain::credits::ledger::{Actor, Consumed, Entry, What};
use crate::domain::credits::lot::Origin;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClientId, PractitionerId};
use crate::domain::messages::message::{Message, State};
use crate::domain::money::Money;
use crate::domain::people::login::Person;
use crate::domain::people::note::{Audience, Kind, Note};
use crate::store::{Read, billing, calendar, catalog, credits, messages, people};

/// Which notes go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notes {
    /// Those that were shared with the client.
    Shared,
    /// The practitioner's private ones about her too, which only the practitioner can decide.
    AllOfHers,
}

/// A client's data, for whoever asks: the client gets everything, a practitioner what is between the two of them.
///
/// # Errors
/// [`NotThere`] if there is no such client of this person.
pub fn own_data(app: &App, by: Actor, client: ClientId, notes: Notes) -> Result<Value, Error<NotThere>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let found = match by {
        Actor::Client(id) if id == client => people::client::find(&read, client)?,
        Actor::Practitioner(whose) => people::client::find_of(&read, whose, client)?,
        _ => None,
    };
    let found = found.ok_or(Error::Refused(NotThere))?;
    let sees = |practitioner: PractitionerId| match by {
        Actor::Practitioner(whose) => practitioner == whose,
        _ => true,
    };
    let mut purchases = catalog::purchase::of_client(&read, client)?;
    purchases.retain(|one| sees(one.practitioner));
    let mut lots = credits::lot::of_client(&read, client, now)?;
    lots.retain(|(lot, _)| sees(lot.practitioner));
    let mut bookings = calendar::booking::of_client(&read, client)?;
    bookings.retain(|one| sees(one.practitioner));
    let opened = note::open(&read, &app.key, client, |heading| {
        sees(heading.author)
            && (heading.audience == Audience::Shared
                || notes == Notes::AllOfHers && by == Actor::Practitioner(heading.author))
    })?;
    // Tags are words for the practitioner's own use, as private notes are.
    let tags = match by {
        Actor::Practitioner(whose) if notes == Notes::AllOfHers => people::tag::of(&read, whose, client)?,
        _ => Vec::new(),
    };
    // Messages carry no practitioner; what she was sent is for her own eyes.
    let told = match by {
        Actor::Client(_) => messages::message::to(&read, Person::Client(client))?,
        _ => Vec::new(),
    };
    Ok(json!({
        "made_at": now.to_string(),
        "client": {
            "id": found.id.to_string(),
            "name": found.name.as_str(),
            "email": found.email.as_str(),
            "phone": found.phone.as_ref().map(|phone| phone.as_str()),
            "time_zone": found.zone.name(),
            "joined_at": found.joined_at.to_string(),
            "address_verified_at": found.verified_at.map(|at| at.to_string()),
            "has_password": found.password.is_some(),
        },
        "purchases": purchases.iter().map(|one| purchase(&read, one)).collect::<Result<Vec<_>, _>>()?,
        "credits": lots.iter().map(|one| lot(&read, one)).collect::<Result<Vec<_>, _>>()?,
        "sessions": bookings.iter().map(|one| session(&read, one)).collect::<Result<Vec<_>, _>>()?,
        "tags": tags.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "notes": opened.iter().map(noted).collect::<Vec<_>>(),
        "messages": told.iter().map(|one| message(&read, one)).collect::<Result<Vec<_>, _>>()?,
    }))
}

fn amount(money: Money) -> Value {
    json!({ "amount": money.digits(), "currency": money.currency.code() })
}

fn name_of(read: &impl Read, id: PractitionerId) -> Result<Option<String>, Fault> {
    Ok(people::practitioner::find(read, id)?.map(|one| one.name.to_string()))
}

/// How a sale stands.
pub(super) const fn sale_in_words(state: Sale) -> &'static str {
    match state {
        Sale::AwaitingBuyer => "awaiting payment online",
        Sale::Processing => "payment on its way",
        Sale::AwaitingPractice => "awaiting payment at the practice",
        Sale::AwaitingProof => "awaiting a verified address",
        Sale::Paid { .. } => "paid",
        Sale::Failed { .. } => "failed",
        Sale::Lapsed { .. } => "lapsed",
        Sale::Withdrawn { .. } => "withdrawn",
    }
}

fn purchase(read: &impl Read, one: &Purchase) -> Result<Value, Fault> {
    let state = sale_in_words(one.state);
    let payment = billing::payment::of(read, one.id)?;
    let papers = billing::receipt::of(read, one.id)?;
    let paper = |paper: &Receipt| json!({ "number": paper.number, "amount": amount(paper.amount), "issued_at": paper.issued_at.to_string() });
    Ok(json!({
        "id": one.id.to_string(),
        "reference": one.reference.as_str(),
        "practitioner": name_of(read, one.practitioner)?,
        "package": one.offer.name.as_str(),
        "sessions": one.offer.sessions,
        "price": amount(one.offer.price),
        "terms": one.terms.as_str(),
        "agreed_at": one.asked_at.to_string(),
        "first_time_chosen": calendar::reservation::of(read, one.id)?.map(|chosen| chosen.starts_at.to_string()),
        "state": state,
        "payment": payment.map(|paid| json!({
            "amount": amount(paid.amount), "on": paid.on.to_string(), "note": paid.note.map(|note| note.to_string()),
        })),
        "receipts": papers.iter().map(paper).collect::<Vec<_>>(),
        "refunds": billing::refund::of(read, one.id)?.iter().map(given_back).collect::<Vec<_>>(),
    }))
}

fn given_back(refund: &Refund) -> Value {
    let state = match refund.state {
        Given::Going { .. } => "on its way",
        Given::Done { .. } => "given back",
        Given::Refused { .. } => "refused by the payment provider",
        Given::Returned { .. } => "came back from the bank",
        Given::Undone { .. } => "called off",
    };
    json!({
        "amount": amount(refund.amount),
        "asked_at": refund.asked_at.to_string(),
        "state": state,
        "credit_note": refund.note,
        "sessions_taken_back": refund.credits,
        "reason": refund.reason.as_ref().map(|reason| reason.as_str()),
    })
}

fn lot(read: &impl Read, (lot, balance): &Counted) -> Result<Value, Fault> {
    let origin = match &lot.origin {
        Origin::Purchase(id) => json!({ "purchase": id.to_string() }),
        Origin::Comp { reason } => json!({ "given": reason.as_str() }),
        Origin::Transfer { from } => json!({ "passed_on_from": from.to_string() }),
        Origin::Import { used_before } => json!({ "brought_in": true, "used_before": used_before }),
    };
    let entries = credits::ledger::of(read, lot.ledger())?;
    Ok(json!({
        "id": lot.id.to_string(),
        "practitioner": name_of(read, lot.practitioner)?,
        "package": lot.offer.name.as_str(),
        "origin": origin,
        "paid": amount(lot.paid),
        "granted_at": lot.granted_at.to_string(),
        "book_by": balance.deadline.as_ref().map(|deadline| deadline.on.to_string()),
        "total": balance.total,
        "used": balance.used(),
        "booked": balance.held(),
        "to_book": balance.available,
        "ledger": entries.iter().map(entry).collect::<Vec<_>>(),
    }))
}

/// What an entry does: in a word, to how many credits, for which session.
pub(super) fn what_in_words(what: &What) -> (&'static str, Option<i64>, Option<BookingId>) {
    match what {
        What::Grant(n) => ("granted", Some(i64::from(*n)), None),
        What::Hold { booking, .. } => ("booked", None, Some(*booking)),
        What::Release { booking } => ("returned", None, Some(*booking)),
        What::Consume { booking, how: Consumed::Attended } => ("attended", None, Some(*booking)),
        What::Consume { booking, how: Consumed::LateCancel } => ("cancelled late", None, Some(*booking)),
        What::Consume { booking, how: Consumed::Missed } => ("missed", None, Some(*booking)),
        What::Waive { booking } => ("given back", None, Some(*booking)),
        What::Extend { .. } => ("given more time", None, None),
        What::Freeze => ("paused", None, None),
        What::Unfreeze => ("pause ended", None, None),
        What::Suspend(n) => ("suspended", Some(i64::from(*n)), None),
        What::Unsuspend(n) => ("no longer suspended", Some(i64::from(*n)), None),
        What::Expire(n) => ("expired", Some(i64::from(*n)), None),
        What::Reactivate(n) => ("brought back", Some(i64::from(*n)), None),
        What::Revoke { count, .. } => ("revoked", Some(i64::from(*count)), None),
        What::Restore(n) => ("restored", Some(i64::from(*n)), None),
        What::TransferOut { count, .. } => ("passed on", Some(i64::from(*count)), None),
        What::TransferIn { count, .. } => ("received", Some(i64::from(*count)), None),
        What::Adjust { by } => ("corrected", Some(i64::from(*by)), None),
    }
}

/// Who made an entry.
pub(super) const fn by_in_words(actor: Actor) -> &'static str {
    match actor {
        Actor::Client(_) => "client",
        Actor::Practitioner(_) => "practitioner",
        Actor::System => "program",
        Actor::Provider => "payment provider",
    }
}

fn entry(entry: &Entry) -> Value {
    let (what, count, booking) = what_in_words(&entry.what);
    let by = by_in_words(entry.actor);
    json!({
        "at": entry.at.to_string(),
        "what": what,
        "count": count,
        "session": booking.map(|booking| booking.to_string()),
        "by": by,
        "reason": entry.reason.as_ref().map(|reason| reason.as_str()),
    })
}

/// How sessions take place.
pub(super) const fn format_in_words(format: &Format) -> &'static str {
    match format {
        Format::InPerson { .. } => "in person",
        Format::Video { .. } => "video",
        Format::Phone => "telephone",
    }
}

fn session(read: &impl Read, one: &Booking) -> Result<Value, Fault> {
    let format = format_in_words(&one.format);
    let cancelled_at = match one.state {
        Standing::Confirmed => None,
        Standing::Cancelled { at, .. } => Some(at.to_string()),
    };
    Ok(json!({
        "id": one.id.to_string(),
        "practitioner": name_of(read, one.practitioner)?,
        "starts_at": one.starts_at.to_string(),
        "minutes": one.length_minutes,
        "format": format,
        "credits": one.lot.to_string(),
        "placed_at": one.placed_at.to_string(),
        "cancelled_at": cancelled_at,
    }))
}

fn noted(note: &Note) -> Value {
    json!({
        "session": note.heading.booking.map(|booking| booking.to_string()),
        "start": note.heading.kind == Kind::Start,
        "shared": note.heading.audience == Audience::Shared,
        "written_at": note.heading.written_at.to_string(),
        "changed_at": note.heading.changed_at.to_string(),
        "text": note.text.as_str(),
    })
}

/// What became of a message.
pub(super) const fn sent_in_words(state: &State) -> &'static str {
    match state {
        State::Planned | State::Sending { .. } => "planned",
        State::Sent { .. } => "sent",
        State::Suppressed { .. } => "not sent",
        State::Unsure { .. } => "perhaps sent",
        State::Dead { .. } => "given up",
    }
}

fn message(read: &impl Read, message: &Message) -> Result<Value, Fault> {
    let state = sent_in_words(&message.state);
    let copy = messages::sent::find(read, message.id)?;
    let (subject, text) = copy.map(|copy| (copy.subject, copy.text)).unzip();
    Ok(json!({
        "kind": message.kind.name(), "due_at": message.due_at.to_string(), "state": state,
        "subject": subject, "text": text,
    }))
}
