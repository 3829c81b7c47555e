//! The page that asks a member once more who she is, before what is grave; it holds the form that she had sent.

use maud::{Markup, html};

use super::{Desk, Tab, passkey};
use crate::domain::email::EmailAddress;
use crate::views::link;
use crate::views::post::Post;
use crate::views::ui::{self, Button};

/// A field of the form that is held.
pub type Field<'a> = (&'a str, &'a str);

/// By what she proves that it is she.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// By a code of her app, or a recovery code.
    Code,
    /// By her password.
    Password,
    /// By signing in again, as she has neither.
    Link,
}

/// What is asked, and what goes on afterwards.
#[derive(Debug)]
pub struct Asking<'a> {
    /// Where the form goes.
    pub to: &'a str,
    /// What it holds.
    pub fields: &'a [Field<'a>],
    /// By what she proves it.
    pub by: By,
    /// What is wrong with what she typed.
    pub wrong: Option<&'a str>,
    /// Where she gets mail.
    pub email: &'a EmailAddress,
    /// The name of passkeys, where they work.
    pub site: Option<&'a str>,
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, asking: &Asking<'_>) -> Markup {
    const TITLE: &str = "Is it you?";
    let main = html! {
        (super::head(None, TITLE, html! { "Before keys, people, money that goes back and what takes everything away." }))
        div."narrow form" {
            @if asking.by == By::Link { (link_first(desk, asking)) }
            form.form method="post" action=(asking.to) {
                @for (name, value) in asking.fields { input type="hidden" name=(name) value=(value); }
                input type="hidden" autocomplete="username" value=(asking.email);
                @match asking.by {
                    By::Code => (ui::Field::new("proof", "A code of your app, or a recovery code").autocomplete("one-time-code").required().error(asking.wrong)),
                    By::Password => (ui::Field::new("proof", "Your password").kind("password").autocomplete("current-password").required().error(asking.wrong)),
                    By::Link => {},
                }
                (ui::submit(Button::new("Go on"), html! { "You are not asked again for a quarter of an hour. What you had typed is kept, and goes on from here." }))
                (passkey::instead(asking.site.filter(|_| asking.by == By::Code), "proof"))
            }
            p { a href=(link::desk()) { "Leave it" } }
        }
    };
    desk.page_with(TITLE, Tab::None, &main, Some(passkey::SCRIPT))
}

fn link_first(desk: &Desk<'_>, asking: &Asking<'_>) -> Markup {
    html! {
        @match desk.post {
            Post::Goes => {
                p { "You have no password. Have a link sent to " (asking.email) ", open it in this browser, and then go on here." }
                form method="post" action=(link::desk_sign_in_link()) target="_blank" {
                    input type="hidden" name="email" value=(asking.email);
                    (Button::new("Send me a link").quiet())
                }
            }
            Post::HandedOver => {
                p { "You have no password. Sign in again by a link from the owner of the practice, in this browser, and then go on here." }
            }
        }
    }
}
