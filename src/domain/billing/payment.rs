//! A payment: money that came for a purchase, one row each.

use jiff::civil::Date;

use crate::domain::id::PurchaseId;
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

/// How money came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Means {
    /// Through the payment provider; holds its name for the payment.
    Online {
        /// The provider's reference.
        reference: Option<Line>,
    },
    /// In cash at the practice.
    Cash,
    /// By card at the practice.
    CardAtPractice,
    /// By bank transfer.
    Transfer,
    /// Nothing was asked.
    Nothing,
}

impl Means {
    /// The means that a practitioner can mark a purchase paid by, with their names in forms.
    pub const BY_HAND: [(&'static str, Self); 3] =
        [("cash", Self::Cash), ("card", Self::CardAtPractice), ("transfer", Self::Transfer)];
}

/// Money that came for a purchase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// What it was for; one payment settles one purchase.
    pub purchase: PurchaseId,
    /// How much.
    pub amount: Money,
    /// How it came.
    pub means: Means,
    /// The local date on which it came.
    pub on: Date,
    /// A word of the practitioner about it.
    pub note: Option<Line>,
    /// When we learned of it.
    pub at: Timestamp,
}
