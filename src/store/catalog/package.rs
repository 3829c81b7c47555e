//! Packages, found by id, by practitioner and by address; every version of the offer is kept.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::catalog::package::{Begins, Format, Listing, Offer, Package, Term, Validity};
use crate::domain::catalog::policy::{Changes, Policy, Preset};
use crate::domain::catalog::selling::{FirstTime, Selling};
use crate::domain::id::{PackageId, PractitionerId};
use crate::domain::money::Money;
use crate::domain::text::{Line, Paragraph, Slug};
use crate::domain::time::Timestamp;
use crate::store::row::{MoneyRow, id, instant, kept, text, text_or_none, texts};
use crate::store::table::{PACKAGE_BY_SLUG, PACKAGES, PACKAGES_OF, VERSION_MADE_AT, VERSIONS};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Format")]
pub(in crate::store) enum FormatRow {
    InPerson {
        #[serde(with = "text_or_none")]
        place: Option<Line>,
    },
    Video {
        #[serde(with = "text_or_none")]
        link: Option<Line>,
    },
    Phone,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Term")]
enum TermRow {
    Days(u32),
    Months(u32),
    Until(#[serde(with = "text")] Date),
    Never,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Begins")]
enum BeginsRow {
    AtPayment,
    AtFirstSession { latest_days: u32 },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Validity")]
struct ValidityRow {
    #[serde(with = "TermRow")]
    term: Term,
    #[serde(with = "BeginsRow")]
    begins: Begins,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Preset")]
enum PresetRow {
    Gentle,
    Standard,
    Strict,
    Own,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Changes")]
enum ChangesRow {
    AsManyAsSessions,
    Count(u32),
    Unlimited,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Policy")]
struct PolicyRow {
    cancel_hours: u32,
    free_late_cancels: u32,
    #[serde(with = "ChangesRow")]
    changes: Changes,
    grace_days: u32,
    #[serde(default)]
    cooling_off_days: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Offer")]
pub(in crate::store) struct OfferRow {
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "text")]
    description: Paragraph,
    sessions: u32,
    length_minutes: u32,
    #[serde(with = "MoneyRow")]
    price: Money,
    #[serde(with = "ValidityRow")]
    validity: Validity,
    #[serde(with = "PresetRow")]
    preset: Preset,
    #[serde(with = "PolicyRow")]
    policy: Policy,
    #[serde(with = "FormatRow")]
    format: Format,
    #[serde(with = "texts")]
    chapters: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Listing")]
enum ListingRow {
    Published,
    Draft,
    Archived,
    Hidden,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "FirstTime")]
enum FirstTimeRow {
    NotAsked,
    Optional,
    Required,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Selling")]
struct SellingRow {
    per_client: Option<u32>,
    #[serde(with = "FirstTimeRow")]
    first_time: FirstTime,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Package")]
pub(in crate::store) struct PackageRow {
    #[serde(with = "id")]
    id: PackageId,
    #[serde(with = "id")]
    practitioner: PractitionerId,
    #[serde(with = "text")]
    slug: Slug,
    version: u32,
    #[serde(with = "OfferRow")]
    offer: Offer,
    #[serde(default, with = "SellingRow")]
    selling: Selling,
    #[serde(with = "ListingRow")]
    listing: Listing,
    #[serde(default, with = "text_or_none")]
    key: Option<Slug>,
    position: u32,
    #[serde(with = "instant")]
    changed_at: Timestamp,
}
kept!(OfferRow = "OfferRow" for Offer, PackageRow = "PackageRow" for Package);

/// The package of that id, in its newest version.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: PackageId) -> Result<Option<Package>, StoreError> {
    PACKAGES.find(read, &id)
}

/// The package of a practitioner at that address, be it a slug or a key; whether it answers to it is its own word.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_slug(
    read: &impl Read,
    practitioner: PractitionerId,
    slug: &Slug,
) -> Result<Option<Package>, StoreError> {
    PACKAGE_BY_SLUG.find(read, &(practitioner, slug.to_string()))?.map_or(Ok(None), |id| find(read, id))
}

/// All packages of a practitioner, as they stand on the storefront.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Package>, StoreError> {
    let ids = PACKAGES_OF.under(read, &practitioner)?;
    let packages = ids.into_iter().map(|((_, id), ())| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    let mut packages: Vec<Package> = packages.into_iter().flatten().collect();
    packages.sort_by_key(|package| (package.position, package.id));
    Ok(packages)
}

/// An older version of an offer.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn version(read: &impl Read, id: PackageId, version: u32) -> Result<Option<Offer>, StoreError> {
    VERSIONS.find(read, &(id, version))
}

/// Every version of every package, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn versions(read: &impl Read) -> Result<Vec<(PackageId, u32, Offer)>, StoreError> {
    Ok(VERSIONS.all(read)?.into_iter().map(|((id, version), offer)| (id, version, offer)).collect())
}

/// When a version was made; of old ones it may not be known.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn version_made_at(
    read: &impl Read,
    id: PackageId,
    version: u32,
) -> Result<Option<Timestamp>, StoreError> {
    VERSION_MADE_AT.find(read, &(id, version))
}

/// Keeps a package, new or changed, and its version of the offer.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, package: &Package) -> Result<(), StoreError> {
    let addresses = |of: &Package| {
        let both = [Some(of.slug.to_string()), of.key.as_ref().map(ToString::to_string)];
        both.into_iter().flatten().map(|address| (of.practitioner, address)).collect::<Vec<_>>()
    };
    if let Some(before) = find(tx, package.id)? {
        addresses(&before).iter().try_for_each(|address| PACKAGE_BY_SLUG.remove(tx, address))?;
    }
    addresses(package).iter().try_for_each(|address| PACKAGE_BY_SLUG.put(tx, address, &package.id))?;
    VERSION_MADE_AT.put(tx, &(package.id, package.version), &package.changed_at)?;
    PACKAGES_OF.put(tx, &(package.practitioner, package.id), &())?;
    VERSIONS.put(tx, &(package.id, package.version), &package.offer)?;
    PACKAGES.put(tx, &package.id, package)
}
