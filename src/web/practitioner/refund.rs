//! Refunds that have begun: how far one is, the way on if it is stuck, and the list of those that wait for a decision.

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Room, done, named, parse, rule};
use crate::actions::Error;
use crate::actions::refunds::{self, Refusal, send, stuck};
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::Refund;
use crate::domain::id::RefundId;
use crate::domain::people::client::Client;
use crate::store::{View, catalog, people};
use crate::views::link::{self, route};
use crate::views::practitioner::decisions::{Decision, page as decisions_view};
use crate::views::practitioner::refund::{Given, page as view};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of refunds that have begun.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_DECISIONS, get(decisions))
        .route(route::DESK_REFUND, get(page))
        .route(route::DESK_REFUND_AGAIN, post(again))
        .route(route::DESK_REFUND_BY_HAND, post(by_hand))
        .route(route::DESK_REFUND_UNDO, post(undo))
        .route(route::DESK_REFUND_ANSWER, post(answer))
}

fn draw(
    room: &Room,
    read: &View,
    id: RefundId,
    typed: &Typed,
    refused: Option<&str>,
) -> Result<Markup, Failure> {
    let Ok((refund, counted)) = rule(stuck::look(&room.app, room.id(), id))? else {
        return Err(Failure::NotFound);
    };
    let purchase = catalog::purchase::find(read, refund.purchase)?.ok_or(Failure::NotFound)?;
    let payer = people::client::find(read, refund.client)?.ok_or(Failure::NotFound)?;
    let client = people::client::find(read, counted.0.client)?.ok_or(Failure::NotFound)?;
    let mut asked = Vec::new();
    if refund.question.is_some() {
        for counted in stuck::asked_about(read, &refund, room.now)? {
            let whose = people::client::find(read, counted.0.client)?.ok_or(Failure::NotFound)?;
            asked.push((counted, whose));
        }
    }
    let (purchase, payer, client) = (&purchase, &payer, &client);
    let given = Given { refund: &refund, purchase, payer, client, asked: &asked };
    Ok(view(&room.desk(), &given, typed, refused))
}

/// The page.
async fn page(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| draw(room, read, named(&id)?, &Typed::default(), None)).await
}

/// The page again, with why it was not done.
fn wrong(room: &Room, id: RefundId, typed: &Typed, refusal: Option<Refusal>) -> Result<Answer, Failure> {
    let words = match refusal {
        None => None,
        Some(Refusal::NotThere) => return Err(Failure::NotFound),
        Some(Refusal::NotAwaited) => Some("It stands otherwise by now. Nothing was changed.".to_owned()),
        Some(Refusal::Rule(rule)) => {
            let said = text::refund_refused(rule);
            Some(format!("{} {}", said.what, said.then))
        }
    };
    Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, typed, words.as_deref())?))
}

fn answered(
    room: &Room,
    id: RefundId,
    typed: &Typed,
    result: Result<Refund, Error<Refusal>>,
) -> Result<Answer, Failure> {
    match rule(result)? {
        Ok(_) => Ok(done(&link::desk_refund(id), "saved")),
        Err(refusal) => wrong(room, id, typed, Some(refusal)),
    }
}

/// Sends it to the provider again.
async fn again(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    let id: RefundId = named(&id)?;
    let app = Arc::clone(&room.app);
    let sent = room
        .run(move |room| match rule(stuck::again(&room.app, room.id(), id))? {
            Ok(refund) => Ok(Ok(refund)),
            Err(refusal) => wrong(room, id, &Typed::default(), Some(refusal)).map(Err),
        })
        .await?;
    if let Err(answer) = sent {
        return Ok(answer);
    }
    send::look(&app, id).await?;
    Ok(Answer::To(link::desk_refund(id)))
}

/// Records that she gave it back herself.
async fn by_hand(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: RefundId = named(&id)?;
        let mut typed = fields.typed();
        let (on, note) = (parse::date(&mut typed, "on"), parse::line_or_none(&mut typed, "note"));
        let means = Means::BY_HAND.into_iter().find(|(name, _)| *name == typed.value("means"));
        if means.is_none() {
            typed.wrong("means", "Please choose how it went.");
        }
        match (on, means) {
            (Some(on), Some((_, means))) if typed.is_sound() => {
                let given = stuck::by_hand(&room.app, room.id(), id, (means, on, note));
                answered(room, id, &typed, given)
            }
            _ => {
                // Somebody else's refund is not found, whatever was typed.
                rule(stuck::look(&room.app, room.id(), id))?.map_err(|_| Failure::NotFound)?;
                wrong(room, id, &typed, None)
            }
        }
    })
    .await
}

/// Calls it off.
async fn undo(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: RefundId = named(&id)?;
        answered(room, id, &Typed::default(), stuck::undo(&room.app, room.id(), id))
    })
    .await
}

/// Says what a refund that was made elsewhere takes back.
async fn answer(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: RefundId = named(&id)?;
        let mut typed = fields.typed();
        let free = typed.read_optional("free", |typed| {
            typed.parse().map_err(|_| "Please write a whole number.".to_owned())
        });
        let release = fields.all("release").filter_map(|booking| booking.parse().ok()).collect();
        if !typed.is_sound() {
            return wrong(room, id, &typed, None);
        }
        let said = stuck::Answer { release, free: free.unwrap_or_default() };
        answered(room, id, &typed, stuck::answer(&room.app, room.id(), id, said))
    })
    .await
}

/// What waits for her, with whom it is about: for the page of its own, and for any other that wants to show it.
pub(super) fn with_open<T>(
    room: &Room,
    read: &View,
    draw: impl FnOnce(&[Decision<'_>]) -> T,
) -> Result<T, Failure> {
    let open = refunds::open(read, room.id())?;
    let client = |id| -> Result<Client, Failure> { people::client::find(read, id)?.ok_or(Failure::NotFound) };
    let refunded = open.refunds.iter().map(|one| client(one.client)).collect::<Result<Vec<_>, _>>()?;
    let questioned = open
        .disputes
        .iter()
        .map(|one| {
            let sale = catalog::purchase::find(read, one.purchase)?.ok_or(Failure::NotFound)?;
            client(sale.client)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let refunds = open.refunds.iter().zip(&refunded).map(|(one, client)| Decision::Refund(one, client));
    let disputes = open.disputes.iter().zip(&questioned).map(|(one, client)| Decision::Dispute(one, client));
    Ok(draw(&disputes.chain(refunds).collect::<Vec<_>>()))
}

/// The list.
async fn decisions(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| with_open(room, read, |open| decisions_view(&room.desk(), open))).await
}
