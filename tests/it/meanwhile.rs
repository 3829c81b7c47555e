//! What is changed while something slow goes on counts: a hash that is checked, a provider that is asked, another tab.

use std::pin::pin;
use std::sync::mpsc;
use std::task::Poll;

use axum::http::StatusCode;
use fiddlehead::actions::Error;
use fiddlehead::actions::billing::account;
use fiddlehead::actions::catalog::team;
use fiddlehead::actions::people::login::{self, Door};
use fiddlehead::actions::people::practitioner::{Factor, Instead, reset};
use fiddlehead::actions::people::proof;
use fiddlehead::domain::catalog::account::Secrets;
use fiddlehead::domain::people::client::Client;
use fiddlehead::domain::people::login::{Person, Refusal};
use fiddlehead::domain::time::Timestamp;
use fiddlehead::store;

use crate::support::fake_stripe::Fake;
use crate::support::{House, PASSWORD};

const HANA: &str = "hana@quietfield.example";

/// Runs where one thread does all that is done apart, so that a test can hold it.
fn on_one_thread(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().max_blocking_threads(1).build().unwrap().block_on(test);
}

/// Begins something, and changes something else once it has read what it goes by and before it hashes.
async fn with_change<T>(begun: impl Future<Output = T>, change: impl FnOnce()) -> T {
    let mut begun = pin!(begun);
    let first = std::future::poll_fn(|context| Poll::Ready(begun.as_mut().poll(context))).await;
    assert!(first.is_pending(), "it reads apart");
    let (arrived, arrival) = mpsc::channel();
    let (let_go, held) = mpsc::channel::<()>();
    let place = tokio::task::spawn_blocking(move || {
        arrived.send(()).unwrap();
        let _ = held.recv();
    });
    arrival.recv().unwrap();
    change();
    drop(let_go);
    place.await.unwrap();
    begun.await
}

fn forget_password(house: &House) {
    let instead = Instead::Password("$argon2id$another".to_owned());
    reset(&house.app, &HANA.parse().unwrap(), (instead, Factor::Kept)).unwrap();
}

fn let_go(house: &House) {
    team::leave(&house.app, house.ines, house.hana).unwrap();
}

#[test]
fn a_password_that_is_changed_while_it_is_checked_lets_nobody_in_nor_does_one_of_who_has_left() {
    on_one_thread(async {
        for change in [forget_password, let_go] {
            let house = House::new().await;
            let (email, password) = (HANA.parse().unwrap(), PASSWORD.to_owned());
            let entering = login::with_password(&house.app, email, password, Door::Desk);
            let entered = with_change(entering, || change(&house)).await;
            assert!(matches!(entered, Err(Error::Refused(Refusal::Unknown))), "{entered:?}");
            let read = house.app.store.read().unwrap();
            let hers = store::people::login::of(&read, Person::Practitioner(house.hana)).unwrap();
            assert!(hers.is_empty(), "{hers:?}");
            house.assert_sound();
        }
    });
}

#[test]
fn a_clients_password_that_is_taken_away_while_it_is_checked_lets_nobody_in() {
    on_one_thread(async {
        let house = House::new().await;
        let (nora, _) = house.bought("Nora Lind", &house.six).await;
        let password = |new: Option<String>| {
            let change = move |tx: &store::Tx<'_>| {
                let found = store::people::client::find(tx, nora)?.unwrap();
                store::people::client::put(tx, &Client { password: new.clone(), ..found })
            };
            house.app.keep(change).unwrap();
        };
        let read = house.app.store.read().unwrap();
        password(store::people::practitioner::find(&read, house.hana).unwrap().unwrap().password);
        let enter = || {
            let email = "nora@example.org".parse().unwrap();
            login::with_password(&house.app, email, PASSWORD.to_owned(), Door::Client)
        };
        enter().await.unwrap();
        let entered = with_change(enter(), || password(None)).await;
        assert!(matches!(entered, Err(Error::Refused(Refusal::Unknown))), "{entered:?}");
    });
}

#[test]
fn a_password_that_is_changed_while_it_is_checked_proves_nothing() {
    on_one_thread(async {
        for change in [forget_password, let_go] {
            let house = House::new().await;
            let opened = login::sign_in(&house.app, Person::Practitioner(house.hana)).unwrap();
            let hana = (house.hana, opened.cookie.as_str());
            proof::prove(&house.app, hana, PASSWORD).await.unwrap();
            let proving = proof::prove(&house.app, hana, PASSWORD);
            let proved = with_change(proving, || change(&house)).await;
            assert!(matches!(proved, Err(Error::Refused(proof::Wrong))), "{proved:?}");
        }
    });
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the fake goes by the machine's clock")]
async fn two_accounts_that_are_connected_at_once_have_each_a_number_and_keep_their_secrets() {
    let fake = Fake::start(&["--key", "sk_test_hanas"]);
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let house = House::with_accounts_at(format!("http://127.0.0.1:{}", fake.port), now).await;
    // One is asked about for so long that the other is kept meanwhile.
    fake.faults("retrieve", "slow", 1);
    let connect = |webhook: &str| {
        let secrets = Secrets { key: "sk_test_hanas".to_owned(), webhook: webhook.to_owned() };
        account::connect(&house.app, house.hana, secrets)
    };
    let (one, other) = tokio::join!(connect("whsec_one"), connect("whsec_other"));
    one.unwrap();
    other.unwrap();
    let all = store::catalog::account::of(&house.app.store.read().unwrap(), house.hana).unwrap();
    assert_eq!(all.iter().map(|(account, _)| account.number).collect::<Vec<_>>(), [1, 2]);
    for own in &all {
        house.app.open_account(own).unwrap();
    }
    // Another key for the one that she sells with takes its place, as before.
    connect("whsec_third").await.unwrap();
    assert_eq!(store::catalog::account::of(&house.app.store.read().unwrap(), house.hana).unwrap().len(), 2);
    house.assert_sound();
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_that_differ_are_all_kept_though_they_are_added_at_once() {
    let house = House::new().await;
    let add = async |on: &str| {
        let form = [("on", on), ("kind", "closed"), ("from", ""), ("until", "")];
        let mut tab = house.practitioner(house.ines);
        assert_eq!(tab.post("/desk/hours/dates", &form).await.status, StatusCode::SEE_OTHER, "{on}");
    };
    tokio::join!(
        add("2026-04-20"),
        add("2026-04-21"),
        add("2026-04-22"),
        add("2026-04-23"),
        add("2026-04-24"),
        add("2026-04-27"),
    );
    let read = house.app.store.read().unwrap();
    let kept = store::calendar::availability::of(&read, house.ines).unwrap().unwrap();
    assert_eq!(kept.overrides().len(), 6, "{:?}", kept.overrides());
}
