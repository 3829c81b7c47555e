//! The words of each kind of message: which are the practitioner's, and the form in which she writes them, with how they
//! read beside it.

use maud::{DOCTYPE, Markup, html};

use super::write::blanks;
use super::{Desk, Tab};
use crate::domain::id::MessageId;
use crate::domain::messages::message::Kind;
use crate::domain::messages::wording::{EDITABLE, Wording};
use crate::domain::text::Line;
use crate::views::link;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Field, Note, Select, Tag};

/// The list; `hers` are the kinds for which she has words of her own.
#[must_use]
pub fn list(desk: &Desk<'_>, hers: &[Kind]) -> Markup {
    let messages = link::desk_messages();
    let main = html! {
        (super::head(Some((&messages, "Messages")), "Your words", html! {
            "Every message has words of ours. Write your own where you would say it otherwise."
        }))
        ul."packs narrow" {
            @for kind in EDITABLE {
                li {
                    div {
                        h2.plain { a href=(link::desk_words_of(kind.name())) { (text::kind(kind)) } }
                        p { (text::reason(kind)) }
                    }
                    @if hers.contains(&kind) { (ui::tag(Tag::Good, "Your words")) }
                }
            }
        }
        p.hint { "The sign-in link is the same for everybody, as it belongs to no practitioner." }
    };
    desk.page("Your words", Tab::Messages, &main)
}

/// What the form for one kind shows.
#[derive(Debug)]
pub struct Editor<'a> {
    /// Which kind.
    pub kind: Kind,
    /// What was typed.
    pub typed: &'a Typed,
    /// How it reads in our words: subject, opening, closing.
    pub ours: (&'a str, &'a str, &'a str),
    /// A package that her subject names.
    pub named: Option<&'a Line>,
    /// The id of the message that a test makes.
    pub test: MessageId,
    /// Clients to look at it for: id and name.
    pub clients: &'a [(String, String)],
}

/// The form of a wording as it is kept.
#[must_use]
pub fn typed(wording: &Wording) -> Typed {
    let passage = |passage: &Option<crate::domain::text::Paragraph>| {
        passage.as_ref().map_or(String::new(), ToString::to_string)
    };
    Typed::default()
        .with("subject", wording.subject.as_ref().map_or(String::new(), ToString::to_string))
        .with("opening", passage(&wording.opening))
        .with("closing", passage(&wording.closing))
}

/// The page.
#[must_use]
pub fn edit(desk: &Desk<'_>, editor: &Editor<'_>) -> Markup {
    let words = link::desk_words();
    let here = link::desk_words_of(editor.kind.name());
    let preview = link::desk_words_preview(editor.kind.name());
    let title = text::kind(editor.kind);
    let who: Vec<(&str, &str)> = std::iter::once(("", "a made-up client"))
        .chain(editor.clients.iter().map(|(id, name)| (id.as_str(), name.as_str())))
        .collect();
    let main = html! {
        (super::head(Some((&words, "Your words")), title, html! { (text::reason(editor.kind)) }))
        @if let Some(name) = editor.named { (privacy(name)) }
        @if editor.typed.value("then") == "test" && editor.typed.is_sound() {
            div.said role="status" {
                (ui::note(Note::Good, "A test is on its way to you.", html! { "What stands below is not saved yet." }))
            }
        }
        div."split client-page" {
            form."form split-main" method="post" action=(here) {
                (ui::amiss(editor.typed, "Not saved yet."))
                (fields(editor))
                (blanks(editor.kind))
                (Select::new("client", "Look at it for", &who).value(editor.typed.value("client")))
                div.cluster {
                    (Button::new("Save your words").sends("then", "save"))
                    button."btn ghost" formaction=(preview) formtarget="preview" { "Look at it" }
                    button."btn ghost" formaction=(preview) formtarget="preview" name="as" value="text" { "As plain text" }
                }
                input type="hidden" name="id" value=(editor.test);
                div.cluster {
                    (Button::new("Send me a test").quiet().small().sends("then", "test"))
                    (Button::new("Back to our words").quiet().small().sends("then", "ours"))
                }
                p.hint { "The test goes to " (desk.who.email) " as every message does, about a made-up client, in what stands above." }
            }
            aside.split-side {
                h2 { "How it reads" }
                iframe.letter name="preview" title="How the message looks in a mail program" src=(preview) {}
            }
        }
    };
    desk.page(title, Tab::Messages, &main)
}

fn fields(editor: &Editor<'_>) -> Markup {
    let (subject, opening, closing) = editor.ours;
    let hint = |ours: &str, none: &str| match ours {
        "" => none.to_owned(),
        ours => format!("Ours: “{ours}” Left empty, it stays."),
    };
    let subject_hint = hint(subject, "");
    let opening_hint =
        hint(opening, "We begin with what the message is about. What you write comes before it.");
    let closing_hint = hint(closing, "We end with what the message is about. What you write comes after it.");
    let room = Wording::ROOM.to_string();
    let typed = editor.typed;
    html! {
        (Field::new("subject", "Subject").optional().value(typed.value("subject")).error(typed.error("subject")).hint(&subject_hint))
        (Area::new("opening", "It opens with").optional().value(typed.value("opening")).error(typed.error("opening"))
            .with("rows", "5").with("maxlength", &room).hint(&opening_hint))
        (Area::new("closing", "It closes with").optional().value(typed.value("closing")).error(typed.error("closing"))
            .with("rows", "4").with("maxlength", &room).hint(&closing_hint))
        p.hint { "Times, numbers, the button and why the message came stand between and below. An empty line begins a new paragraph." }
    }
}

fn privacy(name: &Line) -> Markup {
    ui::note(
        Note::Warn,
        "Your subject names a package.",
        html! {
            "A lock screen may be read by anyone, and “" (name) "” may say what the sessions are for. Ours never names it."
        },
    )
}

/// A page for the frame in place of a mail: what is wrong with the words, or nothing yet. It has no style, as the frame takes
/// none from anywhere.
#[must_use]
pub fn in_frame(words: &[String]) -> String {
    bare("Preview", &html! { @for word in words { p { (word) } } })
}

/// The same with the plain text of a mail.
#[must_use]
pub fn text_in_frame(subject: &str, words: &str) -> String {
    let lines = html! { p { @for line in words.lines() { (line) br; } } };
    bare(subject, &lines)
}

fn bare(title: &str, main: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
            }
            body { main { h1 { small { (title) } } (main) } }
        }
    }
    .into_string()
}
