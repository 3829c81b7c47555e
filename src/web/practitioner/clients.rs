//! The clients, and one of them.

use std::collections::HashMap;

use axum::extract::Path;

use super::{Answer, Counter, Room, lots_of, named};
use crate::actions::messages::by_hand;
use crate::domain::credits::selection::Counted;
use crate::domain::id::ClientId;
use crate::domain::messages::message::Message;
use crate::domain::people::login::Person as Addressee;
use crate::store::{View, calendar, catalog, credits, messages, people};
use crate::views::practitioner::client::{Credits, Person, page as client_view};
use crate::views::practitioner::clients::{Folk, Show, page as list_view};
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The list, or what a search finds.
pub async fn list(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let mut clients = people::client::of(read, room.id())?;
        clients.sort_by_cached_key(|client| client.name.as_str().to_lowercase());
        let mut lots: HashMap<ClientId, Vec<Counted>> = HashMap::new();
        for counted in credits::lot::of(read, room.id(), room.now)? {
            lots.entry(counted.0.client).or_default().push(counted);
        }
        let none = Vec::new();
        let folk: Vec<Folk<'_>> = clients
            .iter()
            .map(|client| Folk { client, lots: lots.get(&client.id).unwrap_or(&none) })
            .collect();
        Ok(list_view(&room.desk(), &folk, Show::named(fields.text("show")), fields.text("q")))
    })
    .await
}

/// One client.
pub async fn one(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let client = people::client::find_of(read, room.id(), named(&id)?)?.ok_or(Failure::NotFound)?;
        let lots = lots_of(read, room, client.id)?;
        let entries =
            lots.iter().map(|(lot, _)| credits::ledger::of(read, lot.id)).collect::<Result<Vec<_>, _>>()?;
        let bookings: Vec<_> = calendar::booking::of_client(read, client.id)?
            .into_iter()
            .filter(|booking| booking.practitioner == room.id())
            .collect();
        let purchases: Vec<_> = catalog::purchase::of_client(read, client.id)?
            .into_iter()
            .filter(|purchase| purchase.practitioner == room.id())
            .collect();
        let mut letters = messages::message::to(read, Addressee::Client(client.id))?;
        letters.retain(|message| is_of(read, room, message).unwrap_or(false));
        letters.sort_by_key(|message| std::cmp::Reverse(message.due_at));
        let person = Person {
            client: &client,
            credits: lots
                .iter()
                .zip(&entries)
                .map(|(counted, entries)| Credits { counted, entries })
                .collect(),
            bookings: bookings.iter().collect(),
            purchases: purchases.iter().collect(),
            messages: letters.iter().collect(),
        };
        Ok(client_view(&room.desk(), &person))
    })
    .await
}

/// Whether a message is about something of this practitioner's.
pub(super) fn is_of(read: &View, room: &Room, message: &Message) -> Result<bool, Failure> {
    Ok(by_hand::is_of(read, room.id(), message)?)
}
