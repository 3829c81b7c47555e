//! Whether the program is well, for those who watch it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::actions::due;
use crate::app::App;

/// `GET /healthz`: 200 if the data file can be read, 503 otherwise.
pub async fn healthz(State(app): State<Arc<App>>) -> impl IntoResponse {
    let status = match app.run(due::next).await {
        Ok(_) => (StatusCode::OK, "well\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the data file cannot be read\n"),
    };
    ([(header::CACHE_CONTROL, "no-store")], status).into_response()
}
