//! Second factors of members: what codes are made from, sealed, and the digests of recovery codes.

use serde::{Deserialize, Serialize};

use crate::domain::id::PractitionerId;
use crate::domain::people::second::{Demand, SecondFactor};
use crate::domain::time::Timestamp;
use crate::store::row::{instant_or_none, kept};
use crate::store::table::{META, SECOND_FACTORS};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "SecondFactor")]
pub(in crate::store) struct SecondFactorRow {
    sealed: Vec<u8>,
    #[serde(with = "instant_or_none")]
    confirmed_at: Option<Timestamp>,
    used: u64,
    recovery: Vec<[u8; 32]>,
}
kept!(SecondFactorRow = "SecondFactorRow" for SecondFactor);

/// A member's second factor, confirmed or being set up.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, member: PractitionerId) -> Result<Option<SecondFactor>, StoreError> {
    SECOND_FACTORS.find(read, &member)
}

/// The one that counts.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn confirmed(read: &impl Read, member: PractitionerId) -> Result<Option<SecondFactor>, StoreError> {
    Ok(find(read, member)?.filter(|one| one.confirmed_at.is_some()))
}

/// Every one, with whose it is.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<(PractitionerId, SecondFactor)>, StoreError> {
    SECOND_FACTORS.all(read)
}

/// Keeps one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, member: PractitionerId, one: &SecondFactor) -> Result<(), StoreError> {
    SECOND_FACTORS.put(tx, &member, one)
}

/// Takes it away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, member: PractitionerId) -> Result<(), StoreError> {
    SECOND_FACTORS.remove(tx, &member)
}

const DEMANDED: &str = "second-factor-demanded";

/// Whether every member must have one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn demanded(read: &impl Read) -> Result<Demand, StoreError> {
    let kept = META.find(read, &DEMANDED.to_owned())?;
    Ok(if kept == Some(1) { Demand::OfAll } else { Demand::OfNobody })
}

/// Notes whether every member must.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn demand(tx: &Tx<'_>, demand: Demand) -> Result<(), StoreError> {
    META.put(tx, &DEMANDED.to_owned(), &u64::from(demand == Demand::OfAll))
}
