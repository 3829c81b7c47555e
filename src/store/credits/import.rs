//! Files of clients that were brought in: when, and how many of each.

use serde::{Deserialize, Serialize};

use crate::domain::credits::import::Import;
use crate::domain::id::{ImportId, PractitionerId};
use crate::domain::time::Timestamp;
use crate::store::row::{instant, kept};
use crate::store::table::IMPORTS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Import")]
pub(in crate::store) struct ImportRow {
    #[serde(with = "instant")]
    at: Timestamp,
    lines: u32,
    clients: u32,
    lots: u32,
}
kept!(ImportRow = "ImportRow" for Import);

/// What a practitioner brought in, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Import>, StoreError> {
    IMPORTS.values_under(read, &practitioner)
}

/// What everybody brought in, by practitioner.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<(PractitionerId, Import)>, StoreError> {
    Ok(IMPORTS.all(read)?.into_iter().map(|((whose, _), import)| (whose, import)).collect())
}

/// What came in under an id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(
    read: &impl Read,
    practitioner: PractitionerId,
    id: ImportId,
) -> Result<Option<Import>, StoreError> {
    IMPORTS.find(read, &(practitioner, id))
}

/// Keeps what came in.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(
    tx: &Tx<'_>,
    practitioner: PractitionerId,
    id: ImportId,
    import: &Import,
) -> Result<(), StoreError> {
    IMPORTS.put(tx, &(practitioner, id), import)
}
