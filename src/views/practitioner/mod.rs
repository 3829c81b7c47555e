//! The practitioner's pages: her desk and what lies on it. Each file is one room of it; this one is its frame.

use maud::{Markup, html};

use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::brand::Accent;
use crate::domain::catalog::package::Format;
use crate::domain::credits::ledger::Balance;
use crate::domain::credits::lot::Lot;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::{Practitioner, Role};
use crate::domain::people::seat::Seat;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, clock_time, long_day, machine_moment};
use crate::views::art::{Icon, icon};
use crate::views::asset;
use crate::views::frond::Counter;
use crate::views::link;
use crate::views::page::{self, Frame, NavLink};
use crate::views::post::Post;
use crate::views::ui::{self, Button, Note, Select};

pub mod audit;
pub mod backups;
pub mod book;
pub mod booking;
pub mod calendar;
pub mod calendars;
pub mod client;
pub mod clients;
pub mod credits;
pub mod decisions;
pub mod editor;
pub mod erase;
pub mod hand_over;
pub mod hold;
pub mod hours;
pub mod import;
pub mod lots;
pub mod messages;
pub mod money;
pub mod notes;
pub mod packages;
pub mod passkey;
pub mod people;
pub mod person;
pub mod proof;
pub mod purchase;
pub mod refund;
pub mod reschedule;
pub mod security;
pub mod sell;
pub mod settings;
pub mod sign_in;
pub mod statement;
pub mod status;
pub mod takeout;
pub mod till;
pub mod time_off;
pub mod today;
pub mod weekly;
pub mod when;
pub mod words;
pub mod workbench;
pub mod write;

#[cfg(test)]
mod tests;

/// The rooms of the desk that have a tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// What today brings.
    Today,
    /// The week.
    Calendar,
    /// Everybody.
    Clients,
    /// What is sold.
    Packages,
    /// When.
    Hours,
    /// The books.
    Money,
    /// How it looks and what it is called.
    Settings,
    /// What is sent; its link stands below the tabs.
    Messages,
    /// A room without a tab.
    None,
}

/// A tab: its room, words, icon and address.
type Entry = (Tab, &'static str, Icon, fn() -> String);

/// The first ([`SHARED`]) are for whoever sits at the desk, the others for her whose it is.
const TABS: [Entry; 7] = [
    (Tab::Today, "Today", Icon::Today, link::desk),
    (Tab::Calendar, "Calendar", Icon::Calendar, link::desk_calendar),
    (Tab::Clients, "Clients", Icon::People, link::desk_clients),
    (Tab::Packages, "Packages", Icon::Pack, link::desk_packages),
    (Tab::Hours, "Hours", Icon::Clock, link::desk_hours),
    (Tab::Money, "Money", Icon::Money, link::desk_money),
    (Tab::Settings, "Settings", Icon::Settings, link::desk_settings),
];

/// How many of the tabs are for whoever sits at the desk.
const SHARED: usize = 3;

/// What every page of the desk knows.
#[derive(Debug, Clone)]
pub struct Desk<'a> {
    /// The practice's name.
    pub practice: &'a Line,
    /// Whose desk it is.
    pub who: &'a Practitioner,
    /// As what the reader sits there.
    pub seat: Seat,
    /// The desks that the reader may open.
    pub desks: &'a [Practitioner],
    /// Her colour.
    pub accent: Accent,
    /// The present.
    pub now: Timestamp,
    /// Whether mail goes out.
    pub post: Post,
    /// What was just done, if the page follows an act: "Saved.", "Marked as paid."
    pub done: Option<&'a str>,
    /// What everybody at the desk has to know, whatever the page.
    pub alert: Option<Alert>,
}

/// What stands at the top of every page of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alert {
    /// The data came back from a backup and are held.
    Held,
    /// No backup was verified for a week; told to the owner alone.
    NoBackup,
    /// Nothing is backed up elsewhere; told to the owner on her first page and in the settings.
    NoKit,
    /// The recovery kit is there, and no place that backups go to.
    NoPlace,
}

impl Desk<'_> {
    /// The zone in which the desk's times are shown.
    #[must_use]
    pub const fn zone(&self) -> &Zone {
        &self.who.zone
    }

    /// A page of the desk.
    #[must_use]
    pub fn page(&self, title: &str, tab: Tab, main: &Markup) -> Markup {
        self.page_with(title, tab, main, None)
    }

    /// The same, with a script of its own for comfort.
    #[must_use]
    pub fn page_with(&self, title: &str, tab: Tab, main: &Markup, script: Option<&str>) -> Markup {
        let head = script.map(|name| html! { script src=(asset::url(name)) defer {} });
        self.page_head(title, tab, main, head)
    }

    /// The same, with more in its `head`.
    #[must_use]
    pub fn page_head(&self, title: &str, tab: Tab, main: &Markup, head: Option<Markup>) -> Markup {
        let home = link::desk();
        let tabs = if self.seat.is_own() { &TABS[..] } else { &TABS[..SHARED] };
        let hrefs: Vec<String> = tabs.iter().map(|(_, _, _, href)| href()).collect();
        let nav: Vec<NavLink<'_>> = tabs
            .iter()
            .zip(&hrefs)
            .map(|(&(of, words, shape, _), href)| {
                let to = NavLink::to(href, words).icon(shape);
                let to = if of == Tab::Money { to.beside() } else { to };
                if of == tab { to.here() } else { to }
            })
            .collect();
        let mut frame = Frame::new(title, self.practice.as_str(), &home, self.accent);
        frame.nav = &nav;
        frame.head = head;
        frame.me = Some(html! {
            @if self.seat.is_own() {
                a href=(link::storefront(&self.who.slug)) { (icon(Icon::Eye)) "See your storefront" }
                a.palm href=(link::desk_money()) aria-current=[(tab == Tab::Money).then_some("page")] { (icon(Icon::Money)) "Money" }
                a href=(link::desk_messages()) aria-current=[(tab == Tab::Messages).then_some("page")] { (icon(Icon::Mail)) "Messages" }
            }
            @if self.seat == Seat::FrontDesk { a href=(link::desk_account()) { (icon(Icon::Settings)) "Your account" } }
            (ui::plain(&link::sign_out(), "Sign out"))
        });
        let main = html! {
            @if !self.seat.is_own() { (self.whose()) }
            (self.alerted(tab))
            @if let Some(done) = self.done { div.said role="status" { (ui::note(Note::Good, done, html! {})) } }
            (main)
        };
        page::desk(&frame, &main)
    }
}

impl Desk<'_> {
    /// What everybody, or the owner, has to know.
    fn alerted(&self, tab: Tab) -> Markup {
        match self.alert {
            Some(Alert::Held) => hold::banner(self.owner().then(link::desk_hold).as_deref()),
            Some(Alert::NoBackup) if self.owner() => backups::banner(),
            Some(Alert::NoKit) if self.owner() && tab == Tab::Today => {
                backups::invitation("Print your recovery kit and choose a place")
            }
            Some(Alert::NoPlace) if self.owner() && tab == Tab::Today => {
                backups::invitation("Choose a place")
            }
            Some(Alert::NoBackup | Alert::NoKit | Alert::NoPlace) | None => html! {},
        }
    }

    /// Whether its owner sits at her own desk.
    fn owner(&self) -> bool {
        self.seat.is_own() && self.who.role == Role::Owner
    }

    /// Whose desk it is, and the way to another's.
    fn whose(&self) -> Markup {
        let ids: Vec<String> = self.desks.iter().map(|one| one.id.to_string()).collect();
        let words = |one: &Practitioner| {
            if one.is_active() { one.name.to_string() } else { format!("{} (has left)", one.name) }
        };
        let names: Vec<String> = self.desks.iter().map(words).collect();
        let names: Vec<(&str, &str)> =
            ids.iter().map(String::as_str).zip(names.iter().map(String::as_str)).collect();
        let now = self.who.id.to_string();
        html! {
            form."inline narrow seat" method="post" action=(link::desk_seat()) {
                (Select::new("desk", "At the desk of", &names).value(&now))
                (Button::new("Open").quiet())
            }
        }
    }
}

/// The head of a page: where it belongs, its heading, a line under it.
#[must_use]
pub fn head(crumb: Option<(&str, &str)>, title: &str, line: Markup) -> Markup {
    html! {
        div.desk-head {
            @if let Some((href, words)) = crumb { (ui::crumb(href, words)) }
            h1 { (title) }
            @if !line.0.is_empty() { p { (line) } }
        }
    }
}

/// A session with all that is said of it.
#[derive(Debug, Clone, Copy)]
pub struct Appointment<'a> {
    /// The session.
    pub booking: &'a Booking,
    /// Who comes.
    pub client: &'a Client,
    /// The credits that pay for it.
    pub lot: &'a Lot,
    /// What they amount to now.
    pub balance: &'a Balance,
}

impl Appointment<'_> {
    /// "2 of 8"; nothing for a session that is no chapter (called off, missed).
    #[must_use]
    pub fn rank(&self) -> Option<String> {
        Some(format!("{} of {}", self.balance.chapter_of(self.booking.id)?, self.balance.total))
    }

    /// Whether it is the last one of its package.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.balance.chapter_of(self.booking.id) == Some(self.balance.total)
    }
}

/// How a session takes place, in a word or two: "video", "14 Pine Street", "by phone".
#[must_use]
pub fn way(format: &Format) -> &str {
    match format {
        Format::InPerson { place: Some(place) } => place.as_str(),
        Format::InPerson { place: None } => "in person",
        Format::Video { .. } => "video",
        Format::Phone => "by phone",
    }
}

/// The numbers of a lot, as the frond draws them.
#[must_use]
pub fn counter_of(balance: &Balance) -> Counter {
    Counter {
        total: balance.total.saturating_sub(balance.revoked),
        used: balance.used(),
        booked: balance.held(),
        lost: balance.expired,
    }
}

/// A time of day for machines and people: "5:30 pm".
#[must_use]
pub fn time_of_day(at: Timestamp, zone: &Zone) -> Markup {
    html! { time datetime=(machine_moment(at, zone)) { (clock_time(zone.local(at).time())) } }
}

/// "Tuesday 21 April, 5:30 pm" for machines and people.
#[must_use]
pub fn moment(at: Timestamp, zone: &Zone) -> Markup {
    html! { time datetime=(machine_moment(at, zone)) { (crate::domain::time::long_moment(at, zone)) } }
}

/// When something was, seen from now: "today", "yesterday", "Sunday", "Tuesday 21 April".
#[must_use]
pub fn day_in_words(at: Timestamp, now: Timestamp, zone: &Zone) -> String {
    let (on, today) = (zone.date(at), zone.date(now));
    match today.duration_since(on).as_hours() / 24 {
        0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        -1 => "tomorrow".to_owned(),
        2..=5 => on.strftime("%A").to_string(),
        _ => long_day(on),
    }
}
