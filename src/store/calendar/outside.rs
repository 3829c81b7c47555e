//! Calendars that are not ours, found by id and by practitioner; each is in the due-index for its next reading.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::outside::{Failing, Kind, Outside, Trouble};
use crate::domain::id::{OutsideId, PractitionerId};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::due::{self, Due};
use crate::store::row::{id, instant, instant_or_none, kept, text};
use crate::store::table::{OUTSIDES, OUTSIDES_OF};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind")]
enum KindRow {
    Ics,
    CalDav,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Trouble")]
enum TroubleRow {
    NotAnAddress,
    LoginInAddress,
    Unencrypted,
    Port,
    Inside,
    NoHost,
    NoAnswer,
    Certificate,
    Slow,
    SignIn,
    Gone,
    Status(u16),
    TooManyRedirects,
    Downgrade,
    TooLarge,
    NotACalendar,
    Sealed,
}

#[derive(Serialize, Deserialize)]
struct FailingRow {
    #[serde(with = "instant")]
    since_at: Timestamp,
    times: u32,
    #[serde(with = "TroubleRow")]
    why: Trouble,
}

/// The failing of a calendar, if it fails.
mod failing_or_none {
    use super::*;
    use serde::{Deserializer, Serializer};
    pub fn serialize<S: Serializer>(value: &Option<Failing>, to: S) -> Result<S::Ok, S::Error> {
        let row = value.map(|Failing { since_at, times, why }| FailingRow { since_at, times, why });
        row.serialize(to)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Failing>, D::Error> {
        let row = Option::<FailingRow>::deserialize(from)?;
        Ok(row.map(|FailingRow { since_at, times, why }| Failing { since_at, times, why }))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Outside")]
pub(in crate::store) struct OutsideRow {
    #[serde(with = "id")]
    id: OutsideId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "KindRow")]
    kind: Kind,
    #[serde(with = "text")]
    host: Line,
    sealed: Vec<u8>,
    #[serde(with = "instant")]
    added_at: Timestamp,
    version: Option<String>,
    #[serde(with = "instant_or_none")]
    asked_at: Option<Timestamp>,
    #[serde(with = "instant_or_none")]
    read_at: Option<Timestamp>,
    #[serde(with = "instant_or_none")]
    worked_out_at: Option<Timestamp>,
    left_out: u32,
    #[serde(with = "failing_or_none")]
    failing: Option<Failing>,
}
kept!(OutsideRow = "OutsideRow" for Outside);

/// The calendar of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: OutsideId) -> Result<Option<Outside>, StoreError> {
    OUTSIDES.find(read, &id)
}

/// A practitioner's other calendars, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Outside>, StoreError> {
    let ids = OUTSIDES_OF.under(read, &practitioner)?;
    let found = ids.into_iter().map(|((_, id), ())| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

/// Every calendar.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Outside>, StoreError> {
    OUTSIDES.values(read)
}

/// Keeps a calendar, new or changed, and when it is to be read next.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, outside: &Outside, next_at: Option<Timestamp>) -> Result<(), StoreError> {
    OUTSIDES_OF.put(tx, &(outside.practitioner, outside.id), &())?;
    due::set(tx, Due::Outside(outside.id), next_at)?;
    OUTSIDES.put(tx, &outside.id, outside)
}

/// Keeps what is sealed of a calendar that is there; when it is read next stays as it is.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put_sealed(tx: &Tx<'_>, outside: &Outside) -> Result<(), StoreError> {
    OUTSIDES.put(tx, &outside.id, outside)
}

/// Takes a calendar away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, outside: &Outside) -> Result<(), StoreError> {
    OUTSIDES_OF.remove(tx, &(outside.practitioner, outside.id))?;
    due::set(tx, Due::Outside(outside.id), None)?;
    OUTSIDES.remove(tx, &outside.id)
}
