//! Who there is: clients, practitioners, and their signed-in browsers.

pub mod client;
pub mod login;
pub mod practitioner;
