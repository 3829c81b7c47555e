//! A gentle hand: whom it would help, with what.

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Asking, Today};
use crate::domain::calendar::fit::Fit;
use crate::domain::messages::message::{Kind, Message, State};
use crate::domain::people::client::Client;
use crate::domain::time::{Timestamp, Zone, clock_time, long_day};
use crate::views::art::sprig;
use crate::views::frond::Counter;
use crate::views::link;
use crate::views::practitioner::{Desk, counter_of, day_in_words};
use crate::views::text::counted;
use crate::views::ui::Button;

/// The lists, each with the one action that helps.
#[must_use]
pub(super) fn lists(desk: &Desk<'_>, today: &Today<'_>) -> Markup {
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
                            Action { words: "Mark as paid".to_owned(), href: link::desk_purchase(purchase.id) }))
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

/// What helps somebody.
struct Action {
    words: String,
    href: String,
}

fn person(client: &Client, counter: Counter, words: &str, action: Action) -> Markup {
    let heard = if action.words.contains(client.name.first_word()) {
        String::new()
    } else {
        format!(", {}", client.name)
    };
    html! {
        li {
            div { h4 { a href=(link::desk_client(client.id)) { (client.name) } } p { (words) } }
            (sprig(counter))
            (Button::new(&action.words).heard(&heard).link(&action.href).quiet().small())
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
    person(one.client, counter_of(one.balance), words.trim(), book(one))
}

/// The way to book for somebody.
fn book(one: &Asking<'_>) -> Action {
    Action {
        words: format!("Book for {}", one.client.name.first_word()),
        href: link::asking(&link::desk_book(one.client.id), &[("lot", &one.lot.id.to_string())]),
    }
}

fn reaching(one: &Asking<'_>) -> Markup {
    let words = match (&one.balance.deadline, one.fit) {
        (Some(by), Some(fit)) => fit_words(fit, by.on),
        (Some(by), None) => format!("{} to book, until {}.", one.balance.available, long_day(by.on)),
        (None, _) => format!("{} to book.", one.balance.available),
    };
    let extend = || Action {
        words: format!("Extend {}’s", one.client.name.first_word()),
        href: link::desk_extend(one.lot.id),
    };
    let action = if one.fit.is_some_and(|fit| fit.fits()) { book(one) } else { extend() };
    person(one.client, counter_of(one.balance), &words, action)
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
    let action = if desk.seat.is_own() { read_the_note(one) } else { see(one) };
    person(one.client, counter_of(one.balance), words.trim(), action)
}

/// The way to the note about what is next: as it went out, or as it can be sent.
fn read_the_note(one: &Asking<'_>) -> Action {
    let gone = one.nudge.filter(|nudge| matches!(nudge.state, State::Sent { .. } | State::Unsure { .. }));
    let by_hand = || link::desk_nudge(one.lot.id, Kind::Renewal.name());
    Action {
        words: "Read the note".to_owned(),
        href: gone.map_or_else(by_hand, |nudge| link::desk_message(nudge.id)),
    }
}

fn see(one: &Asking<'_>) -> Action {
    Action { words: format!("See {}", one.client.name.first_word()), href: link::desk_client(one.client.id) }
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
