//! The ids that forms carry. A purchase gives its bits to the credits that it becomes, and those of a session that is given for nothing
//! are those of its credit: so that each is made once, whatever is sent twice. Forms come from outside: none may carry the bits of
//! what is there already as something else, or that would be written over.

use crate::domain::id::{BookingId, LotId, PurchaseId};
use crate::store::{Read, StoreError, calendar, catalog, credits};

/// Whether nothing has those bits: no purchase, no credits and no session. Look for the thing itself first, as a form may be
/// sent twice.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub(super) fn is_free(read: &impl Read, bits: u128) -> Result<bool, StoreError> {
    Ok(catalog::purchase::find(read, PurchaseId::from_bits(bits))?.is_none()
        && credits::lot::find(read, LotId::from_bits(bits))?.is_none()
        && calendar::booking::find(read, BookingId::from_bits(bits))?.is_none())
}
