//! Choosing a time at the desk: a day and an hour that are typed, or one of a week's free times. Both go to the page that
//! says what it would do.

use jiff::civil::Date;
use maud::{Markup, html};

use super::Desk;
use crate::domain::time::{Timestamp, long_day, plus_days};
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Day, Field, Freedom};
use crate::views::{link, when};

/// What the choice is made from.
#[derive(Debug, Clone, Copy)]
pub struct When<'a> {
    /// The page's own address, which shows other days.
    pub here: &'a str,
    /// Where the choice goes.
    pub confirm: &'a str,
    /// The Monday of the week that is shown.
    pub monday: Date,
    /// The day whose times are shown.
    pub day: Date,
    /// What is free in that week, in order.
    pub free: &'a [Timestamp],
    /// What was typed: `on`, `time`, and what goes along.
    pub typed: &'a Typed,
}

/// The id of the form: the buttons of the free times stand outside of it.
const FORM: &str = "when";

/// The form: `more` are its other fields, above the day.
#[must_use]
pub fn choice(desk: &Desk<'_>, choice: &When<'_>, more: Markup) -> Markup {
    let typed = choice.typed;
    let day = choice.day.to_string();
    let on = if typed.has("on") { typed.value("on") } else { &day };
    html! {
        form.form #(FORM) method="get" action=(choice.confirm) {
            (ui::amiss(typed, "No time is chosen yet."))
            (more)
            div.cols {
                (Field::new("on", "Day").kind("date").value(on).error(typed.error("on")))
                (Field::new("time", "Time").kind("time").value(typed.value("time")).error(typed.error("time")))
            }
            p { (Button::new("See what it does")) }
        }
        (free_times(desk, choice))
    }
}

fn free_times(desk: &Desk<'_>, choice: &When<'_>) -> Markup {
    let zone = desk.zone();
    let (monday, sunday) = (choice.monday, plus_days(choice.monday, 6));
    let week = |from: Date| (link::on_day(choice.here, from), when::days_from_to(from, plus_days(from, 6)));
    let (before, after) = (week(plus_days(monday, -7)), week(plus_days(monday, 7)));
    let of_day = |day: Date| choice.free.iter().filter(move |at| zone.date(**at) == day);
    let is_past = sunday < zone.date(desk.now);
    html! {
        section.gap aria-label="Free times" {
            (ui::weeknav((!is_past).then_some((before.0.as_str(), before.1.as_str())), &when::days_from_to(monday, sunday), Some((&after.0, &after.1))))
            (strip(choice, |day| of_day(day).count()))
            h3 { "Free on " (long_day(choice.day)) }
            @if of_day(choice.day).next().is_none() {
                p { "Nothing is free on that day. You can still type a time above; what is in the way is said first." }
            }
            ul.times {
                @for at in of_day(choice.day) {
                    li { button.time form=(FORM) name="slot" value=(at) { (when::time_of_day(*at, zone)) } }
                }
            }
        }
    }
}

fn strip(choice: &When<'_>, count: impl Fn(Date) -> usize) -> Markup {
    let days: Vec<(Date, String, String, String)> = (0..7)
        .map(|n| plus_days(choice.monday, n))
        .map(|on| (on, on.strftime("%a").to_string(), on.day().to_string(), link::on_day(choice.here, on)))
        .collect();
    let strip: Vec<Day<'_>> = days
        .iter()
        .map(|(on, name, number, href)| {
            let free = u32::try_from(count(*on)).unwrap_or(u32::MAX);
            let freedom = match free {
                n if *on == choice.day => Freedom::Shown(n, href),
                0 => Freedom::None,
                n => Freedom::Some(n, href),
            };
            Day { name, number, freedom }
        })
        .collect();
    ui::week(&strip)
}
