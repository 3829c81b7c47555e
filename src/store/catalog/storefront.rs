//! Storefronts, one per practitioner, and their pictures.

use serde::{Deserialize, Serialize};

use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::id::PractitionerId;
use crate::domain::money::Currency;
use crate::domain::text::{Line, Paragraph};
use crate::store::row::{id, kept, text, text_or_none, texts};
use crate::store::table::{PICTURES, STOREFRONTS};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "AtPractice")]
enum AtPracticeRow {
    Offered,
    NotOffered,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Storefront")]
pub(in crate::store) struct StorefrontRow {
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "text")]
    accent: Accent,
    #[serde(with = "text_or_none")]
    profession: Option<Line>,
    #[serde(default, with = "text_or_none")]
    field: Option<Line>,
    #[serde(with = "text_or_none")]
    tagline: Option<Line>,
    #[serde(with = "text")]
    about: Paragraph,
    #[serde(with = "texts")]
    facts: Vec<Line>,
    #[serde(with = "text_or_none")]
    place: Option<Line>,
    #[serde(with = "AtPracticeRow")]
    at_practice: AtPractice,
    #[serde(default, with = "text_or_none")]
    currency: Option<Currency>,
}
kept!(StorefrontRow = "StorefrontRow" for Storefront);

/// Which picture of a storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Picture {
    /// The practitioner, 5:6.
    Portrait,
    /// The wide one on top.
    Cover,
}

impl Picture {
    fn key(self) -> u8 {
        match self {
            Self::Portrait => 1,
            Self::Cover => 2,
        }
    }
}

/// The storefront of a practitioner.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, practitioner: PractitionerId) -> Result<Option<Storefront>, StoreError> {
    STOREFRONTS.find(read, &practitioner)
}

/// Keeps a storefront.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, storefront: &Storefront) -> Result<(), StoreError> {
    STOREFRONTS.put(tx, &storefront.practitioner, storefront)
}

/// A picture, as JPEG that this program encoded.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn picture(
    read: &impl Read,
    practitioner: PractitionerId,
    which: Picture,
) -> Result<Option<Vec<u8>>, StoreError> {
    PICTURES.find(read, &(practitioner, which.key()))
}

/// Keeps a picture, or takes it away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put_picture(
    tx: &Tx<'_>,
    practitioner: PractitionerId,
    which: Picture,
    jpeg: Option<&Vec<u8>>,
) -> Result<(), StoreError> {
    let key = (practitioner, which.key());
    jpeg.map_or_else(|| PICTURES.remove(tx, &key), |jpeg| PICTURES.put(tx, &key, jpeg))
}
