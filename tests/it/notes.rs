//! Notes: sealed at rest, read by their author and, if shared, by the client; never by anybody else.

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::people::note::{self, Refusal};
use fiddlehead::app::Fault;
use fiddlehead::domain::id::{BookingId, ClientId, NoteId};
use fiddlehead::domain::people::note::{Audience, Draft, Kind};
use fiddlehead::store::{self, Store};

use crate::support::{House, at};

const CANARY: &str = "sparrowhawk at the seventh window";

fn draft(house: &House, client: ClientId, audience: Audience, text: &str) -> Draft {
    let text = text.parse().unwrap();
    Draft { id: NoteId::from_bits(house.id()), client, booking: None, audience, kind: Kind::Usual, text }
}

fn texts(notes: &[fiddlehead::domain::people::note::Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

#[tokio::test]
async fn the_words_of_a_note_never_appear_in_the_data_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.redb");
    let house = House::on(Store::open(&file).unwrap()).await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    for audience in [Audience::Private, Audience::Shared] {
        note::write(&house.app, house.ines, draft(&house, nora, audience, CANARY)).unwrap();
    }
    assert_eq!(texts(&note::of_practitioner(&house.app, house.ines, nora).unwrap()), [CANARY; 2]);
    let bytes = std::fs::read(&file).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("Nora Lind"), "what is not sealed is found, so the search works");
    for word in CANARY.split(' ').filter(|word| word.len() > 3).chain([CANARY]) {
        assert!(!holds(word), "{word}");
    }
    house.assert_sound();
}

#[tokio::test]
async fn a_note_is_read_by_its_author_and_if_shared_by_the_client() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, _) = house.bought("Mira Tal", &house.five).await;
    let session = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, session, lot, at("2026-04-21T08:00:00Z")).unwrap();
    let private =
        Draft { booking: Some(session), ..draft(&house, nora, Audience::Private, "worries about work") };
    note::write(&house.app, house.ines, private.clone()).unwrap();
    let shared = draft(&house, nora, Audience::Shared, "breathe out for six");
    note::write(&house.app, house.ines, shared.clone()).unwrap();

    let all = note::of_practitioner(&house.app, house.ines, nora).unwrap();
    assert_eq!(texts(&all), ["worries about work", "breathe out for six"]);
    assert_eq!(all[0].heading.booking, Some(session));
    assert_eq!(texts(&note::shared_with(&house.app, nora).unwrap()), ["breathe out for six"]);
    assert_eq!(texts(&note::shared_with(&house.app, mira).unwrap()), [""; 0]);
    assert!(matches!(note::of_practitioner(&house.app, house.hana, nora), Err(Error::Refused(_))));

    let foreign = Draft { client: mira, ..shared.clone() };
    assert!(matches!(note::write(&house.app, house.ines, foreign), Err(Error::Refused(Refusal::NotThere))));
    let elsewhere = Draft { id: NoteId::from_bits(house.id()), client: mira, ..private.clone() };
    assert!(matches!(note::write(&house.app, house.hana, elsewhere), Err(Error::Refused(Refusal::NotThere))));
    assert!(note::remove(&house.app, house.hana, nora, private.id).is_err());

    let taken_back = Draft { audience: Audience::Private, ..shared.clone() };
    note::write(&house.app, house.ines, taken_back).unwrap();
    assert_eq!(texts(&note::shared_with(&house.app, nora).unwrap()), [""; 0]);
    note::remove(&house.app, house.ines, nora, private.id).unwrap();
    assert_eq!(note::of_practitioner(&house.app, house.ines, nora).unwrap().len(), 1);
    house.assert_sound();
}

#[tokio::test]
async fn sealed_words_under_another_heading_do_not_open() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let private = draft(&house, nora, Audience::Private, CANARY);
    note::write(&house.app, house.ines, private.clone()).unwrap();
    // Somebody with the data file makes a private note a shared one.
    let (mut heading, sealed) =
        store::people::note::find(&house.app.store.read().unwrap(), nora, private.id).unwrap().unwrap();
    heading.audience = Audience::Shared;
    house.app.keep(move |tx| store::people::note::put(tx, &heading, sealed.clone())).unwrap();
    assert!(matches!(note::shared_with(&house.app, nora), Err(Fault::Sealed)));
}
