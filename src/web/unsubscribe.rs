//! Ending one kind of nudge by the link in a mail, without signing in: a page with a button, and what the button or a
//! mail program's one click does (RFC 8058).

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;

use super::Web;
use super::failure::Failure;
use super::setting::{Answer, Setting, draw};
use crate::actions::unsubscribe;
use crate::domain::messages::nudge::Wish;
use crate::views::link::route;
use crate::views::unsubscribe as view;

/// The routes of this file.
pub fn routes() -> Router<Web> {
    Router::new().route(route::UNSUBSCRIBE, get(ask).post(stop))
}

async fn ask(State(web): State<Web>, Path(token): Path<String>) -> Result<Answer, Failure> {
    draw(&web, move |app, read| {
        let (_, kind) = unsubscribe::read(app, &token).map_err(|_| Failure::NotFound)?;
        let setting = Setting::read(app, read, None, None)?;
        Ok(Answer::page(view::ask(&setting.around(), &token, kind)))
    })
    .await
}

/// Answers with the page itself: a mail program's one click follows no redirect.
async fn stop(State(web): State<Web>, Path(token): Path<String>) -> Result<Answer, Failure> {
    let kind = web
        .app
        .run(move |app| {
            let (client, kind) = unsubscribe::read(app, &token).map_err(|_| Failure::NotFound)?;
            unsubscribe::wish(app, client, kind, Wish::OptedOut)?;
            Ok::<_, Failure>(kind)
        })
        .await?;
    draw(&web, move |app, read| {
        let setting = Setting::read(app, read, None, None)?;
        Ok(Answer::page(view::done(&setting.around(), kind)))
    })
    .await
}
