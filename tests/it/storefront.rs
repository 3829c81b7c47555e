//! The public pages over HTTP: what is offered, by whom, and what is not.

use fiddlehead::actions::catalog::{package, practice};
use fiddlehead::domain::catalog::package::Listing;
use fiddlehead::domain::catalog::storefront::Storefront;
use fiddlehead::store;
use fiddlehead::store::catalog::storefront::Picture;
use fiddlehead::views::asset;

use crate::support::House;

#[tokio::test]
async fn a_practice_of_two_shows_both_and_each_has_a_page() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let front = visitor.get("/").await;
    assert!(front.text.contains("Ines Varga") && front.text.contains("Hana Okafor"));
    let ines = visitor.get("/ines").await;
    assert!(ines.text.contains("<h1>Ines Varga</h1>") && ines.text.contains("href=\"/ines/six-sessions\""));
    assert!(ines.text.contains("$540") && ines.text.contains("$90 a session"));
    assert!(ines.text.contains("Move or cancel up to 24 hours before"));
    assert!(!ines.text.contains("Eating for Steadiness"));
    let package = visitor.get("/ines/six-sessions").await;
    assert!(package.text.contains("href=\"/ines/six-sessions/checkout\""));
    assert!(package.text.contains("Next free time: ") && package.text.contains("Berlin time"));
    for page in [&front, &ines, &package] {
        assert_eq!(page.status, 200);
        assert_eq!(page.text.matches("<h1").count(), 1);
        assert!(!page.text.contains(" style=") && !page.text.contains("<script>"));
    }
}

#[tokio::test]
async fn one_who_returns_is_offered_to_book() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut visitor = house.client(nora);
    let ines = visitor.get("/ines").await;
    assert!(ines.text.contains("6 sessions left to book") && ines.text.contains(&format!("/me/book/{lot}")));
    assert!(ines.text.contains("Book with credits"));
    assert!(!visitor.get("/hana").await.text.contains("Book with credits"));
}

#[tokio::test]
async fn what_is_not_offered_is_not_shown_and_what_was_put_away_says_so() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    package::list(&house.app, house.ines, house.six.id, Listing::Archived).unwrap();
    let page = visitor.get("/ines/six-sessions").await;
    assert!(page.status == 200 && page.text.contains("is no longer offered"), "{}", page.text);
    assert_eq!(visitor.get("/ines/six-sessions/checkout").await.location(), "/ines/six-sessions");
    package::list(&house.app, house.ines, house.six.id, Listing::Draft).unwrap();
    for address in [
        "/ines/six-sessions",
        "/ines/six-sessions/checkout",
        "/nobody",
        "/ines/nothing",
        "/Ines",
        "/ines/six-sessions/more",
        "/%00",
        "/hana/six-sessions",
    ] {
        let page = visitor.get(address).await;
        assert_eq!(page.status, 404, "{address}");
        assert!(page.text.contains("<h1>"), "{address}");
    }
}

#[tokio::test]
async fn pictures_are_kept_under_the_hash_of_what_they_show() {
    let house = House::new().await;
    let bytes = vec![0xff, 0xd8, 0xff, 0xe0, 1, 2, 3];
    let address = format!("/pictures/ines/portrait-{}.jpg", asset::hash(&bytes));
    let mut visitor = house.visitor();
    assert_eq!(visitor.get(&address).await.status, 404);
    practice::save_picture(&house.app, house.ines, Picture::Portrait, Some(bytes)).unwrap();
    assert!(visitor.get("/ines").await.text.contains(&format!("src=\"{address}\"")));
    let picture = visitor.get(&address).await;
    assert_eq!(picture.headers["content-type"], "image/jpeg");
    assert!(picture.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(visitor.get("/pictures/ines/portrait-000000000000.jpg").await.status, 404);
    assert_eq!(visitor.get(&address.replace("portrait", "cover")).await.status, 404);
}

#[tokio::test]
async fn visitors_of_several_practitioners_choose_by_field() {
    let house = House::new().await;
    for (whose, field) in [(house.ines, "Talking"), (house.hana, "Food & sleep")] {
        let read = house.app.store.read().unwrap();
        let before = store::catalog::storefront::find(&read, whose).unwrap().unwrap();
        drop(read);
        let field = Some(field.parse().unwrap());
        practice::save_storefront(&house.app, Storefront { field, ..before }).unwrap();
    }
    let page = house.visitor().get("/").await.text;
    assert!(page.contains("Ines Varga") && page.contains("Hana Okafor"));
    assert!(page.contains("href=\"/?field=Food%20%26%20sleep\""), "{page}");
    let food = house.visitor().get("/?field=Food%20%26%20sleep").await.text;
    assert!(food.contains("Hana Okafor") && !food.contains("Ines Varga"));
    // A field that nobody works in shows everybody.
    let all = house.visitor().get("/?field=Flying").await.text;
    assert!(all.contains("Hana Okafor") && all.contains("Ines Varga"));
}
