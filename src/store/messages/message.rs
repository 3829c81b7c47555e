//! The outbox: messages by id, by key and by whom they go to. A pending message stands in the due-index.

use serde::{Deserialize, Serialize};

use crate::domain::id::{BookingId, ClientId, LotId, MessageId, PractitionerId, PurchaseId, RefundId};
use crate::domain::messages::message::{About, Kind, Message, State, Suppressed};
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::due::{self, Due};
use crate::store::people::PersonRow;
use crate::store::row::{id, instant, instant_or_none, kept, text};
use crate::store::table::{MESSAGE_BY_KEY, MESSAGES, MESSAGES_TO};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Kind")]
enum KindRow {
    SignIn,
    Receipt,
    AwaitingPayment,
    PaymentFailed,
    Booked,
    Moved,
    Cancelled,
    Reminder,
    BookFirst,
    ExpirySoon,
    Renewal,
    Lapsed,
    Refunded,
    RefundAsks,
    Disputed,
    Invitation,
    Welcome,
    Personal,
    Sample,
    ErasureAsked,
    PasswordChanged,
    BackupOverdue,
    NewBrowser,
    SignInChanged,
    AuditHead,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "About")]
enum AboutRow {
    Oneself,
    Purchase(#[serde(with = "id")] PurchaseId),
    Lot(#[serde(with = "id")] LotId),
    Booking(#[serde(with = "id")] BookingId, u32),
    Refund(#[serde(with = "id")] RefundId),
    Letter(#[serde(with = "id")] PractitionerId),
    Wording(#[serde(with = "KindRow")] Kind),
    Client(#[serde(with = "id")] ClientId),
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Suppressed")]
enum SuppressedRow {
    TooLate,
    AlreadyBooked,
    NothingLeft,
    Frozen,
    Closed,
    NewerLot,
    OptedOut,
    Overtaken,
    Gone,
    NoPost,
    Left,
    Withheld,
    Restored,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "State")]
enum StateRow {
    Planned,
    Sending {
        #[serde(with = "instant")]
        since: Timestamp,
    },
    Sent {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Suppressed {
        #[serde(with = "instant")]
        at: Timestamp,
        #[serde(with = "SuppressedRow")]
        why: Suppressed,
    },
    Unsure {
        #[serde(with = "instant")]
        at: Timestamp,
    },
    Dead {
        #[serde(with = "instant")]
        at: Timestamp,
        #[serde(with = "text")]
        why: Line,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Message")]
pub(in crate::store) struct MessageRow {
    #[serde(with = "id")]
    id: MessageId,
    #[serde(with = "KindRow")]
    kind: Kind,
    #[serde(with = "PersonRow")]
    to: Person,
    #[serde(with = "AboutRow")]
    about: About,
    key: String,
    #[serde(with = "instant")]
    made_at: Timestamp,
    #[serde(with = "instant")]
    due_at: Timestamp,
    #[serde(with = "instant")]
    try_at: Timestamp,
    tries: u32,
    #[serde(default, with = "instant_or_none")]
    asked_at: Option<Timestamp>,
    #[serde(with = "StateRow")]
    state: State,
}
kept!(MessageRow = "MessageRow" for Message);

/// Clients and practitioners have ids of one kind, so that one index finds the messages of either.
fn addressee(person: Person) -> u128 {
    match person {
        Person::Client(id) => id.bits(),
        Person::Practitioner(id) => id.bits(),
    }
}

/// The message of that id.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, id: MessageId) -> Result<Option<Message>, StoreError> {
    MESSAGES.find(read, &id)
}

/// The message of that key.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn with_key(read: &impl Read, key: &str) -> Result<Option<Message>, StoreError> {
    MESSAGE_BY_KEY.find(read, &key.to_owned())?.map_or(Ok(None), |id| find(read, id))
}

/// Whether there is a message of that key.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn has_key(read: &impl Read, key: &str) -> Result<bool, StoreError> {
    Ok(MESSAGE_BY_KEY.find(read, &key.to_owned())?.is_some())
}

/// The messages to a person, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn to(read: &impl Read, person: Person) -> Result<Vec<Message>, StoreError> {
    let mut found = Vec::new();
    each_to(read, person, |message| {
        found.push(message);
        Ok(())
    })?;
    Ok(found)
}

/// Shows each message to a person to `see`, oldest first, until that fails. Only their ids are read together: `see` may change them.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each_to(
    read: &impl Read,
    person: Person,
    mut see: impl FnMut(Message) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut ids = Vec::new();
    MESSAGES_TO.each_key_under(read, &addressee(person), |(_, id)| ids.push(id))?;
    ids.into_iter().try_for_each(|id| find(read, id)?.map_or(Ok(()), &mut see))
}

/// Shows every message to `see`, oldest first, until that fails: a practice has more of them than anybody wants in memory.
///
/// # Errors
/// [`StoreError`] if the file fails, or what `see` returned.
pub fn each(read: &impl Read, see: impl FnMut(Message) -> Result<(), StoreError>) -> Result<(), StoreError> {
    MESSAGES.each(read, see)
}

/// Every message, oldest first.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Message>, StoreError> {
    MESSAGES.values(read)
}

/// Keeps a message, new or changed, and its place in the due-index.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, message: &Message) -> Result<(), StoreError> {
    let (due, at) = (Due::Message(message.id), message.is_pending().then_some(message.try_at));
    // Its key and whom it goes to do not change.
    if MESSAGES.replace(tx, &message.id, message)?.is_some() {
        return due::set(tx, due, at);
    }
    MESSAGE_BY_KEY.put(tx, &message.key, &message.id)?;
    MESSAGES_TO.put(tx, &(addressee(message.to), message.id), &())?;
    at.map_or(Ok(()), |at| due::first(tx, due, at))
}
