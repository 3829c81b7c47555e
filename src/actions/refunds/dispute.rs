//! Disputes, as the provider tells of them: each news is looked up there, and what is kept follows from how the dispute
//! stands and how it stood, so that double, late and reordered news come to the same.

use std::sync::Arc;

use super::ask::take_back;
use super::send::words;
use super::{found, passed_on, settle};
use crate::actions::outbox;
use crate::app::{App, Cashier, Fault, Moment};
use crate::domain::billing::dispute::{self, Dispute, State};
use crate::domain::billing::refund::{Cause, Refund, State as RefundState, Way};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::{Actor, What};
use crate::domain::credits::lot::Lot;
use crate::domain::id::RefundId;
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::login::Person;
use crate::payments::DisputeRef;
use crate::payments::back::{DisputeState, Questioned};
use crate::store::{Tx, billing, credits};

/// Looks at a dispute and acts on it. Those of other programs on the same account are passed over.
///
/// # Errors
/// [`Fault`] if the provider or the file fails.
pub async fn hear(app: &Arc<App>, cashier: &Cashier, id: &DisputeRef) -> Result<(), Fault> {
    let told = cashier.till.dispute_as_it_is(id).await?;
    let Some(purchase) = told.purchase else { return Ok(()) };
    let Some(purchase) = found::paid(app, cashier, purchase).await? else { return Ok(()) };
    if !found::is_of(app, &purchase, vec![(told.payment.clone(), told.amount.currency)]).await? {
        return Ok(());
    }
    let at = app.moment();
    app.run(move |app| app.keep(move |tx| take(tx, &at, &purchase, &told))).await
}

fn take(tx: &Tx<'_>, at: &Moment, purchase: &Purchase, told: &Questioned) -> Result<(), Fault> {
    let known = billing::dispute::find(tx, told.id.as_str())?;
    let opened = match known {
        Some(known) => known,
        // One that was won before we heard of it has done nothing.
        None if told.state == DisputeState::Won => return Ok(()),
        None => open(tx, at, purchase, told)?,
    };
    match (opened.state, told.state) {
        (State::Open, DisputeState::Won) => won(tx, at, opened),
        (State::Open, DisputeState::Lost) => lost(tx, at, purchase, opened),
        (State::Open, DisputeState::Open) => {
            Ok(billing::dispute::put(tx, &Dispute { answer_by: told.answer_by, ..opened })?)
        }
        (State::Won { .. } | State::Lost { .. }, _) => Ok(()),
    }
}

fn open(tx: &Tx<'_>, at: &Moment, purchase: &Purchase, told: &Questioned) -> Result<Dispute, Fault> {
    let mut suspended = 0;
    for lot in billing::refund::lots_behind(tx, purchase.id)? {
        let balance = outbox::follow(tx, at, lot.id)?;
        let release = dispute::called_off(&balance, at.now, at.now);
        let wait = dispute::waits(&lot, &credits::ledger::of(tx, lot.ledger())?, count(&release));
        if let Some(What::Suspend(more)) = wait {
            suspended += more;
        }
        let whats = release.iter().map(|booking| What::Release { booking: *booking }).chain(wait).collect();
        take_back(tx, at, lot.id, &release, (whats, Actor::Provider, None))?;
    }
    let opened = Dispute {
        reference: words(told.id.as_str()),
        purchase: purchase.id,
        lot: Lot::id_for(purchase.id),
        practitioner: purchase.practitioner,
        amount: told.amount,
        reason: words(&told.reason),
        answer_by: told.answer_by,
        opened_at: at.now,
        suspended,
        state: State::Open,
    };
    billing::dispute::put(tx, &opened)?;
    tell(tx, at, &opened, "opened")?;
    Ok(opened)
}

fn count<T>(some: &[T]) -> u32 {
    u32::try_from(some.len()).unwrap_or(u32::MAX)
}

/// The credits are there again, unless the payment is questioned a second time.
fn won(tx: &Tx<'_>, at: &Moment, dispute: Dispute) -> Result<(), Fault> {
    let won = Dispute { state: State::Won { at: at.now }, ..dispute };
    // First, as all that is free would wait again for one that is open.
    billing::dispute::put(tx, &won)?;
    for lot in billing::refund::lots_behind(tx, won.purchase)? {
        outbox::follow(tx, at, lot.id)?;
        if billing::dispute::is_open_behind(tx, &lot)? {
            continue;
        }
        let whats = dispute::won(&lot, &credits::ledger::of(tx, lot.ledger())?, at.now);
        take_back(tx, at, lot.id, &[], (whats, Actor::Provider, None))?;
    }
    tell(tx, at, &won, "won")
}

/// The money is gone: the credits with it, and the books have it as given back, with a credit note. Sessions that were moved on
/// from the days that are kept go as well.
fn lost(tx: &Tx<'_>, at: &Moment, purchase: &Purchase, dispute: Dispute) -> Result<(), Fault> {
    let passed = passed_on(tx, at, purchase, dispute.amount)?;
    let mut refund = Refund {
        id: RefundId::from_bits(at.id()),
        purchase: purchase.id,
        lot: dispute.lot,
        client: purchase.client,
        practitioner: purchase.practitioner,
        cause: Cause::Dispute,
        amount: dispute.amount,
        credits: 0,
        passed,
        way: Way::Provider { reference: Some(dispute.reference.clone()) },
        reason: None,
        asked_at: at.now,
        state: RefundState::Done { at: at.now },
        note: None,
        question: None,
    };
    for lot in billing::refund::lots_behind(tx, purchase.id)? {
        let balance = outbox::follow(tx, at, lot.id)?;
        let release = dispute::called_off(&balance, dispute.opened_at, at.now);
        refund = refund.taking(lot.id, balance.unused() + count(&release));
        let back = dispute::lost(&balance, count(&release));
        let whats = release.iter().map(|booking| What::Release { booking: *booking }).chain(back).collect();
        take_back(tx, at, lot.id, &release, (whats, Actor::Provider, None))?;
    }
    settle(tx, at, refund)?;
    let lost = Dispute { state: State::Lost { at: at.now }, ..dispute };
    billing::dispute::put(tx, &lost)?;
    tell(tx, at, &lost, "lost")
}

/// Alerts the practitioner, once for each turn that it takes.
fn tell(tx: &Tx<'_>, at: &Moment, dispute: &Dispute, turn: &str) -> Result<(), Fault> {
    let to = Person::Practitioner(dispute.practitioner);
    let key = format!("{}/{turn}", dispute.reference);
    Ok(outbox::queue(tx, at, Kind::Disputed, to, About::Purchase(dispute.purchase), &key, at.now)?)
}
