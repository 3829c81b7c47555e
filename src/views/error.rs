//! The quiet page for what could not be shown: one sentence of fact, one way on (the mock 15a).

use maud::{Markup, html};

/// A link that leads away from a dead end.
#[derive(Debug, Clone, Copy)]
pub struct WayOn<'a> {
    /// Where it leads, within the instance.
    pub href: &'a str,
    /// What it is called: a verb and its object.
    pub label: &'a str,
}

/// The main part of the page, to stand inside a frame.
#[must_use]
pub fn main(title: &str, lead: &str, way_on: WayOn<'_>) -> Markup {
    html! {
        main #main {
            div.wrap.quietpage {
                div {
                    h1 { (title) }
                    p { (lead) }
                    p.cluster { a.btn href=(way_on.href) { (way_on.label) } }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_escaped() {
        let page = main("a < b", "<script>", WayOn { href: "/\"x", label: "Go & see" }).into_string();
        assert!(page.contains("<h1>a &lt; b</h1><p>&lt;script&gt;</p>"), "{page}");
        assert!(page.contains("href=\"/&quot;x\">Go &amp; see</a>"), "{page}");
    }
}
