//! `fiddlehead rollback`: back to the data as they were before an upgrade.

use std::path::Path;

use super::open::{self, DATA_FILE};
use crate::actions::keeping::snapshot;
use crate::actions::keeping::upgrade::{self, RolledBack};
use crate::app::Fault;
use crate::platform::clock::Clock;

/// Shows what one can go back to.
///
/// # Errors
/// That the folder of copies cannot be read.
pub(super) fn list(folder: &Path) -> Result<(), String> {
    let mut ways = upgrade::ways_back(&folder.join(DATA_FILE)).map_err(|why| why.to_string())?;
    ways.extend(snapshot::list(&folder.join(snapshot::FOLDER)).map_err(|why| why.to_string())?);
    ways.sort_unstable_by(|a, b| b.cmp(a));
    if ways.is_empty() {
        println!(
            "There is nothing to go back to: there are no snapshots, and no other version has written to these data."
        );
    }
    ways.iter().for_each(|(made_at, path)| println!("{made_at}  {}", path.display()));
    Ok(())
}

/// Goes back, to the newest copy from before an upgrade if none is named.
///
/// # Errors
/// What kept it from that, in words for the terminal; nothing has changed then.
pub(super) fn run(folder: &Path, to: Option<&Path>) -> Result<(), String> {
    let file = folder.join(DATA_FILE);
    let back = upgrade::roll_back(&file, to, Clock::System.now())
        .map_err(|why: Fault| format!("{}: {why}. Nothing was changed", to.unwrap_or(&file).display()))?;
    println!("{}", words(&back, folder));
    open::give_to_owner(folder)
}

fn words(back: &RolledBack, folder: &Path) -> String {
    let aside = back.aside.as_ref().map_or_else(String::new, |aside| {
        format!(
            "What it was until now is kept: {0}\n(to have that again: fiddlehead rollback --data {1} --to {0})\n",
            aside.display(),
            folder.display()
        )
    });
    let another = back.version.as_ref().filter(|version| version.as_str() != upgrade::VERSION);
    let version = another.map_or_else(String::new, |version| {
        format!("Version {version} wrote them. Install that one before you start it, or this one brings them up again.\n")
    });
    format!(
        "The data are as they were at {}. What happened since is not in them.\n{aside}{version}\
         Nothing is sent until you say so at the desk: sign in and read the line at the top.",
        back.made_at
    )
}
