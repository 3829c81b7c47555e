//! The practitioner's desk over HTTP: signing in, today, clients, sessions, sales, packages.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::domain::catalog::package::Listing;
use fiddlehead::domain::catalog::purchase::State;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::BookingId;
use fiddlehead::domain::time::hours;
use fiddlehead::store;
use fiddlehead::store::credits::lot;

use crate::support::{Answer, House, PASSWORD, at};

const OK: StatusCode = StatusCode::OK;
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn assert_page(answer: &Answer, words: &[&str]) {
    assert_eq!(answer.status, OK, "{}", answer.text);
    for word in words {
        assert!(answer.text.contains(word), "{word} is not in {}", answer.text);
    }
}

#[tokio::test]
async fn a_practitioner_signs_in_by_password_and_is_led_nowhere_else() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    assert_eq!(visitor.get("/desk/clients").await.location(), "/desk/sign-in?next=/desk/clients");
    let try_in = async |email: &str, password: &str, next: &str| {
        let mut visitor = house.visitor();
        let answer =
            visitor.post("/desk/sign-in", &[("email", email), ("password", password), ("next", next)]).await;
        (answer.status, answer.location().to_owned(), answer.text.replace(email, ""))
    };
    let ines = "ines@quietfield.example";
    let unknown = try_in("nobody@quietfield.example", "wrong password", "").await;
    let wrong = try_in(ines, "wrong password", "").await;
    assert_eq!(
        (unknown.0, &unknown.2),
        (WRONG, &wrong.2),
        "nothing tells an unknown address from a wrong password"
    );
    assert_eq!(try_in(ines, PASSWORD, "/desk/clients").await.1, "/desk/clients");
    for outside in ["https://evil.example/desk", "//evil.example", "/me", "/desking", "/\\evil.example"] {
        assert_eq!(try_in(ines, PASSWORD, outside).await.1, "/desk", "{outside}");
    }
    for _ in 0..10 {
        try_in(ines, "again and again", "").await;
    }
    assert_eq!(try_in(ines, PASSWORD, "").await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_link_by_mail_signs_a_practitioner_in() {
    let house = House::new().await;
    let mut ines = house.visitor();
    let answer = ines.post("/desk/sign-in/link", &[("email", "ines@quietfield.example")]).await;
    assert_page(&answer, &["Look in your email."]);
    let stranger =
        house.visitor().post("/desk/sign-in/link", &[("email", "nobody@quietfield.example")]).await;
    assert_page(&stranger, &["Look in your email."]);
    house.settle().await;
    let letters = house.mailbox.letters();
    assert_eq!(letters.len(), 1);
    let text = &letters[0].letter.text;
    let at = text.find("/sign-in/link/").unwrap();
    let path: String = text[at..].chars().take_while(|c| !c.is_whitespace()).collect();
    assert_eq!(ines.get(&path).await.status, OK);
    assert_eq!(ines.get("/desk").await.status, StatusCode::SEE_OTHER, "a GET signs nobody in");
    assert_eq!(ines.post(&path, &[]).await.location(), "/desk");
    assert_page(&ines.get("/desk").await, &["Tuesday 14 April"]);
}

#[tokio::test]
async fn today_tells_who_bought_who_pays_and_who_comes() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    assert_page(&ines.get("/desk").await, &["The first one is the quiet part", "http://book.example/ines"]);
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.order("Sam Whitaker", &house.six, Choice::AtPractice);
    let page = ines.get("/desk").await;
    let free = "<a href=\"/desk/calendar/book?slot=2026-04-1";
    assert_page(&page, &["Book for Nora", "Free, ", free, "open to book"]);
    assert_page(
        &page,
        &["Bought, not yet booked", "Nora Lind", "Awaiting payment at the practice", "Sam Whitaker", "$540"],
    );
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-15T08:00:00Z"))
        .unwrap();
    house.live(hours(20)).await;
    // Staff are signed out after twelve quiet hours.
    assert!(ines.get("/desk").await.location().starts_with("/desk/sign-in"));
    let mut ines = house.practitioner(house.ines);
    let page = ines.get("/desk").await;
    assert_page(
        &page,
        &["Wednesday 15 April", "One session today. The first is in 4 hours.", "Session 1 of 6"],
    );
    assert!(!page.text.contains("Bought, not yet booked"));
    house.live(hours(6)).await;
    // One of six sessions of $540 is used now.
    assert_page(&ines.get("/desk").await, &["1 session used", "$90", "5 <small>sessions", "$450 to deliver"]);
    // Hana sees nothing of it.
    assert!(!house.practitioner(house.hana).get("/desk").await.text.contains("Nora"));
}

#[tokio::test]
async fn a_sale_is_marked_paid_once_with_its_date_and_means() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let sale = house.order("Sam Whitaker", &house.six, Choice::AtPractice);
    let path = format!("/desk/purchases/{}", sale.id);
    assert_page(
        &ines.get(&path).await,
        &["Mark as paid", "To be paid at the practice", sale.reference.as_str()],
    );
    let paid = format!("{path}/paid");
    for (on, means, why) in [
        ("2026-04-15", "cash", "That date lies in the future."),
        ("yesterday", "cash", "Please choose a date"),
        ("2026-04-13", "cowries", "Please choose how it was paid."),
    ] {
        let answer = ines.post(&paid, &[("on", on), ("means", means), ("note", "in an envelope")]).await;
        assert_eq!(answer.status, WRONG, "{on} {means}");
        assert!(answer.text.contains(why) && answer.field("note") == "in an envelope", "{}", answer.text);
    }
    let fields = [("on", "2026-04-13"), ("means", "card"), ("note", "")];
    for _ in 0..2 {
        assert_eq!(ines.post(&paid, &fields).await.location(), format!("{path}?done=paid"));
    }
    assert_eq!(house.balance(Lot::id_for(sale.id)).available, 6);
    assert_page(&ines.get(&path).await, &["Monday 13 April 2026, by card at the practice", "R-000001"]);
    assert_eq!(
        ines.post(&format!("{path}/withdraw"), &[]).await.status,
        WRONG,
        "what is paid is not withdrawn"
    );
    let other = house.order("Kim Doe", &house.six, Choice::AtPractice);
    let path = format!("/desk/purchases/{}", other.id);
    assert_eq!(
        ines.post(&format!("{path}/withdraw"), &[]).await.location(),
        format!("{path}?done=withdrawn")
    );
    let read = house.app.store.read().unwrap();
    let kept = store::catalog::purchase::find(&read, other.id).unwrap().unwrap();
    assert!(matches!(kept.state, State::Withdrawn { .. }));
    house.assert_sound();
}

#[tokio::test]
async fn what_becomes_of_a_session_is_said_and_done_from_its_page() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let [first, second] = ["2026-04-15T08:00:00Z", "2026-04-21T08:00:00Z"].map(|start| {
        let id = BookingId::from_bits(house.id());
        booking::book(&house.app, nora, id, lot, at(start)).unwrap();
        id
    });
    let [one, two] = [first, second].map(|id| format!("/desk/bookings/{id}"));
    assert!(!ines.get(&one).await.text.contains("Mark as missed"));
    let early = ines.post(&format!("{one}/missed"), &[]).await;
    assert!(early.status == WRONG && early.text.contains("The session has not begun yet."));
    house.live(hours(26)).await;
    let mut ines = house.practitioner(house.ines);
    assert_page(&ines.get(&one).await, &["Mark as missed", "Give the credit back"]);
    for _ in 0..2 {
        assert_eq!(ines.post(&format!("{one}/missed"), &[]).await.location(), format!("{one}?done=missed"));
    }
    assert_page(&ines.get(&one).await, &["Missed"]);
    assert_eq!((house.balance(lot).used(), house.balance(lot).available), (1, 4));
    assert_eq!(ines.post(&format!("{one}/waive"), &[]).await.location(), format!("{one}?done=waived"));
    assert_eq!((house.balance(lot).used(), house.balance(lot).available), (0, 5));
    assert_page(&ines.get(&format!("{two}/cancel")).await, &["The credit comes back to Nora"]);
    for _ in 0..2 {
        let answer = ines.post(&format!("{two}/cancel"), &[("reason", "I am ill")]).await;
        assert_eq!(answer.location(), format!("{two}?done=cancelled"));
    }
    assert_eq!((house.balance(lot).held(), house.balance(lot).available), (0, 6));
    house.settle().await;
    let page = ines.get(&format!("/desk/clients/{nora}")).await;
    assert_page(&page, &["Canceled, credit back", "Credit given back", "Session canceled", "Credit ledger"]);
    house.assert_sound();
}

#[tokio::test]
async fn more_time_and_gifts_are_given_once_with_a_reason() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let extend = format!("/desk/lots/{lot}/extend");
    assert_page(&ines.get(&extend).await, &["Book by Monday 13 July", "value=\"2026-08-12\""]);
    for (to, reason) in [("2026-07-13", "ill"), ("2026-08-01", ""), ("", "ill")] {
        let answer = ines.post(&extend, &[("to", to), ("reason", reason)]).await;
        assert_eq!((answer.status, answer.field("to").as_str()), (WRONG, to), "{to} {reason}");
    }
    let done = ines.post(&extend, &[("to", "2026-08-01"), ("reason", "ill")]).await;
    assert_eq!(done.location(), format!("/desk/clients/{nora}?done=extended"));
    assert_eq!(house.balance(lot).deadline.unwrap().on.to_string(), "2026-08-01");
    let comp = format!("/desk/clients/{nora}/comp");
    let id = ines.get(&comp).await.field("id");
    let package = house.six.id.to_string();
    let gift = |count| {
        [("id", id.as_str()), ("count", count), ("days", "30"), ("package", &package), ("reason", "a mix-up")]
    };
    let asked =
        |count: &str| format!("{comp}?id={id}&count={count}&days=30&package={package}&reason=a%20mix-up");
    assert_eq!(ines.get(&asked("101")).await.status, WRONG);
    let seen = ines.get(&asked("2")).await;
    assert_page(
        &seen,
        &["Nora will have 2 more sessions", "Book by Thursday 14 May", "worth $0", "value=\"a mix-up\""],
    );
    let read = house.app.store.read().unwrap();
    assert_eq!(lot::find(&read, id.parse().unwrap()).unwrap(), None, "nothing is given by looking");
    assert_eq!(ines.post(&comp, &gift("101")).await.status, WRONG);
    for _ in 0..2 {
        assert_eq!(ines.post(&comp, &gift("2")).await.location(), format!("/desk/clients/{nora}?done=given"));
    }
    assert_eq!(house.balance(id.parse().unwrap()).available, 2);
    assert_page(
        &ines.get(&format!("/desk/clients/{nora}")).await,
        &["Given: a mix-up", "More time from you", "“ill”"],
    );
    house.assert_sound();
}

#[tokio::test]
async fn clients_are_found_by_name_and_address_without_a_script() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    house.bought("Nora Lind", &house.six).await;
    house.bought("Sam Whitaker", &house.six).await;
    let (_, others) = house.bought("Wen Li", &house.five).await;
    assert_eq!(house.balance(others).available, 5);
    assert_page(
        &ines.get("/desk/clients").await,
        &["2 people, 12 sessions outstanding", "Nora Lind", "Sam Whitaker"],
    );
    let found = ines.get("/desk/clients?q=SAM%40example").await;
    assert!(found.text.contains("Sam Whitaker") && !found.text.contains("Nora Lind"));
    let none = ines.get("/desk/clients?q=wen").await;
    assert!(none.text.contains("0 people found"), "another practitioner's client is not found");
    assert!(ines.get("/desk/clients?show=not-booked").await.text.contains("Nora Lind"));
    let past = ines.get("/desk/clients?show=finished").await;
    assert!(!past.text.contains("Nora Lind"));
    assert!(ines.get("/desk/clients?q=%3Cscript%3E").await.text.contains("&lt;script&gt;"));
}

const SIX: [(&str, &str); 9] = [
    ("name", "Walking Sessions"),
    ("description", "We walk and talk."),
    ("sessions", "4"),
    ("length", "50"),
    ("price", "420"),
    ("term", "months"),
    ("validity", "3"),
    ("preset", "gentle"),
    ("format", "in-person"),
];

fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

#[tokio::test]
async fn a_package_is_made_shown_changed_and_put_away() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let new = ines.get("/desk/packages/new").await;
    let id = new.field("id");
    let base = with(&SIX, &[("id", &id)]);
    // A preview keeps nothing.
    let preview = ines.post("/desk/packages/new", &with(&base, &[("preview", "1")])).await;
    assert_page(
        &preview,
        &["$105 a session. Bought today, it runs until Tuesday 14 July 2026.", "4 sessions of 50 minutes"],
    );
    assert_eq!(house.visitor().get("/ines/walking-sessions").await.status, StatusCode::NOT_FOUND);
    for (name, value, why) in [
        ("price", "-1", "Please write an amount"),
        ("price", "1e3", "Please write an amount"),
        ("sessions", "0", "1 to 100 sessions"),
        ("sessions", "four", "Please write a whole number."),
        ("length", "4", "5 to 480 minutes"),
        ("validity", "0", "1 day to 10 years"),
        ("name", "  ", "Please fill this in."),
        ("slug", "six-sessions", "Another package of yours has this address."),
        ("preset", "harsh", "Please choose a set of rules."),
    ] {
        let answer =
            ines.post("/desk/packages/new", &with(&base, &[(name, value), ("then", "publish")])).await;
        assert_eq!(answer.status, WRONG, "{name} {value}");
        assert!(answer.text.contains(why), "{name} {value}: {}", answer.text);
        assert!(answer.text.contains("We walk and talk."), "what was typed is kept");
    }
    let publish = with(&base, &[("then", "publish")]);
    for _ in 0..2 {
        assert_eq!(
            ines.post("/desk/packages/new", &publish).await.location(),
            "/desk/packages?done=published"
        );
    }
    assert_page(&house.visitor().get("/ines/walking-sessions").await, &["$420", "Walking Sessions"]);
    let read = || store::catalog::package::of(&house.app.store.read().unwrap(), house.ines).unwrap();
    assert_eq!(read().len(), 2, "sent twice, it is made once");
    // A sold lot keeps what was agreed.
    let package = read().into_iter().find(|one| one.id.to_string() == id).unwrap();
    let (_, lot) = house.bought("Nora Lind", &package).await;
    let edit = format!("/desk/packages/{id}");
    assert_page(&ines.get(&edit).await, &["Sold once.", "value=\"420.00\""]);
    let changed = with(&base, &[("price", "480"), ("sessions", "5"), ("slug", "walking"), ("then", "keep")]);
    assert_eq!(ines.post(&edit, &changed).await.location(), "/desk/packages?done=published");
    let package = read().into_iter().find(|one| one.id.to_string() == id).unwrap();
    assert_eq!((package.version, package.offer.price.minor, package.slug.as_str()), (2, 48000, "walking"));
    assert_eq!(house.balance(lot).total, 4);
    let listing = format!("{edit}/listing");
    for (to, listing_now) in
        [("draft", Listing::Draft), ("archive", Listing::Archived), ("publish", Listing::Published)]
    {
        assert_eq!(ines.post(&listing, &[("to", to)]).await.status, StatusCode::SEE_OTHER);
        let package = read().into_iter().find(|one| one.id.to_string() == id).unwrap();
        assert_eq!(package.listing, listing_now);
    }
    assert_eq!(ines.post(&listing, &[("to", "up")]).await.location(), "/desk/packages?done=moved");
    assert_eq!(read()[0].id.to_string(), id, "it stands first now");
    house.assert_sound();
}

#[tokio::test]
async fn chapters_are_all_or_none() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let id = ines.get("/desk/packages/new").await.field("id");
    let titles = |titles: &[&'static str]| {
        let mut fields = with(&SIX, &[("sessions", "2"), ("then", "draft")]);
        fields.extend(titles.iter().map(|title| ("chapter", *title)));
        fields
    };
    for wrong in [&["One", ""][..], &["", "Two"], &["One", "Two", "Three"]] {
        let mut fields = titles(wrong);
        fields.push(("id", &id));
        let answer = ines.post("/desk/packages/new", &fields).await;
        assert!(answer.status == WRONG && answer.text.contains("Give every session a title"), "{wrong:?}");
    }
    let mut fields = titles(&["One", "Two", "", ""]);
    fields.push(("id", &id));
    assert_eq!(ines.post("/desk/packages/new", &fields).await.location(), "/desk/packages?done=saved");
    let kept = store::catalog::package::find(&house.app.store.read().unwrap(), id.parse().unwrap())
        .unwrap()
        .unwrap();
    assert_eq!((kept.offer.chapters.len(), kept.listing), (2, Listing::Draft));
}
