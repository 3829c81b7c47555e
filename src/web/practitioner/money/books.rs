//! Gathers the books of a month or a year.

use std::collections::HashMap;
use std::hash::Hash;

use super::{each_account, earlier, period, whose};
use crate::app::Turns;
use crate::domain::billing::books::{Groups, Months, Stretch};
use crate::domain::billing::period::Period;
use crate::domain::time::Timestamp;
use crate::store::{StoreError, people};
use crate::views::practitioner::money::{Books, page as view};
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
        let (mut packages, mut hosts, mut clients) = (Groups::new(), Groups::new(), Groups::new());
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
        let (hosts, clients): (Vec<_>, Vec<_>) = (hosts.filled().collect(), clients.filled().collect());
        // Only those who are named: a practice may have many more.
        let practitioners = named(&hosts, |id| people::practitioner::find(read, id))?;
        let people = named(&clients, |id| people::client::find(read, id))?;
        let books = Books {
            whose: whose(room),
            period,
            years: years(room, first),
            today: room.practice.zone.date(room.now),
            whole: whole(&months, period),
            months,
            packages: packages.filled().collect(),
            practitioners: by_name(
                hosts,
                |id| Some(practitioners.get(&id)?.name.to_string()),
                |name, _| name,
            ),
            clients: by_name(clients, |id| Some(people.get(&id)?.name.as_str()), |name, id| (name, id)),
            page: fields.read("page").unwrap_or(1),
        };
        Ok(view(&room.desk(), &books))
    })
    .await
}

/// What is found under the ids of some groups.
fn named<K: Copy + Eq + Hash, T>(
    groups: &[(K, Stretch)],
    find: impl Fn(K) -> Result<Option<T>, StoreError>,
) -> Result<HashMap<K, T>, StoreError> {
    let mut found = HashMap::new();
    for (id, _) in groups {
        found.extend(find(*id)?.map(|one| (*id, one)));
    }
    Ok(found)
}

/// Groups by the names behind their ids, in the order of those names whatever their case.
fn by_name<K: Copy, N: AsRef<str>, T>(
    groups: Vec<(K, Stretch)>,
    name_of: impl Fn(K) -> Option<N>,
    shown: impl Fn(N, K) -> T,
) -> Vec<(T, Stretch)> {
    let named = groups.into_iter().filter_map(|(id, stretch)| Some((name_of(id)?, id, stretch)));
    let mut named: Vec<(N, K, Stretch)> = named.collect();
    named.sort_by_cached_key(|(name, _, _)| name.as_ref().to_lowercase());
    named.into_iter().map(|(name, id, stretch)| (shown(name, id), stretch)).collect()
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
