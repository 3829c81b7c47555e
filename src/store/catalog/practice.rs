//! The practice: one row.

use serde::{Deserialize, Serialize};

use crate::domain::catalog::practice::Practice;
use crate::domain::email::EmailAddress;
use crate::domain::money::Currency;
use crate::domain::text::{Line, Paragraph};
use crate::domain::time::Zone;
use crate::store::row::{kept, text};
use crate::store::table::PRACTICE;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Practice")]
pub(in crate::store) struct PracticeRow {
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "text")]
    address: Paragraph,
    #[serde(with = "text")]
    email: EmailAddress,
    #[serde(with = "text")]
    about: Paragraph,
    #[serde(with = "text")]
    notice: Paragraph,
    #[serde(with = "text")]
    terms: Paragraph,
    #[serde(with = "text")]
    currency: Currency,
    #[serde(with = "text")]
    zone: Zone,
}
kept!(PracticeRow = "PracticeRow" for Practice);

/// The practice, once it is set up.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read) -> Result<Option<Practice>, StoreError> {
    PRACTICE.find(read, &"practice".to_owned())
}

/// Keeps the practice.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, practice: &Practice) -> Result<(), StoreError> {
    PRACTICE.put(tx, &"practice".to_owned(), practice)
}
