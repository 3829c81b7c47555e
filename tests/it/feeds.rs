//! People's own feeds: who gets what at which address, and that nothing that somebody is called breaks out of its line.

use std::io::Write as _;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use fiddlehead::actions::calendar::{booking, by_practitioner, change};
use fiddlehead::domain::calendar::by_practitioner::Overlooked;
use fiddlehead::domain::id::{BookingId, ClientId, LotId};
use fiddlehead::domain::time::{hours, minutes};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::support::smtp_peer::python;
use crate::support::{Answer, House, Visitor, at};

/// The address that a page shows.
fn address(page: &Answer) -> String {
    page.field("feed").strip_prefix("http://book.example").unwrap().to_owned()
}

async fn made(visitor: &mut Visitor<'_>, page: &str, form: &str) -> String {
    let answer = visitor.post(form, &[("act", "make")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    address(&visitor.get(page).await)
}

async fn client_with_session(house: &House, start: &str) -> (ClientId, LotId, BookingId) {
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at(start)).unwrap();
    (nora, lot, id)
}

async fn ask(
    house: &House,
    method: Method,
    path: &str,
    more: &[(&str, &str)],
) -> (StatusCode, axum::http::HeaderMap, Vec<u8>) {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "book.example");
    for (name, value) in more {
        request = request.header(*name, *value);
    }
    let answer = house.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
}

#[tokio::test]
async fn a_client_follows_her_sessions_by_a_secret_address_that_names_no_package() {
    let house = House::new().await;
    let (nora, lot, first) = client_with_session(&house, "2026-04-21T08:00:00Z").await;
    let mut visitor = house.client(nora);
    assert!(!visitor.get("/me/profile").await.text.contains("/feeds/"), "there is none until she wants it");
    let feed = made(&mut visitor, "/me/profile", "/me/profile/feed").await;
    assert_eq!(feed.len(), "/feeds/.ics".len() + 32, "160 bits");

    let mut stranger = house.visitor();
    let file = stranger.get(&feed).await;
    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
    assert!(file.headers[header::CACHE_CONTROL].to_str().unwrap().contains("private"));
    for line in [
        &format!("UID:{first}@book.example"),
        "SEQUENCE:0",
        "DTSTART:20260421T080000Z",
        "SUMMARY:Session with Ines Varga",
        "STATUS:CONFIRMED",
    ] {
        assert!(file.text.contains(&format!("\r\n{line}\r\n")), "{line}: {}", file.text);
    }
    for word in ["Anxiety", "Therapy", "therapist", "Nora", "ATTENDEE"] {
        assert!(!file.text.contains(word), "{word}");
    }

    change::reschedule(&house.app, nora, first, at("2026-04-22T08:00:00Z")).unwrap();
    let moved = stranger.get(&feed).await.text;
    assert!(moved.contains("\r\nSEQUENCE:1\r\n") && moved.contains("\r\nDTSTART:20260422T080000Z\r\n"));
    assert_eq!(moved.matches("BEGIN:VEVENT").count(), 1);
    change::cancel(&house.app, nora, first, change::Returns::Yes).unwrap();
    let off = stranger.get(&feed).await.text;
    assert!(off.contains("\r\nSEQUENCE:2\r\n") && off.contains("\r\nSTATUS:CANCELLED\r\n"), "{off}");
    house.live(hours(31 * 24)).await;
    assert_eq!(stranger.get(&feed).await.text.matches("BEGIN:VEVENT").count(), 0, "told for long enough");

    let late = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, late, lot, at("2026-05-19T08:00:00Z")).unwrap();
    house.live(hours(63 * 24)).await;
    assert_eq!(stranger.get(&feed).await.text.matches("BEGIN:VEVENT").count(), 1, "57 days past");
    house.live(hours(5 * 24)).await;
    assert_eq!(stranger.get(&feed).await.text.matches("BEGIN:VEVENT").count(), 0);
    house.assert_sound();
}

#[tokio::test]
async fn a_new_address_ends_the_old_one_and_a_feed_that_is_off_is_nobodys() {
    let house = House::new().await;
    let (nora, ..) = client_with_session(&house, "2026-04-21T08:00:00Z").await;
    let mut visitor = house.client(nora);
    let old = made(&mut visitor, "/me/profile", "/me/profile/feed").await;
    let instead = visitor.get("/me/profile").await.field("instead");
    house.live(minutes(1)).await;
    for _ in 0..2 {
        visitor.post("/me/profile/feed", &[("act", "make"), ("instead", &instead)]).await;
    }
    let new = address(&visitor.get("/me/profile").await);
    assert_ne!(old, new);
    assert_eq!(ask(&house, Method::GET, &old, &[]).await.0, StatusCode::NOT_FOUND);
    assert_eq!(ask(&house, Method::GET, &new, &[]).await.0, StatusCode::OK);
    house.assert_sound();
    visitor.post("/me/profile/feed", &[("act", "off")]).await;
    assert_eq!(ask(&house, Method::GET, &new, &[]).await.0, StatusCode::NOT_FOUND);
    for nonsense in [
        "/feeds/.ics",
        "/feeds/x.ics",
        "/feeds/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.ics",
        "/feeds/%00.ics",
        &new[..43],
    ] {
        assert_eq!(ask(&house, Method::GET, nonsense, &[]).await.0, StatusCode::NOT_FOUND, "{nonsense}");
    }
    assert_eq!(
        ask(&house, Method::POST, &new, &[("sec-fetch-site", "same-origin")]).await.0,
        StatusCode::METHOD_NOT_ALLOWED
    );
    house.assert_sound();
}

#[tokio::test]
async fn a_practitioners_feed_calls_people_as_she_chose() {
    let house = House::new().await;
    let (nora, lot, _) = client_with_session(&house, "2026-04-21T08:00:00Z").await;
    let mut ines = house.practitioner(house.ines);
    let feed = made(&mut ines, "/desk/calendars", "/desk/calendars/feed").await;
    let text = || async { String::from_utf8(ask(&house, Method::GET, &feed, &[]).await.2).unwrap() };
    let first = text().await;
    assert!(first.contains("\r\nSUMMARY:N. L.\r\n"), "{first}");
    assert!(!first.contains("Nora") && !first.contains("Lind") && !first.contains("nora@"), "{first}");
    for (word, called) in [("first", "Nora"), ("nobody", "Session")] {
        ines.post("/desk/calendars/feed", &[("act", "naming"), ("naming", word)]).await;
        let told = text().await;
        assert!(told.contains(&format!("\r\nSUMMARY:{called}\r\n")), "{told}");
        assert!(!told.contains("Lind"));
    }
    let second = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, second, lot, at("2026-04-23T08:00:00Z")).unwrap();
    let (to, over) = (at("2026-04-24T08:00:00Z"), Overlooked::default());
    by_practitioner::reschedule(&house.app, house.ines, second, to, over, None).unwrap();
    change::cancel_by_practitioner(&house.app, house.ines, second, None).unwrap();
    let told = text().await;
    assert!(told.contains("STATUS:CANCELLED") && told.contains("SEQUENCE:2"), "{told}");
    assert_eq!(told.matches("BEGIN:VEVENT").count(), 2);
    // Hana's has nothing of it.
    let mut hana = house.practitioner(house.hana);
    let hers = made(&mut hana, "/desk/calendars", "/desk/calendars/feed").await;
    assert!(!String::from_utf8(ask(&house, Method::GET, &hers, &[]).await.2).unwrap().contains("VEVENT"));
}

#[tokio::test]
async fn what_is_as_it_was_is_not_sent_again_and_what_is_sent_is_packed() {
    let house = House::new().await;
    let (nora, lot, _) = client_with_session(&house, "2026-04-21T08:00:00Z").await;
    let feed = made(&mut house.client(nora), "/me/profile", "/me/profile/feed").await;
    let (_, headers, plain) = ask(&house, Method::GET, &feed, &[]).await;
    let tag = headers[header::ETAG].to_str().unwrap().to_owned();
    let changed = headers[header::LAST_MODIFIED].to_str().unwrap().to_owned();
    assert_eq!(changed, "Tue, 14 Apr 2026 08:00:00 GMT");
    let (status, headers, packed) = ask(&house, Method::GET, &feed, &[("accept-encoding", "gzip")]).await;
    assert_eq!((status, headers[header::CONTENT_ENCODING].to_str().unwrap()), (StatusCode::OK, "gzip"));
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed[..]), &mut unpacked).unwrap();
    assert_eq!(unpacked, plain);
    for known in [
        ("if-none-match", tag.as_str()),
        ("if-none-match", "\"x\", *x, W/\"y\""),
        ("if-modified-since", &changed),
    ] {
        let (status, headers, body) = ask(&house, Method::GET, &feed, &[known]).await;
        let same = known.1 != "\"x\", *x, W/\"y\"";
        assert_eq!(status == StatusCode::NOT_MODIFIED, same, "{known:?}");
        assert_eq!(body.is_empty(), same);
        assert_eq!(headers[header::ETAG].to_str().unwrap(), tag);
    }
    let (status, headers, body) = ask(&house, Method::HEAD, &feed, &[]).await;
    assert_eq!((status, body.len()), (StatusCode::OK, 0));
    assert!(headers.contains_key(header::ETAG));
    house.live(minutes(5)).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-23T08:00:00Z"))
        .unwrap();
    for known in [("if-none-match", tag.as_str()), ("if-modified-since", &changed)] {
        assert_eq!(ask(&house, Method::GET, &feed, &[known]).await.0, StatusCode::OK, "{known:?}");
    }
}

#[tokio::test]
async fn a_feed_is_not_asked_for_without_end() {
    let house = House::new().await;
    let (nora, ..) = client_with_session(&house, "2026-04-21T08:00:00Z").await;
    let feed = made(&mut house.client(nora), "/me/profile", "/me/profile/feed").await;
    let mut statuses = Vec::new();
    for _ in 0..31 {
        statuses.push(ask(&house, Method::GET, &feed, &[]).await.0);
    }
    assert!(statuses[..30].iter().all(|status| *status == StatusCode::OK));
    assert_eq!(statuses[30], StatusCode::TOO_MANY_REQUESTS);
    house.live(minutes(10)).await;
    assert_eq!(ask(&house, Method::GET, &feed, &[]).await.0, StatusCode::OK);
}

/// Names as nobody should have them, that would break out of a line if anything could.
const NAMES: &[&str] = &[
    "Nora, Lind; and: Co",
    "Nora\\nATTENDEE:mailto:x@evil.example",
    "Nora\\,\\;\\\\",
    "\"Nora\" ^n ^' `x`",
    "END:VEVENT",
    "BEGIN:VALARM TRIGGER:-PT1M ACTION:EMAIL",
    "DTSTART;TZID=x:20200101T000000",
    "=?utf-8?q?=0D=0AATTACH:x?=",
    "%0d%0aATTENDEE:mailto:x",
    "山田 花子 さん 山田 花子 さん 山田 花子 さん 山田 花子 さん 山田 花子 さん",
    "🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿🌿",
    "e\u{301}e\u{301}e\u{301} abc",
    " Nora ",
];

#[tokio::test]
async fn another_reader_reads_it_whatever_people_are_called() {
    let Some(python) = python() else { return };
    let house = House::new().await;
    let (nora, ..) = client_with_session(&house, "2026-04-21T08:00:00Z").await;
    let mut visitor = house.client(nora);
    let mut ines = house.practitioner(house.ines);
    let feed = made(&mut ines, "/desk/calendars", "/desk/calendars/feed").await;
    ines.post("/desk/calendars/feed", &[("act", "naming"), ("naming", "first")]).await;
    for name in NAMES {
        let saved = visitor.post("/me/profile", &[("name", name), ("tz", "Europe/Berlin")]).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{name:?}");
        let bytes = ask(&house, Method::GET, &feed, &[]).await.2;
        lines_are_in_order(&bytes);
        let told = read_by(&python, &bytes);
        assert_eq!(told["components"], serde_json::json!(["VCALENDAR", "VEVENT"]), "{name:?}");
        assert_eq!(told["errors"], serde_json::json!([]), "{name:?}");
        let event = &told["events"][0];
        let first = name.split_whitespace().next().unwrap();
        assert_eq!(event["summary"].as_str().unwrap(), first, "{name:?}");
        assert_eq!(event["start"], "2026-04-21T08:00:00+00:00");
        assert_eq!(event["properties"].as_array().unwrap().len(), 12, "{name:?}: {}", event["properties"]);
    }
}

/// CRLF, at most 75 octets, nothing that controls (RFC 5545, 3.1).
fn lines_are_in_order(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap();
    let body = text.strip_suffix("\r\n").unwrap();
    for line in body.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
        assert!(!line.chars().any(|c| c.is_control()), "{line:?}");
    }
}

fn read_by(python: &std::path::Path, bytes: &[u8]) -> Value {
    let mut reader = Command::new(python)
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/read_feed.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(bytes).unwrap();
    let told = reader.wait_with_output().unwrap();
    assert!(told.status.success());
    serde_json::from_slice(&told.stdout).unwrap()
}
