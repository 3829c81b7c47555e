//! A dispute: the buyer asked her bank for the money back (domain.md, Rules: dispute; example 9). While it is open the
//! unused credits wait, and sessions of the next 24 hours are kept; won, they come back with the time that they waited;
//! lost, they are taken back.

use crate::domain::credits::ledger::{
    Balance, Entry, Revoked, Standing, What, balance, date_after_waiting, free,
};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{BookingId, LotId, PractitionerId, PurchaseId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after, hours};

/// Sessions that begin within this long of a dispute's opening are kept.
pub const KEPT: SignedDuration = hours(24);

/// How a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The bank has not decided.
    Open,
    /// The money stays.
    Won {
        /// When we learned of it.
        at: Timestamp,
    },
    /// The money is gone.
    Lost {
        /// When we learned of it.
        at: Timestamp,
    },
}

/// A payment that a bank questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The provider's name for it.
    pub reference: Line,
    /// The purchase whose payment it is.
    pub purchase: PurchaseId,
    /// The lot of that purchase, whose credits wait; so do those that were passed on of it.
    pub lot: LotId,
    /// Of whose practice.
    pub practitioner: PractitionerId,
    /// How much is questioned.
    pub amount: Money,
    /// What the bank gives as the reason, in the provider's word.
    pub reason: Line,
    /// Until when it can be answered at the provider, if it says so.
    pub answer_by: Option<Timestamp>,
    /// When we learned of it.
    pub opened_at: Timestamp,
    /// How many credits it let wait when it opened, with those that had been passed on.
    pub suspended: u32,
    /// How it stands.
    pub state: State,
}

/// The sessions that are called off when a dispute opens, and when it is lost: those to come that begin later than the 24
/// hours after its opening.
#[must_use]
pub fn called_off(balance: &Balance, opened_at: Timestamp, now: Timestamp) -> Vec<BookingId> {
    let held = balance.sittings.iter().filter(|sitting| sitting.standing == Standing::Held);
    let kept_until = after(opened_at, KEPT).max(now);
    held.filter(|sitting| sitting.starts_at > kept_until).map(|sitting| sitting.booking).collect()
}

/// The entry that lets unused credits wait, when a dispute opens and when some come free while it is open; none if no credit
/// is unused. `released` come free with it.
#[must_use]
pub fn waits(lot: &Lot, entries: &[Entry], released: u32) -> Option<What> {
    let free = free(lot, entries) + released;
    (free > 0).then_some(What::Suspend(free))
}

/// The entries of one that was won: the credits come back, and the date moves by the days that they waited, begun ones
/// included. A day that was paused as well counts once.
#[must_use]
pub fn won(lot: &Lot, entries: &[Entry], now: Timestamp) -> Vec<What> {
    let count = balance(lot, entries, now).suspended;
    if count == 0 {
        return Vec::new();
    }
    let more = date_after_waiting(lot, entries, now).map(|to| What::Extend { to });
    more.into_iter().chain([What::Unsuspend(count)]).collect()
}

/// The entries of one that was lost: all that is unused is taken back, and `released` with it.
#[must_use]
pub fn lost(balance: &Balance, released: u32) -> Vec<What> {
    taken_back(balance, (balance.unused(), released), Revoked::Dispute)
}

/// The entries that take so many unused credits back, and those that sessions release with them: first what can be booked, then
/// what waits for a dispute.
#[must_use]
pub fn taken_back(balance: &Balance, (unused, released): (u32, u32), why: Revoked) -> Vec<What> {
    let waiting = unused.saturating_sub(balance.available_or_frozen());
    let freed = (waiting > 0).then_some(What::Unsuspend(waiting));
    let count = unused + released;
    let revoked = (count > 0).then_some(What::Revoke { count, why });
    freed.into_iter().chain(revoked).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::foresight::with;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{Actor, balance, verify};
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// domain.md, worked example 9: 2 used, 1 held for tomorrow, 3 free.
    #[test]
    fn three_wait_tomorrow_stays_and_lost_takes_the_three() {
        let lot = lot();
        let now = at("2026-05-01T08:00:00Z");
        let log = entries(
            &lot,
            [
                What::Grant(6),
                hold(1, "2026-04-20T08:00:00Z"),
                hold(2, "2026-04-21T08:00:00Z"),
                hold(3, "2026-05-02T08:00:00Z"),
            ],
        );
        let before = balance(&lot, &log, now);
        assert_eq!(called_off(&before, now, now), []);
        let suspend = waits(&lot, &log, 0).unwrap();
        assert_eq!(suspend, What::Suspend(3));
        let log = with(&lot, &log, &[suspend], Actor::Provider, now);
        let waiting = balance(&lot, &log, now);
        assert_eq!((waiting.used(), waiting.held(), waiting.suspended, waiting.available), (2, 1, 3, 0));

        let later = at("2026-05-21T09:00:00Z");
        let all = with(&lot, &log, &lost(&waiting, 0), Actor::Provider, later);
        assert_eq!(verify(&lot, &all), Ok(()));
        let after = balance(&lot, &all, later);
        assert_eq!((after.used(), after.revoked, after.available, after.suspended), (3, 3, 0, 0));

        let all = with(&lot, &log, &won(&lot, &log, later), Actor::Provider, later);
        assert_eq!(verify(&lot, &all), Ok(()));
        let after = balance(&lot, &all, later);
        assert_eq!((after.available, after.suspended), (3, 0));
        // Twenty days and an hour: twenty-one begun ones.
        assert_eq!(after.deadline.unwrap().on, date(2026, 8, 3));
    }

    #[test]
    fn a_session_a_second_later_than_the_next_day_is_called_off() {
        let lot = lot();
        let now = at("2026-05-01T08:00:00Z");
        let log =
            entries(&lot, [What::Grant(6), hold(1, "2026-05-02T08:00:00Z"), hold(2, "2026-05-02T08:00:01Z")]);
        let opened = balance(&lot, &log, now);
        assert_eq!(called_off(&opened, now, now), [BookingId::from_bits(2)]);
        // The same when it is lost, unless it has begun by then.
        for (lost_at, gone) in [("2026-05-02T07:00:00Z", 1), ("2026-05-02T08:00:01Z", 0)] {
            assert_eq!(called_off(&opened, now, at(lost_at)).len(), gone, "{lost_at}");
        }
    }

    /// The lot of the tests can be booked until 13 July: so many days later, after a dispute and a pause.
    fn days_more(turns: &[(&str, What)], won_at: usize) -> i32 {
        let lot = lot();
        let mut log = entries(&lot, [What::Grant(6)]);
        for (i, (when, what)) in turns.iter().enumerate() {
            let won = if i == won_at { won(&lot, &log, at(when)) } else { vec![what.clone()] };
            log = with(&lot, &log, &won, Actor::Provider, at(when));
        }
        assert_eq!(verify(&lot, &log), Ok(()));
        let end = balance(&lot, &log, at(turns.last().unwrap().0)).deadline.unwrap().on;
        (end - date(2026, 7, 13)).get_days()
    }

    #[test]
    fn a_dispute_and_a_pause_move_the_date_by_the_days_of_both_each_once() {
        let day = |n: u32| format!("2026-05-{n:02}T08:00:00Z");
        let (wait, back) = (What::Suspend(6), What::Unsuspend(6));
        for (name, turns, won_at, want) in [
            // Won in a pause: 1 to 26 May are twenty-five days.
            ("paused 20 to 26", [(1, &wait), (20, &What::Freeze), (25, &back), (26, &What::Unfreeze)], 2, 25),
            ("paused 1 to 10", [(1, &What::Freeze), (5, &wait), (10, &What::Unfreeze), (20, &back)], 3, 19),
            ("paused within", [(1, &wait), (5, &What::Freeze), (10, &What::Unfreeze), (20, &back)], 3, 19),
            (
                "paused all the time",
                [(1, &What::Freeze), (5, &wait), (10, &back), (20, &What::Unfreeze)],
                2,
                19,
            ),
            (
                "one after the other",
                [(1, &wait), (5, &back), (10, &What::Freeze), (20, &What::Unfreeze)],
                1,
                14,
            ),
        ] {
            let days: Vec<String> = turns.iter().map(|(n, _)| day(*n)).collect();
            let turns: Vec<(&str, What)> =
                days.iter().zip(turns).map(|(day, (_, what))| (day.as_str(), what.clone())).collect();
            assert_eq!(days_more(&turns, won_at), want, "{name}");
        }
    }

    #[test]
    fn credits_that_waited_past_their_date_come_back_alive() {
        let lot = lot();
        let opened = at("2026-07-10T08:00:00Z");
        let log = entries(&lot, [What::Grant(6)]);
        let log = with(&lot, &log, &[What::Suspend(6)], Actor::Provider, opened);
        let later = at("2026-08-20T08:00:00Z");
        let log = with(&lot, &log, &won(&lot, &log, later), Actor::Provider, later);
        assert_eq!(balance(&lot, &log, later).available, 6);
    }
}
