//! Payments, one per purchase.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::billing::payment::{Means, Payment};
use crate::domain::id::PurchaseId;
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{MoneyRow, id, instant, kept, text, text_or_none};
use crate::store::table::PAYMENTS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Means")]
pub(super) enum MeansRow {
    Online {
        #[serde(with = "text_or_none")]
        reference: Option<Line>,
    },
    Cash,
    CardAtPractice,
    Transfer,
    Nothing,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Payment")]
pub(in crate::store) struct PaymentRow {
    #[serde(with = "id")]
    purchase: PurchaseId,
    #[serde(with = "MoneyRow")]
    amount: Money,
    #[serde(with = "MeansRow")]
    means: Means,
    #[serde(with = "text")]
    on: Date,
    #[serde(with = "text_or_none")]
    note: Option<Line>,
    #[serde(with = "instant")]
    at: Timestamp,
}
kept!(PaymentRow = "PaymentRow" for Payment);

/// The payment of a purchase.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, purchase: PurchaseId) -> Result<Option<Payment>, StoreError> {
    PAYMENTS.find(read, &purchase)
}

/// Every payment.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Payment>, StoreError> {
    PAYMENTS.values(read)
}

/// Shows every payment, by purchase, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Payment) -> Result<(), StoreError>) -> Result<(), StoreError> {
    PAYMENTS.each(read, see)
}

/// Keeps the payment of a purchase.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, payment: &Payment) -> Result<(), StoreError> {
    PAYMENTS.put(tx, &payment.purchase, payment)
}
