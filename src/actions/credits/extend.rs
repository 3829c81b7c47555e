//! More time for many lots at once: a list of what each would get, then one transaction.

use jiff::civil::Date;

use super::lot::give_time;
use super::{Refusal, rule, theirs};
use crate::actions::{Error, outbox};
use crate::app::App;
use crate::domain::credits::extension::{More, Refusal as Rule, extend as decide};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{LotId, PractitionerId};
use crate::domain::text::Line;

/// What one lot of a list would get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The lot.
    pub lot: Lot,
    /// Its date now, if it has one.
    pub by: Option<Date>,
    /// The date that it would have, or why not.
    pub to: Result<Date, Rule>,
}

/// What each of a list of lots would get, in the order of the list.
///
/// # Errors
/// [`Refusal::NotThere`] if one of them is not hers.
pub fn preview(
    app: &App,
    whose: PractitionerId,
    lots: &[LotId],
    more: More,
) -> Result<Vec<Proposal>, Error<Refusal<Rule>>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let propose = |lot: &LotId| {
        let (lot, balance) = theirs(&read, whose, *lot, now)?;
        let to = decide((&lot, &balance), more, now);
        Ok(Proposal { lot, by: balance.deadline.map(|deadline| deadline.on), to })
    };
    lots.iter().map(propose).collect()
}

/// Gives each lot of a list its date, as the preview had it, all or none. One that has the date already, or a later one,
/// stays as it is, so that a form sent twice extends once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn extend(
    app: &App,
    whose: PractitionerId,
    lots: Vec<(LotId, Date)>,
    reason: Line,
) -> Result<(), Error<Refusal<Rule>>> {
    let at = app.moment();
    app.keep(move |tx| {
        let mut decided = Vec::with_capacity(lots.len());
        for (lot, to) in &lots {
            let (lot, balance) = theirs(tx, whose, *lot, at.now)?;
            match decide((&lot, &balance), More::Until(*to), at.now) {
                Ok(to) => decided.push((lot, to)),
                Err(Rule::NotLater) if balance.deadline.is_some_and(|deadline| *to <= deadline.on) => {}
                Err(refusal) => return Err(rule(refusal)),
            }
        }
        for (lot, to) in &decided {
            give_time(tx, &at, lot, *to, whose, Some(reason.clone()))?;
            outbox::follow(tx, &at, lot.id)?;
        }
        Ok(())
    })
}
