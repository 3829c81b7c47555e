//! Packs answers with gzip on their way out, where their length gives nothing away, and remembers what strangers are shown.
//!
//! A packed page that holds a secret beside words that somebody else chose tells of the secret by its length (BREACH), to one who can
//! make the reader's browser ask for it again and again and who sees the bytes go by. So a page is packed only if nobody
//! else can have made the browser ask as that reader: it asks without any cookie, and then the page holds nothing that the other could not
//! fetch himself; or it says (`Sec-Fetch-Site`) that one of our own pages, or the reader's own hand, led it here. All others go plain.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::io::Write as _;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use http_body_util::BodyExt as _;

use super::again::Kept;

/// Shorter answers fit into one packet as they are.
const WORTH: u64 = 1_000;
/// Longer ones would keep the thread that serves others.
const MOST: u64 = 512 * 1024;
/// How many answers to strangers are remembered, and of what length: 8 MB with both their forms, at the very most.
const PLACES: usize = 64;
const REMEMBERED: usize = 100 * 1024;

/// How an answer may be sent, as its request has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// As it is.
    Plain,
    /// Packed: it is for this reader.
    Packed,
    /// Packed and remembered: everybody is shown the same.
    Remembered,
}

/// How the answer to this request may be sent.
#[must_use]
pub fn way(method: &Method, headers: &HeaderMap) -> Way {
    if method == Method::HEAD || !takes_gzip(headers) {
        return Way::Plain;
    }
    if !headers.contains_key(header::COOKIE) && !headers.contains_key(header::AUTHORIZATION) {
        return if method == Method::GET { Way::Remembered } else { Way::Packed };
    }
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(b"same-origin" | b"none") => Way::Packed,
        _ => Way::Plain,
    }
}

/// The answer, packed if it may be and is worth it. What is packed already, has no known length or is no text stays as it is.
pub async fn pack(way: Way, response: Response) -> Response {
    let length = response.body().size_hint().exact().unwrap_or(0);
    let is_text = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| is_text(kind.as_bytes()));
    if !is_text
        || !(WORTH..MOST).contains(&length)
        || response.headers().contains_key(header::CONTENT_ENCODING)
    {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let kept = parts.extensions.remove::<Arc<Kept>>();
    parts.headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if way == Way::Plain {
        return Response::from_parts(parts, body);
    }
    let Ok(whole) = body.collect().await else {
        // A body in memory does not break off.
        parts.status = StatusCode::INTERNAL_SERVER_ERROR;
        return Response::from_parts(parts, Body::empty());
    };
    let plain = whole.to_bytes();
    let pack = || match way {
        Way::Remembered if plain.len() < REMEMBERED => remembered(&plain),
        _ => gzip(&plain, Compression::fast()).into(),
    };
    let packed = kept.and_then(|kept| kept.packed(&plain, pack)).unwrap_or_else(pack);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    Response::from_parts(parts, packed.into())
}

/// These bytes, packed: what everybody is shown and what changes seldom.
#[must_use]
pub fn remembered(plain: &Bytes) -> Bytes {
    SHOWN.packed(plain)
}

fn is_text(kind: &[u8]) -> bool {
    kind.starts_with(b"text/") || kind.starts_with(b"application/json") || kind.starts_with(b"image/svg")
}

/// Whether the browser takes gzip: named, or `*`, and not with a weight of nothing.
#[must_use]
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut star = false;
    for item in accepted.flat_map(|value| value.split(',')) {
        let (coding, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let none =
            weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()).is_some_and(|q| q <= 0.);
        match coding.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return !none,
            "*" => star = !none,
            _ => {}
        }
    }
    star
}

/// These bytes, packed.
#[must_use]
pub fn gzip(body: &[u8], how: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), how);
    // Writing to a vector fails only when memory does.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}

/// What strangers were shown, plain and packed. An answer is known by all of its bytes, so that what has changed is packed anew.
struct Shown {
    places: [Mutex<Option<(Bytes, Bytes)>>; PLACES],
    hash: RandomState,
}

static SHOWN: LazyLock<Shown> = LazyLock::new(Shown::default);

impl Default for Shown {
    fn default() -> Self {
        Self { places: [const { Mutex::new(None) }; PLACES], hash: RandomState::new() }
    }
}

impl Shown {
    fn packed(&self, plain: &Bytes) -> Bytes {
        // Below 64, so it fits.
        let place = (self.hash.hash_one(&plain[..]) % PLACES as u64) as usize;
        let lock = || self.places[place].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, packed)) = &*lock()
            && known == plain
        {
            return packed.clone();
        }
        let packed: Bytes = gzip(plain, Compression::best()).into();
        *lock() = Some((plain.clone(), packed.clone()));
        packed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse as _;
    use flate2::read::GzDecoder;
    use std::io::Read as _;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|&(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_reader_whom_another_site_could_have_sent_gets_the_page_plain() {
        let gzip = ("accept-encoding", "gzip, br");
        let cookie = ("cookie", "__Host-client=1");
        for (method, pairs, expected) in [
            (Method::GET, vec![gzip], Way::Remembered),
            (Method::POST, vec![gzip], Way::Packed),
            (Method::HEAD, vec![gzip], Way::Plain),
            (Method::GET, vec![], Way::Plain),
            (Method::GET, vec![gzip, cookie], Way::Plain),
            (Method::GET, vec![gzip, cookie, ("sec-fetch-site", "cross-site")], Way::Plain),
            (Method::GET, vec![gzip, cookie, ("sec-fetch-site", "same-site")], Way::Plain),
            (Method::GET, vec![gzip, cookie, ("sec-fetch-site", "same-origin")], Way::Packed),
            (Method::GET, vec![gzip, cookie, ("sec-fetch-site", "none")], Way::Packed),
            (Method::GET, vec![gzip, ("authorization", "Basic x")], Way::Plain),
        ] {
            assert_eq!(way(&method, &headers(&pairs)), expected, "{method} {pairs:?}");
        }
    }

    async fn sent(way: Way, page: &str) -> (HeaderMap, Vec<u8>) {
        let page = ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page.to_owned()).into_response();
        let (parts, body) = pack(way, page).await.into_parts();
        (parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    fn unpacked(bytes: &[u8]) -> String {
        let mut text = String::new();
        GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn a_page_comes_out_as_it_went_in_and_says_how_it_was_packed() {
        let page = "<p>Six sessions</p>".repeat(200);
        for way in [Way::Packed, Way::Remembered, Way::Remembered] {
            let (headers, body) = sent(way, &page).await;
            assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
            assert_eq!(headers[header::VARY], "Accept-Encoding");
            assert!(body.len() < page.len() / 10);
            assert_eq!(unpacked(&body), page);
        }
        let (headers, body) = sent(Way::Plain, &page).await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
        assert_eq!((headers[header::VARY].to_str().unwrap(), body), ("Accept-Encoding", page.into_bytes()));
    }

    #[tokio::test]
    async fn short_pages_and_files_that_are_no_text_stay_as_they_are() {
        let (headers, body) = sent(Way::Packed, "<p>Hello</p>").await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING) && body == b"<p>Hello</p>");
        let jpeg = ([(header::CONTENT_TYPE, "image/jpeg")], vec![7u8; 5_000]).into_response();
        assert!(!pack(Way::Packed, jpeg).await.headers().contains_key(header::CONTENT_ENCODING));
    }

    #[test]
    fn what_has_changed_is_seen_at_once_even_in_the_same_place() {
        let shown = Shown::default();
        // More pages than places, so that places are shared; twice over.
        let pages: Vec<Bytes> =
            (0..PLACES * 3).map(|n| Bytes::from(format!("page {n} ").repeat(50))).collect();
        for page in pages.iter().chain(&pages) {
            assert_eq!(unpacked(&shown.packed(page)).as_bytes(), &page[..]);
            assert_eq!(shown.packed(page), shown.packed(page));
        }
    }
}
