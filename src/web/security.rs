//! The door that every request goes through, whatever its page: is it for us, is it from our own pages, who sends it;
//! and on the way out the headers that bind the browser.

use std::net::{IpAddr, Ipv4Addr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::{Router, http::HeaderName};

use super::client_addr::{self, ClientAddr, Peer};
use super::failure::Failure;
use super::limit::Key;
use super::listen::PatientBody;
use super::pack;
use super::shares::{MeteredBody, Shares};

/// The most bytes of a request's body, where a route says nothing else.
pub const BODY_BYTES: usize = 256 * 1024;
/// The most bytes of a form by which somebody signs in: whoever sends it is nobody yet.
pub const SIGN_IN_BYTES: usize = 16 * 1024;
/// How long a body may take to arrive, however it drips.
pub const BODY_TIME: Duration = Duration::from_secs(30);

/// Which `Host` is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hosts {
    /// Any: only for the demo, which may be looked at from another machine by whatever name.
    Any,
    /// These, without port and in lower case, and this machine's own names (`localhost`, 127.0.0.0/8, ::1).
    Named(Vec<String>),
}

/// Whether browsers are told to come back over TLS only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hsts {
    /// Left out: without a publicly trusted certificate it would lock people out.
    Silent,
    /// A year, for this host alone.
    Year,
}

/// What the door knows.
pub struct Door {
    /// Scheme, host and port of `base_url`, as browsers write it in `Origin`.
    pub origin: String,
    /// The hosts that are answered.
    pub hosts: Hosts,
    /// Whether TLS is insisted on.
    pub hsts: Hsts,
    /// Which proxies' `X-Forwarded-For` is believed.
    pub trusts: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
    /// How long a body may take to arrive; [`BODY_TIME`] but for tests.
    pub body_time: Duration,
    /// Room for bodies that are being read, all together.
    pub bodies: Arc<Shares>,
    /// Numbers the requests; begin it at a random number, so that ids differ between runs.
    pub requests: AtomicU64,
}

/// Names a request, in the log and in the header `x-request-id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// On a response: forms of this page may also lead to this origin (the till's, after a redirect).
#[derive(Debug, Clone)]
pub struct FormActionTo(pub String);

/// On a response: it is for one reader only and must not be kept by any cache.
#[derive(Debug, Clone, Copy)]
pub struct NoStore;

/// On a response: it is a file that pages load and no page, so what binds a page's scripts, forms and devices says nothing there.
#[derive(Debug, Clone, Copy)]
pub struct File;

/// A drawing (SVG) that is opened by itself may do nothing: it could hold a script. To other files a policy says nothing.
const FILE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// On a response: this policy in place of every page's. For mails that are looked at, which hold inline styles and stand in a
/// frame.
#[derive(Debug, Clone, Copy)]
pub struct OwnPolicy(pub &'static str);

/// A page that may show one of our own in a frame, and is otherwise bound as every page.
pub const FRAMING: OwnPolicy = OwnPolicy(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types 'none'",
);

/// A mail that is looked at before it goes: inline styles and nothing else, within our own pages only; its links lead nowhere.
pub const FRAMED: OwnPolicy = OwnPolicy(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; sandbox",
);

/// The addresses where all is for signed-in readers.
const PRIVATE: [&str; 3] = ["/me", "/desk", "/setup"];

/// What a page may load and where its forms may go; the origin of a till is put in after `form-action 'self'`.
const CSP: (&str, &str) = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; \
     manifest-src 'self'; form-action 'self'",
    "; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
);

const FIXED: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // `no-referrer` would make browsers send `Origin: null` with forms.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
         geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), picture-in-picture=(), \
         publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(), usb=(), \
         xr-spatial-tracking=()",
    ),
];

/// Those of them that mean something for a file too.
const FOR_FILES: [HeaderName; 2] =
    [header::X_CONTENT_TYPE_OPTIONS, HeaderName::from_static("cross-origin-resource-policy")];

/// Puts the door before all routes.
pub fn behind(router: Router, door: Arc<Door>) -> Router {
    router.layer(DefaultBodyLimit::max(BODY_BYTES)).layer(from_fn_with_state(door, pass))
}

async fn pass(State(door): State<Arc<Door>>, request: Request, next: Next) -> Response {
    let started = tokio::time::Instant::now();
    let id = format!("{:016x}", door.requests.fetch_add(1, Ordering::Relaxed));
    let method = request.method().clone();
    let way = pack::way(&method, request.headers());
    let path = request.uri().path().to_owned();
    // Addresses carry tokens and names: the log gets the route's pattern only.
    let route =
        request.extensions().get::<MatchedPath>().map_or("-".to_owned(), |path| path.as_str().to_owned());
    let mut response = match admit(&door, &request) {
        Ok(()) => answer(&door, request, next, &id).await,
        Err(failure) => failure.into_response(),
    };
    let kind = response.headers().get(header::CONTENT_TYPE);
    let bare = kind.is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if response.status().as_u16() >= 400 && bare && !is_for_machines(&path) {
        response = dressed(response, &id);
    }
    bind(&door, &path, &mut response);
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    let response = pack::pack(way, response).await;
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
    tracing::info!(request = id, %method, route, status, %ms, "answered");
    response
}

/// Whether a request may come in.
fn admit(door: &Door, request: &Request) -> Result<(), Failure> {
    let authority = authority(request).ok_or(Failure::Misdirected)?;
    let host = authority.host().trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    let known = match &door.hosts {
        Hosts::Any => true,
        Hosts::Named(names) => names.contains(&host) || is_this_machine(&host),
    };
    if !known {
        return Err(Failure::Misdirected);
    }
    let (method, path) = (request.method(), request.uri().path());
    let safe = [Method::GET, Method::HEAD, Method::OPTIONS].contains(method);
    if safe || ignores_cookies(method, path) || is_our_own(door, &authority, request.headers()) {
        Ok(())
    } else {
        Err(Failure::Forbidden)
    }
}

/// Whom the request is for: the target's authority (HTTP/2, or an absolute form), or the one `Host`.
fn authority(request: &Request) -> Option<Authority> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.clone());
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let (host, more) = (hosts.next()?, hosts.next());
    let authority: Authority = host.to_str().ok()?.parse().ok()?;
    (more.is_none() && !authority.as_str().contains('@')).then_some(authority)
}

fn is_this_machine(host: &str) -> bool {
    let address = host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    address || host == "localhost" || host.ends_with(".localhost")
}

/// What other servers post to: Stripe signs its webhooks, and a one-click unsubscribe (RFC 8058) carries its right in the
/// address. Neither looks at cookies, so no browser can be made to misuse them.
fn ignores_cookies(method: &Method, path: &str) -> bool {
    let own_account = || path.strip_prefix("/hooks/stripe/").is_some_and(|whose| !whose.is_empty());
    method == Method::POST && (path == "/hooks/stripe" || own_account() || path.starts_with("/unsubscribe/"))
}

/// Whether a change was asked for by one of our own pages.
fn is_our_own(door: &Door, authority: &Authority, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let origin = text("origin");
    match text("sec-fetch-site") {
        Some("same-origin") => true,
        Some("none") => origin.is_none(),
        Some(_) => false,
        // Older browsers, and newer ones over plain HTTP.
        None => origin.is_some_and(|origin| {
            let by_other_name =
                || origin.split_once("://").is_some_and(|(_, host)| host == authority.as_str());
            origin == door.origin || (door.hosts == Hosts::Any && by_other_name())
        }),
    }
}

/// Asks the routes. A panic in one is this request's fault alone, and is answered like any other.
async fn answer(door: &Door, mut request: Request, next: Next, id: &str) -> Response {
    let extensions = request.extensions_mut();
    extensions.insert(RequestId(id.to_owned()));
    let mut from = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    if let Some(&Peer(peer)) = extensions.get::<Peer>() {
        let client: ClientAddr = client_addr::of(peer.ip(), request.headers(), &door.trusts);
        from = client.0;
        request.extensions_mut().insert(client);
    }
    let (parts, body) = request.into_parts();
    let (body, patience) = PatientBody::new(body, door.body_time);
    let share = door.bodies.share(Key::address("body", from));
    let (body, tab) = MeteredBody::new(Body::new(body), share, door.body_time);
    let mut routes = pin!(next.run(Request::from_parts(parts, Body::new(body))));
    let response = std::future::poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| routes.as_mut().poll(context))).unwrap_or_else(|_| {
            tracing::error!(request = id, "a page panicked");
            Poll::Ready(Failure::Fault(id.to_owned()).into_response())
        })
    });
    let response = response.await;
    match (patience.is_over(), tab.is_refused()) {
        (true, _) => Failure::TooSlow.into_response(),
        (_, true) => Failure::Unavailable.into_response(),
        _ => response,
    }
}

/// Who asks there reads statuses, not pages.
fn is_for_machines(path: &str) -> bool {
    ["/hooks/", "/.well-known/", "/feeds/"].iter().any(|prefix| path.starts_with(prefix))
}

/// The page in place of the framework's bare refusal; headers such as `Allow` stay.
fn dressed(bare: Response, id: &str) -> Response {
    let mut response = Failure::of_status(bare.status(), id).into_response();
    *response.status_mut() = bare.status();
    for (name, value) in bare.headers() {
        if ![header::CONTENT_TYPE, header::CONTENT_LENGTH].contains(name) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

/// Binds the browser.
fn bind(door: &Door, path: &str, response: &mut Response) {
    let till = response.extensions_mut().remove::<FormActionTo>();
    let own = response.extensions_mut().remove::<OwnPolicy>();
    let file = response.extensions_mut().remove::<File>();
    let private = PRIVATE
        .iter()
        .any(|room| path.strip_prefix(room).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let secret = response.extensions_mut().remove::<NoStore>().is_some() || private;
    let headers = response.headers_mut();
    let is_drawing =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"image/svg"));
    let policy = match (own, file) {
        (Some(OwnPolicy(text)), _) => Some(HeaderValue::from_static(text)),
        (None, Some(File)) => is_drawing.then_some(HeaderValue::from_static(FILE_POLICY)),
        (None, None) => Some(policy(till)),
    };
    if let Some(policy) = policy {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    let meant = |name: &HeaderName| file.is_none() || FOR_FILES.contains(name);
    for (name, value) in FIXED.into_iter().filter(|(name, _)| meant(name)) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if secret {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if door.hsts == Hsts::Year {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// The policy's text. An origin that would end its directive is left out: the form then stays with us.
fn policy(till: Option<FormActionTo>) -> HeaderValue {
    let plain = |origin: &String| {
        origin.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":/.-[]".contains(&byte))
    };
    let till = till
        .map(|FormActionTo(origin)| origin)
        .filter(plain)
        .map_or(String::new(), |origin| format!(" {origin}"));
    HeaderValue::try_from(format!("{}{till}{}", CSP.0, CSP.1)).expect("plain ASCII")
}

#[cfg(test)]
mod tests;
