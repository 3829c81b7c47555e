//! A practitioner's own account at the payment provider: tried before it is kept, and retired rather than forgotten.

use std::sync::Arc;

use crate::actions::{Error, NotThere, audit};
use crate::app::{App, Fault};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::catalog::account::{Account, Secrets, Use};
use crate::domain::id::PractitionerId;
use crate::payments::{CheckoutId, Stripe, TillError};
use crate::store::catalog::account;
use crate::store::{Read, StoreError, Tx, catalog};

/// Why an account is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Practitioners can have none of their own here.
    NotHere,
    /// The key is not of the form of a secret or restricted key.
    NotAKey,
    /// The webhook's secret is not of its form.
    NotASecret,
    /// The provider does not know the key, or it may not do what it must.
    NotAllowed,
    /// The provider cannot be reached now.
    Unreachable,
}

/// A checkout that no account has: whoever may look at checkouts is told that it is missing.
const NOBODYS: &str = "cs_test_fiddlehead";

/// Takes an account from which a practitioner's packages are sold from now on. Its key is tried first: it must be able to
/// read the provider's news and its checkouts. A new key of the account that she has already takes the old one's place.
///
/// # Errors
/// [`Refusal`] says why not; nothing is changed then.
pub async fn connect(app: &Arc<App>, whose: PractitionerId, secrets: Secrets) -> Result<(), Error<Refusal>> {
    let at = app.own_accounts().ok_or(Error::Refused(Refusal::NotHere))?;
    let till = Stripe::new(&secrets.key, &at.api_base).map_err(|_| Error::Refused(Refusal::NotAKey))?;
    let is_plain = secrets.webhook.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_secret = is_plain && secrets.webhook.starts_with("whsec_");
    if !is_secret && !secrets.webhook.is_empty() {
        return Err(Error::Refused(Refusal::NotASecret));
    }
    till.events(app.clock.now()).await.map_err(refused)?;
    let before = app.run(move |app| -> Result<_, Fault> { Ok(sells(&app.store.read()?, whose)?) }).await?;
    let known = before.as_ref().and_then(|sells| sells.newest.clone());
    let asked = known.clone().unwrap_or_else(|| NOBODYS.parse().expect("letters make a reference"));
    let found = match till.look_up(&asked).await {
        Ok(_) => known.is_some(),
        Err(missing) if missing.is_missing() => false,
        Err(error) => return Err(refused(error)),
    };
    let in_place_of = before.filter(|_| found || known.is_none());
    let own = Arc::clone(app);
    app.run(move |_| keep(&own, whose, secrets, in_place_of)).await
}

fn refused(error: TillError) -> Error<Refusal> {
    tracing::info!(%error, "an account of a practitioner’s own is not taken");
    Error::Refused(if error.is_passing() { Refusal::Unreachable } else { Refusal::NotAllowed })
}

/// The account that she sells with.
#[derive(Debug, Clone)]
struct Sells {
    number: u32,
    /// The newest checkout that was opened with it.
    newest: Option<CheckoutId>,
}

fn sells(read: &impl Read, whose: PractitionerId) -> Result<Option<Sells>, StoreError> {
    let Some((current, _)) = account::selling(read, whose)? else { return Ok(None) };
    let number = current.number;
    // One by one from the newest: each has the terms of its day, and the writer waits for this too.
    for id in catalog::purchase::ids_of(read, whose)?.into_iter().rev() {
        let till = catalog::purchase::find(read, id)?.and_then(|purchase| purchase.till);
        let checkout = till.filter(|till| till.account == Some(number)).and_then(|till| till.checkout);
        if let Some(checkout) = checkout {
            return Ok(Some(Sells { number, newest: checkout.as_str().parse().ok() }));
        }
    }
    Ok(Some(Sells { number, newest: None }))
}

/// Keeps the secrets: in the place of those of the account that they are of, if she sells with that still, else under a number of their own.
/// While the provider was asked she may have entered another key, and sold with it; what was sold is given back with the secrets of its number.
fn keep(
    app: &Arc<App>,
    whose: PractitionerId,
    secrets: Secrets,
    in_place_of: Option<Sells>,
) -> Result<(), Error<Refusal>> {
    let (since, own) = (app.clock.now(), Arc::clone(app));
    app.keep(move |tx| {
        let same = sells(tx, whose)?.zip(in_place_of.as_ref()).filter(|(now, before)| {
            now.number == before.number && (before.newest.is_some() || now.newest.is_none())
        });
        let last = account::of(tx, whose)?.iter().map(|(account, _)| account.number).max().unwrap_or(0);
        let number = same.map_or(last + 1, |(now, _)| now.number);
        let account = Account { practitioner: whose, number, used: Use::Sells, since };
        let sealed = own.seal_account(&account, &secrets);
        retire_all(tx, whose)?;
        audit::note(tx, since, Who::Member(whose), What::AccountConnected, Concern::Member(whose))?;
        Ok(account::put(tx, &account, sealed)?)
    })
}

fn retire_all(tx: &Tx<'_>, whose: PractitionerId) -> Result<(), Fault> {
    for (account, sealed) in account::of(tx, whose)? {
        account::put(tx, &Account { used: Use::Retired, ..account }, sealed)?;
    }
    Ok(())
}

/// Sells with the practice's account again. What was sold with her own is still seen to there.
///
/// # Errors
/// A [`Fault`] if the file fails.
pub fn disconnect(app: &App, whose: PractitionerId) -> Result<(), Error<NotThere>> {
    let now = app.clock.now();
    app.keep(move |tx| {
        audit::note(tx, now, Who::Member(whose), What::AccountRemoved, Concern::Member(whose))?;
        Ok(retire_all(tx, whose)?)
    })
}
