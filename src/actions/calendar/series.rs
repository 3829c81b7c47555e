//! "Same time every week": what is proposed, and all of it booked in one transaction or none.

use std::collections::BTreeSet;

use crate::actions::calendar::{availability, change};
use crate::actions::credits::foreseen;
use crate::actions::{Error, form_id, outbox};
use crate::app::{App, Fault};
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::series::{self, Look, Week};
use crate::domain::calendar::slot::By;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::Actor;
use crate::domain::credits::lot::Lot;
use crate::domain::id::{BookingId, LotId};
use crate::domain::messages::message::Kind;
use crate::domain::time::{Timestamp, after, hours, plus_days};
use crate::store::{Read, calendar, credits};

/// The most dates of one series: two years are further than anybody plans.
pub const MOST_WEEKS: u32 = 104;

/// Why a series was not booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such lot of this person, or an id of the form is something else's or stands there twice.
    NotThere,
    /// The practitioner has no hours.
    NoHours,
    /// One date cannot be had; none was booked.
    Date {
        /// Its place in the list, from 0.
        at: usize,
        /// Why.
        why: crate::domain::calendar::booking::Refusal,
    },
}

fn not_there() -> Error<Refusal> {
    Error::Refused(Refusal::NotThere)
}

/// The lot that a series is like, if it is for this person to book from, and by whose hand.
fn find(read: &impl Read, who: Actor, like: LotId) -> Result<(Lot, By), Error<Refusal>> {
    let lot = credits::lot::find(read, like)?.ok_or_else(not_there)?;
    match who {
        Actor::Client(id) if id == lot.client => Ok((lot, By::Client)),
        Actor::Practitioner(id) if id == lot.practitioner => Ok((lot, By::Practitioner)),
        _ => Err(not_there()),
    }
}

/// Runs a decision on all that it looks at between two instants.
fn looking<T>(
    read: &impl Read,
    (like, by): &(Lot, By),
    (from, to): (Timestamp, Timestamp),
    now: Timestamp,
    decide: impl FnOnce(Look<'_>) -> T,
) -> Result<T, Error<Refusal>> {
    let zone = &like.zone;
    // A week to either side: alternatives are looked for in whole weeks, and her zone may have changed since the sale.
    let days = (plus_days(zone.date(from), -8), plus_days(zone.date(to), 8));
    let picture = availability::picture(read, like.practitioner, days, now)?;
    let (hours, busy) = picture.ok_or(Error::Refused(Refusal::NoHours))?;
    let mut lots = Vec::new();
    for (lot, _) in super::booking::siblings(read, like, now)? {
        let log = credits::ledger::of(read, lot.ledger())?;
        lots.push((lot, log));
    }
    let own = calendar::booking::of_client(read, like.client)?;
    let own = own.iter().filter(|one| one.is_confirmed()).map(|one| (one.starts_at, one.ends_at()));
    Ok(decide(Look {
        client: like.client,
        practitioner: like.practitioner,
        lots,
        hours: &hours,
        busy,
        own: own.collect(),
        length: like.offer.length(),
        by: *by,
        now,
    }))
}

/// Proposes the same time every week from a first session on: for all credits that are left, or for fewer.
///
/// # Errors
/// [`Refusal`] if there is nothing to propose for.
pub fn propose(
    app: &App,
    who: Actor,
    like: LotId,
    first: Timestamp,
    most: Option<u32>,
) -> Result<Vec<Week>, Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let like = find(&read, who, like)?;
    let until = after(first, hours(i64::from(MOST_WEEKS) * 7 * 24));
    looking(&read, &like, (first, until), now, |look| {
        let left = look.credits();
        let most = most.unwrap_or(MOST_WEEKS).min(MOST_WEEKS);
        series::propose(first, most.min(left), look)
    })
}

/// What booking every date of a list would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The sessions as they would stand, in the list's order.
    pub bookings: Vec<Booking>,
    /// Each lot that would pay, and what that does to it.
    pub lots: Vec<(Lot, Foresight)>,
}

fn decide(
    read: &impl Read,
    like: &(Lot, By),
    starts: &[(BookingId, Timestamp)],
    now: Timestamp,
) -> Result<Vec<Booking>, Error<Refusal>> {
    let (Some(from), Some(to)) =
        (starts.iter().map(|(_, start)| *start).min(), starts.iter().map(|(_, start)| *start).max())
    else {
        return Ok(Vec::new());
    };
    let decided = looking(read, like, (from, to), now, |look| series::book(starts, look))?;
    decided.map_err(|(at, why)| Error::Refused(Refusal::Date { at, why }))
}

/// What booking every date of a list would do.
///
/// # Errors
/// [`Refusal`] says why it cannot be done.
pub fn preview(
    app: &App,
    who: Actor,
    like: LotId,
    starts: &[(BookingId, Timestamp)],
) -> Result<Preview, Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let like = find(&read, who, like)?;
    let bookings = decide(&read, &like, starts, now)?;
    let mut lots: Vec<(Lot, Foresight)> = Vec::new();
    for booking in &bookings {
        if lots.iter().any(|(lot, _)| lot.id == booking.lot) {
            continue;
        }
        let lot = credits::lot::find(&read, booking.lot)?.ok_or(Fault::Missing("a lot"))?;
        let holds: Vec<_> = bookings.iter().filter(|one| one.lot == lot.id).map(Booking::hold).collect();
        let seen = foreseen(&read, &lot, &holds, lot.practitioner, now)?;
        lots.push((lot, seen));
    }
    Ok(Preview { bookings, lots })
}

/// Books every date of a list, or none. Sent twice, it books once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn book(
    app: &App,
    who: Actor,
    like: LotId,
    starts: Vec<(BookingId, Timestamp)>,
) -> Result<Vec<Booking>, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let like = find(tx, who, like)?;
        let ids: BTreeSet<BookingId> = starts.iter().map(|(id, _)| *id).collect();
        if ids.len() < starts.len() {
            return Err(not_there());
        }
        let mut already = Vec::new();
        for (id, start) in &starts {
            match calendar::booking::find(tx, *id)? {
                Some(one) if one.client == like.0.client && one.starts_at == *start => already.push(one),
                None if form_id::is_free(tx, id.bits())? => {}
                _ => return Err(not_there()),
            }
        }
        if already.len() == starts.len() {
            return Ok(already);
        }
        if !already.is_empty() {
            return Err(not_there());
        }
        let bookings = decide(tx, &like, &starts, at.now)?;
        for booking in &bookings {
            calendar::booking::put(tx, booking)?;
            outbox::append(tx, &at, booking.ledger(), booking.hold(), who, None)?;
            change::after(tx, &at, Kind::Booked, booking, who, &[booking.lot])?;
        }
        Ok(bookings)
    })
}
