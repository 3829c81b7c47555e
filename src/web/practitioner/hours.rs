//! Hours: the week and its rhythm, dates that differ, time off.

use std::collections::HashMap;

use axum::extract::Path;
use jiff::civil::Date;
use maud::Markup;

use super::calendar::usual_length;
use super::{Answer, Room, done, named, parse};
use crate::actions::calendar::availability as action;
use crate::domain::calendar::availability::{
    Availability, Day, Hours as Week, NotARhythm, NotHours, Override, Range, Rhythm,
};
use crate::domain::calendar::booking::Booking;
use crate::domain::calendar::closure::Closure;
use crate::domain::calendar::slot::By;
use crate::domain::id::ClosureId;
use crate::domain::time::{minutes, plus_days};
use crate::store::{View, calendar, credits, people};
use crate::views::link;
use crate::views::practitioner::Appointment;
use crate::views::practitioner::hours::{self as view, DAYS, Hours};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The three forms of the page; those that were not sent stand as they are kept.
#[derive(Default)]
struct Forms {
    week: Option<Typed>,
    date: Typed,
    off: Typed,
    in_the_way: Vec<Booking>,
}

/// A practitioner's hours; none were kept: a week without any.
pub(super) fn kept(room: &Room, read: &View) -> Result<Availability, Failure> {
    let found = calendar::availability::of(read, room.id())?;
    Ok(found.unwrap_or_else(|| {
        Availability::new(room.who.zone.clone(), Week::default(), Vec::new(), Rhythm::default())
            .expect("no hours never overlap")
    }))
}

fn draw(room: &Room, read: &View, forms: &Forms) -> Result<Markup, Failure> {
    let availability = kept(room, read)?;
    let zone = &room.who.zone;
    let today = zone.date(room.now);
    let week = forms.week.clone().unwrap_or_else(|| view::typed(&availability));
    let closures = calendar::closure::of(read, room.id())?;
    let length = usual_length(read, room.id())?;
    let span = (today, plus_days(today, 6));
    let free = action::free(&room.app, room.id(), minutes(i64::from(length)), span, By::Client, None)?;
    let clients: HashMap<_, _> =
        people::client::of(read, room.id())?.into_iter().map(|one| (one.id, one)).collect();
    let mut lots = HashMap::new();
    for booking in &forms.in_the_way {
        if let Some(counted) = credits::lot::counted(read, booking.lot, room.now)? {
            lots.insert(booking.lot, counted);
        }
    }
    let in_the_way = forms.in_the_way.iter().filter_map(|booking| {
        let (lot, balance) = lots.get(&booking.lot)?;
        Some(Appointment { booking, client: clients.get(&booking.client)?, lot, balance })
    });
    let shown = Hours {
        week: &week,
        date: &forms.date,
        off: &forms.off,
        in_the_way: in_the_way.collect(),
        overrides: availability.overrides().iter().filter(|one| one.on() >= today).collect(),
        closures: closures.iter().filter(|closure| closure.until() > room.now).collect(),
        free: &free,
        length,
    };
    Ok(view::page(&room.desk(), &shown))
}

/// The page.
pub async fn page(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, &Forms::default())).await
}

/// Keeps the week and the rhythm, or adds or takes away a row of the form, which keeps nothing yet.
pub async fn save(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let read = room.app.store.read()?;
        if typed.has("add") || typed.has("remove") {
            change_rows(&mut typed);
            return Ok(Answer::Page(draw(room, &read, &Forms { week: Some(typed), ..Forms::default() })?));
        }
        let before = kept(room, &read)?;
        let (hours, rhythm) = (read_week(&mut typed), read_rhythm(&mut typed));
        if let (Some(hours), Some(rhythm), true) = (hours, rhythm, typed.is_sound()) {
            let made = Availability::new(room.who.zone.clone(), hours, before.overrides().to_vec(), rhythm);
            match made {
                Ok(made) => {
                    action::save(&room.app, room.id(), made)?;
                    return Ok(done(&link::desk_hours(), "saved"));
                }
                Err(why) => typed.wrong("week", text::availability(why)),
            }
        }
        Ok(Answer::Wrong(draw(room, &read, &Forms { week: Some(typed), ..Forms::default() })?))
    })
    .await
}

/// Adds a range to a day, or takes one away.
fn change_rows(typed: &mut Typed) {
    let remove = typed.value("remove").parse::<usize>().ok();
    let rows: Vec<(String, String, String)> = (0..typed.all("day").len().min(100))
        .filter(|i| Some(*i) != remove)
        .map(|i| {
            let at = |list: &str| typed.all(list).get(i).cloned().unwrap_or_default();
            (at("day"), at("from"), at("until"))
        })
        .collect();
    let mut next = typed.clone().without(&["day", "from", "until", "add", "remove"]);
    for (day, from, until) in rows {
        next.push("day", day);
        next.push("from", from);
        next.push("until", until);
    }
    if let Some((day, _)) = DAYS.iter().find(|(_, name)| *name == typed.value("add")) {
        // What follows the day's last range, or the usual day.
        let last = next
            .all("day")
            .iter()
            .zip(next.all("until"))
            .filter(|(of, _)| *of == typed.value("add"))
            .map(|(_, until)| until.clone())
            .next_back();
        let (from, until) =
            last.map_or(("09:00".to_owned(), "17:00".to_owned()), |from| (from, String::new()));
        view::push_range(&mut next, *day, &from, &until);
    }
    *typed = next;
}

/// The rows of the week; what cannot be read is said beside its day.
fn read_week(typed: &mut Typed) -> Option<Week> {
    let mut rows = Vec::new();
    for i in 0..typed.all("day").len() {
        let at = |list: &str| typed.all(list).get(i).cloned().unwrap_or_default();
        let (name, from, until) = (at("day"), at("from"), at("until"));
        let Some((day, name)) = DAYS.iter().find(|(_, known)| *known == name) else { continue };
        if from.trim().is_empty() && until.trim().is_empty() {
            continue;
        }
        match Range::parse(&from, &to_midnight(&until)) {
            Ok(range) => rows.push((*day, range)),
            Err(why) => typed.wrong(*name, text::availability(why)),
        }
    }
    match Week::new(rows) {
        Ok(week) => Some(week),
        Err(why) => {
            let name = match why {
                NotHours::Overlap { day: Day::Weekly(day), .. } => DAYS.iter().find(|(one, _)| *one == day),
                _ => None,
            };
            typed.wrong(name.map_or("week", |(_, name)| name), text::availability(why));
            None
        }
    }
}

/// A time field knows no 24:00: its last minute means the end of the day.
pub(in crate::web) fn to_midnight(until: &str) -> String {
    if matches!(until.trim(), "23:59" | "00:00") { "24:00".to_owned() } else { until.to_owned() }
}

fn read_rhythm(typed: &mut Typed) -> Option<Rhythm> {
    let [step, before, after, notice, horizon] =
        ["step", "before", "after", "notice", "horizon"].map(|name| parse::number::<u16>(typed, name));
    let limit = typed.read_optional("limit", |typed| {
        typed.parse::<u32>().map_err(|_| "Please write a whole number, or leave it empty.".to_owned())
    });
    let (step, before, after, notice, horizon) = (step?, before?, after?, notice?, horizon?);
    if typed.error("limit").is_some() {
        return None;
    }
    let mut part = |rhythm: Result<Rhythm, NotARhythm>, field: &'static str| match rhythm {
        Ok(rhythm) => Some(rhythm),
        Err(why) => {
            typed.wrong(field, text::rhythm(why).1);
            None
        }
    };
    let rhythm = part(Rhythm::default().with_step(step), "step")?;
    let rhythm = part(rhythm.with_buffers(before, after), if before > 240 { "before" } else { "after" })?;
    let rhythm = part(rhythm.with_notice(notice), "notice")?;
    let rhythm = part(rhythm.with_horizon(horizon), "horizon")?;
    part(rhythm.with_daily_limit(limit), "limit")
}

/// Keeps hours with other dates that differ.
fn with_overrides(
    room: &Room,
    before: &Availability,
    overrides: Vec<Override>,
) -> Result<Result<(), NotHours>, Failure> {
    let (hours, rhythm) = (before.hours().clone(), *before.rhythm());
    match Availability::new(before.zone().clone(), hours, overrides, rhythm) {
        Ok(made) => {
            action::save(&room.app, room.id(), made)?;
            Ok(Ok(()))
        }
        Err(why) => Ok(Err(why)),
    }
}

/// Adds a date that differs; a second one for a date takes the place of the first.
pub async fn add_date(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let read = room.app.store.read()?;
        let before = kept(room, &read)?;
        if let Some(one) = read_override(&mut typed, room.who.zone.date(room.now)) {
            let mut overrides: Vec<_> =
                before.overrides().iter().filter(|other| other.on() != one.on()).cloned().collect();
            overrides.push(one);
            match with_overrides(room, &before, overrides)? {
                Ok(()) => return Ok(done(&link::desk_hours(), "saved")),
                Err(why) => typed.wrong("on", text::availability(why)),
            }
        }
        Ok(Answer::Wrong(draw(room, &read, &Forms { date: typed, ..Forms::default() })?))
    })
    .await
}

fn read_override(typed: &mut Typed, today: Date) -> Option<Override> {
    let on = parse::date(typed, "on")?;
    if on < today {
        typed.wrong("on", "That day is over.");
        return None;
    }
    let mut ranges = Vec::new();
    if typed.value("kind") == "open" {
        for (from, until) in [("from", "until"), ("from2", "until2")] {
            let (from, until) = (typed.value(from).to_owned(), typed.value(until).to_owned());
            if from.is_empty() && until.is_empty() && !ranges.is_empty() {
                continue;
            }
            match Range::parse(&from, &to_midnight(&until)) {
                Ok(range) => ranges.push(range),
                Err(why) => typed.wrong("from", text::availability(why)),
            }
        }
    }
    match Override::new(on, ranges) {
        Ok(one) => typed.is_sound().then_some(one),
        Err(why) => {
            typed.wrong("from", text::availability(why));
            None
        }
    }
}

/// Takes a date that differs away.
pub async fn remove_date(room: Room, Path(on): Path<String>) -> Result<Answer, Failure> {
    room.run(move |room| {
        let on: Date = named(&on)?;
        let before = kept(room, &room.app.store.read()?)?;
        let overrides: Vec<_> = before.overrides().iter().filter(|other| other.on() != on).cloned().collect();
        if overrides.len() == before.overrides().len() {
            return Err(Failure::NotFound);
        }
        with_overrides(room, &before, overrides)?.map_err(|_| Failure::Unreadable)?;
        Ok(done(&link::desk_hours(), "removed"))
    })
    .await
}

/// Takes time off; if sessions lie in it, asks once more with their names.
pub async fn close(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let read = room.app.store.read()?;
        if let Some(off) = read_closure(room, &mut typed) {
            let in_the_way =
                calendar::booking::on_calendar(&read, room.id(), (off.from().max(room.now), off.until()))?;
            if in_the_way.is_empty() || typed.value("sure") == "yes" {
                action::close(&room.app, room.id(), off)?;
                return Ok(done(&link::desk_hours(), "off"));
            }
            typed.set("id", off.id().to_string());
            return Ok(Answer::Wrong(draw(
                room,
                &read,
                &Forms { off: typed, in_the_way, ..Forms::default() },
            )?));
        }
        Ok(Answer::Wrong(draw(room, &read, &Forms { off: typed, ..Forms::default() })?))
    })
    .await
}

fn read_closure(room: &Room, typed: &mut Typed) -> Option<Closure> {
    let (first, last) = (parse::date(typed, "first"), parse::date(typed, "last"));
    let note = parse::line_or_none(typed, "note");
    let (first, last) = (first?, last?);
    if typed.error("note").is_some() {
        return None;
    }
    let id = typed.value("id").parse().unwrap_or_else(|_| ClosureId::from_bits(room.app.id()));
    match Closure::days(id, first, last, &room.who.zone, note) {
        Ok(off) => Some(off),
        Err(why) => {
            typed.wrong("last", text::closure(why));
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
