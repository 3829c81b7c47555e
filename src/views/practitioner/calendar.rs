//! The calendar: a week, or a day with practitioners side by side; a list on phones and a grid beyond. Open hours, time off
//! and what other calendars hold lie behind the sessions; an open time is the way to book it.

mod column;
mod place;

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Appointment, Desk, Tab};
use crate::domain::calendar::closure::Closure;
use crate::domain::calendar::reservation::Reservation;
use crate::domain::calendar::slot::Busy;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, after, long_date, plus_days};
use crate::views::art::{Icon, icon};
use crate::views::link;
use crate::views::text::{counted, sessions, times_in};
use crate::views::ui::{Button, Field};
use place::{Minutes, Ruled};

/// What is shown at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// A week of one practitioner, from a Monday on.
    Week(Date),
    /// A day of all whose desks are open to the reader.
    Day(Date),
}

impl Span {
    /// Its first day and its last.
    #[must_use]
    pub fn days(self) -> (Date, Date) {
        match self {
            Self::Week(monday) => (monday, plus_days(monday, 6)),
            Self::Day(day) => (day, day),
        }
    }

    fn title(self) -> String {
        let (from, until) = self.days();
        match self {
            Self::Week(_) => span_of_days(from, until),
            Self::Day(day) => day.strftime("%A %-d %B").to_string(),
        }
    }

    /// The one that is so many further on.
    fn on(self, by: i32) -> String {
        match self {
            Self::Week(monday) => link::on_day(&link::desk_calendar(), plus_days(monday, 7 * by)),
            Self::Day(day) => link::desk_day(plus_days(day, by)),
        }
    }
}

/// A day of a practitioner.
#[derive(Debug, Clone)]
pub struct Column<'a> {
    /// The day.
    pub on: Date,
    /// Whose it is.
    pub whose: &'a Practitioner,
    /// Her sessions that touch the day, by start.
    pub sessions: Vec<Appointment<'a>>,
    /// When she can be booked.
    pub open: Vec<(Timestamp, Timestamp)>,
    /// Time off that touches the day.
    pub off: Vec<&'a Closure>,
    /// What her other calendars hold that day.
    pub outside: Vec<Busy>,
    /// First times that are kept for buyers who are paying.
    pub kept: Vec<&'a Reservation>,
    /// The times at which a session could start.
    pub free: Vec<Timestamp>,
    /// Minutes from one such time to the next.
    pub step: u16,
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct Calendar<'a> {
    /// Which days.
    pub span: Span,
    /// The day that was asked for.
    pub day: Date,
    /// The days, or the practitioners of the day.
    pub columns: Vec<Column<'a>>,
    /// How many times of the usual length are still free for clients.
    pub free: usize,
}

impl Calendar<'_> {
    /// The hours to rule: for sessions, kept times and open hours, and for what is elsewhere, unless it reaches into the
    /// night. Time off is drawn as far as they go.
    fn ruled(&self, desk: &Desk<'_>) -> Ruled {
        let held = self.columns.iter().flat_map(|column| {
            let of = |(from, until)| Minutes::of(from, until, column.on, desk.zone());
            let sessions = column.sessions.iter().map(|one| (one.booking.starts_at, one.booking.ends_at()));
            let kept = column.kept.iter().map(|one| (one.starts_at, after(one.starts_at, one.length())));
            let stretches = sessions.chain(kept).chain(column.open.iter().copied()).filter_map(of);
            let outside = column.outside.iter().map(|busy| (busy.from, busy.until)).filter_map(of);
            stretches.chain(outside.filter(|one| one.is_within_the_day())).collect::<Vec<_>>()
        });
        Ruled::around(held)
    }
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, calendar: &Calendar<'_>) -> Markup {
    let title = calendar.span.title();
    let ruled = calendar.ruled(desk);
    let class = match calendar.span {
        Span::Week(_) => "cal",
        Span::Day(_) => "cal of-day",
    };
    let main = html! {
        (head(desk, calendar, &title))
        div.calwrap {
            ul.hours-rule aria-hidden="true" {
                @for hour in ruled.first..ruled.end { li { (hour_words(hour)) } }
            }
            ol class=(class) data-first=(ruled.first) {
                @for column in &calendar.columns { (column::draw(desk, column, calendar.span, ruled)) }
            }
        }
        p.hint.calfoot {
            "Lighter time is open to book; press it to book for somebody. " (times_in(desk.zone())) " "
            @if desk.seat.is_own() { a href=(link::desk_hours()) { "Change your hours or take time off" } "." }
        }
    };
    desk.page_with(&title, Tab::Calendar, &main, Some("js/calendar.js"))
}

fn head(desk: &Desk<'_>, calendar: &Calendar<'_>, title: &str) -> Markup {
    let count: usize = calendar.columns.iter().map(|column| column.sessions.len()).sum();
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    let free = u32::try_from(calendar.free).unwrap_or(u32::MAX);
    let (words, before, now, after) = match calendar.span {
        Span::Week(_) => ("this week", "Week before", "This week", "Week after"),
        Span::Day(_) => ("on this day", "Day before", "Today", "Day after"),
    };
    let today = desk.zone().date(desk.now);
    let is_week = matches!(calendar.span, Span::Week(_));
    let this = if is_week { link::desk_calendar() } else { link::desk_day(today) };
    html! {
        div."desk-head with" {
            div {
                h1 { (title) }
                p { (sessions(count)) " " (words) ", " (counted(free, "time", "times")) " still free" }
            }
            nav.cluster aria-label=(if is_week { "Week" } else { "Day" }) {
                a."btn ghost small" href=(calendar.span.on(-1)) { (icon(Icon::Prev)) span.sr { (before) } }
                a."btn ghost small" href=(this) { (now) }
                a."btn ghost small" href=(calendar.span.on(1)) { (icon(Icon::Next)) span.sr { (after) } }
            }
        }
        div."calnav cluster" {
            nav aria-label="View" {
                ul."filter row" {
                    li { a href=(link::on_day(&link::desk_calendar(), calendar.day)) aria-current=[is_week.then_some("true")] { "Week" } }
                    li { a href=(link::desk_day(calendar.day)) aria-current=[(!is_week).then_some("true")] { "Day" } }
                }
            }
            form.inline method="get" action=(link::desk_calendar()) {
                @if !is_week { input type="hidden" name="view" value="day"; }
                (Field::new("day", "Go to a day").label_heard().kind("date").value(&calendar.day.to_string()))
                (Button::new("Go").quiet().small())
            }
            (Button::new("Book for a client").quiet().small().link(&link::desk_calendar_book()))
        }
    }
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
    fn days_are_named_with_as_few_months_as_can_be() {
        assert_eq!(span_of_days(date(2026, 4, 13), date(2026, 4, 19)), "13 to 19 April");
        assert_eq!(span_of_days(date(2026, 4, 27), date(2026, 5, 3)), "27 April to 3 May");
        assert_eq!(span_of_days(date(2026, 5, 1), date(2026, 5, 1)), "1 May");
        assert_eq!([0, 8, 12, 20].map(hour_words).join(" "), "12 am 8 am 12 pm 8 pm");
    }
}
