//! The audit log, by number.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::key::Key;
use super::row::{id, instant, kept};
use super::table::{AUDIT, META};
use super::{Order, Read, StoreError, Tx};
use crate::domain::audit::{Concern, Entry, Link, Said, What, Who};
use crate::domain::id::{ClientId, DestinationId, PractitionerId, RefundId};
use crate::domain::time::Timestamp;

#[derive(Serialize, Deserialize)]
#[serde(remote = "Who")]
enum WhoRow {
    Member(#[serde(with = "id")] PractitionerId),
    Client(#[serde(with = "id")] ClientId),
    Console,
    Clock,
    Stranger,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Concern")]
enum ConcernRow {
    Practice,
    Member(#[serde(with = "id")] PractitionerId),
    Client(#[serde(with = "id")] ClientId),
    Refund(#[serde(with = "id")] RefundId),
    Place(#[serde(with = "id")] DestinationId),
}

/// By its name.
mod what {
    use super::*;
    use serde::{Deserializer, Serializer};

    pub fn serialize<S: Serializer>(what: &What, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(what.name())
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<What, D::Error> {
        let name = String::deserialize(from)?;
        What::named(&name).ok_or_else(|| serde::de::Error::custom("a deed that this version does not know"))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Said")]
struct SaidRow {
    number: u64,
    #[serde(with = "instant")]
    at: Timestamp,
    #[serde(with = "WhoRow")]
    who: Who,
    #[serde(with = "what")]
    what: What,
    #[serde(with = "ConcernRow")]
    about: Concern,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Entry")]
pub(super) struct EntryRow {
    #[serde(with = "SaidRow")]
    said: Said,
    link: Link,
}
kept!(EntryRow = "EntryRow" for Entry);

/// Keeps an entry under its number.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, entry: &Entry) -> Result<(), StoreError> {
    AUDIT.put(tx, &entry.said.number, entry)
}

/// The newest entries before a number, newest first, at most so many.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn newest(read: &impl Read, before: u64, most: usize) -> Result<Vec<Entry>, StoreError> {
    let mut found = Vec::new();
    AUDIT.walk(read, (Vec::new(), before.bytes()), Order::Down, |_, entry| {
        if found.len() == most {
            return ControlFlow::Break(());
        }
        found.push(entry);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The newest of all.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn head(read: &impl Read) -> Result<Option<Entry>, StoreError> {
    Ok(newest(read, u64::MAX, 1)?.pop())
}

/// The entry of a number.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, number: u64) -> Result<Option<Entry>, StoreError> {
    AUDIT.find(read, &number)
}

/// Shows every entry with the number that it is kept under, in order.
///
/// # Errors
/// [`StoreError`] if the file fails, or a row is none.
pub fn each(read: &impl Read, mut see: impl FnMut(u64, Entry)) -> Result<(), StoreError> {
    AUDIT.walk(read, (Vec::new(), vec![0xff; 9]), Order::Up, |number, entry| {
        see(number, entry);
        ControlFlow::Continue(())
    })
}

const TOLD_WEEK: &str = "audit-told-week";
const TOLD_NUMBER: &str = "audit-told-number";

/// In which week the owners were last told of the newest entry, and which that was.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn told(read: &impl Read) -> Result<(u64, u64), StoreError> {
    let kept = |name: &str| Ok::<_, StoreError>(META.find(read, &name.to_owned())?.unwrap_or_default());
    Ok((kept(TOLD_WEEK)?, kept(TOLD_NUMBER)?))
}

/// Notes that they were.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn note_told(tx: &Tx<'_>, (week, number): (u64, u64)) -> Result<(), StoreError> {
    META.put(tx, &TOLD_WEEK.to_owned(), &week)?;
    META.put(tx, &TOLD_NUMBER.to_owned(), &number)
}
