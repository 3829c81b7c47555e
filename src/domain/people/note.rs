//! Notes about a client: a practitioner's own, per session or in general, and those that she shares with the client.

use crate::domain::id::{BookingId, ClientId, NoteId, PractitionerId};
use crate::domain::text::Paragraph;
use crate::domain::time::Timestamp;

/// Who reads a note beside who wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Nobody.
    Private,
    /// The client.
    Shared,
}

/// What a note is beside a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Nothing more.
    #[default]
    Usual,
    /// Where the two of them started.
    Start,
}

/// All of a note but its words, which are sealed where they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// Its identifier, which the form carried.
    pub id: NoteId,
    /// About whom.
    pub client: ClientId,
    /// By whom.
    pub author: PractitionerId,
    /// About which session, if it is about one.
    pub booking: Option<BookingId>,
    /// Who reads it.
    pub audience: Audience,
    /// What it is beside a note.
    pub kind: Kind,
    /// When it was first written.
    pub written_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// A note, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// All but its words.
    pub heading: Heading,
    /// Its words.
    pub text: Paragraph,
}

/// A note as it is handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Its identifier, which the form carried.
    pub id: NoteId,
    /// About whom.
    pub client: ClientId,
    /// About which session, if it is about one.
    pub booking: Option<BookingId>,
    /// Who is to read it.
    pub audience: Audience,
    /// What it is beside a note.
    pub kind: Kind,
    /// Its words.
    pub text: Paragraph,
}

/// Why a note is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is nothing in it.
    Empty,
    /// The id is that of another's note, or of one about another session.
    OtherNote,
}

/// A new note, or a changed one: whom and what it is about stays as it was.
///
/// # Errors
/// [`Refusal`] says why not.
pub fn write(
    author: PractitionerId,
    draft: Draft,
    before: Option<&Heading>,
    now: Timestamp,
) -> Result<Note, Refusal> {
    let Draft { id, client, booking, audience, kind, text } = draft;
    if text.is_empty() {
        return Err(Refusal::Empty);
    }
    let same = |known: &Heading| known.author == author && known.client == client && known.booking == booking;
    if before.is_some_and(|known| !same(known)) {
        return Err(Refusal::OtherNote);
    }
    let written_at = before.map_or(now, |known| known.written_at);
    let heading = Heading { id, client, author, booking, audience, kind, written_at, changed_at: now };
    Ok(Note { heading, text })
}

/// Where the two of them started and where they are: the note that is marked as the start, or the oldest, and the newest, if
/// that is another. Of notes as they were written, oldest first.
#[must_use]
pub fn ends(notes: &[Note]) -> (Option<&Note>, Option<&Note>) {
    let start = notes.iter().find(|note| note.heading.kind == Kind::Start).or(notes.first());
    let newest = notes.iter().max_by_key(|note| note.heading.written_at);
    (start, newest.filter(|newest| start.is_some_and(|start| start.heading.id != newest.heading.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_changed_by_its_author_only_and_stays_with_its_session() {
        let (ines, hana) = (PractitionerId::from_bits(1), PractitionerId::from_bits(2));
        let draft = |text: &str, booking: Option<u128>| Draft {
            id: NoteId::from_bits(5),
            client: ClientId::from_bits(3),
            booking: booking.map(BookingId::from_bits),
            audience: Audience::Private,
            kind: Kind::Usual,
            text: text.parse().unwrap(),
        };
        let (first, later) = (Timestamp::UNIX_EPOCH, Timestamp::MAX);
        let note = write(ines, draft("sleeps better", Some(9)), None, first).unwrap();
        let changed = write(ines, draft("sleeps well", Some(9)), Some(&note.heading), later).unwrap();
        assert_eq!((changed.heading.written_at, changed.heading.changed_at), (first, later));
        let refused = |who, draft| write(who, draft, Some(&note.heading), later).unwrap_err();
        assert_eq!(refused(hana, draft("mine", Some(9))), Refusal::OtherNote);
        assert_eq!(refused(ines, draft("elsewhere", None)), Refusal::OtherNote);
        assert_eq!(refused(ines, draft("  ", Some(9))), Refusal::Empty);
    }

    #[test]
    fn one_starts_where_it_is_marked_or_at_the_oldest_note() {
        let note = |id: u128, kind, at: &str| {
            let (author, client) = (PractitionerId::from_bits(1), ClientId::from_bits(3));
            let text = "words".parse().unwrap();
            let (id, audience) = (NoteId::from_bits(id), Audience::Private);
            let draft = Draft { id, client, booking: None, audience, kind, text };
            write(author, draft, None, at.parse().unwrap()).unwrap()
        };
        let first = note(1, Kind::Usual, "2026-04-01T08:00:00Z");
        let marked = note(2, Kind::Start, "2026-04-02T08:00:00Z");
        let last = note(3, Kind::Usual, "2026-04-03T08:00:00Z");
        let ids = |notes: &[Note]| {
            let (start, newest) = ends(notes);
            [start, newest].map(|note| note.map(|note| note.heading.id.bits()))
        };
        assert_eq!(ids(&[]), [None, None]);
        assert_eq!(ids(std::slice::from_ref(&first)), [Some(1), None]);
        assert_eq!(ids(&[first.clone(), last.clone()]), [Some(1), Some(3)]);
        assert_eq!(ids(&[first, marked, last]), [Some(2), Some(3)]);
    }
}
