//! The versions of a package: when each was made, what changed in it, and how often it was sold.

use maud::{Markup, html};

use crate::domain::catalog::package::Offer;
use crate::domain::time::{Timestamp, long_date};
use crate::views::practitioner::Desk;
use crate::views::text;

/// One version.
#[derive(Debug, Clone)]
pub struct Version {
    /// Counts from 1.
    pub number: u32,
    /// When it was made, if that is known.
    pub made_at: Option<Timestamp>,
    /// What it offered.
    pub offer: Offer,
    /// How often it was sold and paid.
    pub sold: u32,
}

/// All of them, newest first.
pub(super) fn versions(desk: &Desk<'_>, versions: &[Version]) -> Markup {
    let before = versions.iter().skip(1).map(Some).chain([None]);
    html! {
        section.gap #versions {
            h2 { "Versions" }
            p.hint { "Whoever bought keeps what was agreed then: price, sessions, dates and rules. A change holds for new purchases." }
            ol."packs narrow" reversed {
                @for (version, before) in versions.iter().zip(before) {
                    li { div {
                        h3 { "Version " (version.number) @if let Some(at) = version.made_at { ", " (long_date(desk.zone().date(at))) } }
                        @match before {
                            Some(before) => ul.plainlist {
                                @for change in text::changed(&before.offer, &version.offer) { li { (change) } }
                            },
                            None => p { (text::session_terms(&version.offer)) " for " (version.offer.price) "." },
                        }
                        p.hint { @if version.sold > 0 { "Sold " (text::times(version.sold)) "." } @else { "Not sold." } }
                    } }
                }
            }
        }
    }
}
