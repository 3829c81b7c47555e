//! Payments, numbered papers, refunds and disputes, as they are kept.

pub mod dispute;
pub mod payment;
pub mod receipt;
pub mod refund;

pub(super) use dispute::DisputeRow;
pub(super) use payment::PaymentRow;
pub(super) use receipt::ReceiptRow;
pub(super) use refund::RefundRow;
