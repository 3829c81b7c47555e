//! Credits: the lots they come in, the ledger they are counted from, which lot pays, and how long it may.

pub mod attention;
pub mod ledger;
pub mod lot;
pub mod selection;
pub mod validity;
