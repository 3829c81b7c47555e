//! What a refund comes to, by every method side by side. Credits leave a lot in order, as in its books
//! (`billing::statement`), so that a refund pro rata leaves exactly the used sessions earned.

use super::{Method, is_cooling_off};
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// What was given back before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// Of this lot.
    pub of_lot: Money,
    /// What is left of the payment behind it, with all that was given back of that.
    pub left_of_payment: Money,
}

/// What a refund is reckoned from, all of one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// The money behind the lot ([`Balance::stake`]).
    pub stake: Money,
    /// What was given back before.
    pub given: Given,
    /// How many credits it counts.
    pub total: u32,
    /// How many are used.
    pub used: u32,
    /// How many reached their date.
    pub expired: u32,
    /// How many were taken back before.
    pub revoked: u32,
    /// Booked sessions that stay.
    pub kept: u32,
    /// Booked sessions that are called off; their credits come back first.
    pub released: u32,
    /// Credits that nothing is booked with.
    pub free: u32,
}

/// What becomes of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// It can be given back.
    Due(Money),
    /// The rules of the package grant no such thing, or its time is over.
    NotGranted,
    /// The price of a single session was not said.
    NoPrice,
}

/// One way of reckoning, and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// The way.
    pub method: Method,
    /// What it comes to.
    pub worth: Worth,
}

impl Facts {
    /// The facts of a lot of which so many booked sessions would be called off.
    #[must_use]
    pub fn of(lot: &Lot, balance: &Balance, given: &Given, released: u32) -> Self {
        Self {
            stake: balance.stake(lot),
            given: *given,
            total: balance.total,
            used: balance.used(),
            expired: balance.expired,
            revoked: balance.revoked,
            kept: balance.held().saturating_sub(released),
            released: released.min(balance.held()),
            free: balance.available_or_frozen(),
        }
    }

    /// Credits that can be taken back: unused, unexpired, and nothing booked with them that stays.
    #[must_use]
    pub const fn unused(&self) -> u32 {
        self.free + self.released
    }

    /// The most that can be given back: never more than was collected.
    #[must_use]
    pub fn most(&self) -> Money {
        let left = (self.stake.minor - self.given.of_lot.minor).min(self.given.left_of_payment.minor);
        Money { minor: left.max(0), ..self.stake }
    }

    /// The worth of credits after the first `from`, up to and with number `to`.
    fn worth(&self, from: u32, to: u32) -> i64 {
        self.stake.first_parts(to, self.total).minor - self.stake.first_parts(from, self.total).minor
    }

    /// What is given back for `count` unused credits. A change of mind costs no fee.
    #[must_use]
    pub fn amount(&self, method: Method, count: u32, fee: Money) -> Money {
        let count = count.min(self.unused());
        let closed = self.used + self.expired + self.revoked;
        let minor = match method {
            Method::ProRata => self.worth(closed, closed + count) - fee.minor,
            Method::SinglePrice(single) => {
                let taken = i64::from(self.used + self.kept).saturating_mul(single.minor);
                let breakage = self.worth(self.used, self.used + self.expired);
                let left_over = self.worth(self.total - (self.unused() - count), self.total);
                let before = self.given.of_lot.minor;
                (self.stake.minor - before - breakage - left_over).saturating_sub(taken) - fee.minor
            }
            Method::Whole => self.most().minor,
            Method::Own => 0,
        };
        Money { minor: minor.clamp(0, self.most().minor), ..self.stake }
    }
}

/// Every way side by side: pro rata, at the single price, within the cooling-off period.
#[must_use]
pub fn quotes(
    lot: &Lot,
    facts: &Facts,
    (count, fee, single): (u32, Money, Option<Money>),
    now: Timestamp,
) -> [Quote; 3] {
    let due = |method| Quote { method, worth: Worth::Due(facts.amount(method, count, fee)) };
    let zero = Money::zero(facts.stake.currency);
    let single = match single {
        Some(price) => due(Method::SinglePrice(price)),
        None => Quote { method: Method::SinglePrice(zero), worth: Worth::NoPrice },
    };
    let whole = match is_cooling_off(lot, now) {
        true => due(Method::Whole),
        false => Quote { method: Method::Whole, worth: Worth::NotGranted },
    };
    [due(Method::ProRata), single, whole]
}
