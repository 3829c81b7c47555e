//! A person's own feed: the calendar file, and the part of a page where she copies its address.

use maud::{Markup, html};

use crate::domain::calendar::booking::{Booking, State};
use crate::domain::calendar::feed::{Feed, Naming};
use crate::domain::text::Line;
use crate::domain::time::Timestamp;
use crate::views::art::Icon;
use crate::views::ics::{self, Event};
use crate::views::messages::booking::{Seat, event};
use crate::views::text::Reader;
use crate::views::ui::{Button, Field};

/// A session as a feed tells it. No feed names a package; a practitioner's calls people as she chose, and gives no number.
#[must_use]
pub fn entry(booking: &Booking, seat: &Seat<'_>, naming: Naming) -> Event {
    let stamp = match booking.state {
        State::Confirmed => booking.placed_at,
        State::Cancelled { at, .. } => at,
    };
    let mut entry = event(booking, seat, stamp);
    if seat.reader == Reader::Practitioner {
        let called = naming.session_with(&seat.client.name);
        entry.summary = called.parse().unwrap_or(entry.summary);
        let page = entry.url.clone().unwrap_or_default();
        entry.description = format!("Open this session: {page}");
    }
    entry.attendee = None;
    entry
}

/// The file.
#[must_use]
pub fn file(entries: &[Event], name: &Line) -> String {
    ics::publish(entries, name)
}

/// When a feed last changed.
#[must_use]
pub fn changed_at(feed: &Feed, entries: &[Event]) -> Timestamp {
    entries.iter().map(|entry| entry.stamp).fold(feed.changed_at, Timestamp::max)
}

/// What a page shows of its reader's own feed.
#[derive(Debug, Clone)]
pub enum Own {
    /// There is none.
    Off,
    /// There is one.
    On {
        /// Its address; none if the key beside the data file is another than it was made with.
        address: Option<String>,
        /// When the address was made.
        made_at: Timestamp,
        /// What it calls people.
        naming: Naming,
    },
}

impl Own {
    /// The part of the page; its forms go to `action`. `more` stands between the address and the way to end it.
    #[must_use]
    pub fn part(&self, action: &str, more: Markup) -> Markup {
        match self {
            Self::Off => html! {
                p { "Sessions can show in the calendar on your phone or computer, and follow when they move." }
                form.form method="post" action=(action) { (Button::new("Make an address").quiet().sends("act", "make")) }
            },
            Self::On { address, made_at, .. } => html! {
                @match address {
                    Some(address) => { (shown(address)) }
                    None => { p { "The address was made with another key than this program has now. Please make a new one." } }
                }
                (more)
                form.form method="post" action=(action) {
                    input type="hidden" name="instead" value=(made_at);
                    p.hint { "Whoever has the address can read when your sessions are. With a new one the old one ends, and you add the new one to your calendar again." }
                    div.cluster {
                        (Button::new("Make a new address").quiet().small().sends("act", "make"))
                        (Button::new("Switch it off").danger().small().sends("act", "off"))
                    }
                }
            },
        }
    }
}

fn shown(address: &str) -> Markup {
    let subscribe = address.split_once("://").map_or(address, |(_, rest)| rest);
    html! {
        div.inline {
            (Field::new("feed", "Your private address").value(address).with("readonly", ""))
            (Button::new("Copy").quiet().icon(Icon::Copy).copies("feed"))
        }
        p { a href={ "webcal://" (subscribe) } { "Subscribe in this device’s calendar" } }
        details.astable {
            summary { "How to subscribe" }
            ul.plainlist {
                li { "iPhone and Mac: use the link above, or in Calendar choose Add Subscription Calendar and paste the address." }
                li { "Google Calendar: on a computer, beside Other calendars, choose From URL and paste the address." }
                li { "Outlook: choose Add calendar, then Subscribe from web, and paste the address." }
            }
            p { "Calendars ask for news in their own time: some every hour, Google about once a day." }
        }
    }
}
