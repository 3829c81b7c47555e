//! `fiddlehead serve` killed with `kill -9` at any moment while clients book and cancel, buyers pay and mail goes out. Those who
//! press the buttons write down what they were told; after each kill the file is held against it.
//! `FIDDLEHEAD_KILLS` says how many kills there are.

mod load;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use fiddlehead::domain::credits::ledger::What;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::messages::message::{Message, State};
use fiddlehead::domain::time::Timestamp;
use fiddlehead::platform::clock::stopwatch;
use fiddlehead::store::{Store, billing, calendar, catalog, credits, messages};
use serde_json::{Value, json};

use super::{figure, first_seed, rounds, spread};
use crate::model::Dice;
use crate::support::fake_stripe::Fake;
use crate::support::ledger;
use crate::support::process::{Program, eventually, free_port, mail_section, real_now, stripe_section};
use crate::support::smtp_peer::{Address, Peer};
use load::{Load, Record};

const SECRET: &str = "whsec_of_the_kills";
/// How many kills one practice goes through before it is looked over to the last payment and mail.
const PER_PRACTICE: usize = 20;

/// How often each mail was taken, by its Message-ID.
#[derive(Default)]
struct Post(BTreeMap<String, usize>);

impl Post {
    fn hear(&mut self, told: &[Value]) {
        for event in told.iter().filter(|event| event["event"] == "accepted") {
            let id = event["mail"]["headers"]["message-id"].as_str().unwrap().to_owned();
            *self.0.entry(id).or_default() += 1;
        }
    }

    fn times(&self, message: &Message) -> usize {
        self.0.get(&format!("<{}@127.0.0.1>", message.id)).copied().unwrap_or(0)
    }

    /// What is marked as sent has been taken by the mail server.
    fn assert_nothing_lost(&mut self, sent: &[Message], peer: &mut Peer) {
        eventually("what is marked as sent has been taken", || {
            self.hear(&peer.told());
            sent.iter().all(|message| self.times(message) > 0).then_some(())
        });
    }
}

/// Copies what the program left, and opens the copy: the next start finds the file as the kill left it.
fn left(program: &Program, copy: &Path) -> Store {
    let _ = std::fs::remove_dir_all(copy);
    std::fs::create_dir(copy).unwrap();
    for entry in std::fs::read_dir(program.data()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
        }
    }
    let told = program.check_of(copy);
    let words = String::from_utf8_lossy(&told.stdout);
    assert!(words.contains("All sound."), "{words}{}", String::from_utf8_lossy(&told.stderr));
    Store::open_existing(&copy.join("fiddlehead.redb")).unwrap()
}

/// All that was promised is in the file, and nothing that nobody asked for.
fn assert_kept(store: &Store, record: &Record) {
    let read = store.read().unwrap();
    for (id, (client, start)) in &record.booked {
        let booking = calendar::booking::find(&read, *id).unwrap();
        let booking = booking.unwrap_or_else(|| panic!("a session that {client} was told of is lost: {id}"));
        assert_eq!((booking.client, booking.starts_at), (*client, *start));
        let open = record.cancelling.contains(id);
        assert!(booking.is_confirmed() || open, "{id} was called off by nobody");
    }
    for id in &record.cancelled {
        assert!(!calendar::booking::find(&read, *id).unwrap().unwrap().is_confirmed(), "{id} stands again");
    }
    for booking in calendar::booking::all(&read).unwrap() {
        assert!(record.asked.contains(&booking.id), "nobody booked {}", booking.id);
    }
    for id in &record.credited {
        let lot = credits::lot::counted(&read, Lot::id_for(*id), real_now()).unwrap();
        assert!(lot.is_some(), "a payment that was told as credited is not: {id}");
    }
    for purchase in catalog::purchase::all(&read).unwrap() {
        let paid = record.paid.contains(&purchase.id);
        let founded = !record.ordered.contains(&purchase.id);
        assert!(paid || founded || !purchase.is_paid(), "nobody paid {}", purchase.id);
    }
}

/// Every payment is credited once and has one receipt.
fn assert_paid(store: &Store, record: &Record) {
    let read = store.read().unwrap();
    for id in &record.paid {
        let entries = ledger(&read, Lot::id_for(*id));
        let grants = entries.iter().filter(|entry| matches!(entry.what, What::Grant(_))).count();
        assert_eq!((grants, billing::receipt::of(&read, *id).unwrap().len()), (1, 1), "{id}");
    }
    let numbers: Vec<u64> = billing::receipt::all(&read).unwrap().iter().map(|paper| paper.number).collect();
    assert_eq!(
        numbers,
        (1..=u64::try_from(numbers.len()).unwrap()).collect::<Vec<_>>(),
        "receipts have gaps"
    );
}

fn sent(store: &Store) -> Vec<Message> {
    let mut all = messages::message::all(&store.read().unwrap()).unwrap();
    all.retain(|message| matches!(message.state, State::Sent { .. }));
    all
}

/// What is due, but for what was put off until the morning before it was ever tried: in the evening nudges are.
fn due(store: &Store, now: Timestamp) -> Vec<Message> {
    let mut all = messages::message::all(&store.read().unwrap()).unwrap();
    let sleeps = |one: &Message| one.state == State::Planned && one.tries == 0 && one.try_at > now;
    all.retain(|message| message.due_at <= now && !sleeps(message));
    all
}

/// How long it takes from the start until it is well, in milliseconds.
fn ready(program: &mut Program) -> u64 {
    let began = stopwatch();
    program.launch();
    loop {
        let well =
            program.ask("GET", "/healthz", "127.0.0.1", &[]).is_some_and(|answer| answer.status == 200);
        let took = began.elapsed();
        assert!(took < Duration::from_secs(60), "it does not come up");
        if well {
            return u64::try_from(took.as_millis()).unwrap();
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What one practice came to.
#[derive(Default)]
struct Came {
    booked: usize,
    cancelled: usize,
    paid: usize,
    mails: usize,
    ready: Vec<u64>,
}

/// The provider and the mail server have all the time they need, and the program too.
fn settle(program: &mut Program, (post, peer): (&mut Post, &mut Peer), record: &Record) {
    eventually("everything that was paid is credited, and every mail is gone", || {
        program.start();
        std::thread::sleep(Duration::from_secs(2));
        program.stop();
        post.hear(&peer.told());
        let settled = program.look(|store| {
            let read = store.read().unwrap();
            let is_paid =
                |id| catalog::purchase::find(&read, id).unwrap().is_some_and(|purchase| purchase.is_paid());
            record.paid.iter().all(|id| is_paid(*id))
                && due(store, real_now()).iter().all(|one| !one.is_pending())
        });
        settled.then_some(())
    });
}

async fn practice(dice: &mut Dice, kills: usize) -> Option<Came> {
    let address = Arc::new(Address::new(free_port()));
    let mut peer = address.open(&[])?;
    let (mut program, load) = Program::founded(async |house| Load::prepared(house).await).await;
    let hook = format!("{}/hooks/stripe", program.base_url());
    let chaos = dice.below(1 << 30).to_string();
    let fake = Fake::start(&["--webhook", &hook, "--secret", SECRET, "--chaos", &chaos]);
    program.configure(&(stripe_section(fake.port, SECRET) + &mail_section(&address)));
    let (mut came, mut post) = (Came::default(), Post::default());
    let copies = tempfile::tempdir().unwrap();
    for _ in 0..kills {
        if dice.once_in(3) {
            let [on, fault] = [["create", "retrieve", "events", "any"], ["429", "500", "drop", "drop_after"]]
                .map(|of| of[dice.below(4)]);
            let api = json!([{"on": on, "fault": fault, "times": 1 + dice.below(3)}]);
            fake.control("POST", "/_control/faults", &json!({ "api": api }));
        }
        if dice.once_in(6) {
            // On its way up, too.
            program.launch();
            std::thread::sleep(Duration::from_millis(dice.below(150) as u64));
            program.kill();
        }
        came.ready.push(ready(&mut program));
        let while_it_runs = Duration::from_millis(dice.below(700) as u64);
        load.press(&mut program, &fake, dice, while_it_runs);
        let store = left(&program, &copies.path().join("left"));
        let record = load.record();
        assert_kept(&store, &record);
        post.assert_nothing_lost(&sent(&store), &mut peer);
    }
    fake.control("POST", "/_control/faults", &json!({ "api": [] }));
    let record = load.record();
    settle(&mut program, (&mut post, &mut peer), &record);
    post.hear(&peer.end());
    let store = left(&program, &copies.path().join("left"));
    assert_kept(&store, &record);
    assert_paid(&store, &record);
    for message in due(&store, real_now()) {
        let (times, nudge) = (post.times(&message), message.kind.is_nudge());
        match message.state {
            State::Sent { .. } => assert!(times == 1 || (times > 1 && !nudge), "{times} times: {message:?}"),
            State::Unsure { .. } => assert!(times <= 1, "{times} times: {message:?}"),
            State::Suppressed { .. } => assert!(times <= 1, "{message:?}"),
            _ => panic!("neither sent nor set aside: {message:?}"),
        }
    }
    (came.booked, came.cancelled) = (record.booked.len(), record.cancelled.len());
    (came.paid, came.mails) = (record.paid.len(), post.0.len());
    Some(came)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_killed_under_load_loses_nothing_that_anybody_was_told() {
    let (kills, seed) = (rounds("FIDDLEHEAD_KILLS", 12), first_seed());
    let mut dice = Dice::seeded(seed);
    let (mut all, mut left) = (Came::default(), kills);
    while left > 0 {
        let now = left.min(PER_PRACTICE);
        let Some(came) = practice(&mut dice, now).await else { return };
        left -= now;
        all.booked += came.booked;
        all.cancelled += came.cancelled;
        all.paid += came.paid;
        all.mails += came.mails;
        all.ready.extend(came.ready);
        if left > 0 {
            eprintln!(
                "{} kills, {} booked, {} paid, {} mails",
                kills - left,
                all.booked,
                all.paid,
                all.mails
            );
        }
    }
    assert!(
        all.booked > kills / 2 && all.paid > 0 && all.mails > 0,
        "nothing was going on when it was killed"
    );
    let (middle, far, most) = spread(all.ready);
    figure(&format!(
        "kills: seed {seed}, {kills} times kill -9 under load: {} sessions booked and {} called off, {} payments, {} mails, none \
         lost or doubled; check clean each time; ready again after {middle} ms (p50), {far} ms (p99), {most} ms at most",
        all.booked, all.cancelled, all.paid, all.mails
    ));
}
