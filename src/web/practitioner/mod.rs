//! The practitioner's desk: every route under `/desk`. A `Room` is the proof that a practitioner is signed in, with what
//! each page needs to know of her; whatever is somebody else's is not found.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::Markup;

use super::Web;
use super::failure::Failure;
use super::form::Fields;
use super::guard::SignedIn;
use crate::actions::Error;
use crate::app::App;
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::credits::selection::Counted;
use crate::domain::id::PractitionerId;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::Timestamp;
use crate::store::{View, catalog, credits, people};
use crate::views::link::route;
use crate::views::practitioner::Desk;

mod booking;
mod calendar;
mod clients;
mod credits_forms;
mod hours;
mod lots;
mod messages;
mod notes;
mod packages;
pub(super) mod parse;
mod person;
mod purchase;
mod settings;
mod sign_in;
mod today;

pub(super) use hours::to_midnight;
pub(super) use packages::read_offer;
pub(super) use settings::{account_wrong, move_hours, readiness};

/// The desk's routes.
pub fn routes() -> Router<Web> {
    Router::new()
        // Anybody.
        .route(route::DESK_SIGN_IN, get(sign_in::page).post(sign_in::password))
        .route(route::DESK_SIGN_IN_LINK, post(sign_in::link))
        // Practitioners.
        .route(route::DESK, get(today::page))
        .route(route::DESK_CALENDAR, get(calendar::page))
        .route(route::DESK_CLIENTS, get(clients::list))
        .route(route::DESK_CLIENT, get(clients::one))
        .route(route::DESK_EXTEND, get(credits_forms::extend_form).post(credits_forms::extend))
        .route(route::DESK_COMP, get(credits_forms::comp_form).post(credits_forms::comp))
        .route(route::DESK_BOOKING, get(booking::page))
        .route(route::DESK_MISSED, post(booking::missed))
        .route(route::DESK_WAIVE, post(booking::waive))
        .route(route::DESK_CANCEL, post(booking::cancel))
        .route(route::DESK_PURCHASE, get(purchase::page))
        .route(route::DESK_PAID, post(purchase::paid))
        .route(route::DESK_WITHDRAW, post(purchase::withdraw))
        .route(route::DESK_PACKAGES, get(packages::list))
        .route(route::DESK_PACKAGE_NEW, get(packages::fresh).post(packages::create))
        .route(route::DESK_PACKAGE, get(packages::edit).post(packages::save))
        .route(route::DESK_PACKAGE_LISTING, post(packages::listing))
        .route(route::DESK_HOURS, get(hours::page).post(hours::save))
        .route(route::DESK_OVERRIDES, post(hours::add_date))
        .route(route::DESK_OVERRIDE_REMOVE, post(hours::remove_date))
        .route(route::DESK_CLOSURES, post(hours::close))
        .route(route::DESK_CLOSURE_REMOVE, post(hours::reopen))
        .route(route::DESK_MESSAGES, get(messages::page).post(messages::hand_over))
        .route(route::DESK_MESSAGE_RETRY, post(messages::retry))
        .route(route::DESK_SETTINGS, get(settings::page))
        .route(route::DESK_SETTINGS_STOREFRONT, post(settings::storefront))
        .route(route::DESK_SETTINGS_PRACTICE, post(settings::practice))
        .route(route::DESK_SETTINGS_PASSWORD, post(settings::password))
        .merge(lots::routes())
        .merge(notes::routes())
        .merge(person::routes())
        .merge(settings::pictures_route())
}

/// What was just done, by the name that the address carries: the words are ours, never the address's.
const DONE: &[(&str, &str)] = &[
    ("saved", "Saved."),
    ("missed", "Marked as missed."),
    ("waived", "The credit is given back."),
    ("cancelled", "The session is canceled, and the credit is back."),
    ("paid", "Marked as paid. The sessions are there."),
    ("withdrawn", "The sale is withdrawn."),
    ("extended", "The date is extended."),
    ("given", "The sessions are given."),
    ("noted", "The note is kept."),
    ("deleted", "The note is deleted."),
    ("paused", "The sessions are paused."),
    ("resumed", "The pause is over, and the date has moved."),
    ("corrected", "The number is corrected."),
    ("passed-on", "The sessions are passed on."),
    ("extended-many", "The dates are extended."),
    ("added", "Added to your clients."),
    ("known", "That address is known here: this is whom it belongs to, now on your list too."),
    ("sold", "Sold. The sessions land when you mark it as paid."),
    ("published", "It is on your storefront."),
    ("draft", "It is a draft that only you see."),
    ("archived", "It is put away."),
    ("moved", "The order is changed."),
    ("removed", "Removed."),
    ("off", "The time off is noted."),
    ("retried", "It goes out again."),
    ("password", "Your password is changed."),
    ("ready", "You’re ready. Your practice is set up."),
];

/// An address that shows what was done.
fn done(address: &str, what: &str) -> Answer {
    debug_assert!(DONE.iter().any(|(name, _)| *name == what), "{what} has no words");
    Answer::To(format!("{address}?done={what}"))
}

/// How a request is answered.
pub(super) enum Answer {
    /// A page.
    Page(Markup),
    /// The same page again, with what is wrong with what was sent.
    Wrong(Markup),
    /// Done: elsewhere.
    To(String),
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => page.into_response(),
            Self::Wrong(page) => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
            Self::To(address) => Redirect::to(&address).into_response(),
        }
    }
}

/// A signed-in practitioner with what every page of hers shows.
pub(super) struct Room {
    pub(super) app: Arc<App>,
    pub(super) practice: Practice,
    pub(super) who: Practitioner,
    pub(super) storefront: Storefront,
    pub(super) now: Timestamp,
    done: Option<&'static str>,
}

impl FromRequestParts<Web> for Room {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let SignedIn(id) = SignedIn::<PractitionerId>::from_request_parts(parts, web).await?;
        let query = Fields::parse(parts.uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
        let done = DONE.iter().find(|(name, _)| *name == query.text("done")).map(|(_, words)| *words);
        let app = Arc::clone(&web.app);
        let opened = web.app.run(move |_| Self::open(app, id, done)).await;
        opened.map_err(IntoResponse::into_response)
    }
}

impl Room {
    pub(super) fn open(
        app: Arc<App>,
        id: PractitionerId,
        done: Option<&'static str>,
    ) -> Result<Self, Failure> {
        let read = app.store.read()?;
        let practice = catalog::practice::find(&read)?.ok_or(Failure::NotFound)?;
        let who = people::practitioner::find(&read, id)?.ok_or(Failure::NotFound)?;
        let storefront = catalog::storefront::find(&read, id)?.ok_or(Failure::NotFound)?;
        let now = app.clock.now();
        Ok(Self { app, practice, who, storefront, now, done })
    }

    /// What its pages are drawn with.
    pub(super) fn desk(&self) -> Desk<'_> {
        Desk {
            practice: &self.practice.name,
            who: &self.who,
            accent: self.storefront.accent,
            now: self.now,
            done: self.done,
        }
    }

    /// Whose room it is.
    pub(super) const fn id(&self) -> PractitionerId {
        self.who.id
    }

    /// Reads, acts and draws off the event loop.
    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let app = Arc::clone(&self.app);
        app.run(move |_| work(&self)).await
    }

    /// Reads and draws a page.
    async fn show(
        self,
        draw: impl FnOnce(&Self, &View) -> Result<Markup, Failure> + Send + 'static,
    ) -> Result<Answer, Failure> {
        self.run(move |room| Ok(Answer::Page(draw(room, &room.app.store.read()?)?))).await
    }
}

/// An id or a date out of an address; what is none leads nowhere.
fn named<T: std::str::FromStr>(text: &str) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::NotFound)
}

/// What a rule said, apart from what went wrong.
pub(super) fn rule<T, R>(done: Result<T, Error<R>>) -> Result<Result<T, R>, Failure> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(Error::Failed(fault)) => Err(fault.into()),
    }
}

/// A client's lots with this practitioner, oldest first.
fn lots_of(read: &View, room: &Room, client: crate::domain::id::ClientId) -> Result<Vec<Counted>, Failure> {
    let mut lots = credits::lot::of_client(read, client, room.now)?;
    lots.retain(|(lot, _)| lot.practitioner == room.id());
    Ok(lots)
}
