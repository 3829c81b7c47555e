//! The power goes at any instant: what was not synced is lost, kept or torn by the sector, in any mixture. What was
//! promised to a person must be on the disk. `FIDDLEHEAD_POWER_CUTS` says how many runs; each is cut once and opened
//! from several mixtures.

pub mod disk;

use fiddlehead::actions::billing::settle;
use fiddlehead::actions::calendar::{booking, change};
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order};
use fiddlehead::actions::keeping::check::check;
use fiddlehead::actions::{Error, due};
use fiddlehead::domain::billing::payment::Means;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::*;
use fiddlehead::domain::time::{Timestamp, Zone, after, hours};
use fiddlehead::store::{Store, calendar, catalog, credits};

use crate::model::Dice;
use crate::support::{House, at};
use disk::{Disk, Sync};

/// How many runs there are normally, and from how many mixtures each is opened again.
const RUNS: u64 = 60;
const MIXTURES: usize = 4;

/// What somebody was told is so.
#[derive(Debug)]
enum Promise {
    Paid(PurchaseId),
    Booked(BookingId),
    Cancelled(BookingId),
}

/// Whether the power went; a refusal would be a mistake of this test.
fn promised<T, R: std::fmt::Debug>(result: Result<T, Error<R>>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(Error::Failed(_)) => None,
        Err(Error::Refused(refusal)) => panic!("refused: {refusal:?}"),
    }
}

/// People sell, book and cancel until the power goes; tells what was promised.
async fn live(house: &House, dice: &mut Dice) -> Vec<Promise> {
    let mut promises = Vec::new();
    let mut start = at("2026-04-20T07:00:00Z");
    for n in 0.. {
        let name = format!("client{n}");
        let Some((client, purchase)) = sell(house, &name) else { return promises };
        promises.push(Promise::Paid(purchase));
        let lot = Lot::id_for(purchase);
        // Some at once, so that they share a commit.
        let ids: Vec<(BookingId, Timestamp)> = (0..=dice.below(3))
            .map(|_| {
                start = next_start(start);
                (BookingId::from_bits(house.id()), start)
            })
            .collect();
        let app = &house.app;
        let booked: Vec<Option<BookingId>> = std::thread::scope(|scope| {
            let book = |(id, start)| {
                scope.spawn(move || promised(booking::book(app, client, id, lot, start)).map(|one| one.id))
            };
            let running: Vec<_> = ids.into_iter().map(book).collect();
            running.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        promises.extend(booked.iter().flatten().map(|id| Promise::Booked(*id)));
        if booked.contains(&None) || due::attend_all(app).await.is_err() {
            return promises;
        }
        if let Some(Some(id)) = booked.first().filter(|_| dice.once_in(2)) {
            // From the first attempt on it is open which of the two it is, until the answer is there.
            promises.retain(|promise| !matches!(promise, Promise::Booked(one) if one == id));
            let off = promised(change::cancel(app, client, *id, change::Returns::Yes));
            let Some(off) = off else { return promises };
            promises.push(Promise::Cancelled(off.id));
        }
    }
    unreachable!("the power goes at some time")
}

/// The next hour in which Ines works.
fn next_start(start: Timestamp) -> Timestamp {
    let berlin: Zone = "Europe/Berlin".parse().unwrap();
    let mut next = after(start, hours(1));
    loop {
        let local = berlin.local(next);
        let works = (9..16).contains(&local.hour()) && local.weekday().to_monday_zero_offset() < 5;
        if works {
            return next;
        }
        next = after(next, hours(1));
    }
}

fn sell(house: &House, name: &str) -> Option<(ClientId, PurchaseId)> {
    let id = PurchaseId::from_bits(house.id());
    let buyer = Buyer::Visitor {
        name: name.parse().unwrap(),
        email: format!("{name}@example.org").parse().unwrap(),
        phone: None,
        zone: Zone::utc(),
    };
    let (package, version) = (house.six.id, house.six.version);
    let order = Order { id, package, version, buyer, choice: Choice::AtPractice, first: None };
    let taken = promised(checkout::order(&house.app, order))?;
    let cash = (Means::Cash, Zone::utc().date(house.now()), None);
    promised(settle::mark_paid(&house.app, house.ines, id, cash))?;
    Some((taken.purchase.client, id))
}

/// Opens what the disk has and looks for every promise.
fn broken(bytes: Vec<u8>, promises: &[Promise], now: Timestamp) -> Result<(), String> {
    let store =
        Store::on_backend(Disk::holding(bytes)).map_err(|error| format!("it does not open: {error}"))?;
    let report = check(&store, now).map_err(|fault| format!("it cannot be read: {fault}"))?;
    if !report.wrong.is_empty() {
        return Err(format!("it is not sound: {:?}", report.wrong));
    }
    let read = store.read().map_err(|error| error.to_string())?;
    for promise in promises {
        let kept = match promise {
            Promise::Paid(id) => {
                let paid = catalog::purchase::find(&read, *id).unwrap().is_some_and(|one| one.is_paid());
                let lot = credits::lot::counted(&read, Lot::id_for(*id), now).unwrap();
                paid && lot.is_some_and(|(_, balance)| balance.total == 6)
            }
            Promise::Booked(id) => {
                calendar::booking::find(&read, *id).unwrap().is_some_and(|one| one.is_confirmed())
            }
            Promise::Cancelled(id) => {
                calendar::booking::find(&read, *id).unwrap().is_some_and(|one| !one.is_confirmed())
            }
        };
        if !kept {
            return Err(format!("{promise:?} is lost"));
        }
    }
    Ok(())
}

/// One run: how many promises were made, and what was broken of them.
async fn run(seed: u64, sync: Sync) -> (usize, Vec<String>) {
    let mut dice = Dice::seeded(seed);
    let disk = Disk::holding(Vec::new());
    let house = House::on(Store::on_backend(disk.clone()).unwrap()).await;
    disk.arm(sync, dice.below(400) + 1);
    let promises = live(&house, &mut dice).await;
    let broken = (0..MIXTURES)
        .filter_map(|_| broken(disk.after_the_cut(&mut dice), &promises, house.now()).err())
        .map(|what| format!("seed {seed}: {what}"))
        .collect();
    (promises.len(), broken)
}

#[tokio::test]
async fn what_was_promised_outlives_the_power() {
    let runs = std::env::var("FIDDLEHEAD_POWER_CUTS").map_or(RUNS, |text| text.parse().unwrap());
    let mut promises = 0;
    let first = std::env::var("FIDDLEHEAD_TEST_SEED").map_or(0, |text| text.parse().unwrap());
    for seed in first..first + runs {
        let (made, broken) = run(seed, Sync::Honest).await;
        assert_eq!(broken, Vec::<String>::new(), "after {made} promises");
        promises += made;
    }
    let cuts = runs * u64::try_from(MIXTURES).unwrap();
    eprintln!(
        "FIGURE power: seeds {first}–{}, {cuts} disks after {runs} cuts, {promises} promises, none broken",
        first + runs - 1
    );
    assert!(u64::try_from(promises).unwrap() > runs, "the power goes before anything is promised");
}

/// The same harness on a disk that says it has synced and has not: it must be found out.
#[tokio::test]
async fn a_disk_that_lies_about_syncing_is_found_out() {
    let mut found = 0;
    for seed in 0..8 {
        let (made, broken) = run(seed, Sync::Lies).await;
        found += usize::from(made > 0 && broken.len() == MIXTURES);
    }
    assert!(found >= 4, "only {found} of 8 lies were found");
}
