//! A practitioner's own account at the payment provider.

use axum::Router;
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Room, done, rule};
use crate::actions::billing::account::{self as action, Refusal};
use crate::domain::catalog::account::Secrets;
use crate::payments::Mode;
use crate::store::View;
use crate::store::catalog::account;
use crate::views::link::{self, route};
use crate::views::practitioner::till::{self as view, Play, Sells};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_TILL, get(page).post(connect))
        .route(route::DESK_TILL_REMOVE, post(remove))
}

fn draw(room: &Room, read: &View, typed: &Typed) -> Result<Markup, Failure> {
    let sells = match account::selling(read, room.id())? {
        _ if room.app.own_accounts().is_none() => Sells::NotHere,
        Some(own) => {
            let play = match room.app.open_account(&own).map(|cashier| cashier.till.mode()) {
                Ok(Mode::Live) => Play::Live,
                Ok(Mode::Test) => Play::Test,
                Err(_) => Play::Unknown,
            };
            Sells::Own(own.0, play)
        }
        None if room.app.cashier().is_some() => Sells::House,
        None => Sells::Nothing,
    };
    let hook = room.app.absolute(&link::stripe_hook_own(room.id()));
    Ok(view::page(&room.desk(), &sells, &hook, typed))
}

/// The page.
async fn page(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, &Typed::default())).await
}

/// Where and what is said of an account that is not taken.
const fn words(refusal: &Refusal) -> Option<(&'static str, &'static str)> {
    Some(match refusal {
        Refusal::NotHere => return None,
        Refusal::NotAKey => ("key", "Please paste a secret or restricted key; it begins with sk_ or rk_."),
        Refusal::NotASecret => ("secret", "Please paste the signing secret; it begins with whsec_."),
        Refusal::NotAllowed => (
            "key",
            "Stripe does not take this key, or it may not read events and checkouts. Please look at its permissions.",
        ),
        Refusal::Unreachable => ("key", "Stripe cannot be reached just now. Please try again in a minute."),
    })
}

/// Tries a key, and keeps it.
async fn connect(room: Room, fields: Fields) -> Result<Answer, Failure> {
    let field = |name: &str| fields.text(name).trim().to_owned();
    let secrets = Secrets { key: field("key"), webhook: field("secret") };
    match rule(action::connect(&room.app, room.id(), secrets).await)? {
        Ok(()) => Ok(done(&link::desk_till(), "saved")),
        Err(refusal) => {
            let (name, why) = words(&refusal).ok_or(Failure::NotFound)?;
            // What was typed is a secret, so it is not shown again.
            let mut typed = Typed::default();
            typed.wrong(name, why);
            room.run(move |room| Ok(Answer::Wrong(draw(room, &room.app.store.read()?, &typed)?))).await
        }
    }
}

/// Sells with the practice's account again.
async fn remove(room: Room) -> Result<Answer, Failure> {
    room.run(|room| {
        action::disconnect(&room.app, room.id())?;
        Ok(done(&link::desk_till(), "saved"))
    })
    .await
}
