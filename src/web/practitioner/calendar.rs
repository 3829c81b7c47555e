//! The calendar: a week of sessions, hours and time off.

use std::collections::HashMap;

use jiff::civil::{Date, Weekday};

use super::{Answer, Counter, Room};
use crate::actions::calendar::availability;
use crate::domain::calendar::slot::By;
use crate::domain::time::{minutes, plus_days};
use crate::store::{View, calendar, catalog, credits, people};
use crate::views::practitioner::Appointment;
use crate::views::practitioner::calendar::{Week, no_hours, page as view};
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The Monday of a date's week; the calendar's first for dates before it.
fn monday_of(date: Date) -> Date {
    let back = date.weekday().since(Weekday::Monday);
    plus_days(date, -i32::from(back))
}

/// How long the sessions are for which free times are counted: those of the first package that is for sale.
pub(super) fn usual_length(room: &Room, read: &View) -> Result<u32, Failure> {
    use crate::domain::catalog::package::Listing;
    let packages = catalog::package::of(read, room.id())?;
    let first = packages.iter().find(|one| one.listing == Listing::Published).or(packages.first());
    Ok(first.map_or(50, |package| package.offer.length_minutes))
}

/// The page of the week of `?day=`, or of this one.
pub async fn page(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let zone = &room.who.zone;
        // A year in four figures: beyond it no calendar goes.
        let asked = fields.read::<Date>("day").filter(|day| (1970..=9998).contains(&day.year()));
        let monday = monday_of(asked.unwrap_or_else(|| zone.date(room.now)));
        let sunday = plus_days(monday, 6);
        let span = (zone.start_of(monday), zone.end_of(sunday));
        let bookings = calendar::booking::on_calendar(read, room.id(), span)?;
        let hours = calendar::availability::of(read, room.id())?;
        let has_hours =
            hours.as_ref().is_some_and(|hours| !hours.hours().is_empty() || !hours.overrides().is_empty());
        if bookings.is_empty() && !has_hours {
            return Ok(no_hours(&room.desk()));
        }
        let clients: HashMap<_, _> =
            people::client::of(read, room.id())?.into_iter().map(|one| (one.id, one)).collect();
        let lots: HashMap<_, _> =
            credits::lot::of(read, room.id(), room.now)?.into_iter().map(|one| (one.0.id, one)).collect();
        let appointment = |booking| -> Option<Appointment<'_>> {
            let booking: &crate::domain::calendar::booking::Booking = booking;
            let (lot, balance) = lots.get(&booking.lot)?;
            Some(Appointment { booking, client: clients.get(&booking.client)?, lot, balance })
        };
        let closures = calendar::closure::of(read, room.id())?;
        let length = minutes(i64::from(usual_length(room, read)?));
        let free =
            availability::free(&room.app, room.id(), length, (monday, sunday), By::Client, None)?.len();
        let week = Week {
            monday,
            sessions: bookings.iter().filter_map(appointment).collect(),
            availability: hours.as_ref(),
            closures: closures.iter().filter(|closure| closure.overlaps(span.0, span.1)).collect(),
            free,
        };
        Ok(view(&room.desk(), &week))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_week_begins_on_its_monday() {
        for day in 13..=19 {
            assert_eq!(monday_of(date(2026, 4, day)), date(2026, 4, 13));
        }
    }
}
