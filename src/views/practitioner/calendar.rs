//! The calendar: a week's sessions, as a list on phones and a grid beyond. Open hours and time off lie behind them.

use jiff::civil::{Date, DateTime};
use maud::{Markup, html};

use super::{Appointment, Desk, Tab, time_of_day};
use crate::domain::calendar::availability::Availability;
use crate::domain::calendar::closure::Closure;
use crate::domain::time::{clock_time, long_date, plus_days};
use crate::views::art::{Icon, icon};
use crate::views::link;
use crate::views::text::{counted, sessions, times_in};
use crate::views::ui::Button;

/// Quarters of an hour that the grid has: thirteen hours.
const QUARTERS: i32 = 52;

/// What the page of a week shows.
#[derive(Debug, Clone)]
pub struct Week<'a> {
    /// Its Monday, in the practitioner's zone.
    pub monday: Date,
    /// Its sessions, by start.
    pub sessions: Vec<Appointment<'a>>,
    /// When she can be booked, if she has said so.
    pub availability: Option<&'a Availability>,
    /// Time off that touches the week.
    pub closures: Vec<&'a Closure>,
    /// How many times of the usual length are still free in it.
    pub free: usize,
}

/// A stretch of one day in quarters of an hour from the grid's first hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    at: i32,
    long: i32,
}

impl Place {
    /// Minutes of the day on the grid; nothing if it lies outside of it altogether.
    fn new(from: i32, until: i32, first_hour: i32) -> Option<Self> {
        let quarter = |minute: i32| (minute - first_hour * 60).div_euclid(15);
        let at = quarter(from).clamp(0, QUARTERS - 1);
        let end = quarter(until + 14).min(QUARTERS);
        (end > 0 && quarter(from) < QUARTERS).then(|| Self { at, long: (end - at).max(1) })
    }

    fn class(self, kind: &str) -> String {
        format!("{kind} at-{} for-{}", self.at, self.long)
    }
}

fn minute_of_day(local: DateTime) -> i32 {
    i32::from(local.hour()) * 60 + i32::from(local.minute())
}

/// The page of a week.
#[must_use]
pub fn page(desk: &Desk<'_>, week: &Week<'_>) -> Markup {
    let (monday, sunday) = (week.monday, plus_days(week.monday, 6));
    let title = span_of_days(monday, sunday);
    let count = u32::try_from(week.sessions.len()).unwrap_or(u32::MAX);
    let free = u32::try_from(week.free).unwrap_or(u32::MAX);
    let to = |day: Date| link::on_day(&link::desk_calendar(), day);
    let first_hour = first_hour(desk, week);
    let main = html! {
        div."desk-head with" {
            div {
                h1 { (title) }
                p { (sessions(count)) " this week, " (counted(free, "time", "times")) " still free" }
            }
            nav.cluster aria-label="Week" {
                a."btn ghost small" href=(to(plus_days(monday, -7))) { (icon(Icon::Prev)) span.sr { "Week before" } }
                a."btn ghost small" href=(link::desk_calendar()) { "This week" }
                a."btn ghost small" href=(to(plus_days(monday, 7))) { (icon(Icon::Next)) span.sr { "Week after" } }
            }
        }
        div.calwrap {
            ul.hours-rule aria-hidden="true" {
                @for hour in first_hour..=first_hour + QUARTERS / 4 - 1 { li { (hour_words(hour)) } }
            }
            ol.cal { @for offset in 0..7 { (day(desk, week, plus_days(monday, offset), first_hour)) } }
        }
        p.hint.calfoot {
            "Lighter time is open to book. " (times_in(desk.zone())) " "
            @if desk.seat.is_own() { a href=(link::desk_hours()) { "Change your hours or take time off" } "." }
        }
    };
    desk.page(&title, Tab::Calendar, &main)
}

/// "13 to 19 April", "27 April to 3 May".
#[must_use]
pub fn span_of_days(from: Date, until: Date) -> String {
    let last = until.strftime("%-d %B");
    match () {
        () if from == until => last.to_string(),
        () if from.month() == until.month() && from.year() == until.year() => {
            format!("{} to {last}", from.day())
        }
        () => format!("{} to {last}", from.strftime("%-d %B")),
    }
}

fn hour_words(hour: i32) -> String {
    match hour.rem_euclid(24) {
        0 => "12 am".to_owned(),
        12 => "12 pm".to_owned(),
        hour @ 1..12 => format!("{hour} am"),
        hour => format!("{} pm", hour - 12),
    }
}

/// The hour at which the grid begins: eight, or earlier if something does, or later if something ends past nine.
fn first_hour(desk: &Desk<'_>, week: &Week<'_>) -> i32 {
    let mut starts: Vec<i32> = Vec::new();
    let mut ends: Vec<i32> = Vec::new();
    for one in &week.sessions {
        let from = minute_of_day(desk.zone().local(one.booking.starts_at));
        starts.push(from);
        ends.push(from + i32::try_from(one.booking.length_minutes).unwrap_or(0));
    }
    for offset in 0..7 {
        for range in ranges(week, plus_days(week.monday, offset)) {
            starts.push(i32::from(range.start()));
            ends.push(i32::from(range.end()));
        }
    }
    let earliest = starts.into_iter().min().unwrap_or(8 * 60) / 60;
    let latest = (ends.into_iter().max().unwrap_or(0) + 59) / 60;
    let late_start = (latest - QUARTERS / 4).clamp(8, 24 - QUARTERS / 4);
    earliest.min(late_start)
}

fn ranges<'a>(week: &Week<'a>, on: Date) -> &'a [crate::domain::calendar::availability::Range] {
    week.availability.map_or(&[], |availability| availability.ranges_on(on))
}

fn day(desk: &Desk<'_>, week: &Week<'_>, on: Date, first_hour: i32) -> Markup {
    let zone = desk.zone();
    let is_today = zone.date(desk.now) == on;
    let on_day: Vec<_> = week.sessions.iter().filter(|one| zone.date(one.booking.starts_at) == on).collect();
    let (begins, ends) = (zone.start_of(on), zone.end_of(on));
    let off: Vec<_> = week.closures.iter().filter(|closure| closure.overlaps(begins, ends)).collect();
    html! {
        li class=(if is_today { "cal-day is-today" } else { "cal-day" }) {
            h2 {
                (on.strftime("%a").to_string()) " " b { (on.day()) }
                @if is_today { span.sr { " today" } }
            }
            ol {
                @for range in ranges(week, on) {
                    @if let Some(place) = Place::new(i32::from(range.start()), i32::from(range.end()), first_hour) {
                        li class=(place.class("open-hours")) aria-hidden="true" {}
                    }
                }
                @for closure in &off { (time_off(desk, closure, on, first_hour)) }
                @if on_day.is_empty() && off.is_empty() { li.none { "No sessions" } }
                @for one in &on_day { (session(desk, one, first_hour)) }
            }
        }
    }
}

fn session(desk: &Desk<'_>, one: &Appointment<'_>, first_hour: i32) -> Markup {
    let from = minute_of_day(desk.zone().local(one.booking.starts_at));
    let until = from + i32::try_from(one.booking.length_minutes).unwrap_or(0);
    let class =
        Place::new(from, until, first_hour).map_or_else(|| "ev".to_owned(), |place| place.class("ev"));
    html! {
        li class=(class) {
            a href=(link::desk_booking(one.booking.id)) {
                (time_of_day(one.booking.starts_at, desk.zone())) " " b { (one.client.name) }
                @if let Some(rank) = one.rank() { " " span { (rank) } }
            }
        }
    }
}

fn time_off(desk: &Desk<'_>, closure: &Closure, on: Date, first_hour: i32) -> Markup {
    let zone = desk.zone();
    let from =
        if closure.from() <= zone.start_of(on) { 0 } else { minute_of_day(zone.local(closure.from())) };
    let until =
        if closure.until() >= zone.end_of(on) { 24 * 60 } else { minute_of_day(zone.local(closure.until())) };
    let class = Place::new(from, until, first_hour)
        .map_or_else(|| "ev off".to_owned(), |place| place.class("ev off"));
    let words = match (from, until) {
        (0, 1440) => "All day".to_owned(),
        (0, _) => format!("Until {}", clock_time(zone.local(closure.until()).time())),
        (_, 1440) => format!("From {}", clock_time(zone.local(closure.from()).time())),
        _ => format!(
            "{} to {}",
            clock_time(zone.local(closure.from()).time()),
            clock_time(zone.local(closure.until()).time())
        ),
    };
    html! {
        li class=(class) {
            p { b { "Time off" } " " span { (words) @if let Some(note) = closure.note() { ". " (note) } } }
        }
    }
}

/// The page of a practitioner who has neither hours nor sessions yet.
#[must_use]
pub fn no_hours(desk: &Desk<'_>) -> Markup {
    let main = html! {
        (super::head(None, "Calendar", html! { (long_date(desk.zone().date(desk.now))) }))
        @if desk.seat.is_own() {
            p { "You have no hours yet, so nobody can book." }
            p { (Button::new("Set your hours").link(&link::desk_hours())) }
        } @else {
            p { (desk.who.name) " has no hours yet, so nobody can book." }
        }
    };
    desk.page("Calendar", Tab::Calendar, &main)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_session_lies_where_its_quarters_are() {
        // 9:30 to 10:20 on a grid from 8: six quarters down, four long, the last one begun.
        assert_eq!(Place::new(570, 620, 8), Some(Place { at: 6, long: 4 }));
        assert_eq!(Place::new(480, 1260, 8), Some(Place { at: 0, long: 52 }));
        assert_eq!(Place::new(0, 1440, 8), Some(Place { at: 0, long: 52 }), "a day off fills the grid");
        assert_eq!(Place::new(0, 480, 8), None, "over before the grid begins");
        assert_eq!(Place::new(1260, 1300, 8), None, "after its end");
    }

    #[test]
    fn days_are_named_with_as_few_months_as_can_be() {
        assert_eq!(span_of_days(date(2026, 4, 13), date(2026, 4, 19)), "13 to 19 April");
        assert_eq!(span_of_days(date(2026, 4, 27), date(2026, 5, 3)), "27 April to 3 May");
        assert_eq!(span_of_days(date(2026, 5, 1), date(2026, 5, 1)), "1 May");
        assert_eq!([0, 8, 12, 20].map(hour_words).join(" "), "12 am 8 am 12 pm 8 pm");
    }
}
