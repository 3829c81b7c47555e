//! A sale: how it stands, at the payment page or at the practice; marking it as paid, calling it off.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Counter, Room, done, named, parse, rule};
use crate::actions::billing::settle::{self, Refusal};
use crate::actions::billing::till::{self, NotCalledOff};
use crate::domain::billing::payment::Means;
use crate::domain::catalog::purchase::{Purchase, State as Stands};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{PractitionerId, PurchaseId};
use crate::store::{View, billing, calendar, catalog, credits, people};
use crate::views::link::{self, route};
use crate::views::practitioner::purchase::at_till::{AtTill, Return};
use crate::views::practitioner::purchase::{Sale, page as view};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::checkout::fresh;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::setting::draw as draw_from;

/// The routes of a sale.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_PURCHASE, get(page))
        .route(route::DESK_PURCHASE_YET, get(yet))
        .route(route::DESK_PAID, post(paid))
        .route(route::DESK_CALL_OFF, post(call_off))
        .route(route::DESK_WITHDRAW, post(withdraw))
}

/// A sale of a practitioner's.
fn find(read: &View, whose: PractitionerId, id: PurchaseId) -> Result<Purchase, Failure> {
    catalog::purchase::find(read, id)?.filter(|one| one.practitioner == whose).ok_or(Failure::NotFound)
}

/// That it is a sale of hers, before the provider is asked about it.
async fn hers(web: &Web, whose: PractitionerId, id: PurchaseId) -> Result<(), Failure> {
    draw_from(web, move |_, read| find(read, whose, id).map(|_| ())).await
}

/// How it waits at the provider's page, if it does; `looks` is how often the page looked by itself.
fn at_till<'a>(room: &Room, purchase: &'a Purchase, looks: u32) -> Option<AtTill<'a>> {
    let till = purchase.till.as_ref().filter(|_| purchase.state == Stands::AwaitingBuyer)?;
    let cashier = room.app.cashier_who_sold(purchase)?;
    let back = if cashier.webhook_secrets.is_empty() { Return::Unsure } else { Return::Known };
    let page = till.page.as_ref().map(|page| page.as_str());
    Some(AtTill { page, closes_at: till.closes_at, looks, back })
}

fn draw(
    room: &Room,
    read: &View,
    id: PurchaseId,
    typed: &Typed,
    refused: Option<&str>,
) -> Result<Markup, Failure> {
    let purchase = find(read, room.id(), id)?;
    let client = people::client::find(read, purchase.client)?.ok_or(Failure::NotFound)?;
    let payment = billing::payment::of(read, id)?;
    let receipts = billing::receipt::of(read, id)?;
    let first = calendar::reservation::of(read, id)?.map(|chosen| chosen.starts_at);
    let (refunds, disputes) = (billing::refund::of(read, id)?, billing::dispute::of(read, id)?);
    let counted = credits::lot::counted(read, Lot::id_for(id), room.now)?;
    let sale = Sale {
        purchase: &purchase,
        client: &client,
        payment: payment.as_ref(),
        first,
        receipts: &receipts,
        refunds: &refunds,
        disputes: &disputes,
        counted: counted.as_ref(),
        at_till: at_till(room, &purchase, typed.value("look").parse().unwrap_or(0)),
    };
    Ok(view(&room.desk(), &sale, typed, refused))
}

/// The page. While the sale waits for the buyer the provider is asked about it, not more often than it likes.
async fn page(
    State(web): State<Web>,
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    let id: PurchaseId = named(&id)?;
    hers(&web, room.id(), id).await?;
    fresh(&web, id).await?;
    let typed = Typed::default().with("look", fields.text("look"));
    room.show(move |room, read| draw(room, read, id, &typed, None)).await
}

/// For the script: nothing while the sale waits for the buyer, then the way to how it stands.
async fn yet(
    State(web): State<Web>,
    Counter(room): Counter,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let id: PurchaseId = named(&id)?;
    hers(&web, room.id(), id).await?;
    Ok(match fresh(&web, id).await?.state {
        Stands::AwaitingBuyer => StatusCode::NO_CONTENT.into_response(),
        _ => Redirect::to(&link::desk_purchase(id)).into_response(),
    })
}

/// Calls off a sale that waits for the buyer at the provider's page. Where she was faster, its page says so.
async fn call_off(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    let id: PurchaseId = named(&id)?;
    match rule(till::call_off(&room.app, room.id(), id).await)? {
        Ok(off) if matches!(off.state, Stands::Withdrawn { .. }) && fields.text("then") == "practice" => {
            let questions = [("package", off.package.to_string()), ("pay", "practice".to_owned())];
            let questions = questions.each_ref().map(|(name, value)| (*name, value.as_str()));
            Ok(Answer::To(link::asking(&link::desk_sell(off.client), &questions)))
        }
        Ok(_) => Ok(Answer::To(link::desk_purchase(id))),
        Err(NotCalledOff::NotThere) => Err(Failure::NotFound),
        Err(NotCalledOff::Unreachable) => {
            let words = "The payment provider does not answer, so the payment page is still open. Nothing was changed.";
            room.run(move |room| {
                let read = room.app.store.read()?;
                Ok(Answer::Wrong(draw(room, &read, id, &Typed::default(), Some(words))?))
            })
            .await
        }
    }
}

/// Why a sale was not changed; what is not there is not found.
const fn words(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::NotThere => None,
        Refusal::Online => Some("This sale is paid online; the payment provider tells when it is."),
        Refusal::Over => Some("This sale is over. It can be bought anew."),
        Refusal::InFuture => Some("That date lies in the future."),
        Refusal::Paid => Some("This sale is paid."),
    }
}

/// Marks it as paid.
async fn paid(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: PurchaseId = named(&id)?;
        let mut typed = fields.typed();
        let on = parse::date(&mut typed, "on");
        let note = parse::line_or_none(&mut typed, "note");
        let means = Means::BY_HAND.into_iter().find(|(name, _)| *name == typed.value("means"));
        if means.is_none() {
            typed.wrong("means", "Please choose how it was paid.");
        }
        if let (Some(on), Some((_, means)), true) = (on, means, typed.is_sound()) {
            match rule(settle::mark_paid(&room.app, room.id(), id, (means, on, note)))? {
                Ok(_) => return Ok(done(&link::desk_purchase(id), "paid")),
                Err(Refusal::InFuture) => typed.wrong("on", "That date lies in the future."),
                Err(refusal) => return refused(room, id, &typed, refusal),
            }
        }
        Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, &typed, None)?))
    })
    .await
}

fn refused(room: &Room, id: PurchaseId, typed: &Typed, refusal: Refusal) -> Result<Answer, Failure> {
    let words = words(refusal).ok_or(Failure::NotFound)?;
    Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, typed, Some(words))?))
}

/// Calls it off.
async fn withdraw(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: PurchaseId = named(&id)?;
        match rule(settle::withdraw(&room.app, room.id(), id))? {
            Ok(_) => Ok(done(&link::desk_purchase(id), "withdrawn")),
            Err(refusal) => refused(room, id, &Typed::default(), refusal),
        }
    })
    .await
}
