//! Whose desk a member of the practice may sit at, and what she may see and do there.

use super::practitioner::{Practitioner, Role};
use crate::domain::id::PractitionerId;

/// How somebody sits at the desk of a practitioner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// It is her own.
    Own,
    /// The owner, at the desk of another.
    Owner,
    /// The front desk.
    FrontDesk,
}

impl Seat {
    /// How a member sits at somebody's desk; nothing if she has no business there.
    #[must_use]
    pub fn of(member: &Practitioner, whose: PractitionerId) -> Option<Self> {
        match member.role {
            Role::FrontDesk => (member.id != whose).then_some(Self::FrontDesk),
            _ if member.id == whose => Some(Self::Own),
            Role::Owner => Some(Self::Owner),
            Role::Practitioner => None,
        }
    }

    /// Whether the desk is her own, with all that only its practitioner does: packages, hours, messages, gifts, settings.
    #[must_use]
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Own)
    }

    /// Whether she may read and write notes there. The one place that says so.
    #[must_use]
    pub const fn sees_notes(self) -> bool {
        matches!(self, Self::Own)
    }

    /// Whether she may see what the desk earns.
    #[must_use]
    pub const fn sees_money(self) -> bool {
        matches!(self, Self::Own | Self::Owner)
    }
}

/// Whether others in the practice have a client too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shared {
    /// Only the practitioner whose desk it is.
    No,
    /// Others have her as well, and may have shown her what this desk may not read.
    WithOthers,
}

/// Who hands a client her sign-in link, where no mail goes out. Whoever has the link reads all that she can read, the notes that
/// her practitioners showed her among it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandedBy {
    /// Whoever sits there.
    Here,
    /// The practitioner whose desk it is, or the owner.
    ItsPractitioner,
    /// The owner of the practice alone.
    TheOwner,
}

impl HandedBy {
    /// Who hands it over, as `member` sees it from her seat. The one place that says so.
    #[must_use]
    pub fn seen_from(seat: Seat, member: &Practitioner, shared: Shared) -> Self {
        match (member.role, seat, shared) {
            (Role::Owner, ..) | (_, Seat::Own, Shared::No) => Self::Here,
            (_, Seat::FrontDesk | Seat::Owner, Shared::No) => Self::ItsPractitioner,
            (.., Shared::WithOthers) => Self::TheOwner,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::practitioner::Membership;

    fn member(id: u128, role: Role) -> Practitioner {
        Practitioner {
            id: PractitionerId::from_bits(id),
            slug: "ines".parse().unwrap(),
            name: "Ines".parse().unwrap(),
            email: "ines@quietfield.example".parse().unwrap(),
            role,
            zone: "Europe/Berlin".parse().unwrap(),
            joined_at: "2026-04-14T08:00:00Z".parse().unwrap(),
            password: None,
            membership: Membership::Active,
        }
    }

    #[test]
    fn each_member_sits_where_she_has_business_and_only_one_reads_the_notes() {
        let at = |role, whose| Seat::of(&member(1, role), PractitionerId::from_bits(whose));
        for (role, own, anothers) in [
            (Role::Owner, Some(Seat::Own), Some(Seat::Owner)),
            (Role::Practitioner, Some(Seat::Own), None),
            (Role::FrontDesk, None, Some(Seat::FrontDesk)),
        ] {
            assert_eq!((at(role, 1), at(role, 2)), (own, anothers), "{role:?}");
            assert_eq!(role.sees_to_others(), anothers.is_some(), "{role:?}");
        }
        let may = |seat: Seat| (seat.is_own(), seat.sees_notes(), seat.sees_money());
        assert_eq!(may(Seat::Own), (true, true, true));
        assert_eq!(may(Seat::Owner), (false, false, true));
        assert_eq!(may(Seat::FrontDesk), (false, false, false));
    }

    #[test]
    fn a_link_is_handed_over_by_who_reads_all_that_it_opens_or_by_the_owner() {
        let by = |role, seat| {
            [Shared::No, Shared::WithOthers].map(|shared| HandedBy::seen_from(seat, &member(1, role), shared))
        };
        assert_eq!(by(Role::Owner, Seat::Own), [HandedBy::Here, HandedBy::Here]);
        assert_eq!(by(Role::Owner, Seat::Owner), [HandedBy::Here, HandedBy::Here]);
        assert_eq!(by(Role::Practitioner, Seat::Own), [HandedBy::Here, HandedBy::TheOwner]);
        assert_eq!(by(Role::FrontDesk, Seat::FrontDesk), [HandedBy::ItsPractitioner, HandedBy::TheOwner]);
    }
}
