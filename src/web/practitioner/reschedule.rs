//! Moving a session by the practitioner's hand: a new time, what it would do, and doing it.

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use jiff::civil::Date;
use maud::Markup;

use super::book::anyway;
use super::booking::Found;
use super::when::{day, free_in_week, instant, shown};
use super::{Answer, Counter, Room, done, named, parse, rule};
use crate::actions::calendar::by_practitioner;
use crate::actions::calendar::change::Refusal;
use crate::domain::calendar::change::{Refusal as Rule, check_open};
use crate::domain::time::Timestamp;
use crate::views::link::{self, route};
use crate::views::practitioner::book::Outcome;
use crate::views::practitioner::reschedule as view;
use crate::views::practitioner::when::When;
use crate::views::text::{self, Said};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of this area.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_MOVE, get(form).post(go)).route(route::DESK_MOVE_CONFIRM, get(confirm))
}

fn draw(
    room: &Room,
    found: &Found,
    typed: &Typed,
    day: Option<Date>,
    said: Option<&Said>,
) -> Result<Markup, Failure> {
    let booking = &found.booking;
    let day = day.unwrap_or_else(|| room.who.zone.date(booking.starts_at.max(room.now)));
    let (monday, free) = free_in_week(room, day, booking.length(), Some(booking.id))?;
    let (here, confirm) = (link::desk_move(booking.id), link::desk_move_confirm(booking.id));
    let when = When { here: &here, confirm: &confirm, monday, day, free: &free, typed };
    Ok(view::choose(&room.desk(), &found.appointment(), &when, said))
}

/// The page on which a time is chosen.
pub async fn form(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| {
        let found = Found::read(room, read, named(&id)?)?;
        let name = found.client.name.first_word();
        let closed = check_open(&found.booking, room.now).err();
        let said = closed.map(|why| text::change_for(why, name, &room.who.zone));
        draw(room, &found, &fields.typed(), day(&fields), said.as_ref())
    })
    .await
}

/// The page that asks, or the times with why not.
fn ask_page(
    room: &Room,
    found: &Found,
    to: Timestamp,
    typed: Typed,
    unticked: Option<&str>,
) -> Result<Answer, Failure> {
    let id = found.booking.id;
    let preview = match rule(by_practitioner::preview_move(&room.app, room.id(), id, to))? {
        Ok(preview) => preview,
        Err(why) => return refused(room, found, (to, typed), why),
    };
    let outcome = Outcome {
        booking: &preview.booking,
        lot: &preview.lot,
        credit: &preview.credit,
        overlooked: &preview.overlooked,
        back: preview.back.as_ref().map(|(lot, there)| (lot, there)),
    };
    let page = view::confirm(&room.desk(), &found.appointment(), &outcome, &typed, unticked);
    Ok(if unticked.is_some() || !typed.is_sound() { Answer::Wrong(page) } else { Answer::Page(page) })
}

fn refused(
    room: &Room,
    found: &Found,
    (to, typed): (Timestamp, Typed),
    why: Refusal,
) -> Result<Answer, Failure> {
    let Refusal::Rule(why) = why else { return Err(Failure::NotFound) };
    let said = text::change_for(why, found.client.name.first_word(), &room.who.zone);
    let day = Some(room.who.zone.date(to));
    Ok(Answer::Wrong(draw(room, found, &shown(room, typed, to), day, Some(&said))?))
}

/// "Shall we move it?"
pub async fn confirm(
    Counter(room): Counter,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    room.run(move |room| {
        let found = Found::read(room, &room.app.store.read()?, named(&id)?)?;
        let mut typed = fields.typed();
        match instant(room, &mut typed) {
            Some(to) => ask_page(room, &found, to, typed, None),
            None => Ok(Answer::Wrong(draw(room, &found, &typed, None, None)?)),
        }
    })
    .await
}

/// Moves it.
pub async fn go(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let found = Found::read(room, &room.app.store.read()?, named(&id)?)?;
        let mut typed = fields.typed();
        let Some(to) = instant(room, &mut typed) else {
            return Ok(Answer::Wrong(draw(room, &found, &typed, None, None)?));
        };
        let reason = parse::line_or_none(&mut typed, "reason");
        if !typed.is_sound() {
            return ask_page(room, &found, to, typed, None);
        }
        let id = found.booking.id;
        let (over, unticked) = anyway(&fields);
        match rule(by_practitioner::reschedule(&room.app, room.id(), id, to, over, reason))? {
            // The form was sent twice: the first one moved it.
            Ok(_) | Err(Refusal::Rule(Rule::SameTime)) => Ok(done(&link::desk_booking(id), "moved-to")),
            Err(Refusal::Rule(Rule::Taken(_) | Rule::OwnClash)) => {
                ask_page(room, &found, to, typed, Some(unticked))
            }
            Err(why) => refused(room, &found, (to, typed), why),
        }
    })
    .await
}
