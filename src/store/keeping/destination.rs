//! Where backups go, by id.

use serde::{Deserialize, Serialize};

use crate::domain::id::DestinationId;
use crate::domain::keeping::destination::{
    Bucket, Certificate, Destination, Endpoint, Folder, Host, HostKey, Login, Place, Prefix, Region,
    RemoteFolder, S3, Sftp, Style,
};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::row::{id, instant, instant_or_none, kept, text, text_or_none};
use crate::store::table::DESTINATIONS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Style")]
enum StyleRow {
    Path,
    VirtualHost,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Login")]
enum LoginRow {
    Password,
    Key(#[serde(with = "text")] Line),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "S3")]
struct S3Row {
    #[serde(with = "text")]
    endpoint: Endpoint,
    #[serde(with = "text")]
    region: Region,
    #[serde(with = "text")]
    bucket: Bucket,
    #[serde(with = "text")]
    prefix: Prefix,
    #[serde(with = "StyleRow")]
    style: Style,
    #[serde(with = "text")]
    access_key: Line,
    #[serde(with = "text_or_none")]
    ca: Option<Certificate>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Sftp")]
struct SftpRow {
    #[serde(with = "text")]
    host: Host,
    port: u16,
    #[serde(with = "text")]
    user: Line,
    #[serde(with = "text")]
    folder: RemoteFolder,
    #[serde(with = "text")]
    host_key: HostKey,
    #[serde(with = "LoginRow")]
    login: Login,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Place")]
enum PlaceRow {
    Directory(#[serde(with = "text")] Folder),
    S3(#[serde(with = "S3Row")] S3),
    Sftp(#[serde(with = "SftpRow")] Sftp),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Destination")]
pub(in crate::store) struct DestinationRow {
    #[serde(with = "id")]
    id: DestinationId,
    #[serde(with = "text")]
    name: Line,
    #[serde(with = "PlaceRow")]
    place: Place,
    sealed: Vec<u8>,
    #[serde(with = "instant")]
    added_at: Timestamp,
    #[serde(default, with = "instant_or_none")]
    asked_at: Option<Timestamp>,
}
kept!(DestinationRow = "DestinationRow" for Destination);

/// The destination of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: DestinationId) -> Result<Option<Destination>, StoreError> {
    DESTINATIONS.find(read, &id)
}

/// Every destination, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Destination>, StoreError> {
    DESTINATIONS.values(read)
}

/// Keeps a destination, new or changed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, destination: &Destination) -> Result<(), StoreError> {
    DESTINATIONS.put(tx, &destination.id, destination)
}

/// Takes a destination away.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, id: DestinationId) -> Result<(), StoreError> {
    DESTINATIONS.remove(tx, &id)
}
