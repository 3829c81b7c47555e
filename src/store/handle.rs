//! The open file behind everything. redb gives a handle up, reads included, once the disk has failed under it; what was acknowledged is
//! safe. So the handle can be replaced: whoever comes next opens the file anew, every page verified. And a write is refused
//! before the disk is full, as a disk that is full fails in the middle.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use redb::{Database, DatabaseError, ReadTransaction, ReadableDatabase as _, WriteTransaction};

use super::{StoreError, View};

/// What the file stands on, as far as writing is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// There is room.
    Firm,
    /// There is too little room to begin a change.
    Full,
    /// The disk can be read only.
    ReadOnly,
}

/// Looks after the disk under the file. It is asked before each commit, so it has to be quick.
pub trait Keeper: Send + Sync {
    /// How it stands now.
    fn ground(&self) -> Ground;

    /// Gives back what was kept for a bad hour, so that the file can be opened on a disk without room.
    fn relieve(&self);
}

/// How the file is opened anew.
pub(super) type Opener = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// How often it is tried to open a file that somebody still reads through the old handle, and the pause between.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// A change that has begun, and a view of what was there before it, which is to be kept until the change has ended. redb would
/// otherwise give the pages that a commit replaced free at once, in a second commit that it leaves in memory: more work for each, and every
/// page read from the disk until the next one then looks for itself among all that might wait to be written. This way the next commit
/// gives them free beside its own work.
pub(super) struct Begun {
    pub(super) transaction: WriteTransaction,
    pub(super) before: ReadTransaction,
}

pub(super) struct Handle {
    /// None while no handle works.
    database: RwLock<Option<Arc<Database>>>,
    /// Set by whoever met the failing disk.
    broken: Arc<AtomicBool>,
    opener: Opener,
    /// One opens it, the others wait.
    opening: Mutex<()>,
    keeper: OnceLock<Box<dyn Keeper>>,
}

impl Handle {
    pub(super) fn new(database: Database, opener: Opener) -> Self {
        Self {
            database: RwLock::new(Some(Arc::new(database))),
            broken: Arc::default(),
            opener,
            opening: Mutex::default(),
            keeper: OnceLock::new(),
        }
    }

    pub(super) fn keep_with(&self, keeper: Box<dyn Keeper>) {
        let _ = self.keeper.set(keeper);
    }

    /// Refuses a change for which there is no room.
    pub(super) fn ground(&self) -> Result<(), StoreError> {
        match self.keeper.get().map(|keeper| keeper.ground()) {
            Some(Ground::Full) => Err(StoreError::Full),
            Some(Ground::ReadOnly) => Err(StoreError::ReadOnly),
            Some(Ground::Firm) | None => Ok(()),
        }
    }

    /// Hears of every failure, so that a handle that was given up is replaced.
    pub(super) fn heard<T>(&self, outcome: Result<T, StoreError>) -> Result<T, StoreError> {
        if let Err(StoreError::Disk(_)) = &outcome {
            self.broken.store(true, Ordering::Release);
        }
        outcome
    }

    /// A handle that works.
    fn database(&self) -> Result<Arc<Database>, StoreError> {
        if !self.broken.load(Ordering::Acquire) {
            let database = self.database.read().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(database) = database {
                return Ok(database);
            }
        }
        self.open_anew()
    }

    pub(super) fn view(&self) -> Result<View, StoreError> {
        let transaction = self.begin(|database| Ok(database.begin_read()?))?;
        Ok(View::new(transaction, Arc::clone(&self.broken)))
    }

    pub(super) fn change(&self) -> Result<Begun, StoreError> {
        self.ground()?;
        self.begin(|database| {
            let before = database.begin_read()?;
            Ok(Begun { transaction: database.begin_write()?, before })
        })
    }

    /// Begins anew if the handle turns out to have been given up.
    fn begin<T>(&self, begin: impl Fn(&Database) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match self.heard(self.database().and_then(|database| begin(&database))) {
            Err(StoreError::Disk(_)) => self.heard(self.database().and_then(|database| begin(&database))),
            other => other,
        }
    }

    fn open_anew(&self) -> Result<Arc<Database>, StoreError> {
        let _turn = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        let mut place = self.database.write().unwrap_or_else(PoisonError::into_inner);
        if !self.broken.load(Ordering::Acquire)
            && let Some(database) = &*place
        {
            return Ok(Arc::clone(database));
        }
        // The file is free once the old handle and all that read through it are gone.
        *place = None;
        let opened = Arc::new(self.open()?);
        self.broken.store(false, Ordering::Release);
        *place = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn open(&self) -> Result<Database, StoreError> {
        let (mut tries, mut keeper) =
            (TRIES, self.keeper.get().filter(|keeper| keeper.ground() == Ground::Full));
        loop {
            match (self.opener)() {
                Ok(database) => return Ok(database),
                Err(DatabaseError::DatabaseAlreadyOpen) if tries > 0 => {
                    tries -= 1;
                    std::thread::sleep(PAUSE);
                }
                // Opening may have to write: what was left undone is repaired.
                Err(error) => keeper.take().ok_or(error)?.relieve(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Store, table};
    use std::io::{Error, ErrorKind};
    use std::sync::atomic::AtomicUsize;

    /// A disk that outlives the handles on it, and on which there is no room while it is told so.
    #[derive(Debug, Clone, Default)]
    struct Small {
        bytes: Arc<Mutex<Vec<u8>>>,
        is_full: Arc<AtomicBool>,
        opened: Arc<AtomicUsize>,
    }

    impl Small {
        fn write<T>(&self, act: impl FnOnce(&mut Vec<u8>) -> T) -> Result<T, Error> {
            if self.is_full.load(Ordering::SeqCst) {
                return Err(ErrorKind::StorageFull.into());
            }
            Ok(act(&mut self.bytes.lock().unwrap()))
        }

        fn fill(&self) {
            self.is_full.store(true, Ordering::SeqCst);
        }

        fn make_room(&self) {
            self.is_full.store(false, Ordering::SeqCst);
        }
    }

    impl redb::StorageBackend for Small {
        fn len(&self) -> Result<u64, Error> {
            Ok(self.bytes.lock().unwrap().len() as u64)
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), Error> {
            let at = usize::try_from(offset).unwrap();
            out.copy_from_slice(&self.bytes.lock().unwrap()[at..at + out.len()]);
            Ok(())
        }

        fn set_len(&self, len: u64) -> Result<(), Error> {
            self.write(|bytes| bytes.resize(usize::try_from(len).unwrap(), 0))
        }

        fn sync_data(&self) -> Result<(), Error> {
            self.write(|_| ())
        }

        fn write(&self, offset: u64, data: &[u8]) -> Result<(), Error> {
            let at = usize::try_from(offset).unwrap();
            self.write(|bytes| bytes[at..at + data.len()].copy_from_slice(data))
        }
    }

    fn on(disk: &Small) -> Store {
        let again = disk.clone();
        Store::on_backends(move || {
            again.opened.fetch_add(1, Ordering::SeqCst);
            again.clone()
        })
        .unwrap()
    }

    fn put(store: &Store, name: &'static str, value: u64) -> Result<(), StoreError> {
        store.write(move |tx| table::META.put(tx, &name.to_owned(), &value))
    }

    fn got(store: &Store, name: &str) -> Result<Option<u64>, StoreError> {
        table::META.find(&store.read()?, &name.to_owned())
    }

    #[test]
    fn a_disk_that_is_full_in_the_middle_loses_nothing_and_all_goes_on_when_there_is_room() {
        let disk = Small::default();
        let store = on(&disk);
        put(&store, "kept", 7).unwrap();
        disk.fill();
        assert!(matches!(put(&store, "lost", 8), Err(StoreError::Disk(_))));
        disk.make_room();
        assert_eq!((got(&store, "kept").unwrap(), got(&store, "lost").unwrap()), (Some(7), None));
        put(&store, "later", 9).unwrap();
        assert_eq!(got(&store, "later").unwrap(), Some(9));
        assert_eq!(disk.opened.load(Ordering::SeqCst), 2, "opened anew once");
    }

    #[test]
    fn a_change_by_itself_brings_the_file_back_too() {
        let disk = Small::default();
        let store = on(&disk);
        disk.fill();
        assert!(put(&store, "lost", 8).is_err());
        disk.make_room();
        put(&store, "later", 9).unwrap();
        assert_eq!(got(&store, "later").unwrap(), Some(9));
    }

    /// A disk with too little room by its own word, and what it kept aside.
    struct Careful {
        disk: Small,
        ground: Arc<Mutex<Ground>>,
        relieved: Arc<AtomicBool>,
    }

    impl Keeper for Careful {
        fn ground(&self) -> Ground {
            *self.ground.lock().unwrap()
        }

        fn relieve(&self) {
            self.disk.make_room();
            self.relieved.store(true, Ordering::SeqCst);
        }
    }

    #[test]
    fn a_change_is_refused_before_the_disk_is_full_while_reads_go_on() {
        let disk = Small::default();
        let store = on(&disk);
        put(&store, "kept", 7).unwrap();
        let ground = Arc::new(Mutex::new(Ground::Full));
        let relieved = Arc::new(AtomicBool::new(false));
        let keeper =
            Careful { disk: disk.clone(), ground: Arc::clone(&ground), relieved: Arc::clone(&relieved) };
        store.keep_with(Box::new(keeper));
        assert!(matches!(put(&store, "more", 8), Err(StoreError::Full)));
        *ground.lock().unwrap() = Ground::ReadOnly;
        assert!(matches!(put(&store, "more", 8), Err(StoreError::ReadOnly)));
        assert_eq!(got(&store, "kept").unwrap(), Some(7));
        *ground.lock().unwrap() = Ground::Firm;
        put(&store, "more", 8).unwrap();

        // Something else fills it in the middle of a change: what was kept aside is given back, and reads go on.
        disk.fill();
        assert!(matches!(put(&store, "lost", 9), Err(StoreError::Disk(_))));
        *ground.lock().unwrap() = Ground::Full;
        assert_eq!((got(&store, "more").unwrap(), got(&store, "lost").unwrap()), (Some(8), None));
        assert!(relieved.load(Ordering::SeqCst));
        assert!(matches!(put(&store, "lost", 9), Err(StoreError::Full)));
    }

    #[test]
    fn who_still_reads_the_old_file_is_told_and_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data.redb")).unwrap();
        put(&store, "kept", 7).unwrap();
        let old = store.read().unwrap();
        // As a page that met the failing disk would.
        old.broken.store(true, Ordering::SeqCst);
        assert_eq!(got(&store, "kept").unwrap(), Some(7));
        assert!(table::META.find(&old, &"kept".to_owned()).is_err(), "the old handle is closed");
        put(&store, "kept", 8).unwrap();
        assert_eq!(got(&store, "kept").unwrap(), Some(8));
    }
}
