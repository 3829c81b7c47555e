//! The notes that a client may read.

use super::practitioner;
use crate::actions::people::note;
use crate::app::{App, Fault};
use crate::domain::id::{BookingId, ClientId};
use crate::domain::people::note::Note;
use crate::domain::people::practitioner::Practitioner;
use crate::store::View;
use crate::views::client::notes::Shared;
use crate::web::failure::Failure;

/// Notes with who wrote them.
pub(super) struct Opened(Vec<(Note, Practitioner)>);

impl Opened {
    /// What was shared with a client, newest first. Where the key does not fit, her sessions are shown without.
    pub(super) fn read(app: &App, read: &View, client: ClientId) -> Result<Self, Failure> {
        let mut notes = match note::shared_with(app, client) {
            Err(Fault::Sealed) => {
                tracing::error!(%client, "the notes shared with a client do not open");
                Vec::new()
            }
            other => other?,
        };
        notes.sort_by_key(|note| std::cmp::Reverse(note.heading.written_at));
        let signed = notes.into_iter().map(|note| {
            let (author, _) = practitioner(read, note.heading.author)?;
            Ok((note, author))
        });
        signed.collect::<Result<_, Failure>>().map(Self)
    }

    /// The first of them, as many as are shown beside her sessions.
    pub(super) fn newest(&self) -> Vec<Shared<'_>> {
        const SHOWN: usize = 10;
        self.0.iter().take(SHOWN).map(|(note, by)| Shared { note, by }).collect()
    }

    /// Those about a session.
    pub(super) fn about(&self, booking: BookingId) -> Vec<Shared<'_>> {
        let about = self.0.iter().filter(|(note, _)| note.heading.booking == Some(booking));
        about.map(|(note, by)| Shared { note, by }).collect()
    }
}
