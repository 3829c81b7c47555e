//! What was read to make something, and whether that has changed since: a page may be shown again for as long as all it was made of is as
//! it was. Nothing is said of the clock, which whoever remembers a page has to look at himself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::key::after_all;
use super::{Span, Tx};

/// Places that rows share by chance. Two rows in one place cost a page that is made anew, and are never wrong. 64 KB.
const PLACES: usize = 8192;
/// How many touched rows are remembered one by one, twice over: those of some hundred bookings.
const RECENT: usize = 20_000;
/// Rows are told apart by the beginnings of their keys, which are nearly always ids: of whom they belong to, and of what of hers.
const HEADS: [usize; 2] = [32, 16];

/// What was touched of late, row by row, with the number of the change: places would be shared by too many while very many write.
#[derive(Debug, Default)]
struct Recent {
    /// All that was touched by changes after this one is here or in `older`.
    since: u64,
    touched: HashMap<u64, u64>,
    older: HashMap<u64, u64>,
    older_since: u64,
}

impl Recent {
    fn touch(&mut self, row: u64, number: u64) {
        if self.touched.len() >= RECENT {
            self.older = std::mem::take(&mut self.touched);
            // Of the change that runs some may stand there and some here.
            (self.older_since, self.since) = (self.since, number);
        }
        self.touched.insert(row, number);
    }

    /// Whether a row was touched after a change, as far as that is known; if not, it may have been.
    fn after(&self, row: u64, change: u64) -> bool {
        let later = |touched: &HashMap<u64, u64>| touched.get(&row).is_some_and(|last| *last > change);
        change < self.older_since || later(&self.touched) || (change < self.since && later(&self.older))
    }
}

/// The number of the last change of each place. The writer marks a place before what it wrote can be seen, and raises `visible` after.
#[derive(Debug)]
pub(super) struct Changes {
    places: Box<[AtomicU64]>,
    recent: Mutex<Recent>,
    visible: AtomicU64,
    hash: RandomState,
}

impl Default for Changes {
    fn default() -> Self {
        let places = (0..PLACES).map(|_| AtomicU64::new(0)).collect();
        Self { places, recent: Mutex::default(), visible: AtomicU64::new(0), hash: RandomState::new() }
    }
}

impl Changes {
    fn row(&self, table: &str, head: Option<&[u8]>) -> u64 {
        self.hash.hash_one((table, head))
    }

    fn place(&self, row: u64) -> &AtomicU64 {
        &self.places[(row % PLACES as u64) as usize]
    }

    /// The number of the last transaction whose rows everybody sees.
    fn visible(&self) -> u64 {
        self.visible.load(Ordering::Acquire)
    }

    fn recent(&self) -> std::sync::MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A row is written by the transaction that runs: itself, those whose keys begin as its key does, and its whole table.
    pub(super) fn touch(&self, table: &str, key: &[u8]) {
        let number = self.visible.load(Ordering::Relaxed) + 1;
        let whole = head(key);
        let begins =
            HEADS.iter().filter(|length| **length < whole.len()).map(|length| Some(&whole[..*length]));
        let heads = begins.chain([Some(whole), None]);
        let mut recent = self.recent();
        for row in heads.map(|head| self.row(table, head)) {
            recent.touch(row, number);
            self.place(row).store(number, Ordering::Release);
        }
    }

    /// The transaction has ended, however it ended: what is read from now on is as it left it.
    pub(super) fn ended(&self) {
        self.visible.fetch_add(1, Ordering::Release);
    }

    /// Whether none of these rows was touched after a change. A place that was not touched says so of all its rows.
    fn are_as_at(&self, rows: &[u64], change: u64) -> bool {
        let mut shared =
            rows.iter().filter(|row| self.place(**row).load(Ordering::Acquire) > change).peekable();
        shared.peek().is_none() || {
            let recent = self.recent();
            shared.all(|row| !recent.after(*row, change))
        }
    }
}

/// The head by which one row is known.
fn head(key: &[u8]) -> &[u8] {
    &key[..key.len().min(HEADS[0])]
}

/// The longest head that all keys of a span share, if they do.
fn shared<'a>(span: &Span<'a>) -> Option<&'a [u8]> {
    HEADS.iter().filter_map(|length| span.from.get(..*length)).find(|head| {
        // Either both ends begin so, or the end is the first key that does not.
        span.until.starts_with(head) || span.until == after_all(head)
    })
}

#[derive(Debug, Default)]
struct Noted {
    changes: Option<Arc<Changes>>,
    /// What the oldest view was taken at.
    at: u64,
    rows: Vec<u64>,
}

thread_local! {
    /// What the work that runs on this thread notes its reads in.
    static NOTING: RefCell<Option<Reads>> = const { RefCell::new(None) };
}

/// Notes what is read. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub struct Reads(Arc<Mutex<Noted>>);

impl Reads {
    /// Notes all that some work reads, by whatever way it comes to the store on this thread.
    pub fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        struct Back(Option<Reads>);
        impl Drop for Back {
            fn drop(&mut self) {
                NOTING.set(self.0.take());
            }
        }
        let _back = Back(NOTING.replace(Some(self.clone())));
        work()
    }

    /// What is being noted in on this thread.
    pub(super) fn current() -> Option<Self> {
        NOTING.with_borrow(Clone::clone)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// To be called before a view is taken.
    pub(super) fn begin(&self, changes: &Arc<Changes>) {
        let (mut noted, now) = (self.lock(), changes.visible());
        noted.at = if noted.changes.is_none() { now } else { noted.at.min(now) };
        noted.changes.get_or_insert_with(|| Arc::clone(changes));
    }

    fn note(&self, table: &str, head: Option<&[u8]>) {
        let mut noted = self.lock();
        if let Some(changes) = &noted.changes {
            let row = changes.row(table, head);
            noted.rows.push(row);
        }
    }

    pub(super) fn row(&self, table: &str, key: &[u8]) {
        self.note(table, Some(head(key)));
    }

    pub(super) fn span(&self, table: &str, span: &Span<'_>) {
        self.note(table, shared(span));
    }

    /// What was read until now; none if nothing was.
    #[must_use]
    pub fn seen(&self) -> Option<Seen> {
        let noted = self.lock();
        let changes = Arc::clone(noted.changes.as_ref()?);
        let mut rows = noted.rows.clone();
        rows.sort_unstable();
        rows.dedup();
        Some(Seen { changes, at: noted.at, rows: rows.into() })
    }
}

/// What something was made of.
#[derive(Debug, Clone)]
pub struct Seen {
    changes: Arc<Changes>,
    at: u64,
    rows: Arc<[u64]>,
}

impl Seen {
    /// Whether all of it is as it was. A change that was acknowledged is known here before.
    #[must_use]
    pub fn is_still_so(&self) -> bool {
        self.changes.are_as_at(&self.rows, self.at)
    }
}

/// Something that was read before a change, so that the one writer need not: it counts in the change if all that was read for it is
/// still so by then.
#[derive(Debug)]
pub struct Beforehand<T>(Option<(T, Seen)>);

impl<T> Beforehand<T> {
    /// Does some work that takes its own view.
    ///
    /// # Errors
    /// What the work returned.
    pub fn read<E>(work: impl FnOnce() -> Result<T, E>) -> Result<Self, E> {
        let reads = Reads::default();
        let found = reads.during(work)?;
        Ok(Self(reads.seen().map(|seen| (found, seen))))
    }

    /// Nothing was.
    #[must_use]
    pub const fn nothing() -> Self {
        Self(None)
    }

    /// What was found, if the change would find the same. Writes of the same transaction are known too.
    #[must_use]
    pub fn in_change(&self, _tx: &Tx<'_>) -> Option<&T> {
        self.0.as_ref().filter(|(_, seen)| seen.is_still_so()).map(|(found, _)| found)
    }
}

#[cfg(test)]
mod tests;
