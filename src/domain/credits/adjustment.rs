//! Correcting how many credits a lot has, with a reason: never below what is used, booked or closed otherwise.

use jiff::civil::Date;

use super::ledger::{Balance, What};
use crate::domain::catalog::package::Offer;
use crate::domain::time::Timestamp;

/// A correction: from the number that the page showed to another. That a form sent twice corrects once follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Correction {
    /// What the lot had, as the page showed it.
    pub from: u32,
    /// What it is to have.
    pub to: u32,
}

/// Why a lot cannot be corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It would have fewer than are used, booked, expired, suspended or taken back.
    BelowUsed {
        /// The fewest that it can have.
        least: u32,
    },
    /// It would have more than [`Offer::MOST_SESSIONS`].
    TooMany,
    /// It reached its date, so that a new credit would be over at once; give it more time first.
    PastItsDate {
        /// The date.
        on: Date,
    },
    /// The lot has another number meanwhile than the page showed.
    Otherwise {
        /// What it has.
        total: u32,
    },
}

/// The entry that corrects a lot; none if it has that number.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn adjust(balance: &Balance, correction: Correction, now: Timestamp) -> Result<Option<What>, Refusal> {
    let Correction { from, to } = correction;
    let total = balance.total;
    let least = total - balance.available_or_frozen();
    match &balance.deadline {
        _ if to == total => Ok(None),
        _ if from != total => Err(Refusal::Otherwise { total }),
        _ if to > Offer::MOST_SESSIONS => Err(Refusal::TooMany),
        _ if to < least => Err(Refusal::BelowUsed { least }),
        Some(deadline) if to > total && deadline.is_over(now) => {
            Err(Refusal::PastItsDate { on: deadline.on })
        }
        _ => {
            let signed = |n: u32| i32::try_from(n).expect("no lot has more than a few hundred");
            Ok(Some(What::Adjust { by: signed(to) - signed(total) }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::foresight::with;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{Actor, balance, verify};
    use proptest::prelude::*;

    #[test]
    fn a_correction_that_was_made_is_not_made_again() {
        let lot = lot();
        let now = "2026-04-20T00:00:00Z".parse().unwrap();
        let balance = balance(&lot, &entries(&lot, [What::Grant(6), What::Adjust { by: -1 }]), now);
        assert_eq!(adjust(&balance, Correction { from: 6, to: 5 }, now), Ok(None));
        assert_eq!(
            adjust(&balance, Correction { from: 6, to: 4 }, now),
            Err(Refusal::Otherwise { total: 5 })
        );
        assert_eq!(adjust(&balance, Correction { from: 5, to: 101 }, now), Err(Refusal::TooMany));
    }

    #[test]
    fn a_lot_past_its_date_gets_no_more_credits() {
        let lot = lot();
        let now = "2026-07-15T00:00:00Z".parse().unwrap();
        let balance = balance(&lot, &entries(&lot, [What::Grant(6)]), now);
        let on = jiff::civil::date(2026, 7, 13);
        assert_eq!(adjust(&balance, Correction { from: 6, to: 7 }, now), Err(Refusal::PastItsDate { on }));
        assert_eq!(
            adjust(&balance, Correction { from: 6, to: 5 }, now),
            Err(Refusal::BelowUsed { least: 6 })
        );
    }

    proptest! {
        /// Whatever is asked for, a correction leaves a sound ledger in which nothing is less than used and booked.
        #[test]
        fn no_correction_goes_below_what_is_used(granted in 1u32..20, tied in 0u32..20, to in 0u32..130) {
            let lot = lot();
            let now = "2026-05-05T08:20:00Z".parse().unwrap();
            let mut whats = vec![What::Grant(granted)];
            let starts = ["2026-04-20T08:00:00Z", "2026-05-05T08:00:00Z", "2026-05-20T08:00:00Z"];
            whats.extend((0..tied.min(granted)).map(|i| hold(u128::from(i) + 1, starts[i as usize % 3])));
            let log = entries(&lot, whats);
            let before = balance(&lot, &log, now);
            match adjust(&before, Correction { from: granted, to }, now) {
                Ok(what) => {
                    let whats: Vec<What> = what.into_iter().collect();
                    let log = with(&lot, &log, &whats, Actor::System, now);
                    let after = balance(&lot, &log, now);
                    prop_assert_eq!(verify(&lot, &log), Ok(()));
                    prop_assert_eq!(after.total, to);
                    prop_assert_eq!(after.used() + after.held() + after.available, to);
                }
                Err(refusal) => prop_assert!(to > 100 || to < tied.min(granted), "{:?}", refusal),
            }
        }
    }
}
