//! Thirty days of many clients on the set clock, with clocks that change, a program that is down now and then and a clock that
//! jumps: the outbox in the end is that of an oracle that shares nothing with the program (`tests/peers/oracle.py`, written from the
//! domain rules), to the second, and so is what is left of every lot.
//! `FIDDLEHEAD_DAYS_RUNS` says how many runs there are, `FIDDLEHEAD_DAYS_CLIENTS` how many clients are in each.

mod life;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use fiddlehead::domain::messages::message::{Kind, State, Suppressed};
use fiddlehead::domain::people::login::Person;
use fiddlehead::store::{credits, messages};
use serde_json::Value;

use super::{figure, first_seed, rounds};
use crate::support::smtp_peer::python;
use life::Life;

/// What a client is written: what, to whom, about what, and the millisecond.
type Sent = (String, String, String, i64);

/// What somebody says of the outbox and the lots.
struct Told {
    sent: BTreeSet<Sent>,
    /// Nudges that were skipped as too late.
    late: BTreeSet<(String, String, String)>,
    /// Of each lot: to book, booked, used, expired.
    lots: BTreeMap<String, [u64; 4]>,
}

/// The kinds that the domain rules tell the hour of.
const KINDS: [Kind; 9] = [
    Kind::Receipt,
    Kind::Booked,
    Kind::Moved,
    Kind::Cancelled,
    Kind::Reminder,
    Kind::BookFirst,
    Kind::ExpirySoon,
    Kind::Renewal,
    Kind::Lapsed,
];

/// What the program says.
fn house_says(life: &Life) -> Told {
    let (read, now) = (life.house.app.store.read().unwrap(), life.house.now());
    let (mut sent, mut late) = (BTreeSet::new(), BTreeSet::new());
    for message in messages::message::all(&read).unwrap() {
        let Person::Client(client) = message.to else { continue };
        if !KINDS.contains(&message.kind) {
            continue;
        }
        let kind = message.kind.name().to_owned();
        let whole = message.key.split_once('/').unwrap().1;
        let subject = match message.kind {
            // Only how often a session was changed follows its id.
            Kind::Booked | Kind::Moved | Kind::Cancelled => whole.split('/').next().unwrap(),
            _ => whole,
        };
        let (client, subject) = (client.to_string(), subject.to_owned());
        match message.state {
            State::Sent { at } => {
                let line = (kind, client, subject, at.as_millisecond());
                assert!(sent.insert(line), "twice: {message:?}");
            }
            State::Suppressed { why: Suppressed::TooLate, .. } => _ = late.insert((kind, client, subject)),
            State::Suppressed { .. } => {}
            State::Planned => assert!(message.due_at > now, "not attended to: {message:?}"),
            _ => panic!("neither sent nor planned: {message:?}"),
        }
    }
    let lots = credits::lot::all(&read).unwrap().into_iter().map(|lot| {
        let (lot, balance) = credits::lot::counted(&read, lot.id, now).unwrap().unwrap();
        let four = [balance.available, balance.held(), balance.used(), balance.expired].map(u64::from);
        (lot.id.to_string(), four)
    });
    Told { lots: lots.collect(), sent, late }
}

/// What the oracle says, and where it finds that another lot should have paid.
fn oracle_says(python: &Path, log: &[Value]) -> (Told, Vec<String>) {
    let mut oracle = Command::new(python)
        .args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/oracle.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut text = String::new();
    log.iter().for_each(|deed| text += &format!("{deed}\n"));
    if let Some(path) = std::env::var_os("FIDDLEHEAD_DAYS_LOG") {
        std::fs::write(path, &text).unwrap();
    }
    oracle.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let out = oracle.wait_with_output().unwrap();
    let said: Value = serde_json::from_slice(&out.stdout).expect("the oracle speaks");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut sent = BTreeSet::new();
    for line in said["sent"].as_array().unwrap() {
        let line = (text(&line[0]), text(&line[1]), text(&line[2]), line[3].as_f64().unwrap() as i64);
        assert!(sent.insert(line.clone()), "the oracle says it twice: {line:?}");
    }
    let late = said["late"].as_array().unwrap().iter();
    let late = late.map(|line| (text(&line[0]), text(&line[1]), text(&line[2]))).collect();
    let lots = said["lots"].as_object().unwrap().iter();
    let lots = lots.map(|(id, four)| (id.clone(), [0, 1, 2, 3].map(|i| four[i].as_u64().unwrap()))).collect();
    let quarrels = said["quarrels"].as_array().unwrap().iter().map(text).collect();
    (Told { sent, late, lots }, quarrels)
}

/// How the two differ, in lines; the first of each kind come first.
fn differences(house: &Told, oracle: &Told) -> Vec<String> {
    let at = |ms: i64| fiddlehead::domain::time::Timestamp::from_millisecond(ms).unwrap();
    let say = |who: &str, (kind, client, subject, ms): &Sent| {
        format!("only {who} sends {kind} about {subject} to {client} at {}", at(*ms))
    };
    let mut lines: Vec<String> =
        house.sent.difference(&oracle.sent).map(|one| say("the house", one)).collect();
    lines.extend(oracle.sent.difference(&house.sent).map(|one| say("the oracle", one)));
    lines.extend(
        house.late.difference(&oracle.late).map(|one| format!("only the house finds too late: {one:?}")),
    );
    lines.extend(
        oracle.late.difference(&house.late).map(|one| format!("only the oracle finds too late: {one:?}")),
    );
    for (lot, four) in &house.lots {
        if oracle.lots.get(lot) != Some(four) {
            lines.push(format!("lot {lot}: the house has {four:?}, the oracle {:?}", oracle.lots.get(lot)));
        }
    }
    assert_eq!(house.lots.len(), oracle.lots.len());
    lines
}

#[tokio::test]
async fn the_outbox_of_thirty_days_is_that_of_the_oracle() {
    let Some(python) = python() else { return };
    let (runs, clients) = (rounds("FIDDLEHEAD_DAYS_RUNS", 4), rounds("FIDDLEHEAD_DAYS_CLIENTS", 30));
    let (first, mut counted) = (first_seed(), BTreeMap::<String, usize>::new());
    let (mut late, mut lots, mut deeds) = (0, 0, 0);
    for seed in first..first + u64::try_from(runs).unwrap() {
        let life = Life::lived(seed, clients).await;
        life.house.assert_sound();
        let house = house_says(&life);
        let (oracle, quarrels) = oracle_says(&python, &life.log);
        let mut found = differences(&house, &oracle);
        found.extend(quarrels);
        assert!(
            found.is_empty(),
            "FIDDLEHEAD_TEST_SEED={seed}: {} differences:\n{}",
            found.len(),
            found.iter().take(25).cloned().collect::<Vec<_>>().join("\n")
        );
        house.sent.iter().for_each(|one| *counted.entry(one.0.clone()).or_default() += 1);
        (late, lots, deeds) = (late + house.late.len(), lots + house.lots.len(), deeds + life.log.len());
        if clients > 500 {
            eprintln!("seed {seed}: {} mails the same", house.sent.len());
        }
    }
    for kind in KINDS {
        let some = counted.get(kind.name()).copied().unwrap_or(0);
        assert!(some > 0, "not one {} in all of it: this shows nothing about it", kind.name());
    }
    figure(&format!(
        "30 days: seeds {first}–{}, {clients} clients each: {deeds} deeds, {lots} lots, {} mails to clients the same as the \
         oracle’s to the second ({counted:?}), {late} nudges skipped as too late by both",
        first + u64::try_from(runs).unwrap() - 1,
        counted.values().sum::<usize>()
    ));
}

/// The comparison is not blind: an oracle that is told of one deed less says something else.
#[tokio::test]
async fn an_oracle_that_missed_a_deed_is_found_out() {
    let Some(python) = python() else { return };
    let mut life = Life::lived(1, 12).await;
    let house = house_says(&life);
    assert!(differences(&house, &oracle_says(&python, &life.log).0).is_empty());
    let last = life.log.iter().rposition(|deed| deed["e"] == "booked").unwrap();
    let id = life.log[last]["booking"].clone();
    life.log.retain(|deed| deed["booking"] != id);
    assert!(!differences(&house, &oracle_says(&python, &life.log).0).is_empty());
}
