//! Why a file or a line of it cannot be brought in, in words.

use crate::domain::credits::import::{Column, Wrong};
use crate::domain::time::long_date;

/// What a column is called on pages.
#[must_use]
pub const fn column(column: Column) -> &'static str {
    match column {
        Column::Name => "name",
        Column::FirstName => "first name",
        Column::LastName => "last name",
        Column::Email => "email",
        Column::Phone => "phone",
        Column::Package => "package",
        Column::Total => "total",
        Column::Used => "used",
        Column::Left => "remaining",
        Column::ExpiresOn => "expires_on",
        Column::Paid => "paid",
        Column::Currency => "currency",
        Column::Note => "note",
    }
}

/// What is wrong with a line.
#[must_use]
pub fn wrong(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Text(of, why) => format!("{}: {}", column(*of), super::text(*why)),
        Wrong::Email(why) => format!("email: {}", super::address(*why)),
        Wrong::Number(of) => format!("{}: please write a whole number.", column(*of)),
        Wrong::Money(why) => format!("paid: {}", super::money(*why)),
        Wrong::Date => "expires_on: no date in the form that is chosen above, with a year of four digits.".to_owned(),
        Wrong::Over(on) => format!("expires_on: {} has passed. Give a later day, or leave the line out.", long_date(*on)),
        Wrong::MoreThanTotal => "More sessions are used or left than there were in all.".to_owned(),
        Wrong::Sum => "Used and remaining do not add up to the total.".to_owned(),
        Wrong::NoTotal => "How many sessions there were is not said. Fill in total, or used and remaining.".to_owned(),
        Wrong::TooMany => "At most 100 sessions fit into one package.".to_owned(),
        Wrong::NoPackage => "There are sessions, but of which package is not said.".to_owned(),
        Wrong::UnknownPackage => {
            "No package of yours is called so. Choose above which of yours such sessions are like, or write its name.".to_owned()
        }
        Wrong::Twice(line) => format!("The same stands in line {line}. Leave one of them out."),
        Wrong::OtherName(line) => {
            format!("Line {line} gives this email address another name. Each person has an address of their own.")
        }
    }
}
