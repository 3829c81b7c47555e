//! The client's own particulars: name, phone, zone, password, which nudges she takes, and signing out.

use maud::{Markup, html};

use crate::domain::messages::message::Kind;
use crate::domain::messages::nudge::Wish;
use crate::domain::people::client::Client;
use crate::views::around::{Around, Here, Page};
use crate::views::feed::Own;
use crate::views::post::Post;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note, Select};
use crate::views::unsubscribe::nudge_name;
use crate::views::{link, text, when};

/// What was typed and what is wrong, in any of the page's forms.
#[derive(Debug, Clone, Default)]
pub struct Forms<'a> {
    /// The name, if it was not taken.
    pub name: Option<&'a str>,
    /// What is wrong with it.
    pub name_wrong: Option<String>,
    /// The number, if it was not taken.
    pub phone: Option<&'a str>,
    /// What is wrong with it.
    pub phone_wrong: Option<String>,
    /// What is wrong with the zone.
    pub zone_wrong: Option<String>,
    /// What is wrong with the old password.
    pub old_wrong: Option<&'a str>,
    /// What is wrong with the new one.
    pub new_wrong: Option<&'a str>,
    /// What was done just now.
    pub done: Option<&'a str>,
}

/// The page.
#[must_use]
pub fn profile(
    around: &Around<'_>,
    client: &Client,
    wishes: &[(Kind, Wish)],
    feed: &Own,
    forms: &Forms<'_>,
) -> Markup {
    let feed = feed.part(&link::profile_feed(), html! {});
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&link::me(), "Your sessions"))
            h1 { "About you" }
            @if let Some(done) = forms.done {
                div role="status" { (ui::note(Note::Good, done, html! {})) }
            }
            (particulars(client, forms))
            section.gap { h2 { "Messages" } (messages(wishes)) }
            section.gap #calendar { h2 { "Your sessions in your own calendar" } div.form { (feed) } }
            section.gap { h2 { "Password" } (password(client, forms, around.post)) }
            section.gap {
                h2 { "What is kept about you" }
                ul.plainlist {
                    li { a href=(link::profile_data()) { "Download all of it" } ", as a file that other programs can read" }
                    li { a href=(link::profile_erase()) { "Ask to be erased" } }
                }
            }
            section.gap {
                h2 { "Sign out" }
                p { (around.post.says("On this device only. A link by email lets you in again.", "On this device only. A link from the practice lets you in again.")) }
                (ui::plain(&link::sign_out(), "Sign out"))
            }
        }
    };
    around.page(Page::new("About you", Here::Profile), &main)
}

fn particulars(client: &Client, forms: &Forms<'_>) -> Markup {
    let phone = forms.phone.or(client.phone.as_ref().map(crate::domain::text::Line::as_str));
    let options = when::zone_options(&client.zone);
    let options: Vec<(&str, &str)> =
        options.iter().map(|(name, words)| (name.as_str(), words.as_str())).collect();
    html! {
        form.form method="post" action=(link::profile()) {
            @if forms.name_wrong.is_some() || forms.phone_wrong.is_some() || forms.zone_wrong.is_some() {
                (ui::look_again("Not saved yet.", "Everything you typed is kept."))
            }
            (Field::new("name", "Your name").autocomplete("name").required()
                .value(forms.name.unwrap_or(client.name.as_str())).error(forms.name_wrong.as_deref()))
            p { "Email: " b { (client.email) } ". To change it, write to the practice." }
            (Field::new("phone", "Phone").kind("tel").autocomplete("tel").optional()
                .value(phone.unwrap_or_default()).error(forms.phone_wrong.as_deref()))
            (Select::new("tz", "Your time zone", &options).value(client.zone.name())
                .hint("Every time on your pages and in messages is shown in it.").error(forms.zone_wrong.as_deref()))
            (ui::submit(Button::new("Save"), html! {}))
        }
    }
}

fn messages(wishes: &[(Kind, Wish)]) -> Markup {
    let words: Vec<(Kind, String)> =
        wishes.iter().map(|(kind, _)| (*kind, text::capital(nudge_name(*kind)))).collect();
    let choices: Vec<Choice<'_>> =
        words.iter().map(|(kind, words)| Choice::new(kind.name(), words)).collect();
    let welcome = wishes.iter().filter(|(_, wish)| *wish == Wish::Welcome);
    let question = Choices::many("nudge", "What may we write to you?", &choices)
        .hint("Receipts and notes about booked sessions always come.");
    let question = welcome.fold(question, |question, (kind, _)| question.chosen(kind.name()));
    html! {
        form.form method="post" action=(link::profile_wishes()) {
            (question)
            (ui::submit(Button::new("Save messages").quiet(), html! {}))
        }
    }
}

fn password(client: &Client, forms: &Forms<'_>, post: Post) -> Markup {
    let has_one = client.password.is_some();
    html! {
        p {
            @if has_one { (post.says("You can sign in with your password or with a link by email.", "You can sign in with your password or with a link from the practice.")) }
            @else { (post.says("You sign in with a link by email. If you like, choose a password as well.", "You sign in with a link that the practice hands you. A password spares you asking for one.")) }
        }
        form.form method="post" action=(link::profile_password()) {
            input type="hidden" name="email" value=(client.email) autocomplete="username";
            @if forms.old_wrong.is_some() || forms.new_wrong.is_some() { (ui::look_again("Your password is as it was.", "")) }
            @if has_one {
                (Field::new("old", "Your password now").kind("password").autocomplete("current-password").required()
                    .error(forms.old_wrong))
            }
            (Field::new("new", "New password").kind("password").autocomplete("new-password").required()
                .hint("At least 10 characters. Three or four words do well.").error(forms.new_wrong))
            (ui::submit(Button::new(if has_one { "Change password" } else { "Set password" }).quiet(), html! {}))
        }
    }
}
