//! Backups elsewhere: where they go, what became of each, the kit that opens them, and the hold after a way back.

use std::collections::BTreeMap;

use super::Report;
use crate::app::Fault;
use crate::domain::id::DestinationId;
use crate::domain::keeping::backup::Outcome;
use crate::domain::keeping::destination::{Destination, Login, MOST, Place, Sftp};
use crate::store::View;
use crate::store::keeping::{backup, destination, hold, kit};

/// A record is of a place that is there and says what it must; there is a kit where one was proved; what one signs in with is sealed;
/// and while data are held none is made.
pub(super) fn look(read: &View, report: &mut Report) -> Result<(), Fault> {
    let places: BTreeMap<DestinationId, Destination> =
        destination::all(read)?.into_iter().map(|place| (place.id, place)).collect();
    report.count("places for backups", places.len());
    report.expect(places.len() <= MOST, || {
        format!("{} places for backups, at most {MOST} may be", places.len())
    });
    for place in places.values() {
        report.expect(!signs_in(&place.place) || !place.sealed.is_empty(), || {
            format!("place for backups {}: what one signs in with is not there", place.id)
        });
    }
    let (kit, held) = (kit::find(read)?, hold::get(read)?);
    let mut going: BTreeMap<DestinationId, usize> = BTreeMap::new();
    let all = backup::all(read)?;
    report.count("backups", all.len());
    for (under, record) in all {
        let id = record.id;
        let there = places.contains_key(&under) && record.destination == under;
        report.expect(there, || format!("backup {id}: its place is not there"));
        if let Outcome::Verified { .. } = record.outcome {
            report.expect(record.bytes > 0 && record.rows > 0, || format!("backup {id}: proved, but empty"));
            report
                .expect(kit.is_some(), || format!("backup {id}: proved, but there is no kit that opens it"));
        }
        *going.entry(under).or_default() += usize::from(record.outcome == Outcome::Going);
        let before = held.is_none_or(|held| record.started_at <= held.restored_at);
        report.expect(before, || format!("backup {id}: made while the data are held"));
    }
    for (place, count) in going.into_iter().filter(|(_, count)| *count > 1) {
        report.wrong.push(format!("place for backups {place}: {count} backups are going at once"));
    }
    Ok(())
}

/// Whether something of the owner's is needed to get in: a folder is open, and a key of ours is drawn anew each time.
const fn signs_in(place: &Place) -> bool {
    match place {
        Place::Directory(_) => false,
        Place::S3(_) => true,
        Place::Sftp(Sftp { login, .. }) => matches!(login, Login::Password),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::BackupId;
    use crate::domain::keeping::backup::Backup;
    use crate::domain::keeping::hold::Held;
    use crate::domain::keeping::kit::Kit;
    use crate::domain::time::{Timestamp, after, hours};
    use crate::store::Store;

    fn night() -> Timestamp {
        "2026-11-25T02:30:00Z".parse().unwrap()
    }

    fn record(id: u128, place: u128, outcome: Outcome) -> Backup {
        Backup {
            id: BackupId::from_bits(id),
            destination: DestinationId::from_bits(place),
            started_at: night(),
            bytes: 9,
            rows: 9,
            outcome,
        }
    }

    fn wrong(
        put: impl Fn(&crate::store::Tx<'_>) -> Result<(), crate::store::StoreError> + Send + 'static,
    ) -> Vec<String> {
        let store = Store::in_memory().unwrap();
        store.write(move |tx| put(tx)).unwrap();
        let mut report = Report::default();
        look(&store.read().unwrap(), &mut report).unwrap();
        report.wrong
    }

    fn folder(id: u128) -> Destination {
        Destination {
            id: DestinationId::from_bits(id),
            name: "Disk".parse().unwrap(),
            place: Place::Directory("/mnt/usb".parse().unwrap()),
            sealed: Vec::new(),
            added_at: night(),
            asked_at: None,
        }
    }

    #[test]
    fn what_backups_must_be_is_looked_at() {
        let proved = || Outcome::Verified { at: night() };
        let kit = || Kit {
            recipient: "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p".parse().unwrap(),
            set_at: night(),
        };
        let none: Vec<String> = Vec::new();
        assert_eq!(
            wrong(move |tx| {
                kit::put(tx, &kit())?;
                destination::put(tx, &folder(1))?;
                backup::put(tx, &record(7, 1, proved()))?;
                backup::put(tx, &record(8, 1, Outcome::Going))
            }),
            none
        );
        let found = wrong(move |tx| backup::put(tx, &record(7, 1, proved())));
        assert!(found[0].contains("its place is not there") && found[1].contains("no kit"), "{found:?}");
        let found = wrong(move |tx| {
            kit::put(tx, &kit())?;
            destination::put(tx, &folder(1))?;
            hold::put(tx, Held { restored_at: after(night(), -hours(1)), backup_made_at: night() })?;
            backup::put(tx, &Backup { bytes: 0, ..record(7, 1, proved()) })?;
            backup::put(tx, &record(8, 1, Outcome::Going))?;
            backup::put(tx, &record(9, 1, Outcome::Going))
        });
        for words in ["proved, but empty", "made while the data are held", "2 backups are going at once"] {
            assert!(found.iter().any(|one| one.contains(words)), "{words}: {found:?}");
        }
        let open = Destination {
            place: Place::Sftp(Sftp {
                host: "nas.example".parse().unwrap(),
                port: 22,
                user: "fern".parse().unwrap(),
                folder: "backups".parse().unwrap(),
                host_key: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8".parse().unwrap(),
                login: Login::Password,
            }),
            ..folder(1)
        };
        let found = wrong(move |tx| destination::put(tx, &open));
        assert!(found.len() == 1 && found[0].contains("signs in with"), "{found:?}");
    }
}
