//! Signing in and out, passwords, clients' particulars and the notes about them, and the first owner.

pub mod by_practitioner;
pub mod client;
pub mod device;
pub mod login;
pub mod note;
pub mod passkey;
pub mod practitioner;
pub mod proof;
pub mod second;

/// Whether a password may be chosen, and why not; asked before one is set.
pub use crate::platform::password::{Weak, check as check_password};
