//! Every route that the program's router has, method by method, is on a list with who may enter: those of the desk in `desk_rights`, all
//! others here. The router itself is asked what it has, so that nothing can be forgotten; then each is tried as everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use axum::http::{StatusCode, header};
use fiddlehead::domain::id::{BookingId, ClientId, LotId};
use fiddlehead::store;

use crate::desk_rights::routes::ROUTES;
use crate::desk_rights::{ids::Ids, practice, send};
use crate::support::{House, ledger};

/// Who may enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    /// Anybody; what the page shows is for all, or for whoever holds the secret that the address carries.
    Anybody,
    /// A client: her own page of the kind.
    Client,
    /// A client, if what the address or the form names is hers; for others there is no such page.
    HerOwn,
    /// Who has the code of the console, and after that the owner.
    Founder,
    /// The demo alone: the program that is installed has no such address.
    Demo,
    /// A listener of its own, which is no page's.
    Apart,
}
use For::{Anybody, Apart, Client, Demo, Founder, HerOwn};

/// Every address that is not below /desk.
const OTHERS: &[(&str, &str, For)] = &[
    ("GET", "/", Anybody),
    ("GET", "/{practitioner}", Anybody),
    ("GET", "/{practitioner}/{package}", Anybody),
    ("GET POST", "/{practitioner}/{package}/checkout", Anybody),
    ("GET", "/bought/{purchase}", Anybody),
    ("GET", "/bought/{purchase}/yet", Anybody),
    ("GET POST", "/sign-in", Anybody),
    ("GET", "/sign-in/sent", Anybody),
    ("POST", "/sign-in/code", Anybody),
    ("POST", "/sign-in/password", Anybody),
    ("GET POST", "/sign-in/link/{token}", Anybody),
    ("GET POST", "/join/{token}", Anybody),
    ("GET POST", "/sign-out", Anybody),
    ("GET POST", "/unsubscribe/{token}", Anybody),
    ("GET", "/pictures/{practitioner}/{file}", Anybody),
    ("GET", "/feeds/{file}", Anybody),
    ("GET", "/healthz", Anybody),
    ("POST", "/hooks/stripe", Anybody),
    ("POST", "/hooks/stripe/{practitioner}", Anybody),
    ("GET", "/assets/{*name}", Anybody),
    ("GET", "/brand/{name}", Anybody),
    ("GET", "/favicon.ico", Anybody),
    ("GET", "/robots.txt", Anybody),
    ("GET", "/apple-touch-icon.png", Anybody),
    ("GET", "/me", Client),
    ("GET POST", "/me/profile", Client),
    ("POST", "/me/profile/password", Client),
    ("POST", "/me/profile/wishes", Client),
    ("POST", "/me/profile/feed", Client),
    ("GET", "/me/profile/data.json", Client),
    ("GET POST", "/me/profile/erase", Client),
    ("POST", "/me/zone", Client),
    ("GET", "/me/renew/{lot}", HerOwn),
    ("GET", "/me/book/{lot}", HerOwn),
    ("GET", "/me/book/{lot}/confirm", HerOwn),
    ("GET POST", "/me/book/{lot}/weekly", HerOwn),
    ("GET", "/me/book/{lot}/weekly/confirm", HerOwn),
    ("POST", "/me/bookings", HerOwn),
    ("GET", "/me/bookings/{booking}", HerOwn),
    ("GET", "/me/bookings/{booking}/session.ics", HerOwn),
    ("GET", "/me/bookings/{booking}/change", HerOwn),
    ("GET POST", "/me/bookings/{booking}/move", HerOwn),
    ("GET", "/me/bookings/{booking}/move/confirm", HerOwn),
    ("POST", "/me/bookings/{booking}/cancel", HerOwn),
    ("GET", "/me/sessions/{lot}", HerOwn),
    ("GET", "/me/receipts/{number}", HerOwn),
    ("GET", "/me/receipts/{number}/receipt.pdf", HerOwn),
    ("GET POST", "/setup", Founder),
    ("GET POST", "/setup/{step}", Founder),
    ("GET", "/demo/in/client", Demo),
    ("GET", "/demo/in/practitioner", Demo),
    ("GET", "/demo/in/front-desk", Demo),
    ("POST", "/demo/clock", Demo),
    ("GET", "/demo/mail", Demo),
    ("GET", "/demo/mail/{message}", Demo),
    ("GET", "/demo/mail/{message}/html", Demo),
    ("GET POST", "/demo/till/{checkout}", Demo),
    // The plain door's, beside TLS, and that for programs that watch.
    ("GET", "/.well-known/acme-challenge/{token}", Apart),
    ("GET", "/trust", Apart),
    ("GET", "/trust/fiddlehead.crt", Apart),
    ("GET", "/metrics", Apart),
];

/// The lists together: which methods each address takes.
fn listed() -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut all: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (method, pattern, ..) in ROUTES {
        all.entry(pattern).or_default().insert(method);
    }
    for (methods, pattern, _) in OTHERS {
        all.entry(pattern).or_default().extend(methods.split(' '));
    }
    all
}

/// What files of the program say, but for its own tests.
fn sources(folder: &Path, texts: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, texts);
        } else if name.ends_with(".rs") && name != "tests.rs" {
            texts.push(std::fs::read_to_string(&path).unwrap());
        }
    }
}

/// The addresses that a text of the program gives to routers.
fn given_in(text: &str) -> BTreeSet<String> {
    let spelled =
        [include_str!("../../src/views/link/desk.rs"), include_str!("../../src/views/link/public.rs")];
    let named: BTreeMap<&str, &str> = spelled
        .iter()
        .flat_map(|text| text.split(" at \"").skip(1))
        .filter_map(|rest| {
            let (pattern, rest) = rest.split_once('"')?;
            Some((rest.strip_prefix(" as ")?.split(';').next()?, pattern))
        })
        .collect();
    // The plain door beside TLS sends all that it does not know there.
    let text = text.replace(".fallback(elsewhere)", "");
    for way in [".nest(", ".nest_service(", ".route_service(", ".fallback(", "routing::any"] {
        assert!(!text.contains(way), "{way} gives a router addresses that this test does not see");
    }
    let pattern = |rest: &str| {
        let first = rest.split(',').next().unwrap().trim();
        first.strip_prefix('"').map_or_else(
            || {
                let name = first.rsplit("::").next().unwrap();
                let known = named.get(name);
                (*known.unwrap_or_else(|| panic!("{first} is no address of views/link"))).to_owned()
            },
            |literal| literal.trim_end_matches('"').to_owned(),
        )
    };
    text.split(".route(").skip(1).map(pattern).collect()
}

/// Those that are given to a router anywhere in the program's text.
fn given_to_routers() -> BTreeSet<String> {
    let mut texts = Vec::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut texts);
    texts.iter().flat_map(|text| given_in(text)).collect()
}

#[test]
fn an_address_that_is_on_no_list_is_seen_however_it_is_spelled() {
    let text = "Router::new()\n.route(route::DESK_SEAT, post(x)).route(\n  \"/secret/{id}\",\n get(y))";
    let given = given_in(text);
    assert!(given.contains("/desk/seat") && given.contains("/secret/{id}"), "{given:?}");
    assert!(!listed().contains_key("/secret/{id}"));
    for hidden in ["Router::new().nest(\"/x\", y)", "Router::new().route(NAME, get(x))"] {
        assert!(std::panic::catch_unwind(|| given_in(hidden)).is_err(), "{hidden}");
    }
}

#[test]
fn every_address_that_a_router_is_given_is_on_a_list() {
    let given = given_to_routers();
    let listed: BTreeSet<String> = listed().keys().map(|&pattern| pattern.to_owned()).collect();
    let (missing, gone): (Vec<_>, Vec<_>) =
        (given.difference(&listed).collect(), listed.difference(&given).collect());
    assert!(missing.is_empty(), "on no list, so nobody said who may enter: {missing:?}");
    assert!(gone.is_empty(), "on a list, and no address any more: {gone:?}");
}

fn filled(ids: &Ids, pattern: &str) -> String {
    ids.filled_into(pattern)
        .replace("{practitioner}", "ines")
        .replace("{token}", "abcdefghijklmnopqrstuvwxyz234567")
        .replace("{step}", "1")
        .replace("{*name}", "nothing.css")
        .replace("{name}", "nothing.css")
        .replace("{checkout}", "1")
}

#[tokio::test]
async fn every_method_that_the_router_takes_is_on_the_list_and_no_other() {
    let (house, ids) = practice().await;
    for (pattern, methods) in listed() {
        let who = OTHERS.iter().find(|(_, one, _)| *one == pattern).map(|(.., who)| *who);
        if matches!(who, Some(Demo | Apart)) {
            continue;
        }
        // What no route takes is answered by the router with all that it does take.
        let answer = house.practitioner(house.ines).method("PUT", &filled(&ids, pattern)).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "PUT {pattern}");
        let allow = answer.headers.get(header::ALLOW).map_or("", |value| value.to_str().unwrap());
        let takes: BTreeSet<&str> = allow.split(',').map(str::trim).filter(|one| *one != "HEAD").collect();
        assert_eq!(takes, methods, "{pattern}: the router has {allow}");
    }
}

/// A form that would do something there, were it hers.
fn fields(ids: &Ids, pattern: &str) -> Vec<(&'static str, String)> {
    let time = "2026-04-28T08:00:00Z".to_owned();
    match pattern {
        "/me/bookings" => {
            vec![("id", BookingId::from_bits(78).to_string()), ("lot", ids.lot.to_string()), ("slot", time)]
        }
        "/me/book/{lot}/weekly" => {
            vec![("first", time.clone()), ("id", BookingId::from_bits(78).to_string()), ("slot", time)]
        }
        "/me/bookings/{booking}/move" => vec![("slot", time)],
        "/me/bookings/{booking}/cancel" => vec![("credit", "returns".into())],
        _ => Vec::new(),
    }
}

/// All of a client's that could be changed, as text.
fn everything_of(house: &House, client: ClientId, lot: LotId) -> String {
    let read = house.app.store.read().unwrap();
    format!(
        "{:?} {:?} {:?} {:?} {:?}",
        store::people::client::find(&read, client),
        ledger(&read, lot),
        store::calendar::booking::of_client(&read, client),
        store::catalog::purchase::of_client(&read, client),
        store::calendar::feed::of(&read, fiddlehead::domain::people::login::Person::Client(client)),
    )
}

#[tokio::test]
async fn each_page_of_a_clients_is_for_her_alone_whoever_asks() {
    let (house, ids) = practice().await;
    let (mia, _) = house.bought("Mia Berg", &house.six).await;
    let before = everything_of(&house, ids.client, ids.lot);
    for (methods, pattern, who) in OTHERS.iter().filter(|(.., who)| matches!(who, Client | HerOwn)) {
        let path = filled(&ids, pattern);
        for method in methods.split(' ') {
            let form = fields(&ids, pattern);
            // Who is nobody, and who is somebody at the desk and no client.
            for mut other in [house.visitor(), house.practitioner(house.ines), house.practitioner(house.hana)]
            {
                let answer = send(&mut other, method, &path, &form).await;
                assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {path}");
                assert!(answer.location().starts_with("/sign-in"), "{method} {path}: {}", answer.location());
            }
            // Another client, with the ids of the first.
            let answer = send(&mut house.client(mia), method, &path, &form).await;
            if *who == HerOwn {
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{method} {path} as another client");
            }
            assert!(!answer.status.is_server_error() && !answer.text.contains("Nora"), "{method} {path}");
            assert_eq!(everything_of(&house, ids.client, ids.lot), before, "{method} {path} changed hers");
        }
    }
    // And each is there for whose it is: a list of addresses that nobody has would prove nothing.
    for (methods, pattern, _) in OTHERS.iter().filter(|(.., who)| matches!(who, Client | HerOwn)) {
        if methods.contains("GET") {
            let answer = house.client(ids.client).get(&filled(&ids, pattern)).await;
            assert!(answer.status != StatusCode::NOT_FOUND, "{pattern}: {}", answer.status);
            assert!(!answer.location().starts_with("/sign-in"), "{pattern}");
        }
    }
}

#[tokio::test]
async fn who_founded_a_practice_has_shut_the_wizard_behind_her_and_the_demo_is_not_there() {
    let (house, ids) = practice().await;
    for (methods, pattern, who) in OTHERS {
        let path = filled(&ids, pattern);
        for method in methods.split(' ') {
            for mut visitor in [house.visitor(), house.client(ids.client), house.practitioner(house.ines)] {
                let is_owner = visitor.cookies.iter().any(|(name, _)| name.ends_with("desk"));
                let answer = send(&mut visitor, method, &path, &[]).await;
                match who {
                    Founder if !is_owner => assert!(
                        answer.location().starts_with("/desk"),
                        "{method} {path}: {} {}",
                        answer.status,
                        answer.location()
                    ),
                    // One of these may look like a storefront's package, of which there is none.
                    Demo => assert!(
                        [StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED].contains(&answer.status),
                        "{method} {path}: {}",
                        answer.status
                    ),
                    _ => {}
                }
            }
        }
    }
}
