//! Hours, free times, time off, feeds, calendars that are not ours, bookings and their changes, by the client's hand and by the practitioner's.

pub mod availability;
pub mod booking;
pub mod by_practitioner;
pub mod change;
pub mod closure;
pub mod feed;
pub mod outside;
pub mod series;
