//! What clients are promised about their credits holds: on pages and in mails, beyond the date of a lot, while it is paused,
//! and when the practitioner moves a session or calls it off.

use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::calendar::closure::{self, Sessions};
use fiddlehead::actions::credits::freeze::{Turn, turn};
use fiddlehead::domain::calendar::closure::Closure;
use fiddlehead::domain::id::{BookingId, ClosureId};
use fiddlehead::domain::time::hours;
use jiff::civil::date;

use crate::support::{House, at};

/// Nora's lot is to 13 July with two weeks of grace, and her session on 20 July.
#[tokio::test]
async fn beyond_the_date_of_a_lot_no_page_and_no_mail_promises_the_credit() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let checkout = house.visitor().get("/ines/six-sessions/checkout").await.text;
    assert!(checkout.contains("Book by") && checkout.contains("Sessions until"), "{checkout}");
    house.live(at("2026-07-01T08:00:00Z").duration_since(house.now())).await;
    let mut visitor = house.client(nora);
    let me = visitor.get("/me").await.text;
    assert!(me.contains("Book by ") && me.contains("; sessions until 27 July"), "{me}");
    let slot = "2026-07-20T08:00:00Z";
    let promise = "Cancel until Monday 13 July and the credit comes back; after that it could no longer be booked. \
                   Move it until Sunday 19 July, 10:00 am and the session keeps it.";
    let asked = visitor.get(&format!("/me/book/{lot}/confirm?slot={slot}")).await.text;
    assert!(asked.contains(promise), "{asked}");
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at(slot)).unwrap();
    let change = visitor.get(&format!("/me/bookings/{id}/change")).await.text;
    assert!(change.contains(promise) && !change.contains("freely until"), "{change}");
    house.settle().await;
    let booked = house
        .mailbox
        .letters()
        .into_iter()
        .map(|one| one.letter.text.clone())
        .find(|text| text.contains("You’re booked"));
    let booked = booked.unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(booked.contains(promise), "{booked}");
    house.assert_sound();
}

#[tokio::test]
async fn a_credit_that_comes_back_because_the_desk_moved_far_ahead_can_still_be_booked() {
    let house = House::new().await;
    let (nora, first) = house.bought("Nora Lind", &house.six).await;
    house.live(at("2026-07-01T08:00:00Z").duration_since(house.now())).await;
    let (_, second) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, first, at("2026-07-20T08:00:00Z")).unwrap();
    assert_eq!(house.balance(first).held(), 1, "the one that ends first pays");
    house.live(at("2026-07-17T08:00:00Z").duration_since(house.now())).await;
    assert_eq!(house.balance(first).expired, 5);
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/bookings/{id}/move");
    let asked = ines.get(&format!("{path}/confirm?on=2026-10-01&time=10:00")).await.text;
    assert!(asked.contains("Its date moves to Sunday 16 August 2026"), "{asked}");
    ines.post(&path, &[("slot", "2026-10-01T08:00:00Z")]).await;
    assert_eq!(house.balance(second).held(), 1);
    house.live(hours(48)).await;
    let back = house.balance(first);
    assert_eq!((back.available, back.expired, back.deadline.unwrap().on), (6, 0, date(2026, 8, 16)));
    house.assert_sound();
}

#[tokio::test]
async fn time_off_gives_a_paused_lot_its_time_as_well() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.live(at("2026-07-07T08:00:00Z").duration_since(house.now())).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-07-20T08:00:00Z")).unwrap();
    turn(&house.app, house.ines, lot, Turn::Freeze, None).unwrap();
    let zone = "Europe/Berlin".parse().unwrap();
    let day = date(2026, 7, 20);
    let off = Closure::days(ClosureId::from_bits(house.id()), day, day, &zone, None).unwrap();
    let seen = closure::preview(&house.app, house.ines, &off).unwrap();
    assert_eq!(seen[0].more.map(|(_, to)| to), Some(date(2026, 8, 6)));
    let all = Sessions::CancelAll { seen: vec![id], reason: None };
    closure::close(&house.app, house.ines, off, all).unwrap();
    house.live(hours(3 * 24)).await;
    let back = turn(&house.app, house.ines, lot, Turn::Unfreeze, None).unwrap();
    assert_eq!((back.available, back.deadline.unwrap().on), (6, date(2026, 8, 9)));
    house.assert_sound();
}
