//! A client's own data, and erasing her: nothing of her is left, and the books are as they were.

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::{booking, change};
use fiddlehead::actions::credits::adjust;
use fiddlehead::actions::keeping::erase::{self, Refusal};
use fiddlehead::actions::keeping::{check, export};
use fiddlehead::actions::people::{login, note};
use fiddlehead::domain::credits::adjustment::Correction;
use fiddlehead::domain::credits::ledger::Actor;
use fiddlehead::domain::id::{BookingId, ClientId, NoteId};
use fiddlehead::domain::messages::message::State;
use fiddlehead::domain::people::erasure;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::people::note::{Audience, Draft, Kind};
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{House, at};

fn write(house: &House, client: ClientId, audience: Audience, text: &str) {
    let (id, text) = (NoteId::from_bits(house.id()), text.parse().unwrap());
    note::write(
        &house.app,
        house.ines,
        Draft { id, client, booking: None, audience, kind: Kind::Usual, text },
    )
    .unwrap();
}

#[tokio::test]
async fn a_client_gets_all_that_is_kept_about_her_and_no_private_note() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-04-21T08:00:00Z")).unwrap();
    write(&house, nora, Audience::Private, "for me alone");
    write(&house, nora, Audience::Shared, "breathe out for six");
    house.settle().await;
    let data = |by, notes| export::own_data(&house.app, by, nora, notes);
    let own = data(Actor::Client(nora), export::Notes::AllOfHers).unwrap();
    assert_eq!(own["client"]["email"], "nora@example.org");
    assert_eq!(own["purchases"][0]["price"]["amount"], "540.00");
    assert_eq!(own["purchases"][0]["receipts"][0]["number"], 1);
    assert_eq!(own["credits"][0]["ledger"].as_array().unwrap().len(), 2);
    assert_eq!(own["sessions"][0]["starts_at"], "2026-04-21T08:00:00Z");
    let told = own["messages"].as_array().unwrap();
    assert!(told.iter().any(|one| one["kind"] == "receipt" && one["state"] == "sent"), "{told:?}");
    let text = own.to_string();
    assert!(text.contains("breathe out for six") && !text.contains("for me alone"));
    let hers = data(Actor::Practitioner(house.ines), export::Notes::AllOfHers).unwrap();
    assert_eq!(hers["notes"].as_array().unwrap().len(), 2);
    let shared = data(Actor::Practitioner(house.ines), export::Notes::Shared).unwrap();
    assert_eq!(shared["notes"].as_array().unwrap().len(), 1);
    assert!(data(Actor::Practitioner(house.hana), export::Notes::Shared).is_err());
    assert!(data(Actor::Client(ClientId::from_bits(1)), export::Notes::Shared).is_err());
}

#[tokio::test]
async fn a_practitioner_hands_over_only_what_is_between_the_two() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    house.bought("Nora Lind", &house.five).await;
    let lots = |by| {
        let data = export::own_data(&house.app, by, nora, export::Notes::Shared).unwrap();
        data["credits"].as_array().unwrap().len()
    };
    assert_eq!(lots(Actor::Client(nora)), 2);
    assert_eq!([house.ines, house.hana].map(|whose| lots(Actor::Practitioner(whose))), [1, 1]);
}

#[tokio::test]
async fn erasing_a_client_leaves_the_books_and_nothing_of_her() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-04-21T08:00:00Z")).unwrap();
    let reason = "Nora was unwell".parse().unwrap();
    adjust::adjust(&house.app, house.ines, lot, Correction { from: 6, to: 7 }, reason).unwrap();
    write(&house, nora, Audience::Private, "for me alone");
    let signed_in = login::sign_in(&house.app, Person::Client(nora)).unwrap();
    let by = Actor::Practitioner(house.ines);
    let ahead = erase::erase(&house.app, by, nora);
    let ahead_is = erasure::Refusal::SessionsAhead(1);
    assert!(matches!(ahead, Err(Error::Refused(Refusal::Rule(refusal))) if refusal == ahead_is));
    change::cancel_by_practitioner(&house.app, house.ines, id, None).unwrap();
    house.settle().await;
    let books = |house: &House| check::check(&house.app.store, house.now()).unwrap().books;
    let before = books(&house);
    let seen = erase::preview(&house.app, by, nora).unwrap();
    assert_eq!((seen.can, seen.purchases_kept, seen.notes_destroyed, seen.credits_left), (Ok(()), 1, 1, 7));

    erase::erase(&house.app, by, nora).unwrap();

    assert_eq!(books(&house), before);
    house.assert_sound();
    let read = house.app.store.read().unwrap();
    let left = export::own_data(&house.app, by, nora, export::Notes::AllOfHers).unwrap().to_string();
    for word in ["Nora", "Lind", "nora@", "unwell", "Berlin", "for me alone"] {
        assert!(!left.contains(word), "{word} in {left}");
    }
    assert!(left.contains("540.00") && left.contains("Erased"));
    assert_eq!(store::people::note::key(&read, nora).unwrap(), None);
    assert!(
        store::people::client::with_email(&read, &"nora@example.org".parse().unwrap()).unwrap().is_none()
    );
    assert_eq!(login::who(&house.app, &signed_in.cookie).unwrap(), None);
    let mails = house.mailbox.letters().len();
    house.live(hours(120 * 24)).await;
    assert_eq!(house.mailbox.letters().len(), mails, "no nudge goes any more");
    let read = house.app.store.read().unwrap();
    let told = store::messages::message::to(&read, Person::Client(nora)).unwrap();
    assert!(
        told.iter().all(|message| matches!(message.state, State::Sent { .. } | State::Suppressed { .. }))
    );
    house.assert_sound();
}

#[tokio::test]
async fn what_was_erased_is_written_over_in_the_data_file_and_so_is_the_key_of_her_notes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fiddlehead.redb");
    let house = House::on(store::Store::open(&file).unwrap()).await;
    let (nora, _) = house.bought("Quendolin Ashgrove", &house.six).await;
    write(&house, nora, Audience::Private, "for me alone");
    house.settle().await;
    let key = store::people::note::key(&house.app.store.read().unwrap(), nora).unwrap().unwrap();
    let holds = |what: &[u8]| {
        let bytes = std::fs::read(&file).unwrap();
        bytes.windows(what.len()).any(|some| some == what)
    };
    let hers: [&[u8]; 4] = [b"Quendolin", b"Ashgrove", b"quendolin@", &key];
    assert!(hers.iter().all(|what| holds(what)), "or there would be nothing to look for");
    erase::erase(&house.app, Actor::Practitioner(house.ines), nora).unwrap();
    assert!(hers.iter().any(|what| holds(what)), "a file forgets nothing by itself");
    while house.app.store.scrub(&file).unwrap().is_some() {}
    for what in hers {
        let bytes = std::fs::read(&file).unwrap();
        let at: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(what)).collect();
        let around = |at: &usize| {
            String::from_utf8_lossy(&bytes[at.saturating_sub(200)..(at + 100).min(bytes.len())]).into_owned()
        };
        let where_it_is: Vec<String> = at.iter().map(around).collect();
        assert!(at.is_empty(), "{}: {where_it_is:#?}", String::from_utf8_lossy(what));
    }
    house.assert_sound();
    // A note that is deleted goes the same way.
    let (mia, _) = house.bought("Mia Berg", &house.six).await;
    write(&house, mia, Audience::Private, "gone tomorrow");
    let (heading, sealed) =
        store::people::note::about(&house.app.store.read().unwrap(), mia).unwrap().remove(0);
    note::remove(&house.app, house.ines, mia, heading.id).unwrap();
    while house.app.store.scrub(&file).unwrap().is_some() {}
    assert!(!holds(&sealed));
}

#[tokio::test]
async fn who_may_erase_a_client_of_several_practitioners() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    house.bought("Nora Lind", &house.five).await;
    let by_hana = erase::erase(&house.app, Actor::Practitioner(house.hana), nora);
    assert!(matches!(by_hana, Err(Error::Refused(Refusal::OfOthersToo))));
    let other = erase::erase(&house.app, Actor::Client(ClientId::from_bits(3)), nora);
    assert!(matches!(other, Err(Error::Refused(Refusal::NotThere))));
    erase::erase(&house.app, Actor::Client(nora), nora).unwrap();
    house.assert_sound();
}
