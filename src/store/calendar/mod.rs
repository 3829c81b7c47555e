//! Hours, time off, bookings, first times that are kept for buyers, feeds, and what calendars that are not ours take, as they
//! are kept.

pub mod anyway;
pub mod availability;
pub mod booking;
pub mod busy;
pub mod closure;
pub mod feed;
pub mod outside;
pub mod reservation;

pub(super) use availability::AvailabilityRow;
pub(super) use booking::BookingRow;
pub(super) use busy::BusyRow;
pub(super) use closure::ClosureRow;
pub(super) use feed::FeedRow;
pub(super) use outside::OutsideRow;
pub(super) use reservation::ReservationRow;
