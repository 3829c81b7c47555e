//! Lots with all that their books rest on, read together.

use std::collections::HashMap;

use crate::domain::billing::books::Account;
use crate::domain::id::PractitionerId;
use crate::store::credits::{ledger, lot};
use crate::store::{Read, StoreError};

/// Every lot's account, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Account>, StoreError> {
    let mut entries = HashMap::new();
    for entry in ledger::all(read)? {
        entries.entry(entry.lot).or_insert_with(Vec::new).push(entry);
    }
    let accounts = lot::all(read)?.into_iter().map(|lot| Account {
        entries: entries.remove(&lot.id).unwrap_or_default(),
        refunds: Vec::new(),
        lot,
    });
    Ok(accounts.collect())
}

/// The accounts of a practitioner's lots, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Account>, StoreError> {
    let mut accounts = Vec::new();
    for lot in lot::lots_of(read, practitioner)? {
        let entries = ledger::of(read, lot.id)?;
        accounts.push(Account { entries, refunds: Vec::new(), lot });
    }
    Ok(accounts)
}
