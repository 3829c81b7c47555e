//! How the program itself stands, for its owner: what it keeps, what waits, and whom it last heard of. It holds no secret and
//! names nobody.

use std::path::{Path, PathBuf};

use super::snapshot;
use crate::app::{App, Fault, Post};
use crate::domain::keeping::backup::is_ahead;
use crate::domain::messages::message::State;
use crate::domain::time::{Timestamp, after, hours};
use crate::platform::disk::{self, LITTLE, TOO_LITTLE, Writable};
use crate::platform::process;
use crate::store::due::{self, Due};
use crate::store::keeping::{backup, destination};
use crate::store::{Read, StoreError, audit, messages};

/// The most things that are counted as waiting.
const MOST: usize = 500;

/// How much room is left on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Enough.
    Enough,
    /// Somebody should make room soon.
    Little,
    /// Nothing can be kept any more.
    None,
}

/// What is kept on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// How large the data file is, in words.
    pub file: String,
    /// How much is free beside it, in words.
    pub free: String,
    /// Whether that is enough.
    pub room: Room,
    /// How many snapshots there are.
    pub snapshots: usize,
    /// When the newest was proved.
    pub newest_at: Option<Timestamp>,
}

/// What waits in the outbox.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outbox {
    /// How many messages should have gone by now.
    pub waiting: usize,
    /// Since when the first of them waits.
    pub since: Option<Timestamp>,
    /// How many were tried and not taken yet.
    pub tried: usize,
    /// How many were given up in the end.
    pub given_up: usize,
    /// When the last one went.
    pub sent_at: Option<Timestamp>,
}

/// Backups elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// How many places they go to.
    pub places: usize,
    /// At how many of them none was proved for too long.
    pub overdue: usize,
    /// The place that is furthest behind, and of when its last proved backup is.
    pub behind: Option<(String, Option<Timestamp>)>,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What is kept; nothing if it is in memory.
    pub kept: Option<Kept>,
    /// Backups elsewhere.
    pub elsewhere: Elsewhere,
    /// The outbox; nothing if no mail is sent.
    pub outbox: Option<Outbox>,
    /// Until when the payment provider's news was read.
    pub heard_at: Option<Timestamp>,
    /// Since when the most belated thing waits to be attended to.
    pub late_since: Option<Timestamp>,
}

/// Looks at everything.
///
/// # Errors
/// [`Fault`] if the data file or the disk cannot be read.
pub fn standing(app: &App) -> Result<Standing, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let kept = app.machine.data_dir.as_deref().map(|folder| kept(folder, now)).transpose()?;
    let has_post = matches!(*app.post(), Post::Office { .. });
    let late = due::by(&read, now, 1, |due| !matches!(due, Due::Message(_) | Due::Outside(_)))?;
    Ok(Standing {
        kept,
        elsewhere: elsewhere(&read, now)?,
        outbox: if has_post { Some(outbox(&read, now)?) } else { None },
        heard_at: crate::store::news_read_until(&read)?,
        late_since: late.first().map(|(at, _)| *at),
    })
}

/// The same in numbers, for programs that watch; it costs what is due, not what exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// What time it is.
    pub now: Timestamp,
    /// How many messages should have gone by now, and since when the first of them waits.
    pub outbox: (usize, Option<Timestamp>),
    /// The same of everything else that is due.
    pub late: (usize, Option<Timestamp>),
    /// Backups elsewhere.
    pub elsewhere: Elsewhere,
    /// When the newest snapshot was proved.
    pub snapshot_at: Option<Timestamp>,
    /// How large the data file is, and how much is free beside it, in bytes; nothing if it is in memory.
    pub disk: Option<(u64, u64)>,
    /// How much memory the process has, in bytes.
    pub memory: Option<u64>,
}

/// The most things that are counted as due.
const MOST_MEASURED: usize = 10_000;

/// Measures.
///
/// # Errors
/// [`Fault`] if the data file or the disk cannot be read.
pub fn measured(app: &App) -> Result<Measured, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let waiting = |wanted: fn(Due) -> bool| {
        let due = due::by(&read, now, MOST_MEASURED, wanted)?;
        Ok::<_, Fault>((due.len(), due.first().map(|(at, _)| *at)))
    };
    let (mut snapshot_at, mut disk) = (None, None);
    if let Some(folder) = app.machine.data_dir.as_deref() {
        let failed = |why: std::io::Error| Fault::BrokeOff(format!("{}: {why}", folder.display()));
        let file = folder.join(crate::app::DATA_FILE).metadata().map_err(failed)?.len();
        disk = Some((file, disk::under(folder).map_err(failed)?.free));
        snapshot_at = newest(&snapshot::list(&folder.join(snapshot::FOLDER))?, now);
    }
    Ok(Measured {
        now,
        outbox: waiting(|due| matches!(due, Due::Message(_)))?,
        late: waiting(|due| !matches!(due, Due::Message(_)))?,
        elsewhere: elsewhere(&read, now)?,
        snapshot_at,
        disk,
        memory: process::memory(),
    })
}

/// How backups elsewhere stand, by what the data say.
///
/// # Errors
/// [`Fault`] if the data file cannot be read.
pub fn elsewhere(read: &impl Read, now: Timestamp) -> Result<Elsewhere, Fault> {
    let overdue = backup::overdue(read, now)?.len();
    let mut places = Vec::new();
    for place in destination::all(read)? {
        let proved = backup::verified(read, place.id, now)?.map(|backup| backup.started_at);
        places.push((place.name.as_str().to_owned(), proved));
    }
    let count = places.len();
    Ok(Elsewhere { places: count, overdue, behind: places.into_iter().min_by_key(|(_, proved)| *proved) })
}

/// When the newest of the snapshots was taken, but for those of a clock that was ahead.
#[must_use]
pub fn newest(snapshots: &[(Timestamp, PathBuf)], now: Timestamp) -> Option<Timestamp> {
    snapshots.iter().map(|(at, _)| *at).find(|at| !is_ahead(*at, now))
}

/// What the audit log was written last at, if the clock is more than a day before it: it is wrong now, or was then.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ahead_of_the_clock(read: &impl Read, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let written = audit::head(read)?.map(|entry| entry.said.at);
    Ok(written.filter(|at| *at > after(now, hours(24))))
}

fn kept(folder: &Path, now: Timestamp) -> Result<Kept, Fault> {
    let failed = |why: std::io::Error| Fault::BrokeOff(format!("{}: {why}", folder.display()));
    let disk = disk::under(folder).map_err(failed)?;
    let file = folder.join(crate::app::DATA_FILE).metadata().map_err(failed)?.len();
    let snapshots = snapshot::list(&folder.join(snapshot::FOLDER))?;
    let room = match disk.free {
        ..TOO_LITTLE => Room::None,
        _ if disk.writable == Writable::No => Room::None,
        TOO_LITTLE..LITTLE => Room::Little,
        _ => Room::Enough,
    };
    Ok(Kept {
        file: disk::words(file),
        free: disk::words(disk.free),
        room,
        snapshots: snapshots.len(),
        newest_at: newest(&snapshots, now),
    })
}

fn outbox(read: &impl Read, now: Timestamp) -> Result<Outbox, Fault> {
    let mut outbox = Outbox::default();
    messages::message::each(read, |message| {
        match message.state {
            State::Sent { at } => outbox.sent_at = outbox.sent_at.max(Some(at)),
            State::Dead { .. } => outbox.given_up += 1,
            _ if message.is_pending() && message.due_at <= now && outbox.waiting < MOST => {
                outbox.waiting += 1;
                outbox.tried += usize::from(message.tries > 0);
                outbox.since = Some(outbox.since.map_or(message.due_at, |since| since.min(message.due_at)));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(outbox)
}
