//! The one writer: a thread that takes all changes that wait, runs them in one transaction and commits once, so that
//! many bookings share one sync of the disk.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use redb::WriteTransaction;

use super::handle::{Begun, Handle};
use super::seen::Changes;
use super::{StoreError, Tx, access::Written};

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
    /// Whether a group is being run or committed.
    at_work: AtomicBool,
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

/// When a change is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// With the next group: somebody waits for it.
    Next,
    /// With the next group that is made anyway, or when none is for a moment.
    ByTheWay,
}

type Run = Box<dyn FnMut(&Tx<'_>) -> End + Send>;
type Told = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A change that waits: `run` may be called more than once; `told` hears once, after the commit, whether there was one.
struct Waiting {
    run: Run,
    told: Told,
    turn: Turn,
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
    pub(super) fn start(handle: Arc<Handle>, changes: Arc<Changes>, pause: Duration) -> Self {
        let (sender, receiver) = channel();
        let counts = Arc::new(Counts::default());
        let counting = Arc::clone(&counts);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || Serving { handle, changes, counts: counting, pause }.serve(&receiver))
            .expect("a thread can be started");
        Self(Arc::new(Door { changes: Some(sender), thread: Some(thread), counts }))
    }

    pub(super) fn commits(&self) -> Commits {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let Counts { all, shared, changes, .. } = &*self.0.counts;
        Commits { all: read(all), shared: read(shared), changes: read(changes) }
    }

    pub(super) fn is_at_work(&self) -> bool {
        self.0.counts.at_work.load(Ordering::Relaxed)
    }

    pub(super) fn run<T, E>(
        &self,
        change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
        turn: Turn,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let outcome = Arc::new(Mutex::new(None));
        let run = watched(change, Arc::clone(&outcome));
        result(self.wait(run, turn), &outcome)
    }

    /// The same without waiting.
    pub(super) fn run_and_tell<T, E>(
        &self,
        change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
        told: impl FnOnce(Result<T, E>) + Send + 'static,
    ) where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let outcome = Arc::new(Mutex::new(None));
        let run = watched(change, Arc::clone(&outcome));
        self.send(Waiting {
            run,
            told: Box::new(move |committed| told(result(committed, &outcome))),
            turn: Turn::Next,
        });
    }

    /// Waits for the commit. Apart from `run`, so that it is compiled once and not for each kind of change.
    fn wait(&self, run: Run, turn: Turn) -> Result<(), StoreError> {
        let (tells, hears) = channel();
        // Nobody listens if the asking thread has died; there is nobody to tell then.
        let told = Box::new(move |committed| drop(tells.send(committed)));
        self.send(Waiting { run, told, turn });
        hears.recv().unwrap_or(Err(StoreError::Closed))
    }

    fn send(&self, waiting: Waiting) {
        let refused = match &self.0.changes {
            Some(changes) => changes.send(waiting).err().map(|back| back.0),
            None => Some(waiting),
        };
        if let Some(waiting) = refused {
            (waiting.told)(Err(StoreError::Closed));
        }
    }
}

type Outcome<T, E> = Arc<Mutex<Option<Result<T, E>>>>;

/// A change whose result is kept and whose panic is caught.
fn watched<T, E>(
    mut change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    outcome: Outcome<T, E>,
) -> Run
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    Box::new(move |tx: &Tx<'_>| {
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
    })
}

fn result<T, E: From<StoreError>>(
    committed: Result<(), StoreError>,
    outcome: &Mutex<Option<Result<T, E>>>,
) -> Result<T, E> {
    let result = outcome.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (committed, result) {
        (Ok(()), Some(result)) | (Err(_), Some(result @ Err(_))) => result,
        (Ok(()), None) => Err(E::from(StoreError::Closed)),
        (Err(fault), _) => Err(E::from(fault)),
    }
}

/// What the writer thread has.
struct Serving {
    handle: Arc<Handle>,
    changes: Arc<Changes>,
    counts: Arc<Counts>,
    /// For how long changes that nobody waits for wait for others.
    pause: Duration,
}

/// A transaction that ended without a fault: with a commit, or undone because of a change that wrote and failed.
enum Ended {
    Kept,
    Undone,
}

impl Serving {
    fn serve(&self, waiting: &Receiver<Waiting>) {
        // What nobody waits for, held back while somebody may come with whom it can share a commit.
        let mut later = VecDeque::new();
        let mut group = Vec::new();
        let mut pause = Duration::ZERO;
        loop {
            let next = match later.len() {
                0 => waiting.recv().map_err(|_| RecvTimeoutError::Disconnected),
                1..GROUP if !pause.is_zero() => waiting.recv_timeout(pause),
                _ => Err(RecvTimeoutError::Timeout),
            };
            match next {
                Ok(one) if one.turn == Turn::ByTheWay => {
                    later.push_back(one);
                    continue;
                }
                Ok(one) => group.push(one),
                Err(RecvTimeoutError::Disconnected) if later.is_empty() => return,
                Err(_) => {}
            }
            // Who comes, often comes again; after a moment of quiet there is nobody to wait for.
            pause = if group.is_empty() { Duration::ZERO } else { self.pause };
            self.counts.at_work.store(true, Ordering::Relaxed);
            self.commit_together(&mut group, &mut later, waiting);
            self.counts.at_work.store(false, Ordering::Relaxed);
        }
    }

    fn begin(&self) -> Result<Begun, StoreError> {
        let mut begun = self.handle.change()?;
        // Two-phase commits survive disks that tear with garbage, and a start after a power cut reads no whole file.
        begun.transaction.set_quick_repair(true);
        Ok(begun)
    }

    /// Runs a group in one transaction, with those who come while it runs and those who waited for company; if one must be undone, each
    /// runs alone.
    fn commit_together(
        &self,
        group: &mut Vec<Waiting>,
        later: &mut VecDeque<Waiting>,
        waiting: &Receiver<Waiting>,
    ) {
        let committed = self.handle.heard(self.begin().and_then(|Begun { transaction, before: _before }| {
            let ended = self.run(&transaction, group, later, waiting);
            match ended {
                Some(0) | None => transaction.abort()?,
                Some(changes) => {
                    transaction.commit()?;
                    self.counts.committed(changes);
                }
            }
            Ok(if ended.is_some() { Ended::Kept } else { Ended::Undone })
        }));
        self.changes.ended();
        match committed {
            Ok(Ended::Kept) => group.drain(..).for_each(|one| (one.told)(Ok(()))),
            Ok(Ended::Undone) => group.drain(..).for_each(|one| self.commit_alone(one)),
            Err(fault) => {
                // Those who were not reached yet hear it too, rather than try a disk that has just failed.
                group.extend(later.drain(..));
                group.drain(..).for_each(|one| (one.told)(Err(fault.clone())));
            }
        }
    }

    /// Runs them all and says how many are to be kept; none if all must be undone.
    fn run(
        &self,
        transaction: &WriteTransaction,
        group: &mut Vec<Waiting>,
        later: &mut VecDeque<Waiting>,
        waiting: &Receiver<Waiting>,
    ) -> Option<u64> {
        let tx = Tx::new(transaction, &self.changes);
        let (mut at, mut keep) = (0, 0);
        loop {
            for one in waiting.try_iter().take(GROUP.saturating_sub(group.len())) {
                match one.turn {
                    Turn::Next => group.push(one),
                    Turn::ByTheWay => later.push_back(one),
                }
            }
            if at == group.len() {
                // Nobody who waits is left: now those who do not.
                let room = GROUP.saturating_sub(group.len()).min(later.len());
                group.extend(later.drain(..room));
            }
            let Some(one) = group.get_mut(at) else { return Some(keep) };
            match (one.run)(&tx) {
                End::Keep => keep += 1,
                End::Clean => {}
                End::Undo => return None,
            }
            at += 1;
        }
    }

    fn commit_alone(&self, mut waiting: Waiting) {
        let committed = self.handle.heard(self.begin().and_then(|Begun { transaction, before: _before }| {
            let end = (waiting.run)(&Tx::new(&transaction, &self.changes));
            match end {
                End::Keep => {
                    transaction.commit()?;
                    self.counts.committed(1);
                    Ok(())
                }
                End::Clean | End::Undo => Ok(transaction.abort()?),
            }
        }));
        self.changes.ended();
        (waiting.told)(committed);
    }
}

#[cfg(test)]
mod tests;
