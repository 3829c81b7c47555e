//! What became of each backup, by destination and age.

use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use crate::domain::id::{BackupId, DestinationId};
use crate::domain::keeping::backup::{Backup, Outcome, Overdue, Trouble, overdue as is_overdue};
use crate::domain::time::Timestamp;
use crate::store::keeping::destination;
use crate::store::key::beginning;
use crate::store::row::{id, instant, kept};
use crate::store::table::BACKUPS;
use crate::store::{Order, Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Trouble")]
enum TroubleRow {
    NoKit,
    Sealed,
    NotThere,
    NotMounted,
    Anothers,
    ReadOnly,
    Forbidden,
    Full,
    FullHere,
    TooLarge,
    NoHost,
    NoAnswer,
    Slow,
    Certificate,
    SignIn,
    Region,
    Clock,
    Elsewhere,
    Status(u16),
    HostKey,
    NoSftp,
    Odd,
    Gone,
    Differs,
    Unsound(u32),
    BrokeOff,
    NotHere,
    Failed,
    Inside,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Outcome")]
enum OutcomeRow {
    Going,
    Verified {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Failed {
        #[serde(with = "instant")]
        at: Timestamp,
        #[serde(with = "TroubleRow")]
        why: Trouble,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Backup")]
pub(in crate::store) struct BackupRow {
    #[serde(with = "id")]
    id: BackupId,
    #[serde(with = "id")]
    destination: DestinationId,
    #[serde(with = "instant")]
    started_at: Timestamp,
    bytes: u64,
    rows: u64,
    #[serde(with = "OutcomeRow")]
    outcome: Outcome,
}
kept!(BackupRow = "BackupRow" for Backup);

/// The newest records of a destination, newest first, at most so many.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn newest(read: &impl Read, destination: DestinationId, most: usize) -> Result<Vec<Backup>, StoreError> {
    let mut found = Vec::new();
    BACKUPS.walk(read, beginning(&destination), Order::Down, |_, backup| {
        if found.len() == most {
            return ControlFlow::Break(());
        }
        found.push(backup);
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The same without those that a clock made that was ahead: they would be the newest for years.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn newest_by(
    read: &impl Read,
    destination: DestinationId,
    most: usize,
    now: Timestamp,
) -> Result<Vec<Backup>, StoreError> {
    let mut found = Vec::new();
    BACKUPS.walk(read, beginning(&destination), Order::Down, |_, backup| {
        if found.len() == most {
            return ControlFlow::Break(());
        }
        if !backup.is_ahead(now) {
            found.push(backup);
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The newest record of a destination that was verified, but for those that lie ahead.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn verified(
    read: &impl Read,
    destination: DestinationId,
    now: Timestamp,
) -> Result<Option<Backup>, StoreError> {
    let mut found = None;
    BACKUPS.walk(read, beginning(&destination), Order::Down, |_, backup| {
        if matches!(backup.outcome, Outcome::Verified { .. }) && !backup.is_ahead(now) {
            found = Some(backup);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// Every record, with the destination under which it is kept.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<(DestinationId, Backup)>, StoreError> {
    Ok(BACKUPS.all(read)?.into_iter().map(|((destination, _), backup)| (destination, backup)).collect())
}

/// The destinations at which none was verified for too long.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn overdue(read: &impl Read, now: Timestamp) -> Result<Vec<Overdue>, StoreError> {
    let mut found = Vec::new();
    for destination in destination::all(read)? {
        let last = newest_by(read, destination.id, 1, now)?;
        let verified_at = verified(read, destination.id, now)?.map(|backup| backup.started_at);
        found.extend(is_overdue(destination, verified_at, last.first(), now));
    }
    Ok(found)
}

/// Keeps a record, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, backup: &Backup) -> Result<(), StoreError> {
    BACKUPS.put(tx, &(backup.destination, backup.id), backup)
}

/// Drops all but the newest records of a destination; the newest verified one stays.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn keep_newest(
    tx: &Tx<'_>,
    destination: DestinationId,
    most: usize,
    now: Timestamp,
) -> Result<(), StoreError> {
    let verified = verified(tx, destination, now)?.map(|backup| backup.id);
    for old in newest(tx, destination, usize::MAX)?.into_iter().skip(most) {
        if Some(old.id) != verified {
            BACKUPS.remove(tx, &(destination, old.id))?;
        }
    }
    Ok(())
}

/// Drops all records of a destination.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove_all(tx: &Tx<'_>, destination: DestinationId) -> Result<(), StoreError> {
    for old in newest(tx, destination, usize::MAX)? {
        BACKUPS.remove(tx, &(destination, old.id))?;
    }
    Ok(())
}
