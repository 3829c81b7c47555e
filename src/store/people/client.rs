//! Clients, found by id and by e-mail address.

use serde::{Deserialize, Serialize};

use crate::domain::email::EmailAddress;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::client::Client;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};
use crate::store::row::{id, instant, instant_or_none, kept, text, text_or_none};
use crate::store::table::{CLIENT_BY_EMAIL, CLIENTS, CLIENTS_OF};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Client")]
pub(in crate::store) struct ClientRow {
    #[serde(with = "id")]
    id: ClientId,
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "text")]
    email: EmailAddress,
    #[serde(with = "text_or_none")]
    phone: Option<Line>,
    #[serde(with = "text")]
    zone: Zone,
    #[serde(with = "instant")]
    joined_at: Timestamp,
    #[serde(with = "instant_or_none")]
    verified_at: Option<Timestamp>,
    password: Option<String>,
}
kept!(ClientRow = "ClientRow" for Client);

/// The client of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: ClientId) -> Result<Option<Client>, StoreError> {
    CLIENTS.find(read, &id)
}

/// The client with that address, whatever its case.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_email(read: &impl Read, email: &EmailAddress) -> Result<Option<Client>, StoreError> {
    CLIENT_BY_EMAIL.find(read, &email.key())?.map_or(Ok(None), |id| find(read, id))
}

/// The clients who ever bought from, or were booked with, a practitioner.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<Client>, StoreError> {
    let ids = CLIENTS_OF.under(read, &practitioner)?;
    let clients = ids.into_iter().map(|((_, id), ())| find(read, id)).collect::<Result<Vec<_>, _>>()?;
    Ok(clients.into_iter().flatten().collect())
}

/// Whether a client is one of a practitioner's: the first asks nobody else about the second.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find_of(
    read: &impl Read,
    practitioner: PractitionerId,
    id: ClientId,
) -> Result<Option<Client>, StoreError> {
    CLIENTS_OF.find(read, &(practitioner, id))?.map_or(Ok(None), |()| find(read, id))
}

/// Every client.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Client>, StoreError> {
    CLIENTS.values(read)
}

/// Shows every client, in the order in which they came, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Client) -> Result<(), StoreError>) -> Result<(), StoreError> {
    CLIENTS.each(read, see)
}

/// Keeps a client, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, client: &Client) -> Result<(), StoreError> {
    if let Some(before) = find(tx, client.id)?.filter(|before| before.email.key() != client.email.key()) {
        CLIENT_BY_EMAIL.remove(tx, &before.email.key())?;
    }
    CLIENT_BY_EMAIL.put(tx, &client.email.key(), &client.id)?;
    CLIENTS.put(tx, &client.id, client)
}

/// Notes that a client is one of a practitioner's.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn belongs_to(tx: &Tx<'_>, id: ClientId, practitioner: PractitionerId) -> Result<(), StoreError> {
    CLIENTS_OF.put(tx, &(practitioner, id), &())
}
