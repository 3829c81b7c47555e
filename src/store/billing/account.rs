//! Lots with all that their books rest on, read together.

use std::collections::HashMap;

use crate::domain::billing::books::Account;
use crate::domain::credits::lot::Lot;
use crate::domain::id::PractitionerId;
use crate::store::billing::refund;
use crate::store::credits::{ledger, lot};
use crate::store::{Read, StoreError};

/// Every lot's account, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Account>, StoreError> {
    let (mut entries, mut refunds) = (HashMap::new(), HashMap::new());
    for entry in ledger::all(read)? {
        entries.entry(entry.lot).or_insert_with(Vec::new).push(entry);
    }
    for refund in refund::all(read)? {
        refunds.entry(refund.lot).or_insert_with(Vec::new).push(refund);
    }
    let account = |lot: Lot| {
        let (entries, refunds) = (entries.remove(&lot.id), refunds.remove(&lot.id));
        Account::new(lot, entries.unwrap_or_default(), &refunds.unwrap_or_default())
    };
    Ok(lot::all(read)?.into_iter().map(account).collect())
}

/// The accounts of a practitioner's lots, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Account>, StoreError> {
    let account = |lot: Lot| {
        let (entries, refunds) = (ledger::of(read, lot.id)?, refund::of_lot(read, &lot)?);
        Ok(Account::new(lot, entries, &refunds))
    };
    lot::lots_of(read, practitioner)?.into_iter().map(account).collect()
}
