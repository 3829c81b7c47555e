//! Dropping what is over and of no use: sign-in links and logins that ended a week ago. Messages stay, and how they read with
//! them: they are what a practice can show that it said. They go when their reader is erased, and what the data file still holds of that
//! is written over.

use crate::app::{App, DATA_FILE, Fault};
use crate::domain::time::{before, hours};
use crate::platform::disk;
use crate::store::people::{device, login};
use crate::store::{StoreError, scrub};

/// Drops what is over; says how much.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn prune(app: &App) -> Result<usize, Fault> {
    let until = before(app.clock.now(), hours(7 * 24));
    let now = app.clock.now();
    app.keep(move |tx| Ok(login::prune(tx, until)? + device::prune(tx, now)?))
}

/// What has to be free beside the length of the file: pages that the disk never had to keep are written for the first time perhaps, and
/// others write meanwhile.
const BESIDE: u64 = 4 * disk::TOO_LITTLE;

/// Writes over what the data file still holds of what was erased, where there is room for it.
///
/// # Errors
/// [`Fault`] if the file fails; it is tried again then.
pub fn write_over(app: &App) -> Result<(), Fault> {
    let Some(folder) = &app.machine.data_dir else { return Ok(()) };
    if !scrub::is_owed(&app.store.read()?)? {
        return Ok(());
    }
    let file = folder.join(DATA_FILE);
    let failed = |why: std::io::Error| StoreError::Disk(why.to_string().into());
    let length = std::fs::metadata(&file).map_err(failed)?.len();
    if disk::under(folder).map_err(failed)?.free < length.saturating_add(BESIDE) {
        tracing::warn!(
            "what was erased is not written over in the data file yet: the disk has too little room"
        );
        return Ok(());
    }
    if let Some(pages) = app.store.scrub(&file)? {
        tracing::info!(pages, "what was erased is written over in the data file");
    }
    Ok(())
}
