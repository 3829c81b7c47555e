//! Rot: bits that flip in a data file while nobody looks. Opening finds them, whatever they are in; a file that opens all the same
//! holds every row as it was, as the bit was in no page that is in use. `FIDDLEHEAD_BIT_ROT` says how many files are spoiled.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;

use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::id::BookingId;
use fiddlehead::domain::time::{after, hours};
use fiddlehead::store::Store;
use redb::{Builder, ReadableDatabase as _, TableDefinition, TableHandle as _};

use super::{figure, first_seed, rounds};
use crate::model::Dice;
use crate::power_cut::disk::Disk;
use crate::support::{House, at};

/// Every row of every table, as bytes.
type Rows = BTreeMap<String, Vec<(Vec<u8>, Vec<u8>)>>;

/// How a file was left: closed in order, or by a program that was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Closed,
    Killed,
}

/// The data file of a small practice.
async fn practice(left: Left) -> Vec<u8> {
    let disk = Disk::holding(Vec::new());
    let house = House::on(Store::on_backend(disk.clone()).unwrap()).await;
    for turn in 0..12 {
        let (client, lot) = house.bought(&format!("Client{turn} Fern"), &house.six).await;
        let starts = (0..200).map(|ahead| after(at("2026-04-20T07:00:00Z"), hours(ahead)));
        let book =
            |start| booking::book(&house.app, client, BookingId::from_bits(house.id()), lot, start).ok();
        assert_eq!(starts.filter_map(book).take(4).count(), 4);
    }
    house.settle().await;
    if left == Left::Closed {
        drop(house);
    }
    disk.written()
}

/// All that redb itself finds in a file, read past the program.
fn rows(disk: Disk) -> Rows {
    let database = Builder::new().create_with_backend(disk).unwrap();
    let read = database.begin_read().unwrap();
    let tables: Vec<String> = read.list_tables().unwrap().map(|table| table.name().to_owned()).collect();
    let of = |name: &String| {
        let table: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(name);
        let table = read.open_table(table).unwrap();
        let all = table.range::<&[u8]>(..).unwrap().map(|row| {
            let (key, value) = row.unwrap();
            (key.value().to_vec(), value.value().to_vec())
        });
        all.collect()
    };
    tables.iter().map(|name| (name.clone(), of(name))).collect()
}

/// What rot did to a file.
fn rot(bytes: &mut [u8], dice: &mut Dice) -> String {
    let at = dice.below(bytes.len());
    match dice.below(8) {
        0 => {
            // A sector that was never written, or was lost.
            let from = at / 512 * 512;
            let until = (from + 512).min(bytes.len());
            let gone = if dice.once_in(2) { 0 } else { 0xff };
            bytes[from..until].fill(gone);
            format!("sector {} is {gone:#x}", from / 512)
        }
        1 => {
            // The sector of another place, which disks write when their heads slip.
            let other = dice.below(bytes.len()) / 512 * 512;
            let here = at / 512 * 512;
            let length = 512.min(bytes.len() - here.max(other));
            bytes.copy_within(other..other + length, here);
            format!("sector {} holds sector {}", here / 512, other / 512)
        }
        _ => {
            let bit = dice.below(8);
            bytes[at] ^= 1 << bit;
            format!("bit {bit} of byte {at}")
        }
    }
}

/// What came of opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    /// It is damaged, and that is said.
    Refused,
    /// It opens, and nothing that is kept was touched.
    Untouched,
}

/// Opens it as the program does, and holds what it would serve against what was kept.
fn open(bytes: Vec<u8>, kept: &Rows) -> Result<Came, String> {
    let disk = Disk::holding(bytes);
    let opened = std::panic::catch_unwind(AssertUnwindSafe(|| Store::on_backend(disk.clone())));
    match opened {
        Err(_) => Err("opening panicked".to_owned()),
        Ok(Err(_)) => Ok(Came::Refused),
        Ok(Ok(store)) => {
            drop(store);
            if rows(disk) == *kept { Ok(Came::Untouched) } else { Err("it was served".to_owned()) }
        }
    }
}

#[tokio::test]
async fn rot_is_found_when_the_file_is_opened_and_never_served() {
    let (count, seed) = (rounds("FIDDLEHEAD_BIT_ROT", 300), first_seed());
    let mut counted = BTreeMap::new();
    for left in [Left::Closed, Left::Killed] {
        let bytes = practice(left).await;
        let kept = rows(Disk::holding(bytes.clone()));
        assert!(kept.values().map(Vec::len).sum::<usize>() > 300);
        assert_eq!(open(bytes.clone(), &kept), Ok(Came::Untouched));
        for turn in 0..count / 2 {
            let mut dice = Dice::seeded(seed * 1_000_003 + u64::try_from(turn).unwrap());
            let mut spoiled = bytes.clone();
            let what = rot(&mut spoiled, &mut dice);
            let came = open(spoiled, &kept);
            let came =
                came.unwrap_or_else(|wrong| panic!("{left:?}, seed {seed}, turn {turn}: {what}: {wrong}"));
            *counted.entry((format!("{left:?}"), came)).or_insert(0) += 1;
        }
    }
    for left in ["Closed", "Killed"] {
        let refused = counted.get(&(left.to_owned(), Came::Refused)).copied().unwrap_or(0);
        assert!(refused > count / 20, "hardly anything was found: {counted:?}");
    }
    figure(&format!("bit rot: seed {seed}, {count} spoiled files: {counted:?}; none was served changed"));
}
