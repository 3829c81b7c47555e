//! Backups elsewhere: to whom they are sealed (`kit`), where they go (`destination`), made and proved (`make`), made on time
//! (`due`); fetched back by the command line, which has no program around it (`cli/restore.rs`).

pub mod destination;
pub mod due;
pub mod kit;
pub mod make;

use crate::app::{App, Fault};
use crate::domain::keeping::backup::{Backup, Overdue, next_at};
use crate::domain::keeping::destination::Destination;
use crate::domain::keeping::kit::Kit;
use crate::domain::time::{Timestamp, Zone};
use crate::store::keeping::{backup, destination as destinations, kit as kits};
use crate::store::{Read, catalog};

/// How many records of a destination are shown.
const SHOWN: usize = 30;

/// A destination and what became of its backups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where they go.
    pub destination: Destination,
    /// The newest that was verified.
    pub verified: Option<Backup>,
    /// The newest records, newest first.
    pub records: Vec<Backup>,
    /// When the next is due, if there is a kit.
    pub next_at: Option<Timestamp>,
}

/// The kit that is in force, if there is one.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn kit_in_force(app: &App) -> Result<Option<Kit>, Fault> {
    Ok(kits::find(&app.store.read()?)?)
}

/// Where backups go and how it stands there, oldest destination first.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn standings(app: &App) -> Result<Vec<Standing>, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let (zone, kit) = (zone(&read)?, kits::find(&read)?);
    let standing = |destination: Destination| -> Result<Standing, Fault> {
        let records = backup::newest(&read, destination.id, SHOWN)?;
        let counted = backup::newest_by(&read, destination.id, SHOWN, now)?;
        let next_at = kit.as_ref().map(|_| next_at(&destination, &counted, &zone, now));
        Ok(Standing {
            verified: backup::verified(&read, destination.id, now)?,
            records,
            next_at,
            destination,
        })
    };
    destinations::all(&read)?.into_iter().map(standing).collect()
}

/// The destinations at which no backup was verified for seven days: what the banner and the mail tell of.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn overdue(app: &App) -> Result<Vec<Overdue>, Fault> {
    Ok(backup::overdue(&app.store.read()?, app.clock.now())?)
}

/// The zone of the practice.
fn zone(read: &impl Read) -> Result<Zone, Fault> {
    Ok(catalog::practice::find(read)?.map_or_else(Zone::utc, |practice| practice.zone))
}
