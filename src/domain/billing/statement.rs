//! The books of a lot: collected − refunded = earned + breakage + owed, to the minor unit (domain.md, Money).

use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::money::{Currency, Money};

/// How the money of one lot, or of many in one currency, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// What came.
    pub collected: Money,
    /// What was given back.
    pub refunded: Money,
    /// Worth of attended, late-cancelled and missed sessions, and what was kept of revoked credits.
    pub earned: Money,
    /// Worth of credits that reached their date.
    pub breakage: Money,
    /// Worth of all that is left.
    pub owed: Money,
}

impl Statement {
    /// Nothing, in a currency.
    #[must_use]
    pub const fn empty(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { collected: zero, refunded: zero, earned: zero, breakage: zero, owed: zero }
    }

    /// The books of one lot: credits leave it in order, so that credit k of n is worth its part of the price and the
    /// parts sum exactly. Adjusted credits change n, and transferred ones take their part of the price to the
    /// other lot (`credits::transfer`); what is owed is worked out from what is open, not as the rest.
    #[must_use]
    pub fn of(lot: &Lot, balance: &Balance, refunded: Money) -> Self {
        let stake = balance.stake(lot);
        let worth = |credits: u32| stake.first_parts(credits, balance.total).minor;
        let (used, expired) = (balance.used(), balance.expired);
        let closed = used + expired + balance.revoked;
        let open = balance.available_or_frozen() + balance.held() + balance.suspended;
        let money = |minor| Money { minor, ..lot.paid };
        // A lot of which every credit was taken away by hand owes nothing: its price is kept.
        let left = if balance.total == 0 { stake.minor } else { worth(closed) };
        let kept = left - worth(used + expired) - refunded.minor;
        Self {
            collected: stake,
            refunded,
            earned: money(worth(used) + kept),
            breakage: money(worth(used + expired) - worth(used)),
            owed: money(worth(closed + open) - worth(closed)),
        }
    }

    /// Both together; they are in one currency.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, |a, b| a + b)
    }

    /// What came to it since another; they are in one currency. What is owed may have become less.
    #[must_use]
    pub fn since(self, other: Self) -> Self {
        self.each(other, |a, b| a - b)
    }

    fn each(self, other: Self, of: impl Fn(i64, i64) -> i64) -> Self {
        let of = |a: Money, b: Money| Money { minor: of(a.minor, b.minor), ..a };
        Self {
            collected: of(self.collected, other.collected),
            refunded: of(self.refunded, other.refunded),
            earned: of(self.earned, other.earned),
            breakage: of(self.breakage, other.breakage),
            owed: of(self.owed, other.owed),
        }
    }

    /// Whether nothing ever happened.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::empty(self.collected.currency)
    }

    /// Whether the identity holds.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.collected.minor - self.refunded.minor
            == self.earned.minor + self.breakage.minor + self.owed.minor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{Consumed, Revoked, What, balance};
    use crate::domain::id::BookingId;

    fn minors(statement: Statement) -> [i64; 5] {
        [statement.collected, statement.refunded, statement.earned, statement.breakage, statement.owed]
            .map(|m| m.minor)
    }

    /// domain.md, worked example 3.
    #[test]
    fn two_attended_one_late_one_expired_two_left() {
        let lot = lot();
        let late = What::Consume { booking: BookingId::from_bits(3), how: Consumed::LateCancel };
        let all = [
            What::Grant(6),
            hold(1, "2026-04-20T08:00:00Z"),
            hold(2, "2026-04-21T08:00:00Z"),
            hold(3, "2026-05-20T08:00:00Z"),
            late,
            What::Expire(1),
        ];
        let balance = balance(&lot, &entries(&lot, all), "2026-05-01T00:00:00Z".parse().unwrap());
        let statement = Statement::of(&lot, &balance, Money::zero(lot.paid.currency));
        assert_eq!(minors(statement), [54000, 0, 27000, 9000, 18000]);
        assert!(statement.balances());
    }

    #[test]
    fn a_refund_with_a_fee_leaves_the_fee_earned() {
        let lot = lot();
        let all = [
            What::Grant(6),
            hold(1, "2026-04-20T08:00:00Z"),
            hold(2, "2026-04-21T08:00:00Z"),
            What::Revoke { count: 4, why: Revoked::Refund },
        ];
        let balance = balance(&lot, &entries(&lot, all), "2026-05-01T00:00:00Z".parse().unwrap());
        let statement = Statement::of(&lot, &balance, Money { minor: 33500, ..lot.paid });
        assert_eq!(minors(statement), [54000, 33500, 20500, 0, 0]);
        assert!(statement.balances());
    }

    #[test]
    fn frozen_credits_are_owed() {
        let lot = lot();
        let balance = balance(
            &lot,
            &entries(&lot, [What::Grant(6), What::Freeze]),
            "2027-01-01T00:00:00Z".parse().unwrap(),
        );
        assert_eq!(
            minors(Statement::of(&lot, &balance, Money::zero(lot.paid.currency))),
            [54000, 0, 0, 0, 54000]
        );
    }
}
