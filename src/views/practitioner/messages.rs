//! The outbox: what will be sent, what was, what was not needed, what could not be delivered, and, without a mail
//! server, the links to hand over.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::messages::message::{Message, State};
use crate::domain::people::login::Person;
use crate::domain::time::long_moment;
use crate::views::art::Icon;
use crate::views::link;
use crate::views::text::{self, times_in};
use crate::views::ui::{self, Button, Field, Note, Select};

/// A sign-in link that was made to be handed over.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// For whom.
    pub name: String,
    /// The link; it is shown once and kept nowhere.
    pub url: String,
}

/// Whether mail goes out.
#[derive(Debug, Clone)]
pub enum Post {
    /// By a server, or into the demo's mailbox.
    Set,
    /// Not at all: links are handed over.
    None {
        /// For whom one can be made: id and name.
        clients: Vec<(String, String)>,
        /// The one that was just made.
        made: Option<HandOver>,
    },
}

/// A message with the name of the person it is for.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The message.
    pub message: &'a Message,
    /// The person's name.
    pub name: &'a str,
}

/// What becomes, or became, of a message: when it goes, or how it ended.
#[must_use]
pub fn became(desk: &Desk<'_>, message: &Message) -> String {
    match message.state {
        State::Planned if message.tries > 0 => format!(
            "Not delivered yet, tried {}. Next try {}.",
            text::times(message.tries),
            long_moment(message.try_at, desk.zone())
        ),
        State::Planned => format!("Goes out {}.", long_moment(message.try_at, desk.zone())),
        _ => text::state(&message.state, desk.zone()),
    }
}

/// The page; letters newest first.
#[must_use]
pub fn page(desk: &Desk<'_>, letters: &[Letter<'_>], post: &Post) -> Markup {
    let of = |which: fn(&State) -> bool| {
        letters.iter().filter(move |one| which(&one.message.state)).collect::<Vec<_>>()
    };
    let dead = of(|state| matches!(state, State::Dead { .. }));
    let mut planned = of(|state| matches!(state, State::Planned | State::Sending { .. }));
    planned.sort_by_key(|one| one.message.try_at);
    let sent = of(|state| matches!(state, State::Sent { .. } | State::Unsure { .. }));
    let suppressed = of(|state| matches!(state, State::Suppressed { .. }));
    let main = html! {
        (super::head(None, "Messages", html! { "What is sent for you, and why. " (times_in(desk.zone())) }))
        (without_post(post))
        @if !dead.is_empty() {
            section {
                h2 { "Could not be delivered" }
                ul."packs narrow" {
                    @for one in &dead {
                        li {
                            (line(desk, one))
                            form method="post" action=(link::desk_message_retry(one.message.id)) {
                                (Button::new("Try again").quiet().small().heard(&format!(" to {}", one.name)))
                            }
                        }
                    }
                }
            }
        }
        (group(desk, "Will go out", &planned, "Nothing waits to be sent."))
        (group(desk, "Went out", &sent, "Nothing was sent yet."))
        (group(desk, "Not needed", &suppressed, "Nothing was held back."))
    };
    desk.page("Messages", Tab::None, &main)
}

fn without_post(post: &Post) -> Markup {
    let Post::None { clients, made } = post else { return html! {} };
    let options: Vec<(&str, &str)> = clients.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    html! {
        (ui::note(Note::Warn, "No mail server is set up, so nothing is sent.", html! {
            "Add one to the settings file and start the program again. Until then you hand sign-in links over yourself."
        }))
        section.gap #hand-over {
            h2 { "A sign-in link to hand over" }
            @if let Some(made) = made {
                (ui::note(Note::Good, &format!("A link for {}.", made.name), html! { "It works once, for 30 minutes. It is shown here only now." }))
                div.inline {
                    (Field::new("link", "The link").value(&made.url).with("readonly", ""))
                    (Button::new("Copy").quiet().icon(Icon::Copy).copies("link"))
                }
            }
            @if clients.is_empty() { p { "You have no clients yet." } }
            @else {
                form."inline narrow" method="post" action=(link::desk_messages()) {
                    (Select::new("client", "For", &options))
                    (Button::new("Make a link").quiet())
                }
            }
        }
    }
}

fn group(desk: &Desk<'_>, heading: &str, letters: &[&Letter<'_>], none: &str) -> Markup {
    const SHOWN: usize = 60;
    html! {
        section.gap {
            h2 { (heading) }
            @if letters.is_empty() { p { (none) } }
            @else { ul."packs narrow" { @for one in letters.iter().take(SHOWN) { li { (line(desk, one)) } } } }
            @if letters.len() > SHOWN { p.hint { "And " (letters.len() - SHOWN) " more." } }
        }
    }
}

fn line(desk: &Desk<'_>, one: &Letter<'_>) -> Markup {
    html! {
        div {
            h3 { (text::kind(one.message.kind)) }
            p {
                "To "
                @match one.message.to {
                    Person::Client(id) => a href=(link::desk_client(id)) { (one.name) },
                    Person::Practitioner(_) => (one.name),
                }
                ". " (became(desk, one.message))
            }
        }
    }
}
