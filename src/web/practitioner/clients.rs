//! The clients, and one of them.

use std::collections::HashMap;

use axum::extract::Path;

use super::{Answer, Counter, Room, lots_of, named};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId};
use crate::domain::messages::message::{About, Message};
use crate::domain::people::login::Person as Addressee;
use crate::store::{View, billing, calendar, catalog, credits, messages, people};
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

/// Whether a message is about something of this practitioner's; what is about its reader alone is everybody's she is a
/// client of.
pub(super) fn is_of(read: &View, room: &Room, message: &Message) -> Result<bool, Failure> {
    let of_lot = |id: LotId| -> Result<bool, Failure> {
        Ok(credits::lot::find(read, id)?.is_some_and(|lot| lot.practitioner == room.id()))
    };
    match message.about {
        About::Oneself => Ok(true),
        About::Purchase(id) => {
            Ok(catalog::purchase::find(read, id)?.is_some_and(|purchase| purchase.practitioner == room.id()))
        }
        About::Refund(id) => {
            Ok(billing::refund::find(read, id)?.is_some_and(|refund| refund.practitioner == room.id()))
        }
        About::Lot(id) => of_lot(id),
        About::Booking(id, _) => {
            Ok(calendar::booking::find(read, id)?.is_some_and(|booking| booking.practitioner == room.id()))
        }
    }
}
