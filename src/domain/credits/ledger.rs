//! The credit ledger: append-only entries on a lot, and the balance that is folded from them. No counter is stored,
//! and nothing becomes true because a job ran: what has expired or taken place is so at its instant.

use jiff::civil::Date;

use super::lot::Lot;
use super::validity::{Deadline, book_by};
use crate::domain::id::{BookingId, ClientId, EntryId, LotId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after};

/// Who made an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// The client herself.
    Client(ClientId),
    /// A practitioner.
    Practitioner(PractitionerId),
    /// The program, by the clock.
    System,
    /// The payment provider.
    Provider,
}

/// How a credit was used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consumed {
    /// The session took place.
    Attended,
    /// The client cancelled too late.
    LateCancel,
    /// The client did not come.
    Missed,
}

/// Why credits were taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// The money was given back.
    Refund,
    /// The bank decided for the buyer.
    Dispute,
    /// They should not have been granted.
    Mistake,
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The lot's credits land.
    Grant(u32),
    /// A credit is tied to a session.
    Hold {
        /// The session.
        booking: BookingId,
        /// When it starts.
        starts_at: Timestamp,
        /// When it ends; from then on the credit counts as used, unless an entry says otherwise.
        ends_at: Timestamp,
    },
    /// The credit of a session that will not take place comes back.
    Release {
        /// The session.
        booking: BookingId,
    },
    /// The credit of a session is used up. A later entry for the same session overrides how.
    Consume {
        /// The session.
        booking: BookingId,
        /// How.
        how: Consumed,
    },
    /// A used credit is given back by the practitioner.
    Waive {
        /// The session.
        booking: BookingId,
    },
    /// The lot can be booked until another date.
    Extend {
        /// The new last date.
        to: Date,
    },
    /// No new bookings, and the expiry waits.
    Freeze,
    /// The expiry moves by the frozen days.
    Unfreeze,
    /// Credits cannot be booked while a dispute is open.
    Suspend(u32),
    /// They can be again.
    Unsuspend(u32),
    /// Credits reached their date; written by a job, true without it.
    Expire(u32),
    /// Credits that had expired can be booked again.
    Reactivate(u32),
    /// Credits are taken back.
    Revoke {
        /// How many.
        count: u32,
        /// Why.
        why: Revoked,
    },
    /// Credits go to another lot.
    TransferOut {
        /// How many.
        count: u32,
        /// Where to.
        to: LotId,
    },
    /// Credits come from another lot.
    TransferIn {
        /// How many.
        count: u32,
        /// Where from.
        from: LotId,
    },
    /// The practitioner corrects the count.
    Adjust {
        /// More, or fewer.
        by: i32,
    },
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its identifier; entries of a lot are in the order of their ids.
    pub id: EntryId,
    /// The lot it belongs to.
    pub lot: LotId,
    /// What it does.
    pub what: What,
    /// Who made it.
    pub actor: Actor,
    /// Why, in the words of who made it.
    pub reason: Option<Line>,
    /// When.
    pub at: Timestamp,
}

/// Where the credit of one session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Tied to a session that has not ended.
    Held,
    /// Used up.
    Used(Consumed),
    /// Back in the lot before the session.
    Returned,
    /// Given back after it was used.
    Waived,
}

/// A session that took a credit of the lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sitting {
    /// The session.
    pub booking: BookingId,
    /// When it starts.
    pub starts_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
    /// Where its credit stands.
    pub standing: Standing,
}

impl Sitting {
    /// Whether it counts as a chapter: held or attended (domain.md, Words).
    #[must_use]
    pub fn is_chapter(&self) -> bool {
        matches!(self.standing, Standing::Held | Standing::Used(Consumed::Attended))
    }
}

/// An entry that does not fit what stands before it; found by `check`, never made by an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsound {
    /// The entry.
    pub entry: EntryId,
    /// What is wrong, for the person who reads `check`'s report.
    pub what: &'static str,
}

/// What a lot amounts to at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Credits granted, with adjustments and transfers: what the client thinks of as "of 6".
    pub total: u32,
    /// Every session that ever took a credit, by start.
    pub sittings: Vec<Sitting>,
    /// Credits that reached their date.
    pub expired: u32,
    /// Credits taken back.
    pub revoked: u32,
    /// Credits that wait for a dispute.
    pub suspended: u32,
    /// Since when the lot is frozen.
    pub frozen_at: Option<Timestamp>,
    /// By when credits must be booked; `None` is for good, or not while frozen.
    pub deadline: Option<Deadline>,
    /// Moves and cancels in time that the client made.
    pub changes: u32,
    /// Late cancels that were forgiven by the policy.
    pub forgiven: u32,
    /// Credits that can be booked now.
    pub available: u32,
}

impl Balance {
    /// Sessions that used a credit, however.
    #[must_use]
    pub fn used(&self) -> u32 {
        self.count(|sitting| matches!(sitting.standing, Standing::Used(_)))
    }

    /// Sessions that used a credit in one way.
    #[must_use]
    pub fn used_by(&self, how: Consumed) -> u32 {
        self.count(|sitting| sitting.standing == Standing::Used(how))
    }

    /// Sessions that are booked and have not ended.
    #[must_use]
    pub fn held(&self) -> u32 {
        self.count(|sitting| sitting.standing == Standing::Held)
    }

    fn count(&self, which: impl Fn(&Sitting) -> bool) -> u32 {
        u32::try_from(self.sittings.iter().filter(|sitting| which(sitting)).count()).unwrap_or(u32::MAX)
    }

    /// Credits that are neither used, booked, expired, suspended nor taken back, also while the lot is frozen.
    #[must_use]
    pub fn available_or_frozen(&self) -> u32 {
        let closed = self.used() + self.held() + self.expired + self.revoked + self.suspended;
        self.total.saturating_sub(closed)
    }

    /// Whether credits can be booked, now or after a pause: not over for good.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.available_or_frozen() + self.suspended + self.held() > 0
    }

    /// The chapter that a session is: its rank by start among the held and attended sessions of the lot.
    #[must_use]
    pub fn chapter_of(&self, booking: BookingId) -> Option<u32> {
        self.chapters().position(|sitting| sitting.booking == booking).and_then(|i| u32::try_from(i + 1).ok())
    }

    /// The sessions that count as chapters, by start.
    pub fn chapters(&self) -> impl Iterator<Item = &Sitting> {
        self.sittings.iter().filter(|sitting| sitting.is_chapter())
    }

    /// The next session that has not ended.
    #[must_use]
    pub fn next_session(&self) -> Option<&Sitting> {
        self.sittings.iter().find(|sitting| sitting.standing == Standing::Held)
    }

    /// The end of the last session that took place or is booked.
    #[must_use]
    pub fn last_session_ends_at(&self) -> Option<Timestamp> {
        self.chapters().map(|sitting| sitting.ends_at).max()
    }

    /// The sitting of a session.
    #[must_use]
    pub fn sitting(&self, booking: BookingId) -> Option<&Sitting> {
        self.sittings.iter().find(|sitting| sitting.booking == booking)
    }
}

/// The running count while entries are folded; signed, so that what does not fit can be seen.
struct Fold<'a> {
    lot: &'a Lot,
    total: i64,
    expired: i64,
    revoked: i64,
    suspended: i64,
    sittings: Vec<Sitting>,
    extended_to: Option<Date>,
    frozen_at: Option<Timestamp>,
    frozen_for: SignedDuration,
    changes: u32,
    forgiven: u32,
}

impl Fold<'_> {
    /// Credits that are neither tied, used, expired, suspended nor taken back.
    fn free(&self) -> i64 {
        let tied =
            self.sittings.iter().filter(|s| matches!(s.standing, Standing::Held | Standing::Used(_))).count();
        self.total - self.expired - self.revoked - self.suspended - i64::try_from(tied).unwrap_or(i64::MAX)
    }

    fn sitting(&mut self, booking: BookingId) -> Option<&mut Sitting> {
        self.sittings.iter_mut().rev().find(|sitting| sitting.booking == booking)
    }

    /// Takes one entry; says what is wrong with it.
    fn take(&mut self, entry: &Entry) -> Result<(), &'static str> {
        match &entry.what {
            What::Grant(n) | What::TransferIn { count: n, .. } => self.total += i64::from(*n),
            What::TransferOut { count, .. } => self.total -= i64::from(*count),
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
            What::Extend { to } => self.extended_to = Some(*to),
            What::Freeze if self.frozen_at.is_some() => return Err("freezes what is frozen"),
            What::Freeze => self.frozen_at = Some(entry.at),
            What::Unfreeze => {
                let since = self.frozen_at.take().ok_or("unfreezes what is not frozen")?;
                self.frozen_for += entry.at.duration_since(since);
            }
            What::Suspend(n) => self.suspended += i64::from(*n),
            What::Unsuspend(n) => self.suspended -= i64::from(*n),
            What::Expire(n) => self.expired += i64::from(*n),
            What::Reactivate(n) => self.expired -= i64::from(*n),
            What::Revoke { count, .. } => self.revoked += i64::from(*count),
        }
        match () {
            () if self.free() < 0 => Err("takes more credits than there are"),
            () if self.expired < 0 => Err("brings back more than had expired"),
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

    /// The date by which credits must be booked, as the entries so far have it.
    fn deadline(&self) -> Option<Deadline> {
        if self.frozen_at.is_some() {
            return None;
        }
        let first = self.sittings.iter().filter(|s| s.is_chapter()).map(|s| s.starts_at).min();
        let agreed = book_by(self.lot.offer.validity, self.lot.granted_at, first, &self.lot.zone)?;
        // Frozen time moves the date by whole days, begun ones included.
        let frozen_days =
            i32::try_from(self.frozen_for.as_hours().saturating_add(23) / 24).unwrap_or(i32::MAX);
        let moved = crate::domain::time::plus_days(agreed, frozen_days);
        Some(Deadline { on: self.extended_to.map_or(moved, |to| to.max(moved)), zone: self.lot.zone.clone() })
    }

    /// The balance at an instant: sessions that have ended are used, what is past its date has expired.
    fn close(mut self, now: Timestamp) -> Balance {
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
        let free = self.free();
        Balance {
            total: count(self.total),
            expired: count(self.expired),
            revoked: count(self.revoked),
            suspended: count(self.suspended),
            available: if self.frozen_at.is_some() { 0 } else { count(free) },
            frozen_at: self.frozen_at,
            deadline,
            changes: self.changes,
            forgiven: self.forgiven,
            sittings: self.sittings,
        }
    }
}

/// What a lot amounts to at an instant. Actions write only entries that fit; `check` reports others by [`verify`].
#[must_use]
pub fn balance(lot: &Lot, entries: &[Entry], now: Timestamp) -> Balance {
    let mut fold = Fold::new(lot);
    for entry in entries {
        let _ = fold.take(entry);
    }
    fold.close(now)
}

/// Whether every entry fits what stands before it.
///
/// # Errors
/// The first that does not.
pub fn verify(lot: &Lot, entries: &[Entry]) -> Result<(), Unsound> {
    let mut fold = Fold::new(lot);
    let mut last = None;
    for entry in entries {
        let unsound = |what| Unsound { entry: entry.id, what };
        if last.replace(entry.id).is_some_and(|before| before >= entry.id) {
            return Err(unsound("stands out of order"));
        }
        if entry.lot != lot.id {
            return Err(unsound("belongs to another lot"));
        }
        fold.take(entry).map_err(unsound)?;
    }
    Ok(())
}

impl<'a> Fold<'a> {
    fn new(lot: &'a Lot) -> Self {
        Self {
            lot,
            total: 0,
            expired: 0,
            revoked: 0,
            suspended: 0,
            sittings: Vec::new(),
            extended_to: None,
            frozen_at: None,
            frozen_for: SignedDuration::ZERO,
            changes: 0,
            forgiven: 0,
        }
    }
}

/// What the clock has made true and no entry says yet: sessions that have ended, credits past their date. Each with
/// the instant at which it became true. A balance is the same before and after these are written.
#[must_use]
pub fn unwritten(lot: &Lot, entries: &[Entry], now: Timestamp) -> Vec<(What, Timestamp)> {
    let mut fold = Fold::new(lot);
    for entry in entries {
        let _ = fold.take(entry);
    }
    let mut due: Vec<(What, Timestamp)> = Vec::new();
    for sitting in fold.sittings.iter().filter(|s| s.standing == Standing::Held && now >= s.ends_at) {
        due.push((What::Consume { booking: sitting.booking, how: Consumed::Attended }, sitting.ends_at));
    }
    if let Some(deadline) = fold.deadline().filter(|deadline| deadline.is_over(now))
        && let Ok(free @ 1..) = u32::try_from(fold.free())
    {
        due.push((What::Expire(free), deadline.ends_at()));
    }
    due
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::catalog::package::tests::six_sessions;
    use crate::domain::credits::lot::Origin;
    use crate::domain::id::PurchaseId;
    use crate::domain::money::Money;
    use crate::domain::time::{hours, minutes};

    /// A lot of six, granted on 14 April 2026 at noon in Berlin; book by 13 July.
    pub(crate) fn lot() -> Lot {
        let offer = six_sessions();
        Lot {
            id: LotId::from_bits(1),
            client: ClientId::from_bits(2),
            practitioner: PractitionerId::from_bits(3),
            origin: Origin::Purchase(PurchaseId::from_bits(1)),
            paid: Money::new(54000, offer.price.currency),
            offer,
            granted_at: "2026-04-14T10:00:00Z".parse().unwrap(),
            zone: "Europe/Berlin".parse().unwrap(),
        }
    }

    /// Entries of a lot, an hour apart from its grant on, all by the client.
    pub(crate) fn entries(lot: &Lot, whats: impl IntoIterator<Item = What>) -> Vec<Entry> {
        let entry = |(i, what): (u32, What)| Entry {
            id: EntryId::from_bits(u128::from(i) + 1),
            lot: lot.id,
            what,
            actor: Actor::Client(lot.client),
            reason: None,
            at: after(lot.granted_at, hours(i64::from(i))),
        };
        (0..).zip(whats).map(entry).collect()
    }

    pub(crate) fn hold(n: u128, starts_at: &str) -> What {
        let starts_at = starts_at.parse().unwrap();
        What::Hold { booking: BookingId::from_bits(n), starts_at, ends_at: after(starts_at, minutes(50)) }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn booking(n: u128) -> BookingId {
        BookingId::from_bits(n)
    }

    #[test]
    fn a_booking_takes_six_to_five_and_its_end_uses_the_credit_by_itself() {
        let lot = lot();
        let entries = entries(&lot, [What::Grant(6), hold(1, "2026-05-05T08:00:00Z")]);
        let before = balance(&lot, &entries, at("2026-05-05T08:49:59Z"));
        assert_eq!((before.total, before.available, before.held(), before.used()), (6, 5, 1, 0));
        let after = balance(&lot, &entries, at("2026-05-05T08:50:00Z"));
        assert_eq!((after.available, after.held(), after.used()), (5, 0, 1));
    }

    #[test]
    fn credits_expire_at_the_instant_their_day_ends() {
        let lot = lot();
        let entries = entries(&lot, [What::Grant(6), hold(1, "2026-07-20T08:00:00Z")]);
        let last = balance(&lot, &entries, at("2026-07-13T21:59:59Z"));
        assert_eq!((last.available, last.expired), (5, 0));
        let over = balance(&lot, &entries, at("2026-07-13T22:00:00Z"));
        assert_eq!((over.available, over.expired, over.held()), (0, 5, 1), "the booked session stays");
    }

    #[test]
    fn what_the_clock_made_true_changes_no_balance_when_it_is_written() {
        let lot = lot();
        let mut log =
            entries(&lot, [What::Grant(6), hold(1, "2026-05-05T08:00:00Z"), hold(2, "2026-07-20T08:00:00Z")]);
        let now = at("2026-07-14T00:00:00Z");
        let told = balance(&lot, &log, now);
        let due = unwritten(&lot, &log, now);
        assert_eq!(due.len(), 2);
        for (i, (what, at)) in (10u32..).zip(due) {
            let id = EntryId::from_bits(i.into());
            log.push(Entry { id, lot: lot.id, what, actor: Actor::System, reason: None, at });
        }
        assert_eq!(balance(&lot, &log, now), told);
        assert_eq!(unwritten(&lot, &log, now), []);
        assert_eq!(verify(&lot, &log), Ok(()));
    }

    #[test]
    fn missed_overrides_attended_and_a_waiver_gives_the_credit_back() {
        let lot = lot();
        let missed = What::Consume { booking: booking(1), how: Consumed::Missed };
        let all =
            [What::Grant(6), hold(1, "2026-04-15T08:00:00Z"), missed, What::Waive { booking: booking(1) }];
        let now = at("2026-04-20T00:00:00Z");
        let log = entries(&lot, all);
        let used = |n: usize| balance(&lot, &log[..n], now);
        assert_eq!(used(2).used_by(Consumed::Attended), 1);
        assert_eq!((used(3).used_by(Consumed::Missed), used(3).available), (1, 5));
        assert_eq!((used(4).used(), used(4).available), (0, 6));
        assert_eq!(verify(&lot, &log), Ok(()));
    }

    #[test]
    fn chapters_count_held_and_attended_sessions_by_start() {
        let lot = lot();
        let late = What::Consume { booking: booking(2), how: Consumed::LateCancel };
        let log = entries(
            &lot,
            [
                What::Grant(6),
                hold(1, "2026-05-12T08:00:00Z"),
                hold(2, "2026-05-05T08:00:00Z"),
                hold(3, "2026-05-01T08:00:00Z"),
                late,
            ],
        );
        let balance = balance(&lot, &log, at("2026-04-20T00:00:00Z"));
        assert_eq!([3, 2, 1].map(|n| balance.chapter_of(booking(n))), [Some(1), None, Some(2)]);
    }

    #[test]
    fn frozen_days_move_the_date_and_nothing_can_be_booked_meanwhile() {
        let lot = lot();
        let mut log = entries(&lot, [What::Grant(6), What::Freeze, What::Unfreeze]);
        log[1].at = at("2026-05-01T10:00:00Z");
        log[2].at = at("2026-05-11T10:00:00Z");
        let frozen = balance(&lot, &log[..2], at("2027-01-01T00:00:00Z"));
        assert_eq!((frozen.available, frozen.expired, frozen.deadline), (0, 0, None));
        let thawed = balance(&lot, &log, at("2026-05-12T00:00:00Z"));
        assert_eq!(thawed.deadline.unwrap().on, jiff::civil::date(2026, 7, 23));
    }

    #[test]
    fn an_extension_brings_expired_credits_back() {
        let lot = lot();
        let log = entries(&lot, [What::Grant(6), What::Extend { to: jiff::civil::date(2026, 8, 31) }]);
        let now = at("2026-08-01T00:00:00Z");
        assert_eq!((balance(&lot, &log[..1], now).available, balance(&lot, &log, now).available), (0, 6));
    }

    #[test]
    fn entries_that_do_not_fit_are_named() {
        let lot = lot();
        let wrong: [&[What]; 6] = [
            &[What::Grant(1), hold(1, "2026-05-05T08:00:00Z"), hold(2, "2026-05-06T08:00:00Z")],
            &[What::Grant(2), hold(1, "2026-05-05T08:00:00Z"), hold(1, "2026-05-06T08:00:00Z")],
            &[What::Grant(1), What::Release { booking: booking(9) }],
            &[What::Grant(1), What::Waive { booking: booking(9) }],
            &[What::Grant(1), What::Revoke { count: 2, why: Revoked::Refund }],
            &[What::Grant(1), What::Unfreeze],
        ];
        for whats in wrong {
            let log = entries(&lot, whats.to_vec());
            assert_eq!(
                verify(&lot, &log).map_err(|unsound| unsound.entry),
                Err(log.last().unwrap().id),
                "{whats:?}"
            );
        }
    }

    /// domain.md, worked example 9.
    #[test]
    fn a_dispute_suspends_what_is_free_and_losing_it_revokes_that() {
        let lot = lot();
        let held = [
            hold(1, "2026-04-20T08:00:00Z"),
            hold(2, "2026-04-21T08:00:00Z"),
            hold(3, "2026-05-01T08:00:00Z"),
        ];
        let mut whats = vec![What::Grant(6)];
        whats.extend(held);
        whats.push(What::Suspend(3));
        let now = at("2026-04-30T10:00:00Z");
        let open = balance(&lot, &entries(&lot, whats.clone()), now);
        assert_eq!((open.used(), open.held(), open.suspended, open.available), (2, 1, 3, 0));
        whats.extend([What::Unsuspend(3), What::Revoke { count: 3, why: Revoked::Dispute }]);
        let lost = balance(&lot, &entries(&lot, whats), now);
        assert_eq!((lost.used(), lost.held(), lost.revoked, lost.available), (2, 1, 3, 0));
    }
}
