//! What was sent, as it read: subject and plain text. A sign-in link is never among it.

use serde::{Deserialize, Serialize};

use crate::domain::id::MessageId;
use crate::store::row::{Kept, from_bytes, to_bytes};
use crate::store::table::SENT;
use crate::store::{Read, StoreError, Tx};

/// How a message read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    /// Its subject.
    pub subject: String,
    /// Its words.
    pub text: String,
}

impl Kept for Copy {
    type Value = Self;
    fn pack(value: &Self) -> Result<Vec<u8>, String> {
        to_bytes(value)
    }
    fn unpack(bytes: &[u8]) -> Result<Self, String> {
        from_bytes(bytes)
    }
}

/// How a message read when it was last handed to the mail server.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, message: MessageId) -> Result<Option<Copy>, StoreError> {
    SENT.find(read, &message)
}

/// Shows each message of which it is known how it read, until `see` fails.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(
    read: &impl Read,
    see: impl FnMut(MessageId) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    SENT.each_key(read, see)
}

/// Keeps how a message read.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, message: MessageId, copy: &Copy) -> Result<(), StoreError> {
    SENT.put(tx, &message, copy)
}

/// Forgets how a message read.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn forget(tx: &Tx<'_>, message: MessageId) -> Result<(), StoreError> {
    SENT.remove(tx, &message)
}
