//! The calendar and the page of a session.

use super::*;
use crate::domain::calendar::reservation::Reservation;
use crate::domain::calendar::slot::{self, Busy};
use crate::domain::credits::foresight::foresee;
use crate::domain::credits::ledger::Actor;
use crate::domain::id::PurchaseId;
use crate::domain::time::plus_days;
use crate::views::practitioner::booking::Act;

#[test]
fn a_week_shows_sessions_hours_and_time_off() {
    let practice = practice();
    let hours = Hours::parse([(jiff::civil::Weekday::Tuesday, "09:00", "17:00")]).unwrap();
    let availability =
        Availability::new(practice.who.zone.clone(), hours, vec![], Rhythm::default()).unwrap();
    let off =
        Closure::days(ClosureId::from_bits(1), date(2026, 4, 24), date(2026, 5, 3), &practice.who.zone, None)
            .unwrap();
    let paying = Reservation {
        purchase: PurchaseId::from_bits(1),
        practitioner: practice.who.id,
        starts_at: at("2026-04-22T08:00:00Z"),
        length_minutes: 50,
        held_until: Some(at("2026-04-21T07:40:00Z")),
    };
    // 22:00 to 23:00 in Berlin.
    let evening = Busy {
        from: at("2026-04-23T20:00:00Z"),
        until: at("2026-04-23T21:00:00Z"),
        kind: slot::Kind::Outside,
    };
    let column = |n: i32| {
        let on = plus_days(date(2026, 4, 20), n);
        let (begins, ends) = (practice.who.zone.start_of(on), practice.who.zone.end_of(on));
        let here = |at: Timestamp| begins <= at && at < ends;
        let sessions = (0..3).map(|i| practice.appointment(i)).filter(|one| here(one.booking.starts_at));
        calendar::Column {
            on,
            whose: &practice.who,
            sessions: sessions.collect(),
            open: availability.open_on(on).collect(),
            off: [&off].into_iter().filter(|off| off.overlaps(begins, ends)).collect(),
            outside: [evening].into_iter().filter(|busy| here(busy.from)).collect(),
            kept: [&paying].into_iter().filter(|one| here(one.starts_at)).collect(),
            free: [at("2026-04-21T07:00:00Z")].into_iter().filter(|at| here(*at)).collect(),
            step: 60,
        }
    };
    let span = calendar::Span::Week(date(2026, 4, 20));
    let week =
        calendar::Calendar { span, day: date(2026, 4, 21), columns: (0..7).map(column).collect(), free: 7 };
    let page = calendar::page(&practice.desk(), &week);
    let html = sound(&page);
    // 15:30 in Berlin on a grid from 8; 9:00 to 17:00 behind it.
    for part in [
        "20 to 26 April",
        "7 times still free",
        "ev h7 q2 l1 r0",
        "open-hours h1 q0 l8 r0",
        "slot h1 q0 l1 r0",
        "All day",
        "<b>Kept for a buyer</b>, <span>until 9:40\u{a0}am</span>",
        "ev outside h2 q0 l1 r0",
        "10:00\u{a0}pm to 11:00\u{a0}pm",
        "ev outside h14 q0 l1 r0",
        "2 of 6",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("Time off").count(), 3, "on each of the three days of it");
    assert_eq!(html.matches("data-move").count(), 1, "what is over is not dragged");
    let span = calendar::Span::Day(date(2026, 4, 21));
    let day = calendar::Calendar { span, columns: vec![column(1)], ..week };
    assert!(sound(&calendar::page(&practice.desk(), &day)).contains("Tuesday 21 April"));
    sound(&calendar::no_hours(&practice.desk()));
}

#[test]
fn a_session_offers_only_what_can_be_done_and_says_what_follows() {
    let practice = practice();
    let page = |i| booking::page(&practice.desk(), &practice.appointment(i), None);
    let (held, today) = (page(0), page(1));
    assert!(sound(&held).contains("Mark as missed") && held.0.contains("Give the credit back"));
    assert!(!held.0.contains("Move it"), "it is over");
    assert!(!sound(&today).contains("Mark as missed") && !today.0.contains("Give the credit back"));
    assert!(today.0.contains("Move it"));
    let ask = |practice: &Practice, i, act: Act| {
        let one = practice.appointment(i);
        let whats = act.entries(&one, practice.now).unwrap();
        let actor = Actor::Practitioner(practice.who.id);
        let seen = foresee(one.lot, &practice.entries, &whats, actor, practice.now);
        booking::ask(&practice.desk(), &one, act, Some(&seen), &Typed::default(), None)
    };
    assert!(sound(&ask(&practice, 0, Act::Waive)).contains("then 4 sessions to book"));
    let cancel = ask(&practice, 1, Act::Cancel);
    assert!(sound(&cancel).contains("The credit comes back to Nora"));
    assert!(!cancel.0.contains("The date moves to"), "13 July is more than 30 days away");
    let late = Practice { now: at("2026-06-20T07:00:00Z"), ..practice };
    assert!(ask(&late, 1, Act::Cancel).0.contains("The date moves to Monday 20 July 2026"));
}
