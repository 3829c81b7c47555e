//! A new version meets the data: before anything in the file changes a copy is kept beside it, opened again and verified; one command
//! goes back to it. The present file is kept aside then, so that the way back has a way back.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::check::check;
use super::snapshot::{FOLDER, make, sync};
use crate::actions::audit;
use crate::app::Fault;
use crate::domain::audit::{Concern, What, Who};
use crate::domain::keeping::hold::Held;
use crate::store::keeping::hold;
use crate::store::upgrade::{Opened, STEPS, Step, name, note_version, number};
use crate::store::{FORMAT, Store, StoreError, snapshot};

/// How many copies from before an upgrade are kept.
const KEPT: usize = 3;
const BEFORE: &str = "before-";
const ASIDE: &str = "rolled-back-";
const ROTATED: &str = "rotated-";
const END: &str = ".redb";
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// The version that runs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What was done before the data could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// Which version wrote to the file until now, if it said so.
    pub from: Option<String>,
    /// The copy of the file as it was.
    pub copy: PathBuf,
}

/// Opens a data file, or makes one. If another version wrote to it last, a copy is kept first; if its format is older, it is brought up
/// and checked.
///
/// # Errors
/// [`Fault`] if the file is damaged, in use or newer, or if it is not sound after its upgrade: it is as it was before then.
pub fn open(file: &Path, now: Timestamp) -> Result<(Store, Option<Upgrade>), Fault> {
    open_as(file, now, (number(VERSION), STEPS))
}

fn open_as(
    file: &Path,
    now: Timestamp,
    (version, steps): (u64, &'static [Step]),
) -> Result<(Store, Option<Upgrade>), Fault> {
    if !file.exists() {
        let store = Store::open(file)?;
        store.write(move |tx| note_version(tx, version))?;
        return Ok((store, None));
    }
    let found = Opened::at(file)?;
    let newest = 1 + steps.len() as u64;
    match found.format {
        Some(found) if found > newest => return Err(StoreError::Newer { found }.into()),
        Some(format) if format == newest && found.version == Some(version) => {
            return Ok((found.store()?, None));
        }
        // It was being made when the power went.
        None => return noted(found.store()?, version, None),
        Some(_) => {}
    }
    let (from, format) = (found.version.map(name), found.format);
    drop(found);
    let copy = keep_aside(file, now, &format!("{BEFORE}{}-", name(version)))?;
    // Now, and not once all went well: an upgrade that is killed again and again must not fill the disk.
    drop_old(file)?;
    tracing::info!(copy = %copy.display(), "another version wrote these data: a copy is kept, and they are looked through. Large ones take minutes");
    if format != Some(newest) {
        // Brought up and looked through beside: until that is sound the data are as they were, whenever the power goes.
        put_ready_in_place(&copy, file, |fresh| {
            let wrong = check(&Opened::at(fresh)?.bring_up(steps)?.store()?, now)?.wrong.len();
            if wrong == 0 { Ok(()) } else { Err(Fault::Unsound { file: copy.display().to_string(), wrong }) }
        })?;
    }
    let store = Opened::at(file)?.store()?;
    // That this version can read every row of its own format; what is wrong in them was so before.
    if format == Some(newest) {
        check(&store, now)?;
    }
    noted(store, version, Some(Upgrade { from, copy }))
}

fn noted(store: Store, version: u64, upgrade: Option<Upgrade>) -> Result<(Store, Option<Upgrade>), Fault> {
    store.write(move |tx| note_version(tx, version))?;
    Ok((store, upgrade))
}

/// A way back that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RolledBack {
    /// The file that is the data now.
    pub to: PathBuf,
    /// When it was kept.
    pub made_at: Timestamp,
    /// Which version wrote to it last.
    pub version: Option<String>,
    /// The file that was the data before, if there was one.
    pub aside: Option<PathBuf>,
}

/// The files that one can go back to, newest first: from before an upgrade or another key, or kept aside when one went back.
///
/// # Errors
/// [`Fault`] if the folder is there and cannot be read.
pub fn ways_back(file: &Path) -> Result<Vec<(Timestamp, PathBuf)>, Fault> {
    kept(file, |name| [BEFORE, ASIDE, ROTATED].iter().any(|begin| name.starts_with(begin)))
}

/// Goes back: the copy becomes the data file, the present one is kept aside, and the data are held until the owner lets them go, as
/// what was since is not in them. Without a file it is the newest from before an upgrade.
///
/// # Errors
/// [`Fault`] if there is nothing to go back to, the copy is damaged, or the program is running. Nothing has changed then.
pub fn roll_back(file: &Path, to: Option<&Path>, now: Timestamp) -> Result<RolledBack, Fault> {
    let newest = || {
        kept(file, |name| name.starts_with(BEFORE)).map(|all| all.into_iter().next().map(|(_, path)| path))
    };
    let to = match to {
        Some(to) => to.to_owned(),
        None => newest()?.ok_or(Fault::Missing("a copy from before an upgrade"))?,
    };
    let made_at = stamp(&to).unwrap_or(now);
    let copy = Opened::at(&to)?;
    let version = copy.version.map(name);
    match copy.format {
        Some(found) if found > FORMAT => return Err(StoreError::Newer { found }.into()),
        _ => drop(copy),
    }
    // A damaged file is a reason to go back; one that is in use is not.
    if let Err(StoreError::InUse) = Opened::at(file).map(drop) {
        return Err(StoreError::InUse.into());
    }
    let aside = file.exists().then(|| keep_aside_unseen(file, now)).transpose()?;
    // Held before it takes the place of the data, and as it is: an older format waits for its own version, which knows the hold too.
    put_ready_in_place(&to, file, |fresh| {
        let held = Opened::at(fresh)?.change(move |tx| {
            audit::note(tx, now, Who::Console, What::Restored, Concern::Practice)?;
            hold::put(tx, Held { restored_at: now, backup_made_at: made_at })
        });
        Ok(held.map(drop)?)
    })?;
    Ok(RolledBack { to, made_at, version, aside })
}

/// Keeps a copy of data that are open, from before another key, and verifies every page of it.
///
/// # Errors
/// [`Fault`] if it cannot be made; there is none then.
pub(super) fn keep_before_rotation(store: &Store, file: &Path, now: Timestamp) -> Result<PathBuf, Fault> {
    let folder = folder_of(file);
    make(&folder)?;
    let kept = folder.join(format!("{ROTATED}{}{END}", now.strftime(STAMP)));
    let fresh = kept.with_extension("new");
    let _ = std::fs::remove_file(&fresh);
    let at = |why| StoreError::File(format!("{}: {why}", kept.display()).into());
    let made = snapshot::copy(store, &fresh, |_| {})
        .and_then(|_| Opened::at(&fresh).map(drop))
        .and_then(|()| std::fs::rename(&fresh, &kept).map_err(at));
    made.inspect_err(|_| {
        let _ = std::fs::remove_file(&fresh);
    })?;
    sync(&folder)?;
    Ok(kept)
}

/// Copies the file into the folder of snapshots, and verifies every page of the copy.
fn keep_aside(file: &Path, now: Timestamp, beginning: &str) -> Result<PathBuf, Fault> {
    let kept = keep(file, now, beginning)?;
    if let Err(why) = Opened::at(&kept) {
        let _ = std::fs::remove_file(&kept);
        return Err(why.into());
    }
    Ok(kept)
}

/// The same for a file that may be damaged.
fn keep_aside_unseen(file: &Path, now: Timestamp) -> Result<PathBuf, Fault> {
    keep(file, now, ASIDE)
}

fn keep(file: &Path, now: Timestamp, beginning: &str) -> Result<PathBuf, Fault> {
    let folder = folder_of(file);
    make(&folder)?;
    let kept = folder.join(format!("{beginning}{}{END}", now.strftime(STAMP)));
    put_in_place(file, &kept)?;
    Ok(kept)
}

/// Copies a file to where another may be: whole or not at all, whenever the power goes.
fn put_in_place(from: &Path, to: &Path) -> Result<(), Fault> {
    put_ready_in_place(from, to, |_| Ok(()))
}

/// The same with something done to the copy before it is there.
fn put_ready_in_place(
    from: &Path,
    to: &Path,
    make_ready: impl FnOnce(&Path) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let fresh = to.with_extension("new");
    let at = |why| Fault::Store(StoreError::File(format!("{}: {why}", to.display()).into()));
    let put = || {
        std::fs::copy(from, &fresh).map_err(at)?;
        make_ready(&fresh)?;
        std::fs::File::open(&fresh).and_then(|file| file.sync_all()).map_err(at)?;
        std::fs::rename(&fresh, to).map_err(at)
    };
    put().inspect_err(|_| {
        let _ = std::fs::remove_file(&fresh);
    })?;
    to.parent().map_or(Ok(()), sync)
}

fn folder_of(file: &Path) -> PathBuf {
    file.parent().unwrap_or(Path::new(".")).join(FOLDER)
}

fn kept(file: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<(Timestamp, PathBuf)>, Fault> {
    let folder = folder_of(file);
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => {
            return Err(Fault::Store(StoreError::File(format!("{}: {why}", folder.display()).into())));
        }
    };
    let named = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(&wanted));
    let mut found: Vec<_> = named.filter_map(|path| Some((stamp(&path)?, path))).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    Ok(found)
}

/// When a copy was made, by the end of its name.
fn stamp(path: &Path) -> Option<Timestamp> {
    let text = path.file_name()?.to_str()?.strip_suffix(END)?.rsplit_once('-')?.1;
    let civil = jiff::civil::DateTime::strptime(STAMP, text).ok()?;
    civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|at| at.timestamp())
}

fn drop_old(file: &Path) -> Result<(), Fault> {
    for (_, path) in kept(file, |name| name.starts_with(BEFORE))?.into_iter().skip(KEPT) {
        std::fs::remove_file(&path)
            .map_err(|why| Fault::Store(StoreError::File(format!("{}: {why}", path.display()).into())))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::lot as a_lot;
    use crate::store::credits::lot;
    use crate::store::upgrade::of_format;
    use jiff::SignedDuration;

    fn start() -> Timestamp {
        "2026-11-25T09:00:00Z".parse().unwrap()
    }

    fn data(folder: &tempfile::TempDir) -> PathBuf {
        folder.path().join("fiddlehead.redb")
    }

    /// Data of version 0.1.0.
    fn made(folder: &tempfile::TempDir) -> PathBuf {
        let file = data(folder);
        drop(open_as(&file, start(), (number("0.1.0"), STEPS)).unwrap());
        file
    }

    fn of_format_1(folder: &tempfile::TempDir) -> PathBuf {
        let file = made(folder);
        of_format(&file, 1);
        file
    }

    #[test]
    fn the_same_version_keeps_no_copy_and_another_one_does() {
        let folder = tempfile::tempdir().unwrap();
        let file = data(&folder);
        assert_eq!(open_as(&file, start(), (number("0.1.0"), STEPS)).unwrap().1, None);
        assert_eq!(open_as(&file, start(), (number("0.1.0"), STEPS)).unwrap().1, None);
        let upgrade = open_as(&file, start(), (number("0.2.0"), STEPS)).unwrap().1.unwrap();
        assert_eq!(upgrade.from.as_deref(), Some("0.1.0"));
        assert_eq!(upgrade.copy.file_name().unwrap(), "before-0.2.0-20261125T090000Z.redb");
        assert_eq!(Opened::at(&upgrade.copy).unwrap().version, Some(number("0.1.0")));
        assert_eq!(Opened::at(&file).unwrap().version, Some(number("0.2.0")));
    }

    #[test]
    fn three_copies_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let file = data(&folder);
        for minor in 0..6 {
            let now = start() + SignedDuration::from_hours(i64::from(minor));
            open_as(&file, now, (number(&format!("0.{minor}.0")), STEPS)).unwrap();
        }
        let kept = ways_back(&file).unwrap();
        assert_eq!(kept.len(), KEPT);
        assert!(kept[0].1.to_str().unwrap().contains("before-0.5.0-"), "{kept:?}");
    }

    #[test]
    fn what_is_not_sound_once_it_was_brought_up_never_takes_the_place_of_the_data() {
        let folder = tempfile::tempdir().unwrap();
        let file = of_format_1(&folder);
        // Credits of which no ledger says where they come from.
        let careless: &[Step] = &[|tx| lot::put(tx, &a_lot())];
        let why = open_as(&file, start(), (number("0.2.0"), careless)).unwrap_err();
        assert!(matches!(why, Fault::Unsound { .. }), "{why}");
        let left = Opened::at(&file).unwrap();
        assert_eq!((left.format, left.version), (Some(1), Some(number("0.1.0"))));
        assert!(!file.with_extension("new").exists());
        drop(left);
        open_as(&file, start(), (number("0.2.0"), STEPS)).unwrap();
    }

    #[test]
    fn an_upgrade_that_fails_again_and_again_fills_no_disk() {
        let folder = tempfile::tempdir().unwrap();
        let file = of_format_1(&folder);
        let broken: &[Step] = &[|_| Err(StoreError::File("a step that fails".into()))];
        for hour in 0..6 {
            let now = start() + SignedDuration::from_hours(hour);
            assert!(open_as(&file, now, (number("0.2.0"), broken)).is_err());
        }
        assert_eq!(ways_back(&file).unwrap().len(), KEPT);
    }

    #[test]
    fn a_step_that_fails_leaves_the_data_and_its_copy() {
        let folder = tempfile::tempdir().unwrap();
        let file = of_format_1(&folder);
        let broken: &[Step] = &[|_| Err(StoreError::File("a step that fails".into()))];
        assert!(open_as(&file, start(), (number("0.2.0"), broken)).is_err());
        assert_eq!(Opened::at(&file).unwrap().version, Some(number("0.1.0")));
        assert_eq!(ways_back(&file).unwrap().len(), 1);
    }

    #[test]
    fn one_goes_back_and_forth_and_the_data_are_held() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        let (running, _) = open_as(&file, start(), (number("0.2.0"), STEPS)).unwrap();
        let later = start() + SignedDuration::from_hours(5);
        assert!(matches!(roll_back(&file, None, later), Err(Fault::Store(StoreError::InUse))));
        drop(running);
        let back = roll_back(&file, None, later).unwrap();
        assert_eq!((back.made_at, back.version.as_deref()), (start(), Some("0.1.0")));
        let held = hold::get(&Store::open(&file).unwrap().read().unwrap()).unwrap();
        assert_eq!(held, Some(Held { restored_at: later, backup_made_at: start() }));
        let aside = back.aside.unwrap();
        let forth = roll_back(&file, Some(&aside), later + SignedDuration::from_hours(1)).unwrap();
        assert_eq!(forth.version.as_deref(), Some("0.2.0"));
    }

    #[test]
    fn data_of_an_older_format_are_held_as_they_are_and_of_a_newer_one_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        let copy = open_as(&file, start(), (number("0.2.0"), STEPS)).unwrap().1.unwrap().copy;
        of_format(&copy, 1);
        let later = start() + SignedDuration::from_hours(1);
        roll_back(&file, None, later).unwrap();
        assert_eq!(Opened::at(&file).unwrap().format, Some(1));
        let (store, _) = open_as(&file, later, (number("0.2.0"), STEPS)).unwrap();
        let held = Held { restored_at: later, backup_made_at: start() };
        assert_eq!(hold::get(&store.read().unwrap()).unwrap(), Some(held));
        drop(store);
        of_format(&copy, FORMAT + 1);
        let newer = roll_back(&file, Some(&copy), later).unwrap_err();
        assert!(matches!(newer, Fault::Store(StoreError::Newer { .. })), "{newer}");
        assert_eq!(Opened::at(&file).unwrap().format, Some(FORMAT));
    }

    #[test]
    fn a_damaged_data_file_is_no_obstacle_and_a_damaged_copy_is() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        let copy = open_as(&file, start(), (number("0.2.0"), STEPS)).unwrap().1.unwrap().copy;
        std::fs::write(&file, b"no data file at all").unwrap();
        roll_back(&file, None, start() + SignedDuration::from_hours(1)).unwrap();
        Store::open(&file).unwrap();
        std::fs::write(&copy, b"no data file at all").unwrap();
        assert!(roll_back(&file, Some(&copy), start() + SignedDuration::from_hours(2)).is_err());
        Store::open(&file).unwrap();
    }

    #[test]
    fn there_must_be_something_to_go_back_to() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        assert!(matches!(roll_back(&file, None, start()), Err(Fault::Missing(_))));
    }
}
