//! A package's page (the mock 03), and what stands there once it is no longer offered.

use maud::{Markup, html};

use super::{Face, each, policy, price};
use crate::domain::catalog::package::{Listing, Package};
use crate::domain::catalog::selling::{FirstTime, Selling};
use crate::domain::time::{Timestamp, Zone};
use crate::views::around::{Around, Here, Page, paragraphs};
use crate::views::art::arc_end;
use crate::views::checkout::{Door, used_up};
use crate::views::frond::{Counter, frond};
use crate::views::ui::{self, Button};
use crate::views::{link, text, when};

/// A package with whom it is.
#[derive(Debug)]
pub struct Shown<'a> {
    /// Who gives its sessions.
    pub face: Face<'a>,
    /// What it is.
    pub package: &'a Package,
    /// The next time that is free for a session of it, and the zone to say it in.
    pub next_free: Option<(Timestamp, &'a Zone)>,
    /// Whether the reader may still buy it.
    pub door: Door,
}

/// The page of a package that can be bought.
#[must_use]
pub fn package(around: &Around<'_>, shown: &Shown<'_>) -> Markup {
    let Shown { face, package, .. } = shown;
    let (who, offer) = (face.practitioner, &package.offer);
    let checkout = link::checkout(&who.slug, package.address());
    let mut parts = offer.description.paragraphs();
    let lead = parts.next();
    let rest = parts.collect::<Vec<_>>().join("\n\n").parse().unwrap_or_default();
    let main = html! {
        div."wrap detail" {
            (ui::crumb(&format!("{}#packages", link::storefront(&who.slug)), "All packages"))
            div.detail-main {
                h1 { (offer.name.as_str()) }
                @if let Some(lead) = lead { p.tagline { (lead) } }
                @if !crate::domain::text::Paragraph::is_empty(&rest) { div.prose { (paragraphs(&rest)) } }
                @if !offer.chapters.is_empty() { (chapters(package)) }
                h2.gap { "Good to know" }
                ul.plainlist {
                    li { (text::at_place(&offer.format, face.storefront.place.as_ref(), who.name.first_word())) }
                    @for sentence in policy(offer) { li { (sentence) } }
                }
            }
            aside.detail-side {
                div."plate-fig big" { (frond(Counter::fresh(offer.sessions))) }
                div.label {
                    p.label-no {
                        (text::number_first(offer.sessions)) (noun(offer.sessions))
                    }
                    p.price { b { (price(offer)) } " " span { (each(offer)) } }
                    ul.terms {
                        li { (text::session_terms(offer)) }
                        li { (text::validity_terms(offer.validity)) }
                        @if !offer.price.is_zero() { li { "One payment, nothing later" } }
                        @for term in selling(package.selling) { li { (term) } }
                    }
                    @if shown.door == Door::UsedUp { (used_up(&who.slug, package)) }
                    @else { (Button::new("Choose this package").wide().link(&checkout)) }
                    @if let Some((at, zone)) = shown.next_free {
                        p.hint { "Next free time: " (when::moment_tag(at, zone)) ", " (text::zone(zone)) }
                    }
                }
            }
        }
    };
    let bar = html! {
        aside.bookbar aria-label="Buy this package" {
            div.wrap {
                p { span { b { (price(offer)) } br; "for " (text::sessions(offer.sessions)) } }
                (Button::new("Choose this").link(&checkout))
            }
        }
    };
    let bar = (shown.door == Door::Open).then_some(bar);
    let page = Page::new(offer.name.as_str(), Here::Packages);
    // What is hidden is not for search engines either, and what one reader cannot buy again is said to her.
    let for_everybody = package.listing == Listing::Published && shown.door == Door::Open;
    let page = if for_everybody { page.public(lead.unwrap_or(offer.name.as_str())) } else { page };
    around.page(page.bookbar(bar), &main)
}

/// How a package is sold, where that is worth a word.
pub fn selling(selling: Selling) -> Vec<String> {
    let first_time = match selling.first_time {
        FirstTime::NotAsked => None,
        FirstTime::Optional => Some("Choose your first time when you buy, or later".to_owned()),
        FirstTime::Required => Some("You choose your first time when you buy".to_owned()),
    };
    selling.per_client.map(text::limit).into_iter().chain(first_time).collect()
}

const fn noun(n: u32) -> &'static str {
    if n == 1 { " session" } else { " sessions" }
}

fn chapters(package: &Package) -> Markup {
    let offer = &package.offer;
    html! {
        h2.gap {
            "The " (text::number(offer.sessions)) (noun(offer.sessions))
        }
        ol.arc {
            @for (number, title) in (1u32..).zip(&offer.chapters) {
                li.open { h3 { span { (number) } " " (title.as_str()) } }
            }
        }
        (arc_end())
    }
}

/// The page of a package that was put away: it says so, and leads to what is offered.
#[must_use]
pub fn no_longer_offered(around: &Around<'_>, face: &Face<'_>, package: &Package) -> Markup {
    let who = face.practitioner;
    let title = format!("{} is no longer offered", package.offer.name.as_str());
    around.quiet(
        &title,
        frond(Counter { total: 3, used: 3, booked: 0, lost: 0 }),
        html! {
            p { "If you bought it, nothing changes: your sessions are yours, as agreed." }
            p.cluster {
                (Button::new("See what is offered now").link(&link::storefront(&who.slug)))
                a href=(link::me()) { "Your sessions" }
            }
        },
    )
}
