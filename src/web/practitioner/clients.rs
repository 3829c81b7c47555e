//! The clients, and one of them.

use std::collections::{BTreeMap, HashMap, HashSet};

use axum::extract::Path;

use super::{Answer, Counter, Room, hand_over, lots_of, named, notes};
use crate::actions::messages::by_hand;
use crate::domain::catalog::purchase::State;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId, NoteId};
use crate::domain::messages::message::Message;
use crate::domain::people::client::Client;
use crate::domain::people::login::Person as Addressee;
use crate::domain::people::search::{Search, alphabetical};
use crate::store::{View, calendar, catalog, credits, messages, people};
use crate::views::post::Post;
use crate::views::practitioner::client::{Credits, Person, page as client_view};
use crate::views::practitioner::clients::{Folk, Order, Show, Wish, page as list_view};
use crate::views::practitioner::notes::Notes;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The list, or what a search finds.
pub async fn list(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let typed = fields.text("q").trim();
        let search = Search::new(typed);
        let mut clients = people::client::of(read, room.id())?;
        clients.retain(|client| search.finds(client));
        clients.sort_by_cached_key(|client| alphabetical(client.name.as_str()));
        let lots = lots_by_client(read, room, &clients)?;
        // Tags are the practitioner's own words, as her notes are.
        let tags =
            if room.seat.sees_notes() { people::tag::all_of(read, room.id())? } else { BTreeMap::new() };
        let owing = owing(read, room, (&clients, &lots))?;
        let folk: Vec<Folk<'_>> = clients
            .iter()
            .map(|client| Folk {
                client,
                lots: lots.get(&client.id).map_or(&[], Vec::as_slice),
                tags: tags.get(&client.id).map_or(&[], Vec::as_slice),
                owes: owing.contains(&client.id),
            })
            .collect();
        let wish = Wish {
            show: Show::named(fields.text("show")),
            tag: if room.seat.sees_notes() { fields.text("tag") } else { "" },
            search: typed,
            order: Order::named(fields.text("order")),
            page: fields.read("page").unwrap_or(1),
        };
        Ok(list_view(&room.desk(), &folk, &wish))
    })
    .await
}

/// As many clients are looked at one by one; of more, everything of the practitioner's is read in one go.
const FEW: usize = 50;

/// The lots of some clients.
fn lots_by_client(
    read: &View,
    room: &Room,
    clients: &[Client],
) -> Result<HashMap<ClientId, Vec<Counted>>, Failure> {
    let mut lots: HashMap<ClientId, Vec<Counted>> = HashMap::new();
    if clients.len() <= FEW {
        for client in clients {
            lots.insert(client.id, lots_of(read, room, client.id)?);
        }
    } else {
        for counted in credits::lot::of(read, room.id(), room.now)? {
            lots.entry(counted.0.client).or_default().push(counted);
        }
    }
    Ok(lots)
}

/// Which of some clients, whose lots these are, have still to pay at the practice. What has granted a lot is paid: of all the sales,
/// each with its long terms, only those without one are read.
fn owing(
    read: &View,
    room: &Room,
    (clients, lots): (&[Client], &HashMap<ClientId, Vec<Counted>>),
) -> Result<HashSet<ClientId>, Failure> {
    let mut sales = Vec::new();
    if clients.len() <= FEW {
        for client in clients {
            sales.extend(catalog::purchase::ids_of_client(read, client.id)?);
        }
    } else {
        sales = catalog::purchase::ids_of(read, room.id())?;
    }
    let granted: HashSet<LotId> = lots.values().flatten().map(|(lot, _)| lot.id).collect();
    let mut owing = HashSet::new();
    for id in sales.into_iter().filter(|id| !granted.contains(&Lot::id_for(*id))) {
        let sale = catalog::purchase::find(read, id)?;
        let open =
            sale.filter(|sale| sale.practitioner == room.id() && sale.state == State::AwaitingPractice);
        owing.extend(open.map(|sale| sale.client));
    }
    Ok(owing)
}

/// One client.
pub async fn one(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let client = people::client::find_of(read, room.id(), named(&id)?)?.ok_or(Failure::NotFound)?;
        let lots = lots_of(read, room, client.id)?;
        let entries = lots
            .iter()
            .map(|(lot, _)| credits::ledger::of(read, lot.ledger()))
            .collect::<Result<Vec<_>, _>>()?;
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
        let sees_notes = room.seat.sees_notes();
        let written = if sees_notes { notes::of(room, client.id)? } else { None };
        let sessions = notes::by_id(&bookings);
        let notes = Notes { client: &client, all: written.as_deref(), sessions: &sessions };
        let (tags, in_use) = if sees_notes {
            (people::tag::of(read, room.id(), client.id)?, people::tag::in_use(read, room.id())?)
        } else {
            (Vec::new(), Vec::new())
        };
        let link = match room.post() {
            Post::Goes => None,
            Post::HandedOver => Some(hand_over::by(room, read, client.id)?),
        };
        let person = Person {
            client: &client,
            link,
            notes: sees_notes.then_some((notes, NoteId::from_bits(room.app.id()))),
            tags: (&tags, &in_use),
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
