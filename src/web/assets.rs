//! Answers for files: those of `views::asset`, the stylesheets of `views::brand`, and the few that browsers and
//! robots ask for by names of their own. None of them knows who asks.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;

use super::pack::{gzip, remembered, takes_gzip};
use super::security::File;
use crate::views::{asset, brand};

/// Contents whose name changes with them.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Contents under a name that stays.
const FOR_A_DAY: &str = "public, max-age=86400";

/// Every file, whatever the state of the program is.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{*name}", get(file))
        .route("/brand/{name}", get(brand_sheet))
        .route(
            "/favicon.ico",
            get(|headers: HeaderMap| async move { by_name("icons/favicon.ico", &headers) }),
        )
        .route("/robots.txt", get(|headers: HeaderMap| async move { by_name("robots.txt", &headers) }))
        .route(
            "/apple-touch-icon.png",
            get(|headers: HeaderMap| async move { by_name("icons/icon-180.png", &headers) }),
        )
}

/// The files that are worth it, compressed once.
static COMPRESSED: LazyLock<HashMap<&'static str, Vec<u8>>> = LazyLock::new(|| {
    let worth = |kind: &str| kind.starts_with("text/") || kind.contains("svg") || kind.contains("json");
    asset::all()
        .filter(|a| worth(a.kind))
        .map(|a| (a.url.as_str(), gzip(&a.body, Compression::best())))
        .collect()
});

/// Compresses what will be asked for, so that nobody waits for it; `web` calls it at the start.
pub fn warm() {
    LazyLock::force(&COMPRESSED);
}

enum Body {
    Kept(&'static [u8]),
    Made(Bytes),
}

fn answer(
    plain: Body,
    packed: Option<Body>,
    kind: &'static str,
    keep: &'static str,
    headers: &HeaderMap,
) -> Response {
    let varies = packed.is_some();
    let packed = packed.filter(|_| takes_gzip(headers));
    let coded = packed.is_some();
    let mut response = match packed.unwrap_or(plain) {
        Body::Kept(bytes) => bytes.into_response(),
        Body::Made(bytes) => bytes.into_response(),
    };
    response.extensions_mut().insert(File);
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    if varies {
        out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    }
    if coded {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// An answer that is made for one reader, packed if she takes it.
pub(super) fn made(body: Vec<u8>, kind: &'static str, keep: &'static str, headers: &HeaderMap) -> Response {
    let packed = takes_gzip(headers).then(|| Body::Made(gzip(&body, Compression::default()).into()));
    let mut response = answer(Body::Made(body.into()), packed, kind, keep, headers);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response
}

fn serve(asset: &'static asset::Asset, keep: &'static str, headers: &HeaderMap) -> Response {
    let packed = COMPRESSED.get(asset.url.as_str()).map(|bytes| Body::Kept(bytes));
    answer(Body::Kept(&asset.body), packed, asset.kind, keep, headers)
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match asset::at(&format!("/assets/{name}")) {
        Some(asset) => serve(asset, FOR_EVER, &headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn by_name(name: &str, headers: &HeaderMap) -> Response {
    match asset::named(name) {
        Some(asset) => serve(asset, FOR_A_DAY, headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn brand_sheet(Path(name): Path<String>, headers: HeaderMap) -> Response {
    match brand::stylesheet_named(&name) {
        Some(css) => {
            let plain = Bytes::from(css);
            let packed = Body::Made(remembered(&plain));
            answer(Body::Made(plain), Some(packed), "text/css; charset=utf-8", FOR_EVER, &headers)
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as RequestBody;
    use axum::http::Request;
    use flate2::read::GzDecoder;
    use http_body_util::BodyExt as _;
    use std::io::Read as _;
    use tower::ServiceExt as _;

    async fn ask(path: &str, encoding: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
        let request =
            Request::get(path).header(header::ACCEPT_ENCODING, encoding).body(RequestBody::empty()).unwrap();
        let response = routes::<()>().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    #[tokio::test]
    async fn the_stylesheet_is_kept_for_ever_and_packed_for_who_takes_it() {
        let (status, headers, plain) = ask(&asset::css().url, "identity").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CACHE_CONTROL], FOR_EVER);
        assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(headers[header::VARY], "Accept-Encoding");
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
        let (_, headers, packed) = ask(&asset::css().url, "br;q=1, gzip;q=0.8").await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        assert_eq!(headers[header::VARY], "Accept-Encoding");
        let mut unpacked = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain);
        assert!(packed.len() < 11_000, "{}", packed.len());
        let (_, headers, _) = ask(&asset::css().url, "gzip;q=0").await;
        assert!(!headers.contains_key(header::CONTENT_ENCODING));
    }

    #[tokio::test]
    async fn a_font_is_sent_as_it_is() {
        let (status, headers, body) = ask(asset::url("fonts/goudy.woff2"), "gzip").await;
        assert_eq!((status, body.get(..4)), (StatusCode::OK, Some(&b"wOF2"[..])));
        assert_eq!(headers[header::CONTENT_TYPE], "font/woff2");
        assert!(!headers.contains_key(header::CONTENT_ENCODING) && !headers.contains_key(header::VARY));
    }

    #[tokio::test]
    async fn a_name_that_nothing_has_is_not_found() {
        for path in
            ["/assets/fiddlehead.css", "/assets/../Cargo.toml", "/assets/css/base.css", "/brand/3d6a41.css"]
        {
            assert_eq!(ask(path, "").await.0, StatusCode::NOT_FOUND, "{path}");
        }
    }

    #[tokio::test]
    async fn an_accent_has_its_stylesheet() {
        let url = brand::stylesheet_url("#a2452f".parse().unwrap(), &[]);
        let (status, headers, body) = ask(&url, "identity").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CACHE_CONTROL], FOR_EVER);
        let css = String::from_utf8(body.clone()).unwrap();
        assert!(css.starts_with("@layer tokens") && css.contains("\n:root{--accent:#a2452f}"));
        let (_, headers, packed) = ask(&url, "gzip").await;
        assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
        let mut unpacked = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, body);
    }

    #[tokio::test]
    async fn robots_stay_out_of_what_is_signed_in() {
        let (_, headers, body) = ask("/robots.txt", "").await;
        let text = String::from_utf8(body).unwrap();
        assert!(text.contains("Disallow: /me\n") && text.contains("Disallow: /desk\n"));
        assert_eq!(headers[header::CACHE_CONTROL], FOR_A_DAY);
        assert_eq!(ask("/favicon.ico", "").await.1[header::CONTENT_TYPE], "image/x-icon");
    }
}
