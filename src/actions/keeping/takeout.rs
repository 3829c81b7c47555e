//! Everything that the practice keeps, to take away: one JSON document, or a zip of CSV tables, from the same sheets.
//! What each sheet and column means stands beside it and in `packaging/export.md`. It is written as it is read, sheet by
//! sheet, from one view of the store, so that it is of one instant.
//!
//! Not in it: passwords and other secrets, other practitioners' notes, and what `left_out.rs` names.

mod business;
mod calendars;
mod left_out;
mod offers;
mod people;

use std::io::{self, Write};

use serde_json::{Map, json};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::export::Notes;
use crate::app::{App, Fault};
use crate::domain::id::PractitionerId;
use crate::domain::money::Money;
use crate::domain::time::{Timestamp, Zone};
use crate::platform::seal::InstanceKey;
use crate::store::{Store, View};
use crate::views::csv::{Cell, Table};

/// Counts up when a sheet or column changes its meaning or goes; new ones do not change it.
pub const VERSION: u32 = 1;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Words, names, identifiers.
    Text(String),
    /// An amount in major units; the currency has a column of its own.
    Amount(Money),
    /// A whole number.
    Number(u64),
    /// Yes or no.
    Is(bool),
    /// An instant, in UTC.
    At(Timestamp),
    /// A local date.
    On(jiff::civil::Date),
    /// Nothing.
    None,
}

impl Value {
    fn text(text: impl ToString) -> Self {
        Self::Text(text.to_string())
    }

    fn some(text: Option<impl ToString>) -> Self {
        text.map_or(Self::None, |text| Self::Text(text.to_string()))
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Amount(amount) => json!(amount.digits()),
            Self::Number(number) => json!(number),
            Self::Is(is) => json!(is),
            Self::At(at) => json!(at.to_string()),
            Self::On(on) => json!(on.to_string()),
            Self::None => serde_json::Value::Null,
        }
    }
}

/// The rows of a sheet, if they could be read.
type Rows = Result<Vec<Vec<Value>>, Fault>;

/// A column: its name and what it means.
type Column = (&'static str, &'static str);

/// What a sheet is written from.
struct Source<'a> {
    read: &'a View,
    /// Whose notes go along, and the key that opens them, if any do.
    notes_of: Option<(PractitionerId, &'a InstanceKey)>,
    now: Timestamp,
}

/// A table of the export.
struct Sheet {
    name: &'static str,
    about: &'static str,
    columns: &'static [Column],
    rows: fn(&Source<'_>) -> Rows,
}

/// Every sheet, in the order in which they are written.
const SHEETS: &[&Sheet] = &[
    &people::PRACTICE,
    &people::PRACTITIONERS,
    &people::INVITATIONS,
    &people::ACCOUNTS,
    &calendars::HOURS,
    &calendars::DATES,
    &calendars::RHYTHM,
    &calendars::TIME_OFF,
    &calendars::OUTSIDES,
    &calendars::FEEDS,
    &offers::PACKAGES,
    &offers::VERSIONS,
    &people::CLIENTS,
    &people::CLIENTS_OF,
    &people::IMPORTS,
    &business::PURCHASES,
    &calendars::FIRST_TIMES,
    &business::PAYMENTS,
    &business::RECEIPTS,
    &business::REFUNDS,
    &business::DISPUTES,
    &business::CREDITS,
    &business::LEDGER,
    &business::SESSIONS,
    &people::MESSAGES,
    &people::WORDS,
    &people::OPT_OUTS,
    &people::NOTES,
];

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON document.
    Json,
    /// A zip with a CSV file for each sheet.
    Csv,
}

/// Writes everything, for the owner: with the notes that she wrote, if she wants them.
///
/// # Errors
/// [`Fault`] if the file cannot be read or the output does not take it.
pub fn write(app: &App, by: PractitionerId, notes: Notes, form: Form, to: impl Write) -> Result<(), Fault> {
    let notes_of = (notes == Notes::AllOfHers).then_some((by, &app.key));
    write_from(&Source { read: &app.store.read()?, notes_of, now: app.clock.now() }, form, to)
}

/// Writes everything but notes, from a store that no program serves.
///
/// # Errors
/// [`Fault`] if the file cannot be read or the output does not take it.
pub fn write_unsealed(store: &Store, now: Timestamp, form: Form, to: impl Write) -> Result<(), Fault> {
    write_from(&Source { read: &store.read()?, notes_of: None, now }, form, to)
}

fn write_from(source: &Source<'_>, form: Form, to: impl Write) -> Result<(), Fault> {
    match form {
        Form::Json => as_json(source, to),
        Form::Csv => as_zip(source, to),
    }
}

fn broke(error: impl ToString) -> Fault {
    Fault::BrokeOff(error.to_string())
}

fn as_json(source: &Source<'_>, mut to: impl Write) -> Result<(), Fault> {
    let made_at = source.now;
    write!(
        to,
        "{{\"format\":\"fiddlehead-export\",\"version\":{VERSION},\"made_at\":\"{made_at}\",\"tables\":{{"
    )
    .map_err(broke)?;
    for (i, sheet) in SHEETS.iter().enumerate() {
        write!(to, "{}\n\"{}\":[", if i > 0 { "," } else { "" }, sheet.name).map_err(broke)?;
        for (j, row) in (sheet.rows)(source)?.iter().enumerate() {
            let pairs = sheet.columns.iter().zip(row);
            let row: Map<_, _> = pairs.map(|((name, _), value)| ((*name).to_owned(), value.json())).collect();
            to.write_all(if j > 0 { b",\n" } else { b"\n" }).map_err(broke)?;
            serde_json::to_writer(&mut to, &row).map_err(broke)?;
        }
        to.write_all(b"]").map_err(broke)?;
    }
    to.write_all(b"}}\n").and_then(|()| to.flush()).map_err(broke)
}

fn as_zip(source: &Source<'_>, to: impl Write) -> Result<(), Fault> {
    let mut zip = ZipWriter::new_stream(to);
    // One date for all: it is the same export whenever it is unpacked.
    let options = SimpleFileOptions::default().unix_permissions(0o600);
    zip.start_file("README.txt", options).map_err(broke)?;
    zip.write_all(described().as_bytes()).map_err(broke)?;
    for sheet in SHEETS {
        zip.start_file(format!("{}.csv", sheet.name), options).map_err(broke)?;
        zip.write_all(&as_csv(sheet, &(sheet.rows)(source)?)).map_err(broke)?;
    }
    zip.finish().map_err(broke)?.into_inner().flush().map_err(broke)
}

fn as_csv(sheet: &Sheet, rows: &[Vec<Value>]) -> Vec<u8> {
    let names: Vec<&str> = sheet.columns.iter().map(|(name, _)| *name).collect();
    let mut table = Table::new(&names);
    let utc = Zone::utc();
    for row in rows {
        let said: Vec<String> = row
            .iter()
            .map(|value| match value {
                Value::Text(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Is(is) => is.to_string(),
                _ => String::new(),
            })
            .collect();
        let cells: Vec<Cell<'_>> = row
            .iter()
            .zip(&said)
            .map(|(value, said)| match value {
                Value::Amount(amount) => Cell::Amount(*amount),
                Value::At(at) => Cell::At(*at, &utc),
                Value::On(on) => Cell::On(*on),
                Value::None => Cell::Empty,
                Value::Text(_) | Value::Number(_) | Value::Is(_) => Cell::Text(said),
            })
            .collect();
        table.row(&cells);
    }
    table.finish()
}

/// What every sheet and column means, as a page of text.
#[must_use]
pub fn described() -> String {
    let mut text = format!(
        "# The export of a practice\n\nFormat `fiddlehead-export`, version {VERSION}. As JSON: `format`, `version`, `made_at` and \
         `tables`, which has the tables below by name, each a list of objects. As CSV: one file for each table in a zip, UTF-8 with a byte \
         order mark, comma, CRLF; a cell that a spreadsheet would take for a formula begins with `'`. Instants are UTC, amounts have a \
         point and the decimals of their currency, and what is not there is `null` or an empty cell. Columns and tables may be added; \
         the version counts up when one changes its meaning or goes.\n"
    );
    for sheet in SHEETS {
        text += &format!("\n## {}\n\n{}\n\n| column | meaning |\n|---|---|\n", sheet.name, sheet.about);
        for (name, meaning) in sheet.columns {
            text += &format!("| `{name}` | {meaning} |\n");
        }
    }
    text += "\n## What is not in it\n\nPasswords, keys of payment providers and addresses of calendars never are. Of the data file’s own tables:\n\n\
             | tables | why they are not in it |\n|---|---|\n";
    for (tables, why) in left_out::LEFT_OUT {
        text += &format!("| {} | {why} |\n", tables.join(", "));
    }
    text
}

/// Where an export goes that is sent piece by piece: each is taken by whoever waits for it.
#[derive(Debug)]
pub struct Pieces<S> {
    piece: Vec<u8>,
    send: S,
}

/// How many bytes go at a time.
const PIECE: usize = 64 * 1024;

impl<S: FnMut(Vec<u8>) -> io::Result<()>> Pieces<S> {
    /// Hands every piece to `send`.
    pub fn new(send: S) -> Self {
        Self { piece: Vec::with_capacity(PIECE), send }
    }
}

impl<S: FnMut(Vec<u8>) -> io::Result<()>> Write for Pieces<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() { Ok(()) } else { (self.send)(std::mem::take(&mut self.piece)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_is_what_is_written() {
        let kept = include_str!("../../../packaging/export.md");
        assert!(
            kept == described(),
            "packaging/export.md is not up to date; it should read:\n{}",
            described()
        );
    }
}
