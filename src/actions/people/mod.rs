//! Signing in and out, passwords, clients' particulars, and the first owner.

pub mod client;
pub mod login;
pub mod practitioner;

pub use crate::platform::password::{Weak, check as check_password};
