//! Dropping what is over and of no use: sign-in links and logins that ended a week ago. Messages stay, and how they read with
//! them: they are what a practice can show that it said. They go when their reader is erased, and what the data file still holds of that
//! is written over.

use crate::app::{App, DATA_FILE, Fault};
use crate::domain::time::{before, hours};
use crate::store::people::{device, login};

/// Drops what is over; says how much.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn prune(app: &App) -> Result<usize, Fault> {
    let until = before(app.clock.now(), hours(7 * 24));
    let now = app.clock.now();
    app.keep(move |tx| Ok(login::prune(tx, until)? + device::prune(tx, now)?))
}

/// Writes over what the data file still holds of what was erased.
///
/// # Errors
/// [`Fault`] if the file fails; it is tried again then.
pub fn write_over(app: &App) -> Result<(), Fault> {
    let Some(folder) = &app.machine.data_dir else { return Ok(()) };
    if let Some(pages) = app.store.scrub(&folder.join(DATA_FILE))? {
        tracing::info!(pages, "what was erased is written over in the data file");
    }
    Ok(())
}
