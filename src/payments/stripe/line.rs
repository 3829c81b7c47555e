//! The line to Stripe: one HTTP request, its answer as JSON or why there is none. async-stripe's own client would read
//! every error into types that name every object of Stripe, 8 MB of the program; two words of an error are enough here.

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Deserialize;
use serde_json::Value;
use stripe_client_core::{RequestBuilder, RequestStrategy, StripeMethod, VERSION};

use crate::payments::TillError;

/// The most bytes of one answer: a hundred events are less than one.
const MOST_BYTES: usize = 16 << 20;

/// A connection for each question: they are far between, and one that was kept may be dead without our knowing.
#[derive(Clone)]
pub(super) struct Line {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    secret: HeaderValue,
    base: String,
}

impl Line {
    /// A line to the API at this address; none if it is no address. Nothing is asked yet.
    pub(super) fn new(key: &str, base: &str) -> Option<Self> {
        format!("{base}/v1").parse::<Uri>().ok()?;
        let mut secret = HeaderValue::try_from(format!("Bearer {key}")).ok()?;
        secret.set_sensitive(true);
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Some(Self { client, secret, base: base.to_owned() })
    }

    /// Asks once.
    pub(super) async fn ask(
        &self,
        asked: RequestBuilder,
        strategy: &RequestStrategy,
    ) -> Result<Value, TillError> {
        let unreached = |why: &dyn std::fmt::Display| TillError::Unreachable(why.to_string());
        let request = self.request(asked, strategy)?;
        let reply = self.client.request(request).await.map_err(|why| unreached(&why))?;
        let status = reply.status();
        let body =
            Limited::new(reply.into_body(), MOST_BYTES).collect().await.map_err(|why| unreached(&why))?;
        let body = body.to_bytes();
        if !status.is_success() {
            return Err(failure(status.as_u16(), &body));
        }
        serde_json::from_slice(&body).map_err(|error| TillError::Unintelligible(error.to_string()))
    }

    fn request(
        &self,
        asked: RequestBuilder,
        strategy: &RequestStrategy,
    ) -> Result<Request<Full<Bytes>>, TillError> {
        let query = asked.query.map(|query| format!("?{query}")).unwrap_or_default();
        let method = match asked.method {
            StripeMethod::Get => Method::GET,
            StripeMethod::Post => Method::POST,
            StripeMethod::Delete => Method::DELETE,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}/v1{}{query}", self.base, asked.path))
            .header(AUTHORIZATION, self.secret.clone())
            .header(USER_AGENT, concat!("Fiddlehead/", env!("CARGO_PKG_VERSION")))
            .header("stripe-version", VERSION.as_str());
        if let Some(key) = strategy.get_key() {
            request = request.header("idempotency-key", key.as_str());
        }
        if asked.body.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let body = Full::from(asked.body.unwrap_or_default());
        request.body(body).map_err(|why| super::ours(&why.to_string()))
    }
}

/// What Stripe says when it says no.
#[derive(Deserialize)]
struct No {
    error: Why,
}

#[derive(Deserialize)]
struct Why {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    message: Option<String>,
}

/// What an answer of this status means for the one who asked.
fn failure(status: u16, body: &[u8]) -> TillError {
    let Ok(No { error }) = serde_json::from_slice(body) else {
        // A proxy's, most likely.
        return TillError::Unreachable(format!("status {status}: an error that is not worded as Stripe's"));
    };
    let said = error.message.unwrap_or(error.kind);
    match status {
        // 409: the same key is being carried out just now. 424: somebody behind Stripe failed.
        409 | 424 | 429 | 500.. => TillError::Unreachable(format!("status {status}: {said}")),
        _ => TillError::Refused { status, message: said },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_refusal_only_if_stripe_said_so_itself() {
        let no = br#"{"error": {"type": "invalid_request_error", "message": "No such session", "more": {"a": 1}}}"#;
        let refused = |status, message: &str| TillError::Refused { status, message: message.to_owned() };
        assert_eq!(failure(404, no), refused(404, "No such session"));
        assert_eq!(failure(402, br#"{"error": {"type": "card_error"}}"#), refused(402, "card_error"));
        for (status, body) in
            [(404, &b"<html>Not Found</html>"[..]), (400, b"{}"), (429, no), (409, no), (503, no)]
        {
            assert!(matches!(failure(status, body), TillError::Unreachable(_)), "{status}");
        }
    }

    #[test]
    fn the_secret_is_not_shown_and_the_key_of_an_ask_is_sent() {
        let line = Line::new("sk_test_hidden", "https://api.example").unwrap();
        let key = stripe_client_core::IdempotencyKey::new("buy-7").unwrap();
        let asked = RequestBuilder::new(StripeMethod::Post, "/refunds").form(&[("amount", 1)]);
        let request = line.request(asked, &RequestStrategy::Idempotent(key)).unwrap();
        assert_eq!(request.uri(), "https://api.example/v1/refunds");
        assert_eq!(request.headers()["idempotency-key"], "buy-7");
        assert_eq!(request.headers()["authorization"], "Bearer sk_test_hidden");
        assert!(!format!("{request:?}").contains("hidden"));
    }
}
