//! One backup and what became of it; when the next is due, and when there has been none for too long.

use super::destination::Destination;
use crate::domain::id::{BackupId, DestinationId};
use crate::domain::time::{SignedDuration, Timestamp, Zone, after, hours, minutes, plus_days};

/// None that was verified for so long is too long.
pub const PATIENCE: SignedDuration = hours(7 * 24);
/// The hour of the night at which backups are made, in the zone of the practice.
const QUIET: jiff::civil::Time = jiff::civil::time(3, 30, 0, 0);
/// How long after a failure it is tried again, the first time.
const FIRST_WAIT: SignedDuration = minutes(15);
/// And at most.
const LONGEST_WAIT: SignedDuration = hours(6);
/// By how much the clock may have been put back before what was made is said to lie ahead.
const PUT_BACK: SignedDuration = hours(1);
/// One that was asked for is not tried for ever.
const ASKED_FOR: SignedDuration = hours(1);

/// Why there is no backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is no recovery kit yet.
    NoKit,
    /// What one signs in with cannot be opened with the key beside the data file.
    Sealed,
    /// There is no such folder, or no such bucket.
    NotThere,
    /// The folder is there without its marker: the disk is not mounted.
    NotMounted,
    /// The folder is another practice's.
    Anothers,
    /// The place can be read only.
    ReadOnly,
    /// The program may not write there.
    Forbidden,
    /// The place is full.
    Full,
    /// There is no room beside the data for the copy that is being made.
    FullHere,
    /// What is to be kept is larger than one upload may be.
    TooLarge,
    /// No such host.
    NoHost,
    /// It leads into the network that the program stands in, which the settings do not open.
    Inside,
    /// Nobody answers.
    NoAnswer,
    /// It took too long.
    Slow,
    /// The encrypted connection could not be trusted.
    Certificate,
    /// The name, the password or the key is not taken.
    SignIn,
    /// It says that requests are signed for the wrong region.
    Region,
    /// Its clock and ours are too far apart.
    Clock,
    /// It leads elsewhere: the endpoint is another.
    Elsewhere,
    /// It answers with this status.
    Status(u16),
    /// The server shows another key than the one that was confirmed.
    HostKey,
    /// The server has no SFTP.
    NoSftp,
    /// The place does what it should not, such as losing a file while it is written.
    Odd,
    /// What was written is not there when it is read back.
    Gone,
    /// What is read back is not what was written.
    Differs,
    /// What was read back is whole, but the check finds so many things wrong.
    Unsound(u32),
    /// The program ended before it was through.
    BrokeOff,
    /// There are no backups here, as in the demo.
    NotHere,
    /// The data file could not be read or copied; the log has the reason.
    Failed,
}

/// What became of a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is being made, or the program ended meanwhile.
    Going,
    /// It was read back from where it went, opened, checked and counted.
    Verified {
        /// When that was done.
        at: Timestamp,
    },
    /// There is none.
    Failed {
        /// When that was found.
        at: Timestamp,
        /// Why.
        why: Trouble,
    },
}

/// The record of a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Its identifier.
    pub id: BackupId,
    /// Where it went.
    pub destination: DestinationId,
    /// When it was begun; its file is named after it.
    pub started_at: Timestamp,
    /// How large its file is.
    pub bytes: u64,
    /// How many rows are in it.
    pub rows: u64,
    /// What became of it.
    pub outcome: Outcome,
}

impl Backup {
    /// Whether it was made by a clock that was ahead, and so says nothing of when the next is due.
    #[must_use]
    pub fn is_ahead(&self, now: Timestamp) -> bool {
        let ended = match self.outcome {
            Outcome::Going => self.started_at,
            Outcome::Verified { at } | Outcome::Failed { at, .. } => at,
        };
        is_ahead(self.started_at.max(ended), now)
    }
}

/// Whether an instant lies so far ahead that the clock must have been wrong, then or now.
#[must_use]
pub fn is_ahead(at: Timestamp, now: Timestamp) -> bool {
    at > after(now, PUT_BACK)
}

const BEGIN: &str = "fiddlehead-";
const END: &str = ".age";
/// As RFC 3339 without what file systems and shells trip over.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// The name of the file of a backup.
#[must_use]
pub fn file_name(made_at: Timestamp) -> String {
    format!("{BEGIN}{}{END}", stamp(made_at))
}

/// The stamp in such a name.
#[must_use]
pub fn stamp(made_at: Timestamp) -> String {
    made_at.strftime(STAMP).to_string()
}

/// When the backup of that file was made; nothing if the name is none of ours.
#[must_use]
pub fn made_at(file_name: &str) -> Option<Timestamp> {
    stamped(file_name.strip_prefix(BEGIN)?.strip_suffix(END)?)
}

/// The instant of a stamp.
#[must_use]
pub fn stamped(text: &str) -> Option<Timestamp> {
    let civil = jiff::civil::DateTime::strptime(STAMP, text).ok()?;
    let at = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
    (stamp(at) == text).then_some(at)
}

/// When the next backup to a destination is due. `records` are its own, newest first; those that lie ahead do not count.
#[must_use]
pub fn next_at(destination: &Destination, records: &[Backup], zone: &Zone, now: Timestamp) -> Timestamp {
    let records = || records.iter().filter(|record| !record.is_ahead(now));
    let Some(last) = records().next() else { return destination.added_at.min(now) };
    let asked = destination.asked_at.filter(|at| *at > last.started_at);
    let due = match last.outcome {
        Outcome::Verified { .. } => next_quiet(last.started_at, zone),
        Outcome::Going => after(last.started_at, FIRST_WAIT),
        Outcome::Failed { at, .. } => {
            let failed = |record: &&Backup| !matches!(record.outcome, Outcome::Verified { .. });
            let times = records().take_while(failed).count();
            let factor = 1_i32 << times.saturating_sub(1).min(8);
            after(at, (FIRST_WAIT * factor).min(LONGEST_WAIT))
        }
    };
    asked.map_or(due, |asked| asked.min(due))
}

/// The first quiet hour after an instant.
fn next_quiet(at: Timestamp, zone: &Zone) -> Timestamp {
    let today = zone.date(at);
    let quiet = |date: jiff::civil::Date| {
        let local = date.to_datetime(QUIET).to_zoned(zone.tz().clone());
        local.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    };
    // One that ended shortly before is today's already.
    let first = quiet(today);
    if first > after(at, ASKED_FOR) { first } else { quiet(plus_days(today, 1)) }
}

/// A destination at which no backup was verified for too long.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overdue {
    /// Which.
    pub destination: Destination,
    /// When the last one was verified there, if ever.
    pub verified_at: Option<Timestamp>,
    /// Why the last attempt failed, if it did.
    pub why: Option<Trouble>,
}

impl Overdue {
    /// Since when there is none.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.verified_at.unwrap_or(self.destination.added_at)
    }

    /// How many times its patience is over: once a week it is told of.
    #[must_use]
    pub fn weeks(&self, now: Timestamp) -> i64 {
        now.duration_since(self.since()).as_hours() / PATIENCE.as_hours()
    }
}

/// Whether none was verified at a destination for too long. `verified_at` is when the last one was, `last` the last attempt.
#[must_use]
pub fn overdue(
    destination: Destination,
    verified_at: Option<Timestamp>,
    last: Option<&Backup>,
    now: Timestamp,
) -> Option<Overdue> {
    let why = last.and_then(|last| match last.outcome {
        Outcome::Failed { why, .. } => Some(why),
        Outcome::Verified { .. } | Outcome::Going => None,
    });
    let overdue = Overdue { destination, verified_at, why };
    (now >= after(overdue.since(), PATIENCE)).then_some(overdue)
}

/// What is being done, for whoever waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// The data are copied as they stood at one instant.
    Copying,
    /// The copy is checked.
    Checking,
    /// It is sealed.
    Sealing,
    /// It is sent where it goes.
    Sending,
    /// It is fetched from there.
    Fetching,
    /// It is opened with the key.
    Opening,
    /// What came back is checked and counted.
    Proving,
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub doing: Doing,
    /// How many bytes, or rows while copying, are done.
    pub done: u64,
    /// Of how many, if that is known.
    pub of: Option<u64>,
}

impl Progress {
    /// That something begins.
    #[must_use]
    pub const fn begun(doing: Doing) -> Self {
        Self { doing, done: 0, of: None }
    }

    /// How many hundredths are done.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        let of = self.of.filter(|of| *of > 0)?;
        Some(
            u8::try_from(u128::from(self.done) * 100 / u128::from(of))
                .map_or(100, |percent| percent.min(100)),
        )
    }
}

#[cfg(test)]
mod tests;
