//! Figures for programs that watch, in Prometheus' text format (0.0.4), on a listener of their own and never on the public one. Answers
//! are counted by the pattern of their route; nothing here names anybody.

use std::fmt::{Display, Write as _};
use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::failure::Failure;
use crate::actions::keeping::standing::{Measured, measured};
use crate::app::{App, BOUNDS, Counted};
use crate::domain::time::Timestamp;
use crate::store::Commits;
use crate::views::link::route;

/// What an answer is counted under that no route gave.
const NO_ROUTE: &str = "none";
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The routes of the listener.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route(route::METRICS, get(page)).with_state(app)
}

/// Counts every answer of other routes.
pub fn counting(router: Router, app: &Arc<App>) -> Router {
    router.layer(from_fn_with_state(Arc::clone(app), count))
}

async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = tokio::time::Instant::now();
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = matched.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    app.machine.figures.answered(route, response.status().as_u16(), began.elapsed());
    response
}

async fn page(State(app): State<Arc<App>>) -> Result<Response, Failure> {
    let text = app.run(|app| -> Result<_, Failure> { Ok(all(app, &measured(app)?)) }).await?;
    Ok(([(header::CONTENT_TYPE, KIND), (header::CACHE_CONTROL, "no-store")], text).into_response())
}

/// Families of figures, written one after the other.
#[derive(Default)]
struct Page(String);

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> =
            labels.iter().map(|(name, text)| format!("{name}=\"{}\"", escaped(text))).collect();
        let _ = match labels.is_empty() {
            true => writeln!(self.0, "{name} {value}"),
            false => writeln!(self.0, "{name}{{{}}} {value}", labels.join(",")),
        };
    }

    fn gauge(&mut self, name: &str, help: &str, value: impl Display) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    /// A gauge that is left out where there is nothing to say.
    fn gauge_if(&mut self, name: &str, help: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.gauge(name, help, value);
        }
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "counter", help);
        self.sample(name, &[], value);
    }
}

fn all(app: &App, now: &Measured) -> String {
    let mut page = Page::default();
    page.family("fiddlehead_build_info", "gauge", "The version that runs; always 1.");
    page.sample("fiddlehead_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    let began = seconds(app.machine.began_at);
    page.gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", began);
    page.gauge_if("process_resident_memory_bytes", "How much memory the process has.", now.memory);
    answers(&mut page, &app.machine.figures.counted());
    writer(&mut page, app.store.commits());
    due(&mut page, now);
    kept(&mut page, now);
    let ends = app.machine.certificate().map(|one| seconds(one.ends_at));
    page.gauge_if(
        "fiddlehead_certificate_expiry_timestamp_seconds",
        "Until when the certificate that is shown is good.",
        ends,
    );
    page.0
}

fn answers(page: &mut Page, counted: &Counted) {
    let name = "fiddlehead_http_requests_total";
    page.family(
        name,
        "counter",
        "Requests that were answered, by the pattern of the route and the class of the status.",
    );
    for ((route, class), count) in &counted.answers {
        page.sample(name, &[("route", route), ("status", &format!("{class}xx"))], count);
    }
    let name = "fiddlehead_http_request_duration_seconds";
    page.family(name, "histogram", "How long answers took.");
    let (bucket, mut sum) = (format!("{name}_bucket"), 0);
    for (slot, count) in counted.took.iter().enumerate() {
        sum += count;
        let bound = BOUNDS.get(slot).map_or("+Inf".to_owned(), |millis| fraction(*millis));
        page.sample(&bucket, &[("le", &bound)], sum);
    }
    page.sample(&format!("{name}_sum"), &[], counted.took_together.as_secs_f64());
    page.sample(&format!("{name}_count"), &[], sum);
    page.counter(
        "fiddlehead_http_requests_limited_total",
        "Requests that were refused as too many in a short time.",
        counted.limited,
    );
    page.counter(
        "fiddlehead_sign_ins_refused_total",
        "Codes and passwords that did not fit.",
        counted.sign_ins_refused,
    );
}

fn writer(page: &mut Page, commits: Commits) {
    page.counter("fiddlehead_store_commits_total", "Commits to the data file.", commits.all);
    page.counter(
        "fiddlehead_store_grouped_commits_total",
        "Those of them that several changes shared.",
        commits.shared,
    );
    page.counter("fiddlehead_store_changes_total", "Changes that were committed.", commits.changes);
}

fn due(page: &mut Page, now: &Measured) {
    let age =
        |since: Option<Timestamp>| since.map_or(0, |since| now.now.duration_since(since).as_secs().max(0));
    let ((messages, oldest), (late, latest)) = (now.outbox, now.late);
    page.gauge("fiddlehead_outbox_messages", "Messages that should have gone by now.", messages);
    page.gauge("fiddlehead_outbox_oldest_age_seconds", "For how long the first of them waits.", age(oldest));
    page.gauge("fiddlehead_overdue_items", "Other things that should be done by now.", late);
    page.gauge("fiddlehead_overdue_oldest_age_seconds", "For how long the first of them waits.", age(latest));
}

fn kept(page: &mut Page, now: &Measured) {
    page.gauge_if(
        "fiddlehead_data_file_bytes",
        "How large the data file is.",
        now.disk.map(|(file, _)| file),
    );
    page.gauge_if(
        "fiddlehead_disk_free_bytes",
        "How much is free beside it.",
        now.disk.map(|(_, free)| free),
    );
    page.gauge_if(
        "fiddlehead_snapshot_verified_timestamp_seconds",
        "When the newest snapshot was made that was opened again and checked.",
        now.snapshot_at.map(seconds),
    );
    page.gauge("fiddlehead_backup_places", "How many places backups go to.", now.elsewhere.places);
    page.gauge(
        "fiddlehead_backup_overdue_places",
        "At how many of them none was verified for a week.",
        now.elsewhere.overdue,
    );
    // A place without any is the furthest behind: 0, as for a backup of 1970.
    let behind = now.elsewhere.behind.as_ref().map(|(_, proved)| proved.map_or(0, seconds));
    page.gauge_if(
        "fiddlehead_backup_verified_timestamp_seconds",
        "When the last verified backup was made, at the place that is furthest behind.",
        behind,
    );
}

fn seconds(at: Timestamp) -> i64 {
    at.as_second()
}

/// Milliseconds as a fraction of a second: "0.25".
fn fraction(millis: u64) -> String {
    let text = format!("{}.{:03}", millis / 1_000, millis % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Figures;
    use std::time::Duration;

    #[test]
    fn answers_are_counted_by_route_class_and_time() {
        let figures = Figures::default();
        figures.answered("/me", 200, Duration::from_millis(4));
        figures.answered("/me", 204, Duration::from_millis(5));
        figures.answered("/me", 429, Duration::from_secs(60));
        figures.sign_in_refused();
        let mut page = Page::default();
        answers(&mut page, &figures.counted());
        for line in [
            "fiddlehead_http_requests_total{route=\"/me\",status=\"2xx\"} 2",
            "fiddlehead_http_requests_total{route=\"/me\",status=\"4xx\"} 1",
            "fiddlehead_http_request_duration_seconds_bucket{le=\"0.005\"} 1",
            "fiddlehead_http_request_duration_seconds_bucket{le=\"0.01\"} 2",
            "fiddlehead_http_request_duration_seconds_bucket{le=\"10\"} 2",
            "fiddlehead_http_request_duration_seconds_bucket{le=\"+Inf\"} 3",
            "fiddlehead_http_request_duration_seconds_count 3",
            "fiddlehead_http_requests_limited_total 1",
            "fiddlehead_sign_ins_refused_total 1",
        ] {
            assert!(page.0.lines().any(|found| found == line), "{line} in\n{}", page.0);
        }
    }

    #[test]
    fn a_label_cannot_end_its_line() {
        let mut page = Page::default();
        page.sample("x", &[("route", "a\"b\\c\nd")], 1);
        assert_eq!(page.0, "x{route=\"a\\\"b\\\\c\\nd\"} 1\n");
    }
}
