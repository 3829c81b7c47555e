//! The till: where a purchase is paid. Stripe Checkout, or the sandbox that the demo has in its place. What a
//! checkout says here is the only proof of payment there is: a webhook or a return page is a reason to look, no more.

use std::fmt;
use std::str::FromStr;

use back::{Back, Of, Questioned, RefundAsk};

use crate::domain::email::EmailAddress;
use crate::domain::id::PurchaseId;
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

pub mod back;
mod reply;
pub mod sandbox;
pub mod stripe;
pub mod webhook;

pub use sandbox::Sandbox;
pub use stripe::Stripe;

/// Text that is no reference: empty, longer than 255 characters, or not of letters, digits, `_` and `-`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a payment reference")]
pub struct NotAReference;

/// Whether a text can stand in a path, a log and a table as it is.
fn is_plain(text: &str) -> bool {
    (1..=255).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

macro_rules! references {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAReference;
            fn from_str(text: &str) -> Result<Self, NotAReference> {
                if is_plain(text) { Ok(Self(text.to_owned())) } else { Err(NotAReference) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

references! {
    /// The till's name for one checkout: `cs_test_…`.
    CheckoutId,
    /// The till's name for the payment that came of a checkout: `pi_…`. What a refund names.
    PaymentRef,
    /// Its name for the charge that the payment made: `ch_…`.
    ChargeRef,
    /// Its name for money given back: `re_…`.
    RefundRef,
    /// Its name for a dispute: `dp_…`.
    DisputeRef
}

/// Whether money is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Play money: a test key, or the sandbox.
    Test,
    /// Real money.
    Live,
}

/// What the buyer is asked to pay. Built from stored facts only, so that the same purchase always asks the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The purchase that is to be paid.
    pub purchase: PurchaseId,
    /// The same key with the same ask opens one checkout, however often. Stripe forgets a key after 24 hours.
    pub idempotency_key: String,
    /// How much.
    pub amount: Money,
    /// The name of the package, as the buyer sees it on the payment page and her receipt.
    pub what: Line,
    /// Whom the payment page is filled in for.
    pub buyer: EmailAddress,
    /// Where a buyer who is done is sent; `{CHECKOUT_SESSION_ID}` in it becomes the checkout's id.
    pub success_url: String,
    /// Where a buyer who turns back is sent.
    pub cancel_url: String,
    /// When the checkout closes by itself. Stripe takes 30 minutes to 24 hours from now.
    pub expires_at: Timestamp,
}

/// One checkout, as the till sees it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkout {
    /// Its name.
    pub id: CheckoutId,
    /// Where the buyer pays; none once it is over.
    pub url: Option<String>,
    /// How far it is.
    pub state: CheckoutState,
    /// The purchase it was opened for; none if it is not one of ours.
    pub purchase: Option<PurchaseId>,
    /// What is to be paid, or was; none if the till does not say or it is in a currency that is not taken here.
    pub amount: Option<Money>,
    /// The payment; none before the buyer has tried to pay.
    pub payment: Option<PaymentRef>,
    /// Whether the money is real.
    pub mode: Mode,
    /// When it closes, or closed, by itself; none if the till does not say.
    pub expires_at: Option<Timestamp>,
}

/// How far a checkout is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckoutState {
    /// The buyer can pay. One who was declined is still here.
    Open,
    /// The money is there, or none was due.
    Paid,
    /// The buyer has done her part; the bank takes days to say yes or no.
    Processing,
    /// The bank said no, later. Nothing more will come of it.
    Failed,
    /// Closed unpaid, by time or by [`Till::close`].
    Expired,
}

/// What a notice is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A checkout.
    Checkout(CheckoutId),
    /// Money given back of a charge.
    Charge(ChargeRef),
    /// One refund.
    Refund(RefundRef),
    /// A dispute.
    Dispute(DisputeRef),
}

/// Word that something became of a payment. No proof: look it up before acting on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The event's name, by which a doubled one is known.
    pub event: String,
    /// What it is about.
    pub about: Subject,
    /// When it happened, by the till's clock, to the second.
    pub at: Timestamp,
}

/// Why the till gave no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TillError {
    /// Network, timeout, overload, or the same request is being carried out just now: ask again later, with the same key.
    #[error("the till cannot be reached: {0}")]
    Unreachable(String),
    /// Our request or our key is wrong, or the thing does not exist: asking again gives the same.
    #[error("the till refused ({status}): {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the till says about it, for the log and the practitioner; never for the buyer.
        message: String,
    },
    /// An answer came that makes no sense. What was asked may have been done.
    #[error("the till's answer makes no sense: {0}")]
    Unintelligible(String),
}

impl TillError {
    /// Whether what was asked for is not there: an unknown checkout, or for [`Till::events`] a server that lists none.
    #[must_use]
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Refused { status: 404 | 405, .. })
    }

    /// Whether asking again later may help.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Unreachable(_))
    }
}

/// Where purchases are paid. An instance without one has `Option<Till>` as none.
#[derive(Debug, Clone)]
pub enum Till {
    /// Stripe Checkout.
    Stripe(Stripe),
    /// The demo's own.
    Sandbox(Sandbox),
}

impl Till {
    /// Opens a checkout, or finds the one that the same key has opened.
    ///
    /// # Errors
    /// [`TillError`]; after `Unreachable` and `Unintelligible` it may have been opened: ask again with the same key.
    pub async fn open(&self, ask: &Ask) -> Result<Checkout, TillError> {
        match self {
            Self::Stripe(till) => till.open(ask).await,
            Self::Sandbox(till) => till.open(ask),
        }
    }

    /// A checkout as it is now.
    ///
    /// # Errors
    /// [`TillError`]; one that does not exist is `Refused`, see [`TillError::is_missing`].
    pub async fn look_up(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        match self {
            Self::Stripe(till) => till.look_up(id).await,
            Self::Sandbox(till) => till.look_up(id),
        }
    }

    /// Closes a checkout that nobody is to pay any more. Where the buyer was faster it stays what it is, and the
    /// answer says so: read its state.
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn close(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        match self {
            Self::Stripe(till) => till.close(id).await,
            Self::Sandbox(till) => till.close(id),
        }
    }

    /// What became of checkouts, refunds and disputes at or after an instant, oldest first, for instances that no webhook can reach.
    /// Reaches back 30 days. May hold checkouts of other programs that share the account, and ones seen before.
    ///
    /// # Errors
    /// [`TillError`]; a server that lists no events is `Refused`, see [`TillError::is_missing`].
    pub async fn events(&self, since: Timestamp) -> Result<Vec<Notice>, TillError> {
        match self {
            Self::Stripe(till) => till.events(since).await,
            Self::Sandbox(till) => Ok(till.events(since)),
        }
    }

    /// Where the provider sends its news; nowhere from the sandbox.
    ///
    /// # Errors
    /// [`TillError`]; a restricted key that may not see them is `Refused`.
    pub async fn endpoints(&self) -> Result<Vec<stripe::Endpoint>, TillError> {
        match self {
            Self::Stripe(till) => till.endpoints().await,
            Self::Sandbox(_) => Ok(Vec::new()),
        }
    }

    /// Gives money back, or finds the refund that the same key made.
    ///
    /// # Errors
    /// [`TillError`]; after `Unreachable` and `Unintelligible` it may have been given back: ask again with the same key, or
    /// look among [`Till::refunds`].
    pub async fn refund(&self, ask: &RefundAsk) -> Result<Back, TillError> {
        match self {
            Self::Stripe(till) => till.refund(ask).await,
            Self::Sandbox(till) => till.refund(ask),
        }
    }

    /// A refund as it is now.
    ///
    /// # Errors
    /// [`TillError`]; one that does not exist is `Refused`, see [`TillError::is_missing`].
    pub async fn refund_as_it_is(&self, id: &RefundRef) -> Result<Back, TillError> {
        match self {
            Self::Stripe(till) => till.refund_as_it_is(id).await,
            Self::Sandbox(till) => till.refund_as_it_is(id),
        }
    }

    /// All refunds of a payment, whoever began them, the failed ones too.
    ///
    /// # Errors
    /// [`TillError`].
    pub async fn refunds(&self, of: &Of) -> Result<Vec<Back>, TillError> {
        match self {
            Self::Stripe(till) => till.refunds(of).await,
            Self::Sandbox(till) => Ok(till.refunds(of)),
        }
    }

    /// A dispute as it is now.
    ///
    /// # Errors
    /// [`TillError`]; one that does not exist is `Refused`, see [`TillError::is_missing`].
    pub async fn dispute_as_it_is(&self, id: &DisputeRef) -> Result<Questioned, TillError> {
        match self {
            Self::Stripe(till) => till.dispute_as_it_is(id).await,
            Self::Sandbox(till) => till.dispute_as_it_is(id),
        }
    }

    /// Scheme and host of the pages where buyers pay, where they are not this program's own.
    #[must_use]
    pub fn pages_at(&self) -> Option<&str> {
        match self {
            Self::Stripe(till) => Some(till.pages_at()),
            Self::Sandbox(_) => None,
        }
    }

    /// Whether the money is real: a page says so loudly if it is not.
    #[must_use]
    pub fn mode(&self) -> Mode {
        match self {
            Self::Stripe(till) => till.mode(),
            Self::Sandbox(_) => Mode::Test,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_holds_nothing_that_could_leave_its_place_in_a_path_or_a_log() {
        for good in ["cs_test_a1B2", "pi_3-x", &"a".repeat(255)] {
            assert_eq!(good.parse::<CheckoutId>().unwrap().as_str(), good);
        }
        for bad in ["", "a/b", "../x", "a?b", "a b", "a\r\n", "é", "a%2f", &"a".repeat(256)] {
            assert_eq!(bad.parse::<CheckoutId>(), Err(NotAReference), "{bad:?}");
        }
    }
}
