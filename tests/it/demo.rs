//! The demo's practice: it can be played from any day of the year, and lives at every point of a package's life.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use fiddlehead::actions::keeping::check::check;
use fiddlehead::app::App;
use fiddlehead::cli::demo::practice_of;
use fiddlehead::cli::demo::scale::{Scale, fill};
use fiddlehead::domain::billing::refund;
use fiddlehead::domain::catalog::purchase::{self, Purchase};
use fiddlehead::domain::credits::ledger::{Balance, Standing};
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::messages::message::{Kind, State};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{SignedDuration, Timestamp, after, hours};
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::platform::seal::InstanceKey;
use fiddlehead::store::{self, Store};
use fiddlehead::web::demo::{Demo, around};
use fiddlehead::web::{Web, router};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::support::at;

const BASE: &str = "http://127.0.0.1:8095";

async fn played(present: Timestamp) -> (Arc<App>, Demo) {
    let entropy = Entropy::seeded(11);
    let key = InstanceKey::fresh(&entropy);
    practice_of(Store::in_memory().unwrap(), key, BASE, present, entropy).await.unwrap()
}

/// Every lot of a client by the name she has, with what it amounts to.
fn lots(app: &App, name: &str) -> Vec<(Lot, Balance)> {
    let view = app.store.read().unwrap();
    let all = store::people::client::all(&view).unwrap();
    let client = all.into_iter().find(|client| client.name.as_str() == name).unwrap();
    store::credits::lot::of_client(&view, client.id, app.clock.now()).unwrap()
}

/// Which messages of a kind a client was really sent.
fn sent(app: &App, name: &str, kind: Kind) -> usize {
    let view = app.store.read().unwrap();
    let all = store::people::client::all(&view).unwrap();
    let client = all.into_iter().find(|client| client.name.as_str() == name).unwrap();
    let told = store::messages::message::to(&view, Person::Client(client.id)).unwrap();
    told.iter().filter(|one| one.kind == kind && matches!(one.state, State::Sent { .. })).count()
}

#[tokio::test]
async fn clients_stand_at_every_point_of_a_packages_life() {
    let (app, _) = played(at("2026-04-14T14:05:00Z")).await;
    assert_eq!(app.clock.now(), at("2026-04-14T14:05:00Z"));
    let lone = |name: &str| lots(&app, name).pop().unwrap().1;

    let fresh = lone("Priya Raman");
    assert_eq!((fresh.available, fresh.used(), fresh.held()), (3, 0, 0), "just bought");
    assert_eq!(sent(&app, "Theo Marsh", Kind::BookFirst), 1, "nothing booked after a day");
    assert_eq!(sent(&app, "Priya Raman", Kind::BookFirst), 0, "not yet");

    let nora = lots(&app, "Nora Lindqvist");
    assert_eq!(nora.iter().map(|(_, balance)| balance.used()).collect::<Vec<_>>(), [3, 3]);
    assert_eq!((nora[1].1.available, nora[1].1.held()), (2, 1), "mid-way in the second package");

    let marta = lone("Marta Oliveira");
    let days = marta.deadline.unwrap().ends_at().duration_since(app.clock.now()).as_hours() / 24;
    assert!(marta.available == 2 && (1..7).contains(&days), "about to reach the date: {days}");
    assert_eq!(sent(&app, "Marta Oliveira", Kind::ExpirySoon), 1);

    assert_eq!(lone("Amara Diallo").used(), 3, "finished");
    assert_eq!(sent(&app, "Amara Diallo", Kind::Renewal), 1);
    assert_eq!((lone("Leo Fontaine").expired, sent(&app, "Leo Fontaine", Kind::Lapsed)), (2, 1), "lapsed");
    let waived = |balance: &Balance| balance.sittings.iter().any(|one| one.standing == Standing::Waived);
    assert!(waived(&lone("Omar Haddad")), "missed and given back");

    let tomas = lone("Tomas Hale");
    assert_eq!((tomas.used(), tomas.available), (1, 0), "the money for the others went back");

    let view = app.store.read().unwrap();
    let refunds = store::billing::refund::all(&view).unwrap();
    assert!(refunds.iter().all(|one| matches!(one.state, refund::State::Done { .. })) && refunds.len() == 1);
    assert_eq!(store::calendar::busy::all(&view).unwrap().len(), 1, "Ines has a calendar elsewhere");
    let states: Vec<purchase::State> =
        store::catalog::purchase::all(&view).unwrap().iter().map(|one: &Purchase| one.state).collect();
    let any = |which: fn(&purchase::State) -> bool| states.iter().any(which);
    assert!(any(|state| *state == purchase::State::AwaitingPractice), "to be paid at the practice");
    assert!(any(|state| *state == purchase::State::Processing), "the money is on its way");
    assert!(any(|state| matches!(state, purchase::State::Failed { .. })), "the money did not come");
    assert!(any(|state| matches!(state, purchase::State::Lapsed { .. })), "went away at the till");
    assert!(app.captured().unwrap().letters().len() > 60);
}

#[tokio::test]
async fn the_books_are_sound_from_whatever_day_the_demo_is_played() {
    // A Sunday, the nights after both changes of the clocks in New York, a leap year's end of February, New Year.
    for present in [
        "2026-11-22T11:41:00Z",
        "2026-03-08T12:00:00Z",
        "2026-11-02T03:30:00Z",
        "2028-02-29T23:59:00Z",
        "2027-01-01T05:00:00Z",
    ] {
        let (app, _) = played(at(present)).await;
        let report = check(&app.store, app.clock.now()).unwrap();
        assert_eq!(report.wrong, Vec::<String>::new(), "{present}");
        assert!(report.counted.values().sum::<usize>() > 100, "{present}: {:?}", report.counted);
    }
}

/// A browser at the demo, without cookies.
struct Visitor(Router);

impl Visitor {
    async fn send(&self, method: &str, path: &str, body: &'static str) -> (StatusCode, String, String) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "127.0.0.1:8095")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = self.0.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let location = parts.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap());
        let text = body.collect().await.unwrap().to_bytes();
        (parts.status, location.to_owned(), String::from_utf8_lossy(&text).into_owned())
    }
}

#[tokio::test]
async fn a_day_on_brings_the_nudge_and_the_strip_says_so_once() {
    let (app, demo) = played(at("2026-04-14T14:05:00Z")).await;
    let demo = Arc::new(demo);
    let web = Web::new(Arc::clone(&app));
    let visitor = Visitor(around(router(web.clone()), web, Arc::clone(&demo)));
    let (status, back, _) = visitor.send("POST", "/demo/clock", "leap=day&back=/demo/mail").await;
    assert_eq!((status, back.as_str()), (StatusCode::SEE_OTHER, "/demo/mail"));
    assert_eq!(app.clock.now(), at("2026-04-15T14:05:00Z"));
    assert_eq!(sent(&app, "Priya Raman", Kind::BookFirst), 1);

    let (status, _, page) = visitor.send("GET", "/demo/mail", "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Your three sessions are ready when you are"), "the nudge is in the mailbox");
    assert!(page.contains("messages went out") && page.contains("aside class=\"demo\""));
    assert!(!visitor.send("GET", "/demo/mail", "").await.2.contains("went out"), "said once");
    let elsewhere = visitor.send("POST", "/demo/clock", "leap=hour&back=//evil.example").await;
    assert_eq!(elsewhere.1, "/me");
    assert_eq!(visitor.send("POST", "/demo/clock", "leap=century").await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn who_is_signed_in_stays_so_over_a_leap() {
    let (app, demo) = played(at("2026-04-14T14:05:00Z")).await;
    let web = Web::new(Arc::clone(&app));
    let routes = around(router(web.clone()), web, Arc::new(demo));
    let ask = |method: &str, path: &str, cookie: String, body: &'static str| {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        routes.clone().oneshot(request.body(Body::from(body)).unwrap())
    };
    let cookie = |answer: &axum::response::Response| {
        let set = answer.headers().get(header::SET_COOKIE).unwrap().to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    };
    let first = cookie(&ask("GET", "/demo/in/practitioner", String::new(), "").await.unwrap());
    let leap = ask("POST", "/demo/clock", first.clone(), "leap=week&back=/desk").await.unwrap();
    let second = cookie(&leap);
    assert_ne!(first, second);
    assert_eq!(
        ask("GET", "/desk", first, "").await.unwrap().status(),
        StatusCode::SEE_OTHER,
        "the old one is over"
    );
    assert_eq!(ask("GET", "/desk", second, "").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_week_at_once_is_lived_through_like_a_week() {
    let (slow, _) = played(at("2026-04-14T14:05:00Z")).await;
    let (fast, _) = played(at("2026-04-14T14:05:00Z")).await;
    let week: SignedDuration = hours(7 * 24);
    let end = after(fast.clock.now(), week);
    fiddlehead::actions::due::live_until(&fast, end).await.unwrap();
    for _ in 0..7 * 24 {
        let next = after(slow.clock.now(), hours(1));
        fiddlehead::actions::due::live_until(&slow, next).await.unwrap();
    }
    let told = |app: &App| {
        let view = app.store.read().unwrap();
        let clients = store::people::client::all(&view).unwrap();
        let of = |id| store::messages::message::to(&view, Person::Client(id)).unwrap();
        let all = clients.iter().flat_map(|client| of(client.id));
        let mut all: Vec<String> = all
            .map(|one| format!("{} {:?}", one.kind.name(), matches!(one.state, State::Sent { .. })))
            .collect();
        all.sort();
        all
    };
    assert_eq!(told(&fast), told(&slow));
}

#[tokio::test]
async fn a_letter_is_shown_in_a_frame_that_can_do_nothing_but_lead_on() {
    let (app, demo) = played(at("2026-04-14T14:05:00Z")).await;
    let demo = Arc::new(demo);
    let web = Web::new(Arc::clone(&app));
    let visitor = Visitor(around(router(web.clone()), web, Arc::clone(&demo)));
    let (.., list) = visitor.send("GET", "/demo/mail", "").await;
    let path = list.split("href=\"/demo/mail/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (status, _, page) = visitor.send("GET", &format!("/demo/mail/{path}"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains(&format!("src=\"/demo/mail/{path}/html\"")) && !page.contains("allow-scripts"));
    let (status, _, html) = visitor.send("GET", &format!("/demo/mail/{path}/html"), "").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.contains("<base target=\"_top\">") && !html.contains("aside class=\"demo\""));
    assert_eq!(visitor.send("GET", "/demo/mail/nonsense", "").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_practice_filled_to_scale_is_sound_and_the_same_from_the_same_seed() {
    let scale: Scale = "3x20x25".parse().unwrap();
    let filled = async |seed| {
        let (app, _) = played(at("2026-11-22T11:41:00Z")).await;
        let story = check(&app.store, app.clock.now()).unwrap().counted;
        let mut shown = 0;
        fill(&app, scale, seed, &mut |done| shown = done).unwrap();
        assert_eq!(shown, scale.total());
        let report = check(&app.store, app.clock.now()).unwrap();
        assert_eq!(report.wrong, Vec::<String>::new());
        assert_eq!(report.counted["bookings"] - story["bookings"], 1500);
        assert_eq!(report.counted["members"] - story["members"], 3);
        app
    };
    let app = filled(7).await;
    let (view, now) = (app.store.read().unwrap(), app.clock.now());
    let bookings = store::calendar::booking::all(&view).unwrap();
    assert!(bookings.iter().filter(|one| one.starts_at > now && one.is_confirmed()).count() > 100, "to come");
    assert!(bookings.iter().filter(|one| !one.is_confirmed()).count() > 50, "called off");

    // Nothing that is past waits: the jobs of the first minute have no backlog, and change nothing.
    let due = store::due::by(&view, now, 10, |_| true).unwrap();
    assert_eq!(due, []);
    let next = store::due::next_after(&view, now, |_| true).unwrap().unwrap();
    assert!(next.0 < after(now, hours(24)), "something is due tomorrow: {next:?}");

    let starts = |app: &Arc<App>| {
        let all = store::calendar::booking::all(&app.store.read().unwrap()).unwrap();
        let mut starts: Vec<_> = all.into_iter().map(|one| (one.starts_at, one.placed_at)).collect();
        starts.sort_unstable();
        starts
    };
    assert_eq!(starts(&app), starts(&filled(7).await));
    assert_ne!(starts(&app), starts(&filled(8).await));
}
