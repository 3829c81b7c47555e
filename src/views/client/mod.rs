//! The client's own pages, phone first: her sessions, choosing a time, changing one, receipts, particulars.

pub mod booking;
pub mod change;
pub mod credit;
pub mod dashboard;
pub mod ledger;
pub mod notes;
pub mod profile;
pub mod receipt;
pub mod times;
