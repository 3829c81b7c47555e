//! Where the payment provider tells its news. The signature is checked over the raw bytes; cookies play no role.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::failure::Failure;
use crate::actions::reconcile;
use crate::app::App;

/// `POST /hooks/stripe`: 200 when it is taken or is not for us, 400 when it is forged, 500 when it should come again.
///
/// # Errors
/// [`Failure::Fault`] if the provider cannot be asked or the file fails.
pub async fn stripe(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok(match reconcile::webhook(&app, &body, signature).await? {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::BAD_REQUEST,
    })
}
