//! When sessions can be: hours, time off, the times that are free, and what is booked and changed in them.

pub mod availability;
pub mod booking;
pub mod by_practitioner;
pub mod change;
pub mod closure;
pub mod feed;
pub mod fit;
pub mod outside;
pub mod promise;
pub mod reservation;
pub mod rhythm;
pub mod series;
pub mod slot;

mod wall;
