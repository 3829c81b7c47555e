//! How devices come to trust the practice's own certificate authority. It must be reachable before anything is trusted, so the
//! plain door serves it too.

use std::sync::Arc;

use axum::extract::Extension;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension as Layer, Router};
use maud::Markup;
use sha2::{Digest, Sha256};

use crate::views::link::{self, route};
use crate::views::trust as view;

/// What devices are given.
#[derive(Debug)]
pub struct Trust {
    der: Vec<u8>,
    fingerprint: String,
    base_url: String,
    page: String,
}

impl Trust {
    /// For a certificate, and the address at which the plain door answers (`http://host` or `http://host:port`).
    #[must_use]
    pub fn new(der: Vec<u8>, base_url: &str, plain: &str) -> Arc<Self> {
        let digest = Sha256::digest(&der);
        let pairs: Vec<String> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        let page = format!("{plain}{}", link::trust());
        Arc::new(Self { fingerprint: pairs.join(":"), base_url: base_url.to_owned(), page, der })
    }

    /// The certificate's SHA-256, in pairs of digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

/// The page and the certificate.
pub fn routes<S: Clone + Send + Sync + 'static>(trust: Arc<Trust>) -> Router<S> {
    Router::new()
        .route(route::TRUST, get(page))
        .route(route::TRUST_CERTIFICATE, get(certificate))
        .layer(Layer(trust))
}

async fn page(Extension(trust): Extension<Arc<Trust>>) -> Markup {
    view::page(&view::Trust { page: &trust.page, base_url: &trust.base_url, fingerprint: &trust.fingerprint })
}

async fn certificate(Extension(trust): Extension<Arc<Trust>>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/x-x509-ca-cert"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"fiddlehead.crt\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, trust.der.clone()).into_response()
}
