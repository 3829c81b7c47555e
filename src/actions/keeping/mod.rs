//! Keeping the house: pruning what is over, checking that all is sound, snapshots, how the program stands, giving a client her data and erasing it.

pub mod check;
pub mod erase;
pub mod export;
pub mod import;
pub mod prune;
pub mod retention;
pub mod snapshot;
pub mod standing;
pub mod takeout;
