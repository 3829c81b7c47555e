//! One refund: how far it is, and the way on if it is stuck.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::Markup;

use super::{Answer, Room, named, rule};
use crate::actions::refunds::{Refusal, stuck};
use crate::domain::id::RefundId;
use crate::store::{View, catalog, people};
use crate::views::link::route;
use crate::views::practitioner::refund::{Given, page as view};
use crate::web::Web;
use crate::web::failure::Failure;

/// The routes of refunds that have begun.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_REFUND, get(page))
}

fn draw(room: &Room, read: &View, id: RefundId) -> Result<Markup, Failure> {
    let (refund, counted) = match rule(stuck::look(&room.app, room.id(), id))? {
        Ok(found) => found,
        Err(Refusal::NotThere | Refusal::Rule(_) | Refusal::NotAwaited) => return Err(Failure::NotFound),
    };
    let purchase = catalog::purchase::find(read, refund.purchase)?.ok_or(Failure::NotFound)?;
    let payer = people::client::find(read, refund.client)?.ok_or(Failure::NotFound)?;
    let client = people::client::find(read, counted.0.client)?.ok_or(Failure::NotFound)?;
    let given =
        Given { refund: &refund, counted: &counted, purchase: &purchase, payer: &payer, client: &client };
    Ok(view(&room.desk(), &given))
}

/// The page.
async fn page(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| draw(room, read, named(&id)?)).await
}
