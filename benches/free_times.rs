//! How long it takes to find the free times of 60 days beside 2,000 bookings: `cargo bench --bench free_times`.
#![allow(clippy::disallowed_methods, reason = "a bench is there to look at the machine's clock")]

use std::hint::black_box;
use std::time::Instant;

use fiddlehead::domain::calendar::availability::{Availability, Hours, Rhythm};
use fiddlehead::domain::calendar::slot::{Busy, By, Kind, Window, free, is_free, next_free};
use fiddlehead::domain::time::{SignedDuration, Timestamp, after, minutes};
use jiff::civil::{Weekday, date};

const LENGTH: SignedDuration = SignedDuration::from_mins(50);

/// Weekdays from 9:00 to 12:30 and 13:30 to 18:00 in Berlin, over the night on which the clocks go back.
fn availability() -> Availability {
    let week = Weekday::Monday.cycle_forward().take(5);
    let week = week.flat_map(|day| [(day, "09:00", "12:30"), (day, "13:30", "18:00")]);
    let rhythm = Rhythm::default().with_buffers(0, 10).expect("within bounds");
    let zone = "Europe/Berlin".parse().expect("a zone");
    Availability::new(zone, Hours::parse(week).expect("hours"), vec![], rhythm).expect("no overrides")
}

/// Bookings spread evenly over 60 days from an instant.
fn bookings(from: Timestamp, count: i64, length: SignedDuration) -> Vec<Busy> {
    let start = |n| after(from, minutes(n * 60 * 24 * 60 / count));
    (0..count).map(|n| Busy { from: start(n), until: after(start(n), length), kind: Kind::Booking }).collect()
}

/// The median time of many runs, in nanoseconds.
fn median(mut run: impl FnMut() -> usize) -> (u128, usize) {
    let found = run();
    let mut times: Vec<u128> = (0..5_000)
        .map(|_| {
            let begun = Instant::now();
            black_box(run());
            begun.elapsed().as_nanos()
        })
        .collect();
    times.sort_unstable();
    (times[times.len() / 2], found)
}

fn main() {
    let availability = availability();
    let now: Timestamp = "2026-09-07T06:00:00Z".parse().expect("an instant");
    let window = Window { from: date(2026, 9, 7), to: date(2026, 11, 5), now };
    for (what, busy) in [
        ("none", vec![]),
        ("2,000 of 5 min", bookings(now, 2_000, minutes(5))),
        ("2,000 of 20 min", bookings(now, 2_000, minutes(20))),
        ("300 of 50 min", bookings(now, 300, LENGTH)),
    ] {
        let all = || free(&availability, black_box(&busy), LENGTH, window, By::Client);
        let (ns, found) = median(|| all().len());
        println!("free, 60 days, bookings: {what:<16} {ns:>7} ns for {found} slots");
        let three = || next_free(&availability, black_box(&busy), LENGTH, By::Client, now, 3);
        let (ns, found) = median(|| three().len());
        println!("  the next three                          {ns:>7} ns for {found} slots");
        let Some(last) = all().last().copied() else { continue };
        let one = || is_free(&availability, black_box(&busy), last.start, LENGTH, By::Client, now);
        let (ns, _) = median(|| usize::from(one().is_ok()));
        println!("  whether one is free                     {ns:>7} ns");
    }
}
