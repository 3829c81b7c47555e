//! The books over time: how many lots stand together at an instant, and what moved between two. All of it is folded from
//! ledgers, and a month that is over stays as it was: what becomes known later moves in its own month.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::refund::{Refund, State};
use super::statement::Statement;
use crate::domain::credits::ledger::{Balance, Entry, balance};
use crate::domain::credits::lot::Lot;
use crate::domain::money::{Currency, Money};
use crate::domain::time::{Timestamp, Zone};

/// A lot with all that its books rest on.
#[derive(Debug, Clone)]
pub struct Account {
    /// The lot.
    pub lot: Lot,
    /// Its ledger, in order.
    pub entries: Vec<Entry>,
    /// What was given back for it, and when; below zero where that was called off.
    pub refunds: Vec<(Timestamp, Money)>,
}

impl Account {
    /// With what was given back. A refund counts from the moment it was asked for until it is called off, if it is.
    #[must_use]
    pub fn new(lot: Lot, entries: Vec<Entry>, refunds: &[Refund]) -> Self {
        let mut account = Self { lot, entries, refunds: Vec::new() };
        for refund in refunds {
            let Some(amount) = refund.amount_of(account.lot.id) else { continue };
            account.refunds.push((refund.asked_at, amount));
            if let State::Undone { at } = refund.state {
                account.refunds.push((at, Money { minor: -amount.minor, ..amount }));
            }
        }
        account
    }

    /// The books before the lot was granted: empty, but for one that was brought in. Its money was collected in other books, and
    /// its sessions were owed before they came into these.
    #[must_use]
    pub fn beforehand(&self) -> Statement {
        let empty = Statement::empty(self.lot.paid.currency);
        if self.lot.is_import() {
            Statement { collected: self.lot.paid, owed: self.lot.paid, ..empty }
        } else {
            empty
        }
    }

    /// What the lot amounted to when an instant came, and its books then; nothing before it was granted. An instant that is
    /// still to come is the present.
    #[must_use]
    pub fn at(&self, instant: Timestamp, now: Timestamp) -> Option<(Balance, Statement)> {
        let known = |at: Timestamp| instant >= now || at < instant;
        if !known(self.lot.granted_at) {
            return None;
        }
        let refunded = self.refunds.iter().filter(|(at, _)| known(*at)).map(|(_, amount)| amount.minor).sum();
        let balance = if self.entries.iter().all(|entry| known(entry.at)) {
            balance(&self.lot, &self.entries, instant.min(now))
        } else {
            let entries: Vec<Entry> = self.entries.iter().filter(|entry| known(entry.at)).cloned().collect();
            balance(&self.lot, &entries, instant.min(now))
        };
        let statement = Statement::of(&self.lot, &balance, Money { minor: refunded, ..self.lot.paid });
        Some((balance, statement))
    }

    /// Its books over a stretch of time.
    #[must_use]
    pub fn over(&self, (from, until): (Timestamp, Timestamp), now: Timestamp) -> Stretch {
        let standings = self.standings(&[from, until], now);
        Stretch { before: standings[0], after: standings[1] }
    }

    /// Its books as each of some instants came, in order.
    #[must_use]
    pub fn standings(&self, instants: &[Timestamp], now: Timestamp) -> Vec<Statement> {
        let mut settled: Option<(Timestamp, Statement)> = None;
        let mut all = Vec::with_capacity(instants.len());
        for instant in instants {
            // Nothing moves any more once all is used or gone, but by an entry or a refund.
            let still = |since: Timestamp| {
                self.entries.iter().all(|entry| entry.at < since)
                    && self.refunds.iter().all(|(at, _)| *at < since)
            };
            if let Some((_, statement)) = settled.filter(|(since, _)| still(*since)) {
                all.push(statement);
                continue;
            }
            let found = self.at(*instant, now);
            settled = found
                .as_ref()
                .filter(|(balance, _)| !balance.is_alive())
                .map(|(_, statement)| (*instant, *statement));
            all.push(found.map_or(self.beforehand(), |(_, statement)| statement));
        }
        all
    }
}

/// A stretch of time in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// How they stood when it began.
    pub before: Statement,
    /// How they stood when it ended.
    pub after: Statement,
}

impl Stretch {
    /// What moved: collected − refunded = earned + breakage + what is owed more (or less).
    #[must_use]
    pub fn moved(&self) -> Statement {
        self.after.since(self.before)
    }

    /// Whether nothing moved and nothing is owed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.moved().is_empty() && self.after.owed.is_zero()
    }
}

/// The books by some key and currency over a stretch of time, summed lot by lot.
#[derive(Debug)]
pub struct Groups<K>(BTreeMap<(Currency, K), Stretch>);

impl<K> Default for Groups<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> Groups<K> {
    /// Adds the stretch of a lot.
    pub fn add(&mut self, key: K, stretch: Stretch) {
        let currency = stretch.after.owed.currency;
        let empty = Statement::empty(currency);
        let group = self.0.entry((currency, key)).or_insert(Stretch { before: empty, after: empty });
        group.before = group.before.plus(stretch.before);
        group.after = group.after.plus(stretch.after);
    }

    /// Each of them; what neither moved nor is owed is left out.
    pub fn filled(self) -> impl Iterator<Item = (K, Stretch)> {
        let filled = self.0.into_iter().filter(|(_, stretch)| !stretch.is_empty());
        filled.map(|((_, key), stretch)| (key, stretch))
    }
}

/// The first days of some months on end.
#[must_use]
pub fn months_from(first: Date, count: u32) -> Vec<Date> {
    let first = first.first_of_month();
    (0..i64::from(count)).map(|n| first.saturating_add(n.months())).collect()
}

/// The books of some months on end, summed lot by lot.
#[derive(Debug)]
pub struct Months {
    /// When each month begins, and when the last one ends.
    bounds: Vec<Timestamp>,
    own: Currency,
    sums: BTreeMap<Currency, Vec<Statement>>,
    now: Timestamp,
}

impl Months {
    /// Months of a zone, given by their first days, for a practice with a currency; no lot yet.
    #[must_use]
    pub fn of(months: &[Date], (zone, own): (&Zone, Currency), now: Timestamp) -> Self {
        let end = months.last().map(|last| last.saturating_add(1.month()));
        let bounds: Vec<Timestamp> =
            months.iter().copied().chain(end).map(|day| zone.start_of(day)).collect();
        let sums = BTreeMap::from([(own, vec![Statement::empty(own); bounds.len()])]);
        Self { bounds, own, sums, now }
    }

    /// Adds a lot's.
    pub fn add(&mut self, account: &Account) {
        let (currency, count) = (account.lot.paid.currency, self.bounds.len());
        let sum = self.sums.entry(currency).or_insert_with(|| vec![Statement::empty(currency); count]);
        for (sum, one) in sum.iter_mut().zip(account.standings(&self.bounds, self.now)) {
            *sum = sum.plus(one);
        }
    }

    /// The stretch of each month, in each currency: the practice's own first, others only if something is in them.
    #[must_use]
    pub fn stretches(mut self) -> Vec<Vec<Stretch>> {
        let own = self.sums.remove(&self.own).into_iter();
        let others = self.sums.into_values().filter(|sum| sum.iter().any(|one| !one.is_empty()));
        let stretches = |sum: Vec<Statement>| -> Vec<Stretch> {
            sum.windows(2).map(|pair| Stretch { before: pair[0], after: pair[1] }).collect()
        };
        own.chain(others).map(stretches).collect()
    }
}

/// The books of some months on end out of all accounts, in each currency.
#[must_use]
pub fn by_month(
    accounts: &[Account],
    months: &[Date],
    setting: (&Zone, Currency),
    now: Timestamp,
) -> Vec<Vec<Stretch>> {
    let mut all = Months::of(months, setting, now);
    accounts.iter().for_each(|account| all.add(account));
    all.stretches()
}

#[cfg(test)]
mod tests;
