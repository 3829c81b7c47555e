//! First times that were chosen with a purchase, by purchase, and while they are kept, by practitioner and start.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::booking::reach_back;
use crate::domain::calendar::reservation::Reservation;
use crate::domain::calendar::slot::Busy;
use crate::domain::id::{PractitionerId, PurchaseId};
use crate::domain::time::Timestamp;
use crate::store::key::between;
use crate::store::row::{id, instant, instant_or_none, kept};
use crate::store::table::{RESERVATIONS, RESERVED};
use crate::store::{Order, Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Reservation")]
pub(in crate::store) struct ReservationRow {
    #[serde(with = "id")]
    purchase: PurchaseId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "instant")]
    starts_at: Timestamp,
    length_minutes: u32,
    #[serde(with = "instant_or_none")]
    held_until: Option<Timestamp>,
}
kept!(ReservationRow = "ReservationRow" for Reservation);

/// The first time that was chosen with a purchase.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, purchase: PurchaseId) -> Result<Option<Reservation>, StoreError> {
    RESERVATIONS.find(read, &purchase)
}

/// What is kept at an instant of a stretch of a practitioner's time, by start.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn kept(
    read: &impl Read,
    practitioner: PractitionerId,
    (from, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Vec<Reservation>, StoreError> {
    let mut ids = Vec::new();
    let span = between(&(practitioner, reach_back(from)), &(practitioner, until));
    RESERVED.walk(read, span, Order::Up, |(_, _, id), ()| {
        ids.push(id);
        ControlFlow::Continue(())
    })?;
    let mut found = Vec::new();
    for id in ids {
        found.extend(of(read, id)?.filter(|one| one.busy(now).is_some_and(|busy| busy.until > from)));
    }
    Ok(found)
}

/// The same as what it takes of the calendar.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn busy(
    read: &impl Read,
    practitioner: PractitionerId,
    stretch: (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<Vec<Busy>, StoreError> {
    let kept = kept(read, practitioner, stretch, now)?;
    Ok(kept.into_iter().filter_map(|one| one.busy(now)).collect())
}

/// Keeps a first time, new or changed, and its place among those that are kept.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, one: &Reservation) -> Result<(), StoreError> {
    let place = (one.practitioner, one.starts_at, one.purchase);
    if one.held_until.is_some() {
        RESERVED.put(tx, &place, &())?;
    } else {
        RESERVED.remove(tx, &place)?;
    }
    RESERVATIONS.put(tx, &one.purchase, one)
}

/// Forgets a first time.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, one: &Reservation) -> Result<(), StoreError> {
    RESERVED.remove(tx, &(one.practitioner, one.starts_at, one.purchase))?;
    RESERVATIONS.remove(tx, &one.purchase)
}

/// Every first time that was chosen.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Reservation>, StoreError> {
    RESERVATIONS.values(read)
}
