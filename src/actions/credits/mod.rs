//! Credits given, extended, paused, corrected, passed on and waived; and what the clock makes of them.

pub mod adjust;
pub mod extend;
pub mod freeze;
pub mod lot;
pub mod transfer;

use crate::actions::Error;
use crate::domain::credits::foresight::{Foresight, foresee};
use crate::domain::credits::ledger::{Actor, Balance, What};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{LotId, PractitionerId};
use crate::domain::time::Timestamp;
use crate::store::{Read, StoreError, credits};

/// Why something was not done to a lot: it is not hers, or a rule says no.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal<R> {
    /// There is no such lot or client of this practitioner.
    NotThere,
    /// A rule says no.
    Rule(R),
}

fn not_there<R>() -> Error<Refusal<R>> {
    Error::Refused(Refusal::NotThere)
}

fn rule<R>(refusal: R) -> Error<Refusal<R>> {
    Error::Refused(Refusal::Rule(refusal))
}

/// A lot of a practitioner with what it amounts to.
fn theirs<R>(
    read: &impl Read,
    whose: PractitionerId,
    lot: LotId,
    now: Timestamp,
) -> Result<(Lot, Balance), Error<Refusal<R>>> {
    let found = credits::lot::counted(read, lot, now)?.filter(|(lot, _)| lot.practitioner == whose);
    found.ok_or_else(not_there)
}

/// What entries of a practitioner would do to a lot now.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub(in crate::actions) fn foreseen(
    read: &impl Read,
    lot: &Lot,
    whats: &[What],
    whose: PractitionerId,
    now: Timestamp,
) -> Result<Foresight, StoreError> {
    let entries = credits::ledger::of(read, lot.ledger())?;
    Ok(foresee(lot, &entries, whats, Actor::Practitioner(whose), now))
}
