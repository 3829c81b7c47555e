//! The mail with a one-time link to sign in, and the code that serves where the link cannot be opened; and the word that a
//! password was changed.

use super::draft::Block;
use super::{Mailing, Paper};
use crate::domain::people::login::LINK_LIFE;
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

/// "123 456": easier to carry over in the mind.
fn grouped(code: &str) -> String {
    match code.split_at_checked(3) {
        Some((first, second)) if !second.is_empty() => format!("{first} {second}"),
        _ => code.to_owned(),
    }
}
