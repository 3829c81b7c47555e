//! The demo's own pages: the strip with the time machine, the mailbox, a letter, the sandbox till. Everything else that a
//! visitor of the demo sees is the real thing.

use maud::{Markup, html};

use super::art::{Icon, icon};
use super::page::{self, Frame};
use super::{asset, link, text, ui};
use crate::domain::catalog::brand::Accent;
use crate::domain::id::MessageId;
use crate::domain::money::Money;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, clock_time, long_date, long_moment, machine_moment};

/// How far the time machine goes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leap {
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week.
    Week,
    /// To the next thing that happens.
    Next,
}

impl Leap {
    /// All of them, from the smallest.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::Week, Self::Next];

    /// Its name in the form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Next => "next",
        }
    }

    /// The leap of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|leap| leap.name() == name)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Hour => "+1 hour",
            Self::Day => "+24 hours",
            Self::Week => "+7 days",
            Self::Next => "To the next event",
        }
    }
}

/// The strip on every page of the demo.
#[derive(Debug, Clone, Copy)]
pub struct Bar<'a> {
    /// The instance's time.
    pub now: Timestamp,
    /// The zone of the practice, in which it is told.
    pub zone: &'a Zone,
    /// The page that it stands on, to come back to.
    pub here: &'a str,
    /// What the last leap brought, told once.
    pub said: Option<&'a str>,
}

/// What the strip and the mailbox are set in: of no use to anybody else, so no other page has it.
#[must_use]
pub fn style() -> Markup {
    html! { link rel="stylesheet" href=(asset::demo_css_url()); }
}

/// The strip, first in the page.
#[must_use]
pub fn bar(bar: &Bar<'_>) -> Markup {
    let local = bar.zone.local(bar.now);
    html! {
        aside.demo aria-label="Demo" {
            div.wrap {
                p {
                    (icon(Icon::Clock)) "Demo time "
                    b { time datetime=(machine_moment(bar.now, bar.zone)) { (clock_time(local.time())) ", " (long_date(local.date())) } }
                }
                form method="post" action=(link::demo_clock()) {
                    input type="hidden" name="back" value=(bar.here);
                    @for leap in Leap::ALL { button name="leap" value=(leap.name()) { (leap.words()) } }
                }
                ul {
                    @for (href, words) in [
                        (link::demo_mail(), "Mailbox"),
                        (link::demo_client(), "Client"),
                        (link::demo_practitioner(), "Practitioner"),
                        (link::demo_front_desk(), "Front desk"),
                        (link::home(), "Storefront"),
                    ] { li { a href=(href) { (words) } } }
                }
                @if let Some(said) = bar.said { p role="status" { (said) } }
            }
        }
    }
}

/// What a leap brought: "Two messages went out."
#[must_use]
pub fn brought(letters: usize) -> String {
    match u32::try_from(letters).unwrap_or(u32::MAX) {
        0 => "No message went out.".to_owned(),
        1 => "One message went out. It is in the mailbox.".to_owned(),
        n => format!("{} messages went out. They are in the mailbox.", text::number_first(n)),
    }
}

/// Said where nothing is planned any more.
pub const NOTHING_PLANNED: &str = "Nothing more is planned.";

/// A letter in the list.
#[derive(Debug, Clone)]
pub struct Listed<'a> {
    /// The message it was sent for.
    pub id: MessageId,
    /// Whom it is for, by name or address.
    pub to: &'a str,
    /// Its subject.
    pub subject: &'a Line,
    /// When it went.
    pub at: Timestamp,
}

/// The mailbox: everything that the practice has sent, newest first.
#[must_use]
pub fn mailbox(letters: &[Listed<'_>], zone: &Zone, accent: Accent) -> Markup {
    let main = html! {
        div.wrap {
            h1 { "Mailbox" }
            p { "Everything that this practice has sent, to clients and to practitioners, newest first. Nothing of it left this machine. " (text::times_in(zone)) }
            @if letters.is_empty() {
                (ui::empty(html! {}, "No message yet", html! { p { "Buy a package, or move the time on." } }))
            } @else {
                ul.packs.mailbox {
                    @for letter in letters {
                        li {
                            div {
                                h2.lead { a href=(link::demo_letter(letter.id)) { (letter.subject.as_str()) } }
                                p { "To " (letter.to) }
                            }
                            p { time datetime=(machine_moment(letter.at, zone)) { (long_moment(letter.at, zone)) } }
                        }
                    }
                }
            }
        }
    };
    framed("Mailbox", accent, &main)
}

/// A letter as it left.
#[derive(Debug, Clone, Copy)]
pub struct LetterPage<'a> {
    /// The message it was sent for.
    pub id: MessageId,
    /// Its subject.
    pub subject: &'a Line,
    /// Its headers, as a mail program shows them: name and value.
    pub headers: &'a [(&'a str, String)],
    /// Its words as plain text.
    pub text: &'a str,
    /// The calendar object that goes with it.
    pub calendar: Option<&'a str>,
}

/// One letter: headers, the HTML in a frame of its own, the same as plain text, what is attached.
#[must_use]
pub fn letter(letter: &LetterPage<'_>, accent: Accent) -> Markup {
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&link::demo_mail(), "Mailbox"))
            h1 { (letter.subject.as_str()) }
            dl.sum.headers { @for (name, value) in letter.headers { div { dt { (name) } dd { (value) } } } }
            iframe.letter title="The message as HTML" src=(link::demo_letter_html(letter.id))
                sandbox="allow-top-navigation-by-user-activation allow-popups" {}
            details { summary { "The same as plain text" } pre { (linked(letter.text)) } }
            @if let Some(calendar) = letter.calendar {
                details { summary { "Calendar file, invite.ics" } pre { (calendar) } }
            }
        }
    };
    framed(letter.subject.as_str(), accent, &main)
}

/// A text with its addresses as links.
fn linked(text: &str) -> Markup {
    html! {
        @for word in text.split_inclusive(char::is_whitespace) {
            @let url = word.trim_end();
            @if url.starts_with("http://") || url.starts_with("https://") {
                a href=(url) { (url) } (&word[url.len()..])
            } @else { (word) }
        }
    }
}

/// A letter's HTML with its links leading out of the frame that it stands in.
#[must_use]
pub fn letter_html(html: &str) -> String {
    html.replacen("<head>", "<head><base target=\"_top\">", 1)
}

/// What the sandbox till asks for.
#[derive(Debug, Clone, Copy)]
pub struct TillPage<'a> {
    /// The checkout's name, which is in the address.
    pub checkout: &'a str,
    /// What is sold.
    pub what: &'a Line,
    /// How much is asked.
    pub amount: Money,
    /// How often a card was declined.
    pub declined: u32,
}

/// What the buyer does at the till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Pays by card.
    Pay,
    /// Tries a card that is declined.
    Decline,
    /// Orders a bank debit that arrives.
    Debit,
    /// Orders a bank debit that bounces.
    FailingDebit,
    /// Turns back.
    Back,
}

impl Deed {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::Pay, Self::Decline, Self::Debit, Self::FailingDebit, Self::Back];

    /// Its name in the form.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Decline => "decline",
            Self::Debit => "debit",
            Self::FailingDebit => "failing-debit",
            Self::Back => "back",
        }
    }

    /// The deed of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deed| deed.name() == name)
    }
}

/// The sandbox till's page, in place of the payment provider's.
#[must_use]
pub fn till(till: &TillPage<'_>, accent: Accent) -> Markup {
    let main = html! {
        div."wrap narrow" {
            h1 { "Pay " (till.amount.short()) }
            p { "This stands in for the payment provider’s page. No money moves." }
            @if till.declined > 0 {
                (ui::note(ui::Note::Bad, "The card was declined.", html! { "Nothing was taken. Try again, or pay another way." }))
            }
            (ui::sum(&[ui::sum_row(till.what.as_str(), &till.amount.to_string()), ui::sum_total("To pay", &till.amount.to_string())]))
            form.form method="post" action=(link::demo_till(till.checkout)) {
                @for deed in Deed::ALL {
                    @let words = match deed {
                        Deed::Pay => format!("Pay {}", till.amount.short()),
                        Deed::Decline => "Try a card that is declined".to_owned(),
                        Deed::Debit => "Pay by bank debit, arrives in 3 days".to_owned(),
                        Deed::FailingDebit => "Pay by bank debit, bounces in 3 days".to_owned(),
                        Deed::Back => "Go back without paying".to_owned(),
                    };
                    button class=(if deed == Deed::Pay { "btn wide" } else { "btn ghost wide" }) name="deed" value=(deed.name()) { (words) }
                }
            }
        }
    };
    framed("Sandbox till", accent, &main)
}

/// A checkout whose page is no longer open.
#[must_use]
pub fn till_closed(back: &str, accent: Accent) -> Markup {
    let main = html! {
        div."wrap narrow" {
            h1 { "This page is closed" }
            p { "The payment is made, on its way, or no longer asked for." }
            p.cluster { a.btn href=(back) { "See how it stands" } }
        }
    };
    framed("Sandbox till", accent, &main)
}

fn framed(title: &str, accent: Accent, main: &Markup) -> Markup {
    page::client(&Frame::new(title, "Fiddlehead demo", &link::home(), accent), main)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_tells_the_time_of_the_practice_and_comes_back_to_its_page() {
        let zone = "America/New_York".parse().unwrap();
        let now = "2026-04-14T13:05:00Z".parse().unwrap();
        let strip =
            bar(&Bar { now, zone: &zone, here: "/me?day=1&x=\"", said: Some("One message went out.") }).0;
        assert!(strip.contains(">9:05\u{a0}am, Tuesday 14 April 2026<"), "{strip}");
        assert!(strip.contains("value=\"/me?day=1&amp;x=&quot;\""), "{strip}");
        assert_eq!(Leap::ALL.map(|leap| strip.contains(&format!("value=\"{}\"", leap.name()))), [true; 4]);
    }

    #[test]
    fn deeds_and_leaps_are_found_by_their_names() {
        assert!(Deed::ALL.into_iter().all(|deed| Deed::named(deed.name()) == Some(deed)));
        assert!(Leap::ALL.into_iter().all(|leap| Leap::named(leap.name()) == Some(leap)));
        assert_eq!(Deed::named("steal"), None);
    }

    #[test]
    fn addresses_in_a_text_are_links_and_nothing_else_is() {
        let shown = linked("See <b>\nhttps://x.example/a?b=1&c=2\njavascript:alert(1)").0;
        assert_eq!(shown.matches("<a ").count(), 1);
        assert!(shown.contains("&lt;b&gt;\n<a href=\"https://x.example/a?b=1&amp;c=2\">"), "{shown}");
    }
}
