//! Formats of the data file and the way from each to the next. A file is looked at before it is used, so that a copy can be kept
//! before anything in it changes.

mod ledgers;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use redb::Database;

use super::handle::{Handle, Opener};
use super::seen::Changes;
use super::writer::{Turn, Writer};
use super::{FORMAT, PAUSE, Store, StoreError, Tx, anew, for_file, table};

/// Brings a file from one format to the next, in the transaction that notes the new one.
pub type Step = fn(&Tx<'_>) -> Result<(), StoreError>;

/// The steps of all formats there were: the first leads from format 1 to 2. The newest format is one more than there are.
pub const STEPS: &[Step] = &[ledgers::to_their_practitioners];

/// The names of what is kept about the file itself.
const FORMAT_ROW: &str = "format";
const VERSION_ROW: &str = "version";

/// The number of a version, so that it can be kept in a row of numbers: 1.2.3 is 1 002 003.
#[must_use]
pub fn number(version: &str) -> u64 {
    let part =
        |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or(0);
    version.splitn(3, '.').fold(0, |number, text| number * 1_000 + part(text))
}

/// A version from its number.
#[must_use]
pub fn name(number: u64) -> String {
    format!("{}.{}.{}", number / 1_000_000, number / 1_000 % 1_000, number % 1_000)
}

/// A data file that was opened, and in which nothing has changed yet.
pub struct Opened {
    pub(super) handle: Handle,
    /// For how long changes that nobody waits for wait for others.
    pub(super) pause: Duration,
    /// Its format; none if it was made this moment.
    pub format: Option<u64>,
    /// The number of the version that wrote to it last; none if that kept no such note.
    pub version: Option<u64>,
}

impl Opened {
    /// Opens a file that must be there; every page is verified.
    ///
    /// # Errors
    /// [`StoreError`] if it is not there, damaged or in use, but not if it is of another format.
    pub fn at(file: &Path) -> Result<Self, StoreError> {
        Ok(Self { pause: PAUSE, ..Self::of(for_file(file).open(file)?, anew(file))? })
    }

    pub(super) fn of(database: Database, opener: Opener) -> Result<Self, StoreError> {
        let handle = Handle::new(database, opener);
        let view = handle.view()?;
        let format = table::META.find(&view, &FORMAT_ROW.to_owned())?;
        let version = table::META.find(&view, &VERSION_ROW.to_owned())?;
        drop(view);
        Ok(Self { handle, pause: Duration::ZERO, format, version })
    }

    /// The store, if its format is the one that is known. A file that was made this moment is of that format.
    ///
    /// # Errors
    /// [`StoreError::Newer`] or [`StoreError::Older`].
    pub fn store(self) -> Result<Store, StoreError> {
        match self.format {
            Some(found) if found > FORMAT => return Err(StoreError::Newer { found }),
            Some(found) if found < FORMAT => return Err(StoreError::Older { found }),
            _ => {}
        }
        let handle = Arc::new(self.handle);
        let changes = Arc::new(Changes::default());
        let writer = Writer::start(Arc::clone(&handle), Arc::clone(&changes), self.pause);
        let store = Store { writer, handle, changes };
        if self.format.is_none() {
            store.write(|tx| table::META.put(tx, &FORMAT_ROW.to_owned(), &FORMAT))?;
        }
        Ok(store)
    }

    /// Takes all the steps that are missing, in one transaction: the file is of the old format or of the new one, whenever the power
    /// goes. Keep a copy before.
    ///
    /// # Errors
    /// [`StoreError::Newer`], or what a step says; nothing has changed then.
    pub fn bring_up(self, steps: &'static [Step]) -> Result<Self, StoreError> {
        let newest = 1 + steps.len() as u64;
        let found = match self.format {
            Some(found) if found > newest => return Err(StoreError::Newer { found }),
            Some(found) if found < newest => found,
            _ => return Ok(self),
        };
        let taken = usize::try_from(found.saturating_sub(1)).unwrap_or(usize::MAX);
        let opened = self.change(move |tx| {
            steps.iter().skip(taken).try_for_each(|step| step(tx))?;
            table::META.put(tx, &FORMAT_ROW.to_owned(), &newest)
        })?;
        Ok(Self { format: Some(newest), ..opened })
    }

    /// Writes to a file of whatever format: only what all formats have alike, such as the audit log and the hold.
    ///
    /// # Errors
    /// What the closure returned; nothing has changed then.
    pub fn change(
        self,
        change: impl FnMut(&Tx<'_>) -> Result<(), StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let Self { handle, pause, format, version } = self;
        let handle = Arc::new(handle);
        // Its writer is gone at the end of this line, and the handle is ours alone again.
        Writer::start(Arc::clone(&handle), Arc::default(), pause).run(change, Turn::Next)?;
        let handle = Arc::into_inner(handle).ok_or(StoreError::Closed)?;
        Ok(Self { handle, pause, format, version })
    }
}

/// Notes which version writes to the file from now on.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn note_version(tx: &Tx<'_>, number: u64) -> Result<(), StoreError> {
    table::META.put(tx, &VERSION_ROW.to_owned(), &number)
}

/// Has a file say that it is of another format.
#[cfg(test)]
pub(crate) fn of_format(file: &Path, format: u64) {
    let opened = Opened::at(file).unwrap();
    opened.change(move |tx| table::META.put(tx, &FORMAT_ROW.to_owned(), &format)).map(drop).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: &[Step] = &[
        |tx| table::META.put(tx, &"first".to_owned(), &1),
        |tx| {
            let first = table::META.find(tx, &"first".to_owned())?;
            table::META.put(tx, &"second".to_owned(), &(first.unwrap_or(40) + 1))
        },
    ];
    const BROKEN: &[Step] = &[
        |tx| table::META.put(tx, &"first".to_owned(), &1),
        |_| Err(StoreError::File("a step that fails".into())),
    ];

    fn meta(file: &Path, name: &str) -> Option<u64> {
        let opened = Opened::at(file).unwrap();
        table::META.find(&opened.handle.view().unwrap(), &name.to_owned()).unwrap()
    }

    fn made(folder: &tempfile::TempDir) -> std::path::PathBuf {
        let file = folder.path().join("data.redb");
        drop(Store::open(&file).unwrap());
        of_format(&file, 1);
        file
    }

    #[test]
    fn all_missing_steps_are_taken_in_their_order_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        let opened = Opened::at(&file).unwrap().bring_up(LATER).unwrap();
        assert_eq!(opened.format, Some(3));
        drop(opened);
        assert_eq!(
            (meta(&file, "first"), meta(&file, "second"), meta(&file, "format")),
            (Some(1), Some(2), Some(3))
        );
        Opened::at(&file).unwrap().bring_up(LATER).unwrap();
        assert_eq!(meta(&file, "second"), Some(2));
    }

    #[test]
    fn a_file_that_is_one_step_behind_takes_only_that() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        Opened::at(&file).unwrap().bring_up(&LATER[..1]).unwrap();
        assert_eq!(meta(&file, "format"), Some(2));
        Opened::at(&file).unwrap().bring_up(LATER).unwrap();
        assert_eq!((meta(&file, "second"), meta(&file, "format")), (Some(2), Some(3)));
    }

    #[test]
    fn a_step_that_fails_leaves_the_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        Opened::at(&file).unwrap().bring_up(BROKEN).map(drop).unwrap_err();
        assert_eq!((meta(&file, "first"), meta(&file, "format")), (None, Some(1)));
        assert!(matches!(Store::open(&file), Err(StoreError::Older { found: 1 })));
    }

    #[test]
    fn an_older_program_refuses_a_file_that_was_brought_up() {
        let folder = tempfile::tempdir().unwrap();
        let file = made(&folder);
        Opened::at(&file).unwrap().bring_up(LATER).unwrap();
        assert!(matches!(Store::open(&file), Err(StoreError::Newer { found: 3 })));
        assert!(matches!(Opened::at(&file).unwrap().bring_up(&[]), Err(StoreError::Newer { found: 3 })));
    }

    #[test]
    fn versions_are_numbers_and_back() {
        assert_eq!(number("1.2.3"), 1_002_003);
        assert_eq!(number("0.10.0-beta.2"), 10_000);
        assert_eq!(name(number("0.10.7")), "0.10.7");
    }
}
