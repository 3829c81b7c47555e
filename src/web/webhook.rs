//! Where the payment provider tells its news. The signature is checked over the raw bytes; cookies play no role.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};

use super::failure::Failure;
use crate::actions::reconcile;
use crate::app::{App, Cashier};
use crate::domain::id::PractitionerId;

/// `POST /hooks/stripe`: 200 when it is taken or is not for us, 400 when it is forged, 500 when it should come again.
///
/// # Errors
/// [`Failure::Fault`] if the provider cannot be asked or the file fails.
pub async fn stripe(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let cashier = app.cashier();
    hear(&app, cashier.into_iter().collect(), &headers, &body).await
}

/// `POST /hooks/stripe/{practitioner}`: the same, for the accounts that are a practitioner's own.
///
/// # Errors
/// [`Failure::Fault`] if the provider cannot be asked or the file fails.
pub async fn own(
    State(app): State<Arc<App>>,
    Path(whose): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Failure> {
    let whose: PractitionerId = whose.parse().map_err(|_| Failure::NotFound)?;
    let all = app.run(|app| app.own_cashiers()).await?;
    let hers = all.into_iter().filter(|(account, _)| account.practitioner == whose);
    hear(&app, hers.map(|(_, cashier)| cashier).collect(), &headers, &body).await
}

/// Takes the news by the first whose secret signed it.
async fn hear(
    app: &Arc<App>,
    cashiers: Vec<Arc<Cashier>>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<StatusCode, Failure> {
    let signature = headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
    for cashier in cashiers {
        if reconcile::webhook(app, &cashier, body, signature).await?.is_ok() {
            return Ok(StatusCode::OK);
        }
    }
    Ok(StatusCode::BAD_REQUEST)
}
