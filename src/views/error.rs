//! The quiet page for what could not be shown: one frond, one sentence of fact, one way on (the mock 15a).

use maud::{Markup, html};

use super::frond::{Counter, frond};
use super::page::{self, Frame};
use super::ui::{self, Button};
use crate::domain::catalog::brand::Accent;

/// A link that leads away from a dead end.
#[derive(Debug, Clone, Copy)]
pub struct WayOn<'a> {
    /// Where it leads, within the instance.
    pub href: &'a str,
    /// What it is called: a verb and its object.
    pub label: &'a str,
}

/// The whole page. It asks nobody for anything, so that it can be shown when all else fails.
#[must_use]
pub fn page(title: &str, lead: &str, way_on: WayOn<'_>) -> Markup {
    let wound_up = Counter { total: 3, used: 0, booked: 0, lost: 0 };
    let main = ui::quietpage(
        frond(wound_up),
        title,
        html! {
            p { (lead) }
            p.cluster { (Button::new(way_on.label).link(way_on.href)) }
        },
    );
    page::client(&Frame::new(title, "Fiddlehead", "/", Accent::FERN), &main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_escaped() {
        let page = page("a < b", "<script>", WayOn { href: "/\"x", label: "Go & see" }).into_string();
        assert!(page.contains("<h1>a &lt; b</h1><p>&lt;script&gt;</p>"), "{page}");
        assert!(page.contains("/&quot;x") && page.contains("Go &amp; see"), "{page}");
    }
}
