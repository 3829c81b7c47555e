//! Moving and cancelling a session, and what becomes of its credit: stated before the click and done after it, by the
//! same functions (domain.md, Rules: client cancels; changes; practitioner cancels or moves; return target).

use jiff::civil::Date;

use super::booking::{Booking, Clash, State, no_lot};
use super::slot::Taken;
use crate::domain::credits::ledger::{Actor, Balance, Consumed, Standing, What};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::{Counted, choose};
use crate::domain::id::LotId;
use crate::domain::time::{Timestamp, before, plus_days};

/// How long a lot stays valid at least when the practitioner calls a session off, in days.
pub const AFTER_APOLOGY_DAYS: i32 = 30;

/// Why a session cannot be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It was called off already.
    AlreadyCancelled,
    /// It has begun.
    Begun,
    /// The client may move it no more; it can still be cancelled.
    TooLateToMove {
        /// Until when she could have.
        until: Timestamp,
    },
    /// The lot's changes are used up.
    NoChangesLeft,
    /// It would stay where it is.
    SameTime,
    /// No lot pays at the new time.
    Unpaid(super::booking::Refusal),
    /// The new time cannot be had.
    Taken(Taken),
    /// The client has another session then.
    OwnClash,
}

/// What a cancel does to the credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credit {
    /// It comes back.
    Returns,
    /// It is late, and comes back all the same: the policy forgives it.
    Forgiven,
    /// It does not come back: the cancel is later than the window.
    Late {
        /// Until when it would have.
        until: Timestamp,
    },
    /// It does not come back: the lot's changes are used up.
    NoChangesLeft,
    /// It comes back to a lot that has reached its date meanwhile, and expires with it. Moving keeps it.
    PastItsDate {
        /// The date.
        on: Date,
    },
}

/// Until when a client is in time to cancel or move; the instant itself is. What that brings is more than this
/// ([`super::promise`]).
pub(super) fn window_ends_at(starts_at: Timestamp, lot: &Lot) -> Timestamp {
    before(starts_at, lot.offer.policy.window())
}

/// How many changes the client has left on a lot; `None` is without limit.
#[must_use]
pub fn changes_left(lot: &Lot, balance: &Balance) -> Option<u32> {
    Some(lot.offer.policy.changes_of(balance.total)?.saturating_sub(balance.changes))
}

/// What a cancel by the client would do to the credit now.
///
/// # Errors
/// [`Refusal`] if there is nothing to cancel.
pub fn cancel_by_client(
    booking: &Booking,
    (lot, balance): (&Lot, &Balance),
    now: Timestamp,
) -> Result<Credit, Refusal> {
    check_open(booking, now)?;
    Ok(credit_at(booking.starts_at, (lot, balance), now))
}

/// What a cancel by the client at an instant does to the credit of a session that starts then.
pub(super) fn credit_at(starts_at: Timestamp, (lot, balance): (&Lot, &Balance), now: Timestamp) -> Credit {
    let until = window_ends_at(starts_at, lot);
    let over = balance.deadline.as_ref().filter(|deadline| deadline.is_over(now)).map(|deadline| deadline.on);
    match over {
        _ if now > until && balance.forgiven >= lot.offer.policy.free_late_cancels => Credit::Late { until },
        _ if now <= until && changes_left(lot, balance) == Some(0) => Credit::NoChangesLeft,
        Some(on) => Credit::PastItsDate { on },
        None if now > until => Credit::Forgiven,
        None => Credit::Returns,
    }
}

/// The ledger entry of such a cancel.
#[must_use]
pub fn entry_of(booking: &Booking, credit: Credit) -> What {
    match credit {
        Credit::Returns | Credit::Forgiven | Credit::PastItsDate { .. } => {
            What::Release { booking: booking.id }
        }
        Credit::Late { .. } | Credit::NoChangesLeft => {
            What::Consume { booking: booking.id, how: Consumed::LateCancel }
        }
    }
}

/// The ledger entries when the practitioner calls a session off, at any time, also after it: the credit always
/// returns, and the lot stays valid at least [`AFTER_APOLOGY_DAYS`] days from now, also if it is paused until later.
///
/// # Errors
/// [`Refusal::AlreadyCancelled`].
pub fn cancel_by_practitioner(
    booking: &Booking,
    (lot, balance): (&Lot, &Balance),
    now: Timestamp,
) -> Result<Vec<What>, Refusal> {
    if !booking.is_confirmed() {
        return Err(Refusal::AlreadyCancelled);
    }
    let back = match balance.sitting(booking.id).map(|sitting| sitting.standing) {
        Some(Standing::Used(_)) => Some(What::Waive { booking: booking.id }),
        Some(Standing::Held) => Some(What::Release { booking: booking.id }),
        // It is back already.
        Some(Standing::Waived | Standing::Returned) | None => None,
    };
    let at_least = plus_days(lot.zone.date(now), AFTER_APOLOGY_DAYS);
    let extend =
        balance.date().filter(|deadline| deadline.on < at_least).map(|_| What::Extend { to: at_least });
    // The extension comes first: the credit returns to a lot that can still be booked.
    Ok(extend.into_iter().chain(back).collect())
}

/// What is looked at before a session is moved, all of one instant.
#[derive(Debug)]
pub struct Facts<'a> {
    /// The lot that pays now.
    pub from: &'a Counted,
    /// The client's lots with this practitioner for sessions of this length, that one included.
    pub lots: &'a [Counted],
    /// Whether the new time can be had, the session itself left out.
    pub slot: Result<(), Taken>,
    /// Whether the client is elsewhere then.
    pub clash: Clash,
}

/// Where a session goes and which lot pays for it there: the same one while it reaches the date, even if it could not
/// be booked from any more; otherwise as for a new booking.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn reschedule(
    booking: &Booking,
    to: Timestamp,
    facts: &Facts<'_>,
    actor: Actor,
    now: Timestamp,
) -> Result<LotId, Refusal> {
    check_open(booking, now)?;
    let (lot, balance) = facts.from;
    if to == booking.starts_at {
        return Err(Refusal::SameTime);
    }
    if let Actor::Client(_) = actor {
        check_move(booking, (lot, balance), now)?;
    }
    facts.slot.map_err(Refusal::Taken)?;
    if facts.clash == Clash::Own {
        return Err(Refusal::OwnClash);
    }
    let date = lot.zone.date(to);
    let reached = match (&balance.deadline, balance.frozen_at) {
        (_, Some(_)) => false,
        (None, None) => true,
        (Some(deadline), None) => date <= deadline.sessions_until(lot.offer.policy.grace_days),
    };
    if reached {
        return Ok(lot.id);
    }
    choose(facts.lots, to, now)
        .map(|(other, _)| other.id)
        .ok_or_else(|| Refusal::Unpaid(no_lot(facts.lots, now)))
}

/// Whether the client may move a session at all now, wherever to.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn check_move(
    booking: &Booking,
    (lot, balance): (&Lot, &Balance),
    now: Timestamp,
) -> Result<(), Refusal> {
    check_open(booking, now)?;
    let until = window_ends_at(booking.starts_at, lot);
    match () {
        () if now > until => Err(Refusal::TooLateToMove { until }),
        () if changes_left(lot, balance) == Some(0) => Err(Refusal::NoChangesLeft),
        () => Ok(()),
    }
}

/// Whether a session is still to come, so that it can be changed at all.
///
/// # Errors
/// [`Refusal`] if it was called off or has begun.
pub fn check_open(booking: &Booking, now: Timestamp) -> Result<(), Refusal> {
    match booking.state {
        State::Cancelled { .. } => Err(Refusal::AlreadyCancelled),
        State::Confirmed if now >= booking.starts_at => Err(Refusal::Begun),
        State::Confirmed => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::policy::Preset;
    use crate::domain::credits::foresight::with;
    use crate::domain::credits::ledger::tests::{entries, lot};
    use crate::domain::credits::ledger::{balance, verify};
    use crate::domain::id::{BookingId, ClientId, EntryId};

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn booking(n: u128, starts_at: &str) -> Booking {
        let lot = lot();
        Booking {
            id: BookingId::from_bits(n),
            client: lot.client,
            practitioner: lot.practitioner,
            lot: lot.id,
            starts_at: at(starts_at),
            length_minutes: 50,
            format: lot.offer.format,
            state: State::Confirmed,
            sequence: 0,
            placed_at: lot.granted_at,
        }
    }

    fn credit(lot: &Lot, whats: &[What], booking: &Booking, now: &str) -> Credit {
        let now = at(now);
        cancel_by_client(booking, (lot, &balance(lot, &entries(lot, whats.to_vec()), now)), now).unwrap()
    }

    /// domain.md, worked example 5: 24 elapsed hours across the change of clocks, boundary inclusive.
    #[test]
    fn a_day_before_is_24_elapsed_hours_also_when_the_clocks_change() {
        let mut lot = lot();
        lot.granted_at = at("2026-03-01T10:00:00Z");
        // 10:00 in Berlin on 29 March is 08:00 UTC; 09:00 local the day before is 08:00 UTC as well.
        let booking = booking(1, "2026-03-29T08:00:00Z");
        let whats = [What::Grant(6), booking.hold()];
        let until = at("2026-03-28T08:00:00Z");
        assert_eq!(lot.zone.local(until).to_string(), "2026-03-28T09:00:00");
        assert_eq!(credit(&lot, &whats, &booking, "2026-03-28T07:59:59Z"), Credit::Returns);
        assert_eq!(credit(&lot, &whats, &booking, "2026-03-28T08:00:00Z"), Credit::Returns);
        assert_eq!(credit(&lot, &whats, &booking, "2026-03-28T08:00:01Z"), Credit::Late { until });
    }

    /// domain.md, worked example 4, second half.
    #[test]
    fn a_credit_that_returns_after_the_date_expires_and_is_told_before() {
        let lot = lot();
        let booking = booking(1, "2026-07-20T08:00:00Z");
        let whats = [What::Grant(1), booking.hold()];
        assert_eq!(credit(&lot, &whats, &booking, "2026-07-01T08:00:00Z"), Credit::Returns);
        let on = jiff::civil::date(2026, 7, 13);
        assert_eq!(credit(&lot, &whats, &booking, "2026-07-15T08:00:00Z"), Credit::PastItsDate { on });
        // Moving within the grace keeps it.
        let now = at("2026-07-15T08:00:00Z");
        let counted = (lot.clone(), balance(&lot, &entries(&lot, whats.to_vec()), now));
        let facts =
            Facts { from: &counted, lots: std::slice::from_ref(&counted), slot: Ok(()), clash: Clash::None };
        let moved = |to: &str| reschedule(&booking, at(to), &facts, Actor::Client(lot.client), now);
        assert_eq!(moved("2026-07-27T08:00:00Z"), Ok(lot.id));
        assert!(matches!(moved("2026-07-28T08:00:00Z"), Err(Refusal::Unpaid(_))));
    }

    #[test]
    fn the_gentle_policy_forgives_one_late_cancel() {
        let mut lot = lot();
        lot.offer.policy = Preset::Gentle.policy();
        let (first, second) = (booking(1, "2026-04-14T20:00:00Z"), booking(2, "2026-04-14T21:00:00Z"));
        let mut whats = vec![What::Grant(6), first.hold(), second.hold()];
        assert_eq!(credit(&lot, &whats, &first, "2026-04-14T13:00:00Z"), Credit::Forgiven);
        whats.push(entry_of(&first, Credit::Forgiven));
        assert!(matches!(credit(&lot, &whats, &second, "2026-04-14T13:30:00Z"), Credit::Late { .. }));
    }

    #[test]
    fn changes_are_pooled_per_lot_and_end() {
        let mut lot = lot();
        lot.offer.policy.changes = crate::domain::catalog::policy::Changes::Count(1);
        let (first, second) = (booking(1, "2026-05-05T08:00:00Z"), booking(2, "2026-05-06T08:00:00Z"));
        let whats = [What::Grant(6), first.hold(), second.hold(), entry_of(&first, Credit::Returns)];
        assert_eq!(credit(&lot, &whats, &second, "2026-04-20T08:00:00Z"), Credit::NoChangesLeft);
        let now = at("2026-04-20T08:00:00Z");
        let balance = balance(&lot, &entries(&lot, whats.to_vec()), now);
        assert_eq!(check_move(&second, (&lot, &balance), now), Err(Refusal::NoChangesLeft));
    }

    #[test]
    fn the_practitioner_gives_the_credit_back_at_any_time_and_the_lot_lives_on() {
        let lot = lot();
        let booking = booking(1, "2026-07-10T08:00:00Z");
        let mut log = entries(&lot, [What::Grant(1), booking.hold()]);
        for now in ["2026-07-10T07:59:00Z", "2026-07-11T08:00:00Z", "2026-09-01T08:00:00Z"] {
            let now = at(now);
            let mut log_then = log.clone();
            let whats = cancel_by_practitioner(&booking, (&lot, &balance(&lot, &log, now)), now).unwrap();
            for (i, what) in (10u32..).zip(whats) {
                let actor = Actor::Practitioner(lot.practitioner);
                log_then.push(crate::domain::credits::ledger::Entry {
                    id: EntryId::from_bits(i.into()),
                    lot: lot.id,
                    what,
                    actor,
                    reason: None,
                    at: now,
                });
            }
            assert_eq!(verify(&lot, &log_then), Ok(()));
            let after = balance(&lot, &log_then, now);
            assert_eq!(after.available, 1, "at {now}");
            assert!(after.deadline.unwrap().on >= plus_days(lot.zone.date(now), 30));
        }
        log.clear();
    }

    /// The pause ends on the day of the cancel, ten days later, or began long before it: thirty days are left in the end.
    #[test]
    fn a_session_that_is_called_off_while_the_lot_is_paused_leaves_thirty_days_after_the_pause() {
        let lot = lot();
        let booking = booking(1, "2026-07-10T08:00:00Z");
        let actor = Actor::Practitioner(lot.practitioner);
        let dated = |off: &str, thawed: &str, least: &str, most: &str| {
            let mut log = entries(&lot, [What::Grant(1), booking.hold(), What::Freeze]);
            log[2].at = at("2026-07-01T08:00:00Z");
            let now = at(off);
            let whats = cancel_by_practitioner(&booking, (&lot, &balance(&lot, &log, now)), now).unwrap();
            log = with(&lot, &log, &whats, actor, now);
            log = with(&lot, &log, &[What::Unfreeze], actor, at(thawed));
            assert_eq!(verify(&lot, &log), Ok(()));
            let after = balance(&lot, &log, at(thawed));
            assert_eq!(after.available, 1);
            let on = after.deadline.unwrap().on.to_string();
            assert!(least <= on.as_str() && on.as_str() <= most, "{on} is not from {least} to {most}");
        };
        dated("2026-07-01T09:00:00Z", "2026-07-01T10:00:00Z", "2026-07-31", "2026-08-01");
        dated("2026-07-01T09:00:00Z", "2026-07-11T09:00:00Z", "2026-08-10", "2026-08-11");
        dated("2026-07-09T08:00:00Z", "2026-07-10T08:00:00Z", "2026-08-09", "2026-08-09");
        // A date that is far enough stays as it is, and moves by the pause alone.
        let mut log = entries(&lot, [What::Grant(1), booking.hold(), What::Freeze]);
        log[2].at = at("2026-05-01T08:00:00Z");
        let now = at("2026-05-02T08:00:00Z");
        let whats = cancel_by_practitioner(&booking, (&lot, &balance(&lot, &log, now)), now).unwrap();
        assert_eq!(whats, [What::Release { booking: booking.id }]);
    }

    #[test]
    fn a_session_whose_credit_was_given_back_is_called_off_without_a_second_one() {
        let lot = lot();
        let booking = booking(1, "2026-05-05T08:00:00Z");
        let whats = [What::Grant(1), booking.hold(), What::Waive { booking: booking.id }];
        let now = at("2026-05-05T10:00:00Z");
        let balance = balance(&lot, &entries(&lot, whats), now);
        assert_eq!(cancel_by_practitioner(&booking, (&lot, &balance), now), Ok(vec![]));
    }

    #[test]
    fn what_has_begun_or_is_off_cannot_be_changed() {
        let lot = lot();
        let mut booking = booking(1, "2026-05-05T08:00:00Z");
        let balance =
            balance(&lot, &entries(&lot, [What::Grant(1), booking.hold()]), at("2026-05-05T08:00:00Z"));
        let refused =
            |booking: &Booking| cancel_by_client(booking, (&lot, &balance), at("2026-05-05T08:00:00Z"));
        assert_eq!(refused(&booking), Err(Refusal::Begun));
        booking.state = State::Cancelled { at: lot.granted_at, by: Actor::Client(ClientId::from_bits(2)) };
        assert_eq!(refused(&booking), Err(Refusal::AlreadyCancelled));
    }
}
