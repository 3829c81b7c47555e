//! Browsers from which members have signed in, by whose they are and the digest of their cookie.

use serde::{Deserialize, Serialize};

use crate::domain::id::PractitionerId;
use crate::domain::people::device::Device;
use crate::domain::time::Timestamp;
use crate::store::row::{instant, kept};
use crate::store::table::DEVICES;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Device")]
pub(in crate::store) struct DeviceRow {
    #[serde(with = "instant")]
    known_at: Timestamp,
    #[serde(with = "instant")]
    seen_at: Timestamp,
}
kept!(DeviceRow = "DeviceRow" for Device);

/// The browsers that are known of a member.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, member: PractitionerId) -> Result<Vec<([u8; 32], Device)>, StoreError> {
    Ok(DEVICES.under(read, &member)?.into_iter().map(|((_, digest), device)| (digest, device)).collect())
}

/// Keeps one, new or seen again.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(
    tx: &Tx<'_>,
    member: PractitionerId,
    digest: &[u8; 32],
    device: &Device,
) -> Result<(), StoreError> {
    DEVICES.put(tx, &(member, *digest), device)
}

/// Every one, with whose it is.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<(PractitionerId, Device)>, StoreError> {
    Ok(DEVICES.all(read)?.into_iter().map(|((member, _), device)| (member, device)).collect())
}

/// Forgets those that were not seen for too long; says how many.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn prune(tx: &Tx<'_>, now: Timestamp) -> Result<usize, StoreError> {
    let over = DEVICES.all(tx)?.into_iter().filter(|(_, device)| device.ends_at() <= now);
    let over: Vec<_> = over.map(|(key, _)| key).collect();
    over.iter().try_for_each(|key| DEVICES.remove(tx, key))?;
    Ok(over.len())
}
