//! `fiddlehead rotate-key`: another instance key, with everything that was sealed under the old one sealed anew.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::{Environment, Settings, open};
use crate::actions::keeping::rotation::{self, Rotated, Sealed};
use crate::platform::config::Config;

/// Changes the key.
///
/// # Errors
/// What kept it from that, in words for the terminal; the old key goes on then.
pub(super) fn run(
    settings: &Settings,
    data: Option<PathBuf>,
    environment: Environment,
) -> Result<(), String> {
    let loaded = settings.load(environment)?;
    let config = Config { data_dir: data.unwrap_or(loaded.config.data_dir.clone()), ..loaded.config };
    if !config.data_dir.join(open::DATA_FILE).exists() {
        return Err(format!("{}: no data file is there. Name the right data_dir", config.data_dir.display()));
    }
    let app = open::app(&config)?;
    let rotated = rotation::rotate(&app).map_err(|why| format!("{why}. The old key goes on"));
    open::give_to_owner(&config.data_dir)?;
    let rotated = rotated?;
    print!("{}", words(&rotated));
    Ok(())
}

fn words(rotated: &Rotated) -> String {
    let Rotated { copy, old_key, sealed, sign_in_lines } = rotated;
    let Sealed { notes, calendars, feeds, accounts, places, factors } = sealed;
    let mut text = format!(
        "There is a new key. Sealed anew with it: {notes} notes, {calendars} other calendars, {feeds} feeds, {accounts} own \
         accounts, {places} places for backups, {factors} second factors.\n\n\
         What to know:\n\
         - The data as they were are kept in {}, and the old key in {}. This copy, and every snapshot from before now, opens with \
         the old key only; `rollback` to one of them finds it there. Once you need none of them, delete the old key: what was \
         sealed in them can be read by nobody then.\n\
         - Backups from before now hold the old key themselves, and still open with the recovery kit. If somebody has seen the \
         kit, print a new one at the desk, under Backups, and delete the old backups.\n\
         - Links to unsubscribe in mails that were sent before now no longer work.\n",
        copy.display(),
        old_key.display(),
    );
    for (name, line) in sign_in_lines {
        let _ = write!(
            text,
            "- The server of “{}” has to be told the new key that we sign in with, or no backup gets there. Put this line into \
             authorized_keys there, in place of the old one:\n  {}\n",
            name.as_str(),
            line.as_str()
        );
    }
    text.push_str("- Start the program (systemctl start fiddlehead), and ask for a backup at the desk, under Backups.\n");
    text
}
