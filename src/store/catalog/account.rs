//! Practitioners' own accounts at the payment provider, their secrets sealed.

use serde::{Deserialize, Serialize};

use crate::domain::catalog::account::{Account, Use};
use crate::domain::id::PractitionerId;
use crate::domain::time::Timestamp;
use crate::store::row::{Kept, from_bytes, id, instant, to_bytes};
use crate::store::table::OWN_ACCOUNTS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Use")]
enum UseRow {
    Sells,
    Retired,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AccountRow {
    #[serde(with = "id")]
    practitioner: PractitionerId,
    number: u32,
    #[serde(with = "UseRow")]
    used: Use,
    #[serde(with = "instant")]
    since: Timestamp,
    sealed: Vec<u8>,
}

/// An account with its sealed secrets.
pub type Sealed = (Account, Vec<u8>);

impl Kept for AccountRow {
    type Value = Sealed;

    fn pack((account, sealed): &Sealed) -> Result<Vec<u8>, String> {
        let Account { practitioner, number, used, since } = account.clone();
        to_bytes(&Self { practitioner, number, used, since, sealed: sealed.clone() })
    }

    fn unpack(bytes: &[u8]) -> Result<Sealed, String> {
        let Self { practitioner, number, used, since, sealed } = from_bytes(bytes)?;
        Ok((Account { practitioner, number, used, since }, sealed))
    }
}

/// One of a practitioner's accounts.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(
    read: &impl Read,
    practitioner: PractitionerId,
    number: u32,
) -> Result<Option<Sealed>, StoreError> {
    OWN_ACCOUNTS.find(read, &(practitioner, number))
}

/// All of a practitioner's accounts, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Sealed>, StoreError> {
    OWN_ACCOUNTS.values_under(read, &practitioner)
}

/// The account with which a practitioner's packages are sold, if she has one of her own.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn selling(read: &impl Read, practitioner: PractitionerId) -> Result<Option<Sealed>, StoreError> {
    Ok(of(read, practitioner)?.into_iter().find(|(account, _)| account.used == Use::Sells))
}

/// Everybody's accounts.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Sealed>, StoreError> {
    OWN_ACCOUNTS.values(read)
}

/// Keeps an account, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, account: &Account, sealed: Vec<u8>) -> Result<(), StoreError> {
    OWN_ACCOUNTS.put(tx, &(account.practitioner, account.number), &(account.clone(), sealed))
}
