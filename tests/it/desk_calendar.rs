//! The calendar at the desk over HTTP: weeks and days, booking for a client, moving, series, and what is said before each.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::{booking, by_practitioner};
use fiddlehead::domain::calendar::booking::State;
use fiddlehead::domain::calendar::by_practitioner::Overlooked;
use fiddlehead::domain::calendar::closure::Closure;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::{BookingId, ClientId, ClosureId, LotId, OutsideId};
use fiddlehead::domain::time::{Timestamp, hours};
use fiddlehead::store;
use jiff::civil::date;

use crate::support::{Answer, House, at};

const OK: StatusCode = StatusCode::OK;
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn assert_says(answer: &Answer, status: StatusCode, words: &[&str]) {
    assert_eq!(answer.status, status, "{}", answer.text);
    for word in words {
        assert!(answer.text.contains(word), "{word} is not in {}", answer.text);
    }
}

/// The value of the first hidden field of that name.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let rest =
        page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap_or_else(|| panic!("{name}: {page}"));
    rest.split('"').next().unwrap()
}

/// All of them, in order.
fn all_hidden<'a>(page: &'a str, name: &'static str) -> Vec<(&'static str, &'a str)> {
    let rests = page.split(&format!("type=\"hidden\" name=\"{name}\" value=\"")).skip(1).collect::<Vec<_>>();
    rests.into_iter().map(|rest| (name, rest.split('"').next().unwrap())).collect()
}

fn book(house: &House, client: ClientId, lot: LotId, start: &str) -> BookingId {
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at(start)).unwrap().id
}

fn sessions(house: &House, client: ClientId) -> Vec<Timestamp> {
    let all = store::calendar::booking::of_client(&house.app.store.read().unwrap(), client).unwrap();
    all.iter().filter(|one| one.is_confirmed()).map(|one| one.starts_at).collect()
}

#[tokio::test]
async fn a_week_shows_sessions_early_and_late_time_off_and_what_is_elsewhere_but_nothing_canceled() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    let gone = book(&house, nora, lot, "2026-04-22T09:00:00Z");
    let mut early = by_practitioner::Ask {
        id: BookingId::from_bits(house.id()),
        client: nora,
        start: at("2026-04-22T03:30:00Z"),
        pays: by_practitioner::Pays::ByRule { like: lot },
        over: Overlooked::default(),
    };
    early.over = by_practitioner::preview(&house.app, house.ines, &early).unwrap().overlooked;
    by_practitioner::book(&house.app, house.ines, early).unwrap();
    let mut ines = house.practitioner(house.ines);
    ines.post(&format!("/desk/bookings/{gone}/cancel"), &[]).await;
    let off = Closure::days(
        ClosureId::from_bits(1),
        date(2026, 4, 24),
        date(2026, 4, 24),
        &"Europe/Berlin".parse().unwrap(),
        None,
    );
    let (off, whose) = (off.unwrap(), house.ines);
    let dentist = vec![(at("2026-04-23T12:00:00Z"), at("2026-04-23T13:00:00Z"))];
    house
        .app
        .keep(move |tx| {
            store::calendar::closure::put(tx, whose, &off)?;
            store::calendar::busy::put(tx, whose, OutsideId::from_bits(1), &dentist)
        })
        .unwrap();
    let page = ines.get("/desk/calendar?day=2026-04-23").await;
    // 10:00 in Berlin on hours from 5, as a session begins at 5:30.
    assert_says(
        &page,
        OK,
        &["20 to 26 April", "ev h5 q0 l1 r0", "ev h0 q2 l1 r0", "5 am", "Time off", "Elsewhere"],
    );
    assert!(
        page.text.contains("2:00 pm to 3:00 pm") && !page.text.contains("ev h6 q0"),
        "the canceled one is gone"
    );
    assert_says(
        &page,
        OK,
        &["2 sessions this week", "ev outside h9 q0 l1 r0", "/desk/calendar?view=day&amp;day=2026-04-21"],
    );
    // What is elsewhere cannot be pressed; what is free can.
    assert!(
        page.text.contains("slot=2026-04-21T10:00:00Z") && !page.text.contains("slot=2026-04-23T12:00:00Z")
    );
    let day = ines.get("/desk/calendar?view=day&day=2026-04-21").await;
    assert_says(&day, OK, &["Tuesday 21 April", "1 of 6", "Ines Varga"]);
    assert_eq!(ines.get("/desk/calendar?day=99999-01-01").await.status, OK, "what is no day is today");
}

#[tokio::test]
async fn a_day_has_practitioners_side_by_side_for_owner_and_front_desk_and_the_way_to_each_desk() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (sam, his) = house.bought("Sam Whitaker", &house.five).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    let with_hana = book(&house, sam, his, "2026-04-21T09:00:00Z");
    let day = "/desk/calendar?view=day&day=2026-04-21";
    let mut ines = house.practitioner(house.ines);
    assert_says(&ines.get(day).await, OK, &["Ines Varga", "Hana Okafor", "Nora Lind", "Sam Whitaker"]);
    let mut mara = house.practitioner(house.front_desk("Mara Lund"));
    assert_says(&mara.get(day).await, OK, &["Nora Lind", "Sam Whitaker"]);
    let mut hana = house.practitioner(house.hana);
    let hers = hana.get(day).await;
    assert!(hers.text.contains("Sam Whitaker") && !hers.text.contains("Nora"), "a practitioner sees her own");
    // A session at another desk is opened with that desk.
    let there = format!("/desk/bookings/{with_hana}");
    assert_eq!(mara.get(&there).await.status, StatusCode::NOT_FOUND);
    let opened = mara.post("/desk/seat", &[("desk", &house.hana.to_string()), ("next", &there)]).await;
    assert_eq!(opened.location(), there);
    assert_says(&mara.get(&there).await, OK, &["Sam Whitaker"]);
    let outside = [("desk", house.hana.to_string()), ("next", "https://evil.example/".to_owned())];
    let outside: Vec<(&str, &str)> = outside.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(mara.post("/desk/seat", &outside).await.location(), "/desk");
}

#[tokio::test]
async fn a_free_time_leads_to_a_session_for_a_client_with_its_credit_said_before() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.bought("Mira Tal", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let slot = "2026-04-21T08:00:00Z";
    let whom = ines.get(&format!("/desk/calendar/book?slot={slot}&q=lind%20NORA")).await;
    assert_says(&whom, OK, &["Nora Lind", "Tuesday 21 April, 10:00 am", "6 sessions left to book"]);
    assert!(!whom.text.contains("Mira Tal"));
    let whom = ines.get("/desk/calendar/book?q=n%C3%B3ra").await;
    assert!(whom.text.contains("Nora Lind") && !whom.text.contains("Mira Tal"), "accents are not in the way");
    let by_day = ines.get("/desk/calendar/book?day=2026-04-21").await;
    assert_says(&by_day, OK, &["Tuesday 21 April", &format!("/desk/clients/{nora}/book?day=2026-04-21")]);
    let form = ines.get(&format!("/desk/clients/{nora}/book?slot={slot}")).await;
    assert_says(&form, OK, &["value=\"2026-04-21\"", "value=\"10:00\"", "Free on Tuesday 21 April"]);
    let asked =
        ines.get(&format!("/desk/clients/{nora}/book/confirm?lot={lot}&on=2026-04-21&time=10:00")).await;
    assert_says(
        &asked,
        OK,
        &["Shall we book this?", "Tuesday 21 April", "1 credit", "5 of 6", "Book session 1"],
    );
    assert!(!asked.text.contains("Book anyway") && sessions(&house, nora).is_empty(), "a GET books nothing");
    let id = hidden(&asked.text, "id").to_owned();
    let fields =
        [("id", id.as_str()), ("slot", hidden(&asked.text, "slot")), ("lot", hidden(&asked.text, "lot"))];
    for _ in 0..2 {
        let booked = ines.post(&format!("/desk/clients/{nora}/book"), &fields).await;
        assert_eq!(booked.location(), format!("/desk/bookings/{id}?done=booked"));
    }
    assert_eq!((sessions(&house, nora), house.balance(lot).available), (vec![at(slot)], 5));
    house.settle().await;
    assert!(
        house.mailbox.letters().iter().any(|one| one.letter.text.contains("Tuesday 21 April")),
        "she is told"
    );
    house.assert_sound();
}

#[tokio::test]
async fn what_is_in_the_way_is_said_and_needs_a_tick_and_a_time_that_is_none_stays_in_the_field() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    book(&house, mira, hers, "2026-04-21T08:00:00Z");
    let mut ines = house.practitioner(house.ines);
    let confirm = format!("/desk/clients/{nora}/book/confirm?lot={lot}");
    // Too soon for a client, but not for her own hand.
    let soon = ines.get(&format!("{confirm}&on=2026-04-14&time=12:00")).await;
    assert!(soon.status == OK && !soon.text.contains("Book anyway"));
    let asked = ines.get(&format!("{confirm}&on=2026-04-21&time=10:00")).await;
    assert_says(&asked, OK, &["That time is taken.", "Book anyway"]);
    let lot_text = lot.to_string();
    let fields =
        [("id", hidden(&asked.text, "id")), ("slot", "2026-04-21T08:00:00Z"), ("lot", lot_text.as_str())];
    let path = format!("/desk/clients/{nora}/book");
    assert_says(&ines.post(&path, &fields).await, WRONG, &["Please tick the box"]);
    assert!(sessions(&house, nora).is_empty());
    let over = [("anyway", "yes"), ("over", hidden(&asked.text, "over"))];
    let insisted: Vec<_> = fields.iter().copied().chain(over).collect();
    assert_eq!(ines.post(&path, &insisted).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sessions(&house, nora).len(), 1);
    for (query, words) in [
        ("on=2026-04-21&time=quarter%20past", "Please choose a time"),
        ("on=never&time=10:00", "Please choose a date"),
        ("on=2026-03-29&time=02:30", "The clocks go forward that night"),
        ("on=2026-04-13&time=10:00", "That time has passed."),
        ("on=2026-08-31&time=10:00", "later than these sessions reach"),
    ] {
        assert_says(&ines.get(&format!("{confirm}&{query}")).await, WRONG, &[words]);
    }
    house.assert_sound();
}

#[tokio::test]
async fn another_lot_than_the_rules_is_picked_openly_and_a_session_can_be_given() {
    let house = House::new().await;
    let (nora, first) = house.bought("Nora Lind", &house.six).await;
    house.live(hours(24)).await;
    let (_, second) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let form = ines.get(&format!("/desk/clients/{nora}/book")).await;
    assert_says(&form, OK, &["Which sessions?", &first.to_string(), &second.to_string()]);
    let confirm = format!("/desk/clients/{nora}/book/confirm?slot=2026-04-21T08:00:00Z");
    assert!(!ines.get(&format!("{confirm}&lot={first}")).await.text.contains("By the rule"));
    let picked = ines.get(&format!("{confirm}&lot={second}")).await;
    assert_says(&picked, OK, &["By the rule", "the ledger says so"]);
    let (id, lot) = (hidden(&picked.text, "id"), second.to_string());
    ines.post(
        &format!("/desk/clients/{nora}/book"),
        &[("id", id), ("slot", "2026-04-21T08:00:00Z"), ("lot", &lot)],
    )
    .await;
    assert_eq!((house.balance(first).held(), house.balance(second).held()), (0, 1));

    let gift = format!("/desk/clients/{nora}/book-gift");
    assert_says(&ines.get(&gift).await, OK, &["Give a session", "Why"]);
    let query = format!("package={}&on=2026-04-22&time=11:00", house.six.id);
    assert_says(&ines.get(&format!("{gift}/confirm?{query}")).await, WRONG, &["reason-e"]);
    let asked = ines.get(&format!("{gift}/confirm?{query}&reason=after+the+flood")).await;
    assert_says(&asked, OK, &["no credit", "after the flood", "Give the session"]);
    let fields = ["id", "slot", "package", "reason"].map(|name| (name, hidden(&asked.text, name)));
    let booked = ines.post(&gift, &fields).await;
    let id: BookingId = booked.location().split(['/', '?']).nth(3).unwrap().parse().unwrap();
    let read = house.app.store.read().unwrap();
    let given = store::calendar::booking::find(&read, id).unwrap().unwrap();
    let lot: Lot = store::credits::lot::find(&read, given.lot).unwrap().unwrap();
    assert!(lot.is_comp() && given.starts_at == at("2026-04-22T09:00:00Z"));
    assert_eq!(house.balance(first).available, 6);
    house.assert_sound();
}

#[tokio::test]
async fn a_session_is_moved_by_form_or_drop_and_its_credit_stays() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = book(&house, nora, lot, "2026-04-21T08:00:00Z");
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/bookings/{id}/move");
    assert_says(&ines.get(&path).await, OK, &["Move it", "Free on Tuesday 21 April"]);
    // The address that a drop in the calendar opens.
    let week = ines.get("/desk/calendar?day=2026-04-21").await;
    assert_says(
        &week,
        OK,
        &[&format!("data-move=\"{path}/confirm\""), "data-day=\"2026-04-21\"", "/assets/js/calendar-"],
    );
    let asked = ines.get(&format!("{path}/confirm?on=2026-04-23&time=14:00")).await;
    assert_says(
        &asked,
        OK,
        &["Shall we move it?", "Thursday 23 April", "Instead of", "The credit stays with the session."],
    );
    assert_eq!(sessions(&house, nora), [at("2026-04-21T08:00:00Z")]);
    let fields = [("slot", hidden(&asked.text, "slot")), ("reason", "the roof leaks")];
    for _ in 0..2 {
        assert_eq!(ines.post(&path, &fields).await.location(), format!("/desk/bookings/{id}?done=moved-to"));
    }
    let balance = house.balance(lot);
    assert_eq!(
        (sessions(&house, nora), balance.available, balance.changes),
        (vec![at("2026-04-23T12:00:00Z")], 5, 0)
    );
    // Over her own closure, only with a tick.
    let late = ines.get(&format!("{path}/confirm?on=2026-04-23&time=22:15")).await;
    assert_says(&late, OK, &["Book anyway"]);
    let fields = [("slot", "2026-04-23T20:15:00Z")];
    assert_says(&ines.post(&path, &fields).await, WRONG, &["Please tick the box"]);
    let fields = [fields[0], ("anyway", "yes"), ("over", hidden(&late.text, "over"))];
    assert_eq!(ines.post(&path, &fields).await.status, StatusCode::SEE_OTHER);
    assert_says(&ines.get("/desk/calendar?day=2026-04-23").await, OK, &["10:15 pm", "11 pm"]);
    house.assert_sound();
}

#[tokio::test]
async fn off_the_grid_an_overlap_is_told_too_and_one_that_came_since_is_asked_about_again() {
    let house = House::new().await;
    let (theo, his) = house.bought("Theo Berg", &house.six).await;
    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    let (priya, lot) = house.bought("Priya Rao", &house.six).await;
    book(&house, theo, his, "2026-04-21T08:00:00Z");
    let mut ines = house.practitioner(house.ines);
    let confirm = format!("/desk/clients/{priya}/book/confirm?lot={lot}&on=2026-04-21");
    let asked = ines.get(&format!("{confirm}&time=10:10")).await;
    let both = "That time is taken. That is not one of the times that the hours offer.";
    assert_says(&asked, OK, &[both, "Book anyway"]);
    // What only lies off the grid when it is asked about, and is taken when it is confirmed.
    let asked = ines.get(&format!("{confirm}&time=14:10")).await;
    assert_says(&asked, OK, &["That is not one of the times that the hours offer."]);
    assert!(!asked.text.contains("That time is taken."));
    book(&house, mira, hers, "2026-04-21T12:00:00Z");
    let lot_text = lot.to_string();
    let (id, path) = (hidden(&asked.text, "id"), format!("/desk/clients/{priya}/book"));
    let told = |page: &str| {
        [
            ("id", id.to_owned()),
            ("slot", "2026-04-21T12:10:00Z".to_owned()),
            ("lot", lot_text.clone()),
            ("over", hidden(page, "over").to_owned()),
            ("anyway", "yes".to_owned()),
        ]
    };
    let send = told(&asked.text);
    let again = ines.post(&path, &send.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_says(&again, WRONG, &[both, "Something more is in the way by now."]);
    assert!(sessions(&house, priya).is_empty());
    let send = told(&again.text);
    let booked = ines.post(&path, &send.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!((booked.status, sessions(&house, priya).len()), (StatusCode::SEE_OTHER, 1));
    // A move is asked about in the same way.
    let moving = format!("/desk/bookings/{id}/move/confirm?on=2026-04-21");
    assert_says(&ines.get(&format!("{moving}&time=10:10")).await, OK, &[both, "Book anyway"]);
    house.assert_sound();
}

#[tokio::test]
async fn each_act_on_a_session_says_what_follows_before_it_is_done() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = book(&house, nora, lot, "2026-04-15T08:00:00Z");
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/bookings/{id}");
    let page = ines.get(&path).await;
    assert_says(&page, OK, &["Move it", "Cancel the session"]);
    assert!(!page.text.contains("/missed") && !page.text.contains("/waive"));
    assert_says(&ines.get(&format!("{path}/missed")).await, OK, &["nothing of the kind to do"]);
    assert_says(
        &ines.get(&format!("{path}/cancel")).await,
        OK,
        &["The credit comes back to Nora", "6 sessions to book"],
    );
    house.live(hours(26)).await;
    let mut ines = house.practitioner(house.ines);
    assert!(!ines.get(&path).await.text.contains("/move\""), "it has been");
    assert_says(&ines.get(&format!("{path}/move")).await, OK, &["This session has begun."]);
    assert_says(&ines.get(&format!("{path}/missed")).await, OK, &["The credit stays used"]);
    ines.post(&format!("{path}/missed"), &[]).await;
    assert_says(
        &ines.get(&format!("{path}/waive")).await,
        OK,
        &["1 credit returns to Nora", "then 6 sessions to book"],
    );
    ines.post(&format!("{path}/waive"), &[]).await;
    assert_eq!(house.balance(lot).available, 6);
    let long = "x".repeat(5000);
    let wrong = ines.post(&format!("{path}/cancel"), &[("reason", &long)]).await;
    assert_says(&wrong, WRONG, &["reason-e"]);
    let read = house.app.store.read().unwrap();
    assert_eq!(store::calendar::booking::find(&read, id).unwrap().unwrap().state, State::Confirmed);
    house.assert_sound();
}

#[tokio::test]
async fn a_client_takes_the_same_time_every_week_with_another_for_the_date_that_clashes() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, hers) = house.bought("Mira Tal", &house.six).await;
    book(&house, mira, hers, "2026-04-28T08:00:00Z");
    let mut she = house.client(nora);
    let first = "2026-04-21T08:00:00Z";
    let asked = she.get(&format!("/me/book/{lot}/confirm?slot={first}")).await;
    assert_says(&asked, OK, &["Same time every week for all 6 sessions left"]);
    let dates = she.get(&format!("/me/book/{lot}/weekly?slot={first}")).await;
    assert_says(
        &dates,
        OK,
        &[
            "5 of 6 sessions left can be had",
            "That time is taken.",
            "Leave this week out",
            "2026-04-28T09:00:00Z",
        ],
    );
    let query = "w0=2026-04-21T08:00:00Z&w1=2026-04-28T09:00:00Z&w2=2026-05-05T08:00:00Z&w3=";
    let confirm = she.get(&format!("/me/book/{lot}/weekly/confirm?slot={first}&{query}")).await;
    assert_says(&confirm, OK, &["3 credits", "3 of 6", "Book 3 sessions", "Tuesday 28 April, 11:00 am"]);
    assert!(sessions(&house, nora).is_empty());
    let none = she.get(&format!("/me/book/{lot}/weekly/confirm?slot={first}&w0=")).await;
    assert_says(&none, WRONG, &["No date is chosen."]);
    // Somebody takes one of them meanwhile: it is named, and none is booked.
    let mut fields = vec![("first", first)];
    fields.extend(all_hidden(&confirm.text, "id"));
    fields.extend(all_hidden(&confirm.text, "slot"));
    assert_eq!(fields.len(), 7);
    let taken = book(&house, mira, hers, "2026-05-05T08:00:00Z");
    let path = format!("/me/book/{lot}/weekly");
    let refused = she.post(&path, &fields).await;
    assert_says(&refused, WRONG, &["Tuesday 5 May, 10:00 am: That time is taken.", "Nothing was booked."]);
    assert!(sessions(&house, nora).is_empty());
    house.practitioner(house.ines).post(&format!("/desk/bookings/{taken}/cancel"), &[]).await;
    for _ in 0..2 {
        assert_eq!(she.post(&path, &fields).await.location(), "/me");
    }
    assert_eq!(sessions(&house, nora).len(), 3);
    assert_eq!(house.balance(lot).available, 3);
    let mut other = house.client(mira);
    assert_eq!(other.get(&format!("{path}?slot={first}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.post(&path, &fields).await.status, StatusCode::NOT_FOUND);
    house.assert_sound();
}

#[tokio::test]
async fn a_series_at_the_desk_goes_beyond_the_horizon_and_says_which_dates_lie_beyond_the_credits() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    // Use by 13 July, sessions until 27 July: the fourth week from 7 July on lies beyond. A client may look 60 days ahead.
    let first = "2026-07-07T08:00:00Z";
    let dates = ines.get(&format!("/desk/lots/{lot}/weekly?slot={first}")).await;
    assert_says(
        &dates,
        OK,
        &["3 of 6 sessions left", "can take place until Monday 27 July", "For Nora Lind"],
    );
    let far = house.client(nora).get(&format!("/me/book/{lot}/weekly?slot={first}")).await;
    assert_says(&far, OK, &["0 of 6 sessions left", "too far ahead"]);
    let query = "w0=2026-07-07T08:00:00Z&w1=2026-07-14T08:00:00Z";
    let confirm = ines.get(&format!("/desk/lots/{lot}/weekly/confirm?slot={first}&{query}")).await;
    assert_says(&confirm, OK, &["Nora will have", "4 of 6", "Book 2 sessions"]);
    let mut fields = vec![("first", first)];
    fields.extend(all_hidden(&confirm.text, "id"));
    fields.extend(all_hidden(&confirm.text, "slot"));
    let booked = ines.post(&format!("/desk/lots/{lot}/weekly"), &fields).await;
    assert_eq!(booked.location(), format!("/desk/clients/{nora}?done=booked-weekly"));
    assert_eq!(sessions(&house, nora).len(), 2);
    let twice = [("first", first), ("id", "x"), ("slot", first)];
    assert_eq!(ines.post(&format!("/desk/lots/{lot}/weekly"), &twice).await.status, StatusCode::BAD_REQUEST);
    house.assert_sound();
}
