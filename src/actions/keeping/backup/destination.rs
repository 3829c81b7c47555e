//! Where backups go: tried, kept, asked for one now, taken away. What one signs in with is sealed with the instance's key and
//! bound to its destination; a key for SFTP is drawn from it and kept nowhere.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::json;

use crate::actions::{Error, NotThere, audit};
use crate::app::{App, Fault};
use crate::backups::{self, Marker, Remote};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::{DestinationId, PractitionerId};
use crate::domain::keeping::backup::Trouble;
use crate::domain::keeping::destination::{Access, Destination, Host, HostKey, Login, MOST, Place, Sftp};
use crate::domain::text::Line;
use crate::platform::entropy::Entropy;
use crate::platform::seal::{InstanceKey, Secret};
use crate::store::keeping::{backup, destination};
use crate::store::{self, Read, StoreError, Tx};

/// A destination as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its id, which the form carried.
    pub id: DestinationId,
    /// What the owner calls it.
    pub name: Line,
    /// Where it is.
    pub place: Place,
    /// What one signs in with; for a key of ours [`Access::Open`] will do, as it is drawn anew.
    pub access: Access,
}

/// Why a destination was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There are as many as there may be.
    TooMany,
    /// The folder is that of the data, lies in it, or holds it.
    WithTheData,
    /// It was tried, and does not work.
    Trouble(Trouble),
}

/// The line for `authorized_keys` with which this destination may be signed in to.
///
/// # Errors
/// [`Trouble::Failed`] if it is no line.
pub fn public_key(app: &App, id: DestinationId) -> Result<Line, Trouble> {
    public_key_under(&app.key, id)
}

/// The same under a key of the instance.
///
/// # Errors
/// As [`public_key`].
pub fn public_key_under(key: &InstanceKey, id: DestinationId) -> Result<Line, Trouble> {
    own_key(key, id).1.parse().map_err(|_| Trouble::Failed)
}

/// The key of ours for a destination: drawn from the instance's, so that it is the same whenever it is asked for.
fn own_key(key: &InstanceKey, id: DestinationId) -> (Access, String) {
    let half = |which: &str| key.sign(format!("fiddlehead: the {which} half of the key to {id}").as_bytes());
    let mut seed = [0; 32];
    seed[..16].copy_from_slice(&half("first"));
    seed[16..].copy_from_slice(&half("second"));
    backups::fresh_key(&seed)
}

/// The key that a server shows, for the owner to confirm.
///
/// # Errors
/// [`Trouble`] if there is no server to be asked.
pub async fn host_key(app: &App, host: &Host, port: u16) -> Result<HostKey, Trouble> {
    backups::host_key(host, port, &app.reach()).await
}

fn sealed(app: &App, id: DestinationId, access: &Access) -> Vec<u8> {
    let text = match access {
        Access::Open => json!({}),
        Access::SecretKey(secret) => json!({ "secret_key": secret }),
        Access::Password(password) => json!({ "password": password }),
        Access::PrivateKey(key) => json!({ "private_key": key }),
    };
    let key = app.key.key_for(Secret::Destination);
    key.seal(&id.bits().to_be_bytes(), text.to_string().as_bytes(), &app.entropy)
}

/// What one signs in with at a destination.
///
/// # Errors
/// [`Trouble::Sealed`] if the key beside the data does not open it.
pub(super) fn opened(app: &App, destination: &Destination) -> Result<Access, Trouble> {
    if has_own_key(&destination.place) {
        return Ok(own_key(&app.key, destination.id).0);
    }
    if matches!(destination.place, Place::Directory(_)) {
        return Ok(Access::Open);
    }
    let key = app.key.key_for(Secret::Destination);
    let bound_to = destination.id.bits().to_be_bytes();
    let text = key.open(&bound_to, &destination.sealed).map_err(|_| Trouble::Sealed)?;
    let said: serde_json::Value = serde_json::from_slice(&text).map_err(|_| Trouble::Sealed)?;
    let field = |name: &str| said[name].as_str().map(str::to_owned);
    let found = field("secret_key")
        .map(Access::SecretKey)
        .or_else(|| field("password").map(Access::Password))
        .or_else(|| field("private_key").map(Access::PrivateKey));
    Ok(found.unwrap_or(Access::Open))
}

/// Seals anew what one signs in with everywhere. Says how many there are.
///
/// # Errors
/// [`Fault::Sealed`] if the old key does not open one of them.
pub fn seal_anew(
    tx: &Tx<'_>,
    from: &InstanceKey,
    to: &InstanceKey,
    entropy: &Entropy,
) -> Result<usize, Fault> {
    let (from, to) = (from.key_for(Secret::Destination), to.key_for(Secret::Destination));
    let all = destination::all(tx)?;
    let count = all.len();
    for place in all {
        let bound_to = place.id.bits().to_be_bytes();
        let text = from.open(&bound_to, &place.sealed).map_err(|_| Fault::Sealed)?;
        destination::put(tx, &Destination { sealed: to.seal(&bound_to, &text, entropy), ..place })?;
    }
    Ok(count)
}

/// The places that are signed in to with a key of ours, which another key of the instance changes.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn with_own_key(read: &impl Read) -> Result<Vec<Destination>, Fault> {
    let all = destination::all(read)?;
    Ok(all.into_iter().filter(|place| has_own_key(&place.place)).collect())
}

const fn has_own_key(place: &Place) -> bool {
    matches!(place, Place::Sftp(Sftp { login: Login::Key(_), .. }))
}

fn access_of(app: &App, draft: &Draft) -> Access {
    if has_own_key(&draft.place) { own_key(&app.key, draft.id).0 } else { draft.access.clone() }
}

/// Tries a place before it is kept: writes a small file there, reads it back and deletes it. Nothing is left there.
///
/// # Errors
/// [`Trouble`] says what is wrong.
pub async fn try_destination(app: &Arc<App>, draft: &Draft) -> Result<(), Trouble> {
    let beside = app.backups.data_dir()?.to_owned();
    let access = access_of(app, draft);
    Remote::open(&draft.place, &access, Marker::Ignore, &app.reach()).await?.probe(&beside).await
}

/// Tries one that is kept.
///
/// # Errors
/// [`Trouble`] says what is wrong; [`NotThere`] if there is no such destination.
pub async fn try_kept(app: &Arc<App>, id: DestinationId) -> Result<Result<(), Trouble>, Error<NotThere>> {
    let found =
        app.run(move |app| -> Result<_, Error<NotThere>> { Ok(destination::find(&app.store.read()?, id)?) });
    let kept = found.await?.ok_or(Error::Refused(NotThere))?;
    let tried = async {
        let beside = app.backups.data_dir()?.to_owned();
        let access = opened(app, &kept)?;
        Remote::open(&kept.place, &access, Marker::Expect(id), &app.reach()).await?.probe(&beside).await
    };
    Ok(tried.await)
}

/// Tries a place, marks it as this practice's, and keeps it; a backup goes there at once. Sent twice, it is kept once.
///
/// # Errors
/// [`Refusal`] says why not.
pub async fn keep_destination(
    app: &Arc<App>,
    by: PractitionerId,
    draft: Draft,
) -> Result<(), Error<Refusal>> {
    let looked = app.run(|app| -> Result<_, Error<Refusal>> {
        let read = app.store.read()?;
        let there = destination::all(&read)?;
        let former = former(&read, &there)?;
        Ok((there, former))
    });
    let (there, former) = looked.await?;
    if there.iter().any(|one| one.id == draft.id) {
        return Ok(());
    }
    if there.len() >= MOST {
        return Err(Error::Refused(Refusal::TooMany));
    }
    let refused = |trouble| Error::Refused(Refusal::Trouble(trouble));
    let beside = app.backups.data_dir().map_err(refused)?.to_owned();
    if let Place::Directory(folder) = &draft.place
        && is_with(Path::new(folder.as_str()), &beside)
    {
        return Err(Error::Refused(Refusal::WithTheData));
    }
    let access = access_of(app, &draft);
    let marked = Marker::Make { id: draft.id, former };
    let remote = Remote::open(&draft.place, &access, marked, &app.reach()).await.map_err(refused)?;
    remote.probe(&beside).await.map_err(refused)?;
    app.run(move |app| keep(app, by, &draft)).await
}

/// The destinations that this practice had before, by its audit log.
fn former(read: &impl Read, there: &[Destination]) -> Result<Vec<DestinationId>, StoreError> {
    let mut former = Vec::new();
    store::audit::each(read, |_, entry| {
        if let Concern::Place(id) = entry.said.about
            && !former.contains(&id)
            && there.iter().all(|one| one.id != id)
        {
            former.push(id);
        }
    })?;
    Ok(former)
}

/// Whether a folder would be lost with the data, or fill up with copies of itself.
fn is_with(folder: &Path, data: &Path) -> bool {
    let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| PathBuf::from(path));
    let (folder, data) = (whole(folder), whole(data));
    folder.starts_with(&data) || data.starts_with(&folder)
}

/// Whether a place is on the same disk as the data, and lost with it.
#[must_use]
pub fn shares_the_disk(app: &App, place: &Place) -> bool {
    let disk = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    match (place, app.backups.data_dir()) {
        (Place::Directory(folder), Ok(data)) => {
            disk(data).is_some_and(|data| disk(Path::new(folder.as_str())) == Some(data))
        }
        _ => false,
    }
}

fn keep(app: &App, by: PractitionerId, draft: &Draft) -> Result<(), Error<Refusal>> {
    let now = app.clock.now();
    let kept = Destination {
        id: draft.id,
        name: draft.name.clone(),
        place: draft.place.clone(),
        sealed: sealed(
            app,
            draft.id,
            &if has_own_key(&draft.place) { Access::Open } else { draft.access.clone() },
        ),
        added_at: now,
        asked_at: None,
    };
    app.keep(move |tx| {
        if destination::find(tx, kept.id)?.is_some() {
            return Ok(());
        }
        if destination::all(tx)?.len() >= MOST {
            return Err(Error::Refused(Refusal::TooMany));
        }
        audit::note(tx, now, Who::Member(by), What::PlaceAdded, Concern::Place(kept.id))?;
        Ok(destination::put(tx, &kept)?)
    })
}

/// Asks for a backup now; the jobs make it as soon as they may.
///
/// # Errors
/// [`NotThere`] if there is no such destination.
pub fn ask_for_one(app: &App, id: DestinationId) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let found = destination::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
        Ok(destination::put(tx, &Destination { asked_at: Some(now), ..found })?)
    })
}

/// Sends no more backups to a destination. What is there stays there.
///
/// # Errors
/// [`NotThere`] if there is no such destination.
pub fn remove_destination(app: &App, by: PractitionerId, id: DestinationId) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        destination::find(tx, id)?.ok_or(Error::Refused(NotThere))?;
        audit::note(tx, now, Who::Member(by), What::PlaceRemoved, Concern::Place(id))?;
        backup::remove_all(tx, id)?;
        Ok(destination::remove(tx, id)?)
    })
}
