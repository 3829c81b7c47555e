//! The client's sessions (the mocks 05 and 15d): the counter, the next session, the programme, other packages, receipts.

use maud::{Markup, html};

use super::credit;
use super::notes::{self, Shared};
use super::times::at_the_venue;
use crate::domain::billing::receipt::{Receipt, printed};
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::package::Format;
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::credits::ledger::{Balance, Standing};
use crate::domain::credits::selection::Counted;
use crate::domain::people::client::Client;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::time::{Timestamp, long_day, machine_moment, short_date};
use crate::views::around::{Around, Here, Page};
use crate::views::art::{Icon, sprig};
use crate::views::frond::{Counter, Motion, frond};
use crate::views::ui::{self, Arc, ArcState, Button, CounterPart, Note};
use crate::views::{link, text, when};

/// A lot with what its line needs.
#[derive(Debug)]
pub struct Card<'a> {
    /// The lot and what it amounts to.
    pub counted: &'a Counted,
    /// With whom.
    pub with: &'a Practitioner,
    /// Whether its package can be bought again.
    pub again: Again,
}

/// Whether a package can be bought again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// It is offered.
    Offered,
    /// It is not.
    Gone,
}

/// A session to come.
#[derive(Debug)]
pub struct Upcoming<'a> {
    /// The session.
    pub booking: &'a Booking,
    /// The lot that pays for it.
    pub counted: &'a Counted,
    /// With whom.
    pub with: &'a Practitioner,
}

/// All that stands on the dashboard.
#[derive(Debug)]
pub struct Dashboard<'a> {
    /// Whose it is.
    pub client: &'a Client,
    /// The lot that stands first, if she has one.
    pub front: Option<Card<'a>>,
    /// Her other lots.
    pub others: Vec<Card<'a>>,
    /// Her sessions to come, soonest first.
    pub upcoming: Vec<Upcoming<'a>>,
    /// Her purchases that are not paid yet.
    pub waiting: &'a [Purchase],
    /// What was shared with her, newest first.
    pub notes: Vec<Shared<'a>>,
    /// Her receipts, newest first, with what each is for.
    pub receipts: Vec<(&'a Receipt, &'a str)>,
    /// The present.
    pub now: Timestamp,
}

/// The dashboard.
#[must_use]
pub fn dashboard(around: &Around<'_>, board: &Dashboard<'_>) -> Markup {
    let zone = &board.client.zone;
    let greeting = format!("Good {}, {}", when::part_of_day(board.now, zone), board.client.name.first_word());
    let main = html! {
        div."wrap split home" {
            h1.split-head { (greeting) }
            div.split-main {
                (waiting(around, board))
                @if let Some(next) = board.upcoming.first() { (up_next(board, next)) }
                @if board.upcoming.len() > 1 { (later(board)) }
                @match &board.front {
                    Some(card) => { (programme(board, card)) }
                    None => { (nothing_yet()) }
                }
                (notes::part(&board.notes, zone))
                @if !board.others.is_empty() { (others(board)) }
                @if !board.receipts.is_empty() { (receipts(board)) }
            }
            @if let Some(card) = &board.front { aside."split-side first" { (counter(board, card)) } }
        }
    };
    let bar = board.front.as_ref().and_then(|card| bar(card));
    around.page(Page::new("Your sessions", Here::Sessions).bookbar(bar), &main)
}

fn bar(card: &Card<'_>) -> Option<Markup> {
    let (lot, balance) = card.counted;
    (balance.available > 0).then(|| {
        let words = format!("Book session {}", credit::next_number(balance));
        let until = balance.deadline.as_ref().map(|d| format!("by {}", d.on.strftime("%-d %B")));
        ui::bookbar(
            Counter::of(balance),
            &format!("{} left", balance.available),
            until.as_deref().unwrap_or_default(),
            Button::new(&words).link(&link::book(lot.id)),
        )
    })
}

fn counter(board: &Dashboard<'_>, card: &Card<'_>) -> Markup {
    let (lot, balance) = card.counted;
    let days = credit::days_left(balance, board.now).filter(|_| balance.available > 0);
    let book = format!("Book session {}", credit::next_number(balance));
    let href = link::book(lot.id);
    let heard = format!("{}: sessions left", lot.offer.name.as_str());
    html! {
        (ui::counter(&CounterPart {
            counter: Counter::of(balance),
            motion: Motion::Still,
            heard: &heard,
            until: html! {
                @if balance.available > 0 {
                    (credit::use_by(card.counted))
                    @if let Some(days) = days { br; (days) }
                }
            },
            name: html! { b { (lot.offer.name.as_str()) } " with " (card.with.name.as_str()) },
            action: (balance.available > 0).then(|| Button::new(&book).wide().lap().link(&href)),
        }))
        (stands(card))
        p.gap { a href=(link::ledger(lot.id)) { "Everything that happened" } }
    }
}

/// What keeps a lot from being booked, and the way on.
fn stands(card: &Card<'_>) -> Markup {
    let (lot, balance) = card.counted;
    let first = card.with.name.first_word();
    html! {
        @if balance.frozen_at.is_some() {
            (ui::note(Note::Info, "Your sessions are paused.", html! {
                "They keep, and the date waits. Write to " a href={ "mailto:" (card.with.email) } { (first) }
                " when you would like to go on."
            }))
        }
        @if balance.suspended > 0 {
            (ui::note(Note::Warn, &format!("{} on hold.", text::capital(&is_are(balance.suspended))), html! {
                "The bank is looking into the payment. Sessions of the next 24 hours stay as they are."
            }))
        }
        @if balance.available_or_frozen() == 0 && balance.suspended == 0 { (used_up(lot.id, balance, card)) }
    }
}

fn is_are(n: u32) -> String {
    format!("{} {}", text::sessions(n), if n == 1 { "is" } else { "are" })
}

fn used_up(lot: crate::domain::id::LotId, balance: &Balance, card: &Card<'_>) -> Markup {
    let buy_again = html! {
        @if card.again == Again::Offered { a href=(link::renew(lot)) { "Buy again" } }
    };
    html! {
        @if balance.expired > 0 {
            (reached_its_date(balance, card))
            p.cluster {
                (Button::new("Ask for more time").link(&mail_to(card)))
                @if card.again == Again::Offered { a href=(link::renew(lot)) { "Begin a new package" } }
            }
        } @else if balance.held() > 0 {
            p { "All of them are booked or used. " (buy_again) }
        } @else if balance.total > balance.revoked {
            p { "All " (balance.used()) " are used. " (buy_again) }
        } @else {
            p { "These sessions were taken back. " (buy_again) }
        }
    }
}

fn mail_to(card: &Card<'_>) -> String {
    format!("mailto:{}?subject=More%20time%20for%20my%20sessions", card.with.email)
}

fn reached_its_date(balance: &Balance, card: &Card<'_>) -> Markup {
    let many = text::number_first(balance.expired);
    let noun = if balance.expired == 1 { "session" } else { "sessions" };
    let title = format!("{many} {noun} reached {} date.", if balance.expired == 1 { "its" } else { "their" });
    let first = card.with.name.first_word();
    ui::note(
        Note::Info,
        &title,
        html! {
            @if let Some(deadline) = &balance.deadline {
                "They ran until " (long_day(deadline.on)) ". You used " (balance.used()) " of " (balance.total) ". "
            }
            (first) " can give them more time; it takes one message."
        },
    )
}

fn waiting(around: &Around<'_>, board: &Dashboard<'_>) -> Markup {
    let says = |purchase: &Purchase| match purchase.state {
        State::AwaitingPractice => Some("is to be paid at the practice."),
        State::Processing => Some("is on its way: your bank has the order."),
        State::AwaitingBuyer => Some("is waiting for your payment."),
        State::AwaitingProof => Some(around.post.says(
            "is waiting for the link in your email.",
            "is waiting for the practice to hand you a link.",
        )),
        State::Paid { .. } | State::Failed { .. } | State::Lapsed { .. } | State::Withdrawn { .. } => None,
    };
    html! {
        @for purchase in board.waiting {
            @if let Some(says) = says(purchase) {
                (ui::note(Note::Info, &format!("{} {says}", purchase.offer.name.as_str()), html! {
                    a href=(link::bought(purchase.id)) { "See how it stands" }
                }))
            }
        }
    }
}

fn up_next(board: &Dashboard<'_>, next: &Upcoming<'_>) -> Markup {
    let Upcoming { booking, counted: (lot, balance), with } = next;
    let zone = &board.client.zone;
    let number = balance.chapter_of(booking.id);
    html! {
        section."upnext label" aria-labelledby="un" {
            p.label-no #un { "Your next session" }
            p.when { (when::moment_tag(booking.starts_at, zone)) }
            p {
                @if let Some(number) = number {
                    "Session " (number) " of " (balance.total) ", "
                    @if let Some(chapter) = credit::chapter(&lot.offer, number) { i { (chapter) "." } " With " }
                    @else { "with " }
                } @else { "With " }
                (with.name.first_word()) ", " (text::by_format(&booking.format)) ". " (text::times_in(zone))
                (at_the_venue(&booking.format, with, zone, booking.starts_at))
            }
            (ways(booking))
        }
    }
}

/// What one can do with a session to come.
#[must_use]
pub fn ways(booking: &Booking) -> Markup {
    html! {
        p.cluster {
            @if let Format::Video { link: Some(video) } = &booking.format {
                (Button::new("Video link").quiet().icon(Icon::Video).link(video.as_str()))
            }
            a href=(link::change(booking.id)) { "Move or cancel" }
            a href=(link::booking_ics(booking.id)) { "Add to calendar" }
        }
    }
}

fn later(board: &Dashboard<'_>) -> Markup {
    let zone = &board.client.zone;
    html! {
        section {
            h2 { "After that" }
            ul.plainlist {
                @for upcoming in &board.upcoming[1..] {
                    li {
                        a href=(link::change(upcoming.booking.id)) { (when::moment_tag(upcoming.booking.starts_at, zone)) }
                        " with " (upcoming.with.name.first_word()) ", " (text::by_format(&upcoming.booking.format))
                    }
                }
            }
        }
    }
}

fn nothing_yet() -> Markup {
    ui::empty(
        frond(Counter::fresh(3)),
        "No sessions yet",
        html! {
            p { "Once you have bought a package, your sessions live here." }
            p.cluster { (Button::new("See what is offered").link(&link::home())) }
        },
    )
}

fn programme(board: &Dashboard<'_>, card: &Card<'_>) -> Markup {
    let (lot, balance) = card.counted;
    let zone = &board.client.zone;
    let mut sessions: Vec<(String, ArcState, Markup)> = Vec::new();
    let title = |number: usize| {
        let chapter = u32::try_from(number).ok().and_then(|number| credit::chapter(&lot.offer, number));
        chapter.map_or_else(|| format!("Session {number}"), str::to_owned)
    };
    for sitting in balance.chapters() {
        let done = sitting.standing != Standing::Held;
        let day = html! {
            p {
                @if done {
                    time datetime=(machine_moment(sitting.starts_at, zone)) { (when::day(sitting.starts_at, zone)) }
                } @else {
                    a href=(link::booking(sitting.booking)) { b { (when::moment_tag(sitting.starts_at, zone)) } }
                }
            }
        };
        let state = if done { ArcState::Done } else { ArcState::Booked };
        sessions.push((title(sessions.len() + 1), state, day));
    }
    let at = sessions.len();
    for i in 0..balance.available_or_frozen().min(crate::domain::catalog::package::Offer::MOST_SESSIONS) {
        let is_next = i == 0 && balance.available > 0;
        let lines = html! {
            p { "Not booked yet" }
            @if is_next { p { a href=(link::book(lot.id)) { "Choose a time" } } }
        };
        let state = if is_next { ArcState::Next } else { ArcState::Open };
        sessions.push((title(sessions.len() + 1), state, lines));
    }
    let arcs: Vec<Arc<'_>> = (1u32..)
        .zip(&sessions)
        .map(|(number, (title, state, lines))| Arc { number, title, state: *state, lines: lines.clone() })
        .collect();
    html! {
        section {
            div.head-row {
                h2 { "Your program" }
                @if at > 0 { p { "Session " (at) " of " (balance.total) } }
            }
            (ui::arc(&arcs))
        }
    }
}

fn others(board: &Dashboard<'_>) -> Markup {
    html! {
        section {
            h2 { "Other packages" }
            ul.packs { @for card in &board.others { (other(board, card)) } }
        }
    }
}

fn other(board: &Dashboard<'_>, card: &Card<'_>) -> Markup {
    let (lot, balance) = card.counted;
    let name = lot.offer.name.as_str();
    let open = balance.available > 0;
    html! {
        li.done[!open] {
            (sprig(Counter::of(balance)))
            div {
                h3 { a href=(link::ledger(lot.id)) { (name) } }
                p { "With " (card.with.name.as_str()) ". " (standing(card.counted, board)) }
            }
            @if open {
                (Button::new("Book").quiet().heard(&format!(" {name}")).link(&link::book(lot.id)))
            } @else if card.again == Again::Offered && balance.available_or_frozen() + balance.suspended == 0 {
                a href=(link::renew(lot.id)) { "Buy again" span.sr { ": " (name) } }
            }
        }
    }
}

/// How a lot stands, in a sentence or two.
fn standing(counted: &Counted, board: &Dashboard<'_>) -> String {
    let balance = &counted.1;
    let zone = &board.client.zone;
    let finished = || {
        balance
            .last_session_ends_at()
            .map_or_else(String::new, |at| format!(" Finished {}.", when::day(at, zone)))
    };
    match () {
        () if balance.frozen_at.is_some() => "Paused; the date waits.".to_owned(),
        () if balance.available > 0 => {
            let left = format!("{} of {} left.", balance.available, balance.total);
            format!("{left} {}", credit::use_by_sentence(counted)).trim().to_owned()
        }
        () if balance.suspended > 0 => format!("{} on hold.", is_are(balance.suspended)),
        () if balance.held() > 0 => "All booked or used.".to_owned(),
        () if balance.expired > 0 => {
            format!("{} used, {} past their date.", balance.used(), balance.expired)
        }
        () => format!("All {} used.{}", balance.used(), finished()),
    }
}

fn receipts(board: &Dashboard<'_>) -> Markup {
    html! {
        section #receipts {
            h2 { "Receipts" }
            table.ledger {
                caption.sr { "Your receipts" }
                thead { tr { th scope="col" { "Date" } th scope="col" { "Package" } th scope="col" .num { "Paid" } } }
                tbody {
                    @for (receipt, name) in &board.receipts {
                        tr {
                            td {
                                a href=(link::receipt(receipt.number)) {
                                    (short_date(board.client.zone.date(receipt.issued_at)))
                                    span.sr { ", " (printed(receipt.number)) }
                                }
                            }
                            td { (name) }
                            td.num { (receipt.amount) }
                        }
                    }
                }
            }
        }
    }
}
