//! The outbox, trying a message again, and links to hand over where no mail goes out.

use axum::extract::Path;
use maud::Markup;

use super::clients::is_of;
use super::{Answer, Room, done, named};
use crate::actions::messages::deliver;
use crate::actions::people::login;
use crate::app::Post as AppPost;
use crate::domain::id::{ClientId, MessageId};
use crate::domain::messages::message::Message;
use crate::domain::people::login::Person;
use crate::store::{View, messages, people};
use crate::views::link;
use crate::views::practitioner::messages::{HandOver, Letter, Post, page as view};
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The messages to this practitioner's clients about her own, and to herself, newest first.
fn letters(room: &Room, read: &View) -> Result<Vec<(Message, String)>, Failure> {
    let mut letters = Vec::new();
    let mut gather = |person: Person, name: &str| -> Result<(), Failure> {
        for message in messages::message::to(read, person)? {
            if is_of(read, room, &message)? {
                letters.push((message, name.to_owned()));
            }
        }
        Ok(())
    };
    for client in people::client::of(read, room.id())? {
        gather(Person::Client(client.id), client.name.as_str())?;
    }
    gather(Person::Practitioner(room.id()), room.who.name.as_str())?;
    letters.sort_by_key(|(message, _)| std::cmp::Reverse(message.due_at));
    Ok(letters)
}

fn draw(room: &Room, read: &View, made: Option<HandOver>) -> Result<Markup, Failure> {
    let letters = letters(room, read)?;
    let letters: Vec<Letter<'_>> = letters.iter().map(|(message, name)| Letter { message, name }).collect();
    let post = match room.app.post {
        AppPost::Office { .. } => Post::Set,
        AppPost::None => {
            let clients = people::client::of(read, room.id())?;
            let clients = clients.iter().map(|client| (client.id.to_string(), client.name.to_string()));
            Post::None { clients: clients.collect(), made }
        }
    };
    Ok(view(&room.desk(), &letters, &post))
}

/// The page.
pub async fn page(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, None)).await
}

/// Makes a link to hand over to a client; only where no mail goes out. The answer holds it, so it is no redirect.
pub async fn hand_over(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        if !matches!(room.app.post, AppPost::None) {
            return Err(Failure::NotFound);
        }
        let id: ClientId = named(fields.text("client"))?;
        let found = people::client::find_of(&room.app.store.read()?, room.id(), id)?;
        let client = found.ok_or(Failure::NotFound)?;
        let made = login::hand_over(&room.app, Person::Client(id))?;
        let url = room.app.absolute(&link::sign_in_link(&made.token));
        let made = HandOver { name: client.name.to_string(), url };
        Ok(Answer::Page(draw(room, &room.app.store.read()?, Some(made))?))
    })
    .await
}

/// Tries a message again that was given up.
pub async fn retry(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: MessageId = named(&id)?;
        let read = room.app.store.read()?;
        let message = messages::message::find(&read, id)?.ok_or(Failure::NotFound)?;
        if !is_of(&read, room, &message)? {
            return Err(Failure::NotFound);
        }
        deliver::retry(&room.app, room.id(), id)?;
        Ok(done(&link::desk_messages(), "retried"))
    })
    .await
}
