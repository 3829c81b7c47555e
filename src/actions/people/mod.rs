//! Signing in and out, passwords, clients' particulars, and the first owner.

pub mod client;
pub mod login;
pub mod practitioner;
