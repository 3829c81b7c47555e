//! The audit log: what is written down, that nothing in it can be changed unseen, and the mail with its newest digest.

use fiddlehead::actions::audit as action;
use fiddlehead::actions::catalog::practice;
use fiddlehead::actions::keeping::backup::destination::{keep_destination, remove_destination};
use fiddlehead::actions::keeping::backup::kit;
use fiddlehead::actions::keeping::check::{check, leads_to};
use fiddlehead::actions::people::login;
use fiddlehead::domain::audit::{Concern, Entry, Looking, What, Who};
use fiddlehead::domain::id::{ClientId, PractitionerId};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::hours;
use fiddlehead::platform::seal::digest_of;
use fiddlehead::store::{self, StoreError};
use proptest::prelude::*;

use crate::backups::Bench;
use crate::support::{House, PASSWORD};

fn entries(house: &House) -> Vec<Entry> {
    let mut all = Vec::new();
    store::audit::each(&house.app.store.read().unwrap(), |_, entry| all.push(entry)).unwrap();
    all
}

fn deeds(house: &House) -> Vec<(Who, &'static str, Concern)> {
    entries(house).iter().map(|one| (one.said.who, one.said.what.name(), one.said.about)).collect()
}

#[tokio::test]
async fn who_signed_in_and_who_changed_what_is_written_down() {
    let house = House::new().await;
    let (ines, hana) = (house.ines, house.hana);
    let (me, her) = (Who::Member(ines), Concern::Member(hana));
    let mut visitor = house.visitor();
    visitor.post("/desk/sign-in", &[("email", "ines@quietfield.example"), ("password", "a guess")]).await;
    visitor.post("/desk/sign-in", &[("email", "nobody@quietfield.example"), ("password", "a guess")]).await;
    visitor.post("/desk/sign-in", &[("email", "ines@quietfield.example"), ("password", PASSWORD)]).await;
    let (client, lot) = house.bought("Nora Lind", &house.six).await;
    visitor.post(&format!("/desk/people/{hana}/role"), &[("role", "owner")]).await;
    visitor.post(&format!("/desk/people/{hana}/role"), &[("role", "front-desk")]).await;
    let last = visitor.post(&format!("/desk/people/{ines}/role"), &[("role", "practitioner")]).await;
    assert_eq!(last.status, 422, "the last owner stays one");
    visitor.get("/desk/export/file?form=json").await;
    visitor.get(&format!("/desk/clients/{client}/data.json")).await;
    let refund = house.refunded_in_part(lot);
    let erased = [("email", "nora@example.org"), ("settled", "yes")];
    visitor.post(&format!("/desk/clients/{client}/erase"), &erased).await;
    let told = deeds(&house);
    let expected = [
        (Who::Stranger, "sign-in-refused", Concern::Member(ines)),
        (me, "signed-in", Concern::Member(ines)),
        (me, "made-owner", her),
        (me, "made-front-desk", her),
        (me, "exported", Concern::Practice),
        (me, "client-exported", Concern::Client(client)),
        (me, "money-back", Concern::Refund(refund)),
        (me, "client-erased", Concern::Client(client)),
    ];
    assert_eq!(told, expected, "and not what was refused");
    // Nothing in it is hers: neither on the page nor in the table.
    let page = visitor.get("/desk/audit").await.text;
    let table = visitor.get("/desk/audit/audit.csv").await.text;
    for text in [&page, &table] {
        assert!(!text.contains("Nora") && text.contains(&client.to_string()[18..]), "{text}");
    }
    assert!(page.contains("<b>Ines Varga</b> made an owner of <b>Hana Okafor</b>."), "{page}");
    assert_eq!(table.lines().count(), 1 + expected.len());
    house.assert_sound();
}

#[tokio::test]
async fn what_is_grave_is_written_down_by_the_act_itself_and_once() {
    let bench = Bench::new().await;
    let (house, app, ines) = (&bench.house, bench.app(), bench.house.ines);
    let (client, _) = house.bought("Nora Lind", &house.six).await;
    let draft = bench.draft();
    for _ in 0..2 {
        kit::set_recipient(app, ines, bench.kit.recipient.clone()).unwrap();
        keep_destination(app, ines, draft.clone()).await.unwrap();
    }
    remove_destination(app, ines, draft.id).unwrap();
    let kept = store::catalog::practice::find(&app.store.read().unwrap()).unwrap().unwrap();
    practice::change(app, ines, kept).unwrap();
    login::hand_over(app, ines, Person::Client(client)).unwrap();
    let expected = [
        (What::KitSet, Concern::Practice),
        (What::PlaceAdded, Concern::Place(draft.id)),
        (What::PlaceRemoved, Concern::Place(draft.id)),
        (What::PracticeChanged, Concern::Practice),
        (What::LinkShown, Concern::Client(client)),
    ];
    assert_eq!(deeds(house), expected.map(|(what, about)| (Who::Member(ines), what.name(), about)));
}

#[tokio::test]
async fn the_log_has_pages_and_the_oldest_entry_is_on_the_last() {
    let house = House::new().await;
    for _ in 0..120 {
        action::record(&house.app, Who::Clock, What::BackedUp, Concern::Practice).unwrap();
    }
    let mut ines = house.practitioner(house.ines);
    let (mut path, mut seen) = ("/desk/audit".to_owned(), 0);
    loop {
        let page = ines.get(&path).await.text;
        seen += page.matches("<tr id=\"entry-").count();
        let Some(older) = page.split("/desk/audit?before=").nth(1) else { break };
        path = format!("/desk/audit?before={}", older.split('"').next().unwrap());
    }
    assert_eq!(seen, 121);
}

#[tokio::test]
async fn the_newest_digest_is_mailed_once_a_week_and_not_when_nothing_was_added() {
    let house = House::new().await;
    let mailed = async || {
        action::tell(&house.app).unwrap();
        house.settle().await;
        let of =
            |(subject, text): (String, String)| (subject == "The audit log’s fingerprint").then_some(text);
        house.mailed().into_iter().filter_map(of).collect::<Vec<_>>()
    };
    assert!(mailed().await.is_empty(), "nothing was written down yet");
    action::record(&house.app, Who::Clock, What::BackedUp, Concern::Practice).unwrap();
    let first = mailed().await;
    let head = action::shown(&entries(&house).last().unwrap().link);
    assert!(first.len() == 1 && first[0].contains(&head), "{first:?}");
    action::record(&house.app, Who::Clock, What::BackedUp, Concern::Practice).unwrap();
    assert_eq!(mailed().await.len(), 1, "once a week");
    house.hands.set(house.now() + hours(7 * 24));
    assert_eq!(mailed().await.len(), 2);
    house.hands.set(house.now() + hours(7 * 24));
    assert_eq!(mailed().await.len(), 2, "nothing was added");
    // What was mailed is found again, and a log that was written anew from its beginning does not lead to it.
    let read = house.app.store.read().unwrap();
    let head = action::read(&head).unwrap();
    assert_eq!(leads_to(&read, &head).unwrap(), Ok(1));
    let other = House::new().await;
    action::record(&other.app, Who::Clock, What::Exported, Concern::Practice).unwrap();
    other.assert_sound();
    assert!(leads_to(&other.app.store.read().unwrap(), &head).unwrap().unwrap_err().contains("cut off"));
}

#[tokio::test]
async fn an_entry_that_was_changed_in_the_file_is_named_by_check() {
    let house = House::new().await;
    for what in [What::SignedIn, What::Exported, What::MadeOwner, What::SignedIn] {
        action::record(&house.app, Who::Member(house.ines), what, Concern::Member(house.ines)).unwrap();
    }
    let mut changed = entries(&house)[1];
    changed.said.who = Who::Member(house.hana);
    let write = move |tx: &store::Tx<'_>| -> Result<(), StoreError> { store::audit::put(tx, &changed) };
    house.app.store.write(write).unwrap();
    let report = check(&house.app.store, house.now()).unwrap();
    assert_eq!(report.wrong, ["audit log: entry 2 is not as it was written"]);
}

#[tokio::test]
async fn a_log_that_was_cut_off_before_what_was_mailed_is_named_by_check() {
    let house = House::new().await;
    for _ in 0..4 {
        action::record(&house.app, Who::Clock, What::BackedUp, Concern::Practice).unwrap();
    }
    action::tell(&house.app).unwrap();
    house.assert_sound();
    // As a file is in which two more had been mailed, and were taken out again.
    let write = |tx: &store::Tx<'_>| -> Result<(), StoreError> { store::audit::note_told(tx, (1, 6)) };
    house.app.store.write(write).unwrap();
    let report = check(&house.app.store, house.now()).unwrap();
    assert_eq!(report.wrong, ["audit log: entries 5 to 6 are missing"]);
}

fn chain(seeds: &[(u8, u8, i64)]) -> Vec<Entry> {
    let mut all: Vec<Entry> = Vec::new();
    for (what, who, at) in seeds {
        let id = u128::from(*who);
        let who =
            [Who::Member(PractitionerId::from_bits(id)), Who::Client(ClientId::from_bits(id)), Who::Console];
        let said = fiddlehead::domain::audit::Said {
            number: all.len() as u64 + 1,
            at: fiddlehead::domain::time::Timestamp::from_second(*at).unwrap(),
            who: who[usize::from(*what) % 3],
            what: What::ALL[usize::from(*what) % What::ALL.len()],
            about: Concern::Client(ClientId::from_bits(id * 7)),
        };
        let before = all.last().map_or(fiddlehead::domain::audit::BEGINNING, |entry: &Entry| entry.link);
        all.push(Entry { said, link: digest_of(&said.bytes(&before)) });
    }
    all
}

/// The faults that looking along entries finds, each under the number that it is kept under.
fn faults(kept: &[(u64, Entry)]) -> Vec<fiddlehead::domain::audit::Fault> {
    let mut looking = Looking::default();
    kept.iter().flat_map(|(number, entry)| looking.at(*number, entry, digest_of)).collect()
}

proptest! {
    #[test]
    fn whatever_is_changed_taken_out_or_moved_is_named(
        seeds in prop::collection::vec((any::<u8>(), any::<u8>(), 0i64..2_000_000_000), 2..30),
        at in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        bit in 0usize..256,
        how in 0u8..7,
    ) {
        use fiddlehead::domain::audit::Fault::{Changed, Gone};
        let sound: Vec<(u64, Entry)> = chain(&seeds).into_iter().map(|one| (one.said.number, one)).collect();
        prop_assert!(faults(&sound).is_empty());
        let (at, other) = (at.index(sound.len()), other.index(sound.len()));
        let number = at as u64 + 1;
        let mut kept = sound.clone();
        match how {
            0 => kept[at].1.link[bit / 8] ^= 1 << (bit % 8),
            1 => kept[at].1.said.at += hours(1),
            2 => kept[at].1.said.who = Who::Stranger,
            3 => kept[at].1.said.about = Concern::Practice,
            4 => kept[at].1.said.number += 1,
            5 => { kept.remove(at); }
            _ => {
                let (one, two) = (kept[at].1, kept[other].1);
                (kept[at].1, kept[other].1) = (two, one);
            }
        }
        let found = faults(&kept);
        match how {
            // The tail alone can be cut off unseen: that is what the mailed digest is for.
            5 if at + 1 == sound.len() => prop_assert!(found.is_empty()),
            5 => prop_assert_eq!(found, vec![Gone(number, number)]),
            6 if at == other => prop_assert!(found.is_empty()),
            _ => prop_assert!(found.contains(&Changed(number)), "{:?}", found),
        }
    }
}
