//! Sending a refund: what is asked is stored with its key before, what was answered after, each in a transaction of its own,
//! and nothing is awaited inside one. Whatever breaks off in between, the next look goes on where it stood:
//!
//! - A key that is young is used again; the provider gives back once for it.
//! - A key that has grown old is replaced only after the list of the payment's refunds has shown that ours is not among them,
//!   by the id that every refund of ours carries.
//! - A refusal counts only once that list has shown the same.

use std::sync::Arc;

use super::ask::key;
use super::{found, payment_of, settle, tell_desk};
use crate::app::{App, Cashier, Fault};
use crate::domain::billing::payment::Means;
use crate::domain::billing::refund::{Refund, State, Way};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::id::RefundId;
use crate::domain::messages::message::backoff;
use crate::domain::text::Line;
use crate::domain::time::{after, hours};
use crate::payments::back::{Back, BackState, Of, RefundAsk};
use crate::payments::{PaymentRef, TillError};
use crate::store::due::{self, Due};
use crate::store::{billing, catalog};

/// When a key is replaced: long before the provider forgets it after 24 hours, and long after whatever was asked with it has
/// ended. A key that a failure used up is thereby not asked with for ever.
const KEY_LIFE_HOURS: i64 = 2;

/// What is to be done next for a refund that is going.
struct Step {
    refund: Refund,
    purchase: Purchase,
    ask: RefundAsk,
    key: Key,
}

/// What is known of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    /// Nothing was ever asked with it.
    Fresh,
    /// Something was asked with it, not long ago.
    Used,
    /// It is too old to be used.
    Old,
}

/// Asks the provider for a refund that is going, and settles it by the answer; tells how it stands then. The request that began
/// it calls this, and so do the jobs, as often as it takes.
///
/// # Errors
/// [`Fault`] if the file fails, or the provider's answer fits nothing; it stays on the list.
pub async fn look(app: &Arc<App>, id: RefundId) -> Result<Refund, Fault> {
    let step = match app.run(move |app| next(app, id)).await? {
        Ok(step) => step,
        Err(settled) => return Ok(settled),
    };
    let Some(cashier) = app.cashier_who_sold(&step.purchase) else {
        return app.run(move |app| refuse(app, id, "no payment provider is set up any more")).await;
    };
    match answer(app, &cashier, &step).await {
        Ok(Some(back)) => take(app, step, back).await,
        Ok(None) => Ok(step.refund),
        Err(error @ (TillError::Unreachable(_) | TillError::Unintelligible(_))) => {
            tracing::warn!(refund = %id, %error, "a refund is not answered yet; it is asked for again");
            Ok(step.refund)
        }
        Err(TillError::Refused { message, .. }) => {
            // What it was refused for may have happened at the provider's own pages.
            if let Err(fault) = found::hear(app, &cashier, &Of::Payment(step.ask.payment.clone())).await {
                tracing::warn!(refund = %id, %fault, "the refunds of a payment could not be looked at");
            }
            app.run(move |app| refuse(app, id, &message)).await
        }
    }
}

/// What the provider says; none if a new key was made first and the old one may still be at work.
async fn answer(app: &Arc<App>, cashier: &Cashier, step: &Step) -> Result<Option<Back>, TillError> {
    let mut ask = step.ask.clone();
    if step.key == Key::Old {
        if let Some(ours) = among(cashier, &ask).await? {
            return Ok(Some(ours));
        }
        let id = ask.refund;
        let Ok(Some(fresh)) = app.run(move |app| renew(app, id)).await else { return Ok(None) };
        ask.idempotency_key = fresh.to_string();
    }
    match cashier.till.refund(&ask).await {
        // The replayed answer is as old as the first, so what became of it is looked up.
        Ok(back) if step.key == Key::Used => cashier.till.refund_as_it_is(&back.id).await.map(Some),
        Ok(back) => Ok(Some(back)),
        Err(refused @ TillError::Refused { .. }) => match among(cashier, &ask).await? {
            Some(ours) => Ok(Some(ours)),
            None => Err(refused),
        },
        Err(error) => Err(error),
    }
}

/// Our refund among those of its payment, if it was made and has not failed.
async fn among(cashier: &Cashier, ask: &RefundAsk) -> Result<Option<Back>, TillError> {
    let all = cashier.till.refunds(&Of::Payment(ask.payment.clone())).await?;
    Ok(all.into_iter().find(|back| back.refund == Some(ask.refund) && back.state == BackState::Going))
}

/// What to ask next, and when to ask again if no answer comes, written down before anything is sent; or the refund, if nothing
/// is to be asked.
fn next(app: &App, id: RefundId) -> Result<Result<Step, Refund>, Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let refund = billing::refund::find(tx, id)?.ok_or(Fault::Missing("a refund"))?;
        let State::Going { key, key_made_at, tries } = refund.state.clone() else {
            due::set(tx, Due::Refund(id), None)?;
            return Ok(Err(refund));
        };
        let purchase = catalog::purchase::find(tx, refund.purchase)?.ok_or(Fault::Missing("a purchase"))?;
        let Means::Online { reference: Some(reference) } = payment_of(tx, &purchase)?.means else {
            return Err(Fault::Missing("the provider's name for a payment"));
        };
        let payment: PaymentRef =
            reference.as_str().parse().map_err(|_| Fault::Missing("the provider's name for a payment"))?;
        let known = match tries {
            0 => Key::Fresh,
            _ if now >= after(key_made_at, hours(KEY_LIFE_HOURS)) => Key::Old,
            _ => Key::Used,
        };
        let ask = RefundAsk {
            refund: id,
            purchase: refund.purchase,
            idempotency_key: key.to_string(),
            payment,
            amount: refund.amount,
        };
        let asked = Refund { state: State::Going { key, key_made_at, tries: tries + 1 }, ..refund };
        billing::refund::put(tx, &asked)?;
        due::set(tx, Due::Refund(id), Some(after(now, backoff(tries + 1))))?;
        Ok(Ok(Step { refund: asked, purchase, ask, key: known }))
    })
}

/// A new key for a refund that is still going.
fn renew(app: &App, id: RefundId) -> Result<Option<Line>, Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        let refund = billing::refund::find(tx, id)?.ok_or(Fault::Missing("a refund"))?;
        let State::Going { tries, .. } = refund.state else { return Ok(None) };
        let fresh = key(id, tries);
        let state = State::Going { key: fresh.clone(), key_made_at: now, tries };
        billing::refund::put(tx, &Refund { state, ..refund })?;
        Ok(Some(fresh))
    })
}

async fn take(app: &Arc<App>, step: Step, back: Back) -> Result<Refund, Fault> {
    let (id, asked) = (step.refund.id, step.ask.amount);
    if back.amount != asked {
        let (asked, reported) = (format!("{asked:?}"), format!("{:?}", back.amount));
        return Err(Fault::WrongAmount { asked, reported });
    }
    app.run(move |app| match back.state {
        BackState::Going => done(app, id, back.id.as_str()),
        BackState::Failed => refuse(app, id, back.why.as_deref().unwrap_or("the refund failed")),
    })
    .await
}

/// The money is on its way: the refund is settled, once.
fn done(app: &App, id: RefundId, reference: &str) -> Result<Refund, Fault> {
    let at = app.moment();
    let reference: Line = reference.parse().map_err(|_| Fault::Missing("a name for the refund"))?;
    app.keep(move |tx| {
        let refund = billing::refund::find(tx, id)?.ok_or(Fault::Missing("a refund"))?;
        if !refund.is_going() {
            return Ok(refund);
        }
        let way = Way::Provider { reference: Some(reference.clone()) };
        Ok(settle(tx, &at, Refund { way, ..refund })?)
    })
}

/// The provider will not: the refund waits for the practitioner, who is told.
fn refuse(app: &App, id: RefundId, why: &str) -> Result<Refund, Fault> {
    let at = app.moment();
    let why = words(why);
    app.keep(move |tx| {
        let refund = billing::refund::find(tx, id)?.ok_or(Fault::Missing("a refund"))?;
        if !refund.is_going() {
            return Ok(refund);
        }
        let refused = Refund { state: State::Refused { at: at.now, why: why.clone() }, ..refund };
        billing::refund::put(tx, &refused)?;
        due::set(tx, Due::Refund(id), None)?;
        tell_desk(tx, &at, &refused, &format!("refused/{}", at.now))?;
        Ok(refused)
    })
}

/// The provider's words as a line.
pub(super) fn words(why: &str) -> Line {
    let plain: String = why.chars().filter(|c| !c.is_control()).take(Line::ROOM).collect();
    plain.parse().unwrap_or_else(|_| "the provider gave no reason".parse().expect("this is a line"))
}
