//! A message in the outbox: what it is about, when it is due, and what became of it. Its words are made at delivery.

use crate::domain::id::{BookingId, ClientId, LotId, MessageId, PractitionerId, PurchaseId, RefundId};
use crate::domain::people::login::Person;
use crate::domain::text::Line;
use crate::domain::time::{SignedDuration, Timestamp, after, hours, minutes};

/// What a message says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A one-time link to sign in.
    SignIn,
    /// A receipt, with "book your first session".
    Receipt,
    /// The purchase waits for payment at the practice, with its reference.
    AwaitingPayment,
    /// A payment that was on its way did not come.
    PaymentFailed,
    /// A session is booked.
    Booked,
    /// A session has another time.
    Moved,
    /// A session will not take place.
    Cancelled,
    /// A session is tomorrow.
    Reminder,
    /// Nothing is booked a day after the purchase.
    BookFirst,
    /// Credits reach their date in a week.
    ExpirySoon,
    /// The last session is over: ready for another?
    Renewal,
    /// Credits have reached their date.
    Lapsed,
    /// Money goes back, with the credit note.
    Refunded,
    /// A refund waits for the practitioner.
    RefundAsks,
    /// A bank questions a payment, or has decided.
    Disputed,
    /// Somebody is asked to join the practice.
    Invitation,
    /// Credits that were brought in from elsewhere can be booked here.
    Welcome,
    /// What a practitioner wrote to one client.
    Personal,
    /// A message with a practitioner's words, sent to herself to see how it reads.
    Sample,
    /// A client asks to be erased.
    ErasureAsked,
    /// Her password was changed at the console of the machine.
    PasswordChanged,
    /// No backup was verified for a week.
    BackupOverdue,
    /// A member signed in from a browser that was not known.
    NewBrowser,
    /// How a member signs in was changed.
    SignInChanged,
    /// The newest digest of the audit log, for its owner to keep.
    AuditHead,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 25] = [
        Self::SignIn,
        Self::Receipt,
        Self::AwaitingPayment,
        Self::PaymentFailed,
        Self::Booked,
        Self::Moved,
        Self::Cancelled,
        Self::Reminder,
        Self::BookFirst,
        Self::ExpirySoon,
        Self::Renewal,
        Self::Lapsed,
        Self::Refunded,
        Self::RefundAsks,
        Self::Disputed,
        Self::Invitation,
        Self::Welcome,
        Self::Personal,
        Self::Sample,
        Self::ErasureAsked,
        Self::PasswordChanged,
        Self::BackupOverdue,
        Self::NewBrowser,
        Self::SignInChanged,
        Self::AuditHead,
    ];

    /// Its name in keys, addresses and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Receipt => "receipt",
            Self::AwaitingPayment => "awaiting-payment",
            Self::PaymentFailed => "payment-failed",
            Self::Booked => "booked",
            Self::Moved => "moved",
            Self::Cancelled => "cancelled",
            Self::Reminder => "reminder",
            Self::BookFirst => "book-first",
            Self::ExpirySoon => "expiry",
            Self::Renewal => "renewal",
            Self::Lapsed => "lapsed",
            Self::Refunded => "refunded",
            Self::RefundAsks => "refund-asks",
            Self::Disputed => "disputed",
            Self::Invitation => "invitation",
            Self::Welcome => "welcome",
            Self::Personal => "personal",
            Self::Sample => "sample",
            Self::ErasureAsked => "erasure-asked",
            Self::PasswordChanged => "password-changed",
            Self::BackupOverdue => "backup-overdue",
            Self::NewBrowser => "new-browser",
            Self::SignInChanged => "sign-in-changed",
            Self::AuditHead => "audit-head",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether it moves the lifecycle on: quiet hours hold, it can be unsubscribed from, and it never goes twice.
    /// All others always go, twice rather than not at all.
    #[must_use]
    pub const fn is_nudge(self) -> bool {
        matches!(self, Self::BookFirst | Self::ExpirySoon | Self::Renewal | Self::Lapsed)
    }
}

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The person it goes to.
    Oneself,
    /// A sale.
    Purchase(PurchaseId),
    /// Some credits.
    Lot(LotId),
    /// A session, in the state in which it had this sequence number.
    Booking(BookingId, u32),
    /// Money given back.
    Refund(RefundId),
    /// What this practitioner wrote; the words are kept beside it.
    Letter(PractitionerId),
    /// A message of that kind in the words that are kept beside it.
    Wording(Kind),
    /// A client.
    Client(ClientId),
}

/// Why a message did not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppressed {
    /// It was due more than 48 hours ago when its turn came.
    TooLate,
    /// Something is booked or was held already.
    AlreadyBooked,
    /// Nothing is left to book.
    NothingLeft,
    /// The lot is frozen.
    Frozen,
    /// The lot is suspended, refunded or otherwise closed.
    Closed,
    /// A newer package is under way.
    NewerLot,
    /// The person asked not to get such messages.
    OptedOut,
    /// What it tells has changed since; another message says so.
    Overtaken,
    /// What it is about is no longer kept.
    Gone,
    /// No mail server is set up; what it says is shown to hand over.
    NoPost,
    /// The practitioner whom it is about has left the practice.
    Left,
    /// The practitioner said that it shall not go.
    Withheld,
    /// It was due before the data came back from a backup, and may have gone then.
    Restored,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It waits for its time.
    Planned,
    /// It was handed to the mail server, which has not answered yet; written before the first byte is sent.
    Sending {
        /// Since when.
        since: Timestamp,
    },
    /// The mail server took it.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// It was not needed any more.
    Suppressed {
        /// When that was found.
        at: Timestamp,
        /// Why.
        why: Suppressed,
    },
    /// A nudge for which the connection broke at the last moment: it may have gone, and does not go again.
    Unsure {
        /// When.
        at: Timestamp,
    },
    /// The mail server will not take it, or did not for two days. A person must look.
    Dead {
        /// When it was given up.
        at: Timestamp,
        /// The server's words.
        why: Line,
    },
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its identifier, also of the mail (`Message-ID`), on every try the same.
    pub id: MessageId,
    /// What it says.
    pub kind: Kind,
    /// Whom it goes to.
    pub to: Person,
    /// What it is about.
    pub about: About,
    /// Names it once and for all: a second message with the same key is not planned.
    pub key: String,
    /// When it was planned.
    pub made_at: Timestamp,
    /// When it is meant to go.
    pub due_at: Timestamp,
    /// When it is tried next; later than `due_at` after a failure.
    pub try_at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// Since when a practitioner wants it sent, if it goes by her hand and not at its own time.
    pub asked_at: Option<Timestamp>,
    /// What became of it.
    pub state: State,
}

impl Message {
    /// Whether it may still go.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self.state, State::Planned | State::Sending { .. })
    }
}

/// How late a nudge may be: after downtime, what is older is skipped (domain.md, Nudges).
pub const LATEST: SignedDuration = hours(48);

/// For how long a message is tried before a person must look.
pub const PATIENCE: SignedDuration = hours(48);

/// How long to wait after the n-th failure (from 1): 1, 2, 4 … minutes, at most an hour.
#[must_use]
pub fn backoff(tries: u32) -> SignedDuration {
    minutes(1 << tries.saturating_sub(1).min(6)).min(hours(1))
}

/// What follows when a mail server did not take a message for now: another try, or the end of patience.
#[must_use]
pub fn after_failure(message: &Message, why: Line, now: Timestamp) -> (State, Timestamp) {
    if now > after(message.due_at, PATIENCE) && message.tries > 1 {
        (State::Dead { at: now, why }, message.try_at)
    } else {
        (State::Planned, after(now, backoff(message.tries)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_their_names() {
        for kind in Kind::ALL {
            assert_eq!(Kind::named(kind.name()), Some(kind));
        }
    }

    #[test]
    fn waiting_grows_from_a_minute_to_an_hour() {
        let waits: Vec<i64> = (1..10).map(|n| backoff(n).as_mins()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
