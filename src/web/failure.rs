//! What a reader sees when a page cannot be shown: the status, kind words, one way on.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::Markup;

use crate::actions::{Error, NotThere};
use crate::app::Fault;
use crate::domain::time::SignedDuration;
use crate::store::StoreError;
use crate::views::error::{self, WayOn};
use crate::views::link;

/// Why a request gets no page of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// 400: the request cannot be read.
    Unreadable,
    /// 403: it came from another site's page, or nothing says from where.
    Forbidden,
    /// 403: it is for the practitioner whose desk it is, not for who else sits there.
    NotYourSeat,
    /// 404: there is no such thing, or it is somebody else's.
    NotFound,
    /// 405: the address is right, but not for this method.
    NotAllowed,
    /// 408: its body did not arrive in time.
    TooSlow,
    /// 413: its body is larger than is taken.
    TooLarge,
    /// 421: it was meant for another host.
    Misdirected,
    /// 429: too many in a short time; holds how long to wait.
    TooMany(SignedDuration),
    /// 500: we failed. Holds the id under which the log has it.
    Fault(String),
    /// 503: not now, but soon.
    Unavailable,
    /// 507: nothing can be kept, as the disk is full or can be read only. Holds the id under which the log has it.
    NoRoom(String),
}

/// How many faults this process had; the number finds one in the log.
static FAULTS: AtomicU64 = AtomicU64::new(1);

/// The end of a fault: it is logged here, once, under the id that the page shows.
impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let id = format!("F{}", FAULTS.fetch_add(1, Ordering::Relaxed));
        if let Fault::Store(why @ (StoreError::Full | StoreError::ReadOnly)) = &fault {
            tracing::error!(%id, %why, "a change was refused");
            return Self::NoRoom(id);
        }
        tracing::error!(%id, %fault, "a request failed");
        Self::Fault(id)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Fault::Store(error).into()
    }
}

/// What is not there, and what is somebody else's, are told alike.
impl From<Error<NotThere>> for Failure {
    fn from(error: Error<NotThere>) -> Self {
        match error {
            Error::Refused(NotThere) => Self::NotFound,
            Error::Failed(fault) => fault.into(),
        }
    }
}

impl Failure {
    /// The status it is answered with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Forbidden | Self::NotYourSeat => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::NoRoom(_) => StatusCode::INSUFFICIENT_STORAGE,
        }
    }

    /// The failure that a bare status stands for, as the framework gives it; `id` names the request in the log.
    #[must_use]
    pub fn of_status(status: StatusCode, id: &str) -> Self {
        match status.as_u16() {
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::NotAllowed,
            408 => Self::TooSlow,
            413 => Self::TooLarge,
            421 => Self::Misdirected,
            503 => Self::Unavailable,
            507 => Self::NoRoom(id.to_owned()),
            400..500 => Self::Unreadable,
            _ => Self::Fault(id.to_owned()),
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Unreadable => "We could not read that",
            Self::Forbidden => "That came from somewhere else",
            Self::NotYourSeat => "Not from this seat",
            Self::NotFound => "Nothing grows here",
            Self::NotAllowed => "This page cannot do that",
            Self::TooSlow => "That took too long",
            Self::TooLarge => "That is more than we can take",
            Self::Misdirected => "This is another door",
            Self::TooMany(_) => "A short pause, please",
            Self::Fault(_) => "Something failed on our side",
            Self::Unavailable => "We are away for a moment",
            Self::NoRoom(_) => "We can write nothing down",
        }
    }

    fn lead(&self) -> String {
        match self {
            Self::Unreadable => {
                "Part of the request was missing or garbled. Nothing was changed. Go back and try \
                                 once more."
                    .into()
            }
            Self::Forbidden => {
                "The request did not come from one of our own pages, so nothing was changed. Open \
                                the page here and try once more."
                    .into()
            }
            Self::NotYourSeat => {
                "This page is for practitioners at their own desk. Nothing was changed. Today, the calendar and the \
                 clients are open to you."
                    .into()
            }
            Self::NotFound => {
                "The page may have moved, or the link was cut short. Your sessions are safe either way."
                    .into()
            }
            Self::NotAllowed => "The address is right, but not for this step. Nothing was changed.".into(),
            Self::TooSlow => {
                "The connection was too slow, and nothing was changed. Go back and try once more.".into()
            }
            Self::TooLarge => {
                "What was sent is too large, and nothing was changed. Go back and send less.".into()
            }
            Self::Misdirected => {
                "This address is not one that we answer to. Please use the address you were given.".into()
            }
            Self::TooMany(wait) => {
                format!(
                    "That was tried many times in a row. Please wait {}, then try again.",
                    in_words(*wait)
                )
            }
            Self::Fault(id) => {
                format!("It is not your doing. If you write to us about it, this helps us find it: {id}")
            }
            Self::Unavailable => "Please try again in a minute. Your sessions are safe.".into(),
            Self::NoRoom(id) => {
                format!(
                    "The disk of this machine is full (less than 64 MiB are free) or can only be read, so nothing was changed. All \
                     that is kept is safe and can be read. Whoever looks after the machine makes room; then please try again. \
                     If you write to us about it, this helps us find it: {id}"
                )
            }
        }
    }

    /// How many seconds to wait, where waiting helps.
    fn retry_after(&self) -> Option<i64> {
        match self {
            Self::TooMany(wait) => Some(whole_seconds(*wait)),
            Self::Unavailable | Self::NoRoom(_) => Some(60),
            _ => None,
        }
    }

    fn page(&self) -> Markup {
        let way_on = match self {
            Self::NotYourSeat => WayOn { href: &link::desk(), label: "Go to today" },
            _ => WayOn { href: "/", label: "Go to the front page" },
        };
        error::page(self.title(), &self.lead(), way_on)
    }
}

/// Rounded up, so that whoever comes back then is let in; at least one.
fn whole_seconds(wait: SignedDuration) -> i64 {
    let part = i64::from(wait.subsec_nanos() > 0);
    wait.as_secs().saturating_add(part).max(1)
}

/// "12 seconds", "1 minute", "3 minutes": rounded up.
fn in_words(wait: SignedDuration) -> String {
    let seconds = whole_seconds(wait);
    let (count, unit) = if seconds < 60 { (seconds, "second") } else { ((seconds + 59) / 60, "minute") };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.page()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn each_failure_has_its_status_and_a_whole_page() {
        let pause = SignedDuration::from_millis(90_001);
        for (failure, status, words) in [
            (Failure::Unreadable, 400, "We could not read that"),
            (Failure::Forbidden, 403, "nothing was changed"),
            (Failure::NotYourSeat, 403, "Go to today"),
            (Failure::NotFound, 404, "Nothing grows here"),
            (Failure::NotAllowed, 405, "not for this step"),
            (Failure::TooSlow, 408, "took too long"),
            (Failure::TooLarge, 413, "send less"),
            (Failure::Misdirected, 421, "not one that we answer to"),
            (Failure::TooMany(pause), 429, "Please wait 2 minutes"),
            (Failure::Fault("f-17".into()), 500, "f-17"),
            (Failure::Unavailable, 503, "away for a moment"),
            (Failure::NoRoom("f-18".into()), 507, "nothing was changed"),
            (Failure::NoRoom("f-18".into()), 507, "f-18"),
        ] {
            let retry = failure.retry_after().map(|seconds| seconds.to_string());
            let response = failure.into_response();
            assert_eq!(response.status().as_u16(), status);
            let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header("retry-after"), retry);
            assert_eq!(header("content-type").as_deref(), Some("text/html; charset=utf-8"));
            assert_eq!(header("cache-control").as_deref(), Some("no-store"));
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let page = String::from_utf8(body.to_vec()).unwrap();
            assert!(page.contains(words) && page.contains("<h1>") && page.ends_with("</html>"), "{page}");
            assert!(!page.contains('!') || page.matches('!').count() == page.matches("<!DOCTYPE").count());
        }
    }

    #[test]
    fn waiting_is_rounded_up_and_said_in_words() {
        for (millis, words) in [
            (0, "1 second"),
            (1001, "2 seconds"),
            (59_000, "59 seconds"),
            (60_000, "1 minute"),
            (60_001, "2 minutes"),
        ] {
            assert_eq!(in_words(SignedDuration::from_millis(millis)), words);
        }
    }
}
