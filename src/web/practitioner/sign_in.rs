//! Signing in to the desk: by password, or by a link to the practitioner's address.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};

use super::rule;
use crate::actions::people::login::{self, Door, Entered};
use crate::actions::people::{passkey, second as factor};
use crate::app::Post;
use crate::domain::email::EmailAddress;
use crate::domain::id::PractitionerId;
use crate::domain::people::second::Refusal;
use crate::domain::time::hours;
use crate::store::catalog;
use crate::views::link::{self, route};
use crate::views::practitioner::sign_in::{Word, page as view, second as second_view};
use crate::views::text;
use crate::views::typed::Typed;
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::{self, Perhaps};
use crate::web::limit::{Key, Rate};
use crate::web::security::SIGN_IN_BYTES;
use crate::web::setting::post_of;

/// The doors of the desk, which are open to anybody.
pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(route::DESK_SIGN_IN, get(page).post(password))
        .route(route::DESK_SIGN_IN_LINK, post(link))
        .route(route::DESK_SIGN_IN_SECOND, get(second).post(enter))
        .layer(DefaultBodyLimit::max(SIGN_IN_BYTES))
}

/// Tries from one place, and tries at one account.
const FROM_ONE_PLACE: Rate = Rate { burst: 30, per: hours(1) };
const AT_ONE_ACCOUNT: Rate = Rate { burst: 10, per: hours(1) };

/// Whether `what` may be tried now, from here and at this account.
pub(super) fn allowed(web: &Web, what: &str, (from, account): (Option<Extension<ClientAddr>>, &str)) -> bool {
    let now = web.app.clock.now();
    allowed_from(web, what, from) && web.limit.allow(Key::account(what, account), AT_ONE_ACCOUNT, now).is_ok()
}

/// The same by the place alone, where no account is named.
pub(super) fn allowed_from(web: &Web, what: &str, from: Option<Extension<ClientAddr>>) -> bool {
    let now = web.app.clock.now();
    from.is_none_or(|Extension(ClientAddr(address))| {
        web.limit.allow(Key::address(what, address), FROM_ONE_PLACE, now).is_ok()
    })
}

pub(super) async fn answer(
    web: &Web,
    status: StatusCode,
    word: Word,
    typed: Typed,
) -> Result<Response, Failure> {
    let page = web
        .app
        .run(move |app| -> Result<_, Failure> {
            let practice = catalog::practice::find(&app.store.read()?)?;
            let site = passkey::site_name(app);
            let name = practice.as_ref().map_or("Fiddlehead", |practice| practice.name.as_str());
            Ok(view(
                name,
                crate::domain::catalog::brand::Accent::FERN,
                (word, post_of(app), site.as_deref()),
                &typed,
            ))
        })
        .await?;
    Ok((status, page).into_response())
}

/// The page; somebody who is signed in goes on.
async fn page(
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
pub(super) fn next(asked: Option<&str>) -> String {
    let to = link::safe_next(asked);
    let ours = to == link::desk() || to.starts_with(&format!("{}/", link::desk()));
    if ours { to } else { link::desk() }
}

/// What the page shows again of a form: the two fields that it has besides the password, whatever else a stranger sent.
fn shown_again(fields: &Fields) -> Typed {
    Typed::default().with("email", fields.text("email")).with("next", fields.text("next"))
}

/// Whether a password may be tried now. A browser from which she has signed in before has tries of its own: strangers who use up those
/// of her account do not keep her out of it, which without mail would be for as long as they like.
async fn may_try(
    web: &Web,
    headers: &HeaderMap,
    (from, typed): (Option<Extension<ClientAddr>>, &str),
) -> Result<bool, Failure> {
    if let Ok(email) = typed.trim().parse::<EmailAddress>()
        && let Some(browser) = guard::known_of(web, headers, email.clone()).await?
    {
        return Ok(allowed(web, "desk-known", (from, &format!("{} {browser}", email.key()))));
    }
    Ok(allowed(web, "desk", (from, typed)))
}

/// Signs in by password.
async fn password(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    if !may_try(&web, &headers, (from, fields.text("email"))).await? {
        return answer(&web, StatusCode::TOO_MANY_REQUESTS, Word::TooMany, shown_again(&fields)).await;
    }
    let Ok(email) = fields.text("email").trim().parse::<EmailAddress>() else {
        return answer(&web, StatusCode::UNPROCESSABLE_ENTITY, Word::Refused, shown_again(&fields)).await;
    };
    let opened = login::with_password(&web.app, email, fields.text("password").to_owned(), Door::Desk).await;
    match rule(opened)? {
        Ok(Entered::In(opened)) => {
            let onwards = Redirect::to(&next(fields.some("next")));
            Ok(guard::set(&web.app, opened.who, &opened.cookie, onwards))
        }
        Ok(Entered::Halfway(cookie)) => {
            let onwards = link::then(&link::desk_sign_in_second(), &next(fields.some("next")));
            Ok(guard::set_halfway(&web.app, &cookie, Redirect::to(&onwards)))
        }
        Err(_) => {
            web.app.machine.figures.sign_in_refused();
            answer(&web, StatusCode::UNPROCESSABLE_ENTITY, Word::Refused, shown_again(&fields)).await
        }
    }
}

/// Sends a link, if the address is a practitioner's; says the same if it is not.
async fn link(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let typed = shown_again(&fields);
    drop(fields);
    if !allowed(&web, "desk-link", (from, typed.value("email"))) {
        return answer(&web, StatusCode::TOO_MANY_REQUESTS, Word::TooMany, typed).await;
    }
    if matches!(*web.app.post(), Post::None) {
        return answer(&web, StatusCode::OK, Word::LinkOnConsole, typed).await;
    }
    if let Ok(email) = typed.value("email").trim().parse::<EmailAddress>() {
        if web.may_mail(&email).is_err() {
            return answer(&web, StatusCode::TOO_MANY_REQUESTS, Word::TooMany, typed).await;
        }
        web.app.run(move |app| login::ask_for_link(app, &email, Door::Desk)).await?;
    }
    answer(&web, StatusCode::OK, Word::LinkSent, typed).await
}

/// Where the first step has to be done again.
fn begin_again(next: &str) -> Response {
    Redirect::to(&link::then(&link::desk_sign_in(), next)).into_response()
}

async fn ask(web: &Web, status: StatusCode, typed: Typed) -> Result<Response, Failure> {
    let page = web
        .app
        .run(move |app| -> Result<_, Failure> {
            let practice = catalog::practice::find(&app.store.read()?)?;
            let site = passkey::site_name(app);
            let name = practice.as_ref().map_or("Fiddlehead", |practice| practice.name.as_str());
            Ok(second_view(
                name,
                crate::domain::catalog::brand::Accent::FERN,
                (post_of(app), site.as_deref()),
                &typed,
            ))
        })
        .await?;
    Ok((status, page).into_response())
}

/// The question for the second factor, for whoever did the first step here.
async fn second(State(web): State<Web>, headers: HeaderMap, fields: Fields) -> Result<Response, Failure> {
    let cookie = guard::halfway(&web.app, &headers);
    match web.app.run(move |app| rule(factor::waiting(app, &cookie))).await? {
        Ok(_) => ask(&web, StatusCode::OK, fields.typed()).await,
        Err(_) => Ok(begin_again(&next(fields.some("next")))),
    }
}

/// Signs in by the second factor.
async fn enter(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let cookie = guard::halfway(&web.app, &headers);
    let onwards = next(fields.some("next"));
    let mut typed = fields.typed();
    let code = typed.value("code").to_owned();
    typed.set("code", "");
    let looked = cookie.clone();
    let Ok(member) = web.app.run(move |app| rule(factor::waiting(app, &looked))).await? else {
        return Ok(begin_again(&onwards));
    };
    if !allowed(&web, "second", (from, &member.to_string())) {
        typed.wrong("code", "Too many tries. Please wait a quarter of an hour.");
        return ask(&web, StatusCode::TOO_MANY_REQUESTS, typed).await;
    }
    match web.app.run(move |app| rule(factor::enter(app, &cookie, &code))).await? {
        Ok(opened) => Ok(guard::set_after_both(&web.app, &opened, Redirect::to(&onwards))),
        Err(refusal @ Refusal::Wrong) => {
            typed.wrong("code", text::second(refusal));
            ask(&web, StatusCode::UNPROCESSABLE_ENTITY, typed).await
        }
        Err(Refusal::BeginAgain | Refusal::NotSetUp) => Ok(begin_again(&onwards)),
    }
}
