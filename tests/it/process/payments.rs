//! `fiddlehead serve` against a server that speaks Stripe and does its worst: webhooks lost, doubled, late, forged; answers
//! of 429 and 500; connections dropped after the work was done; and the program itself killed at any moment. In the end
//! every purchase that was paid is credited once, and no other.

use std::collections::BTreeMap;
use std::time::Duration;

use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::domain::catalog::purchase::{Purchase, State};
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::messages::message::Kind;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{before, minutes};
use fiddlehead::store::{Store, View, billing, catalog, credits, messages};
use serde_json::json;

use crate::support::fake_stripe::Fake;
use crate::support::process::{Chance, Program, eventually, real_now, stripe_section};

const SECRET: &str = "whsec_of_these_tests";

/// What a buyer does once the provider's page is open, and what her bank does then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Pays,
    IsDeclinedThenPays,
    IsDeclined,
    Debits,
    DebitFails,
    Abandons,
    LetsExpire,
}

impl Fate {
    const ALL: [Self; 7] = [
        Self::Pays,
        Self::IsDeclinedThenPays,
        Self::IsDeclined,
        Self::Debits,
        Self::DebitFails,
        Self::Abandons,
        Self::LetsExpire,
    ];

    fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Pays => &["pay"],
            Self::IsDeclinedThenPays => &["decline", "pay"],
            Self::IsDeclined => &["decline"],
            Self::Debits => &["debit", "debit_succeed"],
            Self::DebitFails => &["debit", "debit_fail"],
            Self::Abandons => &[],
            Self::LetsExpire => &["lapse"],
        }
    }

    /// Whether a purchase stands where it must after it.
    fn fits(self, state: State) -> bool {
        match self {
            Self::Pays | Self::IsDeclinedThenPays | Self::Debits => matches!(state, State::Paid { .. }),
            Self::IsDeclined | Self::Abandons => state == State::AwaitingBuyer,
            Self::DebitFails => matches!(state, State::Failed { .. }),
            Self::LetsExpire => matches!(state, State::Lapsed { .. }),
        }
    }

    fn is_paid(self) -> bool {
        matches!(self, Self::Pays | Self::IsDeclinedThenPays | Self::Debits)
    }
}

/// The buyers of a test, and how far each is.
struct Buyers {
    fates: BTreeMap<PurchaseId, Fate>,
    done: BTreeMap<PurchaseId, usize>,
}

impl Buyers {
    fn of(orders: &[PurchaseId]) -> Self {
        let fates = orders.iter().zip(Fate::ALL.into_iter().cycle()).map(|(id, fate)| (*id, fate)).collect();
        Self { fates, done: BTreeMap::new() }
    }

    /// Whether every buyer has done all she ever does.
    fn are_done(&self) -> bool {
        self.fates.iter().all(|(id, fate)| self.done.get(id).copied().unwrap_or(0) == fate.steps().len())
    }

    /// Some of those whose page is open go a step further.
    fn act(&mut self, fake: &Fake, chance: &Chance, most: usize) {
        let state = fake.state();
        let mut ready = Vec::new();
        for session in state["sessions"].as_array().unwrap() {
            let Some(id) = session["client_reference_id"].as_str().and_then(|id| id.parse().ok()) else { continue };
            let Some(fate) = self.fates.get(&id) else { continue };
            let step = self.done.get(&id).copied().unwrap_or(0);
            if let Some(verb) = fate.steps().get(step) {
                ready.push((id, session["id"].as_str().unwrap().to_owned(), *verb));
            }
        }
        for _ in 0..most.min(ready.len()) {
            let (id, session, verb) = ready.swap_remove(chance.below(ready.len()));
            fake.buyer(&session.parse().unwrap(), verb);
            *self.done.entry(id).or_default() += 1;
        }
    }

    /// Whether the program has learned of all that they did.
    fn are_settled(&self, store: &Store) -> bool {
        let read = store.read().unwrap();
        self.fates.iter().all(|(id, fate)| fate.fits(purchase(&read, *id).state))
    }

    /// Every paid purchase is credited once, has one receipt and is told of once; the others have nothing of it.
    fn assert_truth(&self, store: &Store) {
        let read = store.read().unwrap();
        let mut paid = 0;
        for (id, fate) in &self.fates {
            let purchase = purchase(&read, *id);
            assert!(fate.fits(purchase.state), "{id}: {fate:?}, but {:?}", purchase.state);
            let lot = credits::lot::counted(&read, Lot::id_for(*id), real_now()).unwrap();
            let papers = billing::receipt::of(&read, *id).unwrap();
            let (entries, told) = (credits::ledger::of(&read, Lot::id_for(*id)).unwrap().len(), told(&read, &purchase));
            if fate.is_paid() {
                paid += 1;
                assert_eq!(lot.unwrap().1.available, purchase.offer.sessions, "{id}: {fate:?}");
                assert_eq!((papers.len(), entries, told), (1, 1, [1, 1, 0]), "{id}: {fate:?}");
                assert_eq!(papers[0].amount, purchase.offer.price);
            } else {
                let failures = usize::from(*fate == Fate::DebitFails);
                assert!(lot.is_none(), "{id}: {fate:?}, but credited");
                assert_eq!((papers.len(), entries, told), (0, 0, [0, 0, failures]), "{id}: {fate:?}");
            }
        }
        let numbers: Vec<u64> = billing::receipt::all(&read).unwrap().iter().map(|paper| paper.number).collect();
        assert_eq!(numbers, (1..=paid).collect::<Vec<u64>>());
    }
}

fn purchase(read: &View, id: PurchaseId) -> Purchase {
    catalog::purchase::find(read, id).unwrap().unwrap()
}

/// How many messages there are about a purchase: receipts to its client and its practitioner, and bad news.
fn told(read: &View, purchase: &Purchase) -> [usize; 3] {
    let key = |kind: Kind, end: &str| format!("{}/{}{end}", kind.name(), purchase.id);
    let to = |person, key: &str| {
        messages::message::to(read, person).unwrap().iter().filter(|message| message.key == key).count()
    };
    let (client, desk) = (Person::Client(purchase.client), Person::Practitioner(purchase.practitioner));
    [
        to(client, &key(Kind::Receipt, "")),
        to(desk, &key(Kind::Receipt, "/desk")),
        to(client, &key(Kind::PaymentFailed, "")),
    ]
}

/// A program with orders whose checkouts were never opened: it was cut off between the order and the provider.
async fn ordered(count: usize) -> (Program, Vec<PurchaseId>) {
    Program::founded(async |house| {
        // An order is left to the buyer's own request for a minute.
        house.hands.set(before(real_now(), minutes(2)));
        let package = |turn: usize| if turn % 3 == 0 { &house.five } else { &house.six };
        // Every fifth buyer has bought before.
        let name = |turn: usize| format!("Buyer{} Fern", turn - usize::from(turn % 5 == 4));
        (0..count).map(|turn| house.order(&name(turn), package(turn), Choice::Online).id).collect()
    })
    .await
}

fn fake_for(program: &Program, chaos: &Chance) -> Fake {
    let seed = chaos.below(1 << 30).to_string();
    let hook = format!("{}/hooks/stripe", program.base_url());
    let fake = Fake::start(&["--webhook", &hook, "--secret", SECRET, "--chaos", &seed]);
    program.configure(&stripe_section(fake.port, SECRET));
    fake
}

/// A few faults of the provider's API, at the questions that hurt most.
fn faults(fake: &Fake, chance: &Chance) {
    let some = |_| {
        let on = chance.one(&["create", "retrieve", "expand", "events", "any"]);
        let fault = chance.one(&["429", "500", "502", "drop", "drop_after"]);
        json!({"on": on, "fault": fault, "times": 1 + chance.below(3)})
    };
    let api: Vec<_> = (0..1 + chance.below(4)).map(some).collect();
    fake.control("POST", "/_control/faults", &json!({ "api": api }));
}

/// The provider works again, and the program has had the time to hear everything: it has read the events to the end,
/// twice, since.
fn let_it_settle(fake: &Fake, program: &mut Program, buyers: &Buyers) {
    fake.control("POST", "/_control/faults", &json!({ "api": [] }));
    eventually("every purchase is settled", || {
        let before = fake.counts("events").1;
        eventually("the events are read", || (fake.counts("events").1 > before + 2).then_some(()));
        program.stop();
        let settled = program.look(|store| buyers.are_settled(store));
        program.start();
        settled.then_some(())
    });
    program.stop();
}

/// One checkout for each order, and no order without one.
fn assert_one_checkout_each(fake: &Fake, buyers: &Buyers) {
    let state = fake.state();
    let mut seen: Vec<PurchaseId> = state["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|session| session["client_reference_id"].as_str()?.parse().ok())
        .collect();
    seen.sort();
    assert_eq!(seen, buyers.fates.keys().copied().collect::<Vec<_>>());
}

#[tokio::test]
async fn whatever_the_provider_and_its_news_go_through_each_payment_is_credited_once() {
    let chance = Chance::told("payments through chaos");
    let (mut program, orders) = ordered(40).await;
    let mut buyers = Buyers::of(&orders);
    let fake = fake_for(&program, &chance);
    program.start();
    eventually("every buyer is done", || {
        if chance.below(4) == 0 {
            faults(&fake, &chance);
        }
        buyers.act(&fake, &chance, 4);
        std::thread::sleep(Duration::from_millis(75));
        buyers.are_done().then_some(())
    });
    let_it_settle(&fake, &mut program, &buyers);
    program.look(|store| buyers.assert_truth(store));
    assert_one_checkout_each(&fake, &buyers);
    program.assert_sound();
}

#[tokio::test]
async fn a_program_killed_at_any_moment_credits_each_payment_once() {
    let chance = Chance::told("payments through kills");
    let rounds = std::env::var("FIDDLEHEAD_TEST_KILLS").map_or(12, |rounds| rounds.parse().unwrap());
    let (mut program, orders) = ordered(3 * rounds).await;
    let mut buyers = Buyers::of(&orders);
    let fake = fake_for(&program, &chance);
    for _ in 0..rounds {
        if chance.below(3) == 0 {
            faults(&fake, &chance);
        }
        program.launch();
        for _ in 0..1 + chance.below(8) {
            buyers.act(&fake, &chance, 2);
            std::thread::sleep(Duration::from_millis(chance.below(200) as u64));
        }
        program.kill();
        program.assert_sound();
    }
    program.start();
    eventually("every buyer is done", || {
        buyers.act(&fake, &chance, 4);
        buyers.are_done().then_some(())
    });
    let_it_settle(&fake, &mut program, &buyers);
    program.look(|store| buyers.assert_truth(store));
    assert_one_checkout_each(&fake, &buyers);
    program.assert_sound();
}
