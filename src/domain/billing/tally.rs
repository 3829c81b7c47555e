//! How a month stands, from the books of every lot: what came and was earned since it began, and what is owed now.

use std::collections::BTreeMap;

use super::refund::{Refund, given_back};
use super::statement::Statement;
use crate::domain::credits::ledger::{Balance, Entry, balance};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::money::{Currency, Money};
use crate::domain::time::Timestamp;

/// How a month stands in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// What came since the month began.
    pub collected: Money,
    /// How many packages were sold since then; gifts do not count.
    pub sold: u32,
    /// Worth of the sessions that were used since then.
    pub earned: Money,
    /// How many they were.
    pub used: u32,
    /// Sessions that are booked or left to book now, gifts included.
    pub outstanding: u32,
    /// Worth of all that is left now.
    pub owed: Money,
}

impl Tally {
    const fn nothing(currency: Currency) -> Self {
        let zero = Money::zero(currency);
        Self { collected: zero, sold: 0, earned: zero, used: 0, outstanding: 0, owed: zero }
    }

    fn add(&mut self, Ledger { lot, entries, refunds }: &Ledger, since: Timestamp, now: Timestamp) {
        let books = |balance: &Balance, refunds: &[Refund]| {
            Statement::of(lot, balance, given_back(refunds, lot.paid))
        };
        let after = balance(lot, entries, now);
        let (collected, earned, used) = if lot.granted_at < since {
            let earlier: Vec<Entry> = entries.iter().filter(|entry| entry.at < since).cloned().collect();
            let before = balance(lot, &earlier, since);
            let refunds: Vec<Refund> =
                refunds.iter().filter(|refund| refund.asked_at < since).cloned().collect();
            let books = books(&before, &refunds);
            (books.collected.minor, books.earned.minor, i64::from(before.used()))
        } else {
            self.sold += u32::from(!matches!(lot.origin, Origin::Comp { .. } | Origin::Transfer { .. }));
            (0, 0, 0)
        };
        // What went to another lot with transferred credits is collected there.
        self.collected.minor += books(&after, refunds).collected.minor - collected;
        self.earned.minor += books(&after, refunds).earned.minor - earned;
        let used = (i64::from(after.used()) - used).max(0);
        self.used += u32::try_from(used).unwrap_or(u32::MAX);
        self.outstanding += after.available_or_frozen() + after.held() + after.suspended;
        self.owed.minor += books(&after, refunds).owed.minor;
    }
}

/// A lot with all that the books are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ledger {
    /// The lot.
    pub lot: Lot,
    /// Its entries.
    pub entries: Vec<Entry>,
    /// What was given back for it.
    pub refunds: Vec<Refund>,
}

/// The month's tally, one per currency: the practice's own first, others only where there are lots in them.
#[must_use]
pub fn tally(lots: &[Ledger], currency: Currency, since: Timestamp, now: Timestamp) -> Vec<Tally> {
    let mut all = BTreeMap::new();
    for ledger in lots {
        let of = ledger.lot.paid.currency;
        all.entry(of).or_insert_with(|| Tally::nothing(of)).add(ledger, since, now);
    }
    let own = all.remove(&currency).unwrap_or_else(|| Tally::nothing(currency));
    std::iter::once(own).chain(all.into_values()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::What;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};

    /// $540 for six on 14 April; sessions on 20 April and 4 May.
    #[test]
    fn a_month_counts_what_came_and_what_was_used_in_it() {
        let lot = lot();
        let whats = [What::Grant(6), hold(1, "2026-04-20T08:00:00Z"), hold(2, "2026-05-04T08:00:00Z")];
        let lots = [Ledger { entries: entries(&lot, whats), lot: lot.clone(), refunds: vec![] }];
        let month = |since: &str, now: &str| {
            let [tally] = tally(&lots, Currency::USD, since.parse().unwrap(), now.parse().unwrap())[..]
            else {
                panic!()
            };
            (tally.collected.minor, tally.earned.minor, tally.used, tally.outstanding, tally.owed.minor)
        };
        assert_eq!(month("2026-04-01T00:00:00Z", "2026-04-30T00:00:00Z"), (54000, 9000, 1, 5, 45000));
        assert_eq!(month("2026-05-01T00:00:00Z", "2026-05-05T00:00:00Z"), (0, 9000, 1, 4, 36000));
    }

    #[test]
    fn money_that_went_on_with_credits_is_collected_once() {
        use crate::domain::credits::foresight::with;
        use crate::domain::credits::ledger::Actor;
        use crate::domain::credits::transfer::pass_on;
        use crate::domain::id::{ClientId, LotId};
        let lot = lot();
        let log = entries(&lot, [What::Grant(6)]);
        let may = "2026-05-03T00:00:00Z".parse().unwrap();
        let counted = balance(&lot, &log, may);
        let ids = (LotId::from_bits(9), ClientId::from_bits(8), 2);
        let passing = pass_on((&lot, &counted), ids, may).unwrap();
        let out = with(&lot, &log, &[passing.out], Actor::System, may);
        let into = with(&passing.lot, &[], &[passing.into], Actor::System, may);
        let ledger = |lot, entries| Ledger { lot, entries, refunds: vec![] };
        let lots = [ledger(lot, out), ledger(passing.lot, into)];
        let month = |since: &str| {
            let all = tally(&lots, Currency::USD, since.parse().unwrap(), may);
            (all[0].collected.minor, all[0].sold, all[0].outstanding, all[0].owed.minor)
        };
        assert_eq!(month("2026-04-01T00:00:00Z"), (54000, 1, 6, 54000), "since the sale");
        assert_eq!(month("2026-05-01T00:00:00Z"), (0, 0, 6, 54000), "a transfer brings no money in");
    }

    #[test]
    fn an_empty_practice_has_a_tally_of_nothing() {
        let now = "2026-04-30T00:00:00Z".parse().unwrap();
        assert_eq!(tally(&[], Currency::EUR, now, now), [Tally::nothing(Currency::EUR)]);
    }
}
