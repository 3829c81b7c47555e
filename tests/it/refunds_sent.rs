//! Sending refunds against a server that speaks Stripe (`tests/peers/stripe_fake.py`): wherever it breaks off, and however old
//! the key has grown by then, the money goes back once. Each refund is of a sixth of the payment, so that a second one
//! would go through.

use std::sync::Arc;

use fiddlehead::actions::refunds::{ask, send, stuck};
use fiddlehead::actions::{due, reconcile};
use fiddlehead::app::App;
use fiddlehead::domain::billing::refund::{Question, Refund, State, Way};
use fiddlehead::domain::id::*;
use fiddlehead::domain::time::{SignedDuration, after, hours, minutes};
use fiddlehead::store;
use serde_json::json;

use crate::support::House;
use crate::support::fake_stripe::Fake;
use crate::support::process::real_now;

struct Scene {
    fake: Fake,
    house: House,
}

impl Scene {
    async fn new() -> Self {
        let (fake, house) = (Fake::start(&[]), House::new().await);
        house.hands.set(real_now());
        Self { fake, house }
    }

    /// The program, as it is after a start.
    fn app(&self) -> Arc<App> {
        self.house.started_with(self.fake.till())
    }

    /// A payment, and a refund of a sixth of it that has begun and was not sent.
    async fn begun(&self, name: &str) -> Refund {
        let lot = self.house.bought_at(&self.fake, name).await;
        ask::begin(&self.house.app, self.house.ines, self.house.pro_rata(lot, 1, vec![])).unwrap()
    }

    /// Time passes, here and at the server; then the jobs attend to what is due.
    async fn later(&self, by: SignedDuration) {
        self.fake.control("POST", "/_control/clock", &json!({ "forward_seconds": by.as_secs() }));
        self.house.hands.set(after(self.house.now(), by));
        due::attend(&self.app(), due::Which::Books).await.unwrap();
    }

    fn state(&self, id: RefundId) -> State {
        let read = self.house.app.store.read().unwrap();
        store::billing::refund::find(&read, id).unwrap().unwrap().state
    }

    fn made(&self, id: RefundId) -> usize {
        let state = self.fake.state();
        let all = state["refunds"].as_array().unwrap();
        all.iter().filter(|one| one["metadata"]["refund"] == id.to_string()).count()
    }

    /// The provider's name for the payment of a lot.
    fn payment(&self, lot: LotId) -> String {
        let read = self.house.app.store.read().unwrap();
        let id = PurchaseId::from_bits(lot.bits());
        let till = store::catalog::purchase::find(&read, id).unwrap().unwrap().till.unwrap();
        till.payment.unwrap().to_string()
    }

    /// Hears what happened at the provider, twice.
    async fn hear(&self) {
        for _ in 0..2 {
            reconcile::poll(&self.app(), self.house.now()).await.unwrap();
        }
        self.house.assert_sound();
    }

    /// It is given back once, with one credit note.
    fn assert_once(&self, id: RefundId, step: &str) {
        assert!(matches!(self.state(id), State::Done { .. }), "{step}: {:?}", self.state(id));
        assert_eq!(self.made(id), 1, "{step}");
        self.house.assert_sound();
    }
}

#[tokio::test]
async fn a_refund_that_breaks_off_at_any_step_is_made_once() {
    let scene = Scene::new().await;
    for (turn, step) in ["", "drop", "drop_after", "429", "500", "502", "hang"].into_iter().enumerate() {
        let refund = scene.begun(&format!("Buyer{turn} Fern")).await;
        if !step.is_empty() {
            scene.fake.faults("refund", step, 2);
            send::look(&scene.app(), refund.id).await.unwrap();
            assert!(matches!(scene.state(refund.id), State::Going { .. }), "{step}");
        }
        scene.later(minutes(3)).await;
        scene.assert_once(refund.id, step);
        // Whatever asks again finds it settled.
        send::look(&scene.app(), refund.id).await.unwrap();
        scene.later(hours(30)).await;
        scene.assert_once(refund.id, step);
    }
}

#[tokio::test]
async fn a_key_that_the_provider_has_forgotten_is_not_used_before_the_list_was_looked_at() {
    let scene = Scene::new().await;
    for (step, there_already) in [("drop_after", 1), ("drop", 0)] {
        let refund = scene.begun(&format!("{step} Fern")).await;
        scene.fake.faults("refund", step, 2);
        send::look(&scene.app(), refund.id).await.unwrap();
        assert_eq!(scene.made(refund.id), there_already, "{step}");
        // The program is down until the key is forgotten.
        scene.later(hours(30)).await;
        scene.assert_once(refund.id, step);
    }
}

#[tokio::test]
async fn a_key_that_a_failure_used_up_is_replaced() {
    let scene = Scene::new().await;
    let refund = scene.begun("Nora Lind").await;
    scene.fake.faults("refund", "500_saved", 1);
    send::look(&scene.app(), refund.id).await.unwrap();
    scene.later(minutes(5)).await;
    assert!(matches!(scene.state(refund.id), State::Going { .. }), "the same key gives the same answer");
    scene.later(hours(2)).await;
    scene.assert_once(refund.id, "500_saved");
}

#[tokio::test]
async fn news_that_is_faster_than_the_answer_settles_it_and_the_answer_does_nothing_more() {
    let scene = Scene::new().await;
    let refund = scene.begun("Nora Lind").await;
    scene.fake.faults("refund", "drop_after", 2);
    send::look(&scene.app(), refund.id).await.unwrap();
    reconcile::poll(&scene.app(), scene.house.now()).await.unwrap();
    scene.assert_once(refund.id, "news");
    scene.later(minutes(5)).await;
    scene.assert_once(refund.id, "news, then the answer");
}

#[tokio::test]
async fn a_key_that_may_not_refund_is_refused_with_the_providers_words_and_goes_another_time() {
    let scene = Scene::new().await;
    let refund = scene.begun("Nora Lind").await;
    scene.fake.faults("refund", "403", 1);
    send::look(&scene.app(), refund.id).await.unwrap();
    let State::Refused { why, .. } = scene.state(refund.id) else { panic!("{:?}", scene.state(refund.id)) };
    assert_eq!(why.as_str(), "This key may not do that.");
    stuck::again(&scene.house.app, scene.house.ines, refund.id).unwrap();
    send::look(&scene.app(), refund.id).await.unwrap();
    scene.assert_once(refund.id, "again");
}

#[tokio::test]
async fn refunds_and_disputes_that_begin_at_stripe_act_on_the_credits() {
    let scene = Scene::new().await;
    let lots = [
        scene.house.bought_at(&scene.fake, "Nora Lind").await,
        scene.house.bought_at(&scene.fake, "Mira Tal").await,
        scene.house.bought_at(&scene.fake, "Zoe Bell").await,
    ];
    let payment = |lot: LotId| scene.payment(lot);
    let hear = async || scene.hear().await;
    scene.fake.back("refund", &json!({"payment_intent": payment(lots[0])}));
    scene.fake.back("refund", &json!({"payment_intent": payment(lots[1]), "amount": 9000}));
    let dispute = scene.fake.back("dispute", &json!({"payment_intent": payment(lots[2])}));
    hear().await;
    let open = |lot| {
        let balance = scene.house.balance(lot);
        (balance.available, balance.revoked, balance.suspended)
    };
    assert_eq!(lots.map(open), [(0, 6, 0), (6, 0, 0), (0, 0, 6)]);
    scene.fake.back("decide", &json!({"dispute": dispute["id"], "status": "won"}));
    hear().await;
    assert_eq!(open(lots[2]), (6, 0, 0));
    let papers = store::billing::receipt::all(&scene.house.app.store.read().unwrap()).unwrap();
    let amounts: Vec<i64> = papers.iter().map(|paper| paper.amount.minor).collect();
    assert_eq!(amounts, [54000, 54000, 54000, -54000, -9000]);
}

#[tokio::test]
async fn money_that_goes_back_during_an_inquiry_takes_the_credits_that_wait_for_it() {
    let scene = Scene::new().await;
    let open = |lot| {
        let balance = scene.house.balance(lot);
        (balance.available, balance.revoked, balance.suspended)
    };
    let all = scene.house.bought_at(&scene.fake, "Nora Lind").await;
    let part = scene.house.bought_at(&scene.fake, "Mira Tal").await;
    let asked = [all, part]
        .map(|lot| scene.fake.back("dispute", &json!({"payment_intent": scene.payment(lot)}))["id"].clone());
    scene.hear().await;
    assert_eq!([all, part].map(open), [(0, 0, 6), (0, 0, 6)]);
    scene.fake.back("refund", &json!({"payment_intent": scene.payment(all)}));
    scene.fake.back("refund", &json!({"payment_intent": scene.payment(part), "amount": 18000}));
    scene.hear().await;
    assert_eq!(open(all), (0, 6, 0));
    let id = PurchaseId::from_bits(part.bits());
    let refund = store::billing::refund::of(&scene.house.app.store.read().unwrap(), id).unwrap().remove(0);
    assert_eq!(refund.question, Some(Question::WhichCredits));
    let answer = stuck::Answer { release: vec![], free: 2 };
    stuck::answer(&scene.house.app, scene.house.ines, refund.id, answer).unwrap();
    assert_eq!(open(part), (0, 2, 4));
    for id in &asked {
        scene.fake.back("decide", &json!({"dispute": id, "status": "warning_closed"}));
    }
    scene.hear().await;
    assert_eq!([all, part].map(open), [(0, 6, 0), (4, 2, 0)]);
}

#[tokio::test]
async fn a_refund_that_the_list_showed_late_is_settled_or_counted_beside_what_was_done_meanwhile() {
    let scene = Scene::new().await;
    let (app, ines) = (&scene.house.app, scene.house.ines);
    for (turn, meanwhile) in ["nothing", "undone", "by hand"].into_iter().enumerate() {
        let refund = scene.begun(&format!("Buyer{turn} Fern")).await;
        scene.fake.faults("refund", "403", 1);
        send::look(&scene.app(), refund.id).await.unwrap();
        assert!(matches!(scene.state(refund.id), State::Refused { .. }));
        match meanwhile {
            "undone" => drop(stuck::undo(app, ines, refund.id).unwrap()),
            "by hand" => {
                let Way::ByHand { means, on, note } = scene.house.in_cash() else { panic!() };
                stuck::by_hand(app, ines, refund.id, (means, on, note)).unwrap();
            }
            _ => {}
        }
        let label = json!({"refund": refund.id.to_string(), "purchase": refund.purchase.to_string()});
        let payment = scene.payment(refund.lot);
        scene.fake.back("refund", &json!({"payment_intent": payment, "amount": 9000, "metadata": label}));
        scene.hear().await;
        let all = store::billing::refund::of(&app.store.read().unwrap(), refund.purchase).unwrap();
        let went: Vec<i64> = all
            .iter()
            .filter(|one| matches!(one.state, State::Done { .. }))
            .map(|one| one.amount.minor)
            .collect();
        match meanwhile {
            "nothing" => {
                scene.assert_once(refund.id, meanwhile);
                assert_eq!(went, [9000]);
                assert!(stuck::undo(app, ines, refund.id).is_err());
            }
            "undone" => assert_eq!((went, all[1].question), (vec![9000], Some(Question::WhichCredits))),
            _ => assert_eq!(went, [9000, 9000], "the money went twice"),
        }
    }
}
