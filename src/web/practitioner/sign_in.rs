//! Signing in to the desk: by password, or by a link to the practitioner's address.

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::rule;
use crate::actions::people::login::{self, Door};
use crate::app::Post;
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::time::hours;
use crate::store::catalog;
use crate::views::link;
use crate::views::practitioner::sign_in::{Word, page as view};
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::{self, Perhaps};
use crate::web::limit::{Key, Rate};
use crate::web::setting::post_of;

/// Tries from one place, and tries at one account.
const FROM_ONE_PLACE: Rate = Rate { burst: 30, per: hours(1) };
const AT_ONE_ACCOUNT: Rate = Rate { burst: 10, per: hours(1) };

fn allowed(web: &Web, from: Option<Extension<ClientAddr>>, account: &str) -> bool {
    let now = web.app.clock.now();
    let place = from.is_none_or(|Extension(ClientAddr(address))| {
        web.limit.allow(Key::address("desk", address), FROM_ONE_PLACE, now).is_ok()
    });
    place && web.limit.allow(Key::account("desk", account), AT_ONE_ACCOUNT, now).is_ok()
}

async fn answer(web: &Web, status: StatusCode, word: Word, typed: Typed) -> Result<Response, Failure> {
    let page = web
        .app
        .run(move |app| -> Result<_, Failure> {
            let practice = catalog::practice::find(&app.store.read()?)?;
            let name = practice.as_ref().map_or("Fiddlehead", |practice| practice.name.as_str());
            Ok(view(name, crate::domain::catalog::brand::Accent::FERN, (word, post_of(app)), &typed))
        })
        .await?;
    Ok((status, page).into_response())
}

/// The page; somebody who is signed in goes on.
pub async fn page(
    State(web): State<Web>,
    Perhaps(who): Perhaps<PractitionerId>,
    fields: Fields,
) -> Result<Response, Failure> {
    if who.is_some() {
        return Ok(Redirect::to(&next(fields.some("next"))).into_response());
    }
    answer(&web, StatusCode::OK, Word::None, fields.typed()).await
}

/// An address of the desk to go on to; the desk itself for any other.
fn next(asked: Option<&str>) -> String {
    let to = link::safe_next(asked);
    let ours = to == link::desk() || to.starts_with(&format!("{}/", link::desk()));
    if ours { to } else { link::desk() }
}

/// Signs in by password.
pub async fn password(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut typed = fields.typed();
    typed.set("password", "");
    if !allowed(&web, from, typed.value("email")) {
        return answer(&web, StatusCode::TOO_MANY_REQUESTS, Word::TooMany, typed).await;
    }
    let Ok(email) = typed.value("email").trim().parse::<EmailAddress>() else {
        return answer(&web, StatusCode::UNPROCESSABLE_ENTITY, Word::Refused, typed).await;
    };
    let opened = login::with_password(&web.app, email, fields.text("password").to_owned(), Door::Desk).await;
    match rule(opened)? {
        Ok(opened) => {
            let onwards = Redirect::to(&next(fields.some("next")));
            Ok(guard::set(&web.app, opened.who, &opened.cookie, onwards))
        }
        Err(_) => {
            web.app.machine.figures.sign_in_refused();
            answer(&web, StatusCode::UNPROCESSABLE_ENTITY, Word::Refused, typed).await
        }
    }
}

/// Sends a link, if the address is a practitioner's; says the same if it is not.
pub async fn link(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = fields.typed();
    if !allowed(&web, from, typed.value("email")) {
        return answer(&web, StatusCode::TOO_MANY_REQUESTS, Word::TooMany, typed).await;
    }
    if matches!(web.app.post, Post::None) {
        return answer(&web, StatusCode::OK, Word::LinkOnConsole, typed).await;
    }
    if let Ok(email) = typed.value("email").trim().parse::<EmailAddress>() {
        web.app.run(move |app| login::ask_for_link(app, &email, Door::Desk)).await?;
    }
    answer(&web, StatusCode::OK, Word::LinkSent, typed).await
}
