//! Invitations, by the SHA-256 of their token; a member has at most one.

use serde::{Deserialize, Serialize};

use crate::domain::id::PractitionerId;
use crate::domain::people::invitation::Invitation;
use crate::domain::time::Timestamp;
use crate::store::row::{id, instant, kept};
use crate::store::table::INVITATIONS;
use crate::store::{Read, StoreError, Tx};

#[derive(Serialize, Deserialize)]
#[serde(remote = "Invitation")]
pub(in crate::store) struct InvitationRow {
    #[serde(with = "id")]
    member: PractitionerId,
    #[serde(with = "instant")]
    made_at: Timestamp,
}
kept!(InvitationRow = "InvitationRow" for Invitation);

/// The invitation whose token has that digest.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn find(read: &impl Read, digest: &[u8; 32]) -> Result<Option<Invitation>, StoreError> {
    INVITATIONS.find(read, digest)
}

/// Every invitation that was not accepted.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn all(read: &impl Read) -> Result<Vec<Invitation>, StoreError> {
    INVITATIONS.values(read)
}

/// Keeps an invitation; an older one of the same member opens nothing from then on.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn put(tx: &Tx<'_>, digest: &[u8; 32], invitation: &Invitation) -> Result<(), StoreError> {
    remove_of(tx, invitation.member)?;
    INVITATIONS.put(tx, digest, invitation)
}

/// Removes a member's invitation, if she has one.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn remove_of(tx: &Tx<'_>, member: PractitionerId) -> Result<(), StoreError> {
    let all = INVITATIONS.all(tx)?;
    let hers = all.into_iter().filter(|(_, invitation)| invitation.member == member);
    hers.map(|(digest, _)| digest)
        .collect::<Vec<_>>()
        .iter()
        .try_for_each(|digest| INVITATIONS.remove(tx, digest))
}
