//! Time off, by practitioner.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::closure::Closure;
use crate::domain::id::{ClosureId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{Kept, from_bytes, id, instant, text_or_none, to_bytes};
use crate::store::table::CLOSURES;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct ClosureRow {
    #[serde(with = "id")]
    id: ClosureId,
    #[serde(with = "instant")]
    from: Timestamp,
    #[serde(with = "instant")]
    until: Timestamp,
    #[serde(with = "text_or_none")]
    note: Option<Line>,
}

impl Kept for ClosureRow {
    type Value = Closure;
    fn pack(value: &Closure) -> Result<Vec<u8>, String> {
        let note = value.note().cloned();
        to_bytes(&Self { id: value.id(), from: value.from(), until: value.until(), note })
    }
    fn unpack(bytes: &[u8]) -> Result<Closure, String> {
        let row: Self = from_bytes(bytes)?;
        Closure::new(row.id, row.from, row.until, row.note).map_err(|error| error.to_string())
    }
}

/// A practitioner's time off, in the order in which it was entered.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Closure>, StoreError> {
    CLOSURES.values_under(read, &practitioner)
}

/// Keeps a stretch of time off.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, practitioner: PractitionerId, closure: &Closure) -> Result<(), StoreError> {
    CLOSURES.put(tx, &(practitioner, closure.id()), closure)
}

/// Takes a stretch of time off away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, practitioner: PractitionerId, id: ClosureId) -> Result<(), StoreError> {
    CLOSURES.remove(tx, &(practitioner, id))
}
