//! Passing credits on to another client of the same practitioner, with their part of the price.

use super::{Refusal, foreseen, not_there, rule, theirs};
use crate::actions::{Error, form_id, outbox};
use crate::app::App;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::Actor;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::transfer::{Passing, Refusal as Rule, pass_on};
use crate::domain::id::{ClientId, LotId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::{Read, credits, people};

/// What is to be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    /// The id of the new lot, which the form carried.
    pub id: LotId,
    /// The lot that they come from.
    pub from: LotId,
    /// Who gets them.
    pub to: ClientId,
    /// How many.
    pub count: u32,
}

/// What passing on would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// To the lot that they come from.
    pub from: Foresight,
    /// The lot that the other client would get; what is paid for it is the worth that moves.
    pub lot: Lot,
}

fn decide(
    read: &impl Read,
    whose: PractitionerId,
    ask: Ask,
    now: Timestamp,
) -> Result<(Lot, Passing), Error<Refusal<Rule>>> {
    let (lot, balance) = theirs(read, whose, ask.from, now)?;
    let to = people::client::find_of(read, whose, ask.to)?.ok_or_else(not_there)?;
    let passing = pass_on((&lot, &balance), (ask.id, to.id, ask.count), now).map_err(rule)?;
    Ok((lot, passing))
}

/// What passing on would do to both.
///
/// # Errors
/// [`Refusal`] says why it cannot be done.
pub fn preview(app: &App, whose: PractitionerId, ask: Ask) -> Result<Preview, Error<Refusal<Rule>>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let (lot, Passing { lot: passed, out, .. }) = decide(&read, whose, ask, now)?;
    let from = foreseen(&read, &lot, &[out], whose, now)?;
    Ok(Preview { from, lot: passed })
}

/// Passes credits on. Sent twice, it does so once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn transfer(
    app: &App,
    whose: PractitionerId,
    ask: Ask,
    reason: Line,
) -> Result<Lot, Error<Refusal<Rule>>> {
    let at = app.moment();
    app.keep(move |tx| {
        if let Some(already) = credits::lot::find(tx, ask.id)? {
            let same = already.practitioner == whose && already.client == ask.to;
            return if same { Ok(already) } else { Err(not_there()) };
        }
        if !form_id::is_free(tx, ask.id.bits())? {
            return Err(not_there());
        }
        let (from, Passing { lot, out, into }) = decide(tx, whose, ask, at.now)?;
        let (actor, reason) = (Actor::Practitioner(whose), Some(reason.clone()));
        outbox::follow(tx, &at, from.id)?;
        outbox::append(tx, &at, from.ledger(), out, actor, reason.clone())?;
        credits::lot::put(tx, &lot)?;
        outbox::append(tx, &at, lot.ledger(), into, actor, reason)?;
        outbox::follow(tx, &at, from.id)?;
        outbox::follow(tx, &at, lot.id)?;
        Ok(lot)
    })
}
