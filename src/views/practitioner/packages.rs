//! The packages in the order of the storefront, with how each sells.

use maud::{Markup, html};

use super::{Desk, Tab};
use crate::domain::catalog::package::{Listing, Package};
use crate::domain::money::Money;
use crate::views::art::{Icon, sprig};
use crate::views::frond::{Counter, frond};
use crate::views::link;
use crate::views::text;
use crate::views::ui::{self, Button, Tag};

/// A package with how it sells.
#[derive(Debug, Clone, Copy)]
pub struct Shelf<'a> {
    /// The package.
    pub package: &'a Package,
    /// How often it was sold and paid.
    pub sold: u32,
    /// Sessions of it that are booked or left to book.
    pub outstanding: u32,
}

/// The price of one session, if it can be said in whole units or two decimals: "$90 a session".
#[must_use]
pub fn each(price: Money, sessions: u32) -> Option<String> {
    match sessions {
        _ if price.is_zero() => None,
        0 | 1 => None,
        n => {
            let part = price.first_parts(1, n);
            let even = part.minor * i64::from(n) == price.minor;
            Some(format!("{}{} a session", if even { "" } else { "about " }, part.short()))
        }
    }
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, shelves: &[Shelf<'_>]) -> Markup {
    let (away, shown): (Vec<_>, Vec<_>) =
        shelves.iter().partition(|shelf| shelf.package.listing == Listing::Archived);
    let new = link::desk_package_new();
    let main = html! {
        div."desk-head with" {
            div { h1 { "Packages" } p { "In the order your storefront shows them" } }
            (Button::new("New package").icon(Icon::Plus).link(&new))
        }
        @if shelves.is_empty() {
            (ui::empty(frond(Counter::fresh(6)), "Nothing to sell yet", html! {
                p { "A package is a run of sessions with a price, and rules that you choose from three sets. It takes about two minutes." }
            }))
        }
        ul."packs narrow" { @for (i, shelf) in shown.iter().enumerate() { (row(shelf, Some((i, shown.len())))) } }
        @if !away.is_empty() {
            details."act narrow" {
                summary { "Put away" }
                ul.packs { @for shelf in &away { (row(shelf, None)) } }
            }
        }
    };
    desk.page("Packages", Tab::Packages, &main)
}

fn row(shelf: &Shelf<'_>, place: Option<(usize, usize)>) -> Markup {
    let Shelf { package, sold, outstanding } = *shelf;
    let offer = &package.offer;
    let name = format!(" {}", offer.name);
    let href = link::desk_package(package.id);
    let price = if offer.price.is_zero() { "Free".to_owned() } else { offer.price.short() };
    html! {
        li {
            (sprig(Counter::fresh(offer.sessions)))
            div {
                h2 { a href=(href) { (offer.name) } }
                p {
                    (price)
                    @if let Some(each) = each(offer.price, offer.sessions) { ", " (each) }
                    ". "
                    @if sold > 0 { "Sold " (text::times(sold)) @if outstanding > 0 { ", " (text::sessions(outstanding)) " outstanding" } ". " }
                    @if let Some(most) = package.selling.per_client { (text::limit(most)) ". " }
                    @match package.listing {
                        Listing::Draft => (ui::tag(Tag::Warn, "Draft, only you see it")),
                        Listing::Hidden => (ui::tag(Tag::Plain, "Hidden, by its link")),
                        Listing::Archived => (ui::tag(Tag::Plain, "No longer offered")),
                        Listing::Published => {},
                    }
                }
                @if let Some((at, of)) = place.filter(|(_, of)| *of > 1) {
                    div.cluster {
                        @if at > 0 { (shift(package, "up", "Move up", &name)) }
                        @if at + 1 < of { (shift(package, "down", "Move down", &name)) }
                    }
                }
            }
            (Button::new("Edit").quiet().small().heard(&name).link(&href))
        }
    }
}

fn shift(package: &Package, way: &str, words: &str, name: &str) -> Markup {
    html! {
        form method="post" action=(link::desk_package_listing(package.id)) {
            button.plain name="to" value=(way) { (words) span.sr { (name) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;

    #[test]
    fn the_price_of_a_session_is_said_as_exactly_as_it_is() {
        let usd = |minor| Money::new(minor, Currency::USD);
        assert_eq!(each(usd(54000), 6).as_deref(), Some("$90 a session"));
        assert_eq!(each(usd(10000), 3).as_deref(), Some("about $33.33 a session"));
        assert_eq!((each(usd(9000), 1), each(usd(0), 6)), (None, None));
    }
}
