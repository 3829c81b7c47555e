//! Backups elsewhere, for the owner alone: the recovery kit, the places, and a backup now.

use axum::Router;
use axum::extract::Path;
use axum::routing::{get, post};
use maud::Markup;

use super::{Answer, Owner, Room, done, named, parse, rule};
use crate::actions::keeping::backup::destination::{self as places, Draft, Refusal};
use crate::actions::keeping::backup::{kit as kits, kit_in_force, overdue, standings};
use crate::domain::id::DestinationId;
use crate::domain::keeping::destination::{Access, Host, HostKey, Login, NotAPlace, Place, S3, Sftp, Style};
use crate::domain::text::Line;
use crate::views::link::{self, route};
use crate::views::practitioner::backups::{self as view, Kind, Standing};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// SFTP's usual port.
const PORT: u16 = 22;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_BACKUPS, get(page))
        .route(route::DESK_BACKUP_KIT, get(kit).post(confirm))
        .route(route::DESK_BACKUP_NEW, get(fresh).post(keep))
        .route(route::DESK_BACKUP_NOW, post(now))
        .route(route::DESK_BACKUP_REMOVE, post(remove))
}

fn draw(room: &Room, why: Option<&str>) -> Result<Markup, Failure> {
    let app = &room.app;
    let (kit, standings, overdue) = (kit_in_force(app)?, standings(app)?, overdue(app)?);
    let shown: Vec<Standing<'_>> = standings
        .iter()
        .map(|one| Standing {
            destination: &one.destination,
            verified: one.verified.as_ref(),
            records: &one.records,
            next_at: one.next_at,
        })
        .collect();
    Ok(view::page(&room.desk(), kit.as_ref(), &shown, &overdue, why))
}

async fn page(Owner(room): Owner) -> Result<Answer, Failure> {
    room.run(|room| Ok(Answer::Page(draw(room, None)?))).await
}

/// A kit that nothing knows yet.
async fn kit(Owner(room): Owner) -> Answer {
    Answer::Page(view::kit(&room.desk(), &kits::fresh().identity, &Typed::default()))
}

/// The kit is in force once its owner has read the paper.
async fn confirm(Owner(room): Owner, fields: Fields) -> Result<Answer, Failure> {
    let fresh = kits::read(fields.text("key")).map_err(|_| Failure::NotFound)?;
    if !fresh.ends_with(fields.text("ending")) {
        let mut wrong = Typed::default();
        wrong.wrong("ending", text::NOT_THE_ENDING);
        return Ok(Answer::Wrong(view::kit(&room.desk(), &fresh.identity, &wrong)));
    }
    room.run(move |room| {
        kits::set_recipient(&room.app, room.member.id, fresh.recipient)?;
        Ok(done(&link::desk_backups(), "kit"))
    })
    .await
}

/// The form for a new place. A server is asked for its key once it is named.
async fn fresh(Owner(room): Owner, Path(kind): Path<String>, fields: Fields) -> Answer {
    let id = DestinationId::from_bits(room.app.id());
    let mut typed = fields.typed();
    match kind.as_str() {
        "s3" => Answer::Page(view::fresh(&room.desk(), id, Kind::S3, &typed)),
        "sftp" if typed.value("host").is_empty() => {
            Answer::Page(view::fresh(&room.desk(), id, Kind::Server, &typed))
        }
        "sftp" => {
            let host: Option<Host> = read(&mut typed, "host");
            let port = port(&mut typed);
            let (Some(host), Some(port)) = (host, port) else {
                return Answer::Wrong(view::fresh(&room.desk(), id, Kind::Server, &typed));
            };
            match places::host_key(&room.app, &host, port).await {
                Ok(key) => Answer::Page(server(&room, id, &key, &typed)),
                Err(trouble) => {
                    typed.wrong("host", text::backup_trouble(trouble));
                    Answer::Wrong(view::fresh(&room.desk(), id, Kind::Server, &typed))
                }
            }
        }
        _ => Answer::Page(view::fresh(&room.desk(), id, Kind::Folder, &typed)),
    }
}

fn server(room: &Room, id: DestinationId, key: &HostKey, typed: &Typed) -> Markup {
    let line = places::public_key(&room.app, id).map_or_else(|_| String::new(), |line| line.to_string());
    view::fresh(&room.desk(), id, Kind::Known(key, &line), typed)
}

fn read<T: std::str::FromStr<Err = NotAPlace>>(typed: &mut Typed, name: &'static str) -> Option<T> {
    typed.read(name, |text| text.parse().map_err(|why| text::not_a_place(why).to_owned()))
}

fn port(typed: &mut Typed) -> Option<u16> {
    if typed.value("port").is_empty() { Some(PORT) } else { parse::number(typed, "port") }
}

/// Tries a place and keeps it.
async fn keep(Owner(room): Owner, Path(kind): Path<String>, fields: Fields) -> Result<Answer, Failure> {
    let mut typed = fields.typed();
    let id: DestinationId = named(typed.value("id"))?;
    let name = parse::line(&mut typed, "name");
    let place = match kind.as_str() {
        "s3" => bucket(&mut typed, &fields),
        "sftp" => folder_there(&room, id, &mut typed, &fields),
        _ => read(&mut typed, "folder").map(|folder| (Place::Directory(folder), Access::Open)),
    };
    if let (Some(name), Some((place, access)), true) = (name, place, typed.is_sound()) {
        let spot = place.clone();
        let draft = Draft { id, name, place, access };
        match rule(places::keep_destination(&room.app, room.member.id, draft).await)? {
            Ok(()) => {
                let said = if places::shares_the_disk(&room.app, &spot) { "place-beside" } else { "place" };
                return Ok(done(&link::desk_backups(), said));
            }
            Err(Refusal::TooMany) => typed.wrong("name", "There are as many places as there may be."),
            Err(Refusal::WithTheData) => typed.wrong(
                "folder",
                "The practice’s own data lie there, and a backup beside them is lost with them. Choose a folder on another disk.",
            ),
            Err(Refusal::Trouble(trouble)) => typed.wrong(blamed(&kind), text::backup_trouble(trouble)),
        }
    }
    let typed = typed.without(&["secret", "password"]);
    let desk = room.desk();
    Ok(Answer::Wrong(match kind.as_str() {
        "s3" => view::fresh(&desk, id, Kind::S3, &typed),
        "sftp" => match typed.value("host_key").parse() {
            Ok(key) => server(&room, id, &key, &typed),
            Err(_) => view::fresh(&desk, id, Kind::Server, &typed),
        },
        _ => view::fresh(&desk, id, Kind::Folder, &typed),
    }))
}

/// The field beside which a trouble is told.
fn blamed(kind: &str) -> &'static str {
    if kind == "s3" { "endpoint" } else { "folder" }
}

fn bucket(typed: &mut Typed, fields: &Fields) -> Option<(Place, Access)> {
    let (endpoint, region) = (read(typed, "endpoint"), read(typed, "region"));
    let (bucket, prefix) = (read(typed, "bucket"), read(typed, "prefix"));
    let access_key: Option<Line> = parse::line(typed, "access_key");
    let ca = if typed.value("ca").is_empty() { Some(None) } else { read(typed, "ca").map(Some) };
    let secret = fields.text("secret").trim().to_owned();
    if secret.is_empty() {
        typed.wrong("secret", "Please type the secret key.");
    }
    let style = if typed.value("style") == "host" { Style::VirtualHost } else { Style::Path };
    let s3 = S3 {
        endpoint: endpoint?,
        region: region?,
        bucket: bucket?,
        prefix: prefix?,
        style,
        access_key: access_key?,
        ca: ca?,
    };
    Some((Place::S3(s3), Access::SecretKey(secret)))
}

fn folder_there(
    room: &Room,
    id: DestinationId,
    typed: &mut Typed,
    fields: &Fields,
) -> Option<(Place, Access)> {
    let (host, port, user) = (read(typed, "host"), port(typed), parse::line(typed, "user"));
    let (folder, host_key) = (read(typed, "folder"), read(typed, "host_key"));
    let (login, access) = if typed.value("login") == "password" {
        let password = fields.text("password").to_owned();
        if password.is_empty() {
            typed.wrong("password", "Please type the password.");
        }
        (Login::Password, Access::Password(password))
    } else {
        (Login::Key(places::public_key(&room.app, id).ok()?), Access::Open)
    };
    let sftp = Sftp { host: host?, port: port?, user: user?, folder: folder?, host_key: host_key?, login };
    Some((Place::Sftp(sftp), access))
}

/// Asks for a backup; the jobs make it.
async fn now(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    let id = named(&id)?;
    room.run(move |room| {
        rule(places::ask_for_one(&room.app, id))?.map_err(|_| Failure::NotFound)?;
        Ok(done(&link::desk_backups(), "asked-backup"))
    })
    .await
}

/// Sends no more there.
async fn remove(Owner(room): Owner, Path(id): Path<String>) -> Result<Answer, Failure> {
    let id = named(&id)?;
    room.run(move |room| {
        rule(places::remove_destination(&room.app, room.member.id, id))?.map_err(|_| Failure::NotFound)?;
        Ok(done(&link::desk_backups(), "removed"))
    })
    .await
}
