//! News from the provider: a webhook that was checked, and the outbound poll for instances that nothing can reach.

use std::collections::HashSet;
use std::sync::Arc;

use super::billing::till;
use super::refunds::{dispute, found};
use crate::app::{App, Cashier, Fault};
use crate::domain::catalog::purchase::Purchase;
use crate::domain::id::PurchaseId;
use crate::domain::time::{Timestamp, before, minutes};
use crate::payments::back::Of;
use crate::payments::webhook::{self, Forged, Heard};
use crate::payments::{CheckoutId, Notice, Subject};
use crate::store::{self, catalog};

/// How far the poll looks back beyond its last pass: events may come late into the provider's list.
const OVERLAP: jiff::SignedDuration = minutes(10);

/// Takes a webhook: checks its signature over the raw bytes, then asks the provider itself about the checkout it names.
///
/// # Errors
/// [`Forged`] inside if the signature is not the provider's; [`Fault`] if the provider or the file fails, so that it is sent again.
pub async fn webhook(
    app: &Arc<App>,
    cashier: &Cashier,
    body: &[u8],
    signature: &str,
) -> Result<Result<(), Forged>, Fault> {
    match webhook::verify(body, signature, &cashier.webhook_secrets, app.clock.now()) {
        Ok(Heard::Notice(notice)) => notice_of(app, cashier, &notice).await.map(Ok),
        Ok(Heard::Ignored) => Ok(Ok(())),
        Err(forged) => Ok(Err(forged)),
    }
}

/// Looks at what a notice is about; what belongs to other programs on the same account is passed over.
async fn notice_of(app: &Arc<App>, cashier: &Cashier, notice: &Notice) -> Result<(), Fault> {
    match &notice.about {
        Subject::Checkout(checkout) => match purchase_of(app, cashier, checkout).await? {
            Some(id) => till::look(app, id).await.map(|_| ()),
            None => Ok(()),
        },
        Subject::Charge(charge) => found::hear(app, cashier, &Of::Charge(charge.clone())).await,
        Subject::Refund(refund) => found::hear_one(app, cashier, refund).await,
        Subject::Dispute(id) => dispute::hear(app, cashier, id).await,
    }
}

/// The purchase behind a checkout: by the name that was noted, or, if that answer was lost, as the provider has it.
async fn purchase_of(
    app: &Arc<App>,
    cashier: &Cashier,
    checkout: &CheckoutId,
) -> Result<Option<PurchaseId>, Fault> {
    let name = checkout.to_string();
    let find = move |app: &App| -> Result<Option<Purchase>, Fault> {
        Ok(catalog::purchase::with_checkout(&app.store.read()?, &name)?)
    };
    if let Some(purchase) = app.run(find).await? {
        return Ok(Some(purchase.id));
    }
    let Some(id) = cashier.till.look_up(checkout).await?.purchase else { return Ok(None) };
    let ours = app
        .run(move |app| -> Result<_, Fault> { Ok(catalog::purchase::find(&app.store.read()?, id)?) })
        .await?;
    Ok(ours.map(|purchase| purchase.id))
}

/// From when the provider is asked at the start: where the last pass ended, for what happened while the program was down.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn since(app: &App) -> Result<Timestamp, Fault> {
    let read = app.store.read()?;
    let until = store::news_read_until(&read)?;
    // Data that came back and were never asked about: the backup's date is the latest that they can know of.
    let made_at = store::keeping::hold::get(&read)?.map(|held| held.backup_made_at);
    Ok(until.or(made_at).unwrap_or_else(|| app.clock.now()))
}

/// Asks every cashier for what happened since an instant, and settles what it names; tells from when to ask next, and keeps
/// that. One who does not answer holds up no other; all are asked from the same instant again then.
///
/// # Errors
/// [`Fault`] if the practice's provider does not tell what happened, or the file fails.
pub async fn poll(app: &Arc<App>, since: Timestamp) -> Result<Timestamp, Fault> {
    let asked_at = app.clock.now();
    let mut next = asked_at;
    for (account, cashier) in app.run(|app| app.own_cashiers()).await? {
        match news_of(app, &cashier, since).await {
            Ok(News::Settled) => {}
            Ok(News::Waits) => next = since,
            // Its open purchases are looked at one by one as well.
            Err(fault) => {
                tracing::warn!(practitioner = %account.practitioner, %fault, "an account of a practitioner’s own does not answer");
                if passes(&fault) {
                    next = since;
                }
            }
        }
    }
    if let Some(cashier) = app.cashier()
        && news_of(app, &cashier, since).await? == News::Waits
    {
        next = since;
    }
    app.run(move |app| app.keep(move |tx| Ok::<_, Fault>(store::note_news_read(tx, next)?))).await?;
    Ok(next)
}

/// What became of a cashier's news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum News {
    /// All of it is settled, or never will be.
    Settled,
    /// Some of it may go well another time.
    Waits,
}

/// Settles one cashier's news since an instant. News that cannot be settled holds up no other.
async fn news_of(app: &Arc<App>, cashier: &Cashier, since: Timestamp) -> Result<News, Fault> {
    let mut outcome = News::Settled;
    let mut seen: HashSet<Subject> = HashSet::new();
    for notice in cashier.till.events(before(since, OVERLAP)).await? {
        if !seen.insert(notice.about.clone()) {
            continue;
        }
        if let Err(fault) = notice_of(app, cashier, &notice).await {
            tracing::warn!(about = ?notice.about, %fault, "news of the provider could not be settled");
            if passes(&fault) {
                outcome = News::Waits;
            }
        }
    }
    Ok(outcome)
}

/// Whether the same may go well another time. What never will is not asked for again: it may be another program's.
fn passes(fault: &Fault) -> bool {
    match fault {
        Fault::Till(error) => error.is_passing(),
        Fault::Store(_) | Fault::BrokeOff(_) => true,
        Fault::Missing(_) | Fault::WrongAmount { .. } | Fault::Sealed | Fault::Unsound { .. } => false,
    }
}
