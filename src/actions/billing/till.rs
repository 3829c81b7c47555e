//! Talking to the payment provider about one purchase: asking it for money, and asking it what became of that. No network
//! call is made inside a transaction; what was asked is stored before, what was answered after.

use std::sync::Arc;

use super::settle::{self, News};
use crate::actions::Error;
use crate::app::{App, Cashier, Fault};
use crate::domain::catalog::purchase::{Purchase, State, Word};
use crate::domain::id::{ClientId, PackageId, PractitionerId, PurchaseId};
use crate::domain::text::{Line, WebAddress};
use crate::domain::time::{after, hours};
use crate::payments::{Ask, Checkout, CheckoutId, CheckoutState, TillError};
use crate::store::{catalog, people};
use crate::views::link;

/// An idempotency key is forgotten by the provider after 24 hours; one older than this is not used again.
const KEY_LIFE_HOURS: i64 = 23;

/// Why the buyer cannot be sent to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The purchase does not wait for her.
    NotAwaited,
    /// The provider cannot be reached now.
    Unreachable,
    /// The provider will not take the order.
    Declined,
}

/// Asks the provider for the page where the buyer pays, and tells its address. Asked twice, it is the same page.
///
/// # Errors
/// [`Refusal`] says why not.
pub async fn open(app: &Arc<App>, id: PurchaseId) -> Result<String, Error<Refusal>> {
    let (purchase, ask) = app.run(move |app| ask(app, id)).await?;
    let cashier = app.cashier_who_sold(&purchase).ok_or(Error::Refused(Refusal::NotAwaited))?;
    if purchase.state != State::AwaitingBuyer {
        return Err(Error::Refused(Refusal::NotAwaited));
    }
    let checkout = match &purchase.till.as_ref().and_then(|till| till.checkout.clone()) {
        Some(known) => cashier.till.look_up(&checkout_id(known)?).await,
        None => cashier.till.open(&ask).await,
    };
    let checkout = checkout.map_err(refused)?;
    let (known, every) = (noted(&checkout)?, cashier.poll_seconds);
    app.run(move |app| settle::note_checkout(app, id, known, every)).await?;
    match checkout.url {
        Some(url) if checkout.state == CheckoutState::Open => Ok(url),
        _ => Err(Error::Refused(Refusal::NotAwaited)),
    }
}

fn refused(error: TillError) -> Error<Refusal> {
    tracing::warn!(%error, "the payment provider did not open a checkout");
    Error::Refused(if error.is_passing() { Refusal::Unreachable } else { Refusal::Declined })
}

/// What is noted of a checkout: its name, and where the buyer pays while she can. An address that is none is left out; the
/// provider is asked for it again.
fn noted(checkout: &Checkout) -> Result<(Line, Option<WebAddress>), Fault> {
    let name = checkout.id.as_str().parse().map_err(|_| Fault::Missing("a name for the checkout"))?;
    let open = checkout.url.as_ref().filter(|_| checkout.state == CheckoutState::Open);
    Ok((name, open.and_then(|url| url.parse().ok())))
}

fn checkout_id(known: &Line) -> Result<CheckoutId, Fault> {
    known.as_str().parse().map_err(|_| Fault::Missing("a name for the checkout"))
}

/// What the provider is asked, from stored facts only, so that asking again is the same question.
fn ask(app: &App, id: PurchaseId) -> Result<(Purchase, Ask), Fault> {
    let read = app.store.read()?;
    let purchase = catalog::purchase::find(&read, id)?.ok_or(Fault::Missing("a purchase"))?;
    let client = people::client::find(&read, purchase.client)?.ok_or(Fault::Missing("a client"))?;
    let till = purchase.till.clone().ok_or(Fault::Missing("a till"))?;
    let ask = Ask {
        purchase: id,
        idempotency_key: till.idempotency_key.to_string(),
        amount: purchase.offer.price,
        what: purchase.offer.name.clone(),
        buyer: client.email,
        success_url: app.absolute(&link::bought(id)),
        cancel_url: app.absolute(&format!("{}?back=1", link::bought(id))),
        expires_at: till.closes_at,
    };
    Ok((purchase, ask))
}

/// Asks the provider what became of a purchase, and settles it accordingly: the return page, a webhook and the poll all come here.
/// A purchase for which the answer to the first question was lost is asked about by asking that question again.
///
/// # Errors
/// [`Fault`] if the provider or the file fails; the purchase stays on the list.
pub async fn look(app: &Arc<App>, id: PurchaseId) -> Result<Purchase, Fault> {
    let (purchase, ask) = app
        .run(move |app| match ask(app, id) {
            Ok((purchase, ask)) => Ok((purchase, Some(ask))),
            // Not sold online: there is nobody to ask.
            Err(Fault::Missing("a till")) => {
                let found = catalog::purchase::find(&app.store.read()?, id)?;
                Ok((found.ok_or(Fault::Missing("a purchase"))?, None))
            }
            Err(fault) => Err(fault),
        })
        .await?;
    let (Some(ask), Some(cashier)) = (ask, app.cashier_who_sold(&purchase)) else { return Ok(purchase) };
    if purchase.is_paid() {
        return Ok(purchase);
    }
    match find_checkout(app, &cashier, &purchase, &ask).await {
        Ok(Some(checkout)) => take(app, &cashier, id, checkout).await,
        Ok(None) => app.run(move |app| settle::give_up(app, id)).await,
        Err(error) => {
            let every = cashier.poll_seconds;
            app.run(move |app| settle::look_later(app, id, every)).await?;
            Err(error.into())
        }
    }
}

async fn find_checkout(
    app: &Arc<App>,
    cashier: &Cashier,
    purchase: &Purchase,
    ask: &Ask,
) -> Result<Option<Checkout>, TillError> {
    let known = purchase.till.as_ref().and_then(|till| till.checkout.as_ref());
    if let Some(known) = known {
        let id = known
            .as_str()
            .parse()
            .map_err(|_| TillError::Unintelligible("a name for the checkout".to_owned()))?;
        return cashier.till.look_up(&id).await.map(Some);
    }
    let key_is_old = app.clock.now() >= after(purchase.asked_at, hours(KEY_LIFE_HOURS));
    if key_is_old || purchase.state != State::AwaitingBuyer {
        return Ok(None);
    }
    // The same key finds the checkout whose answer was lost, or makes the one that was never made. The replayed answer is as old
    // as the first, so what became of it is looked up.
    let opened = cashier.till.open(ask).await?;
    cashier.till.look_up(&opened.id).await.map(Some)
}

async fn take(
    app: &Arc<App>,
    cashier: &Cashier,
    id: PurchaseId,
    checkout: Checkout,
) -> Result<Purchase, Fault> {
    let word = match checkout.state {
        CheckoutState::Open => Word::Open,
        CheckoutState::Processing => Word::Processing,
        CheckoutState::Paid => Word::Paid,
        CheckoutState::Failed => Word::Failed,
        CheckoutState::Expired => Word::Lapsed,
    };
    if checkout.purchase.is_some_and(|purchase| purchase != id) {
        return Err(Fault::Missing("this purchase at the payment provider"));
    }
    let known = noted(&checkout)?;
    let payment = checkout.payment.as_ref().and_then(|payment| payment.as_str().parse().ok());
    let news = News { word, payment, amount: checkout.amount, poll_seconds: cashier.poll_seconds };
    app.run(move |app| {
        settle::note_checkout(app, id, known, news.poll_seconds)?;
        settle::hear(app, id, news)
    })
    .await
}

/// Why an order that waits at the provider's page was not called off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCalledOff {
    /// There is no such purchase of this practitioner.
    NotThere,
    /// The provider cannot be reached, so that the buyer could still pay.
    Unreachable,
}

/// Calls off an order that waits for the buyer: closes the provider's page, then the purchase. Where the buyer was faster,
/// her payment is settled instead, and the purchase that comes back says so.
///
/// # Errors
/// [`NotCalledOff`] says why not.
pub async fn call_off(
    app: &Arc<App>,
    whose: PractitionerId,
    id: PurchaseId,
) -> Result<Purchase, Error<NotCalledOff>> {
    let found = app.run(move |app| -> Result<_, Fault> {
        let hers = catalog::purchase::find(&app.store.read()?, id)?.filter(|one| one.practitioner == whose);
        hers.map(|purchase| if purchase.till.is_some() { ask(app, id).map(Some) } else { Ok(None) })
            .transpose()
    });
    let asked = found.await?.ok_or(Error::Refused(NotCalledOff::NotThere))?;
    let (purchase, ask) = asked.ok_or(Error::Refused(NotCalledOff::NotThere))?;
    let cashier = app.cashier_who_sold(&purchase).ok_or(Error::Refused(NotCalledOff::NotThere))?;
    if purchase.state != State::AwaitingBuyer {
        return Ok(purchase);
    }
    let unreachable = |error: TillError| {
        tracing::warn!(%error, "an order could not be called off at the payment provider");
        Error::Refused(NotCalledOff::Unreachable)
    };
    let Some(known) = find_checkout(app, &cashier, &purchase, &ask).await.map_err(unreachable)? else {
        return Ok(app.run(move |app| settle::call_off(app, id)).await?);
    };
    let closed = match known.state {
        CheckoutState::Open => cashier.till.close(&known.id).await.map_err(unreachable)?,
        _ => known,
    };
    match closed.state {
        CheckoutState::Expired => Ok(app.run(move |app| settle::call_off(app, id)).await?),
        _ => Ok(take(app, &cashier, id, closed).await?),
    }
}

/// Calls off an order that the provider did not take, so that there is no page to close.
///
/// # Errors
/// [`Fault`] if the file fails.
pub async fn drop_declined(app: &Arc<App>, id: PurchaseId) -> Result<Purchase, Fault> {
    app.run(move |app| settle::call_off(app, id)).await
}

/// Closes the provider's pages of a client's earlier orders for the same package, so that she cannot pay twice by
/// mistake. An order that was paid after all is settled. Failures are passed over: the pages close by themselves.
pub async fn close_others(app: &Arc<App>, client: ClientId, package: PackageId, but: PurchaseId) {
    let found = app.run(move |app| -> Result<_, Fault> {
        Ok(catalog::purchase::of_client(&app.store.read()?, client)?)
    });
    let Ok(found) = found.await else { return };
    for old in found
        .iter()
        .filter(|one| one.package == package && one.id != but && one.state == State::AwaitingBuyer)
    {
        let Some(known) = old.till.as_ref().and_then(|till| till.checkout.as_ref()) else { continue };
        let (Ok(id), Some(cashier)) = (checkout_id(known), app.cashier_who_sold(old)) else { continue };
        match cashier.till.close(&id).await {
            Ok(checkout) => {
                if let Err(fault) = take(app, &cashier, old.id, checkout).await {
                    tracing::warn!(%fault, "an earlier order could not be settled");
                }
            }
            Err(error) => tracing::info!(%error, "an earlier checkout stays open until it closes by itself"),
        }
    }
}
