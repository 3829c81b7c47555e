//! What servers of calendars answer, by HTTP as in life: files and CalDAV. A panic in what reads them costs that calendar only, so it
//! is looked for here by a hook of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use fiddlehead::calendars::{Answer, Wanted};
use fiddlehead::domain::calendar::outside::{Access, Kind};
use fiddlehead::platform::clock::stopwatch;

use super::mutate::Mutator;
use super::{LONGEST, Says, corpus, inputs, keep, seed, server, told};
use crate::model::Dice;
use crate::support::at;
use crate::support::radicale::calendars;

const WORDS: &[&str] = &[
    "BEGIN:VEVENT",
    "END:VEVENT",
    "RRULE:",
    "FREQ=SECONDLY",
    "FREQ=YEARLY",
    "COUNT=999999999",
    "INTERVAL=0",
    "BYSETPOS=-1",
    "BYMONTHDAY=-31",
    "UNTIL=19700101T000000Z",
    "DTSTART;TZID=",
    "DURATION:-P1D",
    "DURATION:PT9999999999S",
    "RECURRENCE-ID:",
    "EXDATE:",
    "VALUE=DATE:",
    "\r\n ",
    "<![CDATA[",
    "]]>",
    "&#0;",
    "&lol;",
    "<!DOCTYPE d [<!ENTITY lol \"lol\">]>",
    "xmlns=\"DAV:\"",
    "</D:response>",
    "<D:href>",
];

async fn feed(target: &str, kind: Kind, status: StatusCode) {
    // Counts panics of the threads that read, which are caught there.
    let panics = Arc::new(AtomicUsize::new(0));
    let (before, seen) = (std::panic::take_hook(), Arc::clone(&panics));
    std::panic::set_hook(Box::new(move |info| {
        if info.location().is_some_and(|place| !place.file().starts_with("tests/")) {
            eprintln!("{info}");
            seen.fetch_add(1, Ordering::SeqCst);
        }
    }));
    let says = Says::default();
    let (port, calendars) = (server(Arc::clone(&says)).await, calendars());
    let mutator = Mutator::new(corpus(target), WORDS, 60_000);
    let (count, mut dice, mut taken) = (inputs(40), Dice::seeded(seed()), 0);
    let mut slowest = std::time::Duration::ZERO;
    for turn in 0..count {
        let input =
            if turn < mutator.corpus.len() { mutator.corpus[turn].clone() } else { mutator.draw(&mut dice) };
        *says.lock().unwrap() = (status, input.clone());
        let wanted = Wanted {
            kind,
            access: Access {
                address: format!("http://127.0.0.1:{port}/calendar/").parse().unwrap(),
                login: None,
            },
            known: None,
            window: (at("2026-04-14T00:00:00Z"), at("2026-10-14T00:00:00Z")),
            zone: "Europe/Berlin".parse().unwrap(),
            ours: "book.example".to_owned(),
        };
        let watch = stopwatch();
        let answer = calendars.read(wanted).await;
        slowest = slowest.max(watch.elapsed());
        assert!(watch.elapsed() < LONGEST, "{target}: {:?} for {}", watch.elapsed(), keep(target, &input));
        assert_eq!(panics.load(Ordering::SeqCst), 0, "{target}: a panic at {}", keep(target, &input));
        if let Ok(Answer::Busy { stretches, .. }) = answer {
            taken += 1;
            let apart = stretches.windows(2).all(|pair| pair[0].1 < pair[1].0);
            assert!(
                apart && stretches.iter().all(|(from, until)| from < until),
                "{stretches:?} of {}",
                keep(target, &input)
            );
        }
    }
    std::panic::set_hook(before);
    told(target, count, taken, slowest);
}

#[tokio::test]
async fn what_servers_of_calendars_say() {
    feed("ics", Kind::Ics, StatusCode::OK).await;
    feed("caldav", Kind::CalDav, StatusCode::MULTI_STATUS).await;
}
