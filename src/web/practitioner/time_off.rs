//! Time off: taken, with a question if sessions lie in it, and taken away again.

use axum::extract::Path;
use jiff::civil::{Date, Time};
use maud::Markup;

use super::hours::{Forms, draw};
use super::{Answer, Room, done, named, parse, rule, to_midnight};
use crate::actions::calendar::availability as action;
use crate::actions::calendar::closure::{self, Refusal, Sessions};
use crate::domain::calendar::closure::Closure;
use crate::domain::id::ClosureId;
use crate::store::calendar;
use crate::views::link;
use crate::views::practitioner::time_off::{self as view, Lying};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// Takes time off. If sessions lie in it, they are shown first, with what would become of each.
pub async fn close(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let Some(off) = read_closure(room, &mut typed) else {
            let forms = Forms { off: typed, ..Forms::default() };
            return Ok(Answer::Wrong(draw(room, &room.app.store.read()?, &forms)?));
        };
        typed.set("id", off.id().to_string());
        if !typed.has("seen") && !closure::preview(&room.app, room.id(), &off)?.is_empty() {
            return Ok(Answer::Page(ask(room, &off, &typed)?));
        }
        let Some(sessions) = read_sessions(&mut typed) else {
            return Ok(Answer::Wrong(ask(room, &off, &typed)?));
        };
        let what = match &sessions {
            Sessions::CancelAll { seen, .. } if !seen.is_empty() => "off-canceled",
            Sessions::CancelAll { .. } | Sessions::Leave => "off",
        };
        match rule(closure::close(&room.app, room.id(), off.clone(), sessions))? {
            Ok(_) => Ok(done(&link::desk_hours(), what)),
            Err(Refusal::Otherwise | Refusal::Change(_)) => {
                typed.wrong("seen", "Other sessions are booked in that time by now.");
                Ok(Answer::Wrong(ask(room, &off, &typed)?))
            }
        }
    })
    .await
}

fn ask(room: &Room, off: &Closure, typed: &Typed) -> Result<Markup, Failure> {
    let found = closure::preview(&room.app, room.id(), off)?;
    let lying: Vec<Lying<'_>> = found
        .iter()
        .map(|one| Lying { booking: &one.booking, client: &one.client, more: one.more })
        .collect();
    Ok(view::page(&room.desk(), off, &lying, typed))
}

/// What is to become of the sessions that the page showed; where there were none, one that was booked meanwhile is shown.
fn read_sessions(typed: &mut Typed) -> Option<Sessions> {
    let reason = parse::line_or_none(typed, "reason");
    if typed.error("reason").is_some() {
        return None;
    }
    let seen = typed.all("seen").iter().filter_map(|id| id.parse().ok()).collect();
    match typed.value("sessions") {
        "leave" => Some(Sessions::Leave),
        "" if !typed.has("seen") => Some(Sessions::CancelAll { seen, reason: None }),
        "cancel" => Some(Sessions::CancelAll { seen, reason }),
        _ => {
            typed.wrong("sessions", "Please choose what shall become of them.");
            None
        }
    }
}

fn read_closure(room: &Room, typed: &mut Typed) -> Option<Closure> {
    let (first, last): (Option<Date>, Option<Date>) =
        (parse::date(typed, "first"), parse::date(typed, "last"));
    let note = parse::line_or_none(typed, "note");
    let [from, until] = ["from", "until"].map(|name| {
        typed.read_optional(name, |typed| {
            typed.parse::<Time>().map_err(|_| "Please write a time like 09:00.".to_owned())
        })
    });
    let (first, last) = (first?, last?);
    if !typed.is_sound() {
        return None;
    }
    let id = typed.value("id").parse().unwrap_or_else(|_| ClosureId::from_bits(room.app.id()));
    let zone = &room.who.zone;
    let made = match (from, until) {
        (None, None) => Closure::days(id, first, last, zone, note),
        (from, until) => {
            let end = match until {
                Some(until) if to_midnight(typed.value("until")) != "24:00" => last.to_datetime(until),
                _ => last.tomorrow().unwrap_or(Date::MAX).to_datetime(Time::midnight()),
            };
            Closure::times(id, first.to_datetime(from.unwrap_or(Time::midnight())), end, zone, note)
        }
    };
    match made {
        Ok(off) => Some(off),
        Err(why) => {
            typed.wrong(if until.is_some() && first == last { "until" } else { "last" }, text::closure(why));
            None
        }
    }
}

/// Takes time off away.
pub async fn reopen(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: ClosureId = named(&id)?;
        let hers =
            calendar::closure::of(&room.app.store.read()?, room.id())?.iter().any(|off| off.id() == id);
        if !hers {
            return Err(Failure::NotFound);
        }
        action::reopen(&room.app, room.id(), id)?;
        Ok(done(&link::desk_hours(), "removed"))
    })
    .await
}
