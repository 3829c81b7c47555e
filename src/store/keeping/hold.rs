//! That the data came back from a backup and are not let go yet: one row, or none.

use serde::{Deserialize, Serialize};

use crate::domain::keeping::hold::Held;
use crate::domain::time::Timestamp;
use crate::store::row::{instant, kept};
use crate::store::table::HELD;
use crate::store::{Read, StoreError, Tx};

const KEY: &str = "held";

#[derive(Serialize, Deserialize)]
#[serde(remote = "Held")]
pub(in crate::store) struct HeldRow {
    #[serde(with = "instant")]
    restored_at: Timestamp,
    #[serde(with = "instant")]
    backup_made_at: Timestamp,
}
kept!(HeldRow = "HeldRow" for Held);

/// Whether the data are held.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn get(read: &impl Read) -> Result<Option<Held>, StoreError> {
    HELD.find(read, &KEY.to_owned())
}

/// Holds the data.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, held: Held) -> Result<(), StoreError> {
    HELD.put(tx, &KEY.to_owned(), &held)
}

/// Lets the data go.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>) -> Result<(), StoreError> {
    HELD.remove(tx, &KEY.to_owned())
}
