//! What a practitioner does to credits, page by page: each shows what it would do and does nothing, then does exactly that.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::id::{BookingId, ClientId, LotId};
use fiddlehead::domain::time::plus_days;
use fiddlehead::store;

use crate::support::{House, at};

const OK: StatusCode = StatusCode::OK;
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn entries(house: &House, lot: LotId) -> usize {
    house.ledger(lot).len()
}

fn lot_of(house: &House, client: ClientId) -> LotId {
    let read = house.app.store.read().unwrap();
    store::credits::lot::of_client(&read, client, house.now()).unwrap().pop().unwrap().0.id
}

#[tokio::test]
async fn a_pause_says_what_waits_and_its_end_says_the_new_date() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-21T08:00:00Z"))
        .unwrap();
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/lots/{lot}/pause");
    let page = ines.get(&path).await.text;
    for words in
        ["Nothing can be booked while the pause lasts.", "What is booked stays: 1 session.", "13 July"]
    {
        assert!(page.contains(words), "{words} is not in {page}");
    }
    let long = "x".repeat(201);
    assert_eq!(ines.post(&path, &[("turn", "freeze"), ("reason", &long)]).await.status, WRONG);
    assert_eq!(house.balance(lot).frozen_at, None);
    for _ in 0..2 {
        let done = ines.post(&path, &[("turn", "freeze"), ("reason", "ill")]).await;
        assert_eq!(done.location(), format!("/desk/clients/{nora}?done=paused"));
    }
    assert!(house.client(nora).get("/me").await.text.contains("Your sessions are paused."));
    house.live(fiddlehead::domain::time::hours(10 * 24)).await;
    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&path).await.text;
    assert!(
        page.contains("From now on 5 sessions can be booked again.") && page.contains("23 July"),
        "{page}"
    );
    ines.post(&path, &[("turn", "unfreeze")]).await;
    assert_eq!(house.balance(lot).deadline.unwrap().on.to_string(), "2026-07-23");
    house.assert_sound();
}

#[tokio::test]
async fn a_correction_is_shown_with_its_worth_and_made_once() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/lots/{lot}/adjust");
    assert_eq!(ines.get(&path).await.status, OK);
    let page = ines.get(&format!("{path}?to=8&reason=as+we+said")).await.text;
    assert!(page.contains("8 of 8 sessions") && page.contains("about $67.50 each"), "{page}");
    assert_eq!(entries(&house, lot), 1, "a preview keeps nothing");
    assert!(ines.get(&format!("{path}?to=7")).await.text.contains("Please fill this in."));
    assert!(ines.get(&format!("{path}?to=6&reason=x")).await.text.contains("It has that number already."));
    assert!(ines.get(&format!("{path}?to=101&reason=x")).await.text.contains("at most 100 sessions"));
    let fields = [("from", "6"), ("to", "8"), ("reason", "as we said")];
    for _ in 0..2 {
        assert_eq!(
            ines.post(&path, &fields).await.location(),
            format!("/desk/clients/{nora}?done=corrected")
        );
    }
    assert_eq!((house.balance(lot).total, entries(&house, lot)), (8, 2));
    let stale = ines.post(&path, &[("from", "6"), ("to", "5"), ("reason", "x")]).await;
    assert!(stale.status == WRONG && stale.text.contains("It has 8 sessions now."), "{}", stale.text);
    let ledger = ines.get(&format!("/desk/clients/{nora}")).await.text;
    assert!(ledger.contains("Corrected by you: 2 sessions more") && ledger.contains("as we said"));
    house.assert_sound();
}

#[tokio::test]
async fn sessions_are_passed_on_to_somebody_known_or_new_and_the_books_hold() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (theo, _) = house.bought("Theo Marsh", &house.six).await;
    let (wen, _) = house.bought("Wen Li", &house.five).await;
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/lots/{lot}/pass-on");
    let found = ines.get(&format!("{path}?q=theo")).await.text;
    assert!(found.contains(&format!("{path}?who={theo}")));
    assert!(!ines.get(&format!("{path}?q=wen")).await.text.contains(&wen.to_string()), "another’s client");
    assert_eq!(ines.get(&format!("{path}?who={wen}")).await.status, StatusCode::NOT_FOUND);
    let many = ines.get(&format!("{path}?who={theo}&count=7&reason=x")).await.text;
    assert!(many.contains("Six can be passed on."), "{many}");
    let page = ines.get(&format!("{path}?who={theo}&count=2&reason=a+present")).await;
    for words in ["4 of 4 sessions", "2 sessions", "$180.00 of what was paid goes along."] {
        assert!(page.text.contains(words), "{words} is not in {}", page.text);
    }
    assert_eq!(entries(&house, lot), 1);
    let (id, who) = (page.field("id"), theo.to_string());
    let fields = [("id", id.as_str()), ("who", &who), ("count", "2"), ("reason", "a present")];
    for _ in 0..2 {
        assert_eq!(
            ines.post(&path, &fields).await.location(),
            format!("/desk/clients/{nora}?done=passed-on")
        );
    }
    assert_eq!((house.balance(lot).available, house.balance(lot_of(&house, theo)).available), (4, 2));
    // Somebody new is added on the way.
    let form = ines.get(&format!("/desk/clients/new?lot={lot}")).await;
    let (new, back) = (form.field("id"), form.field("lot"));
    let card = [("id", new.as_str()), ("lot", &back), ("name", "Ada Ink"), ("email", "ada@post.example")];
    let added = ines.post("/desk/clients/new", &card).await;
    assert_eq!(added.location(), format!("{path}?who={new}"));
    assert!(ines.get(added.location()).await.text.contains("Ada Ink"));
    house.assert_sound();
}

#[tokio::test]
async fn more_time_for_many_shows_each_new_date_and_gives_all_or_none() {
    let house = House::new().await;
    let (_, first) = house.bought("Nora Lind", &house.six).await;
    let (_, second) = house.bought("Theo Marsh", &house.six).await;
    let (_, others) = house.bought("Wen Li", &house.five).await;
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/hours/off", &[("first", "2026-06-01"), ("last", "2026-06-11")]).await;
    let page = ines.get("/desk/clients/extend?show=not-booked").await.text;
    assert!(page.contains("Nora Lind") && page.contains("Theo Marsh") && !page.contains("Wen Li"));
    assert!(page.contains("11 days as you are away, Monday 1 June to Thursday 11 June"), "{page}");
    assert_eq!(ines.get("/desk/clients/extend?fill=11").await.field("days"), "11");
    let query = |rest: &str| format!("/desk/clients/extend?lot={first}&lot={second}&days=11{rest}");
    assert!(ines.get(&query("")).await.text.contains("Please fill this in."), "a reason is asked for");
    assert!(
        ines.get("/desk/clients/extend?days=11&reason=x").await.text.contains("Please tick at least one.")
    );
    let seen = ines.get(&query("&reason=away")).await.text;
    assert!(seen.contains("Extend 2 dates") && seen.matches("24 Jul 2026").count() >= 2, "{seen}");
    let by = house.balance(first).deadline.unwrap().on;
    let to = plus_days(by, 11);
    let [one, two, foreign] = [first, second, others].map(|lot| format!("{lot}/{to}"));
    let done =
        ines.post("/desk/clients/extend", &[("lot", &one), ("lot", &foreign), ("reason", "away")]).await;
    assert_eq!(
        (done.status, house.balance(first).deadline.unwrap().on),
        (StatusCode::NOT_FOUND, by),
        "all or none"
    );
    for _ in 0..2 {
        let done =
            ines.post("/desk/clients/extend", &[("lot", &one), ("lot", &two), ("reason", "away")]).await;
        assert_eq!(done.location(), "/desk/clients?done=extended-many");
    }
    for lot in [first, second] {
        assert_eq!((house.balance(lot).deadline.unwrap().on, entries(&house, lot)), (to, 2));
    }
    house.assert_sound();
}
