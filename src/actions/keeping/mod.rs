//! Keeping the house: pruning what is over, and checking that all is sound.

pub mod check;
pub mod prune;
