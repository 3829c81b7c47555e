//! What the running program holds: the store, the clock, chance, the till, the post, the ways to other calendars and to backups, and the word for what went wrong.

mod accounts;
mod figures;
mod machine;
mod turns;
mod ways;

use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use crate::backups::Backups;
use crate::domain::id::PractitionerId;
use crate::domain::time::Timestamp;
use crate::mail::{Captured, Mail, Sender};
use crate::payments::webhook::Secret;
use crate::payments::{Mode, Till, TillError};
use crate::platform::clock::Clock;
use crate::platform::entropy::Entropy;
use crate::platform::password::Passwords;
use crate::platform::seal::InstanceKey;
use crate::store::{Store, StoreError, Tx};

/// We failed, not the person who asked. Logged once, where it ends, under an id that the page shows.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The data file.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The payment provider.
    #[error("the payment provider: {0}")]
    Till(#[from] TillError),
    /// A note cannot be opened: it was changed, or sealed under another instance key.
    #[error("a note cannot be opened with the instance key that is in use")]
    Sealed,
    /// A copy of the data file is not sound.
    #[error("{file}: {wrong} things are not as they must be in this copy; run fiddlehead check on the data")]
    Unsound {
        /// The copy, kept aside.
        file: String,
        /// How many things are wrong.
        wrong: usize,
    },
    /// Something that must be there is not: a defect, or a data file that was changed by hand.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The provider reports a payment that does not fit the purchase.
    #[error("the provider reports {reported} for a purchase of {asked}")]
    WrongAmount {
        /// What was asked.
        asked: String,
        /// What it says was paid.
        reported: String,
    },
    /// Work that was handed to another thread did not come back.
    #[error("work broke off: {0}")]
    BrokeOff(String),
}

/// How mail leaves.
#[derive(Debug)]
pub enum Post {
    /// By a mail server, or into the demo's mailbox.
    Office {
        /// The way out.
        mail: Box<Mail>,
        /// Who writes.
        from: Sender,
    },
    /// Not at all; links are shown to hand over.
    None,
}

pub use accounts::OwnAccounts;
pub use figures::{BOUNDS, Counted, Figures};
pub use machine::{Certificate, DATA_FILE, Machine};
pub use turns::Turns;
pub use ways::Ways;

/// Payment online: the provider and how its news is checked.
#[derive(Debug)]
pub struct Cashier {
    /// Whose account it is; the practice's, if none.
    pub whose: Option<PractitionerId>,
    /// The provider.
    pub till: Till,
    /// What its webhooks are signed with; none means that it cannot reach us.
    pub webhook_secrets: Vec<Secret>,
    /// How often it is asked for news, in seconds.
    pub poll_seconds: u32,
}

/// Everything that the program holds while it runs.
#[derive(Debug)]
pub struct App {
    /// What is kept.
    pub store: Store,
    /// What time it is.
    pub clock: Clock,
    /// Where ids and tokens come from.
    pub entropy: Entropy,
    /// Where passwords are hashed.
    pub passwords: Passwords,
    /// The key beside the database.
    pub key: InstanceKey,
    /// The till, the post, and calendars elsewhere; see [`App::cashier`] and those beside it.
    pub ways: watch::Sender<Ways>,
    /// One backup at a time, and how far it is.
    pub backups: Backups,
    /// What every link begins with, without a trailing slash.
    pub base_url: String,
    /// Where the program runs.
    pub machine: Machine,
    /// Rung after every change, so that what became due is looked at.
    pub bell: watch::Sender<u64>,
}

/// The instant of an action, read once, and the ids it makes.
#[derive(Debug, Clone)]
pub struct Moment {
    /// What time it is.
    pub now: Timestamp,
    entropy: Entropy,
}

impl Moment {
    /// One that nobody asked for just now: its ids are of that chance.
    #[must_use]
    pub const fn of(now: Timestamp, entropy: Entropy) -> Self {
        Self { now, entropy }
    }

    /// Bits for a new id.
    #[must_use]
    pub fn id(&self) -> u128 {
        self.entropy.id(self.now)
    }
}

type Anything = Box<dyn std::any::Any + Send>;

/// Work on a thread that may block. In boxes, so that it is compiled once: for each of three hundred kinds of work a task of
/// its own kind is a megabyte of program.
async fn apart(work: Box<dyn FnOnce() -> Anything + Send>) -> Result<Anything, Fault> {
    tokio::task::spawn_blocking(work).await.map_err(|broke| Fault::BrokeOff(broke.to_string()))
}

impl App {
    /// The present instant, for one action.
    #[must_use]
    pub fn moment(&self) -> Moment {
        Moment { now: self.clock.now(), entropy: self.entropy.clone() }
    }

    /// Bits for a new id, such as a form carries.
    #[must_use]
    pub fn id(&self) -> u128 {
        self.entropy.id(self.clock.now())
    }

    /// Runs a change in a transaction and rings the bell; see [`Store::write`].
    ///
    /// # Errors
    /// What the change returned; nothing is kept then.
    pub fn keep<T, E>(&self, change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let kept = self.store.write(change)?;
        self.bell.send_modify(|rings| *rings += 1);
        Ok(kept)
    }

    /// The same for what no person waits for; see [`Store::write_by_the_way`].
    ///
    /// # Errors
    /// As [`App::keep`].
    pub fn keep_by_the_way<T, E>(
        &self,
        change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let kept = self.store.write_by_the_way(change)?;
        self.bell.send_modify(|rings| *rings += 1);
        Ok(kept)
    }

    /// The same as [`App::keep`] without a thread that waits: many can wait for one commit.
    ///
    /// # Errors
    /// As [`App::keep`].
    pub async fn keep_soon<T, E>(
        &self,
        change: impl FnMut(&Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (tells, hears) = oneshot::channel();
        let bell = self.bell.clone();
        self.store.write_and_tell(change, move |outcome| {
            // Also where who asked has gone meanwhile.
            if outcome.is_ok() {
                bell.send_modify(|rings| *rings += 1);
            }
            drop(tells.send(outcome));
        });
        hears.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs work that blocks (an action, a long read) off the event loop.
    ///
    /// # Errors
    /// What the work returned, or a [`Fault`] if it panicked.
    pub async fn run<T, E>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
    {
        let app = Arc::clone(self);
        let done = apart(Box::new(move || Box::new(work(&app)))).await?;
        *done.downcast().expect("what comes out is what was put in")
    }

    /// The mailbox that mail ends up in, if none leaves: the demo's.
    #[must_use]
    pub fn captured(&self) -> Option<Captured> {
        match &*self.post() {
            Post::Office { mail, .. } => match mail.as_ref() {
                Mail::Captured(captured) => Some(captured.clone()),
                Mail::Smtp(_) => None,
            },
            Post::None => None,
        }
    }

    /// An absolute address, as mails need it.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The host that mails and calendar entries are named after.
    #[must_use]
    pub fn host(&self) -> &str {
        let after_scheme = self.base_url.split_once("://").map_or(self.base_url.as_str(), |(_, rest)| rest);
        let host = after_scheme.split('/').next().unwrap_or(after_scheme);
        host.rsplit_once(':').map_or(host, |(host, _)| host)
    }

    /// Whether pages are served over TLS, as the visitor sees it: cookies may then be bound to it.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Whether money moves, if there is payment online.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.cashier().map(|cashier| cashier.till.mode())
    }
}
