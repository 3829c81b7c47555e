//! Feeds, by the digest of their token and by whose they are.

use serde::{Deserialize, Serialize};

use crate::domain::calendar::feed::{Feed, Naming};
use crate::domain::people::login::Person;
use crate::domain::time::Timestamp;
use crate::store::people::login::{PersonRow, person_key};
use crate::store::row::{instant, kept};
use crate::store::table::{FEED_OF, FEEDS};
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Naming")]
enum NamingRow {
    Initials,
    FirstName,
    Nobody,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "Feed")]
pub(in crate::store) struct FeedRow {
    #[serde(with = "PersonRow")]
    who: Person,
    digest: [u8; 32],
    sealed: Vec<u8>,
    #[serde(with = "NamingRow")]
    naming: Naming,
    #[serde(with = "instant")]
    made_at: Timestamp,
    #[serde(with = "instant")]
    changed_at: Timestamp,
}
kept!(FeedRow = "FeedRow" for Feed);

/// The feed whose token has that digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, digest: &[u8; 32]) -> Result<Option<Feed>, StoreError> {
    FEEDS.find(read, digest)
}

/// A person's feed, if she has one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn of(read: &impl Read, who: Person) -> Result<Option<Feed>, StoreError> {
    let digest = FEED_OF.find(read, &person_key(who))?.and_then(|digest| digest.try_into().ok());
    digest.map_or(Ok(None), |digest| find(read, &digest))
}

/// Every feed.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Feed>, StoreError> {
    FEEDS.values(read)
}

/// Keeps a person's feed; the address that she had before is dead.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, feed: &Feed) -> Result<(), StoreError> {
    remove(tx, feed.who)?;
    FEED_OF.put(tx, &person_key(feed.who), &feed.digest.to_vec())?;
    FEEDS.put(tx, &feed.digest, feed)
}

/// Switches a person's feed off; its address is dead.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove(tx: &Tx<'_>, who: Person) -> Result<(), StoreError> {
    if let Some(before) = of(tx, who)? {
        FEEDS.remove(tx, &before.digest)?;
    }
    FEED_OF.remove(tx, &person_key(who))
}
