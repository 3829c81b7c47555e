//! The order: a buyer agrees to a package at a price, and the intent is stored before anybody is asked for money. Prices,
//! sessions and validity come from the package as it is kept, never from the form.

use crate::actions::{Error, first_time, form_id, outbox};
use crate::app::{App, Fault, Moment};
use crate::domain::calendar::reservation::PAGE_OPEN_MINUTES;
use crate::domain::calendar::slot::Taken as Gone;
use crate::domain::catalog::package::Package;
use crate::domain::catalog::purchase::{Purchase, State, Till, Way};
use crate::domain::catalog::selling::FirstTime;
use crate::domain::catalog::storefront::AtPractice;
use crate::domain::email::EmailAddress;
use crate::domain::id::{ClientId, PackageId, PurchaseId};
use crate::domain::messages::message::{About, Kind};
use crate::domain::people::client::Client;
use crate::domain::people::login::{Came, Login, Person};
use crate::domain::text::{Line, Paragraph};
use crate::domain::time::{Timestamp, Zone, after, hours, minutes};
use crate::platform::entropy::Entropy;
use crate::platform::seal;
use crate::store::due::{self, Due};
use crate::store::{Read, StoreError, Tx, catalog, people};

/// How long the provider's page stays open: the longest it can, less an hour for clocks that differ. It is much shorter
/// while a first time is kept for the buyer.
const OPEN_FOR_HOURS: i64 = 23;

/// How the buyer would pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Online.
    Online,
    /// At the practice.
    AtPractice,
}

/// Who buys.
#[derive(Debug, Clone)]
pub enum Buyer {
    /// A client who is signed in.
    SignedIn(ClientId),
    /// Somebody with an address, perhaps of an account that is not open here.
    Visitor {
        /// Her name.
        name: Line,
        /// Her address.
        email: EmailAddress,
        /// Her telephone number.
        phone: Option<Line>,
        /// Her zone.
        zone: Zone,
    },
}

/// An order as the form gives it.
#[derive(Debug, Clone)]
pub struct Order {
    /// The id that the form carried.
    pub id: PurchaseId,
    /// What is bought.
    pub package: PackageId,
    /// The version that the page showed; an order for an older one is refused, as its price may have changed.
    pub version: u32,
    /// Who buys.
    pub buyer: Buyer,
    /// How she would pay; not asked if the price is nothing.
    pub choice: Choice,
    /// When the first session would be, if she chose a time.
    pub first: Option<Timestamp>,
}

/// Why an order was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such package, or it is not offered (any more).
    NotOffered,
    /// It has changed since the page was shown.
    Changed,
    /// She has had it as often as one client may.
    UsedUp,
    /// A first time belongs to it, and none was chosen.
    FirstTimeMissing,
    /// The first time cannot be had.
    FirstTimeGone(Gone),
    /// This way of paying is not offered.
    WayNotOffered,
    /// The form's id belongs to something else.
    FormUsed,
}

/// An order that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The purchase.
    pub purchase: Purchase,
    /// What the browser's cookie is to hold, if the buyer was new: her account has nothing in it but this purchase.
    pub cookie: Option<String>,
}

/// Takes an order, once per form: sent twice, it is the same purchase.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn order(app: &App, order: Order) -> Result<Taken, Error<Refusal>> {
    let (at, cookie, entropy) = (app.moment(), app.entropy.token(), app.entropy.clone());
    let house_sells = app.cashier().map(|_| None);
    app.keep(move |tx| {
        let package = catalog::package::find(tx, order.package)?.filter(Package::is_on_sale);
        let package = package.ok_or(Error::Refused(Refusal::NotOffered))?;
        let seller = people::practitioner::find(tx, package.practitioner)?;
        if !seller.is_some_and(|seller| seller.is_active()) {
            return Err(Error::Refused(Refusal::NotOffered));
        }
        let (client, newcomer) = buyer(tx, &at, &order.buyer)?;
        if let Some(purchase) = catalog::purchase::find(tx, order.id)? {
            let same = purchase.client == client.id && purchase.package == package.id;
            return if same {
                Ok(Taken { purchase, cookie: None })
            } else {
                Err(Error::Refused(Refusal::FormUsed))
            };
        }
        if !form_id::is_free(tx, order.id.bits())? {
            return Err(Error::Refused(Refusal::FormUsed));
        }
        let own = catalog::account::selling(tx, package.practitioner)?;
        let online = own.map(|(account, _)| Some(account.number)).or(house_sells);
        let (way, state) = way(tx, &package, order.choice, online)?;
        if package.version != order.version {
            return Err(Error::Refused(Refusal::Changed));
        }
        if is_used_up(tx, &package, client.id, order.id)? {
            return Err(Error::Refused(Refusal::UsedUp));
        }
        let asks = package.selling.first_time;
        // Of a package that asks for no first time, none is taken.
        let order = Order { first: order.first.filter(|_| asks != FirstTime::NotAsked), ..order.clone() };
        let account = online.flatten();
        let purchase = purchase(tx, &at, &entropy, (&order, package, &client), (way, account), state)?;
        first(tx, &at, &purchase, (asks, order.first))?;
        people::client::put(tx, &client)?;
        people::client::belongs_to(tx, client.id, purchase.practitioner)?;
        catalog::purchase::put(tx, &purchase)?;
        begin(tx, &at, &purchase, Shown::by(&order.buyer, &client))?;
        let cookie = newcomer.then(|| cookie.clone());
        if let Some(cookie) = &cookie {
            let login = Login::new(Person::Client(client.id), at.now, Came::Otherwise);
            people::login::put(tx, &cookie.digest(), &login)?;
        }
        Ok(Taken { purchase, cookie: cookie.map(|cookie| cookie.to_string()) })
    })
}

/// Whether a client has bought a package as often as she may, one order left out.
///
/// # Errors
/// [`StoreError`] if the file fails.
pub fn is_used_up(
    read: &impl Read,
    package: &Package,
    client: ClientId,
    but: PurchaseId,
) -> Result<bool, StoreError> {
    if package.selling.per_client.is_none() {
        return Ok(false);
    }
    let bought = catalog::purchase::of_client(read, client)?;
    let of_it = bought.iter().filter(|one| one.package == package.id && one.id != but);
    Ok(package.selling.is_used_up(of_it))
}

/// Looks at the limit once more before the buyer is sent to pay, as an order of hers in another window may have been paid
/// meanwhile; one that is too many is called off.
///
/// # Errors
/// [`Refusal::UsedUp`] if it was.
pub fn confirm(app: &App, id: PurchaseId) -> Result<(), Error<Refusal>> {
    let now = app.clock.now();
    let called_off = app.keep(move |tx| -> Result<bool, Error<Refusal>> {
        let purchase = catalog::purchase::find(tx, id)?.ok_or(Fault::Missing("a purchase"))?;
        let package = catalog::package::find(tx, purchase.package)?.ok_or(Fault::Missing("a package"))?;
        let waits = purchase.state == State::AwaitingBuyer;
        if !waits || !is_used_up(tx, &package, purchase.client, id)? {
            return Ok(false);
        }
        let off = Purchase { state: State::Withdrawn { at: now }, ..purchase };
        catalog::purchase::put(tx, &off)?;
        due::set(tx, Due::Purchase(id), None)?;
        first_time::follow(tx, &off)?;
        Ok(true)
    })?;
    if called_off { Err(Error::Refused(Refusal::UsedUp)) } else { Ok(()) }
}

/// Keeps the first time that was chosen, if one belongs to the package.
fn first(
    tx: &Tx<'_>,
    at: &Moment,
    purchase: &Purchase,
    (asks, chosen): (FirstTime, Option<Timestamp>),
) -> Result<(), Error<Refusal>> {
    let gone = |why| Error::Refused(Refusal::FirstTimeGone(why));
    match (asks, chosen) {
        (_, Some(start)) => first_time::reserve(tx, at, purchase, start)?.map_err(gone),
        (FirstTime::NotAsked | FirstTime::Optional, None) => Ok(()),
        (FirstTime::Required, None) if first_time::offered(tx, purchase, at.now, 1)?.is_empty() => Ok(()),
        (FirstTime::Required, None) => Err(Error::Refused(Refusal::FirstTimeMissing)),
    }
}

/// The buyer's account, and whether it begins here. An account that exists is not changed by somebody who is not signed in.
fn buyer(tx: &Tx<'_>, at: &Moment, buyer: &Buyer) -> Result<(Client, bool), Error<Refusal>> {
    match buyer {
        Buyer::SignedIn(id) => {
            let client = people::client::find(tx, *id)?.ok_or(Error::Refused(Refusal::NotOffered))?;
            Ok((client, false))
        }
        Buyer::Visitor { name, email, phone, zone } => {
            if let Some(client) = people::client::with_email(tx, email)? {
                return Ok((client, false));
            }
            let client = Client {
                id: ClientId::from_bits(at.id()),
                name: name.clone(),
                email: email.clone(),
                phone: phone.clone(),
                zone: zone.clone(),
                joined_at: at.now,
                verified_at: None,
                password: None,
            };
            Ok((client, true))
        }
    }
}

/// How the money is to come, and where the purchase stands then.
fn way(
    tx: &Tx<'_>,
    package: &Package,
    choice: Choice,
    online: Option<Option<u32>>,
) -> Result<(Way, State), Error<Refusal>> {
    let at_practice =
        catalog::storefront::find(tx, package.practitioner)?.map(|storefront| storefront.at_practice);
    match choice {
        _ if package.offer.price.is_zero() => Ok((Way::Free, State::AwaitingProof)),
        Choice::Online if online.is_some() => Ok((Way::Online, State::AwaitingBuyer)),
        Choice::AtPractice if at_practice == Some(AtPractice::Offered) => {
            Ok((Way::AtPractice, State::AwaitingPractice))
        }
        Choice::Online | Choice::AtPractice => Err(Error::Refused(Refusal::WayNotOffered)),
    }
}

pub(super) fn purchase(
    tx: &Tx<'_>,
    at: &Moment,
    entropy: &Entropy,
    (order, package, client): (&Order, Package, &Client),
    (way, account): (Way, Option<u32>),
    state: State,
) -> Result<Purchase, Error<Refusal>> {
    let terms = catalog::practice::find(tx)?.map_or_else(Paragraph::default, |practice| practice.terms);
    let open_for = order.first.map_or(hours(OPEN_FOR_HOURS), |_| minutes(PAGE_OPEN_MINUTES));
    let till = (way == Way::Online).then(|| Till {
        idempotency_key: format!("order-{}", order.id).parse().expect("an id makes a line"),
        checkout: None,
        page: None,
        payment: None,
        closes_at: after(at.now, open_for),
        looks: 0,
        account,
    });
    Ok(Purchase {
        id: order.id,
        client: client.id,
        practitioner: package.practitioner,
        package: package.id,
        version: package.version,
        offer: package.offer,
        terms_hash: seal::digest(terms.as_str()),
        terms,
        asked_at: at.now,
        reference: reference(entropy),
        way,
        state,
        till,
    })
}

/// Eight letters and digits that are not mistaken for one another, in two groups: `FH-7K2Q-M4XD`.
fn reference(entropy: &Entropy) -> Line {
    const SIGNS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let signs = entropy.bytes::<8>().map(|byte| char::from(SIGNS[usize::from(byte) % SIGNS.len()]));
    let (left, right) = signs.split_at(4);
    let text = format!("FH-{}-{}", left.iter().collect::<String>(), right.iter().collect::<String>());
    text.parse().expect("letters and digits make a line")
}

/// Whether the buyer has shown that the address is hers, in this browser. Who is not signed in may have typed somebody else's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// What costs nothing is hers at once: `settle::proven` is called next.
    Already,
    /// She shows it by a link.
    NotYet,
}

impl Shown {
    fn by(buyer: &Buyer, client: &Client) -> Self {
        let known = matches!(buyer, Buyer::SignedIn(_)) && client.verified_at.is_some();
        if known { Self::Already } else { Self::NotYet }
    }
}

/// What follows from an order at once: the provider is watched, or the buyer is told what to do.
pub(super) fn begin(
    tx: &Tx<'_>,
    at: &Moment,
    purchase: &Purchase,
    shown: Shown,
) -> Result<(), Error<Refusal>> {
    let to = Person::Client(purchase.client);
    let about = About::Purchase(purchase.id);
    let what = purchase.id.to_string();
    match purchase.state {
        // The buyer's own request opens the till; should it die on the way, this finds it.
        State::AwaitingBuyer => due::set(tx, Due::Purchase(purchase.id), Some(after(at.now, minutes(1))))?,
        State::AwaitingPractice => {
            outbox::queue(tx, at, Kind::AwaitingPayment, to, about, &what, at.now)?;
            let desk = Person::Practitioner(purchase.practitioner);
            outbox::queue(tx, at, Kind::AwaitingPayment, desk, about, &format!("{what}/desk"), at.now)?;
        }
        State::AwaitingProof if shown == Shown::NotYet => {
            outbox::queue(tx, at, Kind::SignIn, to, About::Oneself, &what, at.now)?
        }
        _ => {}
    }
    Ok(())
}
