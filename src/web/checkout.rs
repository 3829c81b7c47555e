//! Buying: the form, the order, the way to the till; the page afterwards is in `bought`.

mod bought;

pub(super) use bought::fresh;

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, http::HeaderValue, http::header};

use super::Web;
use super::client_addr::ClientAddr;
use super::failure::Failure;
use super::form::Fields;
use super::guard::{self, Perhaps, SignedIn};
use super::limit::{Key, Rate};
use super::security::FormActionTo;
use super::setting::{Answer, Setting, draw, named};
use super::storefront::{Someone, package_at};
use crate::actions::Error;
use crate::actions::billing::{settle, till};
use crate::actions::catalog::checkout::{self as action, Buyer, Choice, Order, Refusal, Taken};
use crate::actions::first_time;
use crate::app::App;
use crate::domain::catalog::package::Package;
use crate::domain::catalog::purchase::{Purchase, State as Stands, Way};
use crate::domain::catalog::selling::FirstTime;
use crate::domain::credits::lot::Lot;
use crate::domain::credits::validity;
use crate::domain::email::EmailAddress;
use crate::domain::id::{ClientId, LotId, PurchaseId};
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, minutes};
use crate::store::{View, calendar, catalog, credits, people};
use crate::views::checkout::bought::go_on;
use crate::views::checkout::{self as view, Checkout, Door, Told, Typed, Wrong, ZoneFrom, way_named};
use crate::views::link::{self, route};
use crate::views::text;
use crate::views::ui::Note;

/// How many times to begin the form offers.
const FIRST_TIMES: usize = 60;
/// How many orders one address may place: a family at one table, not a script.
const ORDERS: Rate = Rate { burst: 10, per: minutes(10) };

/// The routes of this file.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(route::CHECKOUT, get(form).post(order))
        .route(route::RENEW, get(renew))
        .route(route::BOUGHT, get(bought::after))
        .route(route::BOUGHT_YET, get(bought::yet))
}

/// What the form's page says beside the form.
#[derive(Default)]
struct Shown {
    typed: Kept,
    wrong: Wrong,
    note: Option<Told>,
    id: Option<PurchaseId>,
    /// An order of hers that was not paid: the first time that is kept with it is hers to choose again.
    earlier: Option<PurchaseId>,
}

/// What was typed, owned.
#[derive(Default, Clone)]
struct Kept {
    name: String,
    email: String,
    phone: String,
    pay: String,
    first: String,
    zone: Option<Zone>,
}

impl Kept {
    fn of(fields: &Fields) -> Self {
        let text = |name| fields.text(name).to_owned();
        let [name, email, phone, pay, first] = ["name", "email", "phone", "pay", "first"].map(text);
        Self { name, email, phone, pay, first, zone: fields.read("tz") }
    }
}

async fn form(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    Path((slug, package)): Path<(String, String)>,
) -> Result<Response, Failure> {
    draw(&web, move |app, read| {
        let someone = Someone::at(read, &named(&slug)?)?;
        let package = package_at(read, &someone, &package)?;
        if !package.is_on_sale() {
            let page = link::package(&someone.practitioner.slug, package.address());
            return Ok(Redirect::to(&page).into_response());
        }
        let page = show(app, read, client, (&someone, &package), Shown::default())?;
        Ok(with_till(app, &someone, Answer::page(page)))
    })
    .await
}

/// The page of the form.
fn show(
    app: &App,
    read: &View,
    client: Option<ClientId>,
    (someone, package): (&Someone, &Package),
    told: Shown,
) -> Result<maud::Markup, Failure> {
    let setting = Setting::read(app, read, client, Some(someone.practitioner.id))?;
    let ways = if package.offer.price.is_zero() { vec![Way::Free] } else { someone.ways(app) };
    let zone = match (&setting.client, &told.typed.zone) {
        (Some(client), _) => (&client.zone, ZoneFrom::Chosen),
        (None, Some(zone)) => (zone, ZoneFrom::Chosen),
        (None, None) => (&someone.practitioner.zone, ZoneFrom::Guess),
    };
    let practitioner = &someone.practitioner;
    let use_by = validity::book_by(package.offer.validity, setting.now, None, &practitioner.zone);
    let first_times = first_times(read, (practitioner, package), told.earlier, setting.now)?;
    let id = told.id.unwrap_or_else(|| PurchaseId::from_bits(app.id()));
    let Kept { name, email, phone, pay, first, .. } = &told.typed;
    let checkout = Checkout {
        with: practitioner,
        package,
        id,
        buyer: setting.client.as_ref(),
        typed: Typed { name, email, phone, pay, first },
        zone,
        ways: &ways,
        door: door(read, package, setting.client.as_ref().map(|client| client.id), id)?,
        first_times: &first_times,
        use_by,
        wrong: told.wrong,
        charges_nothing: ways.contains(&Way::Online) && app.charges_nothing(practitioner.id),
        note: told.note.as_ref(),
    };
    Ok(view::checkout(&setting.around(), &checkout))
}

/// The times to begin that the form offers, with the one that is kept for the buyer already.
fn first_times(
    read: &View,
    (with, package): (&Practitioner, &Package),
    earlier: Option<PurchaseId>,
    now: Timestamp,
) -> Result<Vec<Timestamp>, Failure> {
    if package.selling.first_time == FirstTime::NotAsked {
        return Ok(Vec::new());
    }
    let mut times = first_time::free_for(read, with, &package.offer, now, FIRST_TIMES)?;
    let kept = earlier.map(|id| calendar::reservation::of(read, id)).transpose()?.flatten();
    times.extend(kept.filter(|kept| kept.busy(now).is_some()).map(|kept| kept.starts_at));
    times.sort_unstable();
    times.dedup();
    Ok(times)
}

/// Whether a reader may still buy a package, as far as is known of her.
pub(super) fn door(
    read: &View,
    package: &Package,
    client: Option<ClientId>,
    but: PurchaseId,
) -> Result<Door, Failure> {
    let used_up = match client {
        Some(client) => action::is_used_up(read, package, client, but)?,
        None => false,
    };
    Ok(if used_up { Door::UsedUp } else { Door::Open })
}

/// Lets the forms of a page lead on to the provider's pages.
fn with_till(app: &App, someone: &Someone, answer: impl IntoResponse) -> Response {
    let mut response = answer.into_response();
    let cashier = app.cashier_of(someone.practitioner.id);
    if let Some(origin) = cashier.as_ref().and_then(|cashier| cashier.till.pages_at()) {
        response.extensions_mut().insert(FormActionTo(origin.to_owned()));
    }
    response
}

/// Buying again: the same package as a lot of hers, with her particulars filled in.
async fn renew(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
) -> Result<Response, Failure> {
    let lot: LotId = named(&lot)?;
    draw(&web, move |_, read| {
        let lot =
            credits::lot::find(read, lot)?.filter(|lot| lot.client == client).ok_or(Failure::NotFound)?;
        let who = people::practitioner::find(read, lot.practitioner)?.ok_or(Failure::NotFound)?;
        Ok(Redirect::to(&again(read, &lot, &who.slug)?).into_response())
    })
    .await
}

/// Where a lot's package is bought again; where it was given, or is offered no more, the storefront.
fn again(read: &View, lot: &Lot, who: &crate::domain::text::Slug) -> Result<String, Failure> {
    let purchase = lot.purchase().map(|id| catalog::purchase::find(read, id)).transpose()?.flatten();
    let package =
        purchase.map(|purchase| catalog::package::find(read, purchase.package)).transpose()?.flatten();
    let offered = package.filter(Package::is_on_sale);
    Ok(offered.map_or_else(|| link::storefront(who), |package| link::checkout(who, package.address())))
}

/// What the form says, as far as it can be read; or what is wrong with it.
fn read_order(fields: &Fields, client: Option<ClientId>, package: &Package) -> Result<Order, Box<Wrong>> {
    let mut wrong = Wrong::default();
    let buyer = match client {
        Some(client) => Some(Buyer::SignedIn(client)),
        None => visitor(fields, &mut wrong),
    };
    let choice = match way_named(fields.text("pay")) {
        Some(Way::AtPractice) => Choice::AtPractice,
        Some(Way::Online | Way::Free) => Choice::Online,
        None => {
            wrong.pay = Some("Please choose how you would like to pay.".to_owned());
            Choice::Online
        }
    };
    let first: Option<Timestamp> = fields.read("first");
    if first.is_none() && fields.some("first").is_some() {
        wrong.first = Some("Please choose one of these times.".to_owned());
    }
    if fields.text("agree") != "yes" {
        wrong.agree = Some("Please read what is agreed, and tick the box.".to_owned());
    }
    let id = fields.read("id");
    let version = fields.read("version").unwrap_or(0);
    match (buyer, id) {
        (Some(buyer), Some(id)) if !wrong.any() => {
            Ok(Order { id, package: package.id, version, buyer, choice, first })
        }
        _ => Err(Box::new(wrong)),
    }
}

fn visitor(fields: &Fields, wrong: &mut Wrong) -> Option<Buyer> {
    let name: Option<Line> =
        fields.text("name").parse().map_err(|why| wrong.name = Some(text::text(why))).ok();
    let email: Option<EmailAddress> =
        fields.text("email").parse().map_err(|why| wrong.email = Some(text::address(why).to_owned())).ok();
    let phone: Option<Option<Line>> = match fields.some("phone") {
        None => Some(None),
        Some(typed) => typed.parse().map(Some).map_err(|why| wrong.phone = Some(text::text(why))).ok(),
    };
    let zone: Option<Zone> = fields.read("tz");
    if zone.is_none() {
        wrong.zone = Some("Please choose your time zone from the list.".to_owned());
    }
    Some(Buyer::Visitor { name: name?, email: email?, phone: phone?, zone: zone? })
}

async fn order(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    Path((slug, package)): Path<(String, String)>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    if let Some(Extension(ClientAddr(address))) = from {
        let key = Key::address("checkout", address);
        web.limit.allow(key, ORDERS, web.app.clock.now()).map_err(|wait| Failure::TooMany(wait.0))?;
    }
    let kept = Kept::of(&fields);
    let id: Option<PurchaseId> = fields.read("id");
    let (slug_too, package_too, kept_too) = (slug.clone(), package.clone(), kept.clone());
    let read = draw(&web, move |app, read| {
        let someone = Someone::at(read, &named(&slug_too)?)?;
        let package = package_at(read, &someone, &package_too)?;
        match read_order(&fields, client, &package) {
            Ok(order) => Ok(Ok(order)),
            Err(wrong) => {
                let told = Shown { typed: kept_too, wrong: *wrong, id, ..Shown::default() };
                let page = show(app, read, client, (&someone, &package), told)?;
                Ok(Err(with_till(app, &someone, Answer::wrong(page))))
            }
        }
    })
    .await?;
    let order = match read {
        Ok(order) => order,
        Err(answer) => return Ok(answer),
    };
    if let Buyer::Visitor { email, .. } = &order.buyer {
        web.may_mail(email)?;
    }
    let taken = web.app.run(move |app| action::order(app, order)).await;
    match taken {
        Ok(taken) => to_the_till(&web, taken, client, (slug, package, kept)).await,
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(refusal)) => {
            let (note, wrong) = said(refusal);
            again_with(&web, client, (slug, package), Shown { typed: kept, wrong, note, ..Shown::default() })
                .await
        }
    }
}

/// Why an order was not taken, in words: over the form, or beside its field.
fn said(refusal: Refusal) -> (Option<Told>, Wrong) {
    let beside = |why: String| (None, Wrong { first: Some(why), ..Wrong::default() });
    let (first, more) = match refusal {
        Refusal::FirstTimeMissing => return beside("Please choose a time to begin.".to_owned()),
        Refusal::FirstTimeGone(why) => {
            let what = text::taken(why, &Zone::utc()).what;
            return beside(format!("{what} Nothing was bought; please choose another."));
        }
        Refusal::UsedUp => (
            "You have had this package as often as one person can.",
            "Nothing was bought and nothing was charged. The other packages are on the storefront.",
        ),
        Refusal::NotOffered => (
            "This package is no longer offered.",
            "Nothing was bought. See what is offered now on the storefront.",
        ),
        Refusal::Changed => (
            "This package has changed since you opened the page.",
            "Nothing was bought. Please look at the new terms below, and go on if you like them.",
        ),
        Refusal::WayNotOffered => {
            ("That way to pay is not offered here.", "Nothing was bought. Please choose one of those below.")
        }
        Refusal::FormUsed => (
            "This form was used before.",
            "Nothing more was bought. If you would like another package, please send the form once more.",
        ),
    };
    (Some(Told { kind: Note::Warn, first, more }), Wrong::default())
}

/// The form's page once more, with what was typed and a note.
async fn again_with(
    web: &Web,
    client: Option<ClientId>,
    (slug, package): (String, String),
    told: Shown,
) -> Result<Response, Failure> {
    draw(web, move |app, read| {
        let someone = Someone::at(read, &named(&slug)?)?;
        let package = package_at(read, &someone, &package)?;
        let page = show(app, read, client, (&someone, &package), told)?;
        Ok(with_till(app, &someone, Answer::wrong(page)))
    })
    .await
}

/// An order that was taken: on to the provider's page, or to ours if there is nothing to pay online.
async fn to_the_till(
    web: &Web,
    taken: Taken,
    client: Option<ClientId>,
    (slug, package, typed): (String, String, Kept),
) -> Result<Response, Failure> {
    let Taken { purchase, cookie } = taken;
    let buyer = purchase.client;
    till::close_others(&web.app, purchase.client, purchase.package, purchase.id).await;
    let keep = |answer: Response| match &cookie {
        Some(cookie) => guard::set(&web.app, Person::Client(buyer), cookie, answer),
        None => answer,
    };
    if purchase.state == Stands::AwaitingProof && client == Some(buyer) {
        web.app.run(move |app| settle::proven(app, buyer)).await?;
    }
    if purchase.state != Stands::AwaitingBuyer {
        return Ok(keep(Redirect::to(&link::bought(purchase.id)).into_response()));
    }
    // The account that began with this order is signed in on this browser: the page is shown as hers.
    let reader = cookie.as_ref().map_or(client, |_| Some(buyer));
    let id = purchase.id;
    if let Err(error) = web.app.run(move |app| action::confirm(app, id)).await {
        let refusal = match error {
            Error::Refused(refusal) => refusal,
            Error::Failed(fault) => return Err(fault.into()),
        };
        let (note, wrong) = said(refusal);
        let told = Shown { typed, wrong, note, ..Shown::default() };
        return Ok(keep(again_with(web, reader, (slug, package), told).await?));
    }
    match till::open(&web.app, purchase.id).await {
        Ok(url) => Ok(keep(lead_to(web, purchase, &url).await?)),
        Err(Error::Refused(till::Refusal::NotAwaited)) => {
            Ok(keep(Redirect::to(&link::bought(purchase.id)).into_response()))
        }
        Err(Error::Refused(refusal)) => {
            let more = match refusal {
                till::Refusal::Unreachable => {
                    "Nothing was charged, and your answers are kept. Try again in a minute."
                }
                _ => "Nothing was charged, and your answers are kept. Please write to the practice.",
            };
            let note = Some(Told { kind: Note::Bad, first: "The payment page could not be opened.", more });
            let told = Shown { typed, note, id: Some(id), earlier: Some(id), ..Shown::default() };
            Ok(keep(again_with(web, reader, (slug, package), told).await?))
        }
        Err(Error::Failed(fault)) => Err(fault.into()),
    }
}

/// A redirect where the browser lets a form lead there; to anywhere else, a page that goes on by itself.
async fn lead_to(web: &Web, purchase: Purchase, url: &str) -> Result<Response, Failure> {
    let cashier = web.app.cashier_who_sold(&purchase);
    let known = cashier.as_ref().and_then(|cashier| cashier.till.pages_at());
    let under = |origin: &str| url.strip_prefix(origin).is_some_and(|rest| rest.starts_with('/'));
    if url.starts_with('/') || under(&web.app.base_url) || known.is_some_and(under) {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let to = HeaderValue::from_str(url).map_err(|_| Failure::NotFound)?;
        response.headers_mut().insert(header::LOCATION, to);
        return Ok(response);
    }
    let url = url.to_owned();
    draw(web, move |app, read| {
        let setting = Setting::read(app, read, None, Some(purchase.practitioner))?;
        Ok(Answer::page(go_on(&setting.around(), &purchase, &url)).into_response())
    })
    .await
}
