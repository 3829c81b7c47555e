//! Which lot pays for a session: earliest expiry that covers the date → comp before paid → oldest → id
//! (domain.md, Rules). Decided here, never by the browser.

use jiff::civil::Date;

use super::ledger::Balance;
use super::lot::Lot;
use crate::domain::time::Timestamp;

/// A lot with what it amounts to now.
pub type Counted = (Lot, Balance);

/// The last local date (in the lot's zone) on which a session may start that is booked now; [`Date::MAX`] if the
/// lot never expires; nothing if no credit can be booked.
#[must_use]
pub fn reach((lot, balance): &Counted, now: Timestamp) -> Option<Date> {
    match &balance.deadline {
        _ if balance.available == 0 => None,
        None => Some(Date::MAX),
        Some(deadline) if deadline.is_over(now) => None,
        Some(deadline) => Some(deadline.sessions_until(lot.offer.policy.grace_days)),
    }
}

/// Whether a lot has a credit for a session that starts then.
#[must_use]
pub fn covers(counted: &Counted, start: Timestamp, now: Timestamp) -> bool {
    reach(counted, now).is_some_and(|last| counted.0.zone.date(start) <= last)
}

/// The lot that pays for a session that starts then, if one can.
#[must_use]
pub fn choose(lots: &[Counted], start: Timestamp, now: Timestamp) -> Option<&Counted> {
    lots.iter().filter(|counted| covers(counted, start, now)).min_by_key(|(lot, balance)| {
        let expires = balance.deadline.as_ref().map_or(Timestamp::MAX, super::validity::Deadline::ends_at);
        let comp_first = if lot.is_comp() { 0 } else { 1 };
        (expires, comp_first, lot.granted_at, lot.id)
    })
}

/// The lot that stands first on the client's page and that "Book" books from: the one that must be used first; if none
/// can be booked, one that is still alive; else the newest.
#[must_use]
pub fn front(lots: &[Counted]) -> Option<&Counted> {
    lots.iter().min_by_key(|(lot, balance)| {
        let rank = match () {
            () if balance.available > 0 => 0,
            () if balance.is_alive() => 1,
            () => 2,
        };
        let expires = balance.deadline.as_ref().map_or(Timestamp::MAX, super::validity::Deadline::ends_at);
        let soonest = if rank < 2 { expires } else { Timestamp::MAX };
        (rank, soonest, std::cmp::Reverse(lot.granted_at), lot.id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{What, balance};
    use crate::domain::credits::lot::Origin;
    use crate::domain::id::LotId;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// A lot with so many credits left that must be booked by a date.
    fn counted(id: u128, left: u32, by: Option<Date>, now: Timestamp) -> Counted {
        let mut lot = Lot { id: LotId::from_bits(id), ..lot() };
        lot.granted_at = at("2026-02-01T10:00:00Z");
        lot.offer.validity.term = by.map_or(
            crate::domain::catalog::package::Term::Never,
            crate::domain::catalog::package::Term::Until,
        );
        let log = entries(&lot, [What::Grant(left)]);
        let balance = balance(&lot, &log, now);
        (lot, balance)
    }

    /// domain.md, worked example 4: which lot pays, and where a credit returns to.
    #[test]
    fn the_earliest_lot_that_covers_the_date_pays() {
        let now = at("2026-05-20T08:00:00Z");
        let lots = [counted(2, 5, Some(date(2026, 8, 1)), now), counted(1, 1, Some(date(2026, 6, 1)), now)];
        let paying = |start: &str| choose(&lots, at(start), now).map(|(lot, _)| lot.id.bits());
        assert_eq!(paying("2026-06-10T08:00:00Z"), Some(1));
        assert_eq!(paying("2026-06-15T08:00:00Z"), Some(1), "the last day of grace");
        assert_eq!(paying("2026-06-20T08:00:00Z"), Some(2));
        assert_eq!(paying("2026-08-16T08:00:00Z"), None);
    }

    #[test]
    fn after_the_date_a_lot_pays_no_more_even_within_the_grace() {
        let now = at("2026-06-02T08:00:00Z");
        let lots = [counted(1, 1, Some(date(2026, 6, 1)), now)];
        assert!(choose(&lots, at("2026-06-10T08:00:00Z"), now).is_none());
    }

    #[test]
    fn comp_pays_before_paid_and_never_expiring_last() {
        let now = at("2026-05-20T08:00:00Z");
        let june = Some(date(2026, 6, 1));
        let mut comp = counted(9, 1, june, now);
        comp.0.origin = Origin::Comp { reason: "sorry".parse().unwrap() };
        let lots = [counted(1, 1, None, now), counted(2, 1, june, now), comp, counted(3, 1, june, now)];
        let order =
            |lots: &[Counted]| choose(lots, at("2026-05-25T08:00:00Z"), now).map(|(lot, _)| lot.id.bits());
        assert_eq!(order(&lots), Some(9));
        assert_eq!(order(&lots[..2]), Some(2));
        assert_eq!(order(&lots[..1]), Some(1));
    }

    #[test]
    fn a_lot_without_a_free_credit_pays_nothing() {
        let lot = lot();
        let now = at("2026-04-20T08:00:00Z");
        let log = entries(&lot, [What::Grant(1), hold(1, "2026-05-05T08:00:00Z")]);
        assert!(!covers(&(lot.clone(), balance(&lot, &log, now)), at("2026-05-06T08:00:00Z"), now));
    }

    #[test]
    fn what_must_be_used_first_stands_first_and_what_is_over_last() {
        let now = at("2026-05-20T08:00:00Z");
        let over = counted(1, 3, Some(date(2026, 5, 1)), now);
        let newer_over = (
            Lot { id: LotId::from_bits(2), granted_at: at("2026-03-01T10:00:00Z"), ..over.0.clone() },
            over.1.clone(),
        );
        let (june, august) =
            (counted(3, 1, Some(date(2026, 6, 1)), now), counted(4, 5, Some(date(2026, 8, 1)), now));
        let lots = [over, newer_over, august, june];
        let id = |lots: &[Counted]| front(lots).map(|(lot, _)| lot.id.bits());
        assert_eq!((id(&lots), id(&lots[..3]), id(&lots[..2]), id(&[])), (Some(3), Some(4), Some(2), None));
    }
}
