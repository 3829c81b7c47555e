//! `fiddlehead export`: everything that a practice keeps into a file, without the program running. Notes stay sealed.

use std::fs::OpenOptions;
use std::io::BufWriter;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::open::DATA_FILE;
use crate::actions::keeping::takeout::{Form, write_unsealed};
use crate::platform::clock::Clock;
use crate::store::Store;

/// Writes the export; the name of the file says in which form.
///
/// # Errors
/// What went wrong, in words for the terminal.
pub(super) fn run(folder: &Path, out: &Path) -> Result<(), String> {
    let form = match out.extension().and_then(|end| end.to_str()) {
        Some("json") => Form::Json,
        Some("zip") => Form::Csv,
        _ => return Err(format!("{}: name it .json for one document or .zip for tables", out.display())),
    };
    let file = folder.join(DATA_FILE);
    let store = Store::open_existing(&file).map_err(|why| format!("{}: {why}", file.display()))?;
    let said = |why: &dyn std::fmt::Display| format!("{}: {why}", out.display());
    // It names clients: for its owner's eyes only. What stands there already is not overwritten.
    let to =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(out).map_err(|why| said(&why))?;
    write_unsealed(&store, Clock::System.now(), form, BufWriter::new(to)).map_err(|why| {
        let _ = std::fs::remove_file(out);
        format!("{}. Nothing is left there", said(&why))
    })?;
    println!("{}: everything but notes and pictures", out.display());
    Ok(())
}
