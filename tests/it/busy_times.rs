//! What calendars that are not ours take: not offered, not booked by a client, and only by the practitioner's own word.

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::by_practitioner::{self, Ask, Pays};
use fiddlehead::actions::calendar::{availability, booking};
use fiddlehead::domain::calendar::booking::Refusal as Rule;
use fiddlehead::domain::calendar::by_practitioner::Overlooked;
use fiddlehead::domain::calendar::outside::{Kind, Outside};
use fiddlehead::domain::calendar::slot::{By, Taken};
use fiddlehead::domain::id::{BookingId, OutsideId};
use fiddlehead::domain::time::{Timestamp, minutes};
use fiddlehead::store::StoreError;
use fiddlehead::store::calendar::{busy, outside};
use jiff::civil::date;

use crate::support::{House, at};

/// A calendar of Ines's that takes these stretches.
pub fn another_calendar(house: &House, n: u128, stretches: &[(&str, &str)]) -> OutsideId {
    let id = OutsideId::from_bits(n);
    let calendar = Outside {
        id,
        practitioner: house.ines,
        name: "Home".parse().unwrap(),
        kind: Kind::Ics,
        host: "calendar.example".parse().unwrap(),
        sealed: Vec::new(),
        added_at: house.now(),
        version: None,
        asked_at: None,
        read_at: Some(house.now()),
        worked_out_at: Some(house.now()),
        left_out: 0,
        failing: None,
    };
    let stretches: Vec<(Timestamp, Timestamp)> =
        stretches.iter().map(|(from, until)| (at(from), at(until))).collect();
    let keep = move |tx: &fiddlehead::store::Tx<'_>| {
        outside::put(tx, &calendar, None)?;
        busy::put(tx, calendar.practitioner, id, &stretches)
    };
    house.app.store.write::<(), StoreError>(keep).unwrap();
    id
}

#[tokio::test]
async fn what_another_calendar_takes_is_offered_to_nobody_and_booked_by_her_own_word_only() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let nine = at("2026-04-21T07:00:00Z");
    let free = || {
        let day = date(2026, 4, 21);
        let free =
            availability::free(&house.app, house.ines, minutes(50), (day, day), By::Client, None).unwrap();
        free.iter().map(|slot| slot.local.hour()).collect::<Vec<_>>()
    };
    assert_eq!(free(), [9, 10, 11, 12, 13, 14, 15, 16]);
    another_calendar(
        &house,
        1,
        &[("2026-04-20T22:00:00Z", "2026-04-21T07:01:00Z"), ("2026-04-21T11:50:00Z", "2026-04-21T12:00:00Z")],
    );
    another_calendar(&house, 2, &[("2026-04-21T11:55:00Z", "2026-04-21T13:10:00Z")]);
    assert_eq!(free(), [10, 11, 12, 13, 16], "a session may end when the other begins");
    let taken = booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, nine);
    let refusal = booking::Refusal::Rule(Rule::Taken(Taken::Busy));
    assert!(matches!(taken, Err(Error::Refused(why)) if why == refusal), "{taken:?}");

    let ask = |over| Ask {
        id: BookingId::from_bits(house.id()),
        client: nora,
        start: nine,
        pays: Pays::ByRule { like: lot },
        over,
    };
    let refusal = by_practitioner::Refusal::Rule(Rule::Taken(Taken::Busy));
    let nothing = ask(Overlooked::default());
    let seen = by_practitioner::preview(&house.app, house.ines, &nothing).unwrap();
    let taken = by_practitioner::book(&house.app, house.ines, nothing);
    assert!(matches!(taken, Err(Error::Refused(why)) if why == refusal), "{taken:?}");
    by_practitioner::book(&house.app, house.ines, ask(seen.overlooked)).unwrap();
    house.assert_sound();
}

#[tokio::test]
async fn busy_times_are_read_by_the_stretch_they_touch_and_of_one_practitioner() {
    let house = House::new().await;
    let days = [
        ("2026-04-20T00:00:00Z", "2026-04-23T00:00:00Z"),
        ("2026-04-24T08:00:00Z", "2026-04-24T09:00:00Z"),
        ("2026-04-25T08:00:00Z", "2026-04-25T09:00:00Z"),
    ];
    another_calendar(&house, 1, &days);
    let read = house.app.store.read().unwrap();
    let between = |whose, from: &str, until: &str| {
        let found = busy::between(&read, whose, at(from), at(until)).unwrap();
        found.iter().map(|busy| busy.from.to_string()).collect::<Vec<_>>()
    };
    let whole = between(house.ines, "2026-04-22T12:00:00Z", "2026-04-24T08:00:01Z");
    assert_eq!(whole, ["2026-04-20T00:00:00Z", "2026-04-24T08:00:00Z"]);
    assert_eq!(between(house.ines, "2026-04-23T00:00:00Z", "2026-04-24T08:00:00Z"), [""; 0]);
    assert_eq!(between(house.hana, "2026-04-01T00:00:00Z", "2026-05-01T00:00:00Z"), [""; 0]);
}
