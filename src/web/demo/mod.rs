//! What only the demo has: the strip on every page, the time machine, the mailbox, the sandbox till, and the one-click
//! sign-ins. None of it is in the routes that `serve` has.

mod clock;
mod mailbox;
mod till;

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{FromRef, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt as _;
use maud::Markup;

use super::failure::Failure;
use super::security::OwnPolicy;
use super::{Web, guard};
use crate::actions::people::login;
use crate::app::Fault;
use crate::domain::catalog::brand::Accent;
use crate::domain::id::{ClientId, PractitionerId};
use crate::domain::people::login::Person;
use crate::domain::time::Zone;
use crate::payments::Sandbox;
use crate::views::demo;
use crate::views::link::{self, route};

/// The largest page that the strip is put into.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// Whom the doors of the practice sign in.
#[derive(Debug, Clone, Copy)]
pub struct Staff {
    /// "Practitioner", who is the owner.
    pub practitioner: PractitionerId,
    /// "Front desk", if there is one.
    pub front_desk: Option<PractitionerId>,
}

/// What the demo has in place of the outside world.
#[derive(Debug)]
pub struct Demo {
    /// The till.
    pub till: Sandbox,
    /// Whom "Client" signs in.
    pub client: ClientId,
    /// Whom the doors of the practice sign in.
    pub staff: Staff,
    /// The practice's zone, in which the strip tells the time.
    pub zone: Zone,
    /// The colour of the demo's own pages.
    pub accent: Accent,
    /// Held while the time machine moves, so that the clock does not run on meanwhile.
    pub moving: tokio::sync::Mutex<()>,
    said: Mutex<Option<String>>,
}

impl Demo {
    /// The demo of a practice that lives already.
    #[must_use]
    pub fn new(till: Sandbox, (client, staff): (ClientId, Staff), (zone, accent): (Zone, Accent)) -> Self {
        let (moving, said) = (tokio::sync::Mutex::new(()), Mutex::new(None));
        Self { till, client, staff, zone, accent, moving, said }
    }

    fn say(&self, words: String) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
    }

    /// What is to be told on the next page, once.
    fn told(&self) -> Option<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// What the demo's handlers are given.
#[derive(Clone)]
pub struct DemoWeb {
    /// What all handlers are given.
    pub web: Web,
    /// What the demo has beside it.
    pub demo: Arc<Demo>,
}

impl FromRef<DemoWeb> for Arc<Demo> {
    fn from_ref(web: &DemoWeb) -> Self {
        Self::clone(&web.demo)
    }
}

/// The program's routes with the demo's own, and the strip on every page.
pub fn around(routes: Router, web: Web, demo: Arc<Demo>) -> Router {
    let state = DemoWeb { web, demo };
    let own = Router::new()
        .route(route::DEMO_CLIENT, get(client))
        .route(route::DEMO_PRACTITIONER, get(practitioner))
        .route(route::DEMO_FRONT_DESK, get(front_desk))
        .route(route::DEMO_CLOCK, post(clock::leap))
        .route(route::DEMO_MAIL, get(mailbox::list))
        .route(route::DEMO_LETTER, get(mailbox::letter))
        .route(route::DEMO_LETTER_HTML, get(mailbox::html))
        .route(route::DEMO_TILL, get(till::show).post(till::act))
        .with_state(state.clone());
    routes.merge(own).layer(from_fn_with_state(state, with_strip))
}

/// Signs the browser in as the client whom the demo follows. A GET, as the terminal prints its address: this is a demo.
async fn client(State(DemoWeb { web, demo }): State<DemoWeb>) -> Result<Response, Failure> {
    enter(&web, Person::Client(demo.client), &link::me()).await
}

async fn practitioner(State(DemoWeb { web, demo }): State<DemoWeb>) -> Result<Response, Failure> {
    enter(&web, Person::Practitioner(demo.staff.practitioner), &link::desk()).await
}

async fn front_desk(State(DemoWeb { web, demo }): State<DemoWeb>) -> Result<Response, Failure> {
    let who = demo.staff.front_desk.ok_or(Failure::NotFound)?;
    enter(&web, Person::Practitioner(who), &link::desk()).await
}

async fn enter(web: &Web, who: Person, to: &str) -> Result<Response, Failure> {
    let opened = web.app.run(move |app| -> Result<_, Fault> { login::sign_in(app, who) }).await?;
    Ok(guard::set(&web.app, opened.who, &opened.cookie, Redirect::to(to)))
}

/// Puts the strip into every page, whichever handler made it, so that no handler knows of the demo.
async fn with_strip(State(DemoWeb { web, demo }): State<DemoWeb>, request: Request, next: Next) -> Response {
    let is_get = request.method() == Method::GET;
    let here = request.uri().path_and_query().map_or_else(link::home, |path| path.as_str().to_owned());
    let response = next.run(request).await;
    if !is_get || !is_page(&response) || stands_in_a_frame(&response) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Some(page) = whole(body).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let said = demo.told();
    let bar = demo::Bar { now: web.app.clock.now(), zone: &demo.zone, here: &here, said: said.as_deref() };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(inserted(&page, &demo::bar(&bar))))
}

/// Whether it is a mail that is looked at, which stands in a page that has the strip.
fn stands_in_a_frame(response: &Response) -> bool {
    let own = response.extensions().get::<OwnPolicy>();
    own.is_some_and(|policy| policy.0.contains("frame-ancestors 'self'"))
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let is_html = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    is_html && !response.headers().contains_key(header::CONTENT_ENCODING)
}

async fn whole(body: Body) -> Option<Bytes> {
    let collected = http_body_util::Limited::new(body, PAGE_BYTES).collect().await.ok()?;
    Some(collected.to_bytes())
}

/// The page with the strip where its body begins, after the link that skips to the content, and with what the strip is set in.
fn inserted(page: &[u8], strip: &Markup) -> Vec<u8> {
    let style = demo::style().0 + "</head>";
    let text = String::from_utf8_lossy(page).replacen("</head>", &style, 1);
    let body = text.find("<body").and_then(|at| text[at..].find('>').map(|end| at + end + 1)).unwrap_or(0);
    let skip = text[body..].starts_with("<a class=\"skip\"");
    let at = if skip { text[body..].find("</a>").map_or(body, |end| body + end + 4) } else { body };
    // The strip's icon refers to nothing, so it may stand before the page's own shapes.
    [&text[..at], &strip.0, &text[at..]].concat().into_bytes()
}

/// An answer of one of the demo's own pages. Its links are of this hour, so no cache keeps it.
fn page(markup: Markup) -> Response {
    let mut response = axum::response::Html(markup.into_string()).into_response();
    response.extensions_mut().insert(super::security::NoStore);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strip_stands_after_the_skip_link_and_before_all_else() {
        let strip = maud::html! { aside.demo {} };
        let page = b"<!DOCTYPE html><head></head><body class=\"client\"><a class=\"skip\" href=\"#main\">Skip</a><header>";
        let shown = String::from_utf8(inserted(page, &strip)).unwrap();
        assert!(shown.ends_with("Skip</a><aside class=\"demo\"></aside><header>"), "{shown}");
        assert!(shown.contains(&format!("{}</head>", demo::style().0)), "{shown}");
        let bare = String::from_utf8(inserted(b"<body><h1>x", &strip)).unwrap();
        assert_eq!(bare, "<body><aside class=\"demo\"></aside><h1>x");
    }
}
