//! Dropping what is over and of no use: sign-in links and logins that ended a week ago. Messages stay, and how they read with
//! them: they are what a practice can show that it said. They go when their reader is erased.

use crate::app::{App, Fault};
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
