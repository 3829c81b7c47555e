//! A client: a person who buys packages and comes to sessions.

use crate::domain::email::EmailAddress;
use crate::domain::id::ClientId;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};

/// A client of the practice, known by her e-mail address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Her identifier.
    pub id: ClientId,
    /// Her name as she typed it.
    pub name: Line,
    /// Where mail for her goes; one account per address.
    pub email: EmailAddress,
    /// Her telephone number, if she gave one.
    pub phone: Option<Line>,
    /// The zone in which times are shown to her and in which her quiet hours lie.
    pub zone: Zone,
    /// When she first came here.
    pub joined_at: Timestamp,
    /// When she first showed that the address is hers, by a link that was sent to it.
    pub verified_at: Option<Timestamp>,
    /// The argon2 hash of her password, if she chose one.
    pub password: Option<String>,
}
