//! Her sessions, a lot's ledger.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::extract::{Path, State};

use super::notes::Opened;
use super::{own_lot, practitioner};
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::package::Package;
use crate::domain::catalog::purchase::{Purchase, State as Stands};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::{Counted, front};
use crate::domain::id::{ClientId, PackageId, PractitionerId};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::Timestamp;
use crate::store::seen::Reads;
use crate::store::{View, billing, calendar, catalog, credits};
use crate::views::client::dashboard::{self as view, Again, Card, Dashboard, Upcoming};
use crate::views::client::ledger as ledger_view;
use crate::web::Web;
use crate::web::again;
use crate::web::failure::Failure;
use crate::web::guard::SignedIn;
use crate::web::setting::{Answer, Setting, draw, named};

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    reads: Reads,
) -> Result<again::Again, Failure> {
    again::draw(&web, reads, move |app, read| {
        let setting = Setting::read(app, read, Some(client), None)?;
        let client = setting.me()?;
        let people = practitioners(read, &setting.lots)?;
        let purchases = catalog::purchase::of_client(read, client.id)?;
        let mut offered = Offered::new();
        let cards = setting.lots.iter().map(|counted| {
            let with = people.get(&counted.0.practitioner).ok_or(Failure::NotFound)?;
            Ok(Card { counted, with, again: again(read, &counted.0, &purchases, &mut offered)? })
        });
        let mut cards = cards.collect::<Result<Vec<_>, Failure>>()?;
        let first = front(&setting.lots).map(|(lot, _)| lot.id);
        let at = cards.iter().position(|card| Some(card.counted.0.id) == first);
        let front = at.map(|at| cards.remove(at));
        // What can be booked before what is over, newest first.
        cards.sort_by_key(|card| {
            let (lot, balance) = card.counted;
            (balance.available == 0, std::cmp::Reverse(lot.granted_at))
        });
        let mut bookings =
            calendar::booking::of_client_around(read, client.id, (setting.now, Timestamp::MAX))?;
        bookings.retain(|booking| booking.is_confirmed() && booking.ends_at() > setting.now);
        let waiting: Vec<Purchase> = purchases.iter().filter(|one| waits(one)).cloned().collect();
        let mut receipts = Vec::new();
        for purchase in &purchases {
            let of_it = billing::receipt::of(read, purchase.id)?;
            receipts.extend(of_it.into_iter().map(|receipt| (receipt, purchase.offer.name.as_str())));
        }
        receipts.sort_by_key(|(receipt, _)| std::cmp::Reverse(receipt.number));
        let notes = Opened::read(app, read, client.id)?;
        let board = Dashboard {
            client,
            front,
            others: cards,
            upcoming: upcoming(&bookings, &setting.lots, &people),
            waiting: &waiting,
            notes: notes.newest(),
            receipts: receipts.iter().map(|(receipt, name)| (receipt, *name)).collect(),
            now: setting.now,
        };
        Ok(Answer::page(view::dashboard(&setting.around(), &board)))
    })
    .await
}

const fn waits(purchase: &Purchase) -> bool {
    matches!(purchase.state, Stands::AwaitingPractice | Stands::Processing | Stands::AwaitingProof)
}

type People = HashMap<PractitionerId, Practitioner>;

fn practitioners(read: &View, lots: &[Counted]) -> Result<People, Failure> {
    let mut people = People::new();
    for (lot, _) in lots {
        if let Entry::Vacant(place) = people.entry(lot.practitioner) {
            place.insert(practitioner(read, lot.practitioner)?.0);
        }
    }
    Ok(people)
}

/// Packages, and whether they can be bought.
type Offered = HashMap<PackageId, bool>;

/// Whether the package of a lot is still offered.
fn again(read: &View, lot: &Lot, hers: &[Purchase], offered: &mut Offered) -> Result<Again, Failure> {
    let Some(id) = lot.purchase() else { return Ok(Again::Gone) };
    let package = match hers.iter().find(|one| one.id == id) {
        Some(purchase) => Some(purchase.package),
        None => catalog::purchase::find(read, id)?.map(|purchase| purchase.package),
    };
    let Some(package) = package else { return Ok(Again::Gone) };
    let is_offered = match offered.entry(package) {
        Entry::Occupied(known) => *known.get(),
        Entry::Vacant(place) => {
            let found = catalog::package::find(read, package)?;
            *place.insert(found.as_ref().is_some_and(Package::is_on_sale))
        }
    };
    Ok(if is_offered { Again::Offered } else { Again::Gone })
}

fn upcoming<'a>(bookings: &'a [Booking], lots: &'a [Counted], people: &'a People) -> Vec<Upcoming<'a>> {
    let found = bookings.iter().filter_map(|booking| {
        let counted = lots.iter().find(|(lot, _)| lot.id == booking.lot)?;
        Some(Upcoming { booking, counted, with: people.get(&booking.practitioner)? })
    });
    found.collect()
}

pub(super) async fn ledger(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
) -> Result<Answer, Failure> {
    draw(&web, move |app, read| {
        let counted = own_lot(read, client, named(&lot)?, app.clock.now())?;
        let setting = Setting::read(app, read, Some(client), Some(counted.0.practitioner))?;
        let (with, _) = practitioner(read, counted.0.practitioner)?;
        let entries = credits::ledger::of(read, counted.0.ledger())?;
        let people = (setting.me()?, &with);
        let page = ledger_view::ledger(&setting.around(), people, &counted, &entries, setting.now);
        Ok(Answer::page(page))
    })
    .await
}
