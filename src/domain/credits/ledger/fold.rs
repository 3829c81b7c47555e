//! Folding a lot's entries into what they amount to.

use jiff::civil::Date;

use super::{Actor, Balance, Consumed, Entry, Sitting, Standing, What};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::validity::{Deadline, book_by};
use crate::domain::id::BookingId;
use crate::domain::time::{SignedDuration, Timestamp, after, plus_days};

impl<'a> Fold<'a> {
    pub(super) fn new(lot: &'a Lot) -> Self {
        Self {
            lot,
            total: 0,
            expired: 0,
            revoked: 0,
            suspended: 0,
            sittings: Vec::new(),
            extended_to: None,
            extended_after: SignedDuration::ZERO,
            dated_at: None,
            frozen_at: None,
            frozen_for: SignedDuration::ZERO,
            waited: SignedDuration::ZERO,
            seen_at: lot.granted_at,
            changes: 0,
            forgiven: 0,
            passed_on: 0,
        }
    }
}

/// The running count while entries are folded; signed, so that what does not fit can be seen.
pub(super) struct Fold<'a> {
    lot: &'a Lot,
    total: i64,
    expired: i64,
    revoked: i64,
    suspended: i64,
    pub(super) sittings: Vec<Sitting>,
    extended_to: Option<Date>,
    /// How long the lot had been paused, all in all, when that date was given.
    extended_after: SignedDuration,
    dated_at: Option<Timestamp>,
    frozen_at: Option<Timestamp>,
    frozen_for: SignedDuration,
    /// How long the credits that wait for a dispute have waited, without the time of pauses.
    waited: SignedDuration,
    seen_at: Timestamp,
    changes: u32,
    forgiven: u32,
    passed_on: i64,
}

impl Fold<'_> {
    /// Credits that are neither tied, used, expired, suspended nor taken back.
    pub(super) fn free(&self) -> i64 {
        let tied =
            self.sittings.iter().filter(|s| matches!(s.standing, Standing::Held | Standing::Used(_))).count();
        self.total - self.expired - self.revoked - self.suspended - i64::try_from(tied).unwrap_or(i64::MAX)
    }

    fn sitting(&mut self, booking: BookingId) -> Option<&mut Sitting> {
        self.sittings.iter_mut().rev().find(|sitting| sitting.booking == booking)
    }

    /// Lets time pass, for what waits in it.
    fn pass(&mut self, at: Timestamp) {
        if self.suspended == 0 {
            self.waited = SignedDuration::ZERO;
        } else if self.frozen_at.is_none() && at > self.seen_at {
            self.waited += at.duration_since(self.seen_at);
        }
        self.seen_at = self.seen_at.max(at);
    }

    /// Takes one entry; says what is wrong with it.
    pub(super) fn take(&mut self, entry: &Entry) -> Result<(), &'static str> {
        self.pass(entry.at);
        match &entry.what {
            What::Grant(n) | What::TransferIn { count: n, .. } => self.total += i64::from(*n),
            What::TransferOut { count, worth, .. } => {
                self.total -= i64::from(*count);
                self.passed_on += worth.minor;
            }
            What::Adjust { by } => self.total += i64::from(*by),
            What::Hold { booking, starts_at, ends_at } => return self.hold(*booking, *starts_at, *ends_at),
            What::Release { booking } => return self.release(*booking, entry),
            What::Consume { booking, how } => {
                let sitting = self.sitting(*booking).ok_or("uses a credit that no session holds")?;
                if !matches!(sitting.standing, Standing::Held | Standing::Used(_)) {
                    return Err("uses a credit that was returned");
                }
                sitting.standing = Standing::Used(*how);
            }
            What::Waive { booking } => {
                let sitting = self.sitting(*booking).ok_or("waives a session that took no credit")?;
                if !matches!(sitting.standing, Standing::Held | Standing::Used(_)) {
                    return Err("waives a credit that was not used");
                }
                sitting.standing = Standing::Waived;
            }
            What::Extend { to } => {
                (self.extended_to, self.extended_after) = (Some(*to), self.frozen_until(entry.at));
                self.dated_at = Some(entry.at);
            }
            What::Freeze if self.frozen_at.is_some() => return Err("freezes what is frozen"),
            What::Freeze => self.frozen_at = Some(entry.at),
            What::Unfreeze => {
                if self.frozen_at.is_none() {
                    return Err("unfreezes what is not frozen");
                }
                self.thaw(entry.at);
            }
            What::Suspend(n) => self.suspended += i64::from(*n),
            What::Unsuspend(n) => self.suspended -= i64::from(*n),
            What::Expire(n) => self.expired += i64::from(*n),
            What::Reactivate(n) => self.expired -= i64::from(*n),
            What::Revoke { count, .. } => self.revoked += i64::from(*count),
            What::Restore(n) => self.revoked -= i64::from(*n),
        }
        match () {
            () if self.free() < 0 => Err("takes more credits than there are"),
            () if self.expired < 0 => Err("brings back more than had expired"),
            () if self.revoked < 0 => Err("restores more than was taken back"),
            () if self.suspended < 0 => Err("frees more than was suspended"),
            () => Ok(()),
        }
    }

    fn hold(
        &mut self,
        booking: BookingId,
        starts_at: Timestamp,
        ends_at: Timestamp,
    ) -> Result<(), &'static str> {
        if self.sitting(booking).is_some_and(|s| matches!(s.standing, Standing::Held | Standing::Used(_))) {
            return Err("holds a second credit for one session");
        }
        self.sittings.retain(|sitting| sitting.booking != booking);
        self.sittings.push(Sitting { booking, starts_at, ends_at, standing: Standing::Held });
        if self.free() < 0 { Err("holds a credit that is not there") } else { Ok(()) }
    }

    fn release(&mut self, booking: BookingId, entry: &Entry) -> Result<(), &'static str> {
        let window = self.lot.offer.policy.window();
        let sitting = self.sitting(booking).ok_or("returns a credit that no session holds")?;
        if sitting.standing != Standing::Held {
            return Err("returns a credit that is not held");
        }
        sitting.standing = Standing::Returned;
        let late = after(entry.at, window) > sitting.starts_at;
        match entry.actor {
            Actor::Client(_) if late => self.forgiven += 1,
            Actor::Client(_) => self.changes += 1,
            _ => {}
        }
        Ok(())
    }

    /// How long the lot was paused until an instant, the pause that runs then included.
    fn frozen_until(&self, at: Timestamp) -> SignedDuration {
        self.frozen_for + self.frozen_at.map_or(SignedDuration::ZERO, |since| at.duration_since(since))
    }

    /// Ends the pause. A date that was agreed before it waits all of it, and one that was given meanwhile the rest.
    fn thaw(&mut self, at: Timestamp) {
        let agreed_after = whole_days(self.frozen_for.max(self.extended_after));
        (self.frozen_for, self.frozen_at) = (self.frozen_until(at), None);
        let waited = whole_days(self.frozen_for) - agreed_after;
        self.extended_to = self.extended_to.map(|to| plus_days(to, waited));
        self.dated_at = Some(at);
    }

    /// The date by which credits must be booked, as the entries so far have it.
    pub(super) fn deadline(&self) -> Option<Deadline> {
        if self.frozen_at.is_some() {
            return None;
        }
        Some(Deadline { on: self.date()?, zone: self.lot.zone.clone() })
    }

    /// That date as it stands, also while it waits for the end of a pause.
    fn date(&self) -> Option<Date> {
        let first = self.sittings.iter().filter(|s| s.is_chapter()).map(|s| s.starts_at).min();
        let agreed = book_by(self.lot.offer.validity, self.lot.granted_at, first, &self.lot.zone)?;
        let moved = plus_days(agreed, whole_days(self.frozen_for));
        Some(self.extended_to.map_or(moved, |to| to.max(moved)))
    }

    /// That date, moved by the time that credits waited. What of it was paused as well moves it already: both are rounded
    /// together. In a pause it is as if that ended now, as what is left of it moves a date that is given meanwhile.
    pub(super) fn date_after_waiting(mut self, now: Timestamp) -> Option<Date> {
        self.pass(now);
        if self.frozen_at.is_some() {
            self.thaw(now);
        }
        let days = whole_days(self.frozen_for + self.waited) - whole_days(self.frozen_for);
        self.date().filter(|_| days > 0).map(|on| plus_days(on, days))
    }

    /// The balance at an instant: sessions that have ended are used, what is past its date has expired.
    pub(super) fn close(mut self, now: Timestamp) -> Balance {
        for sitting in &mut self.sittings {
            if sitting.standing == Standing::Held && now >= sitting.ends_at {
                sitting.standing = Standing::Used(Consumed::Attended);
            }
        }
        self.sittings.sort_by_key(|sitting| (sitting.starts_at, sitting.booking));
        let deadline = self.deadline();
        if deadline.as_ref().is_some_and(|deadline| deadline.is_over(now)) {
            self.expired += self.free().max(0);
        }
        let count = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
        let (free, frozen_at) = (self.free(), self.frozen_at);
        let dated_at = self.dated_at;
        let waiting = frozen_at.and_then(|_| {
            self.thaw(now);
            self.deadline()
        });
        Balance {
            total: count(self.total),
            expired: count(self.expired),
            revoked: count(self.revoked),
            suspended: count(self.suspended),
            available: if frozen_at.is_some() { 0 } else { count(free) },
            frozen_at,
            deadline,
            waiting,
            dated_at,
            changes: self.changes,
            forgiven: self.forgiven,
            passed_on: self.passed_on,
            sittings: self.sittings,
        }
    }
}

/// Frozen time moves the date by whole days, begun ones included.
fn whole_days(frozen: SignedDuration) -> i32 {
    const DAY: i64 = 24 * 60 * 60;
    let seconds = frozen.as_secs().saturating_add(i64::from(frozen.subsec_nanos() > 0));
    i32::try_from(seconds.saturating_add(DAY - 1) / DAY).unwrap_or(i32::MAX)
}
