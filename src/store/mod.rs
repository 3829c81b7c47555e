//! What is kept: one redb file, one writer that groups commits, and reads that never wait for it. redb is unseen
//! above this room. The wings stand as in `domain`: people ← catalog ← credits ← {calendar, billing} ← messages
//! ← keeping.

pub mod due;
mod row;
pub mod snapshot;
mod table;
pub mod upgrade;
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

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use redb::{
    Builder, Database, ReadTransaction, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition,
    TableError, WriteTransaction,
};

use writer::Writer;

/// The shape of the data file. A newer one is refused; an older one is brought up, after a copy was kept.
pub const FORMAT: u64 = 1 + upgrade::STEPS.len() as u64;

/// Memory that redb may use to keep pages; its own default of 1 GiB is too much for a small computer.
const CACHE_BYTES: usize = 16 << 20;

/// Something that should not happen went wrong below: the disk, the file, or a row in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database could not be read or written.
    #[error("the data file: {0}")]
    File(Arc<str>),
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

macro_rules! from_redb {
    ($($error:ty),*) => {$(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::File(error.to_string().into())
            }
        }
    )*};
}
from_redb!(
    redb::TransactionError,
    redb::TableError,
    redb::StorageError,
    redb::CommitError,
    redb::SetDurabilityError
);

impl From<redb::DatabaseError> for StoreError {
    fn from(error: redb::DatabaseError) -> Self {
        match error {
            redb::DatabaseError::DatabaseAlreadyOpen => Self::InUse,
            other => Self::File(other.to_string().into()),
        }
    }
}

/// The order in which a range is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Lowest key first.
    Up,
    /// Highest key first.
    Down,
}

/// The range of keys from one, inclusive, to another, exclusive, as bytes.
pub struct Span<'a> {
    from: &'a [u8],
    until: &'a [u8],
    order: Order,
}

/// What is shown each row of a range, as bytes, until it breaks off.
pub type See<'a> = &'a mut dyn FnMut(&[u8], &[u8]) -> ControlFlow<()>;

/// What can be read from: a snapshot, or a transaction that sees its own writes.
pub trait Read {
    /// The bytes under a key.
    ///
    /// # Errors
    /// [`StoreError::File`] if the file cannot be read.
    fn bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Shows each row of a range to `see` until it breaks off.
    ///
    /// # Errors
    /// [`StoreError::File`] if the file cannot be read.
    fn scan(&self, table: &'static str, span: Span<'_>, see: See<'_>) -> Result<(), StoreError>;
}

type Raw = TableDefinition<'static, &'static [u8], &'static [u8]>;

const fn raw(name: &'static str) -> Raw {
    TableDefinition::new(name)
}

/// The same by a name that was read from a file.
fn raw_named(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
    TableDefinition::new(name)
}

fn walk<T: ReadableTable<&'static [u8], &'static [u8]>>(
    table: &T,
    span: Span<'_>,
    see: See<'_>,
) -> Result<(), StoreError> {
    let mut rows = table.range::<&[u8]>(span.from..span.until)?;
    while let Some(row) = if span.order == Order::Up { rows.next() } else { rows.next_back() } {
        let (key, value) = row?;
        if see(key.value(), value.value()).is_break() {
            break;
        }
    }
    Ok(())
}

/// A snapshot: what was committed when it was taken.
pub struct View(ReadTransaction);

impl Read for View {
    fn bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.0.open_table(raw(table)) {
            Ok(table) => Ok(table.get(key)?.map(|value| value.value().to_vec())),
            Err(TableError::TableDoesNotExist(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn scan(&self, table: &'static str, span: Span<'_>, see: See<'_>) -> Result<(), StoreError> {
        match self.0.open_table(raw(table)) {
            Ok(table) => walk(&table, span, see),
            Err(TableError::TableDoesNotExist(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

/// A write transaction, as an action sees it. It may share its commit with others.
pub struct Tx<'a> {
    inner: &'a WriteTransaction,
    written: std::cell::Cell<Written>,
}

/// Whether a closure has written yet; one that fails after writing must be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    Nothing,
    Something,
}

impl Tx<'_> {
    fn put_bytes(&self, table: &'static str, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.written.set(Written::Something);
        self.inner.open_table(raw(table))?.insert(key, value)?;
        Ok(())
    }

    fn remove_bytes(&self, table: &'static str, key: &[u8]) -> Result<(), StoreError> {
        self.written.set(Written::Something);
        self.inner.open_table(raw(table))?.remove(key)?;
        Ok(())
    }
}

impl Read for Tx<'_> {
    fn bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.inner.open_table(raw(table))?.get(key)?.map(|value| value.value().to_vec()))
    }

    fn scan(&self, table: &'static str, span: Span<'_>, see: See<'_>) -> Result<(), StoreError> {
        walk(&self.inner.open_table(raw(table))?, span, see)
    }
}

/// The data file, open. Cloning shares it.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    writer: Writer,
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
        Self::on(builder().create(file)?)
    }

    /// Opens a file that must be there, for reading and checking.
    ///
    /// # Errors
    /// [`StoreError`] if it is not there, damaged, in use, or of a newer version.
    pub fn open_existing(file: &Path) -> Result<Self, StoreError> {
        Self::on(beside().open(file)?)
    }

    /// Keeps everything on a backend of its own, such as one that loses what was not synced.
    ///
    /// # Errors
    /// [`StoreError`] as [`Store::open`].
    pub fn on_backend(backend: impl StorageBackend) -> Result<Self, StoreError> {
        Self::on(builder().create_with_backend(backend)?)
    }

    /// Keeps everything in memory, for tests.
    ///
    /// # Errors
    /// [`StoreError::File`] if memory runs out.
    pub fn in_memory() -> Result<Self, StoreError> {
        Self::on_backend(redb::backends::InMemoryBackend::new())
    }

    fn on(database: Database) -> Result<Self, StoreError> {
        upgrade::Opened::of(database)?.store()
    }

    /// A snapshot to read from.
    ///
    /// # Errors
    /// [`StoreError::File`] if the file cannot be read.
    pub fn read(&self) -> Result<View, StoreError> {
        Ok(View(self.database.begin_read()?))
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
        self.writer.run(change)
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

/// For a file that is read or written once, from end to end, beside the one that is served.
fn beside() -> Builder {
    let mut builder = builder();
    builder.set_cache_size(CACHE_BYTES / 4);
    builder
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(CACHE_BYTES);
    builder.set_check_integrity_on_open(true);
    builder
}
