//! Hours without the outside, lived through on the set clock against real peers: the process lives by the machine's clock
//! and cannot wait that long.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::due::{self, Which};
use fiddlehead::actions::keeping::erase;
use fiddlehead::actions::messages::deliver;
use fiddlehead::actions::people::login::{self, Door};
use fiddlehead::domain::credits::ledger::Actor;
use fiddlehead::domain::id::{BookingId, MessageId};
use fiddlehead::domain::messages::message::{About, Kind, Message, State, Suppressed};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{hours, minutes};
use fiddlehead::mail::Security;
use fiddlehead::store::{Store, messages};

use crate::support::process::free_port;
use crate::support::smtp_peer::{Address, Peer, mail};
use crate::support::{House, at};

#[tokio::test]
async fn a_mail_server_that_was_down_for_an_hour_gets_everything_once() {
    let address = Arc::new(Address::new(free_port()));
    let way = mail(address.settings(Security::StartTls));
    let house = House::posting(Store::in_memory().unwrap(), way).await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-21T08:00:00Z"))
        .unwrap();
    house.settle().await;
    house.live(hours(1)).await;
    // A sale in the middle of it.
    house.bought("Edda Stone", &house.six).await;
    house.live(minutes(5)).await;

    let all = || messages::message::all(&house.app.store.read().unwrap()).unwrap();
    let due_by_now = || all().into_iter().filter(|message| message.due_at <= house.now()).collect::<Vec<_>>();
    assert_eq!(due_by_now().len(), 6);
    for message in due_by_now() {
        assert_eq!(message.state, State::Planned, "{message:?}");
        assert!((2..=8).contains(&message.tries), "it is tried, and not too often: {message:?}");
    }

    let Some(peer) = address.open(&[]) else { return };
    house.live(hours(1)).await;
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for event in peer.end().iter().filter(|event| event["event"] == "accepted") {
        let id = event["mail"]["headers"]["message-id"].as_str().unwrap().to_owned();
        *taken.entry(id).or_default() += 1;
    }
    let expected = due_by_now().iter().map(|message| (format!("<{}@book.example>", message.id), 1)).collect();
    assert_eq!(taken, expected);
    assert!(due_by_now().iter().all(|message| matches!(message.state, State::Sent { .. })));
    house.assert_sound();
}

#[tokio::test]
async fn a_heap_of_letters_that_want_to_go_holds_up_no_purchase() {
    let house = House::new().await;
    let purchase = house.order("Nora Lind", &house.six, Choice::Online);
    let checkout = house.open_till(purchase.id).await;
    house.till.pay(&checkout).unwrap();
    // More than one look at the due-index takes, and all of them before the purchase's turn.
    let (now, to) = (house.now(), Person::Practitioner(house.ines));
    house
        .app
        .keep(move |tx| {
            (0..600).try_for_each(|n| {
                let (id, key) = (MessageId::from_bits(n), n.to_string());
                let (kind, about, state) = (Kind::SignIn, About::Oneself, State::Planned);
                let (made_at, due_at, try_at) = (now, now, now);
                messages::message::put(
                    tx,
                    &Message {
                        id,
                        kind,
                        to,
                        about,
                        key,
                        made_at,
                        due_at,
                        try_at,
                        tries: 0,
                        asked_at: None,
                        state,
                    },
                )
            })
        })
        .unwrap();
    house.hands.advance(minutes(2));
    due::attend(&house.app, Which::Books).await.unwrap();
    let lot = fiddlehead::domain::credits::lot::Lot::id_for(purchase.id);
    assert_eq!(house.balance(lot).available, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_on_its_way_while_its_reader_is_erased_brings_nothing_of_her_back() {
    let Some(peer) = Peer::with_faults(&["slow-verdict"]) else { return };
    let house = House::posting(Store::in_memory().unwrap(), peer.mail()).await;
    let nora = house.order("Nora Lind", &house.six, Choice::AtPractice).client;
    login::ask_for_link(&house.app, &"nora@example.org".parse().unwrap(), Door::Client).unwrap();
    let letter = || {
        let all = messages::message::to(&house.app.store.read().unwrap(), Person::Client(nora)).unwrap();
        all.into_iter().find(|one| one.kind == Kind::SignIn).unwrap()
    };
    let (app, id) = (Arc::clone(&house.app), letter().id);
    let going = tokio::spawn(async move { deliver::deliver(&app, id).await });
    while !matches!(letter().state, State::Sending { .. }) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    erase::erase(&house.app, Actor::Client(nora), nora).unwrap();
    going.await.unwrap().unwrap();
    assert!(
        matches!(letter().state, State::Suppressed { why: Suppressed::Gone, .. }),
        "{:?}",
        letter().state
    );
    house.assert_sound();
}
