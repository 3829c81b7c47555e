//! Who shares a commit with whom, and what becomes of those who do when one of them fails.

use super::*;
use crate::store::{Store, builder, gone, table, upgrade::Opened};

/// A store in which what nobody waits for waits longer than a test does.
fn patient() -> Store {
    let database = builder().create_with_backend(redb::backends::InMemoryBackend::new()).unwrap();
    let opened = Opened::of(database, Box::new(|| Err(gone()))).unwrap();
    Opened { pause: Duration::from_secs(600), ..opened }.store().unwrap()
}

fn put(name: &'static str) -> impl FnMut(&Tx<'_>) -> Result<(), StoreError> + Send {
    move |tx| table::META.put(tx, &name.to_owned(), &1)
}

/// Leaves a change behind without waiting for it.
fn leave(store: &Store, name: &'static str, turn: Turn) -> std::sync::mpsc::Receiver<Result<(), StoreError>> {
    let (tells, hears) = channel();
    let outcome = Arc::new(Mutex::new(None));
    let run = watched(put(name), outcome);
    store.writer.send(Waiting { run, told: Box::new(move |told| drop(tells.send(told))), turn });
    hears
}

fn is_there(store: &Store, name: &str) -> bool {
    table::META.find(&store.read().unwrap(), &name.to_owned()).unwrap().is_some()
}

#[test]
fn what_nobody_waits_for_shares_the_commit_of_who_comes_next() {
    let store = patient();
    store.write(put("first")).unwrap();
    let before = store.commits();
    let (one, two) = (leave(&store, "one", Turn::ByTheWay), leave(&store, "two", Turn::ByTheWay));
    assert!(one.try_recv().is_err());
    store.write(put("second")).unwrap();
    assert!(one.recv().unwrap().is_ok() && two.recv().unwrap().is_ok());
    let after = store.commits();
    assert_eq!((after.all - before.all, after.changes - before.changes), (1, 3));
    assert!(is_there(&store, "one") && is_there(&store, "two"));
}

#[test]
fn it_waits_for_nobody_when_nobody_came_lately_and_is_done_at_the_end() {
    let store = patient();
    store.write(put("first")).unwrap();
    let left = leave(&store, "left", Turn::ByTheWay);
    let view = store.read().unwrap();
    drop(store);
    assert!(left.recv().unwrap().is_ok(), "the last door was closed");
    drop(view);
    let database = builder().create_with_backend(redb::backends::InMemoryBackend::new()).unwrap();
    let handle = Arc::new(Handle::new(database, Box::new(|| Err(gone()))));
    let writer = Writer::start(handle, Arc::default(), Duration::from_secs(600));
    for name in ["a", "b", "c"] {
        writer.run(put(name), Turn::ByTheWay).unwrap();
    }
    assert_eq!(writer.commits().all, 3);
}

#[test]
fn who_comes_while_a_group_runs_is_taken_along() {
    let store = patient();
    let before = store.commits();
    let (begun, begins) = channel();
    let (goes, go) = channel::<()>();
    let (begun, go) = (Mutex::new(begun), Mutex::new(go));
    let slow = move |tx: &Tx<'_>| {
        begun.lock().unwrap().send(()).unwrap();
        go.lock().unwrap().recv().unwrap();
        put("slow")(tx)
    };
    let (told, hears) = channel();
    store.write_and_tell(slow, move |outcome: Result<(), StoreError>| told.send(outcome).unwrap());
    begins.recv().unwrap();
    let quick = leave(&store, "quick", Turn::Next);
    goes.send(()).unwrap();
    assert!(hears.recv().unwrap().is_ok() && quick.recv().unwrap().is_ok());
    let after = store.commits();
    assert_eq!((after.all - before.all, after.shared - before.shared), (1, 1));
}

#[test]
fn one_that_fails_after_writing_undoes_nobody_else() {
    let store = patient();
    let (told, hears) = channel();
    let told = Mutex::new(told);
    let others = store.clone();
    let failing = move |tx: &Tx<'_>| {
        put("undone")(tx)?;
        if hears_first(&told) {
            // So that they are in one group with it.
            leave(&others, "kept", Turn::Next);
        }
        Err::<(), _>(StoreError::Full)
    };
    assert!(matches!(store.write(failing), Err(StoreError::Full)));
    assert!(hears.recv().is_ok());
    store.write(put("last")).unwrap();
    assert!(is_there(&store, "kept") && !is_there(&store, "undone"));
}

/// Whether this is the first run of a change that may run again.
fn hears_first(told: &Mutex<Sender<()>>) -> bool {
    static RUNS: AtomicU64 = AtomicU64::new(0);
    told.lock().unwrap().send(()).unwrap();
    RUNS.fetch_add(1, Ordering::Relaxed) == 0
}

#[test]
fn what_a_commit_replaced_is_given_free_by_the_next_and_the_file_does_not_grow() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.redb");
    let store = Store::open(&file).unwrap();
    let length = || {
        for n in 0..200 {
            let kept: Result<(), StoreError> =
                store.write(move |tx| table::META.put(tx, &format!("{:02000}", n % 20), &n));
            kept.unwrap();
        }
        std::fs::metadata(&file).unwrap().len()
    };
    let first = length();
    assert_eq!((length(), length()), (first, first));
}
