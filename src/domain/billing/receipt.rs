//! Receipts: numbered without gaps, per practice; a refund makes a credit note in the same series.

use crate::domain::id::{PurchaseId, ReceiptId};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// A numbered paper about money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Its identifier.
    pub id: ReceiptId,
    /// Counts from 1 without gaps.
    pub number: u64,
    /// What it is about; names, price and terms are in the purchase's copy.
    pub purchase: PurchaseId,
    /// What came, or, below zero, what was given back.
    pub amount: Money,
    /// When it was made.
    pub issued_at: Timestamp,
}

/// A receipt's number as it is printed: `R-000042`.
#[must_use]
pub fn printed(number: u64) -> String {
    format!("R-{number:06}")
}
