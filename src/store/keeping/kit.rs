//! To whom backups are sealed: one row. The key that opens them is on paper.

use serde::{Deserialize, Serialize};

use crate::domain::keeping::kit::{Kit, Recipient};
use crate::domain::time::Timestamp;
use crate::store::row::{instant, kept, text};
use crate::store::table::KIT;
use crate::store::{Read, StoreError, Tx};

const KEY: &str = "kit";

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kit")]
pub(in crate::store) struct KitRow {
    #[serde(with = "text")]
    recipient: Recipient,
    #[serde(with = "instant")]
    set_at: Timestamp,
}
kept!(KitRow = "KitRow" for Kit);

/// The kit that is in force, if there is one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read) -> Result<Option<Kit>, StoreError> {
    KIT.find(read, &KEY.to_owned())
}

/// Puts a kit in force.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, kit: &Kit) -> Result<(), StoreError> {
    KIT.put(tx, &KEY.to_owned(), kit)
}
