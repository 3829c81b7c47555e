//! Refunds and disputes at Stripe. Four requests, written by hand through async-stripe's own builder: the crate that has
//! their types adds many seconds to every build.

use serde::Serialize;
use serde_json::Value;
use stripe_client_core::{IdempotencyKey, RequestBuilder, RequestStrategy, StripeMethod};

use super::{Stripe, ours};
use crate::payments::back::{Back, Of, Questioned, RefundAsk};
use crate::payments::{DisputeRef, RefundRef, TillError, reply};

#[derive(Serialize)]
struct Wording<'a> {
    payment_intent: &'a str,
    amount: i64,
    reason: &'a str,
    metadata: Label,
}

#[derive(Serialize)]
struct Label {
    refund: String,
    purchase: String,
}

#[derive(Serialize)]
struct Listed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_intent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    charge: Option<&'a str>,
    limit: u8,
    expand: [&'a str; 1],
}

#[derive(Serialize)]
struct Expanded<'a> {
    expand: [&'a str; 1],
}

impl Stripe {
    /// See [`crate::payments::Till::refund`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn refund(&self, ask: &RefundAsk) -> Result<Back, TillError> {
        let key = IdempotencyKey::new(&ask.idempotency_key)
            .map_err(|_| ours("an idempotency key has 1 to 255 characters"))?;
        let amount = reply::amount_there(ask.amount).filter(|amount| *amount > 0);
        let wording = Wording {
            payment_intent: ask.payment.as_str(),
            amount: amount.ok_or_else(|| ours("this amount cannot be given back"))?,
            reason: "requested_by_customer",
            metadata: Label { refund: ask.refund.to_string(), purchase: ask.purchase.to_string() },
        };
        let request = || RequestBuilder::new(StripeMethod::Post, "/refunds").form(&wording);
        reply::back(&self.ask(&request, RequestStrategy::Idempotent(key)).await?)
    }

    /// See [`crate::payments::Till::refund_as_it_is`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn refund_as_it_is(&self, id: &RefundRef) -> Result<Back, TillError> {
        reply::back(&self.with_payment(&format!("/refunds/{id}")).await?)
    }

    /// See [`crate::payments::Till::refunds`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn refunds(&self, of: &Of) -> Result<Vec<Back>, TillError> {
        let (payment_intent, charge) = match of {
            Of::Payment(payment) => (Some(payment.as_str()), None),
            Of::Charge(charge) => (None, Some(charge.as_str())),
        };
        // Nobody gives one payment back in more than a hundred parts.
        let query = Listed { payment_intent, charge, limit: 100, expand: ["data.payment_intent"] };
        let request = || RequestBuilder::new(StripeMethod::Get, "/refunds").query(&query);
        let page = reply::page(self.ask(&request, RequestStrategy::Once).await?)?;
        page.data.iter().map(reply::back).collect()
    }

    /// See [`crate::payments::Till::dispute_as_it_is`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn dispute_as_it_is(&self, id: &DisputeRef) -> Result<Questioned, TillError> {
        reply::questioned(&self.with_payment(&format!("/disputes/{id}")).await?)
    }

    /// Retrieves something with the payment in it, which names our purchase.
    async fn with_payment(&self, path: &str) -> Result<Value, TillError> {
        let query = Expanded { expand: ["payment_intent"] };
        let request = || RequestBuilder::new(StripeMethod::Get, path).query(&query);
        self.ask(&request, RequestStrategy::Once).await
    }
}
