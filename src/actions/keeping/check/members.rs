//! The people of the practice, and the accounts that practitioners have of their own.

use super::Report;
use crate::app::Fault;
use crate::domain::catalog::account::Use;
use crate::domain::people::practitioner::{Membership, Role};
use crate::domain::people::second::RECOVERY_CODES;
use crate::domain::time::Timestamp;
use crate::store::{View, calendar, catalog, people};

/// The practice has an owner; who gives sessions has a storefront; nobody waits for one who has left; an invitation is somebody's
/// who has not joined; and of a practitioner's accounts at most one sells.
pub(super) fn look(read: &View, report: &mut Report, now: Timestamp) -> Result<(), Fault> {
    let all = people::practitioner::all(read)?;
    report.count("members", all.len());
    let owned = all.iter().any(|one| one.role == Role::Owner && one.is_active());
    report.expect(owned || all.is_empty(), || "the practice has no owner".to_owned());
    for one in &all {
        let id = one.id;
        let settled = catalog::storefront::find(read, id)?.is_some();
        report.expect(settled || one.membership == Membership::Invited || !one.role.gives_sessions(), || {
            format!("practitioner {id}: gives sessions and has no storefront")
        });
        let gone = matches!(one.membership, Membership::Left { .. });
        let upcoming = calendar::booking::on_calendar(read, id, (now, Timestamp::MAX))?.len();
        report.expect(!gone || upcoming == 0, || {
            format!("practitioner {id}: has left, and {upcoming} sessions are to come")
        });
        let accounts = catalog::account::of(read, id)?;
        let selling = accounts.iter().filter(|(account, _)| account.used == Use::Sells).count();
        report.expect(selling <= 1, || format!("practitioner {id}: {selling} accounts sell"));
    }
    for invitation in people::invitation::all(read)? {
        let id = invitation.member;
        let waits = all.iter().any(|one| one.id == id && one.membership == Membership::Invited);
        report.expect(waits, || format!("an invitation is for {id}, who is not invited"));
    }
    for (id, factor) in people::second::all(read)? {
        report.expect(all.iter().any(|one| one.id == id), || {
            format!("a second factor is {id}’s, who is not there")
        });
        let sound = factor.recovery.len() <= RECOVERY_CODES && !factor.sealed.is_empty();
        report.expect(sound, || format!("practitioner {id}: the second factor is not whole"));
    }
    Ok(())
}
