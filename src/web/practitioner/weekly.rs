//! "Same time every week" at the desk: the dates, "shall we book these?", and booking all of them or none.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;

use super::{Answer, Counter, Room, done, named, rule};
use crate::actions::calendar::series::{self, Refusal};
use crate::domain::credits::ledger::Actor;
use crate::domain::credits::lot::Lot;
use crate::domain::id::{BookingId, LotId};
use crate::domain::people::client::Client;
use crate::domain::time::Timestamp;
use crate::store::{credits, people};
use crate::views::link::{self, route};
use crate::views::practitioner::weekly as view;
use crate::views::text::Said;
use crate::views::weekly::{Chosen, Dates};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::weekly::{chosen, listed, none_chosen, refused};

/// The routes of this area.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_WEEKLY, get(dates).post(book))
        .route(route::DESK_WEEKLY_CONFIRM, get(confirm))
}

fn whose(room: &Room, id: &str) -> Result<(Lot, Client), Failure> {
    let read = room.app.store.read()?;
    let lot = credits::lot::find(&read, named::<LotId>(id)?)?.filter(|lot| lot.practitioner == room.id());
    let lot = lot.ok_or(Failure::NotFound)?;
    let client = people::client::find(&read, lot.client)?.ok_or(Failure::NotFound)?;
    Ok((lot, client))
}

/// The page of dates from a first time on; without one, or without a credit, the form on which one is chosen.
fn page(
    room: &Room,
    (lot, client): &(Lot, Client),
    first: Option<Timestamp>,
    said: Option<&Said>,
) -> Result<Answer, Failure> {
    let Some(first) = first else { return Ok(Answer::To(link::desk_book(client.id))) };
    let weeks = rule(series::propose(&room.app, Actor::Practitioner(room.id()), lot.id, first, None))?;
    let weeks = weeks.unwrap_or_default();
    if weeks.is_empty() {
        return Ok(Answer::To(link::at_slot(&link::desk_book(client.id), first)));
    }
    let confirm = link::desk_weekly_confirm(lot.id);
    let dates = Dates { first, weeks: &weeks, confirm: &confirm, zone: &room.who.zone };
    let page = view::dates(&room.desk(), client, &dates, said);
    Ok(if said.is_some() { Answer::Wrong(page) } else { Answer::Page(page) })
}

/// Every date, with whether it can be had.
pub async fn dates(
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    room.run(move |room| page(room, &whose(room, &id)?, fields.read("slot"), None)).await
}

/// "Shall we book these?"
pub async fn confirm(
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let found = whose(room, &id)?;
        let starts = chosen(&fields, || BookingId::from_bits(room.app.id()));
        let first = fields.read("slot").or(starts.first().map(|(_, start)| *start));
        let Some(shown) = first.filter(|_| !starts.is_empty()) else {
            return page(room, &found, first, Some(&none_chosen()));
        };
        let (lot, client) = &found;
        let preview = match rule(series::preview(&room.app, Actor::Practitioner(room.id()), lot.id, &starts))?
        {
            Ok(preview) => preview,
            Err(why) => {
                let said = refused(why, &starts, &room.who.zone).ok_or(Failure::NotFound)?;
                return page(room, &found, first, Some(&said));
            }
        };
        let (book, will_have) =
            (link::desk_weekly(lot.id), format!("{} will have", client.name.first_word()));
        let chosen = Chosen {
            first: shown,
            starts: &starts,
            lots: &preview.lots,
            book: &book,
            will_have: &will_have,
            zone: &room.who.zone,
        };
        Ok(Answer::Page(view::confirm(&room.desk(), client, lot, &chosen)))
    })
    .await
}

/// Books all of them, or none.
pub async fn book(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let found = whose(room, &id)?;
        let starts = listed(&fields).ok_or(Failure::Unreadable)?;
        let first = fields.read("first");
        if starts.is_empty() {
            return page(room, &found, first, Some(&none_chosen()));
        }
        match rule(series::book(&room.app, Actor::Practitioner(room.id()), found.0.id, starts.clone()))? {
            Ok(_) => Ok(done(&link::desk_client(found.1.id), "booked-weekly")),
            Err(Refusal::NotThere) => Err(Failure::NotFound),
            Err(why) => page(room, &found, first, refused(why, &starts, &room.who.zone).as_ref()),
        }
    })
    .await
}
