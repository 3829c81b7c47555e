//! The other ceilings: what the disk can do, what one commit costs, and what a pure function takes.

use std::hint::black_box;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use fiddlehead::domain::calendar::availability::{Availability, Hours, Rhythm};
use fiddlehead::domain::calendar::slot::{Busy, By, Kind, Window, free};
use fiddlehead::domain::time::{SignedDuration, Timestamp, after, minutes};
use fiddlehead::platform::clock::Clock;
use fiddlehead::store::{Store, StoreError, knock};
use jiff::civil::{Weekday, date};

/// The middle one.
pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}

/// How often in a second a page can be written and synced in a file that is there.
pub fn fdatasync_rate(folder: &Path, time: Duration) -> f64 {
    let mut file = std::fs::File::create(folder.join("synced")).expect("a file");
    file.write_all(&[1; 4096 * 256]).and_then(|()| file.sync_all()).expect("written");
    let (begun, mut count) = (Instant::now(), 0u32);
    while begun.elapsed() < time {
        file.seek(SeekFrom::Start(u64::from(count % 256) * 4096)).expect("sought");
        file.write_all(&[7; 4096]).and_then(|()| file.sync_data()).expect("synced");
        count += 1;
    }
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// The median time of a commit of one row, alone, into a file of its own, in milliseconds.
pub fn commit(folder: &Path, count: usize) -> f64 {
    let store = Store::open(&folder.join("commit.redb")).expect("a store");
    let one = |_| {
        let begun = Instant::now();
        let kept: Result<(), StoreError> = store.write(|tx| knock(tx, Clock::System.now()));
        kept.expect("kept");
        begun.elapsed().as_secs_f64() * 1000.0
    };
    median((0..count).map(one).collect())
}

/// The median time of the free times of 60 days beside 2,000 bookings, in microseconds.
pub fn free_times() -> f64 {
    let now: Timestamp = "2026-09-07T06:00:00Z".parse().expect("an instant");
    let week = Weekday::Monday.cycle_forward().take(5);
    let week = week.flat_map(|day| [(day, "09:00", "12:30"), (day, "13:30", "18:00")]);
    let rhythm = Rhythm::default().with_buffers(0, 10).expect("within bounds");
    let zone = "Europe/Berlin".parse().expect("a zone");
    let availability =
        Availability::new(zone, Hours::parse(week).expect("hours"), vec![], rhythm).expect("hours");
    let start = |n: i64| after(now, minutes(n * 60 * 24 * 60 / 2_000));
    let busy: Vec<_> = (0..2_000i64)
        .map(|n| Busy { from: start(n), until: after(start(n), minutes(20)), kind: Kind::Booking })
        .collect();
    let window = Window { from: date(2026, 9, 7), to: date(2026, 11, 5), now };
    let one = |_| {
        let begun = Instant::now();
        black_box(free(&availability, black_box(&busy), SignedDuration::from_mins(50), window, By::Client));
        begun.elapsed().as_secs_f64() * 1_000_000.0
    };
    median((0..5_000).map(one).collect())
}
