//! Proving anew who sits there, before what is grave. What is grave stands in one list; a form that was sent meanwhile is held on
//! the page that asks, and goes on with the answer, so that nobody types anything twice.

use axum::Extension;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::room::{Counter, Room};
use super::sign_in::allowed;
use super::{Answer, passkeys, rule};
use crate::actions::people::passkey;
use crate::actions::people::proof::{self as action, BY_PASSKEY, By};
use crate::domain::id::PractitionerId;
use crate::domain::people::login::Proof;
use crate::domain::time::minutes;
use crate::views::link::{self, route};
use crate::views::practitioner::proof::{self as view, Asking, Field};
use crate::web::Web;
use crate::web::client_addr::ClientAddr;
use crate::web::failure::Failure;
use crate::web::form::Fields;
use crate::web::guard::Perhaps;
use crate::web::question::Purpose;

/// What is grave: keys and accounts, who belongs to the practice, money that goes back, backups and what takes everything away,
/// and how one signs in. `tests/it/desk_rights.rs` has the kinds, and fails on one that is missing here.
const GRAVE: &[(Method, &str)] = &[
    (Method::POST, route::DESK_PEOPLE),
    (Method::POST, route::DESK_DEMAND),
    (Method::POST, route::DESK_MEMBER_AGAIN),
    (Method::POST, route::DESK_MEMBER_REVOKE),
    (Method::POST, route::DESK_MEMBER_LINK),
    (Method::POST, route::DESK_CLIENT_LINK),
    (Method::POST, route::DESK_MEMBER_ROLE),
    (Method::POST, route::DESK_MEMBER_LEAVE),
    (Method::POST, route::DESK_MEMBER_BACK),
    (Method::POST, route::DESK_MEMBER_FACTOR),
    (Method::POST, route::DESK_TILL),
    (Method::POST, route::DESK_TILL_REMOVE),
    (Method::POST, route::DESK_REFUND_LOT),
    (Method::POST, route::DESK_REFUND_AGAIN),
    (Method::POST, route::DESK_REFUND_BY_HAND),
    (Method::GET, route::DESK_BACKUP_KIT),
    (Method::POST, route::DESK_BACKUP_KIT),
    (Method::POST, route::DESK_BACKUP_NEW),
    (Method::POST, route::DESK_BACKUP_REMOVE),
    (Method::GET, route::DESK_EXPORT_FILE),
    (Method::POST, route::DESK_HOLD),
    (Method::POST, route::DESK_ERASE),
    (Method::POST, route::DESK_SECURITY_BEGIN),
    (Method::POST, route::DESK_SECURITY_CONFIRM),
    // The steps of setting up, for an owner who comes back to them: her address and password, the kit.
    (Method::GET, route::SETUP_STEP),
    (Method::POST, route::SETUP_STEP),
    (Method::POST, route::DESK_PASSKEYS),
    (Method::POST, route::DESK_PASSKEYS_BEGIN),
    (Method::POST, route::DESK_PASSKEYS_REMOVE),
];

/// The field that holds the proof, beside those of the form that is held.
const PROOF: &str = "proof";
/// The longest form that is held.
const LONGEST: usize = 256 * 1024;

/// The routes of this file.
pub(super) fn routes() -> Router<Web> {
    Router::new().route(route::DESK_PROOF, get(page).post(prove))
}

fn is_grave(parts: &Parts) -> bool {
    let Some(pattern) = parts.extensions.get::<MatchedPath>() else { return false };
    // What is asked for without its body is done all the same.
    let asked = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    GRAVE.iter().any(|(method, grave)| method == asked && *grave == pattern.as_str())
}

/// Around every route of the desk: what is grave runs only in a browser that has proved not long ago who sits there.
pub(in crate::web) async fn before_what_is_grave(
    State(web): State<Web>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if !is_grave(&parts) {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let room = match Counter::from_request_parts(&mut parts, &web).await {
        Ok(Counter(room)) => room,
        // Who founds a practice is nobody's member yet; the handler looks at the code. A member who is sent away, as she owes a
        // second factor first, is sent away here too.
        Err(away) => {
            let founding = parts.uri.path().starts_with(&link::setup());
            return match Perhaps::<PractitionerId>::from_request_parts(&mut parts, &web).await {
                Ok(Perhaps(None)) if founding => next.run(Request::from_parts(parts, body)).await,
                Ok(_) => away,
                Err(failure) => failure.into_response(),
            };
        }
    };
    if room.proof == Proof::Fresh {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let back = parts.uri.path_and_query().map_or_else(link::desk, ToString::to_string);
    if parts.method != Method::POST {
        return Redirect::to(&link::then(&link::desk_proof(), &back)).into_response();
    }
    match held(&web, room, &mut parts, (body, &back)).await {
        Ok(Ok(fields)) => {
            parts.headers.remove(header::CONTENT_LENGTH);
            next.run(Request::from_parts(parts, Body::from(fields.encoded()))).await
        }
        Ok(Err(page)) => page,
        Err(failure) => failure.into_response(),
    }
}

/// The form without the proof, if that came with it and was right; otherwise the page that asks, with the form held in it.
async fn held(
    web: &Web,
    room: Room,
    parts: &mut Parts,
    (body, back): (Body, &str),
) -> Result<Result<Fields, Response>, Failure> {
    let body = to_bytes(body, LONGEST).await.map_err(|_| Failure::TooLarge)?;
    let mut fields = Fields::parse(&body)?;
    let typed = fields.take(PROOF);
    let from = parts.extensions.get::<ClientAddr>().copied().map(Extension);
    let wrong = match typed {
        None => None,
        Some(typed) => match check(web, &room, (from, &typed)).await? {
            None => return Ok(Ok(fields)),
            wrong => wrong,
        },
    };
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::FORBIDDEN };
    let back = back.to_owned();
    let page = room
        .run(move |room| {
            let fields: Vec<Field<'_>> = fields.pairs().collect();
            let site = passkey::site_name(&room.app);
            let (by, email, site) = (by(room)?, &room.member.email, site.as_deref());
            let asking = Asking { to: &back, fields: &fields, by, wrong, email, site };
            Ok(view::page(&room.desk(), &asking))
        })
        .await?;
    Ok(Err((status, page).into_response()))
}

fn by(room: &Room) -> Result<view::By, Failure> {
    Ok(match action::asked_of(&room.app.store.read()?, room.member.id)? {
        By::Code => view::By::Code,
        By::Password => view::By::Password,
        By::Link => view::By::Link,
    })
}

/// What is wrong with what was typed, if anything is.
async fn check(
    web: &Web,
    room: &Room,
    (from, typed): (Option<Extension<ClientAddr>>, &str),
) -> Result<Option<&'static str>, Failure> {
    if !allowed(web, "second", (from, &room.member.id.to_string())) {
        return Err(Failure::TooMany(minutes(15)));
    }
    if let Some(answer) = typed.strip_prefix(BY_PASSKEY)
        && !passkeys::was_asked(web, answer, Purpose::Use)
    {
        return Ok(Some("That took too long. Please try again."));
    }
    Ok(match rule(action::prove(&room.app, (room.member.id, &room.cookie), typed).await)? {
        Ok(()) => None,
        Err(_) => Some(match by(room)? {
            view::By::Code => "That code does not fit. Take the one that the app shows now; each works once.",
            view::By::Password | view::By::Link => "That is not your password.",
        }),
    })
}

/// Where a page of the desk sent her to prove it, and sends her on afterwards.
fn next(fields: &Fields) -> String {
    let to = link::safe_next(fields.some("next"));
    let ours = [link::desk(), link::setup()].iter().any(|room| to.starts_with(&format!("{room}/")));
    if ours { to } else { link::desk() }
}

fn draw(room: &Room, to: &str, wrong: Option<&'static str>) -> Result<maud::Markup, Failure> {
    let fields = [("next", to)];
    let action = link::desk_proof();
    let site = passkey::site_name(&room.app);
    let (by, email, site) = (by(room)?, &room.member.email, site.as_deref());
    let asking = Asking { to: &action, fields: &fields, by, wrong, email, site };
    Ok(view::page(&room.desk(), &asking))
}

async fn page(Counter(room): Counter, fields: Fields) -> Result<Answer, Failure> {
    let to = next(&fields);
    if room.proof == Proof::Fresh {
        return Ok(Answer::To(to));
    }
    room.run(move |room| Ok(Answer::Page(draw(room, &to, None)?))).await
}

async fn prove(
    State(web): State<Web>,
    from: Option<Extension<ClientAddr>>,
    Counter(room): Counter,
    fields: Fields,
) -> Result<Answer, Failure> {
    let to = next(&fields);
    if room.proof == Proof::Fresh {
        return Ok(Answer::To(to));
    }
    match check(&web, &room, (from, fields.text(PROOF))).await? {
        None => Ok(Answer::To(to)),
        wrong => room.run(move |room| Ok(Answer::Wrong(draw(room, &to, wrong)?))).await,
    }
}
