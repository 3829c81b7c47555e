//! Data that came back from a backup know nothing of what was since. They are held: nothing is sent, no date is written down and no
//! money goes back until the payment provider has been asked and the owner says go. Clients may look and book meanwhile.

use std::collections::HashSet;
use std::sync::Arc;

use crate::actions::{Error, audit, reconcile};
use crate::app::{App, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::PractitionerId;
use crate::domain::keeping::hold::{self as rule, Held, Late, Provider, Refusal};
use crate::domain::messages::message::{Message, State, Suppressed};
use crate::domain::money::Money;
use crate::domain::time::Timestamp;
use crate::payments::{CheckoutState, Subject};
use crate::store::due::{self, Due};
use crate::store::keeping::hold;
use crate::store::{self, Read, StoreError, Tx, catalog, messages};

/// What waits for the owner's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Since when, and from when the data are.
    pub held: Held,
    /// How far the provider was asked.
    pub provider: Provider,
    /// How many messages would go at once.
    pub messages: usize,
    /// How many packages have reached a date, or a session its end.
    pub lots: usize,
    /// How many refunds wait to be sent.
    pub refunds: usize,
}

/// A payment of which the provider knows and these data do not: it was made after the backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// The provider's name for the checkout.
    pub checkout: String,
    /// What was paid.
    pub amount: Option<Money>,
}

/// Whether the data are held.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn is_held(read: &impl Read) -> Result<bool, StoreError> {
    Ok(hold::get(read)?.is_some())
}

/// What waits, if the data are held.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn waiting(app: &App) -> Result<Option<Waiting>, Fault> {
    let (read, now) = (app.store.read()?, app.clock.now());
    let Some(held) = hold::get(&read)? else { return Ok(None) };
    let all = due::by(&read, now, usize::MAX, |_| true)?;
    let count = |wanted: fn(&Due) -> bool| all.iter().filter(|(_, due)| wanted(due)).count();
    Ok(Some(Waiting {
        held,
        provider: provider(app, &read, held)?,
        messages: count(|due| matches!(due, Due::Message(_))),
        lots: count(|due| matches!(due, Due::Lot(_))),
        refunds: count(|due| matches!(due, Due::Refund(_))),
    }))
}

fn provider(app: &App, read: &impl Read, held: Held) -> Result<Provider, StoreError> {
    if app.cashier().is_none() {
        return Ok(Provider::None);
    }
    Ok(Provider::read_until(store::news_read_until(read)?, held))
}

/// Asks the provider now for all that happened since the backup, settles what these data know of, and tells of payments that they do
/// not know.
///
/// # Errors
/// [`Fault`] if it does not answer.
pub async fn ask(app: &Arc<App>) -> Result<Vec<Unknown>, Fault> {
    let Some(held) = app.run(|app| -> Result<_, Fault> { Ok(hold::get(&app.store.read()?)?) }).await? else {
        return Ok(Vec::new());
    };
    reconcile::poll(app, app.run(reconcile::since).await?).await?;
    let mut unknown = Vec::new();
    let mut seen = HashSet::new();
    if let Some(cashier) = app.cashier() {
        for notice in cashier.till.events(held.backup_made_at).await? {
            let Subject::Checkout(checkout) = notice.about else { continue };
            if !seen.insert(checkout.to_string()) {
                continue;
            }
            let found = cashier.till.look_up(&checkout).await?;
            let Some(purchase) = found.purchase.filter(|_| found.state == CheckoutState::Paid) else {
                continue;
            };
            let known = app
                .run(move |app| -> Result<_, Fault> {
                    Ok(catalog::purchase::find(&app.store.read()?, purchase)?.is_some())
                })
                .await?;
            if !known {
                unknown.push(Unknown { checkout: checkout.to_string(), amount: found.amount });
            }
        }
    }
    Ok(unknown)
}

/// Lets the data go: from now on everything runs as it does.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn let_go(app: &App, by: PractitionerId, late: Late) -> Result<(), Error<Refusal>> {
    let (now, asked) = (app.clock.now(), app.cashier().is_some());
    app.keep(move |tx| {
        let until = store::news_read_until(tx)?;
        let provider = |held| if asked { Provider::read_until(until, held) } else { Provider::None };
        let held = rule::let_go(hold::get(tx)?, provider).map_err(Error::Refused)?;
        if late == Late::SetAside {
            set_aside(tx, held, now)?;
        }
        audit::note(tx, now, Who::Member(by), What::LetGo, Concern::Practice)?;
        Ok(hold::remove(tx)?)
    })
}

fn set_aside(tx: &Tx<'_>, held: Held, now: Timestamp) -> Result<(), StoreError> {
    for (_, due) in due::by(tx, now, usize::MAX, |due| matches!(due, Due::Message(_)))? {
        let Due::Message(id) = due else { continue };
        let found = messages::message::find(tx, id)?;
        if let Some(late) = found.filter(|message| message.is_pending() && message.due_at <= held.restored_at)
        {
            let state = State::Suppressed { at: now, why: Suppressed::Restored };
            messages::message::put(tx, &Message { state, ..late })?;
        }
    }
    Ok(())
}
