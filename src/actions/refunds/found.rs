//! Refunds that were made at the provider's own pages, and what becomes of ours there later. A full one takes back what is
//! unused and asks about the sessions that are booked; a part asks which credits (domain.md, Rules: refund made at the
//! provider). News may come twice, late and in any order: each refund is known by the provider's name for it.

use std::sync::Arc;

use super::ask::take_back;
use super::send::words;
use super::{passed_on, payment_of, settle, tell_desk};
use crate::actions::billing::till;
use crate::actions::outbox;
use crate::app::{App, Cashier, Fault, Moment};
use crate::domain::billing::dispute::taken_back;
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::{Cause, Question, Refund, State, Way, to_come};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::{Actor, Revoked};
use crate::domain::credits::lot::Lot;
use crate::domain::id::{PurchaseId, RefundId};
use crate::domain::money::Currency;
use crate::payments::back::{Back, BackState, Of};
use crate::payments::{PaymentRef, RefundRef};
use crate::store::{Tx, billing, catalog};

/// Looks at the refunds of a payment, and keeps what is new about them. Those of other programs on the same account are passed
/// over.
///
/// # Errors
/// [`Fault`] if the provider or the file fails.
pub async fn hear(app: &Arc<App>, cashier: &Cashier, of: &Of) -> Result<(), Fault> {
    let all = cashier.till.refunds(of).await?;
    let Some(purchase) = all.iter().find_map(|back| back.purchase) else { return Ok(()) };
    let Some(purchase) = paid(app, cashier, purchase).await? else { return Ok(()) };
    let told = all.iter().map(|back| (back.payment.clone(), back.amount.currency)).collect();
    if !is_of(app, &purchase, told).await? {
        return Ok(());
    }
    app.run(move |app| take(app, &purchase, &all)).await
}

/// Looks at one refund, with all others of its payment.
///
/// # Errors
/// [`Fault`] if the provider or the file fails.
pub async fn hear_one(app: &Arc<App>, cashier: &Cashier, id: &RefundRef) -> Result<(), Fault> {
    match cashier.till.refund_as_it_is(id).await?.payment {
        Some(payment) => hear(app, cashier, &Of::Payment(payment)).await,
        None => Ok(()),
    }
}

/// Settles a purchase that news of its refund or dispute names, if that news was faster than the one of its payment; none if
/// it is not ours, not paid, or was not sold by whose news it is: else a practitioner could write another's purchase beside a
/// payment at her own account, and give that back.
///
/// # Errors
/// [`Fault`] if the provider or the file fails.
pub(super) async fn paid(
    app: &Arc<App>,
    cashier: &Cashier,
    id: PurchaseId,
) -> Result<Option<Purchase>, Fault> {
    let find = move |app: &App| Ok::<_, Fault>(catalog::purchase::find(&app.store.read()?, id)?);
    match app.run(find).await? {
        Some(purchase) if !cashier.sold(&purchase) => {
            tracing::warn!(purchase = %id, from = ?cashier.whose, "news of a purchase from an account that did not sell it is passed over");
            Ok(None)
        }
        Some(purchase) if !purchase.is_paid() => {
            Ok(Some(till::look(app, id).await?).filter(Purchase::is_paid))
        }
        found => Ok(found),
    }
}

/// Whether what is told of some payments is of the one that settled a purchase, in its currency.
pub(super) async fn is_of(
    app: &Arc<App>,
    purchase: &Purchase,
    told: Vec<(Option<PaymentRef>, Currency)>,
) -> Result<bool, Fault> {
    let purchase = purchase.clone();
    let payment = app.run(move |app| payment_of(&app.store.read()?, &purchase)).await?;
    let Means::Online { reference } = &payment.means else { return Ok(false) };
    // A key that may not see payments tells none.
    let is_same = |of: &Option<PaymentRef>| match (of, reference) {
        (Some(of), Some(reference)) => of.as_str() == reference.as_str(),
        _ => true,
    };
    let fits = told.iter().all(|(of, currency)| is_same(of) && *currency == payment.amount.currency);
    if !fits {
        tracing::warn!(purchase = %payment.purchase, "news of another payment than the one of this purchase is passed over");
    }
    Ok(fits)
}

/// Keeps what is new about the refunds of a purchase, in one transaction.
fn take(app: &App, purchase: &Purchase, all: &[Back]) -> Result<(), Fault> {
    let at = app.moment();
    let (purchase, all) = (purchase.clone(), all.to_vec());
    app.keep(move |tx| {
        let going = all.iter().filter(|back| back.state == BackState::Going);
        let total: i64 = going.map(|back| back.amount.minor).sum();
        // The provider lists the newest first.
        for back in all.iter().rev() {
            let named = billing::refund::with_reference(tx, back.id.as_str())?;
            let labelled = match &named {
                Some(_) => None,
                None => back.refund.map_or(Ok(None), |id| billing::refund::find(tx, id))?,
            };
            match named.or(labelled.filter(|ours| !went_besides(ours, back))) {
                Some(ours) if ours.purchase != purchase.id => {
                    tracing::warn!(refund = %ours.id, "news of another purchase’s refund is passed over");
                }
                Some(ours) => follow_ours(tx, &at, ours, back)?,
                None if back.state == BackState::Going => made_elsewhere(tx, &at, &purchase, back, total)?,
                None => {}
            }
        }
        Ok(())
    })
}

/// Whether the provider gave money back under the id of a refund of ours that is settled without it: it was called off, given
/// back another way, or went a second time.
fn went_besides(ours: &Refund, back: &Back) -> bool {
    let settled = matches!(ours.state, State::Done { .. } | State::Undone { .. });
    settled && back.state == BackState::Going
}

/// What the provider says later of a refund that we know.
fn follow_ours(tx: &Tx<'_>, at: &Moment, ours: Refund, back: &Back) -> Result<(), Fault> {
    let named = ours.reference().is_some_and(|reference| reference.as_str() == back.id.as_str());
    match (&ours.state, back.state) {
        // Its answer was lost, and the news is faster than the next question; or it was refused or came back, and the list
        // that was looked at then did not show yet that it went.
        (State::Going { .. } | State::Refused { .. } | State::Returned { .. }, BackState::Going)
            if back.amount == ours.amount && !named =>
        {
            let reference = back.id.as_str().parse().ok();
            settle(tx, at, Refund { way: Way::Provider { reference }, ..ours })?;
        }
        (State::Done { .. }, BackState::Failed) if named => {
            let why = words(back.why.as_deref().unwrap_or("the bank did not take it"));
            let returned = Refund { state: State::Returned { at: at.now, why }, ..ours };
            billing::refund::put(tx, &returned)?;
            tell_desk(tx, at, &returned, &format!("returned/{}", back.id))?;
        }
        _ => {}
    }
    Ok(())
}

/// A refund that somebody made at the provider's own pages; `total` is all that goes back of the payment.
fn made_elsewhere(
    tx: &Tx<'_>,
    at: &Moment,
    purchase: &Purchase,
    back: &Back,
    total: i64,
) -> Result<(), Fault> {
    let is_full = total >= payment_of(tx, purchase)?.amount.minor;
    let mut refund = Refund {
        id: RefundId::from_bits(at.id()),
        purchase: purchase.id,
        lot: Lot::id_for(purchase.id),
        client: purchase.client,
        practitioner: purchase.practitioner,
        cause: Cause::AtProvider,
        amount: back.amount,
        credits: 0,
        passed: passed_on(tx, at, purchase, back.amount)?,
        way: Way::Provider { reference: back.id.as_str().parse().ok() },
        reason: None,
        asked_at: at.now,
        state: State::Done { at: at.now },
        note: None,
        question: None,
    };
    let (mut ahead, mut unused) = (0, 0);
    for lot in billing::refund::lots_behind(tx, purchase.id)? {
        let balance = outbox::follow(tx, at, lot.id)?;
        ahead += to_come(&balance, at.now).len();
        unused += balance.unused();
        if is_full {
            let whats = taken_back(&balance, (balance.unused(), 0), Revoked::Refund);
            take_back(tx, at, lot.id, &[], (whats, Actor::Provider, None))?;
            refund = refund.taking(lot.id, balance.unused());
        }
    }
    refund.question = match is_full {
        true => (ahead > 0).then_some(Question::Sessions),
        false => (ahead > 0 || unused > 0).then_some(Question::WhichCredits),
    };
    let refund = settle(tx, at, refund)?;
    tell_desk(tx, at, &refund, "found")?;
    Ok(())
}
