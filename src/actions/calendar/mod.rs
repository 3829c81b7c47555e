//! Hours, free times, bookings and their changes.

pub mod availability;
pub mod booking;
pub mod change;
