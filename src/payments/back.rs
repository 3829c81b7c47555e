//! Money that goes back, as the till has it: refunds, whoever began them, and disputes. What is told here is looked up at
//! the till; a notice of it is a reason to look, no more.

use super::{ChargeRef, DisputeRef, PaymentRef, RefundRef};
use crate::domain::id::{PurchaseId, RefundId};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;

/// What the till is asked to give back. Built from stored facts only, so that the same refund always asks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundAsk {
    /// Which refund it is here; the till keeps it beside its own, so that it is found again without the key.
    pub refund: RefundId,
    /// The purchase, kept beside it as well.
    pub purchase: PurchaseId,
    /// The same key with the same ask gives back once. Stripe forgets a key after 24 hours.
    pub idempotency_key: String,
    /// Of which payment.
    pub payment: PaymentRef,
    /// How much.
    pub amount: Money,
}

/// How a refund stands at the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BackState {
    /// The money has gone, or is on its way.
    Going,
    /// It did not go, or came back.
    Failed,
}

/// A refund, as the till sees it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Back {
    /// Its name.
    pub id: RefundRef,
    /// Which refund it is here; none if it was begun elsewhere.
    pub refund: Option<RefundId>,
    /// The payment that it gives back.
    pub payment: Option<PaymentRef>,
    /// The purchase that was paid; none if it is not one of ours, or the key may not see payments.
    pub purchase: Option<PurchaseId>,
    /// How much.
    pub amount: Money,
    /// How it stands.
    pub state: BackState,
    /// Why it failed, in the till's word.
    pub why: Option<String>,
}

/// Of which payment refunds are listed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Of {
    /// By the payment.
    Payment(PaymentRef),
    /// By the charge that the payment made.
    Charge(ChargeRef),
}

/// How a dispute stands at the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DisputeState {
    /// The bank has not decided.
    Open,
    /// The money stays.
    Won,
    /// The money is gone.
    Lost,
}

/// A dispute, as the till sees it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questioned {
    /// Its name.
    pub id: DisputeRef,
    /// The purchase that was paid; none if it is not one of ours.
    pub purchase: Option<PurchaseId>,
    /// The payment that is questioned.
    pub payment: Option<PaymentRef>,
    /// How much is questioned.
    pub amount: Money,
    /// Why, in the till's word: `fraudulent`, `product_not_received`.
    pub reason: String,
    /// Until when it can be answered at the till.
    pub answer_by: Option<Timestamp>,
    /// How it stands.
    pub state: DisputeState,
}
