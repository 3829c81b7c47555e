//! What the ledger comes to, case by case.

use super::*;
use crate::domain::catalog::package::tests::six_sessions;
use crate::domain::credits::lot::Origin;
use crate::domain::id::PurchaseId;
use crate::domain::money::Money;
use crate::domain::time::{after, hours, minutes};

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
    let all = [What::Grant(6), hold(1, "2026-04-15T08:00:00Z"), missed, What::Waive { booking: booking(1) }];
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
    let held =
        [hold(1, "2026-04-20T08:00:00Z"), hold(2, "2026-04-21T08:00:00Z"), hold(3, "2026-05-01T08:00:00Z")];
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

#[test]
fn a_credit_that_comes_free_after_its_date_is_over_at_that_instant_and_the_others_at_the_date() {
    let lot = lot();
    let mut log = entries(
        &lot,
        [
            What::Grant(6),
            hold(1, "2026-07-20T08:00:00Z"),
            hold(2, "2026-07-21T08:00:00Z"),
            What::Release { booking: booking(1) },
            What::Release { booking: booking(2) },
            hold(2, "2026-07-22T08:00:00Z"),
        ],
    );
    log[3].at = at("2026-07-15T09:00:00Z");
    // A move, at one instant.
    (log[4].at, log[5].at) = (at("2026-07-16T09:00:00Z"), at("2026-07-16T09:00:00Z"));
    let now = at("2026-07-17T00:00:00Z");
    let date_ends = at("2026-07-13T22:00:00Z");
    // Though no job ran in between.
    assert_eq!(unwritten(&lot, &log, now), [(What::Expire(4), date_ends), (What::Expire(1), log[3].at)]);
    let written = with_unwritten(&lot, log[..3].to_vec(), at("2026-07-14T00:00:00Z"));
    assert_eq!((written[3].what.clone(), written[3].at), (What::Expire(4), date_ends));
    let mut later = written;
    let mut release = log[3].clone();
    release.id = EntryId::from_bits(9);
    later.push(release);
    assert_eq!(unwritten(&lot, &later, now), [(What::Expire(1), log[3].at)]);
}

fn with_unwritten(lot: &Lot, log: Vec<Entry>, now: Timestamp) -> Vec<Entry> {
    crate::domain::credits::foresight::with(lot, &log, &[], Actor::System, now)
}
