//! A file as a table: which letters it is written in, what parts its columns, what its headings mean.

use crate::domain::credits::import::{Column, MOST_LINES};

/// The headings of an empty file to fill in.
pub const TEMPLATE: &str = "name,email,phone,package,total,used,expires_on,paid,currency,note\r\n";

/// Why a file is no table of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAFile {
    /// It holds nothing.
    Empty,
    /// It is no text: a spreadsheet's own file, a picture.
    NotText,
    /// No heading says where the e-mail addresses or the names are.
    NoHeadings,
    /// Two headings mean the same.
    TwoOf(Column),
    /// It has more lines than are taken at a time.
    TooLong,
    /// A quotation mark is never closed, or the like.
    Broken,
}

/// A file with its lines parted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What each column holds.
    pub columns: Vec<Option<Column>>,
    /// The headings that are not known, as they are written; their columns are left out.
    pub unknown: Vec<String>,
    /// Each line with its number in the file.
    pub records: Vec<(u64, Vec<String>)>,
    /// The whole as text, as it is sent again to confirm.
    pub text: String,
}

/// Reads a file.
///
/// # Errors
/// [`NotAFile`] says why not.
pub fn read(bytes: &[u8]) -> Result<Table, NotAFile> {
    let text = decoded(bytes)?;
    // Excel writes the delimiter into a first line of its own.
    let (said, body) = match text.split_once('\n') {
        Some((first, rest)) if first.trim_end().len() == 5 && first.starts_with("sep=") => {
            (first.as_bytes().get(4).copied(), rest)
        }
        _ => (None, text.as_str()),
    };
    let skipped = u64::from(said.is_some());
    let heading_line = body.lines().find(|line| !line.trim().is_empty()).ok_or(NotAFile::Empty)?;
    let delimiter = said.unwrap_or_else(|| delimiter_of(heading_line));
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(body.as_bytes());
    let headings: Vec<String> =
        reader.headers().map_err(|_| NotAFile::Broken)?.iter().map(|text| text.trim().to_owned()).collect();
    let columns = known(&headings)?;
    let unknown = headings.iter().zip(&columns).filter(|(text, column)| column.is_none() && !text.is_empty());
    let unknown = unknown.map(|(text, _)| text.clone()).collect();
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| NotAFile::Broken)?;
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        if records.len() == MOST_LINES {
            return Err(NotAFile::TooLong);
        }
        let line = record.position().map_or(0, |position| line_at(body, position)) + skipped;
        records.push((line, record.iter().map(str::to_owned).collect()));
    }
    if records.is_empty() {
        return Err(NotAFile::Empty);
    }
    Ok(Table { columns, unknown, records, text })
}

/// The number of the line on which a record begins; the reader counts from the empty lines before it.
fn line_at(body: &str, position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = body.as_bytes().get(from..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| **byte == b'\n').count();
    position.line() + u64::try_from(empty).unwrap_or_default()
}

/// The text of a file in UTF-8, in UTF-16 with a mark at its beginning, or, as old spreadsheets write, in Windows' Latin letters.
fn decoded(bytes: &[u8]) -> Result<String, NotAFile> {
    // What a spreadsheet calls its own, and compressed files.
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(NotAFile::NotText);
    }
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding.decode(bytes).0.into_owned(),
        None => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
        },
    };
    if text.contains('\0') {
        return Err(NotAFile::NotText);
    }
    // One end of line, also that of old Macintosh files, so that lines are counted as an editor counts them.
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// Comma, semicolon or tab: whichever the headings have most of.
fn delimiter_of(headings: &str) -> u8 {
    let count = |sign: u8| headings.bytes().filter(|byte| *byte == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

fn known(headings: &[String]) -> Result<Vec<Option<Column>>, NotAFile> {
    let columns: Vec<Option<Column>> = headings.iter().map(|text| Column::named(text)).collect();
    for (i, column) in columns.iter().enumerate() {
        if let Some(column) = column.filter(|column| columns[..i].contains(&Some(*column))) {
            return Err(NotAFile::TwoOf(column));
        }
    }
    let has = |column| columns.contains(&Some(column));
    let named = has(Column::Name) || has(Column::FirstName) || has(Column::LastName);
    if named && has(Column::Email) { Ok(columns) } else { Err(NotAFile::NoHeadings) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, Vec<String>)> {
        read(text.as_bytes()).unwrap().records
    }

    #[test]
    fn a_file_is_read_whatever_wrote_it() {
        let plain = lines("name,email\nÉlodie,e@x.org\n");
        assert_eq!(plain, [(2, vec!["Élodie".to_owned(), "e@x.org".to_owned()])]);
        assert_eq!(lines("\u{feff}name;email\r\nÉlodie;e@x.org\r\n"), plain);
        assert_eq!(lines("name\temail\nÉlodie\te@x.org"), plain);
        assert_eq!(lines("name,email\rÉlodie,e@x.org\r"), plain);
        let latin = b"name,email\n\xc9lodie,e@x.org\n";
        assert_eq!(read(latin).unwrap().records, plain);
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain("name\temail\nÉlodie\te@x.org".encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(read(&wide).unwrap().records, plain);
        let excel = lines("sep=;\nname;email\nÉlodie;e@x.org\n");
        assert_eq!(excel, [(3, plain[0].1.clone())]);
    }

    #[test]
    fn lines_keep_their_numbers_past_empty_ones_and_breaks_in_quotes() {
        let lines = lines("name,email,note\n\nA,a@x.org,\"two\nlines\"\n,,\nB,b@x.org\n");
        assert_eq!(lines.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 6]);
        assert_eq!(lines[1].1, ["B", "b@x.org"]);
    }

    #[test]
    fn what_is_no_table_of_clients_is_told_from_one() {
        for (bytes, why) in [
            (&b""[..], NotAFile::Empty),
            (b"\n \n", NotAFile::Empty),
            (b"name,email\n", NotAFile::Empty),
            (b"PK\x03\x04...", NotAFile::NotText),
            (b"name,email\nA\0,b", NotAFile::NotText),
            (b"Nora,nora@example.org\n", NotAFile::NoHeadings),
            (b"name,email,E-Mail\nA,a@x.org,b@x.org\n", NotAFile::TwoOf(Column::Email)),
        ] {
            assert_eq!(read(bytes), Err(why), "{}", String::from_utf8_lossy(bytes));
        }
        let long = format!("name,email\n{}", "A,a@x.org\n".repeat(MOST_LINES + 1));
        assert_eq!(read(long.as_bytes()), Err(NotAFile::TooLong));
    }

    #[test]
    fn the_template_has_headings_that_are_known() {
        let table = read(format!("{TEMPLATE}A,a@x.org,,,,,,,,\r\n").as_bytes()).unwrap();
        assert!(table.unknown.is_empty() && table.columns.iter().all(Option::is_some));
    }
}
