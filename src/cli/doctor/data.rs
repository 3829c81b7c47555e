//! What is kept: the directory and who may read it, the disk under it, the data file, and the snapshots beside it.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;

use jiff::SignedDuration;

use super::{Findings, Running};
use crate::actions::keeping::rotation::{self, Beside, NoKey};
use crate::actions::keeping::snapshot;
use crate::actions::keeping::standing::{elsewhere, newest};
use crate::app::Fault;
use crate::cli::open::{DATA_FILE, KEY_FILE, lost};
use crate::domain::keeping::backup::is_ahead;
use crate::platform::clock::Clock;
use crate::platform::config::Config;
use crate::platform::disk::{self, LITTLE, TOO_LITTLE, Writable};
use crate::store::{Store, StoreError};

/// One is taken every hour; after so long without one somebody should look.
const SNAPSHOT_AGE: SignedDuration = SignedDuration::from_hours(26);
const KEY_BYTES: u64 = 32;

/// Whether the directory is there, whose it is, and who else may read it.
pub(super) fn folder(config: &Config, found: &mut Findings) {
    let folder = &config.data_dir;
    let at = folder.display();
    let here = match folder.metadata() {
        Ok(here) if here.is_dir() => here,
        Ok(_) => return found.wrong("data", format!("{at} is no directory. Name another data_dir")),
        Err(why) if why.kind() == ErrorKind::NotFound => {
            return found.look("data", format!("{at} is not there yet. It is made at the first start"));
        }
        Err(why) => {
            return found.wrong("data", format!("{at}: {why}. Look as root, or as who runs the program"));
        }
    };
    if here.mode() & 0o077 == 0 {
        found.ok("data", format!("{at} can be read by its owner only"));
    } else {
        found.wrong(
            "data",
            format!("{at} can be read by others (mode {:o}). Run: chmod 700 {at}", here.mode() & 0o777),
        );
    }
    for name in [DATA_FILE, KEY_FILE] {
        let file = folder.join(name);
        match file.metadata() {
            Ok(file) if file.uid() != here.uid() => found.wrong(
                "data",
                format!("{at}/{name} is not of the directory’s owner. Run: chown --reference={at} {at}/{name}"),
            ),
            Ok(file) if name == KEY_FILE && file.len() != KEY_BYTES => {
                found.wrong("data", format!("{at}/{name} holds no key. Put it back from a backup"));
            }
            Ok(file) if name == KEY_FILE && file.mode() & 0o077 != 0 => {
                found.wrong("data", format!("{at}/{name} can be read by others. Run: chmod 600 {at}/{name}"));
            }
            Ok(_) => {}
            Err(why) if why.kind() == ErrorKind::PermissionDenied => {
                return found.wrong(
                    "data",
                    format!("{at} may not be entered by who runs this. Run as root, or: runuser -u fiddlehead -- fiddlehead doctor"),
                );
            }
            Err(_) if name == KEY_FILE && folder.join(DATA_FILE).exists() => found.wrong(
                "data",
                format!("{at}/{name} is missing: notes and secrets cannot be opened. Put it back from a backup before you start"),
            ),
            Err(_) => {}
        }
    }
}

/// How much is free where the data is.
pub(super) fn disk(config: &Config, found: &mut Findings) {
    let folder = config.data_dir.ancestors().find(|folder| folder.exists()).unwrap_or(&config.data_dir);
    let disk = match disk::under(folder) {
        Ok(disk) => disk,
        Err(why) => return found.wrong("disk", format!("{}: {why}", folder.display())),
    };
    let free = disk::words(disk.free);
    match disk.free {
        _ if disk.writable == Writable::No => {
            found.wrong(
                "disk",
                "is mounted read-only. Look at `dmesg`: a disk that fails is often the reason",
            );
        }
        ..TOO_LITTLE => {
            found.wrong("disk", format!("{free} are free: too little to keep anything. Make room at once"))
        }
        TOO_LITTLE..LITTLE => found.look("disk", format!("{free} are free. Make room soon")),
        _ => found.ok("disk", format!("{free} are free")),
    }
}

/// Whether the data file can be opened; the running program is asked in `doors` and holds it.
pub(super) fn file(config: &Config, running: Running, found: &mut Findings) {
    let file = config.data_dir.join(DATA_FILE);
    if running == Running::Yes {
        return;
    }
    if let Some(lost) = lost(&config.data_dir) {
        return found.wrong("file", lost);
    }
    let at = file.display();
    match Store::open_existing(&file) {
        Ok(store) => {
            found.ok("file", format!("{at} opens and every page is whole"));
            key(config, &store, found);
        }
        Err(StoreError::Absent) => found.look("file", "no practice is kept here yet. Start the program"),
        Err(why @ StoreError::Forbidden) => found.wrong("file", format!("{at}: {why}")),
        Err(why @ (StoreError::ReadOnly | StoreError::Full)) => {
            found.look("file", format!("was not looked at: {why}"));
        }
        Err(why @ StoreError::Disk(_)) => {
            found.wrong("file", format!("{at}: {why}. Look at `dmesg`, and whether there is room"));
        }
        Err(StoreError::InUse) => {
            found.look(
                "file",
                "another program holds it: fiddlehead with other settings, or one that starts just now",
            );
        }
        Err(why @ StoreError::Older { .. }) => found.look("file", why.to_string()),
        Err(why @ StoreError::Damaged(_)) => found.wrong("file", format!("{at}: {why}")),
        Err(why) => {
            found.wrong("file", format!("{at}: {why}. Keep a copy, and go back to a snapshot (install.md)"))
        }
    }
}

/// Whether the key beside the data is the one that they want: the program does not start with another.
fn key(config: &Config, store: &Store, found: &mut Findings) {
    let beside =
        store.read().map_err(NoKey::Store).and_then(|read| rotation::beside(&config.data_dir, &read));
    match beside {
        Ok(Beside::Right) => found.ok("key", "is the one that the data are sealed with"),
        Ok(Beside::Another) => {
            found.wrong("key", NoKey::Another(config.data_dir.display().to_string()).to_string());
        }
        // Told of under “data”; and data that were never served want none yet.
        Ok(Beside::None | Beside::Unsaid) => {}
        Err(why) => found.look("key", why.to_string()),
    }
}

/// How old the newest proved snapshot is.
pub(super) fn snapshots(config: &Config, running: Running, found: &mut Findings) {
    let kept = match snapshot::list(&config.data_dir.join(snapshot::FOLDER)) {
        Ok(kept) => kept,
        Err(why) => return found.wrong("snapshots", why.to_string()),
    };
    let now = Clock::System.now();
    let Some(newest) = newest(&kept, now) else {
        return found.look("snapshots", "none yet. The first is taken five minutes after the start");
    };
    let age = now.duration_since(newest);
    let said = format!("{} kept, the newest of {newest}", kept.len());
    match running {
        Running::Yes if age > SNAPSHOT_AGE => {
            found.wrong(
                "snapshots",
                format!("{said}: older than a day. Look at the log for “no snapshot could be taken”"),
            );
        }
        _ => found.ok("snapshots", said),
    }
}

/// Of when the last backup elsewhere is that was proved. The running program holds its data: then the newest snapshot says it.
pub(super) fn backups(config: &Config, running: Running, found: &mut Findings) {
    let now = Clock::System.now();
    let newest = || {
        let all = snapshot::list(&config.data_dir.join(snapshot::FOLDER)).ok()?;
        all.into_iter().find(|(at, _)| !is_ahead(*at, now))
    };
    let (file, of) = match running {
        Running::No => (config.data_dir.join(DATA_FILE), String::new()),
        Running::Yes => match newest() {
            Some((at, file)) => (file, format!(", as of the snapshot of {at}")),
            None => {
                return found
                    .look("backups", "not known before the first snapshot. Look at Backups, at the desk");
            }
        },
    };
    if !file.exists() {
        return;
    }
    let looked = Store::look(&file).map_err(Fault::Store).and_then(|read| elsewhere(&read, now));
    let stands = match looked {
        Ok(stands) => stands,
        Err(why) => return found.look("backups", format!("{}: {why}", file.display())),
    };
    match stands.behind {
        None => found.look(
            "backups",
            format!("none go anywhere{of}: if this machine were lost, all would be. Choose a place at the desk, under Backups"),
        ),
        Some((name, Some(at))) if stands.overdue == 0 => {
            found.ok("backups", format!("the last that was proved at {name} is of {at}{of}"));
        }
        Some((name, None)) if stands.overdue == 0 => {
            found.look("backups", format!("none at {name} yet{of}. The first is made by itself"));
        }
        Some((name, at)) => {
            let last = at.map_or("there has never been one".to_owned(), |at| format!("the last is of {at}"));
            found.wrong(
                "backups",
                format!("none could be proved at {name} for a week: {last}{of}. Backups, at the desk, says why"),
            );
        }
    }
}
