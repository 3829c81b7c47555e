//! Snapshots beside the data: each is a whole data file, made under load, opened again and checked against the ledger's invariants
//! before it counts as one. Against mistakes and bad updates; against the loss of the machine only a backup elsewhere helps.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::check::{Report, check};
use super::retention::Retention;
use crate::app::{App, Fault};
use crate::store::{Store, StoreError, snapshot};

/// The folder in the data directory.
pub const FOLDER: &str = "snapshots";

const BEGIN: &str = "fiddlehead-";
const END: &str = ".redb";
/// The ending of one that was not sound.
const ASIDE: &str = ".unsound";
/// How many of those are kept: enough to look into, and no disk is filled by one an hour.
const KEPT_ASIDE: usize = 3;
/// As RFC 3339 without what file systems and shells trip over.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// A snapshot that was opened again and found sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Its file.
    pub file: PathBuf,
    /// When it was made.
    pub made_at: Timestamp,
    /// How many rows it holds.
    pub rows: u64,
    /// What the check counted in it.
    pub report: Report,
}

/// Makes a snapshot, proves it, and drops those that are over.
///
/// # Errors
/// [`Fault`] if it cannot be made, or [`Fault::Unsound`] if what was copied is not sound; it is kept aside then, by a name
/// that says so.
pub fn take(app: &App, data_dir: &Path) -> Result<Snapshot, Fault> {
    let folder = data_dir.join(FOLDER);
    make(&folder)?;
    let made_at = app.clock.now();
    let file = folder.join(name(made_at, END));
    let fresh = file.with_extension("new");
    let _ = std::fs::remove_file(&fresh);
    let rows = snapshot::copy(&app.store, &fresh, |_| {})?;
    let report = prove(&fresh, made_at)?;
    if !report.wrong.is_empty() {
        let aside = folder.join(name(made_at, ASIDE));
        let _ = std::fs::rename(&fresh, &aside);
        for (_, old) in named(&folder, ASIDE)?.into_iter().skip(KEPT_ASIDE) {
            let _ = std::fs::remove_file(old);
        }
        return Err(Fault::Unsound { file: aside.display().to_string(), wrong: report.wrong.len() });
    }
    std::fs::rename(&fresh, &file).map_err(|why| at(&file, &why))?;
    sync(&folder)?;
    drop_old(&folder, Retention::SNAPSHOTS)?;
    Ok(Snapshot { file, made_at, rows, report })
}

/// Opens a file as if it were the data file, every page verified, and checks it.
///
/// # Errors
/// [`Fault`] if it cannot be opened or read.
pub fn prove(file: &Path, now: Timestamp) -> Result<Report, Fault> {
    check(&Store::open_existing(file)?, now)
}

/// The snapshots in a folder, newest first.
///
/// # Errors
/// [`Fault`] if the folder is there and cannot be read.
pub fn list(folder: &Path) -> Result<Vec<(Timestamp, PathBuf)>, Fault> {
    named(folder, END)
}

fn named(folder: &Path, end: &str) -> Result<Vec<(Timestamp, PathBuf)>, Fault> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(at(folder, &why)),
    };
    let files = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<_> = files.filter_map(|path| Some((stamp(&path, end)?, path))).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

fn name(made_at: Timestamp, end: &str) -> String {
    format!("{BEGIN}{}{end}", made_at.strftime(STAMP))
}

fn stamp(path: &Path, end: &str) -> Option<Timestamp> {
    let text = path.file_name()?.to_str()?.strip_prefix(BEGIN)?.strip_suffix(end)?;
    let civil = jiff::civil::DateTime::strptime(STAMP, text).ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
}

fn drop_old(folder: &Path, retention: Retention) -> Result<(), Fault> {
    let there = list(folder)?;
    let over = retention.over(&there.iter().map(|(made_at, _)| *made_at).collect::<Vec<_>>());
    for (_, path) in there.iter().filter(|(made_at, _)| over.contains(made_at)) {
        std::fs::remove_file(path).map_err(|why| at(path, &why))?;
    }
    Ok(())
}

pub(super) fn make(folder: &Path) -> Result<(), Fault> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|why| at(folder, &why))
}

pub(super) fn sync(folder: &Path) -> Result<(), Fault> {
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(|why| at(folder, &why))
}

fn at(path: &Path, why: &std::io::Error) -> Fault {
    Fault::Store(StoreError::File(format!("{}: {why}", path.display()).into()))
}
