//! Receipts and credit notes, by their number.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::domain::billing::receipt::Receipt;
use crate::domain::id::{PurchaseId, ReceiptId};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::store::key::between;
use crate::store::row::{MoneyRow, id, instant, kept};
use crate::store::table::{RECEIPTS, RECEIPTS_OF};
use crate::store::{Order, Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Receipt")]
pub(in crate::store) struct ReceiptRow {
    #[serde(with = "id")]
    id: ReceiptId,
    number: u64,
    #[serde(with = "id")]
    purchase: PurchaseId,
    #[serde(with = "MoneyRow")]
    amount: Money,
    #[serde(with = "instant")]
    issued_at: Timestamp,
}
kept!(ReceiptRow = "ReceiptRow" for Receipt);

/// The paper of that number.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, number: u64) -> Result<Option<Receipt>, StoreError> {
    RECEIPTS.find(read, &number)
}

/// The papers about a purchase, by number.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, purchase: PurchaseId) -> Result<Vec<Receipt>, StoreError> {
    let numbers = RECEIPTS_OF.under(read, &purchase)?;
    let found =
        numbers.into_iter().map(|((_, number), ())| find(read, number)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Every paper, by number.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Receipt>, StoreError> {
    RECEIPTS.values(read)
}

/// Shows every paper, by number, until `see` fails: a practice has more of them than anybody wants in memory.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Receipt) -> Result<(), StoreError>) -> Result<(), StoreError> {
    RECEIPTS.each(read, see)
}

/// The number after the last one: the series has no gaps, since it is taken in the transaction that uses it.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn next_number(tx: &Tx<'_>) -> Result<u64, StoreError> {
    let mut last = 0;
    RECEIPTS.walk(tx, between(&0u64, &u64::MAX), Order::Down, |number, _| {
        last = number;
        ControlFlow::Break(())
    })?;
    Ok(last + 1)
}

/// Keeps a new paper.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, receipt: &Receipt) -> Result<(), StoreError> {
    RECEIPTS_OF.put(tx, &(receipt.purchase, receipt.number), &())?;
    RECEIPTS.put(tx, &receipt.number, receipt)
}
