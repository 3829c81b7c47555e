//! The audit log: every entry is as it was written and none is missing between; devices are of members who are there.

use super::Report;
use crate::actions::audit::shown;
use crate::app::Fault;
use crate::domain::audit::{self as chain, Link, Looking};
use crate::platform::seal::digest_of;
use crate::store::{Read, StoreError, audit, people};

pub(super) fn look(read: &impl Read, report: &mut Report) -> Result<(), Fault> {
    let (mut looking, mut count, mut newest, mut faults) = (Looking::default(), 0, 0, Vec::new());
    audit::each(read, |number, entry| {
        (count, newest) = (count + 1, number);
        faults.extend(looking.at(number, &entry, digest_of));
    })?;
    // One that was mailed was there: whoever cut the log off has to know of that as well.
    let (_, told) = audit::told(read)?;
    if told > newest {
        faults.push(chain::Fault::Gone(newest + 1, told));
    }
    report.count("audit entries", count);
    report.wrong.extend(faults.into_iter().map(|fault| match fault {
        chain::Fault::Changed(number) => format!("audit log: entry {number} is not as it was written"),
        chain::Fault::Gone(one, other) if one == other => format!("audit log: entry {one} is missing"),
        chain::Fault::Gone(first, last) => format!("audit log: entries {first} to {last} are missing"),
    }));
    for (member, _) in people::device::all(read)? {
        let there = people::practitioner::find(read, member)?.is_some();
        report.expect(there, || format!("a known browser is of {member}, who is not there"));
    }
    Ok(())
}

/// Whether the log still leads to a digest that was mailed: the number of its entry, or why it is not there.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn leads_to(read: &impl Read, head: &Link) -> Result<Result<u64, String>, StoreError> {
    let (mut found, mut newest) = (None, 0);
    audit::each(read, |number, entry| {
        newest = number;
        if entry.link == *head {
            found = Some(number);
        }
    })?;
    Ok(found.ok_or_else(|| {
        format!(
            "audit log: no entry has the fingerprint {}; the newest is entry {newest}. What was written up to that mail was changed \
             or cut off, or the data are from an older backup",
            shown(head)
        )
    }))
}
