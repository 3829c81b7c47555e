//! Calendars: her own feed, and those elsewhere that take her time.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};

use super::{Answer, Room, done, named, parse, rule};
use crate::actions::calendar::outside::{self as action, Draft, Refusal};
use crate::domain::calendar::outside::{Access, Kind, Trouble};
use crate::domain::id::OutsideId;
use crate::domain::people::login::Person;
use crate::domain::time::minutes;
use crate::store::{View, calendar};
use crate::views::link::{self, route};
use crate::views::practitioner::calendars::{self as view, Calendars};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::feeds;
use crate::web::form::Fields;
use crate::web::limit::{Key, Rate};

/// How often somebody may send us to a server of her choosing.
const OUT: Rate = Rate { burst: 20, per: minutes(10) };

/// The routes of this room.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_CALENDARS, get(page).post(add))
        .route(route::DESK_FEED, post(feed))
        .route(route::DESK_OUTSIDE_REFRESH, post(refresh))
        .route(route::DESK_OUTSIDE_REMOVE, post(remove))
}

fn draw(
    room: &Room,
    read: &View,
    add: Option<Typed>,
    tried: Option<(usize, usize)>,
) -> Result<maud::Markup, Failure> {
    let feed = feeds::own(&room.app, read, Person::Practitioner(room.id()))?;
    let others = calendar::outside::of(read, room.id())?.into_iter().map(|one| {
        let takes = calendar::busy::of(read, room.id(), one.id)?;
        let ahead = takes.iter().filter(|(_, until)| *until > room.now).count();
        Ok((one, ahead))
    });
    let others = others.collect::<Result<Vec<_>, Failure>>()?;
    let fresh = || Typed::default().with("id", OutsideId::from_bits(room.app.id()).to_string());
    let add = add.unwrap_or_else(fresh);
    Ok(view::page(&room.desk(), &Calendars { feed: &feed, others: &others, add: &add, tried }))
}

async fn page(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, None, None)).await
}

/// Adds a calendar, or only tries it.
async fn add(web: axum::extract::State<Web>, room: Room, fields: Fields) -> Result<Answer, Failure> {
    let mut typed = fields.typed();
    let draft = read_draft(&mut typed, &fields);
    let Some(draft) = draft.filter(|_| typed.is_sound()) else {
        return room.run(move |room| wrong(room, typed)).await;
    };
    let (app, whose) = (std::sync::Arc::clone(&room.app), room.id());
    let key = Key::account("calendars", &whose.to_string());
    web.limit.allow(key, OUT, room.now).map_err(|wait| Failure::TooMany(wait.0))?;
    if fields.text("act") == "try" {
        return match rule(action::try_out(&app, whose, draft.kind, draft.access).await)? {
            Ok(tried) => {
                let found = Some((tried.busy, tried.left_out));
                room.show(move |room, read| draw(room, read, Some(typed), found)).await
            }
            Err(why) => {
                typed.wrong(beside(why), text::trouble(why));
                room.run(move |room| wrong(room, typed)).await
            }
        };
    }
    room.run(move |room| match rule(action::add(&room.app, room.id(), draft))? {
        Ok(()) => Ok(done(&link::desk_calendars(), "saved")),
        Err(Refusal::NotThere) => Err(Failure::NotFound),
        Err(Refusal::TooMany) => {
            typed.wrong("name", text::not_added());
            wrong(room, typed)
        }
        Err(Refusal::Address(why)) => {
            typed.wrong("address", text::trouble(why));
            wrong(room, typed)
        }
    })
    .await
}

fn wrong(room: &Room, typed: Typed) -> Result<Answer, Failure> {
    Ok(Answer::Wrong(draw(room, &room.app.store.read()?, Some(typed), None)?))
}

/// The field that a trouble stands beside.
fn beside(why: Trouble) -> &'static str {
    match why {
        Trouble::SignIn => "password",
        _ => "address",
    }
}

fn read_draft(typed: &mut Typed, fields: &Fields) -> Option<Draft> {
    let name = parse::line(typed, "name");
    let kind = if fields.text("kind") == "caldav" { Kind::CalDav } else { Kind::Ics };
    let login = match (fields.some("user"), fields.some("password")) {
        (Some(user), Some(password)) => Some((user.to_owned(), password.to_owned())),
        (None, None) => None,
        (Some(_), None) => {
            typed.wrong("password", "Please write the password as well, or leave both out.");
            None
        }
        (None, Some(_)) => {
            typed.wrong("user", "Please write the name as well, or leave both out.");
            None
        }
    };
    if login.as_ref().is_some_and(|(user, _)| user.contains(':')) {
        typed.wrong("user", "A name for signing in there holds no colon.");
    }
    let access = Access { address: fields.text("address").trim().to_owned(), login };
    if let Err(why) = action::look_at(&access) {
        typed.wrong("address", text::trouble(why));
    }
    Some(Draft { id: fields.read("id")?, name: name?, kind, access })
}

async fn feed(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let who = Person::Practitioner(room.id());
        Ok(done(&link::desk_calendars(), feeds::act(&room.app, who, &fields)?))
    })
    .await
}

async fn refresh(
    web: axum::extract::State<Web>,
    room: Room,
    Path(id): Path<String>,
) -> Result<Answer, Failure> {
    let id = named(&id)?;
    let key = Key::account("calendars", &room.id().to_string());
    web.limit.allow(key, OUT, room.now).map_err(|wait| Failure::TooMany(wait.0))?;
    let read = rule(action::refresh(&room.app, room.id(), id).await)?;
    read.map_err(|_| Failure::NotFound)?;
    Ok(done(&link::desk_calendars(), "read"))
}

async fn remove(room: Room, Path(id): Path<String>) -> Result<Answer, Failure> {
    let id = named(&id)?;
    room.run(move |room| {
        rule(action::remove(&room.app, room.id(), id))?.map_err(|_| Failure::NotFound)?;
        Ok(done(&link::desk_calendars(), "removed"))
    })
    .await
}
