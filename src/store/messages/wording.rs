//! Practitioners' own words for a kind of message, and the words of those messages that have words of their own.

use serde::{Deserialize, Serialize};

use crate::domain::id::{MessageId, PractitionerId};
use crate::domain::messages::message::Kind;
use crate::domain::messages::wording::Wording;
use crate::domain::text::{Line, Paragraph};
use crate::store::row::{kept, text_or_none};
use crate::store::table::{WORDINGS, WRITTEN};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Wording")]
pub(in crate::store) struct WordingRow {
    #[serde(with = "text_or_none")]
    subject: Option<Line>,
    #[serde(with = "text_or_none")]
    opening: Option<Paragraph>,
    #[serde(with = "text_or_none")]
    closing: Option<Paragraph>,
}
kept!(WordingRow = "WordingRow" for Wording);

/// A practitioner's words for a kind of message; ours where she has none.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, practitioner: PractitionerId, kind: Kind) -> Result<Wording, StoreError> {
    Ok(WORDINGS.find(read, &(practitioner, kind.name().to_owned()))?.unwrap_or_default())
}

/// All words that a practitioner wrote, by the name of the kind.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all_of(read: &impl Read, practitioner: PractitionerId) -> Result<Vec<(String, Wording)>, StoreError> {
    let rows = WORDINGS.under(read, &practitioner)?;
    Ok(rows.into_iter().map(|((_, kind), wording)| (kind, wording)).collect())
}

/// Everybody's own words, with whose they are and the name of the kind.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<(PractitionerId, String, Wording)>, StoreError> {
    Ok(WORDINGS.all(read)?.into_iter().map(|((whose, kind), wording)| (whose, kind, wording)).collect())
}

/// Keeps a practitioner's words for a kind of message.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(
    tx: &Tx<'_>,
    practitioner: PractitionerId,
    kind: Kind,
    wording: &Wording,
) -> Result<(), StoreError> {
    let key = (practitioner, kind.name().to_owned());
    if wording.is_ours() { WORDINGS.remove(tx, &key) } else { WORDINGS.put(tx, &key, wording) }
}

/// The words of a message that has words of its own.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn written(read: &impl Read, message: MessageId) -> Result<Option<Wording>, StoreError> {
    WRITTEN.find(read, &message)
}

/// Shows each message that has words of its own, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each_written(
    read: &impl Read,
    see: impl FnMut(MessageId) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    WRITTEN.each_key(read, see)
}

/// Keeps the words of a message.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn write(tx: &Tx<'_>, message: MessageId, words: &Wording) -> Result<(), StoreError> {
    WRITTEN.put(tx, &message, words)
}

/// Forgets the words of a message.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn forget(tx: &Tx<'_>, message: MessageId) -> Result<(), StoreError> {
    WRITTEN.remove(tx, &message)
}
