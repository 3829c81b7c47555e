//! Today: who comes next, the day, whom a gentle hand would help, and how the month stands.

mod gentle;

use jiff::civil::Date;
use maud::{Markup, html};

use super::decisions::{self, Decision};
use super::{Appointment, Desk, Tab, counter_of, day_in_words, time_of_day, way};
use crate::domain::billing::books::Stretch;
use crate::domain::billing::outlook::Outlook;
use crate::domain::billing::tally::Tally;
use crate::domain::calendar::fit::Fit;
use crate::domain::catalog::package::Format;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::messages::message::Message;
use crate::domain::people::client::Client;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, clock_time, long_day, until};
use crate::views::art::{Icon, sprig};
use crate::views::chart::{Counts, Pairs};
use crate::views::frond::{Counter, frond};
use crate::views::link;
use crate::views::text::{counted, number_first, sessions, times_in};
use crate::views::ui::{self, Button, Field, Note};

/// Credits of a client that ask for something.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// Whose.
    pub client: &'a Client,
    /// The credits.
    pub lot: &'a Lot,
    /// What they amount to.
    pub balance: &'a Balance,
    /// The nudge about it, planned or sent.
    pub nudge: Option<&'a Message>,
    /// For credits that reach their date: whether they can still be used.
    pub fit: Option<Fit>,
}

/// How the practice's money stands, for those who may see it.
#[derive(Debug, Clone)]
pub struct Money {
    /// The month so far, one per currency.
    pub tallies: Vec<Tally>,
    /// The last months, by their first days.
    pub months: Vec<Date>,
    /// The books of each of them, one row per currency.
    pub history: Vec<Vec<Stretch>>,
    /// The open sessions, by when they must be booked.
    pub outlook: Outlook,
}

/// The newest note about who comes next, for her who wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LastNote {
    /// Its words.
    Says(String),
    /// It does not open with this program's key.
    Sealed,
}

/// What today's page shows.
#[derive(Debug, Clone, Default)]
pub struct Today<'a> {
    /// Today's sessions, by start, those that are over included.
    pub sessions: Vec<Appointment<'a>>,
    /// The next session, today or later.
    pub next: Option<Appointment<'a>>,
    /// What was noted about who comes next.
    pub note: Option<LastNote>,
    /// Bought, and nothing booked yet.
    pub not_booked: Vec<Asking<'a>>,
    /// Credits that reach their date soon.
    pub reaching: Vec<Asking<'a>>,
    /// Finished, or about to be, with nothing newer.
    pub whats_next: Vec<Asking<'a>>,
    /// Sales that are to be paid at the practice.
    pub unpaid: Vec<(&'a Client, &'a Purchase)>,
    /// The next time today at which a session could start, if there is one.
    pub free: Option<Timestamp>,
    /// What of her money waits for a decision, for her alone.
    pub decisions: &'a [Decision<'a>],
    /// Whether the key of the account that sells is for tests only.
    pub charges_nothing: bool,
    /// Calendars elsewhere that could not be read for a day.
    pub unread: Vec<Line>,
    /// How the money stands.
    pub money: Option<Money>,
}

/// The page of a day.
#[must_use]
pub fn page(desk: &Desk<'_>, today: &Today<'_>) -> Markup {
    let date = desk.zone().date(desk.now);
    let main = html! {
        div.desk-head { h1 { (long_day(date)) } p { (lead(desk, today)) } }
        @for name in today.unread.iter().filter(|_| desk.seat.is_own()) {
            (ui::note(Note::Warn, &format!("Your calendar “{name}” could not be read for a day or more."), html! {
                "What it took is still taken. " a href=(link::desk_calendars()) { "See what is wrong" }
            }))
        }
        @if today.charges_nothing && desk.seat.is_own() {
            (ui::note(Note::Warn, "Test mode: nothing is charged.", html! {
                "Clients who pay online get their sessions without paying, until the account has its live key. "
                a href=(link::desk_till()) { "See your account" }
            }))
        }
        @if !today.decisions.is_empty() {
            section."lists decisions" aria-labelledby="de" {
                h2 #de { "Waiting for your decision" }
                (decisions::list(desk, today.decisions))
            }
        }
        div.today {
            @if let Some(next) = &today.next { (next_up(desk, next, today.note.as_ref())) }
            (agenda(desk, today))
            (gentle::lists(desk, today))
            @if let Some(money) = &today.money { (this_month(desk, date, money, today.whats_next.len())) }
        }
        p.hint.calfoot {
            (times_in(desk.zone()))
            @if desk.seat.is_own() { " " a href=(link::desk_messages()) { "What was sent, and what will be" } }
        }
    };
    desk.page("Today", Tab::Today, &main)
}

fn lead(desk: &Desk<'_>, today: &Today<'_>) -> String {
    let left: Vec<_> = today.sessions.iter().filter(|one| one.booking.starts_at >= desk.now).collect();
    let count = u32::try_from(today.sessions.len()).unwrap_or(u32::MAX);
    match left.first() {
        _ if today.sessions.is_empty() => "No sessions today.".to_owned(),
        None => format!("{} today, all begun or over.", many(count)),
        Some(first) => {
            let next = if left.len() == today.sessions.len() { "first" } else { "next" };
            format!("{} today. The {next} is {}.", many(count), from_now(first.booking.starts_at, desk.now))
        }
    }
}

/// "Three sessions".
fn many(n: u32) -> String {
    let noun = if n == 1 { "session" } else { "sessions" };
    format!("{} {noun}", number_first(n))
}

/// "in 25 minutes", "in 3 hours".
fn from_now(at: Timestamp, now: Timestamp) -> String {
    let minutes = until(now, at).as_secs().div_ceil(60);
    match minutes {
        0 | 1 => "about to begin".to_owned(),
        2..90 => format!("in {minutes} minutes"),
        _ => format!("in {} hours", (minutes + 30) / 60),
    }
}

fn next_up(desk: &Desk<'_>, next: &Appointment<'_>, note: Option<&LastNote>) -> Markup {
    let zone = desk.zone();
    let is_today = zone.date(next.booking.starts_at) == zone.date(desk.now);
    let video = match &next.booking.format {
        Format::Video { link: Some(link) } => Some(link.as_str()),
        _ => None,
    };
    html! {
        section."label now" aria-labelledby="nx" {
            p.label-no #nx {
                "Next, " @if !is_today { (day_in_words(next.booking.starts_at, desk.now, zone)) " " } "at "
                (time_of_day(next.booking.starts_at, zone))
            }
            h2 { a href=(link::desk_client(next.client.id)) { (next.client.name) } }
            p.prog { (sprig(counter_of(next.balance))) b { (rank_words(next)) } }
            @match note {
                Some(LastNote::Says(words)) => p { "Last time: " (words) },
                Some(LastNote::Sealed) => p.hint { "Your last note does not open with this program’s key." },
                None => {}
            }
            p.cluster {
                @if let Some(href) = video { (Button::new("Open video").icon(Icon::Video).link(href)) }
                a href=(link::desk_booking(next.booking.id)) { "This session" }
                a href=(link::desk_client(next.client.id)) {
                    @if desk.seat.sees_notes() { "Notes and history" } @else { "History" }
                }
            }
        }
    }
}

fn rank_words(one: &Appointment<'_>) -> String {
    one.rank().map_or_else(|| one.lot.offer.name.to_string(), |rank| format!("Session {rank}"))
}

fn agenda(desk: &Desk<'_>, today: &Today<'_>) -> Markup {
    let is_before = |one: &&Appointment<'_>| today.free.is_none_or(|free| one.booking.starts_at < free);
    let sooner = today.sessions.iter().take_while(is_before).count();
    let (sooner, later) = today.sessions.split_at(sooner);
    html! {
        section.agenda aria-labelledby="ag" {
            h2 #ag { "The day" }
            @if today.sessions.is_empty() { p { "Nothing is booked today." } }
            @if !today.sessions.is_empty() || today.free.is_some() {
                ol {
                    @for one in sooner { (line(desk, one)) }
                    @if let Some(at) = today.free {
                        li.free {
                            time { (hour(desk, at)) }
                            p { "Free, " a href=(link::at_slot(&link::desk_calendar_book(), at)) { "open to book" } }
                        }
                    }
                    @for one in later { (line(desk, one)) }
                }
            }
        }
    }
}

/// "3:30": whether before noon or after is plain from its place in the day.
fn hour(desk: &Desk<'_>, at: Timestamp) -> String {
    let time = clock_time(desk.zone().local(at).time());
    time.trim_end_matches(" am").trim_end_matches(" pm").to_owned()
}

fn line(desk: &Desk<'_>, one: &Appointment<'_>) -> Markup {
    html! {
        li {
            time { (hour(desk, one.booking.starts_at)) }
            div {
                h3 { a href=(link::desk_booking(one.booking.id)) { (one.client.name) } }
                p {
                    (rank_words(one)) ", " (way(&one.booking.format)) "."
                    @if one.is_last() { " " i { "The last one." } }
                    @if one.balance.chapter_of(one.booking.id) == Some(1) { " Their first." }
                }
            }
        }
    }
}

fn this_month(desk: &Desk<'_>, date: Date, money: &Money, renewals: usize) -> Markup {
    html! {
        section.money aria-labelledby="mo" {
            h2 #mo { (date.strftime("%B").to_string()) " so far" }
            @for (i, tally) in money.tallies.iter().enumerate() {
                dl.tally {
                    div { dt { "Collected" } dd { (tally.collected.short()) }
                        dd.hint {
                            (counted(tally.sold, "package", "packages")) " sold"
                            @if !tally.refunded.is_zero() { ", " (tally.refunded.short()) " given back" }
                        } }
                    div { dt { "Earned" } dd { (tally.earned.short()) }
                        dd.hint { (sessions(tally.used)) " used" } }
                    div { dt { "Outstanding" }
                        dd { (tally.outstanding) " " small { (if tally.outstanding == 1 { "session" } else { "sessions" }) } }
                        dd.hint { (tally.owed.short()) " to deliver" } }
                    @if i == 0 {
                        div { dt { "Renewals due" } dd { (renewals) }
                            dd.hint { "within 14 days" } }
                    }
                }
            }
            div.charts { (collected_and_earned(money)) (outstanding(&money.outlook)) }
            @if desk.seat.is_own() { p.gap { a href=(link::desk_money()) { "The books, receipts and files for your accountant" } } }
        }
    }
}

fn collected_and_earned(money: &Money) -> Markup {
    html! {
        @for (i, history) in money.history.iter().enumerate() {
            @if let Some(currency) = history.first().map(|month| month.after.collected.currency) {
                @let amounts = |stretch: &Stretch| [stretch.moved().collected, stretch.moved().earned];
                @let rows: Vec<_> = money.months.iter().copied().zip(history.iter().map(amounts)).collect();
                (Pairs {
                    id: &format!("ce{i}"), title: "Collected and earned", names: ["Collected", "Earned"], rows: &rows, currency,
                }.figure())
            }
        }
    }
}

fn outstanding(outlook: &Outlook) -> Markup {
    let name = |month: &Date, count: &u32| {
        (month.strftime("%b").to_string(), month.strftime("%B %Y").to_string(), *count)
    };
    let mut rows: Vec<_> = outlook.months.iter().map(|(month, count)| name(month, count)).collect();
    for (words, long, count) in
        [("Later", "Later", outlook.later), ("No date", "Without a date", outlook.undated)]
    {
        if count > 0 {
            rows.push((words.to_owned(), long.to_owned(), count));
        }
    }
    let title = "Sessions outstanding, by expiry";
    Counts { id: "so", title, heads: ["To book by", "Sessions"], rows: &rows }.figure()
}

/// The first day: nothing bought, nothing booked, three steps on.
#[must_use]
pub fn first_day(desk: &Desk<'_>, storefront_url: &str, published: usize) -> Markup {
    let date = desk.zone().date(desk.now);
    let main = html! {
        div.desk-head {
            h1 { (long_day(date)) }
            p {
                @if published == 0 { "Your storefront is open. No package is on it yet." }
                @else { "Your storefront is open. Nothing booked yet." }
            }
        }
        div.empty {
            div.quiet-fig { (frond(Counter::fresh(6))) }
            div {
                h2 { "The first one is the quiet part" }
                p { "Send your link to one person who has asked. When they buy, their sessions and your day will appear here." }
                div.inline {
                    (Field::new("link", "Your storefront").value(storefront_url).with("readonly", ""))
                    (Button::new("Copy").quiet().icon(Icon::Copy).copies("link"))
                }
                ul.plainlist {
                    @if published == 0 { li { a href=(link::desk_package_new()) { "Make your first package" } } }
                    @else { li { a href=(link::storefront(&desk.who.slug)) { "Look at your storefront as a client" } } }
                    li { a href=(link::desk_hours()) { "Check the hours you offer" } }
                    li { a href=(link::desk_settings()) { "Add a portrait and a word about you" } }
                }
                p.hint { (times_in(desk.zone())) }
            }
        }
    };
    desk.page("Today", Tab::Today, &main)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{after, minutes};

    #[test]
    fn waits_are_said_in_minutes_and_then_in_hours() {
        let now: Timestamp = "2026-04-14T13:05:00Z".parse().unwrap();
        let wait = |n| from_now(after(now, minutes(n)), now);
        let waits = [wait(1), wait(25), wait(100), wait(200)];
        assert_eq!(waits, ["about to begin", "in 25 minutes", "in 2 hours", "in 3 hours"]);
        assert_eq!((many(1).as_str(), many(3).as_str()), ("One session", "Three sessions"));
    }
}
