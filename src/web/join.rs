//! Accepting an invitation to the practice. Looking at it uses nothing up, as mail scanners open every link.

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::Web;
use super::failure::Failure;
use super::form::Fields;
use super::guard;
use super::practitioner::{parse, rule};
use super::security::NoStore;
use crate::actions::catalog::team::{self, Answer, NotJoined};
use crate::app::App;
use crate::domain::people::invitation::Refusal;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Line;
use crate::domain::time::Zone;
use crate::store::catalog;
use crate::views::link::{self, route};
use crate::views::typed::Typed;
use crate::views::{join as view, text};

/// The routes of this file.
pub fn routes() -> Router<Web> {
    Router::new().route(route::JOIN, get(page).post(join))
}

fn practice(app: &App) -> Result<Line, Failure> {
    Ok(catalog::practice::find(&app.store.read()?)?.ok_or(Failure::NotFound)?.name)
}

fn answer(status: StatusCode, page: maud::Markup) -> Response {
    let mut response = (status, page).into_response();
    response.extensions_mut().insert(NoStore);
    response
}

fn dead(app: &App, refusal: Refusal) -> Result<Response, Failure> {
    Ok(answer(StatusCode::GONE, view::dead(&practice(app)?, &text::invitation(refusal))))
}

fn form(app: &App, member: &Practitioner, token: &str, typed: &Typed) -> Result<maud::Markup, Failure> {
    Ok(view::page(&practice(app)?, member, token, typed, &Zone::names()))
}

async fn page(State(web): State<Web>, Path(token): Path<String>) -> Result<Response, Failure> {
    web.app
        .run(move |app| match rule(team::look_at(app, &token))? {
            Ok(member) => Ok(answer(StatusCode::OK, form(app, &member, &token, &view::typed(&member))?)),
            Err(refusal) => dead(app, refusal),
        })
        .await
}

/// What was typed, but for the password.
fn read(member: &Practitioner, typed: &mut Typed) -> Option<(Line, crate::domain::text::Slug, Zone)> {
    let name = parse::line(typed, "name");
    if !member.role.gives_sessions() {
        return Some((name?, member.slug.clone(), member.zone.clone()));
    }
    let slug = parse::slug(typed, "slug", name.as_ref());
    let zone = parse::zone(typed, "tz");
    Some((name?, slug?, zone?))
}

async fn join(
    State(web): State<Web>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let looked = token.clone();
    let member = match web.app.run(move |app| rule(team::look_at(app, &looked))).await? {
        Ok(member) => member,
        Err(refusal) => return web.app.run(move |app| dead(app, refusal)).await,
    };
    let mut typed = fields.typed();
    let name = typed.value("name").to_owned();
    let password = parse::password(&mut typed, "password", &[&name, member.email.as_str()]);
    typed.set("password", "");
    let read = read(&member, &mut typed);
    let (Some(password), Some((name, slug, zone))) = (password, read) else {
        return web
            .app
            .run(move |app| Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, form(app, &member, &token, &typed)?)))
            .await;
    };
    let password = web.app.passwords.hash(&password).await;
    let onwards = if member.role.gives_sessions() { link::setup_step(2) } else { link::desk() };
    let app = web.app.clone();
    web.app
        .run(move |_| match rule(team::accept(&app, &token, Answer { name, slug, zone, password }))? {
            Ok(opened) => Ok(guard::set(&app, opened.who, &opened.cookie, Redirect::to(&onwards))),
            Err(NotJoined::Dead(refusal)) => dead(&app, refusal),
            Err(NotJoined::SlugTaken) => {
                typed.wrong(
                    "slug",
                    "This address is taken, or kept for the program’s own pages. Please choose another.",
                );
                Ok(answer(StatusCode::UNPROCESSABLE_ENTITY, form(&app, &member, &token, &typed)?))
            }
        })
        .await
}
