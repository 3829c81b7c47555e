//! A package sold at the desk and paid on the client's own phone, against a server that speaks Stripe: the code, the waiting,
//! the credits; called off, also when the buyer is faster; a provider that does not answer, or does not take it.

use axum::http::StatusCode;
use fiddlehead::domain::catalog::purchase::{Purchase, State};
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::{ClientId, PurchaseId};
use fiddlehead::domain::time::{SignedDuration, Timestamp, hours};
use fiddlehead::payments::CheckoutId;
use fiddlehead::store;

use crate::support::fake_stripe::Fake;
use crate::support::{House, Visitor};

const HERS: &str = "sk_test_hanas";

/// A practice where Hana sells with an account at the fake, which no webhook connects to it. It lives by the machine's clock, as
/// the fake does.
#[expect(clippy::disallowed_methods, reason = "the fake goes by the machine's clock")]
async fn practice() -> (Fake, House) {
    let fake = Fake::start(&["--key", HERS]);
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let house = House::with_accounts_at(format!("http://127.0.0.1:{}", fake.port), now).await;
    let form = [("key", HERS), ("secret", "")];
    assert_eq!(
        house.practitioner(house.hana).post("/desk/till", &form).await.location(),
        "/desk/till?done=saved"
    );
    (fake, house)
}

/// Mara, who is nobody's practitioner, at Hana's desk.
async fn mara(house: &House) -> Visitor<'_> {
    let mut mara = house.practitioner(house.front_desk("Mara Lund"));
    assert_eq!(
        mara.post("/desk/seat", &[("desk", &house.hana.to_string())]).await.status,
        StatusCode::SEE_OTHER
    );
    mara
}

/// Walks from the list of clients to the sale's page, as somebody who has never been here stands at the desk.
async fn sold(house: &House, desk: &mut Visitor<'_>, name: &str) -> (ClientId, PurchaseId) {
    let whom = desk.get(&format!("/desk/sell?q={name}")).await;
    assert!(whom.text.contains("Nobody is found."));
    let fresh = desk.get(&format!("/desk/clients/new?then=sell&name={name}")).await;
    assert_eq!((fresh.field("name"), fresh.field("then")), (name.to_owned(), "sell".to_owned()));
    let (id, email) = (fresh.field("id"), format!("{}@example.org", name.to_lowercase()));
    let card = [("id", id.as_str()), ("name", name), ("email", &email), ("then", "sell")];
    assert_eq!(desk.post("/desk/clients/new", &card).await.location(), format!("/desk/clients/{id}/sell"));
    let path = format!("/desk/clients/{id}/sell");
    let package = house.five.id.to_string();
    let form = desk.get(&format!("{path}?package={package}")).await;
    assert!(form.text.contains("value=\"phone\" checked") && form.text.contains("value=\"practice\""));
    let sale = form.field("id");
    let sell = [("id", sale.as_str()), ("package", &package), ("version", "1"), ("pay", "phone")];
    // Sent twice, it is one sale and one page to pay on.
    for _ in 0..2 {
        assert_eq!(desk.post(&path, &sell).await.location(), format!("/desk/purchases/{sale}"));
    }
    (id.parse().unwrap(), sale.parse().unwrap())
}

fn purchase(house: &House, id: PurchaseId) -> Purchase {
    store::catalog::purchase::find(&house.app.store.read().unwrap(), id).unwrap().unwrap()
}

fn checkout(house: &House, id: PurchaseId) -> CheckoutId {
    purchase(house, id).till.unwrap().checkout.unwrap().as_str().parse().unwrap()
}

fn credits(house: &House, id: PurchaseId) -> u32 {
    let read = house.app.store.read().unwrap();
    store::credits::lot::counted(&read, Lot::id_for(id), house.now())
        .unwrap()
        .map_or(0, |(_, one)| one.available)
}

/// How often the fake was asked how a checkout stands.
fn looked(fake: &Fake) -> usize {
    fake.counts("retrieve").1 + fake.counts("expand").1
}

fn page_of(id: PurchaseId) -> String {
    format!("/desk/purchases/{id}")
}

#[tokio::test]
async fn the_front_desk_shows_a_code_and_the_credits_land_by_looking_at_that_one_checkout() {
    let (fake, house) = practice().await;
    let mut mara = mara(&house).await;
    let (client, id) = sold(&house, &mut mara, "Walter").await;
    assert_eq!(fake.counts("create").0, 1, "one checkout");
    let waiting = mara.get(&page_of(id)).await;
    let url = fake.state()["sessions"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(waiting.field("link"), url, "the provider’s own page, as the phone may not reach us");
    let code = fiddlehead::views::qr::code(&url, "The payment page’s address as a QR code").unwrap();
    assert!(waiting.text.contains(&code.0), "the code holds that address");
    for part in [
        "$375.00",
        "Waiting for payment.",
        "<noscript><meta http-equiv=\"refresh\" content=\"5; url=",
        "cannot open our thank-you page",
        "?look=1",
    ] {
        assert!(waiting.text.contains(part), "{part}");
    }
    assert_eq!(mara.get(&format!("{}/yet", page_of(id))).await.status, StatusCode::NO_CONTENT);

    fake.buyer(&checkout(&house, id), "pay");
    // No poll and no webhook: the page's own look finds it, some seconds later.
    house.hands.set(house.now().checked_add(SignedDuration::from_secs(5)).unwrap());
    let yet = mara.get(&format!("{}/yet", page_of(id))).await;
    assert_eq!((yet.status, yet.location()), (StatusCode::SEE_OTHER, page_of(id).as_str()));
    let paid = mara.get(&page_of(id)).await.text;
    assert!(paid.contains("Paid: 5 sessions.") && paid.contains("Book by "), "{paid}");
    assert!(paid.contains(&format!("/desk/clients/{client}/book?lot={}", Lot::id_for(id))));
    assert!(!paid.contains("http-equiv") && !paid.contains("/call-off") && !paid.contains(&url));
    assert_eq!(purchase(&house, id).till.unwrap().page, None, "an address that is over is not kept");
    for _ in 0..3 {
        mara.get(&page_of(id)).await;
    }
    assert_eq!(credits(&house, id), 5, "once");
    house.assert_sound();
}

#[tokio::test]
async fn a_page_that_waits_asks_the_provider_every_few_seconds_and_stops_by_itself() {
    let (fake, house) = practice().await;
    let mut mara = mara(&house).await;
    let (_, id) = sold(&house, &mut mara, "Walter").await;
    let before = looked(&fake);
    for _ in 0..40 {
        mara.get(&page_of(id)).await;
    }
    let asked = looked(&fake) - before;
    assert!((1..=4).contains(&asked), "{asked} questions at once, whoever looks however often");
    house.hands.set(house.now().checked_add(SignedDuration::from_secs(5)).unwrap());
    mara.get(&page_of(id)).await;
    assert_eq!(looked(&fake) - before, asked + 1, "and another one five seconds later");
    // After a quarter of an hour neither the page nor the script goes on.
    let stopped = mara.get(&format!("{}?look=180", page_of(id))).await.text;
    assert!(
        stopped.contains("has stopped") && !stopped.contains("http-equiv") && !stopped.contains("data-wait")
    );
    assert!(stopped.contains(">Look now</a>"));
}

#[tokio::test]
async fn a_sale_is_called_off_at_the_provider_and_money_taken_here_instead() {
    let (fake, house) = practice().await;
    let mut mara = mara(&house).await;
    let (client, id) = sold(&house, &mut mara, "Walter").await;
    let path = format!("{}/call-off", page_of(id));
    // Not while the provider does not answer: the buyer could still pay.
    for on in ["any", "expire"] {
        fake.faults(on, "500", 9);
        let refused = mara.post(&path, &[]).await;
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY
                && refused.text.contains("Nothing was changed."),
            "{on}"
        );
        assert_eq!(purchase(&house, id).state, State::AwaitingBuyer, "{on}");
        fake.faults(on, "500", 0);
    }
    let off = mara.post(&path, &[("then", "practice")]).await;
    let again = format!("/desk/clients/{client}/sell?package={}&pay=practice", house.five.id);
    assert_eq!(off.location(), again);
    assert_eq!(fake.state()["sessions"][0]["status"], "expired");
    assert!(matches!(purchase(&house, id).state, State::Withdrawn { .. }));
    assert!(mara.get(&again).await.text.contains("value=\"practice\" checked"));
    let page = mara.get(&page_of(id)).await.text;
    assert!(page.contains("It was called off, and nothing was paid.") && page.contains("Sell it again"));
    assert_eq!(mara.post(&path, &[]).await.location(), page_of(id), "a second time it is so already");
    house.live(hours(25)).await;
    assert!(matches!(purchase(&house, id).state, State::Withdrawn { .. }) && credits(&house, id) == 0);
    house.assert_sound();
}

#[tokio::test]
async fn a_buyer_who_was_faster_has_her_credits_though_it_was_called_off() {
    let (fake, house) = practice().await;
    let mut mara = mara(&house).await;
    let (_, id) = sold(&house, &mut mara, "Walter").await;
    // She pays between the look and the closing, which the provider answers with 400.
    fake.faults("expire", "paid_first", 1);
    let off = mara.post(&format!("{}/call-off", page_of(id)), &[("then", "practice")]).await;
    assert_eq!(off.location(), page_of(id));
    assert!(mara.get(&page_of(id)).await.text.contains("Paid: 5 sessions."));
    assert_eq!(credits(&house, id), 5);
    house.assert_sound();
}

#[tokio::test]
async fn a_sale_nobody_pays_lapses_by_itself() {
    let (fake, house) = practice().await;
    let mut mara = mara(&house).await;
    let (_, id) = sold(&house, &mut mara, "Walter").await;
    fake.buyer(&checkout(&house, id), "lapse");
    house.live(hours(24)).await;
    assert!(matches!(purchase(&house, id).state, State::Lapsed { .. }));
    // The night has signed the front desk out.
    let page = house.practitioner(house.hana).get(&page_of(id)).await.text;
    assert!(page.contains("The payment page has closed, and nothing was paid."));
    house.assert_sound();
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_asked_again_and_one_that_declines_sells_nothing() {
    let (fake, house) = practice().await;
    let mut mara = mara(&house).await;
    fake.faults("create", "500", 99);
    let (client, id) = sold(&house, &mut mara, "Walter").await;
    let page = mara.get(&page_of(id)).await.text;
    assert!(page.contains("could not be opened yet") && page.contains("http-equiv"), "{page}");
    fake.faults("create", "500", 0);
    house.hands.set(house.now().checked_add(SignedDuration::from_secs(10)).unwrap());
    let page = mara.get(&page_of(id)).await;
    assert!(page.field("link").starts_with("http://127.0.0.1"), "it opened when it could");

    fake.faults("create", "403", 1);
    let path = format!("/desk/clients/{client}/sell");
    let package = house.five.id.to_string();
    let sale = mara.get(&format!("{path}?package={package}")).await.field("id");
    let sell = [("id", sale.as_str()), ("package", &package), ("version", "1"), ("pay", "phone")];
    let declined = mara.post(&path, &sell).await;
    assert_eq!(declined.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(declined.text.contains("The payment provider did not take the order."));
    assert!(declined.field("id") != sale, "the next one is another sale");
    assert!(matches!(purchase(&house, sale.parse().unwrap()).state, State::Withdrawn { .. }));
    house.assert_sound();
}

#[tokio::test]
async fn a_sale_is_somebody_elses_business_to_nobody() {
    let (_fake, house) = practice().await;
    let mut hana = house.practitioner(house.hana);
    let (_, id) = sold(&house, &mut hana, "Walter").await;
    // Ines sells with a sandbox; Hana's sale is not hers.
    let mut ines = house.practitioner(house.ines);
    for path in [page_of(id), format!("{}/yet", page_of(id))] {
        assert_eq!(ines.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ines.post(&format!("{}/call-off", page_of(id)), &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(purchase(&house, id).state, State::AwaitingBuyer);
}
