//! Letters that stay here: the demo's mailbox, and what tests look into. Memory only, newest first, bounded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Letter, Undelivered, compose};

/// A letter as it would have left.
#[derive(Debug, Clone)]
pub struct CapturedLetter {
    /// What was to be sent.
    pub letter: Letter,
    /// The same bytes that an SMTP server would have been given (RFC 5322).
    pub raw: Vec<u8>,
}

/// A box of letters; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Captured {
    letters: Arc<Mutex<VecDeque<Arc<CapturedLetter>>>>,
}

impl Captured {
    /// The most letters that are kept; the oldest go first.
    pub const ROOM: usize = 500;

    /// An empty box.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was captured, newest first.
    #[must_use]
    pub fn letters(&self) -> Vec<Arc<CapturedLetter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(super) fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let raw = compose(letter).map_err(|unfit| Undelivered::Never { why: unfit.to_string() })?;
        let captured = Arc::new(CapturedLetter { letter: letter.clone(), raw });
        let mut letters = self.letters.lock().unwrap_or_else(PoisonError::into_inner);
        letters.push_front(captured);
        letters.truncate(Self::ROOM);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::compose::tests::letter;
    use super::*;

    #[test]
    fn the_box_holds_the_newest_first_and_no_more_than_it_has_room_for() {
        let captured = Captured::new();
        for n in 0..=Captured::ROOM {
            let letter = Letter { message_id: format!("<m{n}@example.org>"), ..letter() };
            captured.clone().send(&letter).unwrap();
        }
        let letters = captured.letters();
        assert_eq!(letters.len(), Captured::ROOM);
        assert_eq!(letters[0].letter.message_id, format!("<m{}@example.org>", Captured::ROOM));
        assert_eq!(letters.last().unwrap().letter.message_id, "<m1@example.org>");
        assert_eq!(letters[0].raw, compose(&letters[0].letter).unwrap());
    }

    #[test]
    fn a_letter_that_smtp_would_not_take_is_not_captured_either() {
        let captured = Captured::new();
        let forged = Letter { message_id: "<a@b>\r\nBcc: x@y.z".into(), ..letter() };
        assert!(matches!(captured.send(&forged), Err(Undelivered::Never { .. })));
        assert!(captured.letters().is_empty());
    }
}
