//! The books, the receipts, the statements and the files for an accountant. They are for the practitioner whose desk it is;
//! an owner reads those of the whole practice.

mod books;
mod files;
mod receipts;
mod statement;

pub(in crate::web) use receipts::as_pdf;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::{Room, named};
use crate::domain::billing::books::Account;
use crate::domain::billing::period::Period;
use crate::domain::credits::lot::Lot;
use crate::domain::id::PractitionerId;
use crate::domain::people::practitioner::Role;
use crate::domain::time::Timestamp;
use crate::store::{StoreError, View, billing, credits};
use crate::views::link::route;
use crate::views::practitioner::money::Whose;
use crate::web::Web;
use crate::web::form::Fields;

/// The routes of this area.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_MONEY, get(books::page))
        .route(route::DESK_RECEIPTS, get(receipts::list))
        .route(route::DESK_RECEIPT, get(receipts::one))
        .route(route::DESK_RECEIPT_PDF, get(receipts::pdf))
        .route(route::DESK_MONEY_FILE, get(files::file))
        .route(route::DESK_STATEMENT, get(statement::page))
        .route(route::DESK_STATEMENT_FILE, get(statement::file))
}

/// Whose money she may see: an owner all of it, another her own.
fn whose(room: &Room) -> Whose {
    if room.member.role == Role::Owner { Whose::Practice } else { Whose::Own }
}

/// Whether she may see the money of a practitioner.
fn may_see(room: &Room, practitioner: PractitionerId) -> bool {
    whose(room) == Whose::Practice || practitioner == room.id()
}

/// Shows the accounts that she may see, one at a time.
fn each_account(room: &Room, read: &View, see: impl FnMut(Account)) -> Result<(), StoreError> {
    match whose(room) {
        Whose::Practice => billing::account::each(read, see),
        Whose::Own => billing::account::each_of(read, room.id(), see),
    }
}

/// When the first of the lots that she may see was sold or given.
fn first_sale(room: &Room, read: &View) -> Result<Option<Timestamp>, StoreError> {
    let mut first: Option<Timestamp> = None;
    let mut see = |lot: Lot| {
        first = earlier(first, lot.granted_at);
        Ok(())
    };
    match whose(room) {
        Whose::Practice => credits::lot::each(read, see)?,
        Whose::Own => credits::lot::lots_of(read, room.id())?.into_iter().try_for_each(&mut see)?,
    }
    Ok(first)
}

/// The earlier of an instant that may not be there and another.
fn earlier(first: Option<Timestamp>, at: Timestamp) -> Option<Timestamp> {
    Some(first.map_or(at, |first| first.min(at)))
}

/// The period that an address names, or this month.
fn period(room: &Room, fields: &Fields) -> Period {
    fields.read("period").unwrap_or_else(|| Period::month_of(room.practice.zone.date(room.now)))
}

/// A file to take away.
fn download(kind: &'static str, name: &str, body: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    (headers, body).into_response()
}
