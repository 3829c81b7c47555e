//! Writing to a client by hand.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use maud::Markup;

use super::messages::{framed, framing};
use super::{Answer, Room, done, named, parse, rule};
use crate::actions::messages::by_hand::{self, Letter, Refusal};
use crate::actions::messages::preview;
use crate::domain::id::{ClientId, LotId, MessageId};
use crate::domain::messages::message::Kind;
use crate::domain::messages::quiet_hours::waking;
use crate::domain::messages::wording;
use crate::domain::people::client::Client;
use crate::domain::people::search::{Search, alphabetical};
use crate::store::{View, people};
use crate::views::link::{self, route};
use crate::views::practitioner::words::in_frame;
use crate::views::practitioner::write::{self as view, About, Choice};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// How many clients are listed to choose from.
const LISTED: usize = 30;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_WRITE, get(page).post(send))
        .route(route::DESK_NUDGE, get(nudge_page).post(nudge))
        .route(route::DESK_NUDGE_HTML, get(nudge_html))
        .route(route::DESK_WRITE_PREVIEW, get(no_preview).merge(post(letter_preview)))
}

fn client_of(room: &Room, read: &View, id: &str) -> Result<Client, Failure> {
    let id: ClientId = named(id)?;
    people::client::find_of(read, room.id(), id)?.ok_or(Failure::NotFound)
}

fn draw(
    room: &Room,
    read: &View,
    client: &Client,
    (id, typed): (MessageId, &Typed),
) -> Result<Markup, Failure> {
    let mut abouts = Vec::new();
    for counted in super::lots_of(read, room, client.id)? {
        let offered = by_hand::offered(read, client, &counted, room.now)?;
        let lot = counted.0.id;
        let choices = offered.into_iter().map(|one| Choice { kind: one.kind, lot, against: one.can.err() });
        abouts.insert(0, About { name: counted.0.offer.name, choices: choices.collect() });
    }
    let goes_at = waking(room.now, &client.zone);
    Ok(view::what(&room.desk(), client, &abouts, (id, typed), goes_at))
}

/// Whom, or, once that is chosen, what.
pub async fn page(room: Room, fields: Fields) -> Result<Response, Failure> {
    let answer = room
        .show(move |room, read| {
            if let Some(id) = fields.some("client") {
                let client = client_of(room, read, id)?;
                let made = MessageId::from_bits(room.app.id());
                return draw(room, read, &client, (made, &Typed::default()));
            }
            let search = Search::new(fields.text("q").trim());
            let mut clients = people::client::of(read, room.id())?;
            clients.retain(|client| search.finds(client));
            clients.sort_by_cached_key(|client| alphabetical(client.name.as_str()));
            let listed: Vec<&Client> = clients.iter().take(LISTED).collect();
            Ok(view::whom(&room.desk(), fields.text("q").trim(), &listed, clients.len() > LISTED))
        })
        .await?;
    Ok(framing(answer))
}

/// Reads what she wrote.
fn read_letter(typed: &mut Typed, client: ClientId, id: MessageId) -> Option<Letter> {
    let kind = Kind::Personal;
    let subject = parse::line(typed, "subject");
    let text = typed.read("text", |text| {
        wording::passage(kind, text)
            .map_err(|why| text::not_words(&why, kind))?
            .ok_or("Please fill this in.".to_owned())
    });
    if let Err(why) = wording::subject(kind, typed.value("subject")) {
        typed.wrong("subject", text::not_words(&why, kind));
        return None;
    }
    Some(Letter { id, client, subject: subject?, text: text? })
}

/// Sends it.
pub async fn send(room: Room, fields: Fields) -> Result<Response, Failure> {
    let answer = room
        .run(move |room| {
            let read = room.app.store.read()?;
            let client = client_of(room, &read, fields.text("client"))?;
            let id: MessageId = named(fields.text("id"))?;
            let mut typed = fields.typed();
            match read_letter(&mut typed, client.id, id) {
                Some(letter) => {
                    by_hand::write(&room.app, room.id(), letter)?;
                    Ok(done(&link::desk_message(id), room.post().says("written", "kept-here")))
                }
                None => Ok(Answer::Wrong(draw(room, &read, &client, (id, &typed))?)),
            }
        })
        .await?;
    Ok(framing(answer))
}

/// Before anything is typed.
pub async fn no_preview(_: Room) -> Response {
    framed(in_frame(&["What you write is shown here before it goes.".to_owned()]))
}

/// What was typed, as it would read; or what is wrong with it.
pub async fn letter_preview(room: Room, fields: Fields) -> Result<Response, Failure> {
    let html = room
        .run(move |room| {
            let read = room.app.store.read()?;
            let client = client_of(room, &read, fields.text("client"))?;
            let mut typed = fields.typed();
            let Some(letter) = read_letter(&mut typed, client.id, MessageId::from_bits(0)) else {
                let wrong =
                    ["subject", "text"].iter().filter_map(|name| typed.error(name)).map(str::to_owned);
                return Ok(in_frame(&wrong.collect::<Vec<_>>()));
            };
            let mail = preview::of_letter(&room.app, &read, room.id(), (client.id, letter.words()))?;
            Ok(mail.html)
        })
        .await?;
    Ok(framed(html))
}

/// A lot and a kind of nudge, out of an address.
fn asked((lot, kind): &(String, String)) -> Result<(LotId, Kind), Failure> {
    let kind = Kind::named(kind).filter(|kind| kind.is_nudge()).ok_or(Failure::NotFound)?;
    Ok((named(lot)?, kind))
}

fn draw_nudge(room: &Room, read: &View, about: (LotId, Kind)) -> Result<Markup, Failure> {
    let looked = rule(by_hand::look(read, room.id(), about, room.now))?;
    let (client, _, offered) = looked.map_err(|_| Failure::NotFound)?;
    let mail = preview::of_nudge(&room.app, read, room.id(), about)?;
    let can = offered.can.map(|_| offered.goes_at);
    Ok(view::nudge(&room.desk(), &client, about, can, (mail.subject.as_str(), &mail.text)))
}

/// A reminder before it goes.
pub async fn nudge_page(room: Room, Path(about): Path<(String, String)>) -> Result<Response, Failure> {
    let answer = room.show(move |room, read| draw_nudge(room, read, asked(&about)?)).await?;
    Ok(framing(answer))
}

/// The same, for its frame.
pub async fn nudge_html(room: Room, Path(about): Path<(String, String)>) -> Result<Response, Failure> {
    let html = room
        .run(move |room| {
            let read = room.app.store.read()?;
            Ok(preview::of_nudge(&room.app, &read, room.id(), asked(&about)?)?.html)
        })
        .await?;
    Ok(framed(html))
}

/// Sends a reminder.
pub async fn nudge(room: Room, Path(about): Path<(String, String)>) -> Result<Response, Failure> {
    let answer = room
        .run(move |room| {
            let about = asked(&about)?;
            match rule(by_hand::nudge(&room.app, room.id(), about))? {
                Ok(id) => Ok(done(&link::desk_message(id), room.post().says("in-hand", "kept-here"))),
                Err(Refusal::NotThere) => Err(Failure::NotFound),
                Err(Refusal::Rule(_)) => Ok(Answer::Wrong(draw_nudge(room, &room.app.store.read()?, about)?)),
            }
        })
        .await?;
    Ok(framing(answer))
}
