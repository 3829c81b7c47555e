//! What is offered and what is not: tables for the clocks of five places, the limits, and the two ways to the
//! same answer held against each other.

use jiff::civil::{Weekday, date};
use jiff::tz::AmbiguousOffset;
use proptest::prelude::*;

use super::*;
use crate::domain::calendar::availability::{Hours, Override, Rhythm};
use crate::domain::id::ClosureId;
use crate::domain::time::{Zone, before, hours, minutes};

const LONG_AGO: Timestamp = Timestamp::UNIX_EPOCH;
const EVERY_DAY: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The same range on every day of the week.
fn daily(zone: &str, start: &str, end: &str, rhythm: Rhythm) -> Availability {
    let week = Hours::parse(EVERY_DAY.map(|weekday| (weekday, start, end))).unwrap();
    Availability::new(zone.parse().unwrap(), week, vec![], rhythm).unwrap()
}

fn booking(from: &str, length: SignedDuration) -> Busy {
    Busy { from: at(from), until: after(at(from), length), kind: Kind::Booking }
}

fn on(day: Date) -> Window {
    Window { from: day, to: day, now: LONG_AGO }
}

/// "02:30" for what is once, "02:30+02:00" for a repeated hour.
fn said(availability: &Availability, slots: &[Slot]) -> Vec<String> {
    let offset =
        |slot: &Slot| slot.start.to_zoned(availability.zone().tz().clone()).strftime("%:z").to_string();
    let time = |slot: &Slot| slot.local.strftime("%H:%M").to_string();
    slots
        .iter()
        .map(|slot| match slot.hour {
            Hour::Once => time(slot),
            Hour::First | Hour::Second => time(slot) + &offset(slot),
        })
        .collect()
}

fn offered(availability: &Availability, busy: &[Busy], length: i64, day: Date) -> Vec<String> {
    said(availability, &free(availability, busy, minutes(length), on(day), By::Practitioner))
}

#[test]
fn the_clocks_of_five_places_are_kept() {
    let hourly = Rhythm::default().with_step(60).unwrap();
    let half = Rhythm::default();
    for (zone, start, end, rhythm, length, day, expected) in [
        // 2:00 to 3:00 is skipped in spring, and said twice in autumn.
        ("Europe/Berlin", "01:00", "05:00", hourly, 60, date(2026, 3, 29), "01:00 03:00 04:00"),
        ("Europe/Berlin", "01:00", "04:00", half, 90, date(2026, 3, 29), "01:00 01:30"),
        (
            "Europe/Berlin",
            "01:00",
            "04:00",
            hourly,
            60,
            date(2026, 10, 25),
            "01:00 02:00+02:00 02:00+01:00 03:00",
        ),
        // A range that opens or closes in a gap does so at the jump, on its own grid.
        ("Europe/Berlin", "02:30", "04:30", hourly, 30, date(2026, 3, 29), "03:30"),
        ("Europe/Berlin", "00:30", "02:30", half, 60, date(2026, 3, 29), "00:30 01:00"),
        // What closes in a repeated hour closes at its second end; what closes where it begins, at the first.
        ("Europe/Berlin", "01:30", "02:30", half, 60, date(2026, 10, 25), "01:30 02:00+02:00"),
        ("Europe/Berlin", "01:30", "02:30", half, 30, date(2026, 10, 25), "01:30 02:00+02:00 02:00+01:00"),
        ("Europe/Berlin", "01:00", "02:00", half, 30, date(2026, 10, 25), "01:00 01:30"),
        ("Europe/Berlin", "01:00", "02:00", half, 60, date(2026, 10, 25), "01:00"),
        // An elapsed hour and a half from 1:30 ends at the second 2:00.
        (
            "America/New_York",
            "00:00",
            "02:00",
            half,
            90,
            date(2026, 11, 1),
            "00:00 00:30 01:00-04:00 01:30-04:00",
        ),
        ("America/New_York", "01:00", "04:00", half, 60, date(2026, 3, 8), "01:00 01:30 03:00"),
        // Beirut has no midnight in spring, and the hour before it twice in autumn.
        ("Asia/Beirut", "00:00", "03:00", hourly, 60, date(2026, 3, 29), "01:00 02:00"),
        ("Asia/Beirut", "22:00", "24:00", hourly, 60, date(2026, 10, 24), "22:00 23:00+03:00 23:00+02:00"),
        ("Asia/Beirut", "00:00", "02:00", hourly, 60, date(2026, 10, 25), "00:00 01:00"),
        // Lord Howe moves by half an hour.
        ("Australia/Lord_Howe", "01:00", "03:00", half, 30, date(2026, 10, 4), "01:00 01:30 02:30"),
        (
            "Australia/Lord_Howe",
            "01:00",
            "02:30",
            half,
            30,
            date(2026, 4, 5),
            "01:00 01:30+11:00 01:30+10:30 02:00",
        ),
        // Samoa went from the 29th to the 31st.
        ("Pacific/Apia", "22:00", "24:00", hourly, 60, date(2011, 12, 29), "22:00 23:00"),
        ("Pacific/Apia", "09:00", "17:00", hourly, 60, date(2011, 12, 30), ""),
        ("Pacific/Apia", "00:00", "02:00", hourly, 60, date(2011, 12, 31), "00:00 01:00"),
        // St. John's went back over midnight: to the minute, the 6th ended twice.
        ("America/St_Johns", "23:00", "24:00", half, 15, date(2010, 11, 6), "23:00 23:30-02:30 23:30-03:30"),
    ] {
        let availability = daily(zone, start, end, rhythm);
        assert_eq!(
            offered(&availability, &[], length, day).join(" "),
            expected,
            "{zone} {start} {end} {day}"
        );
    }
}

#[test]
fn weekly_hours_keep_their_wall_time_through_the_year() {
    let availability = daily("America/New_York", "09:00", "10:00", Rhythm::default().with_step(60).unwrap());
    let window = Window { from: date(2026, 3, 7), to: date(2026, 3, 9), now: LONG_AGO };
    let slots = free(&availability, &[], minutes(60), window, By::Practitioner);
    let starts: Vec<_> = slots.iter().map(|slot| slot.start.to_string()).collect();
    assert_eq!(starts, ["2026-03-07T14:00:00Z", "2026-03-08T13:00:00Z", "2026-03-09T13:00:00Z"]);
}

#[test]
fn the_grid_starts_with_the_range_and_the_session_ends_within_it() {
    let availability = daily("Europe/Berlin", "09:10", "11:00", Rhythm::default());
    let day = date(2026, 5, 4);
    assert_eq!(offered(&availability, &[], 50, day), ["09:10", "09:40", "10:10"]);
    assert_eq!(offered(&availability, &[], 51, day), ["09:10", "09:40"]);
    assert_eq!(offered(&availability, &[], 111, day), [""; 0]);
    let refused =
        |start| is_free(&availability, &[], at(start), minutes(50), By::Client, at("2026-05-01T00:00Z"));
    assert_eq!(refused("2026-05-04T07:10Z"), Ok(()));
    for start in ["2026-05-04T07:00Z", "2026-05-04T07:11Z", "2026-05-04T07:10:01Z", "2026-05-04T08:40Z"] {
        assert_eq!(refused(start), Err(Taken::OutsideHours), "{start}");
    }
}

#[test]
fn a_session_does_not_span_two_ranges_even_if_they_touch() {
    let week =
        Hours::parse([(Weekday::Monday, "09:00", "10:00"), (Weekday::Monday, "10:00", "11:00")]).unwrap();
    let availability = Availability::new(Zone::utc(), week, vec![], Rhythm::default()).unwrap();
    assert_eq!(offered(&availability, &[], 60, date(2026, 5, 4)), ["09:00", "10:00"]);
}

#[test]
fn what_has_no_length_has_no_free_time() {
    let availability = daily("Europe/Berlin", "09:00", "17:00", Rhythm::default());
    for length in [SignedDuration::ZERO, minutes(-50), SignedDuration::MAX, SignedDuration::MIN] {
        assert_eq!(free(&availability, &[], length, on(date(2026, 5, 4)), By::Practitioner), []);
        let one = is_free(&availability, &[], at("2026-05-04T07:00Z"), length, By::Practitioner, LONG_AGO);
        assert_eq!(one, Err(Taken::OutsideHours));
    }
}

#[test]
fn notice_is_elapsed_time_and_its_boundary_can_be_had() {
    let availability = daily("Europe/Berlin", "00:00", "24:00", Rhythm::default().with_notice(24).unwrap());
    // Over the night on which the clocks go forward, 24 hours are not the same time of day.
    let now = at("2026-03-28T09:00:00+01:00");
    let earliest = at("2026-03-29T10:00:00+02:00");
    let ask = |start, now, by| is_free(&availability, &[], start, minutes(50), by, now);
    assert_eq!(ask(earliest, now, By::Client), Ok(()));
    let tick = SignedDuration::from_nanos(1);
    let late = after(now, tick);
    let next = Taken::TooSoon { earliest: after(earliest, tick) };
    assert_eq!(ask(earliest, late, By::Client), Err(next));
    let first = |now| next_free(&availability, &[], minutes(50), By::Client, now, 1)[0].start;
    assert_eq!(first(now), earliest);
    assert_eq!(first(late), after(earliest, minutes(30)));
    // The practitioner's own hand: from now on, never before.
    assert_eq!(ask(now, now, By::Practitioner), Ok(()));
    assert_eq!(ask(now, late, By::Practitioner), Err(Taken::Past));
    assert_eq!(ask(now, late, By::Client), Err(Taken::Past));
}

#[test]
fn the_last_day_of_the_horizon_can_be_had_in_the_practitioners_zone() {
    let rhythm = Rhythm::default().with_horizon(7).unwrap();
    let availability = daily("America/New_York", "00:00", "24:00", rhythm);
    // In New York it is still the 4th.
    let now = at("2026-05-05T02:00Z");
    let latest = date(2026, 5, 11);
    let ask = |start, by| is_free(&availability, &[], at(start), minutes(30), by, now);
    assert_eq!(ask("2026-05-11T23:30-04:00", By::Client), Ok(()));
    assert_eq!(ask("2026-05-12T00:00-04:00", By::Client), Err(Taken::TooFar { latest }));
    assert_eq!(ask("2026-05-12T00:00-04:00", By::Practitioner), Ok(()));
    let window = Window { from: date(2026, 5, 1), to: Date::MAX, now };
    let slots = free(&availability, &[], minutes(30), window, By::Client);
    assert_eq!(slots.last().unwrap().local, latest.at(23, 30, 0, 0));
    assert!(slots[0].start >= after(now, availability.rhythm().notice()));
    // A window without an end is searched for a year.
    let slots = free(&availability, &[], minutes(30), window, By::Practitioner);
    assert_eq!(slots.last().unwrap().local.date(), plus_days(date(2026, 5, 4), LONGEST_WINDOW - 1));
    // Nor do the ends of time do harm.
    for day in [Date::MIN, Date::MAX] {
        assert!(
            free(&availability, &[], minutes(30), Window { from: day, to: day, now }, By::Client).is_empty()
        );
        let now = if day == Date::MIN { Timestamp::MIN } else { Timestamp::MAX };
        let _ = free(&availability, &[], minutes(30), Window { from: day, to: day, now }, By::Practitioner);
        let _ = next_free(&availability, &[], minutes(30), By::Client, now, 3);
        let _ = is_free(&availability, &[], now, minutes(30), By::Client, now);
    }
}

#[test]
fn the_longer_buffer_parts_any_two_sessions_but_not_a_session_and_time_off() {
    let day = date(2026, 5, 4);
    let rhythm = Rhythm::default().with_step(15).unwrap().with_buffers(30, 15).unwrap();
    let availability = daily("UTC", "09:00", "13:00", rhythm);
    let session = booking("2026-05-04T11:00Z", minutes(30));
    // Until 10:30, and from 12:00 on: half an hour on either side.
    let free_around = ["09:00", "09:15", "09:30", "12:00"];
    assert_eq!(offered(&availability, &[session], 60, day), free_around);
    for kind in [Kind::Closure, Kind::Outside] {
        let off = Busy { kind, ..session };
        assert_eq!(
            offered(&availability, &[off], 60, day),
            ["09:00", "09:15", "09:30", "09:45", "10:00", "11:30", "11:45", "12:00"]
        );
    }
    // Buffers need not lie within the hours, and touch without them is no overlap.
    let plain = daily("UTC", "09:00", "13:00", Rhythm::default().with_step(60).unwrap());
    assert_eq!(
        offered(&plain, &[booking("2026-05-04T10:00Z", minutes(60))], 60, day),
        ["09:00", "11:00", "12:00"]
    );
}

#[test]
fn a_long_stretch_counts_though_short_ones_began_after_it() {
    let availability = daily("UTC", "09:00", "12:00", Rhythm::default().with_step(60).unwrap());
    let long = Busy { from: at("2026-04-01T00:00Z"), until: at("2026-05-04T10:00Z"), kind: Kind::Outside };
    let short = Busy { from: at("2026-05-01T00:00Z"), until: at("2026-05-01T01:00Z"), kind: Kind::Outside };
    assert_eq!(offered(&availability, &[long, short], 60, date(2026, 5, 4)), ["10:00", "11:00"]);
}

#[test]
fn a_full_day_is_not_offered_however_the_clocks_go() {
    let rhythm = Rhythm::default().with_step(60).unwrap().with_daily_limit(Some(2)).unwrap();
    let availability = daily("Europe/Berlin", "09:00", "11:00", rhythm);
    // 00:30 and 23:30 of the day on which the clocks go back, and time off, which is no session.
    let mut busy = vec![
        booking("2026-10-24T22:30Z", minutes(10)),
        Busy { kind: Kind::Outside, ..booking("2026-10-25T12:00Z", minutes(60)) },
        booking("2026-10-25T22:30Z", minutes(10)),
    ];
    let day = date(2026, 10, 25);
    assert_eq!(offered(&availability, &busy, 60, day), [""; 0]);
    let one = is_free(&availability, &busy, at("2026-10-25T08:00Z"), minutes(60), By::Practitioner, LONG_AGO);
    assert_eq!(one, Err(Taken::DayFull));
    assert_eq!(offered(&availability, &busy, 60, date(2026, 10, 26)), ["09:00", "10:00"]);
    busy[2] = booking("2026-10-25T23:00Z", minutes(10));
    assert_eq!(offered(&availability, &busy, 60, day), ["09:00", "10:00"]);
}

#[test]
fn an_override_and_a_closure_say_why() {
    let monday = date(2026, 5, 4);
    let week = Hours::parse(EVERY_DAY.map(|weekday| (weekday, "09:00", "12:00"))).unwrap();
    let evening = Override::new(monday, vec![Range::parse("18:00", "20:00").unwrap()]).unwrap();
    let shut = Override::new(date(2026, 5, 5), vec![]).unwrap();
    let zone: Zone = "Europe/Berlin".parse().unwrap();
    let rhythm = Rhythm::default().with_step(60).unwrap();
    let availability = Availability::new(zone.clone(), week, vec![evening, shut], rhythm).unwrap();
    let id = ClosureId::from_bits(7);
    let (from, until) = (date(2026, 5, 6).at(10, 0, 0, 0), date(2026, 5, 6).at(11, 0, 0, 0));
    let closure = Closure::times(id, from, until, &zone, None).unwrap();
    let busy = [Busy::from(&closure), booking("2026-05-07T08:00Z", minutes(60))];
    let window = Window { from: monday, to: date(2026, 5, 7), now: LONG_AGO };
    let slots = free(&availability, &busy, minutes(60), window, By::Practitioner);
    let days: Vec<_> = slots.iter().map(|slot| slot.local.strftime("%d %H").to_string()).collect();
    assert_eq!(days, ["04 18", "04 19", "06 09", "06 11", "07 09", "07 11"]);
    for (start, reason) in [
        ("2026-05-04T09:00+02:00", Taken::OutsideHours),
        ("2026-05-05T09:00+02:00", Taken::Closed),
        ("2026-05-06T10:00+02:00", Taken::Closed),
        ("2026-05-07T10:00+02:00", Taken::Busy),
    ] {
        let one = is_free(&availability, &busy, at(start), minutes(60), By::Practitioner, LONG_AGO);
        assert_eq!(one, Err(reason), "{start}");
    }
}

#[test]
fn the_next_free_times_go_on_over_days_and_stop_at_the_horizon() {
    let rhythm = Rhythm::default().with_horizon(2).unwrap().with_notice(1).unwrap();
    let availability = daily("UTC", "09:00", "10:00", rhythm);
    let now = at("2026-05-04T08:10Z");
    let next = |count| {
        let slots = next_free(&availability, &[], minutes(30), By::Client, now, count);
        slots.iter().map(|slot| slot.local.strftime("%d %H:%M").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(next(3), ["04 09:30", "05 09:00", "05 09:30"]);
    assert_eq!(next(0), [""; 0]);
    assert_eq!(next(100), ["04 09:30", "05 09:00", "05 09:30", "06 09:00", "06 09:30"]);
}

/// Zones, each with local dates around which its clocks change.
const CHANGES: [(&str, &[&str]); 9] = [
    ("Europe/Berlin", &["2026-03-29", "2026-10-25", "2040-03-25"]),
    ("America/New_York", &["2026-03-08", "2026-11-01"]),
    ("Asia/Beirut", &["2026-03-29", "2026-10-25"]),
    ("Australia/Lord_Howe", &["2026-04-05", "2026-10-04"]),
    ("Pacific/Apia", &["2011-12-30", "2026-05-04"]),
    ("America/St_Johns", &["2010-11-07", "2010-03-14"]),
    ("Africa/Casablanca", &["2026-02-15", "2026-03-22"]),
    ("Asia/Kathmandu", &["2026-07-01"]),
    ("UTC", &["2026-07-01"]),
];

/// A day's ranges, half of their ends on half hours and half on five minutes, from any numbers.
fn ranges(cuts: &[u16]) -> Vec<Range> {
    let cut = |&cut: &u16| if cut % 2 == 0 { cut % 49 * 30 } else { cut % 289 * 5 };
    let mut cuts: Vec<u16> = cuts.iter().map(cut).collect();
    cuts.sort_unstable();
    cuts.chunks_exact(2).filter_map(|pair| Range::of_minutes(pair[0], pair[1]).ok()).collect()
}

#[derive(Debug)]
struct World {
    availability: Availability,
    busy: Vec<Busy>,
    length: SignedDuration,
    window: Window,
    by: By,
}

fn worlds() -> impl Strategy<Value = World> {
    let days = prop::collection::vec(prop::collection::vec(any::<u16>(), 0..5), 7);
    let overrides = prop::collection::vec((-2i32..3, prop::collection::vec(any::<u16>(), 0..5)), 0..2);
    let step = prop::sample::select(vec![5u16, 15, 20, 30, 45, 50, 60, 90]);
    let rhythm = (step, 0u16..40, 0u16..40, 0u16..30, 1u16..4, prop::option::of(1u32..4));
    let busy = prop::collection::vec((-4000i64..4000, prop_oneof![0i64..90, 0i64..2000], 0usize..5), 0..9);
    let place = (0..CHANGES.len(), any::<prop::sample::Index>(), -2000i64..3000, any::<bool>());
    (place, days, overrides, rhythm, busy, 1i64..200).prop_map(
        |(place, days, overrides, rhythm, busy, length)| {
            let (zone, dates) = CHANGES[place.0];

            let (centre, zone): (Date, Zone) = (place.1.get(dates).parse().unwrap(), zone.parse().unwrap());
            let noon = after(zone.start_of(centre), hours(12));
            let week = EVERY_DAY
                .iter()
                .zip(&days)
                .flat_map(|(&weekday, cuts)| ranges(cuts).into_iter().map(move |r| (weekday, r)));
            let overrides = overrides
                .iter()
                .map(|(days, cuts)| Override::new(plus_days(centre, *days), ranges(cuts)).unwrap());
            let (step, buffer_before, buffer_after, notice, horizon, limit) = rhythm;
            let rhythm =
                Rhythm::default().with_step(step).unwrap().with_buffers(buffer_before, buffer_after).unwrap();
            let rhythm = rhythm.with_notice(notice).unwrap().with_horizon(horizon).unwrap();
            let rhythm = rhythm.with_daily_limit(limit).unwrap();
            let mut busy: Vec<Busy> = busy
                .iter()
                .map(|&(start, length, kind)| Busy {
                    // Outside times may lie anywhere, also between seconds.
                    from: after(after(noon, minutes(start)), SignedDuration::from_millis(start % 3 * 400)),
                    until: after(
                        after(noon, minutes(start + length)),
                        SignedDuration::from_millis(length % 3 * 400),
                    ),
                    kind: [Kind::Booking, Kind::Booking, Kind::Booking, Kind::Outside, Kind::Closure][kind],
                })
                .collect();
            busy.sort_by_key(|one| one.from);
            World {
                availability: Availability::new(zone, Hours::new(week).unwrap(), overrides.collect(), rhythm)
                    .unwrap(),
                busy,
                length: minutes(length),
                window: Window {
                    from: plus_days(centre, -1),
                    to: plus_days(centre, 1),
                    now: before(noon, minutes(place.2)),
                },
                by: if place.3 { By::Client } else { By::Practitioner },
            }
        },
    )
}

/// Which of its instants shows a local time, by the zone's own word.
fn hour(zone: &Zone, slot: &Slot) -> Hour {
    let ambiguous = zone.tz().to_ambiguous_timestamp(slot.local);
    match ambiguous.offset() {
        AmbiguousOffset::Fold { .. } if ambiguous.earlier().unwrap() == slot.start => Hour::First,
        AmbiguousOffset::Fold { .. } => Hour::Second,
        _ => Hour::Once,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_time_is_offered_if_and_only_if_it_can_be_had(world in worlds()) {
        let World { availability, busy, length, window, by } = &world;
        let zone = availability.zone();
        let slots = free(availability, busy, *length, *window, *by);
        prop_assert!(slots.is_sorted_by(|one, next| one.start < next.start));
        for slot in &slots {
            prop_assert_eq!(zone.local(slot.start), slot.local);
            prop_assert_eq!(hour(zone, slot), slot.hour);
        }
        // Hours, steps and changes of the clocks are all on five minutes, so these are all starts there are.
        let (from, until) = (before(zone.start_of(window.from), hours(2)), after(zone.end_of(window.to), hours(2)));
        let all = std::iter::successors(Some(from), |&start| Some(after(start, minutes(5))));
        let all = all.take_while(|&start| start < until);
        let inside = |start: Timestamp| (window.from..=window.to).contains(&zone.date(start));
        let can_be_had = |start: &Timestamp| is_free(availability, busy, *start, *length, *by, window.now).is_ok();
        let had: Vec<_> = all.filter(|&start| inside(start)).filter(can_be_had).collect();
        let offered: Vec<_> = slots.iter().map(|slot| slot.start).collect();
        prop_assert_eq!(&had, &offered);
        let onwards = Window { from: zone.date(window.now), to: Date::MAX, now: window.now };
        let mut onwards = free(availability, busy, *length, onwards, *by);
        onwards.truncate(5);
        prop_assert_eq!(next_free(availability, busy, *length, *by, window.now, 5), onwards);
    }
}
