//! When a backup is due, and when there has been none for too long, as tables.

use super::*;
use crate::domain::keeping::destination::Place;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn berlin() -> Zone {
    "Europe/Berlin".parse().unwrap()
}

fn usb() -> Destination {
    Destination {
        id: DestinationId::from_bits(1),
        name: "USB disk".parse().unwrap(),
        place: Place::Directory("/mnt/usb".parse().unwrap()),
        sealed: vec![],
        added_at: at("2026-04-14T08:00:00Z"),
        asked_at: None,
    }
}

fn record(started_at: Timestamp, outcome: Outcome) -> Backup {
    Backup {
        id: BackupId::from_bits(1),
        destination: DestinationId::from_bits(1),
        started_at,
        bytes: 1,
        rows: 1,
        outcome,
    }
}

fn failed(text: &str) -> Backup {
    record(at(text), Outcome::Failed { at: at(text), why: Trouble::NoAnswer })
}

fn verified(text: &str) -> Backup {
    record(at(text), Outcome::Verified { at: at(text) })
}

#[test]
fn the_first_is_due_at_once_and_the_next_each_night() {
    let (usb, zone) = (usb(), berlin());
    assert_eq!(next_at(&usb, &[], &zone, usb.added_at), usb.added_at);
    for (last, next) in [
        ("2026-04-14T08:00:00Z", "2026-04-15T01:30:00Z"),
        ("2026-04-15T01:30:00Z", "2026-04-16T01:30:00Z"),
        ("2026-04-15T00:00:00Z", "2026-04-15T01:30:00Z"),
        // Just before the quiet hour counts as that night's; summer time begins in the next.
        ("2026-03-28T02:00:00Z", "2026-03-29T01:30:00Z"),
        ("2026-10-24T12:00:00Z", "2026-10-25T02:30:00Z"),
    ] {
        assert_eq!(next_at(&usb, &[verified(last)], &zone, at(last)), at(next), "{last}");
    }
}

#[test]
fn one_that_fails_is_tried_again_later_and_later() {
    let (usb, zone) = (usb(), berlin());
    let mut records = vec![verified("2026-04-15T01:30:00Z")];
    let mut waits = Vec::new();
    let mut now = at("2026-04-16T01:30:00Z");
    for _ in 0..8 {
        records.insert(0, record(now, Outcome::Failed { at: now, why: Trouble::NotMounted }));
        let next = next_at(&usb, &records, &zone, now);
        waits.push(next.duration_since(now).as_mins());
        now = next;
    }
    assert_eq!(waits, [15, 30, 60, 120, 240, 360, 360, 360]);
    let going = record(at("2026-04-16T01:30:00Z"), Outcome::Going);
    assert_eq!(next_at(&usb, &[going], &zone, now), at("2026-04-16T01:45:00Z"), "broken off");
}

#[test]
fn one_that_is_asked_for_is_due_at_once_until_it_was_tried() {
    let zone = berlin();
    let asked = Destination { asked_at: Some(at("2026-04-16T12:00:00Z")), ..usb() };
    let next = |record| next_at(&asked, &[record], &zone, at("2026-04-16T12:00:01Z"));
    assert_eq!(next(verified("2026-04-16T01:30:00Z")), at("2026-04-16T12:00:00Z"));
    assert_eq!(next(failed("2026-04-16T12:00:01Z")), at("2026-04-16T12:15:01Z"));
}

#[test]
fn what_a_clock_made_that_was_ahead_does_not_count() {
    let (usb, zone, now) = (usb(), berlin(), at("2026-04-16T12:00:00Z"));
    let ahead = verified("2031-04-16T12:00:00Z");
    assert!(ahead.is_ahead(now) && !verified("2026-04-16T12:10:00Z").is_ahead(now));
    let records = [ahead.clone(), verified("2026-04-16T01:30:00Z")];
    assert_eq!(next_at(&usb, &records, &zone, now), at("2026-04-17T01:30:00Z"));
    let asked = Destination { asked_at: Some(now), ..usb };
    assert_eq!(next_at(&asked, &records, &zone, now), now);
    let added = Destination { added_at: ahead.started_at, asked_at: None, ..asked };
    assert_eq!(next_at(&added, &[ahead], &zone, now), now, "added by the same clock");
    // The clock was put right while it was made.
    let ended = Outcome::Failed { at: at("2031-04-16T12:00:00Z"), why: Trouble::NoAnswer };
    assert!(record(now, ended).is_ahead(now));
}

#[test]
fn seven_days_without_one_are_too_long_whatever_was_tried() {
    let last = failed("2026-04-21T07:00:00Z");
    let told = |verified_at, now| overdue(usb(), verified_at, Some(&last), at(now));
    assert_eq!(told(None, "2026-04-21T07:59:59Z"), None);
    let late = told(None, "2026-04-21T08:00:00Z").unwrap();
    assert_eq!(
        (late.why, late.since(), late.weeks(at("2026-04-21T08:00:00Z"))),
        (Some(Trouble::NoAnswer), usb().added_at, 1)
    );
    let verified_at = Some(at("2026-04-20T01:30:00Z"));
    assert_eq!(told(verified_at, "2026-04-27T01:29:59Z"), None);
    assert_eq!(told(verified_at, "2026-05-04T01:30:00Z").unwrap().weeks(at("2026-05-04T01:30:00Z")), 2);
}

#[test]
fn only_names_of_ours_are_backups() {
    let made = at("2026-04-14T08:00:00Z");
    assert_eq!(file_name(made), "fiddlehead-20260414T080000Z.age");
    assert_eq!(made_at(&file_name(made)), Some(made));
    for other in [
        "fiddlehead-.age",
        "fiddlehead-20260414T080000Z.age.new",
        "holiday.age",
        "fiddlehead-20260414T8000Z.age",
    ] {
        assert_eq!(made_at(other), None, "{other}");
    }
}

#[test]
fn progress_is_told_in_hundredths() {
    let half = Progress { doing: Doing::Sending, done: 50, of: Some(100) };
    assert_eq!((half.percent(), Progress::begun(Doing::Copying).percent()), (Some(50), None));
    assert_eq!(Progress { done: 300, ..half }.percent(), Some(100));
}
