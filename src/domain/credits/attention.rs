//! What a lot asks of its practitioner today: a gentle hand with the first session, more time, or a word on what comes
//! next. One list each on her first page.

use super::ledger::Balance;
use crate::domain::time::{Timestamp, Zone, plus_days};

/// How many days before their date credits are shown.
pub const DAYS_AHEAD: i32 = 14;

/// What a lot asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// It was bought, and no session was ever booked from it.
    FirstSession,
    /// Credits are left to book and reach their date within [`DAYS_AHEAD`] days.
    ReachingItsDate,
    /// Every credit is spoken for; the last session ends, or ended, within [`DAYS_AHEAD`] days.
    WhatIsNext,
}

/// What a lot asks for now, the most pressing of it. Whether a newer lot answers [`Attention::WhatIsNext`] is for the
/// caller to see.
#[must_use]
pub fn of(balance: &Balance, zone: &Zone, now: Timestamp) -> Option<Attention> {
    let today = zone.date(now);
    let soon = plus_days(today, DAYS_AHEAD);
    if balance.available > 0 {
        let reaches = balance.deadline.as_ref().is_some_and(|deadline| deadline.on <= soon);
        return match balance.used() + balance.held() {
            _ if reaches => Some(Attention::ReachingItsDate),
            0 => Some(Attention::FirstSession),
            _ => None,
        };
    }
    let open = balance.available_or_frozen() + balance.suspended + balance.revoked + balance.expired;
    let last_on = zone.date(balance.last_session_ends_at()?);
    let near = last_on <= soon && last_on >= plus_days(today, -DAYS_AHEAD);
    (open == 0 && near).then_some(Attention::WhatIsNext)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{What, balance};

    fn asked(whats: &[What], now: &str) -> Option<Attention> {
        let lot = lot();
        let now = now.parse().unwrap();
        of(&balance(&lot, &entries(&lot, whats.to_vec()), now), &lot.zone, now)
    }

    /// The lot is granted on 14 April and must be booked by 13 July.
    #[test]
    fn a_lot_asks_for_one_thing_at_a_time() {
        let fresh = [What::Grant(2)];
        assert_eq!(asked(&fresh, "2026-04-15T08:00:00Z"), Some(Attention::FirstSession));
        assert_eq!(asked(&fresh, "2026-06-28T08:00:00Z"), Some(Attention::FirstSession));
        assert_eq!(asked(&fresh, "2026-06-29T08:00:00Z"), Some(Attention::ReachingItsDate));
        assert_eq!(asked(&fresh, "2026-07-14T08:00:00Z"), None, "it has reached its date");
        let under_way = [What::Grant(2), hold(1, "2026-04-20T08:00:00Z")];
        assert_eq!(asked(&under_way, "2026-04-15T08:00:00Z"), None);
    }

    #[test]
    fn a_finished_lot_asks_what_is_next_for_two_weeks_on_either_side() {
        let whole = [What::Grant(1), hold(1, "2026-05-20T08:00:00Z")];
        assert_eq!(asked(&whole, "2026-05-05T08:00:00Z"), None);
        assert_eq!(asked(&whole, "2026-05-06T08:00:00Z"), Some(Attention::WhatIsNext));
        assert_eq!(asked(&whole, "2026-06-03T08:00:00Z"), Some(Attention::WhatIsNext));
        assert_eq!(asked(&whole, "2026-06-04T08:00:00Z"), None);
    }
}
