//! Bookings, found by id, by client, and, while they are confirmed, on the practitioner's calendar.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::domain::calendar::booking::{Booking, State};
use crate::domain::calendar::slot::{Busy, Kind};
use crate::domain::catalog::package::Format;
use crate::domain::credits::ledger::Actor;
use crate::domain::id::{BookingId, ClientId, LotId, PractitionerId};
use crate::domain::time::{SignedDuration, Timestamp, before, hours};
use crate::store::catalog::package::FormatRow;
use crate::store::credits::ledger::ActorRow;
use crate::store::key::between;
use crate::store::row::{id, instant, kept};
use crate::store::table::{BOOKINGS, BOOKINGS_OF_CLIENT, CALENDAR, CALLED_OFF};
use crate::store::{Order, Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "State")]
enum StateRow {
    Confirmed,
    Cancelled {
        #[serde(with = "instant")]
        at: Timestamp,
        #[serde(with = "ActorRow")]
        by: Actor,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Booking")]
pub(in crate::store) struct BookingRow {
    #[serde(with = "id")]
    id: BookingId,
    #[serde(with = "id")]
    client: ClientId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "id")]
    lot: LotId,
    #[serde(with = "instant")]
    starts_at: Timestamp,
    length_minutes: u32,
    #[serde(with = "FormatRow")]
    format: Format,
    #[serde(with = "StateRow")]
    state: State,
    sequence: u32,
    #[serde(with = "instant")]
    placed_at: Timestamp,
}
kept!(BookingRow = "BookingRow" for Booking);

/// The booking of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: BookingId) -> Result<Option<Booking>, StoreError> {
    BOOKINGS.find(read, &id)
}

/// Keeps a booking, new or changed, and its place on the calendar.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, booking: &Booking) -> Result<(), StoreError> {
    if let Some(old) = BOOKINGS.replace(tx, &booking.id, booking)? {
        CALENDAR.remove(tx, &(old.practitioner, old.starts_at, old.id))?;
        BOOKINGS_OF_CLIENT.remove(tx, &(old.client, old.starts_at, old.id))?;
        if let State::Cancelled { at, .. } = old.state {
            CALLED_OFF.remove(tx, &(old.practitioner, at, old.id))?;
        }
    }
    match booking.state {
        State::Confirmed => {
            CALENDAR.put(tx, &(booking.practitioner, booking.starts_at, booking.id), &booking.ends_at())?;
        }
        State::Cancelled { at, .. } => CALLED_OFF.put(tx, &(booking.practitioner, at, booking.id), &())?,
    }
    BOOKINGS_OF_CLIENT.put(tx, &(booking.client, booking.starts_at, booking.id), &())
}

/// How far back a session that still runs can have started: no session is longer than eight hours.
pub(super) fn reach_back(from: Timestamp) -> Timestamp {
    before(from, hours(8))
}

/// What a practitioner's confirmed bookings take of a stretch of time, by start; one may be left out.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn busy(
    read: &impl Read,
    practitioner: PractitionerId,
    (from, until): (Timestamp, Timestamp),
    but: Option<BookingId>,
) -> Result<Vec<Busy>, StoreError> {
    let mut busy = Vec::new();
    let span = between(&(practitioner, reach_back(from)), &(practitioner, until));
    CALENDAR.walk(read, span, Order::Up, |(_, starts_at, id), ends_at| {
        if ends_at > from && Some(id) != but {
            busy.push(Busy { from: starts_at, until: ends_at, kind: Kind::Booking });
        }
        ControlFlow::Continue(())
    })?;
    Ok(busy)
}

/// A practitioner's confirmed bookings that touch a stretch of time, by start.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn on_calendar(
    read: &impl Read,
    practitioner: PractitionerId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Booking>, StoreError> {
    let mut ids = Vec::new();
    let span = between(&(practitioner, reach_back(from)), &(practitioner, until));
    CALENDAR.walk(read, span, Order::Up, |(_, _, id), ends_at| {
        if ends_at > from {
            ids.push(id);
        }
        ControlFlow::Continue(())
    })?;
    let found = ids.into_iter().map(|id| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// A practitioner's bookings that were called off since an instant.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn called_off(
    read: &impl Read,
    practitioner: PractitionerId,
    since: Timestamp,
) -> Result<Vec<Booking>, StoreError> {
    let mut ids = Vec::new();
    let span = between(&(practitioner, since), &(practitioner, Timestamp::MAX));
    CALLED_OFF.walk(read, span, Order::Up, |(_, _, id), ()| {
        ids.push(id);
        ControlFlow::Continue(())
    })?;
    let found = ids.into_iter().map(|id| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The ids of a practitioner's bookings, in any state.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ids_of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<BookingId>, StoreError> {
    let mut ids = Vec::new();
    CALENDAR.each_key_under(read, &practitioner, |(_, _, id)| ids.push(id))?;
    CALLED_OFF.each_key_under(read, &practitioner, |(_, _, id)| ids.push(id))?;
    Ok(ids)
}

/// A client's bookings, with anyone and in any state, by start.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of_client(read: &impl Read, client: ClientId) -> Result<Vec<Booking>, StoreError> {
    let ids = BOOKINGS_OF_CLIENT.under(read, &client)?;
    let found = ids.into_iter().map(|((_, _, id), ())| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// How far back a session that still runs may have begun: none is longer, as packages have at most eight hours.
const LONGEST: SignedDuration = hours(24);

/// Those of a client's bookings, in any state, that may run at some time between two instants, by start; a few more may be among them.
/// What it costs does not grow with what was before.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of_client_around(
    read: &impl Read,
    client: ClientId,
    (from, until): (Timestamp, Timestamp),
) -> Result<Vec<Booking>, StoreError> {
    let mut ids = Vec::new();
    let span = between(&(client, before(from, LONGEST)), &(client, until));
    BOOKINGS_OF_CLIENT.walk(read, span, Order::Up, |(_, _, id), ()| {
        ids.push(id);
        ControlFlow::Continue(())
    })?;
    let found = ids.into_iter().map(|id| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Every booking.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Booking>, StoreError> {
    BOOKINGS.values(read)
}

/// Shows every booking, in any state, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Booking) -> Result<(), StoreError>) -> Result<(), StoreError> {
    BOOKINGS.each(read, see)
}

/// Whether a booking stands on its practitioner's calendar, at its time.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn has_place(read: &impl Read, booking: &Booking) -> Result<bool, StoreError> {
    let place = CALENDAR.find(read, &(booking.practitioner, booking.starts_at, booking.id))?;
    Ok(place == Some(booking.ends_at()))
}

/// A place on a calendar: practitioner, start, end and booking.
pub type Placed = (PractitionerId, Timestamp, Timestamp, BookingId);

/// Shows every place on the calendars, practitioner by practitioner and by start, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each_place(
    read: &impl Read,
    mut see: impl FnMut(Placed) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    CALENDAR.each_row(read, |(who, starts_at, id), ends_at| see((who, starts_at, ends_at, id)))
}

/// Every place on the calendars: practitioner, start, end and booking.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn calendar(read: &impl Read) -> Result<Vec<Placed>, StoreError> {
    let mut all = Vec::new();
    each_place(read, |place| {
        all.push(place);
        Ok(())
    })?;
    Ok(all)
}
