//! The webhook endpoints that an account has at Stripe, for whoever looks after the program.

use serde::{Deserialize, Serialize};
use stripe_client_core::{RequestBuilder, RequestStrategy, StripeMethod};

use super::Stripe;
use crate::payments::{TillError, reply};

/// Where Stripe sends events, and which.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Endpoint {
    /// The address.
    pub url: String,
    /// The kinds of events; `*` is all.
    pub enabled_events: Vec<String>,
    /// `enabled` or `disabled`.
    pub status: String,
}

#[derive(Serialize)]
struct Listed {
    limit: u8,
}

impl Stripe {
    /// The endpoints of the account; one may have 16.
    ///
    /// # Errors
    /// [`TillError`]; a restricted key that may not see them is `Refused`.
    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, TillError> {
        let asked =
            || RequestBuilder::new(StripeMethod::Get, "/webhook_endpoints").query(&Listed { limit: 100 });
        let page = reply::page(self.ask(&asked, RequestStrategy::Once).await?)?;
        let read =
            |one| serde_json::from_value(one).map_err(|why| TillError::Unintelligible(why.to_string()));
        page.data.into_iter().map(read).collect()
    }
}
