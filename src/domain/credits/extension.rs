//! More time for lots: one or many at once (domain.md, Rules: extension).

use jiff::civil::Date;

use super::ledger::{Balance, What};
use super::lot::Lot;
use crate::domain::time::{Timestamp, plus_days};

/// How much more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// Until a date, the same for all.
    Until(Date),
    /// So many days after each lot's own date.
    Days(u32),
}

/// Why a lot gets no more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It has no date.
    NeverExpires,
    /// It is paused: its date waits as it is.
    Frozen,
    /// The new date is not later than the old one, or is over.
    NotLater,
    /// No credit of it could still be booked.
    NothingLeft,
}

/// The date that a lot would have.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn extend((lot, balance): (&Lot, &Balance), more: More, now: Timestamp) -> Result<Date, Refusal> {
    let open = balance.available_or_frozen() + balance.expired + balance.suspended + balance.held();
    let deadline = match &balance.deadline {
        _ if balance.frozen_at.is_some() => return Err(Refusal::Frozen),
        None => return Err(Refusal::NeverExpires),
        Some(_) if open == 0 => return Err(Refusal::NothingLeft),
        Some(deadline) => deadline,
    };
    let to = match more {
        More::Until(date) => date,
        More::Days(days) => plus_days(deadline.on, i32::try_from(days).unwrap_or(i32::MAX)),
    };
    if to <= deadline.on || to < lot.zone.date(now) { Err(Refusal::NotLater) } else { Ok(to) }
}

/// The entries of an extension, after what the clock made true: credits that had expired come back with it.
#[must_use]
pub fn entries(balance: &Balance, to: Date) -> Vec<What> {
    let back = (balance.expired > 0).then_some(What::Reactivate(balance.expired));
    std::iter::once(What::Extend { to }).chain(back).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::foresight::{foresee, with};
    use crate::domain::credits::ledger::tests::{entries as log, hold, lot};
    use crate::domain::credits::ledger::{Actor, balance, verify};
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn each_reason_against_is_told_apart() {
        let lot = lot();
        let now = at("2026-05-06T00:00:00Z");
        let try_it = |whats: &[What], more| {
            let balance = balance(&lot, &log(&lot, whats.to_vec()), now);
            extend((&lot, &balance), more, now)
        };
        let grant = What::Grant(1);
        assert_eq!(try_it(std::slice::from_ref(&grant), More::Days(14)), Ok(date(2026, 7, 27)));
        assert_eq!(
            try_it(std::slice::from_ref(&grant), More::Until(date(2026, 7, 13))),
            Err(Refusal::NotLater)
        );
        assert_eq!(try_it(&[grant.clone(), What::Freeze], More::Days(14)), Err(Refusal::Frozen));
        assert_eq!(
            try_it(&[grant, hold(1, "2026-05-05T08:00:00Z")], More::Days(14)),
            Err(Refusal::NothingLeft)
        );
    }

    #[test]
    fn expired_credits_come_back_whether_or_not_it_was_written_that_they_expired() {
        let lot = lot();
        let now = at("2026-07-20T00:00:00Z");
        for whats in [vec![What::Grant(6)], vec![What::Grant(6), What::Expire(6)]] {
            let entries_so_far = log(&lot, whats);
            let before = balance(&lot, &entries_so_far, now);
            let to = extend((&lot, &before), More::Days(14), now).unwrap();
            let whats = entries(&before, to);
            let seen = foresee(&lot, &entries_so_far, &whats, Actor::System, now);
            assert_eq!((seen.before.available, seen.after.available), (0, 6));
            assert_eq!(verify(&lot, &with(&lot, &entries_so_far, &whats, Actor::System, now)), Ok(()));
        }
    }
}
