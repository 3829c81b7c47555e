//! Money: what came, what was given back, and how it stands in the books.

pub mod books;
pub mod dispute;
pub mod journal;
pub mod outlook;
pub mod payment;
pub mod period;
pub mod receipt;
pub mod refund;
pub mod statement;
pub mod tally;
