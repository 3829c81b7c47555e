//! Passkeys, by the digest of the name that the device has for one.

use serde::{Deserialize, Serialize};

use crate::domain::id::PractitionerId;
use crate::domain::people::passkey::{Algorithm, Passkey};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{id, instant, instant_or_none, kept, text};
use crate::store::table::PASSKEYS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Algorithm")]
enum AlgorithmRow {
    Es256,
    EdDsa,
    Rs256,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Passkey")]
pub(in crate::store) struct PasskeyRow {
    #[serde(with = "id")]
    member: PractitionerId,
    credential: Vec<u8>,
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "AlgorithmRow")]
    algorithm: Algorithm,
    key: Vec<u8>,
    counted: u32,
    #[serde(with = "instant")]
    added_at: Timestamp,
    #[serde(with = "instant_or_none")]
    used_at: Option<Timestamp>,
}
kept!(PasskeyRow = "PasskeyRow" for Passkey);

/// The passkey with that digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, digest: &[u8; 32]) -> Result<Option<Passkey>, StoreError> {
    PASSKEYS.find(read, digest)
}

/// Every one, by its digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<([u8; 32], Passkey)>, StoreError> {
    PASSKEYS.all(read)
}

/// A member's, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, member: PractitionerId) -> Result<Vec<([u8; 32], Passkey)>, StoreError> {
    let mut hers: Vec<_> = all(read)?.into_iter().filter(|(_, one)| one.member == member).collect();
    hers.sort_by_key(|(_, one)| one.added_at);
    Ok(hers)
}

/// Keeps one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, digest: &[u8; 32], one: &Passkey) -> Result<(), StoreError> {
    PASSKEYS.put(tx, digest, one)
}

/// Takes one away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, digest: &[u8; 32]) -> Result<(), StoreError> {
    PASSKEYS.remove(tx, digest)
}

/// Takes all of a member's away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove_of(tx: &Tx<'_>, member: PractitionerId) -> Result<(), StoreError> {
    of(tx, member)?.iter().try_for_each(|(digest, _)| remove(tx, digest))
}
