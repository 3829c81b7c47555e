//! Credits given, extended, waived; and what the clock makes of them.

pub mod lot;
