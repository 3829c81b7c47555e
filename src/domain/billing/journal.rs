//! What was earned, one thing after the other: each session that used a credit, each that expired, what was kept or given
//! back. The lines of a stretch sum to what its books moved.

use std::collections::BTreeSet;

use super::books::Account;
use super::statement::Statement;
use crate::domain::credits::ledger::{Consumed, Sitting, Standing, What};
use crate::domain::id::BookingId;
use crate::domain::money::Money;
use crate::domain::time::{SignedDuration, Timestamp, after};

/// Why something is earned, lost, or not earned after all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// A session used a credit.
    Session {
        /// The session.
        booking: BookingId,
        /// When it started.
        starts_at: Timestamp,
        /// How it used the credit.
        how: Consumed,
    },
    /// Credits reached their date.
    Expired,
    /// Used or expired credits came back.
    CameBack,
    /// Credits were taken back, and not all of their worth was given back.
    Kept,
    /// The number of credits was corrected, or some were passed on.
    Changed,
}

/// A line of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earning {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub cause: Cause,
    /// What was earned; below zero if it was not, after all.
    pub earned: Money,
    /// The worth of what expired; below zero if it came back.
    pub breakage: Money,
}

/// The lines of a lot from one instant until before another, in order.
#[must_use]
pub fn earnings(account: &Account, (from, until): (Timestamp, Timestamp), now: Timestamp) -> Vec<Earning> {
    let Some((balance, _)) = account.at(now, now) else { return Vec::new() };
    let moments: BTreeSet<Timestamp> = account
        .entries
        .iter()
        .map(|entry| entry.at)
        .chain(account.refunds.iter().map(|(at, _)| *at))
        .chain(balance.sittings.iter().map(|sitting| sitting.ends_at))
        .chain(balance.deadline.as_ref().map(|deadline| deadline.ends_at()))
        .filter(|at| (from..until).contains(at) && *at <= now)
        .collect();
    let nothing = Statement::empty(account.lot.paid.currency);
    let stood = |at| account.at(at, now).map_or(nothing, |(_, statement)| statement);
    let mut before = stood(from);
    let mut lines = Vec::new();
    for at in moments {
        let Some((then, stands)) = account.at(after(at, SignedDuration::from_nanos(1)), now) else {
            continue;
        };
        let moved = stands.since(before);
        before = stands;
        if !moved.earned.is_zero() || !moved.breakage.is_zero() {
            let cause = cause(account, &then.sittings, at, &moved);
            lines.push(Earning { at, cause, earned: moved.earned, breakage: moved.breakage });
        }
    }
    lines
}

fn cause(account: &Account, sittings: &[Sitting], at: Timestamp, moved: &Statement) -> Cause {
    let here = || account.entries.iter().filter(|entry| entry.at == at).map(|entry| &entry.what);
    let booking_here = here().find_map(|what| match what {
        What::Consume { booking, .. } => Some(*booking),
        _ => None,
    });
    let used = sittings.iter().find_map(|sitting| match sitting.standing {
        Standing::Used(how) if Some(sitting.booking) == booking_here || sitting.ends_at == at => {
            Some(Cause::Session { booking: sitting.booking, starts_at: sitting.starts_at, how })
        }
        _ => None,
    });
    let has = |of: fn(&What) -> bool| here().any(of);
    match used {
        Some(session) if moved.earned.minor > 0 => session,
        _ if has(|what| matches!(what, What::Revoke { .. })) => Cause::Kept,
        _ if has(|what| {
            matches!(what, What::Adjust { .. } | What::TransferOut { .. } | What::TransferIn { .. })
        }) =>
        {
            Cause::Changed
        }
        _ if moved.breakage.minor > 0 => Cause::Expired,
        _ => Cause::CameBack,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::Revoked;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Two attended, one waived, a fee kept of a refund; the rest expires.
    fn lived() -> Account {
        let lot = lot();
        let whats = [
            What::Grant(6),
            hold(1, "2026-04-20T08:00:00Z"),
            hold(2, "2026-04-21T08:00:00Z"),
            What::Waive { booking: BookingId::from_bits(2) },
            What::Revoke { count: 2, why: Revoked::Refund },
        ];
        let mut entries = entries(&lot, whats);
        // What the clock made true is written late, under its own instant.
        entries.insert(3, entries[1].clone());
        entries[3].what = What::Consume { booking: BookingId::from_bits(2), how: Consumed::Missed };
        entries[3].at = at("2026-04-21T09:00:00Z");
        entries[4].at = at("2026-04-22T09:00:00Z");
        entries[5].at = at("2026-05-02T09:00:00Z");
        let refunds = vec![(at("2026-05-02T09:00:00Z"), Money { minor: 16000, ..lot.paid })];
        Account { lot, entries, refunds }
    }

    #[test]
    fn the_lines_say_what_happened_and_sum_to_the_books() {
        let (account, now) = (lived(), at("2026-08-01T00:00:00Z"));
        let all = earnings(&account, (Timestamp::MIN, Timestamp::MAX), now);
        let told: Vec<(&str, i64, i64)> = all
            .iter()
            .map(|line| {
                let cause = match line.cause {
                    Cause::Session { how: Consumed::Attended, .. } => "attended",
                    Cause::Session { .. } => "missed",
                    Cause::Expired => "expired",
                    Cause::CameBack => "came back",
                    Cause::Kept => "kept",
                    Cause::Changed => "changed",
                };
                (cause, line.earned.minor, line.breakage.minor)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("attended", 9000, 0),
                ("attended", 9000, 0),
                ("came back", -9000, 0),
                ("kept", 2000, 0),
                ("expired", 0, 27000),
            ]
        );
        let (_, stands) = account.at(now, now).unwrap();
        let earned: i64 = all.iter().map(|line| line.earned.minor).sum();
        let breakage: i64 = all.iter().map(|line| line.breakage.minor).sum();
        assert_eq!((earned, breakage), (stands.earned.minor, stands.breakage.minor));
    }

    #[test]
    fn each_line_stands_in_one_month_only() {
        let (account, now) = (lived(), at("2026-08-01T00:00:00Z"));
        let bounds: Vec<Timestamp> = (4..=9).map(|n| at(&format!("2026-{n:02}-01T00:00:00Z"))).collect();
        let parts: Vec<Earning> =
            bounds.windows(2).flat_map(|pair| earnings(&account, (pair[0], pair[1]), now)).collect();
        assert_eq!(parts, earnings(&account, (Timestamp::MIN, Timestamp::MAX), now));
    }
}
