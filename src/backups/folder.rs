//! A folder of this machine, such as one on a USB disk. A marker that was made when it was set up tells a mounted disk from the
//! empty folder that it is mounted on, which would be filled in silence.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::Advice;

use super::{Marker, Told, here, is_full};
use crate::domain::id::DestinationId;
use crate::domain::keeping::backup::Trouble;
use crate::domain::keeping::destination::Folder;

/// The name of the marker.
const MARKER: &str = "fiddlehead-backups.txt";
/// How much is copied at a time.
const PIECE: usize = 128 << 10;

/// A folder that is there and has its marker.
#[derive(Debug, Clone)]
pub struct Open(PathBuf);

impl Open {
    pub(super) async fn at(path: &Folder, marker: Marker) -> Result<Self, Trouble> {
        let path = PathBuf::from(path.as_str());
        blocking(move || {
            let metadata = std::fs::metadata(&path).map_err(|why| there(&why))?;
            if !metadata.is_dir() {
                return Err(Trouble::NotThere);
            }
            mark(&path, &marker)?;
            Ok(Self(path))
        })
        .await
    }

    pub(super) async fn put(&self, file: &Path, name: &str, told: Told<'_>) -> Result<(), Trouble> {
        let (into, folder) = (self.0.join(name), self.0.clone());
        // Beside the event loop, in pieces: a slow disk holds up nobody.
        let mut from = File::open(file).map_err(|why| here(&why))?;
        let mut to = blocking(move || {
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(true).mode(0o600);
            options.open(into).map_err(|why| there(&why))
        })
        .await?;
        let mut done = 0;
        loop {
            let (read, source, target) = blocking(move || {
                let mut piece = vec![0; PIECE];
                let read = from.read(&mut piece).map_err(|why| here(&why))?;
                to.write_all(&piece[..read]).map_err(|why| there(&why))?;
                Ok((read, from, to))
            })
            .await?;
            (from, to) = (source, target);
            if read == 0 {
                break;
            }
            done += read as u64;
            told(done);
        }
        blocking(move || {
            to.sync_all().map_err(|why| there(&why))?;
            // What is read back shall come from the disk, not from memory.
            let _ = rustix::fs::fadvise(&to, 0, None, Advice::DontNeed);
            sync(&folder)
        })
        .await
    }

    pub(super) async fn get(&self, name: &str, into: &Path, told: Told<'_>) -> Result<(), Trouble> {
        let (path, into) = (self.0.join(name), into.to_owned());
        let (mut from, mut to) = blocking(move || {
            let from = File::open(path).map_err(|why| match why.kind() {
                ErrorKind::NotFound => Trouble::Gone,
                _ => there(&why),
            })?;
            Ok((from, super::fresh_file(&into)?))
        })
        .await?;
        let mut done = 0;
        loop {
            let (read, source, target) = blocking(move || {
                let mut piece = vec![0; PIECE];
                let read = from.read(&mut piece).map_err(|why| there(&why))?;
                to.write_all(&piece[..read]).map_err(|why| here(&why))?;
                Ok((read, from, to))
            })
            .await?;
            (from, to) = (source, target);
            if read == 0 {
                return Ok(());
            }
            done += read as u64;
            told(done);
        }
    }

    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<(), Trouble> {
        let (from, to, folder) = (self.0.join(from), self.0.join(to), self.0.clone());
        blocking(move || {
            std::fs::rename(from, to).map_err(|why| there(&why))?;
            sync(&folder)
        })
        .await
    }

    pub(super) async fn list(&self) -> Result<Vec<(String, u64)>, Trouble> {
        let folder = self.0.clone();
        blocking(move || {
            let entries = std::fs::read_dir(folder).map_err(|why| there(&why))?;
            let mut found = Vec::new();
            for entry in entries {
                let entry = entry.map_err(|why| there(&why))?;
                let Ok(metadata) = entry.metadata() else { continue };
                if let (true, Ok(name)) = (metadata.is_file(), entry.file_name().into_string()) {
                    found.push((name, metadata.len()));
                }
            }
            Ok(found)
        })
        .await
    }

    pub(super) async fn delete(&self, name: &str) -> Result<(), Trouble> {
        let path = self.0.join(name);
        blocking(move || match std::fs::remove_file(path) {
            Err(why) if why.kind() != ErrorKind::NotFound => Err(there(&why)),
            _ => Ok(()),
        })
        .await
    }
}

/// Makes the marker, or looks whether it is there.
fn mark(folder: &Path, marker: &Marker) -> Result<(), Trouble> {
    let file = folder.join(MARKER);
    let found = match std::fs::read_to_string(&file) {
        Ok(text) => Some(text),
        Err(why) if why.kind() == ErrorKind::NotFound => None,
        Err(why) => return Err(there(&why)),
    };
    match super::unmarked(marker, found.as_deref())? {
        None => Ok(()),
        Some(id) => make_marker(&file, id).and_then(|()| sync(folder)),
    }
}

fn make_marker(file: &Path, id: DestinationId) -> Result<(), Trouble> {
    let write = || {
        let mut options = OpenOptions::new();
        let mut made = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
        made.write_all(super::marker_text(id).as_bytes())?;
        made.sync_all()
    };
    write().map_err(|why| there(&why))
}

fn sync(folder: &Path) -> Result<(), Trouble> {
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        // Some file systems cannot do that for a folder, and need not.
        Err(why) if why.kind() != ErrorKind::InvalidInput => Err(there(&why)),
        _ => Ok(()),
    }
}

/// What went wrong there.
fn there(why: &std::io::Error) -> Trouble {
    match why.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Trouble::NotThere,
        ErrorKind::PermissionDenied => Trouble::Forbidden,
        ErrorKind::ReadOnlyFilesystem => Trouble::ReadOnly,
        ErrorKind::FileTooLarge => Trouble::TooLarge,
        _ if is_full(why) => Trouble::Full,
        _ => {
            tracing::warn!(%why, "a folder for backups could not be used");
            Trouble::Odd
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Trouble::Failed))
}
