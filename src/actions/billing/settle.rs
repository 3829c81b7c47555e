//! Settling a purchase: one function for all ways in, which grants exactly once, since the purchase's new state, the
//! payment, the receipt, the lot and its first entry are written in one transaction.

use jiff::civil::Date;

use crate::actions::credits::lot::grant;
use crate::actions::{Error, first_time, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::billing::payment::{Means, Payment};
use crate::domain::billing::receipt::Receipt;
use crate::domain::catalog::purchase::{Purchase, State, Step, Till, Word};
use crate::domain::credits::ledger::Actor;
use crate::domain::credits::lot::{Lot, Origin};
use crate::domain::id::{ClientId, PractitionerId, PurchaseId, ReceiptId};
use crate::domain::messages::message::{About, Kind};
use crate::domain::money::Money;
use crate::domain::people::login::Person;
use crate::domain::text::{Line, WebAddress};
use crate::domain::time::{Timestamp, after, hours, minutes};
use crate::store::due::{self, Due};
use crate::store::{Tx, billing, catalog, people};

/// What the provider says of a purchase.
#[derive(Debug, Clone)]
pub struct News {
    /// The word.
    pub word: Word,
    /// Its name for the payment.
    pub payment: Option<Line>,
    /// What was paid.
    pub amount: Option<Money>,
    /// How often it is asked, in seconds.
    pub poll_seconds: u32,
}

/// Takes the provider's news of a purchase: from the return page, a webhook or the poll, as often and in whatever order they come.
///
/// # Errors
/// [`Fault`] if the file fails, the purchase is not there, or the amount is not what was asked.
pub fn hear(app: &App, id: PurchaseId, news: News) -> Result<Purchase, Fault> {
    let at = app.moment();
    app.keep(move |tx| {
        let mut purchase = catalog::purchase::find(tx, id)?.ok_or(Fault::Missing("a purchase"))?;
        let price = purchase.offer.price;
        if let Some(amount) = news.amount.filter(|amount| news.word == Word::Paid && *amount != price) {
            return Err(Fault::WrongAmount { asked: format!("{price:?}"), reported: format!("{amount:?}") });
        }
        if let Some(till) = &mut purchase.till {
            till.looks += 1;
            till.payment = news.payment.clone().or_else(|| till.payment.take());
        }
        match purchase.hear(news.word, at.now) {
            Step::Nothing => {}
            Step::Keep(state) => {
                purchase.state = state;
                first_time::follow(tx, &purchase)?;
                if let State::Failed { .. } = state {
                    let (to, about) = (Person::Client(purchase.client), About::Purchase(id));
                    outbox::queue(tx, &at, Kind::PaymentFailed, to, about, &id.to_string(), at.now)?;
                }
            }
            Step::Grant => {
                let reference = purchase.till.as_ref().and_then(|till| till.payment.clone());
                let on = practitioner_date(tx, &purchase, at.now)?;
                purchase = pay(tx, &at, purchase, (Means::Online { reference }, on, None), Actor::Provider)?;
            }
        }
        if let Some(till) = purchase.till.as_mut().filter(|_| purchase.state != State::AwaitingBuyer) {
            till.page = None;
        }
        due::set(tx, Due::Purchase(id), look_again_at(&purchase, news.poll_seconds, at.now))?;
        catalog::purchase::put(tx, &purchase)?;
        Ok(purchase)
    })
}

/// When the provider is asked again: often in the first hours, then every ten minutes, and on while money is on its way.
pub(super) fn look_again_at(purchase: &Purchase, poll_seconds: u32, now: Timestamp) -> Option<Timestamp> {
    let till = purchase.till.as_ref().filter(|_| purchase.is_open_at_till())?;
    let often = jiff::SignedDuration::from_secs(i64::from(poll_seconds));
    let step = match purchase.state {
        State::Processing => often.max(minutes(10)),
        _ if now < after(purchase.asked_at, hours(2)) => often,
        _ => often.max(minutes(10)),
    };
    // Just after the page closes, the provider knows for certain.
    let closed = after(till.closes_at, minutes(1));
    let next = after(now, step);
    Some(if now < closed { next.min(closed) } else { next })
}

fn practitioner_date(tx: &Tx<'_>, purchase: &Purchase, now: Timestamp) -> Result<Date, Fault> {
    let practitioner = people::practitioner::find(tx, purchase.practitioner)?;
    Ok(practitioner.ok_or(Fault::Missing("a practitioner"))?.zone.date(now))
}

/// The one place where money becomes credits.
fn pay(
    tx: &Tx<'_>,
    at: &Moment,
    purchase: Purchase,
    (means, on, note): (Means, Date, Option<Line>),
    actor: Actor,
) -> Result<Purchase, Fault> {
    let practitioner =
        people::practitioner::find(tx, purchase.practitioner)?.ok_or(Fault::Missing("a practitioner"))?;
    let amount = purchase.offer.price;
    let paid = Purchase { state: State::Paid { at: at.now }, ..purchase };
    catalog::purchase::put(tx, &paid)?;
    billing::payment::put(tx, &Payment { purchase: paid.id, amount, means, on, note, at: at.now })?;
    let number = billing::receipt::next_number(tx)?;
    let receipt =
        Receipt { id: ReceiptId::from_bits(at.id()), number, purchase: paid.id, amount, issued_at: at.now };
    billing::receipt::put(tx, &receipt)?;
    let lot = Lot {
        id: Lot::id_for(paid.id),
        client: paid.client,
        practitioner: paid.practitioner,
        origin: Origin::Purchase(paid.id),
        offer: paid.offer.clone(),
        paid: amount,
        granted_at: at.now,
        zone: practitioner.zone,
    };
    grant(tx, at, &lot, actor)?;
    let about = About::Purchase(paid.id);
    outbox::queue(tx, at, Kind::Receipt, Person::Client(paid.client), about, &paid.id.to_string(), at.now)?;
    let desk = Person::Practitioner(paid.practitioner);
    outbox::queue(tx, at, Kind::Receipt, desk, about, &format!("{}/desk", paid.id), at.now)?;
    due::set(tx, Due::Purchase(paid.id), None)?;
    first_time::book(tx, at, &paid, &lot)?;
    Ok(paid)
}

/// Why a purchase cannot be marked or withdrawn by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such purchase of this practitioner.
    NotThere,
    /// It is paid online; the provider tells.
    Online,
    /// It is over: failed, lapsed or withdrawn.
    Over,
    /// The date lies in the future.
    InFuture,
    /// It is paid; refund it instead.
    Paid,
}

/// Marks a purchase paid that was to be paid at the practice. A second call changes nothing.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn mark_paid(
    app: &App,
    whose: PractitionerId,
    id: PurchaseId,
    (means, on, note): (Means, Date, Option<Line>),
) -> Result<Purchase, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = catalog::purchase::find(tx, id)?.filter(|purchase| purchase.practitioner == whose);
        let purchase = found.ok_or(Error::Refused(Refusal::NotThere))?;
        match purchase.state {
            State::Paid { .. } => Ok(purchase),
            State::AwaitingPractice | State::AwaitingProof => {
                if on > practitioner_date(tx, &purchase, at.now)? {
                    return Err(Error::Refused(Refusal::InFuture));
                }
                let how = (means.clone(), on, note.clone());
                Ok(pay(tx, &at, purchase, how, Actor::Practitioner(whose))?)
            }
            State::AwaitingBuyer | State::Processing => Err(Error::Refused(Refusal::Online)),
            State::Failed { .. } | State::Lapsed { .. } | State::Withdrawn { .. } => {
                Err(Error::Refused(Refusal::Over))
            }
        }
    })
}

/// Calls a purchase off that waits for payment at the practice.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn withdraw(app: &App, whose: PractitionerId, id: PurchaseId) -> Result<Purchase, Error<Refusal>> {
    let at = app.moment();
    app.keep(move |tx| {
        let found = catalog::purchase::find(tx, id)?.filter(|purchase| purchase.practitioner == whose);
        let purchase = found.ok_or(Error::Refused(Refusal::NotThere))?;
        match purchase.state {
            State::AwaitingPractice | State::AwaitingProof => {
                let off = Purchase { state: State::Withdrawn { at: at.now }, ..purchase };
                catalog::purchase::put(tx, &off)?;
                first_time::follow(tx, &off)?;
                Ok(off)
            }
            State::Withdrawn { .. } => Ok(purchase),
            State::Paid { .. } => Err(Error::Refused(Refusal::Paid)),
            State::AwaitingBuyer | State::Processing => Err(Error::Refused(Refusal::Online)),
            State::Failed { .. } | State::Lapsed { .. } => Err(Error::Refused(Refusal::Over)),
        }
    })
}

/// Grants what a client took for nothing, once she has shown that the address is hers. Call it after every sign-in by link, and after an
/// order by somebody who is signed in.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn proven(app: &App, client: ClientId) -> Result<(), Fault> {
    let waiting = |purchase: &Purchase| purchase.state == State::AwaitingProof;
    if !catalog::purchase::of_client(&app.store.read()?, client)?.iter().any(waiting) {
        return Ok(());
    }
    let at = app.moment();
    app.keep(move |tx| {
        let verified = people::client::find(tx, client)?.is_some_and(|client| client.verified_at.is_some());
        for purchase in
            catalog::purchase::of_client(tx, client)?.into_iter().filter(|one| verified && waiting(one))
        {
            let on = practitioner_date(tx, &purchase, at.now)?;
            pay(tx, &at, purchase, (Means::Nothing, on, None), Actor::Client(client))?;
        }
        Ok(())
    })
}

/// Calls a purchase off whose page at the provider was closed, or never opened, before the buyer paid. One that is anything
/// else by now stays as it is.
pub(super) fn call_off(app: &App, id: PurchaseId) -> Result<Purchase, Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let purchase = catalog::purchase::find(tx, id)?.ok_or(Fault::Missing("a purchase"))?;
        if purchase.state != State::AwaitingBuyer {
            return Ok(purchase);
        }
        let till = purchase.till.clone().map(|till| Till { page: None, ..till });
        let off = Purchase { state: State::Withdrawn { at: now }, till, ..purchase };
        catalog::purchase::put(tx, &off)?;
        due::set(tx, Due::Purchase(id), None)?;
        first_time::follow(tx, &off)?;
        Ok(off)
    })
}

/// Notes the provider's name for the checkout, and where the buyer pays.
pub(super) fn note_checkout(
    app: &App,
    id: PurchaseId,
    (checkout, page): (Line, Option<WebAddress>),
    poll_seconds: u32,
) -> Result<Purchase, Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let purchase = catalog::purchase::find(tx, id)?.ok_or(Fault::Missing("a purchase"))?;
        let till = purchase.till.clone().ok_or(Fault::Missing("a till"))?;
        let page = page.clone().filter(|_| purchase.state == State::AwaitingBuyer);
        let noted =
            Purchase { till: Some(Till { checkout: Some(checkout.clone()), page, ..till }), ..purchase };
        catalog::purchase::put(tx, &noted)?;
        due::set(tx, Due::Purchase(id), look_again_at(&noted, poll_seconds, now))?;
        Ok(noted)
    })
}

/// Keeps a purchase that the provider cannot be asked about just now on the list.
pub(super) fn look_later(app: &App, id: PurchaseId, poll_seconds: u32) -> Result<(), Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let purchase = catalog::purchase::find(tx, id)?.ok_or(Fault::Missing("a purchase"))?;
        Ok(due::set(tx, Due::Purchase(id), look_again_at(&purchase, poll_seconds, now))?)
    })
}

/// Keeps a purchase as given up: no checkout was ever made for it, and its key is too old to ask again.
pub(super) fn give_up(app: &App, id: PurchaseId) -> Result<Purchase, Fault> {
    let poll_seconds = 60;
    hear(app, id, News { word: Word::Lapsed, payment: None, amount: None, poll_seconds })
}
