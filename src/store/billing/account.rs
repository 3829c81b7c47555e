//! Lots with all that their books rest on, read together.

use crate::domain::billing::books::Account;
use crate::domain::credits::ledger::Entry;
use crate::domain::credits::lot::Lot;
use crate::domain::id::{ClientId, PractitionerId};
use crate::store::billing::refund;
use crate::store::credits::{ledger, lot};
use crate::store::{Read, StoreError};

fn with(read: &impl Read, lot: Lot, entries: Vec<Entry>) -> Result<Account, StoreError> {
    let refunds = refund::of_lot(read, &lot)?;
    Ok(Account::new(lot, entries, &refunds))
}

fn account(read: &impl Read, lot: Lot) -> Result<Account, StoreError> {
    let entries = ledger::of(read, lot.ledger())?;
    with(read, lot, entries)
}

/// Shows every lot's account, oldest first, one at a time: all that a practice ever sold may be more than there is memory for.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn each(read: &impl Read, mut see: impl FnMut(Account)) -> Result<(), StoreError> {
    lot::each(read, |lot| {
        see(account(read, lot)?);
        Ok(())
    })
}

/// The same for the lots of a practitioner.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn each_of(
    read: &impl Read,
    practitioner: PractitionerId,
    mut see: impl FnMut(Account),
) -> Result<(), StoreError> {
    let mut ledgers = ledger::all_of(read, practitioner)?;
    lot::lots_of(read, practitioner)?.into_iter().try_for_each(|lot| {
        let entries = ledgers.remove(&lot.id).unwrap_or_default();
        see(with(read, lot, entries)?);
        Ok(())
    })
}

/// The accounts of a practitioner's lots, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Account>, StoreError> {
    let mut accounts = Vec::new();
    each_of(read, practitioner, |account| accounts.push(account))?;
    Ok(accounts)
}

/// The accounts of a client's lots, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of_client(read: &impl Read, client: ClientId) -> Result<Vec<Account>, StoreError> {
    lot::lots_of_client(read, client)?.into_iter().map(|lot| account(read, lot)).collect()
}
