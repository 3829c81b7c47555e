//! The web: parses a request, asks an action or reads the store, and answers with a view. Every route stands here or in the
//! `routes` of a module named here, grouped by who may enter.

pub mod again;
pub mod assets;
pub mod checkout;
pub mod client;
pub mod client_addr;
pub mod demo;
pub mod failure;
pub mod feeds;
pub mod form;
pub mod guard;
pub mod health;
pub mod join;
pub mod limit;
pub mod listen;
pub mod metrics;
pub mod pack;
pub mod plain;
pub mod practitioner;
pub mod question;
pub mod security;
pub mod setting;
pub mod setup;
pub mod shares;
pub mod sign_in;
pub mod storefront;
pub mod trust;
pub mod unsubscribe;
pub mod webhook;
pub mod weekly;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::app::App;
use crate::views::link::route;
use limit::Limit;
use question::Questions;

/// What handlers are given.
#[derive(Clone)]
pub struct Web {
    /// The program.
    pub app: Arc<App>,
    /// Who asked how often.
    pub limit: Arc<Limit>,
    /// What passkeys were asked.
    pub questions: Arc<Questions>,
    /// What was shown and may be shown again.
    pub again: Arc<again::Place>,
}

impl Web {
    /// For a program.
    #[must_use]
    pub fn new(app: Arc<App>) -> Self {
        Self { app, limit: Arc::default(), questions: Arc::default(), again: Arc::default() }
    }
}

/// Every route, not yet behind the door (`security::behind`).
pub fn router(web: Web) -> Router {
    Router::new()
        // Machines.
        .route(route::STRIPE_HOOK, post(webhook::stripe))
        .route(route::STRIPE_HOOK_OWN, post(webhook::own))
        .route(route::HEALTHZ, get(health::healthz))
        .merge(feeds::routes())
        .merge(assets::routes())
        // Anybody.
        .merge(storefront::routes())
        .merge(checkout::routes())
        .merge(sign_in::routes())
        .merge(unsubscribe::routes())
        .merge(join::routes())
        // Clients.
        .merge(client::routes())
        // Practitioners, and who becomes one.
        .merge(
            setup::routes().route_layer(from_fn_with_state(web.clone(), practitioner::before_what_is_grave)),
        )
        .merge(practitioner::routes(&web))
        .layer(from_fn_with_state(web.clone(), guard::know_browser))
        .with_state(web.clone())
        .layer(from_fn_with_state(web, again::shown))
}
