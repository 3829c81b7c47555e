//! Money: what came, what was given back, and how it stands in the books.

pub mod dispute;
pub mod payment;
pub mod receipt;
pub mod refund;
pub mod statement;
pub mod tally;
