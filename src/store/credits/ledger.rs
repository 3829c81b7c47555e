//! Ledger entries, by practitioner, lot and id, so that all of hers lie together: appended, never changed.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::credits::ledger::{Actor, Consumed, Entry, LedgerId, Revoked, What};
use crate::domain::id::{BookingId, ClientId, EntryId, LotId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{Kept, MoneyRow, from_bytes, id, instant, text, text_or_none, to_bare_bytes};
use crate::store::table::LEDGERS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Actor")]
pub(in crate::store) enum ActorRow {
    Client(#[serde(with = "id")] ClientId),
    Practitioner(#[serde(with = "id")] PractitionerId),
    System,
    Provider,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Consumed")]
enum ConsumedRow {
    Attended,
    LateCancel,
    Missed,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Revoked")]
enum RevokedRow {
    Refund,
    Dispute,
    Mistake,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "What")]
pub(in crate::store) enum WhatRow {
    Grant(u32),
    Hold {
        #[serde(with = "id")]
        booking: BookingId,
        #[serde(with = "instant")]
        starts_at: Timestamp,
        #[serde(with = "instant")]
        ends_at: Timestamp,
    },
    Release {
        #[serde(with = "id")]
        booking: BookingId,
    },
    Consume {
        #[serde(with = "id")]
        booking: BookingId,
        #[serde(with = "ConsumedRow")]
        how: Consumed,
    },
    Waive {
        #[serde(with = "id")]
        booking: BookingId,
    },
    Extend {
        #[serde(with = "text")]
        to: Date,
    },
    Freeze,
    Unfreeze,
    Suspend(u32),
    Unsuspend(u32),
    Expire(u32),
    Reactivate(u32),
    Revoke {
        count: u32,
        #[serde(with = "RevokedRow")]
        why: Revoked,
    },
    Restore(u32),
    TransferOut {
        count: u32,
        #[serde(with = "id")]
        to: LotId,
        #[serde(with = "MoneyRow")]
        worth: Money,
    },
    TransferIn {
        count: u32,
        #[serde(with = "id")]
        from: LotId,
    },
    Adjust {
        by: i32,
    },
}

/// An entry without what its key says: its lot and its id.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct EntryRow {
    #[serde(with = "WhatRow")]
    what: What,
    #[serde(with = "ActorRow")]
    actor: Actor,
    #[serde(with = "text_or_none")]
    reason: Option<Line>,
    #[serde(with = "instant")]
    at: Timestamp,
}

impl Kept for EntryRow {
    type Value = Self;
    fn pack(value: &Self) -> Result<Vec<u8>, String> {
        to_bare_bytes(value)
    }
    fn unpack(bytes: &[u8]) -> Result<Self, String> {
        from_bytes(bytes)
    }
}

fn entry((_, lot, id): (PractitionerId, LotId, EntryId), row: EntryRow) -> Entry {
    let EntryRow { what, actor, reason, at } = row;
    Entry { id, lot, what, actor, reason, at }
}

/// A ledger's entries, in their order.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, ledger: LedgerId) -> Result<Vec<Entry>, StoreError> {
    let mut entries = Vec::new();
    LEDGERS.each_under(read, &ledger, |key, row| entries.push(entry(key, row)))?;
    Ok(entries)
}

/// A practitioner's ledgers, each in its order, read in one go.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all_of(
    read: &impl Read,
    practitioner: PractitionerId,
) -> Result<HashMap<LotId, Vec<Entry>>, StoreError> {
    let mut ledgers: HashMap<_, Vec<_>> = HashMap::new();
    LEDGERS.each_under(read, &practitioner, |key, row| {
        ledgers.entry(key.1).or_default().push(entry(key, row));
    })?;
    Ok(ledgers)
}

/// Appends an entry to the ledger of its lot.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn append(tx: &Tx<'_>, practitioner: PractitionerId, entry: &Entry) -> Result<(), StoreError> {
    let Entry { id, lot, what, actor, reason, at } = entry.clone();
    LEDGERS.put(tx, &(practitioner, lot, id), &EntryRow { what, actor, reason, at })
}
