//! Today: who comes next, the day, whom a gentle hand would help, and how the month stands.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Appointment, Desk, Tab, counter_of, day_in_words, time_of_day, way};
use crate::domain::billing::books::Stretch;
use crate::domain::billing::outlook::Outlook;
use crate::domain::billing::tally::Tally;
use crate::domain::calendar::fit::Fit;
use crate::domain::catalog::package::Format;
use crate::domain::catalog::purchase::Purchase;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::messages::message::{Message, State};
use crate::domain::people::client::Client;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, clock_time, long_day, until};
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
        div.today {
            @if let Some(next) = &today.next { (next_up(desk, next, today.note.as_ref())) }
            (agenda(desk, today))
            (lists(desk, today))
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
    let words = match (&one.balance.deadline, one.fit) {
        (Some(by), Some(fit)) => fit_words(fit, by.on),
        (Some(by), None) => format!("{} to book, until {}.", one.balance.available, long_day(by.on)),
        (None, _) => format!("{} to book.", one.balance.available),
    };
    let action = format!("Extend {}’s", one.client.name.first_word());
    let href = link::desk_extend(one.lot.id);
    person(one.client, counter_of(one.balance), &words, &Button::new(&action).link(&href))
}

/// "3 to book by Sunday 19 April, 11 free times until Sunday 3 May."
fn fit_words(fit: Fit, by: Date) -> String {
    let (left, day) = (fit.left, long_day(by));
    let until =
        if fit.until > by { format!("until {}", long_day(fit.until)) } else { "until then".to_owned() };
    let times = counted(fit.room, "free time", "free times");
    match fit.room {
        0 => format!("{left} to book by {day}, and no free time {until}."),
        _ if fit.fits() => format!("{left} to book by {day}, {times} {until}."),
        _ => format!("{left} to book by {day}, only {times} {until}."),
    }
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
    fn whether_credits_can_still_fit_is_said_in_a_line() {
        let by = "2026-04-19".parse().unwrap();
        let words =
            |left, room, until: &str| fit_words(Fit { left, room, until: until.parse().unwrap() }, by);
        assert_eq!(
            words(3, 11, "2026-05-03"),
            "3 to book by Sunday 19 April, 11 free times until Sunday 3 May."
        );
        assert_eq!(words(2, 1, "2026-04-19"), "2 to book by Sunday 19 April, only 1 free time until then.");
        assert_eq!(
            words(2, 0, "2026-05-03"),
            "2 to book by Sunday 19 April, and no free time until Sunday 3 May."
        );
    }

    #[test]
    fn waits_are_said_in_minutes_and_then_in_hours() {
        let now: Timestamp = "2026-04-14T13:05:00Z".parse().unwrap();
        let wait = |n| from_now(after(now, minutes(n)), now);
        let waits = [wait(1), wait(25), wait(100), wait(200)];
        assert_eq!(waits, ["about to begin", "in 25 minutes", "in 2 hours", "in 3 hours"]);
        assert_eq!((many(1).as_str(), many(3).as_str()), ("One session", "Three sessions"));
    }
}
