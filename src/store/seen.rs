//! What was read to make something, and whether that has changed since: a page may be shown again for as long as all it was made of is as
//! it was. Nothing is said of the clock, which whoever remembers a page has to look at himself.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::table::after_all;
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
mod tests {
    use super::*;
    use crate::domain::credits::ledger::tests::{entries, lot};
    use crate::domain::credits::ledger::{Entry, What};
    use crate::domain::id::{ClientId, LotId, PractitionerId};
    use crate::store::credits::ledger;
    use crate::store::table::{LOTS_OF_CLIENT, META};
    use crate::store::{Store, StoreError};

    fn id(n: u128) -> ClientId {
        ClientId::from_bits(n << 64 | 0xff)
    }

    fn put(store: &Store, client: u128, lot: u128) {
        let kept: Result<(), StoreError> =
            store.write(move |tx| LOTS_OF_CLIENT.put(tx, &(id(client), LotId::from_bits(lot)), &()));
        kept.unwrap();
    }

    /// What reading the lots of one client saw.
    fn lots(store: &Store, client: u128) -> (usize, Seen) {
        let reads = Reads::default();
        let found = reads.during(|| LOTS_OF_CLIENT.under(&store.read().unwrap(), &id(client)).unwrap());
        (found.len(), reads.seen().unwrap())
    }

    #[test]
    fn what_was_read_is_known_to_have_changed_and_the_rest_to_be_as_it_was() {
        let store = Store::in_memory().unwrap();
        put(&store, 1, 1);
        let ((one, first), (none, second)) = (lots(&store, 1), lots(&store, 2));
        assert_eq!((one, none), (1, 0));
        assert!(first.is_still_so() && second.is_still_so());
        put(&store, 2, 7);
        assert!(first.is_still_so(), "somebody else's row");
        assert!(!second.is_still_so(), "what was not there is there now");
        assert_eq!(lots(&store, 2).0, 1);
        assert!(lots(&store, 2).1.is_still_so());
        let gone: Result<(), StoreError> =
            store.write(|tx| LOTS_OF_CLIENT.remove(tx, &(id(1), LotId::from_bits(1))));
        gone.unwrap();
        assert!(!first.is_still_so(), "what was there is gone");
    }

    #[test]
    fn one_ledger_of_a_practitioner_is_told_from_all_of_hers() {
        let store = Store::in_memory().unwrap();
        let her = PractitionerId::from_bits(3);
        let entries = entries(&lot(), [What::Grant(6), What::Freeze]);
        let append = |entry: &Entry, lot: u128| {
            let entry = Entry { lot: LotId::from_bits(lot), ..entry.clone() };
            let kept: Result<(), StoreError> = store.write(move |tx| ledger::append(tx, her, &entry));
            kept.unwrap();
        };
        append(&entries[0], 1);
        let (one, all) = (Reads::default(), Reads::default());
        let of_one = || ledger::of(&store.read().unwrap(), (her, LotId::from_bits(1))).unwrap().len();
        let of_all = || ledger::all_of(&store.read().unwrap(), her).unwrap().len();
        assert_eq!((one.during(of_one), all.during(of_all)), (1, 1));
        append(&entries[0], 2);
        assert!(one.seen().unwrap().is_still_so(), "another ledger of hers");
        assert!(!all.seen().unwrap().is_still_so(), "a ledger of hers");
        append(&entries[1], 1);
        assert!(!one.seen().unwrap().is_still_so(), "this ledger");
    }

    #[test]
    fn who_read_a_whole_table_hears_of_every_row() {
        let store = Store::in_memory().unwrap();
        let reads = Reads::default();
        let view = reads.during(|| store.read().unwrap());
        assert!(LOTS_OF_CLIENT.all(&view).unwrap().is_empty());
        let all = reads.seen().unwrap();
        put(&store, 9, 9);
        assert!(!all.is_still_so());
    }

    #[test]
    fn only_what_is_read_meanwhile_is_noted() {
        let store = Store::in_memory().unwrap();
        let (outer, inner) = (Reads::default(), Reads::default());
        assert!(META.find(&store.read().unwrap(), &"a".to_owned()).unwrap().is_none());
        outer.during(|| {
            inner.during(|| META.find(&store.read().unwrap(), &"a".to_owned()).unwrap());
            LOTS_OF_CLIENT.under(&store.read().unwrap(), &id(1)).unwrap()
        });
        META.find(&store.read().unwrap(), &"b".to_owned()).unwrap();
        let rows = |reads: &Reads| reads.seen().unwrap().rows.len();
        assert_eq!((rows(&outer), rows(&inner)), (1, 1));
        assert!(Reads::default().seen().is_none());
    }

    #[test]
    fn a_view_that_is_older_than_a_change_is_not_taken_for_a_newer_one() {
        let store = Store::in_memory().unwrap();
        let reads = Reads::default();
        let view = reads.during(|| store.read().unwrap());
        put(&store, 3, 1);
        assert!(LOTS_OF_CLIENT.under(&view, &id(3)).unwrap().is_empty(), "a snapshot");
        assert!(!reads.seen().unwrap().is_still_so());
        // Nor if a younger view is noted beside it.
        let _younger = reads.during(|| store.read().unwrap());
        assert!(!reads.seen().unwrap().is_still_so());
    }

    #[test]
    fn a_change_that_failed_leaves_all_to_be_read_anew() {
        let store = Store::in_memory().unwrap();
        let key = "one".to_owned();
        let failed: Result<(), StoreError> = store.write(|tx| {
            META.put(tx, &"one".to_owned(), &1)?;
            Err(StoreError::Full)
        });
        assert!(failed.is_err());
        let reads = Reads::default();
        let view = reads.during(|| store.read().unwrap());
        assert_eq!(META.find(&view, &key).unwrap(), None);
        assert!(reads.seen().unwrap().is_still_so());
        let kept: Result<(), StoreError> = store.write(|tx| META.put(tx, &"one".to_owned(), &2));
        kept.unwrap();
        assert!(!reads.seen().unwrap().is_still_so());
    }

    /// What a change makes of the lots of a client that were read before it.
    fn in_change(store: &Store, before: &Arc<Beforehand<usize>>, write: Option<u128>) -> Option<usize> {
        let before = Arc::clone(before);
        let found: Result<_, StoreError> = store.write(move |tx| {
            if let Some(client) = write {
                LOTS_OF_CLIENT.put(tx, &(id(client), LotId::from_bits(77)), &())?;
            }
            Ok(before.in_change(tx).copied())
        });
        found.unwrap()
    }

    #[test]
    fn what_was_read_beforehand_counts_in_a_change_until_somebody_writes_to_it() {
        let store = Store::in_memory().unwrap();
        put(&store, 1, 1);
        let read = || Arc::new(Beforehand::read(|| Ok::<_, StoreError>(lots_in(&store, 1)?.len())).unwrap());
        let before = read();
        assert_eq!(in_change(&store, &before, None), Some(1));
        assert_eq!(in_change(&store, &before, Some(2)), Some(1), "somebody else's row");
        assert_eq!(in_change(&store, &before, Some(1)), None, "a row of the change itself");
        assert_eq!(in_change(&store, &before, None), None, "and ever after");
        assert_eq!(in_change(&store, &read(), None), Some(2));
        assert_eq!(in_change(&store, &Arc::new(Beforehand::nothing()), None), None);
    }

    fn lots_in(store: &Store, client: u128) -> Result<Vec<LotId>, StoreError> {
        let rows = LOTS_OF_CLIENT.under(&store.read()?, &id(client))?;
        Ok(rows.into_iter().map(|((_, lot), ())| lot).collect())
    }

    #[test]
    fn rows_are_told_apart_while_very_many_are_written_and_doubted_when_too_many_were() {
        let store = Store::in_memory().unwrap();
        let before = Arc::new(Beforehand::read(|| Ok::<_, StoreError>(lots_in(&store, 1)?.len())).unwrap());
        let write = |from: usize| {
            let kept: Result<(), StoreError> = store.write(move |tx| {
                (from..from + RECENT / 4).try_for_each(|n| {
                    LOTS_OF_CLIENT.put(tx, &(id(1000 + n as u128), LotId::from_bits(1)), &())
                })
            });
            kept.unwrap();
        };
        // More rows than there are places.
        (0..3).for_each(|n| write(n * RECENT));
        assert_eq!(in_change(&store, &before, None), Some(0), "nobody wrote to it");
        (3..9).for_each(|n| write(n * RECENT));
        assert_eq!(in_change(&store, &before, None), None, "it is not remembered any more");
    }

    #[test]
    fn a_span_is_narrow_only_if_all_its_keys_begin_alike() {
        let narrow = |from: &[u8], until: &[u8]| {
            shared(&Span { from, until, order: crate::store::Order::Up }).is_some()
        };
        let one = [7u8; 16];
        let mut next = one;
        next[15] += 1;
        let mut farther = next;
        farther[15] += 1;
        assert!(narrow(&one, &next));
        assert!(!narrow(&one, &farther), "two heads");
        assert!(narrow(&[&one[..], b"a"].concat(), &[&one[..], b"z"].concat()));
        assert!(narrow(&[&one[..], b"a"].concat(), &next));
        assert!(!narrow(&[&one[..], b"a"].concat(), &[&next[..], b"a"].concat()), "into the next head");
        assert!(!narrow(&[], &[0xff; 64]));
        let mut last = [7u8; 16];
        last[15] = 0xff;
        let mut carried = last[..15].to_vec();
        carried[14] += 1;
        assert!(narrow(&last, &carried), "the end of a prefix is shorter where it carries");
    }
}
