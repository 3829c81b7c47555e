//! Answers that are shown again are, to the byte, those that would be made anew: after every change at once, and whenever the clock moves.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use fiddlehead::actions::calendar::{availability, booking, change};
use fiddlehead::actions::catalog::{package, practice};
use fiddlehead::actions::credits::lot as credits;
use fiddlehead::actions::people::{login, note};
use fiddlehead::domain::calendar::availability::{Availability, Hours, Rhythm};
use fiddlehead::domain::catalog::package::Listing;
use fiddlehead::domain::id::{BookingId, ClientId, LotId, NoteId};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::people::note::{Audience, Draft, Kind};
use fiddlehead::domain::time::{SignedDuration, hours, plus_days};
use fiddlehead::store::catalog::storefront::Picture;
use fiddlehead::store::{catalog, people};
use fiddlehead::web::{Web, router};
use http_body_util::BodyExt;
use jiff::civil::Weekday;
use std::sync::Arc;
use tower::ServiceExt;

use crate::support::{House, at};

/// Who asks for what: an address, and the cookie of somebody who is signed in.
type Asked = (String, Option<String>);
type Shown = (StatusCode, Vec<u8>);

async fn ask(router: &Router, (address, cookie): &Asked) -> Shown {
    let mut request = Request::builder().uri(address).header(header::HOST, "book.example");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, format!("fiddlehead={cookie}"));
    }
    let answer = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    (answer.status(), answer.into_body().collect().await.unwrap().to_bytes().to_vec())
}

/// Two programs on the same data: one that remembers, and one that has nothing to remember yet.
struct Both<'a> {
    house: &'a House,
    web: Web,
    keeps: Router,
    asked: Vec<Asked>,
    last: Vec<Shown>,
}

impl<'a> Both<'a> {
    async fn of(house: &'a House, asked: Vec<Asked>) -> Self {
        let web = Web::new(Arc::clone(&house.app));
        let keeps = router(web.clone());
        let mut both = Self { house, web, keeps, asked, last: Vec::new() };
        both.last = both.all("at first").await;
        both
    }

    /// All of it, which must be as it is when it is made anew.
    async fn all(&self, when: &str) -> Vec<Shown> {
        let anew = router(Web::new(Arc::clone(&self.house.app)));
        let mut all = Vec::new();
        for asked in &self.asked {
            let shown = ask(&self.keeps, asked).await;
            assert!(shown == ask(&anew, asked).await, "{when}: {} is not what it is anew", asked.0);
            all.push(shown);
        }
        all
    }

    /// After a change that at least one of these addresses shows. Then once more, all of it again.
    async fn changed(&mut self, when: &str, differs: &[&str]) {
        let now = self.all(when).await;
        let places = self.asked.iter().zip(now.iter().zip(&self.last));
        let other: Vec<&str> =
            places.filter(|(_, (a, b))| a != b).map(|((path, _), _)| path.as_str()).collect();
        let some = differs.is_empty() || differs.iter().any(|path| other.contains(path));
        assert!(some, "{when}: none of {differs:?} shows it; others are {other:?}");
        // Whoever comes for the first time in an hour is noted as seen, which makes her page new once more.
        self.all(when).await;
        let before = self.web.again.given();
        self.last = self.all(when).await;
        let fine = now.iter().filter(|(status, _)| *status == StatusCode::OK).count() as u64;
        assert_eq!(self.web.again.given() - before, fine, "{when}: all pages are shown again");
    }
}

fn booked(house: &House, client: ClientId, lot: LotId, start: &str) -> BookingId {
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at(start)).unwrap().id
}

#[tokio::test]
async fn what_is_shown_again_is_what_would_be_made_anew() {
    let house = House::new().await;
    let app = &house.app;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (omar, other) = house.bought("Omar Haddad", &house.six).await;
    house.settle().await;
    let cookie = login::sign_in(app, Person::Client(nora)).unwrap().cookie;
    let (me, times) = ("/me", format!("/me/book/{lot}"));
    let (times, later) = (times.as_str(), format!("{times}?day=2026-04-21"));
    let strangers = ["/", "/ines", "/hana", "/ines/six-sessions"].map(|path| (path.to_owned(), None));
    let hers = [me, times, &later, "/ines"].map(|path| (path.to_owned(), Some(cookie.clone())));
    let mut both = Both::of(&house, strangers.into_iter().chain(hers).collect()).await;
    both.changed("nothing", &[]).await;

    let first = booked(&house, omar, other, "2026-04-15T07:00:00Z");
    both.changed("somebody else books", &["/", "/ines", "/ines/six-sessions", times]).await;
    let second = booked(&house, nora, lot, "2026-04-21T08:00:00Z");
    both.changed("she books", &[me, &later, "/ines"]).await;
    house.settle().await;
    both.changed("messages went", &[]).await;
    let (id, text) = (NoteId::from_bits(house.id()), "Walk before breakfast.".parse().unwrap());
    let (audience, kind) = (Audience::Shared, Kind::Usual);
    let draft = Draft { id, client: nora, booking: None, audience, kind, text };
    note::write(app, house.ines, draft).unwrap();
    both.changed("a note is shared with her", &[me]).await;
    change::cancel(app, omar, first, change::Returns::No).unwrap();
    both.changed("somebody else calls off", &["/", "/ines", times]).await;
    change::reschedule(app, nora, second, at("2026-04-22T08:00:00Z")).unwrap();
    both.changed("she moves", &[me, &later]).await;

    let read = || app.store.read().unwrap();
    let mut shop = catalog::practice::find(&read()).unwrap().unwrap();
    shop.name = "Loud Field".parse().unwrap();
    practice::save(app, shop).unwrap();
    both.changed("the practice has another name", &["/", me]).await;
    let mut front = catalog::storefront::find(&read(), house.ines).unwrap().unwrap();
    front.tagline = Some("Another line".parse().unwrap());
    practice::save_storefront(app, front).unwrap();
    both.changed("she has another line", &["/", "/ines"]).await;
    practice::save_picture(app, house.hana, Picture::Portrait, Some(vec![1, 2, 3])).unwrap();
    both.changed("another has a portrait", &["/", "/hana"]).await;
    let mut client = people::client::find(&read(), nora).unwrap().unwrap();
    client.name = "Eleonora Lind".parse().unwrap();
    let kept: Result<(), fiddlehead::store::StoreError> =
        app.store.write(move |tx| people::client::put(tx, &client));
    kept.unwrap();
    both.changed("she has another name", &[me]).await;

    let day = plus_days("2026-04-14".parse().unwrap(), 120);
    credits::extend(app, house.ines, lot, day, "kind".parse().unwrap()).unwrap();
    both.changed("her credits last longer", &[me]).await;
    let mornings = Hours::parse([(Weekday::Wednesday, "09:00", "12:00")]).unwrap();
    let zone = "Europe/Berlin".parse().unwrap();
    let rhythm = Rhythm::default().with_step(60).unwrap();
    availability::save(app, house.ines, Availability::new(zone, mornings, vec![], rhythm).unwrap()).unwrap();
    both.changed("other hours", &[times]).await;
    package::list(app, house.ines, house.six.id, Listing::Archived).unwrap();
    both.changed("the package is put away", &["/", "/ines", "/ines/six-sessions"]).await;

    house.hands.advance(SignedDuration::from_secs(1));
    both.changed("a second went by", &[]).await;
    house.hands.set(at("2026-04-22T08:10:00Z"));
    both.changed("her session runs", &[me, times]).await;
    house.live(hours(24)).await;
    both.changed("it is over", &[me]).await;
    login::sign_out(app, &cookie).unwrap();
    both.changed("she is signed out", &[me, times, "/ines"]).await;
}
