//! What Stripe answers, read leniently: only what is needed must be there, so that a field which another version of
//! the API leaves out or adds is no error. (The types of async-stripe demand every field of their version.)

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use super::back::{Back, BackState, DisputeState, Questioned};
use super::{Checkout, CheckoutState, Mode, TillError};
use crate::domain::money::{Currency, Money};
use crate::domain::time::Timestamp;

/// How many of Stripe's units are one of ours. It counts krónur and Uganda shillings in hundredths that it then
/// refuses to charge; all others as ISO 4217 does (Stripe's page on currencies, special cases).
fn units(currency: Currency) -> i64 {
    if matches!(currency.code(), "ISK" | "UGX") { 100 } else { 1 }
}

/// An amount as Stripe counts it; none if it is too large to be counted.
pub(super) fn amount_there(money: Money) -> Option<i64> {
    money.minor.checked_mul(units(money.currency))
}

/// An amount as we count it; none in a currency that is not taken here, or in a fraction that does not exist.
fn amount_here(amount: i64, currency: &str) -> Option<Money> {
    let currency: Currency = currency.parse().ok()?;
    (amount % units(currency) == 0).then(|| Money::new(amount / units(currency), currency))
}

/// One checkout session. Every field but the id may be missing, null or of a kind that is not known.
#[derive(Deserialize)]
struct Session {
    id: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    status: Option<String>,
    #[serde(default)]
    payment_status: Option<String>,
    #[serde(default)]
    client_reference_id: Option<String>,
    #[serde(default)]
    metadata: Option<HashMap<String, Value>>,
    #[serde(default)]
    amount_total: Option<i64>,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default)]
    payment_intent: Value,
    #[serde(default)]
    livemode: Option<bool>,
    #[serde(default)]
    expires_at: Option<i64>,
}

/// Reads a checkout; `mode` is that of our key, for a server that does not say.
pub(super) fn checkout(reply: Value, mode: Mode) -> Result<Checkout, TillError> {
    let session: Session =
        serde_json::from_value(reply).map_err(|error| TillError::Unintelligible(error.to_string()))?;
    let state = session.state().ok_or_else(|| no_sense("a checkout of an unknown state"))?;
    let payment = session.payment_intent.as_str().or_else(|| session.payment_intent["id"].as_str());
    let reference = session.metadata.as_ref().and_then(|metadata| metadata.get("purchase")?.as_str());
    Ok(Checkout {
        id: session.id.parse().map_err(|_| no_sense("a checkout without a proper id"))?,
        state,
        purchase: [session.client_reference_id.as_deref(), reference]
            .into_iter()
            .flatten()
            .find_map(|id| id.parse().ok()),
        amount: session.amount_total.zip(session.currency.as_deref()).and_then(|(n, c)| amount_here(n, c)),
        payment: payment.and_then(|id| id.parse().ok()),
        mode: match session.livemode {
            Some(true) => Mode::Live,
            Some(false) => Mode::Test,
            None => mode,
        },
        expires_at: session.expires_at.and_then(|at| Timestamp::from_second(at).ok()),
        url: session.url,
    })
}

impl Session {
    /// Money that is there counts, whatever else is said. A bank debit that fails later leaves the session complete
    /// and unpaid: only its payment tells that no more will come.
    fn state(&self) -> Option<CheckoutState> {
        let payment = self.payment_intent["status"].as_str();
        match (self.status.as_deref(), self.payment_status.as_deref()) {
            (_, Some("paid")) | (Some("complete"), Some("no_payment_required")) => Some(CheckoutState::Paid),
            (Some("expired"), _) => Some(CheckoutState::Expired),
            (Some("complete"), _) => match payment {
                Some("requires_payment_method" | "canceled") => Some(CheckoutState::Failed),
                _ => Some(CheckoutState::Processing),
            },
            (Some("open"), _) => Some(CheckoutState::Open),
            _ => None,
        }
    }
}

fn no_sense(what: &str) -> TillError {
    TillError::Unintelligible(what.to_owned())
}

/// The amount of a refund or dispute.
fn amount_of(object: &Value) -> Result<Money, TillError> {
    let amount = object["amount"].as_i64().zip(object["currency"].as_str());
    amount
        .and_then(|(n, currency)| amount_here(n, currency))
        .ok_or_else(|| no_sense("an amount that is none"))
}

/// The name of something that may have been put in whole.
fn name_of(object: &Value) -> Option<&str> {
    object.as_str().or_else(|| object["id"].as_str())
}

/// The purchase that a payment was for, if the payment was put in whole.
fn purchase_of(payment: &Value) -> Option<crate::domain::id::PurchaseId> {
    payment["metadata"]["purchase"].as_str()?.parse().ok()
}

/// Reads a refund.
pub(super) fn back(reply: &Value) -> Result<Back, TillError> {
    let id = reply["id"].as_str().and_then(|id| id.parse().ok());
    let state = match reply["status"].as_str() {
        Some("pending" | "succeeded" | "requires_action") => BackState::Going,
        Some("failed" | "canceled") => BackState::Failed,
        _ => return Err(no_sense("a refund of an unknown state")),
    };
    let payment = &reply["payment_intent"];
    let labelled = reply["metadata"]["purchase"].as_str().and_then(|id| id.parse().ok());
    Ok(Back {
        id: id.ok_or_else(|| no_sense("a refund without a proper id"))?,
        refund: reply["metadata"]["refund"].as_str().and_then(|id| id.parse().ok()),
        payment: name_of(payment).and_then(|id| id.parse().ok()),
        purchase: purchase_of(payment).or(labelled),
        amount: amount_of(reply)?,
        state,
        why: reply["failure_reason"].as_str().map(str::to_owned),
    })
}

/// Reads a dispute. An inquiry that was closed without more, or a dispute that was prevented, took no money.
pub(super) fn questioned(reply: &Value) -> Result<Questioned, TillError> {
    let id = reply["id"].as_str().and_then(|id| id.parse().ok());
    let state = match reply["status"].as_str() {
        Some("won" | "warning_closed" | "prevented") => DisputeState::Won,
        Some("lost") => DisputeState::Lost,
        Some(_) => DisputeState::Open,
        None => return Err(no_sense("a dispute without a state")),
    };
    let due_by = reply["evidence_details"]["due_by"].as_i64();
    Ok(Questioned {
        id: id.ok_or_else(|| no_sense("a dispute without a proper id"))?,
        purchase: purchase_of(&reply["payment_intent"]),
        payment: name_of(&reply["payment_intent"]).and_then(|id| id.parse().ok()),
        amount: amount_of(reply)?,
        reason: reply["reason"].as_str().unwrap_or("general").to_owned(),
        answer_by: due_by.and_then(|at| Timestamp::from_second(at).ok()),
        state,
    })
}

/// One page of a list, newest first, and whether there are more.
#[derive(Deserialize)]
pub(super) struct Page {
    pub data: Vec<Value>,
    #[serde(default)]
    pub has_more: bool,
}

/// Reads a page of a list.
pub(super) fn page(reply: Value) -> Result<Page, TillError> {
    serde_json::from_value(reply).map_err(|error| TillError::Unintelligible(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn state(status: Value, payment_status: Value, intent: Value) -> Result<CheckoutState, TillError> {
        let reply = json!({"id": "cs_test_1", "status": status, "payment_status": payment_status, "payment_intent": intent});
        checkout(reply, Mode::Test).map(|checkout| checkout.state)
    }

    #[test]
    fn a_checkout_is_what_its_status_its_payment_and_its_intent_say_together() {
        let processing = json!({"id": "pi_1", "status": "processing"});
        let refused = json!({"id": "pi_1", "status": "requires_payment_method"});
        let canceled = json!({"id": "pi_1", "status": "canceled"});
        for (status, paid, intent, want) in [
            ("open", "unpaid", json!(null), CheckoutState::Open),
            ("open", "unpaid", refused.clone(), CheckoutState::Open),
            ("open", "no_payment_required", json!(null), CheckoutState::Open),
            ("complete", "paid", json!("pi_1"), CheckoutState::Paid),
            ("complete", "no_payment_required", json!(null), CheckoutState::Paid),
            ("complete", "unpaid", json!("pi_1"), CheckoutState::Processing),
            ("complete", "unpaid", processing, CheckoutState::Processing),
            ("complete", "unpaid", refused, CheckoutState::Failed),
            ("complete", "unpaid", canceled, CheckoutState::Failed),
            ("expired", "unpaid", json!(null), CheckoutState::Expired),
        ] {
            assert_eq!(state(json!(status), json!(paid), intent), Ok(want), "{status} {paid}");
        }
        assert!(matches!(
            state(json!("new"), json!("unpaid"), json!(null)),
            Err(TillError::Unintelligible(_))
        ));
        assert!(matches!(state(json!(null), json!(null), json!(null)), Err(TillError::Unintelligible(_))));
    }

    #[test]
    fn a_missing_or_unknown_field_is_no_error_but_a_missing_id_is() {
        let read =
            checkout(json!({"id": "cs_x", "status": "open", "novelty": {"a": [1]}}), Mode::Live).unwrap();
        assert_eq!((read.mode, read.amount, read.purchase, read.url), (Mode::Live, None, None, None));
        for reply in
            [json!({"status": "open"}), json!([]), json!(null), json!({"id": "a/b", "status": "open"})]
        {
            assert!(matches!(checkout(reply, Mode::Test), Err(TillError::Unintelligible(_))));
        }
    }

    #[test]
    fn the_purchase_is_read_from_the_reference_or_the_metadata_and_a_foreign_one_is_none() {
        let ours = "00000000000000000000000007";
        for (reference, metadata, found) in [
            (json!(ours), json!(null), true),
            (json!(null), json!({"purchase": ours}), true),
            (json!("order 7"), json!({"purchase": ours}), true),
            (json!("order 7"), json!({"purchase": 7}), false),
            (json!(null), json!({}), false),
        ] {
            let reply = json!({"id": "cs_1", "status": "open", "client_reference_id": reference, "metadata": metadata});
            assert_eq!(checkout(reply, Mode::Test).unwrap().purchase.is_some(), found);
        }
    }

    /// Stripe's list of zero-decimal currencies and its special cases.
    #[test]
    fn amounts_are_counted_as_stripe_counts_them() {
        for (text, code, there) in [
            ("540.00", "USD", 54_000),
            ("9000", "JPY", 9_000),
            ("5", "ISK", 500),
            ("5", "UGX", 500),
            ("5.120", "KWD", 5_120),
            ("0", "EUR", 0),
        ] {
            let money = Money::parse(text, code.parse().unwrap()).unwrap();
            assert_eq!(amount_there(money), Some(there), "{text} {code}");
            assert_eq!(amount_here(there, &code.to_lowercase()), Some(money), "{text} {code}");
        }
        assert_eq!(amount_here(501, "isk"), None);
        assert_eq!(amount_here(1, "xyz"), None);
    }
}
