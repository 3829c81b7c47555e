//! What is read from and written to: snapshots, which never wait, and the transaction of the one writer.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use redb::{ReadTransaction, ReadableTable, TableDefinition, TableError, WriteTransaction};

use super::StoreError;
use super::seen::{Changes, Reads};

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
    pub(super) from: &'a [u8],
    pub(super) until: &'a [u8],
    pub(super) order: Order,
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

pub(super) type Raw = TableDefinition<'static, &'static [u8], &'static [u8]>;

pub(super) const fn raw(name: &'static str) -> Raw {
    TableDefinition::new(name)
}

/// The same by a name that was read from a file.
pub(super) fn raw_named(name: &str) -> TableDefinition<'_, &'static [u8], &'static [u8]> {
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

/// A table of a snapshot, held open.
type Held = redb::ReadOnlyTable<&'static [u8], &'static [u8]>;

/// A name, and the table of that name if it is there.
type Found = (&'static str, Option<Arc<Held>>);

/// A snapshot: what was committed when it was taken.
pub struct View {
    transaction: ReadTransaction,
    /// Told when the disk fails, so that the file is opened anew.
    pub(super) broken: Arc<AtomicBool>,
    /// Told what is read, if somebody wants to know whether it is still so later.
    reads: Option<Reads>,
    /// The tables that were read from: a page asks the same few again and again, and finding one costs as much as finding a row.
    tables: Mutex<Vec<Found>>,
}

impl View {
    pub(super) fn new(transaction: ReadTransaction, broken: Arc<AtomicBool>) -> Self {
        Self { transaction, broken, reads: None, tables: Mutex::default() }
    }

    /// The same, which tells what is read.
    pub(super) fn noting(self, reads: Reads) -> Self {
        Self { reads: Some(reads), ..self }
    }

    pub(super) const fn transaction(&self) -> &ReadTransaction {
        &self.transaction
    }

    pub(super) fn heard<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Disk(_)) = &outcome {
            self.broken.store(true, Ordering::Release);
        }
        outcome
    }

    /// The table, if it is there.
    fn table(&self, name: &'static str) -> Result<Option<Arc<Held>>, StoreError> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, held)) = tables.iter().find(|(held, _)| *held == name) {
            return Ok(held.clone());
        }
        let opened = match self.transaction.open_table(raw(name)) {
            Ok(table) => Some(Arc::new(table)),
            Err(TableError::TableDoesNotExist(_)) => None,
            Err(error) => return Err(error.into()),
        };
        tables.push((name, opened.clone()));
        Ok(opened)
    }
}

impl Read for View {
    fn bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if let Some(reads) = &self.reads {
            reads.row(table, key);
        }
        let found = || {
            let Some(table) = self.table(table)? else { return Ok(None) };
            Ok(table.get(key)?.map(|value| value.value().to_vec()))
        };
        self.heard(found())
    }

    fn scan(&self, table: &'static str, span: Span<'_>, see: See<'_>) -> Result<(), StoreError> {
        if let Some(reads) = &self.reads {
            reads.span(table, &span);
        }
        let walked = || match self.table(table)? {
            Some(table) => walk(&*table, span, see),
            None => Ok(()),
        };
        self.heard(walked())
    }
}

/// A table of the transaction, held open: finding one costs as much as finding a row.
type Open<'a> = Rc<RefCell<redb::Table<'a, &'static [u8], &'static [u8]>>>;

/// A write transaction, as an action sees it. It may share its commit with others.
pub struct Tx<'a> {
    inner: &'a WriteTransaction,
    pub(super) written: Cell<Written>,
    changes: &'a Changes,
    tables: RefCell<Vec<(&'static str, Open<'a>)>>,
}

/// Whether a closure has written yet; one that fails after writing must be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Written {
    Nothing,
    Something,
}

impl<'a> Tx<'a> {
    pub(super) fn new(inner: &'a WriteTransaction, changes: &'a Changes) -> Self {
        Self { inner, written: Cell::new(Written::Nothing), changes, tables: RefCell::default() }
    }

    fn table(&self, name: &'static str) -> Result<Open<'a>, StoreError> {
        let mut tables = self.tables.borrow_mut();
        if let Some((_, open)) = tables.iter().find(|(open, _)| *open == name) {
            return Ok(Rc::clone(open));
        }
        let open = Rc::new(RefCell::new(self.inner.open_table(raw(name))?));
        tables.push((name, Rc::clone(&open)));
        Ok(open)
    }

    /// Gives `old` what was there before, if something was.
    pub(super) fn put_bytes(
        &self,
        table: &'static str,
        key: &[u8],
        value: &[u8],
        old: impl FnOnce(&[u8]),
    ) -> Result<(), StoreError> {
        self.written.set(Written::Something);
        self.changes.touch(table, key);
        if let Some(before) = self.table(table)?.borrow_mut().insert(key, value)? {
            old(before.value());
        }
        Ok(())
    }

    pub(super) fn remove_bytes(&self, table: &'static str, key: &[u8]) -> Result<(), StoreError> {
        self.written.set(Written::Something);
        self.changes.touch(table, key);
        self.table(table)?.borrow_mut().remove(key)?;
        Ok(())
    }

    /// Takes a whole table out, if it is there.
    pub(super) fn drop_table(&self, table: &'static str) -> Result<(), StoreError> {
        self.written.set(Written::Something);
        self.tables.borrow_mut().retain(|(open, _)| *open != table);
        self.inner.delete_table(raw(table))?;
        Ok(())
    }
}

impl Read for Tx<'_> {
    fn bytes(&self, table: &'static str, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.table(table)?.borrow().get(key)?.map(|value| value.value().to_vec()))
    }

    fn scan(&self, table: &'static str, span: Span<'_>, see: See<'_>) -> Result<(), StoreError> {
        walk(&*self.table(table)?.borrow(), span, see)
    }
}
