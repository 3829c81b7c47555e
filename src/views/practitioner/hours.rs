//! Hours: every week, the rhythm, dates that differ, time off; and the free times that follow, beside the form and before
//! it is saved.

use jiff::civil::{Date, Weekday};
use maud::{Markup, html};

use super::calendar::span_of_days;
use super::{Desk, Tab};
use crate::domain::calendar::availability::{Availability, Override, Range};
use crate::domain::calendar::closure::Closure;
use crate::domain::calendar::slot::{Hour, Slot};
use crate::domain::time::{Zone, clock_time, long_date, long_day, long_moment};
use crate::views::art::{Icon, icon};
use crate::views::link;
use crate::views::text::{self, counted, times_in, weekday};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Select};

/// The days of the week with the names they have in forms.
pub const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "monday"),
    (Weekday::Tuesday, "tuesday"),
    (Weekday::Wednesday, "wednesday"),
    (Weekday::Thursday, "thursday"),
    (Weekday::Friday, "friday"),
    (Weekday::Saturday, "saturday"),
    (Weekday::Sunday, "sunday"),
];

/// What the page shows.
#[derive(Debug)]
pub struct Hours<'a> {
    /// The weekly hours and the rhythm as they stand in the form.
    pub week: &'a Typed,
    /// The form for a date that differs.
    pub date: &'a Typed,
    /// The form for time off.
    pub off: &'a Typed,
    /// The dates that differ, from today on.
    pub overrides: Vec<&'a Override>,
    /// Time off that is not over.
    pub closures: Vec<&'a Closure>,
    /// The free times of the next seven days.
    pub free: &'a [Slot],
    /// By which hours they are free.
    pub basis: Basis,
    /// For sessions of this length, in minutes.
    pub length: u32,
    /// The lengths that can be chosen.
    pub lengths: &'a [u32],
}

/// By which hours the times beside the form are free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// As they are kept.
    Kept,
    /// As they stand in the form.
    Typed,
    /// What stands in the form cannot be read.
    Unreadable,
}

/// The form of weekly hours and rhythm, as they are kept. Ranges are three lists: `day`, `from`, `until`.
#[must_use]
pub fn typed(availability: &Availability) -> Typed {
    let rhythm = availability.rhythm();
    let mut typed = Typed::default()
        .with("step", rhythm.step().to_string())
        .with("before", rhythm.buffer_before().to_string())
        .with("after", rhythm.buffer_after().to_string())
        .with("notice", rhythm.notice_hours().to_string())
        .with("horizon", rhythm.horizon().to_string())
        .with("limit", rhythm.daily_limit().map_or(String::new(), |n| n.to_string()));
    for (day, range) in availability.hours().rows() {
        let (from, until) = range.texts();
        push_range(&mut typed, day, &from, &until);
    }
    typed
}

/// Adds a range to the form.
pub fn push_range(typed: &mut Typed, day: Weekday, from: &str, until: &str) {
    let name = DAYS.iter().find(|(one, _)| *one == day).map_or("monday", |(_, name)| name);
    typed.push("day", name);
    typed.push("from", from);
    typed.push("until", until);
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, hours: &Hours<'_>) -> Markup {
    // On a phone they stand far below the form.
    let to_times = format!("{}#free", link::desk_hours());
    let main = html! {
        (super::head(None, "Your hours", html! { "When clients may book. " (times_in(desk.zone())) }))
        div."split hours" {
            div.split-main {
                form #week method="post" action=(link::desk_hours()) data-preview="" {
                    // Return in a field saves, and does not press the first Add.
                    button hidden name="save" value="1" { "Save hours" }
                    @if !hours.week.is_sound() { div.said { (ui::amiss(hours.week, "Not saved yet.")) } }
                    section { h2 { "Every week" } (week(hours.week)) }
                    section."form gap" { (rhythm(hours.week)) }
                    div."savebar gap" {
                        (Button::new("Save hours").sends("save", "1"))
                        (Button::new("Show the free times").quiet().sends("preview", "1").to(&to_times))
                    }
                }
                section.gap { h2 { "Days that differ" } (overrides(hours)) (add_date(hours.date)) }
                section.gap { h2 #off { "Time off" } (closures(desk.zone(), hours)) (add_off(hours.off)) }
            }
            aside."split-side form" { (for_length(hours)) (glance(desk, hours)) }
        }
    };
    desk.page("Your hours", Tab::Hours, &main)
}

fn week(typed: &Typed) -> Markup {
    html! {
        @if let Some(error) = typed.error("week") { p.err role="alert" { (error) } }
        ul.weekhours {
            @for (day, name) in DAYS {
                @let rows: Vec<usize> = typed.all("day").iter().enumerate().filter(|(_, of)| *of == name).map(|(i, _)| i).collect();
                li class=[rows.is_empty().then_some("closed")] {
                    h3 { (weekday(day)) }
                    div.ranges {
                        @if rows.is_empty() { p { "Closed" } }
                        @for (nth, &i) in rows.iter().enumerate() { (range_row(typed, &of_day(weekday(day), nth), name, i)) }
                    }
                    button."btn ghost small" name="add" value=(name) {
                        (icon(Icon::Plus)) span { "Add" span.sr { " hours on " (weekday(day)) } }
                    }
                }
            }
        }
    }
}

/// "Monday", "Monday, second hours": so that no two fields of the week are called the same.
fn of_day(day: &str, nth: usize) -> String {
    match nth {
        0 => day.to_owned(),
        1 => format!("{day}, second hours"),
        2 => format!("{day}, third hours"),
        n => format!("{day}, hours {}", n + 1),
    }
}

/// What is wrong with one range of the week has this name in the form.
#[must_use]
pub fn row_name(i: usize) -> String {
    format!("row-{i}")
}

fn range_row(typed: &Typed, day: &str, name: &str, i: usize) -> Markup {
    let at = |list: &str| typed.all(list).get(i).map_or("", String::as_str).to_owned();
    let (from, until) = (at("from"), at("until"));
    // A time field knows no 24:00.
    let shown = if until == "24:00" { "23:59" } else { &until };
    let row = row_name(i);
    let error = typed.error(&row);
    let (invalid, described) = (error.map(|_| "true"), error.map(|_| format!("{row}-e")));
    html! {
        div.range {
            input type="hidden" name="day" value=(name);
            label.sr for={ "from-" (i) } { (day) ", from" }
            input type="time" id={ "from-" (i) } name="from" value=(from) aria-invalid=[invalid] aria-describedby=[described.as_deref()];
            span aria-hidden="true" { "to" }
            label.sr for={ "until-" (i) } { (day) ", until" }
            input type="time" id={ "until-" (i) } name="until" value=(shown) aria-invalid=[invalid] aria-describedby=[described.as_deref()];
            button.x name="remove" value=(i) aria-label={ "Remove " (day) " " (from) " to " (until) } { (icon(Icon::Close)) }
        }
        @if let Some(error) = error { p.err id={ (row) "-e" } { (error) } }
    }
}

fn rhythm(typed: &Typed) -> Markup {
    let number = |name: &'static str, label: &'static str, min: &'static str, max: &'static str| {
        Field::new(name, label)
            .kind("number")
            .with("min", min)
            .with("max", max)
            .with("inputmode", "numeric")
            .value(typed.value(name))
            .error(typed.error(name))
    };
    html! {
        h2 { "Breathing room" }
        div.cols {
            (number("before", "Minutes before each session", "0", "240"))
            (number("after", "Minutes after each session", "0", "240"))
            (number("step", "Minutes from one start to the next", "5", "240"))
            (number("limit", "Most sessions in a day", "1", "50").optional())
            (number("notice", "Notice, hours", "0", "720"))
            (number("horizon", "Open for booking, days ahead", "1", "365"))
        }
    }
}

fn range_words(range: &Range) -> String {
    let words = |minute: u16| {
        let time = jiff::civil::Time::midnight() + jiff::SignedDuration::from_mins(i64::from(minute % 1440));
        if minute == 1440 { "midnight".to_owned() } else { clock_time(time) }
    };
    format!("{} to {}", words(range.start()), words(range.end()))
}

fn overrides(hours: &Hours<'_>) -> Markup {
    html! {
        @if hours.overrides.is_empty() { p { "None. Every week is alike." } }
        @else {
            ul."packs overrides" {
                @for one in &hours.overrides {
                    @let day = long_date(one.on());
                    li {
                        div {
                            h3 { (day) }
                            p {
                                @if one.ranges().is_empty() { "Closed" }
                                @else { "Open " (one.ranges().iter().map(range_words).collect::<Vec<_>>().join(" and ")) }
                            }
                        }
                        (remove(&link::desk_override_remove(one.on()), &day))
                    }
                }
            }
        }
    }
}

fn remove(action: &str, what: &str) -> Markup {
    html! { form method="post" action=(action) { (Button::new("Remove").quiet().small().heard(&format!(" {what}"))) } }
}

fn add_date(typed: &Typed) -> Markup {
    let kinds = [Choice::new("closed", "Closed that day"), Choice::new("open", "Open at other hours")];
    let chosen = if typed.has("kind") { typed.value("kind") } else { "closed" };
    html! {
        details.act open[!typed.is_sound()] {
            summary { "Add a day that differs" }
            form.form method="post" action=(link::desk_overrides()) {
                (ui::amiss(typed, "Not added yet."))
                (Field::new("on", "Date").kind("date").value(typed.value("on")).required().error(typed.error("on")))
                (Choices::one("kind", "What is different", &kinds).chosen(chosen))
                div.cols {
                    (Field::new("from", "From").id("date-from").kind("time").value(typed.value("from")).error(typed.error("from")))
                    (Field::new("until", "Until").id("date-until").kind("time").value(typed.value("until")))
                    (Field::new("from2", "And from").id("date-from2").kind("time").value(typed.value("from2")).optional())
                    (Field::new("until2", "Until").id("date-until2").kind("time").value(typed.value("until2")).optional())
                }
                p.hint { "These hours take the place of the week’s on that day. Sessions that are booked stay." }
                (Button::new("Add this day").quiet())
            }
        }
    }
}

/// The days of a stretch of time off, or its instants if it is not whole days.
#[must_use]
pub fn off_words(closure: &Closure, zone: &Zone) -> String {
    let (first, end) = (zone.date(closure.from()), zone.date(closure.until()));
    let whole = closure.from() == zone.start_of(first) && closure.until() == zone.start_of(end);
    let last = end.yesterday().unwrap_or(end);
    match () {
        () if !whole => {
            format!("{} to {}", long_moment(closure.from(), zone), long_moment(closure.until(), zone))
        }
        () if first == last => long_date(first),
        () => format!("{} {}", span_of_days(first, last), last.year()),
    }
}

fn closures(zone: &Zone, hours: &Hours<'_>) -> Markup {
    html! {
        @if hours.closures.is_empty() { p { "None planned." } }
        @else {
            ul."packs overrides" {
                @for closure in &hours.closures {
                    @let days = off_words(closure, zone);
                    li {
                        div { h3 { (days) } @if let Some(note) = closure.note() { p { (note) } } }
                        (remove(&link::desk_closure_remove(closure.id()), &days))
                    }
                }
            }
        }
    }
}

fn add_off(typed: &Typed) -> Markup {
    let some_time = ["from", "until"].iter().any(|name| !typed.value(name).is_empty());
    html! {
        details.act open[!typed.is_sound()] {
            summary { "Take time off" }
            form.form method="post" action=(link::desk_closures()) {
                (ui::amiss(typed, "Not added yet."))
                div.cols {
                    (Field::new("first", "First day").kind("date").value(typed.value("first")).required().error(typed.error("first")))
                    (Field::new("last", "Last day").kind("date").value(typed.value("last")).error(typed.error("last")).required())
                }
                details.act open[some_time || typed.error("from").is_some()] {
                    summary { "Not whole days" }
                    div.cols {
                        (Field::new("from", "From, on the first day").id("off-from").kind("time").value(typed.value("from")).error(typed.error("from")).optional())
                        (Field::new("until", "Until, on the last day").id("off-until").kind("time").value(typed.value("until")).error(typed.error("until")).optional())
                    }
                }
                (Field::new("note", "What for").value(typed.value("note")).optional().error(typed.error("note")).hint("Only you see it."))
                p.hint { "Nothing can be booked in that time. If sessions are booked in it already, we ask you what to do with them first." }
                (Button::new("Take time off").quiet())
            }
        }
    }
}

/// For sessions of which length the times are shown; it belongs to the form, and stands beside what it changes.
fn for_length(hours: &Hours<'_>) -> Markup {
    let lengths: Vec<(String, String)> =
        hours.lengths.iter().map(|n| (n.to_string(), text::length(*n))).collect();
    let options: Vec<(&str, &str)> =
        lengths.iter().map(|(value, words)| (value.as_str(), words.as_str())).collect();
    let chosen = hours.length.to_string();
    html! {
        @if hours.lengths.len() > 1 {
            (Select::new("for", "For sessions of", &options).value(&chosen).with("form", "week"))
        }
    }
}

/// The free times that follow, day by day.
fn glance(desk: &Desk<'_>, hours: &Hours<'_>) -> Markup {
    let mut days: Vec<(Date, Vec<&Slot>)> = Vec::new();
    for slot in hours.free {
        match days.last_mut().filter(|(date, _)| *date == slot.local.date()) {
            Some((_, slots)) => slots.push(slot),
            None => days.push((slot.local.date(), vec![slot])),
        }
    }
    let count = u32::try_from(hours.free.len()).unwrap_or(u32::MAX);
    html! {
        section.preview aria-labelledby="free" {
            h2 #free { "What clients can book" }
            @match hours.basis {
                Basis::Unreadable => p { "The times appear when what is marked is put right." },
                basis => p.hint {
                    (text::capital(&counted(count, "free time", "free times"))) " in the next 7 days, for sessions of " (text::length(hours.length))
                    @if basis == Basis::Typed { ". As typed, not saved yet." } @else { ", as saved." }
                },
            }
            @for (date, slots) in &days {
                h3 { (long_day(*date)) }
                p {
                    @for (i, slot) in slots.iter().enumerate() {
                        @if i > 0 { ", " }
                        span { (clock_time(slot.local.time())) @if slot.hour != Hour::Once { " (" (desk.zone().tz().to_offset(slot.start).to_string()) ")" } }
                    }
                }
            }
        }
    }
}
