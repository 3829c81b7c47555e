//! A month or a year, as books are read by.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::books::months_from;
use crate::domain::time::{Timestamp, Zone};

/// A stretch of whole months.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// The month that begins on this date.
    Month(Date),
    /// A calendar year, by its first day.
    Year(Date),
}

impl Period {
    /// The month of a date.
    #[must_use]
    pub fn month_of(date: Date) -> Self {
        Self::Month(date.first_of_month())
    }

    /// The year in which it lies.
    #[must_use]
    pub fn year(self) -> i16 {
        self.first().year()
    }

    /// That year as a whole.
    #[must_use]
    pub fn whole_year(self) -> Self {
        Self::Year(self.first().first_of_year())
    }

    /// So many years later, or earlier.
    #[must_use]
    pub fn years_later(self, years: i64) -> Self {
        Self::Year(self.first().first_of_year().saturating_add(years.years()))
    }

    /// Its first day.
    #[must_use]
    pub const fn first(self) -> Date {
        match self {
            Self::Month(first) | Self::Year(first) => first,
        }
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> Date {
        match self {
            Self::Month(first) => first.last_of_month(),
            Self::Year(first) => first.last_of_year(),
        }
    }

    /// Its first instant, and the first one after it.
    #[must_use]
    pub fn bounds(self, zone: &Zone) -> (Timestamp, Timestamp) {
        (zone.start_of(self.first()), zone.end_of(self.last()))
    }

    /// The months of its year.
    #[must_use]
    pub fn months(self) -> Vec<Date> {
        months_from(self.first().first_of_year(), 12)
    }

    /// "April 2026", "2026".
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Month(first) => first.strftime("%B %Y").to_string(),
            Self::Year(first) => first.strftime("%Y").to_string(),
        }
    }
}

/// `2026-04`, `2026`: as addresses and file names have it.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(first) => write!(f, "{}", first.strftime("%Y-%m")),
            Self::Year(first) => write!(f, "{}", first.strftime("%Y")),
        }
    }
}

impl FromStr for Period {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let date = |text: String| text.parse::<Date>().map_err(|_| ());
        match text.len() {
            4 => date(format!("{text}-01-01")).map(Self::Year),
            7 => date(format!("{text}-01")).map(Self::Month),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_years_are_read_as_they_are_written() {
        for text in ["2026-04", "2026", "2024-02"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "2026-13", "26-4", "2026-04-01", "20 6", "abcd", "2026-1x"] {
            assert_eq!(text.parse::<Period>(), Err(()), "{text}");
        }
        let february: Period = "2024-02".parse().unwrap();
        assert_eq!(
            (february.last().to_string(), february.words()),
            ("2024-02-29".into(), "February 2024".into())
        );
        assert_eq!(february.years_later(-1).to_string(), "2023");
        let berlin = "Europe/Berlin".parse().unwrap();
        let (from, until) = "2026-03".parse::<Period>().unwrap().bounds(&berlin);
        assert_eq!(
            (from.to_string(), until.to_string()),
            ("2026-02-28T23:00:00Z".into(), "2026-03-31T22:00:00Z".into())
        );
    }
}
