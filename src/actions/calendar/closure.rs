//! Time off with sessions in it: which they are, and what is done with them. Taking the time off away again
//! ([`availability::reopen`](super::availability::reopen)) brings no session back.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::actions::calendar::change;
use crate::actions::credits::lot::give_time;
use crate::actions::{Error, outbox};
use crate::app::{App, Fault};
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::change::AFTER_APOLOGY_DAYS;
use crate::domain::calendar::closure::Closure;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::id::{BookingId, PractitionerId};
use crate::domain::people::client::Client;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, plus_days};
use crate::store::{Read, calendar, credits, people};

/// A session that lies in the time off and has not begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lying {
    /// The session.
    pub booking: Booking,
    /// Who comes.
    pub client: Client,
    /// The lot that pays.
    pub lot: Lot,
    /// The date of the lot now, if it has one, and the one that it has if the session is called off.
    pub more: Option<(Date, Date)>,
}

/// What is done with the sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sessions {
    /// They stay.
    Leave,
    /// They are called off: each credit returns, each client is told, each lot gets the length of the time off.
    CancelAll {
        /// Which they were, as the page showed them.
        seen: Vec<BookingId>,
        /// What stands in the ledger beside it.
        reason: Option<Line>,
    },
}

/// Why the time off was not entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Other sessions lie in it meanwhile than the page showed.
    Otherwise,
    /// A session could not be called off.
    Change(change::Refusal),
}

fn lying(
    read: &impl Read,
    whose: PractitionerId,
    off: &Closure,
    now: Timestamp,
) -> Result<Vec<Booking>, Fault> {
    let mut found = calendar::booking::on_calendar(read, whose, (off.from(), off.until()))?;
    found.retain(|booking| booking.starts_at > now);
    Ok(found)
}

/// The date that a lot has if sessions of it are called off for a time off: later by the days of that, and at least
/// thirty days from now; for a lot that is paused, as if its pause ended now. A lot without a date needs none.
fn more(off: &Closure, lot: &Lot, balance: &Balance, now: Timestamp) -> Option<(Date, Date)> {
    let on = balance.date()?.on;
    let at_least = plus_days(lot.zone.date(now), AFTER_APOLOGY_DAYS);
    Some((on, plus_days(on, off.days_touched(&lot.zone)).max(at_least)))
}

/// The sessions that lie in a time off, by start.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn preview(app: &App, whose: PractitionerId, off: &Closure) -> Result<Vec<Lying>, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let told = |booking: Booking| {
        let client = people::client::find(&read, booking.client)?.ok_or(Fault::Missing("a client"))?;
        let (lot, balance) =
            credits::lot::counted(&read, booking.lot, now)?.ok_or(Fault::Missing("a lot"))?;
        let more = more(off, &lot, &balance, now);
        Ok(Lying { booking, client, lot, more })
    };
    lying(&read, whose, off, now)?.into_iter().map(told).collect()
}

/// Enters a time off and does with its sessions what was chosen, all or nothing; says which were called off. Sent twice,
/// it is entered once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn close(
    app: &App,
    whose: PractitionerId,
    off: Closure,
    sessions: Sessions,
) -> Result<Vec<Booking>, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        if calendar::closure::of(tx, whose)?.iter().any(|known| known.id() == off.id()) {
            return Ok(Vec::new());
        }
        let Sessions::CancelAll { seen, reason } = &sessions else {
            calendar::closure::put(tx, whose, &off)?;
            return Ok(Vec::new());
        };
        let found = lying(tx, whose, &off, at.now)?;
        if found.len() != seen.len() || !found.iter().all(|booking| seen.contains(&booking.id)) {
            return Err(Error::Refused(Refusal::Otherwise));
        }
        let mut dates = BTreeMap::new();
        for booking in &found {
            let (lot, balance) =
                credits::lot::counted(tx, booking.lot, at.now)?.ok_or(Fault::Missing("a lot"))?;
            if let Some((_, to)) = more(&off, &lot, &balance, at.now) {
                dates.insert(lot.id, (lot, to));
            }
        }
        calendar::closure::put(tx, whose, &off)?;
        let mut cancelled = Vec::with_capacity(found.len());
        for booking in &found {
            let one = change::cancel_in(tx, &at, booking, reason.clone());
            cancelled.push(one.map_err(|error| error.map(Refusal::Change))?);
        }
        for (lot, to) in dates.values() {
            let (_, balance) = credits::lot::counted(tx, lot.id, at.now)?.ok_or(Fault::Missing("a lot"))?;
            if balance.date().is_some_and(|date| date.on < *to) {
                give_time(tx, &at, lot, *to, whose, reason.clone())?;
                outbox::follow(tx, &at, lot.id)?;
            }
        }
        Ok(cancelled)
    })
}
