//! Writing to a client by hand: whom, what, and how it reads before it goes.

use maud::{Markup, html};

use super::messages::frame;
use super::{Desk, Tab};
use crate::domain::id::{LotId, MessageId};
use crate::domain::messages::message::Kind;
use crate::domain::messages::nudge::NotByHand;
use crate::domain::messages::wording::{Blank, Wording};
use crate::domain::people::client::Client;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, clock_time, long_day};
use crate::views::link;
use crate::views::post::Post;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Area, Button, Field, Note};

/// A nudge of some credits, with whether it can go.
#[derive(Debug, Clone)]
pub struct Choice {
    /// Which.
    pub kind: Kind,
    /// Of which credits.
    pub lot: LotId,
    /// Why it cannot.
    pub against: Option<NotByHand>,
}

/// Some credits with the nudges that can be sent about them.
#[derive(Debug, Clone)]
pub struct About {
    /// What they are called.
    pub name: Line,
    /// Their nudges.
    pub choices: Vec<Choice>,
}

/// The first step: whom.
#[must_use]
pub fn whom(desk: &Desk<'_>, search: &str, found: &[&Client], more: bool) -> Markup {
    let messages = link::desk_messages();
    let main = html! {
        (super::head(Some((&messages, "Messages")), "Whom shall we write to?", html! {}))
        form."inline narrow" role="search" action=(link::desk_write()) {
            (Field::new("q", "Find by name or email").kind("search").value(search))
            (Button::new("Find").quiet())
        }
        @if found.is_empty() { p.gap { "Nobody of that name." } }
        ul."plainlist gap" {
            @for client in found {
                li { a href=(link::asking(&link::desk_write(), &[("client", &client.id.to_string())])) { (client.name) } ", " (client.email) }
            }
        }
        @if more { p.hint { "There are more. Part of a name finds the one you mean." } }
    };
    desk.page("Write to a client", Tab::Messages, &main)
}

/// When a message to a client goes, in words: at once, or in her morning.
#[must_use]
pub fn goes(client: &Client, now: Timestamp, goes_at: Timestamp) -> String {
    if goes_at <= now {
        return "It goes at once.".to_owned();
    }
    let (local, at) = (client.zone.local(now), client.zone.local(goes_at));
    format!(
        "It is {} for {}, who may be asleep. It goes {} at {} there.",
        clock_time(local.time()),
        client.name.first_word(),
        long_day(at.date()),
        clock_time(at.time())
    )
}

/// The second step: a reminder that the program knows, or words of her own. `id` is the message that the words make.
#[must_use]
pub fn what(
    desk: &Desk<'_>,
    client: &Client,
    abouts: &[About],
    (id, typed): (MessageId, &Typed),
    goes_at: Timestamp,
) -> Markup {
    let messages = link::desk_messages();
    let first = client.name.first_word();
    let main = html! {
        (super::head(Some((&messages, "Messages")), &format!("Write to {first}"), html! {
            (client.name) ", " (client.email) "."
            @if desk.post == Post::Goes { " " (goes(client, desk.now, goes_at)) }
        }))
        div."split client-page" {
            div.split-main {
                section {
                    h2 { "A few words of your own" }
                    (letter_form(desk, client, (id, typed)))
                }
            }
            aside."split-side form" {
                h2 { "A reminder" }
                @if abouts.is_empty() { p { (first) " has no sessions with you, so there is nothing to remind of." } }
                @for about in abouts { (reminders(about)) }
                @if !abouts.is_empty() { p.hint { "Each goes once for the same sessions, whether you send it or it goes of its own." } }
            }
        }
    };
    desk.page("Write to a client", Tab::Messages, &main)
}

fn reminders(about: &About) -> Markup {
    html! {
        section {
            h3 { (about.name) }
            ul.plainlist {
                @for choice in &about.choices {
                    li {
                        @match choice.against {
                            None => {
                                a href=(link::desk_nudge(choice.lot, choice.kind.name())) { (text::kind(choice.kind)) }
                            }
                            Some(why) => { (text::kind(choice.kind)) ". " span.hint { (text::not_by_hand(why)) } }
                        }
                    }
                }
            }
        }
    }
}

fn letter_form(desk: &Desk<'_>, client: &Client, (id, typed): (MessageId, &Typed)) -> Markup {
    html! {
        form.form method="post" action=(link::desk_write()) {
            input type="hidden" name="id" value=(id);
            input type="hidden" name="client" value=(client.id);
            (ui::amiss(typed, "Not sent yet."))
            (Field::new("subject", "Subject").value(typed.value("subject")).required().error(typed.error("subject"))
                .with("maxlength", &Line::ROOM.to_string())
                .hint("A lock screen may be read by anyone: better without what the sessions are for."))
            (Area::new("text", "Your words").value(typed.value("text")).required().error(typed.error("text"))
                .with("rows", "9").with("maxlength", &Wording::ROOM.to_string())
                .hint("Below them stand a way to answer you and the button to the sessions page."))
            (blanks(Kind::Personal))
            div.cluster {
                (Button::new(desk.post.says("Send it", "Keep it to hand over")))
                button."btn ghost" formaction=(link::desk_write_preview()) formtarget="preview" { "Look at it first" }
            }
            p.hint {
                (desk.post.says("It goes by email from the practice; answers come to your own address.",
                    "No mail goes out: it stands under Messages then, to be printed or copied."))
            }
        }
        iframe.letter name="preview" title="How your words look in a mail program" src=(link::desk_write_preview()) {}
    }
}

/// The blanks that can stand in words for a kind of message.
#[must_use]
pub fn blanks(kind: Kind) -> Markup {
    html! {
        details {
            summary { "Blanks that are filled in when it goes" }
            ul.plainlist {
                @for blank in Blank::of(kind) { li { code { "{" (blank.name()) "}" } " " (text::blank(*blank)) } }
            }
        }
    }
}

/// A reminder as it reads, before it goes.
#[must_use]
pub fn nudge(
    desk: &Desk<'_>,
    client: &Client,
    (lot, kind): (LotId, Kind),
    can: Result<Timestamp, NotByHand>,
    (subject, words): (&str, &str),
) -> Markup {
    let id = client.id.to_string();
    let back = link::asking(&link::desk_write(), &[("client", &id)]);
    let src = link::desk_nudge_html(lot, kind.name());
    let title = text::kind(kind);
    let main = html! {
        (super::head(Some((&back, &format!("Write to {}", client.name.first_word()))), title, html! { "To " (client.name) ", " (client.email) }))
        div.narrow {
            @match can {
                Ok(goes_at) => form.form method="post" action=(link::desk_nudge(lot, kind.name())) {
                    (ui::note(Note::Info, &goes(client, desk.now, goes_at), html! {
                        "It goes once: not again at its own time, and not if what it says is no longer so by then."
                    }))
                    (ui::submit(Button::new("Send it"), html! { a href=(back) { "Not now" } }))
                },
                Err(why) => (ui::note(Note::Warn, "It cannot be sent now.", html! { (text::not_by_hand(why)) })),
            }
            p.gap { b { (subject) } }
            (frame(&src, words))
        }
    };
    desk.page(title, Tab::Messages, &main)
}
