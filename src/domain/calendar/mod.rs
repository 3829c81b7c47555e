//! When sessions can be: hours, time off, and the times that are free.

pub mod availability;
pub mod closure;
pub mod rhythm;
pub mod slot;

mod wall;
