//! Backups on time: whatever the last record makes due is made, one after the other; and the owner hears of it when none was
//! verified for too long.

use std::sync::Arc;

use super::{make, zone};
use crate::actions::outbox;
use crate::app::{App, Fault};
use crate::domain::id::DestinationId;
use crate::domain::keeping::backup::{Backup, Outcome, Trouble, next_at};
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Role;
use crate::domain::time::Timestamp;
use crate::store::keeping::{backup, destination, hold, kit};
use crate::store::{Read, people};

/// How many records tell how often it failed in a row.
const LOOKED_AT: usize = 12;

/// Makes every backup that is due, and tells of those that are overdue. While data are held that came back from a backup,
/// none is made: they might be on a machine where somebody only tries that out.
///
/// # Errors
/// [`Fault`] if the file fails. What fails with a backup stands in its record.
pub async fn attend(app: &Arc<App>) -> Result<(), Fault> {
    for id in app.run(due_now).await? {
        make::back_up(app, id).await.map_err(|error| match error {
            crate::actions::Error::Failed(fault) => fault,
            crate::actions::Error::Refused(_) => Fault::Missing("a destination of backups"),
        })?;
    }
    app.run(tell).await
}

/// The destinations to which a backup is due.
fn due_now(app: &App) -> Result<Vec<DestinationId>, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    if hold::get(&read)?.is_some() || kit::find(&read)?.is_none() {
        return Ok(Vec::new());
    }
    let zone = zone(&read)?;
    let mut due = Vec::new();
    for destination in destination::all(&read)? {
        let records = backup::newest_by(&read, destination.id, LOOKED_AT, now)?;
        if next_at(&destination, &records, &zone, now) <= now {
            due.push(destination.id);
        }
    }
    Ok(due)
}

/// Closes the records of backups that were going when the program ended: nobody makes them any more. Call it when none is going.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn resume(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    let going = |backup: &Backup| backup.outcome == Outcome::Going;
    let read = app.store.read()?;
    let ids: Vec<DestinationId> = destination::all(&read)?.into_iter().map(|one| one.id).collect();
    for id in ids {
        if backup::newest(&read, id, 1)?.iter().any(going) {
            app.keep(move |tx| -> Result<(), Fault> {
                for record in backup::newest(tx, id, LOOKED_AT)?.into_iter().filter(going) {
                    let outcome = Outcome::Failed { at: now, why: Trouble::BrokeOff };
                    backup::put(tx, &Backup { outcome, ..record })?;
                }
                Ok(())
            })?;
        }
    }
    Ok(())
}

/// Queues a mail to each owner for each destination that is overdue, once a week while it lasts.
fn tell(app: &App) -> Result<(), Fault> {
    let now = app.clock.now();
    let read = app.store.read()?;
    if hold::get(&read)?.is_some() || !anything_to_tell(&read, now)? {
        return Ok(());
    }
    let at = app.moment();
    app.keep(move |tx| -> Result<(), Fault> {
        for overdue in backup::overdue(tx, at.now)? {
            let what = format!("{}/{}/{}", overdue.destination.id, overdue.since(), overdue.weeks(at.now));
            for owner in people::practitioner::all(tx)? {
                if owner.role == Role::Owner && owner.is_active() {
                    let to = Person::Practitioner(owner.id);
                    let what = format!("{what}/{}", owner.id);
                    outbox::queue(tx, &at, Kind::BackupOverdue, to, About::Oneself, &what, at.now)?;
                }
            }
        }
        Ok(())
    })
}

/// Whether there is a mail that was not queued yet: nothing is written every few seconds for nothing.
fn anything_to_tell(read: &impl Read, now: Timestamp) -> Result<bool, Fault> {
    for overdue in backup::overdue(read, now)? {
        let what = format!("{}/{}/{}", overdue.destination.id, overdue.since(), overdue.weeks(now));
        for owner in people::practitioner::all(read)? {
            let owns = owner.role == Role::Owner && owner.is_active();
            let key = format!("{}/{what}/{}", Kind::BackupOverdue.name(), owner.id);
            if owns && crate::store::messages::message::with_key(read, &key)?.is_none() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
