//! On a disk on which nothing can be written every page is read all the same, by whoever is signed in as well, and every change is
//! refused with a page that says so.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use fiddlehead::domain::time::hours;
use fiddlehead::store::handle::{Ground, Keeper};

use crate::desk_rights::{practice, routes::ROUTES, send};

/// Says what it is told to say.
struct Told(Arc<Mutex<Ground>>);

impl Keeper for Told {
    fn ground(&self) -> Ground {
        *self.0.lock().unwrap()
    }

    fn relieve(&self) {}
}

/// Files that are sent only once it is written down that they were.
const WRITTEN_DOWN: &[&str] = &["/desk/clients/{client}/data.json", "/desk/export/file"];

/// Pages of a client's.
const HERS: &[&str] =
    &["/me", "/me/profile", "/me/book/{lot}", "/me/bookings/{booking}", "/me/sessions/{lot}", "/ines", "/"];

#[tokio::test]
async fn whoever_is_signed_in_reads_every_page_and_each_change_is_refused_in_words() {
    let (house, ids) = practice().await;
    let ground = Arc::new(Mutex::new(Ground::Firm));
    house.app.store.keep_with(Box::new(Told(Arc::clone(&ground))));
    // Not seen for so long that it would be noted that they are here.
    let (mut ines, mut nora) = (house.practitioner(house.ines), house.client(ids.client));
    ines.agent = Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    house.hands.set(house.now() + hours(2));
    let gets = ROUTES.iter().filter(|(method, ..)| *method == "GET").map(|(_, pattern, ..)| *pattern);
    let open = |pattern: &&str| !WRITTEN_DOWN.contains(pattern) && !pattern.starts_with("/desk/sign-in");
    let gets: Vec<&str> = gets.filter(open).collect();
    for how in [Ground::Full, Ground::ReadOnly] {
        *ground.lock().unwrap() = how;
        for pattern in &gets {
            let answer = ines.get(&ids.filled_into(pattern)).await;
            assert!(!answer.status.is_server_error(), "{pattern}, {how:?}: {}", answer.status);
            assert!(!answer.location().starts_with("/desk/sign-in"), "{pattern}, {how:?}");
        }
        for pattern in HERS {
            let answer = nora.get(&ids.filled_into(pattern)).await;
            assert_eq!(answer.status, StatusCode::OK, "{pattern}, {how:?}");
        }
        for (method, pattern, ..) in ROUTES.iter().filter(|(method, ..)| *method == "POST") {
            let answer = send(&mut ines, method, &ids.filled_into(pattern), &ids.fields(pattern)).await;
            assert_ne!(
                answer.status,
                StatusCode::INTERNAL_SERVER_ERROR,
                "{pattern}, {how:?}: {}",
                answer.text
            );
        }
        let refused = ines.post("/desk/hours/off", &[("first", "2026-07-01"), ("last", "2026-07-02")]).await;
        assert_eq!(refused.status, StatusCode::INSUFFICIENT_STORAGE, "{how:?}");
        assert!(refused.text.contains("nothing was changed"), "{}", refused.text);
    }
    *ground.lock().unwrap() = Ground::Firm;
    let taken = ines.post("/desk/hours/off", &[("first", "2026-07-01"), ("last", "2026-07-02")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "room brings all back");
    house.assert_sound();
}
