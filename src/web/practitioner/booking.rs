//! One session: marking it as missed, giving its credit back, canceling it; each asks first and says what follows.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use maud::Markup;

use super::{Answer, Counter, Room, done, named, notes, rule};
use crate::actions::calendar::change as cancel_action;
use crate::actions::credits::lot as credit_action;
use crate::domain::calendar::booking::Booking;
use crate::domain::credits::foresight::foresee;
use crate::domain::credits::ledger::{Actor, Entry};
use crate::domain::credits::selection::Counted;
use crate::domain::id::BookingId;
use crate::domain::people::client::Client;
use crate::store::{View, calendar, credits, people};
use crate::views::link::{self, route};
use crate::views::practitioner::Appointment;
use crate::views::practitioner::booking::{self as view, Act};
use crate::views::practitioner::notes::Notes;
use crate::views::text::{self, Said};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this area.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_BOOKING, get(page))
        .route(route::DESK_MISSED, get(ask_missed).post(missed))
        .route(route::DESK_WAIVE, get(ask_waive).post(waive))
        .route(route::DESK_CANCEL, get(ask_cancel).post(cancel))
}

/// A session of this desk, with all that is said of it.
pub(super) struct Found {
    pub(super) booking: Booking,
    pub(super) client: Client,
    counted: Counted,
    entries: Vec<Entry>,
}

impl Found {
    pub(super) fn read(room: &Room, read: &View, id: BookingId) -> Result<Self, Failure> {
        let found = calendar::booking::find(read, id)?.filter(|booking| booking.practitioner == room.id());
        let booking = found.ok_or(Failure::NotFound)?;
        let client = people::client::find(read, booking.client)?.ok_or(Failure::NotFound)?;
        let counted = credits::lot::counted(read, booking.lot, room.now)?.ok_or(Failure::NotFound)?;
        let entries = credits::ledger::of(read, booking.ledger())?;
        Ok(Self { booking, client, counted, entries })
    }

    pub(super) fn appointment(&self) -> Appointment<'_> {
        let (lot, balance) = &self.counted;
        Appointment { booking: &self.booking, client: &self.client, lot, balance }
    }
}

/// The page.
pub async fn page(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let found = Found::read(room, read, named(&id)?)?;
        let sessions = notes::by_id(std::slice::from_ref(&found.booking));
        let written = if room.seat.sees_notes() { notes::of(room, found.client.id)? } else { None };
        let noted = Notes { client: &found.client, all: written.as_deref(), sessions: &sessions };
        Ok(view::page(&room.desk(), &found.appointment(), room.seat.sees_notes().then_some(&noted)))
    })
    .await
}

/// The page that asks; `refused` says why an act was not done.
fn draw(room: &Room, id: &str, act: Act, typed: &Typed, refused: Option<&Said>) -> Result<Markup, Failure> {
    let found = Found::read(room, &room.app.store.read()?, named(id)?)?;
    let one = found.appointment();
    let whats = act.entries(&one, room.now);
    let actor = Actor::Practitioner(room.id());
    let seen = whats.map(|whats| foresee(one.lot, &found.entries, &whats, actor, room.now));
    Ok(view::ask(&room.desk(), &one, act, seen.as_ref(), typed, refused))
}

async fn ask(room: Room, id: String, act: Act) -> Result<Answer, Failure> {
    room.run(move |room| Ok(Answer::Page(draw(room, &id, act, &Typed::default(), None)?))).await
}

/// "Did she not come?"
pub async fn ask_missed(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    ask(room, id, Act::Missed).await
}

/// "Shall the credit go back?"
pub async fn ask_waive(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    ask(room, id, Act::Waive).await
}

/// "Shall we cancel it?"
pub async fn ask_cancel(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    ask(room, id, Act::Cancel).await
}

/// What was done, or why it was not.
type Done = Result<(), Said>;

/// Does something to the session's credit.
async fn act(
    room: Room,
    id: String,
    (what, kind): (&'static str, Act),
    act: fn(&Room, BookingId) -> Result<Done, Failure>,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let booking = named(&id)?;
        match act(room, booking)? {
            Ok(()) => Ok(done(&link::desk_booking(booking), what)),
            Err(said) => Ok(Answer::Wrong(draw(room, &id, kind, &Typed::default(), Some(&said))?)),
        }
    })
    .await
}

/// Words for why a credit was not changed; what is not there is not found.
pub(super) fn credit_words(refusal: credit_action::Refusal) -> Result<Said, Failure> {
    use credit_action::Refusal;
    let (what, then) = match refusal {
        Refusal::NotThere => return Err(Failure::NotFound),
        Refusal::NotLater => ("That is not a later date.", "Please choose a day after the one it has."),
        Refusal::NeverExpires => ("These sessions have no date.", "There is nothing to extend."),
        Refusal::Count => {
            ("Between 1 and 100 sessions can be given at once.", "Please choose another number.")
        }
        Refusal::NotBegun => {
            ("The session has not begun yet.", "You can cancel it instead; the credit comes back.")
        }
        Refusal::NotUsed => ("Its credit is not used.", "It is back already, or was never taken."),
    };
    Ok(Said { what: what.to_owned(), then: then.to_owned() })
}

/// Marks it as missed.
pub async fn missed(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    act(room, id, ("missed", Act::Missed), |room, id| {
        let marked = rule(credit_action::mark_missed(&room.app, room.id(), id))?;
        marked.map_or_else(|refusal| credit_words(refusal).map(Err), |()| Ok(Ok(())))
    })
    .await
}

/// Gives its credit back.
pub async fn waive(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    act(room, id, ("waived", Act::Waive), |room, id| {
        let waived = rule(credit_action::waive(&room.app, room.id(), id))?;
        waived.map_or_else(|refusal| credit_words(refusal).map(Err), |()| Ok(Ok(())))
    })
    .await
}

/// Cancels it for the practitioner.
pub async fn cancel(
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let booking: BookingId = named(&id)?;
        let mut typed = fields.typed();
        let reason = super::parse::line_or_none(&mut typed, "reason");
        if !typed.is_sound() {
            return Ok(Answer::Wrong(draw(room, &id, Act::Cancel, &typed, None)?));
        }
        match rule(cancel_action::cancel_by_practitioner(&room.app, room.id(), booking, reason))? {
            Ok(_) => Ok(done(&link::desk_booking(booking), "cancelled")),
            Err(cancel_action::Refusal::Rule(refusal)) => {
                let found = Found::read(room, &room.app.store.read()?, booking)?;
                let said = text::change_for(refusal, found.client.name.first_word(), &room.who.zone);
                Ok(Answer::Wrong(draw(room, &id, Act::Cancel, &typed, Some(&said))?))
            }
            Err(cancel_action::Refusal::NotThere | cancel_action::Refusal::Otherwise(_)) => {
                Err(Failure::NotFound)
            }
        }
    })
    .await
}
