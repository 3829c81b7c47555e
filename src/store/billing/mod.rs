//! Payments and numbered papers, as they are kept.

pub mod account;
pub mod payment;
pub mod receipt;

pub(super) use payment::PaymentRow;
pub(super) use receipt::ReceiptRow;
