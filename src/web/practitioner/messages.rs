//! The outbox, one message of it, sending and holding back by hand.

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use maud::Markup;

use super::clients::is_of;
use super::{Answer, Room, done, named, rule};
use crate::actions::messages::{by_hand, deliver, own, preview};
use crate::domain::id::MessageId;
use crate::domain::messages::message::{Kind, Message, State};
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::store::{View, messages, people};
use crate::views::link::{self, route};
use crate::views::practitioner::messages::{Letter, Reads, Show, Sought, one as one_view, page as view};
use crate::views::practitioner::words::in_frame;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::security::{FRAMED, FRAMING, NoStore};

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_MESSAGES, get(page))
        .route(route::DESK_MESSAGE, get(one))
        .route(route::DESK_MESSAGE_HTML, get(html))
        .route(route::DESK_MESSAGE_SEND, post(send))
        .route(route::DESK_MESSAGE_WITHHOLD, post(withhold))
        .route(route::DESK_MESSAGE_RETRY, post(retry))
}

/// A page that shows one of our own in a frame.
pub(super) fn framing(answer: Answer) -> Response {
    let mut response = answer.into_response();
    response.extensions_mut().insert(FRAMING);
    response
}

/// A mail for such a frame.
pub(super) fn framed(html: String) -> Response {
    let mut response = Html(html).into_response();
    response.extensions_mut().insert(FRAMED);
    response.extensions_mut().insert(NoStore);
    response
}

/// What was found.
struct Found<'a> {
    /// Those that stand on the page, each with the name of whom it is for.
    shown: Vec<(Message, &'a str)>,
    /// How many there are, by what became of them.
    counts: [usize; 5],
}

/// The messages to this practitioner's clients about her own, and to herself. All are counted, and no more are kept than are shown.
fn letters<'a>(
    (room, read): (&'a Room, &View),
    sought: &Sought<'_>,
    clients: &'a [Client],
) -> Result<Found<'a>, Failure> {
    let wanted = sought.name.to_lowercase();
    let people = clients.iter().map(|client| (Person::Client(client.id), client.name.as_str()));
    let people = people.chain([(Person::Practitioner(room.id()), room.who.name.as_str())]);
    let own = own::Own::of(read, room.id())?;
    let until = sought.page.saturating_mul(Sought::ON_A_PAGE);
    let (mut counts, mut seen) = ([0; 5], 0_u64);
    // By what they are sorted by; those that are alike stay as they were found.
    let mut first = BTreeMap::new();
    for (person, name) in people.filter(|(_, name)| name.to_lowercase().contains(&wanted)) {
        messages::message::each_to(read, person, |message| {
            let fits = sought.kind.is_none_or(|kind| message.kind == kind);
            if !fits || !own.has(read, &message)? {
                return Ok(());
            }
            for (count, (show, ..)) in counts.iter_mut().zip(Show::ALL) {
                *count += usize::from(show.takes(&message.state));
            }
            if sought.show.takes(&message.state) {
                seen += 1;
                first.insert((sought.show.order(&message), seen), (message, name));
                if first.len() > until {
                    first.pop_last();
                }
            }
            Ok(())
        })?;
    }
    Ok(Found { shown: first.into_values().skip(until - Sought::ON_A_PAGE).collect(), counts })
}

fn draw(room: &Room, read: &View, fields: &Fields) -> Result<Markup, Failure> {
    let sought = Sought {
        show: Show::named(fields.text("show"), room.post()),
        kind: Kind::named(fields.text("kind")),
        name: fields.text("q").trim(),
        page: fields.read("page").unwrap_or(1).max(1),
    };
    let clients = people::client::of(read, room.id())?;
    let found = letters((room, read), &sought, &clients)?;
    let shown: Vec<Letter<'_>> = found.shown.iter().map(|(message, name)| Letter { message, name }).collect();
    Ok(view(&room.desk(), &sought, (&shown, found.counts)))
}

/// The page.
pub async fn page(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| draw(room, read, &fields)).await
}

/// A message of this practitioner's.
fn find(room: &Room, read: &View, id: &str) -> Result<Message, Failure> {
    let message = messages::message::find(read, named(id)?)?.ok_or(Failure::NotFound)?;
    if is_of(read, room, &message)? { Ok(message) } else { Err(Failure::NotFound) }
}

/// Whether a message has been worded: what went is shown as it read, everything else as it would.
const fn has_gone(state: &State) -> bool {
    matches!(state, State::Sending { .. } | State::Sent { .. } | State::Unsure { .. } | State::Dead { .. })
}

/// One message.
pub async fn one(room: Room, Path(id): Path<String>) -> Result<Response, Failure> {
    let answer = room
        .show(move |room, read| {
            let message = find(room, read, &id)?;
            let name = match message.to {
                Person::Client(id) => {
                    people::client::find_of(read, room.id(), id)?.ok_or(Failure::NotFound)?.name
                }
                Person::Practitioner(_) => room.who.name.clone(),
            };
            let copy = messages::sent::find(read, message.id)?;
            let reads = match copy.filter(|_| has_gone(&message.state)) {
                Some(copy) => Reads::Sent(copy.subject, copy.text),
                None => match preview::of_message(&room.app, read, &message) {
                    Ok(Some(mail)) => Reads::Would(mail.subject.to_string(), mail.text),
                    // What it was about may be gone.
                    Ok(None) | Err(crate::app::Fault::Missing(_)) => Reads::Hidden,
                    Err(fault) => return Err(fault.into()),
                },
            };
            Ok(one_view(&room.desk(), &Letter { message: &message, name: name.as_str() }, &reads))
        })
        .await?;
    Ok(framing(answer))
}

/// The message as HTML, as it would go now.
pub async fn html(room: Room, Path(id): Path<String>) -> Result<Response, Failure> {
    let html = room
        .run(move |room| {
            let read = room.app.store.read()?;
            let message = find(room, &read, &id)?;
            match preview::of_message(&room.app, &read, &message) {
                Ok(Some(mail)) => Ok(mail.html),
                Ok(None) | Err(crate::app::Fault::Missing(_)) => {
                    Ok(in_frame(&["It is not shown.".to_owned()]))
                }
                Err(fault) => Err(fault.into()),
            }
        })
        .await?;
    Ok(framed(html))
}

/// What a nudge that is taken in hand leads to.
fn in_hand(done_so: Result<(), by_hand::Refusal>, id: &str, what: &str) -> Result<Answer, Failure> {
    let page = link::desk_message(named(id)?);
    match done_so {
        Ok(()) => Ok(done(&page, what)),
        Err(by_hand::Refusal::NotThere) => Err(Failure::NotFound),
        // Its page says how it stands now.
        Err(by_hand::Refusal::Rule(_)) => Ok(done(&page, "not-now")),
    }
}

/// Sends a planned nudge now.
pub async fn send(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        in_hand(
            rule(by_hand::send_now(&room.app, room.id(), named(&id)?))?,
            &id,
            room.post().says("in-hand", "kept-here"),
        )
    })
    .await
}

/// Keeps a planned nudge from going.
pub async fn withhold(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        in_hand(rule(by_hand::withhold(&room.app, room.id(), named(&id)?))?, &id, "held-back")
    })
    .await
}

/// Tries a message again that was given up.
pub async fn retry(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let message: MessageId = find(room, &room.app.store.read()?, &id)?.id;
        deliver::retry(&room.app, room.id(), message)?;
        Ok(done(&link::desk_messages(), "retried"))
    })
    .await
}
