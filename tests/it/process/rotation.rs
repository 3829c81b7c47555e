//! `fiddlehead rotate-key`: everything opens with the new key and nothing with the old one, and `kill -9` at any moment leaves data and a
//! key that fit.

use std::path::Path;
use std::time::Duration;

use fiddlehead::actions::calendar::feed;
use fiddlehead::actions::keeping::rotation::{self, NoKey, Sealed};
use fiddlehead::actions::people::note;
use fiddlehead::app::Fault;
use fiddlehead::domain::calendar::outside::{Kind as Asked, Outside};
use fiddlehead::domain::catalog::account::{Account, Secrets, Use};
use fiddlehead::domain::id::{ClientId, DestinationId, NoteId, OutsideId};
use fiddlehead::domain::keeping::destination::{Destination, Login, Place, Sftp};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::people::note::{Audience, Draft, Kind};
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::platform::seal::{InstanceKey, Secret};
use fiddlehead::store::keeping::destination;
use fiddlehead::store::{Store, StoreError, calendar, catalog, people};

use crate::support::guest::Guest;
use crate::support::process::{Chance, Program};
use crate::support::{House, PASSWORD};

const CLIENTS: usize = 8;
const NOTES: usize = 25;
const WORDS: &str = "Sleeps better since the move";
const ALL: Sealed =
    Sealed { notes: CLIENTS * NOTES, calendars: 1, feeds: 1, accounts: 1, places: 2, factors: 1 };

fn place(house: &House, login: Login) -> Destination {
    let id = DestinationId::from_bits(house.id());
    let key = house.app.key.key_for(Secret::Destination);
    let sftp = Sftp {
        host: "nas.example".parse().unwrap(),
        port: 22,
        user: "fern".parse().unwrap(),
        folder: "backups".parse().unwrap(),
        host_key: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8".parse().unwrap(),
        login,
    };
    Destination {
        id,
        name: "The machine in the attic".parse().unwrap(),
        place: Place::Sftp(sftp),
        sealed: key.seal(&id.bits().to_be_bytes(), b"{\"password\":\"moss\"}", &house.app.entropy),
        added_at: house.now(),
        asked_at: None,
    }
}

/// Keeps one of everything that is sealed, and many notes.
async fn sealed(house: &House) -> (ClientId, InstanceKey) {
    let (app, mut first) = (&house.app, None);
    for n in 0..CLIENTS {
        let (client, _) = house.bought(&format!("Nora{n} Lind"), &house.six).await;
        for m in 0..NOTES {
            let draft = Draft {
                id: NoteId::from_bits(house.id()),
                client,
                booking: None,
                audience: Audience::Private,
                kind: Kind::Usual,
                text: format!("{WORDS}, {m}").parse().unwrap(),
            };
            note::write(app, house.ines, draft).unwrap();
        }
        first.get_or_insert(client);
    }
    feed::renew(app, Person::Practitioner(house.ines), None).unwrap();
    let account = Account { practitioner: house.ines, number: 1, used: Use::Retired, since: house.now() };
    let secrets = Secrets { key: "sk_test_own".to_owned(), webhook: String::new() };
    let of_account = app.seal_account(&account, &secrets);
    let id = OutsideId::from_bits(house.id());
    let access = app.key.key_for(Secret::Access);
    let outside = Outside {
        id,
        practitioner: house.ines,
        name: "Other".parse().unwrap(),
        kind: Asked::Ics,
        host: "calendar.example".parse().unwrap(),
        sealed: access.seal(
            &id.bits().to_be_bytes(),
            b"{\"address\":\"https://calendar.example/x\"}",
            &app.entropy,
        ),
        added_at: house.now(),
        version: None,
        asked_at: None,
        read_at: None,
        worked_out_at: None,
        left_out: 0,
        failing: None,
    };
    let places =
        [place(house, Login::Password), place(house, Login::Key("ssh-ed25519 AAAA".parse().unwrap()))];
    fiddlehead::actions::people::second::begin(app, house.ines).unwrap();
    app.keep(move |tx| -> Result<(), StoreError> {
        catalog::account::put(tx, &account, of_account.clone())?;
        calendar::outside::put(tx, &outside, None)?;
        places.iter().try_for_each(|place| destination::put(tx, place))
    })
    .unwrap();
    (first.unwrap(), app.key.clone())
}

async fn founded() -> (Program, ClientId, InstanceKey) {
    let (program, (client, key)) = Program::founded(sealed).await;
    key.write(&program.data().join("instance.key")).unwrap();
    (program, client, key)
}

fn opened(data: &Path) -> (Store, InstanceKey) {
    let store = Store::open_existing(&data.join("fiddlehead.redb")).unwrap();
    let key = rotation::settle(data, &store, &Entropy::system()).unwrap();
    (store, key)
}

/// How much of it opens with a key: all, or nothing is said. Nothing is kept.
fn opens(store: &Store, key: &InstanceKey) -> Option<Sealed> {
    let (key, entropy) = (key.clone(), Entropy::system());
    let found = std::sync::Arc::new(std::sync::Mutex::new(None));
    let told = std::sync::Arc::clone(&found);
    let undone = store.write(move |tx| -> Result<(), Fault> {
        let other = InstanceKey::fresh(&entropy);
        *told.lock().unwrap() = Some(rotation::seal_anew(tx, &key, &other, &entropy)?);
        Err(Fault::Missing("a reason to keep it"))
    });
    assert!(undone.is_err());
    found.lock().unwrap().take()
}

/// How many of the sealed things a key opens, each asked for itself.
fn opened_one_by_one(store: &Store, key: &InstanceKey) -> usize {
    let read = store.read().unwrap();
    let mut count = 0;
    for (client, wrapped) in people::note::keys(&read).unwrap() {
        count += usize::from(key.unwrap(client.bits(), &wrapped).is_ok());
    }
    for outside in calendar::outside::all(&read).unwrap() {
        let bound = outside.id.bits().to_be_bytes();
        count += usize::from(key.key_for(Secret::Access).open(&bound, &outside.sealed).is_ok());
    }
    for feed in calendar::feed::all(&read).unwrap() {
        count += usize::from(key.key_for(Secret::Feed).open(&feed.digest, &feed.sealed).is_ok());
    }
    for (account, sealed) in catalog::account::all(&read).unwrap() {
        count += usize::from(key.for_secrets().open(account.bound().as_bytes(), &sealed).is_ok());
    }
    for place in destination::all(&read).unwrap() {
        let bound = place.id.bits().to_be_bytes();
        count += usize::from(key.key_for(Secret::Destination).open(&bound, &place.sealed).is_ok());
    }
    for (member, factor) in people::second::all(&read).unwrap() {
        let bound = member.bits().to_be_bytes();
        count += usize::from(key.key_for(Secret::SecondFactor).open(&bound, &factor.sealed).is_ok());
    }
    count
}

#[tokio::test]
async fn everything_opens_with_the_new_key_and_nothing_with_the_old_one() {
    let (mut program, client, old) = founded().await;
    let told = program.verb(&["rotate-key"], "");
    let words = String::from_utf8(told.stdout).unwrap();
    assert!(told.status.success(), "{words}{}", String::from_utf8_lossy(&told.stderr));
    for said in [
        "200 notes, 1 other calendars, 1 feeds, 1 own accounts, 2 places for backups, 1 second factors",
        "ssh-ed25519 ",
        "recovery kit",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    program.assert_sound();
    let (store, new) = opened(&program.data());
    assert_ne!(new.number(), old.number());
    assert_eq!(opens(&store, &new), Some(ALL));
    assert_eq!(opened_one_by_one(&store, &new), CLIENTS + 6);
    assert_eq!(opened_one_by_one(&store, &old), 0);
    drop(store);
    // The copy is the data as they were, and the old key is kept for it.
    let kept: Vec<String> = std::fs::read_dir(program.data().join("snapshots"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let copy = kept.iter().find(|name| name.starts_with("rotated-")).unwrap();
    let copy = program.data().join("snapshots").join(copy);
    assert_eq!(opens(&Store::open_existing(&copy).unwrap(), &old), Some(ALL));

    program.start();
    let mut ines = Guest::new(&program, "192.0.2.1");
    let form = [("email", "ines@quietfield.example"), ("password", PASSWORD)];
    assert_eq!(ines.post("/desk/sign-in", &form).location(), "/desk");
    let page = ines.get(&format!("/desk/clients/{client}"));
    assert!(page.text.contains(&format!("{WORDS}, 7")), "{}", page.text);
    // The file is held while it runs.
    let told = program.verb(&["rotate-key"], "");
    assert!(String::from_utf8_lossy(&told.stderr).contains("in use"), "{told:?}");
    program.stop();

    // The old key in place of the new one is refused in words, and back to the copy it is found again.
    let file = program.data().join("instance.key");
    let present = std::fs::read(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    old.write(&file).unwrap();
    let told = program.verb(&["rotate-key"], "");
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        !told.status.success() && words.contains("is not the key that these data are sealed with"),
        "{words}"
    );
    std::fs::write(&file, present).unwrap();
    assert!(program.roll_back(&["--to", copy.to_str().unwrap()]).status.success());
    program.start();
    program.stop();
    let (store, key) = opened(&program.data());
    assert_eq!((key.number(), opens(&store, &key)), (old.number(), Some(ALL)));
}

#[tokio::test]
async fn a_kill_at_any_moment_leaves_data_and_a_key_that_fit() {
    let chance = Chance::told("a_kill_at_any_moment_leaves_data_and_a_key_that_fit");
    let (program, _, first) = founded().await;
    let clock = fiddlehead::platform::clock::stopwatch();
    assert!(program.begin("rotate-key").wait().unwrap().success());
    let whole = usize::try_from(clock.elapsed().as_micros()).unwrap();
    let (store, mut before) = opened(&program.data());
    assert_ne!(before.number(), first.number());
    drop(store);
    let (mut old, mut new, mut done) = (0, 0, 0);
    for _ in 0..40 {
        let mut running = program.begin("rotate-key");
        let wait = Duration::from_micros(chance.below(whole + whole / 5) as u64);
        std::thread::sleep(wait);
        running.kill().unwrap();
        done += usize::from(running.wait().unwrap().success());
        let beside = program.data().join("instance.key.new").exists();
        let (store, key) = opened(&program.data());
        assert_eq!(opens(&store, &key), Some(ALL), "killed after {wait:?}, a new key beside: {beside}");
        if key.number() == before.number() {
            old += 1;
        } else {
            new += 1;
            assert_eq!(opened_one_by_one(&store, &before), 0, "killed after {wait:?}");
        }
        before = key;
    }
    eprintln!("40 times: {old} as before, {new} with the new key, of which {done} ended by themselves");
    program.assert_sound();
}

#[tokio::test]
async fn what_the_old_key_does_not_open_changes_nothing() {
    let (program, _, key) = founded().await;
    program.look_and_change(|store| {
        rotation::settle(&program.data(), store, &Entropy::system()).unwrap();
        let feed = calendar::feed::all(&store.read().unwrap()).unwrap().remove(0);
        let broken = fiddlehead::domain::calendar::feed::Feed { sealed: vec![1; 60], ..feed };
        store.write(move |tx| -> Result<(), StoreError> { calendar::feed::put(tx, &broken) }).unwrap();
    });
    let told = program.verb(&["rotate-key"], "");
    let words = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(!told.status.success() && words.contains("The old key goes on"), "{words}");
    let (store, after) = opened(&program.data());
    assert_eq!((after.number(), opened_one_by_one(&store, &key)), (key.number(), CLIENTS + 5));
    assert!(!matches!(rotation::settle(&program.data(), &store, &Entropy::system()), Err(NoKey::Another(_))));
}
