//! Pausing a lot, correcting its number, passing credits on; and more time for many. Every POST was preceded by a page that
//! showed what it would do.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use jiff::civil::Date;
use maud::Markup;

use super::{Answer, Counter, Room, done, named, parse, rule};
use crate::actions::credits::{Refusal, adjust, extend, freeze, transfer};
use crate::domain::credits::adjustment::Correction;
use crate::domain::credits::extension::More;
use crate::domain::credits::foresight::Foresight;
use crate::domain::credits::selection::Counted;
use crate::domain::id::{ClientId, LotId};
use crate::domain::people::client::Client;
use crate::domain::people::search::Search;
use crate::domain::text::Line;
use crate::domain::time::{before, plus_days};
use crate::store::{View, calendar, credits, people};
use crate::views::link::{self, route};
use crate::views::practitioner::clients::Show;
use crate::views::practitioner::lots::{self as view, Away, Candidate, Passing, Subject};
use crate::views::text::{self, Said};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The routes of lots.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_PAUSE, get(pause_form).post(pause))
        .route(route::DESK_ADJUST, get(adjust_form).post(correct))
        .route(route::DESK_PASS_ON, get(pass_on_form).post(pass_on))
        .route(route::DESK_EXTEND_MANY, get(extend_many_form).post(extend_many))
}

/// A lot of this practitioner's, with whose it is.
pub(super) fn lot_of(room: &Room, read: &View, id: LotId) -> Result<(Client, Counted), Failure> {
    let found = credits::lot::counted(read, id, room.now)?.filter(|(lot, _)| lot.practitioner == room.id());
    let counted = found.ok_or(Failure::NotFound)?;
    let client = people::client::find(read, counted.0.client)?.ok_or(Failure::NotFound)?;
    Ok((client, counted))
}

/// What a rule said in words; what is not there is not found.
fn heard<T, R>(done: Result<T, Refusal<R>>, words: fn(R) -> Said) -> Result<Result<T, Said>, Failure> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Refusal::Rule(refusal)) => Ok(Err(words(refusal))),
        Err(Refusal::NotThere) => Err(Failure::NotFound),
    }
}

/// Both sentences of a refusal, for beside a field.
fn in_a_line(said: &Said) -> String {
    format!("{} {}", said.what, said.then).trim_end().to_owned()
}

fn draw_pause(room: &Room, read: &View, id: LotId, typed: &Typed) -> Result<Markup, Failure> {
    let (client, counted) = lot_of(room, read, id)?;
    let turn = if counted.1.frozen_at.is_some() { freeze::Turn::Unfreeze } else { freeze::Turn::Freeze };
    let seen = heard(rule(freeze::preview(&room.app, room.id(), id, turn))?, text::pause)?;
    Ok(view::pause(&room.desk(), &Subject { client: &client, counted: &counted }, seen.as_ref(), typed))
}

/// What a pause does.
async fn pause_form(Counter(room): Counter, Path(id): Path<String>) -> Result<Answer, Failure> {
    room.show(move |room, read| draw_pause(room, read, named(&id)?, &Typed::default())).await
}

/// Pauses, or ends the pause.
async fn pause(Counter(room): Counter, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: LotId = named(&id)?;
        let (client, _) = lot_of(room, &room.app.store.read()?, id)?;
        let mut typed = fields.typed();
        let reason = parse::line_or_none(&mut typed, "reason");
        let (turn, what) = match typed.value("turn") {
            "unfreeze" => (freeze::Turn::Unfreeze, "resumed"),
            _ => (freeze::Turn::Freeze, "paused"),
        };
        if typed.is_sound() {
            // What a rule says stands on the page that is drawn below.
            let turned = rule(freeze::turn(&room.app, room.id(), id, turn, reason))?;
            if heard(turned, text::pause)?.is_ok() {
                return Ok(done(&link::desk_client(client.id), what));
            }
        }
        Ok(Answer::Wrong(draw_pause(room, &room.app.store.read()?, id, &typed)?))
    })
    .await
}

/// A correction as the form asks for it, with its reason.
fn read_correction(typed: &mut Typed, from: u32) -> Option<(Correction, Line)> {
    let to = parse::number(typed, "to");
    let reason = parse::line(typed, "reason");
    Some((Correction { from, to: to? }, reason?))
}

fn draw_adjust(room: &Room, read: &View, id: LotId, mut typed: Typed) -> Result<Markup, Failure> {
    let (client, counted) = lot_of(room, read, id)?;
    let mut seen: Option<Foresight> = None;
    if typed.has("to")
        && typed.is_sound()
        && let Some((correction, _)) = read_correction(&mut typed, counted.1.total)
    {
        match heard(rule(adjust::preview(&room.app, room.id(), id, correction))?, text::correction)? {
            Ok(_) if correction.to == correction.from => typed.wrong("to", "It has that number already."),
            Ok(foresight) => seen = Some(foresight),
            Err(said) => typed.wrong("to", in_a_line(&said)),
        }
    }
    let subject = Subject { client: &client, counted: &counted };
    Ok(view::adjust(&room.desk(), &subject, seen.as_ref(), &typed))
}

/// The form for a correction; with a number, what it would do.
async fn adjust_form(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| draw_adjust(room, read, named(&id)?, fields.typed())).await
}

/// Corrects the number.
async fn correct(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let id: LotId = named(&id)?;
        let (client, _) = lot_of(room, &room.app.store.read()?, id)?;
        let mut typed = fields.typed();
        let from = parse::number(&mut typed, "from");
        if let Some((correction, reason)) = from.and_then(|from| read_correction(&mut typed, from)) {
            let adjusted = rule(adjust::adjust(&room.app, room.id(), id, correction, reason))?;
            match heard(adjusted, text::correction)? {
                Ok(_) => return Ok(done(&link::desk_client(client.id), "corrected")),
                Err(said) => typed.wrong("to", in_a_line(&said)),
            }
        }
        Ok(Answer::Wrong(draw_adjust(room, &room.app.store.read()?, id, typed)?))
    })
    .await
}

/// How many are offered of those whom a search finds.
const FOUND: usize = 10;

fn draw_pass_on(room: &Room, read: &View, id: LotId, mut typed: Typed) -> Result<Markup, Failure> {
    let (client, counted) = lot_of(room, read, id)?;
    let (desk, subject) = (room.desk(), Subject { client: &client, counted: &counted });
    if typed.value("who").is_empty() {
        let search = Search::new(typed.value("q"));
        let mut found = people::client::of(read, room.id())?;
        found.retain(|one| one.id != client.id && !search.is_empty() && search.finds(one));
        found.truncate(FOUND);
        return Ok(view::pass_on(&desk, &subject, &Passing::Finding(&found), &typed));
    }
    let who: ClientId = named(typed.value("who"))?;
    let to = people::client::find_of(read, room.id(), who)?.ok_or(Failure::NotFound)?;
    if typed.has("count")
        && typed.is_sound()
        && let Some((count, _)) = read_passing(&mut typed)
    {
        let ask = transfer::Ask { id: LotId::from_bits(room.app.id()), from: id, to: who, count };
        match heard(rule(transfer::preview(&room.app, room.id(), ask))?, text::transfer)? {
            Ok(transfer::Preview { from, lot }) => {
                let seen = Passing::Seen { to: &to, from: &from, lot: &lot };
                return Ok(view::pass_on(&desk, &subject, &seen, &typed));
            }
            Err(said) => typed.wrong("count", in_a_line(&said)),
        }
    }
    Ok(view::pass_on(&desk, &subject, &Passing::Chosen(&to), &typed))
}

/// How many are passed on, and why.
fn read_passing(typed: &mut Typed) -> Option<(u32, Line)> {
    let count = parse::number(typed, "count");
    let reason = parse::line(typed, "reason");
    Some((count?, reason?))
}

/// The steps of passing on: to whom, how many, what it would do.
async fn pass_on_form(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| draw_pass_on(room, read, named(&id)?, fields.typed())).await
}

/// Passes credits on.
async fn pass_on(room: Room, Path(id): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let from: LotId = named(&id)?;
        let (client, _) = lot_of(room, &room.app.store.read()?, from)?;
        let mut typed = fields.typed();
        let (id, to) = (named(typed.value("id"))?, named(typed.value("who"))?);
        if let Some((count, reason)) = read_passing(&mut typed) {
            let ask = transfer::Ask { id, from, to, count };
            match heard(rule(transfer::transfer(&room.app, room.id(), ask, reason))?, text::transfer)? {
                Ok(_) => return Ok(done(&link::desk_client(client.id), "passed-on")),
                Err(said) => typed.wrong("count", in_a_line(&said)),
            }
        }
        Ok(Answer::Wrong(draw_pass_on(room, &room.app.store.read()?, from, typed)?))
    })
    .await
}

/// The most lots that get more time at once: what fits an address, and a list that is still read.
const MANY: usize = 100;

/// Time off that touches the last weeks or lies ahead, by whose length dates can be moved.
pub(super) fn aways(room: &Room, read: &View) -> Result<Vec<Away>, Failure> {
    const WEEKS_BACK: i64 = 6;
    let zone = &room.who.zone;
    let since = before(room.now, jiff::SignedDuration::from_hours(WEEKS_BACK * 7 * 24));
    let mut all = calendar::closure::of(read, room.id())?;
    all.retain(|one| one.until() > since);
    all.sort_by_key(|one| one.from());
    let away = |one: &crate::domain::calendar::closure::Closure| {
        let (first, days) = (zone.date(one.from()), one.days_touched(zone));
        Away { first, last: plus_days(first, days - 1), days }
    };
    Ok(all.iter().take(3).map(away).collect())
}

fn draw_many(room: &Room, read: &View, mut typed: Typed) -> Result<Markup, Failure> {
    let show = Show::named(typed.value("show"));
    let ticked: Vec<LotId> =
        typed.all("lot").iter().filter_map(|id| id.split('/').next()?.parse().ok()).collect();
    let days = read_days(&mut typed);
    let mut lots = credits::lot::of(read, room.id(), room.now)?;
    let extends = |(lot, balance): &Counted| {
        crate::domain::credits::extension::extend((lot, balance), More::Days(1), room.now).is_ok()
    };
    // Once they are chosen the list is theirs; before, it is of all who could be.
    match days {
        Some(_) => lots.retain(|(lot, _)| ticked.contains(&lot.id)),
        None => lots.retain(extends),
    }
    lots.sort_by_key(|(lot, balance)| (balance.deadline.as_ref().map(|deadline| deadline.on), lot.id));
    let more = lots.len().saturating_sub(MANY);
    lots.truncate(MANY);
    let ids: Vec<LotId> = lots.iter().map(|(lot, _)| lot.id).collect();
    let proposed = match days {
        Some(days) => rule(extend::preview(&room.app, room.id(), &ids, More::Days(days)))?
            .map_err(|_| Failure::NotFound)?,
        None => Vec::new(),
    };
    let mut clients: HashMap<ClientId, Client> = HashMap::new();
    for (lot, _) in &lots {
        let client = people::client::find(read, lot.client)?.ok_or(Failure::NotFound)?;
        clients.insert(client.id, client);
    }
    let all: Vec<Candidate<'_>> = lots
        .iter()
        .enumerate()
        .map(|(i, (lot, balance))| Candidate {
            client: &clients[&lot.client],
            lot,
            by: balance.deadline.as_ref().map(|deadline| deadline.on),
            to: proposed.get(i).map(|proposal| proposal.to),
            is_ticked: ticked.contains(&lot.id)
                || ticked.is_empty() && show.takes_lot(&(lot.clone(), balance.clone()), room.now),
        })
        .collect();
    Ok(view::extend_many(&room.desk(), (&all, more), &aways(room, read)?, &typed))
}

/// By how many days, once everything is chosen; what is missing is said beside its field.
fn read_days(typed: &mut Typed) -> Option<u32> {
    if let Some(fill) = typed.all("fill").first().cloned() {
        typed.set("days", fill);
        return None;
    }
    if !typed.has("days") {
        return None;
    }
    let days: Option<u32> = parse::number(typed, "days");
    if days.is_some_and(|days| !(1..=365).contains(&days)) {
        typed.wrong("days", "Between 1 and 365 days can be given at once.");
    }
    parse::line(typed, "reason");
    match typed.all("lot").len() {
        0 => typed.wrong("lot", "Please tick at least one."),
        n if n > MANY => typed.wrong("lot", format!("At most {MANY} can be extended at once.")),
        _ => {}
    }
    days.filter(|_| typed.is_sound())
}

/// Whose dates, and by how many days; with both, each new date.
async fn extend_many_form(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.show(move |room, read| draw_many(room, read, fields.typed())).await
}

/// Moves the dates that the page showed, all or none.
async fn extend_many(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let dated = |text: &String| -> Option<(LotId, Date)> {
            let (lot, to) = text.split_once('/')?;
            Some((lot.parse().ok()?, to.parse().ok()?))
        };
        let lots: Option<Vec<(LotId, Date)>> = typed.all("lot").iter().map(dated).collect();
        let lots = lots.ok_or(Failure::NotFound)?;
        if lots.is_empty() || lots.len() > MANY {
            typed.wrong("lot", "Please tick at least one.");
        }
        if let (Some(reason), true) = (parse::line(&mut typed, "reason"), typed.is_sound()) {
            match rule(extend::extend(&room.app, room.id(), lots, reason))? {
                Ok(()) => return Ok(done(&link::desk_clients(), "extended-many")),
                Err(Refusal::NotThere) => return Err(Failure::NotFound),
                Err(Refusal::Rule(why)) => {
                    typed.wrong("lot", format!("One of them changed meanwhile: {}", text::extension(why)));
                }
            }
        }
        Ok(Answer::Wrong(draw_many(room, &room.app.store.read()?, typed)?))
    })
    .await
}
