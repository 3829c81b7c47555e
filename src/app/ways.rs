//! The ways out of the program: the till, the post, calendars elsewhere. They may change while it runs, as its settings are read anew;
//! whoever is at something goes on with what was in force when it began.

use std::sync::Arc;

use super::{App, Cashier, OwnAccounts, Post};
use crate::backups::Reach;
use crate::calendars::Calendars;

/// The ways that are in force.
#[derive(Debug, Clone)]
pub struct Ways {
    /// Payment online with the practice's account, if there is any.
    pub cashier: Option<Arc<Cashier>>,
    /// Where accounts of practitioners' own are, if they may have any.
    pub own_accounts: Option<OwnAccounts>,
    /// How mail leaves.
    pub post: Arc<Post>,
    /// How calendars that are not ours are read.
    pub calendars: Arc<Calendars>,
}

impl Ways {
    /// Whether these are the same, and not others that were put in force since.
    #[must_use]
    pub fn are_still(&self, others: &Self) -> bool {
        let same_cashier = match (&self.cashier, &others.cashier) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (one, other) => one.is_none() && other.is_none(),
        };
        same_cashier
            && Arc::ptr_eq(&self.post, &others.post)
            && Arc::ptr_eq(&self.calendars, &others.calendars)
    }
}

impl App {
    /// The practice's own cashier, if it has one.
    #[must_use]
    pub fn cashier(&self) -> Option<Arc<Cashier>> {
        self.ways.borrow().cashier.clone()
    }

    /// Where accounts of practitioners' own are, if they may have any.
    #[must_use]
    pub fn own_accounts(&self) -> Option<OwnAccounts> {
        self.ways.borrow().own_accounts.clone()
    }

    /// How mail leaves.
    #[must_use]
    pub fn post(&self) -> Arc<Post> {
        Arc::clone(&self.ways.borrow().post)
    }

    /// How calendars that are not ours are read.
    #[must_use]
    pub fn calendars(&self) -> Arc<Calendars> {
        Arc::clone(&self.ways.borrow().calendars)
    }

    /// Where backups may go: where calendars may be, whatever the port.
    #[must_use]
    pub fn reach(&self) -> Reach {
        let calendars = self.calendars();
        Arc::new(move |address| calendars.lets_pass(address))
    }

    /// How often the payment provider is asked for news, in seconds; none if there is nobody to ask.
    #[must_use]
    pub fn poll_seconds(&self) -> Option<u32> {
        let ways = self.ways.borrow();
        let own = ways.own_accounts.as_ref().map(|own| own.poll_seconds);
        ways.cashier.as_ref().map(|cashier| cashier.poll_seconds).or(own)
    }

    /// Puts other ways in force, and has everybody look at what they can do with them.
    pub fn go_by(&self, ways: Ways) {
        self.ways.send_replace(ways);
        self.bell.send_modify(|rings| *rings += 1);
    }
}
