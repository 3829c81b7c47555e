//! Calendars: her own feed, and the calendars elsewhere whose busy times are taken off her free times.

use maud::{Markup, html};

use super::{Desk, Tab, head};
use crate::domain::calendar::feed::Naming;
use crate::domain::calendar::outside::{Kind, Outside};
use crate::domain::time::long_moment;
use crate::views::feed::Own;
use crate::views::link;
use crate::views::text;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note, Tag, tag};

/// What the page shows.
#[derive(Debug)]
pub struct Calendars<'a> {
    /// Her own feed.
    pub feed: &'a Own,
    /// The others, with how many busy times of each are ahead.
    pub others: &'a [(Outside, usize)],
    /// The form that adds one.
    pub add: &'a Typed,
    /// What a trial found: busy times, and events that could not be worked out whole.
    pub tried: Option<(usize, usize)>,
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, calendars: &Calendars<'_>) -> Markup {
    let main = html! {
        (head(Some((&link::desk_settings(), "Settings")), "Calendars", html! {}))
        div.settings {
            section.setting #feed {
                h2 { "Your sessions in your own calendar" }
                div.form { (calendars.feed.part(&link::desk_feed(), naming(calendars.feed))) }
            }
            section.setting #others {
                h2 { "Busy times from elsewhere" }
                div.form {
                    p { "Where another calendar of yours says that you are busy, nothing is offered. We read when, never what." }
                    (others(desk, calendars.others))
                }
            }
            section.setting #add {
                h2 { "Add a calendar" }
                div.form { (add(calendars)) }
            }
        }
    };
    desk.page("Calendars", Tab::Settings, &main)
}

fn naming(feed: &Own) -> Markup {
    let Own::On { naming, .. } = feed else { return html! {} };
    let choices = [
        Choice::with_detail("initials", "By initials", "N. L."),
        Choice::with_detail("first", "By first name", "Nora"),
        Choice::with_detail("nobody", "Not at all", "Session"),
    ];
    debug_assert_eq!(choices.len(), Naming::ALL.len());
    html! {
        form.form method="post" action=(link::desk_feed()) {
            (Choices::one("naming", "How are clients named there?", &choices).chosen(naming.word())
                .hint("Others may see your calendar, and its provider does."))
            (Button::new("Save names").quiet().small().sends("act", "naming"))
        }
    }
}

fn others(desk: &Desk<'_>, others: &[(Outside, usize)]) -> Markup {
    html! {
        @if others.is_empty() { p.hint { "None yet." } }
        @else {
            ul."packs overrides" {
                @for (one, busy) in others {
                    li {
                        div {
                            h3 { (one.name) " " (standing(desk, one)) }
                            p { (one.host) ", " (kind(one.kind)) }
                            p { (told(desk, one, *busy)) }
                            @if let Some(failing) = one.failing { p.err { (text::trouble(failing.why)) } }
                            @if one.left_out > 0 {
                                p { (text::capital(&text::counted(one.left_out, "event", "events"))) " could not be worked out whole." }
                            }
                        }
                        div.cluster {
                            form method="post" action=(link::desk_outside_refresh(one.id)) {
                                (Button::new("Read now").quiet().small().heard(&format!(": {}", one.name)))
                            }
                            form method="post" action=(link::desk_outside_remove(one.id)) {
                                (Button::new("Remove").danger().small().heard(&format!(" {}", one.name)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Ics => "calendar address",
        Kind::CalDav => "CalDAV",
    }
}

fn standing(desk: &Desk<'_>, one: &Outside) -> Markup {
    match (one.failing, one.read_at) {
        (Some(_), _) if one.is_stale(desk.now) => tag(Tag::Bad, "Not read since a day or more"),
        (Some(_), _) => tag(Tag::Warn, "Not read just now"),
        (None, Some(_)) => tag(Tag::Good, "Read"),
        (None, None) => tag(Tag::Warn, "Not read yet"),
    }
}

fn told(desk: &Desk<'_>, one: &Outside, busy: usize) -> String {
    let busy = text::counted(u32::try_from(busy).unwrap_or(u32::MAX), "busy time", "busy times");
    match one.read_at {
        Some(at) => format!("{} ahead. Last read {}.", text::capital(&busy), long_moment(at, desk.zone())),
        None => "Nothing is known of it yet.".to_owned(),
    }
}

fn add(calendars: &Calendars<'_>) -> Markup {
    let typed = calendars.add;
    let kinds = [
        Choice::with_detail(
            "ics",
            "By its address",
            "A link that ends in .ics: Google’s “secret address”, iCloud, Outlook",
        ),
        Choice::with_detail(
            "caldav",
            "By CalDAV",
            "A calendar on a server such as Nextcloud, Radicale, Fastmail",
        ),
    ];
    let chosen = if typed.value("kind") == "caldav" { "caldav" } else { "ics" };
    html! {
        @if !typed.is_sound() { (ui::look_again("Not added.", "")) }
        @if let Some((busy, left_out)) = calendars.tried { (found(busy, left_out)) }
        form.form method="post" action=(link::desk_calendars()) {
            input type="hidden" name="id" value=(typed.value("id"));
            (Field::new("name", "What you call it").value(typed.value("name")).error(typed.error("name")).required())
            (Choices::one("kind", "How is it read?", &kinds).chosen(chosen))
            (Field::new("address", "Its address").value(typed.value("address")).error(typed.error("address")).required()
                .with("inputmode", "url").with("spellcheck", "false").autocomplete("off"))
            div.cols {
                (Field::new("user", "Name").value(typed.value("user")).error(typed.error("user")).optional().autocomplete("off"))
                (Field::new("password", "Password").kind("password").value(typed.value("password")).error(typed.error("password"))
                    .optional().autocomplete("new-password"))
            }
            p.hint { "Only if the calendar asks for them; better an app password. Address and password are kept sealed and not shown again." }
            div.cluster {
                (Button::new("Add calendar").sends("act", "add"))
                (Button::new("Try it").quiet().sends("act", "try"))
            }
        }
    }
}

fn found(busy: usize, left_out: usize) -> Markup {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let first = match busy {
        0 => "It can be read. There is nothing in the next 60 days.".to_owned(),
        n => format!(
            "It can be read: {} in the next 60 days.",
            text::counted(count(n), "busy time", "busy times")
        ),
    };
    let more = match left_out {
        0 => html! { "Nothing is kept until you add it." },
        n => {
            html! { (text::capital(&text::counted(count(n), "event", "events"))) " could not be worked out whole. Nothing is kept until you add it." }
        }
    };
    ui::note(Note::Good, &first, more)
}
