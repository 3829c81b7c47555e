//! Bringing clients in from a file.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::extract::multipart::{Multipart, MultipartError};
use axum::response::Response;
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Room, done, download, named};
use crate::actions::Error;
use crate::actions::keeping::import::{
    self as action, Known, Mail, NotAFile, Plan, Refusal, Sessions, TEMPLATE, Table, Wishes,
};
use crate::domain::catalog::package::Package;
use crate::domain::credits::import::Dates;
use crate::domain::id::ImportId;
use crate::store::{catalog, credits};
use crate::views::link::{self, route};
use crate::views::practitioner::import::{self as view, Looked, Shown};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The most bytes of a form with a file. Sent again to confirm, letters may take three times their room.
const ROOM_FOR_A_FILE: usize = 6 * 1024 * 1024;
/// The most bytes of a file.
const MOST_BYTES: usize = 2 * 1024 * 1024;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_IMPORT, get(page).post(look))
        .route(route::DESK_IMPORT_CONFIRM, post(confirm))
        .layer(DefaultBodyLimit::max(ROOM_FOR_A_FILE))
        .route(route::DESK_IMPORT_TEMPLATE, get(template))
}

/// The columns as an empty file.
pub async fn template(_: Room) -> Response {
    download("clients.csv", "text/csv; charset=utf-8", TEMPLATE)
}

fn packages(room: &Room) -> Result<Vec<Package>, Failure> {
    Ok(catalog::package::of(&room.app.store.read()?, room.id())?)
}

fn draw(room: &Room, typed: &Typed) -> Result<Markup, Failure> {
    let earlier = credits::import::of(&room.app.store.read()?, room.id())?;
    Ok(view::page(&room.desk(), &packages(room)?, &earlier, typed))
}

/// The form.
pub async fn page(room: Room) -> Result<Answer, Failure> {
    room.run(|room| Ok(Answer::Page(draw(room, &Typed::default())?))).await
}

fn unread(error: MultipartError) -> Failure {
    Failure::of_status(error.status(), "")
}

/// The form with a file: its fields as typed, and the file's bytes.
async fn read_parts(mut form: Multipart) -> Result<(Typed, Vec<u8>), Failure> {
    let (mut typed, mut file) = (Typed::default(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(unread)? {
        match part.name().map(str::to_owned).as_deref() {
            Some("file") => file = part.bytes().await.map_err(unread)?.to_vec(),
            Some(name @ ("pasted" | "dates" | "like" | "mail")) => {
                typed.push(name, part.text().await.map_err(unread)?);
            }
            _ => {}
        }
    }
    Ok((typed, file))
}

/// Shows what a file comes to.
pub async fn look(room: Room, form: Multipart) -> Result<Answer, Failure> {
    let (mut typed, file) = read_parts(form).await?;
    room.run(move |room| {
        let bytes = if file.is_empty() { typed.value("pasted").as_bytes().to_vec() } else { file };
        match table(&bytes) {
            Ok(table) => {
                let id = ImportId::from_bits(room.app.id());
                show(room, id, &table, &typed)
            }
            Err(why) => {
                typed.wrong("file", why);
                Ok(Answer::Wrong(draw(room, &typed)?))
            }
        }
    })
    .await
}

/// Reads a file, or says why it is none.
fn table(bytes: &[u8]) -> Result<Table, String> {
    if bytes.len() > MOST_BYTES {
        return Err("That is more than 2 MB. Please bring it in in parts.".to_owned());
    }
    action::read(bytes).map_err(|why| match why {
        NotAFile::Empty => "There are no lines in it below the headings. Choose a file, or paste some lines.".to_owned(),
        NotAFile::NotText => "This is no CSV file. In the spreadsheet, choose “Save as” and “CSV”.".to_owned(),
        NotAFile::NoHeadings => {
            "The first line names the columns. It has to have “email” and “name” (or “first name” and “last name”).".to_owned()
        }
        NotAFile::TwoOf(column) => {
            format!("Two columns mean the same: {}. Please name one of them otherwise.", text::column(column))
        }
        NotAFile::TooLong => "At most 5,000 lines come in at a time. Please bring it in in parts.".to_owned(),
        NotAFile::Broken => "A line of it cannot be read: perhaps a quotation mark is never closed.".to_owned(),
    })
}

fn wishes(typed: &Typed) -> Result<Wishes, Failure> {
    let goes = |name: &str| match typed.all("mail").iter().any(|chosen| chosen == name) {
        true => Mail::Goes,
        false => Mail::Stays,
    };
    let like = typed.value("like").trim();
    Ok(Wishes {
        dates: if typed.value("dates") == "month" { Dates::MonthFirst } else { Dates::DayFirst },
        like: if like.is_empty() { None } else { Some(named(like)?) },
        welcome: goes("welcome"),
        book_first: goes("book-first"),
    })
}

fn show(room: &Room, id: ImportId, table: &Table, typed: &Typed) -> Result<Answer, Failure> {
    let read = room.app.store.read()?;
    let plan = action::plan(&read, room.id(), table, &wishes(typed)?, room.now)?;
    shown(room, (id, table), &plan, typed)
}

fn shown(
    room: &Room,
    (id, table): (ImportId, &Table),
    plan: &Plan,
    typed: &Typed,
) -> Result<Answer, Failure> {
    let lines: Vec<Shown<'_>> = plan
        .lines
        .iter()
        .map(|planned| match &planned.made {
            Ok(made) => Shown {
                line: planned.line,
                who: Some((&made.row.name, &made.row.email)),
                is_known: made.known == Known::Hers,
                sessions: match &made.sessions {
                    Sessions::None => None,
                    Sessions::Left(half) => Some((half, false)),
                    Sessions::Already(half) => Some((half, true)),
                },
                wrong: Vec::new(),
            },
            Err(wrong) => Shown {
                line: planned.line,
                who: None,
                is_known: false,
                sessions: None,
                wrong: wrong.iter().map(text::wrong_line).collect(),
            },
        })
        .collect();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (lots, sessions) = plan.lots();
    let looked = Looked {
        lines: &lines,
        unknown: &table.unknown,
        counts: (count(plan.newcomers()), count(lots), sessions, count(plan.welcomed())),
        id,
        text: &table.text,
    };
    let page = view::preview(&room.desk(), &looked, &packages(room)?, typed);
    Ok(if plan.wrong() > 0 { Answer::Wrong(page) } else { Answer::Page(page) })
}

/// Keeps it: all or nothing.
pub async fn confirm(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let id: ImportId = named(typed.value("id"))?;
        let table = match table(typed.value("pasted").as_bytes()) {
            Ok(table) => table,
            Err(why) => {
                typed.wrong("file", why);
                return Ok(Answer::Wrong(draw(room, &typed)?));
            }
        };
        match action::bring_in(&room.app, room.id(), id, table.clone(), wishes(&typed)?) {
            Ok(_) => Ok(done(&link::desk_clients(), "brought-in")),
            Err(Error::Refused(Refusal::NotThere)) => Err(Failure::NotFound),
            Err(Error::Refused(Refusal::Wrong(plan))) => shown(room, (id, &table), &plan, &typed),
            Err(Error::Failed(fault)) => Err(fault.into()),
        }
    })
    .await
}
