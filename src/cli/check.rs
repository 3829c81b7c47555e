//! `fiddlehead check`: verifies every invariant of the ledger, the books, the calendar and the papers, offline.

use std::path::Path;

use super::open::DATA_FILE;
use crate::actions::keeping::check;
use crate::platform::clock::Clock;
use crate::store::Store;

/// Checks the data file of a data directory and prints what was counted.
///
/// # Errors
/// What is wrong with it.
pub(super) fn run(folder: &Path) -> Result<(), String> {
    let file = folder.join(DATA_FILE);
    let store = Store::open_existing(&file).map_err(|why| format!("{}: {why}", file.display()))?;
    println!("{}: every page is whole", file.display());
    let report =
        check::check(&store, Clock::System.now()).map_err(|why| format!("{}: {why}", file.display()))?;
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
