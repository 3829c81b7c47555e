//! A practitioner's own account at the payment provider, against a server that speaks Stripe: entered, sold with, heard of, left.

use axum::http::StatusCode;
use fiddlehead::actions::billing::till;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::reconcile;
use fiddlehead::domain::catalog::purchase::Purchase;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::money::Money;
use fiddlehead::domain::time::{Timestamp, hours};
use fiddlehead::payments::{Ask, CheckoutId};
use fiddlehead::store;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;

use crate::support::House;
use crate::support::fake_stripe::Fake;

const HERS: &str = "sk_test_hanas";
const SECRET: &str = "whsec_hanas";

/// A practice with a sandbox for a till, whose practitioners' own accounts are at the fake. It lives by the machine's
/// clock, as the fake does.
#[expect(clippy::disallowed_methods, reason = "the fake goes by the machine's clock")]
async fn practice() -> (Fake, House) {
    let fake = Fake::start(&["--key", HERS]);
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let house = House::with_accounts_at(format!("http://127.0.0.1:{}", fake.port), now).await;
    (fake, house)
}

async fn connected() -> (Fake, House) {
    let (fake, house) = practice().await;
    let form = [("key", HERS), ("secret", SECRET)];
    assert_eq!(
        house.practitioner(house.hana).post("/desk/till", &form).await.location(),
        "/desk/till?done=saved"
    );
    (fake, house)
}

fn purchase(house: &House, id: PurchaseId) -> Purchase {
    store::catalog::purchase::find(&house.app.store.read().unwrap(), id).unwrap().unwrap()
}

fn has_credits(house: &House, id: PurchaseId) -> bool {
    let read = house.app.store.read().unwrap();
    store::credits::lot::find(&read, Lot::id_for(id)).unwrap().is_some()
}

/// Which of the practitioner's own accounts sells a purchase.
fn account_of(house: &House, id: PurchaseId) -> Option<u32> {
    purchase(house, id).till.unwrap().account
}

fn signed(secret: &str, at: Timestamp, body: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{body}", at.as_second()).as_bytes());
    let signature = data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes());
    format!("t={},v1={signature}", at.as_second())
}

#[tokio::test]
async fn a_key_is_tried_before_it_is_kept_and_never_shown() {
    let (fake, house) = practice().await;
    let mut hana = house.practitioner(house.hana);
    let page = hana.get("/desk/till").await;
    assert!(
        page.text.contains("sold with the practice’s account")
            && page.field("hook").ends_with(&format!("/hooks/stripe/{}", house.hana))
    );
    for (key, secret, why) in [
        ("pk_test_public", "", "it begins with sk_ or rk_"),
        ("", "", "it begins with sk_ or rk_"),
        (HERS, "secret", "it begins with whsec_"),
        ("sk_test_somebody_elses", "", "Stripe does not take this key"),
    ] {
        let answer = hana.post("/desk/till", &[("key", key), ("secret", secret)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
        assert!(
            answer.text.contains(why) && (key.is_empty() || !answer.text.contains(key)),
            "{key}: {}",
            answer.text
        );
    }
    // A restricted key that may not read what it must, and a provider that does not answer.
    for (on, fault, why) in [
        ("events", "403", "look at its permissions"),
        ("retrieve", "403", "look at its permissions"),
        ("events", "500", "cannot be reached just now"),
    ] {
        fake.faults(on, fault, 3);
        let answer = hana.post("/desk/till", &[("key", HERS), ("secret", "")]).await;
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains(why),
            "{on} {fault}"
        );
        fake.faults(on, fault, 0);
    }
    assert_eq!(store::catalog::account::all(&house.app.store.read().unwrap()).unwrap(), vec![]);

    assert_eq!(
        hana.post("/desk/till", &[("key", HERS), ("secret", SECRET)]).await.location(),
        "/desk/till?done=saved"
    );
    for path in ["/desk/till", "/desk/settings", "/desk"] {
        let page = hana.get(path).await.text;
        assert!(!page.contains("sk_test") && !page.contains("whsec_h"), "{path}");
    }
    assert!(hana.get("/desk/till").await.text.contains("Test mode: nothing is charged"));
    let (_, sealed) = store::catalog::account::all(&house.app.store.read().unwrap()).unwrap().remove(0);
    assert!(!sealed.windows(7).any(|part| part == b"sk_test") && sealed.len() > HERS.len() + SECRET.len());
    house.assert_sound();
}

#[tokio::test]
async fn a_test_key_is_spoken_of_where_it_matters() {
    let (_fake, house) = connected().await;
    // The page of the first day has no room for it: somebody bought already.
    house.order("Sam Whitaker", &house.five, Choice::AtPractice);
    let said = "Test mode: nothing is charged.";
    assert!(house.practitioner(house.hana).get("/desk").await.text.contains(said));
    let form = format!("/hana/{}/checkout", house.five.address());
    let page = house.visitor().get(&form).await.text;
    assert!(page.contains("Nearly there") && page.contains(said), "{page}");
    house.practitioner(house.hana).post("/desk/till/remove", &[]).await;
    assert!(!house.visitor().get(&form).await.text.contains(said), "the sandbox says so itself");
}

#[tokio::test]
async fn her_sales_are_asked_for_and_heard_of_at_her_own_account() {
    let (fake, house) = connected().await;
    // Ines goes on selling with the practice's.
    house.bought("Nora Lind", &house.six).await;
    assert_eq!(fake.counts("create").0, 0);

    let sold = house.order("Sam Whitaker", &house.five, Choice::Online).id;
    let url = till::open(&house.app, sold).await.unwrap();
    assert!(url.starts_with(&format!("http://127.0.0.1:{}/", fake.port)));
    assert_eq!((account_of(&house, sold), fake.counts("create").0), (Some(1), 1));
    let checkout: CheckoutId =
        purchase(&house, sold).till.unwrap().checkout.unwrap().as_str().parse().unwrap();
    fake.buyer(&checkout, "pay");
    // The webhook at her own address, by her own secret; at the practice's it is a stranger's.
    let at = house.now();
    let body = format!(
        r#"{{"id":"evt_1","type":"checkout.session.completed","created":{},"data":{{"object":{{"id":"{checkout}"}}}}}}"#,
        at.as_second()
    );
    let own = format!("/hooks/stripe/{}", house.hana);
    let other = format!("/hooks/stripe/{}", house.ines);
    for (path, secret, status) in [
        (own.as_str(), "whsec_test", 400),
        ("/hooks/stripe", SECRET, 400),
        (other.as_str(), SECRET, 400),
        ("/hooks/stripe/nobody", SECRET, 404),
    ] {
        assert_eq!(hook(&house, path, &signed(secret, at, &body), &body).await, status, "{path}");
        assert!(!has_credits(&house, sold), "{path}");
    }
    assert_eq!(hook(&house, &own, &signed(SECRET, at, &body), &body).await, 200);
    assert!(has_credits(&house, sold));

    // The poll asks her account as well.
    let second = house.order("Wen Li", &house.five, Choice::Online).id;
    till::open(&house.app, second).await.unwrap();
    let checkout = purchase(&house, second).till.unwrap().checkout.unwrap().as_str().parse().unwrap();
    fake.buyer(&checkout, "pay");
    reconcile::poll(&house.app, house.now()).await.unwrap();
    assert!(has_credits(&house, second));
    house.assert_sound();
}

#[tokio::test]
async fn what_was_sold_stays_with_the_account_that_sold_it() {
    let (fake, house) = connected().await;
    let mut hana = house.practitioner(house.hana);
    let before = house.order("Sam Whitaker", &house.five, Choice::Online).id;
    till::open(&house.app, before).await.unwrap();
    // A key of the same account takes the place of the one before.
    hana.post("/desk/till", &[("key", HERS), ("secret", "")]).await;
    let accounts = || store::catalog::account::of(&house.app.store.read().unwrap(), house.hana).unwrap();
    assert_eq!(accounts().len(), 1);
    assert_eq!(hana.post("/desk/till/remove", &[]).await.location(), "/desk/till?done=saved");
    assert!(hana.get("/desk/till").await.text.contains("sold with the practice’s account"));
    let after = house.order("Wen Li", &house.five, Choice::Online).id;
    house.open_till(after).await;
    assert_eq!((account_of(&house, before), account_of(&house, after)), (Some(1), None));
    let checkout = purchase(&house, before).till.unwrap().checkout.unwrap().as_str().parse().unwrap();
    fake.buyer(&checkout, "pay");
    till::look(&house.app, before).await.unwrap();
    assert!(has_credits(&house, before));
    // Back again, under a number of its own.
    hana.post("/desk/till", &[("key", HERS), ("secret", "")]).await;
    let third = house.order("Ada Moss", &house.five, Choice::Online).id;
    assert_eq!((account_of(&house, third), accounts().len()), (Some(2), 2));
    house.assert_sound();
}

#[tokio::test]
async fn an_account_has_no_say_in_what_another_sold() {
    let (fake, house) = connected().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let cash = house.order("Wen Li", &house.five, Choice::AtPractice).id;
    house.mark_paid(house.hana, cash);
    // At her own account Hana takes payments under the names of these purchases, and gives them back or has them questioned.
    for (n, purchase) in [PurchaseId::from_bits(lot.bits()), cash].into_iter().enumerate() {
        for verb in ["refund", "dispute"] {
            let ask = Ask {
                purchase,
                idempotency_key: format!("made-up-{n}-{verb}"),
                amount: Money::parse("540.00", "USD".parse().unwrap()).unwrap(),
                what: "Six sessions".parse().unwrap(),
                buyer: "hana@quietfield.example".parse().unwrap(),
                success_url: "https://book.example/paid".to_owned(),
                cancel_url: "https://book.example/".to_owned(),
                expires_at: house.now() + hours(2),
            };
            let made = fake.till_with(HERS).open(&ask).await.unwrap();
            fake.buyer(&made.id, "pay");
            let payment = fake.till_with(HERS).look_up(&made.id).await.unwrap().payment.unwrap();
            fake.back(verb, &json!({ "payment_intent": payment.as_str() }));
        }
    }
    reconcile::poll(&house.app, house.now()).await.unwrap();
    for (lot, sessions) in [(lot, 6), (Lot::id_for(cash), 5)] {
        let balance = house.balance(lot);
        assert_eq!((balance.available, balance.revoked, balance.suspended), (sessions, 0, 0));
    }
    // What she sold herself she does give back there, but no other payment in its place.
    let sold = house.order("Sam Whitaker", &house.five, Choice::Online).id;
    till::open(&house.app, sold).await.unwrap();
    let checkout = purchase(&house, sold).till.unwrap().checkout.unwrap().as_str().parse().unwrap();
    fake.buyer(&checkout, "pay");
    till::look(&house.app, sold).await.unwrap();
    let payment = purchase(&house, sold).till.unwrap().payment.unwrap();
    fake.back("refund", &json!({ "payment_intent": payment.as_str() }));
    reconcile::poll(&house.app, house.now()).await.unwrap();
    assert_eq!(house.balance(Lot::id_for(sold)).revoked, 5);
    house.assert_sound();
}

#[tokio::test]
async fn a_key_that_does_not_open_sells_nothing_and_never_with_the_practices_account() {
    let (_fake, house) = connected().await;
    let read = house.app.store.read().unwrap();
    let (account, mut sealed) = store::catalog::account::selling(&read, house.hana).unwrap().unwrap();
    drop(read);
    sealed[30] ^= 1;
    house.app.keep(move |tx| store::catalog::account::put(tx, &account, sealed.clone())).unwrap();
    assert!(house.app.cashier_of(house.hana).is_none());
    assert!(house.app.cashier_of(house.ines).is_some());
    let page = house.visitor().get("/hana/steadiness/checkout").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("value=\"online\""), "{}", page.text);
    assert!(house.practitioner(house.hana).get("/desk/till").await.text.contains("cannot be read any more"));
    // Time goes on without a fault.
    house.live(hours(1)).await;
}

async fn hook(house: &House, path: &str, signature: &str, body: &str) -> u16 {
    use axum::body::Body;
    use axum::http::{Request, header};
    use tower::ServiceExt;
    let request = Request::post(path)
        .header(header::HOST, "book.example")
        .header(header::CONTENT_TYPE, "application/json")
        .header("stripe-signature", signature)
        .body(Body::from(body.to_owned()))
        .unwrap();
    house.router.clone().oneshot(request).await.unwrap().status().as_u16()
}
