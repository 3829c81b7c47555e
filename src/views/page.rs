//! The frames of pages: whole documents around what a page has to say. No style and no script stands in them, as the
//! content security policy allows none; the accent comes as a linked stylesheet.

use maud::{DOCTYPE, Markup, html};

use super::art::{Icon, icon, mark, sprite};
use super::brand::{Scheme, palette, stylesheet_url};
use super::{asset, ui};
use crate::domain::catalog::brand::Accent;

/// Whether the page that a link leads to is the one it stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// This page.
    Here,
    /// Another.
    #[default]
    Elsewhere,
}

/// A link of a frame's navigation.
#[derive(Debug, Clone, Copy)]
pub struct NavLink<'a> {
    /// Where it leads.
    pub href: &'a str,
    /// Its words.
    pub text: &'a str,
    /// Its icon; the desk shows it, client pages do not.
    pub icon: Option<Icon>,
    /// Whether it is this page.
    pub place: Place,
    /// Where there is room for it.
    pub room: Room,
}

/// Where there is room for a link of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Room {
    /// On every screen.
    #[default]
    Everywhere,
    /// Not in the row at the foot of a phone.
    Beside,
}

impl<'a> NavLink<'a> {
    /// A link without an icon, to another page.
    #[must_use]
    pub const fn to(href: &'a str, text: &'a str) -> Self {
        Self { href, text, icon: None, place: Place::Elsewhere, room: Room::Everywhere }
    }

    /// The same, to the page that it stands on.
    #[must_use]
    pub const fn here(mut self) -> Self {
        self.place = Place::Here;
        self
    }

    /// The same, with an icon.
    #[must_use]
    pub const fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The same, where there is room for it: on phones it has another place.
    #[must_use]
    pub const fn beside(mut self) -> Self {
        self.room = Room::Beside;
        self
    }

    fn current(self) -> Option<&'static str> {
        (self.place == Place::Here).then_some("page")
    }
}

/// Whether search engines may list the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listing {
    /// It is for everybody.
    Public,
    /// It is for those it was made for.
    #[default]
    Private,
}

/// What a page is set in. Begin with `Frame::new` and set what differs.
#[derive(Debug, Clone)]
pub struct Frame<'a> {
    /// The page's own title; the brand's name follows it.
    pub title: &'a str,
    /// What stands at the top left: the practice's or practitioner's brand.
    pub brand: &'a str,
    /// Where the brand leads.
    pub brand_href: &'a str,
    /// The accent in force.
    pub accent: Accent,
    /// Accents that parts of the page have, by `brand::tint_class`.
    pub tints: &'a [Accent],
    /// The navigation, in order. On the desk: its tabs, with icons.
    pub nav: &'a [NavLink<'a>],
    /// After the navigation: the desk's links at the foot of its side, or a sign-out form in the client's row.
    pub me: Option<Markup>,
    /// What the foot says, as `p` elements; only client pages have a foot.
    pub foot: Option<Markup>,
    /// Where "Kept with Fiddlehead" leads; without it the line is left out.
    pub kept_href: Option<&'a str>,
    /// The bar with the Book button, last in the page: `ui::bookbar`.
    pub bookbar: Option<Markup>,
    /// One sentence for search engines and link previews.
    pub description: Option<&'a str>,
    /// Whether it may be listed.
    pub listing: Listing,
    /// More for the `head`, such as a refresh while a payment is confirmed.
    pub head: Option<Markup>,
}

impl<'a> Frame<'a> {
    /// A private page with no navigation.
    #[must_use]
    pub const fn new(title: &'a str, brand: &'a str, brand_href: &'a str, accent: Accent) -> Self {
        Self {
            title,
            brand,
            brand_href,
            accent,
            tints: &[],
            nav: &[],
            me: None,
            foot: None,
            kept_href: None,
            bookbar: None,
            description: None,
            listing: Listing::Private,
            head: None,
        }
    }
}

fn document(frame: &Frame<'_>, class: &str, body: &Markup) -> Markup {
    debug_assert!(
        frame.listing == Listing::Private || asset::is_plain(&body.0),
        "{} is for everybody, and wants what such pages go without",
        frame.title
    );
    // Whoever hears the page hears its title first: that a form did not go through is said there already.
    let failed = body.0.contains(&format!("id=\"{}\"", ui::AMISS));
    let [day, night] = [Scheme::Light, Scheme::Dark].map(|scheme| palette(frame.accent, scheme).paper);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover";
                title { @if failed { "Error: " } (frame.title) @if frame.title != frame.brand { " · " (frame.brand) } }
                @if let Some(description) = frame.description { meta name="description" content=(description); }
                @if frame.listing == Listing::Private { meta name="robots" content="noindex"; }
                meta name="theme-color" media="(prefers-color-scheme:light)" content=(day);
                meta name="theme-color" media="(prefers-color-scheme:dark)" content=(night);
                // Nothing is painted before the style, so it is asked for first.
                link rel="stylesheet" href=(stylesheet_url(frame.accent, frame.tints));
                link rel="preload" href=(asset::url("fonts/goudy.woff2")) as="font" type="font/woff2" crossorigin;
                link rel="preload" href=(asset::url("fonts/rosario.woff2")) as="font" type="font/woff2" crossorigin;
                @if class != "client" {
                    link rel="stylesheet" href=(asset::desk_css_url());
                } @else if frame.listing == Listing::Private {
                    link rel="stylesheet" href=(asset::inner_css_url());
                }
                link rel="icon" href=(asset::url("icons/favicon.svg")) type="image/svg+xml";
                link rel="icon" href="/favicon.ico" sizes="32x32";
                link rel="apple-touch-icon" href=(asset::url("icons/icon-180.png"));
                // Browsers fetch it and its icon unasked; what is worth installing is for those who are signed in.
                @if frame.listing == Listing::Private {
                    link rel="manifest" href=(asset::url("site.webmanifest"));
                }
                @if let Some(head) = &frame.head { (head) }
                @if frame.listing == Listing::Private { script src=(asset::url("js/enhance.js")) defer {} }
            }
            body class=(class) {
                a.skip href="#main" { "Skip to content" }
                (sprite())
                (body)
            }
        }
    }
}

/// A page for clients and visitors: brand and links, the page, the foot, and on phones the bar to book from.
#[must_use]
pub fn client(frame: &Frame<'_>, main: &Markup) -> Markup {
    let body = html! {
        header."top wrap" {
            a.brand href=(frame.brand_href) { (frame.brand) }
            @if !frame.nav.is_empty() {
                nav aria-label="Main" {
                    ul.nav-row {
                        @for link in frame.nav { li { a href=(link.href) aria-current=[link.current()] { (link.text) } } }
                        @if let Some(me) = &frame.me { li { (me) } }
                    }
                }
            }
        }
        main #main { (main) }
        @if frame.foot.is_some() || frame.kept_href.is_some() {
            footer.foot {
                div.wrap {
                    @if let Some(foot) = &frame.foot { (foot) }
                    @if let Some(href) = frame.kept_href {
                        p.kept { a href=(href) { (mark()) "Kept with Fiddlehead" } }
                    }
                }
            }
        }
        @if let Some(bar) = &frame.bookbar { (bar) }
    };
    document(frame, "client", &body)
}

/// A page of the practitioner's desk: tabs at the side, on phones below.
#[must_use]
pub fn desk(frame: &Frame<'_>, main: &Markup) -> Markup {
    let body = html! {
        header.desk-top {
            div {
                a.brand href=(frame.brand_href) { (mark()) span { (frame.brand) } }
                nav.tabs aria-label="Practice" {
                    ul {
                        @for link in frame.nav {
                            li class=[(link.room == Room::Beside).then_some("lap")] {
                                a href=(link.href) aria-current=[link.current()] {
                                    @if let Some(shape) = link.icon { (icon(shape)) }
                                    span { (link.text) }
                                }
                            }
                        }
                    }
                }
                @if let Some(me) = &frame.me { div.desk-me { (me) } }
            }
        }
        main #main { (main) }
    };
    document(frame, "desk", &body)
}

/// How far one has come in setting up: step `at` of `of`.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    /// The step, from 1.
    pub at: u32,
    /// How many there are.
    pub of: u32,
    /// What is left, in words: "about 9 minutes left".
    pub left: &'a str,
}

/// A page of setting up: the brand, the steps as leaves, the page.
#[must_use]
pub fn setup(frame: &Frame<'_>, step: Step<'_>, main: &Markup) -> Markup {
    let body = html! {
        header."top wrap" {
            a.brand href=(frame.brand_href) { (mark()) (frame.brand) }
            (ui::steps(step))
        }
        main #main { (main) }
    };
    document(frame, "setup", &body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::catalog::brand::DYES;

    fn frame() -> Frame<'static> {
        Frame::new("Your sessions", "Quiet <Field>", "/", DYES[2].accent)
    }

    fn all() -> [String; 3] {
        let main = html! { h1 { "Hello" } };
        let step = Step { at: 2, of: 4, left: "about 6 minutes left" };
        [client(&frame(), &main).0, desk(&frame(), &main).0, setup(&frame(), step, &main).0]
    }

    #[test]
    fn a_page_has_no_style_and_no_script_of_its_own() {
        for page in all() {
            assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
            assert!(!page.contains("<style") && !page.contains(" style=") && !page.contains(" onclick"));
            assert_eq!(
                page.matches("<script").count(),
                page.matches("<script src=\"/assets/js/enhance-").count()
            );
            assert_eq!(page.matches("id=\"main\"").count(), 1);
            assert_eq!(page.matches("<symbol id=\"pinna\"").count(), 1);
        }
    }

    #[test]
    fn the_accent_comes_in_the_first_stylesheet() {
        for (page, second) in
            all().iter().zip([asset::inner_css_url(), asset::desk_css_url(), asset::desk_css_url()])
        {
            assert_eq!(page.matches("rel=\"stylesheet\"").count(), 1 + page.matches(second).count());
            assert!(page.contains("rel=\"stylesheet\" href=\"/brand/a2452f-"));
            assert!(page.contains("content=\"#29120c\""), "night's paper for Madder");
        }
    }

    #[test]
    fn a_page_for_everybody_has_one_stylesheet_and_no_script() {
        let public = Frame { listing: Listing::Public, ..frame() };
        let page = client(&public, &html! {}).0;
        assert_eq!((page.matches("rel=\"stylesheet\"").count(), page.matches("<script").count()), (1, 0));
    }

    #[test]
    fn a_form_that_did_not_go_through_is_said_in_the_title() {
        let page = desk(&frame(), &ui::look_again("Not saved yet.", "")).0;
        assert!(page.contains("<title>Error: Your sessions · "), "{page}");
        // What somebody types is no such form.
        let typed = html! { p { "id=\"amiss\"" } };
        assert!(desk(&frame(), &typed).0.contains("<title>Your sessions · "));
    }

    #[test]
    fn names_are_escaped() {
        for page in all() {
            assert!(page.contains("Quiet &lt;Field&gt;") && !page.contains("Quiet <Field>"));
        }
    }

    #[test]
    fn the_page_one_is_on_is_marked() {
        let nav = [NavLink::to("/me", "2 sessions left").here(), NavLink::to("/me/book", "Book")];
        let page = client(&Frame { nav: &nav, ..frame() }, &html! {}).0;
        assert_eq!(page.matches("aria-current=\"page\"").count(), 1);
        assert!(page.contains("<a href=\"/me\" aria-current=\"page\">2 sessions left</a>"));
    }
}
