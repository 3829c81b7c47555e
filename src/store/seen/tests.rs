//! What was read is known to be as it was, or doubted.

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
            (from..from + RECENT / 4)
                .try_for_each(|n| LOTS_OF_CLIENT.put(tx, &(id(1000 + n as u128), LotId::from_bits(1)), &()))
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
    let narrow =
        |from: &[u8], until: &[u8]| shared(&Span { from, until, order: crate::store::Order::Up }).is_some();
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
