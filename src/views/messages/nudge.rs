//! Mails that move the lifecycle on, each sent once and each with a way to have no more of its kind: book the first
//! session, a week before the date, ready for what's next, the date is reached.

use super::draft::{Block, Draft, Span};
use super::purchase::left;
use super::{Credits, Mailing, Paper, write_to};
use crate::domain::credits::ledger::Consumed;
use crate::domain::id::LotId;
use crate::domain::time::{Timestamp, long_day, long_moment};
use crate::views::{link, text};

/// Nothing is booked a day after the purchase.
#[must_use]
pub fn book_first(
    paper: &Paper<'_>,
    credits: &Credits<'_>,
    times: &[Timestamp],
    unsubscribe: &str,
) -> Mailing {
    let Credits { practitioner, lot, balance } = *credits;
    let first = practitioner.name.first_word();
    let left = balance.available;
    let sessions = if left == 1 { "session is" } else { "sessions are" };
    let preheader = match times.first() {
        Some(&at) => format!("{first} has time on {}.", long_day(paper.zone.date(at))),
        None => "They keep until you choose a time.".to_owned(),
    };
    let mut draft = paper
        .draft(
            &format!("Your {} {sessions} ready when you are", text::number(left)),
            &format!("Ready when you are, {}", paper.first_name()),
        )
        .preheader(preheader)
        .knows_credits(credits)
        .opens(format!(
            "You have {} {} with {first}, waiting. The first one is often the hardest to put in the calendar.",
            text::number(left),
            if left == 1 { "session" } else { "sessions" }
        ));
    draft = free_times(paper, draft, lot.id, first, times);
    draft = draft.button(see_all(times), paper.url(&link::book(lot.id))).with(Block::Counter(
        credits.counter(),
        self::left(credits),
        text::use_them_by(lot, balance, paper.now),
    ));
    if let Some(deadline) = &balance.deadline {
        let keep = if left == 1 { "It keeps" } else { "They’ll keep" };
        draft = draft.closes([Span::from(format!(
            "Not yet? That’s fine too. {keep} until {}.",
            deadline.on.strftime("%-d %B")
        ))]);
    }
    let draft = draft.foot([
        Span::from("We send this once, a day after a purchase. "),
        Span::Link("Your sessions".to_owned(), paper.url(&link::me())),
        Span::from(" are always here."),
    ]);
    ended(paper, draft.with_times(), unsubscribe)
}

/// Credits reach their date in a week.
#[must_use]
pub fn expiry_soon(
    paper: &Paper<'_>,
    credits: &Credits<'_>,
    times: &[Timestamp],
    unsubscribe: &str,
) -> Mailing {
    let Credits { practitioner, lot, balance } = *credits;
    let first = practitioner.name.first_word();
    let left = balance.available;
    let today = lot.zone.date(paper.now);
    let on = balance.deadline.as_ref().map(|deadline| text::day(deadline.on, today)).unwrap_or_default();
    let sessions = if left == 1 { "session" } else { "sessions" };
    let mut draft = paper
        .draft(
            &format!("{} {sessions} to {} by {on}", text::number_first(left), text::to_use(lot)),
            &format!("{} {sessions}, until {on}", text::number_first(left)),
        )
        .knows_credits(credits)
        .preheader("There is still room, and you can ask for more time.")
        .with(Block::Counter(
            credits.counter(),
            self::left(credits),
            text::use_them_by(lot, balance, paper.now),
        ));
    draft = free_times(paper, draft, lot.id, first, times);
    let next = balance.used() + balance.held() + 1;
    let draft = draft
        .button(format!("Book session {next}"), paper.url(&link::book(lot.id)))
        .closes([
            Span::from("If this is a bad week, "),
            write_to(practitioner, &format!("ask {first} for more time")),
            Span::from(format!(". {first} can move the date.")),
        ])
        .because("We send this once, before sessions reach their date.")
        .with_times();
    ended(paper, draft, unsubscribe)
}

/// The last session is over.
#[must_use]
pub fn renewal(paper: &Paper<'_>, credits: &Credits<'_>, unsubscribe: &str) -> Mailing {
    let Credits { practitioner, lot, balance } = *credits;
    let first = practitioner.name.first_word();
    let total = balance.total;
    let count = text::number(total);
    let day = |at| paper.zone.date(at).strftime("%-d %B").to_string();
    let held: Vec<Timestamp> = balance.chapters().map(|sitting| sitting.starts_at).collect();
    let span = match (held.first(), held.last()) {
        (Some(&from), Some(&to)) if from != to => format!("{} to {}.", day(from), day(to)),
        (Some(&on), _) => format!("{}.", day(on)),
        _ => String::new(),
    };
    let (heading, all) = match total {
        1 => ("That was your session".to_owned(), "1 of 1 session used.".to_owned()),
        n => (format!("That was session {count}"), format!("{} of {n} sessions used.", balance.used())),
    };
    let draft = paper
        .draft(&heading, &heading)
        .knows_credits(credits)
        .preheader("Where you started, where you are, and what you might like next.")
        .with(Block::Counter(credits.counter(), all, span))
        .opens(if balance.used_by(Consumed::Attended) == total {
            "You saw it all the way through. Thank you for the trust, and for turning up."
        } else {
            "That was the last one. Thank you for the trust."
        })
        .words(format!(
            "Some people stop here, and some keep a little going. Both are good endings. If you’d like more, another {count} with {first} can begin from where you are now."
        ))
        .button(if total == 1 { "Look at another".to_owned() } else { format!("Look at another {count}") }, paper.url(&link::renew(lot.id)))
        .closes([
            Span::from("Or see "),
            Span::Link("everything that is offered".to_owned(), paper.url(&link::storefront(&practitioner.slug))),
            Span::from(", or "),
            write_to(practitioner, &format!("write to {first}")),
            Span::from("."),
        ])
        .because("We send this once, after the last session.");
    ended(paper, draft, unsubscribe)
}

/// Credits have reached their date.
#[must_use]
pub fn lapsed(paper: &Paper<'_>, credits: &Credits<'_>, unsubscribe: &str) -> Mailing {
    let Credits { practitioner, lot, balance } = *credits;
    let first = practitioner.name.first_word();
    let lost = balance.expired;
    let sessions = if lost == 1 { "session has" } else { "sessions have" };
    let today = lot.zone.date(paper.now);
    let on = balance.deadline.as_ref().map(|deadline| text::day(deadline.on, today)).unwrap_or_default();
    let booked = (balance.held() > 0).then(|| {
        Block::Words(vec![Span::from(match balance.held() {
            1 => "The session you have booked stays booked.".to_owned(),
            n => format!("The {n} sessions you have booked stay booked."),
        })])
    });
    let draft = paper
        .draft(
            &format!("{} {sessions} reached the date", text::number_first(lost)),
            &format!("{} {sessions} reached the date", text::number_first(lost)),
        )
        .knows_credits(credits)
        .preheader(format!("You can ask {first} for more time."))
        .opens(format!(
            "{on} was the last day to book {}. If life got in the way, say so: {first} can move the date and bring {} back.",
            if lost == 1 { "it" } else { "them" },
            if lost == 1 { "it" } else { "them" },
        ))
        .with(Block::Counter(
            credits.counter(),
            format!("{} of {} used.", balance.used(), text::sessions(balance.total)),
            format!("{lost} not booked in time."),
        ))
        .maybe(booked)
        .button(format!("Ask {first} for more time"), format!("mailto:{}", practitioner.email))
        .closes([
            Span::from("If you would rather begin anew, "),
            Span::Link("here is what is offered".to_owned(), paper.url(&link::storefront(&practitioner.slug))),
            Span::from("."),
        ])
        .because("We send this once, when sessions reach their date.");
    ended(paper, draft, unsubscribe)
}

/// The next free times, as links to the page that asks "Shall we book this?"; a link alone books nothing.
pub(super) fn free_times(
    paper: &Paper<'_>,
    draft: Draft,
    lot: LotId,
    first: &str,
    times: &[Timestamp],
) -> Draft {
    if times.is_empty() {
        return draft
            .words(format!("{first} has no free time in the next weeks. New times appear on your page."));
    }
    let choice = |&at: &Timestamp| {
        (long_moment(at, paper.zone), paper.url(&link::at_slot(&link::book_confirm(lot), at)))
    };
    draft
        .words(format!(
            "Here {} next with {first}. One tap chooses it; you confirm on the page.",
            if times.len() == 1 { "is what is free" } else { "is what’s free" }
        ))
        .with(Block::Choices(times.iter().map(choice).collect()))
}

/// What the button to all times is called.
pub(super) fn see_all(times: &[Timestamp]) -> &'static str {
    if times.is_empty() { "Open the calendar" } else { "See all times" }
}

/// Ends a nudge with the way to have no more of its kind.
fn ended(paper: &Paper<'_>, draft: Draft, unsubscribe: &str) -> Mailing {
    let draft = draft.foot([
        Span::from("Rather not get these? "),
        Span::Link("Unsubscribe from this kind".to_owned(), unsubscribe.to_owned()),
        Span::from("."),
    ]);
    paper.set(&draft)
}
