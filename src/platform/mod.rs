//! What the machine gives: time, chance, settings, the hashing of passwords, and the log. It knows nothing of ours.

pub mod clock;
pub mod config;
pub mod disk;
pub mod entropy;
pub mod log;
pub mod network;
pub mod notify;
pub mod passkey;
pub mod password;
pub mod picture;
pub mod process;
pub mod seal;
pub mod totp;
