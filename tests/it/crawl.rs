//! Every address, as everybody who may come, and what is refused there as well: no answer leaves the browser unbound.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};

use crate::desk_rights::{practice, routes::ROUTES, send};
use crate::support::{Answer, Visitor};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// What an answer leaves open, in words.
fn open_in(path: &str, answer: &Answer) -> Vec<String> {
    let headers = &answer.headers;
    let kind = text(headers, "content-type");
    let policy = text(headers, "content-security-policy");
    let is_page = kind.starts_with("text/html");
    let is_mail = path.ends_with("/html") || path.ends_with("/preview");
    let mut open = Vec::new();
    let mut expect = |holds: bool, what: &str| {
        if !holds {
            open.push(format!("{path} ({}): {what}", answer.status));
        }
    };
    expect(!answer.status.is_server_error(), "a fault");
    expect(text(headers, "x-content-type-options") == "nosniff", "no nosniff");
    expect(text(headers, "cross-origin-resource-policy") == "same-origin", "other sites may load it");
    expect(!text(headers, "x-request-id").is_empty(), "no id");
    expect(
        text(headers, "server").is_empty() && text(headers, "x-powered-by").is_empty(),
        "says what serves it",
    );
    if is_page {
        expect(policy.contains("default-src 'none'"), "no policy");
        expect(text(headers, "referrer-policy") == "same-origin", "no referrer policy");
        expect(text(headers, "cross-origin-opener-policy") == "same-origin", "no opener policy");
        expect(!text(headers, "permissions-policy").is_empty(), "no permissions policy");
        expect(is_mail || !policy.contains("unsafe"), "an unsafe policy");
        expect(policy.contains("frame-ancestors 'none'") || is_mail, "may be framed");
    }
    if is_page && !is_mail {
        let page = &answer.text;
        expect(
            page.matches("<script").count() == page.matches("<script src=\"/assets/").count(),
            "a script inside",
        );
        let inline = [" style=\"", "<style", " onclick=", " onload=", " onerror=", "javascript:"];
        expect(!inline.iter().any(|sign| page.contains(sign)), "a style or a handler inside");
    }
    let private =
        ["/me", "/desk", "/setup"].iter().any(|room| path == *room || path.starts_with(&format!("{room}/")));
    expect(!private || text(headers, "cache-control") == "no-store", "may be kept by a cache");
    for set in headers.get_all(header::SET_COOKIE) {
        let set = set.to_str().unwrap();
        expect(
            set.contains("; HttpOnly; SameSite=") && set.contains("; Path=/;"),
            "a cookie that is not bound",
        );
        expect(!set.contains("Domain="), "a cookie for other hosts");
    }
    open
}

/// The addresses of everybody's pages and of clients'.
fn public(ids: &crate::desk_rights::ids::Ids) -> Vec<String> {
    let links = include_str!("../../src/views/link/public.rs");
    let patterns = links.split(" at \"").skip(1).filter_map(|rest| rest.split('"').next());
    let fill = |pattern: &str| {
        pattern
            .replace("{practitioner}", "ines")
            .replace("{package}", "six-sessions")
            .replace("{purchase}", &ids.purchase.to_string())
            .replace("{lot}", &ids.lot.to_string())
            .replace("{booking}", &ids.booking.to_string())
            .replace("{number}", "1")
            .replace("{token}", "abcdefghijklmnopqrstuvwxyz234567")
            .replace("{step}", "1")
            .replace("{file}", "nothing.css")
            .replace("{message}", "1")
            .replace("{checkout}", "1")
    };
    let mut all: Vec<String> = patterns.map(fill).collect();
    all.extend(
        ["/no/such/page", "/desk/no-such-page", "/me/no-such-page", "/%00", "/robots.txt", "/favicon.ico"]
            .map(str::to_owned),
    );
    all
}

async fn knock(visitor: &mut Visitor<'_>, path: &str, open: &mut BTreeSet<String>) -> usize {
    let answers = [
        visitor.get(path).await,
        visitor.post(path, &[("x", "y")]).await,
        visitor.send_raw(path, "text/plain", "x").await,
        visitor.method("PUT", path).await,
    ];
    for answer in &answers {
        // Machines read statuses; they are bound all the same.
        open.extend(open_in(path, answer));
    }
    answers.iter().filter(|answer| answer.status.is_success()).count()
}

#[tokio::test]
async fn no_answer_of_any_address_leaves_the_browser_unbound() {
    let (house, ids) = practice().await;
    let mut open = BTreeSet::new();
    let mut served = 0;
    for path in public(&ids) {
        for mut visitor in [house.visitor(), house.client(ids.client)] {
            served += knock(&mut visitor, &path, &mut open).await;
        }
    }
    for (method, pattern, ..) in ROUTES {
        let path = ids.filled_into(pattern);
        for mut visitor in [house.visitor(), house.practitioner(house.ines), house.practitioner(house.hana)] {
            let answer = send(&mut visitor, method, &path, &[]).await;
            served += usize::from(answer.status.is_success());
            open.extend(open_in(path.split('?').next().unwrap(), &answer));
        }
    }
    assert!(open.is_empty(), "{open:#?}");
    assert!(served > 120, "only {served} pages were there to look at");
}

#[test]
fn an_unbound_answer_is_seen() {
    let mut headers = HeaderMap::new();
    for (name, value) in [("content-type", "text/html"), ("set-cookie", "a=b"), ("server", "x")] {
        headers.insert(name, value.parse().unwrap());
    }
    let text = "<script>1</script><p style=\"x\">".to_owned();
    let answer = Answer { status: axum::http::StatusCode::OK, headers, bytes: vec![], text };
    assert_eq!(open_in("/me", &answer).len(), 13, "{:#?}", open_in("/me", &answer));
}
