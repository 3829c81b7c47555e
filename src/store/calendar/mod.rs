//! Hours, time off and bookings, as they are kept.

pub mod anyway;
pub mod availability;
pub mod booking;
pub mod closure;

pub(super) use availability::AvailabilityRow;
pub(super) use booking::BookingRow;
pub(super) use closure::ClosureRow;
