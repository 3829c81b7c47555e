//! The audit log: the owner's.

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::{Answer, Owner, download};
use crate::actions::audit::shown;
use crate::store::{audit, people};
use crate::views::link::route;
use crate::views::practitioner::audit::{self as view, Log, ON_A_PAGE};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_AUDIT, get(page)).route(route::DESK_AUDIT_CSV, get(table))
}

async fn page(Owner(room): Owner, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let before = fields.read("before").unwrap_or(u64::MAX);
        let entries = audit::newest(read, before, ON_A_PAGE)?;
        let members = people::practitioner::all(read)?;
        let head = audit::head(read)?.map(|entry| (entry.said.number, shown(&entry.link)));
        let older = entries.last().map(|entry| entry.said.number).filter(|number| *number > 1);
        Ok(view::page(&room.desk(), &Log { entries: &entries, members: &members, head, older }))
    })
    .await
}

async fn table(Owner(room): Owner) -> Result<Response, Failure> {
    room.run(|room| {
        let read = room.app.store.read()?;
        let members = people::practitioner::all(&read)?;
        let mut entries = Vec::new();
        audit::each(&read, |_, entry| entries.push((entry, shown(&entry.link))))?;
        Ok(download("audit.csv", "text/csv; charset=utf-8", view::table(&entries, &members)))
    })
    .await
}
