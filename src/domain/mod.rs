//! What is true: the rules of packages, credits, bookings, time and money. Values in, values out; no clock, no
//! disk, no HTML. The wings, each looking only left: people ← catalog ← credits ← {calendar, billing} ← messages
//! ← keeping.

pub mod audit;
pub mod email;
pub mod id;
pub mod money;
pub mod text;
pub mod time;

pub mod billing;
pub mod calendar;
pub mod catalog;
pub mod credits;
pub mod keeping;
pub mod messages;
pub mod people;
