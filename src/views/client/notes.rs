//! What a practitioner shares with her client: beside her sessions, and with the session that it is about.

use maud::{Markup, html};

use crate::domain::people::note::Note;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::Zone;
use crate::views::when;

/// A note that the client may read, and who wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Shared<'a> {
    /// The note.
    pub note: &'a Note,
    /// Who wrote it.
    pub by: &'a Practitioner,
}

/// Some notes under one heading; nothing without any.
#[must_use]
pub fn part(notes: &[Shared<'_>], zone: &Zone) -> Markup {
    html! {
        @if !notes.is_empty() {
            section #notes {
                h2 { "Notes for you" }
                @for one in notes {
                    div.jotting {
                        @for paragraph in one.note.text.paragraphs() { p.lines { (paragraph) } }
                        p.hint { (one.by.name) ", " (when::day(one.note.heading.written_at, zone)) }
                    }
                }
            }
        }
    }
}
