//! Sessions that a practitioner booked although something was in the way, so that `check` knows an overlap that was meant
//! from one that must not be.

use crate::domain::calendar::booking::Booking;
use crate::domain::id::BookingId;
use crate::domain::time::Timestamp;
use crate::store::table::BOOKED_ANYWAY;
use crate::store::{Read, StoreError, Tx};

/// The start for which a session was booked anyway; moved elsewhere, it has no such leave.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: BookingId) -> Result<Option<Timestamp>, StoreError> {
    BOOKED_ANYWAY.find(read, &id)
}

/// Notes that a session was booked, or moved to where it is, anyway.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, booking: &Booking) -> Result<(), StoreError> {
    BOOKED_ANYWAY.put(tx, &booking.id, &booking.starts_at)
}
