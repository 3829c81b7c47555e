//! Buying over HTTP: the form, the till, and the page afterwards, whatever became of it.

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::{booking, series};
use fiddlehead::actions::catalog::{package, practice};
use fiddlehead::actions::credits::lot::{self as credits, Gift};
use fiddlehead::actions::people::login;
use fiddlehead::domain::catalog::package::Offer;
use fiddlehead::domain::catalog::storefront::AtPractice;
use fiddlehead::domain::credits::ledger::Actor;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::{BookingId, LotId, PackageId, PurchaseId};
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{after, hours, minutes};
use fiddlehead::payments::CheckoutId;
use fiddlehead::store;

use crate::support::{Answer, House, Visitor, at, six_sessions};

const FORM: &str = "/ines/six-sessions/checkout";
/// Of a package that costs nothing.
const FIRST_TALK: &str = "/ines/first-talk/checkout";

fn offer_first_talk(house: &House) {
    let offer = Offer { price: Money::zero(Currency::USD), sessions: 1, ..six_sessions() };
    let (id, slug) = (PackageId::from_bits(house.id()), "first-talk".parse().unwrap());
    package::save(&house.app, house.ines, id, slug, offer, house.six.listing).unwrap();
}

/// The form as a person fills it in, with the hidden fields of the page.
async fn filled(visitor: &mut Visitor<'_>, at: &str, pay: &str) -> Vec<(String, String)> {
    let page = visitor.get(at).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let mut form = vec![("id".to_owned(), page.field("id")), ("version".to_owned(), page.field("version"))];
    for (name, value) in [
        ("name", "Nora Lind"),
        ("email", "nora@example.org"),
        ("phone", ""),
        ("tz", "Europe/Berlin"),
        ("pay", pay),
        ("agree", "yes"),
    ] {
        form.push((name.to_owned(), value.to_owned()));
    }
    form
}

async fn send(visitor: &mut Visitor<'_>, at: &str, form: &[(String, String)]) -> Answer {
    let fields: Vec<(&str, &str)> =
        form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    visitor.post(at, &fields).await
}

fn with(form: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let change = |(key, old): &(String, String)| {
        (key.clone(), if key == name { value.to_owned() } else { old.clone() })
    };
    form.iter().map(change).collect()
}

fn id_of(form: &[(String, String)]) -> PurchaseId {
    form[0].1.parse().unwrap()
}

fn checkout_of(house: &House, id: PurchaseId) -> CheckoutId {
    let kept = store::catalog::purchase::find(&house.app.store.read().unwrap(), id).unwrap().unwrap();
    kept.till.unwrap().checkout.unwrap().as_str().parse().unwrap()
}

fn purchases(house: &House) -> usize {
    store::catalog::purchase::all(&house.app.store.read().unwrap()).unwrap().len()
}

#[tokio::test]
async fn a_package_is_bought_online_and_times_stand_on_the_page_after() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "online").await;
    let sent = send(&mut visitor, FORM, &form).await;
    assert_eq!(sent.status, 303);
    assert!(sent.location().contains("/demo/till/"), "{}", sent.location());
    let again = send(&mut visitor, FORM, &form).await;
    assert_eq!((again.location(), purchases(&house)), (sent.location(), 1));
    let id = id_of(&form);
    let page = format!("/bought/{id}");
    let waiting = visitor.get(&page).await;
    assert!(waiting.text.contains("Just a moment") && waiting.text.contains("http-equiv=\"refresh\""));
    assert_eq!(visitor.get(&format!("{page}/yet")).await.status, 204);
    house.till.pay(&checkout_of(&house, id)).unwrap();
    house.live(minutes(1)).await;
    assert_eq!(visitor.get(&format!("{page}/yet")).await.location(), page);
    let landed = visitor.get(&page).await;
    assert!(landed.text.contains("Six sessions are yours, Nora"), "{}", landed.text);
    assert!(landed.text.contains("Book them by Monday 13 July"), "{}", landed.text);
    assert!(landed.text.contains("When shall we begin?") && landed.text.contains("/me/receipts/1"));
    let lot = Lot::id_for(id);
    assert!(landed.text.contains(&format!("action=\"/me/book/{lot}/confirm\"")));
    assert!(landed.text.contains("name=\"slot\" value=\"2026-04-15T"), "{}", landed.text);
    assert_eq!(house.balance(lot).available, 6);
    // Another browser sees that it is paid, and nothing of whose it is.
    let stranger = house.visitor().get(&page).await;
    assert!(stranger.text.contains("Six sessions are yours") && !stranger.text.contains("Nora"));
    assert!(!stranger.text.contains("/me/receipts/"));
    house.assert_sound();
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_is_bought() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "online").await;
    let long = "n".repeat(201);
    for (field, value) in [
        ("name", ""),
        ("name", "No\u{7}ra"),
        ("name", long.as_str()),
        ("email", "nora@"),
        ("email", "nora@example.org\r\nBcc: all@example.org"),
        ("phone", "1\u{0}2"),
        ("tz", "Mars/Olympus"),
        ("pay", "with shells"),
        ("agree", ""),
    ] {
        let page = send(&mut visitor, FORM, &with(&form, field, value)).await;
        assert_eq!(page.status, 422, "{field}: {value:?}");
        let near = format!("id=\"{field}-e\"");
        assert!(page.text.contains(&near), "{field}: {}", page.text);
        assert!(page.text.matches("class=\"err\"").count() == 1, "{field}");
        if field != "name" {
            assert_eq!(page.field("name"), "Nora Lind", "what was typed is kept");
        }
        assert_eq!(page.field("id"), form[0].1, "the same form again");
    }
    assert_eq!(purchases(&house), 0);
}

#[tokio::test]
async fn a_forged_price_and_a_forged_package_buy_nothing_else() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let mut form = filled(&mut visitor, FORM, "online").await;
    for (name, value) in [("price", "1"), ("sessions", "600"), ("package", &house.five.id.to_string())] {
        form.push((name.to_owned(), value.to_owned()));
    }
    assert_eq!(send(&mut visitor, FORM, &form).await.status, 303);
    let kept =
        store::catalog::purchase::find(&house.app.store.read().unwrap(), id_of(&form)).unwrap().unwrap();
    assert_eq!((kept.offer.price.minor, kept.offer.sessions, kept.package), (54000, 6, house.six.id));
    // The id of somebody else's order is not taken over.
    let mut mia = house.visitor();
    let hers = filled(&mut mia, FORM, "online").await;
    let hers = with(&with(&hers, "email", "mia@example.org"), "id", &form[0].1);
    let page = send(&mut mia, FORM, &hers).await;
    assert!(page.status == 422 && page.text.contains("This form was used before."), "{}", page.text);
    assert_eq!(purchases(&house), 1);
}

#[tokio::test]
async fn an_order_for_terms_that_have_changed_is_asked_again() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "online").await;
    let dearer = Offer { price: Money::new(60000, Currency::USD), ..six_sessions() };
    let slug = house.six.slug.clone();
    package::save(&house.app, house.ines, house.six.id, slug, dearer, house.six.listing).unwrap();
    let page = send(&mut visitor, FORM, &form).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("has changed since you opened the page") && page.text.contains("$600.00"));
    assert_eq!(purchases(&house), 0);
    let again = with(&form, "version", &page.field("version"));
    assert_eq!(send(&mut visitor, FORM, &again).await.status, 303);
}

#[tokio::test]
async fn a_buyer_who_turns_back_finds_her_form_and_is_not_charged() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "online").await;
    send(&mut visitor, FORM, &form).await;
    let id = id_of(&form);
    house.till.decline(&checkout_of(&house, id)).unwrap();
    let back = visitor.get(&format!("/bought/{id}?back=1")).await;
    assert!(back.text.contains("Nothing was charged.") && back.text.contains("Pay at the practice"));
    assert!(back.text.contains("You buy as <b>Nora Lind</b>"), "{}", back.text);
    // A stranger with the address learns nothing of the buyer.
    let stranger = house.visitor().get(&format!("/bought/{id}?back=1")).await;
    assert!(!stranger.text.contains("Nora"), "{}", stranger.text);
    // She pays at the practice instead.
    let again = vec![
        ("id".to_owned(), back.field("id")),
        ("version".to_owned(), back.field("version")),
        ("pay".to_owned(), "practice".to_owned()),
        ("agree".to_owned(), "yes".to_owned()),
    ];
    let sent = send(&mut visitor, FORM, &again).await;
    let page = visitor.get(sent.location()).await;
    assert!(
        page.text.contains("Your sessions are waiting for you") && page.text.contains("FH-"),
        "{}",
        page.text
    );
    // The first page is closed, so that she cannot pay twice.
    assert!(visitor.get(&format!("/bought/{id}")).await.text.contains("Nothing was bought"));
    house.assert_sound();
}

#[tokio::test]
async fn a_bank_debit_is_waited_for_and_may_fail() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    for (fails, end) in [(false, "Six sessions are yours"), (true, "The payment did not come")] {
        let mut form = filled(&mut visitor, FORM, "online").await;
        if visitor.cookies.is_empty() {
            form = with(&form, "email", "mia@example.org");
        }
        send(&mut visitor, FORM, &form).await;
        let id = id_of(&form);
        let answer_at = after(house.now(), hours(48));
        let checkout = checkout_of(&house, id);
        let paid = if fails {
            house.till.fail_later(&checkout, answer_at)
        } else {
            house.till.pay_later(&checkout, answer_at)
        };
        paid.unwrap();
        house.live(minutes(1)).await;
        let page = visitor.get(&format!("/bought/{id}")).await;
        assert!(page.text.contains("Your payment is on its way"), "{}", page.text);
        assert!(visitor.get("/me").await.text.contains("is on its way: your bank has the order."));
        house.live(hours(49)).await;
        let page = visitor.get(&format!("/bought/{id}")).await;
        assert!(page.text.contains(end), "{end}: {}", page.text);
    }
    house.assert_sound();
}

#[tokio::test]
async fn an_order_that_was_left_lying_ends_in_a_clear_page() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "online").await;
    send(&mut visitor, FORM, &form).await;
    house.live(hours(24)).await;
    let page = visitor.get(&format!("/bought/{}", id_of(&form))).await;
    assert!(page.text.contains("Nothing was bought") && page.text.contains("Begin again"), "{}", page.text);
    assert_eq!(visitor.get("/bought/nonsense").await.status, 404);
    assert_eq!(visitor.get(&format!("/bought/{}", PurchaseId::from_bits(9))).await.status, 404);
}

#[tokio::test]
async fn paying_at_the_practice_waits_and_lands_when_it_is_marked() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "practice").await;
    let sent = send(&mut visitor, FORM, &form).await;
    let id = id_of(&form);
    assert_eq!(sent.location(), format!("/bought/{id}"));
    assert!(visitor.get("/me").await.text.contains("is to be paid at the practice."));
    house.mark_paid(house.ines, id);
    assert!(visitor.get(sent.location()).await.text.contains("Six sessions are yours, Nora"));
    let receipt = visitor.get("/me/receipts/1").await;
    assert!(receipt.text.contains("Paid in cash") && receipt.text.contains("R-000001"), "{}", receipt.text);
}

#[tokio::test]
async fn only_the_ways_that_are_offered_can_be_taken() {
    let house = House::new().await;
    let mut storefront =
        store::catalog::storefront::find(&house.app.store.read().unwrap(), house.ines).unwrap().unwrap();
    storefront.at_practice = AtPractice::NotOffered;
    practice::save_storefront(&house.app, storefront).unwrap();
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "practice").await;
    let page = send(&mut visitor, FORM, &form).await;
    assert!(
        page.status == 422 && page.text.contains("That way to pay is not offered here."),
        "{}",
        page.text
    );
    assert!(!page.text.contains("value=\"practice\"") && page.text.contains("value=\"online\" checked"));
    assert_eq!(purchases(&house), 0);
}

#[tokio::test]
async fn what_costs_nothing_lands_once_the_address_is_shown_to_be_hers() {
    let house = House::new().await;
    offer_first_talk(&house);
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FIRST_TALK, "free").await;
    let sent = send(&mut visitor, FIRST_TALK, &form).await;
    let page = visitor.get(sent.location()).await;
    assert!(page.text.contains("Look in your email"), "{}", page.text);
    let kept =
        store::catalog::purchase::find(&house.app.store.read().unwrap(), id_of(&form)).unwrap().unwrap();
    assert!(!kept.is_paid());
    let link = login::hand_over(&house.app, house.ines, Person::Client(kept.client)).unwrap();
    assert_eq!(visitor.post(&format!("/sign-in/link/{}", link.token), &[]).await.status, 303);
    let page = visitor.get(sent.location()).await;
    assert!(page.text.contains("One session is yours"), "{}", page.text);
    assert!(page.text.contains("Nothing to pay."));
    house.assert_sound();
}

#[tokio::test]
async fn what_costs_nothing_is_hers_at_once_who_is_signed_in_and_nobody_elses_who_types_her_address() {
    let house = House::new().await;
    offer_first_talk(&house);
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let link = login::hand_over(&house.app, house.ines, Person::Client(nora)).unwrap();
    let mut stranger = house.visitor();
    let form = filled(&mut stranger, FIRST_TALK, "free").await;
    let sent = send(&mut stranger, FIRST_TALK, &form).await;
    assert!(stranger.get(sent.location()).await.text.contains("Look in your email"));
    let kept = |id| store::catalog::purchase::find(&house.app.store.read().unwrap(), id).unwrap().unwrap();
    assert!(!kept(id_of(&form)).is_paid() && kept(id_of(&form)).client == nora);
    let mut hers = house.visitor();
    assert_eq!(hers.post(&format!("/sign-in/link/{}", link.token), &[]).await.status, 303);
    assert!(kept(id_of(&form)).is_paid(), "she has come by a link since");

    let form = filled(&mut hers, FIRST_TALK, "free").await;
    let sent = send(&mut hers, FIRST_TALK, &form).await;
    assert!(kept(id_of(&form)).is_paid());
    let page = hers.get(sent.location()).await;
    assert!(page.text.contains("One session is yours"), "{}", page.text);
    house.assert_sound();
}

#[tokio::test]
async fn no_form_takes_the_id_of_something_else() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let gift = Gift {
        id: LotId::from_bits(house.id()),
        client: nora,
        package: house.six.id,
        sessions: 2,
        days: 30,
        reason: "sorry".parse().unwrap(),
    };
    credits::comp(&house.app, house.ines, gift.clone()).unwrap();
    let mut client = house.client(nora);
    let form = filled(&mut client, FORM, "practice").await;
    let taken = with(&form, "id", &gift.id.to_string());
    let page = send(&mut client, FORM, &taken).await;
    assert!(page.status == 422 && page.text.contains("This form was used before."), "{}", page.text);

    // An order that waits becomes credits of its bits, and perhaps a session: no session has them before.
    assert_eq!(send(&mut client, FORM, &form).await.status, 303);
    let (open, start) = (id_of(&form), at("2026-04-21T08:00:00Z"));
    let id = BookingId::from_bits(open.bits());
    let refused = booking::book(&house.app, nora, id, lot, start);
    assert!(matches!(refused, Err(Error::Refused(booking::Refusal::NotThere))), "{refused:?}");
    let fresh = BookingId::from_bits(house.id());
    let later = at("2026-04-22T08:00:00Z");
    for twice in [vec![(id, start)], vec![(fresh, start), (fresh, later)]] {
        let refused = series::book(&house.app, Actor::Client(nora), lot, twice);
        assert!(matches!(refused, Err(Error::Refused(series::Refusal::NotThere))), "{refused:?}");
    }
    house.mark_paid(house.ines, open);
    assert_eq!((house.balance(Lot::id_for(open)).available, house.balance(gift.id).available), (6, 2));
    house.assert_sound();
}

#[tokio::test]
async fn the_form_of_an_account_that_exists_signs_nobody_in() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut stranger = house.visitor();
    let form = with(&filled(&mut stranger, FORM, "online").await, "name", "Somebody Else");
    assert_eq!(send(&mut stranger, FORM, &form).await.status, 303);
    assert!(stranger.cookies.is_empty());
    assert!(stranger.get("/me").await.location().starts_with("/sign-in"));
    let kept = store::people::client::find(&house.app.store.read().unwrap(), nora).unwrap().unwrap();
    assert_eq!(kept.name.as_str(), "Nora Lind");
}

#[tokio::test]
async fn other_sites_and_huge_forms_are_turned_away() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let form = filled(&mut visitor, FORM, "online").await;
    let huge = with(&form, "name", &"x".repeat(300 * 1024));
    let page = send(&mut visitor, FORM, &huge).await;
    assert!(page.status == 413 && page.text.contains("nothing was changed"));
    assert_eq!(visitor.send_raw(FORM, "application/json", "{}").await.status, 400);
    assert_eq!(purchases(&house), 0);
}
