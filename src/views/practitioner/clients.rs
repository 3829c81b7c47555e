//! All clients, with what they have left; a search that needs no script.

use maud::{Markup, html};

use super::{Desk, Tab, counter_of};
use crate::domain::credits::attention::{self, Attention};
use crate::domain::credits::ledger::Sitting;
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::time::{Timestamp, clock_time};
use crate::views::art::sprig;
use crate::views::link;
use crate::views::text::{counted, sessions, times_in};
use crate::views::ui::{Button, Field, Tag, tag};

/// Whom the list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Everybody who has credits, or a search over all.
    #[default]
    Active,
    /// Those who bought and have not booked.
    NotBooked,
    /// Those whose credits reach their date soon.
    Reaching,
    /// Those who finish, or just have.
    Finishing,
    /// Those with nothing left.
    Past,
}

impl Show {
    const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::Active, "active", "Active"),
        (Self::NotBooked, "not-booked", "Not booked"),
        (Self::Reaching, "reaching", "Reaching their date"),
        (Self::Finishing, "finishing", "Finishing"),
        (Self::Past, "past", "Past"),
    ];

    /// The list of that name; all that are active for any other.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, its, _)| *its == name).map_or(Self::Active, |(show, _, _)| show)
    }

    fn takes(self, folk: &Folk<'_>, now: Timestamp) -> bool {
        let asks = |what| {
            folk.lots.iter().any(|(lot, balance)| attention::of(balance, &lot.zone, now) == Some(what))
        };
        match self {
            Self::Active => folk.is_active(),
            Self::NotBooked => asks(Attention::FirstSession),
            Self::Reaching => asks(Attention::ReachingItsDate),
            Self::Finishing => asks(Attention::WhatIsNext),
            Self::Past => !folk.is_active(),
        }
    }
}

/// A client with her credits.
#[derive(Debug, Clone, Copy)]
pub struct Folk<'a> {
    /// Who she is.
    pub client: &'a Client,
    /// Her lots with this practitioner.
    pub lots: &'a [Counted],
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
        self.lots
            .iter()
            .filter_map(|(_, balance)| balance.next_session())
            .min_by_key(|sitting| sitting.starts_at)
    }

    fn outstanding(&self) -> u32 {
        self.lots.iter().map(|(_, b)| b.available_or_frozen() + b.held() + b.suspended).sum()
    }

    /// Whether a search finds her: every word in her name, address or number. Upper and lower case are one.
    #[must_use]
    pub fn is_found_by(&self, search: &str) -> bool {
        let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let phone = self.client.phone.as_ref().map_or(String::new(), |phone| digits(phone.as_str()));
        let text = format!("{} {}", self.client.name, self.client.email).to_lowercase();
        search.split_whitespace().all(|word| {
            let number = digits(word);
            let by_phone = number.len() > 2 && phone.contains(number.trim_start_matches('0'));
            text.contains(&word.to_lowercase()) || by_phone
        })
    }
}

/// The page; `search` looks through everybody.
#[must_use]
pub fn page(desk: &Desk<'_>, all: &[Folk<'_>], show: Show, search: &str) -> Markup {
    let search = search.trim();
    let shown: Vec<&Folk<'_>> = all
        .iter()
        .filter(|folk| if search.is_empty() { show.takes(folk, desk.now) } else { folk.is_found_by(search) })
        .collect();
    let people = |n: usize| counted(u32::try_from(n).unwrap_or(u32::MAX), "person", "people");
    let outstanding = all.iter().map(Folk::outstanding).sum();
    let main = html! {
        (super::head(None, "Clients", html! { (people(all.len())) ", " (sessions(outstanding)) " outstanding" }))
        form."inline narrow" role="search" action=(link::desk_clients()) {
            (Field::new("q", "Find by name, email or phone").kind("search").value(search))
            (Button::new("Find").quiet())
        }
        @if search.is_empty() { (filter(desk, all, show)) }
        @else { p.gap { (people(shown.len())) " found for “" (search) "”. " a href=(link::desk_clients()) { "Show everybody active" } } }
        @if shown.is_empty() && search.is_empty() { p.gap { "Nobody here just now." } }
        @if !shown.is_empty() { (table(desk, &shown)) }
        p.hint.calfoot {
            (times_in(desk.zone()))
            @if desk.seat.is_own() { " " a href=(link::desk_import()) { "Bring clients in from a file" } }
        }
    };
    desk.page("Clients", Tab::Clients, &main)
}

fn filter(desk: &Desk<'_>, all: &[Folk<'_>], show: Show) -> Markup {
    html! {
        ul."filter row" aria-label="Show" {
            @for (one, name, words) in Show::ALL {
                li {
                    a href={ (link::desk_clients()) "?show=" (name) } aria-current=[(one == show).then_some("true")] {
                        (words) " " (all.iter().filter(|folk| one.takes(folk, desk.now)).count())
                    }
                }
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
            th scope="row" { a href=(link::desk_client(folk.client.id)) { (folk.client.name) } }
            td.c-sprig { @if let Some((_, balance)) = shown { (sprig(counter_of(balance))) } }
            td.c-left {
                @if let Some((_, balance)) = shown { (balance.available_or_frozen()) " of " (balance.total) }
            }
            td { @if let Some(counted) = shown { (use_by(counted, desk.now)) } }
            td {
                @match folk.next() {
                    Some(sitting) => {
                        @let local = desk.zone().local(sitting.starts_at);
                        (local.date().strftime("%a %-d %B").to_string()) ", " (clock_time(local.time()))
                    }
                    None => "Not booked",
                }
            }
        }
    }
}

fn use_by((lot, balance): &Counted, now: Timestamp) -> Markup {
    let Some(deadline) = &balance.deadline else {
        return if balance.frozen_at.is_some() {
            html! { "paused" }
        } else {
            html! { "any time" }
        };
    };
    let day = deadline.on.strftime("%-d %B").to_string();
    match attention::of(balance, &lot.zone, now) {
        Some(Attention::ReachingItsDate) => tag(Tag::Warn, &day),
        _ => html! { (day) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::ClientId;

    #[test]
    fn a_search_finds_by_name_mail_and_number() {
        let client = Client {
            id: ClientId::from_bits(1),
            name: "Nora Lindqvist".parse().unwrap(),
            email: "nora@lindqvist.example".parse().unwrap(),
            phone: Some("+46 (0)70-123 45 67".parse().unwrap()),
            zone: "Europe/Stockholm".parse().unwrap(),
            joined_at: Timestamp::UNIX_EPOCH,
            verified_at: None,
            password: None,
        };
        let folk = Folk { client: &client, lots: &[] };
        for found in ["nora", "LIND nora", "lindqvist.example", "0701234567", "123", ""] {
            assert!(folk.is_found_by(found), "{found}");
        }
        for other in ["nora meyer", "99", "070999"] {
            assert!(!folk.is_found_by(other), "{other}");
        }
    }
}
