//! The outbox, and who does not want which nudges, as they are kept.

pub mod message;
pub mod opt_out;

pub(super) use message::MessageRow;
