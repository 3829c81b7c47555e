//! Data that came back from a backup: nothing is sent and no date is written down until the provider has been asked and the owner
//! says go.

use std::sync::Arc;

use axum::http::StatusCode;
use fiddlehead::actions::Error;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::keeping::hold::{ask, let_go, waiting};
use fiddlehead::actions::{billing::till, reconcile};
use fiddlehead::app::{App, Machine, Ways};
use fiddlehead::domain::credits::ledger::What;
use fiddlehead::domain::id::LotId;
use fiddlehead::domain::keeping::hold::{Held, Late, Provider, Refusal};
use fiddlehead::domain::messages::message::{State, Suppressed};
use fiddlehead::domain::time::{Timestamp, hours};
use fiddlehead::store::keeping::hold;
use fiddlehead::store::{self, Store};

use crate::support::{House, at};

/// The data come back now, from a backup of then.
fn came_back(house: &House, backup_made_at: Timestamp) {
    let held = Held { restored_at: house.now(), backup_made_at };
    house.app.store.write(move |tx| hold::put(tx, held)).unwrap();
}

fn expired(house: &House, lot: LotId) -> bool {
    house.ledger(lot).iter().any(|entry| matches!(entry.what, What::Expire(_)))
}

fn set_aside(house: &House) -> usize {
    let all = store::messages::message::all(&house.app.store.read().unwrap()).unwrap();
    let restored = |state: &State| matches!(state, State::Suppressed { why: Suppressed::Restored, .. });
    all.iter().filter(|message| restored(&message.state)).count()
}

#[tokio::test]
async fn nothing_is_sent_and_no_date_is_written_down_while_the_data_are_held() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let backup = house.now();
    came_back(&house, backup);
    house.live(hours(24 * 100)).await;
    assert_eq!(house.mailbox.letters().len(), 0, "not even the receipt");
    assert!(!expired(&house, lot));
    let waits = waiting(&house.app).unwrap().unwrap();
    assert!(waits.messages > 0 && waits.lots == 1, "{waits:?}");

    reconcile::poll(&house.app, backup).await.unwrap();
    let_go(&house.app, house.ines, Late::Send).unwrap();
    house.settle().await;
    assert!(!house.mailbox.letters().is_empty());
    assert!(expired(&house, lot));
    house.assert_sound();
}

#[tokio::test]
async fn what_was_paid_meanwhile_is_credited_and_what_was_due_before_is_set_aside() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    let purchase = house.order("Edda Stone", &house.six, Choice::Online);
    let checkout = house.open_till(purchase.id).await;
    let backup = house.now();
    house.hands.set(at("2026-04-14T18:00:00Z"));
    came_back(&house, backup);
    house.till.pay(&checkout).unwrap();
    house.settle().await;
    till::look(&house.app, purchase.id).await.unwrap();
    let lot = fiddlehead::domain::credits::lot::Lot::id_for(purchase.id);
    assert_eq!(house.balance(lot).available, 6, "credits land while the data are held");

    assert_eq!(ask(&house.app).await.unwrap(), []);
    let_go(&house.app, house.ines, Late::SetAside).unwrap();
    let aside = set_aside(&house);
    assert!(aside > 0);
    house.settle().await;
    assert_eq!(set_aside(&house), aside);
    let went = house.mailbox.letters().len();
    house.bought("Mara Field", &house.six).await;
    house.settle().await;
    assert!(house.mailbox.letters().len() > went, "from now on everything goes");
    house.assert_sound();
}

#[tokio::test]
async fn the_data_are_not_let_go_before_the_provider_was_asked() {
    let house = House::new().await;
    reconcile::poll(&house.app, house.now()).await.unwrap();
    let backup = house.now();
    house.hands.set(at("2026-04-16T08:00:00Z"));
    came_back(&house, backup);
    assert_eq!(waiting(&house.app).unwrap().unwrap().provider, Provider::Waits);
    let refused = let_go(&house.app, house.ines, Late::Send);
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotAsked))), "{refused:?}");
    ask(&house.app).await.unwrap();
    assert!(matches!(waiting(&house.app).unwrap().unwrap().provider, Provider::Asked(_)));
    let_go(&house.app, house.ines, Late::Send).unwrap();
    assert!(matches!(let_go(&house.app, house.ines, Late::Send), Err(Error::Refused(Refusal::NotHeld))));
}

#[tokio::test]
async fn a_payment_that_was_made_after_the_backup_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let house = House::new().await;
    let backup = house.now();
    let file = folder.path().join("copy.redb");
    store::snapshot::copy(&house.app.store, &file, |_| {}).unwrap();
    house.live(hours(3)).await;
    house.bought("Nora Lind", &house.six).await;

    let restored = Store::open(&file).unwrap();
    let held = Held { restored_at: house.now(), backup_made_at: backup };
    restored.write(move |tx| hold::put(tx, held)).unwrap();
    let app = Arc::new(App { store: restored, ..another(&house) });
    let unknown = ask(&app).await.unwrap();
    assert_eq!(unknown.len(), 1, "{unknown:?}");
    assert_eq!(unknown[0].amount.unwrap().minor, 54000);
}

/// The same program without its data.
fn another(house: &House) -> App {
    let other = House::bare();
    let app = Arc::into_inner(other.app);
    let cashier = house.app.cashier();
    drop(app);
    App {
        store: Store::in_memory().unwrap(),
        clock: house.app.clock.clone(),
        entropy: house.app.entropy.clone(),
        passwords: fiddlehead::platform::password::Passwords::new(house.app.entropy.clone()),
        key: house.app.key.clone(),
        ways: tokio::sync::watch::Sender::new(Ways {
            cashier,
            own_accounts: None,
            post: Arc::new(fiddlehead::app::Post::None),
            calendars: Arc::new(crate::support::radicale::calendars()),
        }),
        backups: fiddlehead::backups::Backups::new(),
        base_url: house.app.base_url.clone(),
        machine: Machine::new(None, house.now()),
        bell: tokio::sync::watch::Sender::new(0),
    }
}

#[tokio::test]
async fn every_page_of_the_desk_says_it_and_the_owner_lets_go() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    assert!(ines.get("/desk/hold").await.text.contains("Nothing is held"));
    let backup = house.now();
    house.hands.set(at("2026-04-15T08:00:00Z"));
    came_back(&house, backup);
    let mut ines = house.practitioner(house.ines);
    for page in ["/desk", "/desk/clients", "/desk/settings"] {
        assert!(ines.get(page).await.text.contains("came back from a backup"), "{page}");
    }
    let mut hana = house.practitioner(house.hana);
    let hers = hana.get("/desk").await.text;
    assert!(hers.contains("came back from a backup") && !hers.contains("/desk/hold"));
    assert_eq!(hana.post("/desk/hold", &[("late", "send")]).await.status, StatusCode::NOT_FOUND);

    let early = ines.post("/desk/hold", &[("late", "aside")]).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early.text.contains("Stripe has not been asked yet"));
    let asked = ines.post("/desk/hold/ask", &[]).await;
    assert!(asked.text.contains("No payment is missing here"), "{}", asked.text);
    assert_eq!(ines.post("/desk/hold", &[("late", "aside")]).await.status, StatusCode::SEE_OTHER);
    assert!(!ines.get("/desk").await.text.contains("came back from a backup"));
}
