//! What Stripe, or whoever stands between, answers, by HTTP as in life: every question that the till has, each answer under one of the
//! statuses that Stripe uses. No panic, no wait beyond the till's patience; nothing counts as paid that does not say so.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use fiddlehead::domain::time::Timestamp;
use fiddlehead::payments::back::Of;
use fiddlehead::payments::{Checkout, CheckoutState, Stripe, TillError};
use fiddlehead::platform::clock::stopwatch;
use serde_json::Value;

use super::mutate::Mutator;
use super::{LONGEST, Says, corpus, inputs, keep, seed, server, told};
use crate::model::Dice;

const WORDS: &[&str] = &[
    "\"payment_status\":\"paid\"",
    "\"status\":\"complete\"",
    "\"no_payment_required\"",
    "\"has_more\":true",
    "\"data\":[",
    "\"payment_intent\":{",
    "\"amount_total\":",
    "\"currency\":\"xxx\"",
    "\"error\":{\"type\":\"api_error\"}",
    "\"livemode\":true",
    "cs_live_1",
    "evt_1",
    "[[[[[[[[[[[[[[[[",
    "{\"id\":",
    "\\ud800",
];

/// Mostly what Stripe says yes and no with; what only somebody between says makes the till ask twice, after a breath.
const STATUSES: [u16; 8] = [200, 200, 200, 200, 200, 200, 201, 402];

/// The till is asked by these and gives up soon: what holds a question up for longer is found by the test's own watch.
const PATIENCE: Duration = Duration::from_millis(40);

/// Holds a checkout that was understood against the words of the answer. Whether it makes sense.
fn is_what_was_said(read: Result<Checkout, TillError>, said: Option<&Value>) -> bool {
    let Ok(checkout) = read else { return false };
    let said = said.expect("only JSON is understood");
    assert_eq!(said["id"], checkout.id.as_str());
    if checkout.state == CheckoutState::Paid {
        let free = said["status"] == "complete" && said["payment_status"] == "no_payment_required";
        assert!(said["payment_status"] == "paid" || free, "taken for paid");
    }
    if let Some(amount) = checkout.amount {
        let units = if matches!(amount.currency.code(), "ISK" | "UGX") { 100 } else { 1 };
        assert_eq!(said["amount_total"].as_i64(), amount.minor.checked_mul(units), "another amount");
    }
    true
}

/// Asks one of the till's questions. Whether the answer made sense.
async fn ask(till: &Stripe, which: usize, said: Option<&Value>) -> bool {
    match which {
        0 | 1 => is_what_was_said(till.look_up(&"cs_test_a1".parse().unwrap()).await, said),
        2 => is_what_was_said(till.close(&"cs_test_a1".parse().unwrap()).await, said),
        3 => till.refund_as_it_is(&"re_1".parse().unwrap()).await.is_ok(),
        4 => till.refunds(&Of::Payment("pi_1".parse().unwrap())).await.is_ok(),
        5 => till.dispute_as_it_is(&"dp_1".parse().unwrap()).await.is_ok(),
        6 => till.endpoints().await.is_ok(),
        _ => till.events(Timestamp::UNIX_EPOCH).await.is_ok_and(|notices| {
            assert!(notices.windows(2).all(|pair| pair[0].at <= pair[1].at), "out of order");
            !notices.is_empty()
        }),
    }
}

#[tokio::test]
async fn what_stripe_says() {
    let says = Says::default();
    let port = server(Arc::clone(&says)).await;
    let till = Stripe::new("sk_test_fuzz", &format!("http://127.0.0.1:{port}")).unwrap();
    let till = till.with_patience(PATIENCE);
    let mutator = Mutator::new(corpus("stripe"), WORDS, 40_000);
    let (count, mut dice, mut taken) = (inputs(40), Dice::seeded(seed()), 0);
    let mut slowest = Duration::ZERO;
    for turn in 0..count {
        let first = mutator.corpus.get(turn / 8).cloned();
        let (status, which) =
            if first.is_some() { (200, turn % 8) } else { (STATUSES[dice.below(8)], dice.below(8)) };
        let body = first.unwrap_or_else(|| mutator.draw(&mut dice));
        let said = serde_json::from_slice(&body).ok();
        *says.lock().unwrap() = (StatusCode::from_u16(status).unwrap(), body.clone());
        let (asked, watch) = (till.clone(), stopwatch());
        // In a task of its own: a panic there is told by its end.
        let answer = tokio::spawn(async move { ask(&asked, which, said.as_ref()).await }).await;
        slowest = slowest.max(watch.elapsed());
        assert!(watch.elapsed() < LONGEST, "stripe: {:?} for {}", watch.elapsed(), keep("stripe", &body));
        match answer {
            Ok(understood) => taken += usize::from(understood),
            Err(why) => panic!("stripe: question {which} of turn {turn}, {why}: {}", keep("stripe", &body)),
        }
    }
    told("stripe", count, taken, slowest);
}
