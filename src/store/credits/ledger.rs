//! Ledger entries, by lot and id: appended, never changed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::credits::ledger::{Actor, Consumed, Entry, Revoked, What};
use crate::domain::id::{BookingId, ClientId, EntryId, LotId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{MoneyRow, id, instant, kept, text, text_or_none, to_bare_bytes};
use crate::store::table::ENTRIES;
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
enum WhatRow {
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

#[derive(Serialize, Deserialize)]
#[serde(remote = "Entry")]
pub(in crate::store) struct EntryRow {
    #[serde(with = "id")]
    id: EntryId,
    #[serde(with = "id")]
    lot: LotId,
    #[serde(with = "WhatRow")]
    what: What,
    #[serde(with = "ActorRow")]
    actor: Actor,
    #[serde(with = "text_or_none")]
    reason: Option<Line>,
    #[serde(with = "instant")]
    at: Timestamp,
}
kept!(EntryRow = "EntryRow" for Entry, by to_bare_bytes);

/// A lot's entries, in their order.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, lot: LotId) -> Result<Vec<Entry>, StoreError> {
    ENTRIES.values_under(read, &lot)
}

/// Appends an entry.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn append(tx: &Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    ENTRIES.put(tx, &(entry.lot, entry.id), entry)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::store::row::{Kept as _, to_bytes};

    #[derive(Serialize)]
    struct Named<'a>(#[serde(with = "EntryRow")] &'a Entry);

    #[test]
    fn entries_are_read_with_the_names_of_their_fields_as_version_0_1_0_kept_them_and_without() {
        let (booking, to) = (BookingId::from_bits(7), LotId::from_bits(8));
        let worth = Money::new(9_000, lot().paid.currency);
        let whats = [
            What::Grant(6),
            hold(7, "2026-05-05T08:00:00Z"),
            What::Release { booking },
            What::Consume { booking, how: Consumed::LateCancel },
            What::Waive { booking },
            What::Extend { to: "2026-08-01".parse().unwrap() },
            What::Freeze,
            What::Suspend(2),
            What::Revoke { count: 1, why: Revoked::Dispute },
            What::TransferOut { count: 2, to, worth },
            What::TransferIn { count: 2, from: to },
            What::Adjust { by: -1 },
        ];
        let reason: Option<Line> = Some("The train did not come".parse().unwrap());
        for entry in entries(&lot(), whats) {
            for entry in [entry.clone(), Entry { reason: reason.clone(), actor: Actor::System, ..entry }] {
                let (named, bare) = (to_bytes(&Named(&entry)).unwrap(), EntryRow::pack(&entry).unwrap());
                assert!(bare.len() + 25 < named.len(), "{entry:?}: {} of {}", bare.len(), named.len());
                assert_eq!(EntryRow::unpack(&named).unwrap(), entry);
                assert_eq!(EntryRow::unpack(&bare).unwrap(), entry);
            }
        }
    }
}
