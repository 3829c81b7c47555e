//! "Is all well?": what the owner reads of the program itself, and nobody else.

use axum::http::StatusCode;
use fiddlehead::actions::messages::deliver;
use fiddlehead::app::Certificate;
use fiddlehead::domain::time::{after, hours, minutes};
use fiddlehead::store;

use crate::support::House;

#[tokio::test]
async fn the_owner_reads_that_all_is_well_and_finds_it_from_settings() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    house.settle().await;
    let mut ines = house.practitioner(house.ines);
    assert!(ines.get("/desk/settings").await.text.contains("href=\"/desk/status\""));
    let page = ines.get("/desk/status").await;
    assert_eq!(page.status, StatusCode::OK);
    for words in [
        "running since Tuesday 14 April",
        "What is due is done in time.",
        "The last message went",
        "http://book.example",
    ] {
        assert!(page.text.contains(words), "{words}: {}", page.text);
    }
    for secret in ["whsec_test", "Nora"] {
        assert!(!page.text.contains(secret), "{secret}");
    }
    let mut hana = house.practitioner(house.hana);
    assert_eq!(hana.get("/desk/status").await.status, StatusCode::NOT_FOUND);
    assert!(!hana.get("/desk/settings").await.text.contains("/desk/status"));
}

#[tokio::test]
async fn what_waits_too_long_and_a_certificate_in_trouble_are_named() {
    let house = House::new().await;
    // Mail that nobody delivers, and a lot that nobody looks at.
    house.bought("Nora Lind", &house.six).await;
    let now = house.now();
    house.hands.set(after(now, minutes(11)));
    let mut ines = house.practitioner(house.ines);
    let page = ines.get("/desk/status").await.text;
    assert!(
        page.contains("Something does not work.") && page.contains("messages wait for more than ten minutes"),
        "{page}"
    );
    let _ = deliver::resume(&house.app);
    house.settle().await;
    assert!(!ines.get("/desk/status").await.text.contains("messages wait"));

    let (ends_at, trouble) =
        (after(house.now(), hours(24 * 5)), "the authority did not see that book.example is ours");
    let certificate = Certificate { ends_at, trouble: Some((now, trouble.to_owned())) };
    house.app.machine.certificate_from(move || Some(certificate.clone()));
    let page = ines.get("/desk/status").await.text;
    assert!(page.contains("Something does not work.") && page.contains(trouble), "{page}");
    assert!(store::news_read_until(&house.app.store.read().unwrap()).unwrap().is_none());
}

#[tokio::test]
async fn a_practice_without_mail_is_told_how_to_have_it() {
    let house = House::new().await.without_post();
    let page = house.practitioner(house.ines).get("/desk/status").await.text;
    assert!(
        page.contains("It works.") && page.contains("Add the part [mail] to the settings file."),
        "{page}"
    );
}
