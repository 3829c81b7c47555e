//! Refunds and disputes in the sandbox: what the program asks for, and what somebody does at "the provider's own pages".

use std::collections::HashMap;

use super::{Sandbox, refused};
use crate::domain::id::{PurchaseId, RefundId};
use crate::domain::money::Money;
use crate::domain::time::{Timestamp, after, hours};
use crate::payments::back::{Back, BackState, DisputeState, Of, Questioned, RefundAsk};
use crate::payments::{
    ChargeRef, CheckoutId, CheckoutState, DisputeRef, Notice, PaymentRef, RefundRef, Subject, TillError,
};

/// How long a dispute can be answered, in hours.
const ANSWER_HOURS: i64 = 7 * 24;

/// What was given back and what is questioned, in the order in which it happened.
#[derive(Default)]
pub(super) struct Kept {
    refunds: Vec<Back>,
    /// By idempotency key: the ask, and which refund it made.
    keys: HashMap<String, (RefundAsk, RefundRef)>,
    disputes: Vec<Questioned>,
    notices: Vec<Notice>,
}

/// The charge that a payment made.
fn charge_of(payment: &PaymentRef) -> Option<ChargeRef> {
    payment.as_str().replacen("pi_", "ch_", 1).parse().ok()
}

impl Kept {
    pub(super) fn happened(&self) -> impl Iterator<Item = Notice> {
        self.notices.iter().cloned()
    }

    fn note(&mut self, about: Option<Subject>, at: Timestamp) {
        let event = format!("evt_back_{}", self.notices.len() + 1);
        self.notices.extend(about.map(|about| Notice { event, about, at }));
    }

    fn given_back(&self, payment: &PaymentRef) -> i64 {
        let of = |back: &&Back| back.payment.as_ref() == Some(payment) && back.state == BackState::Going;
        self.refunds.iter().filter(of).map(|back| back.amount.minor).sum()
    }

    fn questions(&self, payment: &PaymentRef) -> bool {
        let of = |one: &Questioned| one.payment.as_ref() == Some(payment) && one.state == DisputeState::Open;
        self.disputes.iter().any(of)
    }
}

/// A payment that was made: its name, its purchase and how much.
type Payment = (PaymentRef, PurchaseId, Money);

impl Sandbox {
    /// A payment by what is known of it.
    fn payment(&self, which: impl Fn(&super::Opened) -> bool) -> Result<Payment, TillError> {
        let now = (self.now)();
        let kept = self.kept();
        let paid = kept.checkouts.iter().find(|one| which(one) && one.state(now) == CheckoutState::Paid);
        let found = paid.and_then(|one| Some((one.payment()?, one.ask.purchase, one.ask.amount)));
        found.ok_or_else(|| refused(404, "no such payment"))
    }

    /// See [`crate::payments::Till::refund`].
    ///
    /// # Errors
    /// `Refused`, if the key was used for another ask, there is no such payment, less of it is left, or it is questioned.
    pub fn refund(&self, ask: &RefundAsk) -> Result<Back, TillError> {
        let payment = self.payment(|one| one.payment().as_ref() == Some(&ask.payment))?;
        if let Some((asked, id)) = self.kept().back.keys.get(&ask.idempotency_key).cloned() {
            return if asked == *ask {
                self.refund_as_it_is(&id)
            } else {
                Err(refused(400, "this idempotency key was used for another ask"))
            };
        }
        let made = self.give_back(&payment, ask.amount, Some(ask.refund))?;
        self.kept().back.keys.insert(ask.idempotency_key.clone(), (ask.clone(), made.id.clone()));
        Ok(made)
    }

    fn give_back(
        &self,
        (payment, purchase, paid): &Payment,
        amount: Money,
        refund: Option<RefundId>,
    ) -> Result<Back, TillError> {
        let now = (self.now)();
        let mut kept = self.kept();
        let back = &mut kept.back;
        let left = paid.minor - back.given_back(payment);
        match () {
            () if back.questions(payment) => return Err(refused(400, "the charge has been charged back")),
            () if left == 0 => return Err(refused(400, "the charge has already been refunded")),
            () if !(1..=left).contains(&amount.minor) => {
                return Err(refused(400, "the refund is greater than what is left of the charge"));
            }
            () => {}
        }
        let id = format!("re_demo_{}", back.refunds.len() + 1);
        let made = Back {
            id: id.parse().map_err(|_| refused(400, "no name for this refund"))?,
            refund,
            payment: Some(payment.clone()),
            purchase: Some(*purchase),
            amount,
            state: BackState::Going,
            why: None,
        };
        back.refunds.push(made.clone());
        back.note(charge_of(payment).map(Subject::Charge), now);
        Ok(made)
    }

    /// See [`crate::payments::Till::refund_as_it_is`].
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn refund_as_it_is(&self, id: &RefundRef) -> Result<Back, TillError> {
        let found = self.kept().back.refunds.iter().find(|back| back.id == *id).cloned();
        found.ok_or_else(|| refused(404, "no such refund"))
    }

    /// See [`crate::payments::Till::refunds`].
    #[must_use]
    pub fn refunds(&self, of: &Of) -> Vec<Back> {
        let is_of = |back: &&Back| match (of, &back.payment) {
            (Of::Payment(payment), Some(its)) => payment == its,
            (Of::Charge(charge), Some(its)) => charge_of(its).as_ref() == Some(charge),
            (_, None) => false,
        };
        self.kept().back.refunds.iter().filter(is_of).cloned().collect()
    }

    /// See [`crate::payments::Till::dispute_as_it_is`].
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn dispute_as_it_is(&self, id: &DisputeRef) -> Result<Questioned, TillError> {
        let found = self.kept().back.disputes.iter().find(|one| one.id == *id).cloned();
        found.ok_or_else(|| refused(404, "no such dispute"))
    }

    /// Somebody gives money back at the provider's own pages.
    ///
    /// # Errors
    /// `Refused`, as for [`Self::refund`].
    pub fn refund_elsewhere(&self, id: &CheckoutId, amount: Money) -> Result<Back, TillError> {
        let payment = self.payment(|one| one.id == *id)?;
        self.give_back(&payment, amount, None)
    }

    /// The bank does not take what was given back.
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn refund_comes_back(&self, id: &RefundRef) -> Result<Back, TillError> {
        let now = (self.now)();
        let mut kept = self.kept();
        let found = kept.back.refunds.iter_mut().find(|back| back.id == *id);
        let back = found.ok_or_else(|| refused(404, "no such refund"))?;
        back.state = BackState::Failed;
        back.why = Some("expired_or_canceled_card".to_owned());
        let failed = back.clone();
        kept.back.note(Some(Subject::Refund(id.clone())), now);
        Ok(failed)
    }

    /// The buyer asks her bank for the money back.
    ///
    /// # Errors
    /// `Refused` with 404, if nothing was paid.
    pub fn dispute(&self, id: &CheckoutId) -> Result<Questioned, TillError> {
        let (payment, purchase, paid) = self.payment(|one| one.id == *id)?;
        let now = (self.now)();
        let mut kept = self.kept();
        let id = format!("dp_demo_{}", kept.back.disputes.len() + 1);
        let made = Questioned {
            id: id.parse().map_err(|_| refused(400, "no name for this dispute"))?,
            purchase: Some(purchase),
            payment: Some(payment),
            amount: paid,
            reason: "fraudulent".to_owned(),
            answer_by: Some(after(now, hours(ANSWER_HOURS))),
            state: DisputeState::Open,
        };
        kept.back.disputes.push(made.clone());
        kept.back.note(Some(Subject::Dispute(made.id.clone())), now);
        Ok(made)
    }

    /// The bank decides a dispute.
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn decide_dispute(&self, id: &DisputeRef, state: DisputeState) -> Result<Questioned, TillError> {
        let now = (self.now)();
        let mut kept = self.kept();
        let found = kept.back.disputes.iter_mut().find(|one| one.id == *id);
        let dispute = found.ok_or_else(|| refused(404, "no such dispute"))?;
        dispute.state = state;
        let decided = dispute.clone();
        kept.back.note(Some(Subject::Dispute(id.clone())), now);
        Ok(decided)
    }
}
