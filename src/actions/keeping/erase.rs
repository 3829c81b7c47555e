//! Erasing a client. What the books must keep stays (purchases, payments, receipts, the ledger), with a marker where her
//! name and address, and words about her, stood; notes and their key are destroyed, her browsers are signed out, her feed is
//! off, and no nudge goes any more. What the data file still holds of it in pages that nothing uses is written over soon after. Copies in
//! backups live as long as those do.

use std::collections::HashSet;

use crate::actions::{Error, audit, outbox};
use crate::app::{App, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::billing::payment::Payment;
use crate::domain::billing::refund::{Refund, Way};
use crate::domain::catalog::purchase::{Purchase, State as Sale};
use crate::domain::credits::ledger::{Actor, Entry};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::{BookingId, ClientId, LotId, PurchaseId, RefundId};
use crate::domain::messages::message::{About, Kind, Message, State, Suppressed};
use crate::domain::messages::nudge::Wish;
use crate::domain::people::client::Client;
use crate::domain::people::erasure::{self, Ties, marker};
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Role;
use crate::domain::time::Timestamp;
use crate::store::{Read, StoreError, Tx, billing, calendar, catalog, credits, messages, people, scrub};

/// Why a client was not erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such client of this person.
    NotThere,
    /// Other practitioners have her as a client too: she herself or the owner can ask for it.
    OfOthersToo,
    /// A rule says no.
    Rule(erasure::Refusal),
}

/// What erasing would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Whether it can be done, or what stands against it.
    pub can: Result<(), erasure::Refusal>,
    /// Purchases that stay in the books without her name.
    pub purchases_kept: usize,
    /// Notes that are destroyed.
    pub notes_destroyed: usize,
    /// Credits that could still be booked and are of no use to her any more.
    pub credits_left: u32,
}

/// The client, if this person may erase her: herself, the owner, or the only practitioner she has.
fn find(read: &impl Read, by: Actor, client: ClientId) -> Result<Client, Error<Refusal>> {
    let not_there = || Error::Refused(Refusal::NotThere);
    match by {
        Actor::Client(id) if id == client => {}
        Actor::Practitioner(whose) => {
            let asking = people::practitioner::find(read, whose)?.ok_or_else(not_there)?;
            if asking.role != Role::Owner {
                people::client::find_of(read, whose, client)?.ok_or_else(not_there)?;
                for other in people::practitioner::all(read)? {
                    if other.id != whose && people::client::find_of(read, other.id, client)?.is_some() {
                        return Err(Error::Refused(Refusal::OfOthersToo));
                    }
                }
            }
        }
        _ => return Err(not_there()),
    }
    people::client::find(read, client)?.ok_or_else(not_there)
}

fn ties(read: &impl Read, client: ClientId, now: Timestamp) -> Result<Ties, StoreError> {
    let booked = calendar::booking::of_client(read, client)?;
    let bought = catalog::purchase::of_client(read, client)?;
    Ok(Ties {
        sessions_ahead: booked.iter().filter(|one| one.is_confirmed() && now < one.ends_at()).count(),
        payments_on_their_way: bought.iter().filter(|purchase| purchase.is_open_at_till()).count(),
    })
}

/// What erasing would do, or why it cannot be done.
///
/// # Errors
/// [`Refusal`] if this person may not ask for it.
pub fn preview(app: &App, by: Actor, client: ClientId) -> Result<Preview, Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let found = find(&read, by, client)?;
    let lots = credits::lot::of_client(&read, client, now)?;
    Ok(Preview {
        can: erasure::erase(&found, ties(&read, client, now)?).map(|_| ()),
        purchases_kept: catalog::purchase::of_client(&read, client)?.len(),
        notes_destroyed: people::note::about(&read, client)?.len(),
        credits_left: lots.iter().map(|(_, balance)| balance.available_or_frozen()).sum(),
    })
}

/// Passes on that a client asks to be erased: to every practitioner whose client she is and to the owners, once a day. She
/// has typed her own address; says whether it is hers.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn ask(app: &App, client: ClientId, typed: &str) -> Result<bool, Fault> {
    let at = app.moment();
    let typed = typed.to_lowercase();
    app.keep(move |tx| {
        let found = people::client::find(tx, client)?.ok_or(Fault::Missing("a client"))?;
        if found.email.key() != typed {
            return Ok(false);
        }
        for one in people::practitioner::all(tx)? {
            let hers = people::client::find_of(tx, one.id, client)?.is_some();
            if hers || one.role == Role::Owner {
                let what = format!("{client}/{}/{}", one.id, one.zone.date(at.now));
                let (to, about) = (Person::Practitioner(one.id), About::Client(client));
                outbox::queue(tx, &at, Kind::ErasureAsked, to, about, &what, at.now)?;
            }
        }
        Ok(true)
    })
}

/// Erases a client, in one transaction.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn erase(app: &App, by: Actor, client: ClientId) -> Result<(), Error<Refusal>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let found = find(tx, by, client)?;
        let erased = erasure::erase(&found, ties(tx, client, now)?)
            .map_err(|refusal| Error::Refused(Refusal::Rule(refusal)))?;
        people::client::put(tx, &erased)?;
        people::note::destroy(tx, client)?;
        scrub::ask(tx)?;
        for practitioner in people::practitioner::all(tx)? {
            people::tag::put(tx, practitioner.id, client, &[])?;
        }
        people::login::end_all(tx, Person::Client(client))?;
        calendar::feed::remove(tx, Person::Client(client))?;
        silence(tx, client, now)?;
        unread(tx, client)?;
        sales(tx, client, now)?;
        ledgers(tx, client, now)?;
        let who = match by {
            Actor::Practitioner(id) => Who::Member(id),
            Actor::Client(id) => Who::Client(id),
            _ => Who::Clock,
        };
        Ok(audit::note(tx, now, who, What::ClientErased, Concern::Client(client))?)
    })
}

/// No message goes any more, now or later, and no word of a mail server stays that may name her address.
fn silence(tx: &Tx<'_>, client: ClientId, now: Timestamp) -> Result<(), StoreError> {
    for kind in Kind::ALL.into_iter().filter(|kind| kind.is_nudge()) {
        messages::opt_out::put(tx, client, kind, Wish::OptedOut, now)?;
    }
    for message in messages::message::to(tx, Person::Client(client))? {
        messages::sent::forget(tx, message.id)?;
        messages::wording::forget(tx, message.id)?;
        let state = match message.state {
            State::Planned | State::Sending { .. } => State::Suppressed { at: now, why: Suppressed::Gone },
            State::Dead { at, .. } => State::Dead { at, why: marker() },
            _ => continue,
        };
        messages::message::put(tx, &Message { state, ..message })?;
    }
    Ok(())
}

/// How mails read that went to members of the practice about her. Theirs are all looked at, one by one, so what is hers is read first:
/// nothing is looked up for each of them.
fn unread(tx: &Tx<'_>, client: ClientId) -> Result<(), StoreError> {
    let hers = Hers::of(tx, client)?;
    for member in people::practitioner::all(tx)? {
        messages::message::each_to(tx, Person::Practitioner(member.id), |message| {
            if hers.has(message.about) { messages::sent::forget(tx, message.id) } else { Ok(()) }
        })?;
    }
    Ok(())
}

/// What a message can be about that is a client's.
struct Hers {
    client: ClientId,
    purchases: HashSet<PurchaseId>,
    lots: HashSet<LotId>,
    bookings: HashSet<BookingId>,
    refunds: HashSet<RefundId>,
}

impl Hers {
    fn of(read: &impl Read, client: ClientId) -> Result<Self, StoreError> {
        let purchases: HashSet<_> = catalog::purchase::ids_of_client(read, client)?.into_iter().collect();
        let lots = credits::lot::lots_of_client(read, client)?.into_iter().map(|lot| lot.id).collect();
        let bookings = calendar::booking::of_client(read, client)?.into_iter().map(|one| one.id).collect();
        let mut refunds = HashSet::new();
        for purchase in &purchases {
            refunds.extend(billing::refund::of(read, *purchase)?.into_iter().map(|refund| refund.id));
        }
        Ok(Self { client, purchases, lots, bookings, refunds })
    }

    fn has(&self, about: About) -> bool {
        match about {
            About::Purchase(id) => self.purchases.contains(&id),
            About::Lot(id) => self.lots.contains(&id),
            About::Booking(id, _) => self.bookings.contains(&id),
            About::Refund(id) => self.refunds.contains(&id),
            About::Client(id) => id == self.client,
            About::Oneself | About::Letter(_) | About::Wording(_) => false,
        }
    }
}

/// Purchases that were never paid are called off; what was paid keeps its numbers and loses what was written beside it.
fn sales(tx: &Tx<'_>, client: ClientId, now: Timestamp) -> Result<(), StoreError> {
    for purchase in catalog::purchase::of_client(tx, client)? {
        if let Some(chosen) = calendar::reservation::of(tx, purchase.id)? {
            calendar::reservation::remove(tx, &chosen)?;
        }
        if let Some(payment) = billing::payment::of(tx, purchase.id)?.filter(|paid| paid.note.is_some()) {
            billing::payment::put(tx, &Payment { note: None, ..payment })?;
        }
        for refund in billing::refund::of(tx, purchase.id)? {
            billing::refund::put(tx, &wordless(refund))?;
        }
        if matches!(purchase.state, Sale::AwaitingPractice | Sale::AwaitingProof) {
            catalog::purchase::put(tx, &Purchase { state: Sale::Withdrawn { at: now }, ..purchase })?;
        }
    }
    Ok(())
}

/// A refund without what was written beside it.
fn wordless(refund: Refund) -> Refund {
    let way = match refund.way {
        Way::ByHand { means, on, .. } => Way::ByHand { means, on, note: None },
        way @ Way::Provider { .. } => way,
    };
    Refund { way, reason: refund.reason.map(|_| marker()), ..refund }
}

/// Reasons are words about a person; the entries stay as they are otherwise.
fn ledgers(tx: &Tx<'_>, client: ClientId, now: Timestamp) -> Result<(), StoreError> {
    for (lot, _) in credits::lot::of_client(tx, client, now)? {
        for entry in credits::ledger::of(tx, lot.ledger())?.into_iter().filter(|entry| entry.reason.is_some())
        {
            credits::ledger::append(tx, lot.practitioner, &Entry { reason: Some(marker()), ..entry })?;
        }
        if lot.is_comp() {
            credits::lot::put(tx, &Lot { origin: Origin::Comp { reason: marker() }, ..lot })?;
        }
    }
    Ok(())
}
