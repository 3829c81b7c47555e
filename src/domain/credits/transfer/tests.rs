//! What passing credits on comes to, and that the parts stay exact.

use super::*;
use crate::domain::credits::foresight::with;
use crate::domain::credits::ledger::tests::{entries, hold, lot};
use crate::domain::credits::ledger::{Actor, balance, verify};
use proptest::prelude::*;

const NOW: &str = "2026-05-01T00:00:00Z";

fn pass(whats: &[What], count: u32) -> Result<Passing, Refusal> {
    let (lot, now) = (lot(), NOW.parse().unwrap());
    let balance = balance(&lot, &entries(&lot, whats.to_vec()), now);
    pass_on((&lot, &balance), (LotId::from_bits(9), ClientId::from_bits(8), count), now)
}

#[test]
fn credits_take_their_part_of_the_price_and_the_date_along() {
    let passing = pass(&[What::Grant(6), hold(1, "2026-04-20T08:00:00Z")], 2).unwrap();
    assert_eq!((passing.lot.paid.minor, passing.lot.offer.sessions), (18000, 2));
    assert_eq!(passing.lot.offer.validity.term, Term::Until(jiff::civil::date(2026, 7, 13)));
    assert_eq!(passing.lot.purchase(), None);
    let held = balance(
        &passing.lot,
        &with(&passing.lot, &[], std::slice::from_ref(&passing.into), Actor::System, NOW.parse().unwrap()),
        NOW.parse().unwrap(),
    );
    assert_eq!((held.available, held.total, held.stake(&passing.lot).minor), (2, 2, 18000));
    assert_eq!(held.deadline.unwrap().on, jiff::civil::date(2026, 7, 13));
}

#[test]
fn each_reason_against_is_told_apart() {
    let grant = What::Grant(2);
    assert_eq!(pass(std::slice::from_ref(&grant), 0), Err(Refusal::Nothing));
    assert_eq!(pass(&[grant.clone(), hold(1, "2026-05-20T08:00:00Z")], 2), Err(Refusal::TooMany { free: 1 }));
    assert_eq!(pass(&[grant.clone(), What::Freeze], 1), Err(Refusal::Frozen));
    assert_eq!(pass(&[grant, What::Suspend(1)], 1), Err(Refusal::Disputed));
}

proptest! {
    /// However often credits are passed on, nothing is lost, the parts are never negative, and what the used credits
    /// are worth does not change.
    #[test]
    fn passing_on_keeps_every_minor_unit(
        paid in 0i64..100_000,
        granted in 1u32..40,
        used in 0u32..40,
        counts in prop::collection::vec(1u32..20, 1..6),
    ) {
        let now = NOW.parse().unwrap();
        let mut lot = lot();
        lot.paid.minor = paid;
        let used = used.min(granted);
        let mut whats = vec![What::Grant(granted)];
        whats.extend((0..used).map(|i| hold(u128::from(i) + 1, "2026-04-20T08:00:00Z")));
        let mut log = entries(&lot, whats);
        let worth = |log: &[_]| {
            let balance = balance(&lot, log, now);
            balance.stake(&lot).first_parts(balance.used(), balance.total).minor
        };
        let earned = worth(&log);
        let mut passed = 0;
        for (i, count) in counts.into_iter().enumerate() {
            let counted = balance(&lot, &log, now);
            let ids = (LotId::from_bits(100 + i as u128), ClientId::from_bits(8), count);
            match pass_on((&lot, &counted), ids, now) {
                Ok(passing) => {
                    prop_assert!(passing.lot.paid.minor >= 0);
                    passed += passing.lot.paid.minor;
                    log = with(&lot, &log, &[passing.out], Actor::System, now);
                    prop_assert_eq!(worth(&log), earned);
                    let left = balance(&lot, &log, now);
                    prop_assert!(left.stake(&lot).minor >= earned);
                    prop_assert_eq!(left.stake(&lot).minor + passed, paid);
                }
                Err(refusal) => prop_assert_eq!(refusal, Refusal::TooMany { free: counted.available }),
            }
        }
        prop_assert_eq!(verify(&lot, &log), Ok(()));
    }
}
