//! Today: gathers the day's sessions, whom a gentle hand would help, and the month's tally.

use std::collections::HashMap;

use jiff::ToSpan as _;

use super::calendar::usual_length;
use super::{Answer, Counter, Room, refund};
use crate::actions::Error;
use crate::actions::calendar::availability;
use crate::actions::people::note;
use crate::app::Fault;
use crate::domain::billing::books::{Account, by_month, months_from};
use crate::domain::billing::outlook::outlook;
use crate::domain::billing::tally::tally;
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::fit::Fit;
use crate::domain::calendar::slot::By;
use crate::domain::catalog::package::Listing;
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::credits::attention::{self, Attention};
use crate::domain::credits::ledger::balance;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::{Counted, reach};
use crate::domain::id::{ClientId, LotId};
use crate::domain::messages::message::{About, Kind, Message};
use crate::domain::messages::nudge::Newer;
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, after, hours, minutes};
use crate::store::{View, billing, calendar, catalog, messages, people};
use crate::views::link;
use crate::views::practitioner::Appointment;
use crate::views::practitioner::today::{Asking, LastNote, Money, Today, first_day, page as view};
use crate::web::failure::Failure;

/// How far ahead the next session is looked for.
const AHEAD_HOURS: i64 = 60 * 24;

/// How many months the charts show.
const MONTHS: u32 = 6;

/// As much of a note as the next session shows.
const NOTE_LETTERS: usize = 200;

/// Everything of a practitioner's that a day asks for.
struct Gathered {
    clients: HashMap<ClientId, Client>,
    accounts: Vec<Account>,
    lots: HashMap<LotId, Counted>,
    fits: HashMap<LotId, Fit>,
    bookings: Vec<Booking>,
    /// Whether nothing was ever sold or given.
    is_new: bool,
    /// Sales that are to be paid at the practice.
    unpaid: Vec<Purchase>,
    nudges: HashMap<(LotId, Kind), Message>,
}

impl Gathered {
    fn read(room: &Room, read: &View) -> Result<Self, Failure> {
        let clients = people::client::of(read, room.id())?.into_iter().map(|one| (one.id, one)).collect();
        let accounts = billing::account::of(read, room.id())?;
        let counted = |one: &Account| (one.lot.clone(), balance(&one.lot, &one.entries, room.now));
        let lots: HashMap<_, _> = accounts.iter().map(|one| (one.lot.id, counted(one))).collect();
        let zone = &room.who.zone;
        let from = zone.start_of(zone.date(room.now));
        let until = after(room.now, hours(AHEAD_HOURS));
        let bookings = calendar::booking::on_calendar(read, room.id(), (from, until))?;
        let sales = catalog::purchase::ids_of(read, room.id())?;
        let is_new = sales.is_empty() && lots.is_empty();
        let mut unpaid = Vec::new();
        // What has granted a lot is paid; of all the sales, each with its long terms, only those without one are read.
        for id in sales.into_iter().filter(|id| !lots.contains_key(&Lot::id_for(*id))) {
            let sale = catalog::purchase::find(read, id)?;
            unpaid.extend(sale.filter(|sale| sale.state == State::AwaitingPractice));
        }
        let (mut nudges, mut fits) = (HashMap::new(), HashMap::new());
        for counted in lots.values() {
            let (lot, balance) = counted;
            let Some(asks) = attention::of(balance, zone, room.now) else { continue };
            if asks == Attention::ReachingItsDate {
                fits.extend(fit(read, counted, room.now)?.map(|fit| (lot.id, fit)));
            }
            messages::message::each_to(read, Person::Client(lot.client), |message| {
                if message.about == About::Lot(lot.id) {
                    nudges.insert((lot.id, message.kind), message);
                }
                Ok(())
            })?;
        }
        Ok(Self { clients, accounts, lots, fits, bookings, is_new, unpaid, nudges })
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
            .filter(|(lot, _)| what != Attention::WhatIsNext || self.newer(lot) == Newer::None)
            .filter_map(|(lot, balance)| {
                let client = self.clients.get(&lot.client)?;
                let (nudge, fit) = (self.nudges.get(&(lot.id, nudge)), self.fits.get(&lot.id).copied());
                Some(Asking { client, lot, balance, nudge, fit })
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

    fn newer(&self, lot: &Lot) -> Newer {
        Newer::than(lot, self.lots.values())
    }
}

/// The page.
pub async fn page(Counter(room): Counter) -> Result<Answer, Failure> {
    room.show(|room, read| {
        let found = Gathered::read(room, read)?;
        if found.is_new && room.seat.is_own() {
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
        let note =
            next.filter(|_| room.seat.sees_notes()).map(|next| last_note(room, next.client)).transpose()?;
        let shown = Today {
            sessions,
            next,
            note: note.flatten(),
            not_booked: found.asking(room, Attention::FirstSession, Kind::BookFirst),
            reaching: found.asking(room, Attention::ReachingItsDate, Kind::ExpirySoon),
            whats_next: found.asking(room, Attention::WhatIsNext, Kind::Renewal),
            unpaid: found
                .unpaid
                .iter()
                .filter_map(|purchase| Some((found.clients.get(&purchase.client)?, purchase)))
                .collect(),
            free: next_free(room, read)?,
            decisions: &[],
            charges_nothing: room.app.charges_nothing(room.id()),
            unread: unread(room, read)?,
            money: room.seat.sees_money().then(|| money(room, &found.accounts)),
        };
        if !room.seat.is_own() {
            return Ok(view(&room.desk(), &shown));
        }
        refund::with_open(room, read, |open| view(&room.desk(), &Today { decisions: open, ..shown }))
    })
    .await
}

/// The next time today at which a session of the usual length could start.
fn next_free(room: &Room, read: &View) -> Result<Option<Timestamp>, Failure> {
    let length = minutes(i64::from(usual_length(read, room.id())?));
    let today = room.who.zone.date(room.now);
    let slots = availability::free(&room.app, room.id(), length, (today, today), By::Practitioner, None)?;
    Ok(slots.into_iter().map(|slot| slot.start).find(|start| *start > room.now))
}

/// What she calls the calendars that could not be read for a day.
fn unread(room: &Room, read: &View) -> Result<Vec<Line>, Failure> {
    let others = calendar::outside::of(read, room.id())?;
    Ok(others.into_iter().filter(|one| one.is_stale(room.now)).map(|one| one.name).collect())
}

/// Whether the credits of a lot can still be used, if it has a date.
fn fit(read: &View, counted: &Counted, now: Timestamp) -> Result<Option<Fit>, Failure> {
    let (lot, balance) = counted;
    let Some(until) = reach(counted, now) else { return Ok(None) };
    let length = minutes(i64::from(lot.offer.length_minutes));
    let room = availability::room_until(read, lot.practitioner, length, until, now)?;
    Ok(Some(Fit { left: balance.available, room, until }))
}

/// What she last wrote about a client.
fn last_note(room: &Room, client: &Client) -> Result<Option<LastNote>, Failure> {
    let notes = match note::of_practitioner(&room.app, room.id(), client.id) {
        Ok(notes) => notes,
        Err(Error::Failed(Fault::Sealed)) => return Ok(Some(LastNote::Sealed)),
        Err(Error::Refused(_)) => return Err(Failure::NotFound),
        Err(Error::Failed(fault)) => return Err(fault.into()),
    };
    let newest = notes.into_iter().max_by_key(|note| note.heading.written_at);
    Ok(newest.map(|note| {
        let words = note.text.as_str();
        let shown: String = words.chars().take(NOTE_LETTERS).collect();
        LastNote::Says(if shown.len() < words.len() { format!("{}…", shown.trim_end()) } else { shown })
    }))
}

fn money(room: &Room, accounts: &[Account]) -> Money {
    let (zone, currency, now) = (&room.who.zone, room.currency(), room.now);
    let this_month = zone.date(now).first_of_month();
    let first = this_month.saturating_sub((i64::from(MONTHS) - 1).months());
    let months = months_from(first, MONTHS);
    Money {
        tallies: tally(accounts, currency, zone.start_of(this_month), now),
        history: by_month(accounts, &months, (zone, currency), now),
        months,
        outlook: outlook(accounts, zone, now, MONTHS),
    }
}
