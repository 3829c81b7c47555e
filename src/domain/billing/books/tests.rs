//! Months of lots whose sums are known.

use super::*;
use crate::domain::credits::ledger::tests::{entries, hold, lot};
use crate::domain::credits::ledger::{Consumed, Revoked, What};
use crate::domain::id::BookingId;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// domain.md, worked example 3: 540 paid on 14 April; two attended in April, one late cancel in May, one expired in July.
fn example() -> Account {
    let lot = lot();
    let whats = [
        What::Grant(6),
        hold(1, "2026-04-20T08:00:00Z"),
        hold(2, "2026-04-21T08:00:00Z"),
        hold(3, "2026-05-20T08:00:00Z"),
        What::Consume { booking: BookingId::from_bits(3), how: Consumed::LateCancel },
        What::Expire(1),
    ];
    let mut entries = entries(&lot, whats);
    entries[4].at = at("2026-05-19T12:00:00Z");
    entries[5].at = at("2026-06-10T12:00:00Z");
    Account { lot, entries, refunds: Vec::new() }
}

fn moved(stretch: &Stretch) -> [i64; 5] {
    let moved = stretch.moved();
    [moved.collected, moved.refunded, moved.earned, moved.breakage, moved.owed].map(|money| money.minor)
}

fn months(accounts: &[Account], now: &str) -> Vec<[i64; 5]> {
    let months = months_from("2026-03-01".parse().unwrap(), 5);
    let zone = "Europe/Berlin".parse().unwrap();
    let all = by_month(accounts, &months, (&zone, Currency::USD), at(now));
    assert_eq!(all.len(), 1);
    for stretch in &all[0] {
        assert!(stretch.moved().balances() && stretch.before.balances() && stretch.after.balances());
    }
    all[0].iter().map(moved).collect()
}

#[test]
fn each_month_has_what_moved_in_it_and_all_together_make_the_whole() {
    let all = months(&[example()], "2026-06-30T00:00:00Z");
    assert_eq!(
        all,
        [[0; 5], [54000, 0, 18000, 0, 36000], [0, 0, 9000, 0, -9000], [0, 0, 0, 9000, -9000], [0; 5],]
    );
    let sum = all.iter().fold([0; 5], |sum, one| std::array::from_fn(|i| sum[i] + one[i]));
    assert_eq!(sum, [54000, 0, 27000, 9000, 18000], "worked example 3");
}

#[test]
fn a_month_that_is_over_stays_as_it_was() {
    let mut account = example();
    let before = months(&[account.clone()], "2026-06-30T00:00:00Z");
    account.refunds.push((at("2026-07-02T10:00:00Z"), Money { minor: 16000, ..account.lot.paid }));
    let mut entry = account.entries[5].clone();
    entry.id = crate::domain::id::EntryId::from_bits(7);
    entry.what = What::Revoke { count: 2, why: Revoked::Refund };
    entry.at = at("2026-07-02T10:00:00Z");
    account.entries.push(entry);
    let after = months(&[account], "2026-07-03T00:00:00Z");
    assert_eq!(after[..4], before[..4]);
    assert_eq!(after[4], [0, 16000, 2000, 0, -18000], "a fee of 20 is kept");
}

#[test]
fn what_expires_with_a_day_is_lost_in_its_month() {
    let mut lot = lot();
    lot.offer.validity = crate::domain::catalog::package::Validity::days(16);
    let account = Account { entries: entries(&lot, [What::Grant(6)]), lot, refunds: Vec::new() };
    let all = months(&[account], "2026-05-03T00:00:00Z");
    assert_eq!(all[1], [54000, 0, 0, 54000, 0], "30 April is its last day");
    assert_eq!(all[2], [0; 5]);
}

#[test]
fn a_lot_that_is_over_is_not_folded_again_and_stands_the_same() {
    let account = example();
    let instants: Vec<Timestamp> = (1..=12)
        .map(|n| at(&format!("2026-{n:02}-15T00:00:00Z")))
        .chain([at("2027-06-01T00:00:00Z")])
        .collect();
    let now = at("2028-01-01T00:00:00Z");
    let slowly: Vec<Statement> = instants
        .iter()
        .map(|one| account.at(*one, now).map_or(Statement::empty(Currency::USD), |(_, statement)| statement))
        .collect();
    assert_eq!(account.standings(&instants, now), slowly);
}

#[test]
fn currencies_do_not_mix_and_the_own_comes_first() {
    let mut yen = example();
    yen.lot.paid = Money::new(9000, "JPY".parse().unwrap());
    let zone = "Europe/Berlin".parse().unwrap();
    let april = months_from("2026-04-30".parse().unwrap(), 1);
    let all = by_month(&[yen.clone()], &april, (&zone, Currency::USD), at("2026-06-30T00:00:00Z"));
    let collected: Vec<Money> = all.iter().map(|months| months[0].after.collected).collect();
    assert_eq!(collected, [Money::zero(Currency::USD), yen.lot.paid]);
    let both = [example(), yen];
    let april = (at("2026-03-31T22:00:00Z"), at("2026-04-30T22:00:00Z"));
    let mut groups = Groups::default();
    for account in &both {
        groups.add(account.lot.offer.name.to_string(), account.over(april, at("2026-06-30T00:00:00Z")));
    }
    assert_eq!(groups.filled().count(), 2, "one package, two currencies");
}

/// Book by 13 July; a session in August that was booked in time is called off on the 2nd.
#[test]
fn a_credit_that_comes_back_after_its_date_is_lost_in_the_month_in_which_it_does() {
    use crate::domain::credits::foresight::with;
    use crate::domain::credits::ledger::Actor;
    let lot = lot();
    let log = entries(&lot, [What::Grant(6), hold(1, "2026-08-05T08:00:00Z")]);
    let july = months_from("2026-07-01".parse().unwrap(), 2);
    let stands = |entries: &[crate::domain::credits::ledger::Entry], now: &str| {
        let account = Account { lot: lot.clone(), entries: entries.to_vec(), refunds: Vec::new() };
        let zone = "Europe/Berlin".parse().unwrap();
        let all = by_month(&[account], &july, (&zone, Currency::USD), at(now));
        [moved(&all[0][0]), moved(&all[0][1])]
    };
    let closed = stands(&log, "2026-08-01T12:00:00Z")[0];
    assert_eq!(closed, [0, 0, 0, 45000, -45000]);
    let now = at("2026-08-02T10:00:00Z");
    let back = What::Release { booking: BookingId::from_bits(1) };
    let log = with(&lot, &log, &[back], Actor::Client(lot.client), now);
    // And what the clock makes true of it.
    let log = with(&lot, &log, &[], Actor::System, now);
    assert_eq!(stands(&log, "2026-09-01T12:00:00Z"), [closed, [0, 0, 0, 9000, -9000]]);
}
