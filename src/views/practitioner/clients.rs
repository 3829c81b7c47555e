//! All clients, with what they have left: found by a search that needs no script, filtered, tagged, in pages.

use std::collections::BTreeMap;

use jiff::civil::Date;
use maud::{Markup, html};

use super::{Desk, Tab, counter_of};
use crate::domain::credits::attention::{self, Attention};
use crate::domain::credits::ledger::Sitting;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::people::tag::Tag as Word;
use crate::domain::time::{Timestamp, clock_time};
use crate::views::art::{Icon, icon, sprig};
use crate::views::link;
use crate::views::text::{counted, sessions, times_in};
use crate::views::ui::{self, Button, Field, Tag, tag};

/// How many stand on a page.
const PAGE: usize = 50;

/// Whom the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Those who have credits.
    #[default]
    Active,
    /// Those who bought and have not booked.
    NotBooked,
    /// Those whose credits reach their date soon.
    AtRisk,
    /// Those who finish, or just have.
    Finishing,
    /// Those who had credits and have none left.
    Finished,
    /// Those who have not paid yet.
    Owes,
    /// All.
    Everybody,
}

impl Show {
    const ALL: [(Self, &'static str, &'static str); 7] = [
        (Self::Active, "active", "Has sessions"),
        (Self::NotBooked, "not-booked", "Not booked"),
        (Self::AtRisk, "at-risk", "At risk"),
        (Self::Finishing, "finishing", "Finishing"),
        (Self::Finished, "finished", "Finished"),
        (Self::Owes, "owes", "Owes"),
        (Self::Everybody, "everybody", "Everybody"),
    ];

    /// The list of that name; those who have credits for any other.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, its, _)| *its == name).map_or(Self::Active, |(show, ..)| show)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(show, ..)| *show == self).map_or("", |(_, name, _)| name)
    }

    /// Whether the list is of lots like this one.
    #[must_use]
    pub fn takes_lot(self, (lot, balance): &Counted, now: Timestamp) -> bool {
        let asks = |what| attention::of(balance, &lot.zone, now) == Some(what);
        match self {
            Self::Active | Self::Everybody => balance.is_alive(),
            Self::NotBooked => asks(Attention::FirstSession),
            Self::AtRisk => asks(Attention::ReachingItsDate),
            Self::Finishing => asks(Attention::WhatIsNext),
            Self::Finished | Self::Owes => false,
        }
    }

    fn takes(self, folk: &Folk<'_>, now: Timestamp) -> bool {
        match self {
            Self::Everybody => true,
            Self::Owes => folk.owes,
            Self::Finished => !folk.lots.is_empty() && !folk.is_active(),
            _ => folk.lots.iter().any(|counted| self.takes_lot(counted, now)),
        }
    }
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// By name.
    #[default]
    Name,
    /// By the date that comes first.
    Date,
    /// By the next session.
    Next,
    /// Whoever came last first.
    Newest,
}

impl Order {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Name, "name", "by name"),
        (Self::Date, "date", "by date"),
        (Self::Next, "next", "by next session"),
        (Self::Newest, "newest", "newest first"),
    ];

    /// The order of that name; by name for any other.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, its, _)| *its == name).map_or(Self::Name, |(order, ..)| order)
    }

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(order, ..)| *order == self).map_or("", |(_, name, _)| name)
    }
}

/// What is asked of the list.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wish<'a> {
    /// Whom.
    pub show: Show,
    /// Only those with this tag.
    pub tag: &'a str,
    /// What was looked for, if anything.
    pub search: &'a str,
    /// In which order.
    pub order: Order,
    /// Which page, from 1.
    pub page: usize,
}

impl Wish<'_> {
    fn address(&self) -> String {
        let show = if self.show == Show::default() { "" } else { self.show.name() };
        let order = if self.order == Order::default() { "" } else { self.order.name() };
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let asked =
            [("q", self.search), ("show", show), ("tag", self.tag), ("order", order), ("page", &page)];
        link::asking(&link::desk_clients(), &asked)
    }
}

/// The clients who have a tag.
#[must_use]
pub fn with_tag(tag: &str) -> String {
    Wish { show: Show::Everybody, tag, ..Wish::default() }.address()
}

/// A client with her credits.
#[derive(Debug, Clone, Copy)]
pub struct Folk<'a> {
    /// Who she is.
    pub client: &'a Client,
    /// Her lots with this practitioner.
    pub lots: &'a [Counted],
    /// The practitioner's tags for her.
    pub tags: &'a [Word],
    /// Whether a sale to her waits to be paid at the practice.
    pub owes: bool,
}

impl<'a> Folk<'a> {
    fn is_active(&self) -> bool {
        self.lots.iter().any(|(_, balance)| balance.is_alive())
    }

    /// The lot to show: the first that is alive, else the newest.
    fn shown(&self) -> Option<&'a Counted> {
        self.lots.iter().find(|(_, balance)| balance.is_alive()).or(self.lots.last())
    }

    fn next(&self) -> Option<&'a Sitting> {
        let booked = self.lots.iter().filter_map(|(_, balance)| balance.next_session());
        booked.min_by_key(|sitting| sitting.starts_at)
    }

    /// The date that comes first of those until which she can still book.
    fn date(&self) -> Option<Date> {
        let alive = self.lots.iter().filter(|(_, balance)| balance.available_or_frozen() > 0);
        alive.filter_map(|(_, balance)| balance.deadline.as_ref()).map(|deadline| deadline.on).min()
    }

    fn outstanding(&self) -> u32 {
        self.lots.iter().map(|(_, b)| b.available_or_frozen() + b.held() + b.suspended).sum()
    }

    fn has(&self, tag: &str) -> bool {
        self.tags.iter().any(|one| one.key() == tag.to_lowercase())
    }
}

/// The page. With a search `all` is who was found.
#[must_use]
pub fn page(desk: &Desk<'_>, all: &[Folk<'_>], wish: &Wish<'_>) -> Markup {
    let outstanding = all.iter().map(Folk::outstanding).sum();
    let mut shown: Vec<&Folk<'_>> = all.iter().filter(|folk| is_wanted(folk, wish, desk.now)).collect();
    sort(&mut shown, wish.order);
    let said = if wish.search.is_empty() {
        String::new()
    } else {
        format!("{} found for “{}”.", people(shown.len()), wish.search)
    };
    let main = html! {
        div."desk-head with" {
            div {
                h1 { "Clients" }
                @if wish.search.is_empty() { p { (people(all.len())) ", " (sessions(outstanding)) " outstanding" } }
            }
            div.cluster {
                (Button::new("Sell a package").icon(Icon::Pack).link(&link::desk_sell_to()))
                (Button::new("Add someone").quiet().icon(Icon::Plus).link(&link::desk_client_new()))
            }
        }
        form."inline narrow" role="search" action=(link::desk_clients()) data-live="found" data-said="found-said" {
            (Field::new("q", "Find by name, email or phone").kind("search").value(wish.search).with("autocomplete", "off"))
            (Button::new("Find").quiet())
        }
        p #found-said role="status" { (said) }
        div #found {
            @if wish.search.is_empty() { (filters(desk, all, wish)) }
            @else { p { a href=(link::desk_clients()) { "Show the whole list" } } }
            (list(desk, &shown, wish))
            @if desk.seat.is_own() { p.hint.calfoot { a href=(link::desk_import()) { "Bring clients in from a file" } } }
        }
    };
    desk.page("Clients", Tab::Clients, &main)
}

fn people(n: usize) -> String {
    counted(u32::try_from(n).unwrap_or(u32::MAX), "person", "people")
}

fn is_wanted(folk: &Folk<'_>, wish: &Wish<'_>, now: Timestamp) -> bool {
    !wish.search.is_empty() || wish.show.takes(folk, now) && (wish.tag.is_empty() || folk.has(wish.tag))
}

/// Sorts those who are shown; they come by name.
fn sort(shown: &mut [&Folk<'_>], order: Order) {
    match order {
        Order::Name => {}
        Order::Date => shown.sort_by_key(|folk| folk.date().unwrap_or(Date::MAX)),
        Order::Next => shown.sort_by_key(|folk| folk.next().map_or(Timestamp::MAX, |next| next.starts_at)),
        Order::Newest => shown.sort_by_key(|folk| std::cmp::Reverse(folk.client.joined_at)),
    }
}

fn filters(desk: &Desk<'_>, all: &[Folk<'_>], wish: &Wish<'_>) -> Markup {
    let tagged: Vec<&Folk<'_>> =
        all.iter().filter(|folk| wish.tag.is_empty() || folk.has(wish.tag)).collect();
    let mut tags: BTreeMap<String, (&Word, usize)> = BTreeMap::new();
    for tag in all.iter().flat_map(|folk| folk.tags) {
        tags.entry(tag.key()).or_insert((tag, 0)).1 += 1;
    }
    let to = |wish: Wish<'_>| Wish { page: 1, ..wish }.address();
    html! {
        ul."filter row" aria-label="Show" {
            @for (show, _, words) in Show::ALL {
                li {
                    a href=(to(Wish { show, ..*wish })) aria-current=[(show == wish.show).then_some("true")] {
                        (words) " " (tagged.iter().filter(|folk| show.takes(folk, desk.now)).count())
                    }
                }
            }
        }
        @if !tags.is_empty() {
            ul."filter row" aria-label="Tag" {
                li { a href=(to(Wish { tag: "", ..*wish })) aria-current=[wish.tag.is_empty().then_some("true")] { "Any tag" } }
                @for (key, (tag, count)) in &tags {
                    li {
                        a href=(to(Wish { tag: tag.as_str(), ..*wish })) aria-current=[(wish.tag.to_lowercase() == *key).then_some("true")] {
                            (tag) " " (count)
                        }
                    }
                }
            }
        }
    }
}

fn list(desk: &Desk<'_>, shown: &[&Folk<'_>], wish: &Wish<'_>) -> Markup {
    let some = ui::Page::of(shown, wish.page, PAGE);
    let extends =
        matches!(wish.show, Show::Active | Show::NotBooked | Show::AtRisk) && wish.search.is_empty();
    html! {
        @if shown.is_empty() && wish.search.is_empty() { p { "Nobody here just now." } }
        @if !some.rows.is_empty() {
            (table(desk, some.rows))
            (some.turn(|page| Wish { page, ..*wish }.address()))
            p.hint.calfoot {
                (times_in(desk.zone())) " In order: "
                @for (order, _, words) in Order::ALL {
                    a href=(Wish { order, page: 1, ..*wish }.address()) aria-current=[(order == wish.order).then_some("true")] { (words) }
                    ". "
                }
                @if extends { a href=(link::asking(&link::desk_extend_many(), &[("show", wish.show.name())])) { "More time for several" } "." }
            }
        }
    }
}

fn table(desk: &Desk<'_>, shown: &[&Folk<'_>]) -> Markup {
    html! {
        table.folk {
            caption.sr { "Clients" }
            thead {
                tr {
                    th scope="col" { "Name" }
                    th scope="col" { span.sr { "Progress" } }
                    th scope="col" { "Left" }
                    th scope="col" { "Use by" }
                    th scope="col" { "Next session" }
                }
            }
            tbody { @for folk in shown { (row(desk, folk)) } }
        }
    }
}

fn row(desk: &Desk<'_>, folk: &Folk<'_>) -> Markup {
    let shown = folk.shown();
    html! {
        tr {
            th scope="row" {
                a href=(link::desk_client(folk.client.id)) { (folk.client.name) }
                @if !folk.tags.is_empty() { " " small { (folk.tags.iter().map(Word::as_str).collect::<Vec<_>>().join(", ")) } }
            }
            td.c-sprig { @if let Some((_, balance)) = shown { (sprig(counter_of(balance))) } }
            td.c-left {
                @if let Some((_, balance)) = shown { (balance.available_or_frozen()) " of " (balance.total) }
            }
            td {
                @if let Some(counted) = shown { (use_by(counted, desk.now)) }
            }
            td { (next(desk, folk)) }
        }
    }
}

fn next(desk: &Desk<'_>, folk: &Folk<'_>) -> Markup {
    let not_booked = Show::NotBooked.takes(folk, desk.now);
    html! {
        @match folk.next() {
            Some(sitting) => {
                @let local = desk.zone().local(sitting.starts_at);
                (local.date().strftime("%a %-d %B").to_string()) ", " (clock_time(local.time()))
            }
            None if not_booked => (tag(Tag::Warn, "Not booked")),
            None if folk.is_active() => "Not booked",
            None => {}
        }
        @if folk.owes { " " (tag(Tag::Warn, "To be paid")) }
    }
}

fn use_by((lot, balance): &Counted, now: Timestamp) -> Markup {
    let Some(deadline) = &balance.deadline else {
        return if balance.frozen_at.is_some() {
            html! { "Paused" }
        } else {
            html! { "Any time" }
        };
    };
    let day = deadline.on.strftime("%-d %B").to_string();
    match attention::of(balance, &lot.zone, now) {
        // On a phone, where the column has no heading, "by" stands before the day and after the sign.
        Some(Attention::ReachingItsDate) => {
            html! { span."tag warn" { (icon(Icon::Clock)) span.until { (day) } } }
        }
        _ => html! { span.until { (day) } },
    }
}
