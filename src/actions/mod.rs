//! What can be done: one verb, one transaction. Each looks, lets the domain decide, and keeps. Wings as in `domain`;
//! beside them stand `outbox.rs`, as every wing has something to tell, `first_time.rs`, in which sale and calendar meet,
//! `form_id.rs`, as what a form makes must be new, and what brings news and the clock to all of them.

pub mod audit;
pub mod due;
pub mod first_time;
mod form_id;
pub mod outbox;
pub mod reconcile;
pub mod unsubscribe;

pub mod billing;
pub mod calendar;
pub mod catalog;
pub mod credits;
pub mod keeping;
pub mod messages;
pub mod people;
pub mod refunds;

use crate::app::Fault;
use crate::store::StoreError;

/// Why an action was not done: a rule said no, or we failed.
#[derive(Debug)]
pub enum Error<R> {
    /// A rule said no; nothing was changed.
    Refused(R),
    /// We failed; nothing was changed.
    Failed(Fault),
}

impl<R> From<Fault> for Error<R> {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault)
    }
}

impl<R> From<StoreError> for Error<R> {
    fn from(error: StoreError) -> Self {
        Self::Failed(Fault::Store(error))
    }
}

impl<R> Error<R> {
    /// The same, with the refusal in other terms.
    pub fn map<S>(self, into: impl FnOnce(R) -> S) -> Error<S> {
        match self {
            Self::Refused(refusal) => Error::Refused(into(refusal)),
            Self::Failed(fault) => Error::Failed(fault),
        }
    }
}

/// There is no such thing, or it is somebody else's; told alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotThere;
