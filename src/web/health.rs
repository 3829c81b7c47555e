//! Whether the program is well, for those who watch it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;

use crate::actions::due;
use crate::app::App;

/// `GET /healthz`: 200 if the data file can be read, 503 otherwise. A disk without room is told in words alone: pages are shown on, and a
/// supervisor that starts the program anew helps nobody.
pub async fn healthz(State(app): State<Arc<App>>) -> impl IntoResponse {
    let looked = app.run(|app| due::next(app).map(|_| app.store.has_room().err())).await;
    let status = match looked {
        Ok(None) => (StatusCode::OK, "well\n".to_owned()),
        Ok(Some(why)) => (StatusCode::OK, format!("pages are shown, but changes are refused: {why}\n")),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the data file cannot be read\n".to_owned()),
    };
    ([(header::CACHE_CONTROL, "no-store")], status).into_response()
}
