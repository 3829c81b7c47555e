//! The page after a purchase, whatever became of it, and whether the payment has come.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Kept, Shown, show, with_till};
use crate::actions::billing::till;
use crate::actions::calendar::availability;
use crate::actions::first_time;
use crate::app::App;
use crate::domain::catalog::package::Package;
use crate::domain::catalog::purchase::{Purchase, State as Stands};
use crate::domain::credits::lot::Lot;
use crate::domain::credits::selection::covers;
use crate::domain::id::{ClientId, PurchaseId};
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{SignedDuration, Zone};
use crate::store::{View, billing, calendar, catalog, credits, people};
use crate::views::checkout::bought::{self, Landed, Looks, Unpaid};
use crate::views::checkout::{Told, way_name};
use crate::views::client::times::a_few;
use crate::views::link;
use crate::views::ui::Note;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::Perhaps;
use crate::web::limit::{Key, Rate};
use crate::web::setting::{Answer, Setting, draw, named};
use crate::web::storefront::Someone;

/// How often the provider is asked about one purchase because its page was opened.
const LOOKS: Rate = Rate { burst: 4, per: SignedDuration::from_secs(20) };

/// Asks the provider about a purchase that waits for its word; not more often than it likes.
pub(in crate::web) async fn fresh(web: &Web, id: PurchaseId) -> Result<Purchase, Failure> {
    let kept = draw(web, move |_, read| catalog::purchase::find(read, id)?.ok_or(Failure::NotFound)).await?;
    let key = Key::account("look", &id.to_string());
    if !kept.is_open_at_till() || web.limit.allow(key, LOOKS, web.app.clock.now()).is_err() {
        return Ok(kept);
    }
    match till::look(&web.app, id).await {
        Ok(purchase) => Ok(purchase),
        Err(fault) => {
            // The page shows what is known; the webhook and the poll bring the rest.
            tracing::warn!(%fault, "the payment provider was not reached from the return page");
            Ok(kept)
        }
    }
}

/// The page after a purchase, whatever became of it.
pub(super) async fn after(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let purchase = fresh(&web, named(&id)?).await?;
    let turned_back = fields.has("back") && purchase.state == Stands::AwaitingBuyer;
    draw(&web, move |app, read| {
        let with = people::practitioner::find(read, purchase.practitioner)?.ok_or(Failure::NotFound)?;
        let package = catalog::package::find(read, purchase.package)?;
        let offered = package.filter(Package::is_on_sale);
        if let (true, Some(package)) = (turned_back, &offered) {
            let someone = Someone::at(read, &with.slug)?;
            return back(app, read, client, (&someone, package), &purchase);
        }
        let setting = Setting::read(app, read, client, Some(with.id))?;
        if purchase.is_paid()
            && let Some(counted) = credits::lot::counted(read, Lot::id_for(purchase.id), setting.now)?
        {
            let receipts = billing::receipt::of(read, purchase.id)?;
            let buyer = buyer(&setting, &purchase);
            let zone = zone_of(&setting, &purchase, &with);
            let free = availability::next_free_in(read, with.id, counted.0.offer.length(), setting.now, 100)?;
            let free = free.iter().map(|slot| slot.start).filter(|at| covers(&counted, *at, setting.now));
            let landed = Landed {
                purchase: &purchase,
                counted: &counted,
                with: &with,
                looks: buyer.map_or(Looks::Somebody, |client| Looks::Buyer(&client.name)),
                receipt: receipts.first().map(|receipt| receipt.number),
                times: &a_few(&free.collect::<Vec<_>>(), zone),
                first: first_time::outcome(read, purchase.id)?,
                zone,
                now: setting.now,
            };
            return Ok(Answer::page(bought::landed(&setting.around(), &landed)).into_response());
        }
        let again = offered.map(|package| link::checkout(&with.slug, package.address()));
        let first = calendar::reservation::of(read, purchase.id)?.map(|chosen| chosen.starts_at);
        let zone = zone_of(&setting, &purchase, &with);
        let unpaid = Unpaid { purchase: &purchase, with: &with, again: again.as_deref(), first, zone };
        let page = bought::unpaid(&setting.around(), &unpaid);
        Ok(Answer::page(page).into_response())
    })
    .await
}

/// The buyer, if it is she who looks.
fn buyer<'a>(setting: &'a Setting, purchase: &Purchase) -> Option<&'a Client> {
    setting.client.as_ref().filter(|client| client.id == purchase.client)
}

/// The zone in which times are said: the buyer's, if it is she who looks.
fn zone_of<'a>(setting: &'a Setting, purchase: &Purchase, with: &'a Practitioner) -> &'a Zone {
    buyer(setting, purchase).map_or(&with.zone, |client| &client.zone)
}

/// The form again, for a buyer who turned back from the provider's page. Her answers are shown to her alone.
fn back(
    app: &App,
    read: &View,
    client: Option<ClientId>,
    (someone, package): (&Someone, &Package),
    purchase: &Purchase,
) -> Result<Response, Failure> {
    let mut typed = Kept { pay: way_name(purchase.way).to_owned(), ..Kept::default() };
    if let Some(buyer) = people::client::find(read, purchase.client)?.filter(|buyer| client == Some(buyer.id))
    {
        typed.zone = Some(buyer.zone);
        let chosen = calendar::reservation::of(read, purchase.id)?;
        typed.first = chosen.map_or(String::new(), |chosen| chosen.starts_at.to_string());
    }
    let note = Told {
        kind: Note::Info,
        first: "Nothing was charged.",
        more: "You came back from the payment page. Go on when you like, or choose another way to pay.",
    };
    let told = Shown { typed, note: Some(note), earlier: Some(purchase.id), ..Shown::default() };
    let page = show(app, read, client, (someone, package), told)?;
    Ok(with_till(app, someone, Answer::page(page)))
}

/// Whether the payment has come: a redirect to the page as it is now, or nothing yet.
pub(super) async fn yet(State(web): State<Web>, Path(id): Path<String>) -> Result<Response, Failure> {
    let purchase = fresh(&web, named(&id)?).await?;
    Ok(match purchase.state {
        Stands::AwaitingBuyer => StatusCode::NO_CONTENT.into_response(),
        _ => Redirect::to(&link::bought(purchase.id)).into_response(),
    })
}
