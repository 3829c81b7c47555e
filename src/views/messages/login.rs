//! The mail with a one-time link to sign in, and the code that serves where the link cannot be opened; and what a member is told
//! of her sign-in: a new browser, another password or factor. To owners, the newest digest of the audit log.

use super::draft::Block;
use super::{Mailing, Paper};
use crate::domain::people::login::{Changed, LINK_LIFE};
use crate::domain::time::{Timestamp, long_moment};
use crate::views::{link, text};

/// The sign-in link. `token` and `code` are in the clear here and nowhere else.
#[must_use]
pub fn sign_in(paper: &Paper<'_>, token: &str, code: &str) -> Mailing {
    let life = u32::try_from(LINK_LIFE.as_mins()).unwrap_or_default();
    let draft = paper
        .draft("Your sign-in link", "Here is your way in")
        .preheader(format!("It works once, for {}.", text::length(life)))
        .words(format!("The link works once, for {}. The page it opens has a button that signs you in.", text::length(life)))
        .button("Sign in", paper.url(&link::sign_in_link(token)))
        .words("Or type this code where you asked for the link:")
        .with(Block::Code(grouped(code)))
        .because("You’re getting this because somebody, most likely you, asked to sign in. If it wasn’t you, nothing more is needed; nobody can sign in without this email.");
    paper.set(&draft)
}

/// Her password was changed by whoever has the machine. Nothing secret is in it.
#[must_use]
pub fn password_changed(paper: &Paper<'_>) -> Mailing {
    let practice = &paper.practice.name;
    let draft = paper
        .draft("Your password was changed", "Your password was changed")
        .preheader("You are signed out everywhere, and sign in anew.")
        .words(format!(
            "Whoever looks after the machine of {practice} changed your password there, or gave you a link in its place. You \
             were signed out of every browser."
        ))
        .button("Sign in", paper.url(&link::desk_sign_in()))
        .words("If you did not ask for this, speak with whoever looks after the machine.")
        .because(&format!("You’re getting this because you work with {practice}."));
    paper.set(&draft)
}

/// A member signed in from a browser that was not known. Nothing secret is in it.
#[must_use]
pub fn new_browser(paper: &Paper<'_>, browser: &str, at: Timestamp) -> Mailing {
    let practice = &paper.practice.name;
    let browser = if browser.is_empty() { "a browser" } else { browser };
    let draft = paper
        .draft("A new browser signed in as you", "Was that you?")
        .preheader(format!("{browser}, {}.", long_moment(at, paper.zone)))
        .words(format!(
            "Somebody signed in to {practice} as you, from a browser that was not known: {browser}, {}.",
            long_moment(at, paper.zone)
        ))
        .words("If it was you, nothing more is needed. The same browser is not told of again.")
        .words("If it was not: look where you are signed in, sign that browser out, and choose another password. A second factor keeps out whoever has read or guessed a password.")
        .button("See where you are signed in", paper.url(&link::desk_security()))
        .because(&format!("You’re getting this because you work with {practice}."));
    paper.set(&draft)
}

/// How a member signs in was changed.
#[must_use]
pub fn changed(paper: &Paper<'_>, changed: Changed) -> Mailing {
    let practice = &paper.practice.name;
    let (subject, what) = match changed {
        Changed::Address => (
            "You sign in with another address",
            "The address with which you sign in was changed, and mail goes to the new one. This is the last one to this address.",
        ),
        Changed::Password => (
            "Your password was changed",
            "Your password was changed at your desk. Every other browser was signed out.",
        ),
        Changed::FactorOn => (
            "Your second factor is on",
            "A second factor was set up for you. Signing in asks for a code of your app from now on.",
        ),
        Changed::FactorOff => (
            "Your second factor was taken away",
            "Your second factor was taken away at your desk, and your passkeys with it. Your password alone signs you in.",
        ),
        Changed::FactorTakenAway => (
            "Your second factor was taken away",
            "An owner of the practice took your second factor away, and your passkeys with it, as you had lost it. Your password alone signs you in; you can set a new one up.",
        ),
        Changed::Codes => (
            "Your recovery codes were made anew",
            "New recovery codes were made for you. Those that you had are of no use any more.",
        ),
        Changed::PasskeyAdded => (
            "A passkey was added",
            "A passkey was added to your sign-in. Whoever has the device that holds it, and can unlock it, signs in with it.",
        ),
        Changed::PasskeyRemoved => {
            ("A passkey was taken away", "A passkey was taken away from your sign-in.")
        }
    };
    let draft = paper
        .draft(subject, subject)
        .preheader("If that was you, nothing more is needed.")
        .words(what)
        .words("If it was you, nothing more is needed. If it was not, sign in, change your password, and sign every other browser out. If you cannot sign in any more, speak with the owner of the practice.")
        .button("See how you sign in", paper.url(&link::desk_security()))
        .because(&format!("You’re getting this because you work with {practice}."));
    paper.set(&draft)
}

/// The newest digest of the audit log, to be kept where nobody changes it who can change the data.
#[must_use]
pub fn audit_head(paper: &Paper<'_>, number: u64, digest: &str) -> Mailing {
    let practice = &paper.practice.name;
    let draft = paper
        .draft("The audit log’s fingerprint", "Keep this mail")
        .preheader(format!("Entry {number} of the audit log of {practice}."))
        .words(format!(
            "The audit log of {practice} writes down who signed in, and who changed keys, roles and money. Its newest entry has the number {number} and this fingerprint:"
        ))
        .words(digest)
        .words("As long as you have this mail, nobody can change, remove or reorder what was written up to that entry unseen. Should you ever doubt it, have whoever looks after the machine run:")
        .words(format!("fiddlehead check --head {digest}"))
        .button("Read the audit log", paper.url(&link::desk_audit()))
        .because(&format!("You’re getting this because you own {practice}: once a week, if something was added. Nothing is to be done."));
    paper.set(&draft)
}

/// "123 456": easier to carry over in the mind.
fn grouped(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((first, second)) if !second.is_empty() => format!("{first} {second}"),
        _ => code.to_owned(),
    }
}
