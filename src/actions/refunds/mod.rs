//! Money given back, with what that does to credits and sessions: asked for at the desk, made at the payment provider's own
//! pages, or taken back by a bank. What one transaction cannot hold (the provider is asked between two) is a refund with a
//! state, which the due-index brings up until it is settled.

pub mod ask;
pub mod dispute;
pub mod found;
pub mod send;
pub mod stuck;

use crate::actions::outbox;
use crate::app::{App, Fault, Moment};
use crate::domain::billing::receipt::Receipt;
use crate::domain::billing::refund::{self, Refund, Share, State, given_back_of, passed_of};
use crate::domain::billing::{dispute as dispute_of, payment::Payment};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::id::{LotId, PractitionerId, ReceiptId};
use crate::domain::messages::message::{About, Kind};
use crate::domain::money::Money;
use crate::domain::people::login::Person;
use crate::store::due::{self, Due};
use crate::store::{Read, StoreError, Tx, billing, catalog, credits};

/// Why something was not done about a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such lot or refund of this practitioner.
    NotThere,
    /// A rule says no.
    Rule(refund::Refusal),
    /// It does not wait for this.
    NotAwaited,
}

/// Whether the provider who took a payment is still there and can give it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Online {
    /// It is.
    Yes,
    /// The money came another way, or there is no provider any more.
    No,
}

/// Whether the provider who sold the credits of a lot is there. Asked before a transaction, which has no program around it.
fn provider_of(app: &App, lot: LotId) -> Result<Online, StoreError> {
    let read = app.store.read()?;
    let Some(lot) = credits::lot::find(&read, lot)? else { return Ok(Online::No) };
    let Some(id) = billing::refund::purchase_behind(&read, &lot)? else { return Ok(Online::No) };
    let sold = catalog::purchase::find(&read, id)?.and_then(|purchase| app.cashier_who_sold(&purchase));
    Ok(if sold.is_some() { Online::Yes } else { Online::No })
}

/// What of a practitioner's money waits for her decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// Refunds that were refused or came back, or that leave something to decide.
    pub refunds: Vec<Refund>,
    /// Payments that a bank questions.
    pub disputes: Vec<dispute_of::Dispute>,
}

impl Open {
    /// How many things they are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.refunds.len() + self.disputes.len()
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What of a practitioner's money waits for her decision.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn open(read: &impl Read, whose: PractitionerId) -> Result<Open, StoreError> {
    let refunds = billing::refund::asking(read, whose)?;
    Ok(Open { refunds, disputes: billing::dispute::open(read, whose)? })
}

/// The end of a refund that has come about: the credit note, with the next number, and the news to whoever paid. One that has
/// its note already gets no second one.
fn settle(tx: &Tx<'_>, at: &Moment, refund: Refund) -> Result<Refund, StoreError> {
    let mut done = Refund { state: State::Done { at: at.now }, ..refund };
    due::set(tx, Due::Refund(done.id), None)?;
    if done.note.is_none() {
        if !done.amount.is_zero() {
            let number = billing::receipt::next_number(tx)?;
            let amount = Money { minor: -done.amount.minor, ..done.amount };
            let id = ReceiptId::from_bits(at.id());
            let note = Receipt { id, number, purchase: done.purchase, amount, issued_at: at.now };
            billing::receipt::put(tx, &note)?;
            done.note = Some(number);
        }
        // A bank that took the money back tells its client itself.
        if done.cause != refund::Cause::Dispute {
            let to = Person::Client(done.client);
            outbox::queue(tx, at, Kind::Refunded, to, About::Refund(done.id), &done.id.to_string(), at.now)?;
        }
    }
    billing::refund::put(tx, &done)?;
    Ok(done)
}

/// Tells the practitioner that a refund waits for her; `what` names the occasion, so that each is told once.
fn tell_desk(tx: &Tx<'_>, at: &Moment, refund: &Refund, what: &str) -> Result<(), StoreError> {
    let to = Person::Practitioner(refund.practitioner);
    let key = format!("{}/{what}", refund.id);
    outbox::queue(tx, at, Kind::RefundAsks, to, About::Refund(refund.id), &key, at.now)
}

/// The payment of a purchase; a paid one has one.
fn payment_of(read: &impl Read, purchase: &Purchase) -> Result<Payment, Fault> {
    billing::payment::of(read, purchase.id)?.ok_or(Fault::Missing("a payment"))
}

/// What of money that goes back falls on lots that credits of a purchase were passed on to.
fn passed_on(
    read: &impl Read,
    at: &Moment,
    purchase: &Purchase,
    amount: Money,
) -> Result<Vec<Share>, StoreError> {
    let refunds = billing::refund::of(read, purchase.id)?;
    let mut lots = Vec::new();
    for lot in billing::refund::lots_behind(read, purchase.id)? {
        let ((lot, balance), _) = credits::lot::count(read, lot, at.now)?;
        let given = given_back_of(lot.id, &refunds, amount);
        lots.push((lot, balance, given));
    }
    let each: Vec<_> = lots.iter().map(|(lot, balance, given)| (lot, balance, *given)).collect();
    Ok(passed_of(amount, &each))
}

fn not_there() -> crate::actions::Error<Refusal> {
    crate::actions::Error::Refused(Refusal::NotThere)
}

fn rule(refusal: refund::Refusal) -> crate::actions::Error<Refusal> {
    crate::actions::Error::Refused(Refusal::Rule(refusal))
}
