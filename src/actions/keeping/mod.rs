//! Keeping the house: pruning what is over, checking that all is sound, snapshots, backups, how the program stands, another key,
//! giving a client her data and erasing it.

pub mod backup;
pub mod check;
pub mod erase;
pub mod export;
pub mod hold;
pub mod import;
pub mod prune;
pub mod retention;
pub mod rotation;
pub mod snapshot;
pub mod standing;
pub mod takeout;
pub mod upgrade;
