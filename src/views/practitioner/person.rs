//! Adding somebody by hand, correcting her particulars, tagging her, and selling her a package at the practice.

use maud::{Markup, html};

use super::clients::with_tag;
use super::{Desk, Tab};
use crate::domain::catalog::package::Package;
use crate::domain::id::{ClientId, LotId, PurchaseId};
use crate::domain::people::client::Client;
use crate::domain::people::tag::Tag;
use crate::views::link;
use crate::views::text::session_terms;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Field, Note};

/// The name of the box that is ticked when an address is to be changed.
pub const SURE: &str = "sure";

/// The form for somebody new; `passing` is the lot that is to be passed on to her afterwards.
#[must_use]
pub fn fresh(desk: &Desk<'_>, id: ClientId, passing: Option<LotId>, typed: &Typed) -> Markup {
    let clients = link::desk_clients();
    let main = html! {
        (super::head(Some((&clients, "Clients")), "Add someone", html! { "For those who come without having bought here." }))
        div.narrow {
            form.form method="post" action=(link::desk_client_new()) {
                input type="hidden" name="id" value=(id);
                @if let Some(lot) = passing { input type="hidden" name="lot" value=(lot); }
                (name(typed)) (email(typed)) (phone(typed))
                (ui::note(Note::Info, "Nothing is sent now.", html! {
                    "A link for signing in goes to this address when it is asked for. Next you can sell a package, or give sessions."
                }))
                (ui::submit(Button::new("Add to clients"), html! { a href=(clients) { "Not now" } }))
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
            form.form method="post" action=(link::desk_tags(client.id)) {
                @if !tags.is_empty() {
                    ul."filter row" {
                        @for tag in tags {
                            li {
                                a href=(with_tag(tag.as_str())) { (tag) } " "
                                button.plain name="off" value=(tag) formnovalidate { "take off" span.sr { " " (tag) } }
                            }
                        }
                    }
                }
                @if tags.len() < Tag::MOST_OF_ONE || typed.error("tag").is_some() {
                    (Field::new("tag", "Another").value(typed.value("tag")).with("maxlength", "24").with("list", "tags-in-use")
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

/// Selling a package, to be paid at the practice: which, then what follows.
#[must_use]
pub fn sell(
    desk: &Desk<'_>,
    client: &Client,
    (packages, chosen): (&[Package], Option<&Package>),
    id: PurchaseId,
    typed: &Typed,
) -> Markup {
    let href = link::desk_client(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Sell a package", html! { "To " (client.name) ", to be paid at the practice" }))
        div.narrow {
            @if let Some(package) = chosen { (sell_now(client, package, id, typed)) }
            @else if packages.is_empty() { p { "There is no package with a price to sell." } }
            @else { (which(client, packages, typed)) }
        }
    };
    desk.page("Sell a package", Tab::Clients, &main)
}

fn which(client: &Client, packages: &[Package], typed: &Typed) -> Markup {
    html! {
        @if let Some(error) = typed.error("package") { (ui::note(Note::Bad, "Nothing was sold.", html! { (error) })) }
        ul.packs {
            @for package in packages {
                li {
                    div { h3 { (package.offer.name) } p { (session_terms(&package.offer)) ", " (package.offer.price) } }
                    (Button::new("Sell").quiet().heard(&format!(" {}", package.offer.name))
                        .link(&format!("{}?package={}", link::desk_sell(client.id), package.id)))
                }
            }
        }
    }
}

fn sell_now(client: &Client, package: &Package, id: PurchaseId, typed: &Typed) -> Markup {
    let first = client.name.first_word();
    html! {
        dl.sum {
            (ui::sum_row("Package", package.offer.name.as_str()))
            (ui::sum_row("Sessions", &session_terms(&package.offer)))
            (ui::sum_total("Price", &package.offer.price.to_string()))
        }
        form.form method="post" action=(link::desk_sell(client.id)) {
            input type="hidden" name="id" value=(id);
            input type="hidden" name="package" value=(package.id);
            input type="hidden" name="version" value=(package.version);
            @if let Some(error) = typed.error("package") { (ui::note(Note::Bad, "Not sold yet.", html! { (error) })) }
            (ui::note(Note::Info, &format!("{} waits until it is paid.", package.offer.price), html! {
                "We write to " (first) " what is to be paid, with a reference. The sessions land when you mark it as paid, at the rules and the "
                "price that the package has today."
            }))
            (ui::submit(Button::new("Sell it"), html! { a href=(link::desk_client(client.id)) { "Not now" } }))
        }
    }
}
