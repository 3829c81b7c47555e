//! Notes by client, their words sealed, and the wrapped key of each client's. Only headings can be read from the file.

use serde::{Deserialize, Serialize};

use crate::domain::id::{BookingId, ClientId, NoteId, PractitionerId};
use crate::domain::people::note::{Audience, Heading, Kind};
use crate::domain::time::Timestamp;
use crate::store::row::{Kept, from_bytes, id, instant, to_bytes};
use crate::store::table::{NOTE_KEYS, NOTES};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Audience")]
enum AudienceRow {
    Private,
    Shared,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind")]
enum KindRow {
    Usual,
    Start,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct NoteRow {
    #[serde(with = "id")]
    id: NoteId,
    #[serde(with = "id")]
    client: ClientId,
    #[serde(with = "id")]
    author: PractitionerId,
    booking: Option<u128>,
    #[serde(with = "AudienceRow")]
    audience: Audience,
    #[serde(default, with = "KindRow")]
    kind: Kind,
    #[serde(with = "instant")]
    written_at: Timestamp,
    #[serde(with = "instant")]
    changed_at: Timestamp,
    sealed: Vec<u8>,
}

impl Kept for NoteRow {
    type Value = (Heading, Vec<u8>);

    fn pack((heading, sealed): &Self::Value) -> Result<Vec<u8>, String> {
        let Heading { id, client, author, booking, audience, kind, written_at, changed_at } = heading.clone();
        let booking = booking.map(BookingId::bits);
        let sealed = sealed.clone();
        to_bytes(&Self { id, client, author, booking, audience, kind, written_at, changed_at, sealed })
    }

    fn unpack(bytes: &[u8]) -> Result<Self::Value, String> {
        let Self { id, client, author, booking, audience, kind, written_at, changed_at, sealed } =
            from_bytes(bytes)?;
        let booking = booking.map(BookingId::from_bits);
        Ok((Heading { id, client, author, booking, audience, kind, written_at, changed_at }, sealed))
    }
}

/// A note about a client, by its id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(
    read: &impl Read,
    client: ClientId,
    id: NoteId,
) -> Result<Option<(Heading, Vec<u8>)>, StoreError> {
    NOTES.find(read, &(client, id))
}

/// The notes about a client, by whomever, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn about(read: &impl Read, client: ClientId) -> Result<Vec<(Heading, Vec<u8>)>, StoreError> {
    NOTES.values_under(read, &client)
}

/// Keeps a note, new or changed, with its sealed words.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, heading: &Heading, sealed: Vec<u8>) -> Result<(), StoreError> {
    NOTES.put(tx, &(heading.client, heading.id), &(heading.clone(), sealed))
}

/// Removes a note.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, client: ClientId, id: NoteId) -> Result<(), StoreError> {
    NOTES.remove(tx, &(client, id))
}

/// The wrapped key of a client's notes, if she has any.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn key(read: &impl Read, client: ClientId) -> Result<Option<Vec<u8>>, StoreError> {
    NOTE_KEYS.find(read, &client)
}

/// Every client's wrapped key.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn keys(read: &impl Read) -> Result<Vec<(ClientId, Vec<u8>)>, StoreError> {
    NOTE_KEYS.all(read)
}

/// Keeps the wrapped key of a client's notes.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put_key(tx: &Tx<'_>, client: ClientId, wrapped: &[u8]) -> Result<(), StoreError> {
    NOTE_KEYS.put(tx, &client, &wrapped.to_vec())
}

/// Removes every note about a client and the key that opens them; says how many there were.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn destroy(tx: &Tx<'_>, client: ClientId) -> Result<usize, StoreError> {
    let notes = NOTES.under(tx, &client)?;
    notes.iter().try_for_each(|(key, _)| NOTES.remove(tx, key))?;
    NOTE_KEYS.remove(tx, &client)?;
    Ok(notes.len())
}
