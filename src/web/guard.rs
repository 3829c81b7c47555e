//! Who is asking: the signed-in client or practitioner, as a proof in a handler's signature; and the cookies behind it.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::failure::Failure;
use super::{Web, again};
use crate::actions::people::device;
use crate::actions::people::login::{self, Opened};
use crate::app::App;
use crate::domain::email::EmailAddress;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::browser;
use crate::domain::people::device::REMEMBERED;
use crate::domain::people::login::{Login, OldPassword, Person, Proof};
use crate::domain::people::second::HALFWAY_LIFE;
use crate::domain::text::Line;
use crate::views::link;

/// Somebody who is signed in. A handler that takes one runs for nobody else.
#[derive(Debug, Clone, Copy)]
pub struct SignedIn<T>(pub T);

/// Somebody who may be signed in.
#[derive(Debug, Clone, Copy)]
pub struct Perhaps<T>(pub Option<T>);

/// The kinds of cookie: clients come back from Stripe and mails, staff do not; halfway in is nobody's login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Client,
    Desk,
    Halfway,
    /// By which a browser is known again; it signs nobody in.
    Device,
}

impl Kind {
    fn of(who: Person) -> Self {
        match who {
            Person::Client(_) => Self::Client,
            Person::Practitioner(_) => Self::Desk,
        }
    }

    /// `__Host-` binds a cookie to this host and to TLS; over plain HTTP on loopback no browser would take it.
    fn name(self, app: &App) -> &'static str {
        match (self, app.is_https()) {
            (Self::Client, true) => "__Host-fiddlehead",
            (Self::Client, false) => "fiddlehead",
            (Self::Desk, true) => "__Host-fiddlehead-desk",
            (Self::Desk, false) => "fiddlehead-desk",
            (Self::Device, true) => "__Host-fiddlehead-known",
            (Self::Device, false) => "fiddlehead-known",
            (Self::Halfway, true) => "__Host-fiddlehead-half",
            (Self::Halfway, false) => "fiddlehead-half",
        }
    }

    fn same_site(self) -> &'static str {
        match self {
            Self::Client => "Lax",
            Self::Desk | Self::Halfway | Self::Device => "Strict",
        }
    }
}

fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn cookie(app: &App, kind: Kind, value: &str, seconds: u32) -> HeaderValue {
    let (name, same_site) = (kind.name(app), kind.same_site());
    let secure = if app.is_https() { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite={same_site}{secure}");
    HeaderValue::from_str(&text).expect("tokens and names are ASCII")
}

/// Lets a browser keep its sign-in: put this on the answer.
#[must_use]
pub fn set(app: &App, who: Person, token: &str, answer: impl IntoResponse) -> Response {
    const HALF_A_YEAR: u32 = 180 * 24 * 60 * 60;
    let mut answer = answer.into_response();
    answer.headers_mut().append(header::SET_COOKIE, cookie(app, Kind::of(who), token, HALF_A_YEAR));
    if let Person::Practitioner(member) = who {
        answer.extensions_mut().insert(JustSignedIn(member));
    }
    answer
}

/// On an answer that signs a member in.
#[derive(Debug, Clone, Copy)]
struct JustSignedIn(PractitionerId);

/// Around every route: whichever way a member signs in, her browser is known from then on, and she is told of one that was not.
pub async fn know_browser(State(web): State<Web>, request: Request, next: Next) -> Response {
    let app = Arc::clone(&web.app);
    let seen = (request.method() == Method::POST).then(|| {
        let headers = request.headers();
        let cookie = read(headers, Kind::Device.name(&app)).unwrap_or_default().to_owned();
        (cookie, says(headers))
    });
    let mut answer = next.run(request).await;
    let just = answer.extensions_mut().remove::<JustSignedIn>();
    let (Some(JustSignedIn(member)), Some((held, browser))) = (just, seen) else { return answer };
    let noted = app.run(move |app| device::signed_in_from(app, member, (&held, browser))).await;
    match noted {
        Ok(token) => {
            let seconds = u32::try_from(REMEMBERED.as_secs()).unwrap_or(0);
            let known = cookie(&web.app, Kind::Device, &token, seconds);
            answer.headers_mut().append(header::SET_COOKIE, known);
            answer
        }
        // She is not let in unseen.
        Err(fault) => Failure::from(fault).into_response(),
    }
}

/// What the browser is known by, if a member of this address has signed in from it before.
///
/// # Errors
/// [`Failure::Fault`] if the file fails.
pub async fn known_of(
    web: &Web,
    headers: &HeaderMap,
    email: EmailAddress,
) -> Result<Option<String>, Failure> {
    let Some(held) = read(headers, Kind::Device.name(&web.app)).map(str::to_owned) else { return Ok(None) };
    let looked = held.clone();
    let known = web.app.run(move |app| device::is_known(app, &email, &looked)).await?;
    Ok(known.then_some(held))
}

/// What a browser says that it is, in words of ours.
fn says(headers: &HeaderMap) -> Option<Line> {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).and_then(browser::in_words)
}

/// Lets a browser go on to the second step of signing in.
#[must_use]
pub fn set_halfway(app: &App, token: &str, answer: impl IntoResponse) -> Response {
    let seconds = u32::try_from(HALFWAY_LIFE.as_secs()).unwrap_or(0);
    let mut answer = answer.into_response();
    answer.headers_mut().append(header::SET_COOKIE, cookie(app, Kind::Halfway, token, seconds));
    answer
}

/// What a browser that is halfway in holds.
#[must_use]
pub fn halfway(app: &App, headers: &HeaderMap) -> String {
    read(headers, Kind::Halfway.name(app)).unwrap_or_default().to_owned()
}

/// Lets a browser keep its sign-in after the second step.
#[must_use]
pub fn set_after_both(app: &App, opened: &Opened, answer: impl IntoResponse) -> Response {
    let mut answer = set(app, opened.who, &opened.cookie, answer);
    answer.headers_mut().append(header::SET_COOKIE, cookie(app, Kind::Halfway, "", 0));
    answer
}

/// Lets a browser forget both sign-ins and all that it kept of our pages.
#[must_use]
pub fn forget(app: &App, answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    for kind in [Kind::Client, Kind::Desk, Kind::Halfway] {
        answer.headers_mut().append(header::SET_COOKIE, cookie(app, kind, "", 0));
    }
    let all = HeaderValue::from_static("\"cache\", \"storage\"");
    answer.headers_mut().insert("clear-site-data", all);
    answer
}

/// The tokens of both cookies, for signing out.
#[must_use]
pub fn tokens(app: &App, headers: &HeaderMap) -> Vec<String> {
    [Kind::Client, Kind::Desk]
        .iter()
        .filter_map(|kind| read(headers, kind.name(app)))
        .map(str::to_owned)
        .collect()
}

async fn found(parts: &Parts, web: &Web, kind: Kind) -> Result<Option<Login>, Failure> {
    let app = Arc::<App>::from_ref(web);
    let Some(token) = read(&parts.headers, kind.name(&app)).map(str::to_owned) else { return Ok(None) };
    let browser = says(&parts.headers).filter(|_| kind == Kind::Desk);
    let reads = again::of(parts);
    Ok(app.run(move |app| reads.during(|| login::find(app, &token, browser))).await?)
}

async fn who(parts: &Parts, web: &Web, kind: Kind) -> Result<Option<Person>, Failure> {
    Ok(found(parts, web, kind).await?.map(|login| login.who))
}

/// A member of the practice who is signed in, and the desk that she chose to work at, in this browser.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who she is.
    pub id: PractitionerId,
    /// Whose desk she chose.
    pub desk: Option<PractitionerId>,
    /// What her cookie holds.
    pub cookie: String,
    /// Whether her old password is asked for when she chooses a new one.
    pub old_password: OldPassword,
    /// Whether she proved not long ago that it is she.
    pub proof: Proof,
}

impl FromRequestParts<Web> for Member {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        let cookie = read(&parts.headers, Kind::Desk.name(&web.app)).unwrap_or_default().to_owned();
        match found(parts, web, Kind::Desk).await.map_err(IntoResponse::into_response)? {
            Some(login) if let Person::Practitioner(id) = login.who => {
                let now = web.app.clock.now();
                let (old_password, proof) = (login.old_password(now), login.proof(now));
                Ok(Self { id, desk: login.desk, cookie, old_password, proof })
            }
            _ => Err(away(parts, link::desk_sign_in())),
        }
    }
}

/// Where somebody who is not signed in is sent; a form that was sent then is not lost in silence, the page asks again.
fn away(parts: &Parts, door: String) -> Response {
    let back = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if parts.method == Method::GET || parts.method == Method::HEAD {
        Redirect::to(&link::then(&door, back)).into_response()
    } else {
        Redirect::to(&door).into_response()
    }
}

impl FromRequestParts<Web> for SignedIn<ClientId> {
    type Rejection = Response;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Response> {
        match who(parts, web, Kind::Client).await.map_err(IntoResponse::into_response)? {
            Some(Person::Client(id)) => Ok(Self(id)),
            _ => Err(away(parts, link::sign_in())),
        }
    }
}

impl FromRequestParts<Web> for Perhaps<ClientId> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        Ok(Self(match who(parts, web, Kind::Client).await? {
            Some(Person::Client(id)) => Some(id),
            _ => None,
        }))
    }
}

impl FromRequestParts<Web> for Perhaps<PractitionerId> {
    type Rejection = Failure;
    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Failure> {
        Ok(Self(match who(parts, web, Kind::Desk).await? {
            Some(Person::Practitioner(id)) => Some(id),
            _ => None,
        }))
    }
}

/// The program, whoever asks.
impl FromRef<Web> for Arc<App> {
    fn from_ref(web: &Web) -> Self {
        Self::clone(&web.app)
    }
}
