//! What stands around every page for visitors and clients: brand, navigation, the practice's foot.

use maud::{Markup, html};

use super::page::{self, Frame, Listing, NavLink};
use super::post::Post;
use super::{link, text};
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::practice::Practice;
use crate::domain::id::LotId;
use crate::domain::text::{Line, Paragraph, Slug};

/// Who reads the page.
#[derive(Debug, Clone, Copy)]
pub enum Reader<'a> {
    /// Anybody.
    Visitor,
    /// A signed-in client.
    Client {
        /// Her name.
        name: &'a Line,
        /// How many sessions she can book now, all lots together.
        left: u32,
        /// The lot that "Book" books from, if there is something to book.
        book: Option<LotId>,
    },
}

/// Which link of the navigation the page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// The storefront's packages.
    Packages,
    /// Signing in.
    SignIn,
    /// The client's sessions.
    Sessions,
    /// Choosing a time.
    Book,
    /// The client's own particulars.
    Profile,
    /// None of them.
    Elsewhere,
}

/// What a request knows before it knows its page.
#[derive(Debug, Clone)]
pub struct Around<'a> {
    /// The practice.
    pub practice: &'a Practice,
    /// The accent in force: the practitioner's on her own pages.
    pub accent: Accent,
    /// Accents of parts of the page.
    pub tints: &'a [Accent],
    /// The storefront that "Packages" leads to; without it, to the front page.
    pub storefront: Option<&'a Slug>,
    /// Who reads.
    pub reader: Reader<'a>,
    /// Whether mail goes out.
    pub post: Post,
}

/// A page's own parts.
#[derive(Debug, Clone)]
pub struct Page<'a> {
    title: &'a str,
    here: Here,
    listing: Listing,
    description: Option<&'a str>,
    bookbar: Option<Markup>,
    head: Option<Markup>,
}

impl<'a> Page<'a> {
    /// A private page.
    #[must_use]
    pub const fn new(title: &'a str, here: Here) -> Self {
        Self { title, here, listing: Listing::Private, description: None, bookbar: None, head: None }
    }

    /// For everybody, with a sentence for search engines.
    #[must_use]
    pub const fn public(mut self, description: &'a str) -> Self {
        self.listing = Listing::Public;
        self.description = Some(description);
        self
    }

    /// With the bar that keeps an act within reach on phones.
    #[must_use]
    pub fn bookbar(mut self, bar: Option<Markup>) -> Self {
        self.bookbar = bar;
        self
    }

    /// With more in its `head`.
    #[must_use]
    pub fn head(mut self, head: Markup) -> Self {
        self.head = Some(head);
        self
    }
}

/// "1 session left", "2 sessions left", "No sessions left".
#[must_use]
pub fn sessions_left(left: u32) -> String {
    if left == 0 { "No sessions left".to_owned() } else { format!("{} left", text::sessions(left)) }
}

/// Text of some lines, each on its own.
#[must_use]
pub fn lines(text: &Paragraph) -> Markup {
    html! { @for (i, line) in text.as_str().lines().enumerate() { @if i > 0 { br; } (line) } }
}

/// Text of some paragraphs, each in its own `p`.
#[must_use]
pub fn paragraphs(text: &Paragraph) -> Markup {
    html! {
        @for part in text.paragraphs() {
            p { @for (i, line) in part.lines().enumerate() { @if i > 0 { br; } (line) } }
        }
    }
}

impl Around<'_> {
    /// The whole page.
    #[must_use]
    pub fn page(&self, page: Page<'_>, main: &Markup) -> Markup {
        let links = self.links();
        let nav: Vec<NavLink<'_>> = links
            .iter()
            .map(|(here, href, text)| {
                let link = NavLink::to(href, text);
                if *here == page.here { link.here() } else { link }
            })
            .collect();
        let frame = Frame {
            tints: self.tints,
            nav: &nav,
            foot: Some(self.foot()),
            bookbar: page.bookbar,
            description: page.description,
            listing: page.listing,
            head: page.head,
            ..Frame::new(page.title, self.practice.name.as_str(), "/", self.accent)
        };
        page::client(&frame, main)
    }

    /// A page that says one thing, with a link on.
    #[must_use]
    pub fn quiet(&self, title: &str, figure: Markup, rest: Markup) -> Markup {
        self.page(Page::new(title, Here::Elsewhere), &super::ui::quietpage(figure, title, rest))
    }

    fn links(&self) -> Vec<(Here, String, String)> {
        match self.reader {
            Reader::Client { name, left, book } => {
                let book = book.map(|lot| (Here::Book, link::book(lot), "Book".to_owned()));
                let mut links = vec![(Here::Sessions, link::me(), sessions_left(left))];
                links.extend(book);
                links.push((Here::Profile, link::profile(), name.first_word().to_owned()));
                links
            }
            Reader::Visitor => {
                let (packages, words) = match self.storefront {
                    Some(slug) => (format!("{}#packages", link::storefront(slug)), "Packages"),
                    None => (link::home(), "Packages"),
                };
                vec![
                    (Here::Packages, packages, words.to_owned()),
                    (Here::SignIn, link::sign_in(), "Sign in".to_owned()),
                ]
            }
        }
    }

    fn foot(&self) -> Markup {
        let Practice { address, notice, .. } = self.practice;
        html! {
            p {
                b { (self.practice.name.as_str()) }
                @if !address.is_empty() { br; (lines(address)) }
                br;
                a href={ "mailto:" (self.practice.email) } { (self.practice.email) }
            }
            (paragraphs(notice))
        }
    }
}
