//! The plain door beside the encrypted one, usually on port 80: it leads to https, carries the proofs that an ACME authority comes
//! to see, and lets devices fetch the practice's own certificate before they trust it.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::trust::{self, Trust};
use super::{assets, failure::Failure};
use crate::tls::shown::Shown;

/// What it knows.
#[derive(Debug, Clone)]
struct Plain {
    base_url: Arc<str>,
    shown: Arc<Shown>,
}

/// Its routes, not yet behind the door.
pub fn router(base_url: &str, shown: Arc<Shown>, trust: Option<Arc<Trust>>) -> Router {
    let plain = Plain { base_url: base_url.into(), shown };
    let routes = Router::new()
        .route("/.well-known/acme-challenge/{token}", get(proof))
        .fallback(elsewhere)
        .with_state(plain);
    match trust {
        Some(trust) => routes.merge(assets::routes()).merge(trust::routes(trust)),
        None => routes,
    }
}

async fn proof(State(plain): State<Plain>, Path(token): Path<String>) -> Result<Response, Failure> {
    let proof = plain.shown.proof_of(&token).ok_or(Failure::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], proof).into_response())
}

/// Always to our own address: what a request says of its host is not believed.
async fn elsewhere(State(plain): State<Plain>, address: Uri) -> Response {
    if plain.shown.identity().is_none() {
        let words = "The certificate of this site is being fetched. Please try again in a minute.\n";
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "60")], words).into_response();
    }
    let path = address.path_and_query().map_or("/", |path| path.as_str());
    Redirect::permanent(&format!("{}{path}", plain.base_url)).into_response()
}
