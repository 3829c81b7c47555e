//! Mails that go by a practitioner's hand: a few words to one client, a welcome after credits were brought in; and what she
//! is told when a client asks to be erased, or no backup could be proved.

use super::draft::Block;
use super::purchase::left;
use super::{Credits, Mailing, Paper, write_to};
use crate::domain::keeping::backup::Overdue;
use crate::domain::messages::wording::Blank;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::long_date;
use crate::views::{link, text};

/// A few words to one client: subject and paragraphs are hers, put in by the paper's wording.
#[must_use]
pub fn personal(paper: &Paper<'_>, practitioner: &Practitioner) -> Mailing {
    let first = practitioner.name.first_word();
    let draft = paper
        .draft(&format!("A few words from {first}"), &format!("A few words from {first}"))
        .preheader(format!("{first} wrote to you."))
        .knows(Blank::Practitioner, first)
        .opens("")
        .button("Your sessions", paper.url(&link::me()))
        .spans([write_to(practitioner, &format!("Answer {first} by email")), ".".into()])
        .because(&format!("You’re getting this because {first} wrote it to you."));
    paper.set(&draft)
}

/// Credits that were bought elsewhere can be booked here.
#[must_use]
pub fn welcome(paper: &Paper<'_>, credits: &Credits<'_>) -> Mailing {
    let Credits { practitioner, lot, balance } = *credits;
    let first = practitioner.name.first_word();
    let left_to_book = text::sessions(balance.available);
    let draft = paper
        .draft("Your sessions have a page of their own", &format!("Welcome, {}", paper.first_name()))
        .preheader(format!("{left_to_book} with {first}, to book when it suits you."))
        .knows_credits(credits)
        .opens(format!("{first} now keeps your sessions here. You can book, move and cancel them yourself, at any hour."))
        .with(Block::Counter(credits.counter(), left(credits), text::use_them_by(lot, balance, paper.now)))
        .button("Open your sessions", paper.url(&link::me()))
        .words("You sign in with this email address: we send you a link that lets you in. No password is needed.")
        .closes([super::Span::from("To reach "), write_to(practitioner, first), ", write at any time.".into()])
        .because(&format!("You’re getting this because {first} brought your sessions here."));
    paper.set(&draft)
}

/// What a practitioner is told when a client asks to be erased.
#[must_use]
pub fn erasure_asked(paper: &Paper<'_>, client: &Client) -> Mailing {
    let name = client.name.as_str();
    let draft = paper
        .draft("A client asks to be erased", "A client asks to be erased")
        .preheader("What goes and what your books keep is shown first.")
        .words(format!(
            "{name} asks that what is kept about them is erased. The page shows what goes, what your books must \
             keep, and what has to be settled before. Nothing has been erased yet."
        ))
        .button("Look at it", paper.url(&link::desk_erase(client.id)))
        .because("You’re getting this because somebody who has sessions with you asked for it.");
    paper.set(&draft)
}

/// What an owner is told when no backup was verified for a week.
#[must_use]
pub fn backup_overdue(paper: &Paper<'_>, all: &[Overdue]) -> Mailing {
    let mut draft = paper
        .draft("No backup for a week", "No backup for a week")
        .preheader("What is wrong, and what can be done.")
        .words(
            "If this machine were lost today, what was booked and paid since the last backup would be lost with it. \
             Everything else goes on as usual.",
        )
        .with_times();
    for one in all {
        let name = one.destination.name.as_str();
        let last = one.verified_at.map_or_else(
            || format!("{name}: there has been none yet."),
            |at| format!("{name}: the last one is of {}.", long_date(paper.zone.date(at))),
        );
        let why = one.why.map(|why| format!(" {}", text::backup_trouble(why))).unwrap_or_default();
        draft = draft.words(format!("{last}{why}"));
    }
    let draft = draft
        .button("Look at it", paper.url(&link::desk_backups()))
        .because("You’re getting this because you own the practice. It comes once a week while it lasts.");
    paper.set(&draft)
}
