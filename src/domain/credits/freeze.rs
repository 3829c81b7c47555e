//! Pausing a lot: no new bookings, and its date waits (domain.md, Rules: freeze). Sessions that are booked stay.

use jiff::civil::Date;

use super::ledger::{Balance, What};
use crate::domain::time::Timestamp;

/// Why a lot cannot be paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has no credit that could be booked, nor one that could come back from a session.
    NothingLeft,
    /// It reached its date; give it more time first.
    PastItsDate {
        /// The date.
        on: Date,
    },
}

/// The entry that pauses a lot; none if it is paused.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn freeze(balance: &Balance, now: Timestamp) -> Result<Option<What>, Refusal> {
    match &balance.deadline {
        _ if balance.frozen_at.is_some() => Ok(None),
        Some(deadline) if deadline.is_over(now) => Err(Refusal::PastItsDate { on: deadline.on }),
        _ if balance.available_or_frozen() + balance.suspended + balance.held() == 0 => {
            Err(Refusal::NothingLeft)
        }
        _ => Ok(Some(What::Freeze)),
    }
}

/// The entry that ends the pause, which moves the date by the days of it, begun ones included; none if there is no pause.
#[must_use]
pub fn unfreeze(balance: &Balance) -> Option<What> {
    balance.frozen_at.map(|_| What::Unfreeze)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{balance, verify};
    use crate::domain::time::{after, hours, minutes, plus_days};
    use jiff::civil::date;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_over_or_used_up_is_not_paused() {
        let lot = lot();
        let now = at("2026-07-15T00:00:00Z");
        let over = balance(&lot, &entries(&lot, [What::Grant(6)]), now);
        assert_eq!(freeze(&over, now), Err(Refusal::PastItsDate { on: date(2026, 7, 13) }));
        let used = balance(
            &lot,
            &entries(&lot, [What::Grant(1), hold(1, "2026-05-05T08:00:00Z")]),
            at("2026-05-06T00:00:00Z"),
        );
        assert_eq!(freeze(&used, at("2026-05-06T00:00:00Z")), Err(Refusal::NothingLeft));
        let paused = balance(&lot, &entries(&lot, [What::Grant(1), What::Freeze]), now);
        assert_eq!((freeze(&paused, now), unfreeze(&paused)), (Ok(None), Some(What::Unfreeze)));
    }

    #[test]
    fn a_begun_day_counts_and_an_extension_waits_as_well() {
        let lot = lot();
        let to = date(2026, 9, 1);
        let mut log = entries(&lot, [What::Grant(6), What::Extend { to }, What::Freeze, What::Unfreeze]);
        log[2].at = at("2026-05-01T10:00:00Z");
        log[3].at = after(log[2].at, hours(10 * 24) + minutes(1));
        let thawed = balance(&lot, &log, log[3].at);
        assert_eq!(thawed.deadline.unwrap().on, date(2026, 9, 12));
    }

    proptest! {
        /// Pauses of any number and length move the date by their sum in days, rounded up once, whatever was given before.
        #[test]
        fn pauses_move_the_date_by_their_sum(pauses in prop::collection::vec((1i64..200, 1i64..5000), 1..6), given in 0i32..60) {
            let lot = lot();
            let agreed = date(2026, 7, 13);
            let to = plus_days(agreed, given);
            let mut whats = vec![What::Grant(6), What::Extend { to }];
            pauses.iter().for_each(|_| whats.extend([What::Freeze, What::Unfreeze]));
            let mut log = entries(&lot, whats);
            let mut clock = after(lot.granted_at, hours(2));
            let mut frozen = 0;
            for (i, (wait, pause)) in pauses.iter().enumerate() {
                clock = after(clock, minutes(*wait));
                log[2 + 2 * i].at = clock;
                clock = after(clock, minutes(*pause));
                log[3 + 2 * i].at = clock;
                frozen += pause;
            }
            prop_assert_eq!(verify(&lot, &log), Ok(()));
            let days = i32::try_from((frozen + 1439) / 1440).unwrap();
            prop_assert_eq!(balance(&lot, &log, clock).deadline.unwrap().on, plus_days(to, days));
        }
    }
}
