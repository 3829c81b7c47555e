//! Who may do what at the desk: every route, as a stranger, as a client, and as another practitioner with ids that are not
//! hers. The list is compared with the addresses that the program has, so that a new one cannot be forgotten.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::domain::id::{BookingId, ClientId, LotId, PackageId, PurchaseId, RefundId};
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{House, at};

/// What another practitioner gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Another {
    /// Her own page of the kind; nothing in it is somebody else's.
    Hers,
    /// Not found.
    NotFound,
}
use Another::{Hers, NotFound};

/// Every address under /desk but the doors: method, pattern, whether it names something of somebody's.
const ROUTES: &[(&str, &str, Another)] = &[
    ("GET", "/desk", Hers),
    ("GET", "/desk/calendar", Hers),
    ("GET", "/desk/clients", Hers),
    ("GET", "/desk/clients/{client}", NotFound),
    ("GET", "/desk/clients/{client}/comp", NotFound),
    ("POST", "/desk/clients/{client}/comp", NotFound),
    ("GET", "/desk/lots/{lot}/extend", NotFound),
    ("POST", "/desk/lots/{lot}/extend", NotFound),
    ("GET", "/desk/bookings/{booking}", NotFound),
    ("POST", "/desk/bookings/{booking}/missed", NotFound),
    ("POST", "/desk/bookings/{booking}/waive", NotFound),
    ("POST", "/desk/bookings/{booking}/cancel", NotFound),
    ("GET", "/desk/purchases/{purchase}", NotFound),
    ("POST", "/desk/purchases/{purchase}/paid", NotFound),
    ("POST", "/desk/purchases/{purchase}/withdraw", NotFound),
    ("GET", "/desk/refunds/{refund}", NotFound),
    ("GET", "/desk/packages", Hers),
    ("GET", "/desk/packages/new", Hers),
    ("POST", "/desk/packages/new", NotFound),
    ("GET", "/desk/packages/{package}", NotFound),
    ("POST", "/desk/packages/{package}", NotFound),
    ("POST", "/desk/packages/{package}/listing", NotFound),
    ("GET", "/desk/hours", Hers),
    ("POST", "/desk/hours", Hers),
    ("POST", "/desk/hours/dates", Hers),
    ("POST", "/desk/hours/dates/{date}/remove", NotFound),
    ("POST", "/desk/hours/off", Hers),
    ("POST", "/desk/hours/off/{closure}/remove", NotFound),
    ("GET", "/desk/messages", Hers),
    ("POST", "/desk/messages", NotFound),
    ("POST", "/desk/messages/{message}/retry", NotFound),
    ("GET", "/desk/settings", Hers),
    ("POST", "/desk/settings/storefront", Hers),
    ("POST", "/desk/settings/practice", NotFound),
    ("POST", "/desk/settings/password", Hers),
    ("POST", "/desk/settings/pictures", Hers),
    // The doors, which are open to anybody.
    ("GET", "/desk/sign-in", Hers),
    ("POST", "/desk/sign-in", Hers),
    ("POST", "/desk/sign-in/link", Hers),
];

struct Ids {
    client: ClientId,
    lot: LotId,
    booking: BookingId,
    purchase: PurchaseId,
    package: PackageId,
    closure: String,
    message: String,
    refund: RefundId,
}

impl Ids {
    fn filled_into(&self, pattern: &str) -> String {
        pattern
            .replace("{client}", &self.client.to_string())
            .replace("{lot}", &self.lot.to_string())
            .replace("{booking}", &self.booking.to_string())
            .replace("{purchase}", &self.purchase.to_string())
            .replace("{package}", &self.package.to_string())
            .replace("{closure}", &self.closure)
            .replace("{message}", &self.message)
            .replace("{refund}", &self.refund.to_string())
            .replace("{date}", "2026-05-04")
    }

    /// A form that would do something at that address, were it hers.
    fn fields(&self, pattern: &str) -> Vec<(&'static str, String)> {
        let package = self.package.to_string();
        match pattern {
            "/desk/clients/{client}/comp" => vec![
                ("id", LotId::from_bits(77).to_string()),
                ("count", "3".into()),
                ("days", "30".into()),
                ("package", package),
                ("reason", "theft".into()),
            ],
            "/desk/lots/{lot}/extend" => vec![("to", "2027-01-01".into()), ("reason", "theft".into())],
            "/desk/purchases/{purchase}/paid" => vec![("on", "2026-04-14".into()), ("means", "cash".into())],
            "/desk/packages/new" | "/desk/packages/{package}" => [
                ("id", package.as_str()),
                ("name", "Theft"),
                ("sessions", "1"),
                ("length", "50"),
                ("price", "1"),
                ("term", "never"),
                ("preset", "strict"),
                ("format", "phone"),
                ("then", "publish"),
            ]
            .map(|(name, value)| (name, value.to_owned()))
            .to_vec(),
            "/desk/packages/{package}/listing" => vec![("to", "archive".into())],
            "/desk/messages" => vec![("client", self.client.to_string())],
            "/desk/settings/practice" => {
                [("name", "Theft"), ("email", "a@b.example"), ("currency", "EUR"), ("zone", "UTC")]
                    .map(|(name, value)| (name, value.to_owned()))
                    .to_vec()
            }
            _ => Vec::new(),
        }
    }
}

/// Ines's practice with something of everything, among it a session that has begun.
async fn practice() -> (House, Ids) {
    let house = House::new().await;
    let (client, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at("2026-04-15T08:00:00Z")).unwrap();
    house.live(hours(24)).await;
    let refund = house.refunded_in_part(lot);
    let unpaid = house.order("Sam Whitaker", &house.six, Choice::AtPractice);
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/hours/dates", &[("on", "2026-05-04"), ("kind", "closed")]).await;
    ines.post("/desk/hours/off", &[("first", "2026-06-01"), ("last", "2026-06-02")]).await;
    let read = house.app.store.read().unwrap();
    let closure = store::calendar::closure::of(&read, house.ines).unwrap()[0].id().to_string();
    let message = store::messages::message::all(&read).unwrap()[0].id.to_string();
    drop(read);
    let package = house.six.id;
    (house, Ids { client, lot, booking: id, purchase: unpaid.id, package, closure, message, refund })
}

/// All of Ines's that could be changed, as text.
fn everything_of_ines(house: &House, ids: &Ids) -> String {
    let read = house.app.store.read().unwrap();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        store::credits::ledger::of(&read, ids.lot),
        store::credits::lot::of_client(&read, ids.client, house.now()),
        store::calendar::booking::find(&read, ids.booking),
        store::catalog::purchase::find(&read, ids.purchase),
        store::catalog::package::of(&read, house.ines),
        store::calendar::availability::of(&read, house.ines),
        store::calendar::closure::of(&read, house.ines),
        store::catalog::storefront::find(&read, house.ines),
        store::catalog::practice::find(&read),
        store::billing::refund::all(&read),
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
    let mut listed: Vec<&str> = ROUTES.iter().map(|(_, pattern, _)| *pattern).collect();
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(patterns, listed);
}

#[tokio::test]
async fn strangers_and_clients_are_sent_to_the_door_and_change_nothing() {
    let (house, ids) = practice().await;
    let before = everything_of_ines(&house, &ids);
    for (method, pattern, _) in ROUTES.iter().filter(|(_, pattern, _)| !pattern.starts_with("/desk/sign-in"))
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
    for (method, pattern, expected) in ROUTES.iter().copied() {
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
        for name in ["Nora", "Sam Whitaker", "6-Session Anxiety"] {
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
    for (method, pattern, _) in
        ROUTES.iter().filter(|(method, pattern, _)| *method == "GET" && !pattern.starts_with("/desk/sign-in"))
    {
        let answer = ines.get(&ids.filled_into(pattern)).await;
        assert_eq!(answer.status, StatusCode::OK, "{method} {pattern}");
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

async fn send(
    visitor: &mut crate::support::Visitor<'_>,
    method: &str,
    path: &str,
    fields: &[(&'static str, String)],
) -> crate::support::Answer {
    if method == "GET" {
        return visitor.get(path).await;
    }
    if path.ends_with("/pictures") {
        return visitor.post_body(path, "multipart/form-data; boundary=XX", b"--XX--\r\n".to_vec()).await;
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post(path, &fields).await
}
