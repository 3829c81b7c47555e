//! What is kept about the client: to take away, and to be erased.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::actions::keeping::erase;
use crate::actions::keeping::export::{self, Notes};
use crate::domain::credits::ledger::Actor;
use crate::domain::id::ClientId;
use crate::store::{calendar, credits};
use crate::views::client::data as view;
use crate::views::link::{self, route};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::SignedIn;
use crate::web::practitioner::download;
use crate::web::setting::{Answer, Setting, draw};

pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::PROFILE_DATA, get(file)).route(route::PROFILE_ERASE, get(show).post(ask))
}

/// All that is kept about her.
async fn file(State(web): State<Web>, SignedIn(client): SignedIn<ClientId>) -> Result<Response, Failure> {
    let own =
        move |app: &crate::app::App| export::own_data(app, Actor::Client(client), client, Notes::Shared);
    let data = web.app.run(own).await?;
    Ok(download("your-data.json", "application/json", format!("{data:#}\n")))
}

async fn page(
    web: &Web,
    client: ClientId,
    status: StatusCode,
    (typed, wrong): (String, Option<&'static str>),
) -> Result<Answer, Failure> {
    draw(web, move |app, read| {
        let setting = Setting::read(app, read, Some(client), None)?;
        let now = app.clock.now();
        let lots = credits::lot::of_client(read, client, now)?;
        let left = lots.iter().map(|(_, balance)| balance.available_or_frozen()).sum();
        let booked = calendar::booking::of_client(read, client)?;
        let ahead = booked.iter().filter(|one| one.is_confirmed() && now < one.ends_at()).count();
        let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
        Ok(Answer(status, view::erase(&setting.around(), setting.me()?, (left, ahead), (&typed, wrong))))
    })
    .await
}

async fn show(State(web): State<Web>, SignedIn(client): SignedIn<ClientId>) -> Result<Answer, Failure> {
    page(&web, client, StatusCode::OK, (String::new(), None)).await
}

/// Tells her practitioners that she asks for it; nothing is erased here.
async fn ask(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = fields.text("email").trim().to_owned();
    let asked = typed.clone();
    if web.app.run(move |app| erase::ask(app, client, &asked)).await? {
        return Ok(Redirect::to(&format!("{}?done=asked", link::profile())).into_response());
    }
    let wrong = Some("That is not the address of this account. Nothing was asked.");
    Ok(page(&web, client, StatusCode::UNPROCESSABLE_ENTITY, (typed, wrong)).await?.into_response())
}
