//! Clients' pages over HTTP: choosing a time, booking, moving, canceling; what is wrong changes nothing and says so.

use fiddlehead::domain::id::{BookingId, ClientId, LotId};
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{Answer, House, Visitor};

/// Ten in the morning on the Tuesday a week from the beginning.
const TUESDAY: &str = "2026-04-21T08:00:00Z";

async fn confirm(visitor: &mut Visitor<'_>, lot: LotId, slot: &str) -> Answer {
    visitor.get(&format!("/me/book/{lot}/confirm?slot={slot}")).await
}

/// Books through the pages, as a person would.
async fn book(visitor: &mut Visitor<'_>, lot: LotId, slot: &str) -> Answer {
    let page = confirm(visitor, lot, slot).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let fields = [("id", page.field("id")), ("lot", page.field("lot")), ("slot", page.field("slot"))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post("/me/bookings", &fields).await
}

async fn nora_with_a_session(house: &House) -> (ClientId, LotId, String) {
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let booked = book(&mut house.client(nora), lot, TUESDAY).await;
    assert_eq!(booked.status, 303, "{}", booked.text);
    (nora, lot, booked.location().to_owned())
}

#[tokio::test]
async fn a_time_is_chosen_confirmed_and_booked() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    let times = visitor.get(&format!("/me/book/{lot}?day=2026-04-21")).await;
    assert!(times.text.contains("Choose a time for session 1") && times.text.contains("Tuesday 21 April"));
    assert!(times.text.contains("value=\"2026-04-21T08:00:00Z\">10:00 am</button>"), "{}", times.text);
    assert!(times.text.contains("Times are in Berlin time."));
    let page = confirm(&mut visitor, lot, TUESDAY).await;
    assert!(
        page.text.contains("10:00 to 10:50 am") && page.text.contains("<b>5 of 6</b> left"),
        "{}",
        page.text
    );
    assert!(page.text.contains("Monday 20 April, 10:00 am and the credit comes back."));
    let booked = book(&mut visitor, lot, TUESDAY).await;
    let page = visitor.get(booked.location()).await;
    assert!(page.text.contains("You’re booked") && page.text.contains("Five sessions left to book"));
    let ics = visitor.get(&format!("{}/session.ics", booked.location())).await;
    assert!(ics.text.contains("DTSTART:20260421T080000Z\r\n") && ics.text.contains("@book.example\r\n"));
    assert_eq!((house.balance(lot).available, house.balance(lot).held()), (5, 1));
    let me = visitor.get("/me").await;
    assert!(me.text.contains("Good morning, Nora") && me.text.contains("Tuesday 21 April, 10:00 am"));
    assert!(me.text.contains("Book session 2") && me.text.contains("5 sessions left"));
    house.assert_sound();
}

#[tokio::test]
async fn a_form_sent_twice_books_once() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    let page = confirm(&mut visitor, lot, TUESDAY).await;
    let (id, lot_text) = (page.field("id"), lot.to_string());
    let form = [("id", id.as_str()), ("lot", lot_text.as_str()), ("slot", TUESDAY)];
    let first = visitor.post("/me/bookings", &form).await;
    let second = visitor.post("/me/bookings", &form).await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (303, 303));
    assert_eq!(first.location(), second.location());
    assert_eq!(house.balance(lot).held(), 1);
}

#[tokio::test]
async fn looking_changes_nothing() {
    let house = House::new().await;
    let (nora, lot, page) = nora_with_a_session(&house).await;
    let mut visitor = house.client(nora);
    let before = house.balance(lot);
    for address in [
        "/me".to_owned(),
        format!("/me/book/{lot}"),
        format!("/me/book/{lot}/confirm?slot=2026-04-22T08:00:00Z"),
        page.clone(),
        format!("{page}/change"),
        format!("{page}/move"),
        format!("{page}/move/confirm?slot=2026-04-22T08:00:00Z"),
        format!("/me/sessions/{lot}"),
        "/me/receipts/1".to_owned(),
        "/me/profile".to_owned(),
        format!("/me/renew/{lot}"),
    ] {
        let answer = visitor.get(&address).await;
        assert!([200, 303].contains(&answer.status.as_u16()), "{address}: {}", answer.status);
    }
    for address in [format!("{page}/cancel"), "/me/bookings".to_owned(), "/me/zone".to_owned()] {
        assert_eq!(visitor.get(&address).await.status, 405, "{address}");
    }
    assert_eq!(house.balance(lot), before);
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_found() {
    let house = House::new().await;
    let (_, lot, page) = nora_with_a_session(&house).await;
    let (mia, mias) = house.bought("Mia Berg", &house.six).await;
    let mut visitor = house.client(mia);
    for address in [
        format!("/me/book/{lot}"),
        format!("/me/book/{lot}/confirm?slot=2026-04-22T08:00:00Z"),
        page.clone(),
        format!("{page}/change"),
        format!("{page}/move"),
        format!("{page}/move/confirm?slot=2026-04-22T08:00:00Z"),
        format!("{page}/session.ics"),
        format!("/me/sessions/{lot}"),
        format!("/me/renew/{lot}"),
        "/me/receipts/1".to_owned(),
        "/me/receipts/99".to_owned(),
        "/me/book/nonsense".to_owned(),
    ] {
        assert_eq!(visitor.get(&address).await.status, 404, "{address}");
    }
    let (id, foreign) = (BookingId::from_bits(house.id()).to_string(), lot.to_string());
    let form = [("id", id.as_str()), ("lot", foreign.as_str()), ("slot", "2026-04-22T08:00:00Z")];
    assert_eq!(visitor.post("/me/bookings", &form).await.status, 404);
    for (address, form) in [
        (format!("{page}/cancel"), vec![("credit", "returns")]),
        (format!("{page}/move"), vec![("slot", "2026-04-22T08:00:00Z")]),
    ] {
        assert_eq!(visitor.post(&address, &form).await.status, 404, "{address}");
    }
    assert_eq!((house.balance(lot).held(), house.balance(mias).held()), (1, 0));
}

#[tokio::test]
async fn strangers_are_asked_to_sign_in_and_come_back() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let mut stranger = house.visitor();
    let answer = stranger.get(&format!("/me/book/{lot}/confirm?slot={TUESDAY}")).await;
    assert_eq!(answer.status, 303);
    assert!(answer.location().starts_with("/sign-in?next=/me/book/"), "{}", answer.location());
    let form = [("id", "x"), ("lot", "y"), ("slot", TUESDAY)];
    assert_eq!(stranger.post("/me/bookings", &form).await.location(), "/sign-in");
}

#[tokio::test]
async fn a_wrong_time_is_told_clearly_and_books_nothing() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    let (id, lot_text) = (BookingId::from_bits(house.id()).to_string(), lot.to_string());
    for (slot, words) in [
        ("", "That is not a time."),
        ("tomorrow", "That is not a time."),
        ("2026-04-21T08:00:00Z\r\nX: y", "That is not a time."),
        ("2026-02-30T08:00:00Z", "That is not a time."),
        ("2026-04-13T08:00:00Z", "That time has passed."),
        ("2026-04-14T09:00:00Z", "That time is too soon"),
        ("2026-12-01T09:00:00Z", "That date cannot be booked yet."),
        ("2026-04-21T08:30:00Z", "That time is not offered."),
        ("2026-04-25T08:00:00Z", "That time is not offered."),
        ("-009998-01-01T00:00:00Z", "That time has passed."),
        ("9999-12-30T00:00:00Z", "That date cannot be booked yet."),
    ] {
        let form = [("id", id.as_str()), ("lot", lot_text.as_str()), ("slot", slot)];
        let answer = visitor.post("/me/bookings", &form).await;
        assert_eq!(answer.status, 422, "{slot}: {}", answer.text);
        assert!(answer.text.contains(words), "{slot}: {}", answer.text);
        let query = serde_urlencoded::to_string([("slot", slot)]).unwrap();
        let page = visitor.get(&format!("/me/book/{lot}/confirm?{query}")).await;
        assert_eq!(page.status, 422, "{slot}");
        assert!(page.text.contains(words), "{slot}: {}", page.text);
    }
    for day in ["2026-13-01", "x", "99999999999999999999"] {
        let page = visitor.get(&format!("/me/book/{lot}?day={day}")).await;
        assert_eq!(page.status, 422, "{day}");
        assert!(page.text.contains("That is not a date."), "{day}");
    }
    for day in ["0001-01-01", "9999-12-31", "-009999-01-01"] {
        assert_eq!(visitor.get(&format!("/me/book/{lot}?day={day}")).await.status, 200, "{day}");
    }
    let no_id = visitor.post("/me/bookings", &[("lot", lot_text.as_str()), ("slot", TUESDAY)]).await;
    assert_eq!(no_id.status, 400);
    let huge = "x".repeat(300 * 1024);
    assert_eq!(visitor.post("/me/bookings", &[("slot", huge.as_str())]).await.status, 413);
    assert_eq!(house.balance(lot).held(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_clients_want_one_time_and_one_has_it() {
    let house = lasting().await;
    let mut clients = Vec::new();
    for i in 0..64 {
        clients.push(house.bought(&format!("Client{i} Test"), &house.six).await);
    }
    let asking = clients.iter().map(|(client, lot)| (house.client(*client), *lot, TUESDAY.to_owned()));
    let answers = all_at_once(house, asking.collect()).await;
    let won = answers.iter().filter(|answer| answer.status == 303).count();
    let told = answers.iter().filter(|answer| {
        answer.status == 422
            && answer.text.contains("That time was just taken.")
            && answer.text.contains("Your credit is untouched.")
    });
    assert_eq!((won, told.count()), (1, 63));
    let held: u32 = clients.iter().map(|(_, lot)| house.balance(*lot).held()).sum();
    let left: u32 = clients.iter().map(|(_, lot)| house.balance(*lot).available).sum();
    assert_eq!((held, left), (1, 64 * 6 - 1));
    house.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_tabs_want_the_last_credit_and_one_has_it() {
    let house = lasting().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    for hour in 7..12 {
        assert_eq!(book(&mut visitor, lot, &format!("2026-04-22T{hour:02}:00:00Z")).await.status, 303);
    }
    // Sixty-four different times of the following weeks, so that only the credit is short.
    let days = [23, 24, 27, 28, 29, 30].map(|day| format!("2026-04-{day}"));
    let more = ["04", "05", "06", "07"].map(|day| format!("2026-05-{day}"));
    let slots: Vec<String> = days
        .iter()
        .chain(&more)
        .flat_map(|day| (7..14).map(move |hour| format!("{day}T{hour:02}:00:00Z")))
        .take(64)
        .collect();
    let asking = slots.iter().map(|slot| (visitor.clone(), lot, slot.clone()));
    let answers = all_at_once(house, asking.collect()).await;
    let won = answers.iter().filter(|answer| answer.status == 303).count();
    let told = answers
        .iter()
        .filter(|answer| answer.status == 422 && answer.text.contains("There is no session left to book."))
        .count();
    assert_eq!((slots.len(), won, told), (64, 1, 63));
    assert_eq!((house.balance(lot).available, house.balance(lot).held()), (0, 6));
    house.assert_sound();
}

/// Opens the confirm page of each, then sends all the forms at once, while the writer is held up: all see what was before any.
async fn all_at_once(house: &House, asking: Vec<(Visitor<'static>, LotId, String)>) -> Vec<Answer> {
    let mut forms = Vec::new();
    for (mut visitor, lot, slot) in asking {
        let page = confirm(&mut visitor, lot, &slot).await;
        forms.push((visitor, page.field("id"), lot.to_string(), slot));
    }
    let (goes_on, held) = std::sync::mpsc::channel::<()>();
    let held_up = move |_: &store::Tx<'_>| -> Result<bool, store::StoreError> { Ok(held.recv().is_err()) };
    house.app.store.write_and_tell(held_up, |_| ());
    let mut sent = tokio::task::JoinSet::new();
    for (mut visitor, id, lot, slot) in forms {
        sent.spawn(async move {
            visitor.post("/me/bookings", &[("id", id.as_str()), ("lot", &lot), ("slot", &slot)]).await
        });
    }
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    drop(goes_on);
    sent.join_all().await
}

/// A house that lasts as long as the tasks of its test.
async fn lasting() -> &'static House {
    Box::leak(Box::new(House::new().await))
}

#[tokio::test]
async fn a_session_is_moved_in_time_and_the_credit_moves_along() {
    let house = House::new().await;
    let (nora, lot, page) = nora_with_a_session(&house).await;
    let mut visitor = house.client(nora);
    let change = visitor.get(&format!("{page}/change")).await;
    assert!(
        change.text.contains("Move or cancel session 1") && change.text.contains("Your credit comes back.")
    );
    assert!(change.text.contains("Monday 20 April, 10:00 am"));
    let ask = visitor.get(&format!("{page}/move/confirm?slot=2026-04-23T08:00:00Z")).await;
    assert!(ask.text.contains("Shall we move it?") && ask.text.contains("Thursday 23 April"), "{}", ask.text);
    for _ in 0..2 {
        let moved = visitor.post(&format!("{page}/move"), &[("slot", "2026-04-23T08:00:00Z")]).await;
        assert_eq!((moved.status.as_u16(), moved.location()), (303, page.as_str()));
    }
    assert_eq!((house.balance(lot).held(), house.balance(lot).changes), (1, 1));
    for (slot, words) in [
        ("nonsense", "That is not a time."),
        ("2026-04-13T08:00:00Z", "That time has passed."),
        ("2026-04-23T08:10:00Z", "That time is not offered."),
    ] {
        let answer = visitor.post(&format!("{page}/move"), &[("slot", slot)]).await;
        assert_eq!(answer.status, 422, "{slot}");
        assert!(answer.text.contains(words), "{slot}: {}", answer.text);
    }
    assert_eq!(house.balance(lot).changes, 1);
    house.assert_sound();
}

#[tokio::test]
async fn a_session_is_canceled_in_time_with_a_word_and_the_credit_is_back() {
    let house = House::new().await;
    let (nora, lot, page) = nora_with_a_session(&house).await;
    let mut visitor = house.client(nora);
    let form = [("credit", "returns"), ("why", "My daughter\r\nis ill")];
    for _ in 0..2 {
        assert_eq!(visitor.post(&format!("{page}/cancel"), &form).await.location(), page);
    }
    let after = visitor.get(&page).await;
    assert!(after.text.contains("This session was canceled") && after.text.contains("Its credit came back."));
    let ledger = visitor.get(&format!("/me/sessions/{lot}")).await;
    assert!(
        ledger.text.contains("My daughter is ill") && ledger.text.contains("Booked for Tuesday 21 April")
    );
    assert_eq!((house.balance(lot).available, house.balance(lot).changes), (6, 1));
    assert_eq!(visitor.get(&format!("{page}/change")).await.location(), page);
    house.assert_sound();
}

#[tokio::test]
async fn a_late_cancel_says_so_first_and_wants_a_tick() {
    let house = House::new().await;
    let (nora, lot, page) = nora_with_a_session(&house).await;
    house.live(hours(6 * 24 + 1)).await;
    let mut visitor = house.client(nora);
    let change = visitor.get(&format!("{page}/change")).await;
    assert!(change.text.contains("This credit won’t come back by itself."), "{}", change.text);
    assert!(change.text.contains("Keep my session") && !change.text.contains("Choose a new time"));
    // A page from before the limit promised more than is true now.
    let stale = visitor.post(&format!("{page}/cancel"), &[("credit", "returns")]).await;
    assert_eq!(stale.status, 422);
    assert!(stale.text.contains("Something changed while the page was open."));
    let unticked = visitor.post(&format!("{page}/cancel"), &[("credit", "lost"), ("why", "a cold")]).await;
    assert_eq!(unticked.status, 422);
    assert!(unticked.text.contains("Please tick the box") && unticked.text.contains("a cold</textarea>"));
    assert_eq!(visitor.post(&format!("{page}/cancel"), &[("credit", "perhaps")]).await.status, 400);
    let control = [("credit", "lost"), ("understood", "yes"), ("why", "bell \u{7}")];
    assert_eq!(visitor.post(&format!("{page}/cancel"), &control).await.status, 422);
    assert_eq!(house.balance(lot).held(), 1);
    let form = [("credit", "lost"), ("understood", "yes")];
    assert_eq!(visitor.post(&format!("{page}/cancel"), &form).await.status, 303);
    assert!(visitor.get(&page).await.text.contains("so its credit is used"));
    assert_eq!((house.balance(lot).available, house.balance(lot).used()), (5, 1));
    let late_move = visitor.post(&format!("{page}/move"), &[("slot", "2026-04-24T08:00:00Z")]).await;
    assert_eq!(late_move.status, 422);
    house.assert_sound();
}

#[tokio::test]
async fn sessions_past_their_date_are_told_and_more_time_comes_first() {
    let house = House::new().await;
    let (nora, lot, _) = nora_with_a_session(&house).await;
    house.live(hours(91 * 24)).await;
    let mut visitor = house.client(nora);
    let me = visitor.get("/me").await;
    assert!(me.text.contains("Five sessions reached their date."), "{}", me.text);
    let (more, again) =
        (me.text.find("Ask for more time").unwrap(), me.text.find("Begin a new package").unwrap());
    assert!(more < again);
    let times = visitor.get(&format!("/me/book/{lot}")).await;
    assert!(times.text.contains("There is no session left to book."), "{}", times.text);
    assert_eq!(confirm(&mut visitor, lot, "2026-07-21T08:00:00Z").await.status, 422);
}

#[tokio::test]
async fn times_are_shown_in_the_clients_zone_which_she_can_change() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.five).await;
    let mut visitor = house.client(nora);
    let address = format!("/me/book/{lot}?day=2026-04-21");
    let form = [("tz", "America/New_York"), ("next", address.as_str())];
    assert_eq!(visitor.post("/me/zone", &form).await.location(), address);
    let times = visitor.get(&address).await;
    assert!(times.text.contains("Times are in Eastern time (New York)."), "{}", times.text);
    assert!(times.text.contains("value=\"2026-04-21T08:00:00Z\">4:00 am</button>"));
    let page = confirm(&mut visitor, lot, TUESDAY).await;
    assert!(page.text.contains("At the practice: Tuesday 21 April, 10:00 am, Berlin time."), "{}", page.text);
    for zone in ["Mars/Olympus", "", "../../etc"] {
        assert_eq!(visitor.post("/me/zone", &[("tz", zone)]).await.status, 400, "{zone}");
    }
    let elsewhere = [("tz", "Europe/Berlin"), ("next", "https://evil.example")];
    assert_eq!(visitor.post("/me/zone", &elsewhere).await.location(), "/me");
}

#[tokio::test]
async fn particulars_are_kept_or_shown_again_with_what_is_wrong() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    let good = [("name", "Nora Lindqvist"), ("phone", "+49 30 1234"), ("tz", "Europe/Paris")];
    assert_eq!(visitor.post("/me/profile", &good).await.status, 303);
    let long = "n".repeat(201);
    for bad in [
        [("name", ""), ("phone", "1"), ("tz", "Europe/Paris")],
        [("name", "N\u{0}ra"), ("phone", "1"), ("tz", "Europe/Paris")],
        [("name", long.as_str()), ("phone", "1"), ("tz", "Europe/Paris")],
        [("name", "Nora"), ("phone", "1\r\n2"), ("tz", "Europe/Paris")],
        [("name", "Nora"), ("phone", "<b>kept</b>"), ("tz", "Nowhere")],
    ] {
        let page = visitor.post("/me/profile", &bad).await;
        assert_eq!(page.status, 422, "{bad:?}");
        assert!(page.text.contains("aria-invalid") && !page.text.contains("<b>kept</b>"));
    }
    let kept = store::people::client::find(&house.app.store.read().unwrap(), nora).unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.zone.name()), ("Nora Lindqvist", "Europe/Paris"));
}

#[tokio::test]
async fn a_password_is_set_checked_and_used() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    assert_eq!(visitor.post("/me/profile/password", &[("new", "short")]).await.status, 422);
    assert_eq!(visitor.post("/me/profile/password", &[("new", "a heron by the water")]).await.status, 303);
    let wrong = [("old", "not the heron"), ("new", "another good one")];
    let page = visitor.post("/me/profile/password", &wrong).await;
    assert!(page.status == 422 && page.text.contains("That is not your password now."));
    let mut elsewhere = house.visitor();
    let form = [("email", "nora@example.org"), ("password", "a heron by the water")];
    assert_eq!(elsewhere.post("/sign-in/password", &form).await.location(), "/me");
    assert!(elsewhere.get("/me").await.text.contains("Nora"));
}

#[tokio::test]
async fn wishes_about_messages_are_kept() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    let form = [("nudge", "renewal"), ("nudge", "sign-in"), ("nudge", "nonsense")];
    assert_eq!(visitor.post("/me/profile/wishes", &form).await.status, 303);
    let page = visitor.get("/me/profile").await;
    assert_eq!(page.text.matches(" checked").count(), 1, "{}", page.text);
    assert!(page.text.contains("value=\"renewal\" checked"));
}

#[tokio::test]
async fn a_package_is_bought_again_from_its_own_link() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    assert_eq!(visitor.get(&format!("/me/renew/{lot}")).await.location(), "/ines/six-sessions/checkout");
    let form = visitor.get("/ines/six-sessions/checkout").await;
    assert!(form.text.contains("You buy as <b>Nora Lind</b>") && !form.text.contains("name=\"email\""));
}
