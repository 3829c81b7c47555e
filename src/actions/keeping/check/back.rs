//! Money that went back: refunds with their credit notes and the credits that they took, and what waits for disputes.

use std::collections::{BTreeMap, BTreeSet};

use super::Report;
use crate::app::Fault;
use crate::domain::billing::dispute::State as Questioned;
use crate::domain::billing::refund::{Cause, State as Given};
use crate::domain::credits::ledger::{Balance, Entry, Revoked, What};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{LotId, PurchaseId};
use crate::store::{View, billing};

/// What refunds took back and disputes hold back, by lot, until the ledgers were seen to say the same.
pub(super) struct Back {
    taken: BTreeMap<LotId, i64>,
    /// Lots whose payment a bank questions.
    questioned: BTreeSet<LotId>,
}

impl Back {
    /// Every refund that was given back has its credit note, and no purchase gave back more than it brought.
    pub(super) fn read(read: &View, report: &mut Report) -> Result<Self, Fault> {
        let (taken, questioned) = (refunds(read, report)?, disputes(read, report)?);
        Ok(Self { taken, questioned })
    }

    /// What a ledger has as taken back is what refunds took, and credits wait only while a dispute is open.
    pub(super) fn lot(&mut self, report: &mut Report, lot: &Lot, (entries, balance): (&[Entry], &Balance)) {
        let revoked: i64 = entries.iter().map(|entry| revokes(&entry.what)).sum();
        let by_refunds = self.taken.remove(&lot.id).unwrap_or_default();
        report.expect(revoked == by_refunds, || {
            format!("lot {}: {revoked} credits taken back, {by_refunds} by refunds", lot.id)
        });
        let suspended = balance.suspended;
        report.expect(suspended == 0 || self.questioned.contains(&lot.id), || {
            format!("lot {}: {suspended} credits wait, but no dispute is open", lot.id)
        });
    }

    /// Names what is left once every ledger was looked at.
    pub(super) fn rest(&self, report: &mut Report) {
        for lot in self.taken.keys() {
            report.wrong.push(format!("lot {lot}: refunds took credits back, but it is not there"));
        }
    }
}

/// The credits that refunds took, by lot.
fn refunds(read: &View, report: &mut Report) -> Result<BTreeMap<LotId, i64>, Fault> {
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
            for share in refund.shares() {
                *taken.entry(share.lot).or_default() += i64::from(share.credits);
            }
            let asked = matches!(refund.cause, Cause::Asked { .. });
            *sums.entry((refund.purchase, asked)).or_default() += refund.amount.minor;
        }
    }
    for ((purchase, _), sum) in sums {
        let paid = billing::payment::of(read, purchase)?.map_or(0, |payment| payment.amount.minor);
        report.expect(sum <= paid, || format!("purchase {purchase}: {sum} given back of {paid}"));
    }
    Ok(taken)
}

/// How many credits an entry takes back for money that went.
fn revokes(what: &What) -> i64 {
    match what {
        What::Revoke { count, why: Revoked::Refund | Revoked::Dispute } => i64::from(*count),
        What::Restore(count) => -i64::from(*count),
        _ => 0,
    }
}

/// The lots that open disputes are about, with those that credits were passed on to.
fn disputes(read: &View, report: &mut Report) -> Result<BTreeSet<LotId>, Fault> {
    let all = billing::dispute::all(read)?;
    report.count("disputes", all.len());
    let mut questioned = BTreeSet::new();
    for dispute in all.iter().filter(|dispute| dispute.state == Questioned::Open) {
        let lots = billing::refund::lots_behind(read, dispute.purchase)?;
        report.expect(!lots.is_empty(), || {
            format!("lot {}: a dispute is about it, but it is not there", dispute.lot)
        });
        questioned.extend(lots.iter().map(|lot| lot.id));
    }
    Ok(questioned)
}
