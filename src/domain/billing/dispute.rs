//! A dispute: the buyer asked her bank for the money back (domain.md, Rules: dispute; example 9). While it is open the
//! unused credits wait, and sessions of the next 24 hours are kept; won, they come back with the time that they waited;
//! lost, they are taken back.

use jiff::civil::Date;

use crate::domain::credits::ledger::{Balance, Revoked, Standing, What};
use crate::domain::id::{BookingId, LotId, PractitionerId, PurchaseId};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after, hours, plus_days};

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
    /// Whose credits wait.
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
    /// How many credits wait for it.
    pub suspended: u32,
    /// How it stands.
    pub state: State,
}

/// The sessions that are called off when a dispute opens: those that begin later than the next 24 hours.
fn called_off(balance: &Balance, now: Timestamp) -> Vec<BookingId> {
    let held = balance.sittings.iter().filter(|sitting| sitting.standing == Standing::Held);
    held.filter(|sitting| sitting.starts_at > after(now, KEPT)).map(|sitting| sitting.booking).collect()
}

/// What a dispute does as it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The sessions that are called off.
    pub called_off: Vec<BookingId>,
    /// How many credits wait from then on: what was free, and those of these sessions.
    pub suspended: u32,
}

impl Opening {
    /// Its entries; none if no credit is unused.
    #[must_use]
    pub fn entries(&self) -> Vec<What> {
        let released = self.called_off.iter().map(|booking| What::Release { booking: *booking });
        released.chain((self.suspended > 0).then_some(What::Suspend(self.suspended))).collect()
    }
}

/// What a dispute does to a lot as it opens.
#[must_use]
pub fn open(balance: &Balance, now: Timestamp) -> Opening {
    let called_off = called_off(balance, now);
    let released = u32::try_from(called_off.len()).unwrap_or_default();
    Opening { suspended: balance.available_or_frozen() + released, called_off }
}

/// The entries of one that was won: the credits come back, and the date moves by the days that they waited, begun ones
/// included. A lot that is paused has no date that could move; the pause moves it.
#[must_use]
pub fn won(dispute: &Dispute, balance: &Balance, now: Timestamp) -> Vec<What> {
    let Some(count) = waiting(dispute, balance) else { return Vec::new() };
    let more = balance
        .deadline
        .as_ref()
        .map(|deadline| What::Extend { to: extended(deadline.on, now.duration_since(dispute.opened_at)) });
    more.into_iter().chain([What::Unsuspend(count)]).collect()
}

/// The entries of one that was lost: the credits that waited are taken back.
#[must_use]
pub fn lost(dispute: &Dispute, balance: &Balance) -> Vec<What> {
    let Some(count) = waiting(dispute, balance) else { return Vec::new() };
    vec![What::Unsuspend(count), What::Revoke { count, why: Revoked::Dispute }]
}

fn waiting(dispute: &Dispute, balance: &Balance) -> Option<u32> {
    Some(dispute.suspended.min(balance.suspended)).filter(|count| *count > 0)
}

fn extended(on: Date, waited: SignedDuration) -> Date {
    const DAY: i64 = 24 * 60 * 60;
    let days = waited.as_secs().saturating_add(DAY - 1) / DAY;
    plus_days(on, i32::try_from(days.max(0)).unwrap_or(i32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::foresight::with;
    use crate::domain::credits::ledger::tests::{entries, hold, lot};
    use crate::domain::credits::ledger::{Actor, balance, verify};
    use crate::domain::money::Currency;
    use jiff::civil::date;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn dispute(suspended: u32, opened_at: &str) -> Dispute {
        Dispute {
            reference: "dp_1".parse().unwrap(),
            purchase: PurchaseId::from_bits(1),
            lot: LotId::from_bits(1),
            practitioner: PractitionerId::from_bits(3),
            amount: Money::new(54000, Currency::USD),
            reason: "fraudulent".parse().unwrap(),
            answer_by: None,
            opened_at: at(opened_at),
            suspended,
            state: State::Open,
        }
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
        let opening = open(&before, now);
        assert_eq!(opening.entries(), [What::Suspend(3)]);
        let log = with(&lot, &log, &opening.entries(), Actor::Provider, now);
        let waiting = balance(&lot, &log, now);
        assert_eq!((waiting.used(), waiting.held(), waiting.suspended, waiting.available), (2, 1, 3, 0));

        let later = at("2026-05-21T09:00:00Z");
        let all =
            with(&lot, &log, &lost(&dispute(3, "2026-05-01T08:00:00Z"), &waiting), Actor::Provider, later);
        assert_eq!(verify(&lot, &all), Ok(()));
        let after = balance(&lot, &all, later);
        assert_eq!((after.used(), after.revoked, after.available, after.suspended), (3, 3, 0, 0));

        let opened = dispute(3, "2026-05-01T08:00:00Z");
        let all = with(&lot, &log, &won(&opened, &balance(&lot, &log, later), later), Actor::Provider, later);
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
        let opening = open(&balance(&lot, &log, now), now);
        assert_eq!(opening, Opening { called_off: vec![BookingId::from_bits(2)], suspended: 5 });
        let log = with(&lot, &log, &opening.entries(), Actor::Provider, now);
        assert_eq!(verify(&lot, &log), Ok(()));
        let waiting = balance(&lot, &log, now);
        assert_eq!((waiting.held(), waiting.suspended, waiting.available), (1, 5, 0));
    }

    #[test]
    fn where_no_credit_is_unused_nothing_waits() {
        let lot = lot();
        let now = at("2026-05-01T08:00:00Z");
        let log = entries(&lot, [What::Grant(1), hold(1, "2026-05-02T08:00:00Z")]);
        assert_eq!(open(&balance(&lot, &log, now), now).entries(), []);
    }

    #[test]
    fn credits_that_waited_past_their_date_come_back_alive() {
        let lot = lot();
        let opened = at("2026-07-10T08:00:00Z");
        let log = entries(&lot, [What::Grant(6)]);
        let log = with(&lot, &log, &[What::Suspend(6)], Actor::Provider, opened);
        let later = at("2026-08-20T08:00:00Z");
        let waiting = balance(&lot, &log, later);
        let log = with(
            &lot,
            &log,
            &won(&dispute(6, "2026-07-10T08:00:00Z"), &waiting, later),
            Actor::Provider,
            later,
        );
        assert_eq!(balance(&lot, &log, later).available, 6);
    }
}
