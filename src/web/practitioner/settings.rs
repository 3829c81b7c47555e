//! Settings: storefront and account, pictures, practice, password.

use axum::body::Bytes;
use axum::extract::multipart::Multipart;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::post;
use axum::{Extension, Router};
use maud::Markup;

use super::security::may_try;
use super::{Answer, Owner, Room, done, parse, rule};
use crate::actions::Error;
use crate::actions::calendar::availability;
use crate::actions::catalog::{practice as practice_action, setup as setup_action};
use crate::actions::people::practitioner::{self as account, Account};
use crate::app::{App, Post};
use crate::domain::catalog::practice::Practice;
use crate::domain::catalog::storefront::{AtPractice, Storefront};
use crate::domain::id::PractitionerId;
use crate::domain::people::login::{OldPassword, Proof};
use crate::domain::text::Line;
use crate::domain::time::Zone;
use crate::store::View;
use crate::store::catalog::storefront::{Picture, picture};
use crate::views::practitioner::settings::{self as view, Readiness, Settings};
use crate::views::typed::Typed;
use crate::views::{asset, link, text};
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;

/// The most bytes of a form with two pictures; one picture has 8 MB (platform::picture).
const ROOM_FOR_PICTURES: usize = 17 * 1024 * 1024;

/// The most facts on a storefront.
const MOST_FACTS: usize = 8;

/// The one route that takes large bodies.
pub(super) fn pictures_route() -> Router<Web> {
    Router::new()
        .route(link::route::DESK_SETTINGS_PICTURES, post(pictures))
        .layer(DefaultBodyLimit::max(ROOM_FOR_PICTURES))
}

/// The forms of the page; those that were not sent stand as they are kept.
#[derive(Default)]
struct Forms {
    storefront: Option<Typed>,
    pictures: Typed,
    practice: Option<Typed>,
    password: Typed,
}

/// Whether payment online and mail are set up.
pub(in crate::web) fn readiness(app: &App, whose: PractitionerId) -> (Readiness, Readiness) {
    let ready = |is| if is { Readiness::Ready } else { Readiness::Missing };
    (ready(app.cashier_of(whose).is_some()), ready(matches!(*app.post(), Post::Office { .. })))
}

fn draw(room: &Room, read: &View, forms: &Forms) -> Result<Markup, Failure> {
    let url = |which, name| -> Result<Option<String>, Failure> {
        let bytes = picture(read, room.id(), which)?;
        Ok(bytes.map(|bytes| link::picture(&room.who.slug, name, &asset::hash(&bytes))))
    };
    let (portrait, cover) = (url(Picture::Portrait, "portrait")?, url(Picture::Cover, "cover")?);
    let storefront =
        forms.storefront.clone().unwrap_or_else(|| view::typed_storefront(&room.storefront, &room.who));
    let practice = forms.practice.clone().unwrap_or_else(|| view::typed_practice(&room.practice));
    let (online, mail) = readiness(&room.app, room.id());
    let zones = Zone::names();
    Ok(view::page(
        &room.desk(),
        &Settings {
            storefront: &storefront,
            pictures: &forms.pictures,
            practice: &practice,
            password: &forms.password,
            old_password: room.old_password,
            portrait: portrait.as_deref(),
            cover: cover.as_deref(),
            zones: &zones,
            currency: room.practice.currency,
            online,
            mail,
        },
    ))
}

fn wrong(room: &Room, forms: &Forms) -> Result<Answer, Failure> {
    Ok(Answer::Wrong(draw(room, &room.app.store.read()?, forms)?))
}

/// The page.
pub async fn page(room: Room) -> Result<Answer, Failure> {
    room.show(|room, read| draw(room, read, &Forms::default())).await
}

/// Keeps the storefront's words and colour, and her name, address and zone.
pub async fn storefront(room: Room, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        let storefront = read_storefront(room, &mut typed);
        let name = parse::line(&mut typed, "name");
        let slug = parse::slug(&mut typed, "slug", name.as_ref());
        let zone = parse::zone(&mut typed, "tz");
        if let (Some(storefront), Some(name), Some(slug), Some(zone), true) =
            (storefront, name, slug, zone, typed.is_sound())
        {
            let account = Account { name, slug, zone: zone.clone(), email: room.who.email.clone() };
            match rule(account::save(&room.app, room.id(), account))? {
                Ok(()) => {
                    practice_action::save_storefront(&room.app, storefront)?;
                    availability::move_to(&room.app, room.id(), zone)?;
                    return Ok(done(&link::desk_settings(), "saved"));
                }
                Err(refusal) => account_wrong(&mut typed, refusal)?,
            }
        }
        wrong(room, &Forms { storefront: Some(typed), ..Forms::default() })
    })
    .await
}

/// Says why an account was not kept, beside its field.
pub(in crate::web) fn account_wrong(typed: &mut Typed, refusal: account::Refusal) -> Result<(), Failure> {
    match refusal {
        account::Refusal::NotThere => return Err(Failure::NotFound),
        account::Refusal::SlugTaken => {
            typed.wrong(
                "slug",
                "This address is taken, or kept for the program’s own pages. Please choose another.",
            );
        }
        account::Refusal::EmailTaken => {
            typed.wrong("email", "Another practitioner signs in with this address.");
        }
    }
    Ok(())
}

fn read_storefront(room: &Room, typed: &mut Typed) -> Option<Storefront> {
    let accent = parse::accent(typed);
    let profession = parse::line_or_none(typed, "profession");
    let tagline = parse::line_or_none(typed, "tagline");
    let field = parse::line_or_none(typed, "field");
    let place = parse::line_or_none(typed, "place");
    let about = parse::paragraph(typed, "about");
    let facts = typed.value("facts").lines().map(str::trim).filter(|fact| !fact.is_empty());
    let facts = facts.map(str::parse).collect::<Result<Vec<Line>, _>>();
    let facts = match facts {
        Ok(facts) if facts.len() > MOST_FACTS => {
            typed.wrong("facts", "Up to eight facts fit beside your picture.");
            return None;
        }
        Ok(facts) => facts,
        Err(why) => {
            typed.wrong("facts", text::text(why));
            return None;
        }
    };
    let offered = typed.value("at-practice") == "yes";
    let at_practice = if offered { AtPractice::Offered } else { AtPractice::NotOffered };
    let currency = typed.read_optional("currency", |typed| typed.parse().map_err(text::money));
    let practitioner = room.id();
    Some(Storefront {
        practitioner,
        accent: accent?,
        profession,
        field,
        tagline,
        about: about?,
        facts,
        place,
        at_practice,
        currency,
    })
}

/// Keeps the practice's particulars; only the owner may.
pub async fn practice(Owner(room): Owner, fields: Fields) -> Result<Answer, Failure> {
    room.run(move |room| {
        let mut typed = fields.typed();
        match read_practice(&mut typed) {
            Some(practice) => {
                practice_action::change(&room.app, room.member.id, practice)?;
                Ok(done(&link::desk_settings(), "saved"))
            }
            None => wrong(room, &Forms { practice: Some(typed), ..Forms::default() }),
        }
    })
    .await
}

fn read_practice(typed: &mut Typed) -> Option<Practice> {
    let name = parse::line(typed, "name");
    let email = parse::email(typed, "email");
    let [address, about, notice, terms] =
        ["address", "about", "notice", "terms"].map(|name| parse::paragraph(typed, name));
    let currency = typed.read("currency", |typed| typed.parse().map_err(text::money));
    let zone = parse::zone(typed, "zone");
    Some(Practice {
        name: name?,
        address: address?,
        email: email?,
        about: about?,
        notice: notice?,
        terms: terms?,
        currency: currency?,
        zone: zone?,
    })
}

/// What a form with pictures holds.
#[derive(Default)]
struct Sent {
    files: Vec<(Picture, &'static str, Bytes)>,
    remove: Option<Picture>,
}

/// Reads the parts that the form has; a part that is too large, or breaks off, is none of ours.
async fn read_parts(mut form: Multipart) -> Result<Sent, Failure> {
    let mut sent = Sent::default();
    while let Some(part) = form.next_field().await.map_err(unread)? {
        let which = match part.name() {
            Some("portrait") => (Picture::Portrait, "portrait"),
            Some("cover") => (Picture::Cover, "cover"),
            Some("remove") => {
                sent.remove = match part.text().await.map_err(unread)?.as_str() {
                    "portrait" => Some(Picture::Portrait),
                    "cover" => Some(Picture::Cover),
                    _ => None,
                };
                continue;
            }
            _ => continue,
        };
        let bytes = part.bytes().await.map_err(unread)?;
        if !bytes.is_empty() {
            sent.files.push((which.0, which.1, bytes));
        }
    }
    Ok(sent)
}

fn unread(error: axum::extract::multipart::MultipartError) -> Failure {
    Failure::of_status(error.status(), "")
}

/// Takes pictures, or takes one away.
async fn pictures(room: Room, form: Multipart) -> Result<Answer, Failure> {
    let sent = read_parts(form).await?;
    room.run(move |room| {
        let mut typed = Typed::default();
        if let Some(which) = sent.remove {
            practice_action::save_picture(&room.app, room.id(), which, None)?;
        }
        for (which, name, file) in &sent.files {
            match setup_action::take_picture(&room.app, room.id(), *which, file) {
                Ok(()) => {}
                Err(Error::Refused(why)) => typed.wrong(*name, picture_words(&why.to_string())),
                Err(Error::Failed(fault)) => return Err(fault.into()),
            }
        }
        if typed.is_sound() {
            Ok(done(&link::desk_settings(), "saved"))
        } else {
            wrong(room, &Forms { pictures: typed, ..Forms::default() })
        }
    })
    .await
}

/// "This file is more than 8 MB. Please choose another picture."
fn picture_words(why: &str) -> String {
    format!("This file is {why}. Please choose another picture.")
}

/// Changes her password.
pub async fn password(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    room: Room,
    fields: Fields,
) -> Result<Answer, Failure> {
    may_try(&web, &room, from)?;
    match change_password(&room, fields).await? {
        Ok(()) => Ok(done(&link::desk_settings(), "password")),
        Err(password) => room.run(move |room| wrong(room, &Forms { password, ..Forms::default() })).await,
    }
}

/// Changes the password of a member who knows the old one, or has come by a link as she has forgotten it; otherwise gives the
/// form back, with what is wrong.
pub(super) async fn change_password(room: &Room, fields: Fields) -> Result<Result<(), Typed>, Failure> {
    let mut typed = fields.typed();
    ask_password(room, &mut typed).await;
    let about = [room.member.name.as_str(), room.member.email.as_str(), room.practice.name.as_str()];
    let new = parse::password(&mut typed, "new", &about);
    if let (Some(new), true) = (new, typed.is_sound()) {
        account::change_password(&room.app, room.member.id, new, room.cookie.clone()).await?;
        return Ok(Ok(()));
    }
    Ok(Err(typed))
}

/// Asks for the password of whoever sits there, in the field `old`, unless she has none or has come by a link as she has
/// forgotten it.
pub(super) async fn ask_password(room: &Room, typed: &mut Typed) {
    if room.member.password.is_none() && room.proof == Proof::Stale {
        typed.wrong("new", "Please sign in again by a link first, and choose the password then.");
    }
    let kept = room.member.password.as_deref().filter(|_| room.old_password == OldPassword::Asked);
    if kept.is_some() && !room.app.passwords.verify(typed.value("old"), kept).await {
        typed.wrong("old", "That is not your password.");
    }
}
