//! Today: who comes next, the day, whom a gentle hand would help, and how the month stands.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Appointment, Desk, Tab, counter_of, day_in_words, time_of_day, way};
use crate::domain::billing::tally::Tally;
use crate::domain::catalog::package::Format;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::messages::message::{Message, State};
use crate::domain::people::client::Client;
use crate::domain::time::{Timestamp, Zone, clock_time, long_day, until};
use crate::views::art::{Icon, sprig};
use crate::views::frond::{Counter, frond};
use crate::views::link;
use crate::views::text::{counted, number_first, sessions, times_in};
use crate::views::ui::{Button, Field};

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
}

/// What today's page shows.
#[derive(Debug, Clone, Default)]
pub struct Today<'a> {
    /// Today's sessions, by start, those that are over included.
    pub sessions: Vec<Appointment<'a>>,
    /// The next session, today or later.
    pub next: Option<Appointment<'a>>,
    /// Bought, and nothing booked yet.
    pub not_booked: Vec<Asking<'a>>,
    /// Credits that reach their date soon.
    pub reaching: Vec<Asking<'a>>,
    /// Finished, or about to be, with nothing newer.
    pub whats_next: Vec<Asking<'a>>,
    /// Sales that are to be paid at the practice.
    pub unpaid: Vec<(&'a Client, &'a Purchase)>,
    /// The month so far, one per currency.
    pub tallies: Vec<Tally>,
}

/// The page of a day.
#[must_use]
pub fn page(desk: &Desk<'_>, today: &Today<'_>) -> Markup {
    let date = desk.zone().date(desk.now);
    let main = html! {
        div.desk-head { h1 { (long_day(date)) } p { (lead(desk, today)) } }
        div.today {
            @if let Some(next) = &today.next { (next_up(desk, next)) }
            (agenda(desk, today))
            (lists(desk, today))
            @if desk.seat.sees_money() { (money(date, today)) }
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

fn next_up(desk: &Desk<'_>, next: &Appointment<'_>) -> Markup {
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
            p.prog { (sprig(counter_of(next.balance))) span { (rank_words(next)) } }
            p.cluster {
                @if let Some(href) = video { (Button::new("Open video").icon(Icon::Video).link(href)) }
                a href=(link::desk_booking(next.booking.id)) { "This session" }
                a href=(link::desk_client(next.client.id)) { "History" }
            }
        }
    }
}

fn rank_words(one: &Appointment<'_>) -> String {
    one.rank().map_or_else(|| one.lot.offer.name.to_string(), |rank| format!("Session {rank}"))
}

fn agenda(desk: &Desk<'_>, today: &Today<'_>) -> Markup {
    let zone = desk.zone();
    html! {
        section.agenda aria-labelledby="ag" {
            h2 #ag { "The day" }
            @if today.sessions.is_empty() { p { "Nothing is booked today." } }
            @else {
                ol {
                    @for one in &today.sessions {
                        li {
                            time { (clock_time(zone.local(one.booking.starts_at).time()).trim_end_matches(" am").trim_end_matches(" pm")) }
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
            }
        }
    }
}

fn lists(desk: &Desk<'_>, today: &Today<'_>) -> Markup {
    let nothing = today.not_booked.is_empty()
        && today.reaching.is_empty()
        && today.whats_next.is_empty()
        && today.unpaid.is_empty();
    html! {
        section.lists aria-labelledby="gh" {
            h2 #gh { "A gentle hand" }
            @if nothing { p { "Nobody needs anything from you just now." } }
            (list("Bought, not yet booked", &today.not_booked, |one| first_session(desk, one)))
            (list("Credits reaching their date", &today.reaching, reaching))
            (list("Ready for what’s next", &today.whats_next, |one| whats_next(desk, one)))
            @if !today.unpaid.is_empty() {
                h3 { "Awaiting payment at the practice" }
                ul.people {
                    @for (client, purchase) in &today.unpaid {
                        (person(client, Counter::fresh(purchase.offer.sessions), &format!(
                            "{}, asked for {}. Reference {}.", purchase.offer.price.short(),
                            day_in_words(purchase.asked_at, desk.now, desk.zone()), purchase.reference),
                            &Button::new("Mark as paid").heard(&format!(" by {}", client.name))
                                .link(&link::desk_purchase(purchase.id))))
                    }
                }
            }
        }
    }
}

fn list(heading: &str, asking: &[Asking<'_>], row: impl Fn(&Asking<'_>) -> Markup) -> Markup {
    html! {
        @if !asking.is_empty() {
            h3 { (heading) }
            ul.people { @for one in asking { (row(one)) } }
        }
    }
}

fn person(client: &Client, counter: Counter, words: &str, action: &Button<'_>) -> Markup {
    html! {
        li {
            div { h4 { a href=(link::desk_client(client.id)) { (client.name) } } p { (words) } }
            (sprig(counter))
            (action.quiet().small())
        }
    }
}

fn first_session(desk: &Desk<'_>, one: &Asking<'_>) -> Markup {
    let zone = desk.zone();
    let words = format!(
        "{} {}. {}",
        if one.lot.is_comp() { "Given" } else { "Bought" },
        day_in_words(one.lot.granted_at, desk.now, zone),
        nudge_words("Reminder", one.nudge, desk.now, zone)
    );
    let action = format!("Write to {}", one.client.name.first_word());
    let href = format!("mailto:{}", one.client.email);
    person(one.client, counter_of(one.balance), words.trim(), &Button::new(&action).link(&href))
}

fn reaching(one: &Asking<'_>) -> Markup {
    let by = one.balance.deadline.as_ref().map_or(String::new(), |by| format!(", until {}", long_day(by.on)));
    let words = format!("{} unbooked{by}.", one.balance.available);
    let action = format!("Extend {}’s", one.client.name.first_word());
    let href = link::desk_extend(one.lot.id);
    person(one.client, counter_of(one.balance), &words, &Button::new(&action).link(&href))
}

fn whats_next(desk: &Desk<'_>, one: &Asking<'_>) -> Markup {
    let zone = desk.zone();
    let words = one.balance.last_session_ends_at().map_or(String::new(), |at| {
        let verb = if at > desk.now { "Finishes" } else { "Finished" };
        format!(
            "{verb} {}. {}",
            day_in_words(at, desk.now, zone),
            nudge_words("Renewal note", one.nudge, desk.now, zone)
        )
    });
    let action = format!("See {}", one.client.name.first_word());
    let href = link::desk_client(one.client.id);
    person(one.client, counter_of(one.balance), words.trim(), &Button::new(&action).link(&href))
}

/// "Reminder goes out tomorrow, 7:10 pm." or what became of it.
fn nudge_words(name: &str, nudge: Option<&Message>, now: Timestamp, zone: &Zone) -> String {
    match nudge.map(|nudge| (&nudge.state, nudge.try_at)) {
        None => String::new(),
        Some((State::Planned | State::Sending { .. }, at)) => {
            let time = clock_time(zone.local(at).time());
            format!("{name} goes out {}, {time}.", day_in_words(at, now, zone))
        }
        Some((State::Sent { at } | State::Unsure { at }, _)) => {
            format!("{name} went out {}.", day_in_words(*at, now, zone))
        }
        Some((State::Suppressed { .. }, _)) => format!("{name} was not needed."),
        Some((State::Dead { .. }, _)) => format!("{name} could not be delivered."),
    }
}

fn money(date: Date, today: &Today<'_>) -> Markup {
    html! {
        section.money aria-labelledby="mo" {
            h2 #mo { (date.strftime("%B").to_string()) " so far" }
            @for (i, tally) in today.tallies.iter().enumerate() {
                dl.tally {
                    div { dt { "Collected" } dd { (tally.collected.short()) }
                        dd.hint { (counted(tally.sold, "package", "packages")) " sold" } }
                    div { dt { "Earned" } dd { (tally.earned.short()) }
                        dd.hint { (sessions(tally.used)) " used" } }
                    div { dt { "Outstanding" }
                        dd { (tally.outstanding) " " small { (if tally.outstanding == 1 { "session" } else { "sessions" }) } }
                        dd.hint { (tally.owed.short()) " to deliver" } }
                    @if i == 0 {
                        div { dt { "Renewals due" } dd { (today.whats_next.len()) }
                            dd.hint { "within 14 days" } }
                    }
                }
            }
        }
    }
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
