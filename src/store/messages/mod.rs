//! The outbox, how messages read, practitioners' own words, and who does not want which nudges, as they are kept.

pub mod message;
pub mod opt_out;
pub mod sent;
pub mod wording;

pub(super) use message::MessageRow;
pub(super) use sent::Copy;
pub(super) use wording::WordingRow;
