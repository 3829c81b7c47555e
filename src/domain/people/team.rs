//! Who belongs to the practice and as what: the rules by which a role is changed and somebody leaves.

use super::practitioner::{Membership, Practitioner, Role};

/// What stands in the way of a change to somebody, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties {
    /// Other owners who are with the practice.
    pub other_owners: usize,
    /// Sessions with her that have not ended.
    pub upcoming: usize,
    /// Credits that were ever granted for sessions with her, by lot.
    pub lots: usize,
}

/// Why a member is not changed so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// She is the only owner.
    LastOwner,
    /// So many sessions with her are to come: they are moved or canceled first.
    Upcoming(usize),
    /// Clients have sessions with her: she cannot be the front desk.
    HasClients,
    /// She has not joined yet, or has left.
    NotActive,
    /// She is with the practice already.
    Active,
}

/// Whether somebody can leave.
///
/// # Errors
/// [`Refusal`] says why not.
pub const fn leave(member: &Practitioner, ties: Ties) -> Result<(), Refusal> {
    match member.role {
        _ if !member.is_active() => Err(Refusal::NotActive),
        Role::Owner if ties.other_owners == 0 => Err(Refusal::LastOwner),
        _ if ties.upcoming > 0 => Err(Refusal::Upcoming(ties.upcoming)),
        _ => Ok(()),
    }
}

/// Whether somebody who left can come back.
///
/// # Errors
/// [`Refusal`] says why not.
pub const fn come_back(member: &Practitioner) -> Result<(), Refusal> {
    match member.membership {
        Membership::Left { .. } => Ok(()),
        Membership::Active => Err(Refusal::Active),
        Membership::Invited => Err(Refusal::NotActive),
    }
}

/// Whether somebody can have another role.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn change_role(member: &Practitioner, to: Role, ties: Ties) -> Result<(), Refusal> {
    match member.role {
        _ if !member.is_active() => Err(Refusal::NotActive),
        Role::Owner if to != Role::Owner && ties.other_owners == 0 => Err(Refusal::LastOwner),
        _ if !to.gives_sessions() && (ties.lots > 0 || ties.upcoming > 0) => Err(Refusal::HasClients),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::PractitionerId;

    fn member(role: Role, membership: Membership) -> Practitioner {
        Practitioner {
            id: PractitionerId::from_bits(1),
            slug: "ines".parse().unwrap(),
            name: "Ines".parse().unwrap(),
            email: "ines@quietfield.example".parse().unwrap(),
            role,
            zone: "Europe/Berlin".parse().unwrap(),
            joined_at: "2026-04-14T08:00:00Z".parse().unwrap(),
            password: None,
            membership,
        }
    }

    const FREE: Ties = Ties { other_owners: 0, upcoming: 0, lots: 0 };

    #[test]
    fn the_last_owner_stays_and_stays_owner() {
        let owner = member(Role::Owner, Membership::Active);
        let two = Ties { other_owners: 1, ..FREE };
        assert_eq!((leave(&owner, FREE), leave(&owner, two)), (Err(Refusal::LastOwner), Ok(())));
        for role in [Role::Practitioner, Role::FrontDesk] {
            assert_eq!(change_role(&owner, role, FREE), Err(Refusal::LastOwner));
            assert_eq!(change_role(&owner, role, two), Ok(()));
        }
        assert_eq!(change_role(&owner, Role::Owner, FREE), Ok(()));
    }

    #[test]
    fn nobody_leaves_a_client_waiting() {
        let hana = member(Role::Practitioner, Membership::Active);
        assert_eq!(leave(&hana, Ties { upcoming: 2, lots: 1, ..FREE }), Err(Refusal::Upcoming(2)));
        // Credits without a session stay behind; the owner sees to them.
        assert_eq!(leave(&hana, Ties { lots: 1, ..FREE }), Ok(()));
    }

    #[test]
    fn who_has_clients_is_no_front_desk() {
        let hana = member(Role::Practitioner, Membership::Active);
        let sold = Ties { lots: 1, ..FREE };
        assert_eq!(change_role(&hana, Role::FrontDesk, sold), Err(Refusal::HasClients));
        assert_eq!(change_role(&hana, Role::Owner, sold), Ok(()));
        assert_eq!(change_role(&hana, Role::FrontDesk, FREE), Ok(()));
    }

    #[test]
    fn who_is_not_here_is_not_changed() {
        let at = "2026-05-01T08:00:00Z".parse().unwrap();
        for (membership, back) in [
            (Membership::Invited, Err(Refusal::NotActive)),
            (Membership::Left { at }, Ok(())),
            (Membership::Active, Err(Refusal::Active)),
        ] {
            let one = member(Role::Practitioner, membership);
            assert_eq!(come_back(&one), back, "{membership:?}");
            if membership != Membership::Active {
                assert_eq!(leave(&one, FREE), Err(Refusal::NotActive));
                assert_eq!(change_role(&one, Role::Owner, FREE), Err(Refusal::NotActive));
            }
        }
    }
}
