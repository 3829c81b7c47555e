//! The calendar: a week of one practitioner, or a day of all whose desks are open to the reader.

use std::collections::HashMap;

use axum::Router;
use axum::routing::get;
use jiff::civil::Date;

use super::when::day;
use super::{Answer, Counter, Room};
use crate::actions::calendar::availability;
use crate::domain::calendar::availability::Availability;
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::closure::Closure;
use crate::domain::calendar::reservation::Reservation;
use crate::domain::calendar::slot::{Busy, By};
use crate::domain::catalog::package::Listing;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId, PractitionerId};
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, after, minutes, plus_days};
use crate::store::{View, calendar, catalog, credits, people};
use crate::views::client::times::monday;
use crate::views::link::route;
use crate::views::practitioner::Appointment;
use crate::views::practitioner::calendar::{Calendar, Column, Span, no_hours, page as view};
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this area.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_CALENDAR, get(page))
}

/// How long the sessions are for which free times are counted: those of the first package that is for sale.
pub(super) fn usual_length(read: &View, whose: PractitionerId) -> Result<u32, Failure> {
    let packages = catalog::package::of(read, whose)?;
    let first = packages.iter().find(|one| one.listing == Listing::Published).or(packages.first());
    Ok(first.map_or(50, |package| package.offer.length_minutes))
}

/// A practitioner's days, with all that stands in them.
struct Book {
    whose: Practitioner,
    bookings: Vec<Booking>,
    clients: HashMap<ClientId, Client>,
    lots: HashMap<LotId, Counted>,
    hours: Option<Availability>,
    closures: Vec<Closure>,
    outside: Vec<Busy>,
    kept: Vec<Reservation>,
    /// The times at which she herself could book.
    free: Vec<Timestamp>,
    /// How many a client could.
    open: usize,
}

impl Book {
    fn read(room: &Room, read: &View, whose: &Practitioner, days: (Date, Date)) -> Result<Self, Failure> {
        let id = whose.id;
        let zone = &room.who.zone;
        let (from, until) = (zone.start_of(days.0), zone.end_of(days.1));
        let length = minutes(i64::from(usual_length(read, id)?));
        // A day of room on both sides, as her dates may be others than those of the desk.
        let wide = (plus_days(days.0, -1), plus_days(days.1, 1));
        let free = |by| availability::free(&room.app, id, length, wide, by, None);
        let inside = |at: &Timestamp| (from..until).contains(at);
        let named = |slots: Vec<crate::domain::calendar::slot::Slot>| {
            slots.into_iter().map(|slot| slot.start).filter(inside).collect::<Vec<_>>()
        };
        let mut closures = calendar::closure::of(read, id)?;
        closures.retain(|closure| closure.overlaps(from, until));
        Ok(Self {
            bookings: calendar::booking::on_calendar(read, id, (from, until))?,
            clients: people::client::of(read, id)?.into_iter().map(|one| (one.id, one)).collect(),
            lots: credits::lot::of(read, id, room.now)?.into_iter().map(|one| (one.0.id, one)).collect(),
            hours: calendar::availability::of(read, id)?,
            closures,
            outside: calendar::busy::between(read, id, from, until)?,
            kept: calendar::reservation::kept(read, id, (from, until), room.now)?,
            free: named(free(By::Practitioner)?),
            open: named(free(By::Client)?).len(),
            whose: whose.clone(),
        })
    }

    fn is_empty(&self) -> bool {
        let without =
            self.hours.as_ref().is_none_or(|hours| hours.hours().is_empty() && hours.overrides().is_empty());
        self.bookings.is_empty() && without
    }

    fn appointment<'a>(&'a self, booking: &'a Booking) -> Option<Appointment<'a>> {
        let (lot, balance) = self.lots.get(&booking.lot)?;
        Some(Appointment { booking, client: self.clients.get(&booking.client)?, lot, balance })
    }

    /// A day by the desk's clock.
    fn column(&self, room: &Room, on: Date) -> Column<'_> {
        let zone = &room.who.zone;
        let (begins, ends) = (zone.start_of(on), zone.end_of(on));
        let touches = |from: Timestamp, until: Timestamp| from < ends && begins < until;
        let hours = self.hours.iter();
        let open = hours
            .flat_map(|hours| [-1, 0, 1].into_iter().flat_map(move |by| hours.open_on(plus_days(on, by))));
        let sessions = self.bookings.iter().filter(|one| touches(one.starts_at, one.ends_at()));
        Column {
            on,
            whose: &self.whose,
            sessions: sessions.filter_map(|booking| self.appointment(booking)).collect(),
            open: open.filter(|(from, until)| touches(*from, *until)).collect(),
            off: self.closures.iter().filter(|closure| closure.overlaps(begins, ends)).collect(),
            outside: self.outside.iter().filter(|busy| touches(busy.from, busy.until)).copied().collect(),
            kept: self
                .kept
                .iter()
                .filter(|one| touches(one.starts_at, after(one.starts_at, one.length())))
                .collect(),
            free: self.free.iter().filter(|at| (begins..ends).contains(*at)).copied().collect(),
            step: self.hours.as_ref().map_or(60, |hours| hours.rhythm().step()),
        }
    }
}

/// The page of the week of `?day=`, or of that day with `?view=day`; without one, of today.
pub async fn page(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let day = day(&fields).unwrap_or_else(|| room.who.zone.date(room.now));
        let (span, desks) = match fields.text("view") {
            "day" => (Span::Day(day), room.desks()),
            _ => (Span::Week(monday(day)), std::slice::from_ref(&room.who)),
        };
        let days = span.days();
        let books =
            desks.iter().map(|whose| Book::read(room, read, whose, days)).collect::<Result<Vec<_>, _>>()?;
        if books.iter().all(Book::is_empty) {
            return Ok(no_hours(&room.desk()));
        }
        let columns = match span {
            Span::Day(day) => books.iter().map(|book| book.column(room, day)).collect(),
            Span::Week(monday) => {
                let of_week = |book| (0..7).map(move |n| Book::column(book, room, plus_days(monday, n)));
                books.iter().flat_map(of_week).collect()
            }
        };
        let free = books.iter().map(|book| book.open).sum();
        Ok(view(&room.desk(), &Calendar { span, day, columns, free }))
    })
    .await
}
