//! Notes about a client: in her page and a session's, and the forms to write, change and delete them. Private unless they are
//! shared, and what is shared is marked.

use std::collections::HashMap;

use maud::{Markup, html};

use super::{Desk, Tab, day_in_words};
use crate::domain::calendar::booking::Booking;
use crate::domain::id::{BookingId, NoteId};
use crate::domain::people::client::Client;
use crate::domain::people::note::{Audience, Kind, Note, ends};
use crate::domain::time::{long_moment, short_date};
use crate::views::link;
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Choice, Choices, Tag};

/// The name of the field that says who reads.
pub const SHARED: &str = "shared";

/// What is written about a client, with the session that each is about.
#[derive(Debug, Clone, Copy)]
pub struct Notes<'a> {
    /// About whom.
    pub client: &'a Client,
    /// What is written, oldest first; nothing if it does not open.
    pub all: Option<&'a [Note]>,
    /// The sessions with her, by id.
    pub sessions: &'a HashMap<BookingId, Booking>,
}

impl<'a> Notes<'a> {
    fn open(&self) -> &'a [Note] {
        self.all.unwrap_or_default()
    }

    /// What is written about a session.
    pub fn about(&self, booking: BookingId) -> impl Iterator<Item = &'a Note> {
        self.open().iter().filter(move |note| note.heading.booking == Some(booking))
    }
}

/// The beginning of a note, for a line of something else: its first sentence, or as much of it as fits.
#[must_use]
pub fn beginning(note: &Note) -> String {
    const ROOM: usize = 90;
    let line = note.text.as_str().lines().next().unwrap_or_default();
    let end = line.find(". ").map_or(line.len(), |at| at + 1);
    if line[..end].chars().count() <= ROOM {
        return line[..end].to_owned();
    }
    let cut: String = line.chars().take(ROOM).collect();
    format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole))
}

/// The part of a client's page in which notes are written and read; `id` is that of the next one.
#[must_use]
pub(super) fn part(desk: &Desk<'_>, notes: &Notes<'_>, id: NoteId) -> Markup {
    let name = notes.client.name.first_word();
    html! {
        section.form #notes {
            h2 { "Private notes" }
            form.form method="post" action=(link::desk_notes(notes.client.id)) {
                input type="hidden" name="id" value=(id);
                (Area::new("text", "Only you can read these").with("rows", "4").required())
                (Button::new("Keep the note").quiet())
            }
            p { a href=(link::desk_notes(notes.client.id)) { "A note for " (name) " to read, or where you started" } }
            @if notes.all.is_none() { (locked()) }
            (list(desk, notes, notes.open().iter().rev()))
        }
    }
}

/// That the notes are there and do not open: the rest of a page is of use without them.
pub(super) fn locked() -> Markup {
    ui::note(
        ui::Note::Bad,
        "The notes do not open.",
        html! {
            "The key of this server does not fit them. Whoever runs it can put the key back that belongs to this data; nothing is lost until then."
        },
    )
}

/// Some notes, each with what it is about and a way to change it.
pub(super) fn list<'a>(desk: &Desk<'_>, notes: &Notes<'_>, some: impl Iterator<Item = &'a Note>) -> Markup {
    html! { @for note in some { (one(desk, notes, note)) } }
}

fn one(desk: &Desk<'_>, notes: &Notes<'_>, note: &Note) -> Markup {
    let heading = &note.heading;
    let session = heading.booking.and_then(|id| notes.sessions.get(&id));
    let day = day_in_words(heading.written_at, desk.now, desk.zone());
    html! {
        div.jotting {
            @for paragraph in note.text.paragraphs() { p.lines { (paragraph) } }
            p.hint {
                "Written " (day)
                @if heading.changed_at > heading.written_at { ", changed " (day_in_words(heading.changed_at, desk.now, desk.zone())) }
                @if let Some(session) = session {
                    ", on the session of "
                    a href=(link::desk_booking(session.id)) { (short_date(desk.zone().date(session.starts_at))) }
                }
                @if heading.kind == Kind::Start { ", where you started" }
                ". "
                @if heading.audience == Audience::Shared { (ui::tag(Tag::Good, &format!("{} can read this", notes.client.name.first_word()))) " " }
                a href=(link::desk_note(notes.client.id, heading.id)) { "Change" span.sr { " the note written " (day) } }
            }
        }
    }
}

/// Where the two of them started and where they are, side by side.
#[must_use]
pub(super) fn ends_part(desk: &Desk<'_>, notes: &Notes<'_>) -> Markup {
    let (start, now) = ends(notes.open());
    let half = |title: &str, note: &Note| {
        html! {
            div {
                h3 { (title) }
                p.lines { (note.text) }
                p.hint { (short_date(desk.zone().date(note.heading.written_at))) }
            }
        }
    };
    html! {
        @if let Some(start) = start {
            section {
                h2.sr { "From start to now" }
                div.pair {
                    (half("Where you started", start))
                    @if let Some(now) = now { (half("Where you are", now)) }
                }
            }
        }
    }
}

/// What a note's form is about.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The note's id.
    pub id: NoteId,
    /// About whom.
    pub client: &'a Client,
    /// About which session.
    pub session: Option<&'a Booking>,
    /// The note as it is kept, if it is.
    pub kept: Option<&'a Note>,
}

/// The form: words, who reads them, whether it is where they started.
#[must_use]
pub fn form(desk: &Desk<'_>, form: &Form<'_>, typed: &Typed) -> Markup {
    let client = form.client;
    let href = link::desk_client(client.id);
    let name = client.name.first_word();
    let title = if form.kept.is_some() { "Change a note" } else { "A new note" };
    let reads = format!("You and {name}");
    let beside = if form.session.is_some() { "session" } else { "sessions" };
    let detail = format!("{name} finds it beside the {beside}. No mail is sent.");
    let readers = [
        Choice::with_detail("no", "Only you", "Kept under lock; nobody else in the practice can open it."),
        Choice::with_detail("yes", &reads, &detail),
    ];
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), title, html! {
            @if let Some(session) = form.session { "On the session of " (long_moment(session.starts_at, desk.zone())) }
            @else { "About " (client.name) }
        }))
        div.narrow {
            form.form method="post" action=(link::desk_notes(client.id)) {
                input type="hidden" name="id" value=(form.id);
                @if let Some(session) = form.session { input type="hidden" name="session" value=(session.id); }
                (ui::amiss(typed, "Not kept yet."))
                (Area::new("text", "The note").value(typed.value("text")).with("rows", "10").required().error(typed.error("text")))
                (Choices::one(SHARED, "Who can read it", &readers)
                    .chosen(if typed.value(SHARED) == "yes" { "yes" } else { "no" }))
                @if form.session.is_none() {
                    label.choice {
                        input type="checkbox" name="start" value="yes" checked[typed.value("start") == "yes"];
                        span { "This is where we started" small { "Stands at the top of the page, beside the newest note." } }
                    }
                }
                (ui::submit(Button::new("Keep the note"), html! {
                    span {
                        a href=(href) { "Leave it as it is" }
                        @if form.kept.is_some() { ", or " a href=(link::desk_note_remove(client.id, form.id)) { "delete the note" } }
                    }
                }))
            }
        }
    };
    desk.page(title, Tab::Clients, &main)
}

/// Whether a note is really to be deleted.
#[must_use]
pub fn remove(desk: &Desk<'_>, client: &Client, note: &Note) -> Markup {
    let href = link::desk_client(client.id);
    let shared = note.heading.audience == Audience::Shared;
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Delete this note?", html! {}))
        div.narrow {
            div.jotting { @for paragraph in note.text.paragraphs() { p.lines { (paragraph) } } }
            form.form method="post" action=(link::desk_note_remove(client.id, note.heading.id)) {
                (ui::note(ui::Note::Warn, "It cannot be brought back.", html! {
                    @if shared { (client.name.first_word()) " will not find it any more. " }
                    "Backups keep it until they are as old as they may get."
                }))
                (ui::submit(Button::new("Delete the note").danger(), html! { a href=(href) { "Keep it" } }))
            }
        }
    };
    desk.page("Delete this note?", Tab::Clients, &main)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{ClientId, PractitionerId};
    use crate::domain::people::note::{Draft, write};
    use crate::domain::time::Timestamp;

    #[test]
    fn a_note_begins_with_its_first_sentence_or_whole_words_of_it() {
        let beginning_of = |text: &str| {
            let (id, client) = (NoteId::from_bits(1), ClientId::from_bits(1));
            let text = text.parse().unwrap();
            let draft =
                Draft { id, client, booking: None, audience: Audience::Private, kind: Kind::Usual, text };
            beginning(&write(PractitionerId::from_bits(1), draft, None, Timestamp::UNIX_EPOCH).unwrap())
        };
        assert_eq!(beginning_of("Log kept 5 days of 7. Slept well."), "Log kept 5 days of 7.");
        assert_eq!(beginning_of("One line\nand another"), "One line");
        let long = beginning_of(&"ábcde ".repeat(40));
        assert!(long.ends_with("ábcde…") && long.chars().count() <= 91, "{long}");
    }
}
