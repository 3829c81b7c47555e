//! Whether all is sound: every ledger, the books, the calendar and the papers, read offline and counted.

mod elsewhere;
mod log;
mod members;
mod told;

use std::collections::{BTreeMap, HashSet};

use crate::app::Fault;
use crate::domain::billing::refund::Refund;
use crate::domain::billing::statement::Statement;
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::purchase::State;
use crate::domain::credits::ledger::{Consumed, Sitting, Standing, What, balance, verify};
use crate::domain::credits::lot::Origin;
use crate::domain::id::{BookingId, LotId, PractitionerId};
use crate::domain::people::login::Person;
use crate::domain::people::tag::Tag;
use crate::domain::time::Timestamp;
use crate::store::{Store, View, billing, calendar, catalog, credits, people};

mod back;

pub use log::leads_to;

/// What was looked at, and what is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// How many of each were looked at.
    pub counted: BTreeMap<&'static str, usize>,
    /// The books by currency.
    pub books: BTreeMap<String, String>,
    /// What is not as it must be, in words with ids.
    pub wrong: Vec<String>,
}

impl Report {
    fn count(&mut self, what: &'static str, n: usize) {
        *self.counted.entry(what).or_default() += n;
    }

    fn expect(&mut self, holds: bool, wrong: impl FnOnce() -> String) {
        if !holds {
            self.wrong.push(wrong());
        }
    }
}

/// Checks a whole data file as it stands at an instant.
///
/// # Errors
/// [`Fault`] if it cannot be read; what can be read but is not sound stands in the report.
pub fn check(store: &Store, now: Timestamp) -> Result<Report, Fault> {
    let read = store.read()?;
    let mut report = Report::default();
    purchases(&read, &mut report)?;
    first_times(&read, &mut report)?;
    let held = lots(&read, &mut report, now)?;
    bookings(&read, &mut report, &held)?;
    papers(&read, &mut report)?;
    about_clients(&read, &mut report)?;
    back::refunds(&read, &mut report)?;
    back::disputes(&read, &mut report, now)?;
    calendars(&read, &mut report)?;
    members::look(&read, &mut report, now)?;
    imports(&read, &mut report)?;
    told::look(&read, &mut report)?;
    log::look(&read, &mut report)?;
    elsewhere::look(&read, &mut report)?;
    Ok(report)
}

/// Every paid purchase has one payment of its price, and one lot; no other has either.
fn purchases(read: &View, report: &mut Report) -> Result<(), Fault> {
    let all = catalog::purchase::all(read)?;
    report.count("purchases", all.len());
    for purchase in &all {
        let id = purchase.id;
        let payment = billing::payment::of(read, id)?;
        let lot = credits::lot::find(read, crate::domain::credits::lot::Lot::id_for(id))?;
        let paid = matches!(purchase.state, State::Paid { .. });
        report.expect(paid == payment.is_some(), || {
            format!("purchase {id}: state {:?} does not fit its payment", purchase.state)
        });
        report.expect(paid == lot.is_some(), || {
            format!("purchase {id}: state {:?} does not fit its credits", purchase.state)
        });
        if let Some(payment) = payment {
            report.expect(payment.amount == purchase.offer.price, || {
                format!("purchase {id}: paid another amount than its price")
            });
        }
        if let Some(lot) = lot {
            let same = lot.client == purchase.client
                && lot.offer == purchase.offer
                && lot.paid == purchase.offer.price;
            report.expect(same, || format!("purchase {id}: its credits are not what was agreed"));
        }
        let known = people::client::find(read, purchase.client)?.is_some();
        report.expect(known, || format!("purchase {id}: its client is not there"));
    }
    report.count("payments", billing::payment::all(read)?.len());
    Ok(())
}

/// A first time belongs to a purchase with the same practitioner, and is kept for nobody who has paid, or has given up.
fn first_times(read: &View, report: &mut Report) -> Result<(), Fault> {
    let all = calendar::reservation::all(read)?;
    report.count("first times", all.len());
    for chosen in &all {
        let id = chosen.purchase;
        let purchase = catalog::purchase::find(read, id)?;
        let hers = purchase.as_ref().is_some_and(|one| one.practitioner == chosen.practitioner);
        report.expect(hers, || format!("purchase {id}: its first time is not with its practitioner"));
        let waits = purchase.is_some_and(|one| {
            matches!(one.state, State::AwaitingBuyer | State::Processing | State::AwaitingProof)
        });
        report.expect(waits || chosen.held_until.is_none(), || {
            format!("purchase {id}: its first time is kept though nobody is paying")
        });
    }
    Ok(())
}

/// The sessions that the ledgers know, by the lot that pays.
type Sittings = BTreeMap<(BookingId, LotId), Sitting>;

/// The lots that practitioners' files brought in are as many as those files say, and no file had more of anything than lines.
fn imports(read: &View, report: &mut Report) -> Result<(), Fault> {
    let mut lots: BTreeMap<PractitionerId, u32> = BTreeMap::new();
    for lot in credits::lot::all(read)?.iter().filter(|lot| lot.is_import()) {
        *lots.entry(lot.practitioner).or_default() += 1;
    }
    let all = credits::import::all(read)?;
    report.count("imports", all.len());
    for (whose, import) in all {
        let fits = import.clients <= import.lines && import.lots <= import.lines;
        report.expect(fits, || {
            format!("practitioner {whose}: a file of {} lines brought in more", import.lines)
        });
        let left = lots.entry(whose).or_default().checked_sub(import.lots);
        report.expect(left.is_some(), || format!("practitioner {whose}: a file’s credits are not there"));
        lots.insert(whose, left.unwrap_or_default());
    }
    for (whose, left) in lots.into_iter().filter(|(_, left)| *left > 0) {
        report.wrong.push(format!("practitioner {whose}: {left} lots were brought in by no file"));
    }
    Ok(())
}

/// Every ledger is sound, every balance adds up, and the books balance; gives the sessions that the ledgers know.
fn lots(read: &View, report: &mut Report, now: Timestamp) -> Result<Sittings, Fault> {
    let mut books: BTreeMap<String, Statement> = BTreeMap::new();
    let mut brought_in: BTreeMap<String, i64> = BTreeMap::new();
    let (mut sittings, mut tied) = (Sittings::new(), HashSet::new());
    for lot in credits::lot::all(read)? {
        let entries = credits::ledger::of(read, lot.ledger())?;
        report.count("lots", 1);
        report.count("ledger entries", entries.len());
        if let Err(unsound) = verify(&lot, &entries) {
            report.wrong.push(format!("lot {}: entry {} {}", lot.id, unsound.entry, unsound.what));
        }
        let grants = entries.iter().filter(|entry| matches!(entry.what, What::Grant(_))).count();
        let begins_well = match (entries.first().map(|entry| &entry.what), &lot.origin) {
            (Some(What::Grant(count)), _) => grants == 1 && *count == lot.offer.sessions,
            (Some(What::TransferIn { .. }), Origin::Purchase(_) | Origin::Import { .. }) => false,
            (Some(What::TransferIn { count, .. }), _) => grants == 0 && *count == lot.offer.sessions,
            _ => false,
        };
        report.expect(begins_well, || {
            format!("lot {}: its credits are not granted once, first, and as agreed", lot.id)
        });
        let balance = balance(&lot, &entries, now);
        let parts = balance.available_or_frozen()
            + balance.held()
            + balance.used()
            + balance.expired
            + balance.revoked
            + balance.suspended;
        report.expect(parts == balance.total, || {
            format!("lot {}: {parts} credits accounted for of {}", lot.id, balance.total)
        });
        let statement = Statement::of(&lot, &balance, billing::refund::refunded(read, &lot)?);
        report.expect(statement.balances(), || format!("lot {}: its books do not balance", lot.id));
        let sum =
            books.entry(lot.paid.currency.to_string()).or_insert_with(|| Statement::empty(lot.paid.currency));
        *sum = sum.plus(statement);
        if lot.is_import() {
            *brought_in.entry(lot.paid.currency.to_string()).or_default() += lot.paid.minor;
        }
        if let Origin::Purchase(id) = lot.origin {
            let there = catalog::purchase::find(read, id)?.is_some_and(|purchase| purchase.is_paid());
            report.expect(there, || format!("lot {}: its purchase is not paid or not there", lot.id));
        }
        for sitting in &balance.sittings {
            sittings.insert((sitting.booking, lot.id), *sitting);
            if matches!(sitting.standing, Standing::Held | Standing::Used(_)) {
                let first = tied.insert(sitting.booking);
                report.expect(first, || format!("session {}: tied to two credits", sitting.booking));
            }
        }
    }
    by_practitioner(read, report)?;
    collected(read, report, &books, brought_in)?;
    report.books = books.iter().map(|(currency, sum)| (currency.clone(), told(sum))).collect();
    Ok(sittings)
}

/// All lots stand a second time among those of their practitioners, and alike; and no ledger stands there without its lot.
fn by_practitioner(read: &View, report: &mut Report) -> Result<(), Fault> {
    let mut count = 0;
    for practitioner in people::practitioner::all(read)? {
        let mut ledgers = credits::ledger::all_of(read, practitioner.id)?;
        for lot in credits::lot::lots_of(read, practitioner.id)? {
            count += 1;
            ledgers.remove(&lot.id);
            report.expect(credits::lot::find(read, lot.id)?.as_ref() == Some(&lot), || {
                format!("lot {}: stands otherwise among those of practitioner {}", lot.id, practitioner.id)
            });
        }
        for stray in ledgers.keys() {
            report.wrong.push(format!(
                "practitioner {}: a ledger of lot {stray}, which is not hers",
                practitioner.id
            ));
        }
    }
    let lots = report.counted.get("lots").copied().unwrap_or_default();
    report.expect(count == lots, || format!("{count} of {lots} lots stand among those of practitioners"));
    Ok(())
}

/// What was collected by the lots is what the payments say and what was brought in from other books, in each currency.
fn collected(
    read: &View,
    report: &mut Report,
    books: &BTreeMap<String, Statement>,
    brought_in: BTreeMap<String, i64>,
) -> Result<(), Fault> {
    let mut payments = brought_in;
    for payment in billing::payment::all(read)? {
        *payments.entry(payment.amount.currency.to_string()).or_default() += payment.amount.minor;
    }
    for (currency, sum) in books {
        let paid = payments.remove(currency).unwrap_or_default();
        report.expect(paid == sum.collected.minor, || {
            format!("{currency}: payments of {paid} for credits of {}", sum.collected.minor)
        });
        report.expect(sum.balances(), || format!("{currency}: the books do not balance"));
    }
    for (currency, paid) in payments {
        report.expect(paid == 0, || format!("{currency}: payments of {paid} for no credits"));
    }
    Ok(())
}

fn told(sum: &Statement) -> String {
    format!(
        "collected {} − refunded {} = earned {} + breakage {} + owed {}",
        sum.collected, sum.refunded, sum.earned, sum.breakage, sum.owed
    )
}

/// Every session stands on the calendar once if it takes place, overlaps no other of its practitioner but by her own word, and
/// its credit is where it must be; and the ledgers know no other sessions.
fn bookings(read: &View, report: &mut Report, sittings: &Sittings) -> Result<(), Fault> {
    let all = calendar::booking::all(read)?;
    report.count("bookings", all.len());
    let known: HashSet<BookingId> = all.iter().map(|booking| booking.id).collect();
    for (id, lot) in sittings.keys().filter(|(id, _)| !known.contains(id)) {
        report.wrong.push(format!("session {id}: lot {lot} has a credit tied to it, but it is not there"));
    }
    let mut on_calendar = HashSet::new();
    // Of the sessions so far, the one that reaches furthest.
    let mut last: Option<(PractitionerId, Timestamp, BookingId)> = None;
    let mut meant = HashSet::new();
    for (who, starts_at, ends_at, id) in calendar::booking::calendar(read)? {
        on_calendar.insert(id);
        if calendar::anyway::find(read, id)? == Some(starts_at) {
            meant.insert(id);
        }
        let before = last.filter(|(same, ..)| *same == who);
        if let Some((_, until, before)) = before {
            let leave = meant.contains(&id) || meant.contains(&before);
            report.expect(until <= starts_at || leave, || format!("sessions {before} and {id} overlap"));
        }
        if before.is_none_or(|(_, until, _)| until < ends_at) {
            last = Some((who, ends_at, id));
        }
    }
    for booking in &all {
        let there = on_calendar.contains(&booking.id);
        report.expect(there == booking.is_confirmed(), || {
            format!("session {}: its state does not fit the calendar", booking.id)
        });
        let sitting = sittings.get(&(booking.id, booking.lot));
        report.expect(sitting.is_some_and(|sitting| fits(booking, sitting)), || {
            format!("session {}: its credit in lot {} does not fit it", booking.id, booking.lot)
        });
    }
    Ok(())
}

/// Whether a session's credit is where its state has it: one that takes place holds or used a credit, one that was called
/// off has given it back or lost it for being late. A practitioner may have waived either.
fn fits(booking: &Booking, sitting: &Sitting) -> bool {
    let at_its_time = (sitting.starts_at, sitting.ends_at) == (booking.starts_at, booking.ends_at());
    at_its_time
        && match sitting.standing {
            Standing::Held | Standing::Used(Consumed::Attended | Consumed::Missed) => booking.is_confirmed(),
            Standing::Returned | Standing::Used(Consumed::LateCancel) => !booking.is_confirmed(),
            Standing::Waived => true,
        }
}

/// Papers are numbered from 1 without gaps: a receipt for each payment, a credit note for each refund that was given back.
fn papers(read: &View, report: &mut Report) -> Result<(), Fault> {
    let all = billing::receipt::all(read)?;
    let (notes, receipts): (Vec<_>, Vec<_>) = all.iter().partition(|paper| paper.amount.minor < 0);
    report.count("receipts", receipts.len());
    report.count("credit notes", notes.len());
    for (expected, paper) in (1u64..).zip(&all) {
        report.expect(paper.number == expected, || {
            format!("receipt {}: number {expected} was expected", paper.number)
        });
    }
    for receipt in &receipts {
        let payment = billing::payment::of(read, receipt.purchase)?;
        let fits = payment.is_some_and(|payment| payment.amount == receipt.amount);
        report.expect(fits, || format!("receipt {}: no payment of its amount", receipt.number));
    }
    let payments = billing::payment::all(read)?.len();
    report.expect(payments == receipts.len(), || {
        format!("{payments} payments, but {} receipts", receipts.len())
    });
    for note in &notes {
        let of: Vec<Refund> = billing::refund::of(read, note.purchase)?;
        let fits = of.iter().filter(|one| one.note == Some(note.number));
        let fits: Vec<_> = fits.filter(|one| one.amount.minor == -note.amount.minor).collect();
        report.expect(fits.len() == 1, || format!("credit note {}: no refund of its amount", note.number));
    }
    Ok(())
}

/// What other calendars take is in order, apart, and of a calendar that is there; a feed is found by its owner, who is there.
fn calendars(read: &View, report: &mut Report) -> Result<(), Fault> {
    let outsides = calendar::outside::all(read)?;
    report.count("other calendars", outsides.len());
    for outside in &outsides {
        let id = outside.id;
        let there = people::practitioner::find(read, outside.practitioner)?.is_some();
        let listed = calendar::outside::of(read, outside.practitioner)?.contains(outside);
        report.expect(there && listed, || format!("other calendar {id}: not found by its practitioner"));
    }
    for (whose, id, stretches) in calendar::busy::all(read)? {
        let known = outsides.iter().any(|outside| outside.id == id && outside.practitioner == whose);
        report.expect(known, || format!("other calendar {id}: takes time, but is not there"));
        let forward = stretches.iter().all(|(from, until)| from < until);
        let apart = stretches.windows(2).all(|pair| pair[0].1 < pair[1].0);
        report.expect(forward && apart, || format!("other calendar {id}: its busy times are not in order"));
    }
    let feeds = calendar::feed::all(read)?;
    report.count("feeds", feeds.len());
    for feed in feeds {
        let found = calendar::feed::of(read, feed.who)?.is_some_and(|found| found == feed);
        let there = match feed.who {
            Person::Client(id) => people::client::find(read, id)?.is_some(),
            Person::Practitioner(id) => people::practitioner::find(read, id)?.is_some(),
        };
        report.expect(found && there, || format!("a feed of {:?} is not found by its owner", feed.who));
    }
    Ok(())
}

/// Notes have a key to open them, and are, as tags are, about clients of whoever wrote them; tags are not too many.
fn about_clients(read: &View, report: &mut Report) -> Result<(), Fault> {
    for client in people::client::all(read)? {
        let notes = people::note::about(read, client.id)?;
        report.count("notes", notes.len());
        let locked = notes.is_empty() || people::note::key(read, client.id)?.is_some();
        report.expect(locked, || format!("client {}: notes without a key", client.id));
        for (heading, _) in &notes {
            let hers = people::client::find_of(read, heading.author, client.id)?.is_some();
            report.expect(hers, || format!("note {}: not about a client of its author’s", heading.id));
        }
    }
    for ((whose, client), tags) in people::tag::all(read)? {
        let hers = people::client::find_of(read, whose, client)?.is_some();
        report.expect(hers, || format!("client {client}: tags by {whose}, whose client she is not"));
        report.expect(tags.len() <= Tag::MOST_OF_ONE, || format!("client {client}: {} tags", tags.len()));
    }
    Ok(())
}
