//! A copy of the whole data file as it stood at one instant, made while the program goes on: every table, row by row, from one
//! snapshot that no writer waits for.

use std::path::Path;

use redb::{Durability, TableHandle};

use super::{Store, StoreError, begin, beside, raw_named};

/// How many rows are written before the copy is committed, so that its memory stays bounded.
const ROWS: usize = 20_000;

/// Copies the store into a new file, which must not be there, and says how many rows were copied. `told` hears that number on
/// the way.
///
/// # Errors
/// [`StoreError`] if either file fails; what was written so far is of no use then.
pub fn copy(store: &Store, file: &Path, mut told: impl FnMut(u64)) -> Result<u64, StoreError> {
    let view = store.read()?;
    let from = view.transaction();
    if file.exists() {
        return Err(StoreError::File(format!("{} is there already", file.display()).into()));
    }
    begin(file)?;
    let mut into = beside(file).create(file)?;
    let mut copied = 0;
    for table in from.list_tables()? {
        let name = table.name();
        let rows = from.open_table(raw_named(name))?;
        let mut rows = rows.range::<&[u8]>(..)?;
        let mut over = false;
        while !over {
            let mut tx = into.begin_write()?;
            // Only the last commit has to be on the disk: before it the copy is of no use anyhow.
            tx.set_durability(Durability::None)?;
            {
                let mut target = tx.open_table(raw_named(name))?;
                for _ in 0..ROWS {
                    let Some(row) = rows.next() else {
                        over = true;
                        break;
                    };
                    let (key, value) = row?;
                    target.insert(key.value(), value.value())?;
                    copied += 1;
                }
            }
            tx.commit()?;
            told(copied);
        }
    }
    into.begin_write()?.commit()?;
    // Pages that only the way here has used lie between the others, and a file grows by doubling: a backup would carry all of that.
    into.compact()?;
    let mut last = into.begin_write()?;
    last.set_durability(Durability::Immediate)?;
    last.set_quick_repair(true);
    last.commit()?;
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::table::META;

    #[test]
    fn the_file_and_its_copies_are_read_by_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let store = Store::open(&at("data.redb")).unwrap();
        copy(&store, &at("copy.redb"), |_| ()).unwrap();
        for name in ["data.redb", "copy.redb"] {
            let mode = std::fs::metadata(at(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn a_copy_is_no_longer_than_what_is_in_it() {
        const COUNT: u64 = 3 * ROWS as u64;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("data.redb")).unwrap();
        let key = |number: u64| format!("{number:0200}");
        store.write(move |tx| (0..COUNT).try_for_each(|number| META.put(tx, &key(number), &number))).unwrap();
        let file = folder.path().join("copy.redb");
        assert!(copy(&store, &file, |_| {}).unwrap() >= COUNT);
        let held = COUNT * 208;
        let length = std::fs::metadata(&file).unwrap().len();
        assert!(length < held * 2, "{length} for {held}");
        let copied = Store::open_existing(&file).unwrap();
        assert_eq!(META.find(&copied.read().unwrap(), &key(COUNT - 1)).unwrap(), Some(COUNT - 1));
    }
}
