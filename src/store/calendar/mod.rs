//! Hours, time off, bookings and first times that are kept for buyers, as they are kept.

pub mod anyway;
pub mod availability;
pub mod booking;
pub mod closure;
pub mod reservation;

pub(super) use availability::AvailabilityRow;
pub(super) use booking::BookingRow;
pub(super) use closure::ClosureRow;
pub(super) use reservation::ReservationRow;
