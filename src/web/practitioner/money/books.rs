//! Gathers the books of a month or a year.

use super::{each_account, earlier, period, whose};
use crate::app::Turns;
use crate::domain::billing::books::{Groups, Months, Stretch};
use crate::domain::billing::period::Period;
use crate::domain::time::Timestamp;
use crate::store::{StoreError, people};
use crate::views::practitioner::money::{Books, Named, page as view};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::practitioner::{Answer, Room};

/// Turns at gathering books: each reads all that was ever sold.
static GATHERING: Turns = Turns::by_processors();

/// The page.
pub(super) async fn page(room: Room, fields: Fields) -> Result<Answer, Failure> {
    let _turn = GATHERING.take().await;
    room.show(move |room, read| {
        let period = period(room, &fields);
        let bounds = period.bounds(&room.practice.zone);
        let mut months = Months::of(&period.months(), (&room.practice.zone, room.currency()), room.now);
        let (mut packages, mut hosts, mut clients) =
            (Groups::default(), Groups::default(), Groups::default());
        let mut first = None;
        each_account(room, read, |account| {
            let (lot, stretch) = (&account.lot, account.over(bounds, room.now));
            months.add(&account);
            packages.add(lot.offer.name.to_string(), stretch);
            hosts.add(lot.practitioner, stretch);
            clients.add(lot.client, stretch);
            first = earlier(first, lot.granted_at);
        })?;
        let months = months.stretches();
        let books = Books {
            whose: whose(room),
            period,
            years: years(room, first),
            today: room.practice.zone.date(room.now),
            whole: whole(&months, period),
            months,
            packages: packages.filled().collect(),
            practitioners: by_name(hosts, |id| {
                Ok(people::practitioner::find(read, id)?.map(|host| host.name.to_string()))
            })?,
            clients: by_name(clients, |id| {
                Ok(people::client::find(read, id)?.map(|client| client.name.to_string()))
            })?,
            page: fields.read("page").unwrap_or(1),
        };
        Ok(view(&room.desk(), &books))
    })
    .await
}

/// Groups with the names behind their ids, in the order of those names whatever their case. Only they are looked for: a practice may
/// have many more.
fn by_name<K: Copy + Ord>(
    groups: Groups<K>,
    name_of: impl Fn(K) -> Result<Option<String>, StoreError>,
) -> Result<Vec<Named<K>>, StoreError> {
    let mut named = Vec::new();
    for (id, stretch) in groups.filled() {
        named.extend(name_of(id)?.map(|name| ((name, id), stretch)));
    }
    named.sort_by_cached_key(|((name, _), _)| name.to_lowercase());
    Ok(named)
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
pub(super) fn years(room: &Room, first: Option<Timestamp>) -> (i16, i16) {
    let year = |at: Timestamp| room.practice.zone.date(at).year();
    (year(first.unwrap_or(room.now)), year(room.now))
}
