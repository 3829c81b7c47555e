//! Today: gathers the day's sessions, whom a gentle hand would help, and the month's tally.

use std::collections::HashMap;

use super::{Answer, Counter, Room};
use crate::domain::billing::tally::{Ledger, tally};
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::package::Listing;
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::credits::attention::{self, Attention};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId};
use crate::domain::messages::message::{About, Kind, Message};
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::time::{Timestamp, after, hours};
use crate::store::{View, billing, calendar, catalog, credits, messages, people};
use crate::views::link;
use crate::views::practitioner::Appointment;
use crate::views::practitioner::today::{Asking, Today, first_day, page as view};
use crate::web::failure::Failure;

/// How far ahead the next session is looked for.
const AHEAD_HOURS: i64 = 60 * 24;

/// Everything of a practitioner's that a day asks for.
struct Gathered {
    clients: HashMap<ClientId, Client>,
    lots: HashMap<LotId, Counted>,
    bookings: Vec<Booking>,
    purchases: Vec<Purchase>,
    nudges: HashMap<(LotId, Kind), Message>,
}

impl Gathered {
    fn read(room: &Room, read: &View) -> Result<Self, Failure> {
        let clients = people::client::of(read, room.id())?.into_iter().map(|one| (one.id, one)).collect();
        let lots: HashMap<_, _> =
            credits::lot::of(read, room.id(), room.now)?.into_iter().map(|one| (one.0.id, one)).collect();
        let zone = &room.who.zone;
        let from = zone.start_of(zone.date(room.now));
        let until = after(room.now, hours(AHEAD_HOURS));
        let bookings = calendar::booking::on_calendar(read, room.id(), (from, until))?;
        let purchases = catalog::purchase::of(read, room.id())?;
        let mut nudges = HashMap::new();
        for (lot, balance) in lots.values() {
            if attention::of(balance, zone, room.now).is_none() {
                continue;
            }
            for message in messages::message::to(read, Person::Client(lot.client))? {
                if message.about == About::Lot(lot.id) {
                    nudges.insert((lot.id, message.kind), message);
                }
            }
        }
        Ok(Self { clients, lots, bookings, purchases, nudges })
    }

    fn appointment<'a>(&'a self, booking: &'a Booking) -> Option<Appointment<'a>> {
        let (lot, balance) = self.lots.get(&booking.lot)?;
        Some(Appointment { booking, client: self.clients.get(&booking.client)?, lot, balance })
    }

    /// The lots that ask for one thing, those that reach their date or end first before others.
    fn asking(&self, room: &Room, what: Attention, nudge: Kind) -> Vec<Asking<'_>> {
        let asks = |(_, balance): &&Counted| attention::of(balance, &room.who.zone, room.now) == Some(what);
        let mut asking: Vec<Asking<'_>> = self
            .lots
            .values()
            .filter(asks)
            .filter(|(lot, _)| what != Attention::WhatIsNext || !self.has_newer(lot))
            .filter_map(|(lot, balance)| {
                let client = self.clients.get(&lot.client)?;
                Some(Asking { client, lot, balance, nudge: self.nudges.get(&(lot.id, nudge)) })
            })
            .collect();
        let order = |one: &Asking<'_>| -> (Timestamp, LotId) {
            let at = match what {
                Attention::FirstSession => Some(one.lot.granted_at),
                Attention::ReachingItsDate => {
                    one.balance.deadline.as_ref().map(|deadline| deadline.ends_at())
                }
                Attention::WhatIsNext => one.balance.last_session_ends_at(),
            };
            (at.unwrap_or(Timestamp::MAX), one.lot.id)
        };
        asking.sort_by_key(order);
        asking
    }

    fn has_newer(&self, lot: &Lot) -> bool {
        let newer = |(other, balance): &Counted| {
            other.client == lot.client && other.granted_at > lot.granted_at && balance.is_alive()
        };
        self.lots.values().any(newer)
    }
}

/// The page.
pub async fn page(Counter(room): Counter) -> Result<Answer, Failure> {
    room.show(|room, read| {
        let found = Gathered::read(room, read)?;
        if found.purchases.is_empty() && found.lots.is_empty() && room.seat.is_own() {
            let packages = catalog::package::of(read, room.id())?;
            let published = packages.iter().filter(|one| one.listing == Listing::Published).count();
            let url = room.app.absolute(&link::storefront(&room.who.slug));
            return Ok(first_day(&room.desk(), &url, published));
        }
        let zone = &room.who.zone;
        let today = zone.date(room.now);
        let shown: Vec<_> = found.bookings.iter().filter_map(|booking| found.appointment(booking)).collect();
        let sessions =
            shown.iter().filter(|one| zone.date(one.booking.starts_at) == today).copied().collect();
        let next = shown.iter().find(|one| one.booking.ends_at() > room.now).copied();
        let unpaid = found.purchases.iter().filter(|purchase| purchase.state == State::AwaitingPractice);
        let month = zone.start_of(today.first_of_month());
        let ledgers = ledgers(read, &found)?;
        Ok(view(
            &room.desk(),
            &Today {
                sessions,
                next,
                not_booked: found.asking(room, Attention::FirstSession, Kind::BookFirst),
                reaching: found.asking(room, Attention::ReachingItsDate, Kind::ExpirySoon),
                whats_next: found.asking(room, Attention::WhatIsNext, Kind::Renewal),
                unpaid: unpaid
                    .filter_map(|purchase| Some((found.clients.get(&purchase.client)?, purchase)))
                    .collect(),
                tallies: tally(&ledgers, room.practice.currency, month, room.now),
            },
        ))
    })
    .await
}

fn ledgers(read: &View, found: &Gathered) -> Result<Vec<Ledger>, Failure> {
    let of = |(lot, _): &Counted| {
        let refunds = billing::refund::of_lot(read, lot)?;
        Ok(Ledger { lot: lot.clone(), entries: credits::ledger::of(read, lot.id)?, refunds })
    };
    found.lots.values().map(of).collect()
}
