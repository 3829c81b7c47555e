//! What a practitioner does to a lot: gives one, extends it, gives a used credit back or notes that a client did not come.

use jiff::civil::Date;

use crate::actions::{Error, NotThere, form_id, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::catalog::package::{Offer, Package, Validity};
use crate::domain::credits::foresight::foresee;
use crate::domain::credits::ledger::{Actor, Balance, Consumed, Standing, What};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::{BookingId, ClientId, LotId, PackageId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::store::{Read, Tx, catalog, credits, people};

/// Why credits cannot be changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such lot, session, package or client of this practitioner.
    NotThere,
    /// The new date is not later than the old one.
    NotLater,
    /// A lot without a date needs none.
    NeverExpires,
    /// Between 1 and 100 sessions can be given at once.
    Count,
    /// The session has not begun yet; cancel it instead.
    NotBegun,
    /// Its credit was not used, or is back already.
    NotUsed,
}

/// Lets a lot land: the lot, its first entry, and what follows.
///
/// # Errors
/// [`Fault`] if the file fails.
pub(in crate::actions) fn grant(tx: &Tx<'_>, at: &Moment, lot: &Lot, actor: Actor) -> Result<Balance, Fault> {
    credits::lot::put(tx, lot)?;
    people::client::belongs_to(tx, lot.client, lot.practitioner)?;
    outbox::append(tx, at, lot.ledger(), What::Grant(lot.offer.sessions), actor, None)?;
    outbox::follow(tx, at, lot.id)
}

/// Sessions for nothing, like those of a package.
#[derive(Debug, Clone)]
pub struct Gift {
    /// The id that the form carried.
    pub id: LotId,
    /// To whom.
    pub client: ClientId,
    /// Whose sessions they are like.
    pub package: PackageId,
    /// How many.
    pub sessions: u32,
    /// How long they are valid.
    pub days: u32,
    /// Why.
    pub reason: Line,
}

/// Gives sessions; worth nothing in the books. Sent twice, it gives once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn comp(app: &App, whose: PractitionerId, gift: Gift) -> Result<(), Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let lot = gift_of(tx, whose, &gift, at.now)?;
        if let Some(already) = credits::lot::find(tx, gift.id)? {
            let same = already.client == lot.client && already.practitioner == whose && already.is_comp();
            return if same { Ok(()) } else { Err(Error::Refused(Refusal::NotThere)) };
        }
        if !form_id::is_free(tx, gift.id.bits())? {
            return Err(Error::Refused(Refusal::NotThere));
        }
        grant(tx, &at, &lot, Actor::Practitioner(whose))?;
        Ok(())
    })
}

/// What giving them would make: the lot, and what it amounts to.
///
/// # Errors
/// [`Refusal`] says why they cannot be given.
pub fn preview_comp(app: &App, whose: PractitionerId, gift: &Gift) -> Result<(Lot, Balance), Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let lot = gift_of(&read, whose, gift, now)?;
    let what = [What::Grant(lot.offer.sessions)];
    let after = foresee(&lot, &[], &what, Actor::Practitioner(whose), now).after;
    Ok((lot, after))
}

/// The lot of a gift, if she has such a client and package.
fn gift_of(
    read: &impl Read,
    whose: PractitionerId,
    gift: &Gift,
    now: Timestamp,
) -> Result<Lot, Error<Refusal>> {
    let not_there = || Error::Refused(Refusal::NotThere);
    if !(1..=Offer::MOST_SESSIONS).contains(&gift.sessions) {
        return Err(Error::Refused(Refusal::Count));
    }
    let package = catalog::package::find(read, gift.package)?.filter(|package| package.practitioner == whose);
    let package = package.ok_or_else(not_there)?;
    let client = people::client::find_of(read, whose, gift.client)?.ok_or_else(not_there)?;
    let practitioner = people::practitioner::find(read, whose)?.ok_or(Fault::Missing("a practitioner"))?;
    Ok(given(gift, client.id, package, practitioner.zone, now))
}

/// The lot that a gift of a package's practitioner makes.
pub(in crate::actions) fn given(
    gift: &Gift,
    client: ClientId,
    package: Package,
    zone: Zone,
    now: Timestamp,
) -> Lot {
    let price = Money::zero(package.offer.price.currency);
    let validity = Validity::days(gift.days);
    let offer = Offer { sessions: gift.sessions, validity, price, chapters: Vec::new(), ..package.offer };
    Lot {
        id: gift.id,
        client,
        practitioner: package.practitioner,
        origin: Origin::Comp { reason: gift.reason.clone() },
        offer,
        paid: price,
        granted_at: now,
        zone,
    }
}

/// Gives a lot more time; its reminders are armed again.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn extend(
    app: &App,
    whose: PractitionerId,
    lot: LotId,
    to: Date,
    reason: Line,
) -> Result<(), Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = credits::lot::counted(tx, lot, at.now)?.filter(|(lot, _)| lot.practitioner == whose);
        let (lot, balance) = found.ok_or(Error::Refused(Refusal::NotThere))?;
        let deadline = balance.deadline.as_ref().ok_or(Error::Refused(Refusal::NeverExpires))?;
        if to <= deadline.on || to < lot.zone.date(at.now) {
            return Err(Error::Refused(Refusal::NotLater));
        }
        give_time(tx, &at, &lot, to, whose, Some(reason.clone()))?;
        outbox::follow(tx, &at, lot.id)?;
        Ok(())
    })
}

/// Writes an extension: credits that had expired in writing come back with it.
///
/// # Errors
/// [`Fault`] if the file fails.
pub(in crate::actions) fn give_time(
    tx: &Tx<'_>,
    at: &Moment,
    lot: &Lot,
    to: Date,
    whose: PractitionerId,
    reason: Option<Line>,
) -> Result<(), Fault> {
    let actor = Actor::Practitioner(whose);
    // What the clock made true is written first, so that the ledger tells it in order.
    outbox::follow(tx, at, lot.id)?;
    let (_, balance) = credits::lot::counted(tx, lot.id, at.now)?.ok_or(Fault::Missing("a lot"))?;
    outbox::append(tx, at, lot.ledger(), What::Extend { to }, actor, reason)?;
    if balance.expired > 0 {
        outbox::append(tx, at, lot.ledger(), What::Reactivate(balance.expired), actor, None)?;
    }
    Ok(())
}

/// Notes that the client did not come: the credit is used.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn mark_missed(app: &App, whose: PractitionerId, booking: BookingId) -> Result<(), Error<Refusal>> {
    mark(app, whose, booking, |standing, has_begun| match standing {
        Standing::Used(Consumed::Missed) => Ok(None),
        Standing::Held if !has_begun => Err(Refusal::NotBegun),
        Standing::Held | Standing::Used(Consumed::Attended) => {
            Ok(Some(|booking| What::Consume { booking, how: Consumed::Missed }))
        }
        Standing::Used(Consumed::LateCancel) | Standing::Returned | Standing::Waived => Err(Refusal::NotUsed),
    })
}

/// Gives a used credit back.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn waive(app: &App, whose: PractitionerId, booking: BookingId) -> Result<(), Error<Refusal>> {
    mark(app, whose, booking, |standing, _| match standing {
        Standing::Waived => Ok(None),
        Standing::Used(_) => Ok(Some(|booking| What::Waive { booking })),
        Standing::Held | Standing::Returned => Err(Refusal::NotUsed),
    })
}

/// Makes an entry of a session's id.
type Making = fn(BookingId) -> What;

fn mark(
    app: &App,
    whose: PractitionerId,
    booking: BookingId,
    decide: fn(Standing, bool) -> Result<Option<Making>, Refusal>,
) -> Result<(), Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = crate::store::calendar::booking::find(tx, booking)?
            .filter(|booking| booking.practitioner == whose);
        let found = found.ok_or(Error::Refused(Refusal::NotThere))?;
        let (lot, balance) = credits::lot::counted(tx, found.lot, at.now)?.ok_or(Fault::Missing("a lot"))?;
        let sitting = balance.sitting(booking).ok_or(Error::Refused(Refusal::NotUsed))?;
        let Some(what) = decide(sitting.standing, at.now >= sitting.starts_at).map_err(Error::Refused)?
        else {
            return Ok(());
        };
        outbox::follow(tx, &at, lot.id)?;
        outbox::append(tx, &at, lot.ledger(), what(booking), Actor::Practitioner(whose), None)?;
        outbox::follow(tx, &at, lot.id)?;
        Ok(())
    })
}

/// Looks at a lot whose time has come: writes what the clock made true.
///
/// # Errors
/// [`NotThere`] never; a [`Fault`] if the file fails.
pub fn look(app: &App, lot: LotId) -> Result<(), Error<NotThere>> {
    let at = app.moment();
    app.keep_by_the_way(move |tx| Ok(outbox::follow(tx, &at, lot).map(|_| ())?))
}
