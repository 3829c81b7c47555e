//! The storefront: what a visitor sees of a practitioner (the mocks 01 and 01b), and of a practice with several (02).

mod coop;
mod package;

pub use coop::{Member, coop};
pub use package::{Shown, no_longer_offered, package, selling};

use maud::{Markup, html};

use super::around::{Around, Here, Page, paragraphs};
use super::art::{Icon, Print, icon, photogram, sprig};
use super::client::credit;
use super::frond::{Counter, frond};
use super::post::Post;
use super::ui::{self, Button, Plate};
use super::{link, text, when};
use crate::domain::catalog::package::{Offer, Package, Validity};
use crate::domain::catalog::policy::Policy;
use crate::domain::catalog::purchase::Way;
use crate::domain::catalog::storefront::Storefront;
use crate::domain::credits::selection::Counted;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone};

/// A practitioner as others see her.
#[derive(Debug, Clone)]
pub struct Face<'a> {
    /// Who she is.
    pub practitioner: &'a Practitioner,
    /// Her words and colour.
    pub storefront: &'a Storefront,
    /// Where her portrait is, if she has one.
    pub portrait: Option<String>,
    /// Where her cover is; without one it is printed from her address.
    pub cover: Option<String>,
}

/// What stands on a storefront.
#[derive(Debug)]
pub struct Front<'a> {
    /// Whose it is.
    pub face: Face<'a>,
    /// Her published packages, in their order.
    pub packages: &'a [Package],
    /// The next time that is free for a session of the first package, and the zone to say it in.
    pub next_free: Option<(Timestamp, &'a Zone)>,
    /// How one can pay.
    pub ways: &'a [Way],
    /// The reader's name and her lot with this practitioner that has most to say, if she has one alive.
    pub returning: Option<(&'a Line, &'a Counted)>,
}

/// A practitioner's storefront.
#[must_use]
pub fn storefront(around: &Around<'_>, front: &Front<'_>) -> Markup {
    let Front { face, packages, .. } = front;
    let name = face.practitioner.name.as_str();
    let first = face.practitioner.name.first_word();
    let main = html! {
        (cover(face, Print::Cover))
        section."intro wrap" {
            (portrait(face, name, Print::Cover))
            div.intro-name {
                h1 { (name) }
                @if let Some(profession) = &face.storefront.profession { p { (profession.as_str()) } }
            }
            @if let Some(tagline) = &face.storefront.tagline { p.tagline { (tagline.as_str()) } }
            (facts(front))
            (returning(front))
        }
        section."sec wrap" #packages {
            div.sec-head {
                h2 { "Packages" }
                p { "Pay once, then book each session when it suits you. What you have left is always in view." }
            }
            div."sec-body wide" { (plates(face, packages)) }
        }
        (how_it_goes())
        @if !face.storefront.about.is_empty() {
            section."sec wrap" #about {
                div.sec-head { h2 { "About " (first) } }
                div."sec-body prose" {
                    (paragraphs(&face.storefront.about))
                    @if !face.storefront.facts.is_empty() {
                        ul.creds { @for fact in &face.storefront.facts { li { (fact.as_str()) } } }
                    }
                }
            }
        }
        (good_to_know(around, front))
    };
    let description = face.storefront.tagline.as_ref().or(face.storefront.profession.as_ref());
    let page = Page::new(name, Here::Elsewhere).public(description.map_or(name, Line::as_str));
    around.page(page, &main)
}

/// The wide picture on top: hers, or the print of her address.
fn cover(face: &Face<'_>, print: Print) -> Markup {
    let class = if print == Print::Cover { "cover" } else { "print" };
    html! {
        div class=(class) {
            @match &face.cover {
                Some(src) => { img src=(src) width="1600" height="620" alt="" decoding="async" loading=[late(print)]; }
                None => { (photogram(face.practitioner.slug.as_str(), print)) }
            }
        }
    }
}

fn portrait(face: &Face<'_>, alt: &str, print: Print) -> Markup {
    html! {
        @if let Some(src) = &face.portrait {
            img.portrait src=(src) width="200" height="240" alt=(alt) decoding="async" fetchpriority="low"
                loading=[late(print)];
        }
    }
}

/// Cards may be many: their pictures are fetched when they come near. The words are read before any picture.
fn late(print: Print) -> Option<&'static str> {
    (print == Print::Card).then_some("lazy")
}

fn facts(front: &Front<'_>) -> Markup {
    let lengths: Vec<u32> = {
        let mut all: Vec<u32> = front.packages.iter().map(|package| package.offer.length_minutes).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    html! {
        ul.facts {
            @if let Some(place) = &front.face.storefront.place { li { (icon(Icon::Pin)) span { (place.as_str()) } } }
            @if let [one] = lengths[..] { li { (icon(Icon::Clock)) span { (one) "-minute sessions" } } }
            @if let Some((at, zone)) = front.next_free {
                li { (icon(Icon::Calendar))
                    span { "Next free time: " (when::moment_tag(at, zone)) ", " (text::zone(zone)) } }
            }
        }
    }
}

fn returning(front: &Front<'_>) -> Markup {
    let Some((name, counted @ (lot, balance))) = front.returning else {
        return html! {
            p.return { "Already have sessions? " a href=(link::sign_in()) { "Book with your credits" } }
        };
    };
    let counter = Counter::of(balance);
    let left = balance.available;
    html! {
        div."return with" {
            div {
                (sprig(counter))
                p {
                    b { (text::left_to_book(left)) } ", " (name.first_word()) ". "
                    @if balance.deadline.is_some() && left > 0 { span { (credit::use_by_sentence(counted)) } }
                }
            }
            @if left > 0 { (Button::new("Book with credits").link(&link::book(lot.id))) }
            @else { (Button::new("See your sessions").quiet().link(&link::me())) }
        }
    }
}

/// The packages as plates; a single session is a line under them.
fn plates(face: &Face<'_>, packages: &[Package]) -> Markup {
    let who = &face.practitioner.slug;
    let (singles, several): (Vec<&Package>, Vec<&Package>) =
        packages.iter().partition(|package| package.offer.sessions == 1);
    html! {
        @if packages.is_empty() {
            p { "There is nothing to choose from yet. Please come back, or write to the practice." }
        }
        @if !several.is_empty() {
            div.plates {
                @for (i, package) in several.iter().enumerate() {
                    (plate(who, package, (i == 0 && several.len() > 1).then_some("Most people begin here.")))
                }
            }
        }
        @for single in singles {
            p.single {
                a href=(link::package(who, single.address())) { (single.offer.name.as_str()) }
                " "
                span {
                    (text::length(single.offer.length_minutes)) ", " (price(&single.offer)) ", "
                    (lower_first(&text::validity_terms(single.offer.validity)))
                }
            }
        }
    }
}

fn plate(who: &crate::domain::text::Slug, package: &Package, aside: Option<&str>) -> Markup {
    let offer = &package.offer;
    let limit = package.selling.per_client.map(text::limit);
    let terms: Vec<String> = terms(offer).into_iter().chain(limit).collect();
    let terms: Vec<&str> = terms.iter().map(String::as_str).collect();
    ui::plate(&Plate {
        sessions: offer.sessions,
        title: offer.name.as_str(),
        href: &link::package(who, package.address()),
        blurb: offer.description.paragraphs().next().unwrap_or_default(),
        price: &price(offer),
        each: &each(offer),
        terms: &terms,
        aside,
    })
}

/// "$540"; "Free".
pub(super) fn price(offer: &Offer) -> String {
    if offer.price.is_zero() { "Free".to_owned() } else { offer.price.short() }
}

/// "$90 a session", rounded down where it does not divide: "about $33.33 a session".
pub(super) fn each(offer: &Offer) -> String {
    let part = offer.price.first_parts(1, offer.sessions);
    let exact = part.minor.saturating_mul(i64::from(offer.sessions)) == offer.price.minor;
    match () {
        () if offer.price.is_zero() || offer.sessions == 1 => String::new(),
        () if exact => format!("{} a session", part.short()),
        () => format!("about {} a session", part.short()),
    }
}

fn terms(offer: &Offer) -> Vec<String> {
    vec![text::session_terms(offer), text::validity_terms(offer.validity)]
}

/// Words that began a line, within a sentence: "use within 90 days".
#[must_use]
pub fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn how_it_goes() -> Markup {
    let step = |counter: Counter, title: &str, words: &str| {
        html! { li { (frond(counter)) h3 { (title) } p { (words) } } }
    };
    let six = |used, booked| Counter { total: 6, used, booked, lost: 0 };
    html! {
        section."sec wrap" {
            div.sec-head { h2 { "How it goes" } }
            div.sec-body {
                ol.growth {
                    (step(six(0, 0), "Choose a package", "One payment. Your sessions are ready at once."))
                    (step(six(2, 1), "Book as you go",
                        "Each session opens one leaf. You always see how many are left, and until when."))
                    (step(six(6, 0), "Finish well",
                        "The last session looks back over the whole program, and at what comes next."))
                }
            }
        }
    }
}

/// The policy of every package in plain words, one entry for those that share it.
fn good_to_know(around: &Around<'_>, front: &Front<'_>) -> Markup {
    let mut policies: Vec<((Policy, Validity), Vec<&Offer>)> = Vec::new();
    for package in front.packages {
        let terms = (package.offer.policy, package.offer.validity);
        match policies.iter_mut().find(|(told, _)| *told == terms) {
            Some((_, offers)) => offers.push(&package.offer),
            None => policies.push((terms, vec![&package.offer])),
        }
    }
    let all_alike = policies.len() == 1;
    html! {
        section."sec wrap" #policy {
            div.sec-head { h2 { "Good to know" } }
            div."sec-body faq" {
                @for (_, offers) in &policies {
                    details open[all_alike] {
                        summary {
                            "Changing or canceling a session"
                            @if !all_alike { ": " (names(offers)) }
                        }
                        @for sentence in policy(offers[0]) { p { (sentence) } }
                    }
                }
                @if let Some(words) = ways_to_pay(front.ways, around.post) {
                    details { summary { "Ways to pay" } p { (words) } }
                }
                details {
                    summary { "What is kept about you" }
                    p {
                        "Your name, your email and your bookings. They stay on this practice’s own server and are \
                         never sold or shared."
                    }
                }
            }
        }
    }
}

/// The policy of a package in sentences.
pub(super) fn policy(offer: &Offer) -> Vec<String> {
    text::policy(&offer.policy, offer.validity)
}

fn names(offers: &[&Offer]) -> String {
    offers.iter().map(|offer| offer.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// How one can pay, as a sentence.
fn ways_to_pay(ways: &[Way], post: Post) -> Option<&'static str> {
    match (ways.contains(&Way::Online), ways.contains(&Way::AtPractice)) {
        (true, true) => Some(
            "Card, Apple Pay or Google Pay through Stripe, or at the practice. You get a receipt either way.",
        ),
        (true, false) => Some(post.says(
            "Card, Apple Pay or Google Pay through Stripe. Your receipt comes by email.",
            "Card, Apple Pay or Google Pay through Stripe. Your receipt is on your sessions page.",
        )),
        (false, true) => Some(post.says(
            "At the practice. Your receipt comes by email once it is marked as paid.",
            "At the practice. Your receipt is on your sessions page once it is marked as paid.",
        )),
        (false, false) => None,
    }
}
