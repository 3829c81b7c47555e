//! Gathers the books of a month or a year.

use std::collections::HashMap;

use jiff::civil::Date;

use super::{accounts, period, whose};
use crate::app::Turns;
use crate::domain::billing::books::{Account, Stretch, by_month, grouped};
use crate::domain::billing::period::Period;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::client::Client;
use crate::store::{StoreError, View, people};
use crate::views::practitioner::money::{Books, page as view};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::practitioner::{Answer, Room};

/// Turns at gathering books: each holds all that was ever sold.
static GATHERING: Turns = Turns::by_processors();

/// The page.
pub(super) async fn page(room: Room, fields: Fields) -> Result<Answer, Failure> {
    let _turn = GATHERING.take().await;
    room.show(move |room, read| {
        let (accounts, period) = (accounts(room, read)?, period(room, &fields));
        let names: HashMap<PractitionerId, String> =
            people::practitioner::all(read)?.into_iter().map(|one| (one.id, one.name.to_string())).collect();
        let setting = (&room.practice.zone, room.currency());
        let bounds = period.bounds(&room.practice.zone);
        let months = by_month(&accounts, &period.months(), setting, room.now);
        let by_client = grouped(&accounts, |lot| lot.client, bounds, room.now);
        // Only those who are named: a practice may have many more.
        let clients = named(read, by_client.iter().map(|(id, _)| *id))?;
        let mut by_client: Vec<((&str, ClientId), Stretch)> = by_client
            .into_iter()
            .filter_map(|(id, stretch)| Some(((clients.get(&id)?.name.as_str(), id), stretch)))
            .collect();
        by_client.sort_by_cached_key(|((name, _), _)| name.to_lowercase());
        let name_of = |id: &PractitionerId| names.get(id).cloned().unwrap_or_default();
        let books = Books {
            whose: whose(room),
            period,
            years: years(room, &accounts),
            today: room.practice.zone.date(room.now),
            whole: whole(&months, period),
            months,
            packages: grouped(&accounts, |lot| lot.offer.name.to_string(), bounds, room.now),
            practitioners: grouped(&accounts, |lot| name_of(&lot.practitioner), bounds, room.now),
            clients: by_client,
        };
        Ok(view(&room.desk(), &books))
    })
    .await
}

/// The clients of these ids.
fn named(read: &View, ids: impl Iterator<Item = ClientId>) -> Result<HashMap<ClientId, Client>, StoreError> {
    let mut clients = HashMap::new();
    for id in ids {
        clients.extend(people::client::find(read, id)?.map(|client| (id, client)));
    }
    Ok(clients)
}

/// The books of the period out of those of the months of its year, in each currency.
fn whole(months: &[Vec<Stretch>], period: Period) -> Vec<Stretch> {
    let of = |months: &Vec<Stretch>| match period {
        Period::Month(first) => months.get(usize::try_from(first.month() - 1).ok()?).copied(),
        Period::Year(_) => Some(Stretch { before: months.first()?.before, after: months.last()?.after }),
    };
    months.iter().filter_map(of).collect()
}

/// The years from the first sale to the present one.
pub(super) fn years(room: &Room, accounts: &[Account]) -> (i16, i16) {
    let year = |date: Date| date.year();
    let zone = &room.practice.zone;
    let last = year(zone.date(room.now));
    let first = accounts.iter().map(|account| account.lot.granted_at).min();
    (first.map_or(last, |at| year(zone.date(at))), last)
}
