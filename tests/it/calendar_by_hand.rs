//! The practitioner's own hand on the calendar: booking, moving, series, and time off with sessions in it.

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::by_practitioner::{self, Ask, Pays};
use fiddlehead::actions::calendar::closure::{self, Sessions};
use fiddlehead::actions::calendar::{availability, booking, change, series};
use fiddlehead::domain::calendar::booking::{Booking, Refusal};
use fiddlehead::domain::calendar::by_practitioner::Overlooked;
use fiddlehead::domain::calendar::closure::Closure;
use fiddlehead::domain::calendar::slot::{By, Taken};
use fiddlehead::domain::credits::ledger::Actor;
use fiddlehead::domain::id::{BookingId, ClientId, ClosureId, LotId};
use fiddlehead::domain::messages::message::{Kind, State};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{Timestamp, hours, minutes, plus_days};
use fiddlehead::store;
use jiff::civil::date;

use crate::support::{House, at};

fn ask(house: &House, client: ClientId, start: &str, pays: Pays) -> Ask {
    Ask { id: BookingId::from_bits(house.id()), client, start: at(start), pays, over: Overlooked::default() }
}

fn why<T: std::fmt::Debug>(done: Result<T, Error<by_practitioner::Refusal>>) -> Refusal {
    match done {
        Err(Error::Refused(by_practitioner::Refusal::Rule(refusal))) => refusal,
        other => panic!("{other:?}"),
    }
}

fn comp(house: &House) -> Pays {
    Pays::Comp { package: house.six.id, reason: "after the flood".parse().unwrap() }
}

fn told(house: &House, client: ClientId, kind: Kind) -> usize {
    let all = store::messages::message::to(&house.app.store.read().unwrap(), Person::Client(client)).unwrap();
    all.iter()
        .filter(|message| message.kind == kind && !matches!(message.state, State::Suppressed { .. }))
        .count()
}

#[tokio::test]
async fn she_books_within_the_notice_and_beyond_the_horizon_but_not_over_another_session() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let like = Pays::ByRule { like: lot };
    let soon = ask(&house, nora, "2026-04-14T10:00:00Z", like.clone());
    let seen = by_practitioner::preview(&house.app, house.ines, &soon).unwrap();
    assert_eq!((seen.credit.before.available, seen.credit.after.available, seen.lot.id), (6, 5, lot));
    assert_eq!(seen.credit.after.chapter_of(soon.id), Some(1));
    for _ in 0..2 {
        by_practitioner::book(&house.app, house.ines, soon.clone()).unwrap();
    }
    by_practitioner::book(&house.app, house.ines, ask(&house, nora, "2026-07-20T08:00:00Z", like.clone()))
        .unwrap();
    assert_eq!((house.balance(lot).held(), told(&house, nora, Kind::Booked)), (2, 2));

    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    let over = ask(&house, mira, "2026-04-14T10:00:00Z", Pays::ByRule { like: hers });
    assert_eq!(why(by_practitioner::book(&house.app, house.ines, over.clone())), Refusal::Taken(Taken::Busy));
    let seen = by_practitioner::preview(&house.app, house.ines, &over).unwrap();
    assert_eq!(seen.overlooked.against.first(), Err(Taken::Busy));
    let anyway = Ask { over: seen.overlooked.clone(), ..over };
    by_practitioner::book(&house.app, house.ines, anyway).unwrap();
    assert_eq!(house.balance(hers).held(), 1);
    house.assert_sound();
    let past = Ask {
        over: seen.overlooked,
        ..ask(&house, mira, "2026-04-13T10:00:00Z", Pays::ByRule { like: hers })
    };
    assert_eq!(why(by_practitioner::book(&house.app, house.ines, past)), Refusal::Taken(Taken::Past));
}

#[tokio::test]
async fn an_overlap_that_nobody_meant_is_found_by_the_check() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    let start = "2026-04-20T08:00:00Z";
    by_practitioner::book(&house.app, house.ines, ask(&house, nora, start, Pays::ByRule { like: lot }))
        .unwrap();
    let other = ask(&house, mira, "2026-04-20T10:00:00Z", Pays::ByRule { like: hers });
    let other = by_practitioner::book(&house.app, house.ines, other).unwrap();
    house.assert_sound();
    let slid = Booking { starts_at: at(start), ..other };
    house.app.keep(move |tx| store::calendar::booking::put(tx, &slid)).unwrap();
    let wrong = fiddlehead::actions::keeping::check::check(&house.app.store, house.now()).unwrap().wrong;
    assert!(wrong.iter().any(|line| line.ends_with("overlap")), "{wrong:?}");
}

#[tokio::test]
async fn she_picks_the_lot_and_the_ledger_says_so() {
    let house = House::new().await;
    let (nora, first) = house.bought("Nora Lind", &house.six).await;
    house.live(hours(24)).await;
    let (_, second) = house.bought("Nora Lind", &house.six).await;
    let pays = Pays::Picked { lot: second, reason: None };
    let booked =
        by_practitioner::book(&house.app, house.ines, ask(&house, nora, "2026-04-21T08:00:00Z", pays))
            .unwrap();
    assert_eq!((booked.lot, house.balance(first).held()), (second, 0));
    let log = house.ledger(second);
    let last = log.last().unwrap();
    assert_eq!((last.actor, last.reason.is_some()), (Actor::Practitioner(house.ines), true));
    let foreign = Pays::Picked { lot: second, reason: None };
    let foreign =
        by_practitioner::book(&house.app, house.hana, ask(&house, nora, "2026-04-22T08:00:00Z", foreign));
    assert!(matches!(foreign, Err(Error::Refused(by_practitioner::Refusal::NotThere))));
    house.assert_sound();
}

#[tokio::test]
async fn a_comp_session_makes_its_own_lot_and_is_worth_nothing() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let ask = ask(&house, nora, "2026-04-21T08:00:00Z", comp(&house));
    let seen = by_practitioner::preview(&house.app, house.ines, &ask).unwrap();
    assert_eq!((seen.lot.paid.minor, seen.credit.after.held()), (0, 1));
    for _ in 0..2 {
        by_practitioner::book(&house.app, house.ines, ask.clone()).unwrap();
    }
    let given = house.balance(LotId::from_bits(ask.id.bits()));
    assert_eq!((given.total, given.held(), house.balance(lot).available), (1, 1, 6));
    assert_eq!(given.deadline.unwrap().on, date(2026, 5, 21), "thirty days after the session");
    house.assert_sound();
    change::cancel_by_practitioner(&house.app, house.ines, ask.id, None).unwrap();
    assert_eq!(house.balance(LotId::from_bits(ask.id.bits())).available, 1);
    house.assert_sound();
}

#[tokio::test]
async fn a_move_by_her_hand_costs_no_change_and_gives_the_lot_time() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-04-15T08:00:00Z")).unwrap();
    let to = at("2026-04-14T12:00:00Z");
    let seen = by_practitioner::preview_move(&house.app, house.ines, id, to).unwrap();
    assert_eq!((seen.booking.starts_at, seen.credit.after.held(), seen.back), (to, 1, None));
    let moved =
        by_practitioner::reschedule(&house.app, house.ines, id, to, Overlooked::default(), None).unwrap();
    assert_eq!((moved.sequence, house.balance(lot).changes, told(&house, nora, Kind::Moved)), (1, 0, 1));
    let again = by_practitioner::reschedule(&house.app, house.hana, id, to, Overlooked::default(), None);
    assert!(matches!(again, Err(Error::Refused(change::Refusal::NotThere))));
    house.assert_sound();
    // Near its date, and past it: the lot gets the thirty days and what had expired comes back with them.
    let late = by_practitioner::book(
        &house.app,
        house.ines,
        ask(&house, nora, "2026-07-21T08:00:00Z", Pays::ByRule { like: lot }),
    )
    .unwrap();
    house.live(at("2026-07-16T08:00:00Z").duration_since(house.now())).await;
    assert_eq!(house.balance(lot).expired, 4);
    let to = at("2026-08-20T08:00:00Z");
    let seen = by_practitioner::preview_move(&house.app, house.ines, late.id, to).unwrap();
    by_practitioner::reschedule(&house.app, house.ines, late.id, to, Overlooked::default(), None).unwrap();
    let balance = house.balance(lot);
    assert_eq!((balance.available, balance.held(), balance.expired), (4, 1, 0));
    assert_eq!(seen.credit.after, balance, "what was foreseen is what came");
    assert_eq!(balance.deadline.unwrap().on, date(2026, 8, 15));
    house.assert_sound();
}

#[tokio::test]
async fn a_series_is_booked_whole_or_not_at_all() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    booking::book(&house.app, mira, BookingId::from_bits(house.id()), hers, at("2026-05-05T08:00:00Z"))
        .unwrap();
    let who = Actor::Client(nora);
    let first = at("2026-04-21T08:00:00Z");
    let weeks = series::propose(&house.app, who, lot, first, None).unwrap();
    let free: Vec<bool> = weeks.iter().map(|week| week.outcome.is_ok()).collect();
    assert_eq!(free, [true, true, false, true, true, true]);
    let starts = |pick: &dyn Fn(&fiddlehead::domain::calendar::series::Week) -> Timestamp| -> Vec<_> {
        weeks.iter().map(|week| (BookingId::from_bits(house.id()), pick(week))).collect()
    };
    let clashing = starts(&|week| week.start);
    let refused = series::book(&house.app, who, lot, clashing);
    let busy = Refusal::Taken(Taken::Busy);
    assert!(
        matches!(refused, Err(Error::Refused(series::Refusal::Date { at: 2, why })) if why == busy),
        "{refused:?}"
    );
    assert_eq!((house.balance(lot).held(), told(&house, nora, Kind::Booked)), (0, 0), "none of it");
    let chosen = starts(&|week| week.alternatives.first().map_or(week.start, |slot| slot.start));
    for _ in 0..2 {
        assert_eq!(series::book(&house.app, who, lot, chosen.clone()).unwrap().len(), 6);
    }
    assert_eq!((house.balance(lot).held(), house.balance(lot).available), (6, 0));
    let foreign = series::propose(&house.app, Actor::Client(mira), lot, first, None);
    assert!(matches!(foreign, Err(Error::Refused(series::Refusal::NotThere))));
    let foreign = series::propose(&house.app, Actor::Practitioner(house.hana), lot, first, None);
    assert!(matches!(foreign, Err(Error::Refused(series::Refusal::NotThere))));
    assert_eq!(series::propose(&house.app, who, lot, first, None).unwrap(), [], "no credit is left");
    house.assert_sound();
}

#[tokio::test]
async fn time_off_calls_its_sessions_off_and_gives_each_lot_its_length() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    let book = |client, lot, start| {
        let id = BookingId::from_bits(house.id());
        booking::book(&house.app, client, id, lot, at(start)).unwrap();
        id
    };
    let lying = [
        book(nora, lot, "2026-05-04T08:00:00Z"),
        book(nora, lot, "2026-05-06T08:00:00Z"),
        book(mira, hers, "2026-05-05T08:00:00Z"),
    ];
    let outside = book(mira, hers, "2026-05-11T08:00:00Z");
    let before = house.balance(lot).deadline.unwrap().on;
    let zone = "Europe/Berlin".parse().unwrap();
    let off = Closure::days(
        ClosureId::from_bits(house.id()),
        date(2026, 5, 4),
        date(2026, 5, 8),
        &zone,
        "Reading week".parse().ok(),
    )
    .unwrap();
    let seen = closure::preview(&house.app, house.ines, &off).unwrap();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|one| one.more == Some((before, plus_days(before, 5)))));
    let some = Sessions::CancelAll { seen: lying[..2].to_vec(), reason: None };
    let refused = closure::close(&house.app, house.ines, off.clone(), some);
    assert!(matches!(refused, Err(Error::Refused(closure::Refusal::Otherwise))));
    assert_eq!(house.balance(lot).held(), 2, "nothing was done");
    let all = Sessions::CancelAll { seen: lying.to_vec(), reason: "Reading week".parse().ok() };
    for times in [3, 0] {
        let done = closure::close(&house.app, house.ines, off.clone(), all.clone()).unwrap();
        assert_eq!(done.len(), times);
    }
    for (client, lot, held, mails) in [(nora, lot, 0, 2), (mira, hers, 1, 1)] {
        let balance = house.balance(lot);
        assert_eq!((balance.held(), balance.available), (held, 6 - held));
        assert_eq!(balance.deadline.unwrap().on, plus_days(before, 5));
        assert_eq!(told(&house, client, Kind::Cancelled), mails);
    }
    let free = || {
        let days = (date(2026, 5, 4), date(2026, 5, 8));
        availability::free(&house.app, house.ines, minutes(50), days, By::Practitioner, None).unwrap().len()
    };
    assert_eq!(free(), 0);
    availability::reopen(&house.app, house.ines, off.id()).unwrap();
    assert!(free() > 0);
    assert_eq!(house.balance(hers).sitting(outside).unwrap().starts_at, at("2026-05-11T08:00:00Z"));
    assert_eq!(house.balance(lot).held(), 0, "undoing it books nothing again");
    house.assert_sound();
}

#[tokio::test]
async fn time_off_can_leave_its_sessions_where_they_are() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-05-04T08:00:00Z")).unwrap();
    let (from, until) = (at("2026-05-04T00:00:00Z"), at("2026-05-05T00:00:00Z"));
    let off = Closure::new(ClosureId::from_bits(house.id()), from, until, None).unwrap();
    assert_eq!(closure::close(&house.app, house.ines, off, Sessions::Leave).unwrap(), []);
    assert_eq!((house.balance(lot).held(), told(&house, nora, Kind::Cancelled)), (1, 0));
    house.assert_sound();
}
