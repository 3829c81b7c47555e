//! Purchases, found by id, by client, by practitioner and by the provider's name for the checkout.

use serde::{Deserialize, Serialize};

use super::package::OfferRow;
use crate::domain::catalog::package::Offer;
use crate::domain::catalog::purchase::{Purchase, State, Till, Way};
use crate::domain::id::{ClientId, PackageId, PractitionerId, PurchaseId};
use crate::domain::text::{Line, Paragraph, WebAddress};
use crate::domain::time::Timestamp;
use crate::store::row::{id, instant, kept, text, text_or_none};
use crate::store::table::{PURCHASE_BY_CHECKOUT, PURCHASES, PURCHASES_OF, PURCHASES_OF_CLIENT};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Way")]
enum WayRow {
    Online,
    AtPractice,
    Free,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "State")]
enum StateRow {
    AwaitingBuyer,
    Processing,
    AwaitingPractice,
    AwaitingProof,
    Paid {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Failed {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Lapsed {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Withdrawn {
        #[serde(with = "instant")]
        at: Timestamp,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Till")]
struct TillRow {
    #[serde(with = "text")]
    idempotency_key: Line,
    #[serde(with = "text_or_none")]
    checkout: Option<Line>,
    #[serde(default, with = "text_or_none")]
    page: Option<WebAddress>,
    #[serde(with = "text_or_none")]
    payment: Option<Line>,
    #[serde(with = "instant")]
    closes_at: Timestamp,
    looks: u32,
    #[serde(default)]
    account: Option<u32>,
}

/// A till that may not be there.
mod till_or_none {
    use super::*;
    use serde::{Deserializer, Serializer};

    #[derive(Serialize)]
    struct Out<'a>(#[serde(with = "TillRow")] &'a Till);
    #[derive(Deserialize)]
    struct In(#[serde(with = "TillRow")] Till);

    pub fn serialize<S: Serializer>(value: &Option<Till>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Out).serialize(to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Till>, D::Error> {
        Ok(Option::<In>::deserialize(from)?.map(|row| row.0))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Purchase")]
pub(in crate::store) struct PurchaseRow {
    #[serde(with = "id")]
    id: PurchaseId,
    #[serde(with = "id")]
    client: ClientId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "id")]
    package: PackageId,
    version: u32,
    #[serde(with = "OfferRow")]
    offer: Offer,
    #[serde(with = "text")]
    terms: Paragraph,
    terms_hash: [u8; 32],
    #[serde(with = "instant")]
    asked_at: Timestamp,
    #[serde(with = "text")]
    reference: Line,
    #[serde(with = "WayRow")]
    way: Way,
    #[serde(with = "StateRow")]
    state: State,
    #[serde(with = "till_or_none")]
    till: Option<Till>,
}
kept!(PurchaseRow = "PurchaseRow" for Purchase);

/// The purchase of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
    PURCHASES.find(read, &id)
}

/// The purchase that the provider knows by this name.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_checkout(read: &impl Read, checkout: &str) -> Result<Option<Purchase>, StoreError> {
    PURCHASE_BY_CHECKOUT.find(read, &checkout.to_owned())?.map_or(Ok(None), |id| find(read, id))
}

/// A client's purchases, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of_client(read: &impl Read, client: ClientId) -> Result<Vec<Purchase>, StoreError> {
    all_of(read, ids_of_client(read, client)?.into_iter())
}

/// The ids of a practitioner's sales, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ids_of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<PurchaseId>, StoreError> {
    let mut ids = Vec::new();
    PURCHASES_OF.each_key_under(read, &practitioner, |(_, id)| ids.push(id))?;
    Ok(ids)
}

/// The same of a client.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ids_of_client(read: &impl Read, client: ClientId) -> Result<Vec<PurchaseId>, StoreError> {
    let mut ids = Vec::new();
    PURCHASES_OF_CLIENT.each_key_under(read, &client, |(_, id)| ids.push(id))?;
    Ok(ids)
}

/// Shows each of a practitioner's sales to `see`, oldest first: every one has the terms of its day, and together they are long.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn each_of(
    read: &impl Read,
    practitioner: PractitionerId,
    mut see: impl FnMut(Purchase),
) -> Result<(), StoreError> {
    ids_of(read, practitioner)?.into_iter().try_for_each(|id| {
        find(read, id)?.map_or_else(|| (), &mut see);
        Ok(())
    })
}

/// Every purchase, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Purchase>, StoreError> {
    PURCHASES.values(read)
}

/// Shows every purchase, oldest first, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Purchase) -> Result<(), StoreError>) -> Result<(), StoreError> {
    PURCHASES.each(read, see)
}

fn all_of(read: &impl Read, ids: impl Iterator<Item = PurchaseId>) -> Result<Vec<Purchase>, StoreError> {
    let found = ids.map(|id| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Keeps a purchase, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, purchase: &Purchase) -> Result<(), StoreError> {
    PURCHASES_OF_CLIENT.put(tx, &(purchase.client, purchase.id), &())?;
    PURCHASES_OF.put(tx, &(purchase.practitioner, purchase.id), &())?;
    if let Some(checkout) = purchase.till.as_ref().and_then(|till| till.checkout.as_ref()) {
        PURCHASE_BY_CHECKOUT.put(tx, &checkout.to_string(), &purchase.id)?;
    }
    PURCHASES.put(tx, &purchase.id, purchase)
}
