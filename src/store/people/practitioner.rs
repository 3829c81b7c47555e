//! Practitioners, found by id, by the slug of their storefront and by e-mail address.

use serde::{Deserialize, Serialize};

use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::people::practitioner::{Membership, Practitioner, Role};
use crate::domain::text::{Line, Slug};
use crate::domain::time::{Timestamp, Zone};
use crate::store::row::{id, instant, kept, text};
use crate::store::table::{PRACTITIONER_BY_EMAIL, PRACTITIONER_BY_SLUG, PRACTITIONERS};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Role")]
enum RoleRow {
    Owner,
    Practitioner,
    FrontDesk,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Membership")]
enum MembershipRow {
    Invited,
    Active,
    Left {
        #[serde(with = "instant")]
        at: Timestamp,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Practitioner")]
pub(in crate::store) struct PractitionerRow {
    #[serde(with = "id")]
    id: PractitionerId,
    #[serde(with = "text")]
    slug: Slug,
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "text")]
    email: EmailAddress,
    #[serde(with = "RoleRow")]
    role: Role,
    #[serde(with = "text")]
    zone: Zone,
    #[serde(with = "instant")]
    joined_at: Timestamp,
    password: Option<String>,
    #[serde(default, with = "MembershipRow")]
    membership: Membership,
}
kept!(PractitionerRow = "PractitionerRow" for Practitioner);

/// The practitioner of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: PractitionerId) -> Result<Option<Practitioner>, StoreError> {
    PRACTITIONERS.find(read, &id)
}

/// The practitioner whose storefront has that address.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_slug(read: &impl Read, slug: &Slug) -> Result<Option<Practitioner>, StoreError> {
    PRACTITIONER_BY_SLUG.find(read, &slug.to_string())?.map_or(Ok(None), |id| find(read, id))
}

/// The practitioner with that address, whatever its case.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_email(read: &impl Read, email: &EmailAddress) -> Result<Option<Practitioner>, StoreError> {
    PRACTITIONER_BY_EMAIL.find(read, &email.key())?.map_or(Ok(None), |id| find(read, id))
}

/// Every practitioner, by age.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Practitioner>, StoreError> {
    PRACTITIONERS.values(read)
}

/// Keeps a practitioner, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, practitioner: &Practitioner) -> Result<(), StoreError> {
    if let Some(before) = find(tx, practitioner.id)? {
        PRACTITIONER_BY_SLUG.remove(tx, &before.slug.to_string())?;
        PRACTITIONER_BY_EMAIL.remove(tx, &before.email.key())?;
    }
    PRACTITIONER_BY_SLUG.put(tx, &practitioner.slug.to_string(), &practitioner.id)?;
    PRACTITIONER_BY_EMAIL.put(tx, &practitioner.email.key(), &practitioner.id)?;
    PRACTITIONERS.put(tx, &practitioner.id, practitioner)
}

/// Forgets somebody who was invited and never came.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, one: &Practitioner) -> Result<(), StoreError> {
    PRACTITIONER_BY_SLUG.remove(tx, &one.slug.to_string())?;
    PRACTITIONER_BY_EMAIL.remove(tx, &one.email.key())?;
    PRACTITIONERS.remove(tx, &one.id)
}
