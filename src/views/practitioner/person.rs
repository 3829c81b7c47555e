//! Adding somebody by hand, correcting her particulars, tagging her.

use maud::{Markup, html};

use super::clients::with_tag;
use super::{Desk, Tab};
use crate::domain::id::{ClientId, LotId};
use crate::domain::people::client::Client;
use crate::domain::people::tag::Tag;
use crate::views::link;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// The name of the box that is ticked when an address is to be changed.
pub const SURE: &str = "sure";

/// What goes on with somebody new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Onwards {
    /// Nothing more: her page.
    Stay,
    /// A package is sold to her.
    Sell,
    /// This lot is passed on to her.
    PassOn(LotId),
}

/// The form for somebody new.
#[must_use]
pub fn fresh(desk: &Desk<'_>, id: ClientId, onwards: Onwards, typed: &Typed) -> Markup {
    let clients = link::desk_clients();
    let main = html! {
        (super::head(Some((&clients, "Clients")), "Add someone", html! { "For those who come without having bought here." }))
        div.narrow {
            form.form method="post" action=(link::desk_client_new()) {
                input type="hidden" name="id" value=(id);
                @match onwards {
                    Onwards::Stay => {}
                    Onwards::Sell => { input type="hidden" name="then" value="sell"; }
                    Onwards::PassOn(lot) => { input type="hidden" name="lot" value=(lot); }
                }
                (ui::amiss(typed, "Not added yet."))
                (name(typed)) (email(typed)) (phone(typed))
                (ui::note(Note::Info, "Nothing is sent now.", html! {
                    (desk.post.says("A link for signing in goes to this address when it is asked for.",
                        "A link for signing in is made on the client’s page, and handed over."))
                    " Next you can sell a package, or give sessions."
                }))
                (ui::submit(Button::new(if onwards == Onwards::Sell { "Go on to the package" } else { "Add to clients" }),
                    html! { a href=(clients) { "Not now" } }))
            }
        }
    };
    desk.page("Add someone", Tab::Clients, &main)
}

fn name<'a>(typed: &'a Typed) -> Field<'a> {
    Field::new("name", "Name").value(typed.value("name")).required().error(typed.error("name"))
}

fn email<'a>(typed: &'a Typed) -> Field<'a> {
    Field::new("email", "Email")
        .kind("email")
        .value(typed.value("email"))
        .required()
        .error(typed.error("email"))
}

fn phone<'a>(typed: &'a Typed) -> Field<'a> {
    Field::new("phone", "Phone")
        .kind("tel")
        .value(typed.value("phone"))
        .optional()
        .error(typed.error("phone"))
}

/// What changing an address comes to, once one was typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address<'a> {
    /// It is as it was, or cannot be changed from this seat.
    Same,
    /// It would be this one: say what follows, and ask.
    New(&'a str),
}

/// The form for her particulars.
#[must_use]
pub fn edit(desk: &Desk<'_>, client: &Client, address: Address<'_>, typed: &Typed) -> Markup {
    let href = link::desk_client(client.id);
    let first = client.name.first_word();
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Name, email, phone", html! {}))
        div.narrow {
            form.form method="post" action=(link::desk_client_edit(client.id)) {
                (ui::amiss(typed, "Not saved yet."))
                (name(typed))
                @if desk.seat.is_own() { (email(typed).hint("Sign-in links and every message go there.")) }
                @if let Address::New(new) = address {
                    (ui::note(Note::Warn, &format!("This changes how {first} signs in."), html! {
                        "Sign-in links and every message will go to " (new) ". Browsers are signed out, and links that were sent to "
                        (client.email) " do not work any more. Whoever reads mail there can book and cancel these sessions."
                    }))
                    (ui::consent(SURE, html! { "Yes, " (new) " belongs to " (first) }, typed.error(SURE)))
                }
                (phone(typed))
                (ui::submit(Button::new("Save"), html! { a href=(href) { "Leave it as it is" } }))
            }
        }
    };
    desk.page("Name, email, phone", Tab::Clients, &main)
}

/// Her tags, each with a way to take it off, and a field for another.
#[must_use]
pub fn tags(client: &Client, tags: &[Tag], in_use: &[Tag], typed: &Typed) -> Markup {
    let others: Vec<&Tag> = in_use.iter().filter(|tag| !tags.contains(tag)).collect();
    html! {
        section.form #tags {
            h2 { "Tags" }
            // Two forms, so that Return in the field adds what is typed there, and takes nothing off.
            @if !tags.is_empty() {
                form method="post" action=(link::desk_tags(client.id)) {
                    ul."filter row" {
                        @for tag in tags {
                            li {
                                a href=(with_tag(tag.as_str())) { (tag) } " "
                                button.plain name="off" value=(tag) { "take off" span.sr { " " (tag) } }
                            }
                        }
                    }
                }
            }
            @if tags.len() < Tag::MOST_OF_ONE || typed.error("tag").is_some() {
                form.form method="post" action=(link::desk_tags(client.id)) {
                    (ui::amiss(typed, "Not added yet."))
                    (Field::new("tag", if tags.is_empty() { "A tag" } else { "Another tag" }).value(typed.value("tag")).with("maxlength", "24").with("list", "tags-in-use")
                        .with("autocomplete", "off").error(typed.error("tag")))
                    datalist #tags-in-use { @for tag in others { option value=(tag) {} } }
                    (Button::new("Tag").quiet())
                }
            }
        }
    }
}

/// The page on which a tag that was not taken is typed again.
#[must_use]
pub fn tags_page(desk: &Desk<'_>, client: &Client, hers: &[Tag], in_use: &[Tag], typed: &Typed) -> Markup {
    let href = link::desk_client(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Tags", html! {}))
        div.narrow { (tags(client, hers, in_use, typed)) }
    };
    desk.page("Tags", Tab::Clients, &main)
}
