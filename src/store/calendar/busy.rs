//! What calendars that are not ours take of a practitioner's time: when, and never what.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::slot::{Busy, Kind};
use crate::domain::id::{OutsideId, PractitionerId};
use crate::domain::time::Timestamp;
use crate::store::row::{Kept, from_bytes, to_bytes};
use crate::store::table::BUSY;
use crate::store::{Read, StoreError, Tx};

/// Stretches from and until, as microseconds since 1970, in order and apart.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct BusyRow(Vec<(i64, i64)>);

/// A stretch of time, from its first instant until the first one after it.
type Stretch = (Timestamp, Timestamp);

impl Kept for BusyRow {
    type Value = Vec<Stretch>;
    fn pack(value: &Vec<Stretch>) -> Result<Vec<u8>, String> {
        let stretches = value.iter().map(|(from, until)| (from.as_microsecond(), until.as_microsecond()));
        to_bytes(&Self(stretches.collect()))
    }
    fn unpack(bytes: &[u8]) -> Result<Vec<Stretch>, String> {
        let Self(stretches) = from_bytes(bytes)?;
        let at = |micros| Timestamp::from_microsecond(micros).map_err(|error| error.to_string());
        stretches.into_iter().map(|(from, until)| Ok((at(from)?, at(until)?))).collect()
    }
}

/// What all of a practitioner's other calendars take between two instants, by start. Two of them may overlap.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn between(
    read: &impl Read,
    practitioner: PractitionerId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Busy>, StoreError> {
    let mut busy = Vec::new();
    for (_, stretches) in BUSY.under(read, &practitioner)? {
        let first = stretches.partition_point(|(_, ends)| *ends <= from);
        let met = stretches[first..].iter().take_while(|(starts, _)| *starts < until);
        busy.extend(met.map(|&(from, until)| Busy { from, until, kind: Kind::Outside }));
    }
    busy.sort_by_key(|busy| busy.from);
    Ok(busy)
}

/// What one calendar takes.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(
    read: &impl Read,
    practitioner: PractitionerId,
    calendar: OutsideId,
) -> Result<Vec<Stretch>, StoreError> {
    Ok(BUSY.find(read, &(practitioner, calendar))?.unwrap_or_default())
}

/// Keeps what one calendar takes, in order and apart, in place of what it took.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(
    tx: &Tx<'_>,
    practitioner: PractitionerId,
    calendar: OutsideId,
    stretches: &Vec<Stretch>,
) -> Result<(), StoreError> {
    BUSY.put(tx, &(practitioner, calendar), stretches)
}

/// Forgets what one calendar takes.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, practitioner: PractitionerId, calendar: OutsideId) -> Result<(), StoreError> {
    BUSY.remove(tx, &(practitioner, calendar))
}

/// Every row: whose it is, of which calendar, and what that takes.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<(PractitionerId, OutsideId, Vec<Stretch>)>, StoreError> {
    Ok(BUSY
        .all(read)?
        .into_iter()
        .map(|((whose, calendar), stretches)| (whose, calendar, stretches))
        .collect())
}
