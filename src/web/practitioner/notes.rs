//! Notes about a client: written, changed and deleted by their author, opened for nobody else.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::Markup;

use super::{Answer, Room, done, named, parse, rule};
use crate::actions::Error;
use crate::actions::people::note as action;
use crate::app::Fault;
use crate::domain::calendar::booking::Booking;
use crate::domain::id::{BookingId, ClientId, NoteId};
use crate::domain::people::note::{self, Audience, Draft, Kind, Note};
use crate::store::{View, calendar, people};
use crate::views::link::{self, route};
use crate::views::practitioner::notes::{self as view, Form, SHARED};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of notes.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_NOTES, get(fresh).post(write))
        .route(route::DESK_NOTE, get(change))
        .route(route::DESK_NOTE_REMOVE, get(ask).post(remove))
}

/// What she wrote about a client of hers; nothing if it does not open.
pub(super) fn of(room: &Room, client: ClientId) -> Result<Option<Vec<Note>>, Failure> {
    match action::of_practitioner(&room.app, room.id(), client) {
        Ok(notes) => Ok(Some(notes)),
        Err(Error::Refused(_)) => Err(Failure::NotFound),
        Err(Error::Failed(Fault::Sealed)) => {
            tracing::error!(%client, "the notes about a client do not open");
            Ok(None)
        }
        Err(Error::Failed(fault)) => Err(fault.into()),
    }
}

/// Sessions by id, as the views of notes take them.
pub(super) fn by_id(bookings: &[Booking]) -> HashMap<BookingId, Booking> {
    bookings.iter().map(|booking| (booking.id, booking.clone())).collect()
}

fn draw(
    room: &Room,
    read: &View,
    (client, id): (ClientId, NoteId),
    typed: &Typed,
) -> Result<Markup, Failure> {
    let client = people::client::find_of(read, room.id(), client)?.ok_or(Failure::NotFound)?;
    let session = if typed.value("session").is_empty() {
        None
    } else {
        let found = calendar::booking::find(read, named(typed.value("session"))?)?;
        let hers = found.filter(|one| one.client == client.id && one.practitioner == room.id());
        Some(hers.ok_or(Failure::NotFound)?)
    };
    let kept = of(room, client.id)?.unwrap_or_default().into_iter().find(|note| note.heading.id == id);
    let form = Form { id, client: &client, session: session.as_ref(), kept: kept.as_ref() };
    Ok(view::form(&room.desk(), &form, typed))
}

/// The form for a new note.
async fn fresh(room: Room, Path(client): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let id = NoteId::from_bits(room.app.id());
        draw(room, read, (named(&client)?, id), &fields.typed())
    })
    .await
}

/// The form for a note that is kept.
async fn change(room: Room, Path((client, id)): Path<(String, String)>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let (client, id) = (named(&client)?, named(&id)?);
        let note = one(room, client, id)?;
        let heading = &note.heading;
        let session = heading.booking.map_or(String::new(), |booking| booking.to_string());
        let typed = Typed::default()
            .with("text", note.text.as_str())
            .with("session", session)
            .with(SHARED, if heading.audience == Audience::Shared { "yes" } else { "no" })
            .with("start", if heading.kind == Kind::Start { "yes" } else { "no" });
        draw(room, read, (client, id), &typed)
    })
    .await
}

fn one(room: &Room, client: ClientId, id: NoteId) -> Result<Note, Failure> {
    rule(action::one(&room.app, room.id(), client, id))?.map_err(|_| Failure::NotFound)
}

/// Keeps a note, new or changed.
async fn write(room: Room, Path(client): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let client: ClientId = named(&client)?;
        let mut typed = fields.typed();
        let id: NoteId = named(typed.value("id"))?;
        let booking = fields.some("session").map(named).transpose()?;
        if let Some(text) = parse::paragraph(&mut typed, "text") {
            let audience = if typed.value(SHARED) == "yes" { Audience::Shared } else { Audience::Private };
            let starts = typed.value("start") == "yes" && booking.is_none();
            let kind = if starts { Kind::Start } else { Kind::Usual };
            let draft = Draft { id, client, booking, audience, kind, text };
            match rule(action::write(&room.app, room.id(), draft))? {
                Ok(_) => return Ok(done(&link::desk_client(client), "noted")),
                Err(action::Refusal::Rule(note::Refusal::Empty)) => {
                    typed.wrong("text", "Please write something, or delete the note.");
                }
                Err(action::Refusal::NotThere | action::Refusal::Rule(note::Refusal::OtherNote)) => {
                    return Err(Failure::NotFound);
                }
            }
        }
        Ok(Answer::Wrong(draw(room, &room.app.store.read()?, (client, id), &typed)?))
    })
    .await
}

/// Asks whether a note is to be deleted.
async fn ask(room: Room, Path((client, id)): Path<(String, String)>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let client = people::client::find_of(read, room.id(), named(&client)?)?.ok_or(Failure::NotFound)?;
        Ok(view::remove(&room.desk(), &client, &one(room, client.id, named(&id)?)?))
    })
    .await
}

/// Deletes a note.
async fn remove(room: Room, Path((client, id)): Path<(String, String)>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let (client, id): (ClientId, NoteId) = (named(&client)?, named(&id)?);
        match rule(action::remove(&room.app, room.id(), client, id))? {
            Ok(()) => Ok(done(&link::desk_client(client), "deleted")),
            Err(_) => Err(Failure::NotFound),
        }
    })
    .await
}
