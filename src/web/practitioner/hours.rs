//! Hours: the week and its rhythm, and dates that differ. Time off is in `time_off`.

use axum::extract::Path;
use jiff::civil::Date;
use maud::Markup;

use super::calendar::usual_length;
use super::{Answer, Room, done, named, parse, rule};
use crate::actions::calendar::availability as action;
use crate::domain::calendar::availability::{
    Availability, Day, Hours as Week, NotARhythm, NotHours, Override, Range, Rhythm,
};
use crate::domain::time::{minutes, plus_days};
use crate::store::{View, calendar, catalog};
use crate::views::link;
use crate::views::practitioner::hours::{self as view, Basis, DAYS, Hours};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The three forms of the page; those that were not sent stand as they are kept.
#[derive(Default)]
pub(super) struct Forms {
    pub(super) week: Option<Typed>,
    pub(super) date: Typed,
    pub(super) off: Typed,
}

/// A practitioner's hours; none were kept: a week without any.
pub(super) fn kept(room: &Room, read: &View) -> Result<Availability, Failure> {
    let found = calendar::availability::of(read, room.id())?;
    Ok(found.unwrap_or_else(|| {
        Availability::new(room.who.zone.clone(), Week::default(), Vec::new(), Rhythm::default())
            .expect("no hours never overlap")
    }))
}

pub(super) fn draw(room: &Room, read: &View, forms: &Forms) -> Result<Markup, Failure> {
    let availability = kept(room, read)?;
    let zone = &room.who.zone;
    let today = zone.date(room.now);
    let week = forms.week.clone().unwrap_or_else(|| view::typed(&availability));
    let closures = calendar::closure::of(read, room.id())?;
    let lengths = lengths(room, read)?;
    let length = week.value("for").parse().ok().filter(|n| lengths.contains(n)).unwrap_or(lengths[0]);
    let trial = forms.week.clone().map(|mut typed| read_hours(room, &availability, &mut typed));
    let (basis, hours) = match trial {
        None => (Basis::Kept, Some(availability.clone())),
        Some(Some(typed)) => (Basis::Typed, Some(typed)),
        Some(None) => (Basis::Unreadable, None),
    };
    let span = (today, plus_days(today, 6));
    let free = |hours| action::free_under(&room.app, room.id(), &hours, minutes(i64::from(length)), span);
    let free = hours.map_or(Ok(Vec::new()), free)?;
    let shown = Hours {
        week: &week,
        date: &forms.date,
        off: &forms.off,
        overrides: availability.overrides().iter().filter(|one| one.on() >= today).collect(),
        closures: closures.iter().filter(|closure| closure.until() > room.now).collect(),
        free: &free,
        basis,
        length,
        lengths: &lengths,
    };
    Ok(view::page(&room.desk(), &shown))
}

/// The lengths of her sessions, the usual one first.
fn lengths(room: &Room, read: &View) -> Result<Vec<u32>, Failure> {
    let mut lengths = vec![usual_length(read, room.id())?];
    for package in catalog::package::of(read, room.id())? {
        if !lengths.contains(&package.offer.length_minutes) {
            lengths.push(package.offer.length_minutes);
        }
    }
    Ok(lengths)
}

/// The page.
pub async fn page(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, &Forms::default())).await
}

/// Keeps the week and the rhythm; or shows what they come to, or adds or takes away a row of the form, which keep nothing
/// yet.
pub async fn save(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let read = room.app.store.read()?;
        if typed.has("add") || typed.has("remove") {
            change_rows(&mut typed);
            return Ok(Answer::Page(draw(room, &read, &Forms { week: Some(typed), ..Forms::default() })?));
        }
        let before = kept(room, &read)?;
        let made = read_hours(room, &before, &mut typed);
        let shown = |typed| draw(room, &read, &Forms { week: Some(typed), ..Forms::default() });
        match made {
            _ if typed.has("preview") => Ok(Answer::Page(shown(typed)?)),
            None => Ok(Answer::Wrong(shown(typed)?)),
            Some(made) => {
                let week = (made.hours().clone(), *made.rhythm());
                match rule(action::set_week(&room.app, room.id(), week))? {
                    Ok(()) => Ok(done(&link::desk_hours(), "saved")),
                    Err(why) => {
                        typed.wrong("week", text::availability(why));
                        Ok(Answer::Wrong(shown(typed)?))
                    }
                }
            }
        }
    })
    .await
}

/// The hours that a form comes to; what cannot be read is marked.
fn read_hours(room: &Room, before: &Availability, typed: &mut Typed) -> Option<Availability> {
    let (hours, rhythm) = (read_week(typed), read_rhythm(typed));
    let (hours, rhythm) = (hours?, rhythm?);
    if !typed.is_sound() {
        return None;
    }
    match Availability::new(room.who.zone.clone(), hours, before.overrides().to_vec(), rhythm) {
        Ok(made) => Some(made),
        Err(why) => {
            typed.wrong("week", text::availability(why));
            None
        }
    }
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
        let Some((day, _)) = DAYS.iter().find(|(_, known)| *known == name) else { continue };
        if from.trim().is_empty() && until.trim().is_empty() {
            continue;
        }
        match Range::parse(&from, &to_midnight(&until)) {
            Ok(range) => rows.push((i, (*day, range))),
            Err(why) => typed.wrong(view::row_name(i), text::availability(why)),
        }
    }
    match Week::new(rows.iter().map(|(_, row)| *row)) {
        Ok(week) => Some(week),
        Err(why) => {
            // Of two that overlap, the later one is marked; of two that are the same, the lower one.
            let row = match why {
                NotHours::Overlap { day: Day::Weekly(day), later, .. } => {
                    rows.iter().rev().find(|(_, row)| *row == (day, later))
                }
                _ => None,
            };
            typed.wrong(
                row.map_or_else(|| "week".to_owned(), |(i, _)| view::row_name(*i)),
                text::availability(why),
            );
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

/// Adds a date that differs; a second one for a date takes the place of the first.
pub async fn add_date(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let read = room.app.store.read()?;
        if let Some(one) = read_override(&mut typed, room.who.zone.date(room.now)) {
            match rule(action::add_date(&room.app, room.id(), one))? {
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
        rule(action::remove_date(&room.app, room.id(), on))?.map_err(|_| Failure::NotFound)?;
        Ok(done(&link::desk_hours(), "removed"))
    })
    .await
}
