//! Choosing a time: the days of a week as a strip, the times of a day as buttons in a GET form.

use maud::{Markup, html};

use crate::views::art::{Icon, icon};

/// How much of a day is free, and where that leads.
#[derive(Debug, Clone, Copy)]
pub enum Freedom<'a> {
    /// Nothing: text, and no link.
    None,
    /// So many times; leads there.
    Some(u32, &'a str),
    /// The same, and it is the day shown below.
    Shown(u32, &'a str),
}

/// A day of the strip.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// "Thu".
    pub name: &'a str,
    /// "23".
    pub number: &'a str,
    /// What is free.
    pub freedom: Freedom<'a>,
}

/// The strip of days.
#[must_use]
pub fn week(days: &[Day<'_>]) -> Markup {
    html! {
        ol.week aria-label="Days" {
            @for day in days {
                @match day.freedom {
                    Freedom::None => li.none {
                        span { (day.name) } b { (day.number) }
                        small { span.sr { "none free" } span aria-hidden="true" { "–" } }
                    },
                    Freedom::Some(count, href) => li {
                        a href=(href) { span { (day.name) } " " b { (day.number) } " " small { (count) " free" } }
                    },
                    Freedom::Shown(count, href) => li {
                        a href=(href) aria-current="date" {
                            span { (day.name) } " " b { (day.number) } " " small { (count) " free" }
                        }
                    },
                }
            }
        }
    }
}

/// The heading of a week between the ways to the weeks before and after: `(href, "13 to 19 April")`. Where there is
/// no way, its place stays empty.
#[must_use]
pub fn weeknav(before: Option<(&str, &str)>, title: &str, after: Option<(&str, &str)>) -> Markup {
    let way = |to: Option<(&str, &str)>, words: &str, shape: Icon| {
        html! {
            @match to {
                Some((href, dates)) => { a href=(href) aria-label={ (words) ", " (dates) } { (icon(shape)) } }
                None => { span {} }
            }
        }
    };
    html! {
        nav.weeknav aria-label="Week" {
            (way(before, "Week before", Icon::Prev))
            h2 { (title) }
            (way(after, "Week after", Icon::Next))
        }
    }
}

/// A time that can be had.
#[derive(Debug, Clone, Copy)]
pub struct Time<'a> {
    /// What is sent as `slot`.
    pub value: &'a str,
    /// "5:30 pm".
    pub words: &'a str,
}

/// The times under one heading.
#[derive(Debug, Clone)]
pub struct TimeGroup<'a> {
    /// A part of the day ("Evening") under a day's heading, or a day ("Thursday 16 April").
    pub heading: &'a str,
    /// The day before each time's own words, for those who hear the button alone: "Thursday 16 April, ".
    pub heard_day: Option<&'a str>,
    /// Its times.
    pub times: Vec<Time<'a>>,
}

/// The times as buttons that lead to the page where one confirms; a GET, so nothing is booked by it.
/// `carried` are more names and values to send along. The day and the zone must stand in words nearby.
#[must_use]
pub fn times(confirm_href: &str, carried: &[(&str, &str)], groups: &[TimeGroup<'_>]) -> Markup {
    html! {
        form method="get" action=(confirm_href) {
            @for (name, value) in carried { input type="hidden" name=(name) value=(value); }
            @for group in groups {
                div.day-times {
                    h3 { (group.heading) }
                    ul.times {
                        @for time in &group.times {
                            li {
                                button.time name="slot" value=(time.value) {
                                    @if let Some(day) = group.heard_day { span.sr { (day) } }
                                    (time.words)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_with_nothing_free_is_no_link() {
        let days = [
            Day { name: "Wed", number: "22", freedom: Freedom::None },
            Day { name: "Thu", number: "23", freedom: Freedom::Shown(5, "?day=23") },
            Day { name: "Fri", number: "24", freedom: Freedom::Some(4, "?day=24") },
        ];
        let text = week(&days).0;
        assert_eq!((text.matches("<a ").count(), text.matches("aria-current=\"date\"").count()), (2, 1));
        assert!(text.contains("none free"));
    }

    #[test]
    fn times_are_sent_with_what_is_carried_along() {
        let group = TimeGroup {
            heading: "Evening",
            heard_day: Some("Thursday 23 April, "),
            times: vec![Time { value: "17", words: "5:30 pm" }],
        };
        let text = times("/me/book/confirm", &[("lot", "a\"b")], &[group]).0;
        assert!(text.starts_with("<form method=\"get\" action=\"/me/book/confirm\"><input type=\"hidden\""));
        assert!(text.contains("value=\"a&quot;b\""));
        assert!(text.contains("<button class=\"time\" name=\"slot\" value=\"17\"><span class=\"sr\">Thursday 23 April, </span>5:30 pm</button>"));
    }
}
