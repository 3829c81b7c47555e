//! Shows an answer again for as long as all that it was made of is as it was: the rows that were read for it (`store::seen`, which a
//! change reaches before it is acknowledged), the settings, the second of the clock, the address, and the cookies to the letter. No page shows
//! less than a minute, and what the clock makes true becomes true on whole seconds.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;

use super::Web;
use super::failure::Failure;
use super::setting::Answer;
use crate::app::{App, Ways};
use crate::store::View;
use crate::store::seen::{Reads, Seen};

/// What all answers that are kept may have, and the most of one: in both its forms it is counted once.
const ALL_BYTES: usize = 6 * 1024 * 1024;
const ONE_BYTES: usize = 128 * 1024;
/// The longest address and cookies for which answers are kept.
const ASKED_BYTES: usize = 1024;

/// A page that may be shown again to who asks the same: nothing in it is made by chance, and all of it was read while it was noted.
pub struct Again<T = Answer>(pub T);

/// On a response: it is such a page.
#[derive(Debug, Clone, Copy)]
struct MayBe;

impl<T: IntoResponse> IntoResponse for Again<T> {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        response.extensions_mut().insert(MayBe);
        response
    }
}

/// Where a handler and those who find out who asks note what they read.
impl<S: Send + Sync> FromRequestParts<S> for Reads {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(of(parts))
    }
}

/// The same, for other extractors.
#[must_use]
pub fn of(parts: &Parts) -> Reads {
    parts.extensions.get::<Reads>().cloned().unwrap_or_default()
}

/// Reads and draws off the event loop what may be shown again.
///
/// # Errors
/// What the work returned.
pub async fn draw<T: Send + 'static>(
    web: &Web,
    reads: Reads,
    work: impl FnOnce(&App, &View) -> Result<T, Failure> + Send + 'static,
) -> Result<Again<T>, Failure> {
    web.app.run(move |app| reads.during(|| work(app, &app.store.read()?))).await.map(Again)
}

/// An answer that was given.
#[derive(Debug)]
pub struct Kept {
    asked: Vec<u8>,
    headers: HeaderMap,
    extensions: Extensions,
    plain: Bytes,
    packed: OnceLock<Bytes>,
    seen: Seen,
}

impl Kept {
    /// Its body packed, if this is its body; `pack` is asked once.
    #[must_use]
    pub fn packed(&self, plain: &Bytes, pack: impl FnOnce() -> Bytes) -> Option<Bytes> {
        let same = plain.as_ptr() == self.plain.as_ptr() && plain.len() == self.plain.len();
        same.then(|| self.packed.get_or_init(pack).clone())
    }

    fn answer(self: &Arc<Self>) -> Response {
        let mut response = Response::new(Body::from(self.plain.clone()));
        *response.headers_mut() = self.headers.clone();
        *response.extensions_mut() = self.extensions.clone();
        response.extensions_mut().insert(Arc::clone(self));
        response
    }
}

/// The answers of this second, by these ways out.
#[derive(Debug, Default)]
struct Answers {
    second: i64,
    ways: Option<Ways>,
    bytes: usize,
    kept: HashMap<u64, Arc<Kept>>,
}

/// Where they are kept. Asked for by a number, and compared by what was asked.
#[derive(Debug, Default)]
pub struct Place {
    answers: Mutex<Answers>,
    hash: RandomState,
    given: AtomicU64,
}

impl Place {
    /// How many answers were given again.
    #[must_use]
    pub fn given(&self) -> u64 {
        self.given.load(Ordering::Relaxed)
    }

    fn find(&self, asked: &[u8], second: i64, ways: &Ways) -> Option<Arc<Kept>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.second != second || !answers.ways.as_ref().is_some_and(|known| known.are_still(ways)) {
            *answers = Answers { second, ways: Some(ways.clone()), ..Answers::default() };
            return None;
        }
        let kept = answers.kept.get(&self.hash.hash_one(asked))?;
        (kept.asked == asked && kept.seen.is_still_so()).then(|| Arc::clone(kept))
    }

    fn keep(&self, kept: Arc<Kept>, second: i64, ways: &Ways) {
        let size = |kept: &Kept| kept.plain.len() + kept.asked.len() + 1024;
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            answers.second == second && answers.ways.as_ref().is_some_and(|known| known.are_still(ways));
        if !same || answers.bytes + size(&kept) > ALL_BYTES {
            return;
        }
        answers.bytes += size(&kept);
        if let Some(before) = answers.kept.insert(self.hash.hash_one(&kept.asked[..]), kept) {
            answers.bytes -= size(&before);
        }
    }
}

/// What is asked, if the answer may be kept: the address and every cookie as it was sent.
fn asked(request: &Request) -> Option<Vec<u8>> {
    if request.method() != Method::GET {
        return None;
    }
    let address = request.uri().path_and_query()?.as_str();
    let mut cookies = request.headers().get_all(header::COOKIE).iter();
    let cookie = cookies.next().map_or(&b""[..], HeaderValue::as_bytes);
    if cookies.next().is_some() || address.len() + cookie.len() > ASKED_BYTES {
        return None;
    }
    // No address has a space in it.
    Some([address.as_bytes(), b" ", cookie].concat())
}

/// Stands before the routes.
pub async fn shown(State(web): State<Web>, mut request: Request, next: Next) -> Response {
    let Some(asked) = asked(&request) else { return next.run(request).await };
    let (second, ways) = (web.app.clock.now().as_second(), web.app.ways.borrow().clone());
    if let Some(kept) = web.again.find(&asked, second, &ways) {
        web.again.given.fetch_add(1, Ordering::Relaxed);
        return kept.answer();
    }
    let reads = Reads::default();
    request.extensions_mut().insert(reads.clone());
    let mut response = next.run(request).await;
    let may = response.extensions_mut().remove::<MayBe>().is_some()
        && response.status() == StatusCode::OK
        && !response.headers().contains_key(header::SET_COOKIE);
    let length = response.body().size_hint().exact().and_then(|length| usize::try_from(length).ok());
    let small = length.is_some_and(|length| length <= ONE_BYTES);
    let Some(seen) = reads.seen().filter(|_| may && small) else { return response };
    let (parts, body) = response.into_parts();
    let Ok(whole) = body.collect().await else {
        // A body in memory does not break off.
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let (headers, extensions, plain) = (parts.headers, parts.extensions, whole.to_bytes());
    let kept = Arc::new(Kept { asked, headers, extensions, plain, packed: OnceLock::new(), seen });
    web.again.keep(Arc::clone(&kept), second, &ways);
    kept.answer()
}
