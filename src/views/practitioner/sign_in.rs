//! Where a practitioner signs in: with her password, or by a link that is sent to her.

use maud::{Markup, html};

use super::passkey;
use crate::domain::catalog::brand::Accent;
use crate::views::asset;
use crate::views::frond::{Counter, frond};
use crate::views::link;
use crate::views::page::{self, Frame};
use crate::views::post::Post;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// What the page says above its form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    None,
    /// The address or the password is not right; never which of them.
    Refused,
    /// Too many tries; wait a little.
    TooMany,
    /// The passkey is nobody's here, or it took too long.
    Passkey,
    /// If the address is a practitioner's, a link is on its way.
    LinkSent,
    /// A link was asked for, and there is no mail server: it can be read where the program runs.
    LinkOnConsole,
}

fn word(word: Word) -> Markup {
    match word {
        Word::None => html! {},
        Word::Refused => ui::note(
            Note::Bad,
            "That email and password don’t go together.",
            html! { "Try again, or look below." },
        ),
        Word::TooMany => {
            ui::note(Note::Bad, "Too many tries.", html! { "Please wait a quarter of an hour." })
        }
        Word::Passkey => ui::note(
            Note::Bad,
            "That passkey did not do.",
            html! { "It may be of another practice, or it took too long. Try again, or sign in with your password." },
        ),
        Word::LinkSent => ui::note(
            Note::Good,
            "Look in your email.",
            html! { "If that address is yours here, a link is on its way. It works for 30 minutes." },
        ),
        Word::LinkOnConsole => ui::note(
            Note::Warn,
            "No mail server is set up yet, so no link can be sent.",
            html! { "Sign in with your password, or see below." },
        ),
    }
}

/// The script for passkeys, where they work.
fn script(site: Option<&str>) -> Option<Markup> {
    site.map(|_| html! { script src=(asset::url(passkey::SCRIPT)) defer {} })
}

/// The page.
#[must_use]
pub fn page(
    practice: &str,
    accent: Accent,
    (said, post, site): (Word, Post, Option<&str>),
    typed: &Typed,
) -> Markup {
    let email = typed.value("email");
    let next = typed.value("next");
    let main = html! {
        div."wrap quietpage" {
            div.quiet-fig { (frond(Counter { total: 8, used: 2, booked: 1, lost: 0 })) }
            div {
                h1 { "Your practice" }
                p { "Sign in to your desk." }
                (word(said))
                form.form method="post" action=(link::desk_sign_in()) {
                    @if !next.is_empty() { input type="hidden" name="next" value=(next); }
                    (Field::new("email", "Email").kind("email").value(email).autocomplete("username").required()
                        .error(typed.error("email")))
                    (Field::new("password", "Password").kind("password").autocomplete("current-password").required()
                        .error(typed.error("password")))
                    (ui::submit(Button::new("Sign in").wide(), html! {}))
                }
                (passkey::sign_in(site, next))
                @if post == Post::HandedOver {
                    details.act open[said == Word::LinkOnConsole] {
                        summary { "Forgotten the password?" }
                        p { "No email goes out from here. The owner of the practice makes you a sign-in link, under People. An owner asks whoever runs this machine." }
                    }
                } @else { details.act open[said == Word::LinkSent] {
                    summary { "Send me a link instead" }
                    form.form method="post" action=(link::desk_sign_in_link()) {
                        (Field::new("email", "Email").id("link-email").kind("email").value(email)
                            .autocomplete("email").required())
                        (Button::new("Send me a link").quiet())
                    }
                } }
                p.aside { "Are you a client? " a href=(link::sign_in()) { "See your sessions" } }
            }
        }
    };
    let home = link::home();
    let mut frame = Frame::new("Sign in to your practice", practice, &home, accent);
    frame.head = script(site);
    page::client(&frame, &main)
}

/// The second step: a code of her app, or one of her recovery codes.
#[must_use]
pub fn second(practice: &str, accent: Accent, (post, site): (Post, Option<&str>), typed: &Typed) -> Markup {
    let next = typed.value("next");
    let main = html! {
        div."wrap quietpage" {
            div.quiet-fig { (frond(Counter { total: 8, used: 2, booked: 1, lost: 0 })) }
            div {
                h1 { "And the code" }
                p { "Your authenticator app shows six digits for this practice." }
                form.form method="post" action=(link::desk_sign_in_second()) {
                    @if !next.is_empty() { input type="hidden" name="next" value=(next); }
                    (Field::new("code", "Code").autocomplete("one-time-code").required().error(typed.error("code"))
                        .hint("Or one of your recovery codes: each works once."))
                    (ui::submit(Button::new("Go on").wide(), html! {}))
                }
                (passkey::sign_in(site, next))
                details.act {
                    summary { "Lost the phone and the recovery codes?" }
                    p {
                        "Whoever runs this machine can take the second factor away for you. "
                        (post.says("A mail tells you when it is done.", "You choose a new password then."))
                    }
                }
                p.aside { a href=(link::desk_sign_in()) { "Begin again" } }
            }
        }
    };
    let home = link::home();
    let mut frame = Frame::new("Sign in: the second step", practice, &home, accent);
    frame.head = script(site);
    page::client(&frame, &main)
}
