//! Choosing a time (the mocks 06 and 15b), to book a session or to move one: a week as a strip, a day's times as buttons.

use jiff::civil::{Date, Weekday};
use maud::{Markup, html};

use super::credit;
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::package::Format;
use crate::domain::credits::selection::Counted;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, Zone, long_day, plus_days};
use crate::views::around::{Around, Here, Page};
use crate::views::art::{Icon, icon};
use crate::views::frond::Counter;
use crate::views::ui::{self, Button, Day, Freedom, Note, Select, Time, TimeGroup};
use crate::views::{link, text, when};

/// What a time is chosen for.
#[derive(Debug, Clone, Copy)]
pub enum Purpose<'a> {
    /// A new session.
    Book,
    /// Another time for this one.
    Move(&'a Booking),
}

/// The page of times.
#[derive(Debug)]
pub struct Times<'a> {
    /// What for.
    pub purpose: Purpose<'a>,
    /// The lot that one comes from.
    pub counted: &'a Counted,
    /// With whom.
    pub with: &'a Practitioner,
    /// The zone in which times are shown.
    pub zone: &'a Zone,
    /// A day of the week that is shown, in that zone.
    pub day: Date,
    /// What is free in that week, in order; more does no harm.
    pub free: &'a [Timestamp],
    /// The first day and the last that have a week to show.
    pub reach: (Date, Date),
    /// The first time that is free after that week, if the week has none.
    pub next_free: Option<Timestamp>,
    /// What became of an earlier choice.
    pub said: Option<text::Said>,
}

/// The Monday of a date's week.
#[must_use]
pub fn monday(day: Date) -> Date {
    plus_days(day, -i32::from(day.weekday().since(Weekday::Monday)))
}

/// The page on which one chooses.
#[must_use]
pub fn times(around: &Around<'_>, times: &Times<'_>) -> Markup {
    let (lot, balance) = times.counted;
    let number = match times.purpose {
        Purpose::Book => credit::next_number(balance),
        Purpose::Move(booking) => {
            balance.chapter_of(booking.id).unwrap_or_else(|| credit::next_number(balance))
        }
    };
    let (back, words, title) = match times.purpose {
        Purpose::Book => (link::me(), "Your sessions", format!("Choose a time for session {number}")),
        Purpose::Move(booking) => {
            (link::change(booking.id), "Move or cancel", format!("Choose a new time for session {number}"))
        }
    };
    let main = html! {
        div."wrap narrow slots" {
            (ui::crumb(&back, words))
            h1 { (title) }
            p.sub {
                @if let Some(chapter) = credit::chapter(&lot.offer, number) { i { (chapter) "." } " " }
                (text::length(lot.offer.length_minutes)) " with " (times.with.name.as_str())
            }
            @if let Some(said) = &times.said { (ui::note(Note::Warn, &said.what, html! { (said.then) })) }
            @match times.purpose {
                Purpose::Book => {
                    (ui::balance(Counter::of(balance), &format!("{} left.", text::capital(&text::sessions(balance.available))),
                        &credit::use_by_sentence(times.counted)))
                }
                Purpose::Move(booking) => {
                    p.balance { span { "Now " b { (when::moment(booking.starts_at, times.zone)) } "." } }
                }
            }
            (week(times))
            (zone(times))
            p.aside {
                "Nothing that fits? " a href={ "mailto:" (times.with.email) } { "Write to " (times.with.name.first_word()) }
                " and ask for a gap."
            }
        }
    };
    around.page(Page::new(&title, Here::Book), &main)
}

fn here(times: &Times<'_>) -> String {
    match times.purpose {
        Purpose::Book => link::book(times.counted.0.id),
        Purpose::Move(booking) => link::move_booking(booking.id),
    }
}

fn confirm(times: &Times<'_>) -> String {
    match times.purpose {
        Purpose::Book => link::book_confirm(times.counted.0.id),
        Purpose::Move(booking) => link::move_confirm(booking.id),
    }
}

fn week(times: &Times<'_>) -> Markup {
    let first = monday(times.day);
    let last = plus_days(first, 6);
    let on = |date: Date| times.free.iter().copied().filter(move |at| times.zone.date(*at) == date);
    let free: Vec<(Date, u32)> = (0..7)
        .map(|i| plus_days(first, i))
        .map(|date| (date, u32::try_from(on(date).count()).unwrap_or(u32::MAX)))
        .collect();
    // A day without times gives way to the week's first that has some.
    let shown = free
        .iter()
        .find(|(date, count)| *date == times.day && *count > 0)
        .or_else(|| free.iter().find(|(_, count)| *count > 0))
        .map(|(date, _)| *date);
    html! {
        (nav(times, first, last))
        (strip(times, &free, shown))
        @match shown {
            Some(date) => {
                h2.dayname { (long_day(date)) }
                (day_times(&confirm(times), &on(date).collect::<Vec<_>>(), times.zone))
            }
            None => { (nothing_free(times)) }
        }
    }
}

fn nav(times: &Times<'_>, first: Date, last: Date) -> Markup {
    let (from, to) = times.reach;
    let way =
        |monday: Date| (link::on_day(&here(times), monday), when::days_from_to(monday, plus_days(monday, 6)));
    let before = (first > from).then(|| way(plus_days(first, -7)));
    let after = (last < to).then(|| way(plus_days(first, 7)));
    ui::weeknav(
        before.as_ref().map(|(href, dates)| (href.as_str(), dates.as_str())),
        &when::days_from_to(first, last),
        after.as_ref().map(|(href, dates)| (href.as_str(), dates.as_str())),
    )
}

fn strip(times: &Times<'_>, free: &[(Date, u32)], shown: Option<Date>) -> Markup {
    let days: Vec<(String, String, String)> = free
        .iter()
        .map(|(date, _)| {
            (date.strftime("%a").to_string(), date.day().to_string(), link::on_day(&here(times), *date))
        })
        .collect();
    let strip: Vec<Day<'_>> = free
        .iter()
        .zip(&days)
        .map(|((date, count), (name, number, href))| {
            let freedom = match count {
                0 => Freedom::None,
                n if Some(*date) == shown => Freedom::Shown(*n, href),
                n => Freedom::Some(*n, href),
            };
            Day { name, number, freedom }
        })
        .collect();
    ui::week(&strip)
}

fn nothing_free(times: &Times<'_>) -> Markup {
    let first = times.with.name.first_word();
    html! {
        h2.dayname { "Nothing is free this week" }
        @match times.next_free {
            Some(at) => p {
                "The next free time is "
                a href=(link::on_day(&here(times), times.zone.date(at))) { (when::moment_tag(at, times.zone)) } "."
            },
            None => p {
                (first) " has no free times at the moment that your sessions reach. Your credit is untouched."
            },
        }
    }
}

/// The times of one day, by the parts of it.
fn day_times(confirm: &str, free: &[Timestamp], zone: &Zone) -> Markup {
    let part = |at: Timestamp| match zone.local(at).hour() {
        ..12 => "Morning",
        12..17 => "Afternoon",
        _ => "Evening",
    };
    groups(confirm, free, zone, |at| part(at).to_owned(), Heard::Nothing)
}

/// Some times of several days, by the day; each says its day to those who hear it alone.
#[must_use]
pub fn time_list(confirm: &str, free: &[Timestamp], zone: &Zone) -> Markup {
    groups(confirm, free, zone, |at| when::day(at, zone), Heard::Day)
}

/// A few of many times to begin with: of the first three days up to three each, spread over the day.
#[must_use]
pub fn a_few(free: &[Timestamp], zone: &Zone) -> Vec<Timestamp> {
    let days = free.chunk_by(|a, b| zone.date(*a) == zone.date(*b));
    days.take(3)
        .flat_map(|day| match day {
            [_, _, _, ..] => vec![day[0], day[day.len() / 2], day[day.len() - 1]],
            few => few.to_vec(),
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heard {
    Day,
    Nothing,
}

fn groups(
    confirm: &str,
    free: &[Timestamp],
    zone: &Zone,
    heading: impl Fn(Timestamp) -> String,
    heard: Heard,
) -> Markup {
    let all: Vec<(String, String, String)> =
        free.iter().map(|&at| (heading(at), at.to_string(), when::time_of_day(at, zone))).collect();
    let heard_days: Vec<String> = all.iter().map(|(heading, ..)| format!("{heading}, ")).collect();
    let mut groups: Vec<TimeGroup<'_>> = Vec::new();
    for ((heading, value, words), heard_day) in all.iter().zip(&heard_days) {
        let time = Time { value, words };
        match groups.last_mut() {
            Some(group) if group.heading == heading => group.times.push(time),
            _ => groups.push(TimeGroup {
                heading,
                heard_day: (heard == Heard::Day).then_some(heard_day.as_str()),
                times: vec![time],
            }),
        }
    }
    ui::times(confirm, &[], &groups)
}

/// In which zone the times are, and the form that changes it.
fn zone(times: &Times<'_>) -> Markup {
    let options = when::zone_options(times.zone);
    let options: Vec<(&str, &str)> =
        options.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    let next = link::on_day(&here(times), times.day);
    html! {
        details.tz {
            summary { (icon(Icon::Clock)) (text::times_in(times.zone)) " " span { "Change" } }
            form.inline method="post" action=(link::zone()) {
                input type="hidden" name="next" value=(next);
                (Select::new("tz", "Show times in", &options).value(times.zone.name()))
                (Button::new("Show").quiet())
            }
        }
        (venue(&times.counted.0.offer.format, times.with, times.zone))
    }
}

/// For sessions in a room elsewhere: that its clock is another one.
fn venue(format: &Format, with: &Practitioner, zone: &Zone) -> Markup {
    html! {
        @if matches!(format, Format::InPerson { .. }) && with.zone != *zone {
            (ui::note(Note::Info, "You meet in person.", html! {
                "The room is on " (text::zone(&with.zone)) "; the next page shows both."
            }))
        }
    }
}

/// When a session is, also by the clock of the room it is in.
#[must_use]
pub fn at_the_venue(format: &Format, with: &Practitioner, zone: &Zone, at: Timestamp) -> Markup {
    html! {
        @if matches!(format, Format::InPerson { .. }) && with.zone != *zone {
            br; "At the practice: " (when::moment(at, &with.zone)) ", " (text::zone(&with.zone)) "."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{after, minutes};
    use jiff::civil::date;

    #[test]
    fn a_week_begins_on_its_monday() {
        for (day, first) in [(20, 20), (23, 20), (26, 20), (27, 27)] {
            assert_eq!(monday(date(2026, 4, day)), date(2026, 4, first));
        }
    }

    #[test]
    fn the_few_times_are_of_three_days_and_spread_over_each() {
        let start: Timestamp = "2026-04-20T08:00:00Z".parse().unwrap();
        let free: Vec<Timestamp> = (0..5)
            .flat_map(|day| (0..9).map(move |i| after(start, minutes(day * 24 * 60 + i * 60))))
            .collect();
        let few = a_few(&free, &Zone::utc());
        assert_eq!(few.len(), 9);
        assert_eq!(few[..3], [free[0], free[4], free[8]]);
        assert_eq!(a_few(&free[7..11], &Zone::utc()), free[7..11]);
    }

    #[test]
    fn times_of_several_days_say_their_day_and_keep_their_order() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let free = [at("2026-04-20T22:30:00Z"), at("2026-04-21T07:00:00Z")];
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        let text = time_list("/confirm", &free, &berlin).0;
        assert_eq!(
            text.matches("<h3>Tuesday 21 April</h3>").count(),
            1,
            "half past midnight is Tuesday there"
        );
        assert!(
            text.contains(
                r#"value="2026-04-20T22:30:00Z"><span class="sr">Tuesday 21 April, </span>12:30 am"#
            )
        );
    }
}
