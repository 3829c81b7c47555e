//! Disputes, found by the provider's name for them, by purchase, and, while they are open, by practitioner.

use serde::{Deserialize, Serialize};

use crate::domain::billing::dispute::{Dispute, State};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{LotId, PractitionerId, PurchaseId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{MoneyRow, id, instant, instant_or_none, kept, text};
use crate::store::table::{DISPUTES, DISPUTES_OF, DISPUTES_OPEN};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "State")]
enum StateRow {
    Open,
    Won {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Lost {
        #[serde(with = "instant")]
        at: Timestamp,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Dispute")]
pub(in crate::store) struct DisputeRow {
    #[serde(with = "text")]
    reference: Line,
    #[serde(with = "id")]
    purchase: PurchaseId,
    #[serde(with = "id")]
    lot: LotId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "MoneyRow")]
    amount: Money,
    #[serde(with = "text")]
    reason: Line,
    #[serde(with = "instant_or_none")]
    answer_by: Option<Timestamp>,
    #[serde(with = "instant")]
    opened_at: Timestamp,
    suspended: u32,
    #[serde(with = "StateRow")]
    state: State,
}
kept!(DisputeRow = "DisputeRow" for Dispute);

/// The dispute that the provider knows by this name.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, reference: &str) -> Result<Option<Dispute>, StoreError> {
    DISPUTES.find(read, &reference.to_owned())
}

fn all_of(read: &impl Read, references: impl Iterator<Item = String>) -> Result<Vec<Dispute>, StoreError> {
    let found = references.map(|reference| find(read, &reference)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// The disputes about a purchase.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, purchase: PurchaseId) -> Result<Vec<Dispute>, StoreError> {
    all_of(read, DISPUTES_OF.under(read, &purchase)?.into_iter().map(|((_, reference), ())| reference))
}

/// A practitioner's open disputes.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn open(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Dispute>, StoreError> {
    all_of(read, DISPUTES_OPEN.under(read, &practitioner)?.into_iter().map(|((_, reference), ())| reference))
}

/// Whether a bank questions the payment behind a lot, also if its credits were passed on.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_open_behind(read: &impl Read, lot: &Lot) -> Result<bool, StoreError> {
    let open = open(read, lot.practitioner)?;
    if open.is_empty() {
        return Ok(false);
    }
    let purchase = super::refund::purchase_behind(read, lot)?;
    Ok(open.iter().any(|dispute| Some(dispute.purchase) == purchase))
}

/// Every dispute.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Dispute>, StoreError> {
    DISPUTES.values(read)
}

/// Keeps a dispute, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, dispute: &Dispute) -> Result<(), StoreError> {
    let reference = dispute.reference.to_string();
    DISPUTES_OF.put(tx, &(dispute.purchase, reference.clone()), &())?;
    let open = (dispute.practitioner, reference.clone());
    match dispute.state {
        State::Open => DISPUTES_OPEN.put(tx, &open, &())?,
        State::Won { .. } | State::Lost { .. } => DISPUTES_OPEN.remove(tx, &open)?,
    }
    DISPUTES.put(tx, &reference, dispute)
}
