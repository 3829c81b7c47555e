//! Money that went back: refunds with their credit notes and the credits that they took, and what waits for disputes.

use std::collections::BTreeMap;

use super::Report;
use crate::app::Fault;
use crate::domain::billing::dispute::State as Questioned;
use crate::domain::billing::refund::{Cause, State as Given};
use crate::domain::credits::ledger::{Revoked, What};
use crate::domain::id::{LotId, PurchaseId};
use crate::domain::time::Timestamp;
use crate::store::{View, billing, credits};

/// Every refund that was given back has its credit note, no purchase gave back more than it brought, and the credits that
/// ledgers have as taken back are those that refunds took.
pub(super) fn refunds(read: &View, report: &mut Report) -> Result<(), Fault> {
    let all = billing::refund::all(read)?;
    report.count("refunds", all.len());
    let mut taken: BTreeMap<LotId, i64> = BTreeMap::new();
    // What was asked for here, and what the provider says: each is bound by the payment, together they need not be.
    let mut sums: BTreeMap<(PurchaseId, bool), i64> = BTreeMap::new();
    for refund in &all {
        let id = refund.id;
        let given = matches!(refund.state, Given::Done { .. } | Given::Returned { .. });
        let due = given && !refund.amount.is_zero();
        let settled_before = refund.note.is_some() && refund.counts();
        report.expect(refund.note.is_some() == due || settled_before, || {
            format!("refund {id}: its credit note does not fit its state")
        });
        if let Some(number) = refund.note {
            let note = billing::receipt::find(read, number)?;
            let fits = note.is_some_and(|note| note.amount.minor == -refund.amount.minor);
            report.expect(fits, || format!("refund {id}: credit note {number} is not of its amount"));
        }
        if refund.counts() {
            *taken.entry(refund.lot).or_default() += i64::from(refund.credits);
            let asked = matches!(refund.cause, Cause::Asked { .. });
            *sums.entry((refund.purchase, asked)).or_default() += refund.amount.minor;
        }
    }
    for ((purchase, _), sum) in sums {
        let paid = billing::payment::of(read, purchase)?.map_or(0, |payment| payment.amount.minor);
        report.expect(sum <= paid, || format!("purchase {purchase}: {sum} given back of {paid}"));
    }
    for lot in credits::lot::all(read)? {
        let revoked: i64 =
            credits::ledger::of(read, lot.ledger())?.iter().map(|entry| revokes(&entry.what)).sum();
        let by_refunds = taken.remove(&lot.id).unwrap_or_default();
        report.expect(revoked == by_refunds, || {
            format!("lot {}: {revoked} credits taken back, {by_refunds} by refunds", lot.id)
        });
    }
    for lot in taken.keys() {
        report.wrong.push(format!("lot {lot}: refunds took credits back, but it is not there"));
    }
    Ok(())
}

/// How many credits an entry takes back for money that went.
fn revokes(what: &What) -> i64 {
    match what {
        What::Revoke { count, why: Revoked::Refund | Revoked::Dispute } => i64::from(*count),
        What::Restore(count) => -i64::from(*count),
        _ => 0,
    }
}

/// What ledgers have as waiting for a dispute is what open disputes hold back.
pub(super) fn disputes(read: &View, report: &mut Report, now: Timestamp) -> Result<(), Fault> {
    let all = billing::dispute::all(read)?;
    report.count("disputes", all.len());
    let mut waiting: BTreeMap<LotId, u32> = BTreeMap::new();
    for dispute in all.iter().filter(|dispute| dispute.state == Questioned::Open) {
        *waiting.entry(dispute.lot).or_default() += dispute.suspended;
    }
    for lot in credits::lot::all(read)? {
        let suspended = credits::lot::counted(read, lot.id, now)?.map_or(0, |(_, balance)| balance.suspended);
        let held = waiting.remove(&lot.id).unwrap_or_default();
        report.expect(suspended == held, || {
            format!("lot {}: {suspended} credits wait, {held} for open disputes", lot.id)
        });
    }
    Ok(())
}
