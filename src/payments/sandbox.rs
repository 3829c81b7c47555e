//! The demo's till: checkouts in memory, with the states that Stripe's have, and verbs for a page that plays the
//! buyer. What a checkout is follows from what was done and the clock; nothing has to run for it to become true.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Ask, Checkout, CheckoutId, CheckoutState, Mode, Notice, PaymentRef, Subject, TillError};
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

mod back;

/// Tells the time. The demo's goes with its time machine.
pub type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// A till without money.
#[derive(Clone)]
pub struct Sandbox {
    base_url: String,
    now: Now,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    /// In the order in which they were opened.
    checkouts: Vec<Opened>,
    /// By idempotency key, where in the list.
    keys: HashMap<String, usize>,
    /// What was given back and what is questioned.
    back: back::Kept,
}

/// One checkout, and what was done with it.
struct Opened {
    id: CheckoutId,
    ask: Ask,
    declined: u32,
    done: Done,
}

#[derive(Clone, Copy)]
enum Done {
    /// Nothing yet, or only declined.
    Nothing,
    Paid {
        at: Timestamp,
    },
    /// The buyer ordered a bank debit; the bank answers at its instant.
    Ordered {
        at: Timestamp,
        answer_at: Timestamp,
        answer: Answer,
    },
    Closed {
        at: Timestamp,
    },
}

/// What a bank will say to a debit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Paid,
    Failed,
}

/// What the sandbox's page shows of a checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The checkout.
    pub checkout: Checkout,
    /// What is sold.
    pub what: Line,
    /// How much.
    pub amount: Money,
    /// How often the buyer was declined.
    pub declined: u32,
    /// Where to go once paid or ordered, with the id filled in.
    pub success_url: String,
    /// Where to go on turning back.
    pub cancel_url: String,
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Opened {
    fn state(&self, now: Timestamp) -> CheckoutState {
        match self.done {
            Done::Nothing if now >= self.ask.expires_at => CheckoutState::Expired,
            Done::Nothing => CheckoutState::Open,
            Done::Paid { .. } => CheckoutState::Paid,
            Done::Ordered { answer_at, .. } if now < answer_at => CheckoutState::Processing,
            Done::Ordered { answer: Answer::Paid, .. } => CheckoutState::Paid,
            Done::Ordered { answer: Answer::Failed, .. } => CheckoutState::Failed,
            Done::Closed { .. } => CheckoutState::Expired,
        }
    }

    /// The name of the payment that it makes.
    fn payment(&self) -> Option<PaymentRef> {
        self.id.as_str().replacen("cs_", "pi_", 1).parse().ok()
    }

    fn seen(&self, base_url: &str, now: Timestamp) -> Checkout {
        let state = self.state(now);
        let paid_or_ordered = matches!(self.done, Done::Paid { .. } | Done::Ordered { .. });
        let due = !self.ask.amount.is_zero();
        Checkout {
            id: self.id.clone(),
            url: (state == CheckoutState::Open).then(|| format!("{base_url}/demo/till/{}", self.id)),
            state,
            purchase: Some(self.ask.purchase),
            amount: Some(self.ask.amount),
            payment: self.payment().filter(|_| paid_or_ordered && due),
            mode: Mode::Test,
            expires_at: Some(self.ask.expires_at),
        }
    }

    /// What became of it until now, by the names that Stripe's events have.
    fn happened(&self, now: Timestamp) -> Vec<Notice> {
        let (first, second) = match self.done {
            Done::Nothing => (Some(("expired", self.ask.expires_at)), None),
            Done::Paid { at } => (Some(("completed", at)), None),
            Done::Closed { at } => (Some(("expired", at)), None),
            Done::Ordered { at, answer_at, answer } => (
                Some(("completed", at)),
                Some((if answer == Answer::Paid { "paid" } else { "failed" }, answer_at)),
            ),
        };
        let notice = |(what, at): (&str, Timestamp)| Notice {
            event: format!("evt_{}_{what}", self.id),
            about: Subject::Checkout(self.id.clone()),
            at,
        };
        [first, second].into_iter().flatten().filter(|(_, at)| *at <= now).map(notice).collect()
    }
}

fn refused(status: u16, message: &str) -> TillError {
    TillError::Refused { status, message: message.to_owned() }
}

impl Sandbox {
    /// A till whose payment pages are at `<base_url>/demo/till/<id>`.
    #[must_use]
    pub fn new(base_url: &str, now: Now) -> Self {
        Self { base_url: base_url.trim_end_matches('/').to_owned(), now, kept: Arc::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Each change below is one assignment, so what a panicking thread left is whole.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with a checkout, and says what it is then.
    fn with(
        &self,
        id: &CheckoutId,
        act: impl FnOnce(&mut Opened, Timestamp) -> Result<(), TillError>,
    ) -> Result<Checkout, TillError> {
        let now = (self.now)();
        let mut kept = self.kept();
        let opened = kept.checkouts.iter_mut().find(|opened| opened.id == *id);
        let opened = opened.ok_or_else(|| refused(404, "no such checkout"))?;
        act(opened, now)?;
        Ok(opened.seen(&self.base_url, now))
    }

    /// Does something with a checkout that is open.
    fn with_open(
        &self,
        id: &CheckoutId,
        act: impl FnOnce(&mut Opened, Timestamp),
    ) -> Result<Checkout, TillError> {
        self.with(id, |opened, now| match opened.state(now) {
            CheckoutState::Open => {
                act(opened, now);
                Ok(())
            }
            _ => Err(refused(400, "this checkout is no longer open")),
        })
    }

    /// See [`super::Till::open`].
    ///
    /// # Errors
    /// `Refused`, if the key was used for another ask or the checkout would be over before it began.
    pub fn open(&self, ask: &Ask) -> Result<Checkout, TillError> {
        let now = (self.now)();
        let mut kept = self.kept();
        if let Some(opened) = kept.keys.get(&ask.idempotency_key).and_then(|at| kept.checkouts.get(*at)) {
            return if opened.ask == *ask {
                Ok(opened.seen(&self.base_url, now))
            } else {
                Err(refused(400, "this idempotency key was used for another ask"))
            };
        }
        if ask.expires_at <= now || ask.amount.minor < 0 {
            return Err(refused(400, "a checkout ends after now and asks for no negative amount"));
        }
        let nth = kept.checkouts.iter().filter(|opened| opened.ask.purchase == ask.purchase).count() + 1;
        let id = format!("cs_demo_{}_{nth}", ask.purchase);
        let id = id.parse().map_err(|_| refused(400, "no name for this checkout"))?;
        let opened = Opened { id, ask: ask.clone(), declined: 0, done: Done::Nothing };
        let seen = opened.seen(&self.base_url, now);
        let place = kept.checkouts.len();
        kept.checkouts.push(opened);
        kept.keys.insert(ask.idempotency_key.clone(), place);
        Ok(seen)
    }

    /// See [`super::Till::look_up`].
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn look_up(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        self.with(id, |_, _| Ok(()))
    }

    /// See [`super::Till::close`].
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn close(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        self.with(id, |opened, now| {
            if opened.state(now) == CheckoutState::Open {
                opened.done = Done::Closed { at: now };
            }
            Ok(())
        })
    }

    /// See [`super::Till::events`].
    #[must_use]
    pub fn events(&self, since: Timestamp) -> Vec<Notice> {
        let now = (self.now)();
        let kept = self.kept();
        let mut notices: Vec<Notice> =
            kept.checkouts.iter().flat_map(|opened| opened.happened(now)).collect();
        notices.extend(kept.back.happened());
        notices.retain(|notice| notice.at >= since);
        notices.sort_by_key(|notice| notice.at);
        notices
    }

    /// What the payment page shows.
    ///
    /// # Errors
    /// `Refused` with 404, if there is none.
    pub fn show(&self, id: &CheckoutId) -> Result<Shown, TillError> {
        let now = (self.now)();
        let kept = self.kept();
        let opened = kept.checkouts.iter().find(|opened| opened.id == *id);
        let opened = opened.ok_or_else(|| refused(404, "no such checkout"))?;
        Ok(Shown {
            checkout: opened.seen(&self.base_url, now),
            what: opened.ask.what.clone(),
            amount: opened.ask.amount,
            declined: opened.declined,
            success_url: opened.ask.success_url.replace("{CHECKOUT_SESSION_ID}", id.as_str()),
            cancel_url: opened.ask.cancel_url.clone(),
        })
    }

    /// The buyer pays by card: the money is there.
    ///
    /// # Errors
    /// `Refused`, if there is none or it is no longer open.
    pub fn pay(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        self.with_open(id, |opened, at| opened.done = Done::Paid { at })
    }

    /// The buyer's card is declined: she is still there, and may try again.
    ///
    /// # Errors
    /// `Refused`, if there is none or it is no longer open.
    pub fn decline(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        self.with_open(id, |opened, _| opened.declined += 1)
    }

    /// The buyer orders a bank debit that comes in at an instant.
    ///
    /// # Errors
    /// `Refused`, if there is none or it is no longer open.
    pub fn pay_later(&self, id: &CheckoutId, answer_at: Timestamp) -> Result<Checkout, TillError> {
        self.order(id, answer_at, Answer::Paid)
    }

    /// The buyer orders a bank debit that bounces at an instant.
    ///
    /// # Errors
    /// `Refused`, if there is none or it is no longer open.
    pub fn fail_later(&self, id: &CheckoutId, answer_at: Timestamp) -> Result<Checkout, TillError> {
        self.order(id, answer_at, Answer::Failed)
    }

    fn order(&self, id: &CheckoutId, answer_at: Timestamp, answer: Answer) -> Result<Checkout, TillError> {
        self.with_open(id, |opened, at| opened.done = Done::Ordered { at, answer_at, answer })
    }

    /// The buyer walks away: nothing happens, and the checkout closes when its time is over.
    ///
    /// # Errors
    /// `Refused`, if there is none or it is no longer open.
    pub fn abandon(&self, id: &CheckoutId) -> Result<Checkout, TillError> {
        self.with_open(id, |_, _| {})
    }
}

#[cfg(test)]
mod tests;
