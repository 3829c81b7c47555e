//! Moving and cancelling sessions, by the client or by the practitioner.

use crate::actions::calendar::{availability, booking};
use crate::actions::{Error, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::calendar::booking::{Booking, State};
use crate::domain::calendar::change::{self, Credit, Facts};
use crate::domain::calendar::slot::By;
use crate::domain::credits::ledger::{Actor, What};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClientId, PractitionerId};
use crate::domain::messages::message::Kind;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::{Read, StoreError, Tx, calendar, credits, people};

/// Why a session was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such session of this person.
    NotThere,
    /// A rule says no.
    Rule(change::Refusal),
    /// What the cancel does to the credit is not what the page said; ask again with the new consequence.
    Otherwise(Credit),
}

fn rule(refusal: change::Refusal) -> Error<Refusal> {
    Error::Refused(Refusal::Rule(refusal))
}

/// A session of a client with the lot that pays for it.
fn find(
    read: &impl Read,
    client: ClientId,
    id: BookingId,
    now: Timestamp,
) -> Result<Option<(Booking, Counted)>, StoreError> {
    let Some(booking) = calendar::booking::find(read, id)?.filter(|booking| booking.client == client) else {
        return Ok(None);
    };
    let counted = credits::lot::counted(read, booking.lot, now)?;
    Ok(counted.map(|counted| (booking, counted)))
}

/// What a cancel by the client would do to the credit now, for the page that asks.
///
/// # Errors
/// [`Refusal`] if there is nothing to cancel.
pub fn preview_cancel(app: &App, client: ClientId, id: BookingId) -> Result<Credit, Error<Refusal>> {
    let now = app.clock.now();
    let found = find(&app.store.read()?, client, id, now)?;
    let (booking, (lot, balance)) = found.ok_or(Error::Refused(Refusal::NotThere))?;
    change::cancel_by_client(&booking, (&lot, &balance), now).map_err(rule)
}

/// Calls a session off for the client. `told` is what the page said becomes of the credit: if that has changed since, nothing is done.
/// A second call for the same session changes nothing.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn cancel(app: &App, client: ClientId, id: BookingId, told: Returns) -> Result<Booking, Error<Refusal>> {
    cancel_saying(app, client, id, told, None)
}

/// The same, with a word of hers that stands in the ledger beside it.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn cancel_saying(
    app: &App,
    client: ClientId,
    id: BookingId,
    told: Returns,
    word: Option<Line>,
) -> Result<Booking, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = find(tx, client, id, at.now)?;
        let (booking, (lot, balance)) = found.ok_or(Error::Refused(Refusal::NotThere))?;
        if !booking.is_confirmed() {
            return Ok(booking);
        }
        let credit = change::cancel_by_client(&booking, (&lot, &balance), at.now).map_err(rule)?;
        if Returns::of(credit) != told {
            return Err(Error::Refused(Refusal::Otherwise(credit)));
        }
        let actor = Actor::Client(client);
        let off = call_off(tx, &booking, actor, at.now)?;
        outbox::append(tx, &at, lot.ledger(), change::entry_of(&booking, credit), actor, word.clone())?;
        after(tx, &at, Kind::Cancelled, &off, actor, &[lot.id])?;
        Ok(off)
    })
}

/// What the page told the client about her credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returns {
    /// It comes back.
    Yes,
    /// It does not.
    No,
}

impl Returns {
    /// What a consequence comes to.
    #[must_use]
    pub const fn of(credit: Credit) -> Self {
        match credit {
            Credit::Returns | Credit::Forgiven => Self::Yes,
            Credit::Late { .. } | Credit::NoChangesLeft | Credit::PastItsDate { .. } => Self::No,
        }
    }
}

/// Calls a session off for the practitioner, before or after it: the credit always returns.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn cancel_by_practitioner(
    app: &App,
    whose: PractitionerId,
    id: BookingId,
    reason: Option<Line>,
) -> Result<Booking, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = calendar::booking::find(tx, id)?.filter(|booking| booking.practitioner == whose);
        let booking = found.ok_or(Error::Refused(Refusal::NotThere))?;
        if !booking.is_confirmed() {
            return Ok(booking);
        }
        cancel_in(tx, &at, &booking, reason.clone())
    })
}

/// The same, in a transaction that does more.
pub(super) fn cancel_in(
    tx: &Tx<'_>,
    at: &Moment,
    booking: &Booking,
    reason: Option<Line>,
) -> Result<Booking, Error<Refusal>> {
    // What the clock made true is written first: an extension must find expired credits to bring back.
    outbox::follow(tx, at, booking.lot)?;
    let (lot, balance) = credits::lot::counted(tx, booking.lot, at.now)?.ok_or(Fault::Missing("a lot"))?;
    let whats = change::cancel_by_practitioner(booking, (&lot, &balance), at.now).map_err(rule)?;
    let actor = Actor::Practitioner(booking.practitioner);
    let off = call_off(tx, booking, actor, at.now)?;
    for what in whats {
        let extends = matches!(what, What::Extend { .. });
        outbox::append(tx, at, lot.ledger(), what, actor, reason.clone())?;
        if extends && balance.expired > 0 {
            outbox::append(tx, at, lot.ledger(), What::Reactivate(balance.expired), actor, None)?;
        }
    }
    after(tx, at, Kind::Cancelled, &off, actor, &[lot.id])?;
    Ok(off)
}

/// Calls a session off and tells its client, without a word on the credit: the caller writes what becomes of it.
pub(in crate::actions) fn call_off_only(
    tx: &Tx<'_>,
    at: &Moment,
    booking: &Booking,
    actor: Actor,
) -> Result<(), Fault> {
    let off = call_off(tx, booking, actor, at.now)?;
    let zone = people::client::find(tx, booking.client)?.ok_or(Fault::Missing("a client"))?.zone;
    // The desk is told of what has happened to the money, not session by session.
    let quietly = Actor::Practitioner(booking.practitioner);
    Ok(outbox::tell(tx, at, Kind::Cancelled, &off, quietly, &zone)?)
}

fn call_off(tx: &Tx<'_>, booking: &Booking, by: Actor, now: Timestamp) -> Result<Booking, StoreError> {
    let off = Booking {
        state: State::Cancelled { at: now, by },
        sequence: booking.sequence + 1,
        ..booking.clone()
    };
    calendar::booking::put(tx, &off)?;
    Ok(off)
}

/// Moves a session to another time for the client; the credit moves along, or another lot pays.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn reschedule(
    app: &App,
    client: ClientId,
    id: BookingId,
    to: Timestamp,
) -> Result<Booking, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (booking, from) = find(tx, client, id, at.now)?.ok_or(Error::Refused(Refusal::NotThere))?;
        let span = (to, booking.length());
        let lots = booking::siblings(tx, &from.0, at.now)?;
        let slot = availability::check(tx, booking.practitioner, span, By::Client, Some(id), at.now)?;
        let clash = booking::clash(tx, client, span, Some(id))?;
        let facts = Facts { from: &from, lots: &lots, slot, clash };
        let actor = Actor::Client(client);
        let lot = change::reschedule(&booking, to, &facts, actor, at.now).map_err(rule)?;
        let moved = Booking {
            starts_at: to,
            lot,
            sequence: booking.sequence + 1,
            placed_at: at.now,
            ..booking.clone()
        };
        calendar::booking::put(tx, &moved)?;
        outbox::append(tx, &at, booking.ledger(), What::Release { booking: id }, actor, None)?;
        outbox::append(tx, &at, moved.ledger(), moved.hold(), actor, None)?;
        after(tx, &at, Kind::Moved, &moved, actor, &[booking.lot, lot])?;
        Ok(moved)
    })
}

/// What follows from a change: people are told, and the lots are looked at.
pub(super) fn after(
    tx: &Tx<'_>,
    at: &Moment,
    kind: Kind,
    booking: &Booking,
    actor: Actor,
    lots: &[crate::domain::id::LotId],
) -> Result<(), Fault> {
    let zone = people::client::find(tx, booking.client)?.ok_or(Fault::Missing("a client"))?.zone;
    outbox::tell(tx, at, kind, booking, actor, &zone)?;
    lots.iter().try_for_each(|lot| outbox::follow(tx, at, *lot).map(|_| ()))
}
