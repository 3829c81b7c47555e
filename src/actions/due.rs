//! Attending to what is due: lots whose time has come, purchases that the provider may have news of, refunds that it has
//! to be asked for, messages that want to go. Each is taken once a pass; one that fails is logged and waits for the next, and holds up no other.

use std::collections::HashSet;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::Error;
use super::billing::till;
use super::calendar::outside;
use super::credits::lot;
use super::keeping::hold;
use super::messages::deliver;
use super::refunds::send;
use crate::app::{App, Fault, Post};
use crate::domain::time::Timestamp;
use crate::store::due::{self, Due};

/// How many things one look at the index takes.
const AT_ONCE: usize = 500;
/// How many messages are handed to the mail server, or calendars read, at a time.
const TOGETHER: usize = 4;

/// How many messages without a way out share a change: somebody may wait for its end.
const IN_ONE_CHANGE: usize = 32;

/// Which things a pass attends to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Lots, purchases and refunds.
    Books,
    /// Messages, which may take a mail server's time.
    Messages,
    /// Calendars that are not ours, which may take any server's time.
    Outside,
}

impl Which {
    fn has(self, due: Due) -> bool {
        self == match due {
            Due::Lot(_) | Due::Purchase(_) | Due::Refund(_) => Self::Books,
            Due::Message(_) => Self::Messages,
            Due::Outside(_) => Self::Outside,
        }
    }
}

/// What goes on while the data are held after they came back from a backup: the provider's news, which they need, and other calendars.
const fn goes_on_held(due: Due) -> bool {
    match due {
        Due::Purchase(_) | Due::Outside(_) => true,
        Due::Lot(_) | Due::Refund(_) | Due::Message(_) => false,
    }
}

/// How much of the index is looked at to tell which passes have something to do.
const LOOK: usize = 1_000;

/// Which passes have something to do now; where very much is due, all of them are asked to look.
///
/// # Errors
/// [`Fault`] if the index cannot be read.
pub fn waiting(app: &App) -> Result<Vec<Which>, Fault> {
    let due = due::by(&app.store.read()?, app.clock.now(), LOOK, |_| true)?;
    let has = |which: &Which| due.len() >= LOOK || due.iter().any(|(_, due)| which.has(*due));
    Ok([Which::Books, Which::Messages, Which::Outside].into_iter().filter(has).collect())
}

/// Attends to all of one kind that is due now, as far as the data are not held; says how many there were.
///
/// # Errors
/// [`Fault`] if the index cannot be read.
pub async fn attend(app: &Arc<App>, which: Which) -> Result<usize, Fault> {
    let mut tried = HashSet::new();
    loop {
        let seen = tried.clone();
        let found = app
            .run(move |app| -> Result<_, Fault> {
                let read = app.store.read()?;
                let held = hold::is_held(&read)?;
                let fresh = |due| which.has(due) && !seen.contains(&due) && (!held || goes_on_held(due));
                Ok(due::by(&read, app.clock.now(), AT_ONCE, fresh)?)
            })
            .await?;
        let fresh: Vec<Due> = found.into_iter().map(|(_, due)| due).collect();
        tried.extend(fresh.iter().copied());
        if fresh.is_empty() {
            return Ok(tried.len());
        }
        match which {
            Which::Books => {
                for due in fresh {
                    attend_one(app, due).await;
                }
            }
            Which::Messages => attend_messages(app, fresh).await,
            Which::Outside => attend_together(app, fresh).await,
        }
    }
}

/// Where there is no way out for mail, that is found of many messages in one change.
async fn attend_messages(app: &Arc<App>, all: Vec<Due>) {
    if !matches!(*app.post(), Post::None) {
        return attend_together(app, all).await;
    }
    for some in all.chunks(IN_ONE_CHANGE) {
        let ids = some.iter().filter_map(|due| if let Due::Message(id) = due { Some(*id) } else { None });
        let ids: Vec<_> = ids.collect();
        // If one of them fails, it holds up no other.
        if app.run(move |app| deliver::find_no_way(app, ids)).await.is_err() {
            attend_together(app, some.to_vec()).await;
        }
    }
}

async fn attend_together(app: &Arc<App>, all: Vec<Due>) {
    let mut going = JoinSet::new();
    for due in all {
        if going.len() >= TOGETHER {
            going.join_next().await;
        }
        let app = Arc::clone(app);
        going.spawn(async move { attend_one(&app, due).await });
    }
    while going.join_next().await.is_some() {}
}

async fn attend_one(app: &Arc<App>, due: Due) {
    let done = match due {
        Due::Lot(id) => app.run(move |app| lot::look(app, id)).await.map_err(|error| match error {
            Error::Failed(fault) => fault,
            Error::Refused(_) => Fault::Missing("a lot"),
        }),
        Due::Purchase(id) => till::look(app, id).await.map(|_| ()),
        Due::Message(id) => deliver::deliver(app, id).await,
        Due::Outside(id) => outside::look(app, id).await,
        Due::Refund(id) => send::look(app, id).await.map(|_| ()),
    };
    if let Err(fault) = done {
        tracing::error!(?due, %fault, "something that was due could not be attended to");
    }
}

/// Attends to everything of ours that is due now, books first, until nothing new is: for tests and the demo's time machine.
/// Calendars that are not ours do not live by our clock, and are left alone.
///
/// # Errors
/// [`Fault`] if the index cannot be read.
pub async fn attend_all(app: &Arc<App>) -> Result<usize, Fault> {
    let books = attend(app, Which::Books).await?;
    Ok(books + attend(app, Which::Messages).await?)
}

/// The next instant at which something of ours is due.
///
/// # Errors
/// [`Fault`] if the index cannot be read.
pub fn next(app: &App) -> Result<Option<Timestamp>, Fault> {
    let ours = |due| !Which::Outside.has(due);
    Ok(due::next_after(&app.store.read()?, app.clock.now(), ours)?.map(|(at, _)| at))
}

/// Moves a clock that can be moved on to an instant, stopping wherever something is due on the way and attending to it
/// then, so that a week at once is lived through like a week. Without such a clock nothing happens.
///
/// # Errors
/// [`Fault`] if the index cannot be read.
pub async fn live_until(app: &Arc<App>, until: Timestamp) -> Result<(), Fault> {
    let Some(hands) = app.clock.hands().cloned() else { return Ok(()) };
    attend_all(app).await?;
    while let Some(at) = app.run(next).await?.filter(|at| *at <= until) {
        hands.set(at);
        attend_all(app).await?;
    }
    if hands.now() < until {
        hands.set(until);
    }
    attend_all(app).await?;
    Ok(())
}
