//! Calendars that are not ours, over real connections: a server of the test's own that behaves in every way, and a real
//! Radicale. What an address that somebody types may lead to, and what it may not.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use fiddlehead::actions::due::{Which, attend};
use fiddlehead::calendars::{Answer, Calendars, Guard, Resolver, Wanted};
use fiddlehead::domain::calendar::outside::{Access, Kind, Trouble};
use fiddlehead::domain::id::OutsideId;
use fiddlehead::domain::time::hours;
use fiddlehead::store::Store;
use fiddlehead::store::calendar::{busy, outside};

use crate::support::radicale::{Radicale, calendars, is_this_machine};
use crate::support::{House, Visitor, at};

/// A status, headers and a body.
type Reply = (StatusCode, Vec<(String, String)>, String);

/// What a server answers at each path, and what it was asked.
#[derive(Default)]
struct Said {
    answers: HashMap<String, Reply>,
    asked: Vec<(String, HeaderMap)>,
}

/// A server on this machine.
#[derive(Clone)]
struct Server {
    said: Arc<Mutex<Said>>,
    port: u16,
}

impl Server {
    async fn open() -> Self {
        Self::at("127.0.0.1:0").await
    }

    async fn at(place: &str) -> Self {
        let listener = tokio::net::TcpListener::bind(place).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { said: Arc::default(), port };
        let said = Arc::clone(&server.said);
        let answer = move |request: Request| {
            let said = Arc::clone(&said);
            async move { respond(&said, &request) }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        server
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn says(&self, path: &str, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let answer = (StatusCode::from_u16(status).unwrap(), headers, body.to_owned());
        self.said.lock().unwrap().answers.insert(path.to_owned(), answer);
    }

    fn leads(&self, path: &str, to: &str) {
        self.says(path, 302, &[("location", to)], "");
    }

    fn asked(&self) -> Vec<(String, HeaderMap)> {
        self.said.lock().unwrap().asked.clone()
    }
}

fn respond(said: &Mutex<Said>, request: &Request) -> Response {
    let mut said = said.lock().unwrap();
    let path = request.uri().path().to_owned();
    said.asked.push((path.clone(), request.headers().clone()));
    let Some((status, headers, body)) = said.answers.get(&path) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let tag = headers.iter().find(|(name, _)| name == "etag").map(|(_, tag)| tag.as_str());
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if tag.is_some() && tag == known {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut response = (*status, body.clone()).into_response();
    for (name, value) in headers {
        response.headers_mut().insert(
            header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
            header::HeaderValue::from_str(value).unwrap(),
        );
    }
    response
}

fn file(events: &[(&str, &str)]) -> String {
    let events: String = events
        .iter()
        .enumerate()
        .map(|(n, (start, lines))| {
            format!("BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:{start}\r\n{lines}\r\nEND:VEVENT\r\n")
        })
        .collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{events}END:VCALENDAR\r\n")
}

fn form<'a>(
    act: &'a str,
    kind: &'a str,
    address: &'a str,
    login: (&'a str, &'a str),
) -> Vec<(&'a str, &'a str)> {
    let id = "00000000000000000000000007";
    vec![
        ("id", id),
        ("name", "Home"),
        ("kind", kind),
        ("address", address),
        ("user", login.0),
        ("password", login.1),
        ("act", act),
    ]
}

const ID: OutsideId = OutsideId::from_bits(7);
const NO_LOGIN: (&str, &str) = ("", "");

/// What Ines's calendars take, as "04-21T07:00 04-21T08:00".
fn taken(house: &House) -> Vec<String> {
    let read = house.app.store.read().unwrap();
    let found =
        busy::between(&read, house.ines, at("2026-04-14T00:00:00Z"), at("2027-01-01T00:00:00Z")).unwrap();
    let minute = |at: fiddlehead::domain::time::Timestamp| at.strftime("%m-%dT%H:%M").to_string();
    found.iter().map(|busy| format!("{} {}", minute(busy.from), minute(busy.until))).collect()
}

async fn post(visitor: &mut Visitor<'_>, fields: &[(&str, &str)]) -> crate::support::Answer {
    visitor.post("/desk/calendars", fields).await
}

#[tokio::test]
async fn a_calendar_at_an_address_takes_her_time_and_still_does_when_its_server_is_gone() {
    let (house, server) = (House::new().await, Server::open().await);
    house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let text = file(&[
        ("20260421T070000Z", "DURATION:PT1H"),
        ("20260422T070000Z", "DURATION:PT1H"),
        ("20261201T070000Z", "DURATION:PT1H"),
    ]);
    server.says("/home.ics", 200, &[("etag", "\"one\"")], &text);
    let address = server.url("/home.ics");

    let tried = post(&mut ines, &form("try", "ics", &address, NO_LOGIN)).await;
    assert_eq!(tried.status, StatusCode::OK);
    assert!(tried.text.contains("It can be read: 2 busy times in the next 60 days."), "{}", tried.text);
    assert_eq!((tried.field("address"), taken(&house).len()), (address.clone(), 0), "kept: nothing");

    for _ in 0..2 {
        let added = post(&mut ines, &form("add", "ics", &address, NO_LOGIN)).await;
        assert_eq!(added.location(), "/desk/calendars?done=saved");
    }
    attend(&house.app, Which::Outside).await.unwrap();
    let first = ["04-21T07:00 04-21T08:00", "04-22T07:00 04-22T08:00", "12-01T07:00 12-01T08:00"];
    assert_eq!(taken(&house), first);
    let page = ines.get("/desk/calendars").await;
    assert!(page.text.contains("3 busy times ahead.") && page.text.contains("127.0.0.1"), "{}", page.text);
    assert!(!page.text.contains("home.ics"), "its address is not shown again");
    house.assert_sound();

    // Asked again in its time, with the version that is known: not sent again.
    let before = server.asked().len();
    attend(&house.app, Which::Outside).await.unwrap();
    assert_eq!(server.asked().len(), before, "not before its time");
    house.live(hours(1)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    let asked = server.asked();
    assert_eq!(asked.last().unwrap().1[header::IF_NONE_MATCH], "\"one\"");
    assert_eq!((asked.len(), taken(&house).len()), (before + 1, 3));

    server.says("/home.ics", 200, &[("etag", "\"two\"")], &file(&[("20260423T070000Z", "DURATION:PT1H")]));
    let refreshed = ines.post("/desk/calendars/00000000000000000000000007/refresh", &[]).await;
    assert_eq!(refreshed.location(), "/desk/calendars?done=read");
    assert_eq!(taken(&house), ["04-23T07:00 04-23T08:00"]);

    server.says("/home.ics", 503, &[], "");
    house.live(hours(1)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    let page = ines.get("/desk/calendars").await.text;
    assert!(page.contains("error of its own (503)") && page.contains("Not read just now"), "{page}");
    assert_eq!(taken(&house).len(), 1, "what was read stays");
    house.live(hours(25)).await;
    let mut ines = house.practitioner(house.ines);
    assert!(ines.get("/desk/calendars").await.text.contains("Not read since a day or more"));
    assert!(
        ines.get("/desk").await.text.contains("could not be read for a day or more"),
        "Today speaks of it"
    );
    house.assert_sound();

    let removed = ines.post("/desk/calendars/00000000000000000000000007/remove", &[]).await;
    assert_eq!((removed.location(), taken(&house).len()), ("/desk/calendars?done=removed", 0));
    house.live(hours(24)).await;
    assert_eq!(attend(&house.app, Which::Outside).await.unwrap(), 0);
    house.assert_sound();
}

#[tokio::test]
async fn an_address_that_leads_inside_is_told_so_and_nothing_is_kept() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let inside = "leads into the network";
    for (address, why) in [
        ("http://10.0.0.1/x.ics", inside),
        ("https://169.254.169.254/latest/meta-data/", inside),
        ("http://127.0.0.2/", inside),
        ("http://2130706434/", inside),
        ("http://[::1]:80/", inside),
        ("http://[::ffff:10.0.0.1]/", inside),
        ("http://[fd00:ec2::254]/", inside),
        ("http://local host/", "no web address"),
        ("https://8.8.8.8:22/", "a port where no calendars are"),
        ("file:///etc/passwd", "no web address"),
        ("gopher://127.0.0.1/", "no web address"),
        ("", "no web address"),
        ("https://nora:secret@calendar.example/", "A name or password stands in the address"),
        ("http://no-such-host.invalid/x.ics", "no server of that name"),
    ] {
        let tried = post(&mut ines, &form("try", "ics", address, NO_LOGIN)).await;
        assert_eq!(tried.status, StatusCode::UNPROCESSABLE_ENTITY, "{address}");
        assert!(tried.text.contains(why), "{address}: {}", tried.text);
        house.live(hours(1)).await;
    }
    // Added without a trial it is refused just the same, when it is read.
    post(&mut ines, &form("add", "ics", "http://192.168.1.1/x.ics", NO_LOGIN)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    assert!(ines.get("/desk/calendars").await.text.contains(inside));
    assert_eq!(taken(&house).len(), 0);
    let unencrypted = post(&mut ines, &form("try", "ics", "http://1.1.1.1/x.ics", ("nora", "secret"))).await;
    assert!(unencrypted.text.contains("unencrypted"), "{}", unencrypted.text);
}

fn wanted(kind: Kind, address: &str, login: Option<(&str, &str)>) -> Wanted {
    let login = login.map(|(name, password)| (name.to_owned(), password.to_owned()));
    Wanted {
        kind,
        access: Access { address: address.to_owned(), login },
        known: None,
        window: (at("2026-04-14T00:00:00Z"), at("2027-04-14T00:00:00Z")),
        zone: "Europe/Berlin".parse().unwrap(),
        ours: "book.example".into(),
    }
}

#[tokio::test]
async fn every_step_of_a_redirect_is_looked_at() {
    let (server, other) = (Server::open().await, Server::open().await);
    let there = file(&[("20260421T070000Z", "DURATION:PT1H")]);
    other.says("/there.ics", 200, &[], &there);
    server.says("/there.ics", 200, &[], &there);
    server.leads("/elsewhere", &other.url("/there.ics"));
    server.leads("/here", "there.ics");
    server.leads("/1", "/2");
    server.leads("/2", "/3");
    server.leads("/3", "/there.ics");
    server.leads("/0", "/1");
    server.leads("/loop", "/loop");
    server.leads("/cloud", "http://169.254.169.254/latest/");
    server.leads("/house", "http://127.0.0.2:1/");
    server.leads("/file", "file:///etc/passwd");
    server.leads("/login", "http://u:p@127.0.0.1/");
    server.says("/large", 200, &[], &"x".repeat((2 << 20) + 1));
    server.says("/page", 200, &[], "<!doctype html><title>Sign in</title>");
    server.says("/closed", 401, &[], "");
    server.says("/broken", 500, &[], "");
    server.says("/nothing", 304, &[], "");
    let (reader, login) = (calendars(), Some(("nora", "secret")));
    for (path, expected) in [
        ("/elsewhere", Ok(1)),
        ("/here", Ok(1)),
        ("/1", Ok(1)),
        ("/0", Err(Trouble::TooManyRedirects)),
        ("/loop", Err(Trouble::TooManyRedirects)),
        ("/cloud", Err(Trouble::Inside)),
        ("/house", Err(Trouble::Inside)),
        ("/file", Err(Trouble::NotAnAddress)),
        ("/login", Err(Trouble::LoginInAddress)),
        ("/large", Err(Trouble::TooLarge)),
        ("/page", Err(Trouble::NotACalendar)),
        ("/closed", Err(Trouble::SignIn)),
        ("/broken", Err(Trouble::Status(500))),
        ("/nothing", Err(Trouble::Status(304))),
        ("/gone", Err(Trouble::Gone)),
    ] {
        let read = reader.read(wanted(Kind::Ics, &server.url(path), login)).await;
        let read = read.map(|answer| match answer {
            Answer::Busy { stretches, .. } => stretches.len(),
            Answer::Unchanged => 99,
        });
        assert_eq!(read, expected, "{path}");
    }
    assert!(server.asked().iter().all(|(_, headers)| headers.contains_key(header::AUTHORIZATION)));
    let elsewhere = other.asked();
    assert_eq!(elsewhere.len(), 1);
    assert!(!elsewhere[0].1.contains_key(header::AUTHORIZATION), "another server is not told the password");
}

#[tokio::test]
async fn a_name_that_means_something_else_the_second_time_is_caught_before_it_is_connected_to() {
    let open = Server::at("127.0.0.1:0").await;
    // Another server at the same port, on an address that must not be reached.
    let hidden = Server::at(&format!("127.0.0.2:{}", open.port)).await;
    let text = file(&[("20260421T070000Z", "DURATION:PT1H")]);
    open.says("/x.ics", 200, &[], &text);
    open.leads("/moved", "/x.ics");
    hidden.says("/x.ics", 200, &[], &text);
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let rebinding = move |name: &str| -> Vec<IpAddr> {
        assert_eq!(name, "rebinding.example");
        let first = count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
        vec![IpAddr::from(if first { [127, 0, 0, 1] } else { [127, 0, 0, 2] })]
    };
    let reader = Calendars::new(Guard::new(Box::new(is_this_machine)), Resolver::Told(Arc::new(rebinding)));
    let read = |path: &str| {
        reader.read(wanted(Kind::Ics, &format!("http://rebinding.example:{}{path}", open.port), None))
    };
    // One question, one resolution: what was looked at is what was connected to.
    assert!(matches!(read("/x.ics").await, Ok(Answer::Busy { .. })));
    assert_eq!((asked.load(Ordering::SeqCst), open.asked().len()), (1, 1));
    asked.store(0, Ordering::SeqCst);
    // The redirect asks again, and is told of the inside.
    assert_eq!(read("/moved").await, Err(Trouble::Inside));
    assert_eq!((asked.load(Ordering::SeqCst), hidden.asked().len()), (2, 0));

    let mixed = |_: &str| vec![IpAddr::from([127, 0, 0, 1]), IpAddr::from([10, 0, 0, 1])];
    let reader = Calendars::new(Guard::new(Box::new(is_this_machine)), Resolver::Told(Arc::new(mixed)));
    let read =
        reader.read(wanted(Kind::Ics, &format!("http://mixed.example:{}/x.ics", open.port), None)).await;
    assert_eq!(read, Err(Trouble::Inside), "one address that leads inside is enough");
}

#[tokio::test]
async fn a_stolen_data_file_gives_neither_addresses_nor_passwords_nor_feeds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("stolen.redb");
    let house = House::on(Store::open(&path).unwrap()).await;
    let mut ines = house.practitioner(house.ines);
    post(
        &mut ines,
        &form("add", "ics", "https://calendar.example/secret-part/x.ics", ("nora", "hunter-two")),
    )
    .await;
    ines.post("/desk/calendars/feed", &[("act", "make")]).await;
    let feed = ines.get("/desk/calendars").await.field("feed");
    let token = feed.rsplit('/').next().unwrap().trim_end_matches(".ics").to_owned();
    let stolen = std::fs::read(&path).unwrap();
    let holds = |text: &str| stolen.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("calendar.example"), "the host is kept to be shown");
    for secret in ["secret-part", "hunter-two", &token] {
        assert!(!holds(secret), "{secret}");
    }
    // Under another key it is told, not guessed.
    let other = house.without_post();
    attend(&other.app, Which::Outside).await.unwrap();
    let page = other.practitioner(house.ines).get("/desk/calendars").await.text;
    assert!(
        page.contains("cannot be opened with the key") && page.contains("was made with another key"),
        "{page}"
    );
}

#[tokio::test]
async fn a_real_caldav_server_is_read_series_and_all() {
    let Some(radicale) = Radicale::open("nora", "a good pass:word") else { return };
    let collection = radicale.make("nora/home");
    radicale.put(
        "nora/home",
        "1",
        &file(&[("20260421T070000Z", "DURATION:PT1H\r\nDTSTAMP:20260401T000000Z")]),
    );
    let series = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n\
        BEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260401T000000Z\r\nDTSTART;TZID=Europe/Berlin:20250101T120000\r\nDURATION:PT30M\r\n\
        RRULE:FREQ=WEEKLY;BYDAY=WE;UNTIL=20260506T100000Z\r\nEXDATE;TZID=Europe/Berlin:20260422T120000\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nUID:s\r\nDTSTAMP:20260401T000000Z\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260429T120000\r\n\
        DTSTART;TZID=Europe/Berlin:20260430T150000\r\nDURATION:PT45M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    radicale.put("nora/home", "s", series);
    let old = file(&[("20200101T070000Z", "DURATION:PT1H\r\nDTSTAMP:20200101T000000Z")])
        .replace("UID:0", "UID:old");
    radicale.put("nora/home", "old", &old);

    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let login = ("nora", "a good pass:word");
    let wrong = post(&mut ines, &form("try", "caldav", &collection, ("nora", "wrong"))).await;
    assert!(wrong.text.contains("doesn’t take the name and password"), "{}", wrong.text);
    let principal = post(&mut ines, &form("try", "caldav", &radicale.url("nora"), login)).await;
    assert!(principal.text.contains("it is no calendar"), "{}", principal.text);
    let gone = post(&mut ines, &form("try", "caldav", &radicale.url("nora/nothing"), login)).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    let tried = post(&mut ines, &form("try", "caldav", &collection, login)).await;
    assert!(tried.text.contains("4 busy times in the next 60 days"), "{}", tried.text);
    post(&mut ines, &form("add", "caldav", &collection, login)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    let all = [
        "04-15T10:00 04-15T10:30",
        "04-21T07:00 04-21T08:00",
        "04-30T13:00 04-30T13:45",
        "05-06T10:00 05-06T10:30",
    ];
    assert_eq!(taken(&house), all);

    let version = || {
        let read = house.app.store.read().unwrap();
        outside::find(&read, ID).unwrap().unwrap()
    };
    let worked_out = version().worked_out_at;
    assert!(version().version.is_some(), "Radicale says what state it is in");
    house.live(hours(1)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    assert_eq!(version().worked_out_at, worked_out, "unchanged, so it was not read again");
    radicale.delete("nora/home", "1");
    house.live(hours(1)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    assert_eq!(taken(&house).len(), 3);
    assert_ne!(version().worked_out_at, worked_out);

    drop(radicale);
    house.live(hours(1)).await;
    attend(&house.app, Which::Outside).await.unwrap();
    assert!(ines.get("/desk/calendars").await.text.contains("The server does not answer."));
    assert_eq!(taken(&house).len(), 3, "what was read stays");
    house.assert_sound();
}
