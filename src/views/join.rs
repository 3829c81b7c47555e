//! Accepting an invitation to the practice: a name, a password, and for those who give sessions an address and a zone.

use maud::{Markup, html};

use super::frond::{Counter, frond};
use super::page::{self, Frame, Step};
use super::text::{self, Said};
use super::typed::Typed;
use super::ui::{self, Button, Field, Select};
use super::{link, setup, when};
use crate::domain::catalog::brand::Accent;
use crate::domain::people::practitioner::{Practitioner, Role};
use crate::domain::text::Line;

/// The form as it begins.
#[must_use]
pub fn typed(member: &Practitioner) -> Typed {
    Typed::default()
        .with("name", member.name.to_string())
        .with("slug", member.slug.to_string())
        .with("tz", member.zone.to_string())
}

/// The page; `token` is the invitation's.
#[must_use]
pub fn page(practice: &Line, member: &Practitioner, token: &str, typed: &Typed, zones: &[String]) -> Markup {
    let line = |name: &'static str, label: &'static str| {
        Field::new(name, label).value(typed.value(name)).error(typed.error(name)).required()
    };
    let zones = when::zones_in_words(zones);
    let zones: Vec<(&str, &str)> =
        zones.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    let gives_sessions = member.role.gives_sessions();
    let title = format!("Welcome to {practice}");
    let main = html! {
        form."wrap narrow form wizard" method="post" action=(link::join(token)) {
            h1 { (title) }
            p {
                "You are invited as " (text::role(member.role)) ". You will sign in as " b { (member.email) } "."
                @if member.role == Role::FrontDesk { " You see the calendar, the clients and their credits, and never their notes." }
            }
            @if !typed.is_sound() { (ui::look_again("Not quite yet.", "Everything you typed is kept, but for the password.")) }
            input type="hidden" name="username" autocomplete="username" value=(member.email);
            (line("name", "Your name").autocomplete("name"))
            @if gives_sessions {
                (line("slug", "Address of your storefront").hint("The part after the name of this site: a to z, digits and hyphens."))
                (Select::new("tz", "Your time zone", &zones).value(typed.value("tz")).error(typed.error("tz"))
                    .hint("Your hours are by its clock."))
            }
            (Field::new("password", "A password").kind("password").autocomplete("new-password").error(typed.error("password"))
                .required().hint("At least 10 characters; a few words in a row are good."))
            div.savebar { (Button::new(if gives_sessions { "Join and go on" } else { "Join" })) }
        }
    };
    let home = link::home();
    let frame = Frame::new(&title, practice.as_str(), &home, Accent::default());
    if gives_sessions {
        let step = Step { at: 1, of: u32::from(setup::STEPS), left: "about 7 minutes left" };
        page::setup(&frame, step, &main)
    } else {
        page::client(&frame, &main)
    }
}

/// The page of an invitation that lets nobody in.
#[must_use]
pub fn dead(practice: &Line, said: &Said) -> Markup {
    let main = ui::quietpage(
        frond(Counter { total: 3, used: 0, booked: 0, lost: 0 }),
        &said.what,
        html! {
            p { (said.then) }
            p.cluster { (Button::new("Sign in to your practice").link(&link::desk_sign_in())) }
        },
    );
    let home = link::home();
    page::client(&Frame::new(&said.what, practice.as_str(), &home, Accent::default()), &main)
}
