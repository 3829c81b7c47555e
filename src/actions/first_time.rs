//! The first time that is chosen with a purchase: kept while it is paid for, and booked in the transaction that grants the
//! credits. It stands in no wing, as the sale and the calendar meet in it.

use super::calendar::{availability, booking};
use super::outbox;
use crate::app::{Fault, Moment};
use crate::domain::calendar::booking::{Facts, book as decide};
use crate::domain::calendar::reservation::{Outcome, Reservation};
use crate::domain::calendar::slot::{By, Taken};
use crate::domain::catalog::package::Offer;
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::credits::ledger::Actor;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::validity::book_by;
use crate::domain::id::{PractitionerId, PurchaseId};
use crate::domain::messages::message::Kind;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, Zone, plus_days};
use crate::store::{Read, StoreError, Tx, calendar, catalog, credits, people};

/// The next times that can be chosen with a package, as far as its credits would reach.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn free_for(
    read: &impl Read,
    with: &Practitioner,
    offer: &Offer,
    now: Timestamp,
    count: usize,
) -> Result<Vec<Timestamp>, StoreError> {
    let free = availability::next_free_in(read, with.id, offer.length(), now, count)?;
    Ok(free.iter().map(|slot| slot.start).filter(|start| reaches(offer, *start, now, &with.zone)).collect())
}

/// Whether the credits of an offer that is bought now would reach a session.
fn reaches(offer: &Offer, start: Timestamp, now: Timestamp, zone: &Zone) -> bool {
    let last = book_by(offer.validity, now, Some(start), zone);
    let grace = i32::try_from(offer.policy.grace_days).unwrap_or(i32::MAX);
    last.is_none_or(|last| zone.date(start) <= plus_days(last, grace))
}

fn practitioner(read: &impl Read, id: PractitionerId) -> Result<Practitioner, Fault> {
    people::practitioner::find(read, id)?.ok_or(Fault::Missing("a practitioner"))
}

/// What became of the first time of a purchase that was paid; of one that was booked and called off since, nothing is told.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn outcome(read: &impl Read, paid: PurchaseId) -> Result<Option<Outcome>, StoreError> {
    let Some(chosen) = calendar::reservation::of(read, paid)? else { return Ok(None) };
    Ok(match calendar::booking::find(read, chosen.booking())? {
        None => Some(Outcome::Lost(chosen.starts_at)),
        Some(booked) => booked.is_confirmed().then_some(Outcome::Booked(booked.id, booked.starts_at)),
    })
}

/// The next times that can be chosen with a purchase.
///
/// # Errors
/// [`Fault`] if the file fails.
pub(super) fn offered(
    read: &impl Read,
    purchase: &Purchase,
    now: Timestamp,
    count: usize,
) -> Result<Vec<Timestamp>, Fault> {
    Ok(free_for(read, &practitioner(read, purchase.practitioner)?, &purchase.offer, now, count)?)
}

/// Keeps a first time for a buyer, in the transaction of her order; what she had chosen with an earlier order of the same
/// package that she did not pay for is free again.
///
/// # Errors
/// [`Fault`] if the file fails; [`Taken`] if the time cannot be had.
pub(super) fn reserve(
    tx: &Tx<'_>,
    at: &Moment,
    purchase: &Purchase,
    start: Timestamp,
) -> Result<Result<(), Taken>, Fault> {
    let earlier = catalog::purchase::of_client(tx, purchase.client)?;
    for old in
        earlier.iter().filter(|old| old.package == purchase.package && old.state == State::AwaitingBuyer)
    {
        if let Some(kept) = calendar::reservation::of(tx, old.id)? {
            calendar::reservation::put(tx, &Reservation { held_until: None, ..kept })?;
        }
    }
    let (offer, whose) = (&purchase.offer, purchase.practitioner);
    if let Err(why) = availability::check(tx, whose, (start, offer.length()), By::Client, None, at.now)? {
        return Ok(Err(why));
    }
    let zone = practitioner(tx, whose)?.zone;
    if !reaches(offer, start, at.now, &zone) {
        return Ok(Err(Taken::OutsideHours));
    }
    let chosen = Reservation {
        purchase: purchase.id,
        practitioner: whose,
        starts_at: start,
        length_minutes: offer.length_minutes,
        held_until: None,
    };
    calendar::reservation::put(tx, &chosen.for_purchase(purchase))?;
    Ok(Ok(()))
}

/// Keeps a first time on, or lets it go, as its purchase stands now. Call it in every transaction that changed that.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub(super) fn follow(tx: &Tx<'_>, purchase: &Purchase) -> Result<(), StoreError> {
    match calendar::reservation::of(tx, purchase.id)? {
        Some(chosen) => calendar::reservation::put(tx, &chosen.for_purchase(purchase)),
        None => Ok(()),
    }
}

/// Books the first time of a purchase with a credit of the lot that it has just granted. If the time cannot be had any more,
/// nothing is booked, and the sale and the credits stand; the page after it says so.
///
/// # Errors
/// [`Fault`] if the file fails.
pub(super) fn book(tx: &Tx<'_>, at: &Moment, paid: &Purchase, lot: &Lot) -> Result<(), Fault> {
    let Some(chosen) = calendar::reservation::of(tx, paid.id)? else { return Ok(()) };
    // It is let go first, so that it does not stand in its own way.
    follow(tx, paid)?;
    let counted = credits::lot::counted(tx, lot.id, at.now)?.ok_or(Fault::Missing("a lot"))?;
    let time = (chosen.starts_at, chosen.length());
    let facts = Facts {
        client: paid.client,
        practitioner: paid.practitioner,
        lots: &[counted],
        // The notice was kept when she chose.
        slot: availability::check(tx, paid.practitioner, time, By::Practitioner, None, at.now)?,
        clash: booking::clash(tx, paid.client, time, None)?,
    };
    let Ok(booked) = decide(chosen.booking(), chosen.starts_at, &facts, at.now) else { return Ok(()) };
    let actor = Actor::Client(paid.client);
    calendar::booking::put(tx, &booked)?;
    outbox::append(tx, at, booked.ledger(), booked.hold(), actor, None)?;
    let zone = people::client::find(tx, paid.client)?.ok_or(Fault::Missing("a client"))?.zone;
    outbox::tell(tx, at, Kind::Booked, &booked, actor, &zone)?;
    outbox::follow(tx, at, booked.lot)?;
    Ok(())
}
