//! The client's own pages. Every handler takes `SignedIn<ClientId>`; what is somebody else's is not found.

mod booking;
mod change;
mod dashboard;
mod notes;
mod profile;
mod times;

use axum::Router;
use axum::routing::{get, post};

use super::Web;
use super::failure::Failure;
use crate::domain::calendar::booking::Booking;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClientId, LotId, PractitionerId};
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::store::{View, calendar, catalog, credits, people};
use crate::views::link::route;

/// The routes of this wing.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(route::ME, get(dashboard::show))
        .route(route::LEDGER, get(dashboard::ledger))
        .route(route::RECEIPT, get(dashboard::receipt))
        .route(route::BOOK, get(times::book))
        .route(route::BOOK_CONFIRM, get(booking::confirm))
        .route(route::BOOKINGS, post(booking::create))
        .route(route::BOOKING, get(booking::show))
        .route(route::BOOKING_ICS, get(booking::ics))
        .route(route::CHANGE, get(change::show))
        .route(route::MOVE, get(times::move_to).post(change::reschedule))
        .route(route::MOVE_CONFIRM, get(change::confirm_move))
        .route(route::CANCEL, post(change::cancel))
        .route(route::PROFILE, get(profile::show).post(profile::save))
        .route(route::PROFILE_PASSWORD, post(profile::password))
        .route(route::PROFILE_WISHES, post(profile::wishes))
        .route(route::ZONE, post(profile::zone))
}

/// A lot of hers, with what it amounts to.
fn own_lot(read: &View, client: ClientId, id: LotId, now: Timestamp) -> Result<Counted, Failure> {
    let found = credits::lot::counted(read, id, now)?;
    found.filter(|(lot, _)| lot.client == client).ok_or(Failure::NotFound)
}

/// A session of hers, with the lot that pays for it.
fn own_booking(
    read: &View,
    client: ClientId,
    id: BookingId,
    now: Timestamp,
) -> Result<(Booking, Counted), Failure> {
    let booking = calendar::booking::find(read, id)?.filter(|booking| booking.client == client);
    let booking = booking.ok_or(Failure::NotFound)?;
    let counted = own_lot(read, client, booking.lot, now)?;
    Ok((booking, counted))
}

/// With whom, and where she receives.
fn practitioner(read: &View, id: PractitionerId) -> Result<(Practitioner, Option<Line>), Failure> {
    let found = people::practitioner::find(read, id)?.ok_or(Failure::NotFound)?;
    let place = catalog::storefront::find(read, id)?.and_then(|storefront| storefront.place);
    Ok((found, place))
}
