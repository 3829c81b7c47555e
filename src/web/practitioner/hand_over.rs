//! Links that are handed over, where no mail goes out: shown once, kept nowhere. A client's opens the notes that were shown to
//! her, and so is made only by who may read them all, or by the owner.

use axum::Router;
use axum::extract::Path;
use axum::routing::post;

use super::person::hers;
use super::{Answer, Counter, Room};
use crate::actions::people::by_practitioner::is_of_others;
use crate::actions::people::login;
use crate::domain::email::EmailAddress;
use crate::domain::id::ClientId;
use crate::domain::people::login::Person;
use crate::domain::people::seat::{HandedBy, Shared};
use crate::store::View;
use crate::views::link::{self, route};
use crate::views::post::Post;
use crate::views::practitioner::hand_over::{self as view, HandOver};
use crate::web::Web;
use crate::web::failure::Failure;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_CLIENT_LINK, post(for_client))
}

/// A sign-in link for somebody, with its code. Who made it is in the log, as whoever has it is that person to the program.
pub(super) fn handed(
    room: &Room,
    who: Person,
    (name, email): (&str, &EmailAddress),
) -> Result<HandOver, Failure> {
    let made = login::hand_over(&room.app, room.member.id, who)?;
    tracing::info!(?who, by = %room.member.id, "a sign-in link was made to be handed over");
    let url = room.app.absolute(&link::sign_in_link(&made.token));
    Ok(HandOver::sign_in(name, email, (url, made.code)))
}

/// Who hands a client her link, as it is seen from this seat.
pub(super) fn by(room: &Room, read: &View, client: ClientId) -> Result<HandedBy, Failure> {
    let shared = match is_of_others(read, room.id(), client)? {
        true => Shared::WithOthers,
        false => Shared::No,
    };
    Ok(HandedBy::seen_from(room.seat, &room.member, shared))
}

/// Makes a sign-in link for a client; only where no mail goes out. The answer holds it, so it is no redirect.
async fn for_client(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        if room.post() == Post::Goes {
            return Err(Failure::NotFound);
        }
        let read = room.app.store.read()?;
        let client = hers(room, &read, &id)?;
        if by(room, &read, client.id)? != HandedBy::Here {
            return Err(Failure::NotYourSeat);
        }
        drop(read);
        let made = handed(room, Person::Client(client.id), (client.name.as_str(), &client.email))?;
        Ok(Answer::Page(view::for_client(&room.desk(), &client, &made)))
    })
    .await
}
