//! Pausing a lot and ending the pause: the date moves by the days of it, and the nudges follow the lot.

use super::{Refusal, foreseen, rule, theirs};
use crate::actions::{Error, outbox};
use crate::app::App;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::freeze::{self, Refusal as Rule};
use crate::domain::credits::ledger::{Actor, Balance, What};
use crate::domain::id::{LotId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::Tx;

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Pause it.
    Freeze,
    /// End the pause.
    Unfreeze,
}

fn decide(turn: Turn, balance: &Balance, now: Timestamp) -> Result<Option<What>, Rule> {
    match turn {
        Turn::Freeze => freeze::freeze(balance, now),
        Turn::Unfreeze => Ok(freeze::unfreeze(balance)),
    }
}

/// What a turn would do to a lot now: whether it can be booked, and its date.
///
/// # Errors
/// [`Refusal`] says why it cannot be done.
pub fn preview(
    app: &App,
    whose: PractitionerId,
    lot: LotId,
    turn: Turn,
) -> Result<Foresight, Error<Refusal<Rule>>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let (lot, balance) = theirs(&read, whose, lot, now)?;
    let what = decide(turn, &balance, now).map_err(rule)?;
    Ok(foreseen(&read, &lot, what.as_slice(), whose, now)?)
}

/// Pauses a lot, or ends the pause; one that is so already stays as it is.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn turn(
    app: &App,
    whose: PractitionerId,
    lot: LotId,
    turn: Turn,
    reason: Option<Line>,
) -> Result<Balance, Error<Refusal<Rule>>> {
    let at = app.moment();
    app.keep(move |tx: &Tx<'_>| {
        let (lot, balance) = theirs(tx, whose, lot, at.now)?;
        let Some(what) = decide(turn, &balance, at.now).map_err(rule)? else { return Ok(balance) };
        outbox::follow(tx, &at, lot.id)?;
        outbox::append(tx, &at, lot.ledger(), what, Actor::Practitioner(whose), reason.clone())?;
        Ok(outbox::follow(tx, &at, lot.id)?)
    })
}
