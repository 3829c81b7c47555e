//! A sale: marking it as paid, calling it off.

use axum::extract::Path;
use maud::Markup;

use super::{Answer, Counter, Room, done, named, parse, rule};
use crate::actions::billing::settle::{self, Refusal};
use crate::domain::billing::payment::Means;
use crate::domain::id::PurchaseId;
use crate::store::{View, billing, calendar, catalog, people};
use crate::views::link;
use crate::views::practitioner::purchase::{Sale, page as view};
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

fn draw(
    room: &Room,
    read: &View,
    id: PurchaseId,
    typed: &Typed,
    refused: Option<&str>,
) -> Result<Markup, Failure> {
    let found = catalog::purchase::find(read, id)?.filter(|purchase| purchase.practitioner == room.id());
    let purchase = found.ok_or(Failure::NotFound)?;
    let client = people::client::find(read, purchase.client)?.ok_or(Failure::NotFound)?;
    let payment = billing::payment::of(read, id)?;
    let receipts = billing::receipt::of(read, id)?;
    let first = calendar::reservation::of(read, id)?.map(|chosen| chosen.starts_at);
    let (refunds, disputes) = (billing::refund::of(read, id)?, billing::dispute::of(read, id)?);
    let sale = Sale {
        purchase: &purchase,
        client: &client,
        payment: payment.as_ref(),
        first,
        receipts: &receipts,
        refunds: &refunds,
        disputes: &disputes,
    };
    Ok(view(&room.desk(), &sale, typed, refused))
}

/// The page.
pub async fn page(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| draw(room, read, named(&id)?, &Typed::default(), None)).await
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
pub async fn paid(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
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
pub async fn withdraw(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: PurchaseId = named(&id)?;
        match rule(settle::withdraw(&room.app, room.id(), id))? {
            Ok(_) => Ok(done(&link::desk_purchase(id), "withdrawn")),
            Err(refusal) => refused(room, id, &Typed::default(), refusal),
        }
    })
    .await
}
