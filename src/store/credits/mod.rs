//! Lots, their ledgers, and the files of clients that were brought in, as they are kept.

pub mod import;
pub mod ledger;
pub mod lot;

pub(super) use import::ImportRow;
pub(super) use ledger::{ActorRow, EntryRow, WhatRow};
pub(super) use lot::LotRow;
