//! A refund asked for at the desk: its facts, what it would do, and its beginning, which is one transaction: sessions called
//! off, credits taken back, and the refund written down as going (or, by hand, as done).

use super::{Online, Refusal, not_there, payment_of, provider_of, rule, settle};
use crate::actions::calendar::change;
use crate::actions::credits::foreseen;
use crate::actions::{Error, audit, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::audit::{Concern, What as Deed, Who};
use crate::domain::billing::dispute;
use crate::domain::billing::payment::{Means, Payment};
use crate::domain::billing::refund::{self, Ask, Cause, Given, Refund, State, Way, decide};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::ledger::{Actor, What};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, LotId, PractitionerId, RefundId};
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, after, minutes};
use crate::store::due::{self, Due};
use crate::store::{Read, Tx, billing, calendar, catalog, credits};

/// For how long a new refund is left to the request that made it, before the jobs take it up.
const OWN_REQUEST: jiff::SignedDuration = minutes(1);

/// A lot with the payment behind it and what was given back so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// The lot and what it amounts to.
    pub counted: Counted,
    /// The purchase that paid for it, also if its credits were passed on.
    pub purchase: Purchase,
    /// Its payment.
    pub payment: Payment,
    /// What was given back.
    pub given: Given,
    /// The refunds of that purchase, oldest first.
    pub refunds: Vec<Refund>,
    /// Whether a bank questions the payment.
    pub questioned: Question,
    /// Whether the provider can give it back.
    pub online: Online,
}

/// Whether a bank questions a payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// It does.
    Open,
    /// It does not.
    None,
}

/// What a refund would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Of what.
    pub behind: Behind,
    /// What it does to the lot.
    pub credit: Foresight,
}

fn behind(
    read: &impl Read,
    provider: Online,
    whose: PractitionerId,
    lot: LotId,
    now: Timestamp,
) -> Result<Behind, Error<Refusal>> {
    let found = credits::lot::counted(read, lot, now)?.filter(|(lot, _)| lot.practitioner == whose);
    let counted = found.ok_or_else(not_there)?;
    let unpaid = match counted.0.paid.is_zero() {
        true => refund::Refusal::NothingPaid,
        false => refund::Refusal::PaidElsewhere,
    };
    let id = billing::refund::purchase_behind(read, &counted.0)?.ok_or_else(|| rule(unpaid))?;
    let purchase = catalog::purchase::find(read, id)?.ok_or(Fault::Missing("a purchase"))?;
    let payment = payment_of(read, &purchase)?;
    let refunds = billing::refund::of(read, id)?;
    let disputes = billing::dispute::of(read, id)?;
    let questioned = match disputes.iter().any(|dispute| dispute.state == dispute::State::Open) {
        true => Question::Open,
        false => Question::None,
    };
    let online = match payment.means {
        Means::Online { reference: Some(_) } => provider,
        _ => Online::No,
    };
    let given = billing::refund::given(read, &counted.0, id, payment.amount)?;
    Ok(Behind { counted, purchase, payment, given, refunds, questioned, online })
}

/// A practitioner's lot with what is behind it.
///
/// # Errors
/// [`Refusal`] if it is not hers or nothing was paid for it here.
pub fn look(app: &App, whose: PractitionerId, lot: LotId) -> Result<Behind, Error<Refusal>> {
    behind(&app.store.read()?, provider_of(app, lot)?, whose, lot, app.clock.now())
}

/// The entries that a refund would write, in order.
fn entries(
    behind: &Behind,
    ask: &Ask,
    today: jiff::civil::Date,
    now: Timestamp,
) -> Result<Vec<What>, refund::Refusal> {
    let (lot, balance) = &behind.counted;
    match &ask.way {
        _ if behind.refunds.iter().any(Refund::is_going) => return Err(refund::Refusal::UnderWay),
        _ if behind.questioned == Question::Open => return Err(refund::Refusal::Disputed),
        Way::Provider { .. } if behind.online == Online::No => return Err(refund::Refusal::NotOnline),
        Way::ByHand { on, .. } if *on > today => return Err(refund::Refusal::InFuture),
        _ => {}
    }
    let revoke = decide((lot, balance), &behind.given, ask, now)?;
    let releases = ask.release.iter().map(|booking| What::Release { booking: *booking });
    Ok(releases.chain(revoke).collect())
}

/// What a refund would do.
///
/// # Errors
/// [`Refusal`] says why it cannot be done.
pub fn preview(app: &App, whose: PractitionerId, ask: &Ask) -> Result<Preview, Error<Refusal>> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let behind = behind(&read, provider_of(app, ask.lot)?, whose, ask.lot, now)?;
    let today = behind.counted.0.zone.date(now);
    let whats = entries(&behind, ask, today, now).map_err(rule)?;
    let credit = foreseen(&read, &behind.counted.0, &whats, whose, now)?;
    Ok(Preview { behind, credit })
}

/// Begins a refund. Sent twice, it begins once. What goes back by the provider is then to be sent ([`super::send::look`]); the
/// jobs send it if nobody does.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn begin(app: &App, whose: PractitionerId, ask: Ask) -> Result<Refund, Error<Refusal>> {
    let (at, provider) = (app.moment(), provider_of(app, ask.lot)?);
    app.keep(move |tx| {
        if let Some(already) = billing::refund::find(tx, ask.id)? {
            let same = already.practitioner == whose && already.lot == ask.lot;
            return if same { Ok(already) } else { Err(not_there()) };
        }
        let behind = behind(tx, provider, whose, ask.lot, at.now)?;
        let (lot, _) = &behind.counted;
        let whats = entries(&behind, &ask, lot.zone.date(at.now), at.now).map_err(rule)?;
        let actor = Actor::Practitioner(whose);
        take_back(tx, &at, lot.id, &ask.release, (whats, actor, ask.reason.clone()))?;
        let refund = Refund {
            id: ask.id,
            purchase: behind.purchase.id,
            lot: lot.id,
            client: behind.purchase.client,
            practitioner: whose,
            cause: Cause::Asked { method: ask.method },
            amount: ask.amount,
            credits: ask.count,
            passed: Vec::new(),
            way: ask.way.clone(),
            reason: ask.reason.clone(),
            asked_at: at.now,
            state: State::Going { key: key(ask.id, 0), key_made_at: at.now, tries: 0 },
            note: None,
            question: None,
        };
        audit::note(tx, at.now, Who::Member(whose), Deed::MoneyBack, Concern::Refund(refund.id))?;
        match refund.way {
            Way::Provider { .. } if !refund.amount.is_zero() => {
                billing::refund::put(tx, &refund)?;
                due::set(tx, Due::Refund(refund.id), Some(after(at.now, OWN_REQUEST)))?;
                Ok(refund)
            }
            _ => Ok(settle(tx, &at, refund)?),
        }
    })
}

/// A key for the provider: new with every number.
pub(super) fn key(id: RefundId, number: u32) -> Line {
    format!("refund-{id}-{number}").parse().expect("a plain line")
}

/// Calls sessions off and writes the entries that take their credits back. Nothing may look at the lot in between: a credit
/// that returns to a lot past its date would be over before it is taken back.
pub(super) fn take_back(
    tx: &Tx<'_>,
    at: &Moment,
    lot: LotId,
    release: &[BookingId],
    (whats, actor, reason): (Vec<What>, Actor, Option<Line>),
) -> Result<(), Fault> {
    outbox::follow(tx, at, lot)?;
    for booking in release {
        let booking = calendar::booking::find(tx, *booking)?.ok_or(Fault::Missing("a session"))?;
        change::call_off_only(tx, at, &booking, actor)?;
    }
    let ledger = credits::lot::find(tx, lot)?.ok_or(Fault::Missing("a lot"))?.ledger();
    for what in whats {
        outbox::append(tx, at, ledger, what, actor, reason.clone())?;
    }
    outbox::follow(tx, at, lot)?;
    Ok(())
}
