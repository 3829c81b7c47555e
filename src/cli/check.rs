//! `fiddlehead check`: verifies every invariant of the ledger, the books, the calendar and the papers, offline.

use std::path::Path;

use super::open::DATA_FILE;
use crate::actions::audit;
use crate::actions::keeping::check;
use crate::actions::keeping::rotation::{self, Beside};
use crate::platform::clock::Clock;
use crate::store::{Store, StoreError};

/// Checks the data file of a data directory and prints what was counted.
///
/// # Errors
/// What is wrong with it.
pub(super) fn run(folder: &Path, head: Option<&str>) -> Result<(), String> {
    let head = head.map(|text| {
        audit::read(text)
            .ok_or_else(|| format!("{text}: is no fingerprint. It has 64 digits from 0 to f, as in the mail"))
    });
    let head = head.transpose()?;
    let file = folder.join(DATA_FILE);
    let store = Store::open_existing(&file).map_err(|why| format!("{}: {why}", file.display()))?;
    println!("{}: every page is whole", file.display());
    let words = |why: StoreError| format!("{}: {why}", file.display());
    let key = rotation::beside(folder, &store.read().map_err(words)?).map_err(|why| why.to_string())?;
    let mut report =
        check::check(&store, Clock::System.now()).map_err(|why| format!("{}: {why}", file.display()))?;
    if let Some(head) = head {
        match check::leads_to(&store.read().map_err(words)?, &head).map_err(words)? {
            Ok(number) => println!("  the audit log is as it was mailed, up to entry {number}"),
            Err(wrong) => report.wrong.push(wrong),
        }
    }
    match key {
        Beside::Right => println!("  the key beside it is the one that it is sealed with"),
        Beside::None => println!("  no instance.key is beside it: whether what is sealed opens was not looked at"),
        Beside::Unsaid => {}
        Beside::Another => report.wrong.push(format!(
            "{}/instance.key is not the key that these data are sealed with. Put the right one back, from the backup that they are from",
            folder.display()
        )),
    }
    for (what, count) in &report.counted {
        println!("  {count:>9} {what}");
    }
    for (currency, books) in &report.books {
        println!("  {currency}: {books}");
    }
    if report.wrong.is_empty() {
        println!("All sound.");
        return Ok(());
    }
    report.wrong.iter().for_each(|wrong| println!("  WRONG {wrong}"));
    Err(format!(
        "{} things are not as they must be. Keep a copy of {} and ask for help",
        report.wrong.len(),
        folder.display()
    ))
}
