//! Mail that leaves: a letter, the two ways it can go (a real SMTP server, or a box in memory for the demo), and
//! what is known about a letter that did not arrive. Who gets which letter when is not decided here.

mod captured;
mod compose;
mod guarded;
mod settings;
mod smtp;

pub use captured::{Captured, CapturedLetter};
pub use compose::{Unfit, compose};
pub use settings::{Patience, Security, SmtpSettings, WrongSettings};
pub use smtp::Smtp;

use crate::domain::email::EmailAddress;
use crate::domain::text::Line;
use crate::domain::time::Timestamp;

/// Whom a letter is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name that the reader sees.
    pub name: Line,
    /// The address, which is also where bounces go (`MAIL FROM`).
    pub address: EmailAddress,
}

/// Text that is no sender: neither `name@host` nor `Name <name@host>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a sender: write an address, like hello@quietfield.example or Quiet Field <hello@quietfield.example>"
)]
pub struct NotASender;

impl std::str::FromStr for Sender {
    type Err = NotASender;
    fn from_str(text: &str) -> Result<Self, NotASender> {
        let (name, address) = match text.trim().strip_suffix('>').and_then(|text| text.rsplit_once('<')) {
            Some((name, address)) => (name.trim().trim_matches('"'), address),
            None => ("", text),
        };
        let address: EmailAddress = address.parse().map_err(|_| NotASender)?;
        let name = if name.is_empty() { address.as_str() } else { name };
        Ok(Self { name: name.parse().map_err(|_| NotASender)?, address })
    }
}

/// What a calendar object asks of the reader's calendar (RFC 5546).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// For information: no answer is expected.
    Publish,
    /// An invitation, or a change to one.
    Request,
    /// The event will not happen.
    Cancel,
}

impl Method {
    /// The word in the calendar object and in the part's `method` parameter; both must be the same.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Publish => "PUBLISH",
            Self::Request => "REQUEST",
            Self::Cancel => "CANCEL",
        }
    }
}

/// A calendar object that goes with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// What it asks; the same as the object's own `METHOD`.
    pub method: Method,
    /// The object, as `views::ics` emits it: lines end in CRLF.
    pub ics: String,
}

/// Why a machine wrote this letter. Either way it carries `Auto-Submitted: auto-generated` (RFC 3834), so that
/// nobody's holiday notice answers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AutoKind {
    /// Follows from something somebody did: a receipt, a booking, a sign-in link.
    Notice,
    /// Sent because time passed; also marked `Precedence: bulk`.
    Nudge,
}

/// One letter to one person, complete: composing it twice gives the same bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// `<id@host>`: kept with the message and the same on every try, so that a letter that arrives twice is
    /// seen as one.
    pub message_id: String,
    /// Whom it is from.
    pub from: Sender,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<(Option<Line>, EmailAddress)>,
    /// Whom it is for.
    pub to: (Option<Line>, EmailAddress),
    /// The subject.
    pub subject: Line,
    /// The words, for those who read plain text.
    pub text: String,
    /// The same words as HTML.
    pub html: String,
    /// A calendar object that goes with it.
    pub calendar: Option<Calendar>,
    /// A web address that stops letters of this kind; an `https` one does with one POST (RFC 8058).
    pub unsubscribe: Option<String>,
    /// The date in its header: when the message came to be, not when it was tried.
    pub dated_at: Timestamp,
    /// Why a machine wrote it.
    pub kind: AutoKind,
}

/// Why a letter is not known to have arrived. The texts carry the server's words, cleaned and cut short.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// Certainly not accepted, and another try may succeed: no connection, TLS broke, a 4xx answer, or the
    /// connection ended before the letter did.
    #[error("not yet: {why}")]
    NotYet {
        /// What happened.
        why: String,
    },
    /// Certainly not accepted, and another try will not change that: a 5xx answer to this recipient or letter.
    #[error("never: {why}")]
    Never {
        /// What happened.
        why: String,
    },
    /// The whole letter was sent and no answer came: it may have been delivered.
    #[error("unknown: {why}")]
    Unknown {
        /// What happened.
        why: String,
    },
    /// Certainly not accepted, and nothing will be until the owner acts: AUTH or sender refused, certificate not
    /// trusted, no STARTTLS.
    #[error("misconfigured: {why}")]
    Misconfigured {
        /// What happened.
        why: String,
    },
}

/// The way letters go.
#[derive(Debug, Clone)]
pub enum Mail {
    /// To an SMTP server.
    Smtp(Smtp),
    /// Into a box in memory.
    Captured(Captured),
}

impl Mail {
    /// Sends one letter and comes back when its fate is known, or known to be unknown. Takes up to the sum of
    /// the `Patience`; a caller that drops the future must treat the letter as `Unknown`.
    ///
    /// # Errors
    /// Says in which of four ways the letter is undelivered.
    pub async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        match self {
            Self::Smtp(smtp) => smtp.send(letter).await,
            Self::Captured(captured) => captured.send(letter),
        }
    }

    /// Connects, secures the line, signs in, and leaves again without sending anything.
    ///
    /// # Errors
    /// Says what a letter would meet now.
    pub async fn probe(&self) -> Result<(), Undelivered> {
        match self {
            Self::Smtp(smtp) => smtp.probe().await,
            Self::Captured(_) => Ok(()),
        }
    }
}
