//! "Shall we book this?" (the mock 06b), "You're booked" (06c), and a session that is over or was called off.

use maud::{Markup, html};

use super::credit;
use super::dashboard::ways;
use super::notes::{self, Shared};
use super::times::at_the_venue;
use crate::domain::calendar::booking::{Booking, State};
use crate::domain::calendar::promise::promise;
use crate::domain::credits::ledger::{Consumed, Standing};
use crate::domain::credits::selection::Counted;
use crate::domain::id::BookingId;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::{Timestamp, Zone, after};
use crate::views::around::{Around, Here, Page};
use crate::views::frond::{Counter, Motion, frond, frond_moving};
use crate::views::ui::{self, Button};
use crate::views::{link, text, when};

/// A session with what is said of it.
#[derive(Debug)]
pub struct Session<'a> {
    /// When it starts.
    pub starts_at: Timestamp,
    /// The lot that pays for it.
    pub counted: &'a Counted,
    /// With whom.
    pub with: &'a Practitioner,
    /// The practice's place, for packages that name none.
    pub place: Option<&'a Line>,
    /// The zone to say times in.
    pub zone: &'a Zone,
}

impl Session<'_> {
    fn ends_at(&self) -> Timestamp {
        after(self.starts_at, self.counted.0.offer.length())
    }

    /// The label with its number, day and hours.
    #[must_use]
    pub fn label(&self, number: Option<u32>) -> Markup {
        let (lot, balance) = self.counted;
        let first = match number {
            Some(number) => format!("Session {number} of {}", balance.total),
            None => lot.offer.name.as_str().to_owned(),
        };
        let chapter = number.and_then(|number| credit::chapter(&lot.offer, number));
        let with = self.with.name.as_str();
        ui::label(
            &first,
            html! {
                (when::day(self.starts_at, self.zone)) br;
                (when::from_to(self.starts_at, self.ends_at(), self.zone))
            },
            html! {
                p {
                    (text::capital(&text::zone(self.zone))) ". "
                    @match chapter {
                        Some(chapter) => { i { (chapter) "," } " with " (with) ". " }
                        None => { "With " (with) ". " }
                    }
                    (text::at_place(&lot.offer.format, self.place, self.with.name.first_word()))
                    (at_the_venue(&lot.offer.format, self.with, self.zone, self.starts_at))
                }
            },
        )
    }
}

/// The page that asks before a credit is spent. `lot` is the one that she came from; another of hers may pay.
#[must_use]
pub fn confirm(
    around: &Around<'_>,
    session: &Session<'_>,
    (id, came_from): (BookingId, &Counted),
    at: Timestamp,
) -> Markup {
    let (lot, balance) = session.counted;
    let promised = promise(session.starts_at, (lot, balance), at);
    let promised = text::promise(&promised, session.starts_at, lot, session.zone);
    let number = credit::number_at(balance, session.starts_at);
    let now = Counter::of(balance);
    let then = Counter { booked: now.booked + 1, ..now };
    let slot = session.starts_at.to_string();
    let back = link::on_day(&link::book(came_from.0.id), session.zone.date(session.starts_at));
    let button = format!("Book session {number}");
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&back, "Choose another time"))
            h1 { "Shall we book this?" }
            form.form method="post" action=(link::bookings()) {
                input type="hidden" name="id" value=(id);
                input type="hidden" name="lot" value=(came_from.0.id);
                input type="hidden" name="slot" value=(slot);
                (session.label(Some(number)))
                (ui::before_after(now, then, html! {
                    "This uses " b { "1 credit" }
                    @if lot.id != came_from.0.id { " of " (lot.offer.name.as_str()) ", which reaches its date first" }
                    "." br;
                    "You’ll have " b { (then.left()) " of " (balance.total) } " left" (credit::until(balance)) "."
                }))
                (ui::submit(Button::new(&button).wide(), html! { (promised) }))
            }
            @if then.left() > 0 {
                p.gap {
                    a href=(link::at_slot(&link::weekly(came_from.0.id), session.starts_at)) {
                        "Same time every week for " (text::all_left(then.left() + 1))
                    }
                }
            }
        }
    };
    around.page(Page::new("Shall we book this?", Here::Book), &main)
}

/// The page of a session to come: it is booked.
#[must_use]
pub fn booked(
    around: &Around<'_>,
    booking: &Booking,
    session: &Session<'_>,
    (more, shared): (&[Timestamp], &[Shared<'_>]),
) -> Markup {
    let (lot, balance) = session.counted;
    let number = balance.chapter_of(booking.id);
    let (title, became) = if booking.sequence > 0 {
        ("Your session has a new time", "moved")
    } else {
        ("You’re booked", "booked")
    };
    let status = number.map_or_else(
        || format!("{}.", text::capital(became)),
        |number| format!("Session {number} {became}."),
    );
    let main = html! {
        div."wrap landed" {
            div.landed-fig { (frond_moving(Counter::of(balance), Motion::Grow)) }
            div.landed-text {
                p.sr role="status" { (status) }
                h1 { (title) }
                p.tagline {
                    (when::day(session.starts_at, session.zone)) ", "
                    em { (when::time_of_day(session.starts_at, session.zone)) }
                }
                p {
                    @if let Some(number) = number { "Session " (number) " of " (balance.total) ", " } @else { "A session " }
                    (text::by_format(&booking.format)) " with " (session.with.name.first_word())
                    ". " (around.post.says("The details are in your email. ", "")) (text::times_in(session.zone))
                    (at_the_venue(&booking.format, session.with, session.zone, session.starts_at))
                }
                (ways(booking))
                (notes::part(shared, session.zone))
            }
            div.landed-book { (what_is_left(lot.id, session, more)) }
        }
    };
    around.page(Page::new(title, Here::Sessions), &main)
}

fn what_is_left(lot: crate::domain::id::LotId, session: &Session<'_>, more: &[Timestamp]) -> Markup {
    let balance = &session.counted.1;
    let noun = if balance.available == 1 { "session" } else { "sessions" };
    html! {
        @if balance.available == 0 {
            h2 { "All sessions are booked" }
            p.more { a href=(link::me()) { "Back to your sessions" } }
        } @else {
            h2 { (text::number_first(balance.available)) " " (noun) " left to book" }
            @if more.is_empty() {
                p { "Book the next one whenever it suits you." }
            } @else {
                p { "Shall we book the next one? " (text::times_in(session.zone)) }
                form action=(link::book_confirm(lot)) {
                    ul.times {
                        @for at in more {
                            li { button."time long" name="slot" value=(at) { (when::moment(*at, session.zone)) } }
                        }
                    }
                }
            }
            p.more { a href=(link::book(lot)) { "Other times" } " or " a href=(link::me()) { "back to your sessions" } }
        }
    }
}

/// The page of a session that is over or was called off.
#[must_use]
pub fn past(around: &Around<'_>, booking: &Booking, session: &Session<'_>, shared: &[Shared<'_>]) -> Markup {
    let (lot, balance) = session.counted;
    let standing = balance.sitting(booking.id).map(|sitting| sitting.standing);
    let (title, says) = match (booking.state, standing) {
        (State::Cancelled { .. }, Some(Standing::Used(_))) => {
            ("This session was canceled", "It was late, so its credit is used.")
        }
        (State::Cancelled { .. }, _) => ("This session was canceled", "Its credit came back."),
        (State::Confirmed, Some(Standing::Used(Consumed::Missed))) => {
            ("This session is over", "It was marked as missed, so its credit is used.")
        }
        (State::Confirmed, Some(Standing::Waived)) => ("This session is over", "Its credit was given back."),
        (State::Confirmed, Some(Standing::Held)) => {
            ("This session has begun", "Its credit is used when it ends.")
        }
        (State::Confirmed, _) => ("This session is over", "Its credit is used."),
    };
    let main = html! {
        div."wrap narrow" {
            (ui::crumb(&link::me(), "Your sessions"))
            h1 { (title) }
            (session.label(balance.chapter_of(booking.id)))
            div."ba one gap" {
                (frond(Counter::of(balance)))
                p { (says) " " (text::left_to_book(balance.available)) (credit::until(balance)) "." }
            }
            (notes::part(shared, session.zone))
            p."cluster gap" {
                @if balance.available > 0 { (Button::new("Book a session").link(&link::book(lot.id))) }
                a href=(link::ledger(lot.id)) { "Everything that happened" }
            }
        }
    };
    around.page(Page::new(title, Here::Elsewhere), &main)
}
