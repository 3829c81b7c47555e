//! The recovery kit: a key that is made for the page that prints it and kept nowhere, and the recipient that is kept.

use crate::actions::audit;
use crate::app::{App, Fault};
use crate::backups::kit::{Key, NotAKey};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::PractitionerId;
use crate::domain::keeping::kit::{Kit, Recipient};
use crate::store::keeping::kit as kits;

/// A kit that is about to be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Fresh {
    /// The key, as it is printed. The page carries it through until it is confirmed; nothing keeps it.
    pub identity: String,
    /// To whom is sealed what it opens.
    pub recipient: Recipient,
}

/// How many characters of the key are typed from the paper, at least.
const ENDING: usize = 6;

impl Fresh {
    /// Whether this is how the key ends, as somebody reads it from the paper.
    #[must_use]
    pub fn ends_with(&self, typed: &str) -> bool {
        let typed: String = typed.split_whitespace().collect::<String>().to_uppercase();
        typed.chars().count() >= ENDING && self.identity.ends_with(&typed)
    }
}

impl std::fmt::Debug for Fresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fresh({})", self.recipient)
    }
}

/// A new kit.
#[must_use]
pub fn fresh() -> Fresh {
    of(&Key::fresh())
}

/// The kit of a key that was typed from paper, in any case and with spaces.
///
/// # Errors
/// [`NotAKey`] if it is none, or a letter is wrong.
pub fn read(typed: &str) -> Result<Fresh, NotAKey> {
    Key::read(typed).map(|key| of(&key))
}

fn of(key: &Key) -> Fresh {
    Fresh { identity: key.printed(), recipient: key.recipient() }
}

/// Puts a kit in force, once its owner has confirmed that she has the paper. Backups that were made before open with the one
/// before.
///
/// # Errors
/// [`Fault`] if the file fails.
pub fn set_recipient(app: &App, by: PractitionerId, recipient: Recipient) -> Result<(), Fault> {
    let now = app.clock.now();
    app.keep(move |tx| {
        if kits::find(tx)?.is_some_and(|kit| kit.recipient == recipient) {
            return Ok(());
        }
        audit::note(tx, now, Who::Member(by), What::KitSet, Concern::Practice)?;
        Ok(kits::put(tx, &Kit { recipient: recipient.clone(), set_at: now })?)
    })
}
