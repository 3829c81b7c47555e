//! Passing credits on to another client of the same practitioner (domain.md, Rules: transfer). They become a lot of hers,
//! with the same rules and the same date.
//!
//! **How the books stay exact.** Credits take their part of the price along. The entry [`What::TransferOut`] says how
//! much, and the new lot has that as `paid`. A lot's *stake* ([`Balance::stake`]) is what was paid for it less what went
//! on with transferred credits; its statement and a refund of it split the stake over the credits that it still
//! counts. So `collected` of the two lots together is what the payment says, and collected − refunded = earned +
//! breakage + owed holds for each, for both and in total. What is passed on is the worth of the last credits, to the
//! minor unit next to it that leaves the worth of the used ones as it was: no money that was earned changes afterwards.

use jiff::civil::Date;

use super::ledger::{Balance, What};
use super::lot::{Lot, Origin};
use crate::domain::catalog::package::{Begins, Offer, Term, Validity};
use crate::domain::id::{ClientId, LotId};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// Why credits cannot be passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// None were asked for.
    Nothing,
    /// More than can be booked now.
    TooMany {
        /// How many can.
        free: u32,
    },
    /// They are hers already.
    SameClient,
    /// The lot is paused; end the pause first.
    Frozen,
    /// A payment is questioned; its credits stay where they are until that is decided.
    Disputed,
    /// It reached its date.
    PastItsDate {
        /// The date.
        on: Date,
    },
}

/// What passing on comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passing {
    /// The lot that the other client gets.
    pub lot: Lot,
    /// The entry on the lot that they come from.
    pub out: What,
    /// The first entry on the new one.
    pub into: What,
}

/// Decides a transfer of so many credits; `id` is that of the new lot.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn pass_on(
    (lot, balance): (&Lot, &Balance),
    (id, to, count): (LotId, ClientId, u32),
    now: Timestamp,
) -> Result<Passing, Refusal> {
    let over = balance.deadline.as_ref().filter(|deadline| deadline.is_over(now));
    match () {
        () if count == 0 => return Err(Refusal::Nothing),
        () if to == lot.client => return Err(Refusal::SameClient),
        () if balance.frozen_at.is_some() => return Err(Refusal::Frozen),
        () if balance.suspended > 0 => return Err(Refusal::Disputed),
        () => {}
    }
    if let Some(deadline) = over {
        return Err(Refusal::PastItsDate { on: deadline.on });
    }
    if count > balance.available {
        return Err(Refusal::TooMany { free: balance.available });
    }
    let stake = balance.stake(lot);
    let worth = Money { minor: stake.minor - left_behind(stake, balance, count), ..stake };
    let term = balance.deadline.as_ref().map_or(Term::Never, |deadline| Term::Until(deadline.on));
    let offer = Offer {
        sessions: count,
        price: worth,
        validity: Validity { term, begins: Begins::AtPayment },
        chapters: last_chapters(&lot.offer, count),
        ..lot.offer.clone()
    };
    let origin = match &lot.origin {
        given @ Origin::Comp { .. } => given.clone(),
        Origin::Purchase(_) | Origin::Transfer { .. } | Origin::Import { .. } => {
            Origin::Transfer { from: lot.id }
        }
    };
    let passed = Lot { id, client: to, origin, offer, paid: worth, granted_at: now, ..lot.clone() };
    Ok(Passing {
        lot: passed,
        out: What::TransferOut { count, to: id, worth },
        into: What::TransferIn { count, from: lot.id },
    })
}

/// The titles of the last sessions, which are those that are passed on.
fn last_chapters(offer: &Offer, count: u32) -> Vec<crate::domain::text::Line> {
    let skipped = offer.chapters.len().checked_sub(count as usize);
    skipped.map_or(Vec::new(), |skipped| offer.chapters[skipped..].to_vec())
}

/// What stays with the credits that stay, in minor units: their part of the stake, rounded to the side that leaves the worth
/// of the used ones as it was. One of the two sides always does: the amounts that do are an interval at least one wide.
fn left_behind(stake: Money, balance: &Balance, count: u32) -> i64 {
    let left = balance.total - count;
    let down = stake.first_parts(left, balance.total).minor;
    let exact = i128::from(stake.minor) * i128::from(left) % i128::from(balance.total.max(1)) == 0;
    let up = if exact { down } else { down + 1 };
    let closed = [balance.used(), balance.used() + balance.expired];
    let same = |minor: i64, credits: &u32| {
        let after = Money { minor, ..stake }.first_parts(*credits, left);
        after == stake.first_parts(*credits, balance.total)
    };
    let kept = |minor: i64| closed.iter().take_while(|credits| same(minor, credits)).count();
    if kept(down) >= kept(up) { down } else { up }
}

#[cfg(test)]
mod tests;
