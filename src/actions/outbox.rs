//! Queuing: every message is planned in the transaction that gives its reason, and the nudges of a lot follow the lot.

use crate::app::{Fault, Moment};
use crate::domain::billing::dispute;
use crate::domain::calendar::booking::Booking;
use crate::domain::credits::ledger::{Actor, Balance, Entry, LedgerId, What, balance, unwritten};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{EntryId, LotId, MessageId};
use crate::domain::messages::message::{About, Kind, Message, State, Suppressed};
use crate::domain::messages::{nudge, reminder};
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::store::due::{self, Due};
use crate::store::{StoreError, Tx, billing, credits, messages, people};

/// Plans a message, once per key: a second call with the same key does nothing.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn queue(
    tx: &Tx<'_>,
    at: &Moment,
    kind: Kind,
    to: Person,
    about: About,
    what: &str,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    let key = format!("{}/{what}", kind.name());
    if messages::message::has_key(tx, &key)? {
        return Ok(());
    }
    let id = MessageId::from_bits(at.id());
    let state = State::Planned;
    messages::message::put(
        tx,
        &Message {
            id,
            kind,
            to,
            about,
            key,
            made_at: at.now,
            due_at,
            try_at: due_at,
            tries: 0,
            asked_at: None,
            state,
        },
    )
}

/// Appends an entry to a ledger, and gives it back.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn append(
    tx: &Tx<'_>,
    at: &Moment,
    ledger: LedgerId,
    what: What,
    actor: Actor,
    reason: Option<Line>,
) -> Result<Entry, StoreError> {
    let (practitioner, lot) = ledger;
    let entry = Entry { id: EntryId::from_bits(at.id()), lot, what, actor, reason, at: at.now };
    credits::ledger::append(tx, practitioner, &entry)?;
    Ok(entry)
}

/// After a change to a lot: writes what the clock has made true, lets wait what came free during a dispute, plans the nudges that the
/// lot calls for, and says when it must be looked at next. Call it last in every transaction that touched the lot's ledger.
///
/// # Errors
/// [`Fault`] if the file fails or the lot or its client is not there.
pub fn follow(tx: &Tx<'_>, at: &Moment, lot: LotId) -> Result<Balance, Fault> {
    let lot = credits::lot::find(tx, lot)?.ok_or(Fault::Missing("a lot"))?;
    let entries = credits::ledger::of(tx, lot.ledger())?;
    let client = people::client::find(tx, lot.client)?.ok_or(Fault::Missing("a client"))?;
    Ok(follow_known(tx, at, &lot, entries, &client.zone)?)
}

/// The same where the lot, all of its entries and its client's zone are at hand.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn follow_known(
    tx: &Tx<'_>,
    at: &Moment,
    lot: &Lot,
    mut entries: Vec<Entry>,
    zone: &Zone,
) -> Result<Balance, StoreError> {
    // What comes free while a bank questions the payment waits as well, before its date can take it: that moves if the
    // dispute is won.
    if billing::dispute::is_open_behind(tx, lot)?
        && let Some(what) = dispute::waits(lot, &entries, 0)
    {
        entries.push(append(tx, at, lot.ledger(), what, Actor::Provider, None)?);
    }
    for (what, true_at) in unwritten(lot, &entries, at.now) {
        let id = EntryId::from_bits(at.id());
        let entry = Entry { id, lot: lot.id, what, actor: Actor::System, reason: None, at: true_at };
        credits::ledger::append(tx, lot.practitioner, &entry)?;
        entries.push(entry);
    }
    let balance = balance(lot, &entries, at.now);
    due::set(tx, Due::Lot(lot.id), next_turn(&balance, at.now))?;
    for planned in nudge::plan(lot, &balance, zone) {
        plan_nudge(tx, at, lot, &planned)?;
    }
    Ok(balance)
}

/// When the clock next makes something true of a lot.
fn next_turn(balance: &Balance, now: Timestamp) -> Option<Timestamp> {
    let ends = balance.sittings.iter().map(|sitting| sitting.ends_at);
    let deadline = balance.deadline.iter().map(|deadline| deadline.ends_at());
    ends.chain(deadline).filter(|at| *at > now).min()
}

/// Plans a nudge; one that waits is moved, one that was called off comes up again if its time is still to come, and one
/// that went stays gone. What the practitioner has taken into her own hand is left as she wants it.
fn plan_nudge(tx: &Tx<'_>, at: &Moment, lot: &Lot, planned: &nudge::Planned) -> Result<(), StoreError> {
    let due_at = planned.due_at;
    let message = match messages::message::with_key(tx, &planned.key)? {
        None => Message {
            id: MessageId::from_bits(at.id()),
            kind: planned.kind,
            to: Person::Client(lot.client),
            about: About::Lot(lot.id),
            key: planned.key.clone(),
            made_at: at.now,
            due_at,
            try_at: due_at,
            tries: 0,
            asked_at: None,
            state: State::Planned,
        },
        Some(waiting @ Message { state: State::Planned, tries: 0, asked_at: None, .. })
            if waiting.due_at != due_at =>
        {
            Message { due_at, try_at: due_at, ..waiting }
        }
        Some(off @ Message { state: State::Suppressed { why, .. }, .. })
            if due_at > at.now && why != Suppressed::Withheld =>
        {
            Message { due_at, try_at: due_at, tries: 0, asked_at: None, state: State::Planned, ..off }
        }
        Some(_) => return Ok(()),
    };
    messages::message::put(tx, &message)
}

/// Plans what is said about a session to its client: that it was booked, moved or cancelled, and the reminder; and to its
/// practitioner, if somebody else did it.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn tell(
    tx: &Tx<'_>,
    at: &Moment,
    kind: Kind,
    booking: &Booking,
    actor: Actor,
    zone: &Zone,
) -> Result<(), StoreError> {
    let about = About::Booking(booking.id, booking.sequence);
    let what = format!("{}/{}", booking.id, booking.sequence);
    queue(tx, at, kind, Person::Client(booking.client), about, &what, at.now)?;
    if !matches!(actor, Actor::Practitioner(_)) {
        let to = Person::Practitioner(booking.practitioner);
        queue(tx, at, kind, to, about, &format!("{what}/desk"), at.now)?;
    }
    let remind_at = reminder::due_at(booking.starts_at, at.now, zone).filter(|_| booking.is_confirmed());
    if let Some(due_at) = remind_at {
        let what = format!("{}/{}", booking.id, booking.starts_at);
        queue(tx, at, Kind::Reminder, Person::Client(booking.client), about, &what, due_at)?;
    }
    Ok(())
}
