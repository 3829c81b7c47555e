//! A client's data to hand over, and erasing her.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Room, done, named, rule};
use crate::actions::audit;
use crate::actions::calendar::change;
use crate::actions::keeping::erase::{self, Refusal};
use crate::actions::keeping::export::{self, Notes};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::credits::ledger::Actor;
use crate::domain::id::ClientId;
use crate::store::{calendar, people};
use crate::views::link::{self, route};
use crate::views::practitioner::erase::{self as view, Erasing};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::security::NoStore;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_DATA, get(data))
        .route(route::DESK_DATA_FILE, get(data_file))
        .route(route::DESK_ERASE, get(page).post(erase))
        .route(route::DESK_ERASE_SESSIONS, post(call_off))
}

/// A file to keep, which no cache does.
pub(in crate::web) fn download(name: &str, kind: &'static str, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response.extensions_mut().insert(NoStore);
    response
}

/// What is kept about her, to hand over.
pub async fn data(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let client = people::client::find_of(read, room.id(), named(&id)?)?.ok_or(Failure::NotFound)?;
        Ok(view::data(&room.desk(), &client))
    })
    .await
}

/// The same as a file.
pub async fn data_file(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Response, Failure> {
    room.run(move |room| {
        let id: ClientId = named(&id)?;
        let notes = if fields.text("notes") == "all" { Notes::AllOfHers } else { Notes::Shared };
        let data = export::own_data(&room.app, Actor::Practitioner(room.id()), id, notes)?;
        let who = Who::Member(room.member.id);
        audit::record(&room.app, who, What::ClientExported, Concern::Client(id))?;
        Ok(download(&format!("client-{id}.json"), "application/json", format!("{data:#}\n")))
    })
    .await
}

/// What this practitioner may do with this client, or nothing.
fn looked(room: &Room, id: ClientId) -> Result<Result<erase::Preview, Refusal>, Failure> {
    rule(erase::preview(&room.app, Actor::Practitioner(room.id()), id))
}

fn draw(room: &Room, id: ClientId, typed: &Typed) -> Result<Markup, Failure> {
    let seen = match looked(room, id)? {
        Ok(seen) => seen,
        Err(Refusal::OfOthersToo) => return of_others(room, id),
        Err(_) => return Err(Failure::NotFound),
    };
    let read = room.app.store.read()?;
    let client = people::client::find(&read, id)?.ok_or(Failure::NotFound)?;
    let booked = calendar::booking::of_client(&read, id)?;
    let ahead = booked
        .iter()
        .filter(|one| one.practitioner == room.id() && one.is_confirmed() && room.now < one.ends_at());
    let erasing = Erasing {
        client: &client,
        against: seen.can.err(),
        ahead: ahead.collect(),
        purchases_kept: seen.purchases_kept,
        notes_destroyed: seen.notes_destroyed,
        credits_left: seen.credits_left,
    };
    Ok(view::page(&room.desk(), &erasing, typed))
}

fn of_others(room: &Room, id: ClientId) -> Result<Markup, Failure> {
    let read = room.app.store.read()?;
    let client = people::client::find_of(&read, room.id(), id)?.ok_or(Failure::NotFound)?;
    Ok(view::of_others(&room.desk(), &client))
}

/// What erasing does.
pub async fn page(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| Ok(Answer::Page(draw(room, named(&id)?, &Typed::default())?))).await
}

/// Erases her, once the address is typed.
pub async fn erase(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: ClientId = named(&id)?;
        let seen = match looked(room, id)? {
            Ok(seen) => seen,
            Err(Refusal::OfOthersToo) => return Ok(Answer::Wrong(of_others(room, id)?)),
            Err(_) => return Err(Failure::NotFound),
        };
        let client = people::client::find(&room.app.store.read()?, id)?.ok_or(Failure::NotFound)?;
        let mut typed = fields.typed();
        if typed.value("email").trim().to_lowercase() != client.email.key() {
            typed.wrong("email", "That is not the address of this client. Nothing was erased.");
        }
        if seen.credits_left > 0 && !fields.has("settled") {
            typed.wrong("settled", "Please settle first what becomes of the sessions that are left.");
        }
        if typed.is_sound() && rule(erase::erase(&room.app, Actor::Practitioner(room.id()), id))?.is_ok() {
            return Ok(done(&link::desk_clients(), "erased"));
        }
        Ok(Answer::Wrong(draw(room, id, &typed)?))
    })
    .await
}

/// Calls off this practitioner's sessions with her.
pub async fn call_off(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: ClientId = named(&id)?;
        looked(room, id)?.map_err(|_| Failure::NotFound)?;
        for booking in calendar::booking::of_client(&room.app.store.read()?, id)? {
            let hers = booking.practitioner == room.id() && booking.is_confirmed();
            if hers && room.now < booking.ends_at() {
                // One that cannot be called off any more is shown again.
                let _ = rule(change::cancel_by_practitioner(&room.app, room.id(), booking.id, None))?;
            }
        }
        Ok(done(&link::desk_erase(id), "called-off"))
    })
    .await
}
