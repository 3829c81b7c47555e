//! Who there is: clients, what is noted about them, practitioners, and their signed-in browsers.

pub mod browser;
pub mod client;
pub mod device;
pub mod erasure;
pub mod invitation;
pub mod login;
pub mod note;
pub mod passkey;
pub mod practitioner;
pub mod search;
pub mod seat;
pub mod second;
pub mod tag;
pub mod team;
