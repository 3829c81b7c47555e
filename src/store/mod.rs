//! What is kept: one redb file, one writer that groups commits, and reads that never wait for it. redb is unseen
//! above this room. The wings stand as in `domain`: people ← catalog ← credits ← {calendar, billing} ← messages
//! ← keeping.

mod access;
pub mod audit;
pub mod due;
pub mod handle;
mod key;
mod row;
pub mod scrub;
pub mod seen;
pub mod snapshot;
mod table;
pub mod upgrade;
mod verify;
mod writer;

pub mod billing;
pub mod calendar;
pub mod catalog;
pub mod credits;
pub mod keeping;
pub mod messages;
pub mod people;

#[cfg(test)]
pub(crate) use table::NAMES as TABLES;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redb::{Builder, Database, ReadableDatabase as _, StorageBackend};

use access::raw_named;
pub use access::{Order, Read, See, Span, Tx, View};
use handle::{Handle, Keeper, Opener};
use seen::{Changes, Reads};
pub use writer::Commits;
use writer::{Turn, Writer};

/// The shape of the data file. A newer one is refused; an older one is brought up, after a copy was kept.
pub const FORMAT: u64 = 1 + upgrade::STEPS.len() as u64;

/// Memory that redb may use to keep pages; its own default of 1 GiB is too much for a small computer.
const CACHE_BYTES: usize = 16 << 20;

/// For how long a change that nobody waits for waits for one that shares its commit, where a commit costs the disk something.
const PAUSE: Duration = Duration::from_millis(15);

/// Something that should not happen went wrong below: the disk, the file, or a row in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database could not be read or written.
    #[error("the data file: {0}")]
    File(Arc<str>),
    /// There is no such file.
    #[error(
        "there is no data file here: name the right folder, or bring one back (fiddlehead rollback --list, fiddlehead restore)"
    )]
    Absent,
    /// Who runs this may not read and write the file, or not enter its folder.
    #[error(
        "it may not be read and written by who runs this: run it as root, or as the user of the service (runuser -u fiddlehead -- …)"
    )]
    Forbidden,
    /// What is in the file is no database any more, or part of it is lost.
    #[error(
        "it is damaged ({0}): copy the whole folder elsewhere, then go back to a snapshot (fiddlehead rollback --list shows them) or \
         bring back a backup (fiddlehead restore)"
    )]
    Damaged(Arc<str>),
    /// A row is not of the shape that this version knows.
    #[error("a row in {table} cannot be read: {why}")]
    Row {
        /// The table.
        table: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The file was made by a newer version.
    #[error(
        "the data file has format {found}, this version knows up to {FORMAT}: start the newer version of fiddlehead"
    )]
    Newer {
        /// Its format.
        found: u64,
    },
    /// The file was made by an older version.
    #[error(
        "the data file has format {found}, this version needs {FORMAT}: fiddlehead serve keeps a copy and brings it up"
    )]
    Older {
        /// Its format.
        found: u64,
    },
    /// The disk failed under the file. What was acknowledged is safe; the file is opened anew by whoever comes next.
    #[error("the disk under the data file: {0}")]
    Disk(Arc<str>),
    /// There is too little room on the disk to begin a change.
    #[error("the disk is full, with less than 64 MiB free: make room, and changes go on")]
    Full,
    /// The disk can be read only.
    #[error("the disk can be read only: mount it for writing, and changes go on")]
    ReadOnly,
    /// Another process holds the file.
    #[error("the data file is in use by another fiddlehead: stop that one first")]
    InUse,
    /// The writer has stopped.
    #[error("the data file is closed")]
    Closed,
    /// A closure in a transaction panicked; nothing of it was kept.
    #[error("a change broke off")]
    Panicked,
}

impl From<redb::StorageError> for StoreError {
    fn from(error: redb::StorageError) -> Self {
        match error {
            redb::StorageError::Io(_) | redb::StorageError::PreviousIo => {
                Self::Disk(error.to_string().into())
            }
            redb::StorageError::Corrupted(what) => Self::Damaged(what.into()),
            other => Self::File(other.to_string().into()),
        }
    }
}

macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for StoreError {
            fn from(error: redb::$error) -> Self {
                match error {
                    redb::$error::Storage(error) => error.into(),
                    other => Self::File(other.to_string().into()),
                }
            }
        }
    )*};
}
from_redb!(TransactionError, TableError, CommitError, CompactionError);

impl From<redb::SetDurabilityError> for StoreError {
    fn from(error: redb::SetDurabilityError) -> Self {
        Self::File(error.to_string().into())
    }
}

impl From<redb::DatabaseError> for StoreError {
    fn from(error: redb::DatabaseError) -> Self {
        match error {
            redb::DatabaseError::DatabaseAlreadyOpen => Self::InUse,
            redb::DatabaseError::Storage(redb::StorageError::Io(error)) => match error.kind() {
                std::io::ErrorKind::NotFound => Self::Absent,
                std::io::ErrorKind::PermissionDenied => Self::Forbidden,
                std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
                // What redb says of a file that does not begin as its own do, or ends too early.
                std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof => {
                    Self::Damaged(error.to_string().into())
                }
                _ => Self::Disk(error.to_string().into()),
            },
            redb::DatabaseError::Storage(error) => error.into(),
            other => Self::File(other.to_string().into()),
        }
    }
}

/// The data file, open. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    handle: Arc<Handle>,
    writer: Writer,
    changes: Arc<Changes>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens the file, or makes it; every page is verified first.
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be opened, is damaged, in use, or of a newer version.
    pub fn open(file: &Path) -> Result<Self, StoreError> {
        begin(file)?;
        let opened = upgrade::Opened::of(for_file(file).create(file)?, anew(file))?;
        upgrade::Opened { pause: PAUSE, ..opened }.store()
    }

    /// Opens a file that must be there, for reading and checking.
    ///
    /// # Errors
    /// [`StoreError`] if it is not there, damaged, in use, or of a newer version.
    pub fn open_existing(file: &Path) -> Result<Self, StoreError> {
        Self::on(
            beside(file).open(file)?,
            Box::new({
                let file = file.to_owned();
                move || beside(&file).open(&file)
            }),
        )
    }

    /// Looks into a file that nobody writes to, such as a snapshot, and leaves it as it is.
    ///
    /// # Errors
    /// [`StoreError`] if it is not there, in use, or was not closed in order.
    pub fn look(file: &Path) -> Result<View, StoreError> {
        let transaction = for_file(file).open_read_only(file)?.begin_read()?;
        Ok(View::new(transaction, Arc::default()))
    }

    /// Keeps everything on a backend of its own, such as one that loses what was not synced.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::open`].
    pub fn on_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        Self::on(builder().create_with_backend(backend)?, Box::new(|| Err(gone())))
    }

    /// The same for a disk that outlives a failure: `backend` gives it again.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::open`].
    pub fn on_backends<B: StorageBackend>(
        backend: impl Fn() -> B + Send + Sync + 'static,
    ) -> Result<Self, StoreError> {
        let first = builder().create_with_backend(backend())?;
        Self::on(first, Box::new(move || builder().create_with_backend(backend())))
    }

    /// Keeps everything in memory, for tests.
    ///
    /// # Errors
    /// [`StoreError::File`] if memory runs out.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::on_backend(redb::backends::InMemoryBackend::new())
    }

    fn on(database: Database, opener: Opener) -> Result<Self, StoreError> {
        upgrade::Opened::of(database, opener)?.store()
    }

    /// Has somebody look after the disk from now on: changes are refused before it is full.
    pub fn keep_with(&self, keeper: Box<dyn Keeper>) {
        self.handle.keep_with(keeper);
    }

    /// A snapshot to read from.
    ///
    /// # Errors
    /// [`StoreError::File`] if the file cannot be read.
    pub fn read(&self) -> Result<View, StoreError> {
        let Some(reads) = Reads::current() else { return self.handle.view() };
        reads.begin(&self.changes);
        Ok(self.handle.view()?.noting(reads))
    }

    /// Whether there is room for a change, by who looks after the disk.
    ///
    /// # Errors
    /// [`StoreError::Full`] or [`StoreError::ReadOnly`].
    pub fn has_room(&self) -> Result<(), StoreError> {
        self.handle.ground()
    }

    /// How much was written since it was opened.
    #[must_use]
    pub fn commits(&self) -> Commits {
        self.writer.commits()
    }

    /// Whether the writer is at work for others, so that who comes now waits anyway.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.writer.is_at_work()
    }

    /// Runs a closure in a write transaction and returns once it is on the disk. The closure decides before it writes, and may be
    /// run again: if one of its group fails after writing, all are undone and each runs alone. Blocks; call it
    /// off the event loop.
    ///
    /// # Errors
    /// What the closure returned, or a [`StoreError`]; nothing is kept then.
    pub fn write<T, E>(&self, change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(change, Turn::Next)
    }

    /// The same for what nobody waits for: it shares the commit of those who come next, or has its own when nobody comes for a moment.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub fn write_by_the_way<T, E>(
        &self,
        change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run(change, Turn::ByTheWay)
    }

    /// The same as [`Store::write`] without blocking: `told` is called with the outcome, on the writer's thread, and must be quick.
    pub fn write_and_tell<T, E>(
        &self,
        change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
        told: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.writer.run_and_tell(change, told);
    }
}

/// Writes the instant of the last knock at a door that nobody is behind: the same work as for one that somebody is.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn knock(tx: &Tx<'_>, now: crate::domain::time::Timestamp) -> Result<(), StoreError> {
    table::META.put(tx, &"knocked".to_owned(), &u64::try_from(now.as_second()).unwrap_or_default())
}

/// Until when the payment provider's news was read, if it ever was: a program that was down goes on from there.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn news_read_until(read: &impl Read) -> Result<Option<crate::domain::time::Timestamp>, StoreError> {
    use crate::domain::time::Timestamp;
    let second = table::META.find(read, &"news".to_owned())?;
    Ok(second.and_then(|second| Timestamp::from_second(i64::try_from(second).ok()?).ok()))
}

/// Notes until when it was read.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn note_news_read(tx: &Tx<'_>, until: crate::domain::time::Timestamp) -> Result<(), StoreError> {
    table::META.put(tx, &"news".to_owned(), &u64::try_from(until.as_second()).unwrap_or_default())
}

/// Opens the same file again.
fn anew(file: &Path) -> Opener {
    let file = file.to_owned();
    Box::new(move || for_file(&file).open(&file))
}

/// What is in memory is gone with its handle.
fn gone() -> redb::DatabaseError {
    redb::DatabaseError::Storage(redb::StorageError::PreviousIo)
}

/// The number of the key that the data are sealed with, once it was noted.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn key_wanted(read: &impl Read) -> Result<Option<u64>, StoreError> {
    table::META.find(read, &"key".to_owned())
}

/// Notes with which key the data are sealed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn want_key(tx: &Tx<'_>, number: u64) -> Result<(), StoreError> {
    table::META.put(tx, &"key".to_owned(), &number)
}

/// Makes the file, empty, for its owner alone, if it is not there: in a folder that others may look into, they must not read it. What is
/// there keeps the mode that somebody gave it.
fn begin(file: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(file) {
        Err(why) if why.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(redb::StorageError::Io(why).into())
        }
        _ => Ok(()),
    }
}

/// For a file that is read or written once, from end to end, beside the one that is served.
fn beside(file: &Path) -> Builder {
    let mut builder = for_file(file);
    builder.set_cache_size(CACHE_BYTES / 4);
    builder
}

/// Every page of the file is verified before it is used: by ourselves, or else by redb.
fn for_file(file: &Path) -> Builder {
    let mut builder = builder();
    builder.set_check_integrity_on_open(!verify::is_sound(file));
    builder
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder.set_check_integrity_on_open(true);
    builder
}
