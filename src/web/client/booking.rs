//! Booking a session: "shall we book this?", the booking itself, its page and its calendar file.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;

use super::notes::Opened;
use super::times::{Wish, book_page};
use super::{own_booking, own_lot, practitioner};
use crate::actions::Error;
use crate::actions::calendar::{availability, booking};
use crate::app::App;
use crate::domain::calendar::booking::{Booking, Clash, Facts, book};
use crate::domain::calendar::slot::By;
use crate::domain::credits::selection::{Counted, choose};
use crate::domain::id::{BookingId, ClientId, LotId};
use crate::domain::time::{Timestamp, Zone, plus_days};
use crate::store::View;
use crate::views::client::booking::{self as view, Session};
use crate::views::client::times::a_few;
use crate::views::messages::booking::{Seat, event};
use crate::views::text::{self, Reader, Said};
use crate::views::{ics, link};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::SignedIn;
use crate::web::setting::{Answer, Setting, draw, named};

/// What is said of a time that cannot be read.
pub(super) fn no_time() -> Said {
    Said { what: "That is not a time.".to_owned(), then: "Please choose one of those below.".to_owned() }
}

pub(super) async fn confirm(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    let start = fields.read::<Timestamp>("slot");
    draw(&web, move |app, read| {
        let lot: LotId = named(&lot)?;
        let now = app.clock.now();
        let came_from = own_lot(read, client, lot, now)?;
        let Some(start) = start else {
            return book_page(app, read, client, lot, Wish::after(no_time(), None));
        };
        let zone = crate::actions::people::client::of(app, client)?.zone;
        let lots = booking::siblings(read, &came_from.0, now)?;
        let span = (start, came_from.0.offer.length());
        let slot = availability::check(read, came_from.0.practitioner, span, By::Client, None, now)?;
        let clash = booking::clash(read, client, span, None)?;
        let facts = Facts { client, practitioner: came_from.0.practitioner, lots: &lots, slot, clash };
        let id = BookingId::from_bits(app.id());
        // The same decision as the booking's own, so that nothing is promised that would be refused.
        if let Err(refusal) = book(id, start, &facts, now) {
            let wish = Wish::after(text::booking(refusal, &zone), Some(zone.date(start)));
            return book_page(app, read, client, lot, wish);
        }
        let pays = choose(&lots, start, now).ok_or(Failure::NotFound)?;
        let setting = Setting::read(app, read, Some(client), Some(came_from.0.practitioner))?;
        let (with, place) = practitioner(read, came_from.0.practitioner)?;
        let session =
            Session { starts_at: start, counted: pays, with: &with, place: place.as_ref(), zone: &zone };
        Ok(Answer::page(view::confirm(&setting.around(), &session, (id, &came_from), now)))
    })
    .await
}

pub(super) async fn create(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let lot: LotId = named(fields.text("lot"))?;
    let id: BookingId = fields.read("id").ok_or(Failure::Unreadable)?;
    let Some(start) = fields.read::<Timestamp>("slot") else {
        return again(&web, client, lot, |_| no_time(), None).await;
    };
    match booking::book_soon(&web.app, client, id, lot, start).await {
        Ok(booked) => Ok(Redirect::to(&link::booking(booked.id)).into_response()),
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(booking::Refusal::NotThere)) => Err(Failure::NotFound),
        Err(Error::Refused(booking::Refusal::Rule(refusal))) => {
            again(&web, client, lot, move |zone| text::booking(refusal, zone), Some(start)).await
        }
    }
}

/// The times once more, with why the one that was chosen could not be had.
async fn again(
    web: &Web,
    client: ClientId,
    lot: LotId,
    said: impl FnOnce(&Zone) -> Said + Send + 'static,
    start: Option<Timestamp>,
) -> Result<Response, Failure> {
    draw(web, move |app, read| {
        let zone = crate::actions::people::client::of(app, client)?.zone;
        let wish = Wish::after(said(&zone), start.map(|start| zone.date(start)));
        Ok(book_page(app, read, client, lot, wish)?.into_response())
    })
    .await
}

pub(super) async fn show(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
) -> Result<Answer, Failure> {
    draw(&web, move |app, read| {
        let now = app.clock.now();
        let (booking, counted) = own_booking(read, client, named(&id)?, now)?;
        let setting = Setting::read(app, read, Some(client), Some(booking.practitioner))?;
        let (with, place) = practitioner(read, booking.practitioner)?;
        let zone = &setting.me()?.zone;
        let session = Session {
            starts_at: booking.starts_at,
            counted: &counted,
            with: &with,
            place: place.as_ref(),
            zone,
        };
        let notes = Opened::read(app, read, client)?;
        let shared = notes.about(booking.id);
        if !booking.is_confirmed() || now >= booking.starts_at {
            return Ok(Answer::page(view::past(&setting.around(), &booking, &session, &shared)));
        }
        let more = suggestions(app, read, &booking, &counted, zone)?;
        Ok(Answer::page(view::booked(&setting.around(), &booking, &session, (&more, &shared))))
    })
    .await
}

/// Two times for the session after this one: at the same hour one and two weeks later, or else soon after it.
fn suggestions(
    app: &App,
    read: &View,
    booking: &Booking,
    counted: &Counted,
    zone: &Zone,
) -> Result<Vec<Timestamp>, Failure> {
    let now = app.clock.now();
    let lots = booking::siblings(read, &counted.0, now)?;
    let day: Date = zone.date(booking.starts_at);
    let span = (plus_days(day, 1), plus_days(day, 22));
    let slots = availability::free(app, booking.practitioner, booking.length(), span, By::Client, None)?;
    let mut free = Vec::new();
    for at in slots.iter().map(|slot| slot.start).filter(|at| *at > booking.ends_at()) {
        if choose(&lots, at, now).is_some() {
            free.push(at);
        }
    }
    let same_hour = |at: &&Timestamp| {
        let local = zone.local(**at);
        local.time() == zone.local(booking.starts_at).time() && local.date().weekday() == day.weekday()
    };
    let alike: Vec<Timestamp> = free.iter().filter(same_hour).take(2).copied().collect();
    let proposed = if alike.is_empty() { a_few(&free, zone).into_iter().take(2).collect() } else { alike };
    // What meets another session of hers is no proposal.
    let mut good = Vec::new();
    for at in proposed {
        if booking::clash(read, booking.client, (at, booking.length()), None)? == Clash::None {
            good.push(at);
        }
    }
    Ok(good)
}

/// The session as a calendar file, with the identity that the mails' invitations have.
pub(super) async fn ics(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let text = draw(&web, move |app, read| {
        let (booking, _) = own_booking(read, client, named(&id)?, app.clock.now())?;
        let (with, place) = practitioner(read, booking.practitioner)?;
        let seat = Seat {
            practitioner: &with,
            client: &crate::actions::people::client::of(app, client)?,
            place: place.as_ref(),
            base_url: &app.base_url,
            reader: Reader::Client,
        };
        let event = event(&booking, &seat, booking.placed_at);
        let name = event.summary.clone();
        Ok(ics::publish(&[event], &name))
    })
    .await?;
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8"));
    let file = HeaderValue::from_static("attachment; filename=\"session.ics\"");
    headers.insert(header::CONTENT_DISPOSITION, file);
    Ok(response)
}
