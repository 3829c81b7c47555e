//! Writing over what the file still holds of rows that are gone. A page that is given up keeps its bytes until it is used again, which may
//! be never: whoever has the file could read an erased client's name, and the key of her notes, out of it.

use std::ops::ControlFlow;
use std::path::Path;

use super::table::META;
use super::{Read, Store, StoreError, Tx};

/// A table of nothing, which is there only meanwhile.
const TABLE: &str = "scrub";
/// Longer than half a page, so that each such row takes a page of its own.
const NOTHING: [u8; 3_000] = [0; 3_000];
/// How many are written in one commit: others write between.
const AT_ONCE: u64 = 1_000;
/// How many of them until the length of the file is looked at.
const LOOK: u64 = 16;
/// What in the file says how often it is still to be written over. What somebody read meanwhile is not given up the first time.
const OWED: &str = "scrub";
const TIMES: u64 = 2;

/// Has what is removed in this transaction written over soon.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn ask(tx: &Tx<'_>) -> Result<(), StoreError> {
    META.put(tx, &OWED.to_owned(), &TIMES)
}

/// Whether something is to be written over.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_owed(read: &impl Read) -> Result<bool, StoreError> {
    Ok(META.find(read, &OWED.to_owned())?.is_some_and(|times| times > 0))
}

impl Store {
    /// Writes over every page of the file that holds nothing any more, if that is owed; says how many pages there were.
    ///
    /// # Errors
    /// [`StoreError`] if the file fails; it is still owed then.
    pub fn scrub(&self, file: &Path) -> Result<Option<u64>, StoreError> {
        if !is_owed(&self.read()?)? {
            return Ok(None);
        }
        // What the last changes gave up is free for use only after another.
        for _ in 0..2 {
            self.write(|tx| tx.drop_table(TABLE))?;
        }
        let length = {
            let file = file.to_owned();
            move || {
                std::fs::metadata(&file)
                    .map(|found| found.len())
                    .map_err(|why| StoreError::Disk(why.to_string().into()))
            }
        };
        let before = length()?;
        // Each page of the file once, and no more: whatever happens, this ends.
        let most = before / 4_096 + AT_ONCE;
        let (mut next, mut grown) = (0, ControlFlow::Continue(()));
        while grown.is_continue() && next < most {
            let (from, length) = (next, length.clone());
            grown = self.write(move |tx| -> Result<ControlFlow<()>, StoreError> {
                for number in from..from + AT_ONCE {
                    tx.put_bytes(TABLE, &number.to_be_bytes(), &NOTHING, |_| ())?;
                    // It grows when no free page is left in it.
                    if number % LOOK == 0 && length()? > before {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
            next += AT_ONCE;
        }
        // What it grew by is given back as others were: bit by bit.
        for _ in 0..4 {
            self.write(|tx| tx.drop_table(TABLE))?;
        }
        self.write(|tx| -> Result<(), StoreError> {
            let times = META.find(tx, &OWED.to_owned())?.unwrap_or_default();
            META.put(tx, &OWED.to_owned(), &times.saturating_sub(1))
        })?;
        Ok(Some(next))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "a sparrowhawk at the window";

    fn found(file: &Path) -> usize {
        let bytes = std::fs::read(file).unwrap();
        bytes.windows(WORDS.len()).filter(|some| *some == WORDS.as_bytes()).count()
    }

    #[test]
    fn what_is_removed_is_gone_from_the_file_itself_and_the_rest_is_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data.redb");
        let store = Store::open(&file).unwrap();
        let key = |number: u64| format!("{number:06} {WORDS}");
        let kept = |number: u64| format!("{number:06} kept {}", "x".repeat(300));
        let put = move |tx: &Tx<'_>| -> Result<(), StoreError> {
            (0..3_000).try_for_each(|number| META.put(tx, &key(number), &number))?;
            (0..3_000).try_for_each(|number| META.put(tx, &kept(number), &number))
        };
        store.write(put).unwrap();
        store.write(|tx| META.put(tx, &"alone".to_owned(), &7)).unwrap();
        assert_eq!(store.scrub(&file).unwrap(), None, "nothing is owed");
        let remove = move |tx: &Tx<'_>| -> Result<(), StoreError> {
            ask(tx)?;
            (0..3_000).try_for_each(|number| META.remove(tx, &key(number)))
        };
        store.write(remove).unwrap();
        assert!(found(&file) > 0, "a file forgets nothing by itself");
        let before = std::fs::metadata(&file).unwrap().len();
        for _ in 0..TIMES {
            assert!(store.scrub(&file).unwrap().is_some());
        }
        assert_eq!(found(&file), 0);
        assert_eq!(store.scrub(&file).unwrap(), None, "nothing is owed any more");
        let read = store.read().unwrap();
        assert!((0..3_000).all(|number| META.find(&read, &kept(number)).unwrap() == Some(number)));
        assert_eq!(META.find(&read, &"alone".to_owned()).unwrap(), Some(7));
        drop((read, store));
        let length = std::fs::metadata(&file).unwrap().len();
        assert!(length <= before * 3, "it is not left much longer: {length} after {before}");
        let again = Store::open(&file).unwrap();
        assert_eq!(META.find(&again.read().unwrap(), &kept(2_999)).unwrap(), Some(2_999));
    }
}
