//! Selling a package by hand, to a client who is there: the sale waits for the money, which comes at the practice, or through
//! the provider's page on her own phone. Its sessions land when it is marked as paid, or the provider says that it is.

use super::checkout::{self, Buyer, Choice, Order, Shown, begin, purchase};
use crate::actions::{Error, form_id};
use crate::app::App;
use crate::domain::catalog::package::Listing;
use crate::domain::catalog::purchase::{Purchase, State, Way};
use crate::domain::id::{ClientId, PackageId, PractitionerId, PurchaseId};
use crate::store::{catalog, people};

/// Why a package was not sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such client or package of this practitioner, or the form's id belongs to another sale.
    NotThere,
    /// The package was put away.
    PutAway,
    /// It costs nothing, so there is nothing to pay; give sessions instead.
    CostsNothing,
    /// It has changed since the page was shown.
    Changed,
    /// There is no payment online here.
    NotOnline,
}

/// What is sold to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sale {
    /// The purchase's id, which the form carried.
    pub id: PurchaseId,
    /// Who buys.
    pub client: ClientId,
    /// What.
    pub package: PackageId,
    /// The version that the page showed.
    pub version: u32,
    /// How she pays.
    pub choice: Choice,
}

/// Sells a package, to be paid as was chosen. Sent twice, it sells once.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn sell(app: &App, whose: PractitionerId, sale: Sale) -> Result<Purchase, Error<Refusal>> {
    let (at, entropy) = (app.moment(), app.entropy.clone());
    let refused = Error::Refused;
    let house_sells = app.cashier().map(|_| None);
    app.keep(move |tx| {
        let client = people::client::find_of(tx, whose, sale.client)?.ok_or(refused(Refusal::NotThere))?;
        let package =
            catalog::package::find(tx, sale.package)?.filter(|package| package.practitioner == whose);
        let package = package.ok_or(refused(Refusal::NotThere))?;
        if let Some(already) = catalog::purchase::find(tx, sale.id)? {
            let same = already.client == client.id && already.package == package.id;
            return if same { Ok(already) } else { Err(refused(Refusal::NotThere)) };
        }
        if !form_id::is_free(tx, sale.id.bits())? {
            return Err(refused(Refusal::NotThere));
        }
        match () {
            () if package.listing == Listing::Archived => return Err(refused(Refusal::PutAway)),
            () if package.offer.price.is_zero() => return Err(refused(Refusal::CostsNothing)),
            () if package.version != sale.version => return Err(refused(Refusal::Changed)),
            () => {}
        }
        let own = catalog::account::selling(tx, whose)?;
        let online = own.map(|(account, _)| Some(account.number)).or(house_sells);
        let (way, account, state) = match sale.choice {
            Choice::AtPractice => (Way::AtPractice, None, State::AwaitingPractice),
            Choice::Online => (Way::Online, online.ok_or(refused(Refusal::NotOnline))?, State::AwaitingBuyer),
        };
        let order = Order {
            id: sale.id,
            package: package.id,
            version: package.version,
            buyer: Buyer::SignedIn(client.id),
            choice: sale.choice,
            first: None,
        };
        let of_checkout = |error: Error<checkout::Refusal>| error.map(|_| Refusal::NotThere);
        let made = purchase(tx, &at, &entropy, (&order, package, &client), (way, account), state)
            .map_err(of_checkout)?;
        catalog::purchase::put(tx, &made)?;
        begin(tx, &at, &made, Shown::Already).map_err(of_checkout)?;
        Ok(made)
    })
}
