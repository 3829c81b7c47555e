//! The actions together, on a set clock: buying, booking, being told, once each.

use fiddlehead::actions::calendar::{booking, change};
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::domain::id::BookingId;
use fiddlehead::domain::messages::message::{Kind, State};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{House, at};

#[tokio::test]
async fn a_package_is_bought_booked_from_and_told_of() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    assert_eq!(house.balance(lot).available, 6);
    let id = BookingId::from_bits(house.id());
    let start = at("2026-04-21T08:00:00Z");
    booking::book(&house.app, nora, id, lot, start).unwrap();
    booking::book(&house.app, nora, id, lot, start).unwrap();
    assert_eq!((house.balance(lot).available, house.balance(lot).held()), (5, 1));
    house.live(hours(8 * 24)).await;
    assert_eq!((house.balance(lot).held(), house.balance(lot).used()), (0, 1));
    let told = store::messages::message::to(&house.app.store.read().unwrap(), Person::Client(nora)).unwrap();
    let sent = |kind| told.iter().filter(|m| m.kind == kind && matches!(m.state, State::Sent { .. })).count();
    assert_eq!([Kind::Receipt, Kind::Booked, Kind::Reminder, Kind::BookFirst].map(sent), [1, 1, 1, 0]);
    house.assert_sound();
}

#[tokio::test]
async fn a_late_cancel_uses_the_credit_and_the_practitioner_can_give_it_back() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-04-15T08:00:00Z")).unwrap();
    house.live(hours(1)).await;
    change::cancel(&house.app, nora, id, change::Returns::No).unwrap();
    assert_eq!((house.balance(lot).available, house.balance(lot).used()), (5, 1));
    fiddlehead::actions::credits::lot::waive(&house.app, house.ines, id).unwrap();
    assert_eq!((house.balance(lot).available, house.balance(lot).used()), (6, 0));
    house.assert_sound();
}

#[tokio::test]
async fn paying_at_the_practice_grants_when_it_is_marked() {
    let house = House::new().await;
    let purchase = house.order("Nora Lind", &house.six, Choice::AtPractice);
    house.mark_paid(house.ines, purchase.id);
    house.mark_paid(house.ines, purchase.id);
    assert_eq!(house.balance(fiddlehead::domain::credits::lot::Lot::id_for(purchase.id)).available, 6);
    house.assert_sound();
}
