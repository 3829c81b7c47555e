//! The pages on which a time is chosen: for a new session, or for one that is moved.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use jiff::civil::Date;

use super::{own_booking, own_lot, practitioner};
use crate::actions::calendar::{availability, booking};
use crate::app::App;
use crate::domain::calendar::booking::{Booking, Clash, no_lot};
use crate::domain::calendar::change::{self, Facts};
use crate::domain::calendar::slot::By;
use crate::domain::credits::ledger::Actor;
use crate::domain::credits::selection::{Counted, choose, reach};
use crate::domain::id::{BookingId, ClientId, LotId};
use crate::domain::time::{Timestamp, plus_days};
use crate::store::seen::Reads;
use crate::store::{View, calendar};
use crate::views::client::times::{self as view, Purpose, Times, monday};
use crate::views::text::{self, Said};
use crate::web::Web;
use crate::web::again::{self, Again};
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::SignedIn;
use crate::web::setting::{Answer, Setting, draw, named};

/// What the page is asked to show.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// A day; without one, the first that has a free time.
    pub day: Option<Date>,
    /// What became of an earlier choice.
    pub said: Option<Said>,
}

impl Wish {
    fn of(fields: &Fields) -> Self {
        match (fields.some("day"), fields.read::<Date>("day")) {
            (Some(_), None) => Self {
                day: None,
                said: Some(Said {
                    what: "That is not a date.".to_owned(),
                    then: "Here is what is free next.".to_owned(),
                }),
            },
            (_, day) => Self { day, said: None },
        }
    }

    /// The page after a choice that could not be had: the same day, and why.
    pub fn after(said: Said, day: Option<Date>) -> Self {
        Self { day, said: Some(said) }
    }
}

pub(super) async fn book(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(lot): Path<String>,
    reads: Reads,
    fields: Fields,
) -> Result<Again, Failure> {
    let wish = Wish::of(&fields);
    again::draw(&web, reads, move |app, read| book_page(app, read, client, named(&lot)?, wish)).await
}

/// The page of times for a new session; with something said, it is the answer to what was wrong.
pub(super) fn book_page(
    app: &App,
    read: &View,
    client: ClientId,
    lot: LotId,
    wish: Wish,
) -> Result<Answer, Failure> {
    let counted = own_lot(read, client, lot, app.clock.now())?;
    let lots = booking::siblings(read, &counted.0, app.clock.now())?;
    let now = app.clock.now();
    let last = lots.iter().filter_map(|one| reach(one, now)).max();
    let pays = |at: Timestamp| choose(&lots, at, now).is_some();
    let mut asked = Asked { counted: &counted, moved: None, pays: &pays, last, wish };
    if last.is_none() && asked.wish.said.is_none() {
        let zone = crate::actions::people::client::of(app, client)?.zone;
        asked.wish.said = Some(text::booking(no_lot(&lots, now), &zone));
        return Ok(Answer(StatusCode::OK, show(app, read, client, asked)?));
    }
    answer(app, read, client, asked)
}

pub(super) async fn move_to(
    State(web): State<Web>,
    SignedIn(client): SignedIn<ClientId>,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Answer, Failure> {
    let wish = Wish::of(&fields);
    draw(&web, move |app, read| move_page(app, read, client, named(&id)?, wish)).await
}

/// The page of times to move a session to.
pub(super) fn move_page(
    app: &App,
    read: &View,
    client: ClientId,
    id: BookingId,
    wish: Wish,
) -> Result<Answer, Failure> {
    let now = app.clock.now();
    let (found, counted) = own_booking(read, client, id, now)?;
    if let Err(refusal) = change::check_move(&found, (&counted.0, &counted.1), now) {
        let zone = crate::actions::people::client::of(app, client)?.zone;
        return super::change::page(app, read, client, id, Some(text::change(refusal, &zone)));
    }
    let lots = booking::siblings(read, &counted.0, now)?;
    let pays = |at: Timestamp| {
        let facts = Facts { from: &counted, lots: &lots, slot: Ok(()), clash: Clash::None };
        change::reschedule(&found, at, &facts, Actor::Client(client), now).is_ok()
    };
    let own = counted
        .1
        .deadline
        .as_ref()
        .map_or(Date::MAX, |deadline| deadline.sessions_until(counted.0.offer.policy.grace_days));
    let last = lots.iter().filter_map(|one| reach(one, now)).chain([own]).max();
    answer(app, read, client, Asked { counted: &counted, moved: Some(&found), pays: &pays, last, wish })
}

/// What is asked of the page, and by which rule a time can be paid for.
struct Asked<'a> {
    counted: &'a Counted,
    moved: Option<&'a Booking>,
    pays: &'a dyn Fn(Timestamp) -> bool,
    last: Option<Date>,
    wish: Wish,
}

fn answer(app: &App, read: &View, client: ClientId, asked: Asked<'_>) -> Result<Answer, Failure> {
    let status = if asked.wish.said.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(Answer(status, show(app, read, client, asked)?))
}

fn show(app: &App, read: &View, client: ClientId, asked: Asked<'_>) -> Result<maud::Markup, Failure> {
    let lot = &asked.counted.0;
    let setting = Setting::read(app, read, Some(client), Some(lot.practitioner))?;
    let (with, _) = practitioner(read, lot.practitioner)?;
    let zone = &setting.me()?.zone;
    let hours = calendar::availability::of(read, with.id)?;
    let horizon = hours.map_or(0, |hours| i32::from(hours.rhythm().horizon()));
    let today = zone.date(setting.now);
    // A day of room on both sides, as the practitioner's dates may be others than hers.
    let last = plus_days(with.zone.date(setting.now), horizon).min(asked.last.unwrap_or(today)).max(today);
    let but = asked.moved.map(|booking| booking.id);
    let found = |from: Date, to: Date| -> Result<Vec<Timestamp>, Failure> {
        let span = (plus_days(from, -1), plus_days(to, 1));
        let slots = availability::free(app, with.id, lot.offer.length(), span, By::Client, but)?;
        Ok(slots.iter().map(|slot| slot.start).filter(|at| (asked.pays)(*at)).collect())
    };
    // From the first day that has one, unless a day was chosen.
    let wanted = asked.wish.day.map(|day| day.clamp(today, plus_days(last, 1)));
    let first_free = |from: Date| -> Result<Option<Timestamp>, Failure> {
        Ok(found(from, last)?.into_iter().find(|at| zone.date(*at) >= from))
    };
    let day = match wanted {
        Some(day) => day,
        None => first_free(today)?.map_or(today, |at| zone.date(at)),
    };
    let week = (monday(day), plus_days(monday(day), 6));
    let mut free = found(week.0, week.1)?;
    free.retain(|at| (week.0..=week.1).contains(&zone.date(*at)));
    let next_free = if free.is_empty() { first_free(plus_days(week.1, 1))? } else { None };
    let times = Times {
        purpose: asked.moved.map_or(Purpose::Book, Purpose::Move),
        counted: asked.counted,
        with: &with,
        zone,
        day,
        free: &free,
        reach: (today, last),
        next_free,
        said: asked.wish.said,
    };
    Ok(view::times(&setting.around(), &times))
}
