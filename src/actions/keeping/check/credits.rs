//! Every ledger: sound, adding up, in the books, and in step with the sessions, refunds, disputes and files that it knows. Practitioner
//! by practitioner, as their ledgers lie, so that no more than hers is in memory.

use std::collections::{BTreeMap, HashMap};

use super::back::Back;
use super::sessions::Sessions;
use super::{Report, Sums};
use crate::app::Fault;
use crate::domain::billing::statement::Statement;
use crate::domain::credits::ledger::{Balance, Entry, What, balance, verify};
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::PractitionerId;
use crate::domain::time::Timestamp;
use crate::store::{View, billing, catalog, credits, people};

/// What is summed over all lots.
#[derive(Default)]
struct Seen {
    /// The books by currency.
    books: BTreeMap<String, Statement>,
    /// What was brought in from other books, by currency.
    brought_in: Sums,
    /// How many lots of a practitioner a file brought in.
    imported: HashMap<PractitionerId, u32>,
    /// How many lots there are among those of practitioners.
    lots: usize,
}

/// Looks at every lot beside what was paid, given back and disputed; gives what was found of the sessions.
pub(super) fn look(
    read: &View,
    report: &mut Report,
    (payments, mut back): (Sums, Back),
    now: Timestamp,
) -> Result<Sessions, Fault> {
    let (mut seen, mut sessions) = (Seen::default(), Sessions::default());
    for practitioner in people::practitioner::all(read)? {
        let whose = practitioner.id;
        let mut ledgers = credits::ledger::all_of(read, whose)?;
        for lot in credits::lot::lots_of(read, whose)? {
            let entries = ledgers.remove(&lot.id).unwrap_or_default();
            report.expect(credits::lot::find(read, lot.id)?.as_ref() == Some(&lot), || {
                format!("lot {}: stands otherwise among those of practitioner {whose}", lot.id)
            });
            let balance = balance(&lot, &entries, now);
            seen.lot(read, report, &lot, (&entries, &balance))?;
            back.lot(report, &lot, (&entries, &balance));
            sessions.lot(read, report, &lot, &balance)?;
        }
        for stray in ledgers.keys() {
            report.wrong.push(format!("practitioner {whose}: a ledger of lot {stray}, which is not hers"));
        }
    }
    back.rest(report);
    let mut lots = 0;
    credits::lot::each(read, |_| {
        lots += 1;
        Ok(())
    })?;
    report.count("lots", lots);
    report.expect(seen.lots == lots, || {
        format!("{} of {lots} lots stand among those of practitioners", seen.lots)
    });
    seen.imports(read, report)?;
    seen.collected(report, payments);
    report.books = seen.books.iter().map(|(currency, sum)| (currency.clone(), told(sum))).collect();
    Ok(sessions)
}

impl Seen {
    /// A ledger is sound, its balance adds up, and its books balance.
    fn lot(
        &mut self,
        read: &View,
        report: &mut Report,
        lot: &Lot,
        (entries, balance): (&[Entry], &Balance),
    ) -> Result<(), Fault> {
        self.lots += 1;
        report.count("ledger entries", entries.len());
        if let Err(unsound) = verify(lot, entries) {
            report.wrong.push(format!("lot {}: entry {} {}", lot.id, unsound.entry, unsound.what));
        }
        report.expect(begins_well(lot, entries), || {
            format!("lot {}: its credits are not granted once, first, and as agreed", lot.id)
        });
        let parts = balance.available_or_frozen()
            + balance.held()
            + balance.used()
            + balance.expired
            + balance.revoked
            + balance.suspended;
        report.expect(parts == balance.total, || {
            format!("lot {}: {parts} credits accounted for of {}", lot.id, balance.total)
        });
        let statement = Statement::of(lot, balance, billing::refund::refunded(read, lot)?);
        report.expect(statement.balances(), || format!("lot {}: its books do not balance", lot.id));
        let currency = lot.paid.currency;
        let sum = self.books.entry(currency.to_string()).or_insert_with(|| Statement::empty(currency));
        *sum = sum.plus(statement);
        if lot.is_import() {
            *self.brought_in.entry(currency.to_string()).or_default() += lot.paid.minor;
            *self.imported.entry(lot.practitioner).or_default() += 1;
        }
        if let Origin::Purchase(id) = lot.origin {
            let there = catalog::purchase::find(read, id)?.is_some_and(|purchase| purchase.is_paid());
            report.expect(there, || format!("lot {}: its purchase is not paid or not there", lot.id));
        }
        Ok(())
    }

    /// The lots that practitioners' files brought in are as many as those files say, and no file had more of anything than lines.
    fn imports(&mut self, read: &View, report: &mut Report) -> Result<(), Fault> {
        let all = credits::import::all(read)?;
        report.count("imports", all.len());
        for (whose, import) in all {
            let fits = import.clients <= import.lines && import.lots <= import.lines;
            report.expect(fits, || {
                format!("practitioner {whose}: a file of {} lines brought in more", import.lines)
            });
            let left = self.imported.entry(whose).or_default().checked_sub(import.lots);
            report.expect(left.is_some(), || format!("practitioner {whose}: a file’s credits are not there"));
            self.imported.insert(whose, left.unwrap_or_default());
        }
        for (whose, left) in self.imported.iter().filter(|(_, left)| **left > 0) {
            report.wrong.push(format!("practitioner {whose}: {left} lots were brought in by no file"));
        }
        Ok(())
    }

    /// What was collected by the lots is what the payments say and what was brought in from other books, in each currency.
    fn collected(&self, report: &mut Report, mut payments: Sums) {
        for (currency, sum) in &self.books {
            let brought_in = self.brought_in.get(currency).copied().unwrap_or_default();
            let paid = payments.remove(currency).unwrap_or_default() + brought_in;
            report.expect(paid == sum.collected.minor, || {
                format!("{currency}: payments of {paid} for credits of {}", sum.collected.minor)
            });
            report.expect(sum.balances(), || format!("{currency}: the books do not balance"));
        }
        for (currency, paid) in payments {
            report.expect(paid == 0, || format!("{currency}: payments of {paid} for no credits"));
        }
    }
}

/// Credits come once, first, and as many as were agreed: granted, or taken over from another lot.
fn begins_well(lot: &Lot, entries: &[Entry]) -> bool {
    let grants = entries.iter().filter(|entry| matches!(entry.what, What::Grant(_))).count();
    match (entries.first().map(|entry| &entry.what), &lot.origin) {
        (Some(What::Grant(count)), _) => grants == 1 && *count == lot.offer.sessions,
        (Some(What::TransferIn { .. }), Origin::Purchase(_) | Origin::Import { .. }) => false,
        (Some(What::TransferIn { count, .. }), _) => grants == 0 && *count == lot.offer.sessions,
        _ => false,
    }
}

fn told(sum: &Statement) -> String {
    format!(
        "collected {} − refunded {} = earned {} + breakage {} + owed {}",
        sum.collected, sum.refunded, sum.earned, sum.breakage, sum.owed
    )
}
