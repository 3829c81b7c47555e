//! Lots and their ledgers, as they are kept.

pub mod ledger;
pub mod lot;

pub(super) use ledger::EntryRow;
pub(super) use lot::LotRow;
