//! The outbox: what will be sent, what was, what was held back and why, what could not be delivered; one message at a time,
//! which without a mail server is there to be handed over.

use maud::{Markup, html};

use super::{Desk, Tab, moment};
use crate::domain::messages::message::{Kind, Message, State, Suppressed};
use crate::domain::people::login::Person;
use crate::domain::time::long_moment;
use crate::views::art::Icon;
use crate::views::link;
use crate::views::post::Post;
use crate::views::text::{self, times_in};
use crate::views::ui::{self, Area, Button, Field, Note, Select};

/// A message with the name of the person it is for.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// The message.
    pub message: &'a Message,
    /// The person's name.
    pub name: &'a str,
}

/// Which messages are shown, by what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// Those that will go, the next first.
    Planned,
    /// Those that nothing sends, as no mail goes out: to be handed over.
    ToHandOver,
    /// Those that went.
    Sent,
    /// Those that were not needed, or held back.
    HeldBack,
    /// Those that a person must look at.
    Failed,
}

impl Show {
    /// Each with its name in addresses and its words.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Planned, "planned", "Will go out"),
        (Self::ToHandOver, "to-hand-over", "To hand over"),
        (Self::Sent, "sent", "Went out"),
        (Self::HeldBack, "held-back", "Not sent"),
        (Self::Failed, "failed", "Could not be delivered"),
    ];

    /// The one of that name. If there is none, those that wait: to go, or to be handed over.
    #[must_use]
    pub fn named(name: &str, post: Post) -> Self {
        let waiting = if post == Post::Goes { Self::Planned } else { Self::ToHandOver };
        Self::ALL.iter().find(|(_, known, _)| *known == name).map_or(waiting, |(show, ..)| *show)
    }

    const fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Whether a message is among them.
    #[must_use]
    pub fn takes(self, state: &State) -> bool {
        matches!(
            (self, state),
            (Self::Planned, State::Planned | State::Sending { .. })
                | (Self::ToHandOver, State::Suppressed { why: Suppressed::NoPost, .. })
                | (Self::Sent, State::Sent { .. } | State::Unsure { .. })
                | (Self::Failed, State::Dead { .. })
        ) || (self == Self::HeldBack && held_back(state))
    }

    /// What they are sorted by, the least first: what will go by when it does, all else by when it was due, the last first.
    #[must_use]
    pub fn order(self, message: &Message) -> i64 {
        match self {
            Self::Planned => message.try_at.as_microsecond(),
            _ => -message.due_at.as_microsecond(),
        }
    }
}

/// Whether a message was not needed, or held back by somebody.
const fn held_back(state: &State) -> bool {
    !matches!(state, State::Suppressed { why: Suppressed::NoPost, .. })
        && matches!(state, State::Suppressed { .. })
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Sought<'a> {
    /// What became of them.
    pub show: Show,
    /// Of which kind.
    pub kind: Option<Kind>,
    /// A word of the reader's name.
    pub name: &'a str,
    /// Which page, from 1.
    pub page: usize,
}

impl Sought<'_> {
    /// How many stand on a page.
    pub const ON_A_PAGE: usize = 50;

    fn address(&self, show: Show, page: usize) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let kind = self.kind.map_or("", Kind::name);
        let questions = [("show", show.name()), ("kind", kind), ("q", self.name), ("page", page.as_str())];
        link::asking(&link::desk_messages(), &questions)
    }
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
        // Its hour has come, and it goes with the next turn: a time that is over is none to come.
        State::Planned if message.try_at <= desk.now => "Goes out now.".to_owned(),
        State::Planned => format!("Goes out {}.", long_moment(message.try_at, desk.zone())),
        _ => text::state(&message.state, desk.zone()),
    }
}

/// The page: of the letters that fit kind and name, those that are shown, and how many there are of each.
#[must_use]
pub fn page(desk: &Desk<'_>, sought: &Sought<'_>, (letters, counts): (&[Letter<'_>], [usize; 5])) -> Markup {
    let total = counts[sought.show as usize];
    let main = html! {
        div."desk-head with" {
            div { h1 { "Messages" } p { "What is sent for you, and why. " (times_in(desk.zone())) } }
            div.cluster {
                (Button::new("Write to a client").icon(Icon::Mail).link(&link::desk_write()))
                (Button::new("Your words").quiet().link(&link::desk_words()))
            }
        }
        @if desk.post == Post::HandedOver { (without_post()) }
        ul."filter row" aria-label="Show" {
            @for (show, _, words) in Show::ALL {
                // Where mail goes out there is nothing to hand over, but for what is left of a time without.
                @if show != Show::ToHandOver || desk.post == Post::HandedOver || counts[show as usize] > 0 { li {
                    a href=(sought.address(show, 1)) aria-current=[(show == sought.show).then_some("true")] {
                        (words) " " (counts[show as usize])
                    }
                } }
            }
        }
        (search(sought))
        @if letters.is_empty() { p.gap { (nothing(sought)) } }
        @else { ul."packs narrow gap" { @for one in letters { li { (line(desk, one)) } } } }
        (pager(sought, total))
    };
    desk.page("Messages", Tab::Messages, &main)
}

fn search(sought: &Sought<'_>) -> Markup {
    let kinds = Kind::ALL.map(|kind| (kind.name(), text::kind(kind)));
    let options: Vec<(&str, &str)> = std::iter::once(("", "Every kind")).chain(kinds).collect();
    html! {
        form."inline narrow" role="search" action=(link::desk_messages()) {
            input type="hidden" name="show" value=(sought.show.name());
            (Select::new("kind", "Kind", &options).value(sought.kind.map_or("", Kind::name)))
            (Field::new("q", "Client").kind("search").value(sought.name))
            (Button::new("Show").quiet())
        }
    }
}

fn nothing(sought: &Sought<'_>) -> &'static str {
    match sought.show {
        _ if sought.kind.is_some() || !sought.name.is_empty() => "None of these.",
        Show::Planned => "Nothing waits to be sent.",
        Show::ToHandOver => "Nothing waits to be handed over.",
        Show::Sent => "Nothing was sent yet.",
        Show::HeldBack => "Nothing was held back.",
        Show::Failed => "Every message could be delivered.",
    }
}

fn pager(sought: &Sought<'_>, total: usize) -> Markup {
    let pages = total.div_ceil(Sought::ON_A_PAGE);
    html! {
        @if pages > 1 {
            nav."cluster gap" aria-label="Pages" {
                @if sought.page > 1 { a href=(sought.address(sought.show, sought.page - 1)) rel="prev" { "Earlier in the list" } }
                p { "Page " (sought.page) " of " (pages) }
                @if sought.page < pages { a href=(sought.address(sought.show, sought.page + 1)) rel="next" { "Further down" } }
            }
        }
    }
}

fn without_post() -> Markup {
    ui::note(
        Note::Warn,
        "No mail server is set up, so nothing is sent.",
        html! {
            "Each message stands here instead, when its time has come: open it to print it or to copy its words. A link for signing in is "
            "made on the client’s page. To send mail, add a mail server to the settings file and have the program read it anew (systemctl reload fiddlehead)."
        },
    )
}

fn line(desk: &Desk<'_>, one: &Letter<'_>) -> Markup {
    html! {
        div {
            h2 { a href=(link::desk_message(one.message.id)) { (text::kind(one.message.kind)) span.sr { " to " (one.name) } } }
            p { (to(one)) ". " (became(desk, one.message)) }
        }
        @if matches!(one.message.state, State::Dead { .. }) { (retry(one)) }
    }
}

fn to(one: &Letter<'_>) -> Markup {
    html! {
        "To "
        @match one.message.to {
            Person::Client(id) => a href=(link::desk_client(id)) { (one.name) },
            Person::Practitioner(_) => (one.name),
        }
    }
}

fn retry(one: &Letter<'_>) -> Markup {
    html! {
        form method="post" action=(link::desk_message_retry(one.message.id)) {
            (Button::new("Try again").quiet().small().heard(&format!(" to {}", one.name)))
        }
    }
}

/// How a message reads.
#[derive(Debug, Clone)]
pub enum Reads {
    /// As it was handed to the mail server: subject and text.
    Sent(String, String),
    /// As it would go now: subject and text, and the HTML in a frame.
    Would(String, String),
    /// It is not shown: it signs in, or what it is about is gone.
    Hidden,
}

/// One message.
#[must_use]
pub fn one(desk: &Desk<'_>, letter: &Letter<'_>, reads: &Reads) -> Markup {
    let message = letter.message;
    let messages = link::desk_messages();
    let title = text::kind(message.kind);
    let main = html! {
        (super::head(Some((&messages, "Messages")), title, html! { (to(letter)) ". " (became(desk, message)) }))
        div."split client-page" {
            div.split-main { (reading(message, reads)) }
            aside."split-side form" {
                section { h2 { "Why" } p { (text::reason(message.kind)) } }
                @if message.kind.is_nudge() { (in_hand(letter)) }
                @if matches!(message.state, State::Dead { .. } | State::Unsure { .. }) { (retry(letter)) }
                (history(desk, message))
            }
        }
    };
    desk.page(title, Tab::Messages, &main)
}

fn reading(message: &Message, reads: &Reads) -> Markup {
    match reads {
        Reads::Sent(subject, words) => html! {
            section {
                h2 { "As it read" }
                p { b { (subject) } }
                pre { (unwrapped(words)) }
            }
        },
        Reads::Would(subject, words) => html! {
            section {
                h2 { "As it would read now" }
                p { b { (subject) } }
                @if matches!(message.state, State::Suppressed { why: Suppressed::NoPost, .. }) { (to_hand_over(words)) }
                @else {
                    p.hint { "Numbers, dates and free times are filled in when it goes." }
                    (frame(&link::desk_message_html(message.id), words))
                }
            }
        },
        Reads::Hidden => html! {
            section {
                h2 { "How it reads" }
                p {
                    @if message.kind == Kind::SignIn { "A sign-in link is for its reader’s eyes only. It is kept nowhere." }
                    @else { "What it was about is no longer kept." }
                }
            }
        },
    }
}

/// The words of a message that nothing sends, to print or to copy.
fn to_hand_over(words: &str) -> Markup {
    html! {
        p.no-print { "No mail goes out. Print this page, or copy the words into a message of your own." }
        pre { (unwrapped(words)) }
        details.no-print {
            summary { "Copy the words" }
            (Area::new("words", "The message").value(words).with("readonly", "").with("rows", "12"))
            (Button::new("Copy").quiet().icon(Icon::Copy).copies("words"))
        }
    }
}

/// A mail in a frame of its own, with the same words as plain text below.
#[must_use]
pub fn frame(src: &str, words: &str) -> Markup {
    html! {
        iframe.letter title="The message as it looks in a mail program" src=(src) sandbox="" {}
        details { summary { "The same as plain text" } pre { (unwrapped(words)) } }
    }
}

/// A mail's plain text without the ends of lines that it was given to be no wider than a mail program shows: a page breaks its
/// lines by itself. Two lines are one again where the next word had no room.
fn unwrapped(words: &str) -> String {
    /// As wide as `views/messages` sets it.
    const WIDTH: usize = 72;
    let mut out = String::with_capacity(words.len());
    let mut last = "";
    for (i, line) in words.lines().enumerate() {
        let next = line.split(' ').next().unwrap_or_default();
        let full = last.chars().count() + 1 + next.chars().count() > WIDTH;
        let flows =
            full && !last.is_empty() && !next.is_empty() && !next.contains("://") && line.contains(' ');
        if i > 0 {
            out.push(if flows { ' ' } else { '\n' });
        }
        out.push_str(line);
        last = line;
    }
    out
}

/// What can be done to a nudge that has not gone.
fn in_hand(letter: &Letter<'_>) -> Markup {
    let message = letter.message;
    let (send, withhold) = match message.state {
        State::Planned => (true, true),
        State::Suppressed { .. } => (true, false),
        _ => (false, false),
    };
    let first = letter.name.split_whitespace().next().unwrap_or_default();
    html! {
        @if send {
            form method="post" action=(link::desk_message_send(message.id)) {
                (ui::submit(Button::new("Send it now").quiet(), html! {
                    "It goes at once, or at eight in the morning if " (first) " sleeps; then not again at its own time. Each goes once."
                }))
            }
        }
        @if withhold {
            form method="post" action=(link::desk_message_withhold(message.id)) {
                (ui::submit(Button::new("Do not send it").quiet(), html! {
                    "This one does not go. Others to " (first) " do. You can still send it by hand later."
                }))
            }
        }
        @if matches!(message.state, State::Suppressed { why: Suppressed::Withheld, .. }) { p { "You held it back." } }
        @if !send { p.hint { "It goes once, so it cannot be sent again." } }
    }
}

fn history(desk: &Desk<'_>, message: &Message) -> Markup {
    let ended = match &message.state {
        State::Planned => None,
        State::Sending { since } => Some(("Handed to the mail server", *since)),
        State::Sent { at } => Some(("The mail server took it", *at)),
        State::Suppressed { at, .. } => Some(("Found not needed, or held back", *at)),
        State::Unsure { at } => Some(("The line broke at the last moment", *at)),
        State::Dead { at, .. } => Some(("Given up", *at)),
    };
    html! {
        section {
            h2 { "History" }
            ul.plainlist {
                li { "Planned " (moment(message.made_at, desk.zone())) }
                @if let Some(asked_at) = message.asked_at { li { "You asked for it " (moment(asked_at, desk.zone())) } }
                li { "Meant to go " (moment(message.due_at, desk.zone())) }
                @if message.tries > 0 { li { "Tried " (text::times(message.tries)) } }
                @if let Some((what, at)) = ended { li { (what) " " (moment(at, desk.zone())) } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_were_broken_for_a_mail_flow_again_and_others_stay() {
        let first = "Your session has a new time, which is Tuesday 21 April at half past five.";
        let broken = "Your session has a new time, which is Tuesday 21 April at half past\nfive.";
        // One word alone could be an address: it stays where it is.
        assert_eq!(unwrapped(broken), broken);
        let broken =
            format!("{broken} And more.\n\n  Tuesday 21 April\n  5:30 pm\n\nMove it:\nhttps://a.test/b c");
        let want =
            format!("{first} And more.\n\n  Tuesday 21 April\n  5:30 pm\n\nMove it:\nhttps://a.test/b c");
        assert_eq!(unwrapped(&broken), want);
    }
}
