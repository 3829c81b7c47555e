//! One day of one practitioner on the calendar.

use maud::{Markup, html};

use super::place::{Minutes, Ruled, lanes};
use super::{Column, Span};
use crate::domain::calendar::reservation::Reservation;
use crate::domain::time::{Timestamp, after, clock_time, long_day, long_moment};
use crate::views::art::{Icon, icon};
use crate::views::link;
use crate::views::practitioner::{Appointment, Desk, time_of_day};
use crate::views::when;

/// The column; in the grid of a day it is headed by its practitioner, in that of a week by its day.
pub(super) fn draw(desk: &Desk<'_>, column: &Column<'_>, span: Span, ruled: Ruled) -> Markup {
    let today = desk.zone().date(desk.now);
    let class = if column.on == today { "cal-day is-today" } else { "cal-day" };
    let mine = column.whose.id == desk.who.id;
    let is_empty = column.sessions.is_empty()
        && column.off.is_empty()
        && column.outside.is_empty()
        && column.kept.is_empty();
    html! {
        li class=(class) {
            @match span {
                Span::Week(_) => h2 {
                    a href=(link::desk_day(column.on)) {
                        (column.on.strftime("%a").to_string()) " " b { (column.on.day()) }
                        @if column.on == today { span.sr { " today" } }
                    }
                    @if column.on >= today { (book_on(column)) }
                },
                Span::Day(_) => h2 {
                    (column.whose.name)
                    @if mine && column.on >= today { (book_on(column)) }
                    @if !mine { (open_desk(column)) }
                },
            }
            ol data-day=[mine.then(|| column.on.to_string())] {
                @for (from, until) in &column.open { (ground(desk, column, (*from, *until), ruled)) }
                @if mine { @for at in &column.free { (free(desk, column, *at, ruled)) } }
                @for busy in &column.outside {
                    (behind(desk, column, (busy.from, busy.until), ("outside", "Elsewhere", ""), ruled))
                }
                @for one in &column.kept { (kept(desk, column, one, ruled)) }
                @for closure in &column.off {
                    (behind(desk, column, (closure.from(), closure.until()), ("off", "Time off", closure.note().map_or("", |note| note.as_str())), ruled))
                }
                @if is_empty { li.none { "No sessions" } }
                (sessions(desk, column, mine, ruled))
            }
        }
    }
}

fn book_on(column: &Column<'_>) -> Markup {
    let href = link::on_day(&link::desk_calendar_book(), column.on);
    html! { " " a.add href=(href) { (icon(Icon::Plus)) span.sr { "Book on " (long_day(column.on)) } } }
}

/// The way to a desk that is open to the reader and is not the one she sits at.
fn open_desk(column: &Column<'_>) -> Markup {
    let here = link::desk_day(column.on);
    html! {
        form method="post" action=(link::desk_seat()) {
            input type="hidden" name="desk" value=(column.whose.id);
            input type="hidden" name="next" value=(here);
            button.plain { "Open this desk" }
        }
    }
}

fn placed(
    desk: &Desk<'_>,
    column: &Column<'_>,
    (from, until): (Timestamp, Timestamp),
    ruled: Ruled,
) -> Option<String> {
    ruled.place(Minutes::of(from, until, column.on, desk.zone())?)
}

fn ground(desk: &Desk<'_>, column: &Column<'_>, stretch: (Timestamp, Timestamp), ruled: Ruled) -> Markup {
    html! {
        @if let Some(place) = placed(desk, column, stretch, ruled) {
            li class={ "open-hours " (place) } aria-hidden="true" {}
        }
    }
}

/// A time that can be pressed to book it. It is for the pointer: whoever reads or tabs has the day's "Book" link.
fn free(desk: &Desk<'_>, column: &Column<'_>, at: Timestamp, ruled: Ruled) -> Markup {
    let until = after(at, crate::domain::time::minutes(i64::from(column.step.clamp(15, 60))));
    html! {
        @if let Some(place) = placed(desk, column, (at, until), ruled) {
            li class={ "slot " (place) } aria-hidden="true" {
                a href=(link::at_slot(&link::desk_calendar_book(), at)) tabindex="-1" { (when::time_of_day(at, desk.zone())) }
            }
        }
    }
}

/// Something that is not a session: time off, or what another calendar holds.
fn behind(
    desk: &Desk<'_>,
    column: &Column<'_>,
    (from, until): (Timestamp, Timestamp),
    (kind, what, note): (&str, &str, &str),
    ruled: Ruled,
) -> Markup {
    let zone = desk.zone();
    let (begins, ends) = (zone.start_of(column.on), zone.end_of(column.on));
    let clock = |at: Timestamp| clock_time(zone.local(at).time());
    let words = match (from <= begins, until >= ends) {
        (true, true) => "All day".to_owned(),
        (true, false) => format!("Until {}", clock(until)),
        (false, true) => format!("From {}", clock(from)),
        (false, false) => format!("{} to {}", clock(from), clock(until)),
    };
    html! {
        @if let Some(place) = placed(desk, column, (from, until), ruled) {
            li class={ "ev " (kind) " " (place) } {
                p { b { (what) } " " span { (words) @if !note.is_empty() { ". " (note) } } }
            }
        }
    }
}

/// A first time that nobody else can take while its buyer pays.
fn kept(desk: &Desk<'_>, column: &Column<'_>, one: &Reservation, ruled: Ruled) -> Markup {
    let zone = desk.zone();
    let stretch = (one.starts_at, after(one.starts_at, one.length()));
    let words = match one.held_until {
        Some(until) if until >= one.starts_at => "whose payment is on its way".to_owned(),
        Some(until) if zone.date(until) == zone.date(desk.now) => {
            format!("until {}", clock_time(zone.local(until).time()))
        }
        Some(until) => format!("until {}", long_moment(until, zone)),
        None => return html! {},
    };
    html! {
        @if let Some(place) = placed(desk, column, stretch, ruled) {
            li class={ "ev outside " (place) } {
                p { (time_of_day(one.starts_at, zone)) " " b { "Kept for a buyer" } ", " span { (words) } }
            }
        }
    }
}

fn sessions(desk: &Desk<'_>, column: &Column<'_>, mine: bool, ruled: Ruled) -> Markup {
    let held: Vec<(&Appointment<'_>, Minutes)> = column
        .sessions
        .iter()
        .filter_map(|one| {
            let booking = one.booking;
            Some((one, Minutes::of(booking.starts_at, booking.ends_at(), column.on, desk.zone())?))
        })
        .collect();
    let lanes = lanes(&held.iter().map(|(_, minutes)| *minutes).collect::<Vec<_>>());
    html! {
        @for ((one, minutes), lane) in held.iter().zip(lanes) {
            @let place = ruled.place(*minutes).unwrap_or_default();
            @let movable = mine && one.booking.starts_at > desk.now;
            li class={ "ev " (place) @if lane > 0 { " lane-" (lane) } }
                data-move=[movable.then(|| link::desk_move_confirm(one.booking.id))] {
                @if mine { a href=(link::desk_booking(one.booking.id)) { (words(desk, one)) } }
                @else { (elsewhere(desk, column, one)) }
            }
        }
    }
}

fn words(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    html! {
        (time_of_day(one.booking.starts_at, desk.zone())) " " b { (one.client.name) }
        @if let Some(rank) = one.rank() { " " span { (rank) } }
    }
}

/// A session at another's desk: pressing it opens that desk at it.
fn elsewhere(desk: &Desk<'_>, column: &Column<'_>, one: &Appointment<'_>) -> Markup {
    html! {
        form method="post" action=(link::desk_seat()) {
            input type="hidden" name="desk" value=(column.whose.id);
            input type="hidden" name="next" value=(link::desk_booking(one.booking.id));
            button { (words(desk, one)) }
        }
    }
}
