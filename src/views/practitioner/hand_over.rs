//! A link that is handed over, where no mail goes out: as a code for a phone's camera, as text to copy, to be written from the
//! practice's own mail program; with the digits that do the same on another device. It is shown once and kept nowhere.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::email::EmailAddress;
use crate::domain::people::client::Client;
use crate::domain::people::login::LINK_LIFE;
use crate::views::art::Icon;
use crate::views::ui::{self, Button, Field, Note};
use crate::views::{link, qr, text};

/// A link that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// For whom.
    pub name: String,
    /// Her address, for whoever writes to her by other means.
    pub email: EmailAddress,
    /// What it is, as the subject of such a mail says it.
    pub what: String,
    /// The link.
    pub url: String,
    /// The digits that sign in like the link, if it signs in.
    pub code: Option<String>,
    /// For how long it works: "30 minutes".
    pub lives: String,
}

impl HandOver {
    /// A link that signs somebody in, with its code.
    #[must_use]
    pub fn sign_in(name: &str, email: &EmailAddress, (url, code): (String, String)) -> Self {
        Self {
            name: name.to_owned(),
            email: email.clone(),
            what: "Your sign-in link".to_owned(),
            url,
            code: Some(code),
            lives: text::length(u32::try_from(LINK_LIFE.as_mins()).unwrap_or(0)),
        }
    }
}

/// The link in each of its shapes.
#[must_use]
pub fn part(made: &HandOver) -> Markup {
    let first = made.name.split_whitespace().next().unwrap_or_default();
    let once = format!("It works once, for {}, and is shown only now.", made.lives);
    html! {
        section.form #hand-over {
            (ui::note(Note::Good, &format!("A link for {}.", made.name), html! { (once) }))
            div.handed {
                @if let Some(code) = qr::code(&made.url, &format!("The link for {} as a QR code", made.name)) {
                    div {
                        (code)
                        p.hint { "For the camera of " (first) "’s phone, if it can reach this address." }
                    }
                }
                div.form {
                    @if let Some(code) = &made.code {
                        p { "Or type on any device, at " b { "Sign in" } ", the email and this code:" }
                        p.code-big { (code) }
                    }
                    (Field::new("link", "The link").value(&made.url).with("readonly", ""))
                    div.cluster {
                        (Button::new("Copy").quiet().icon(Icon::Copy).copies("link"))
                        a href=(link::mail_to(&made.email, &made.what, &made.url)) { "Write it from your own mail program" }
                    }
                }
            }
        }
    }
}

/// The page of a sign-in link that was made for a client.
#[must_use]
pub fn for_client(desk: &Desk<'_>, client: &Client, made: &HandOver) -> Markup {
    let href = link::desk_client(client.id);
    let title = "A sign-in link";
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), title, html! { "For " (client.name) ", to hand over" }))
        (part(made))
        p.gap { a href=(href) { "Back to " (client.name.first_word()) } }
    };
    desk.page(title, Tab::Clients, &main)
}
