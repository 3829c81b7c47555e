//! The one writer: a thread that takes all changes that wait, runs them in one transaction and commits once, so that
//! many bookings share one sync of the disk.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use redb::WriteTransaction;

use super::handle::Handle;
use super::{StoreError, Tx, Written};

/// The most changes that share one commit.
const GROUP: usize = 512;

/// How much was written since the file was opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Commits {
    /// How many commits there were.
    pub all: u64,
    /// How many of them were shared by several changes.
    pub shared: u64,
    /// How many changes there were in all.
    pub changes: u64,
}

#[derive(Debug, Default)]
struct Counts {
    all: AtomicU64,
    shared: AtomicU64,
    changes: AtomicU64,
}

impl Counts {
    fn committed(&self, changes: u64) {
        self.all.fetch_add(1, Ordering::Relaxed);
        self.shared.fetch_add(u64::from(changes > 1), Ordering::Relaxed);
        self.changes.fetch_add(changes, Ordering::Relaxed);
    }
}

/// What became of one run of a change.
enum End {
    /// It succeeded; keep what it wrote.
    Keep,
    /// It failed and wrote nothing.
    Clean,
    /// It failed and wrote something; the transaction must be undone.
    Undo,
}

/// A change that waits: `run` may be called more than once; `told` hears once, after the commit, whether there was one.
struct Waiting {
    run: Box<dyn FnMut(&Tx<'_>) -> End + Send>,
    told: Sender<Result<(), StoreError>>,
}

impl Waiting {
    fn tell(self, committed: Result<(), StoreError>) {
        // Nobody listens if the asking thread has died; there is nobody to tell then.
        let _ = self.told.send(committed);
    }
}

/// The door to the writer thread. When the last one is dropped the thread ends, and it is waited for: the file is free from then on.
#[derive(Clone)]
pub(super) struct Writer(Arc<Door>);

struct Door {
    changes: Option<Sender<Waiting>>,
    thread: Option<JoinHandle<()>>,
    counts: Arc<Counts>,
}

impl Drop for Door {
    fn drop(&mut self) {
        drop(self.changes.take());
        // A change that holds the last door is dropped by the thread itself, which cannot wait for its own end.
        let thread = self.thread.take().filter(|thread| thread.thread().id() != std::thread::current().id());
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Writer {
    pub(super) fn start(handle: Arc<Handle>) -> Self {
        let (sender, receiver) = channel();
        let counts = Arc::new(Counts::default());
        let counting = Arc::clone(&counts);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || serve(&handle, &receiver, &counting))
            .expect("a thread can be started");
        Self(Arc::new(Door { changes: Some(sender), thread: Some(thread), counts }))
    }

    pub(super) fn commits(&self) -> Commits {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let Counts { all, shared, changes } = &*self.0.counts;
        Commits { all: read(all), shared: read(shared), changes: read(changes) }
    }

    pub(super) fn run<T, E>(
        &self,
        mut change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let outcome = Arc::new(Mutex::new(None));
        let kept = Arc::clone(&outcome);
        let run = move |tx: &Tx<'_>| {
            tx.written.set(Written::Nothing);
            let result = catch_unwind(AssertUnwindSafe(|| change(tx))).unwrap_or_else(|_| {
                // What it wrote before it broke off cannot be known to be nothing.
                tx.written.set(Written::Something);
                Err(E::from(StoreError::Panicked))
            });
            let end = match (&result, tx.written.get()) {
                (Ok(_), _) => End::Keep,
                (Err(_), Written::Nothing) => End::Clean,
                (Err(_), Written::Something) => End::Undo,
            };
            *outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
            end
        };
        let committed = self.wait(Box::new(run));
        let result = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (committed, result) {
            (Ok(()), Some(result)) | (Err(_), Some(result @ Err(_))) => result,
            (Ok(()), None) => Err(E::from(StoreError::Closed)),
            (Err(fault), _) => Err(E::from(fault)),
        }
    }

    /// Waits for the commit. Apart from `run`, so that it is compiled once and not for each kind of change.
    fn wait(&self, run: Box<dyn FnMut(&Tx<'_>) -> End + Send>) -> Result<(), StoreError> {
        let (told, hears) = channel();
        let changes = self.0.changes.as_ref().ok_or(StoreError::Closed)?;
        changes.send(Waiting { run, told }).map_err(|_| StoreError::Closed)?;
        hears.recv().unwrap_or(Err(StoreError::Closed))
    }
}

fn serve(handle: &Handle, changes: &Receiver<Waiting>, counts: &Counts) {
    while let Ok(first) = changes.recv() {
        let mut group = vec![first];
        group.extend(changes.try_iter().take(GROUP - 1));
        commit_together(handle, group, counts);
    }
}

fn begin(handle: &Handle) -> Result<WriteTransaction, StoreError> {
    let mut transaction = handle.change()?;
    // Two-phase commits survive disks that tear with garbage, and a start after a power cut reads no whole file.
    transaction.set_quick_repair(true);
    Ok(transaction)
}

/// Runs a group in one transaction; if one must be undone, each runs alone.
fn commit_together(handle: &Handle, mut group: Vec<Waiting>, counts: &Counts) {
    let committed = handle.heard(begin(handle).and_then(|transaction| {
        let mut keep = 0;
        for waiting in &mut group {
            match (waiting.run)(&Tx { inner: &transaction, written: Written::Nothing.into() }) {
                End::Keep => keep += 1,
                End::Clean => {}
                End::Undo => {
                    transaction.abort()?;
                    return Ok(None);
                }
            }
        }
        if keep > 0 {
            transaction.commit()?;
            counts.committed(keep);
        } else {
            transaction.abort()?;
        }
        Ok(Some(()))
    }));
    match committed {
        Ok(Some(())) => group.into_iter().for_each(|waiting| waiting.tell(Ok(()))),
        Ok(None) => group.into_iter().for_each(|waiting| commit_alone(handle, waiting, counts)),
        Err(fault) => group.into_iter().for_each(|waiting| waiting.tell(Err(fault.clone()))),
    }
}

fn commit_alone(handle: &Handle, mut waiting: Waiting, counts: &Counts) {
    let committed = handle.heard(begin(handle).and_then(|transaction| {
        match (waiting.run)(&Tx { inner: &transaction, written: Written::Nothing.into() }) {
            End::Keep => {
                transaction.commit()?;
                counts.committed(1);
                Ok(())
            }
            End::Clean | End::Undo => Ok(transaction.abort()?),
        }
    }));
    waiting.tell(committed);
}
