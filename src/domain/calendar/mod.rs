//! When sessions can be: hours, time off, and the times that are free.

pub mod availability;
pub mod closure;
pub mod slot;

mod wall;
