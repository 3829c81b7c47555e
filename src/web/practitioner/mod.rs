//! The practitioner's desk: every route under `/desk`. A `Room` in a signature admits the practitioner whose desk it is, a
//! `Counter` whoever sits there too (`room.rs`); whatever is somebody else's is not found.

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::Markup;

use super::Web;
use super::failure::Failure;
use crate::actions::Error;
use crate::domain::credits::selection::Counted;
use crate::store::{View, credits};
use crate::views::link::route;

mod audit;
mod backups;
mod book;
mod booking;
mod calendar;
mod calendars;
mod clients;
mod credits_forms;
mod editor;
mod erase;
mod hand_over;
mod hold;
mod hours;
mod import;
mod lots;
mod messages;
pub(super) mod money;
mod notes;
mod packages;
pub(super) mod parse;
mod passkeys;
mod people;
mod person;
mod proof;
mod purchase;
mod refund;
mod reschedule;
mod room;
mod seat;
mod security;
mod sell;
mod settings;
mod sign_in;
mod status;
mod takeout;
mod till;
mod time_off;
mod today;
mod weekly;
mod when;
mod words;
mod workbench;
mod write;

pub(super) use editor::read_offer;
pub(super) use erase::download;
pub(super) use hours::to_midnight;
pub(super) use proof::before_what_is_grave;
pub(super) use room::{Counter, Owner, Room};
pub(super) use settings::{account_wrong, readiness};

/// The desk's routes.
pub fn routes(web: &Web) -> Router<Web> {
    Router::new()
        // Anybody.
        .merge(sign_in::routes())
        // Members of the practice; what they may is in each handler's signature.
        .route(route::DESK_SEAT, post(seat::choose))
        .route(route::DESK, get(today::page))
        .route(route::DESK_CLIENTS, get(clients::list))
        .route(route::DESK_CLIENT, get(clients::one))
        .route(route::DESK_EXTEND, get(credits_forms::extend_form).post(credits_forms::extend))
        .route(route::DESK_COMP, get(credits_forms::comp_form).post(credits_forms::comp))
        .route(route::DESK_PACKAGES, get(packages::list))
        .route(route::DESK_PACKAGE_NEW, get(packages::fresh).post(packages::create))
        .route(route::DESK_PACKAGE, get(packages::edit).post(packages::save))
        .route(route::DESK_PACKAGE_LISTING, post(packages::listing))
        .route(route::DESK_HOURS, get(hours::page).post(hours::save))
        .route(route::DESK_OVERRIDES, post(hours::add_date))
        .route(route::DESK_OVERRIDE_REMOVE, post(hours::remove_date))
        .route(route::DESK_CLOSURES, post(time_off::close))
        .route(route::DESK_CLOSURE_REMOVE, post(time_off::reopen))
        .merge(messages::routes())
        .merge(write::routes())
        .merge(words::routes())
        .merge(import::routes())
        .merge(takeout::routes())
        .merge(hold::routes())
        .merge(backups::routes())
        .merge(erase::routes())
        .route(route::DESK_SETTINGS, get(settings::page))
        .route(route::DESK_SETTINGS_STOREFRONT, post(settings::storefront))
        .route(route::DESK_SETTINGS_PRACTICE, post(settings::practice))
        .route(route::DESK_SETTINGS_PASSWORD, post(settings::password))
        .merge(security::routes())
        .merge(lots::routes())
        .merge(notes::routes())
        .merge(purchase::routes())
        .merge(sell::routes())
        .merge(hand_over::routes())
        .merge(person::routes())
        .merge(calendars::routes())
        .merge(money::routes())
        .merge(settings::pictures_route())
        .merge(people::routes())
        .merge(status::routes())
        .merge(till::routes())
        .merge(book::routes())
        .merge(booking::routes())
        .merge(calendar::routes())
        .merge(reschedule::routes())
        .merge(weekly::routes())
        .merge(refund::routes())
        .merge(workbench::routes())
        .merge(passkeys::routes())
        .merge(proof::routes())
        .merge(audit::routes())
        .route_layer(from_fn_with_state(web.clone(), proof::before_what_is_grave))
}

/// What was just done, by the name that the address carries: the words are ours, never the address's.
const DONE: &[(&str, &str)] = &[
    ("saved", "Saved."),
    ("kit", "The kit is in force. Keep the paper."),
    ("place", "It works, and is kept. The first backup goes there now."),
    (
        "place-beside",
        "It works, and is kept. It is on the disk that the data are on: if that fails, both are lost. Add another place too.",
    ),
    ("asked-backup", "A backup is made as soon as may be. Look again in a minute."),
    ("goes-on", "Everything runs as usual again."),
    ("missed", "Marked as missed."),
    ("booked", "The session is booked."),
    ("booked-weekly", "The sessions are booked."),
    ("moved-to", "The session is moved, and its credit with it."),
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
    ("hidden", "It is hidden. Its link is below."),
    ("renewed", "It has another link now."),
    ("draft", "It is a draft that only you see."),
    ("archived", "It is put away."),
    ("invited", "The invitation is on its way."),
    ("moved", "The order is changed."),
    ("removed", "Removed."),
    ("factor-gone", "The second factor is taken away. A mail says so."),
    ("demanded", "Everybody signs in with a second factor from now on."),
    ("not-demanded", "A second factor is up to each again."),
    ("off", "The time off is noted."),
    (
        "off-canceled",
        "The time off is noted, and the sessions in it are canceled. What their clients are told stands under Messages.",
    ),
    ("retried", "It goes out again."),
    ("in-hand", "It goes out. When, stands below."),
    ("held-back", "It does not go."),
    ("not-now", "Nothing was changed: it cannot be sent as it stands now."),
    ("written", "It goes out. When, stands below."),
    ("kept-here", "No mail goes out: it is kept here, to hand over."),
    ("ours", "Our words are back."),
    ("brought-in", "The clients are here."),
    ("called-off", "The sessions are canceled, and their credits are back."),
    ("erased", "She or he is erased. What the books must keep stands there without a name."),
    ("password", "Your password is changed, and your other browsers are signed out."),
    ("second-off", "Your second factor is taken away. The password alone signs you in."),
    ("passkey", "The passkey is added. You can sign in with it alone."),
    ("passkey-gone", "The passkey is taken away. Delete it on the device too."),
    ("signed-out", "Signed out there."),
    ("signed-out-others", "You are signed out everywhere else."),
    ("read", "It is read. What it takes stands below."),
    ("feed", "Your calendar has its address."),
    ("feed-off", "Your calendar’s address is off. Nobody can read it any more."),
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
