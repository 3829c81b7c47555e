//! One client: her credits with the arc and the ledger, her sessions, what she bought, what was sent to her.

use maud::{Markup, html};

use super::notes::{self, Notes};
use super::person::tags;
use super::{Desk, Tab, counter_of, credits, moment, way};
use crate::domain::calendar::booking::Booking;
use crate::domain::catalog::purchase::{Purchase, State};
use crate::domain::credits::ledger::{Consumed, Entry, Sitting, Standing};
use crate::domain::credits::lot::Origin;
use crate::domain::credits::selection::Counted;
use crate::domain::id::NoteId;
use crate::domain::messages::message::Message;
use crate::domain::people::client::Client;
use crate::domain::people::seat::HandedBy;
use crate::domain::people::tag::Tag as Word;
use crate::domain::time::{long_day, short_date};
use crate::views::art::key;
use crate::views::frond::frond;
use crate::views::link;
use crate::views::text::{self, Names, Reader, times_in, use_by};
use crate::views::typed::Typed;
use crate::views::ui::{self, Arc, ArcState, Button, Tag};

/// Some of a client's credits with their ledger.
#[derive(Debug, Clone, Copy)]
pub struct Credits<'a> {
    /// The lot and what it amounts to.
    pub counted: &'a Counted,
    /// Its entries, oldest first.
    pub entries: &'a [Entry],
}

/// What a client's page shows.
#[derive(Debug, Clone)]
pub struct Person<'a> {
    /// Who she is.
    pub client: &'a Client,
    /// Who hands her a sign-in link, where no mail goes out.
    pub link: Option<HandedBy>,
    /// What is written about her, and the id of the next note; nothing for who may not read it.
    pub notes: Option<(Notes<'a>, NoteId)>,
    /// The practitioner's tags for her, and all that she uses.
    pub tags: (&'a [Word], &'a [Word]),
    /// Her credits with this practitioner, oldest first.
    pub credits: Vec<Credits<'a>>,
    /// Her sessions with this practitioner, by start, those called off included.
    pub bookings: Vec<&'a Booking>,
    /// What she bought or began to buy, oldest first.
    pub purchases: Vec<&'a Purchase>,
    /// What was sent to her, or will be, newest first.
    pub messages: Vec<&'a Message>,
}

impl Person<'_> {
    fn counted_of(&self, booking: &Booking) -> Option<&Counted> {
        self.credits.iter().map(|credits| credits.counted).find(|(lot, _)| lot.id == booking.lot)
    }
}

/// The page.
#[must_use]
pub fn page(desk: &Desk<'_>, person: &Person<'_>) -> Markup {
    let client = person.client;
    let clients = link::desk_clients();
    let crumb = Some((clients.as_str(), "Clients"));
    let (alive, over): (Vec<_>, Vec<_>) = person.credits.iter().partition(|one| one.counted.1.is_alive());
    let main = html! {
        (super::head(crumb, client.name.as_str(), about(desk, client)))
        div."split client-page" {
            div.split-main {
                @if person.credits.is_empty() { p { "No sessions yet." } }
                @if let Some((notes, _)) = &person.notes { (notes::ends_part(desk, notes)) }
                @for one in &alive { (current(desk, person, one)) }
                (bookings(desk, person))
                @for one in &alive { (ledger(desk, client, one)) }
                @for one in over.iter().rev() { (past(desk, client, one)) }
                (purchases(desk, person))
                (messages(desk, person))
                p.hint { (times_in(desk.zone())) }
            }
            aside."split-side form" {
                // Where credits are left, each of them has its own button beside its frond.
                @if !alive.iter().any(|one| one.counted.1.available > 0) {
                    p { (Button::new("Book a session").quiet().link(&link::desk_book(client.id))) }
                }
                @if let Some((notes, next)) = &person.notes { (notes::part(desk, notes, *next)) }
                (credits::part(desk, client, &person.credits))
                @if let Some(by) = person.link { (sign_in_link(desk, client, by)) }
                @if desk.seat.is_own() { (tags(client, person.tags.0, person.tags.1, &Typed::default())) }
            }
        }
    };
    desk.page(client.name.as_str(), Tab::Clients, &main)
}

/// What signs her in, where no mail could bring it; or who makes it, as it opens what others showed her.
fn sign_in_link(desk: &Desk<'_>, client: &Client, by: HandedBy) -> Markup {
    let first = client.name.first_word();
    html! {
        section {
            h2 { "Sign-in link" }
            @match by {
                HandedBy::Here => {
                    p { "No mail goes out. Make a link for " (first) "’s phone: it opens all that " (first) " can see here, works once, for 30 minutes." }
                    form method="post" action=(link::desk_client_link(client.id)) { (Button::new("Make a link").quiet()) }
                }
                HandedBy::ItsPractitioner => {
                    p {
                        "No mail goes out. " (desk.who.name.first_word()) " makes a link for " (first) "’s phone, or the owner of the practice does: it opens the notes that "
                        (first) " was shown, which are not for this seat."
                    }
                }
                HandedBy::TheOwner => {
                    p {
                        "No mail goes out. Others in this practice have " (first) " too, and a link opens what they showed, so the owner of the practice makes it."
                    }
                }
            }
        }
    }
}

fn about(desk: &Desk<'_>, client: &Client) -> Markup {
    let since = desk.zone().date(client.joined_at).strftime("%B %Y").to_string();
    html! {
        a href={ "mailto:" (client.email) } { (client.email) } ". "
        @if let Some(phone) = &client.phone { (phone) ". " }
        (text::capital(&text::zone(&client.zone))) ". With you since " (since) ". "
        a href=(link::desk_client_edit(client.id)) { "Change" span.sr { " name, email or phone" } }
    }
}

fn current(desk: &Desk<'_>, person: &Person<'_>, one: &Credits<'_>) -> Markup {
    let client = person.client;
    let (lot, balance) = one.counted;
    let counter = counter_of(balance);
    let next = balance.next_session().and_then(|sitting| balance.chapter_of(sitting.booking));
    html! {
        section.counter aria-label={ (lot.offer.name) ": sessions left" } {
            (frond(counter))
            div.counter-text {
                h2 { (lot.offer.name) }
                p.by {
                    @if let Some(k) = next { "Session " b { (k) " of " (balance.total) } " is next. " }
                    (balance.available_or_frozen()) " unbooked. " (use_by(lot, balance, desk.now))
                }
                (key(counter))
                @if balance.available > 0 { p { (book_next(client, one.counted)) } }
                @if let Origin::Comp { reason } = &lot.origin { p { "Given: " (reason) } }
                @if let Origin::Import { used_before } = lot.origin {
                    p { (used_before) " of " (used_before + lot.offer.sessions) " used before." }
                }
            }
        }
        section { h2 { "The arc" } (arc(desk, person, one.counted)) }
    }
}

/// The way to book the next chapter, by its number; its title stands in the arc.
fn book_next(client: &Client, (lot, balance): &Counted) -> Markup {
    let number = u32::try_from(balance.chapters().count()).unwrap_or(u32::MAX).saturating_add(1);
    let heard = lot.offer.chapter(number).map_or_else(String::new, |title| format!(", {title}"));
    let href = link::asking(&link::desk_book(client.id), &[("lot", &lot.id.to_string())]);
    html! { (Button::new(&format!("Book session {number}")).heard(&heard).link(&href)) }
}

/// The sessions held and booked, and as many open ones as there are credits for.
fn arc(desk: &Desk<'_>, person: &Person<'_>, (lot, balance): &Counted) -> Markup {
    let sittings: Vec<&Sitting> = balance.chapters().collect();
    let open = balance.available_or_frozen() + balance.suspended;
    let count = u32::try_from(sittings.len()).unwrap_or(u32::MAX) + open;
    let title = |k: u32| lot.offer.chapter(k).map_or_else(|| format!("Session {k}"), ToString::to_string);
    let titles: Vec<String> = (1..=count).map(title).collect();
    let rows: Vec<Arc<'_>> = (1..=count)
        .zip(&titles)
        .map(|(number, title)| {
            let sitting = sittings.get(number as usize - 1).copied();
            let state = match sitting.map(|sitting| sitting.standing) {
                None if number as usize == sittings.len() + 1 => ArcState::Next,
                None => ArcState::Open,
                Some(Standing::Held) => ArcState::Booked,
                Some(_) => ArcState::Done,
            };
            let lines = match sitting {
                None => html! { p { "Not booked" } },
                Some(sitting) if state == ArcState::Done => {
                    let noted = person.notes.iter().flat_map(|(notes, _)| notes.about(sitting.booking)).next();
                    html! {
                        p {
                            a href=(link::desk_booking(sitting.booking)) { (long_day(desk.zone().date(sitting.starts_at))) } "."
                            @if let Some(note) = noted { " " (notes::beginning(note)) }
                        }
                    }
                }
                Some(sitting) => {
                    let booking = person.bookings.iter().find(|booking| booking.id == sitting.booking);
                    html! {
                        p {
                            a href=(link::desk_booking(sitting.booking)) { (moment(sitting.starts_at, desk.zone())) }
                            @if let Some(booking) = booking { ", " (way(&booking.format)) }
                        }
                    }
                }
            };
            Arc { number, title, state, lines }
        })
        .collect();
    ui::arc(&rows)
}

fn ledger(desk: &Desk<'_>, client: &Client, one: &Credits<'_>) -> Markup {
    let (lot, _) = one.counted;
    let names = Names {
        client: client.name.first_word(),
        practitioner: desk.who.name.first_word(),
        reader: Reader::Practitioner,
    };
    let told = text::ledger(lot, one.entries, &names, desk.zone());
    html! {
        section #{ "ledger-" (lot.id) } {
            h2 { "Credit ledger" }
            p.hint { (lot.offer.name) }
            table."ledger told" {
                caption.sr { "Every change to " (client.name.first_word()) "’s credits" }
                thead {
                    tr {
                        th scope="col" { "When" }
                        th scope="col" { "What" }
                        th.num scope="col" { "Change" }
                        th.num scope="col" { "Left" }
                    }
                }
                tbody {
                    @for line in told.iter().rev() {
                        tr {
                            td { (short_date(desk.zone().date(line.at))) }
                            td {
                                (line.sentence)
                                @if let Some(reason) = &line.reason { ". “" (reason) "”" }
                            }
                            td.num { (signed(line.change)) }
                            td.num data-of="Left" { b { (line.left) } }
                        }
                    }
                }
            }
        }
    }
}

fn signed(change: i64) -> String {
    match change {
        0 => String::new(),
        1.. => format!("+{change}"),
        _ => format!("−{}", change.unsigned_abs()),
    }
}

fn past(desk: &Desk<'_>, client: &Client, one: &Credits<'_>) -> Markup {
    let (lot, balance) = one.counted;
    html! {
        details.act {
            summary {
                (lot.offer.name) ", " (desk.zone().date(lot.granted_at).strftime("%B %Y").to_string())
            }
            p {
                (balance.used()) " of " (balance.total) " used."
                @if balance.expired > 0 { " " (balance.expired) " reached their date." }
            }
            (ledger(desk, client, one))
        }
    }
}

fn bookings(desk: &Desk<'_>, person: &Person<'_>) -> Markup {
    html! {
        @if !person.bookings.is_empty() {
            section {
                h2 { "Sessions" }
                ul.plainlist {
                    @for booking in person.bookings.iter().rev() {
                        li {
                            a href=(link::desk_booking(booking.id)) { (moment(booking.starts_at, desk.zone())) }
                            ". " (standing(person, booking))
                        }
                    }
                }
            }
        }
    }
}

fn standing(person: &Person<'_>, booking: &Booking) -> Markup {
    let sitting = person.counted_of(booking).and_then(|(_, balance)| balance.sitting(booking.id));
    standing_tag(booking, sitting.map(|sitting| sitting.standing))
}

/// How a session stands, in a word.
#[must_use]
pub fn standing_tag(booking: &Booking, standing: Option<Standing>) -> Markup {
    let late = standing == Some(Standing::Used(Consumed::LateCancel));
    match standing {
        _ if !booking.is_confirmed() && late => ui::tag(Tag::Warn, "Canceled late, credit used"),
        _ if !booking.is_confirmed() => ui::tag(Tag::Plain, "Canceled, credit back"),
        Some(Standing::Held) => ui::tag(Tag::Plain, "Booked"),
        Some(Standing::Used(Consumed::Missed)) => ui::tag(Tag::Warn, "Missed"),
        Some(Standing::Waived) => ui::tag(Tag::Plain, "Credit given back"),
        _ => ui::tag(Tag::Good, "Held"),
    }
}

fn purchases(desk: &Desk<'_>, person: &Person<'_>) -> Markup {
    html! {
        @if !person.purchases.is_empty() {
            section {
                h2 { "Bought" }
                ul.plainlist {
                    @for purchase in person.purchases.iter().rev() {
                        li {
                            a href=(link::desk_purchase(purchase.id)) { (purchase.offer.name) } ", "
                            (purchase.offer.price.short()) ", " (long_day(desk.zone().date(purchase.asked_at))) ". "
                            (purchase_tag(purchase.state))
                        }
                    }
                }
            }
        }
    }
}

/// How a sale stands, in a word or two.
#[must_use]
pub fn purchase_tag(state: State) -> Markup {
    match state {
        State::Paid { .. } => ui::tag(Tag::Good, "Paid"),
        State::AwaitingPractice => ui::tag(Tag::Warn, "To be paid at the practice"),
        State::AwaitingBuyer => ui::tag(Tag::Warn, "At the payment page"),
        State::Processing => ui::tag(Tag::Warn, "Payment on its way"),
        State::AwaitingProof => ui::tag(Tag::Warn, "Waits for a sign-in by link"),
        State::Failed { .. } => ui::tag(Tag::Bad, "Payment did not come"),
        State::Lapsed { .. } => ui::tag(Tag::Plain, "Not paid"),
        State::Withdrawn { .. } => ui::tag(Tag::Plain, "Withdrawn"),
    }
}

fn messages(desk: &Desk<'_>, person: &Person<'_>) -> Markup {
    const SHOWN: usize = 12;
    html! {
        section {
            h2 { "Messages" }
            @if person.messages.is_empty() { p { "Nothing was sent yet." } }
            ul.plainlist {
                @for message in person.messages.iter().take(SHOWN) {
                    li { b { (text::kind(message.kind)) } ". " (super::messages::became(desk, message)) }
                }
            }
            @if person.messages.len() > SHOWN && desk.seat.is_own() { p { a href=(link::desk_messages()) { "All messages" } } }
            @if desk.seat.is_own() {
                @let id = person.client.id.to_string();
                div.cluster {
                    (Button::new("Write or remind").quiet().small().link(&link::asking(&link::desk_write(), &[("client", &id)])))
                    a href=(link::desk_data(person.client.id)) { "What is kept, and erasing" }
                }
            } @else {
                p { (Button::new("Write an email").quiet().small().link(&format!("mailto:{}", person.client.email))) }
            }
        }
    }
}
