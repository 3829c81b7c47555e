//! A practitioner's hours, in one row.

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::domain::calendar::availability::{Availability, Hours, Override, Range, Rhythm};
use crate::domain::id::PractitionerId;
use crate::domain::time::Zone;
use crate::store::row::{Kept, from_bytes, text, to_bytes};
use crate::store::table::HOURS;
use crate::store::{Read, StoreError, Tx};

/// Minutes after midnight, from and until.
type Minutes = (u16, u16);

#[derive(Serialize, Deserialize)]
struct OverrideRow {
    #[serde(with = "text")]
    on: Date,
    ranges: Vec<Minutes>,
}

#[derive(Serialize, Deserialize)]
struct RhythmRow {
    step: u16,
    buffer_before: u16,
    buffer_after: u16,
    notice: u16,
    horizon: u16,
    daily_limit: Option<u32>,
}

/// The shape on disk; hours and rhythm are closed types, so they are taken apart and put together by hand.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct AvailabilityRow {
    #[serde(with = "text")]
    zone: Zone,
    /// Weekday from Monday, 1–7, and a range on it.
    hours: Vec<(i8, Minutes)>,
    overrides: Vec<OverrideRow>,
    rhythm: RhythmRow,
}

fn minutes(range: Range) -> Minutes {
    (range.start(), range.end())
}

fn range((start, end): Minutes) -> Result<Range, String> {
    Range::of_minutes(start, end).map_err(|error| error.to_string())
}

impl Kept for AvailabilityRow {
    type Value = Availability;

    fn pack(value: &Availability) -> Result<Vec<u8>, String> {
        let rhythm = value.rhythm();
        to_bytes(&Self {
            zone: value.zone().clone(),
            hours: value
                .hours()
                .rows()
                .map(|(day, range)| (day.to_monday_one_offset(), minutes(range)))
                .collect(),
            overrides: value
                .overrides()
                .iter()
                .map(|one| OverrideRow {
                    on: one.on(),
                    ranges: one.ranges().iter().copied().map(minutes).collect(),
                })
                .collect(),
            rhythm: RhythmRow {
                step: rhythm.step(),
                buffer_before: rhythm.buffer_before(),
                buffer_after: rhythm.buffer_after(),
                notice: rhythm.notice_hours(),
                horizon: rhythm.horizon(),
                daily_limit: rhythm.daily_limit(),
            },
        })
    }

    fn unpack(bytes: &[u8]) -> Result<Availability, String> {
        let row: Self = from_bytes(bytes)?;
        let day = |(day, minutes): (i8, Minutes)| {
            let day = Weekday::from_monday_one_offset(day).map_err(|error| error.to_string())?;
            Ok((day, range(minutes)?))
        };
        let hours = row.hours.into_iter().map(day).collect::<Result<Vec<_>, String>>()?;
        let overrides = row.overrides.into_iter().map(|one| {
            let ranges = one.ranges.into_iter().map(range).collect::<Result<Vec<_>, String>>()?;
            Override::new(one.on, ranges).map_err(|error| error.to_string())
        });
        let rhythm = Rhythm::default()
            .with_step(row.rhythm.step)
            .and_then(|rhythm| rhythm.with_buffers(row.rhythm.buffer_before, row.rhythm.buffer_after))
            .and_then(|rhythm| rhythm.with_notice(row.rhythm.notice))
            .and_then(|rhythm| rhythm.with_horizon(row.rhythm.horizon))
            .and_then(|rhythm| rhythm.with_daily_limit(row.rhythm.daily_limit))
            .map_err(|error| error.to_string())?;
        let hours = Hours::new(hours).map_err(|error| error.to_string())?;
        let overrides = overrides.collect::<Result<Vec<_>, String>>()?;
        Availability::new(row.zone, hours, overrides, rhythm).map_err(|error| error.to_string())
    }
}

/// A practitioner's hours, once she has said them.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Option<Availability>, StoreError> {
    HOURS.find(read, &practitioner)
}

/// Keeps a practitioner's hours.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, practitioner: PractitionerId, availability: &Availability) -> Result<(), StoreError> {
    HOURS.put(tx, &practitioner, availability)
}
