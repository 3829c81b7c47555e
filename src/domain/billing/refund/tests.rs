//! What is given back, case by case.

use super::*;
use crate::domain::billing::statement::Statement;
use crate::domain::credits::foresight::with;
use crate::domain::credits::ledger::tests::{entries, hold, lot};
use crate::domain::credits::ledger::{Actor, balance, verify};
use crate::domain::money::Currency;
use proptest::prelude::*;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

const NOW: &str = "2026-05-01T00:00:00Z";

/// Nothing was given back before.
fn fresh(lot: &Lot) -> Given {
    Given { of_lot: Money::zero(lot.paid.currency), left_of_payment: lot.paid }
}

/// So many attended sessions, one that is booked, and the rest free.
fn six(used: u32, held: u32) -> (Lot, Balance) {
    let lot = lot();
    let past = (1..=used).map(|n| hold(u128::from(n), &format!("2026-04-{}T08:00:00Z", 19 + n)));
    let ahead = (1..=held).map(|n| hold(u128::from(100 + n), &format!("2026-05-{}T08:00:00Z", 10 + n)));
    let all: Vec<What> = std::iter::once(What::Grant(6)).chain(past).chain(ahead).collect();
    let balance = balance(&lot, &entries(&lot, all), at(NOW));
    (lot, balance)
}

/// domain.md, worked example 1: 540.00 for 6; 2 attended, 1 held, 3 free. The held one is released first: 4 unused.
#[test]
fn the_worked_example_comes_out_to_the_cent() {
    let single = Method::SinglePrice(usd(11000));
    for (used, held, method, fee, want) in [
        (2, 1, Method::ProRata, 0, 36000),
        (2, 1, single, 0, 32000),
        (2, 1, Method::ProRata, 2500, 33500),
        (5, 1, single, 0, 0),
        (2, 1, single, 2500, 29500),
        (2, 1, Method::Whole, 2500, 54000),
        (0, 0, Method::ProRata, 0, 54000),
        (6, 0, Method::ProRata, 0, 0),
    ] {
        let (lot, balance) = six(used, held);
        let facts = Facts::of(&lot, &balance, &fresh(&lot), held);
        let amount = facts.amount(method, facts.unused(), usd(fee));
        assert_eq!(amount.minor, want, "{used} used, {held} held, {method:?}, fee {fee}");
    }
}

#[test]
fn yen_has_no_decimals_and_the_parts_still_sum() {
    let mut lot = lot();
    lot.paid = Money::new(10_000, "JPY".parse().unwrap());
    let all = [What::Grant(3), hold(1, "2026-04-20T08:00:00Z")];
    let balance = balance(&lot, &entries(&lot, all), at(NOW));
    let facts = Facts::of(&lot, &balance, &fresh(&lot), 0);
    let fee = Money::zero(lot.paid.currency);
    assert_eq!(facts.amount(Method::ProRata, 2, fee).to_string(), "¥6,667");
    assert_eq!(facts.amount(Method::ProRata, 1, fee).to_string(), "¥3,333");
}

#[test]
fn a_session_that_stays_booked_is_not_paid_back() {
    let (lot, balance) = six(2, 1);
    let facts = Facts::of(&lot, &balance, &fresh(&lot), 0);
    assert_eq!((facts.unused(), facts.kept), (3, 1));
    assert_eq!(facts.amount(Method::ProRata, 3, usd(0)).minor, 27000);
    assert_eq!(facts.amount(Method::SinglePrice(usd(11000)), 3, usd(0)).minor, 54000 - 3 * 11000);
}

#[test]
fn what_was_given_back_before_is_not_given_back_again() {
    let (lot, balance) = six(2, 0);
    let given = Given { of_lot: usd(30000), left_of_payment: usd(24000) };
    let facts = Facts::of(&lot, &balance, &given, 0);
    assert_eq!(facts.most().minor, 24000);
    assert_eq!(facts.amount(Method::ProRata, 4, usd(0)).minor, 24000);
    assert_eq!(facts.amount(Method::SinglePrice(usd(11000)), 4, usd(0)).minor, 2000);
    let elsewhere = Given { of_lot: usd(0), left_of_payment: usd(100) };
    assert_eq!(
        Facts::of(&lot, &balance, &elsewhere, 0).most().minor,
        100,
        "other lots of the same payment count"
    );
}

fn ask(lot: &Lot, amount: i64) -> Ask {
    Ask {
        id: RefundId::from_bits(5),
        lot: lot.id,
        method: Method::ProRata,
        fee: usd(0),
        amount: usd(amount),
        count: 4,
        release: vec![BookingId::from_bits(101)],
        way: Way::Provider { reference: None },
        reason: None,
    }
}

#[test]
fn a_refund_is_refused_with_its_reason_and_else_takes_the_credits_back() {
    let (lot, balance) = six(2, 1);
    let given = fresh(&lot);
    let decide = |ask: &Ask| super::decide((&lot, &balance), &given, ask, at(NOW));
    let good = ask(&lot, 36000);
    assert_eq!(decide(&good), Ok(Some(What::Revoke { count: 4, why: Revoked::Refund })));
    let own = |minor, count| Ask { method: Method::Own, amount: usd(minor), count, ..good.clone() };
    assert_eq!(decide(&own(54000, 0)), Ok(None), "a kindness takes nothing back");
    for (asked, refusal) in [
        (Ask { amount: usd(35999), ..good.clone() }, Refusal::Otherwise { amount: usd(36000) }),
        (own(54001, 4), Refusal::TooMuch { most: usd(54000) }),
        (own(-1, 4), Refusal::TooMuch { most: usd(54000) }),
        (own(0, 0), Refusal::Nothing),
        (Ask { count: 5, ..good.clone() }, Refusal::TooManyCredits { unused: 4 }),
        (Ask { release: vec![], ..good.clone() }, Refusal::TooManyCredits { unused: 3 }),
        (Ask { release: vec![BookingId::from_bits(1)], ..good.clone() }, Refusal::SessionGone),
        (Ask { release: vec![BookingId::from_bits(101); 2], ..good.clone() }, Refusal::SessionGone),
        (Ask { method: Method::Whole, ..good.clone() }, Refusal::NoCoolingOff),
    ] {
        assert_eq!(decide(&asked), Err(refusal), "{asked:?}");
    }
    let gift = Lot { paid: usd(0), ..lot.clone() };
    assert_eq!(super::decide((&gift, &balance), &given, &good, at(NOW)), Err(Refusal::NothingPaid));
}

#[test]
fn a_change_of_mind_is_free_to_the_end_of_its_last_day() {
    let mut lot = lot();
    assert_eq!(cooling_off_until(&lot), None);
    lot.offer.policy.cooling_off_days = 14;
    assert_eq!(cooling_off_until(&lot), Some(jiff::civil::date(2026, 4, 28)));
    // The lot was granted in Berlin, where the day ends at 22:00 UTC.
    assert!(
        is_cooling_off(&lot, at("2026-04-28T21:59:59Z")) && !is_cooling_off(&lot, at("2026-04-28T22:00:00Z"))
    );
    let balance = balance(&lot, &entries(&lot, [What::Grant(6)]), at("2026-04-20T00:00:00Z"));
    let whole = Ask { method: Method::Whole, amount: usd(54000), count: 6, release: vec![], ..ask(&lot, 0) };
    assert!(super::decide((&lot, &balance), &fresh(&lot), &whole, at("2026-04-20T00:00:00Z")).is_ok());
    let some = Ask { count: 5, ..whole.clone() };
    let now = at("2026-04-20T00:00:00Z");
    assert_eq!(super::decide((&lot, &balance), &fresh(&lot), &some, now), Err(Refusal::NotAll));
    let log = entries(&lot, [What::Grant(6), hold(101, "2026-05-11T08:00:00Z")]);
    let booked = crate::domain::credits::ledger::balance(&lot, &log, now);
    let stays = Ask { count: 5, ..whole.clone() };
    assert_eq!(super::decide((&lot, &booked), &fresh(&lot), &stays, now), Err(Refusal::NotAll));
    let all = Ask { release: vec![BookingId::from_bits(101)], ..whole };
    assert!(super::decide((&lot, &booked), &fresh(&lot), &all, now).is_ok());
    lot.origin = Origin::Transfer { from: LotId::from_bits(9) };
    assert_eq!(cooling_off_until(&lot), None, "who was passed credits did not buy them");
}

proptest! {
    /// Whatever is quoted lies between nothing and what was collected, can be asked for as it is quoted, and leaves the
    /// books of the lot whole; pro rata of all that is unused leaves exactly the used sessions earned.
    #[test]
    fn every_quote_leaves_the_books_whole(
        paid in 1i64..2_000_000,
        granted in 1u32..20,
        tied in 0u32..20,
        keep in 0u32..20,
        count in 0u32..25,
        single in 0i64..300_000,
        fee in 0i64..50_000,
        before in 0i64..2_000_000,
    ) {
        let mut lot = lot();
        lot.paid = usd(paid);
        let starts = ["2026-04-20T08:00:00Z", "2026-05-05T08:00:00Z", "2026-05-20T08:00:00Z"];
        let mut whats = vec![What::Grant(granted)];
        whats.extend((0..tied.min(granted)).map(|i| hold(u128::from(i) + 1, starts[i as usize % 3])));
        let log = entries(&lot, whats);
        let counted = balance(&lot, &log, at(NOW));
        let ahead = to_come(&counted, at(NOW));
        let release: Vec<BookingId> = ahead.iter().copied().skip(keep as usize).collect();
        let before = before.min(paid);
        let given = Given { of_lot: usd(before), left_of_payment: usd(paid - before) };
        let facts = Facts::of(&lot, &counted, &given, release.len() as u32);
        let count = count.min(facts.unused());
        for quote in quotes(&lot, &facts, (count, usd(fee), Some(usd(single))), at(NOW)) {
            let Worth::Due(amount) = quote.worth else { continue };
            prop_assert!((0..=paid - before).contains(&amount.minor), "{quote:?}");
            let asked = Ask { method: quote.method, fee: usd(fee), amount, count, release: release.clone(), ..ask(&lot, 0) };
            let what = match decide((&lot, &counted), &given, &asked, at(NOW)) {
                Ok(what) => what,
                Err(refusal) => {
                    prop_assert_eq!(refusal, Refusal::Nothing);
                    continue;
                }
            };
            let back = release.iter().map(|booking| What::Release { booking: *booking });
            let whats: Vec<What> = back.chain(what).collect();
            let log = with(&lot, &log, &whats, Actor::System, at(NOW));
            prop_assert_eq!(verify(&lot, &log), Ok(()));
            let after = balance(&lot, &log, at(NOW));
            let books = Statement::of(&lot, &after, usd(before + amount.minor));
            prop_assert!(books.balances(), "{:?}", books);
            if quote.method == Method::ProRata && fee == 0 && before == 0 {
                let used = usd(paid).first_parts(after.used(), granted);
                prop_assert_eq!(books.earned, used);
            }
        }
    }
}
