//! Bringing in clients with half-used packages from a file: read, shown, and then kept whole or not at all. The same plan is
//! made for the page that shows it and again in the transaction that keeps it.

mod file;

use std::collections::HashMap;

pub use file::{NotAFile, TEMPLATE, Table, read};

use crate::actions::{Error, NotThere, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::catalog::package::{Listing, Offer, Package};
use crate::domain::credits::import::{Counts, Dates, HalfUsed, Import, Reading, Row, Wrong};
use crate::domain::credits::ledger::{Actor, What};
use crate::domain::id::{ClientId, ImportId, LotId, PackageId, PractitionerId};
use crate::domain::messages::message::{About, Kind, Message, State, Suppressed};
use crate::domain::messages::quiet_hours::waking;
use crate::domain::people::client::Client;
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::{Read, StoreError, Tx, catalog, credits, messages, people};

/// Whether some message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mail {
    /// It does.
    Goes,
    /// It does not.
    Stays,
}

/// What the form says beside the file.
#[derive(Debug, Clone)]
pub struct Wishes {
    /// How dates are written.
    pub dates: Dates,
    /// The package that sessions are like whose own is not among hers.
    pub like: Option<PackageId>,
    /// A welcome to each client with sessions left, with the way in.
    pub welcome: Mail,
    /// The reminder to book, a day from now.
    pub book_first: Mail,
}

/// What a line comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// What it says.
    pub row: Row,
    /// Whether she is one of this practitioner's clients already; then her own particulars stay.
    pub known: Known,
    /// The sessions that come in.
    pub sessions: Sessions,
}

/// Whether a client is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// She is one of this practitioner's.
    Hers,
    /// She is new here.
    New,
}

/// The sessions of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sessions {
    /// It has none, or none are left.
    None,
    /// These come in.
    Left(HalfUsed),
    /// The same came in before: nothing is made.
    Already(HalfUsed),
}

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its number in the file, from 1.
    pub line: u64,
    /// What it comes to, or all that is wrong with it.
    pub made: Result<Made, Vec<Wrong>>,
}

/// What a file comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Its lines.
    pub lines: Vec<Planned>,
}

impl Plan {
    /// The lines that are sound.
    pub fn made(&self) -> impl Iterator<Item = &Made> {
        self.lines.iter().filter_map(|line| line.made.as_ref().ok())
    }

    /// How many lines are not.
    #[must_use]
    pub fn wrong(&self) -> usize {
        self.lines.iter().filter(|line| line.made.is_err()).count()
    }

    /// The clients who are new here, each once.
    #[must_use]
    pub fn newcomers(&self) -> usize {
        let new = self.made().filter(|made| made.known == Known::New);
        new.map(|made| made.row.email.key()).collect::<std::collections::HashSet<_>>().len()
    }

    /// How many sessions come in, in how many lots.
    #[must_use]
    pub fn lots(&self) -> (usize, u32) {
        let left = self.made().filter_map(|made| match &made.sessions {
            Sessions::Left(half) => Some(half.offer.sessions),
            _ => None,
        });
        left.fold((0, 0), |(lots, sessions), more| (lots + 1, sessions + more))
    }

    /// How many clients get sessions: as many welcomes go, if they do.
    #[must_use]
    pub fn welcomed(&self) -> usize {
        let left = self.made().filter(|made| matches!(made.sessions, Sessions::Left(_)));
        left.map(|made| made.row.email.key()).collect::<std::collections::HashSet<_>>().len()
    }
}

/// Plans what a file comes to.
///
/// # Errors
/// [`NotThere`] if the package that sessions are to be like is not hers.
pub fn plan(
    read: &impl Read,
    whose: PractitionerId,
    table: &Table,
    wishes: &Wishes,
    now: Timestamp,
) -> Result<Plan, Error<NotThere>> {
    let with = people::practitioner::find(read, whose)?.ok_or(Error::Refused(NotThere))?;
    let practice = catalog::practice::find(read)?.ok_or(Fault::Missing("the practice"))?;
    let mut packages = catalog::package::of(read, whose)?;
    packages.sort_by_key(|package| package.listing == Listing::Archived);
    let like = match wishes.like {
        Some(id) => Some(packages.iter().find(|one| one.id == id).ok_or(Error::Refused(NotThere))?),
        None => None,
    };
    let own = catalog::storefront::find(read, whose)?;
    let currency = own.map_or(practice.currency, |storefront| storefront.currency(&practice));
    let reading = Reading { columns: table.columns.clone(), dates: wishes.dates, currency };
    let today = with.zone.date(now);
    let shelf = Shelf { packages: &packages, like: like.map(|one| &one.offer) };
    let mut seen = Seen::default();
    let mut lines = Vec::with_capacity(table.records.len());
    for (line, fields) in &table.records {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let made = match reading.row(&fields) {
            Ok(row) => line_of(read, whose, row, &shelf, today)?,
            Err(wrong) => Err(wrong),
        };
        let made = made.and_then(|made| seen.check(*line, made));
        lines.push(Planned { line: *line, made });
    }
    Ok(Plan { lines })
}

/// Her packages, and the one that others are like.
struct Shelf<'a> {
    packages: &'a [Package],
    like: Option<&'a Offer>,
}

impl Shelf<'_> {
    /// The package of that name or address; one that is sold comes before one that was put away.
    fn named(&self, name: &str) -> Option<&Offer> {
        let called = |one: &&Package| {
            one.offer.name.as_str().to_lowercase() == name.to_lowercase() || one.slug.as_str() == name
        };
        self.packages.iter().find(called).map(|one| &one.offer)
    }
}

/// What a line comes to.
fn line_of(
    read: &impl Read,
    whose: PractitionerId,
    row: Row,
    shelf: &Shelf<'_>,
    today: jiff::civil::Date,
) -> Result<Result<Made, Vec<Wrong>>, StoreError> {
    let account = people::client::with_email(read, &row.email)?;
    let hers = match &account {
        Some(account) => people::client::find_of(read, whose, account.id)?,
        None => None,
    };
    let known = if hers.is_some() { Known::Hers } else { Known::New };
    let half = match half_used(&row, shelf, today) {
        Ok(half) => half,
        Err(wrong) => return Ok(Err(vec![wrong])),
    };
    let sessions = match half {
        None => Sessions::None,
        Some(half) => {
            let lots = match &hers {
                Some(client) => credits::lot::of_client(read, client.id, Timestamp::UNIX_EPOCH)?,
                None => Vec::new(),
            };
            let before = lots.iter().any(|(lot, _)| lot.practitioner == whose && half.is(lot));
            if before { Sessions::Already(half) } else { Sessions::Left(half) }
        }
    };
    Ok(Ok(Made { row, known, sessions }))
}

fn half_used(row: &Row, shelf: &Shelf<'_>, today: jiff::civil::Date) -> Result<Option<HalfUsed>, Wrong> {
    let Some(name) = &row.package else {
        let says_nothing = row.counts == Counts::default();
        return if says_nothing { Ok(None) } else { Err(Wrong::NoPackage) };
    };
    let own = shelf.named(name.as_str());
    let offer = own.or(shelf.like).ok_or(Wrong::UnknownPackage)?;
    let (total, used) = row.counts.settled(own.map(|offer| offer.sessions))?;
    if used == total {
        return Ok(None);
    }
    let called: Line = own.map_or_else(|| name.clone(), |offer| offer.name.clone());
    HalfUsed::of(row, (offer, called), (total, used), today).map(Some)
}

/// What stood in earlier lines.
#[derive(Default)]
struct Seen {
    names: HashMap<String, (u64, Line)>,
    sessions: HashMap<String, u64>,
}

impl Seen {
    /// One person has one name, and no line stands there twice.
    fn check(&mut self, line: u64, made: Made) -> Result<Made, Vec<Wrong>> {
        let key = made.row.email.key();
        let (first, name) = self.names.entry(key.clone()).or_insert((line, made.row.name.clone()));
        if *name != made.row.name {
            return Err(vec![Wrong::OtherName(*first)]);
        }
        let what = match &made.sessions {
            Sessions::None => String::new(),
            Sessions::Left(half) | Sessions::Already(half) => {
                format!("{:?} {} {}", half.offer, half.total, half.used)
            }
        };
        let earlier = *self.sessions.entry(format!("{key} {what}")).or_insert(line);
        if earlier == line { Ok(made) } else { Err(vec![Wrong::Twice(earlier)]) }
    }
}

/// Why a file was not brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such package of hers.
    NotThere,
    /// Some lines are not sound; nothing was kept. Holds how they stand now.
    Wrong(Plan),
}

/// Keeps what a file comes to: all of it, in one transaction, or, with a wrong line, nothing. Sent twice, it is kept once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn bring_in(
    app: &App,
    whose: PractitionerId,
    id: ImportId,
    table: Table,
    wishes: Wishes,
) -> Result<Import, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        if let Some(done) = credits::import::find(tx, whose, id)? {
            return Ok(done);
        }
        let plan = plan(tx, whose, &table, &wishes, at.now)
            .map_err(|error| error.map(|NotThere| Refusal::NotThere))?;
        if plan.wrong() > 0 || plan.lines.is_empty() {
            return Err(Error::Refused(Refusal::Wrong(plan)));
        }
        let with = people::practitioner::find(tx, whose)?.ok_or(Fault::Missing("a practitioner"))?;
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let import = Import {
            at: at.now,
            lines: count(plan.lines.len()),
            clients: count(plan.newcomers()),
            lots: count(plan.lots().0),
        };
        for planned in &plan.lines {
            if let Ok(made) = &planned.made {
                // A lot is named after the file and its line, so that they sort as the lines do.
                let lot = LotId::from_bits(id.bits().wrapping_add(u128::from(planned.line)));
                keep(tx, &at, &with, (lot, made), &wishes)?;
            }
        }
        credits::import::put(tx, whose, id, &import)?;
        Ok(import)
    })
}

/// Keeps what one line comes to.
fn keep(
    tx: &Tx<'_>,
    at: &Moment,
    with: &Practitioner,
    (id, made): (LotId, &Made),
    wishes: &Wishes,
) -> Result<(), Fault> {
    let client = match people::client::with_email(tx, &made.row.email)? {
        Some(known) => known,
        None => {
            let fresh = Client {
                id: ClientId::from_bits(at.id()),
                name: made.row.name.clone(),
                email: made.row.email.clone(),
                phone: made.row.phone.clone(),
                zone: with.zone.clone(),
                joined_at: at.now,
                verified_at: None,
                password: None,
            };
            people::client::put(tx, &fresh)?;
            fresh
        }
    };
    people::client::belongs_to(tx, client.id, with.id)?;
    let Sessions::Left(half) = &made.sessions else { return Ok(()) };
    let lot = half.lot(id, (client.id, with.id), &with.zone, at.now);
    credits::lot::put(tx, &lot)?;
    let (grant, by) = (What::Grant(lot.offer.sessions), Actor::Practitioner(with.id));
    outbox::append(tx, at, lot.ledger(), grant, by, made.row.note.clone())?;
    outbox::follow(tx, at, lot.id)?;
    if wishes.book_first == Mail::Stays {
        hold_back(tx, at, lot.id)?;
    }
    if wishes.welcome == Mail::Goes {
        let what = format!("{}/{}", client.id, with.id);
        let goes_at = waking(at.now, &client.zone);
        outbox::queue(tx, at, Kind::Welcome, Person::Client(client.id), About::Lot(lot.id), &what, goes_at)?;
    }
    Ok(())
}

/// The reminder to book does not go for sessions that were bought long ago, unless she wants it.
fn hold_back(tx: &Tx<'_>, at: &Moment, lot: LotId) -> Result<(), StoreError> {
    let key = format!("{}/{lot}", Kind::BookFirst.name());
    if let Some(planned) = messages::message::with_key(tx, &key)? {
        let state = State::Suppressed { at: at.now, why: Suppressed::Withheld };
        messages::message::put(tx, &Message { state, ..planned })?;
    }
    Ok(())
}
