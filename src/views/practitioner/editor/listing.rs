//! Where a package can be found: published, hidden behind its link, a draft, put away. Each way is a form of its own, below
//! the editor's.

use maud::{Markup, html};

use crate::domain::catalog::package::{Listing, Package};
use crate::views::art::Icon;
use crate::views::link;
use crate::views::ui::{Button, Field};

const WAYS: [(Listing, &str, &str, &str); 4] = [
    (Listing::Published, "publish", "Publish it", "Clients can buy it as it was last saved."),
    (Listing::Hidden, "hide", "Hide it", "Only those to whom you give its link can see and buy it."),
    (Listing::Draft, "draft", "Take it off", "It becomes a draft that only you see."),
    (Listing::Archived, "archive", "Put it away", "It is no longer offered. Sold sessions go on as agreed."),
];

/// The ways to list it otherwise, and the link of what is hidden.
pub(super) fn listing(package: &Package, url: Option<&str>) -> Markup {
    html! {
        section.gap {
            h2 { "On the storefront" }
            @if let Some(url) = url { (hidden_link(package, url)) }
            ul.plainlist {
                @for (listing, name, words, meaning) in WAYS {
                    @if listing != package.listing { (way(package, name, words, meaning)) }
                }
            }
        }
    }
}

fn way(package: &Package, name: &str, words: &str, meaning: &str) -> Markup {
    html! {
        li { form method="post" action=(link::desk_package_listing(package.id)) {
            button.plain name="to" value=(name) { (words) } " " span.hint { (meaning) }
        } }
    }
}

fn hidden_link(package: &Package, url: &str) -> Markup {
    html! {
        div."form narrow gap" {
            (Field::new("link", "Its link").id("hidden-link").hint("Whoever has it can buy; search engines are told to stay away.")
                .value(url).with("readonly", ""))
            p.cluster { (Button::new("Copy").quiet().icon(Icon::Copy).copies("hidden-link")) a href=(url) { "See the page" } }
        }
        ul.plainlist { (way(package, "renew", "Make another link", "The one above leads nowhere from then on.")) }
    }
}
