//! What a practitioner does to credits: pausing, correcting, passing on, more time for many; the books hold throughout.

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::credits::{Refusal, adjust, extend, freeze, transfer};
use fiddlehead::domain::billing::statement::Statement;
use fiddlehead::domain::credits::adjustment::{self, Correction};
use fiddlehead::domain::credits::extension::{self, More};
use fiddlehead::domain::credits::ledger::What;
use fiddlehead::domain::credits::transfer as rule;
use fiddlehead::domain::id::{BookingId, ClientId, LotId};
use fiddlehead::domain::messages::message::{Kind, State, Suppressed};
use fiddlehead::domain::money::Money;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{hours, plus_days};
use fiddlehead::store;

use crate::support::{House, at};

fn refused<T: std::fmt::Debug, R: std::fmt::Debug>(done: Result<T, Error<Refusal<R>>>) -> R {
    match done {
        Err(Error::Refused(Refusal::Rule(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

fn not_hers<T, R>(done: Result<T, Error<Refusal<R>>>) -> bool {
    matches!(done, Err(Error::Refused(Refusal::NotThere)))
}

fn reason() -> fiddlehead::domain::text::Line {
    "as agreed by telephone".parse().unwrap()
}

fn book(house: &House, client: ClientId, lot: LotId, start: &str) -> BookingId {
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at(start)).unwrap();
    id
}

/// Collected, earned, breakage, owed of a lot, in minor units.
fn books(house: &House, lot: LotId) -> [i64; 4] {
    let found = store::credits::lot::counted(&house.app.store.read().unwrap(), lot, house.now());
    let (lot, balance) = found.unwrap().unwrap();
    let statement = Statement::of(&lot, &balance, Money::zero(lot.paid.currency));
    assert!(statement.balances());
    [statement.collected, statement.earned, statement.breakage, statement.owed].map(|money| money.minor)
}

fn entries(house: &House, lot: LotId) -> usize {
    house.ledger(lot).len()
}

#[tokio::test]
async fn a_pause_is_foreseen_moves_the_date_and_the_nudges_follow() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    let agreed = house.balance(lot).deadline.unwrap().on;
    let seen = freeze::preview(&house.app, house.ines, lot, freeze::Turn::Freeze).unwrap();
    assert_eq!((seen.before.available, seen.after.available), (5, 0));
    assert_eq!((house.balance(lot).available, entries(&house, lot)), (5, 2), "a preview keeps nothing");
    freeze::turn(&house.app, house.ines, lot, freeze::Turn::Freeze, Some(reason())).unwrap();
    freeze::turn(&house.app, house.ines, lot, freeze::Turn::Freeze, None).unwrap();
    let late = BookingId::from_bits(house.id());
    assert!(booking::book(&house.app, nora, late, lot, at("2026-04-22T08:00:00Z")).is_err());
    house.assert_sound();
    // 90 days and more go by: nothing expires, and no nudge of the old date goes.
    house.live(hours(100 * 24)).await;
    assert_eq!((house.balance(lot).expired, house.balance(lot).used()), (0, 1));
    let told = store::messages::message::to(&house.app.store.read().unwrap(), Person::Client(nora)).unwrap();
    let soon: Vec<_> = told.iter().filter(|message| message.kind == Kind::ExpirySoon).collect();
    assert!(
        matches!(soon[..], [one] if matches!(one.state, State::Suppressed { why: Suppressed::Frozen, .. }))
    );
    let seen = freeze::preview(&house.app, house.ines, lot, freeze::Turn::Unfreeze).unwrap();
    let thawed = freeze::turn(&house.app, house.ines, lot, freeze::Turn::Unfreeze, None).unwrap();
    assert_eq!(seen.after, thawed, "what was foreseen is what came");
    assert_eq!(thawed.deadline.unwrap().on, plus_days(agreed, 100));
    assert_eq!(thawed.available, 5);
    let told = store::messages::message::to(&house.app.store.read().unwrap(), Person::Client(nora)).unwrap();
    let armed = |message: &&fiddlehead::domain::messages::message::Message| {
        message.kind == Kind::ExpirySoon && message.state == State::Planned
    };
    assert_eq!(told.iter().filter(armed).count(), 1, "armed again for the new date");
    assert!(not_hers(freeze::turn(&house.app, house.hana, lot, freeze::Turn::Freeze, None)));
    house.assert_sound();
}

#[tokio::test]
async fn a_correction_sent_twice_corrects_once_and_never_below_what_is_booked() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    let to = |from, to| Correction { from, to };
    let seen = adjust::preview(&house.app, house.ines, lot, to(6, 8)).unwrap();
    assert_eq!((seen.before.available, seen.after.available), (5, 7));
    adjust::adjust(&house.app, house.ines, lot, to(6, 8), reason()).unwrap();
    adjust::adjust(&house.app, house.ines, lot, to(6, 8), reason()).unwrap();
    assert_eq!((house.balance(lot).total, entries(&house, lot)), (8, 3));
    house.assert_sound();
    let below = adjust::adjust(&house.app, house.ines, lot, to(8, 0), reason());
    assert_eq!(refused(below), adjustment::Refusal::BelowUsed { least: 1 });
    adjust::adjust(&house.app, house.ines, lot, to(8, 1), reason()).unwrap();
    assert_eq!(books(&house, lot), [54000, 0, 0, 54000]);
    assert!(not_hers(adjust::adjust(&house.app, house.hana, lot, to(1, 2), reason())));
    house.assert_sound();
}

#[tokio::test]
async fn a_lot_corrected_to_nothing_keeps_its_price_in_the_books() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    adjust::adjust(&house.app, house.ines, lot, Correction { from: 6, to: 0 }, reason()).unwrap();
    assert_eq!(books(&house, lot), [54000, 54000, 0, 0]);
    house.assert_sound();
}

#[tokio::test]
async fn passed_on_credits_take_their_money_along_and_are_booked_from() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.live(hours(24)).await;
    let (mira, own) = house.bought("Mira Tal", &house.six).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    house.live(hours(8 * 24)).await;
    let ask = transfer::Ask { id: LotId::from_bits(house.id()), from: lot, to: mira, count: 2 };
    let seen = transfer::preview(&house.app, house.ines, ask).unwrap();
    assert_eq!((seen.from.after.available, seen.lot.paid.minor), (3, 18000));
    for _ in 0..2 {
        transfer::transfer(&house.app, house.ines, ask, reason()).unwrap();
    }
    assert_eq!((house.balance(lot).total, house.balance(ask.id).available), (4, 2));
    assert_eq!(books(&house, lot), [36000, 9000, 0, 27000]);
    assert_eq!(books(&house, ask.id), [18000, 0, 0, 18000]);
    assert_eq!(house.balance(ask.id).deadline, house.balance(lot).deadline, "the date goes along");
    house.assert_sound();
    // The older date pays first: hers expires later.
    let session = book(&house, mira, own, "2026-04-28T08:00:00Z");
    assert!(house.balance(ask.id).sitting(session).is_some());
    let again = transfer::Ask { id: LotId::from_bits(house.id()), count: 4, ..ask };
    let too_many = transfer::transfer(&house.app, house.ines, again, reason());
    assert_eq!(refused(too_many), rule::Refusal::TooMany { free: 3 });
    let to_self = transfer::Ask { to: nora, count: 1, ..again };
    assert_eq!(
        refused(transfer::transfer(&house.app, house.ines, to_self, reason())),
        rule::Refusal::SameClient
    );
    house.live(hours(100 * 24)).await;
    assert_eq!(books(&house, ask.id), [18000, 9000, 9000, 0]);
    assert_eq!(books(&house, lot), [36000, 9000, 27000, 0]);
    house.assert_sound();
}

#[tokio::test]
async fn credits_go_to_no_client_of_somebody_else() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let (stranger, hers) = house.bought("Mira Tal", &house.five).await;
    let ask = transfer::Ask { id: LotId::from_bits(house.id()), from: lot, to: stranger, count: 1 };
    assert!(not_hers(transfer::transfer(&house.app, house.ines, ask, reason())));
    assert!(not_hers(transfer::transfer(&house.app, house.hana, ask, reason())));
    let taken = transfer::Ask { id: hers, ..ask };
    assert!(not_hers(transfer::transfer(&house.app, house.ines, taken, reason())), "the id is another lot's");
    house.assert_sound();
}

#[tokio::test]
async fn many_lots_get_more_time_at_once_or_none_does() {
    let house = House::new().await;
    let (_, first) = house.bought("Nora Lind", &house.six).await;
    house.live(hours(24)).await;
    let (_, second) = house.bought("Mira Tal", &house.six).await;
    let (_, foreign) = house.bought("Ada Bell", &house.five).await;
    let list = extend::preview(&house.app, house.ines, &[first, second], More::Days(14)).unwrap();
    let dates: Vec<_> = list.iter().map(|one| (one.lot.id, one.to.unwrap())).collect();
    assert!(list.iter().all(|one| plus_days(one.by.unwrap(), 14) == one.to.unwrap()));
    let mut wrong = dates.clone();
    wrong.push((foreign, dates[0].1));
    assert!(not_hers(extend::extend(&house.app, house.ines, wrong, reason())));
    assert_eq!(house.balance(first).deadline.unwrap().on, list[0].by.unwrap(), "all or none");
    for _ in 0..2 {
        extend::extend(&house.app, house.ines, dates.clone(), reason()).unwrap();
    }
    for (lot, to) in &dates {
        assert_eq!(house.balance(*lot).deadline.unwrap().on, *to);
        assert_eq!(entries(&house, *lot), 2, "sent twice, it extends once");
    }
    freeze::turn(&house.app, house.ines, first, freeze::Turn::Freeze, None).unwrap();
    let frozen = extend::extend(&house.app, house.ines, vec![(first, plus_days(dates[0].1, 9))], reason());
    assert_eq!(refused(frozen), extension::Refusal::Frozen);
    house.assert_sound();
}

#[tokio::test]
async fn expired_credits_come_back_with_more_time() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    house.live(hours(100 * 24)).await;
    assert_eq!((house.balance(lot).expired, books(&house, lot)), (6, [54000, 0, 54000, 0]));
    let list = extend::preview(&house.app, house.ines, &[lot], More::Days(30)).unwrap();
    extend::extend(&house.app, house.ines, vec![(lot, list[0].to.unwrap())], reason()).unwrap();
    assert_eq!((house.balance(lot).available, books(&house, lot)), (6, [54000, 0, 0, 54000]));
    let log = house.ledger(lot);
    assert_eq!(log.last().unwrap().what, What::Reactivate(6));
    house.assert_sound();
}
