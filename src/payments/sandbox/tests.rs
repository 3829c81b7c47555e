//! The sandbox, as its buyers and their banks bring it about.

use super::*;
use crate::domain::id::PurchaseId;
use crate::domain::money::Currency;
use crate::domain::time::{after, hours};
use std::sync::atomic::{AtomicI64, Ordering};

const START: i64 = 1_795_000_000;

/// A till, and its clock in seconds.
fn till() -> (Sandbox, Arc<AtomicI64>) {
    let clock = Arc::new(AtomicI64::new(START));
    let hand = Arc::clone(&clock);
    let now = Arc::new(move || Timestamp::from_second(hand.load(Ordering::SeqCst)).unwrap());
    (Sandbox::new("https://demo.example/", now), clock)
}

fn start() -> Timestamp {
    Timestamp::from_second(START).unwrap()
}

fn ask(bits: u128) -> Ask {
    Ask {
        purchase: PurchaseId::from_bits(bits),
        idempotency_key: format!("buy-{bits}"),
        amount: Money::new(9_000, "JPY".parse().unwrap()),
        what: "Six sessions".parse().unwrap(),
        buyer: "nora@example.org".parse().unwrap(),
        success_url: "/paid?checkout={CHECKOUT_SESSION_ID}".to_owned(),
        cancel_url: "/six".to_owned(),
        expires_at: after(start(), hours(1)),
    }
}

fn forward(clock: &AtomicI64, hours: i64) {
    clock.fetch_add(hours * 3_600, Ordering::SeqCst);
}

#[test]
fn the_same_key_opens_one_checkout_and_another_ask_with_it_is_refused() {
    let (till, _) = till();
    let opened = till.open(&ask(1)).unwrap();
    assert_eq!(till.open(&ask(1)).unwrap(), opened);
    assert_eq!(opened.url, Some(format!("https://demo.example/demo/till/{}", opened.id)));
    let dearer = Ask { amount: Money::new(1, Currency::EUR), ..ask(1) };
    assert!(matches!(till.open(&dearer), Err(TillError::Refused { status: 400, .. })));
    let again = Ask { idempotency_key: "buy-1-again".to_owned(), ..ask(1) };
    assert_ne!(till.open(&again).unwrap().id, opened.id);
}

#[test]
fn a_declined_buyer_can_still_pay_and_pays_once() {
    let (till, _) = till();
    let id = till.open(&ask(1)).unwrap().id;
    assert_eq!(till.decline(&id).unwrap().state, CheckoutState::Open);
    assert_eq!(till.show(&id).unwrap().declined, 1);
    let paid = till.pay(&id).unwrap();
    assert_eq!((paid.state, paid.url.as_ref()), (CheckoutState::Paid, None));
    assert!(paid.payment.is_some_and(|payment| payment.as_str().starts_with("pi_")));
    assert!(matches!(till.pay(&id), Err(TillError::Refused { status: 400, .. })));
    assert_eq!(till.show(&id).unwrap().success_url, format!("/paid?checkout={id}"));
}

#[test]
fn a_bank_debit_is_answered_at_its_instant() {
    let (till, clock) = till();
    let [good, bad] = [1, 2].map(|bits| till.open(&ask(bits)).unwrap().id);
    let answer_at = after(start(), hours(72));
    assert_eq!(till.pay_later(&good, answer_at).unwrap().state, CheckoutState::Processing);
    assert_eq!(till.fail_later(&bad, answer_at).unwrap().state, CheckoutState::Processing);
    forward(&clock, 71);
    assert_eq!(till.look_up(&good).unwrap().state, CheckoutState::Processing);
    assert_eq!(till.events(start()).len(), 2);
    forward(&clock, 1);
    assert_eq!(till.look_up(&good).unwrap().state, CheckoutState::Paid);
    assert_eq!(till.look_up(&bad).unwrap().state, CheckoutState::Failed);
    assert_eq!(
        till.events(answer_at).iter().map(|n| n.about.clone()).collect::<Vec<_>>(),
        [good, bad].map(Subject::Checkout)
    );
}

#[test]
fn an_abandoned_checkout_closes_when_its_time_is_over() {
    let (till, clock) = till();
    let id = till.open(&ask(1)).unwrap().id;
    assert_eq!(till.abandon(&id).unwrap().state, CheckoutState::Open);
    assert!(till.events(start()).is_empty());
    forward(&clock, 1);
    assert_eq!(till.look_up(&id).unwrap().state, CheckoutState::Expired);
    assert_eq!(till.events(start())[0].at, ask(1).expires_at);
    assert!(matches!(till.pay(&id), Err(TillError::Refused { status: 400, .. })));
    assert!(matches!(till.open(&ask(2)), Err(TillError::Refused { status: 400, .. })));
}

#[test]
fn closing_stops_an_open_checkout_and_leaves_a_paid_one_alone() {
    let (till, _) = till();
    let [open, paid] = [1, 2].map(|bits| till.open(&ask(bits)).unwrap().id);
    till.pay(&paid).unwrap();
    assert_eq!(till.close(&open).unwrap().state, CheckoutState::Expired);
    assert_eq!(till.close(&paid).unwrap().state, CheckoutState::Paid);
    assert!(till.look_up(&"cs_demo_none".parse().unwrap()).unwrap_err().is_missing());
}

#[test]
fn a_thousand_eager_presses_pay_once() {
    let (till, _) = till();
    let id = till.open(&ask(1)).unwrap().id;
    let paid: usize = std::thread::scope(|scope| {
        let press = || (0..125).filter(|_| till.pay(&id).is_ok()).count();
        let hands: Vec<_> = (0..8).map(|_| scope.spawn(press)).collect();
        hands.into_iter().map(|hand| hand.join().unwrap()).sum()
    });
    assert_eq!(paid, 1);
    assert_eq!(till.events(start()).len(), 1);
}
