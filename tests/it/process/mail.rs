//! `fiddlehead serve` handing mail to a mail server that is not ours, over STARTTLS with AUTH: what arrives, and what is
//! lost or doubled when either of the two falls over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fiddlehead::actions::billing::till;
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order};
use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::messages::message::{Kind, Message, State};
use fiddlehead::domain::time::{SignedDuration, Timestamp, Zone, before, hours};
use fiddlehead::mail::Security;
use fiddlehead::store::{Store, messages};
use serde_json::{Value, json};

use super::{booked, bought};
use crate::support::House;
use crate::support::process::{Chance, Program, eventually, free_port, mail_section, real_now};
use crate::support::smtp_peer::{Address, Peer, mail};

/// How often each mail was taken, by its Message-ID.
fn taken(told: &[Value]) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for event in told.iter().filter(|event| event["event"] == "accepted") {
        let id = event["mail"]["headers"]["message-id"].as_str().unwrap().to_owned();
        *counted.entry(id).or_default() += 1;
    }
    counted
}

fn message_id(message: &Message) -> String {
    format!("<{}@127.0.0.1>", message.id)
}

fn all(store: &Store) -> Vec<Message> {
    messages::message::all(&store.read().unwrap()).unwrap()
}

/// The messages that have had their time.
fn due(store: &Store, now: Timestamp) -> Vec<Message> {
    all(store).into_iter().filter(|message| message.due_at <= now).collect()
}

/// Collects what the peer takes until there are so many mails.
fn wait_for_mails(peer: &mut Peer, told: &mut Vec<Value>, count: usize) {
    eventually(&format!("{count} mails have come"), || {
        told.extend(peer.told());
        (taken(told).len() >= count).then_some(())
    });
}

#[tokio::test]
async fn receipts_and_an_invitation_arrive_whole_and_once() {
    let address = Arc::new(Address::new(free_port()));
    let Some(mut peer) = address.open(&[]) else { return };
    let (mut program, session) = Program::founded(async |house| {
        let (nora, lot) = bought(house, "Nora Lind").await;
        bought(house, "Edda Stone").await;
        booked(house, nora, lot)
    })
    .await;
    program.configure(&mail_section(&address));
    program.start();
    let mut told = Vec::new();
    // Two receipts and a booking, each to the client and to the practitioner.
    wait_for_mails(&mut peer, &mut told, 6);
    program.stop();
    program.start();
    program.stop();
    let logins = told.iter().filter(|event| event["event"] == "auth").count();
    assert!(logins > 0 && told.iter().all(|event| event["event"] != "auth" || event["right"] == true));
    told.extend(peer.end());
    assert!(taken(&told).values().all(|times| *times == 1), "{:?}", taken(&told));
    program.look(|store| {
        let sent = due(store, real_now());
        assert!(sent.iter().all(|message| matches!(message.state, State::Sent { .. })), "{sent:?}");
        assert_eq!(taken(&told).into_keys().collect::<Vec<_>>(), sorted(&sent));
    });

    let to_nora = |part: &str| {
        let found = told.iter().map(|event| &event["mail"]).find(|mail| {
            mail["to"] == json!([["Nora Lind", "nora@example.org"]])
                && mail["structure"].as_array().unwrap().contains(&json!(part)) == (part == "text/calendar")
        });
        found.unwrap_or_else(|| panic!("no mail to Nora: {told:?}"))
    };
    let invitation = to_nora("text/calendar");
    assert_eq!(invitation["defects"], json!([]));
    assert_eq!(invitation["from"][0][1], "hello@quietfield.example");
    assert!(invitation["headers"]["subject"].as_str().unwrap().starts_with("Booked: "), "{invitation}");
    let [text, html] = ["text", "html"].map(|kind| invitation[kind][0].as_str().unwrap());
    assert!(text.contains("Nora") && text.contains(&program.base_url()), "{text}");
    assert!(html.starts_with("<!doctype html>") || html.starts_with("<!DOCTYPE html>"), "{html}");
    let (method, calendar) = (&invitation["calendar"][0][0], invitation["calendar"][0][1].as_str().unwrap());
    assert_eq!(method, "REQUEST");
    let start = session.starts_at.strftime("%Y%m%dT%H%M%SZ").to_string();
    for line in
        ["BEGIN:VCALENDAR", "METHOD:REQUEST", &format!("DTSTART:{start}"), "SEQUENCE:0", "END:VCALENDAR"]
    {
        assert!(calendar.lines().any(|had| had == line), "{line}: {calendar}");
    }
    assert!(calendar.contains(&format!("UID:{}@", session.id)), "{calendar}");
    assert_eq!(invitation["files"][0][2], invitation["calendar"][0][1]);
    program.assert_sound();
}

fn sorted(messages: &[Message]) -> Vec<String> {
    let mut ids: Vec<String> = messages.iter().map(message_id).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn a_mail_server_that_is_down_at_the_start_gets_everything_once_when_it_is_up() {
    let address = Arc::new(Address::new(free_port()));
    let down = address.settings(Security::StartTls);
    let (mut program, ()) = Program::founded_posting(mail(down), async |house| {
        // The first try fails almost a minute ago, so that the second is due some seconds after the start.
        house.hands.set(before(real_now(), SignedDuration::from_secs(54)));
        let (nora, lot) = bought(house, "Nora Lind").await;
        booked(house, nora, lot);
        house.settle().await;
    })
    .await;
    program.configure(&mail_section(&address));
    program.start();
    let Some(mut peer) = address.open(&[]) else { return };
    let mut told = Vec::new();
    wait_for_mails(&mut peer, &mut told, 4);
    program.stop();
    told.extend(peer.end());
    program.look(|store| {
        let sent = due(store, real_now());
        assert!(sent.iter().all(|message| matches!(message.state, State::Sent { .. })), "{sent:?}");
        assert!(sent.iter().all(|message| message.tries > 1), "each was tried in vain before");
        assert_eq!(taken(&told), sorted(&sent).into_iter().map(|id| (id, 1)).collect());
    });
}

/// A zone in which it is the middle of the day now: nudges do not wait there.
fn awake() -> Zone {
    let zones = [
        "Pacific/Auckland",
        "Asia/Tokyo",
        "Asia/Kolkata",
        "Europe/Berlin",
        "America/New_York",
        "America/Los_Angeles",
        "Pacific/Honolulu",
    ];
    let zones = zones.map(|name| name.parse::<Zone>().unwrap());
    zones
        .into_iter()
        .find(|zone| (9..18).contains(&zone.local(real_now()).hour()))
        .expect("it is day somewhere")
}

/// Somebody in that zone who buys and pays.
async fn bought_in(zone: &Zone, house: &House, name: &str) {
    let buyer = Buyer::Visitor {
        name: name.parse().unwrap(),
        email: format!("{}@example.org", name.to_lowercase()).parse().unwrap(),
        phone: None,
        zone: zone.clone(),
    };
    let (id, package) = (PurchaseId::from_bits(house.id()), &house.six);
    let order = Order {
        id,
        package: package.id,
        version: package.version,
        buyer,
        choice: Choice::Online,
        first: None,
    };
    checkout::order(&house.app, order).unwrap();
    let open = house.open_till(id).await;
    house.till.pay(&open).unwrap();
    till::look(&house.app, id).await.unwrap();
}

#[tokio::test]
async fn killed_between_sending_and_noting_it_no_nudge_goes_twice_and_no_receipt_is_lost() {
    let chance = Chance::told("mail through kills");
    let address = Arc::new(Address::new(free_port()));
    // Mails are kept at once and the answer takes a second: the kill falls between the two.
    let slow = ["--fault", "slow-verdict"].repeat(60);
    let Some(mut peer) = address.open(&slow) else { return };
    let (mut program, ()) = Program::founded(async |house| {
        house.hands.set(before(real_now(), hours(25)));
        let zone = awake();
        for name in ["Nora", "Edda", "Mara", "Ida", "Lou"] {
            bought_in(&zone, house, name).await;
        }
    })
    .await;
    program.configure(&mail_section(&address));
    let mut told = Vec::new();
    for _ in 0..6 {
        program.launch();
        told.push(peer.wait_for("accepted"));
        std::thread::sleep(Duration::from_millis(chance.below(400) as u64));
        program.kill();
        told.extend(peer.told());
    }
    eventually("nothing waits any more", || {
        program.start();
        std::thread::sleep(Duration::from_millis(1_500));
        program.stop();
        told.extend(peer.told());
        program.look(|store| due(store, real_now()).iter().all(|one| !one.is_pending())).then_some(())
    });
    told.extend(peer.end());

    let taken = taken(&told);
    let messages = program.look(|store| due(store, real_now()));
    let kinds = |kind| messages.iter().filter(|message| message.kind == kind).count();
    assert_eq!((messages.len(), kinds(Kind::Receipt), kinds(Kind::BookFirst)), (15, 10, 5));
    let mut cut_off = 0;
    for message in &messages {
        let times = taken.get(&message_id(message)).copied().unwrap_or(0);
        match &message.state {
            State::Sent { .. } if message.kind.is_nudge() => assert_eq!(times, 1, "{message:?}"),
            State::Sent { .. } => assert!(times >= 1, "{message:?}"),
            State::Unsure { .. } if message.kind.is_nudge() => assert!(times <= 1, "{message:?}"),
            _ => panic!("{message:?}"),
        }
        cut_off += usize::from(times > 1 || matches!(message.state, State::Unsure { .. }));
    }
    let mut known = sorted(&messages);
    known.retain(|id| taken.contains_key(id));
    assert_eq!(taken.into_keys().collect::<Vec<_>>(), known, "no mail is of no message");
    assert!(cut_off > 0, "no kill fell while a mail was on its way: this has shown nothing");
    program.assert_sound();
}
