//! Lots, found by id, by client and by practitioner.

use serde::{Deserialize, Serialize};

use super::ledger;
use crate::domain::catalog::package::Offer;
use crate::domain::credits::ledger::{Entry, balance};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId, PractitionerId, PurchaseId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::store::catalog::OfferRow;
use crate::store::row::{MoneyRow, id, instant, kept, text};
use crate::store::table::{LOTS, LOTS_OF, LOTS_OF_CLIENT};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Origin")]
enum OriginRow {
    Purchase(#[serde(with = "id")] PurchaseId),
    Comp {
        #[serde(with = "text")]
        reason: Line,
    },
    Transfer {
        #[serde(with = "id")]
        from: LotId,
    },
    Import {
        used_before: u32,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Lot")]
pub(in crate::store) struct LotRow {
    #[serde(with = "id")]
    id: LotId,
    #[serde(with = "id")]
    client: ClientId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "OriginRow")]
    origin: Origin,
    #[serde(with = "OfferRow")]
    offer: Offer,
    #[serde(with = "MoneyRow")]
    paid: Money,
    #[serde(with = "instant")]
    granted_at: Timestamp,
    #[serde(with = "text")]
    zone: Zone,
}
kept!(LotRow = "LotRow" for Lot);

/// The lot of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: LotId) -> Result<Option<Lot>, StoreError> {
    LOTS.find(read, &id)
}

/// The lot of that id with what it amounts to at an instant.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn counted(read: &impl Read, id: LotId, now: Timestamp) -> Result<Option<Counted>, StoreError> {
    find(read, id)?.map(|lot| Ok(count(read, lot, now)?.0)).transpose()
}

/// A lot with what it amounts to at an instant, and the entries that it was counted by.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn count(read: &impl Read, lot: Lot, now: Timestamp) -> Result<(Counted, Vec<Entry>), StoreError> {
    let entries = ledger::of(read, lot.ledger())?;
    let balance = balance(&lot, &entries, now);
    Ok(((lot, balance), entries))
}

/// A client's lots, oldest first, with what they amount to.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of_client(read: &impl Read, client: ClientId, now: Timestamp) -> Result<Vec<Counted>, StoreError> {
    lots_of_client(read, client)?.into_iter().map(|lot| Ok(count(read, lot, now)?.0)).collect()
}

/// A client's lots as they were sold, oldest first; nothing is counted.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn lots_of_client(read: &impl Read, client: ClientId) -> Result<Vec<Lot>, StoreError> {
    let ids = LOTS_OF_CLIENT.under(read, &client)?.into_iter().map(|((_, id), ())| id);
    ids.filter_map(|id| find(read, id).transpose()).collect()
}

/// A practitioner's lots, oldest first, with what they amount to.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(
    read: &impl Read,
    practitioner: PractitionerId,
    now: Timestamp,
) -> Result<Vec<Counted>, StoreError> {
    let mut ledgers = ledger::all_of(read, practitioner)?;
    let counted = lots_of(read, practitioner)?.into_iter().map(|lot| {
        let balance = balance(&lot, &ledgers.remove(&lot.id).unwrap_or_default(), now);
        (lot, balance)
    });
    Ok(counted.collect())
}

/// A practitioner's lots, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn lots_of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Lot>, StoreError> {
    LOTS_OF.values_under(read, &practitioner)
}

/// The ids of a practitioner's lots, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ids_of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<LotId>, StoreError> {
    let mut ids = Vec::new();
    LOTS_OF.each_key_under(read, &practitioner, |(_, id)| ids.push(id))?;
    Ok(ids)
}

/// Every lot, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Lot>, StoreError> {
    LOTS.values(read)
}

/// Shows every lot, oldest first, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Lot) -> Result<(), StoreError>) -> Result<(), StoreError> {
    LOTS.each(read, see)
}

/// Keeps a new lot; lots do not change, but for words about a client who is erased.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, lot: &Lot) -> Result<(), StoreError> {
    LOTS_OF_CLIENT.put(tx, &(lot.client, lot.id), &())?;
    LOTS_OF.put(tx, &(lot.practitioner, lot.id), lot)?;
    LOTS.put(tx, &lot.id, lot)
}
