//! Selling a package by hand: to whom, which, and how it is paid: at the practice, or on the client's own phone.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::catalog::package::Package;
use crate::domain::id::PurchaseId;
use crate::domain::people::client::Client;
use crate::views::art::Icon;
use crate::views::link;
use crate::views::text::session_terms;
use crate::views::typed::Typed;
use crate::views::ui::{self, Button, Choice, Choices, Field, Note};

/// Whether a package can be paid on the client's phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Online {
    /// There is a payment provider.
    Offered,
    /// There is none: clients pay at the practice.
    NotSetUp,
}

/// To whom? Those whom a search finds, and somebody new.
#[must_use]
pub fn whom(desk: &Desk<'_>, found: &[Client], asked: &str) -> Markup {
    let clients = link::desk_clients();
    let fresh = link::asking(&link::desk_client_new(), &[("then", "sell"), ("name", asked.trim())]);
    let main = html! {
        (super::head(Some((&clients, "Clients")), "Sell a package", html! { "To whom?" }))
        div.narrow {
            form.inline method="get" action=(link::desk_sell_to()) role="search" {
                (Field::new("q", "Name, email or phone").kind("search").value(asked))
                (Button::new("Search").quiet())
            }
            @if found.is_empty() && !asked.trim().is_empty() { p.gap { "Nobody is found." } }
            @if !found.is_empty() {
                ul."plainlist gap" {
                    @for client in found { li { a href=(link::desk_sell(client.id)) { (client.name) } ", " (client.email) } }
                }
            }
            p.gap { (Button::new("Somebody new").quiet().icon(Icon::Plus).link(&fresh)) }
        }
    };
    desk.page("Sell a package", Tab::Clients, &main)
}

/// Selling a package to somebody: which, then how it is paid and what follows.
#[must_use]
pub fn sell(
    desk: &Desk<'_>,
    client: &Client,
    (packages, chosen): (&[Package], Option<&Package>),
    (id, online): (PurchaseId, Online),
    typed: &Typed,
) -> Markup {
    let href = link::desk_client(client.id);
    let main = html! {
        (super::head(Some((&href, client.name.as_str())), "Sell a package", html! { "To " (client.name) }))
        div.narrow {
            @if let Some(package) = chosen { (sell_now(desk, client, package, (id, online), typed)) }
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
                    div { h2 { (package.offer.name) } p { (session_terms(&package.offer)) ", " (package.offer.price) } }
                    (Button::new("Sell").quiet().heard(&format!(" {}", package.offer.name))
                        .link(&format!("{}?package={}", link::desk_sell(client.id), package.id)))
                }
            }
        }
    }
}

fn sell_now(
    desk: &Desk<'_>,
    client: &Client,
    package: &Package,
    (id, online): (PurchaseId, Online),
    typed: &Typed,
) -> Markup {
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
            (how(desk, client, online, typed))
            p.hint { "The sessions land at the rules and the price that the package has today." }
            (ui::submit(Button::new("Sell it"), html! { a href=(link::desk_client(client.id)) { "Not now" } }))
        }
    }
}

/// How it is paid, with what follows from it.
fn how(desk: &Desk<'_>, client: &Client, online: Online, typed: &Typed) -> Markup {
    let first = client.name.first_word();
    let here = format!(
        "In cash, by card or by transfer. {} The sessions land when you mark it as paid.",
        desk.post.says(
            &format!("We write to {first} what is to be paid, with a reference."),
            "The next page has the reference to name.",
        )
    );
    let phone = format!(
        "The next page shows a code that leads {first}’s phone to the payment page, and the same as a link. The sessions land by \
         themselves when it is paid."
    );
    let ways = [
        Choice::with_detail("phone", "On a phone, now or from home", &phone),
        Choice::with_detail("practice", "At the practice", &here),
    ];
    let chosen = if typed.value("pay") == "practice" { "practice" } else { "phone" };
    match online {
        Online::Offered => {
            html! { (Choices::one("pay", "How it is paid", &ways).cards().chosen(chosen).required().error(typed.error("pay"))) }
        }
        Online::NotSetUp => html! {
            input type="hidden" name="pay" value="practice";
            (ui::note(Note::Info, "It is paid at the practice.", html! { (here) }))
        },
    }
}
