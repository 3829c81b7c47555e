//! The desk's clients over HTTP: finding, filtering, tagging, adding, correcting, selling by hand.

use axum::http::StatusCode;
use fiddlehead::actions::billing::settle;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::calendar::feed;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::people::by_practitioner::{self, Added, Card};
use fiddlehead::actions::people::client;
use fiddlehead::domain::id::{BookingId, ClientId, PurchaseId};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{Answer, House, Visitor, at};

const OK: StatusCode = StatusCode::OK;
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;

fn add(house: &House, name: &str, email: &str) -> ClientId {
    let id = ClientId::from_bits(house.id());
    let phone = Some("+1 (802) 555-0142".parse().unwrap());
    let card = Card { name: name.parse().unwrap(), email: email.parse().unwrap(), phone };
    by_practitioner::add(&house.app, house.ines, id, card).unwrap();
    id
}

/// The names in the list's table, in its order.
fn names(answer: &Answer) -> Vec<String> {
    assert_eq!(answer.status, OK, "{}", answer.text);
    let rows = answer.text.split("<th scope=\"row\">").skip(1);
    rows.map(|row| row.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
}

async fn list(visitor: &mut Visitor<'_>, query: &str) -> Vec<String> {
    names(&visitor.get(&format!("/desk/clients?{query}")).await)
}

#[tokio::test]
async fn a_search_needs_neither_accents_nor_spaces_and_goes_over_everybody() {
    let house = House::new().await;
    for (name, email) in [
        ("Jürgen Müller", "jm@post.example"),
        ("Łukasz Żółć", "lukasz@post.example"),
        ("Zoë Đặng", "zoe@elsewhere.example"),
    ] {
        add(&house, name, email);
    }
    let mut ines = house.practitioner(house.ines);
    for (query, found) in [
        ("q=muller", &["Jürgen Müller"][..]),
        ("q=mueller", &["Jürgen Müller"]),
        ("q=ZOLC", &["Łukasz Żółć"]),
        ("q=dang+zoe", &["Zoë Đặng"]),
        ("q=elsewhere", &["Zoë Đặng"]),
        ("q=802+555+0142", &["Jürgen Müller", "Łukasz Żółć", "Zoë Đặng"]),
        ("q=8025550143", &[]),
        ("q=muller+zoe", &[]),
        ("q=mu&show=finished&tag=x", &["Jürgen Müller"]),
    ] {
        assert_eq!(list(&mut ines, query).await, found, "{query}");
    }
    assert!(ines.get("/desk/clients?q=post").await.text.contains("2 people found for “post”."));
    assert!(list(&mut house.practitioner(house.hana), "q=muller").await.is_empty(), "another’s clients");
}

#[tokio::test]
async fn who_owes_is_found_among_few_and_among_very_many_and_not_once_it_is_paid() {
    let house = House::new().await;
    let owed = house.order("Sam Whitaker", &house.six, Choice::AtPractice);
    let gone = house.order("Theo Marsh", &house.six, Choice::AtPractice);
    settle::withdraw(&house.app, house.ines, gone.id).unwrap();
    house.order("Hugo Reiter", &house.five, Choice::AtPractice);
    add(&house, "Hugo Reiter", "hugo@example.org");
    let mut ines = house.practitioner(house.ines);
    let few = async |ines: &mut Visitor<'_>| list(ines, "show=owes").await;
    assert_eq!(few(&mut ines).await, ["Sam Whitaker"], "what Hugo owes he owes another");
    for number in 1..=60 {
        let sale = house.order(&format!("Nr{number} Client"), &house.six, Choice::AtPractice);
        house.mark_paid(house.ines, sale.id);
    }
    assert_eq!(list(&mut ines, "show=owes").await, ["Sam Whitaker"]);
    assert!(ines.get("/desk/clients?q=sam").await.text.contains("To be paid"));
    assert!(ines.get("/desk").await.text.contains(owed.reference.as_str()));
    house.mark_paid(house.ines, owed.id);
    assert!(list(&mut ines, "show=owes").await.is_empty());
    assert!(!ines.get("/desk/clients?q=sam").await.text.contains("To be paid"));
    assert!(!ines.get("/desk").await.text.contains(owed.reference.as_str()));
}

#[tokio::test]
async fn the_list_is_filtered_by_what_clients_have_and_owe() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-21T08:00:00Z"))
        .unwrap();
    house.bought("Theo Marsh", &house.six).await;
    house.order("Sam Whitaker", &house.six, Choice::AtPractice);
    add(&house, "Walter Ink", "walter@post.example");
    let mut ines = house.practitioner(house.ines);
    for (show, expected) in [
        ("", &["Nora Lind", "Theo Marsh"][..]),
        ("not-booked", &["Theo Marsh"]),
        ("at-risk", &[]),
        ("owes", &["Sam Whitaker"]),
        ("finished", &[]),
        ("everybody", &["Nora Lind", "Sam Whitaker", "Theo Marsh", "Walter Ink"]),
    ] {
        assert_eq!(list(&mut ines, &format!("show={show}")).await, expected, "{show}");
    }
    let page = ines.get("/desk/clients").await.text;
    for words in ["Has sessions 2", "Not booked 1", "Owes 1", "Finished 0", "Everybody 4"] {
        assert!(page.contains(words), "{words}");
    }
    // A week before the date, and after it.
    house.live(hours(84 * 24)).await;
    let mut ines = house.practitioner(house.ines);
    assert_eq!(list(&mut ines, "show=at-risk").await, ["Nora Lind", "Theo Marsh"]);
    house.live(hours(20 * 24)).await;
    let mut ines = house.practitioner(house.ines);
    assert_eq!(list(&mut ines, "show=finished").await, ["Nora Lind", "Theo Marsh"]);
}

#[tokio::test]
async fn a_long_list_comes_in_pages_and_in_the_order_that_is_asked() {
    let house = House::new().await;
    for i in 1..=120 {
        add(&house, &format!("Client {i:03}"), &format!("c{i}@post.example"));
    }
    let mut ines = house.practitioner(house.ines);
    let page = |n: usize| format!("show=everybody&page={n}");
    let first = ines.get(&format!("/desk/clients?{}", page(1))).await;
    assert_eq!(names(&first).len(), 50);
    assert!(first.text.contains("Page 1 of 3") && first.text.contains("show=everybody&amp;page=2"));
    assert_eq!(list(&mut ines, &page(2)).await.first().unwrap(), "Client 051");
    assert_eq!(list(&mut ines, &page(3)).await.len(), 20);
    assert_eq!(list(&mut ines, &page(99)).await, list(&mut ines, &page(3)).await, "past the end is the last");
    house.live(hours(1)).await;
    add(&house, "Zacharias New", "z@post.example");
    assert_eq!(list(&mut ines, "show=everybody&order=newest").await[0], "Zacharias New");
    house.assert_sound();
}

#[tokio::test]
async fn tags_find_clients_again_and_are_the_practitioners_own() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    house.bought("Nora Lind", &house.five).await;
    house.bought("Theo Marsh", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/clients/{nora}/tags");
    for tag in ["Evenings", "EVENINGS", "Sliding <scale>"] {
        assert_eq!(ines.post(&path, &[("tag", tag)]).await.status, StatusCode::SEE_OTHER, "{tag}");
    }
    let page = ines.get("/desk/clients").await.text;
    assert!(page.contains("Evenings 1") && page.contains("Evenings, Sliding &lt;scale&gt;"), "{page}");
    assert_eq!(list(&mut ines, "tag=evenings").await, ["Nora Lind"]);
    assert!(list(&mut ines, "tag=mornings").await.is_empty());
    // Return in a field presses its form's first button, which is the one that adds.
    let page = ines.get(&format!("/desk/clients/{nora}")).await.text;
    assert!(page.contains("name=\"off\" value=\"Evenings\""), "{page}");
    let before = page.split("id=\"tag\"").next().unwrap();
    let form = &page[before.rfind("<form").unwrap()..];
    let form = form.split("</form>").next().unwrap();
    let first = form.split("<button").nth(1).unwrap().split('>').next().unwrap();
    assert!(form.contains(&format!("action=\"{path}\"")) && !first.contains("name="), "{form}");
    let long = ines.post(&path, &[("tag", &"x".repeat(25))]).await;
    assert!(long.status == WRONG && long.text.contains("At most 24 characters"), "{}", long.text);
    for i in 0..6 {
        ines.post(&path, &[("tag", &format!("tag {i}"))]).await;
    }
    let full = ines.post(&path, &[("tag", "a ninth")]).await;
    assert!(full.status == WRONG && full.text.contains("At most 8 tags fit here."));
    // Hana has the client too, and sees no tag of Ines’s.
    let mut hana = house.practitioner(house.hana);
    assert!(!hana.get(&format!("/desk/clients/{nora}")).await.text.contains("Evenings"));
    assert!(list(&mut hana, "tag=evenings").await.is_empty());
    ines.post(&path, &[("off", "evenings")]).await;
    assert!(list(&mut ines, "tag=evenings").await.is_empty());
    house.assert_sound();
}

#[tokio::test]
async fn somebody_is_added_once_and_sold_a_package_that_lands_when_it_is_paid() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let form = ines.get("/desk/clients/new").await;
    let id = form.field("id");
    let fields =
        |email| [("id", id.as_str()), ("name", "Walter Ink"), ("email", email), ("phone", "802 555 0142")];
    let wrong = ines.post("/desk/clients/new", &fields("walter at home")).await;
    assert!(wrong.status == WRONG && wrong.field("name") == "Walter Ink", "{}", wrong.text);
    for _ in 0..2 {
        let added = ines.post("/desk/clients/new", &fields("walter@post.example")).await;
        assert_eq!(added.location(), format!("/desk/clients/{id}?done=added"));
    }
    house.settle().await;
    assert!(house.mailbox.letters().is_empty(), "nothing is sent");
    // Somebody else types the same address: the account is one.
    let mut hana = house.practitioner(house.hana);
    let other = hana.get("/desk/clients/new").await.field("id");
    let again = [("id", other.as_str()), ("name", "W. I."), ("email", "Walter@post.example")];
    assert_eq!(
        hana.post("/desk/clients/new", &again).await.location(),
        format!("/desk/clients/{id}?done=known")
    );
    assert!(hana.get(&format!("/desk/clients/{id}")).await.text.contains("Walter Ink"));

    let path = format!("/desk/clients/{id}/sell");
    let package = house.six.id.to_string();
    let shown = ines.get(&format!("{path}?package={package}")).await;
    assert!(shown.text.contains("what is to be paid, with a reference"), "{}", shown.text);
    let sale = shown.field("id");
    let sell = [("id", sale.as_str()), ("package", &package), ("version", "1"), ("pay", "practice")];
    let unsaid = ines.post(&path, &sell[..3]).await;
    assert!(unsaid.status == WRONG && unsaid.text.contains("Please choose how it is paid."));
    for _ in 0..2 {
        assert_eq!(ines.post(&path, &sell).await.location(), format!("/desk/purchases/{sale}?done=sold"));
    }
    let client: ClientId = id.parse().unwrap();
    let lots = || {
        store::credits::lot::of_client(&house.app.store.read().unwrap(), client, house.now()).unwrap().len()
    };
    assert_eq!((list(&mut ines, "show=owes").await, lots()), (vec!["Walter Ink".to_owned()], 0));
    let purchase: PurchaseId = sale.parse().unwrap();
    house.mark_paid(house.ines, purchase);
    assert_eq!((list(&mut ines, "show=owes").await, lots()), (vec![], 1));
    let stale = [("id", &*house.app.id().to_string()), ("package", &package), ("version", "7")];
    assert!(ines.post(&path, &stale).await.status != StatusCode::SEE_OTHER, "not at a version that is none");
    house.assert_sound();
}

#[tokio::test]
async fn whoever_had_the_wrong_address_reads_nothing_on_once_it_is_corrected() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut stranger = house.client(nora);
    feed::renew(&house.app, Person::Client(nora), None).unwrap();
    let made = store::calendar::feed::of(&house.app.store.read().unwrap(), Person::Client(nora)).unwrap();
    let feed = format!("/feeds/{}.ics", feed::token(&house.app, &made.unwrap()).unwrap());
    assert_eq!(stranger.get(&feed).await.status, OK);
    let secret = ("the heron stands still".to_owned(), String::new());
    client::set_password(&house.app, nora, secret).await.unwrap();
    let email = "nora@new.example".parse().unwrap();
    let card = Card { name: "Nora Lind".parse().unwrap(), email, phone: None };
    by_practitioner::correct(&house.app, house.ines, nora, card).unwrap();
    assert_eq!(house.visitor().get(&feed).await.status, StatusCode::NOT_FOUND);
    assert_eq!(client::of(&house.app, nora).unwrap().password, None);
    house.assert_sound();
}

#[tokio::test]
async fn another_address_is_kept_only_after_it_was_said_what_follows() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/clients/{nora}/edit");
    let plain = [("name", "Nora Lindqvist"), ("email", "nora@example.org"), ("phone", "802 555 0100")];
    assert_eq!(ines.post(&path, &plain).await.location(), format!("/desk/clients/{nora}?done=saved"));
    let mut browser = house.client(nora);
    assert_eq!(browser.get("/me").await.status, OK);

    let moved = [("name", "Nora Lindqvist"), ("email", "nora@new.example"), ("phone", "")];
    let asked = ines.post(&path, &moved).await;
    assert_eq!(asked.status, WRONG);
    assert!(asked.text.contains("Sign-in links and every message will go to nora@new.example"));
    assert_eq!(client::of(&house.app, nora).unwrap().email.to_string(), "nora@example.org");
    let sure = [moved[0], moved[1], moved[2], ("sure", "yes")];
    assert_eq!(ines.post(&path, &sure).await.status, StatusCode::SEE_OTHER);
    let after = client::of(&house.app, nora).unwrap();
    assert_eq!((after.email.to_string().as_str(), after.verified_at), ("nora@new.example", None));
    assert_eq!(browser.get("/me").await.status, StatusCode::SEE_OTHER, "her browser is signed out");

    let taken = [("name", "Nora"), ("email", "theo@example.org"), ("sure", "yes")];
    house.bought("Theo Marsh", &house.six).await;
    assert!(ines.post(&path, &taken).await.text.contains("Somebody else signs in with that address."));
    // What another practitioner shares with her is not to be had by changing her address, nor by the front desk.
    let mut mara = house.practitioner(house.front_desk("Mara Lund"));
    mara.post("/desk/seat", &[("desk", &house.ines.to_string())]).await;
    let hijack = [("name", "Nora L."), ("email", "mara@evil.example"), ("sure", "yes")];
    mara.post(&path, &hijack).await;
    assert_eq!(client::of(&house.app, nora).unwrap().email.to_string(), "nora@new.example");
    let card = Card { name: "N".parse().unwrap(), email: "nora@new.example".parse().unwrap(), phone: None };
    let id = ClientId::from_bits(house.id());
    assert!(
        matches!(by_practitioner::add(&house.app, house.hana, id, card), Ok(Added::Known(found)) if found == nora)
    );
    let refused = ines.post(&path, &hijack).await;
    assert!(refused.status == WRONG && refused.text.contains("Others in this practice have this client too"));
    house.assert_sound();
}
