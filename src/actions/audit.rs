//! The audit log: an entry is written in the transaction that does what it tells, and the owners are mailed the newest
//! digest once a week. With it a log that was rewritten to its end can still be told from the one that was.

use crate::actions::outbox;
use crate::app::{App, Fault as Broken, Moment};
use crate::domain::audit::{BEGINNING, Concern, Entry, Link, Said, What, Who};
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Role;
use crate::domain::time::Timestamp;
use crate::platform::seal;
use crate::store::{Read, StoreError, Tx, audit, people};

/// A week, in seconds.
const WEEK: i64 = 7 * 24 * 60 * 60;

/// Writes down what is done in this transaction.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn note(tx: &Tx<'_>, at: Timestamp, who: Who, what: What, about: Concern) -> Result<(), StoreError> {
    let before = audit::head(tx)?;
    let number = before.map_or(1, |entry| entry.said.number + 1);
    let said = Said { number, at, who, what, about };
    let link = seal::digest_of(&said.bytes(&before.map_or(BEGINNING, |entry| entry.link)));
    audit::put(tx, &Entry { said, link })
}

/// Writes down what is done without a transaction of its own, such as a file that is sent.
///
/// # Errors
/// [`Broken`] if the file fails.
pub fn record(app: &App, who: Who, what: What, about: Concern) -> Result<(), Broken> {
    let now = app.clock.now();
    app.keep(move |tx| Ok(note(tx, now, who, what, about)?))
}

/// A digest as it is written for people: 64 hexadecimal digits.
#[must_use]
pub fn shown(link: &Link) -> String {
    link.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A digest as it was copied from a mail.
#[must_use]
pub fn read(text: &str) -> Option<Link> {
    let text: String = text.split_whitespace().collect();
    let bytes = (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok());
    bytes.collect::<Option<Vec<u8>>>()?.try_into().ok()
}

/// Which week an instant is in.
fn week(now: Timestamp) -> u64 {
    u64::try_from(now.as_second().div_euclid(WEEK)).unwrap_or_default()
}

/// The number of the newest entry, if this week's mail about it is still to be written: not when nothing was added.
fn to_tell(read: &impl Read, now: Timestamp) -> Result<Option<u64>, StoreError> {
    let (told_in, told) = audit::told(read)?;
    let newest = audit::head(read)?.map(|entry| entry.said.number);
    Ok(newest.filter(|number| week(now) != told_in && *number != told))
}

/// Queues the week's mail with the newest digest to each owner. Nothing is written if it went, or nothing was added.
///
/// # Errors
/// [`Broken`] if the file fails.
pub fn tell(app: &App) -> Result<(), Broken> {
    let at: Moment = app.moment();
    if to_tell(&app.store.read()?, at.now)?.is_none() {
        return Ok(());
    }
    app.keep(move |tx| {
        let Some(number) = to_tell(tx, at.now)? else { return Ok(()) };
        for owner in people::practitioner::all(tx)? {
            if owner.role == Role::Owner && owner.is_active() {
                let what = format!("{}/{}/{number}", owner.id, week(at.now));
                let to = Person::Practitioner(owner.id);
                outbox::queue(tx, &at, Kind::AuditHead, to, About::Oneself, &what, at.now)?;
            }
        }
        Ok(audit::note_told(tx, (week(at.now), number))?)
    })
}
