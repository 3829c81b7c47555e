//! The store on its own: what shares a commit, what is undone, what a reader sees meanwhile, and which files it will not
//! open.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use fiddlehead::domain::id::{BookingId, LotId, PractitionerId};
use fiddlehead::domain::time::Timestamp;
use fiddlehead::store::due::{self, Due};
use fiddlehead::store::{FORMAT, Store, StoreError, Tx};
use redb::{Database, StorageBackend, TableDefinition};

use crate::model::{Dice, digest_of};
use crate::support::{House, at};

/// A disk in memory whose syncs are counted, and can be held up.
#[derive(Debug, Clone, Default)]
struct SlowDisk(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    bytes: redb::backends::InMemoryBackend,
    gate: Mutex<Gate>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Gate {
    is_shut: bool,
    syncs: u32,
    waiting: u32,
}

impl SlowDisk {
    fn shut(&self) {
        self.0.gate.lock().unwrap().is_shut = true;
    }

    fn open(&self) {
        self.0.gate.lock().unwrap().is_shut = false;
        self.0.moved.notify_all();
    }

    fn syncs(&self) -> u32 {
        self.0.gate.lock().unwrap().syncs
    }

    /// Waits until somebody stands at the gate.
    fn until_held_up(&self) {
        let gate = self.0.gate.lock().unwrap();
        let (_gate, late) =
            self.0.moved.wait_timeout_while(gate, Duration::from_secs(20), |gate| gate.waiting == 0).unwrap();
        assert!(!late.timed_out(), "nobody came to the gate");
    }
}

impl StorageBackend for SlowDisk {
    fn len(&self) -> Result<u64, std::io::Error> {
        self.0.bytes.len()
    }
    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), std::io::Error> {
        self.0.bytes.read(offset, out)
    }
    fn set_len(&self, len: u64) -> Result<(), std::io::Error> {
        self.0.bytes.set_len(len)
    }
    fn write(&self, offset: u64, data: &[u8]) -> Result<(), std::io::Error> {
        self.0.bytes.write(offset, data)
    }
    fn sync_data(&self) -> Result<(), std::io::Error> {
        let mut gate = self.0.gate.lock().unwrap();
        gate.waiting += 1;
        self.0.moved.notify_all();
        let mut gate = self.0.moved.wait_while(gate, |gate| gate.is_shut).unwrap();
        (gate.waiting, gate.syncs) = (gate.waiting - 1, gate.syncs + 1);
        Ok(())
    }
}

fn then() -> Timestamp {
    at("2026-04-14T08:00:00Z")
}

/// Keeps a number.
fn keep(tx: &Tx<'_>, n: u128) -> Result<(), StoreError> {
    due::set(tx, Due::Lot(LotId::from_bits(n)), Some(then()))
}

/// The numbers that are kept.
fn kept(store: &Store) -> Vec<u128> {
    let all = due::by(&store.read().unwrap(), then(), usize::MAX, |_| true).unwrap();
    let number = |due| match due {
        Due::Lot(id) => LotId::bits(id),
        other => panic!("{other:?}"),
    };
    all.into_iter().map(|(_, due)| number(due)).collect()
}

#[derive(Debug, PartialEq)]
enum No {
    Refused(u128),
    Broken(String),
}

impl From<StoreError> for No {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Holds up a first change at the disk, lets the others queue behind it, and tells what each was answered.
fn queued(
    disk: &SlowDisk,
    store: &Store,
    numbers: Range<u128>,
    change: fn(&Tx<'_>, u128) -> Result<u128, No>,
) -> Vec<Result<u128, No>> {
    disk.shut();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| store.write(|tx| keep(tx, 1_000_000)));
        disk.until_held_up();
        let others: Vec<_> =
            numbers.map(|n| scope.spawn(move || store.write(move |tx| change(tx, n)))).collect();
        // They have a moment to come to the queue; one that is late is in the next group, which is no error.
        std::thread::sleep(Duration::from_millis(200));
        disk.open();
        first.join().unwrap().unwrap();
        others.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn slow_store() -> (SlowDisk, Store) {
    let disk = SlowDisk::default();
    let store = Store::on_backend(disk.clone()).unwrap();
    (disk, store)
}

#[test]
fn writers_that_wait_share_a_commit_and_each_gets_its_own_answer() {
    let (disk, store) = slow_store();
    let before = disk.syncs();
    store.write(|tx| keep(tx, 999)).unwrap();
    let alone = disk.syncs() - before;
    let answers = queued(&disk, &store, 0..64, |tx, n| {
        keep(tx, n)?;
        if n % 8 == 7 && kept_in(tx) == 0 { Err(No::Refused(n)) } else { Ok(n * n) }
    });
    assert_eq!(answers, (0..64).map(|n| Ok(n * n)).collect::<Vec<_>>());
    assert_eq!(kept(&store).len(), 66);
    let together = disk.syncs() - before - alone;
    assert!(together <= alone * 6, "{together} syncs for 65 changes, {alone} for one");
}

/// How much a transaction sees; it sees its own writes.
fn kept_in(tx: &Tx<'_>) -> usize {
    due::by(tx, then(), usize::MAX, |_| true).unwrap().len()
}

#[test]
fn a_change_that_fails_after_writing_is_undone_and_its_neighbours_are_kept() {
    let (disk, store) = slow_store();
    let answers = queued(&disk, &store, 0..12, |tx, n| match n % 3 {
        0 => keep(tx, n).map(|()| n).map_err(No::from),
        1 => {
            keep(tx, n)?;
            Err(No::Refused(n))
        }
        _ => Err(No::Refused(n)),
    });
    let wanted: Vec<_> = (0..12).map(|n| if n % 3 == 0 { Ok(n) } else { Err(No::Refused(n)) }).collect();
    assert_eq!(answers, wanted);
    assert_eq!(kept(&store), [0, 3, 6, 9, 1_000_000]);
}

#[test]
fn a_panic_in_a_change_keeps_nothing_of_it_and_the_writer_lives_on() {
    let (disk, store) = slow_store();
    let answers = queued(&disk, &store, 0..6, |tx, n| {
        keep(tx, n)?;
        assert!(n != 3, "a defect, on purpose");
        Ok(n)
    });
    let broke = No::Broken(StoreError::Panicked.to_string());
    assert_eq!(answers, [Ok(0), Ok(1), Ok(2), Err(broke), Ok(4), Ok(5)]);
    store.write(|tx| keep(tx, 7)).unwrap();
    assert_eq!(kept(&store), [0, 1, 2, 4, 5, 7, 1_000_000]);
}

#[test]
fn a_refusal_that_wrote_nothing_costs_no_commit() {
    let (disk, store) = slow_store();
    let before = disk.syncs();
    for n in 0..5 {
        assert_eq!(store.write(move |_| Err::<(), _>(No::Refused(n))), Err(No::Refused(n)));
    }
    assert_eq!(disk.syncs(), before);
}

#[test]
fn a_reader_does_not_wait_for_the_disk_and_sees_what_is_on_it() {
    let (disk, store) = slow_store();
    store.write(|tx| keep(tx, 1)).unwrap();
    disk.shut();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| store.write(|tx| keep(tx, 2)));
        disk.until_held_up();
        let (tell, told) = std::sync::mpsc::channel();
        let reader = store.clone();
        scope.spawn(move || tell.send(kept(&reader)));
        let seen = told.recv_timeout(Duration::from_secs(20));
        disk.open();
        assert_eq!(seen, Ok(vec![1]), "a commit that is not on the disk is not seen");
        writer.join().unwrap().unwrap();
    });
    assert_eq!(kept(&store), [1, 2]);
}

#[test]
fn a_file_of_a_newer_version_is_refused_with_a_word_that_helps() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    let meta: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("meta");
    let database = Database::create(&file).unwrap();
    let transaction = database.begin_write().unwrap();
    let newer = (FORMAT + 1).to_be_bytes();
    transaction.open_table(meta).unwrap().insert(&b"format\0"[..], &newer[..]).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = Store::open(&file).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found } if found == FORMAT + 1), "{error}");
    assert!(error.to_string().contains("start the newer version"), "{error}");
}

#[test]
fn a_file_that_is_in_use_is_refused_as_such() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    let _held = Store::open(&file).unwrap();
    assert!(matches!(Store::open(&file).unwrap_err(), StoreError::InUse));
}

/// A file with a practice, two clients and some sessions in it, and what it holds.
async fn lived_in(file: &Path) -> (String, [PractitionerId; 2]) {
    let house = House::on(Store::open(file).unwrap()).await;
    for (name, hour) in [("Nora", "08"), ("Mia", "10")] {
        let (client, lot) = house.bought(name, &house.six).await;
        let id = BookingId::from_bits(house.id());
        let start = at(&format!("2026-04-21T{hour}:00:00Z"));
        fiddlehead::actions::calendar::booking::book(&house.app, client, id, lot, start).unwrap();
    }
    let whose = [house.ines, house.hana];
    (digest_of(&house.app.store.read().unwrap(), whose), whose)
}

#[tokio::test]
async fn a_damaged_file_is_refused_and_never_served() {
    let folder = tempfile::tempdir().unwrap();
    let [file, copy] = ["data", "copy"].map(|name| folder.path().join(name));
    let (whole, whose) = lived_in(&file).await;
    // The writer thread lets go of the file a moment after the house.
    let mut database = loop {
        match Database::open(&file) {
            Ok(database) => break database,
            Err(redb::DatabaseError::DatabaseAlreadyOpen) => std::thread::sleep(Duration::from_millis(5)),
            Err(error) => panic!("{error}"),
        }
    };
    // Without the free pages at its end; those between hold what was, and damage there does no harm.
    database.compact().unwrap();
    drop(database);
    let bytes = std::fs::read(&file).unwrap();
    let written: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
    let (mut dice, mut refused) = (Dice::seeded(1), 0);
    for turn in 0..200 {
        let mut damaged = bytes.clone();
        // One bit, or some.
        let flips: Vec<(usize, usize)> =
            (0..[1, 24][turn % 2]).map(|_| (dice.pick(&written).unwrap(), dice.below(8))).collect();
        for (place, bit) in &flips {
            damaged[*place] ^= 1 << bit;
        }
        std::fs::write(&copy, &damaged).unwrap();
        let outcome = catch_unwind(AssertUnwindSafe(|| match Store::open_existing(&copy) {
            Err(StoreError::InUse) => panic!("nobody else has it"),
            Err(_) => None,
            Ok(store) => Some(digest_of(&store.read().unwrap(), whose)),
        }));
        match outcome {
            Ok(None) => refused += 1,
            Ok(Some(found)) => assert!(found == whole, "damage was served: {flips:?}"),
            Err(_) => panic!("damage broke the program: {flips:?}"),
        }
        std::fs::remove_file(&copy).unwrap();
    }
    assert!(refused > 80, "only {refused} of 200 were refused: the flips miss what is kept");
    eprintln!("{refused} of 200 damaged files refused, the others whole");
}
