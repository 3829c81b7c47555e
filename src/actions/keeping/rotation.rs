//! The key beside the data: which one they want, and another in its place. The data say the number of their key, in the transaction
//! that seals them anew, and the new key lies beside the old one until then: whenever the power goes, one of the two fits.

use std::io;
use std::path::{Path, PathBuf};

use super::backup::destination;
use super::backup::make::KEY;
use super::snapshot::{FOLDER, make, sync};
use super::upgrade::keep_before_rotation;
use crate::actions::audit;
use crate::actions::people::note;
use crate::app::{App, DATA_FILE, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::people::second::SecondFactor;
use crate::domain::text::Line;
use crate::platform::entropy::Entropy;
use crate::platform::seal::{InstanceKey, OwnerKey, Secret};
use crate::store::{Read, Store, StoreError, Tx, calendar, catalog, key_wanted, people, want_key};

/// A key that takes the place of the one that is there.
const NEW: &str = "instance.key.new";

/// Why there is no key to go on with.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// The file cannot be read or written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// No key that is there is the one that the data are sealed with.
    #[error(
        "{0}/instance.key is not the key that these data are sealed with. Put the right one back: it is in the backup that the \
         data are from, or in the snapshots folder. Nothing was changed"
    )]
    Another(String),
    /// The data file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The folder of copies.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The data as they were, under the old key.
    pub copy: PathBuf,
    /// The old key.
    pub old_key: PathBuf,
    /// How many of each were sealed anew.
    pub sealed: Sealed,
    /// Places for backups that are signed in to with a key of ours, each with the line that its server wants from now on.
    pub sign_in_lines: Vec<(Line, Line)>,
}

/// How many of each are sealed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Notes about clients.
    pub notes: usize,
    /// Calendars elsewhere.
    pub calendars: usize,
    /// Addresses of feeds.
    pub feeds: usize,
    /// Practitioners' own accounts at the payment provider.
    pub accounts: usize,
    /// Places for backups.
    pub places: usize,
    /// What codes for signing in are made from.
    pub factors: usize,
}

/// The key that the data want, put in its place if a change of keys broke off, or if the data were taken back to before one. The first
/// time it is noted which one that is; where there is none yet, one is made.
///
/// # Errors
/// [`NoKey`]; nothing was changed then.
pub fn settle(folder: &Path, store: &Store, entropy: &Entropy) -> Result<InstanceKey, NoKey> {
    let file = folder.join(KEY);
    let Some(wanted) = key_wanted(&store.read()?)? else {
        let key = InstanceKey::at(&file, entropy).map_err(|why| said(&file, why))?;
        let number = key.number();
        store.write(move |tx| want_key(tx, number))?;
        return Ok(key);
    };
    let fits = |key: &InstanceKey| key.number() == wanted;
    if let Some(key) = read(&file)?.filter(fits) {
        forget(&folder.join(NEW))?;
        return Ok(key);
    }
    for other in [folder.join(NEW), kept(folder, wanted)] {
        if let Some(key) = read(&other)?.filter(fits) {
            put_in_place(folder, &key)?;
            return Ok(key);
        }
    }
    Err(NoKey::Another(folder.display().to_string()))
}

/// How the key beside data stands to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// It is the one that they want, or will be at the next start.
    Right,
    /// It is another's, and the right one is not there.
    Another,
    /// There is none.
    None,
    /// The data do not say yet which one they want.
    Unsaid,
}

/// Looks whether the key that data want is beside them, and changes nothing.
///
/// # Errors
/// [`NoKey`] if a file cannot be read.
pub fn beside(folder: &Path, data: &impl Read) -> Result<Beside, NoKey> {
    let Some(wanted) = key_wanted(data)? else { return Ok(Beside::Unsaid) };
    let there = read(&folder.join(KEY))?;
    let others = [folder.join(NEW), kept(folder, wanted)];
    for key in others.iter().map(|file| read(file)).chain([Ok(there.clone())]) {
        if key?.is_some_and(|key| key.number() == wanted) {
            return Ok(Beside::Right);
        }
    }
    Ok(there.map_or(Beside::None, |_| Beside::Another))
}

/// Makes another key and seals everything anew with it, in one transaction, after the data and the old key were kept aside.
///
/// # Errors
/// [`NoKey`]; the old key goes on then.
pub fn rotate(app: &App) -> Result<Rotated, NoKey> {
    let folder = app.machine.data_dir.as_deref().ok_or(Fault::Missing("the data directory"))?;
    let copy = keep_before_rotation(&app.store, &folder.join(DATA_FILE), app.clock.now())?;
    let (old, fresh) = (app.key.clone(), InstanceKey::fresh(&app.entropy));
    let old_key = keep(folder, &old)?;
    lay_beside(folder, &fresh)?;
    let (to, entropy, now) = (fresh.clone(), app.entropy.clone(), app.clock.now());
    let sealed = app.store.write(move |tx| -> Result<Sealed, Fault> {
        let sealed = seal_anew(tx, &old, &to, &entropy)?;
        audit::note(tx, now, Who::Console, What::KeyRotated, Concern::Practice)?;
        want_key(tx, to.number())?;
        Ok(sealed)
    })?;
    put_in_place(folder, &fresh)?;
    let mut sign_in_lines = Vec::new();
    for place in destination::with_own_key(&app.store.read()?)? {
        let line = destination::public_key_under(&fresh, place.id).map_err(|_| Fault::Sealed)?;
        sign_in_lines.push((place.name, line));
    }
    Ok(Rotated { copy, old_key, sealed, sign_in_lines })
}

/// Opens everything that is sealed under one key, and seals it under another.
///
/// # Errors
/// [`Fault::Sealed`] if the one does not open something; nothing may be kept then.
pub fn seal_anew(
    tx: &Tx<'_>,
    from: &InstanceKey,
    to: &InstanceKey,
    entropy: &Entropy,
) -> Result<Sealed, Fault> {
    let again = |from: &OwnerKey, to: &OwnerKey, bound_to: &[u8], sealed: &[u8]| {
        let text = from.open(bound_to, sealed).map_err(|_| Fault::Sealed)?;
        Ok::<_, Fault>(to.seal(bound_to, &text, entropy))
    };
    let mut count = Sealed {
        notes: note::seal_anew(tx, from, to, entropy)?,
        places: destination::seal_anew(tx, from, to, entropy)?,
        ..Sealed::default()
    };
    let (before, after) = (from.key_for(Secret::Access), to.key_for(Secret::Access));
    for mut outside in calendar::outside::all(tx)? {
        outside.sealed = again(&before, &after, &outside.id.bits().to_be_bytes(), &outside.sealed)?;
        calendar::outside::put_sealed(tx, &outside)?;
        count.calendars += 1;
    }
    let (before, after) = (from.key_for(Secret::Feed), to.key_for(Secret::Feed));
    for mut feed in calendar::feed::all(tx)? {
        feed.sealed = again(&before, &after, &feed.digest, &feed.sealed)?;
        calendar::feed::put(tx, &feed)?;
        count.feeds += 1;
    }
    let (before, after) = (from.for_secrets(), to.for_secrets());
    for (account, sealed) in catalog::account::all(tx)? {
        let sealed = again(&before, &after, account.bound().as_bytes(), &sealed)?;
        catalog::account::put(tx, &account, sealed)?;
        count.accounts += 1;
    }
    let (before, after) = (from.key_for(Secret::SecondFactor), to.key_for(Secret::SecondFactor));
    for (member, factor) in people::second::all(tx)? {
        let sealed = again(&before, &after, &member.bits().to_be_bytes(), &factor.sealed)?;
        people::second::put(tx, member, &SecondFactor { sealed, ..factor })?;
        count.factors += 1;
    }
    Ok(count)
}

fn said(file: &Path, why: io::Error) -> NoKey {
    NoKey::File(file.display().to_string(), why)
}

fn read(file: &Path) -> Result<Option<InstanceKey>, NoKey> {
    InstanceKey::read(file).or_else(|why| match why.kind() {
        // The power went while a key was written: it is none, and no data want it.
        io::ErrorKind::Other if file.ends_with(NEW) => Ok(None),
        _ => Err(said(file, why)),
    })
}

fn forget(file: &Path) -> Result<(), NoKey> {
    match std::fs::remove_file(file) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(said(file, why)),
        _ => Ok(()),
    }
}

/// Where a key is kept that is not the one in use.
fn kept(folder: &Path, number: u64) -> PathBuf {
    folder.join(FOLDER).join(format!("instance-{number:016x}.key"))
}

/// Keeps a key among the snapshots, which open with it.
fn keep(folder: &Path, key: &InstanceKey) -> Result<PathBuf, NoKey> {
    let file = kept(folder, key.number());
    make(&folder.join(FOLDER))?;
    if !InstanceKey::read(&file).is_ok_and(|there| there.is_some()) {
        forget(&file)?;
        key.write(&file).map_err(|why| said(&file, why))?;
        sync(&folder.join(FOLDER))?;
    }
    Ok(file)
}

fn lay_beside(folder: &Path, key: &InstanceKey) -> Result<(), NoKey> {
    let file = folder.join(NEW);
    forget(&file)?;
    key.write(&file).map_err(|why| said(&file, why))?;
    Ok(sync(folder)?)
}

/// Puts a key in the place of the one that is there, which is kept.
fn put_in_place(folder: &Path, key: &InstanceKey) -> Result<(), NoKey> {
    let file = folder.join(KEY);
    if let Some(present) = InstanceKey::read(&file).map_err(|why| said(&file, why))? {
        keep(folder, &present)?;
    }
    if read(&folder.join(NEW))?.is_none_or(|there| there.number() != key.number()) {
        lay_beside(folder, key)?;
    }
    std::fs::rename(folder.join(NEW), &file).map_err(|why| said(&file, why))?;
    Ok(sync(folder)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ground() -> (tempfile::TempDir, Store, Entropy) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join(DATA_FILE)).unwrap();
        (folder, store, Entropy::system())
    }

    fn want(store: &Store, key: &InstanceKey) {
        let number = key.number();
        store.write(move |tx| want_key(tx, number)).unwrap();
    }

    #[test]
    fn whatever_moment_it_broke_off_the_key_that_the_data_want_is_found() {
        let (folder, store, entropy) = ground();
        let at = folder.path();
        assert_eq!(beside(at, &store.read().unwrap()).unwrap(), Beside::Unsaid);
        let old = settle(at, &store, &entropy).unwrap();
        assert_eq!(beside(at, &store.read().unwrap()).unwrap(), Beside::Right);
        let fresh = InstanceKey::fresh(&entropy);
        // Before the transaction: the new key lies there, whole or half, and nobody wants it.
        lay_beside(at, &fresh).unwrap();
        assert_eq!(settle(at, &store, &entropy).unwrap().number(), old.number());
        assert!(!at.join(NEW).exists());
        std::fs::write(at.join(NEW), b"half").unwrap();
        assert_eq!(settle(at, &store, &entropy).unwrap().number(), old.number());
        // After it, before the rename.
        lay_beside(at, &fresh).unwrap();
        want(&store, &fresh);
        assert_eq!(settle(at, &store, &entropy).unwrap().number(), fresh.number());
        assert_eq!(InstanceKey::read(&at.join(KEY)).unwrap().unwrap().number(), fresh.number());
        assert_eq!(InstanceKey::read(&kept(at, old.number())).unwrap().unwrap().number(), old.number());
        // Back to data from before, and forth.
        for wanted in [&old, &fresh, &old] {
            want(&store, wanted);
            assert_eq!(settle(at, &store, &entropy).unwrap().number(), wanted.number());
        }
    }

    #[test]
    fn a_key_that_is_not_theirs_is_refused_and_none_is_made() {
        let (folder, store, entropy) = ground();
        let file = folder.path().join(KEY);
        settle(folder.path(), &store, &entropy).unwrap();
        std::fs::write(&file, [7; 32]).unwrap();
        assert!(matches!(settle(folder.path(), &store, &entropy), Err(NoKey::Another(_))));
        assert_eq!(beside(folder.path(), &store.read().unwrap()).unwrap(), Beside::Another);
        std::fs::remove_file(&file).unwrap();
        assert_eq!(beside(folder.path(), &store.read().unwrap()).unwrap(), Beside::None);
        assert!(matches!(settle(folder.path(), &store, &entropy), Err(NoKey::Another(_))));
        assert!(!file.exists());
    }
}
