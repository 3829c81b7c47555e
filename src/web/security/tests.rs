//! The door, asked as browsers, scripts and other sites ask.

use super::*;
use axum::Extension;
use axum::routing::{get, post};
use http_body_util::BodyExt;
use tower::ServiceExt;

fn door() -> Door {
    Door {
        origin: "https://book.example".into(),
        hosts: Hosts::Named(vec!["book.example".into(), "192.168.1.5".into()]),
        hsts: Hsts::Silent,
        trusts: Box::new(|address| address.is_loopback()),
        body_time: Duration::from_millis(100),
        bodies: Shares::of_bodies(),
        requests: AtomicU64::new(0xfe),
    }
}

fn router(door: Door) -> Router {
    let routes = Router::new()
        .route("/", get(|| async { "hello" }).post(|body: String| async move { body.len().to_string() }))
        .route("/me", get(|| async { "mine" }))
        .route("/menu", get(|| async { "for all" }))
        .route("/desk/today", get(|| async { ([(header::CACHE_CONTROL, "public")], "mine") }))
        .route("/buy", get(|| async { (Extension(FormActionTo("https://till.example".into())), "buy") }))
        .route("/odd", get(|| async { (Extension(FormActionTo("https://a; script-src *".into())), "odd") }))
        .route("/letter", get(|| async { (Extension(NoStore), "letter") }))
        .route("/hooks/stripe", post(|body: String| async move { body }))
        .route("/unsubscribe/{token}", post(|| async { "done" }))
        .route(
            "/whose",
            get(|Extension(ClientAddr(client)): Extension<ClientAddr>| async move { client.to_string() }),
        )
        .route("/panic", get(|| async { if true { panic!("a test") } else { "never" } }));
    behind(routes.merge(crate::web::assets::routes()), Arc::new(door))
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

async fn ask_with(router: Router, request: Request) -> Answer {
    let response = router.oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = String::from_utf8_lossy(&body.collect().await.unwrap().to_bytes()).into_owned();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

async fn get_page(path: &str) -> Answer {
    ask_with(router(door()), request("GET", path, &[("host", "book.example")], "")).await
}

#[tokio::test]
async fn every_answer_binds_the_browser() {
    for path in ["/", "/nowhere", "/panic", "/hooks/nowhere"] {
        let answer = get_page(path).await;
        assert_eq!(
            answer.header("content-security-policy"),
            Some(
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                 connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
                 frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
            ),
            "{path}"
        );
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
        let permissions = answer.header("permissions-policy").unwrap();
        for given in permissions.split(", ").filter(|one| !one.ends_with("=()")) {
            assert!(given.starts_with("publickey-credentials-") && given.ends_with("=(self)"), "{given}");
        }
        assert_eq!(answer.header("strict-transport-security"), None, "only when told");
        assert_eq!(answer.header("x-request-id"), Some("00000000000000fe"));
    }
    let told = Door { hsts: Hsts::Year, ..door() };
    let answer = ask_with(router(told), request("GET", "/", &[("host", "book.example")], "")).await;
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

#[tokio::test]
async fn a_file_has_what_means_something_for_it() {
    let drawing = get_page(crate::views::asset::url("icons/favicon.svg")).await;
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    assert_eq!(drawing.header("content-security-policy"), Some(policy));
    let font = get_page(crate::views::asset::url("fonts/goudy.woff2")).await;
    assert_eq!(font.header("content-security-policy"), None);
    for file in [drawing, font] {
        assert_eq!(file.status, 200);
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(file.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(file.header("permissions-policy"), None);
    }
}

#[tokio::test]
async fn pages_are_packed_where_no_other_site_can_have_asked() {
    let asked = async |headers: &[(&'static str, &'static str)]| {
        let mut all = vec![("host", "book.example"), ("accept-encoding", "gzip")];
        all.extend(headers);
        ask_with(router(door()), request("GET", "/nowhere", &all, "")).await
    };
    for (headers, coding) in [
        (&[][..], Some("gzip")),
        (&[("cookie", "a=b")], None),
        (&[("cookie", "a=b"), ("sec-fetch-site", "cross-site")], None),
        (&[("cookie", "a=b"), ("sec-fetch-site", "same-origin")], Some("gzip")),
    ] {
        let answer = asked(headers).await;
        assert_eq!(answer.header("content-encoding"), coding, "{headers:?}");
        assert_eq!(answer.header("vary"), Some("Accept-Encoding"));
    }
}

#[tokio::test]
async fn a_buy_page_may_send_its_form_to_the_till_and_no_page_may_change_the_policy() {
    let policy = |answer: Answer| answer.header("content-security-policy").unwrap().to_owned();
    let buy = policy(get_page("/buy").await);
    assert!(buy.contains("; form-action 'self' https://till.example; base-uri 'none';"), "{buy}");
    assert_eq!(policy(get_page("/odd").await), policy(get_page("/").await));
}

#[tokio::test]
async fn what_is_signed_in_is_kept_by_no_cache() {
    for (path, cache) in [
        ("/me", Some("no-store")),
        ("/me/nowhere", Some("no-store")),
        ("/desk/today", Some("no-store")),
        ("/letter", Some("no-store")),
        ("/menu", None),
        ("/", None),
    ] {
        let answer = get_page(path).await;
        assert_eq!(answer.header("cache-control"), cache, "{path}");
        assert_eq!(answer.headers.get_all("cache-control").iter().count(), usize::from(cache.is_some()));
    }
}

#[tokio::test]
async fn changes_are_taken_from_our_own_pages_only() {
    let (site, origin) = ("sec-fetch-site", "origin");
    let (ours, theirs) = ("https://book.example", "https://evil.example");
    for (headers, status) in [
        (&[(site, "same-origin")][..], 200),
        (&[(site, "same-origin"), (origin, ours)], 200),
        (&[(site, "none")], 200),
        (&[(site, "none"), (origin, theirs)], 403),
        (&[(site, "none"), (origin, "null")], 403),
        (&[(site, "same-site"), (origin, "https://www.book.example")], 403),
        (&[(site, "cross-site"), (origin, theirs)], 403),
        (&[(site, "cross-site"), (origin, ours)], 403),
        (&[(site, "cross-site")], 403),
        (&[(site, "")], 403),
        (&[(origin, ours)], 200),
        (&[(origin, theirs)], 403),
        (&[(origin, "null")], 403),
        (&[(origin, "http://book.example")], 403),
        (&[(origin, "https://book.example:8443")], 403),
        (&[(origin, "https://book.example.evil.example")], 403),
        (&[("referer", "https://book.example/")], 403),
        (&[], 403),
    ] {
        let headers = [&[("host", "book.example")], headers].concat();
        let answer = ask_with(router(door()), request("POST", "/", &headers, "x")).await;
        assert_eq!(answer.status, status, "{headers:?}");
        for method in ["PUT", "PATCH", "DELETE"] {
            let answer = ask_with(router(door()), request(method, "/", &headers, "x")).await;
            assert_eq!(answer.status, if status == 200 { 405 } else { 403 }, "{method} {headers:?}");
        }
        let answer = ask_with(router(door()), request("GET", "/", &headers, "")).await;
        assert_eq!(answer.status, 200, "safe: {headers:?}");
    }
}

#[tokio::test]
async fn only_what_ignores_cookies_is_exempt() {
    let from_afar = [("host", "book.example"), ("sec-fetch-site", "cross-site")];
    for (method, path, status) in [
        ("POST", "/hooks/stripe", 200),
        ("POST", "/unsubscribe/abc", 200),
        ("POST", "/hooks/stripe/", 403),
        ("POST", "/hooks/stripe/0000", 404),
        ("POST", "/hooks/other", 403),
        ("POST", "/unsubscribe", 403),
        ("PUT", "/hooks/stripe", 403),
        ("DELETE", "/unsubscribe/abc", 403),
    ] {
        let answer = ask_with(router(door()), request(method, path, &from_afar, "{}")).await;
        assert_eq!(answer.status, status, "{method} {path}");
    }
}

#[tokio::test]
async fn only_our_own_hosts_are_answered() {
    for (host, status) in [
        ("book.example", 200),
        ("Book.Example:443", 200),
        ("book.example.", 200),
        ("192.168.1.5:8080", 200),
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("evil.example", 421),
        ("book.example.evil.example", 421),
        ("192.168.1.6", 421),
        ("evil.example@book.example", 421),
        ("", 421),
    ] {
        let answer = ask_with(router(door()), request("GET", "/", &[("host", host)], "")).await;
        assert_eq!(answer.status, status, "{host}");
    }
    let none = ask_with(router(door()), request("GET", "/", &[], "")).await;
    let two = [("host", "book.example"), ("host", "evil.example")];
    let two = ask_with(router(door()), request("GET", "/", &two, "")).await;
    let target = request("GET", "https://evil.example/", &[("host", "book.example")], "");
    let target = ask_with(router(door()), target).await;
    assert_eq!((none.status, two.status, target.status), (421, 421, 421));
}

#[tokio::test]
async fn the_demo_answers_any_host_but_no_other_sites_forms() {
    let demo = || router(Door { hosts: Hosts::Any, ..door() });
    let host = ("host", "laptop.lan:8080");
    for (headers, status) in [
        (&[host, ("origin", "http://laptop.lan:8080")][..], 200),
        (&[host, ("origin", "http://laptop.lan")], 403),
        (&[host, ("origin", "http://evil.example")], 403),
        (&[host, ("sec-fetch-site", "cross-site"), ("origin", "http://laptop.lan:8080")], 403),
        (&[host], 403),
    ] {
        let answer = ask_with(demo(), request("POST", "/", headers, "x")).await;
        assert_eq!(answer.status, status, "{headers:?}");
    }
    let named = [("host", "book.example"), ("origin", "http://book.example")];
    assert_eq!(
        ask_with(router(door()), request("POST", "/", &named, "x")).await.status,
        403,
        "no demo, no leniency"
    );
}

#[tokio::test]
async fn the_client_is_seen_through_trusted_proxies() {
    for (peer, client) in [("127.0.0.1:5000", "198.51.100.1"), ("203.0.113.9:5000", "203.0.113.9")] {
        let headers = [("host", "book.example"), ("x-forwarded-for", "6.6.6.6, 198.51.100.1")];
        let mut request = request("GET", "/whose", &headers, "");
        request.extensions_mut().insert(Peer(peer.parse().unwrap()));
        assert_eq!(ask_with(router(door()), request).await.body, client);
    }
}

#[tokio::test]
async fn refusals_of_the_framework_are_told_in_kind_words() {
    let ours = [("host", "book.example"), ("sec-fetch-site", "same-origin")];
    let missing = get_page("/nowhere").await;
    assert_eq!((missing.status, missing.body.contains("Nothing grows here")), (404, true));
    let method = ask_with(router(door()), request("POST", "/menu", &ours, "")).await;
    assert_eq!((method.status, method.header("allow")), (405, Some("GET,HEAD")));
    assert!(method.body.contains("This page cannot do that"));
    let large = ask_with(router(door()), request("POST", "/", &ours, vec![b'x'; BODY_BYTES + 1])).await;
    assert_eq!((large.status, large.body.contains("more than we can take")), (413, true), "{}", large.body);
    let fits = ask_with(router(door()), request("POST", "/", &ours, vec![b'x'; BODY_BYTES])).await;
    assert_eq!((fits.status, fits.body), (200, BODY_BYTES.to_string()));
    let hook =
        ask_with(router(door()), request("POST", "/hooks/stripe", &ours, vec![b'x'; BODY_BYTES + 1])).await;
    assert_eq!((hook.status, hook.body.contains("<h1>")), (413, false), "machines read the status");
}

#[tokio::test]
async fn a_panic_is_answered_with_the_id_that_the_log_has() {
    let answer = get_page("/panic").await;
    assert_eq!(answer.status, 500);
    assert!(answer.body.contains("00000000000000fe") && !answer.body.contains("a test"), "{}", answer.body);
}

#[tokio::test]
async fn a_body_that_drips_is_given_up() {
    struct Drip;
    impl axum::body::HttpBody for Drip {
        type Data = axum::body::Bytes;
        type Error = std::convert::Infallible;
        fn poll_frame(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<Self::Data>, Self::Error>>> {
            Poll::Pending
        }
    }
    let ours = [("host", "book.example"), ("sec-fetch-site", "same-origin")];
    let answer = tokio::time::timeout(
        Duration::from_secs(5),
        ask_with(router(door()), request("POST", "/", &ours, Body::new(Drip))),
    );
    let answer = answer.await.expect("it is answered");
    assert_eq!((answer.status, answer.body.contains("took too long")), (408, true), "{}", answer.body);
}

#[tokio::test]
async fn bodies_that_are_half_sent_have_room_together_and_no_more() {
    use axum::body::Bytes;
    use tokio::sync::mpsc;
    // Room for eight bodies of four kilobytes, of which one sender has half.
    let router =
        router(Door { bodies: Shares::new(32 << 10, 16 << 10), body_time: Duration::from_secs(2), ..door() });
    let from = |peer: &str, body: Body| {
        let mut request = request("POST", "/hooks/stripe", &[("host", "book.example")], body);
        request.extensions_mut().insert(Peer(format!("{peer}:4711").parse().unwrap()));
        ask_with(router.clone(), request)
    };
    let mut open = Vec::new();
    let mut half = tokio::task::JoinSet::new();
    for n in 0..8 {
        let (sends, mut sent) = mpsc::channel::<Bytes>(1);
        sends.send(Bytes::from(vec![b'a'; 4 << 10])).await.unwrap();
        let body = futures_body(move |context| sent.poll_recv(context));
        half.spawn(from(if n < 4 { "203.0.113.8" } else { "203.0.113.9" }, body));
        open.push(sends);
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    let refused = from("203.0.113.10", "x".into()).await;
    assert!(refused.status == 503 && refused.header("content-security-policy").is_some(), "{}", refused.body);
    // One who has her share waits while others are served; what ends gives its room back.
    open.truncate(6);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(from("203.0.113.8", "x".into()).await.status, 503);
    assert_eq!(from("203.0.113.10", "x".into()).await.status, 200);
    drop(open);
    while let Some(answer) = half.join_next().await {
        assert_eq!(answer.unwrap().body.len(), 4 << 10);
    }
    assert_eq!(from("203.0.113.8", "x".repeat(16 << 10).into()).await.status, 200);
}

/// A body of what is sent bit by bit.
fn futures_body(
    next: impl FnMut(&mut std::task::Context<'_>) -> Poll<Option<axum::body::Bytes>> + Send + Unpin + 'static,
) -> Body {
    struct Sent<F>(F);
    impl<F: FnMut(&mut std::task::Context<'_>) -> Poll<Option<axum::body::Bytes>> + Unpin>
        axum::body::HttpBody for Sent<F>
    {
        type Data = axum::body::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> Poll<Option<Result<hyper::body::Frame<axum::body::Bytes>, std::io::Error>>> {
            (self.0)(context).map(|next| next.map(|bytes| Ok(hyper::body::Frame::data(bytes))))
        }
    }
    Body::new(Sent(next))
}
