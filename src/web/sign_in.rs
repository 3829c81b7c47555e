//! Clients' sign-in: by a link, by the code beside it, by password; the link's own page; signing out. No answer tells
//! whether an address is known.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::Web;
use super::client_addr::ClientAddr;
use super::failure::Failure;
use super::form::Fields;
use super::guard::{self, Perhaps};
use super::limit::{Key, Rate};
use super::security::SIGN_IN_BYTES;
use super::setting::{Answer, Setting, draw, post_of};
use crate::actions::Error;
use crate::actions::billing::settle;
use crate::actions::people::login::{self, Door, Entered};
use crate::app::Fault;
use crate::domain::email::EmailAddress;
use crate::domain::id::ClientId;
use crate::domain::people::login::{Person, Refusal};
use crate::domain::time::minutes;
use crate::views::around::Around;
use crate::views::link::{self, route};
use crate::views::post::Post;
use crate::views::sign_in::{self as view, SignIn};
use crate::views::text;

/// How many tries to sign in one address has: a family, an office.
const FROM_ONE_PLACE: Rate = Rate { burst: 20, per: minutes(10) };
/// How many one account has, known or not.
const FOR_ONE_ACCOUNT: Rate = Rate { burst: 6, per: minutes(10) };

/// The routes of this file.
pub fn routes() -> Router<Web> {
    Router::new()
        .route(route::SIGN_IN, get(form).post(ask))
        .route(route::SIGN_IN_SENT, get(sent))
        .route(route::SIGN_IN_CODE, post(code))
        .route(route::SIGN_IN_PASSWORD, post(password))
        .route(route::SIGN_IN_LINK, get(link_page).post(use_link))
        .route(route::SIGN_OUT, get(signed_out).post(sign_out))
        .layer(DefaultBodyLimit::max(SIGN_IN_BYTES))
}

/// Where to go after signing in: kept only if it is an address of ours.
fn next(fields: &Fields) -> String {
    fields.some("next").map_or_else(String::new, |next| link::safe_next(Some(next)))
}

/// Draws a page of this wing for nobody in particular.
async fn page(
    web: &Web,
    status: StatusCode,
    draw_it: impl FnOnce(&Around<'_>) -> maud::Markup + Send + 'static,
) -> Result<Response, Failure> {
    draw(web, move |app, read| {
        let setting = Setting::read(app, read, None, None)?;
        Ok(Answer(status, draw_it(&setting.around())).into_response())
    })
    .await
}

async fn form(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    fields: Fields,
) -> Result<Response, Failure> {
    let next = next(&fields);
    if client.is_some() {
        return Ok(Redirect::to(&link::safe_next(Some(&next))).into_response());
    }
    page(&web, StatusCode::OK, move |around| {
        view::sign_in(around, &SignIn { next: &next, ..SignIn::default() })
    })
    .await
}

/// Whether this way in may be tried now, from here and for this account. Each way is counted for itself, so that whoever tries an
/// account's password or code all day keeps nobody from her link.
fn allowed(
    web: &Web,
    way: &str,
    (from, account): (Option<Extension<ClientAddr>>, &str),
) -> Result<(), Failure> {
    let now = web.app.clock.now();
    let by_place = from.map_or(Ok(()), |Extension(ClientAddr(address))| {
        web.limit.allow(Key::address("sign-in", address), FROM_ONE_PLACE, now)
    });
    let by_account = || web.limit.allow(Key::account(way, account), FOR_ONE_ACCOUNT, now);
    by_place.and_then(|()| by_account()).map_err(|wait| Failure::TooMany(wait.0))
}

/// The address that was typed, or the page again with what is wrong with it.
async fn address(web: &Web, fields: &Fields) -> Result<Result<EmailAddress, Response>, Failure> {
    let typed = fields.text("email").to_owned();
    match typed.parse::<EmailAddress>() {
        Ok(email) => Ok(Ok(email)),
        Err(why) => {
            let next = next(fields);
            let again = page(web, StatusCode::UNPROCESSABLE_ENTITY, move |around| {
                let form = SignIn {
                    email: &typed,
                    email_wrong: Some(text::address(why)),
                    next: &next,
                    ..SignIn::default()
                };
                view::sign_in(around, &form)
            });
            Ok(Err(again.await?))
        }
    }
}

async fn ask(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let email = match address(&web, &fields).await? {
        Ok(email) => email,
        Err(again) => return Ok(again),
    };
    allowed(&web, "sign-in-link", (from, &email.to_string()))?;
    if post_of(&web.app) == Post::HandedOver {
        let next = next(&fields);
        return page(&web, StatusCode::OK, move |around| {
            view::sign_in(around, &SignIn { email: &email.to_string(), next: &next, ..SignIn::default() })
        })
        .await;
    }
    web.may_mail(&email)?;
    let to = link::sign_in_sent_to(&email, &next(&fields));
    web.app.run(move |app| -> Result<(), Fault> { login::ask_for_link(app, &email, Door::Client) }).await?;
    Ok(Redirect::to(&to).into_response())
}

async fn sent(State(web): State<Web>, fields: Fields) -> Result<Response, Failure> {
    let next = next(&fields);
    let email = fields.read::<EmailAddress>("email").filter(|_| post_of(&web.app) == Post::Goes);
    let Some(email) = email else {
        return Ok(Redirect::to(&link::sign_in()).into_response());
    };
    page(&web, StatusCode::OK, move |around| view::sent(around, &email, &next, None)).await
}

/// A browser that was signed in: its cookie, what its address proves, and on to where it was going.
async fn welcome(web: &Web, entered: Entered, next: &str) -> Result<Response, Failure> {
    let opened = match entered {
        Entered::In(opened) => opened,
        Entered::Halfway(cookie) => {
            let onwards = Redirect::to(&link::desk_sign_in_second());
            return Ok(guard::set_halfway(&web.app, &cookie, onwards));
        }
    };
    let to = match opened.who {
        Person::Client(id) => {
            web.app.run(move |app| settle::proven(app, id)).await?;
            if next.is_empty() { link::me() } else { link::safe_next(Some(next)) }
        }
        Person::Practitioner(_) => link::desk(),
    };
    Ok(guard::set(&web.app, opened.who, &opened.cookie, Redirect::to(&to)))
}

async fn code(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let email = match address(&web, &fields).await? {
        Ok(email) => email,
        Err(again) => return Ok(again),
    };
    allowed(&web, "sign-in-code", (from, &email.to_string()))?;
    let (typed, to) = (fields.text("code").to_owned(), email.clone());
    match web.app.run(move |app| login::use_code(app, &to, &typed, Door::Client)).await {
        Ok(opened) => welcome(&web, opened, &next(&fields)).await,
        Err(Error::Failed(fault)) => Err(fault.into()),
        // Why the code does not fit would tell whether the address is known: it is said alike for all reasons.
        Err(Error::Refused(_)) => {
            web.app.machine.figures.sign_in_refused();
            let next = next(&fields);
            page(&web, StatusCode::UNPROCESSABLE_ENTITY, move |around| {
                let wrong = around.post.says(
                    "That code does not fit. Look for the newest email, or ask for another link.",
                    "That code does not fit. Each works once, for a short while; ask at the practice for another.",
                );
                match around.post {
                    Post::Goes => view::sent(around, &email, &next, Some(wrong)),
                    Post::HandedOver => {
                        let email = email.to_string();
                        let form = SignIn { email: &email, code_wrong: Some(wrong), next: &next, ..SignIn::default() };
                        view::sign_in(around, &form)
                    }
                }
            })
            .await
        }
    }
}

async fn password(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    fields: Fields,
) -> Result<Response, Failure> {
    let email = match address(&web, &fields).await? {
        Ok(email) => email,
        Err(again) => return Ok(again),
    };
    allowed(&web, "sign-in-password", (from, &email.to_string()))?;
    let typed = fields.text("password").to_owned();
    match login::with_password(&web.app, email.clone(), typed, Door::Client).await {
        Ok(opened) => welcome(&web, opened, &next(&fields)).await,
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(_)) => {
            web.app.machine.figures.sign_in_refused();
            let (next, email) = (next(&fields), email.to_string());
            page(&web, StatusCode::UNPROCESSABLE_ENTITY, move |around| {
                let wrong = around.post.says(
                    "That email and password do not fit together. A link by email always works.",
                    "That email and password do not fit together. A link from the practice always works.",
                );
                let form =
                    SignIn { email: &email, password_wrong: Some(wrong), next: &next, ..SignIn::default() };
                view::sign_in(around, &form)
            })
            .await
        }
    }
}

/// The page behind the link of a mail. Looking uses nothing up, as mail scanners open every link.
async fn link_page(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let (looked_at, next) = (token.clone(), next(&fields));
    match web.app.run(move |app| login::look_at_link(app, &looked_at)).await {
        Ok(_) => page(&web, StatusCode::OK, move |around| view::link_page(around, &token, &next)).await,
        Err(Error::Failed(fault)) => Err(fault.into()),
        Err(Error::Refused(_)) if client.is_some() => Ok(Redirect::to(&link::me()).into_response()),
        Err(Error::Refused(refusal)) => refused(&web, refusal).await,
    }
}

async fn refused(web: &Web, refusal: Refusal) -> Result<Response, Failure> {
    page(web, StatusCode::GONE, move |around| view::refused(around, refusal)).await
}

async fn use_link(
    State(web): State<Web>,
    Perhaps(client): Perhaps<ClientId>,
    Path(token): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    match web.app.run(move |app| login::use_link(app, &token)).await {
        Ok(opened) => welcome(&web, opened, &next(&fields)).await,
        Err(Error::Failed(fault)) => Err(fault.into()),
        // Sent twice: the first one has signed this browser in.
        Err(Error::Refused(Refusal::Used)) if client.is_some() => {
            Ok(Redirect::to(&link::safe_next(Some(&next(&fields)))).into_response())
        }
        Err(Error::Refused(refusal)) => refused(&web, refusal).await,
    }
}

async fn sign_out(State(web): State<Web>, headers: HeaderMap) -> Result<Response, Failure> {
    let tokens = guard::tokens(&web.app, &headers);
    web.app
        .run(move |app| -> Result<(), Fault> {
            tokens.iter().try_for_each(|token| login::sign_out(app, token))
        })
        .await?;
    Ok(guard::forget(&web.app, Redirect::to(&link::sign_out())))
}

async fn signed_out(State(web): State<Web>, Perhaps(client): Perhaps<ClientId>) -> Result<Response, Failure> {
    if client.is_some() {
        return Ok(Redirect::to(&link::profile()).into_response());
    }
    page(&web, StatusCode::OK, view::signed_out).await
}
