//! Tags of clients, by practitioner and client.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::tag::Tag;
use crate::store::row::{Kept, from_bytes, to_bytes};
use crate::store::table::TAGS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct TagsRow {
    tags: Vec<String>,
}

impl Kept for TagsRow {
    type Value = Vec<Tag>;

    fn pack(tags: &Self::Value) -> Result<Vec<u8>, String> {
        to_bytes(&Self { tags: tags.iter().map(ToString::to_string).collect() })
    }

    fn unpack(bytes: &[u8]) -> Result<Self::Value, String> {
        let row: Self = from_bytes(bytes)?;
        row.tags.iter().map(|tag| tag.parse().map_err(|why| format!("a tag: {why}"))).collect()
    }
}

/// The tags that a practitioner has given a client.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, whose: PractitionerId, client: ClientId) -> Result<Vec<Tag>, StoreError> {
    Ok(TAGS.find(read, &(whose, client))?.unwrap_or_default())
}

/// The tags of every client of a practitioner who has some.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all_of(read: &impl Read, whose: PractitionerId) -> Result<BTreeMap<ClientId, Vec<Tag>>, StoreError> {
    Ok(TAGS.under(read, &whose)?.into_iter().map(|((_, client), tags)| (client, tags)).collect())
}

/// The different tags that a practitioner uses, in the order of the alphabet.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn in_use(read: &impl Read, whose: PractitionerId) -> Result<Vec<Tag>, StoreError> {
    let all = TAGS.under(read, &whose)?.into_iter().flat_map(|(_, tags)| tags);
    Ok(all.map(|tag| (tag.key(), tag)).collect::<BTreeMap<_, _>>().into_values().collect())
}

/// The tags of one client by one practitioner.
type Tagged = ((PractitionerId, ClientId), Vec<Tag>);

/// Everybody's tags of everybody.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Tagged>, StoreError> {
    TAGS.all(read)
}

/// Keeps a client's tags; none are no row.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, whose: PractitionerId, client: ClientId, tags: &[Tag]) -> Result<(), StoreError> {
    if tags.is_empty() {
        return TAGS.remove(tx, &(whose, client));
    }
    TAGS.put(tx, &(whose, client), &tags.to_vec())
}
