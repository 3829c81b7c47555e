//! A practitioner: a person who gives sessions, with a storefront and a zone of her own.

use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::text::{Line, Slug};
use crate::domain::time::{Timestamp, Zone};

/// What a member of the practice may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Runs the instance: everything a practitioner may, and the practice's own settings.
    Owner,
    /// Her own clients, packages, hours and books.
    Practitioner,
    /// Gives no sessions: she books, moves and takes payment at the desks of those who do, and reads no notes.
    FrontDesk,
}

impl Role {
    /// Whether she gives sessions: has a storefront, packages, hours and a desk of her own.
    #[must_use]
    pub const fn gives_sessions(self) -> bool {
        matches!(self, Self::Owner | Self::Practitioner)
    }

    /// Whether she may sit at the desks of others.
    #[must_use]
    pub const fn sees_to_others(self) -> bool {
        matches!(self, Self::Owner | Self::FrontDesk)
    }
}

/// Whether somebody is with the practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Membership {
    /// She was asked, and has not said yes.
    Invited,
    /// She is.
    #[default]
    Active,
    /// She was. What was sold for her stays valid, and the owner sees to it.
    Left {
        /// Since when.
        at: Timestamp,
    },
}

/// A member of the practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practitioner {
    /// Her identifier.
    pub id: PractitionerId,
    /// Names her storefront in addresses; unique in the instance.
    pub slug: Slug,
    /// Her name as clients see it.
    pub name: Line,
    /// Where she signs in and where mail for her goes.
    pub email: EmailAddress,
    /// What she may do.
    pub role: Role,
    /// The zone of her hours and of her packages' expiry dates.
    pub zone: Zone,
    /// When she joined the instance.
    pub joined_at: Timestamp,
    /// The argon2 hash of her password, if she has one.
    pub password: Option<String>,
    /// Whether she is with the practice.
    pub membership: Membership,
}

impl Practitioner {
    /// Whether she is with the practice now: can sign in, and if she gives sessions, is found and booked.
    #[must_use]
    pub const fn is_active(&self) -> bool {
        matches!(self.membership, Membership::Active)
    }
}
