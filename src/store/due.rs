//! The due-index: what must be looked at, by its instant. A pass costs what is due, not what exists.

use std::ops::ControlFlow;

use super::key::{Key, between};
use super::table::{DUE, DUE_OF};
use super::{Order, Read, StoreError, Tx};
use crate::domain::id::{LotId, MessageId, OutsideId, PurchaseId, RefundId};
use crate::domain::time::Timestamp;

/// Something that has to be looked at when its time comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Due {
    /// A lot in which a session ends or credits reach their date.
    Lot(LotId),
    /// A purchase that the payment provider may have news of.
    Purchase(PurchaseId),
    /// A message that wants to go.
    Message(MessageId),
    /// A refund that the provider is to be asked for.
    Refund(RefundId),
    /// A calendar that is not ours, to be read again.
    Outside(OutsideId),
}

impl Due {
    fn key(self) -> (u8, u128) {
        match self {
            Self::Lot(id) => (1, id.bits()),
            Self::Purchase(id) => (2, id.bits()),
            Self::Message(id) => (3, id.bits()),
            Self::Refund(id) => (5, id.bits()),
            Self::Outside(id) => (4, id.bits()),
        }
    }

    fn from_key((kind, bits): (u8, u128)) -> Option<Self> {
        match kind {
            1 => Some(Self::Lot(LotId::from_bits(bits))),
            2 => Some(Self::Purchase(PurchaseId::from_bits(bits))),
            3 => Some(Self::Message(MessageId::from_bits(bits))),
            5 => Some(Self::Refund(RefundId::from_bits(bits))),
            4 => Some(Self::Outside(OutsideId::from_bits(bits))),
            _ => None,
        }
    }
}

/// Sets, moves or (with `None`) clears the instant of a thing.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn set(tx: &Tx<'_>, due: Due, at: Option<Timestamp>) -> Result<(), StoreError> {
    let key = due.key();
    let before = DUE_OF.find(tx, &key)?;
    if before == at {
        return Ok(());
    }
    if let Some(before) = before {
        DUE.remove(tx, &(before, key.0, key.1))?;
    }
    match at {
        Some(at) => first(tx, due, at),
        None => DUE_OF.remove(tx, &key),
    }
}

/// The same for a thing that has no instant yet.
pub(super) fn first(tx: &Tx<'_>, due: Due, at: Timestamp) -> Result<(), StoreError> {
    let key = due.key();
    DUE.put(tx, &(at, key.0, key.1), &())?;
    DUE_OF.put(tx, &key, &at)
}

/// What of a kind is due by an instant, earliest first, at most so many.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn by(
    read: &impl Read,
    now: Timestamp,
    most: usize,
    wanted: impl Fn(Due) -> bool,
) -> Result<Vec<(Timestamp, Due)>, StoreError> {
    let mut found = Vec::new();
    let until = crate::domain::time::after(now, jiff::SignedDuration::from_micros(1));
    DUE.walk(read, (Vec::new(), until.bytes()), Order::Up, |(at, kind, bits), ()| {
        found.extend(Due::from_key((kind, bits)).filter(|due| wanted(*due)).map(|due| (at, due)));
        if found.len() < most { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(found)
}

/// The earliest instant after one at which something that is wanted is due.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn next_after(
    read: &impl Read,
    now: Timestamp,
    wanted: impl Fn(Due) -> bool,
) -> Result<Option<(Timestamp, Due)>, StoreError> {
    let mut first = None;
    let from = crate::domain::time::after(now, jiff::SignedDuration::from_micros(1));
    DUE.walk(read, between(&from, &Timestamp::MAX), Order::Up, |(at, kind, bits), ()| {
        first = Due::from_key((kind, bits)).filter(|due| wanted(*due)).map(|due| (at, due));
        if first.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    })?;
    Ok(first)
}
