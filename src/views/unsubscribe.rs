//! Ending one kind of nudge: the page with its button, and the page after it. A GET ends nothing, as mail scanners
//! open every link.

use maud::{Markup, html};

use super::around::Around;
use super::frond::{Counter, frond};
use super::link;
use super::ui::{self, Button};
use crate::domain::messages::message::Kind;

const FIGURE: Counter = Counter { total: 3, used: 2, booked: 0, lost: 0 };

/// What a kind of nudge is called when one has to choose it.
#[must_use]
pub const fn nudge_name(kind: Kind) -> &'static str {
    match kind {
        Kind::BookFirst => "a reminder to book a first session",
        Kind::ExpirySoon => "a reminder before sessions reach their date",
        Kind::Renewal => "a note after the last session of a package",
        Kind::Lapsed => "a note when sessions have reached their date",
        Kind::SignIn
        | Kind::Receipt
        | Kind::AwaitingPayment
        | Kind::PaymentFailed
        | Kind::Booked
        | Kind::Moved
        | Kind::Cancelled
        | Kind::Invitation
        | Kind::Reminder
        | Kind::Refunded
        | Kind::RefundAsks
        | Kind::Disputed
        | Kind::Welcome
        | Kind::Personal
        | Kind::Sample
        | Kind::ErasureAsked
        | Kind::PasswordChanged
        | Kind::BackupOverdue
        | Kind::NewBrowser
        | Kind::SignInChanged
        | Kind::AuditHead => "a message about what you asked for",
    }
}

/// "Shall we stop these?"
#[must_use]
pub fn ask(around: &Around<'_>, token: &str, kind: Kind) -> Markup {
    around.quiet(
        "Shall we stop writing?",
        frond(FIGURE),
        html! {
            p { "We would no longer send you " (nudge_name(kind)) ". Receipts and notes about booked sessions still come." }
            form.form method="post" action=(link::unsubscribe(token)) {
                (ui::submit(Button::new("Stop these messages").wide(), html! {}))
            }
            p.aside { a href=(link::home()) { "Leave it as it is" } }
        },
    )
}

/// After it.
#[must_use]
pub fn done(around: &Around<'_>, kind: Kind) -> Markup {
    around.quiet(
        "We have stopped",
        frond(FIGURE),
        html! {
            p role="status" { "You no longer get " (nudge_name(kind)) ". Receipts and notes about booked sessions still come." }
            p { "Did you change your mind? " a href=(link::profile()) { "Choose your messages" } }
        },
    )
}
