//! Who does not want which nudges.

use crate::domain::id::ClientId;
use crate::domain::messages::message::Kind;
use crate::domain::messages::nudge::Wish;
use crate::domain::time::Timestamp;
use crate::store::table::OPT_OUTS;
use crate::store::{Read, StoreError, Tx};

/// Whether a client takes nudges of a kind.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn wish(read: &impl Read, client: ClientId, kind: Kind) -> Result<Wish, StoreError> {
    let out = OPT_OUTS.find(read, &(client, kind.name().to_owned()))?;
    Ok(if out.is_some() { Wish::OptedOut } else { Wish::Welcome })
}

/// Keeps a client's wish.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, client: ClientId, kind: Kind, wish: Wish, now: Timestamp) -> Result<(), StoreError> {
    let key = (client, kind.name().to_owned());
    match wish {
        Wish::OptedOut => OPT_OUTS.put(tx, &key, &now),
        Wish::Welcome => OPT_OUTS.remove(tx, &key),
    }
}
