//! Correcting how many credits a lot has, with a reason.

use super::{Refusal, foreseen, rule, theirs};
use crate::actions::{Error, outbox};
use crate::app::App;
use crate::domain::credits::adjustment::{Correction, Refusal as Rule, adjust as decide};
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::{Actor, Balance};
use crate::domain::id::{LotId, PractitionerId};
use crate::domain::text::Line;

/// What a correction would do to a lot now.
///
/// # Errors
/// [`Refusal`] says why it cannot be done.
pub fn preview(
    app: &App,
    whose: PractitionerId,
    lot: LotId,
    correction: Correction,
) -> Result<Foresight, Error<Refusal<Rule>>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let (lot, balance) = theirs(&read, whose, lot, now)?;
    let what = decide(&balance, correction, now).map_err(rule)?;
    Ok(foreseen(&read, &lot, what.as_slice(), whose, now)?)
}

/// Corrects a lot. Sent twice, it corrects once, since it names the number that it starts from.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn adjust(
    app: &App,
    whose: PractitionerId,
    lot: LotId,
    correction: Correction,
    reason: Line,
) -> Result<Balance, Error<Refusal<Rule>>> {
    let at = app.moment();
    app.keep(move |tx| {
        let (lot, balance) = theirs(tx, whose, lot, at.now)?;
        let Some(what) = decide(&balance, correction, at.now).map_err(rule)? else { return Ok(balance) };
        outbox::follow(tx, &at, lot.id)?;
        outbox::append(tx, &at, lot.ledger(), what, Actor::Practitioner(whose), Some(reason.clone()))?;
        Ok(outbox::follow(tx, &at, lot.id)?)
    })
}
