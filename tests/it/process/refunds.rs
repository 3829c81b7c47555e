//! `fiddlehead serve` killed at any moment while refunds go to a server that speaks Stripe and does its worst: in the end each
//! is given back once, with one credit note and one word to the client.

use std::time::Duration;

use fiddlehead::actions::refunds::ask;
use fiddlehead::domain::billing::refund::State;
use fiddlehead::domain::messages::message::Kind;
use fiddlehead::domain::time::{before, minutes};
use fiddlehead::store::{Store, billing, messages};
use serde_json::json;

use crate::support::fake_stripe::Fake;
use crate::support::process::{Chance, Program, eventually, stripe_section};

const SECRET: &str = "whsec_of_these_tests";

/// How many refunds are settled.
fn settled(store: &Store) -> usize {
    let all = billing::refund::all(&store.read().unwrap()).unwrap();
    all.iter().filter(|refund| matches!(refund.state, State::Done { .. })).count()
}

#[tokio::test]
async fn a_program_killed_at_any_moment_gives_each_refund_back_once() {
    let chance = Chance::told("refunds through kills");
    let rounds = std::env::var("FIDDLEHEAD_TEST_KILLS").map_or(8, |rounds| rounds.parse().unwrap());
    let fake = Fake::start(&["--secret", SECRET]);
    let (mut program, count) = Program::founded(async |house| {
        // A refund is left to the request that began it for a minute.
        house.hands.set(before(house.now(), minutes(2)));
        for turn in 0..rounds {
            let lot = house.bought_at(&fake, &format!("Buyer{turn} Fern")).await;
            // A sixth each, so that a second one would go through as well.
            ask::begin(&house.app, house.ines, house.pro_rata(lot, 1, vec![])).unwrap();
        }
        rounds
    })
    .await;
    program.configure(&stripe_section(fake.port, SECRET));
    for _ in 0..rounds {
        let faults: Vec<_> = (0..1 + chance.below(3))
            .map(|_| {
                let on = chance.one(&["refund", "refunds", "refund_read", "any"]);
                let fault = chance.one(&["429", "500", "502", "drop", "drop_after"]);
                json!({"on": on, "fault": fault, "times": 1 + chance.below(3)})
            })
            .collect();
        fake.control("POST", "/_control/faults", &json!({ "api": faults }));
        program.launch();
        std::thread::sleep(Duration::from_millis(100 + chance.below(900) as u64));
        program.kill();
        program.assert_sound();
    }
    fake.control("POST", "/_control/faults", &json!({ "api": [] }));
    eventually("every refund is settled", || {
        program.start();
        std::thread::sleep(Duration::from_secs(2));
        program.stop();
        program.look(|store| settled(store) == count).then_some(())
    });
    let state = fake.state();
    let mut made: Vec<&str> = state["refunds"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["metadata"]["refund"].as_str())
        .collect();
    assert_eq!(made.len(), count);
    made.sort_unstable();
    made.dedup();
    assert_eq!(made.len(), count, "one was given back twice");
    program.look(|store| {
        let read = store.read().unwrap();
        let notes =
            billing::receipt::all(&read).unwrap().iter().filter(|paper| paper.amount.minor < 0).count();
        let told = messages::message::all(&read).unwrap();
        assert_eq!((notes, told.iter().filter(|one| one.kind == Kind::Refunded).count()), (count, count));
    });
    program.assert_sound();
}
