//! Whether all is sound: every ledger, the books, the calendar and the papers, read offline and counted. The running program looks at
//! its snapshots so every hour: rows are read one by one, and of no table are all in memory that grows with the sessions.

mod back;
mod credits;
mod elsewhere;
mod log;
mod members;
mod sessions;
mod told;

use std::collections::BTreeMap;

use crate::app::Fault;
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::credits::lot::Lot;
use crate::domain::people::login::Person;
use crate::domain::people::tag::Tag;
use crate::domain::time::Timestamp;
use crate::store::{Store, StoreError, View, billing, calendar, catalog, people};

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
    let back = back::Back::read(&read, &mut report)?;
    let payments = payments(&read, &mut report)?;
    credits::look(&read, &mut report, (payments, back), now)?.look(&read, &mut report, now)?;
    papers(&read, &mut report)?;
    about_clients(&read, &mut report)?;
    calendars(&read, &mut report)?;
    members::look(&read, &mut report, now)?;
    told::look(&read, &mut report)?;
    log::look(&read, &mut report)?;
    elsewhere::look(&read, &mut report)?;
    Ok(report)
}

/// Every paid purchase has one payment of its price, and one lot; no other has either. What sold it is there.
fn purchases(read: &View, report: &mut Report) -> Result<(), Fault> {
    let mut count = 0;
    catalog::purchase::each(read, |purchase| {
        count += 1;
        sold(read, report, &purchase)
    })?;
    report.count("purchases", count);
    Ok(())
}

fn sold(read: &View, report: &mut Report, purchase: &Purchase) -> Result<(), StoreError> {
    let id = purchase.id;
    let payment = billing::payment::of(read, id)?;
    let lot = crate::store::credits::lot::find(read, Lot::id_for(id))?;
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
        let same =
            lot.client == purchase.client && lot.offer == purchase.offer && lot.paid == purchase.offer.price;
        report.expect(same, || format!("purchase {id}: its credits are not what was agreed"));
    }
    let known = people::client::find(read, purchase.client)?.is_some();
    report.expect(known, || format!("purchase {id}: its client is not there"));
    if let Some(number) = purchase.till.as_ref().and_then(|till| till.account) {
        let known = catalog::account::find(read, purchase.practitioner, number)?.is_some();
        report.expect(known, || format!("purchase {id}: the account that sold it is not there"));
    }
    Ok(())
}

/// Amounts in the currency's minor unit, by currency.
type Sums = BTreeMap<String, i64>;

/// What was paid.
fn payments(read: &View, report: &mut Report) -> Result<Sums, Fault> {
    let (mut sums, mut count) = (Sums::new(), 0);
    billing::payment::each(read, |payment| {
        count += 1;
        *sums.entry(payment.amount.currency.to_string()).or_default() += payment.amount.minor;
        Ok(())
    })?;
    report.count("payments", count);
    Ok(sums)
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

/// Papers are numbered from 1 without gaps: a receipt for each payment, a credit note for each refund that was given back.
fn papers(read: &View, report: &mut Report) -> Result<(), Fault> {
    let (mut receipts, mut notes) = (0, 0);
    billing::receipt::each(read, |paper| {
        let (number, expected) = (paper.number, receipts + notes + 1);
        report.expect(u64::try_from(expected) == Ok(number), || {
            format!("receipt {number}: number {expected} was expected")
        });
        if paper.amount.minor < 0 {
            notes += 1;
            let of = billing::refund::of(read, paper.purchase)?;
            let fits =
                of.iter().filter(|one| one.note == Some(number) && one.amount.minor == -paper.amount.minor);
            report.expect(fits.count() == 1, || format!("credit note {number}: no refund of its amount"));
        } else {
            receipts += 1;
            let fits =
                billing::payment::of(read, paper.purchase)?.is_some_and(|one| one.amount == paper.amount);
            report.expect(fits, || format!("receipt {number}: no payment of its amount"));
        }
        Ok(())
    })?;
    report.count("receipts", receipts);
    report.count("credit notes", notes);
    let payments = report.counted.get("payments").copied().unwrap_or_default();
    report.expect(payments == receipts, || format!("{payments} payments, but {receipts} receipts"));
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
    people::client::each(read, |client| {
        let notes = people::note::about(read, client.id)?;
        report.count("notes", notes.len());
        let locked = notes.is_empty() || people::note::key(read, client.id)?.is_some();
        report.expect(locked, || format!("client {}: notes without a key", client.id));
        for (heading, _) in &notes {
            let hers = people::client::find_of(read, heading.author, client.id)?.is_some();
            report.expect(hers, || format!("note {}: not about a client of its author’s", heading.id));
        }
        Ok(())
    })?;
    for ((whose, client), tags) in people::tag::all(read)? {
        let hers = people::client::find_of(read, whose, client)?.is_some();
        report.expect(hers, || format!("client {client}: tags by {whose}, whose client she is not"));
        report.expect(tags.len() <= Tag::MOST_OF_ONE, || format!("client {client}: {} tags", tags.len()));
    }
    Ok(())
}
