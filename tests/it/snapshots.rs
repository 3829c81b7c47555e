//! Snapshots under load: each is whole, opened again and sound, and a program lives on from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::keeping::check::check;
use fiddlehead::actions::keeping::snapshot::{FOLDER, list, prove, take};
use fiddlehead::app::Fault;
use fiddlehead::domain::credits::ledger::{Actor, Entry, What};
use fiddlehead::domain::id::{BookingId, EntryId};
use fiddlehead::domain::time::{after, hours};
use fiddlehead::store::{self, Store, StoreError};

use crate::support::{House, at};

/// How many snapshots are taken: `FIDDLEHEAD_SNAPSHOTS`, or eight.
fn how_many() -> usize {
    std::env::var("FIDDLEHEAD_SNAPSHOTS").map_or(8, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_under_booking_load_are_whole_and_a_program_lives_on_from_each() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on(Store::open(&folder.path().join("fiddlehead.redb")).unwrap()).await;
    let mut lots = Vec::new();
    for number in 0..20 {
        lots.push(house.bought(&format!("Client {number}"), &house.six).await);
    }
    let over = Arc::new(AtomicBool::new(false));
    let (app, ended) = (Arc::clone(&house.app), Arc::clone(&over));
    let load = tokio::task::spawn_blocking(move || {
        let mut booked = 0_usize;
        for start in (24..24 * 55).map(|ahead| after(at("2026-04-14T08:00:00Z"), hours(ahead))) {
            let (client, lot) = lots[booked % lots.len()];
            booked +=
                usize::from(booking::book(&app, client, BookingId::from_bits(app.id()), lot, start).is_ok());
            if ended.load(Ordering::Acquire) {
                break;
            }
        }
        booked
    });
    let mut counts = Vec::new();
    for number in 0..how_many() {
        house.hands.set(after(at("2026-04-14T08:00:00Z"), hours(i64::try_from(number).unwrap())));
        let taken = take(&house.app, folder.path()).unwrap();
        counts.push(taken.report.counted["bookings"]);
        let copy = Store::open(&taken.file).unwrap();
        assert!(check(&copy, house.now()).unwrap().wrong.is_empty());
        let client = store::people::client::all(&copy.read().unwrap()).unwrap().remove(0);
        copy.write(move |tx| store::people::client::put(tx, &client)).unwrap();
    }
    over.store(true, Ordering::Release);
    let booked = load.await.unwrap();
    eprintln!("{} snapshots, bookings in each: {counts:?}, {booked} in the end", counts.len());
    assert!(booked > 0 && counts.is_sorted(), "{counts:?}");
    assert_eq!(list(&folder.path().join(FOLDER)).unwrap().len(), counts.len().min(24 + 6));
}

#[tokio::test]
async fn a_snapshot_that_was_damaged_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on(Store::open(&folder.path().join("fiddlehead.redb")).unwrap()).await;
    let taken = take(&house.app, folder.path()).unwrap();
    assert!(prove(&taken.file, house.now()).unwrap().wrong.is_empty());
    let mut bytes = std::fs::read(&taken.file).unwrap();
    let name = b"Ines Varga";
    let there = bytes.windows(name.len()).position(|window| window == name).unwrap();
    bytes[there] ^= 1;
    std::fs::write(&taken.file, bytes).unwrap();
    assert!(prove(&taken.file, house.now()).is_err(), "a flipped bit is seen");
}

#[tokio::test]
async fn of_snapshots_that_are_not_sound_the_newest_three_are_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::on(Store::open(&folder.path().join("fiddlehead.redb")).unwrap()).await;
    let sound = take(&house.app, folder.path()).unwrap();
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let lot = house.store_lot(lot);
    let entry = Entry {
        id: EntryId::from_bits(house.id()),
        lot: lot.id,
        what: What::Grant(6),
        actor: Actor::System,
        reason: None,
        at: house.now(),
    };
    let spoilt: Result<(), StoreError> =
        house.app.store.write(move |tx| store::credits::ledger::append(tx, lot.practitioner, &entry));
    spoilt.unwrap();
    for ahead in 1..=5 {
        house.hands.set(after(sound.made_at, hours(ahead)));
        assert!(matches!(take(&house.app, folder.path()), Err(Fault::Unsound { .. })));
    }
    let there = std::fs::read_dir(folder.path().join(FOLDER)).unwrap();
    let mut there: Vec<_> = there.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    there.sort();
    let hours: Vec<_> = there.iter().map(|name| &name["fiddlehead-20260414T".len()..]).collect();
    assert_eq!(hours, ["080000Z.redb", "110000Z.unsound", "120000Z.unsound", "130000Z.unsound"]);
}
