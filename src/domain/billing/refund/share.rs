//! Money of one payment that went back, told apart by lot: credits that were passed on took their part of the price along
//! (`credits::transfer`), so a refund of more than the buyer's own lot holds falls on those too.

use super::Refund;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::id::LotId;
use crate::domain::money::Money;

/// What of a refund falls on one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// The lot.
    pub lot: LotId,
    /// How much of the money.
    pub amount: Money,
    /// How many credits were taken back there.
    pub credits: u32,
}

impl Refund {
    /// What falls on each lot: its own first, with all that does not fall on another.
    #[must_use]
    pub fn shares(&self) -> Vec<Share> {
        let mut own = Share { lot: self.lot, amount: self.amount, credits: self.credits };
        for share in &self.passed {
            own.amount.minor -= share.amount.minor;
            own.credits = own.credits.saturating_sub(share.credits);
        }
        std::iter::once(own).chain(self.passed.iter().copied()).collect()
    }

    /// How much of it falls on a lot; nothing at all if it is of other lots.
    #[must_use]
    pub fn amount_of(&self, lot: LotId) -> Option<Money> {
        self.shares().into_iter().find(|share| share.lot == lot).map(|share| share.amount)
    }

    /// With so many more credits taken back of a lot.
    #[must_use]
    pub fn taking(mut self, lot: LotId, count: u32) -> Self {
        self.credits += count;
        if lot != self.lot && count > 0 {
            match self.passed.iter_mut().find(|share| share.lot == lot) {
                Some(share) => share.credits += count,
                None => {
                    let amount = Money { minor: 0, ..self.amount };
                    self.passed.push(Share { lot, amount, credits: count });
                }
            }
        }
        self
    }
}

/// What of an amount falls on the lots that credits were passed on to: the buyer's own lot, which is the first, bears what is
/// left of its stake, then each of them, and what is more than all of them hold is the buyer's again. Each lot is given
/// with what was given back of it before.
#[must_use]
pub fn passed_of(amount: Money, lots: &[(&Lot, &Balance, Money)]) -> Vec<Share> {
    let room =
        |(lot, balance, given): &(&Lot, &Balance, Money)| (balance.stake(lot).minor - given.minor).max(0);
    let mut left = amount.minor - lots.first().map_or(0, room);
    let mut passed = Vec::new();
    for one in lots.iter().skip(1) {
        let minor = left.min(room(one));
        if minor > 0 {
            passed.push(Share { lot: one.0.id, amount: Money { minor, ..amount }, credits: 0 });
            left -= minor;
        }
    }
    passed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, lot};
    use crate::domain::credits::ledger::{What, balance};

    #[test]
    fn the_buyers_lot_bears_the_money_first_and_what_is_too_much_for_all() {
        let own = lot();
        let friend = Lot { id: LotId::from_bits(9), paid: Money { minor: 27000, ..own.paid }, ..lot() };
        let usd = |minor| Money { minor, ..own.paid };
        let out = What::TransferOut { count: 3, to: friend.id, worth: usd(27000) };
        let now = own.granted_at;
        let kept = balance(&own, &entries(&own, [What::Grant(6), out]), now);
        let theirs = balance(&friend, &entries(&friend, [What::TransferIn { count: 3, from: own.id }]), now);
        for (amount, given, want) in [
            (27000, [0, 0], None),
            (54000, [0, 0], Some(27000)),
            (20000, [20000, 0], Some(13000)),
            (54000, [0, 9000], Some(18000)),
            (60000, [0, 0], Some(27000)),
        ] {
            let lots = [(&own, &kept, usd(given[0])), (&friend, &theirs, usd(given[1]))];
            let passed = passed_of(usd(amount), &lots);
            assert_eq!(passed.first().map(|share| share.amount.minor), want, "{amount}, {given:?}");
        }
    }
}
