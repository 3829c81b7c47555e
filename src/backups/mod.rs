//! Backups as they leave the machine and come back: the archive that is sealed with age, and the places it goes to. What is in
//! it, when it is made and what becomes of it is not decided here.

pub mod archive;
mod folder;
pub mod kit;
mod s3;
mod sftp;
mod within;

pub use sftp::{fresh_key, host_key};

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{Mutex, MutexGuard, watch};

use crate::domain::id::DestinationId;
use crate::domain::keeping::backup::{Progress, Trouble};
use crate::domain::keeping::destination::{Access, Place};

/// How long a place may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// The most bytes that one upload may have: what S3 takes at once.
pub const MOST_BYTES: u64 = 5 << 30;
/// The name of a file that is tried out; it is deleted again.
const PROBE: &str = "fiddlehead-probe.txt";

/// Whether an address may be connected to, of those that a name stands for.
pub type Reach = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Any: for whoever has the machine, and can reach all that it reaches.
#[must_use]
pub fn anywhere() -> Reach {
    Arc::new(|_| true)
}

/// Hears how many bytes are over.
pub type Told<'a> = &'a (dyn Fn(u64) + Send + Sync);

/// One backup at a time, and how far it is.
#[derive(Debug)]
pub struct Backups {
    one: Mutex<()>,
    beside: OnceLock<PathBuf>,
    progress: watch::Sender<Option<(DestinationId, Progress)>>,
}

impl Default for Backups {
    fn default() -> Self {
        Self { one: Mutex::new(()), beside: OnceLock::new(), progress: watch::Sender::new(None) }
    }
}

impl Backups {
    /// None is going.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says where the data are, once; without that there are no backups, as in the demo.
    pub fn keep_beside(&self, data_dir: &Path) {
        let _ = self.beside.set(data_dir.to_owned());
    }

    /// Where the data are.
    ///
    /// # Errors
    /// [`Trouble::NotHere`] if nobody said.
    pub fn data_dir(&self) -> Result<&Path, Trouble> {
        self.beside.get().map(PathBuf::as_path).ok_or(Trouble::NotHere)
    }

    /// The turn to make one; whoever comes meanwhile waits.
    pub async fn turn(&self) -> Turn<'_> {
        Turn { backups: self, _one: self.one.lock().await }
    }

    /// How far the one is that is going, if one is, and where it goes.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Option<(DestinationId, Progress)>> {
        self.progress.subscribe()
    }
}

/// The turn to make a backup; with it ends what is told of its progress.
#[derive(Debug)]
pub struct Turn<'a> {
    backups: &'a Backups,
    _one: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// Where to tell how far it is.
    #[must_use]
    pub fn tell(&self) -> watch::Sender<Option<(DestinationId, Progress)>> {
        self.backups.progress.clone()
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.backups.progress.send_replace(None);
    }
}

/// A place that is open: signed in, and found to be what it should be.
pub enum Remote {
    /// A folder of this machine.
    Folder(folder::Open),
    /// A bucket.
    S3(Box<s3::Open>),
    /// A folder on a server.
    Sftp(Box<sftp::Open>),
}

/// What a place knows a practice by: in a folder, the marker that was made there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Marker {
    /// It is set up now: the marker is made, unless there is another's.
    Make {
        /// Whose it is from now on.
        id: DestinationId,
        /// Destinations of this practice that are no more: where one of them was, its marker is written over.
        former: Vec<DestinationId>,
    },
    /// It must be there.
    Expect(DestinationId),
    /// Nobody asks, as for a restore.
    Ignore,
}

/// Whether the files of a place are given their name only when they were proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// They are written under another name, and named when they were proved.
    Afterwards,
    /// They have their name from the first.
    AtOnce,
}

impl Remote {
    /// Opens a place, if it is within `reach`.
    ///
    /// # Errors
    /// [`Trouble`] says why it cannot be used.
    pub async fn open(
        place: &Place,
        access: &Access,
        marker: Marker,
        reach: &Reach,
    ) -> Result<Self, Trouble> {
        Ok(match place {
            Place::Directory(path) => Self::Folder(folder::Open::at(path, marker).await?),
            Place::S3(place) => Self::S3(Box::new(s3::Open::new(place, access, reach)?)),
            Place::Sftp(place) => {
                Self::Sftp(Box::new(sftp::Open::new(place, access, (&marker, reach)).await?))
            }
        })
    }

    /// When files are given their name here.
    #[must_use]
    pub const fn naming(&self) -> Naming {
        match self {
            Self::Folder(_) | Self::Sftp(_) => Naming::Afterwards,
            Self::S3(_) => Naming::AtOnce,
        }
    }

    /// Writes a file there. What had that name is replaced.
    ///
    /// # Errors
    /// [`Trouble`] if it did not get there whole.
    pub async fn put(&self, file: &Path, name: &str, told: Told<'_>) -> Result<(), Trouble> {
        match self {
            Self::Folder(open) => open.put(file, name, told).await,
            Self::S3(open) => open.put(file, name, told).await,
            Self::Sftp(open) => open.put(file, name, told).await,
        }
    }

    /// Reads a file back from there into one beside the data, which must not be there.
    ///
    /// # Errors
    /// [`Trouble`] if it cannot be read.
    pub async fn get(&self, name: &str, into: &Path, told: Told<'_>) -> Result<(), Trouble> {
        match self {
            Self::Folder(open) => open.get(name, into, told).await,
            Self::S3(open) => open.get(name, into, told).await,
            Self::Sftp(open) => open.get(name, into, told).await,
        }
    }

    /// Gives a file its name.
    ///
    /// # Errors
    /// [`Trouble`] if it cannot.
    pub async fn rename(&self, from: &str, to: &str) -> Result<(), Trouble> {
        match self {
            Self::Folder(open) => open.rename(from, to).await,
            // Names are given at once there.
            Self::S3(_) => Ok(()),
            Self::Sftp(open) => open.rename(from, to).await,
        }
    }

    /// The names of the files there, with their sizes.
    ///
    /// # Errors
    /// [`Trouble`] if they cannot be listed.
    pub async fn list(&self) -> Result<Vec<(String, u64)>, Trouble> {
        match self {
            Self::Folder(open) => open.list().await,
            Self::S3(open) => open.list().await,
            Self::Sftp(open) => open.list().await,
        }
    }

    /// Deletes a file; one that is not there is deleted already.
    ///
    /// # Errors
    /// [`Trouble`] if it cannot be deleted.
    pub async fn delete(&self, name: &str) -> Result<(), Trouble> {
        match self {
            Self::Folder(open) => open.delete(name).await,
            Self::S3(open) => open.delete(name).await,
            Self::Sftp(open) => open.delete(name).await,
        }
    }

    /// Writes a small file, reads it back and deletes it, beside which the others are listed: all that a backup needs.
    ///
    /// # Errors
    /// [`Trouble`] says at what it fails.
    pub async fn probe(&self, beside: &Path) -> Result<(), Trouble> {
        const WORDS: &[u8] = b"Fiddlehead tried whether it can write here. This file can be deleted.\n";
        let (there, back) = (beside.join("probe.txt"), beside.join("probe.back"));
        let write = || {
            let _ = std::fs::remove_file(&back);
            std::fs::write(&there, WORDS)
        };
        write().map_err(|why| here(&why))?;
        self.put(&there, PROBE, &|_| {}).await?;
        let read = self.get(PROBE, &back, &|_| {}).await;
        let listed = self.list().await;
        let deleted = self.delete(PROBE).await;
        let same = std::fs::read(&back).is_ok_and(|bytes| bytes == WORDS);
        let _ = std::fs::remove_file(&there);
        let _ = std::fs::remove_file(&back);
        read?;
        listed?;
        deleted?;
        if same { Ok(()) } else { Err(Trouble::Differs) }
    }
}

/// How many bytes there is room for beside a file.
///
/// # Errors
/// [`Trouble`] if that cannot be found out.
pub fn room(path: &Path) -> Result<u64, Trouble> {
    let found = rustix::fs::statvfs(path).map_err(|why| here(&why.into()))?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

/// What went wrong with a file of ours, beside the data.
pub(crate) fn here(why: &std::io::Error) -> Trouble {
    if is_full(why) {
        return Trouble::FullHere;
    }
    tracing::warn!(%why, "a file beside the data could not be written or read");
    Trouble::Failed
}

fn is_full(why: &std::io::Error) -> bool {
    matches!(why.kind(), std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded)
}

/// Waits for something at a place, though not for ever.
async fn in_time<T>(time: Duration, work: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
    tokio::time::timeout(time, work).await.unwrap_or(Err(Trouble::Slow))
}

/// A new file beside the data that only the program's user can read.
fn fresh_file(path: &Path) -> Result<std::fs::File, Trouble> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|why| here(&why))
}

/// What stands in the marker of a place.
fn marker_text(id: DestinationId) -> String {
    format!("Fiddlehead keeps backups here. Please leave this file where it is.\ndestination: {id}\n")
}

/// What is to be made of a place's marker, where `found` is what the place has: the destination whose marker is missing and may be made,
/// none if all is well.
fn unmarked(marker: &Marker, found: Option<&str>) -> Result<Option<DestinationId>, Trouble> {
    match (marker, found) {
        (Marker::Ignore, _) => Ok(None),
        (Marker::Make { id, .. } | Marker::Expect(id), Some(text)) if is_marked(text, *id) => Ok(None),
        (Marker::Make { id, former }, Some(text)) if former.iter().any(|one| is_marked(text, *one)) => {
            Ok(Some(*id))
        }
        (Marker::Make { .. } | Marker::Expect(_), Some(_)) => Err(Trouble::Anothers),
        (Marker::Expect(_), None) => Err(Trouble::NotMounted),
        (Marker::Make { id, .. }, None) => Ok(Some(*id)),
    }
}

/// Whether a marker is that of a destination.
fn is_marked(text: &str, id: DestinationId) -> bool {
    text.lines().any(|line| line.strip_prefix("destination: ") == Some(id.to_string().as_str()))
}
