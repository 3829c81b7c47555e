//! Selling a package by hand: to whom, which and how it is paid; then on to the sale.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::Markup;

use super::person::hers;
use super::{Answer, Counter, Room, done, named, rule};
use crate::actions::Error;
use crate::actions::billing::till;
use crate::actions::catalog::checkout::Choice;
use crate::actions::catalog::sale::{self, Refusal, Sale};
use crate::domain::catalog::package::Listing;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::id::{ClientId, PurchaseId};
use crate::domain::people::client::Client;
use crate::domain::people::search::{Search, alphabetical};
use crate::store::{View, catalog, people};
use crate::views::link::{self, route};
use crate::views::practitioner::sell::{self as view, Online};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// How many people are named at once; a search finds the others.
const NAMED: usize = 40;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_SELL_TO, get(whom)).route(route::DESK_SELL, get(form).post(sell))
}

/// To whom.
async fn whom(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let search = Search::new(fields.text("q").trim());
        let mut clients = people::client::of(read, room.id())?;
        clients.retain(|client| search.finds(client));
        clients.sort_by_cached_key(|client| alphabetical(client.name.as_str()));
        clients.truncate(NAMED);
        Ok(view::whom(&room.desk(), &clients, fields.text("q")))
    })
    .await
}

fn draw(room: &Room, read: &View, client: &Client, typed: &Typed) -> Result<Markup, Failure> {
    let mut packages = catalog::package::of(read, room.id())?;
    packages.retain(|one| one.listing != Listing::Archived && !one.offer.price.is_zero());
    let chosen = packages.iter().find(|one| one.id.to_string() == typed.value("package"));
    let online = if room.app.cashier_of(room.id()).is_some() { Online::Offered } else { Online::NotSetUp };
    // A sale that was not made leaves its id behind: it may be known to the provider.
    let id = PurchaseId::from_bits(room.app.id());
    Ok(view::sell(&room.desk(), client, (&packages, chosen), (id, online), typed))
}

/// Which package; with one, how it is paid and what selling it comes to.
async fn form(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| draw(room, read, &hers(room, read, &id)?, &fields.typed())).await
}

const fn words(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::NotThere => None,
        Refusal::PutAway => Some("That package was put away."),
        Refusal::CostsNothing => Some("It costs nothing; give the sessions instead."),
        Refusal::Changed => Some("The package has changed meanwhile. Please look at it once more."),
        Refusal::NotOnline => Some("It cannot be paid on a phone: no payment online is set up."),
    }
}

/// Reads the form and sells; the form again, with what is wrong, if a rule says no.
fn take(room: &Room, client: &str, fields: &Fields) -> Result<Result<Purchase, Markup>, Failure> {
    let client = hers(room, &room.app.store.read()?, client)?;
    let mut typed = fields.typed();
    let choice = match typed.value("pay") {
        "phone" => Some(Choice::Online),
        "practice" => Some(Choice::AtPractice),
        _ => None,
    };
    let Some(choice) = choice else {
        typed.wrong("pay", "Please choose how it is paid.");
        return Ok(Err(draw(room, &room.app.store.read()?, &client, &typed)?));
    };
    let (package, version) = (named(typed.value("package"))?, named(typed.value("version"))?);
    let wanted = Sale { id: named(typed.value("id"))?, client: client.id, package, version, choice };
    match rule(sale::sell(&room.app, room.id(), wanted))? {
        Ok(purchase) => Ok(Ok(purchase)),
        Err(refusal) => {
            typed.wrong("package", words(refusal).ok_or(Failure::NotFound)?);
            Ok(Err(draw(room, &room.app.store.read()?, &client, &typed)?))
        }
    }
}

/// Sells it. One that is paid on a phone has its page at the provider opened now; if the provider does not answer, the sale's
/// page goes on trying.
async fn sell(Counter(room): Counter, Path(client): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    let app = std::sync::Arc::clone(&room.app);
    let typed = fields.typed();
    let (room, taken) = room.run_and_keep(move |room| take(room, &client, &fields)).await?;
    let purchase = match taken {
        Ok(purchase) => purchase,
        Err(page) => return Ok(Answer::Wrong(page)),
    };
    let (id, address) = (purchase.id, link::desk_purchase(purchase.id));
    if purchase.till.is_none() {
        return Ok(done(&address, "sold"));
    }
    till::close_others(&app, purchase.client, purchase.package, id).await;
    match till::open(&app, id).await {
        Ok(_) | Err(Error::Refused(till::Refusal::NotAwaited | till::Refusal::Unreachable)) => {
            Ok(Answer::To(address))
        }
        Err(Error::Refused(till::Refusal::Declined)) => {
            till::drop_declined(&app, id).await?;
            declined(room, purchase.client, typed).await
        }
        Err(Error::Failed(fault)) => Err(fault.into()),
    }
}

/// The form again, as the provider did not take the order.
async fn declined(room: Room, client: ClientId, mut typed: Typed) -> Result<Answer, Failure> {
    typed.wrong(
        "package",
        "The payment provider did not take the order. Its key may lack a permission, or the price may be below its least. \
         Nothing was sold; the program’s log says more.",
    );
    room.run(move |room| {
        let read = room.app.store.read()?;
        let client = people::client::find_of(&read, room.id(), client)?.ok_or(Failure::NotFound)?;
        Ok(Answer::Wrong(draw(room, &read, &client, &typed)?))
    })
    .await
}
