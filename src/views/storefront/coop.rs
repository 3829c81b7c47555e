//! The front page of a practice with several practitioners (the mock 02).

use maud::{Markup, html};

use super::{Face, cover, portrait};
use crate::domain::catalog::package::Package;
use crate::domain::time::{Timestamp, Zone};
use crate::views::around::{Around, Here, Page, Reader, paragraphs};
use crate::views::art::{Print, photogram};
use crate::views::brand::tint_class;
use crate::views::{link, text, when};

/// A practitioner's card.
#[derive(Debug)]
pub struct Member<'a> {
    /// Who she is.
    pub face: Face<'a>,
    /// Her published packages, in their order.
    pub packages: &'a [Package],
    /// Her next free time, and the zone to say it in.
    pub next_free: Option<(Timestamp, &'a Zone)>,
}

impl Member<'_> {
    fn field(&self) -> Option<&str> {
        self.face.storefront.field.as_ref().map(crate::domain::text::Line::as_str)
    }
}

/// The page of all of them, or of those who work in one field.
#[must_use]
pub fn coop(around: &Around<'_>, members: &[Member<'_>], field: Option<&str>) -> Markup {
    let fields = fields(members);
    let field = field.filter(|field| fields.contains(field));
    let shown = members.iter().filter(|member| field.is_none() || member.field() == field);
    let practice = around.practice;
    let name = practice.name.as_str();
    let main = html! {
        div.cover { (photogram(name, Print::Cover)) }
        section."intro coop wrap" {
            div.intro-name { h1 { (name) } }
            @if let Some(first) = practice.about.paragraphs().next() { p.tagline { (first) } }
            @match around.reader {
                Reader::Visitor => p.return {
                    "Already seeing one of us? " a href=(link::sign_in()) { "Sign in to book with your credits" }
                },
                Reader::Client { name, .. } => p.return {
                    "Good to see you, " (name.first_word()) ". " a href=(link::me()) { "See your sessions" }
                },
            }
        }
        section."sec wrap" #who {
            div.sec-head {
                h2 { "Who is here" }
                @if fields.len() > 1 { (filter(&fields, field)) }
            }
            div."sec-body wide" {
                @if members.is_empty() { p { "Nobody yet. Please come back." } }
                ul.members { @for member in shown { (card(member)) } }
            }
        }
        section."sec wrap" #how {
            div.sec-head { h2 { "One way to book" } }
            div."sec-body prose" {
                p {
                    "Every practitioner here sells packages of sessions. You pay once, see what you have left, and \
                     book when you are ready. One sign-in shows all of it, whoever you see."
                }
                @if practice.about.paragraphs().nth(1).is_some() { (rest(practice)) }
            }
        }
    };
    let description = practice.about.paragraphs().next().unwrap_or(name);
    around.page(Page::new(name, Here::Elsewhere).public(description), &main)
}

/// The fields that there are, in the order of their first practitioners.
fn fields<'a>(members: &'a [Member<'_>]) -> Vec<&'a str> {
    let mut fields = Vec::new();
    for field in members.iter().filter_map(Member::field) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields
}

fn filter(fields: &[&str], here: Option<&str>) -> Markup {
    let current = |field: Option<&str>| (field == here).then_some("true");
    html! {
        ul.filter aria-label="Show" {
            li { a href=(link::home()) aria-current=[current(None)] { "Everyone" } }
            @for field in fields {
                li { a href=(link::home_of(field)) aria-current=[current(Some(field))] { (field) } }
            }
        }
    }
}

fn rest(practice: &crate::domain::catalog::practice::Practice) -> Markup {
    let text = practice.about.paragraphs().skip(1).collect::<Vec<_>>().join("\n\n");
    text.parse().map_or_else(|_| html! {}, |text| paragraphs(&text))
}

fn card(member: &Member<'_>) -> Markup {
    let Member { face, packages, next_free } = member;
    let who = face.practitioner;
    html! {
        li class={ "member tint " (tint_class(face.storefront.accent)) } {
            a href=(link::storefront(&who.slug)) {
                (cover(face, Print::Card))
                (portrait(face, "", Print::Card))
                h3 { (who.name.as_str()) }
            }
            @if let Some(profession) = &face.storefront.profession { p.role { (profession.as_str()) } }
            @if let Some(tagline) = &face.storefront.tagline { p { (tagline.as_str()) } }
            p.from {
                @if let Some(first) = packages.first() {
                    b {
                        (text::sessions(first.offer.sessions)) ", " (super::price(&first.offer))
                    }
                }
                @if let Some((at, zone)) = next_free { " " span { "Free " (when::day(*at, zone)) } }
            }
        }
    }
}
