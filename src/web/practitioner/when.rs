//! Choosing a time at the desk: what was typed or pressed as an instant, and the free times of a week.

use jiff::civil::{Date, Time};

use super::Room;
use crate::actions::calendar::availability;
use crate::domain::calendar::slot::By;
use crate::domain::id::BookingId;
use crate::domain::time::{SignedDuration, Timestamp, plus_days};
use crate::views::client::times::monday;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The day that a page is asked to show, in a year of four figures: beyond it no calendar goes.
pub(super) fn day(fields: &Fields) -> Option<Date> {
    fields.read::<Date>("day").filter(|day| (1970..=9998).contains(&day.year()))
}

/// The instant that a form asks for: a free time that was pressed, or a day and a time by the practitioner's clock.
pub(super) fn instant(room: &Room, typed: &mut Typed) -> Option<Timestamp> {
    if let Ok(slot) = typed.value("slot").parse() {
        return Some(slot);
    }
    let on = super::parse::date(typed, "on");
    let time = typed.read("time", |time| {
        Time::strptime("%H:%M", time).map_err(|_| "Please choose a time, like 14:30.".to_owned())
    });
    let wall = on?.to_datetime(time?);
    // In a repeated hour the first is meant.
    let at = room.who.zone.tz().to_ambiguous_timestamp(wall).compatible().ok();
    let at = at.filter(|at| room.who.zone.local(*at) == wall);
    if at.is_none() {
        typed.wrong("time", "The clocks go forward that night, and leave this time out.");
    }
    at
}

/// The same as a day and a time, for the fields that show it again.
pub(super) fn shown(room: &Room, typed: Typed, at: Timestamp) -> Typed {
    let local = room.who.zone.local(at);
    typed.with("on", local.date().to_string()).with("time", local.time().strftime("%H:%M").to_string())
}

/// The Monday of the week of a day, and what is free in that week for a session of this length.
pub(super) fn free_in_week(
    room: &Room,
    day: Date,
    length: SignedDuration,
    but: Option<BookingId>,
) -> Result<(Date, Vec<Timestamp>), Failure> {
    let monday = monday(day);
    let span = (monday, plus_days(monday, 6));
    let slots = availability::free(&room.app, room.id(), length, span, By::Practitioner, but)?;
    Ok((monday, slots.into_iter().map(|slot| slot.start).collect()))
}
