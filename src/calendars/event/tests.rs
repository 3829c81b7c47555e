//! Calendars as programs write them, and as somebody would who wants the reader to hang or to fall over.

use proptest::prelude::*;

use super::*;
use crate::domain::calendar::outside::{Access, Kind};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Berlin, from 14 April 2026 on for some months.
fn wanted() -> Wanted {
    Wanted {
        kind: Kind::Ics,
        access: Access { address: "https://a.example/x.ics".into(), login: None },
        known: None,
        window: (at("2026-04-14T00:00:00Z"), at("2027-01-01T00:00:00Z")),
        zone: "Europe/Berlin".parse().unwrap(),
        ours: "book.example".into(),
    }
}

fn file(lines: &str) -> String {
    let lines: Vec<&str> = lines.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{}\r\nEND:VCALENDAR\r\n", lines.join("\r\n"))
}

fn of(texts: &[String]) -> (Vec<String>, usize) {
    let (mut found, left_out) = busy(texts, &wanted(), Duration::from_secs(60)).unwrap();
    found.sort_unstable();
    let told = found.iter().map(|(from, until)| {
        let minute = |at: &Timestamp| at.strftime("%m-%dT%H:%M").to_string();
        format!("{} {}", minute(from), minute(until))
    });
    (told.collect(), left_out)
}

/// The busy times of one event with these lines.
fn event(lines: &str) -> Vec<String> {
    of(&[file(&format!("BEGIN:VEVENT\nUID:1\n{lines}\nEND:VEVENT"))]).0
}

#[test]
fn a_time_is_read_in_whatever_zone_it_is_written() {
    let morning = ["05-04T07:00 05-04T08:00"];
    for (start, end) in [
        ("DTSTART:20260504T070000Z", "DTEND:20260504T080000Z"),
        ("DTSTART:20260504T090000", "DTEND:20260504T100000"),
        ("DTSTART;TZID=Europe/Berlin:20260504T090000", "DURATION:PT1H"),
        ("DTSTART;TZID=America/New_York:20260504T030000", "DTEND;TZID=America/New_York:20260504T040000"),
        ("DTSTART;TZID=W. Europe Standard Time:20260504T090000", "DURATION:PT60M"),
        ("DTSTART;TZID=\"Eastern Standard Time\":20260504T030000", "DURATION:PT1H"),
        (
            "DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/Berlin:20260504T090000",
            "DURATION:PT1H",
        ),
        ("DTSTART;TZID=Nowhere/At all:20260504T090000", "DURATION:PT1H"),
        ("DTSTART;TZID=Europe/Berlin:20260504T090000", "DTEND:20260504T080000Z"),
    ] {
        assert_eq!(event(&format!("{start}\n{end}")), morning, "{start}");
    }
}

#[test]
fn a_zone_that_the_calendar_rules_itself_is_kept_to() {
    let zone = "BEGIN:VTIMEZONE\nTZID:Customized Time Zone\n\
        BEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n\
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\n\
        BEGIN:DAYLIGHT\nDTSTART:16010101T020000\nTZOFFSETFROM:-0500\nTZOFFSETTO:-0400\n\
        RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3\nEND:DAYLIGHT\nEND:VTIMEZONE\n\
        BEGIN:VTIMEZONE\nTZID:India of ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0530\n\
        TZOFFSETTO:+0530\nEND:STANDARD\nEND:VTIMEZONE\n";
    let one = |id: &str, start: &str| {
        format!("BEGIN:VEVENT\nUID:{start}\nDTSTART;TZID={id}:{start}\nDURATION:PT30M\nEND:VEVENT\n")
    };
    let text = format!(
        "{zone}{}{}{}",
        one("Customized Time Zone", "20260504T090000"),
        one("Customized Time Zone", "20261201T090000"),
        one("India of ours", "20260505T090000")
    );
    assert_eq!(
        of(&[file(&text)]).0,
        ["05-04T13:00 05-04T13:30", "05-05T03:30 05-05T04:00", "12-01T14:00 12-01T14:30"]
    );
}

#[test]
fn days_are_days_where_she_is_also_when_the_clocks_change() {
    assert_eq!(event("DTSTART;VALUE=DATE:20260504"), ["05-03T22:00 05-04T22:00"]);
    assert_eq!(event("DTSTART;VALUE=DATE:20261024\nDTEND;VALUE=DATE:20261026"), ["10-23T22:00 10-25T23:00"]);
    assert_eq!(event("DTSTART;VALUE=DATE:20260504\nDURATION:P2D"), ["05-03T22:00 05-05T22:00"]);
    assert_eq!(event("DTSTART;VALUE=DATE:20260504\nDTEND;VALUE=DATE:20260504"), [""; 0]);
    let daily = event("DTSTART;VALUE=DATE:20261024\nRRULE:FREQ=DAILY;COUNT=3");
    assert_eq!(daily, ["10-23T22:00 10-24T22:00", "10-24T22:00 10-25T23:00", "10-25T23:00 10-26T23:00"]);
    let weekly =
        event("DTSTART;TZID=Europe/Berlin:20261018T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=2");
    assert_eq!(weekly, ["10-18T07:00 10-18T08:00", "10-25T08:00 10-25T09:00"], "nine stays nine");
}

#[test]
fn what_takes_no_time_and_what_is_ours_is_passed_over() {
    let hour = "DTSTART:20260504T070000Z\nDURATION:PT1H";
    assert_eq!(event(hour).len(), 1);
    for line in
        ["TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE", "UID:x@book.example"]
    {
        let text = format!("BEGIN:VEVENT\n{line}\n{hour}\nEND:VEVENT");
        assert_eq!(of(&[file(&text)]).0, [""; 0], "{line}");
    }
    for line in
        ["TRANSP:OPAQUE", "STATUS:TENTATIVE", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "UID:x@book.example.org"]
    {
        let text = format!("BEGIN:VEVENT\n{line}\n{hour}\nEND:VEVENT");
        assert_eq!(of(&[file(&text)]).0.len(), 1, "{line}");
    }
    assert_eq!(event("DTSTART:20260504T070000Z"), [""; 0], "a moment takes none");
    assert_eq!(event("DTSTART:20260504T070000Z\nDTEND:20260504T060000Z"), [""; 0]);
    assert_eq!(event("DTSTART:20260101T070000Z\nDURATION:PT1H"), [""; 0], "long over");
    let todo = "BEGIN:VTODO\nUID:1\nDTSTART:20260504T070000Z\nDUE:20260504T090000Z\nEND:VTODO";
    assert_eq!(of(&[file(todo)]).0, [""; 0]);
}

#[test]
fn a_series_ends_where_it_says_in_whatever_way_it_says_it() {
    let mondays = ["05-04T08:00 05-04T09:00", "05-11T08:00 05-11T09:00"];
    for end in [
        "COUNT=2",
        "UNTIL=20260511T080000Z",
        "UNTIL=20260511",
        "UNTIL=20260511T100000",
        "UNTIL=20260517T215959Z",
    ] {
        let lines =
            format!("DTSTART;TZID=Europe/Berlin:20260504T100000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;{end}");
        assert_eq!(event(&lines), mondays, "{end}");
    }
    let days = "DTSTART;VALUE=DATE:20260504\nRRULE:FREQ=DAILY;UNTIL=20260505";
    assert_eq!(event(days).len(), 2);
}

#[test]
fn an_old_series_without_an_end_reaches_the_present_and_stops_at_the_horizon() {
    let found = event("DTSTART:20060102T080000Z\nDURATION:PT15M\nRRULE:FREQ=DAILY");
    assert_eq!((found.len(), found[0].as_str()), (262, "04-14T08:00 04-14T08:15"));
    let found = event("DTSTART:20200101T080000Z\nDURATION:P20D\nRRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1WE");
    assert_eq!(found, ["04-01T08:00 04-21T08:00"], "it began before the window and reaches into it");
}

#[test]
fn what_was_moved_taken_out_or_added_is_where_it_is_now() {
    let series = "BEGIN:VEVENT\nUID:1\nSEQUENCE:7\nDTSTART;TZID=Europe/Berlin:20260504T090000\nDURATION:PT1H\n\
        RRULE:FREQ=WEEKLY;COUNT=6\nEXDATE;TZID=Europe/Berlin:20260511T090000\nEXDATE;VALUE=DATE:20260518\n\
        RDATE:20260701T070000Z\n\
        RDATE;VALUE=PERIOD:20260702T070000Z/PT30M,20260703T070000Z/20260703T080000Z\nEND:VEVENT\n";
    let moved = "BEGIN:VEVENT\nUID:1\nSEQUENCE:2\nRECURRENCE-ID:20260525T070000Z\nDTSTART:20260526T120000Z\n\
        DTEND:20260526T140000Z\nEND:VEVENT\n";
    let off = "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;TZID=Europe/Berlin:20260601T090000\nSTATUS:CANCELLED\n\
        DTSTART:20260601T070000Z\nDURATION:PT1H\nEND:VEVENT\n";
    // Another series at the same times with the same numbers is not touched by it.
    let other = "BEGIN:VEVENT\nUID:2\nSEQUENCE:2\nDTSTART:20260525T070000Z\nDURATION:PT5M\n\
        RRULE:FREQ=WEEKLY;COUNT=2\nEND:VEVENT\n";
    let (found, left_out) = of(&[file(&format!("{moved}{series}{off}{other}"))]);
    assert_eq!(left_out, 0);
    assert_eq!(
        found,
        [
            "05-04T07:00 05-04T08:00",
            "05-25T07:00 05-25T07:05",
            "05-26T12:00 05-26T14:00",
            "06-01T07:00 06-01T07:05",
            "06-08T07:00 06-08T08:00",
            "07-01T07:00 07-01T08:00",
            "07-02T07:00 07-02T07:30",
            "07-03T07:00 07-03T08:00",
        ]
    );
}

#[test]
fn times_in_a_gap_and_times_that_come_twice_have_one_place() {
    let twice = event("DTSTART;TZID=Europe/Berlin:20261025T023000\nDURATION:PT30M");
    assert_eq!(twice, ["10-25T00:30 10-25T01:00"], "the first of the two");
    let mut early = wanted();
    early.window.0 = at("2026-03-01T00:00:00Z");
    let gap = "BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/Berlin:20260329T023000\nDURATION:PT30M\nEND:VEVENT";
    let (found, _) = busy(&[file(gap)], &early, Duration::from_secs(60)).unwrap();
    assert_eq!(found, [(at("2026-03-29T01:30:00Z"), at("2026-03-29T02:00:00Z"))]);
}

#[test]
fn what_is_no_calendar_is_told_apart_from_an_empty_one() {
    let no_calendar = Err(Trouble::NotACalendar);
    for text in ["", "<!doctype html><title>Sign in</title>", "hello", "BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n"]
    {
        assert_eq!(busy(&[text.to_owned()], &wanted(), Duration::from_secs(1)), no_calendar, "{text}");
    }
    assert_eq!(of(&[file("PRODID:x")]), (vec![], 0));
    assert_eq!(of(&["\u{feff}BEGIN:VCALENDAR\nEND:VCALENDAR\n".to_owned()]), (vec![], 0));
    assert_eq!(of(&[]), (vec![], 0));
}

#[test]
fn a_rule_that_is_written_to_hang_does_not() {
    let begun = Instant::now();
    let one = |rule: &str| {
        format!(
            "BEGIN:VEVENT\nUID:{rule}\nDTSTART:20200101T000000Z\nDURATION:PT1M\nRRULE:{rule}\nEND:VEVENT\n"
        )
    };
    let rules = [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;BYSECOND=0,1,2,3,4,5,6,7,8,9,10,11,12,13",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;COUNT=4294967295",
        "FREQ=YEARLY;BYYEARDAY=366,-366;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23",
        "FREQ=YEARLY;BYSETPOS=-366;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=NEVER",
        "FREQ=WEEKLY;BYDAY=99XX",
        "",
    ];
    let text: String = rules.iter().map(|rule| one(rule)).collect();
    let (found, left_out) = busy(&[file(&text)], &wanted(), Duration::from_secs(2)).unwrap();
    assert!(left_out >= 2, "{left_out}");
    assert!(found.len() < 60_000, "{}", found.len());
    let many = one("FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30").repeat(2_000);
    let (_, left_out) = busy(&[file(&many)], &wanted(), Duration::from_millis(200)).unwrap();
    assert!(left_out <= 2_000);
    assert!(begun.elapsed() < Duration::from_secs(40), "{:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn whatever_is_in_a_file_it_is_read_or_refused(
        cuts in prop::collection::vec((0usize..900, 0usize..40, "[ -~\r\n;:=,é\u{0}]{0,12}"), 0..8),
    ) {
        let mut text = file(
            "BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:16010101T020000\nTZOFFSETFROM:-0400\nTZOFFSETTO:-0500\n\
             RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nUID:1\n\
             DTSTART;TZID=X:20260504T090000\nDTEND;TZID=X:20260504T100000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR,2MO;COUNT=9\n\
             EXDATE;TZID=X:20260511T090000,20260518T090000\nRDATE;VALUE=PERIOD:20260702T070000Z/PT30M\nSUMMARY:a\\, b\n\
             END:VEVENT\nBEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260529T130000Z\n\
             DTSTART;VALUE=DATE:20260530\nDURATION:P1W\nEND:VEVENT",
        );
        for (from, length, other) in cuts {
            let from = (0..=from.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let until = (from + length..).find(|at| *at >= text.len() || text.is_char_boundary(*at)).unwrap();
            text.replace_range(from..until.min(text.len()), &other);
        }
        let told = busy(&[text], &wanted(), Duration::from_secs(1));
        if let Ok((found, _)) = told {
            let (from, until) = wanted().window;
            for (starts, ends) in found {
                prop_assert!(starts < ends && ends > from && starts < until);
            }
        }
    }
}
