//! The package as clients will see it: its plate, what its numbers come to, and the rules in the words that they read.

use jiff::civil::Date;
use maud::{Markup, html};

use super::Editor;
use crate::domain::catalog::package::Offer;
use crate::domain::catalog::selling::Selling;
use crate::domain::credits::validity::book_by;
use crate::domain::time::{Timestamp, Zone, long_date};
use crate::views::frond::{Counter, frond};
use crate::views::practitioner::Desk;
use crate::views::practitioner::packages::each;
use crate::views::{storefront, text};

/// The package as clients will see it, from what stands in the form.
pub(super) fn preview(desk: &Desk<'_>, editor: &Editor<'_>) -> Markup {
    html! {
        section.preview aria-label="Preview" {
            p.hint { "As clients will see it" }
            @match editor.offer {
                Some(offer) => (specimen(offer, editor.selling, desk.now, desk.zone())),
                None if editor.typed.is_sound() => p { "The preview appears once there is a name and a price." },
                None => p { "The preview appears when what is marked is put right." },
            }
        }
    }
}

/// The plate of a package that cannot be bought from here, and what its numbers come to.
fn specimen(offer: &Offer, selling: Selling, now: Timestamp, zone: &Zone) -> Markup {
    let price = if offer.price.is_zero() { "Free".to_owned() } else { offer.price.short() };
    let each = each(offer.price, offer.sessions);
    html! {
        article.plate {
            div.plate-fig { (frond(Counter::fresh(offer.sessions))) }
            div.plate-text {
                h2 { (offer.name) }
                @if let Some(first) = offer.description.paragraphs().next() { p { (first) } }
                p.price { b { (price) } @if let Some(each) = &each { " " span { (each) } } }
                ul.terms {
                    li { (text::session_terms(offer)) }
                    li { (text::format(&offer.format)) }
                    li { (text::validity_terms(offer.validity)) }
                    @for term in storefront::selling(selling) { li { (term) } }
                }
            }
        }
        p.derived { output { (derived(offer, now, zone)) } }
        h3 { "What your clients agree to" }
        ul.plainlist { @for rule in text::policy(&offer.policy, offer.validity) { li { (rule) } } }
        @if !offer.chapters.is_empty() {
            h3 { "The chapters" }
            ol.plainlist { @for title in &offer.chapters { li { (title) } } }
        }
    }
}

/// "$90 a session. Bought today, it runs until 13 July 2026."
fn derived(offer: &Offer, now: Timestamp, zone: &Zone) -> String {
    let until = |date: Date| format!("Bought today, it runs until {}.", long_date(date));
    let runs =
        book_by(offer.validity, now, None, zone).map_or_else(|| "It has no end date.".to_owned(), until);
    each(offer.price, offer.sessions)
        .map_or_else(|| runs.clone(), |each| format!("{}. {runs}", text::capital(&each)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::package::tests::six_sessions;

    #[test]
    fn what_a_package_comes_to_is_said_in_one_line() {
        let now = "2026-04-14T14:00:00Z".parse().unwrap();
        let zone = "America/New_York".parse().unwrap();
        assert_eq!(
            derived(&six_sessions(), now, &zone),
            "$90 a session. Bought today, it runs until Monday 13 July 2026."
        );
    }
}
