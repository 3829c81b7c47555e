//! `fiddlehead serve` against a server that speaks Stripe and does its worst: webhooks lost, doubled, late, forged; answers
//! of 429 and 500; connections dropped after the work was done; and the program itself killed at any moment. In the end
//! every purchase that was paid is credited once, and no other, whichever of return page, webhook and poll came, and when.

use std::collections::BTreeMap;
use std::net::TcpStream;
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
use crate::support::ledger;
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

/// Somebody at a browser who orders: opens the form, sends it, and sends it again as long as it does not lead her to the
/// provider's page.
struct Shopper {
    name: String,
    /// The number and version that her form carries, once she has it.
    form: Option<(PurchaseId, String)>,
    is_led_on: bool,
}

impl Shopper {
    const PAGE: &str = "/ines/six-sessions/checkout";

    fn new(turn: usize) -> Self {
        Self { name: format!("Shopper{turn}"), form: None, is_led_on: false }
    }

    /// Each has an address of her own: one that orders too often is stopped.
    fn from(&self) -> String {
        format!("198.51.100.{}", self.name.trim_start_matches("Shopper"))
    }

    /// Opens the form, unless she has it.
    fn open(&mut self, program: &Program) -> Option<PurchaseId> {
        if self.form.is_none() {
            let page = program.ask("GET", Self::PAGE, &self.from(), &[]).filter(|page| page.status == 200)?;
            self.form = Some((page.field("id").parse().unwrap(), page.field("version")));
        }
        self.form.as_ref().map(|(id, _)| *id)
    }

    fn filled(&self) -> Vec<(&'static str, String)> {
        let (id, version) = self.form.clone().unwrap();
        vec![
            ("id", id.to_string()),
            ("version", version),
            ("name", self.name.clone()),
            ("email", format!("{}@example.org", self.name.to_lowercase())),
            ("tz", "Europe/Berlin".to_owned()),
            ("pay", "online".to_owned()),
            ("agree", "yes".to_owned()),
        ]
    }

    /// Sends the form and waits to be led on.
    fn order(&mut self, program: &Program, fake: &Fake) {
        let filled = self.filled();
        let fields: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let Some(answer) = program.ask("POST", Self::PAGE, &self.from(), &fields) else { return };
        let page = format!("http://127.0.0.1:{}/c/pay/", fake.port);
        // An order that went through without her seeing it may be paid or closed by now.
        let leads = [page.as_str(), "/bought/"].iter().any(|to| answer.location().starts_with(to));
        self.is_led_on = answer.status == 303 && leads;
        let unreachable = answer.text.contains("The payment page could not be opened.");
        assert!(self.is_led_on || unreachable, "{answer:?}");
    }

    /// Sends the form and does not look at what becomes of it; the connection stays open as long as it is held.
    fn order_blindly(&self, program: &Program) -> Option<TcpStream> {
        let filled = self.filled();
        let fields: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        program.send("POST", Self::PAGE, &self.from(), &fields)
    }
}

/// The buyers of a test, and how far each is.
struct Buyers {
    fates: BTreeMap<PurchaseId, Fate>,
    done: BTreeMap<PurchaseId, usize>,
    shoppers: Vec<Shopper>,
}

impl Buyers {
    /// Those whose orders are there, and some who will order at a browser.
    fn of(orders: &[PurchaseId], shoppers: usize) -> Self {
        let shoppers = (0..shoppers).map(Shopper::new).collect();
        let mut buyers = Self { fates: BTreeMap::new(), done: BTreeMap::new(), shoppers };
        orders.iter().for_each(|id| buyers.meet(*id));
        buyers
    }

    /// Gives a new buyer her fate, each in turn.
    fn meet(&mut self, id: PurchaseId) {
        let next = Fate::ALL[self.fates.len() % Fate::ALL.len()];
        self.fates.entry(id).or_insert(next);
    }

    /// The next of those who have not been led on goes a step further.
    fn shop(&mut self, program: &Program, fake: &Fake) {
        let Some(shopper) = self.shoppers.iter_mut().find(|shopper| !shopper.is_led_on) else { return };
        if let Some(id) = shopper.open(program) {
            shopper.order(program, fake);
            self.meet(id);
        }
    }

    /// The same, but she does not see what becomes of her order.
    fn shop_blindly(&mut self, program: &Program) -> Option<TcpStream> {
        let shopper = self.shoppers.iter_mut().find(|shopper| !shopper.is_led_on)?;
        let id = shopper.open(program)?;
        let sent = shopper.order_blindly(program);
        self.meet(id);
        sent
    }

    /// Whether every buyer has done all she ever does.
    fn are_done(&self) -> bool {
        let all_ordered = self.shoppers.iter().all(|shopper| shopper.is_led_on);
        all_ordered
            && self
                .fates
                .iter()
                .all(|(id, fate)| self.done.get(id).copied().unwrap_or(0) == fate.steps().len())
    }

    /// Some of those whose page is open go a step further, and some of them come back from it.
    fn act(&mut self, program: &Program, fake: &Fake, chance: &Chance, most: usize) {
        let state = fake.state();
        let mut ready = Vec::new();
        for session in state["sessions"].as_array().unwrap() {
            let Some(id) = session["client_reference_id"].as_str().and_then(|id| id.parse().ok()) else {
                continue;
            };
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
            if chance.below(3) == 0 {
                // Whether she is shown it or the program is down: she has looked.
                program.ask("GET", &format!("/bought/{id}"), "198.51.100.250", &[]);
            }
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
            let (entries, told) = (ledger(&read, Lot::id_for(*id)).len(), told(&read, &purchase));
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
        let numbers: Vec<u64> =
            billing::receipt::all(&read).unwrap().iter().map(|paper| paper.number).collect();
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
        let package = |turn: usize| if turn.is_multiple_of(3) { &house.five } else { &house.six };
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

/// How many purchases: `FIDDLEHEAD_PURCHASES`, or a program's fill.
fn purchases() -> usize {
    std::env::var("FIDDLEHEAD_PURCHASES").map_or(40, |count| count.parse().unwrap())
}

/// How many purchases one program goes through.
const PER_PROGRAM: usize = 160;

#[tokio::test]
async fn whatever_the_provider_and_its_news_go_through_each_payment_is_credited_once() {
    let chance = Chance::told("payments through chaos");
    let (mut left, mut kills, mut paid) = (purchases(), 0, 0);
    while left > 0 {
        let half = left.min(PER_PROGRAM).div_ceil(2);
        left = left.saturating_sub(2 * half);
        let (mut program, orders) = ordered(half).await;
        let mut buyers = Buyers::of(&orders, half);
        let fake = fake_for(&program, &chance);
        program.start();
        eventually("every buyer is done", || {
            if chance.below(4) == 0 {
                faults(&fake, &chance);
            }
            if chance.below(25) == 0 {
                kills += 1;
                let _sent = buyers.shop_blindly(&program);
                std::thread::sleep(Duration::from_millis(chance.below(60) as u64));
                program.kill();
                program.assert_sound();
                program.start();
            }
            buyers.shop(&program, &fake);
            buyers.act(&program, &fake, &chance, 4);
            std::thread::sleep(Duration::from_millis(50));
            buyers.are_done().then_some(())
        });
        let_it_settle(&fake, &mut program, &buyers);
        program.look(|store| buyers.assert_truth(store));
        assert_one_checkout_each(&fake, &buyers);
        program.assert_sound();
        paid += buyers.fates.values().filter(|fate| fate.is_paid()).count();
    }
    eprintln!(
        "FIGURE Stripe: {} purchases through lost, doubled, late and forged webhooks, 429, 500, dropped answers and {kills} kills: {paid} \
         paid, each credited once, no other",
        purchases()
    );
}

#[tokio::test]
async fn a_program_killed_at_any_moment_credits_each_payment_once() {
    let chance = Chance::told("payments through kills");
    let rounds = std::env::var("FIDDLEHEAD_TEST_KILLS").map_or(12, |rounds| rounds.parse().unwrap());
    let (mut program, orders) = ordered(2 * rounds).await;
    let mut buyers = Buyers::of(&orders, rounds);
    let fake = fake_for(&program, &chance);
    for _ in 0..rounds {
        if chance.below(3) == 0 {
            faults(&fake, &chance);
        }
        program.launch();
        for _ in 0..1 + chance.below(8) {
            buyers.act(&program, &fake, &chance, 2);
            std::thread::sleep(Duration::from_millis(chance.below(200) as u64));
            buyers.shop(&program, &fake);
        }
        let _sent = buyers.shop_blindly(&program);
        std::thread::sleep(Duration::from_millis(chance.below(60) as u64));
        program.kill();
        program.assert_sound();
    }
    program.start();
    eventually("every buyer is done", || {
        buyers.shop(&program, &fake);
        buyers.act(&program, &fake, &chance, 4);
        buyers.are_done().then_some(())
    });
    let_it_settle(&fake, &mut program, &buyers);
    program.look(|store| buyers.assert_truth(store));
    assert_one_checkout_each(&fake, &buyers);
    program.assert_sound();
}
