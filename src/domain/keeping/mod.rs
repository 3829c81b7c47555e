//! Keeping the house: where backups go, what became of each, when the next is due, and data that came back from one.

pub mod backup;
pub mod destination;
pub mod hold;
pub mod kit;
