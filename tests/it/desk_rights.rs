//! Who may do what at the desk: every route, as a stranger, as a client, as another practitioner with ids that are not
//! hers, and as the front desk. The list is compared with the addresses that the program has, so that a new one cannot be forgotten.

pub mod ids;
pub mod routes;

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::domain::id::{BookingId, NoteId};
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::busy_times::another_calendar;
use crate::support::{House, at, ledger};
use ids::Ids;

use routes::Another::{Hers, NotFound};
use routes::FrontDesk::{NotThereAtAll, TurnedAway};
use routes::{GRAVE, GRAVE_TO_READ, NO_PROOF, ROUTES};

/// Ines's practice with something of everything, among it a session that has begun.
pub async fn practice() -> (House, Ids) {
    let house = House::new().await;
    let (client, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at("2026-04-15T08:00:00Z")).unwrap();
    house.live(hours(24)).await;
    let refund = house.refunded_in_part(lot);
    let unpaid = house.order("Sam Whitaker", &house.six, Choice::AtPractice);
    let note = NoteId::from_bits(house.id());
    let mut ines = house.practitioner(house.ines);
    let words = [("id", note.to_string()), ("text", SECRET.to_owned())];
    let words: Vec<(&str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
    ines.post(&format!("/desk/clients/{client}/notes"), &words).await;
    ines.post(&format!("/desk/clients/{client}/tags"), &[("tag", TAG)]).await;
    ines.post("/desk/hours/dates", &[("on", "2026-05-04"), ("kind", "closed")]).await;
    ines.post("/desk/hours/off", &[("first", "2026-06-01"), ("last", "2026-06-02")]).await;
    let read = house.app.store.read().unwrap();
    let closure = store::calendar::closure::of(&read, house.ines).unwrap()[0].id().to_string();
    let message = store::messages::message::all(&read).unwrap()[0].id.to_string();
    drop(read);
    let (practitioner, package) = (house.ines, house.six.id);
    let outside = another_calendar(&house, 1, &[]).to_string();
    let ids = Ids {
        practitioner,
        client,
        lot,
        booking: id,
        purchase: unpaid.id,
        package,
        closure,
        message,
        outside,
        refund,
        note,
        other: unpaid.client,
    };
    (house, ids)
}

/// All of Ines's that could be changed, as text.
fn everything_of_ines(house: &House, ids: &Ids) -> String {
    let read = house.app.store.read().unwrap();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store::people::client::find(&read, ids.client),
        store::people::note::about(&read, ids.client),
        store::people::tag::all_of(&read, house.ines),
        ledger(&read, ids.lot),
        store::credits::lot::of_client(&read, ids.client, house.now()),
        store::calendar::booking::find(&read, ids.booking),
        store::catalog::purchase::find(&read, ids.purchase),
        store::catalog::package::of(&read, house.ines),
        store::calendar::availability::of(&read, house.ines),
        store::calendar::closure::of(&read, house.ines),
        store::calendar::outside::of(&read, house.ines),
        store::catalog::storefront::find(&read, house.ines),
        (store::catalog::practice::find(&read), store::people::practitioner::all(&read)),
        store::billing::refund::all(&read),
    ) + &format!(
        "{:?} {:?} {:?}",
        store::people::client::find(&read, ids.client),
        store::messages::message::all(&read),
        store::messages::wording::all_of(&read, house.ines),
    )
}

#[test]
fn every_address_of_the_desk_is_on_the_list() {
    let links = include_str!("../../src/views/link/desk.rs");
    let mut patterns: Vec<&str> = links
        .split(" at \"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|pattern| *pattern == "/desk" || pattern.starts_with("/desk/"))
        .collect();
    patterns.sort_unstable();
    let mut listed: Vec<&str> = ROUTES.iter().map(|(_, pattern, ..)| *pattern).collect();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(patterns, listed);
}

#[tokio::test]
async fn strangers_and_clients_are_sent_to_the_door_and_change_nothing() {
    let (house, ids) = practice().await;
    let before = everything_of_ines(&house, &ids);
    for (method, pattern, ..) in
        ROUTES.iter().filter(|(_, pattern, ..)| !pattern.starts_with("/desk/sign-in"))
    {
        for mut visitor in [house.visitor(), house.client(ids.client)] {
            let path = ids.filled_into(pattern);
            let answer = send(&mut visitor, method, &path, &ids.fields(pattern)).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {path}");
            assert!(answer.location().starts_with("/desk/sign-in"), "{method} {path}: {}", answer.location());
        }
    }
    assert_eq!(everything_of_ines(&house, &ids), before);
}

#[tokio::test]
async fn another_practitioner_finds_nothing_that_is_not_hers_on_any_route() {
    let (house, ids) = practice().await;
    let before = everything_of_ines(&house, &ids);
    for (method, pattern, expected, _) in ROUTES.iter().copied() {
        let path = ids.filled_into(pattern);
        let mut hana = house.practitioner(house.hana);
        let answer = send(&mut hana, method, &path, &ids.fields(pattern)).await;
        match expected {
            NotFound => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}"),
            Hers => assert!(
                !answer.status.is_server_error() && answer.status != StatusCode::NOT_FOUND,
                "{method} {path}"
            ),
        }
        for name in ["Nora", "Sam Whitaker", "6-Session Anxiety", SECRET, TAG] {
            assert!(!answer.text.contains(name), "{method} {path} shows {name}");
        }
        assert_eq!(everything_of_ines(&house, &ids), before, "{method} {path} changed something of Ines’s");
    }
    house.assert_sound();
}

#[tokio::test]
async fn the_owner_finds_every_one_of_them() {
    let (house, ids) = practice().await;
    let mut ines = house.practitioner(house.ines);
    for (method, pattern, ..) in ROUTES
        .iter()
        .filter(|(method, pattern, ..)| *method == "GET" && !pattern.starts_with("/desk/sign-in"))
    {
        let answer = ines.get(&ids.filled_into(pattern)).await;
        // The session has begun, so that the page says why it cannot be moved.
        let is_over = pattern == &"/desk/bookings/{booking}/move/confirm";
        // For the script: a sale that does not wait at the payment page leads back to its page.
        // Who has just signed in is not asked again who she is.
        let leads_back = ["/desk/purchases/{purchase}/yet", "/desk/proof"].contains(pattern);
        let expected = match (is_over, leads_back) {
            (true, _) => StatusCode::UNPROCESSABLE_ENTITY,
            (_, true) => StatusCode::SEE_OTHER,
            _ => StatusCode::OK,
        };
        assert_eq!(answer.status, expected, "{method} {pattern}");
    }
    // What is no id at all leads nowhere either.
    for pattern in [
        "/desk/clients/{client}",
        "/desk/lots/{lot}/extend",
        "/desk/bookings/{booking}",
        "/desk/packages/{package}",
    ] {
        let path =
            pattern.split('{').next().unwrap().to_owned() + "nobody" + pattern.split('}').nth(1).unwrap();
        assert_eq!(ines.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn what_is_grave_asks_for_a_proof_and_nothing_else_does() {
    let (house, ids) = practice().await;
    let mut ines = house.practitioner(house.ines);
    house.hands.set(house.now() + hours(1));
    let before = everything_of_ines(&house, &ids);
    for (method, pattern, ..) in
        ROUTES.iter().copied().filter(|(_, pattern, ..)| !pattern.starts_with("/desk/sign-in"))
    {
        let path = ids.filled_into(pattern);
        let is_grave = match method {
            "GET" => GRAVE_TO_READ.contains(&pattern),
            _ => {
                let of = |kind: &str| pattern == kind || pattern.starts_with(&format!("{kind}/"));
                GRAVE.iter().any(|kind| of(kind)) && !NO_PROOF.iter().any(|(one, _)| *one == pattern)
            }
        };
        if !is_grave {
            if method == "GET" {
                let answer = send(&mut ines, method, &path, &[]).await;
                assert!(!answer.location().starts_with("/desk/proof"), "{method} {path} asks for no reason");
            }
            continue;
        }
        let fields = ids.fields(pattern);
        let answer = send(&mut ines, method, &path, &fields).await;
        if method == "GET" {
            assert!(answer.location().starts_with("/desk/proof?next=/desk/"), "{method} {path} asks nothing");
        } else {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path} asks nothing: {}", answer.text);
            assert!(answer.text.contains("Is it you?"), "{method} {path}");
            for (name, value) in &fields {
                assert_eq!(&answer.field(name), value, "{method} {path} lost what was typed");
            }
        }
        assert_eq!(everything_of_ines(&house, &ids), before, "{method} {path} changed something");
    }
    for (pattern, why) in NO_PROOF {
        assert!(ROUTES.iter().any(|(_, one, ..)| one == pattern), "{pattern} ({why}) is no address");
    }
}

/// Words that only somebody with the right to them may find on a page.
const MONEY: &str = "Collected";
const SECRET: &str = "sparrowhawk at the window";
const TAG: &str = "Kestrel";

#[tokio::test]
async fn the_front_desk_has_business_with_sessions_and_credits_and_is_turned_away_from_all_else() {
    for (method, pattern, _, expected) in
        ROUTES.iter().copied().filter(|(_, pattern, ..)| !pattern.starts_with("/desk/sign-in"))
    {
        // A practice for each route, as what is served changes it.
        let (house, ids) = practice().await;
        let mut mara = house.practitioner(house.front_desk("Mara Lund"));
        let before = everything_of_ines(&house, &ids);
        mara.post("/desk/seat", &[("desk", &house.ines.to_string())]).await;
        let path = ids.filled_into(pattern);
        let answer = send(&mut mara, method, &path, &ids.fields(pattern)).await;
        if expected == TurnedAway {
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{method} {path}");
            assert!(answer.text.contains("Not from this seat"), "{method} {path}");
            assert_eq!(everything_of_ines(&house, &ids), before, "{method} {path} changed something");
        } else if expected == NotThereAtAll {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path}");
            assert_eq!(everything_of_ines(&house, &ids), before, "{method} {path} changed something");
        } else {
            // A rule may still say no.
            let served = [StatusCode::OK, StatusCode::SEE_OTHER, StatusCode::UNPROCESSABLE_ENTITY];
            assert!(served.contains(&answer.status), "{method} {path}: {}", answer.status);
            for word in [MONEY, SECRET, TAG] {
                assert!(!answer.text.contains(word), "{method} {path} shows {word}");
            }
            assert_eq!(dead_ends(&answer.text), Vec::<&str>::new(), "{method} {path}");
        }
        house.assert_sound();
    }
}

/// The links and forms of a page that lead where the front desk is turned away.
fn dead_ends(page: &str) -> Vec<&str> {
    let targets = ["href=\"", "action=\""].into_iter().flat_map(|name| page.split(name).skip(1));
    let paths = targets.filter_map(|rest| rest.split(['"', '?']).next());
    paths.filter(|path| turned_away_from(path)).collect()
}

fn turned_away_from(path: &str) -> bool {
    let fits = |pattern: &str| {
        let (path, pattern) = (path.split('/'), pattern.split('/'));
        path.clone().count() == pattern.clone().count()
            && path.zip(pattern).all(|(part, of)| of.starts_with('{') || of == part)
    };
    let on_list =
        |away| ROUTES.iter().any(|(_, pattern, _, front)| (*front == TurnedAway) == away && fits(pattern));
    on_list(true) && !on_list(false)
}

#[tokio::test]
async fn the_owner_looks_in_at_another_desk_and_has_her_own_back() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    house.bought("Sam Whitaker", &house.five).await;
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/seat", &[("desk", &house.hana.to_string())]).await;
    let clients = ines.get("/desk/clients").await.text;
    assert!(clients.contains("Sam Whitaker") && !clients.contains("Nora Lind"));
    assert!(ines.get("/desk").await.text.contains(MONEY));
    assert_eq!(ines.get("/desk/packages").await.status, StatusCode::FORBIDDEN);
    ines.post("/desk/seat", &[("desk", &house.ines.to_string())]).await;
    assert!(ines.get("/desk/clients").await.text.contains("Nora Lind"));
    assert_eq!(ines.get("/desk/packages").await.status, StatusCode::OK);
    // Another browser of hers is where it was.
    assert!(house.practitioner(house.ines).get("/desk/clients").await.text.contains("Nora Lind"));
}

#[tokio::test]
async fn the_front_desk_is_no_practitioner_to_the_world() {
    let house = House::new().await;
    let mara = house.front_desk("Mara Lund");
    assert!(!house.visitor().get("/").await.text.contains("Mara"));
    assert_eq!(house.visitor().get("/mara-lund").await.status, StatusCode::NOT_FOUND);
    // Her own desk, which there is not, is not to be chosen.
    let mut she = house.practitioner(mara);
    assert_eq!(she.post("/desk/seat", &[("desk", &mara.to_string())]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(she.get("/desk").await.status, StatusCode::OK);
}

pub async fn send(
    visitor: &mut crate::support::Visitor<'_>,
    method: &str,
    path: &str,
    fields: &[(&'static str, String)],
) -> crate::support::Answer {
    if method == "GET" {
        return visitor.get(path).await;
    }
    if path.ends_with("/pictures") || path == "/desk/import" {
        return visitor.post_body(path, "multipart/form-data; boundary=XX", b"--XX--\r\n".to_vec()).await;
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post(path, &fields).await
}
