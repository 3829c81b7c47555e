//! One session: marking it as missed, giving its credit back, canceling it.

use axum::extract::Path;

use super::{Answer, Counter, Room, done, named, notes, rule};
use crate::actions::calendar::change as cancel_action;
use crate::actions::credits::lot as credit_action;
use crate::domain::id::BookingId;
use crate::store::{View, calendar, credits, people};
use crate::views::link;
use crate::views::practitioner::Appointment;
use crate::views::practitioner::booking::page as view;
use crate::views::practitioner::notes::Notes;
use crate::views::text::{self, Said};
use crate::web::failure::Failure;
use crate::web::form::Fields;

fn draw(room: &Room, read: &View, id: BookingId, refused: Option<&Said>) -> Result<maud::Markup, Failure> {
    let found = calendar::booking::find(read, id)?.filter(|booking| booking.practitioner == room.id());
    let booking = found.ok_or(Failure::NotFound)?;
    let client = people::client::find(read, booking.client)?.ok_or(Failure::NotFound)?;
    let (lot, balance) = credits::lot::counted(read, booking.lot, room.now)?.ok_or(Failure::NotFound)?;
    let one = Appointment { booking: &booking, client: &client, lot: &lot, balance: &balance };
    let sessions = notes::by_id(std::slice::from_ref(&booking));
    let written = if room.seat.sees_notes() { notes::of(room, client.id)? } else { None };
    let noted = Notes { client: &client, all: written.as_deref(), sessions: &sessions };
    Ok(view(&room.desk(), &one, room.seat.sees_notes().then_some(&noted), refused))
}

/// The page.
pub async fn page(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| draw(room, read, named(&id)?, None)).await
}

/// What was done, or why it was not.
type Done = Result<(), Said>;

/// Does something to the session's credit.
async fn act(
    room: Room,
    id: String,
    what: &'static str,
    act: fn(&Room, BookingId) -> Result<Done, Failure>,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id = named(&id)?;
        match act(room, id)? {
            Ok(()) => Ok(done(&link::desk_booking(id), what)),
            Err(said) => Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, Some(&said))?)),
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
    act(room, id, "missed", |room, id| {
        let marked = rule(credit_action::mark_missed(&room.app, room.id(), id))?;
        marked.map_or_else(|refusal| credit_words(refusal).map(Err), |()| Ok(Ok(())))
    })
    .await
}

/// Gives its credit back.
pub async fn waive(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    act(room, id, "waived", |room, id| {
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
        let id: BookingId = named(&id)?;
        let reason = match fields.some("reason").map(str::parse) {
            Some(Err(why)) => {
                let said = Said { what: "Not canceled yet.".to_owned(), then: text::text(why) };
                return Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, Some(&said))?));
            }
            Some(Ok(reason)) => Some(reason),
            None => None,
        };
        match rule(cancel_action::cancel_by_practitioner(&room.app, room.id(), id, reason))? {
            Ok(_) => Ok(done(&link::desk_booking(id), "cancelled")),
            Err(cancel_action::Refusal::Rule(refusal)) => {
                let said = text::change(refusal, &room.who.zone);
                Ok(Answer::Wrong(draw(room, &room.app.store.read()?, id, Some(&said))?))
            }
            Err(cancel_action::Refusal::NotThere | cancel_action::Refusal::Otherwise(_)) => {
                Err(Failure::NotFound)
            }
        }
    })
    .await
}
