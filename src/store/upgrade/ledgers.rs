//! Format 1 to 2: ledger entries stood by lot, a practitioner's far apart among everybody's; they move to where hers lie together. And
//! her lots, of which version 0.1.0 noted the ids there, are kept there whole.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::domain::credits::ledger::{Actor, Entry, What};
use crate::domain::id::{EntryId, LotId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::credits::{ActorRow, WhatRow, ledger};
use crate::store::row::{id, instant, kept, text_or_none, to_bare_bytes};
use crate::store::table::{LOTS, LOTS_OF, Table};
use crate::store::{StoreError, Tx};

/// With the names of its fields, as version 0.1.0 wrote it, or without: both are read.
#[derive(Serialize, Deserialize)]
#[serde(remote = "Entry")]
struct OldRow {
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
kept!(OldRow = "OldRow" for Entry, by to_bare_bytes);

const OLD_NAME: &str = "entries";
const OLD: Table<(LotId, EntryId), OldRow> = Table::new(OLD_NAME);

/// The step.
///
/// # Errors
/// [`StoreError`] if the file fails, or an entry would be left over: nothing of a ledger may be lost.
pub(super) fn to_their_practitioners(tx: &Tx<'_>) -> Result<(), StoreError> {
    let mut ledgers = BTreeSet::new();
    LOTS.each(tx, |lot| {
        ledgers.insert(lot.ledger());
        Ok(())
    })?;
    let mut moved = 0;
    // In the order in which they will lie, so that each page is filled once.
    for (practitioner, id) in ledgers {
        if let Some(lot) = LOTS.find(tx, &id)? {
            LOTS_OF.put(tx, &(practitioner, id), &lot)?;
        }
        for entry in OLD.values_under(tx, &id)? {
            ledger::append(tx, practitioner, &entry)?;
            moved += 1;
        }
    }
    let mut kept = 0;
    OLD.each(tx, |_| {
        kept += 1;
        Ok(())
    })?;
    if kept != moved {
        let why = format!("{kept} entries, of which {moved} belong to a lot");
        return Err(StoreError::Row { table: OLD_NAME, why });
    }
    tx.drop_table(OLD_NAME)
}

#[cfg(test)]
mod tests {
    use super::super::{Opened, STEPS, of_format};
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{Consumed, Revoked};
    use crate::domain::credits::lot::Lot;
    use crate::domain::id::{BookingId, PractitionerId};
    use crate::domain::money::Money;
    use crate::store::Store;
    use crate::store::credits::lot as lots;
    use crate::store::row::{Kept, to_bytes};

    /// An entry as version 0.1.0 wrote it.
    struct NamedRow;
    impl Kept for NamedRow {
        type Value = Entry;
        fn pack(value: &Entry) -> Result<Vec<u8>, String> {
            #[derive(Serialize)]
            struct Out<'a>(#[serde(with = "OldRow")] &'a Entry);
            to_bytes(&Out(value))
        }
        fn unpack(bytes: &[u8]) -> Result<Entry, String> {
            OldRow::unpack(bytes)
        }
    }
    const NAMED: Table<(LotId, EntryId), NamedRow> = Table::new(OLD_NAME);
    /// Lots by practitioner as version 0.1.0 noted them.
    const IDS: Table<(PractitionerId, LotId), ()> = Table::new("lots_of");

    fn log(of: &Lot) -> Vec<Entry> {
        let to = LotId::from_bits(8);
        let booking = BookingId::from_bits(7);
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
            What::TransferOut { count: 2, to, worth: Money::new(9_000, of.paid.currency) },
            What::TransferIn { count: 2, from: to },
            What::Adjust { by: -1 },
        ];
        let mut log = entries(of, whats);
        // Half of them by the program, with a reason.
        for entry in log.iter_mut().skip(1).step_by(2) {
            entry.reason = Some("The train did not come".parse().unwrap());
            entry.actor = Actor::System;
        }
        log
    }

    /// A file of format 1 with two lots of two practitioners, one kept as version 0.1.0 did, one as what came after it, and what else
    /// is put there.
    fn old(folder: &tempfile::TempDir, more: Option<Entry>) -> (std::path::PathBuf, [Lot; 2]) {
        let file = folder.path().join("data.redb");
        let first = Lot { id: LotId::from_bits(1), practitioner: PractitionerId::from_bits(9), ..lot() };
        let second = Lot { id: LotId::from_bits(2), practitioner: PractitionerId::from_bits(3), ..lot() };
        let (named, bare) = (first.clone(), second.clone());
        let made: Result<(), StoreError> = Store::open(&file).unwrap().write(move |tx| {
            lots::put(tx, &named)?;
            lots::put(tx, &bare)?;
            IDS.put(tx, &named.ledger(), &())?;
            log(&named).iter().try_for_each(|entry| NAMED.put(tx, &(named.id, entry.id), entry))?;
            log(&bare).iter().try_for_each(|entry| OLD.put(tx, &(bare.id, entry.id), entry))?;
            more.iter().try_for_each(|entry| OLD.put(tx, &(entry.lot, entry.id), entry))
        });
        made.unwrap();
        of_format(&file, 1);
        (file, [first, second])
    }

    #[test]
    fn each_ledger_moves_whole_and_its_lot_is_kept_there() {
        let folder = tempfile::tempdir().unwrap();
        let (file, kept) = old(&folder, None);
        let store = Opened::at(&file).unwrap().bring_up(STEPS).unwrap().store().unwrap();
        let read = store.read().unwrap();
        for lot in kept {
            assert_eq!(ledger::of(&read, lot.ledger()).unwrap(), log(&lot));
            assert_eq!(ledger::all_of(&read, lot.practitioner).unwrap(), [(lot.id, log(&lot))].into());
            assert_eq!(lots::lots_of(&read, lot.practitioner).unwrap(), [lot]);
        }
        assert_eq!(OLD.all(&read).unwrap(), []);
    }

    #[test]
    fn an_entry_of_no_lot_is_not_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let stray = log(&Lot { id: LotId::from_bits(5), ..lot() }).remove(0);
        let (file, [first, _]) = old(&folder, Some(stray));
        let why = Opened::at(&file).unwrap().bring_up(STEPS).map(drop).unwrap_err();
        assert_eq!(
            why.to_string(),
            "a row in entries cannot be read: 25 entries, of which 24 belong to a lot"
        );
        let opened = Opened::at(&file).unwrap();
        assert_eq!(opened.format, Some(1));
        assert_eq!(OLD.values_under(&opened.handle.view().unwrap(), &first.id).unwrap(), log(&first));
    }
}
