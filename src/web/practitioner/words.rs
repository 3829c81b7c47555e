//! The practitioner's own words for each kind of message.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use maud::Markup;

use super::messages::{framed, framing};
use super::{Answer, Room, done, named};
use crate::actions::messages::{Words, by_hand, preview};
use crate::domain::id::{ClientId, MessageId};
use crate::domain::messages::message::Kind;
use crate::domain::messages::wording::{self, EDITABLE, Wording};
use crate::store::{View, catalog, messages, people};
use crate::views::link::{self, route};
use crate::views::practitioner::words::{self as view, Editor, in_frame, text_in_frame};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// How many clients are offered to look at a message for: those who came last.
const OFFERED: usize = 20;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_WORDS, get(list))
        .route(route::DESK_WORDS_OF, get(edit).post(save))
        .route(route::DESK_WORDS_PREVIEW, get(preview_kept).post(preview_typed))
}

/// A kind whose words can be written, by its name in the address.
fn editable(name: &str) -> Result<Kind, Failure> {
    Kind::named(name).filter(|kind| EDITABLE.contains(kind)).ok_or(Failure::NotFound)
}

/// Every kind.
pub async fn list(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| {
        let hers = messages::wording::all_of(read, room.id())?;
        let hers: Vec<Kind> = hers.iter().filter_map(|(name, _)| Kind::named(name)).collect();
        Ok(view::list(&room.desk(), &hers))
    })
    .await
}

fn draw(room: &Room, read: &View, kind: Kind, typed: &Typed) -> Result<Markup, Failure> {
    let ours = Words::These(Wording::default());
    let ours = preview::of_kind(&room.app, read, room.id(), (kind, ours), None)?;
    let packages = catalog::package::of(read, room.id())?;
    let names = packages.iter().map(|package| &package.offer.name);
    let mut clients = people::client::of(read, room.id())?;
    clients.sort_by_key(|client| std::cmp::Reverse(client.joined_at));
    let clients: Vec<(String, String)> =
        clients.iter().take(OFFERED).map(|one| (one.id.to_string(), one.name.to_string())).collect();
    let editor = Editor {
        kind,
        typed,
        ours: (ours.subject.as_str(), &ours.around.0, &ours.around.1),
        named: wording::names_one_of(typed.value("subject"), names),
        test: MessageId::from_bits(room.app.id()),
        clients: &clients,
    };
    Ok(view::edit(&room.desk(), &editor))
}

/// One kind.
pub async fn edit(room: Room, Path(kind): Path<String>) -> Result<Response, Failure> {
    let answer = room
        .show(move |room, read| {
            let kind = editable(&kind)?;
            let kept = messages::wording::of(read, room.id(), kind)?;
            draw(room, read, kind, &view::typed(&kept))
        })
        .await?;
    Ok(framing(answer))
}

/// Reads what was typed; what is wrong stands beside its field.
fn read_words(typed: &mut Typed, kind: Kind) -> Option<Wording> {
    let said = |why: wording::NotWords| text::not_words(&why, kind);
    let subject = typed.read("subject", |text| wording::subject(kind, text).map_err(said));
    let opening = typed.read("opening", |text| wording::passage(kind, text).map_err(said));
    let closing = typed.read("closing", |text| wording::passage(kind, text).map_err(said));
    Some(Wording { subject: subject?, opening: opening?, closing: closing? })
}

/// Keeps them, sends a test, or goes back to ours.
pub async fn save(room: Room, Path(kind): Path<String>, fields: Fields) -> Result<Response, Failure> {
    let answer = room
        .run(move |room| {
            let kind = editable(&kind)?;
            let here = link::desk_words_of(kind.name());
            if fields.text("then") == "ours" {
                by_hand::put_into_words(&room.app, room.id(), (kind, Wording::default()))?;
                return Ok(done(&here, "ours"));
            }
            let mut typed = fields.typed();
            let Some(words) = read_words(&mut typed, kind) else {
                return Ok(Answer::Wrong(draw(room, &room.app.store.read()?, kind, &typed)?));
            };
            if fields.text("then") == "test" {
                by_hand::test(&room.app, room.id(), named(fields.text("id"))?, (kind, words))?;
                // What was typed is not kept by a test, so it is shown again and not asked for anew.
                return Ok(Answer::Page(draw(room, &room.app.store.read()?, kind, &typed)?));
            }
            by_hand::put_into_words(&room.app, room.id(), (kind, words))?;
            Ok(done(&here, "saved"))
        })
        .await?;
    Ok(framing(answer))
}

fn shown(
    room: &Room,
    kind: Kind,
    words: Words,
    (client, form): (Option<ClientId>, &str),
) -> Result<Response, Failure> {
    let mail = preview::of_kind(&room.app, &room.app.store.read()?, room.id(), (kind, words), client)?;
    Ok(framed(match form {
        "text" => text_in_frame(mail.subject.as_str(), &mail.text),
        _ => mail.html,
    }))
}

/// As it reads now.
pub async fn preview_kept(room: Room, Path(kind): Path<String>) -> Result<Response, Failure> {
    room.run(move |room| shown(room, editable(&kind)?, Words::Kept, (None, ""))).await
}

/// What was typed, as it would read; or what is wrong with it.
pub async fn preview_typed(
    room: Room,
    Path(kind): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    room.run(move |room| {
        let kind = editable(&kind)?;
        let mut typed = fields.typed();
        let Some(words) = read_words(&mut typed, kind) else {
            let wrong = ["subject", "opening", "closing"].iter().filter_map(|name| typed.error(name));
            return Ok(framed(in_frame(&wrong.map(str::to_owned).collect::<Vec<_>>())));
        };
        shown(room, kind, Words::These(words), (fields.read("client"), fields.text("as")))
    })
    .await
}
