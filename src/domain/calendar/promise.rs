//! What a client can be promised about changing a session, before she books it and while it stands: no more than will hold
//! (domain.md, Rules: client cancels; changes; returned to a lot that has expired meanwhile).

use jiff::civil::Date;

use super::change::{Credit, changes_left, credit_at, window_ends_at};
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::time::{SignedDuration, Timestamp, after};

/// What stands of a later change, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// What a cancel does to the credit now.
    pub now: Credit,
    /// Until when the session can be moved; not at all if there is none.
    pub moves_until: Option<Timestamp>,
    /// The lot's date, if it comes before that: from then on a credit that comes back can no longer be booked.
    pub book_by: Option<Date>,
    /// What a cancel does that comes later than a move could.
    pub late: Credit,
}

/// What can be promised about a session that starts then and that this lot pays for.
#[must_use]
pub fn promise(starts_at: Timestamp, (lot, balance): (&Lot, &Balance), now: Timestamp) -> Promise {
    let until = window_ends_at(starts_at, lot);
    let past = after(until.max(now), SignedDuration::from_nanos(1));
    let movable = now <= until && changes_left(lot, balance) != Some(0);
    let date = balance.deadline.as_ref().filter(|date| movable && !date.is_over(now) && date.is_over(until));
    Promise {
        now: credit_at(starts_at, (lot, balance), now),
        moves_until: movable.then_some(until),
        book_by: date.map(|date| date.on),
        late: credit_at(starts_at, (lot, balance), past),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::policy::{Changes, Preset};
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{What, balance};
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn promised(lot: &Lot, starts_at: &str, now: &str) -> Promise {
        let balance = balance(lot, &entries(lot, [What::Grant(6), hold(1, starts_at)]), at(now));
        promise(at(starts_at), (lot, &balance), at(now))
    }

    /// domain.md, worked example 4: the session lies in the grace, beyond the date of its lot.
    #[test]
    fn beyond_the_date_of_the_lot_a_credit_is_promised_until_that_date_and_a_move_as_long_as_ever() {
        let seen = promised(&lot(), "2026-07-20T08:00:00Z", "2026-07-01T08:00:00Z");
        let until = Some(at("2026-07-19T08:00:00Z"));
        assert_eq!(
            (seen.now, seen.moves_until, seen.book_by),
            (Credit::Returns, until, Some(date(2026, 7, 13)))
        );
        let over = promised(&lot(), "2026-07-20T08:00:00Z", "2026-07-14T08:00:00Z");
        assert_eq!(over.now, Credit::PastItsDate { on: date(2026, 7, 13) });
        assert_eq!((over.moves_until, over.book_by), (until, None));
        let within = promised(&lot(), "2026-07-10T08:00:00Z", "2026-07-01T08:00:00Z");
        assert_eq!((within.moves_until, within.book_by), (Some(at("2026-07-09T08:00:00Z")), None));
        assert!(matches!(within.late, Credit::Late { .. }));
    }

    #[test]
    fn used_up_changes_promise_nothing_and_a_free_late_cancel_is_told() {
        let mut lot = lot();
        lot.offer.policy = Preset::Gentle.policy();
        let start = "2026-05-05T08:00:00Z";
        assert_eq!(promised(&lot, start, "2026-04-20T08:00:00Z").late, Credit::Forgiven);
        lot.offer.policy.changes = Changes::Count(0);
        let seen = promised(&lot, start, "2026-04-20T08:00:00Z");
        assert_eq!((seen.now, seen.moves_until, seen.book_by), (Credit::NoChangesLeft, None, None));
    }
}
