//! Credits: the lots they come in, the ledger they are counted from, which lot pays, how long it may, and what a
//! practitioner can do to them, with its consequence known before.

pub mod adjustment;
pub mod attention;
pub mod extension;
pub mod foresight;
pub mod freeze;
pub mod import;
pub mod ledger;
pub mod lot;
pub mod selection;
pub mod transfer;
pub mod validity;
