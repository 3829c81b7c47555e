//! Stripe Checkout, or any server that speaks its API: async-stripe's types for what is asked and its pinned API version,
//! over a line of our own (`line`). What is answered is read by `reply`.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use stripe_checkout::CheckoutSessionMode;
use stripe_checkout::checkout_session::{
    CreateCheckoutSession, CreateCheckoutSessionLineItems, CreateCheckoutSessionLineItemsPriceData,
    CreateCheckoutSessionPaymentIntentData, ExpireCheckoutSession, ProductData, RetrieveCheckoutSession,
};
use stripe_client_core::{IdempotencyKey, RequestBuilder, RequestStrategy, StripeMethod, StripeRequest};

use super::{Ask, Checkout, CheckoutId, CheckoutState, Mode, Notice, TillError, reply, webhook};
use crate::domain::time::Timestamp;

mod back;
mod endpoints;
mod line;

pub use endpoints::Endpoint;
use line::Line;

/// Where Stripe's API is.
pub const API_BASE: &str = "https://api.stripe.com";
/// The longest that one question takes, second try included.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long the second try of a question that did no harm waits.
const BREATH: Duration = Duration::from_millis(400);
/// The most pages of 100 events that one look at the list reads.
const PAGES: usize = 500;

/// Why the settings do not make a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSetting {
    /// Neither `sk_…` nor `rk_…`, or with signs that no key has.
    #[error("the Stripe key is not of the form sk_… or rk_…")]
    Key,
    /// Not `http://…` or `https://…`.
    #[error("the address of Stripe's API is not an http or https address")]
    Address,
}

/// A till at Stripe.
#[derive(Clone)]
pub struct Stripe {
    line: Box<Line>,
    mode: Mode,
    patience: Duration,
    pages_at: String,
}

impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("mode", &self.mode).finish_non_exhaustive()
    }
}

/// The origin of the pages that belong to an API at this address.
fn pages_at(base: &str) -> String {
    if base == API_BASE {
        return "https://checkout.stripe.com".to_owned();
    }
    base.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

impl Stripe {
    /// A till with a secret or restricted key (Checkout and Refunds write; Events, PaymentIntents and Disputes read), at an address such as [`API_BASE`].
    /// Nothing is asked yet.
    ///
    /// # Errors
    /// [`BadSetting`].
    pub fn new(key: &str, api_base: &str) -> Result<Self, BadSetting> {
        let key = key.trim();
        let known = ["sk_", "rk_"].iter().any(|kind| key.starts_with(kind));
        if !known || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            return Err(BadSetting::Key);
        }
        let base = api_base.trim().trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.contains(['?', '#', '@'])) {
            return Err(BadSetting::Address);
        }
        let line = Line::new(key, base).ok_or(BadSetting::Address)?;
        let mode = if key[2..].starts_with("_live_") { Mode::Live } else { Mode::Test };
        Ok(Self { line: Box::new(line), mode, patience: PATIENCE, pages_at: pages_at(base) })
    }

    /// Scheme and host of the pages where buyers pay: Stripe's own for its own API, else those of the server that
    /// speaks it.
    #[must_use]
    pub fn pages_at(&self) -> &str {
        &self.pages_at
    }

    /// The same till with another limit on how long one question takes, second try included; it is 20 seconds.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whether the key is for real money.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// See [`super::Till::open`]. A refusal with status 400 may also say that the key was used for another ask.
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn open(&self, ask: &Ask) -> Result<Checkout, TillError> {
        let key = IdempotencyKey::new(&ask.idempotency_key)
            .map_err(|_| ours("an idempotency key has 1 to 255 characters"))?;
        let request = wording(ask).ok_or_else(|| ours("this amount or currency cannot be asked for"))?;
        self.checkout(&|| request.build(), RequestStrategy::Idempotent(key)).await
    }

    /// See [`super::Till::look_up`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn look_up(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        let plain = RetrieveCheckoutSession::new(id.as_str());
        let checkout = self.checkout(&|| plain.build(), RequestStrategy::Once).await?;
        if checkout.state != CheckoutState::Processing {
            return Ok(checkout);
        }
        // Only its payment tells a debit under way from one that failed. Asked for only then, since a restricted
        // key may not see payments; what is hidden from it stays under way until an event or a person says more.
        let with_payment =
            RetrieveCheckoutSession::new(id.as_str()).expand(vec!["payment_intent".to_owned()]);
        match self.checkout(&|| with_payment.build(), RequestStrategy::Once).await {
            Err(TillError::Refused { status: 401 | 403, .. }) => Ok(checkout),
            expanded => expanded,
        }
    }

    /// See [`super::Till::close`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn close(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        let request = ExpireCheckoutSession::new(id.as_str());
        match self.checkout(&|| request.build(), RequestStrategy::Once).await {
            // Paid or expired meanwhile, maybe by the first of our own two tries: it is what it is.
            Err(TillError::Refused { status: 400, message }) => match self.look_up(id).await? {
                Checkout { state: CheckoutState::Open, .. } => {
                    Err(TillError::Refused { status: 400, message })
                }
                checkout => Ok(checkout),
            },
            answer => answer,
        }
    }

    /// See [`super::Till::events`].
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn events(&self, since: Timestamp) -> Result<Vec<Notice>, TillError> {
        let mut cursor: Option<String> = None;
        let (mut seen, mut notices) = (HashSet::new(), Vec::new());
        for _ in 0..PAGES {
            let query = EventsAsked {
                created: Created { gte: since.as_second().max(0) },
                limit: 100,
                starting_after: cursor.as_deref(),
                types: &webhook::HEARD,
            };
            let list = || RequestBuilder::new(StripeMethod::Get, "/events").query(&query);
            let page = reply::page(self.ask(&list, RequestStrategy::Once).await?)?;
            cursor = page.data.last().and_then(|event| event["id"].as_str()).map(str::to_owned);
            for event in page.data {
                notices.extend(webhook::notice(event).filter(|notice| seen.insert(notice.event.clone())));
            }
            if !page.has_more || cursor.is_none() {
                // Stripe lists the newest first. Within a second its order is kept.
                notices.reverse();
                notices.sort_by_key(|notice| notice.at);
                return Ok(notices);
            }
        }
        Err(TillError::Unintelligible("a list of events without an end".to_owned()))
    }

    async fn checkout(
        &self,
        request: &(dyn Fn() -> RequestBuilder + Sync),
        strategy: RequestStrategy,
    ) -> Result<Checkout, TillError> {
        reply::checkout(self.ask(request, strategy).await?, self.mode)
    }

    /// Asks, and once more if the network or the server failed: every question here may be asked twice.
    async fn ask(
        &self,
        request: &(dyn Fn() -> RequestBuilder + Sync),
        strategy: RequestStrategy,
    ) -> Result<Value, TillError> {
        let once = || self.line.ask(request(), &strategy);
        let twice = async {
            match once().await {
                Err(TillError::Unreachable(_)) => {
                    tokio::time::sleep(BREATH).await;
                    once().await
                }
                answer => answer,
            }
        };
        tokio::time::timeout(self.patience, twice)
            .await
            .unwrap_or_else(|_| Err(TillError::Unreachable("no answer in time".to_owned())))
    }
}

/// What we ourselves will not ask.
fn ours(what: &str) -> TillError {
    TillError::Refused { status: 400, message: what.to_owned() }
}

/// What is asked of the list of events.
#[derive(Serialize)]
struct EventsAsked<'a> {
    created: Created,
    limit: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    starting_after: Option<&'a str>,
    types: &'a [&'a str],
}

#[derive(Serialize)]
struct Created {
    gte: i64,
}

/// The words in which Stripe is asked; none if it knows no such money. No payment methods are named, so that those
/// switched on in Stripe's dashboard appear by themselves.
fn wording(ask: &Ask) -> Option<CreateCheckoutSession> {
    let label = || HashMap::from([("purchase".to_owned(), ask.purchase.to_string())]);
    let item = CreateCheckoutSessionLineItems {
        quantity: Some(1),
        price_data: Some(CreateCheckoutSessionLineItemsPriceData {
            currency: ask.amount.currency.code().to_ascii_lowercase().parse().ok()?,
            product: None,
            product_data: Some(ProductData::new(ask.what.as_str())),
            recurring: None,
            tax_behavior: None,
            unit_amount: Some(reply::amount_there(ask.amount).filter(|amount| *amount >= 0)?),
            unit_amount_decimal: None,
        }),
        ..CreateCheckoutSessionLineItems::new()
    };
    let payment = CreateCheckoutSessionPaymentIntentData {
        description: Some(ask.what.to_string()),
        metadata: Some(label()),
        ..CreateCheckoutSessionPaymentIntentData::new()
    };
    let request = CreateCheckoutSession::new()
        .mode(CheckoutSessionMode::Payment)
        .client_reference_id(ask.purchase.to_string())
        .metadata(label())
        .customer_email(ask.buyer.as_str())
        .line_items(vec![item])
        .success_url(&ask.success_url)
        .cancel_url(&ask.cancel_url)
        .expires_at(ask.expires_at.as_second());
    // Where nothing is due no payment is made that could be labelled.
    Some(if ask.amount.is_zero() { request } else { request.payment_intent_data(payment) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::PurchaseId;
    use crate::domain::money::Money;

    fn ask(price: &str, currency: &str) -> Ask {
        Ask {
            purchase: PurchaseId::from_bits(7),
            idempotency_key: "buy-7".to_owned(),
            amount: Money::parse(price, currency.parse().unwrap()).unwrap(),
            what: "Six & more: 50 min".parse().unwrap(),
            buyer: "nora+fern@example.org".parse().unwrap(),
            success_url: "https://book.example/paid?checkout={CHECKOUT_SESSION_ID}".to_owned(),
            cancel_url: "https://book.example/packages/six".to_owned(),
            expires_at: "2026-11-22T12:00:00Z".parse().unwrap(),
        }
    }

    /// The form that is sent, sorted: Stripe takes any order.
    fn form(ask: &Ask) -> Vec<String> {
        let mut fields: Vec<String> =
            wording(ask).unwrap().build().body.unwrap().split('&').map(str::to_owned).collect();
        fields.sort();
        fields
    }

    #[test]
    fn the_same_purchase_is_asked_in_the_same_words() {
        let id = PurchaseId::from_bits(7).to_string();
        let want = [
            "cancel_url=https://book.example/packages/six".to_owned(),
            format!("client_reference_id={id}"),
            "customer_email=nora%2Bfern@example.org".to_owned(),
            "expires_at=1795348800".to_owned(),
            "line_items[0][price_data][currency]=usd".to_owned(),
            "line_items[0][price_data][product_data][name]=Six+%26+more:+50+min".to_owned(),
            "line_items[0][price_data][unit_amount]=54000".to_owned(),
            "line_items[0][quantity]=1".to_owned(),
            format!("metadata[purchase]={id}"),
            "mode=payment".to_owned(),
            "payment_intent_data[description]=Six+%26+more:+50+min".to_owned(),
            format!("payment_intent_data[metadata][purchase]={id}"),
            "success_url=https://book.example/paid?checkout%3D{CHECKOUT_SESSION_ID}".to_owned(),
        ];
        assert_eq!(form(&ask("540", "USD")), want);
        assert_eq!(form(&ask("540", "USD")), form(&ask("540.00", "USD")));
    }

    #[test]
    fn every_currency_can_be_asked_for_in_its_own_units() {
        let amount = |price, currency| {
            let fields = form(&ask(price, currency));
            fields
                .into_iter()
                .find_map(|f| f.split_once("[unit_amount]=").map(|(_, n)| n.to_owned()))
                .unwrap()
        };
        assert_eq!(amount("9000", "JPY"), "9000");
        assert_eq!(amount("9000", "ISK"), "900000");
        assert_eq!(amount("9000", "EUR"), "900000");
        assert_eq!(amount("9000", "KWD"), "9000000");
        for currency in crate::domain::money::Currency::all() {
            assert!(wording(&ask("1", currency.code())).is_some(), "{currency}");
        }
    }

    #[test]
    fn a_free_package_asks_for_no_payment() {
        assert!(form(&ask("0", "EUR")).iter().all(|field| !field.starts_with("payment_intent_data")));
    }

    #[test]
    fn a_key_or_an_address_of_another_kind_is_refused() {
        for (key, base, want) in [
            ("sk_test_x", API_BASE, Ok(Mode::Test)),
            (" rk_live_x\n", "https://api.stripe.com/", Ok(Mode::Live)),
            ("sk_test_live_", "http://127.0.0.1:12111/stripe", Ok(Mode::Test)),
            ("", API_BASE, Err(BadSetting::Key)),
            ("pk_test_x", API_BASE, Err(BadSetting::Key)),
            ("sk_test_x\r\ny", API_BASE, Err(BadSetting::Key)),
            ("sk_test_x", "api.stripe.com", Err(BadSetting::Address)),
            ("sk_test_x", "https://", Err(BadSetting::Address)),
            ("sk_test_x", "https://a b", Err(BadSetting::Address)),
        ] {
            assert_eq!(Stripe::new(key, base).map(|till| till.mode()), want, "{key:?} {base}");
        }
        let shown = format!("{:?}", Stripe::new("sk_test_hidden", API_BASE).unwrap());
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
