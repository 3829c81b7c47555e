//! The practitioner books for a client, with a credit or for nothing, and moves sessions; what it does is shown before.

use crate::actions::calendar::booking::{clash, siblings};
use crate::actions::calendar::{availability, change};
use crate::actions::credits::foreseen;
use crate::actions::credits::lot::{Gift, given, grant};
use crate::actions::{Error, form_id, outbox};
use crate::app::{App, Fault};
use crate::domain::calendar::booking::{Booking, Facts};
use crate::domain::calendar::by_practitioner::{self, Left, Moved, Overlooked};
use crate::domain::calendar::change::{AFTER_APOLOGY_DAYS, Facts as MoveFacts, Refusal as MoveRule};
use crate::domain::calendar::slot::By;
use crate::domain::credits::foresight::{Foresight, foresee};
use crate::domain::credits::ledger::{Actor, What, balance};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClientId, LotId, PackageId, PractitionerId};
use crate::domain::messages::message::Kind;
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, until};
use crate::store::{Read, StoreError, Tx, calendar, catalog, credits, people};

/// What the session is paid with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pays {
    /// A credit, from the lot that the rule says, for a session like those of this lot.
    ByRule {
        /// The lot.
        like: LotId,
    },
    /// A credit of the lot that she picks; the ledger says that she did.
    Picked {
        /// The lot.
        lot: LotId,
        /// Why, if she says so.
        reason: Option<Line>,
    },
    /// Nothing: a lot of one session like those of a package, given for this one.
    Comp {
        /// The package.
        package: PackageId,
        /// Why.
        reason: Line,
    },
}

/// A session that she wants to book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// Its id, which the form carried; the lot of a comp session has the same bits.
    pub id: BookingId,
    /// Who comes.
    pub client: ClientId,
    /// When it starts.
    pub start: Timestamp,
    /// What pays.
    pub pays: Pays,
    /// What she was told is in the way, and books over; a preview tells all of it.
    pub over: Overlooked,
}

/// Why a session was not booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such client, lot or package of hers, or the form's id is another session's.
    NotThere,
    /// A rule says no.
    Rule(crate::domain::calendar::booking::Refusal),
}

/// What a booking or a move would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The session as it would stand.
    pub booking: Booking,
    /// The lot that would pay.
    pub lot: Lot,
    /// What that does to it.
    pub credit: Foresight,
    /// What is in the way, all of it.
    pub overlooked: Overlooked,
    /// The lot that no longer pays, if another does.
    pub back: Option<(Lot, Foresight)>,
}

/// A decided booking.
struct Decided {
    booking: Booking,
    overlooked: Overlooked,
    /// The lot that is made for it.
    comp: Option<Lot>,
    reason: Option<Line>,
}

fn not_there() -> Error<Refusal> {
    Error::Refused(Refusal::NotThere)
}

/// What may be booked over.
#[derive(Debug, Clone, Copy)]
enum Excuse<'a> {
    /// What she was told.
    Told(&'a Overlooked),
    /// Whatever it is: nothing is booked, it is to be told.
    All,
}

/// What is in the way of a time, and what is left of it in the way.
fn in_the_way(
    read: &impl Read,
    (whose, client): (PractitionerId, ClientId),
    span: (Timestamp, SignedDuration),
    but: Option<BookingId>,
    excuse: Excuse<'_>,
    now: Timestamp,
) -> Result<(Overlooked, Left), StoreError> {
    let slot = availability::against(read, whose, span, By::Practitioner, but, now)?;
    let clash = clash(read, client, span, but)?;
    let all = Overlooked::of(&slot, clash);
    let excused = match excuse {
        Excuse::Told(told) => told,
        Excuse::All => &all,
    };
    let left = excused.excuse(slot, clash);
    Ok((all, left))
}

fn decide(
    read: &impl Read,
    whose: PractitionerId,
    ask: &Ask,
    excuse: Excuse<'_>,
    now: Timestamp,
) -> Result<Decided, Error<Refusal>> {
    let client = people::client::find_of(read, whose, ask.client)?.ok_or_else(not_there)?.id;
    let theirs = |lot: &Lot| lot.practitioner == whose && lot.client == client;
    let (lots, like, pays, comp, reason): (Vec<Counted>, Lot, _, _, _) = match &ask.pays {
        Pays::ByRule { like } => {
            let like = credits::lot::find(read, *like)?.filter(theirs).ok_or_else(not_there)?;
            (siblings(read, &like, now)?, like, by_practitioner::Pays::ByRule, None, None)
        }
        Pays::Picked { lot, reason } => {
            let picked = credits::lot::counted(read, *lot, now)?.filter(|(lot, _)| theirs(lot));
            let picked = picked.ok_or_else(not_there)?;
            let reason = reason.clone().or_else(|| "picked by hand".parse().ok());
            let like = picked.0.clone();
            (vec![picked], like, by_practitioner::Pays::Picked(*lot), None, reason)
        }
        Pays::Comp { package, reason } => {
            let package = catalog::package::find(read, *package)?.filter(|one| one.practitioner == whose);
            let package = package.ok_or_else(not_there)?;
            let zone = people::practitioner::find(read, whose)?.ok_or(Fault::Missing("a practitioner"))?.zone;
            let gift = comp_for(ask, package.id, reason.clone(), now);
            let lot = given(&gift, client, package, zone, now);
            let granted = foresee(&lot, &[], &[What::Grant(1)], Actor::Practitioner(whose), now).after;
            let pays = by_practitioner::Pays::ByRule;
            (vec![(lot.clone(), granted)], lot.clone(), pays, Some(lot), None)
        }
    };
    let span = (ask.start, like.offer.length());
    let (overlooked, (slot, clash)) = in_the_way(read, (whose, client), span, None, excuse, now)?;
    let facts = Facts { client, practitioner: whose, lots: &lots, slot, clash };
    let booking = by_practitioner::book(ask.id, ask.start, &facts, pays, now)
        .map_err(|refusal| Error::Refused(Refusal::Rule(refusal)))?;
    Ok(Decided { booking, overlooked, comp, reason })
}

/// One session for nothing: valid until it and a while after, so that it can still be moved.
fn comp_for(ask: &Ask, package: PackageId, reason: Line, now: Timestamp) -> Gift {
    let ahead = u32::try_from(until(now, ask.start).as_secs() / (24 * 60 * 60)).unwrap_or(u32::MAX);
    let days = ahead.saturating_add(AFTER_APOLOGY_DAYS.unsigned_abs());
    Gift { id: LotId::from_bits(ask.id.bits()), client: ask.client, package, sessions: 1, days, reason }
}

/// What a booking would do.
///
/// # Errors
/// [`Refusal`] says why it cannot be made.
pub fn preview(app: &App, whose: PractitionerId, ask: &Ask) -> Result<Preview, Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let Decided { booking, overlooked, comp, .. } = decide(&read, whose, ask, Excuse::All, now)?;
    let (lot, credit) = match comp {
        Some(lot) => {
            let whats = [What::Grant(1), booking.hold()];
            let credit = foresee(&lot, &[], &whats, Actor::Practitioner(whose), now);
            (lot, credit)
        }
        None => {
            let lot = credits::lot::find(&read, booking.lot)?.ok_or(Fault::Missing("a lot"))?;
            let credit = foreseen(&read, &lot, &[booking.hold()], whose, now)?;
            (lot, credit)
        }
    };
    Ok(Preview { booking, lot, credit, overlooked, back: None })
}

/// Books a session for a client. Sent twice, it books once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn book(app: &App, whose: PractitionerId, ask: Ask) -> Result<Booking, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        if let Some(already) = calendar::booking::find(tx, ask.id)? {
            let same = already.practitioner == whose
                && already.client == ask.client
                && already.starts_at == ask.start;
            return if same { Ok(already) } else { Err(not_there()) };
        }
        // Its bits are those of the credit too, if one is given for it.
        if !form_id::is_free(tx, ask.id.bits())? {
            return Err(not_there());
        }
        let Decided { booking, overlooked, comp, reason } =
            decide(tx, whose, &ask, Excuse::Told(&ask.over), at.now)?;
        let actor = Actor::Practitioner(whose);
        if let Some(lot) = &comp {
            grant(tx, &at, lot, actor)?;
        }
        place(tx, &booking, &overlooked)?;
        outbox::append(tx, &at, booking.ledger(), booking.hold(), actor, reason)?;
        change::after(tx, &at, Kind::Booked, &booking, actor, &[booking.lot])?;
        Ok(booking)
    })
}

fn place(tx: &Tx<'_>, booking: &Booking, overlooked: &Overlooked) -> Result<(), Fault> {
    calendar::booking::put(tx, booking)?;
    if overlooked.is_something() {
        calendar::anyway::put(tx, booking)?;
    }
    Ok(())
}

/// A decided move.
struct Move {
    from: Counted,
    booking: Booking,
    moved: Moved,
    overlooked: Overlooked,
}

impl Move {
    /// The entries on the lot that paid, after what the clock made true there.
    fn entries(&self, expired: u32) -> Vec<What> {
        let id = self.booking.id;
        let more = self.moved.extend.map(|to| What::Extend { to });
        let back = (expired > 0 && more.is_some()).then_some(What::Reactivate(expired));
        let stays = (self.from.0.id == self.moved.lot).then(|| self.booking.hold());
        more.into_iter().chain(back).chain([What::Release { booking: id }]).chain(stays).collect()
    }
}

fn decide_move(
    read: &impl Read,
    whose: PractitionerId,
    (id, to, excuse): (BookingId, Timestamp, Excuse<'_>),
    now: Timestamp,
) -> Result<Move, Error<change::Refusal>> {
    let not_there = || Error::Refused(change::Refusal::NotThere);
    let found = calendar::booking::find(read, id)?.filter(|booking| booking.practitioner == whose);
    let booking = found.ok_or_else(not_there)?;
    let from = credits::lot::counted(read, booking.lot, now)?.ok_or(Fault::Missing("a lot"))?;
    let lots = siblings(read, &from.0, now)?;
    let span = (to, booking.length());
    let people = (whose, booking.client);
    let (overlooked, (slot, clash)) = in_the_way(read, people, span, Some(id), excuse, now)?;
    let facts = MoveFacts { from: &from, lots: &lots, slot, clash };
    let moved = by_practitioner::reschedule(&booking, to, &facts, now)
        .map_err(|refusal: MoveRule| Error::Refused(change::Refusal::Rule(refusal)))?;
    let booking =
        Booking { starts_at: to, lot: moved.lot, sequence: booking.sequence + 1, placed_at: now, ..booking };
    Ok(Move { from, booking, moved, overlooked })
}

/// What a move would do.
///
/// # Errors
/// [`change::Refusal`] says why it cannot be made.
pub fn preview_move(
    app: &App,
    whose: PractitionerId,
    id: BookingId,
    to: Timestamp,
) -> Result<Preview, Error<change::Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let step = decide_move(&read, whose, (id, to, Excuse::All), now)?;
    let (old, counted) = &step.from;
    let there = foreseen(&read, old, &step.entries(counted.expired), whose, now)?;
    let Move { booking, overlooked, .. } = step;
    if old.id == booking.lot {
        return Ok(Preview { booking, lot: old.clone(), credit: there, overlooked, back: None });
    }
    let lot = credits::lot::find(&read, booking.lot)?.ok_or(Fault::Missing("a lot"))?;
    let credit = foreseen(&read, &lot, &[booking.hold()], whose, now)?;
    Ok(Preview { booking, lot, credit, overlooked, back: Some((old.clone(), there)) })
}

/// Moves a session; it costs the client none of her changes, and the lot stays valid at least thirty days from now. `over` is
/// what she was told is in the way.
///
/// # Errors
/// [`change::Refusal`] says why not.
pub fn reschedule(
    app: &App,
    whose: PractitionerId,
    id: BookingId,
    to: Timestamp,
    over: Overlooked,
    reason: Option<Line>,
) -> Result<Booking, Error<change::Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let step = decide_move(tx, whose, (id, to, Excuse::Told(&over)), at.now)?;
        let (actor, old, ledger) = (Actor::Practitioner(whose), step.from.0.id, step.from.0.ledger());
        // What the clock made true is written first: an extension must find expired credits to bring back.
        outbox::follow(tx, &at, old)?;
        let entries = credits::ledger::of(tx, ledger)?;
        let expired = balance(&step.from.0, &entries, at.now).expired;
        for what in step.entries(expired) {
            outbox::append(tx, &at, ledger, what, actor, reason.clone())?;
        }
        let Move { booking, overlooked, .. } = step;
        if booking.lot != old {
            outbox::append(tx, &at, booking.ledger(), booking.hold(), actor, reason.clone())?;
        }
        place(tx, &booking, &overlooked)?;
        change::after(tx, &at, Kind::Moved, &booking, actor, &[old, booking.lot])?;
        Ok(booking)
    })
}
