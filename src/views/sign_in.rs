//! Signing in: the address (the mock 07), "look in your email" (07b), the link's own page with its one button, and what
//! is said of a link that no longer works. Nothing here tells whether an address is known.

use maud::{Markup, html};

use super::around::{Around, Here, Page};
use super::art::{Icon, icon};
use super::frond::{Counter, frond};
use super::post::Post;
use super::ui::{self, Button, Field, Note};
use super::{link, text};
use crate::domain::email::EmailAddress;
use crate::domain::people::login::{LINK_LIFE, Refusal};

/// A form for signing in, with what was typed and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct SignIn<'a> {
    /// The address that was typed.
    pub email: &'a str,
    /// What is wrong with it.
    pub email_wrong: Option<&'a str>,
    /// What is wrong with the code that was typed; for where no mail goes out.
    pub code_wrong: Option<&'a str>,
    /// What is said of a password that does not fit; opens the password's part.
    pub password_wrong: Option<&'a str>,
    /// Where to go afterwards: an address of ours.
    pub next: &'a str,
    /// Why one stands here, if not of one's own accord.
    pub note: Option<Markup>,
}

const PARTLY: Counter = Counter { total: 6, used: 3, booked: 1, lost: 0 };

fn hidden_next(next: &str) -> Markup {
    html! { @if !next.is_empty() { input type="hidden" name="next" value=(next); } }
}

/// The sign-in page.
#[must_use]
pub fn sign_in(around: &Around<'_>, form: &SignIn<'_>) -> Markup {
    let main = ui::quietpage(
        frond(PARTLY),
        "See your sessions",
        html! {
            @if let Some(note) = &form.note { (note) }
            @match around.post {
                Post::Goes => { (ask(form)) }
                Post::HandedOver => { (by_code(around, form)) }
            }
            details.gap open[form.password_wrong.is_some()] {
                summary { "Sign in with a password" }
                form.form method="post" action=(link::sign_in_password()) {
                    (hidden_next(form.next))
                    (Field::new("email", "Email").id("email-2").kind("email").value(form.email)
                        .autocomplete("username").required())
                    (Field::new("password", "Password").kind("password").autocomplete("current-password").required()
                        .error(form.password_wrong))
                    (ui::submit(Button::new("Sign in").quiet().wide(), html! {}))
                }
            }
            p.aside { "Are you a practitioner? " a href=(link::desk_sign_in()) { "Sign in to your practice" } }
        },
    );
    around.page(Page::new("Sign in", Here::SignIn), &main)
}

fn ask(form: &SignIn<'_>) -> Markup {
    html! {
        p { "Type your email and we’ll send you a link. No password." }
        form.form method="post" action=(link::sign_in()) {
            (hidden_next(form.next))
            (Field::new("email", "Email").kind("email").value(form.email).autocomplete("email").required()
                .hint("The one you bought with.").error(form.email_wrong))
            (ui::submit(Button::new("Send me a link").wide(), html! {}))
        }
    }
}

/// Where no mail goes out: whom to ask for a link, and the field for the code that comes with it.
fn by_code(around: &Around<'_>, form: &SignIn<'_>) -> Markup {
    let practice = around.practice;
    html! {
        p {
            "No email goes out from here. Ask at " (practice.name.as_str()) ", or write to "
            a href={ "mailto:" (practice.email) } { (practice.email) } ": you get a link or a code, which works once."
        }
        form.form method="post" action=(link::sign_in_code()) {
            (hidden_next(form.next))
            (Field::new("email", "Email").kind("email").value(form.email).autocomplete("email").required()
                .hint("The one that the practice has of you.").error(form.email_wrong))
            (Field::new("code", "The 6-digit code that you were given").autocomplete("one-time-code")
                .with("inputmode", "numeric").with("maxlength", "7").with("class", "code").required().error(form.code_wrong))
            (ui::submit(Button::new("Sign in").wide(), html! {}))
        }
    }
}

/// "Look in your email", with a field for the code.
#[must_use]
pub fn sent(around: &Around<'_>, email: &EmailAddress, next: &str, wrong: Option<&str>) -> Markup {
    let address = email.to_string();
    let main = ui::quietpage(
        frond(PARTLY),
        "Look in your email",
        html! {
            p {
                "If " b { (address) } " has sessions here, a link is on its way. It works once, for "
                (text::length(minutes_of(LINK_LIFE))) "."
            }
            form.form method="post" action=(link::sign_in_code()) {
                input type="hidden" name="email" value=(address);
                (hidden_next(next))
                (Field::new("code", "Or type the 6-digit code from it").autocomplete("one-time-code")
                    .with("inputmode", "numeric").with("maxlength", "7").with("class", "code").required().error(wrong))
                (ui::submit(Button::new("Sign in").wide(), html! {}))
            }
            p.aside {
                "Nothing after a minute? Look in spam, or "
                a href=(if next.is_empty() { link::sign_in() } else { link::sign_in_then(next) }) { "try again" } "."
            }
        },
    );
    around.page(Page::new("Look in your email", Here::SignIn), &main)
}

fn minutes_of(duration: crate::domain::time::SignedDuration) -> u32 {
    u32::try_from(duration.as_mins()).unwrap_or(0)
}

/// The page behind the link of the mail: its button signs in, the page itself does nothing.
#[must_use]
pub fn link_page(around: &Around<'_>, token: &str, next: &str) -> Markup {
    let main = ui::quietpage(
        frond(PARTLY),
        "Welcome back",
        html! {
            p { "One tap, and you are signed in on this device." }
            form.form method="post" action=(link::sign_in_link(token)) {
                (hidden_next(next))
                (ui::submit(Button::new("Sign in").wide(), html! {}))
            }
            p.aside { (icon(Icon::Lock)) " Did you not ask for this? Then close the page; nothing happens." }
        },
    );
    around.page(Page::new("Sign in", Here::SignIn), &main)
}

/// What is said of a link that does not sign in, with the way to another.
#[must_use]
pub fn refused(around: &Around<'_>, refusal: Refusal) -> Markup {
    let said = text::link(refusal, around.post);
    sign_in(
        around,
        &SignIn { note: Some(ui::note(Note::Warn, &said.what, html! { (said.then) })), ..SignIn::default() },
    )
}

/// After signing out.
#[must_use]
pub fn signed_out(around: &Around<'_>) -> Markup {
    around.quiet(
        "You are signed out",
        frond(PARTLY),
        html! {
            p { "Your sessions are safe. Sign in again whenever you like." }
            p.cluster { (Button::new("Sign in").link(&link::sign_in())) a href=(link::home()) { "Front page" } }
        },
    )
}
