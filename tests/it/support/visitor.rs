//! Somebody with a browser.

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::House;

/// Somebody with a browser: keeps cookies, follows nothing by itself.
#[derive(Clone)]
pub struct Visitor<'a> {
    pub(super) house: &'a House,
    pub cookies: Vec<(String, String)>,
    /// What the browser says that it is.
    pub agent: Option<&'static str>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    /// Where it leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden or filled field.
    pub fn field(&self, name: &str) -> String {
        let at = self
            .text
            .find(&format!("name=\"{name}\""))
            .unwrap_or_else(|| panic!("no field {name} in {}", self.text));
        let tag_start = self.text[..at].rfind('<').unwrap();
        let tag = &self.text[tag_start..][..self.text[tag_start..].find('>').unwrap()];
        let value = tag.split("value=\"").nth(1).unwrap_or("");
        value.split('"').next().unwrap().replace("&amp;", "&").replace("&quot;", "\"")
    }
}

impl Visitor<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, Body::from(serde_urlencoded::to_string(fields).unwrap())).await
    }

    /// A POST of any kind of content.
    pub async fn send_raw(&mut self, path: &str, kind: &str, body: &str) -> Answer {
        self.ask("POST", path, Some(kind), Body::from(body.to_owned())).await
    }

    /// The same, with bytes: a form with files.
    pub async fn post_body(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Answer {
        self.ask("POST", path, Some(kind), Body::from(body)).await
    }

    /// A request of any method, without a body.
    pub async fn method(&mut self, method: &str, path: &str) -> Answer {
        self.ask(method, path, None, Body::empty()).await
    }

    async fn send(&mut self, method: &str, path: &str, body: Body) -> Answer {
        let form = (method == "POST").then_some("application/x-www-form-urlencoded");
        self.ask(method, path, form, body).await
    }

    async fn ask(&mut self, method: &str, path: &str, kind: Option<&str>, body: Body) -> Answer {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "book.example");
        request = request.header("sec-fetch-site", "same-origin");
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        if let Some(agent) = self.agent {
            request = request.header(header::USER_AGENT, agent);
        }
        if !jar.is_empty() {
            request = request.header(header::COOKIE, jar.join("; "));
        }
        let answer = self.house.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            // Where lines may not end is for the eye; tests look for words.
            text: String::from_utf8_lossy(&bytes).replace('\u{a0}', " "),
            bytes: bytes.to_vec(),
        }
    }
}
