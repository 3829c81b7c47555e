//! The way on for a refund that waits for the practitioner: try again, record that she gave the money back herself, call it
//! off, or decide what a refund that was made elsewhere takes back.

use super::ask::{key, take_back};
use super::{Online, Refusal, not_there, provider_of, rule, settle};
use crate::actions::credits::foreseen;
use crate::actions::{Error, outbox};
use crate::app::{App, Fault};
use crate::domain::billing::dispute::taken_back;
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::{self, Refund, State, Way, to_come};
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::{Actor, Revoked, What};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, LotId, PractitionerId, RefundId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::due::{self, Due};
use crate::store::{Read, StoreError, billing, credits};
use jiff::civil::Date;

/// A practitioner's refund with the lot whose credits it took back.
///
/// # Errors
/// [`Refusal`] if it is not hers.
pub fn look(app: &App, whose: PractitionerId, id: RefundId) -> Result<(Refund, Counted), Error<Refusal>> {
    find(&app.store.read()?, whose, id, app.clock.now())
}

fn find(
    read: &impl Read,
    whose: PractitionerId,
    id: RefundId,
    now: Timestamp,
) -> Result<(Refund, Counted), Error<Refusal>> {
    let found = billing::refund::find(read, id)?.filter(|refund| refund.practitioner == whose);
    let refund = found.ok_or_else(not_there)?;
    let counted = credits::lot::counted(read, refund.lot, now)?.ok_or(Fault::Missing("a lot"))?;
    Ok((refund, counted))
}

/// Whether the money did not go or came back, so that she can choose another way.
const fn is_stuck(refund: &Refund) -> bool {
    matches!(refund.state, State::Refused { .. } | State::Returned { .. })
}

fn not_awaited() -> Error<Refusal> {
    Error::Refused(Refusal::NotAwaited)
}

/// Sends a refund to the provider again, with a new key; `send::look` asks. One that is going stays as it is.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn again(app: &App, whose: PractitionerId, id: RefundId) -> Result<Refund, Error<Refusal>> {
    let at = app.moment();
    let (_, (lot, _)) = look(app, whose, id)?;
    if provider_of(app, lot.id)? == Online::No {
        return Err(rule(refund::Refusal::NotOnline));
    }
    app.keep(move |tx| {
        let (refund, _) = find(tx, whose, id, at.now)?;
        match refund.way {
            _ if refund.is_going() => return Ok(refund),
            Way::Provider { .. } if is_stuck(&refund) => {}
            _ => return Err(not_awaited()),
        }
        // Keys are numbered; one of an instant was never used before.
        let number = u32::try_from(at.now.as_second().rem_euclid(1 << 31)).unwrap_or_default();
        let going = State::Going { key: key(id, number), key_made_at: at.now, tries: 0 };
        let sent = Refund { state: going, way: Way::Provider { reference: None }, ..refund };
        billing::refund::put(tx, &sent)?;
        due::set(tx, Due::Refund(id), Some(at.now))?;
        Ok(sent)
    })
}

/// Records that the practitioner gave the money back herself.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn by_hand(
    app: &App,
    whose: PractitionerId,
    id: RefundId,
    (means, on, note): (Means, Date, Option<Line>),
) -> Result<Refund, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (refund, (lot, _)) = find(tx, whose, id, at.now)?;
        match &refund.way {
            Way::ByHand { .. } => return Ok(refund),
            Way::Provider { .. } if is_stuck(&refund) => {}
            Way::Provider { .. } => return Err(not_awaited()),
        }
        if on > lot.zone.date(at.now) {
            return Err(rule(refund::Refusal::InFuture));
        }
        let way = Way::ByHand { means: means.clone(), on, note: note.clone() };
        Ok(settle(tx, &at, Refund { way, ..refund })?)
    })
}

/// The entry that calling a refund off writes.
fn restored(refund: &Refund) -> Result<Option<What>, Error<Refusal>> {
    match refund.state {
        State::Refused { .. } if refund.note.is_none() => {
            Ok((refund.credits > 0).then_some(What::Restore(refund.credits)))
        }
        _ => Err(not_awaited()),
    }
}

/// What calling a refund off would do to the lot: its credits come back, and the sessions stay called off.
///
/// # Errors
/// [`Refusal`] says why it cannot be done: money went back, or may have.
pub fn preview_undo(
    app: &App,
    whose: PractitionerId,
    id: RefundId,
) -> Result<(Lot, Foresight), Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let (refund, (lot, _)) = find(&read, whose, id, now)?;
    let what = restored(&refund)?;
    let seen = foreseen(&read, &lot, what.as_slice(), whose, now)?;
    Ok((lot, seen))
}

/// Calls a refund off that the provider refused.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn undo(app: &App, whose: PractitionerId, id: RefundId) -> Result<Refund, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (refund, (lot, _)) = find(tx, whose, id, at.now)?;
        if !refund.counts() {
            return Ok(refund);
        }
        let what = restored(&refund)?;
        outbox::follow(tx, &at, lot.id)?;
        if let Some(what) = what {
            outbox::append(tx, &at, lot.ledger(), what, Actor::Practitioner(whose), None)?;
        }
        outbox::follow(tx, &at, lot.id)?;
        let undone = Refund { state: State::Undone { at: at.now }, ..refund };
        billing::refund::put(tx, &undone)?;
        Ok(undone)
    })
}

/// What a practitioner decides about a refund that was made elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The booked sessions that are called off; their credits are taken back.
    pub release: Vec<BookingId>,
    /// How many of the credits that nothing is booked with are taken back as well.
    pub free: u32,
}

/// What an answer takes of one lot.
struct Taken {
    lot: LotId,
    release: Vec<BookingId>,
    count: u32,
    whats: Vec<What>,
}

/// The lots that a refund which was made elsewhere asks about, with what they amount to: the buyer's first, then those that her
/// credits were passed on to.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn asked_about(read: &impl Read, refund: &Refund, now: Timestamp) -> Result<Vec<Counted>, StoreError> {
    let lots = billing::refund::lots_behind(read, refund.purchase)?;
    lots.into_iter().map(|lot| Ok(credits::lot::count(read, lot, now)?.0)).collect()
}

/// What an answer takes, lot by lot: unbooked credits of the buyer's first.
fn answered(lots: &[Counted], answer: &Answer, now: Timestamp) -> Result<Vec<Taken>, Error<Refusal>> {
    let unused: u32 = lots.iter().map(|(_, balance)| balance.unused()).sum();
    if answer.free > unused {
        return Err(rule(refund::Refusal::TooManyCredits { unused }));
    }
    let (mut left, mut found) = (answer.free, 0);
    let mut taken = Vec::new();
    for (lot, balance) in lots {
        let ahead = to_come(balance, now);
        let release: Vec<BookingId> =
            answer.release.iter().copied().filter(|one| ahead.contains(one)).collect();
        let free = left.min(balance.unused());
        let released = u32::try_from(release.len()).unwrap_or(u32::MAX);
        let back = taken_back(balance, (free, released), Revoked::Refund);
        let whats = release.iter().map(|booking| What::Release { booking: *booking }).chain(back).collect();
        left -= free;
        found += release.len();
        taken.push(Taken { lot: lot.id, release, count: free + released, whats });
    }
    if found < answer.release.len() {
        return Err(rule(refund::Refusal::SessionGone));
    }
    Ok(taken)
}

/// Decides what a refund that was made elsewhere takes back; it asks no more. A second answer changes nothing.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn answer(
    app: &App,
    whose: PractitionerId,
    id: RefundId,
    answer: Answer,
) -> Result<Refund, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (mut refund, _) = find(tx, whose, id, at.now)?;
        if refund.question.is_none() {
            return Ok(refund);
        }
        let mut once = answer.clone();
        once.release.sort_unstable();
        once.release.dedup();
        let actor = Actor::Practitioner(whose);
        for taken in answered(&asked_about(tx, &refund, at.now)?, &once, at.now)? {
            take_back(tx, &at, taken.lot, &taken.release, (taken.whats, actor, None))?;
            refund = refund.taking(taken.lot, taken.count);
        }
        refund.question = None;
        billing::refund::put(tx, &refund)?;
        Ok(refund)
    })
}
