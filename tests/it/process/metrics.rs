//! `/metrics` of the running program, read with Prometheus' own parser: real figures under real requests, on its own listener alone.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use fiddlehead::domain::time::{before, minutes};
use fiddlehead::store::due::{self, Due};
use fiddlehead::store::{StoreError, messages};
use serde_json::Value;

use super::bought;
use crate::support::guest::Guest;
use crate::support::process::{PATIENCE, Program, free_port, real_now};
use crate::support::smtp_peer::python;

/// Asks the listener: the status, the kind and the text.
fn asked(port: u16, path: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), kind.to_owned(), body.to_owned())
}

/// What the parser makes of a text, or what it finds wrong.
fn parsed(text: &str) -> Option<Result<Vec<Value>, String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/read_metrics.py");
    let mut reader = Command::new(python()?)
        .args(["-B", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let told = reader.wait_with_output().unwrap();
    let wrong = String::from_utf8_lossy(&told.stderr).into_owned();
    Some(if told.status.success() { Ok(serde_json::from_slice(&told.stdout).unwrap()) } else { Err(wrong) })
}

struct Scraped(Vec<Value>);

impl Scraped {
    fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let fits = |sample: &&Value| {
            sample["name"] == name && labels.iter().all(|(label, text)| sample["labels"][label] == *text)
        };
        self.0.iter().find(fits).map(|sample| sample["value"].as_f64().unwrap())
    }

    #[track_caller]
    fn of(&self, name: &str) -> f64 {
        self.value(name, &[]).unwrap_or_else(|| panic!("no {name}: {:?}", self.0))
    }
}

/// What was asked for, by route and class.
fn of_requests(found: &Scraped) {
    let requests = |route: &str, class: &str| {
        found.value("fiddlehead_http_requests_total", &[("route", route), ("status", class)])
    };
    assert_eq!(requests("/{practitioner}/{package}", "2xx"), Some(3.0));
    assert_eq!(requests("none", "4xx"), Some(12.0));
    assert_eq!(requests("/bought/{purchase}", "4xx"), Some(12.0));
    assert_eq!(requests("/desk/sign-in", "4xx"), Some(12.0));
    assert_eq!(found.of("fiddlehead_http_requests_limited_total"), 2.0);
    assert_eq!(found.of("fiddlehead_sign_ins_refused_total"), 10.0);
    let all: f64 = found
        .0
        .iter()
        .filter(|one| one["name"] == "fiddlehead_http_requests_total")
        .map(|one| one["value"].as_f64().unwrap())
        .sum();
    assert_eq!(found.of("fiddlehead_http_request_duration_seconds_count"), all);
    assert!(found.of("fiddlehead_http_request_duration_seconds_sum") > 0.0);
}

/// What is kept, and what waits.
fn of_the_rest(found: &Scraped, program: &Program) {
    let commits = found.of("fiddlehead_store_commits_total");
    assert!(commits >= 1.0 && found.of("fiddlehead_store_changes_total") >= commits);
    assert!(found.of("fiddlehead_store_grouped_commits_total") <= commits);
    assert!(found.of("fiddlehead_outbox_messages") >= 1.0);
    assert!((3600.0..3700.0).contains(&found.of("fiddlehead_outbox_oldest_age_seconds")));
    assert_eq!(found.of("fiddlehead_overdue_oldest_age_seconds"), 0.0);
    assert_eq!(
        (found.of("fiddlehead_backup_places"), found.of("fiddlehead_backup_overdue_places")),
        (0.0, 0.0)
    );
    let file = program.data_file().metadata().unwrap().len();
    assert_eq!(found.of("fiddlehead_data_file_bytes"), file as f64);
    assert!(found.of("fiddlehead_disk_free_bytes") > 1e6 && found.of("process_resident_memory_bytes") > 1e6);
    let now = real_now().as_second() as f64;
    assert!((now - 120.0..=now).contains(&found.of("process_start_time_seconds")));
    assert_eq!(found.value("fiddlehead_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), Some(1.0));
    assert_eq!(found.value("fiddlehead_certificate_expiry_timestamp_seconds", &[]), None, "it shows none");
}

#[tokio::test]
async fn real_figures_of_real_requests_on_a_listener_of_their_own() {
    let port = free_port();
    let (mut program, ()) = Program::founded(async |house| {
        let (nora, _) = bought(house, "Nora Lind").await;
        // One of her messages should have gone an hour ago.
        house
            .app
            .keep(move |tx| -> Result<(), StoreError> {
                let who = fiddlehead::domain::people::login::Person::Client(nora);
                let message = messages::message::to(tx, who)?.remove(0);
                due::set(tx, Due::Message(message.id), Some(before(real_now(), minutes(60))))
            })
            .unwrap();
    })
    .await;
    program.configure(&format!("[metrics]\nlisten = \"127.0.0.1:{port}\"\n"));
    program.start();
    let mut guest = Guest::new(&program, "203.0.113.77");
    for _ in 0..3 {
        assert_eq!(guest.get("/ines/six-sessions").status, 200);
    }
    for n in 0..12 {
        guest.get(&format!("/no/such/path/number/{n}"));
        guest.get(&format!("/bought/canary-{n}"));
        guest.post(
            "/desk/sign-in",
            &[("email", "ines@quietfield.example"), ("password", "a guess of somebody")],
        );
    }
    let (status, kind, text) = asked(port, "/metrics");
    assert_eq!((status, kind.as_str()), (200, "text/plain; version=0.0.4; charset=utf-8"));
    let Some(read) = parsed(&text) else { return };
    let found = Scraped(read.unwrap_or_else(|wrong| panic!("{wrong}\n{text}")));

    of_requests(&found);
    of_the_rest(&found, &program);
    for word in ["canary", "203.0.113", "@", "nora", "number", "six-sessions"] {
        assert!(!text.to_lowercase().contains(word), "{word}: {text}");
    }

    // Other paths are no more series, and neither door has what the other has.
    let series = found.0.len();
    for n in 0..40 {
        guest.get(&format!("/bought/other-{n}"));
        guest.get(&format!("/x{n}/y/z/{n}"));
    }
    assert_eq!(parsed(&asked(port, "/metrics").2).unwrap().unwrap().len(), series);
    assert_eq!(guest.get("/metrics").status, 404);
    for path in ["/", "/healthz", "/desk", "/metrics/"] {
        assert_eq!(asked(port, path).0, 404, "{path}");
    }
    program.stop();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "it stops with the program");
}

#[test]
fn the_certificate_is_told_of_and_the_public_address_is_refused() {
    let (mut program, port) = (Program::bare(), free_port());
    let base_url = format!("https://book.example:{}", program.port);
    let metrics = |at: &str| format!("[tls]\nmode = \"local\"\n[metrics]\nlisten = \"{at}\"\n");
    for at in [format!("127.0.0.1:{}", program.port), format!("0.0.0.0:{}", program.port)] {
        program.configure_at(&base_url, &metrics(&at));
        let told = program.verb(&["check-config"], "");
        let words =
            String::from_utf8_lossy(&told.stderr).into_owned() + &String::from_utf8_lossy(&told.stdout);
        assert!(
            !told.status.success() && words.contains("is where everybody is answered (listen)"),
            "{words}"
        );
    }
    program.configure_at(&base_url, &metrics(&format!("127.0.0.1:{port}")));
    program.launch();
    crate::support::process::eventually("it is well", || {
        program.healthcheck().status.success().then_some(())
    });
    let (_, _, text) = asked(port, "/metrics");
    let Some(read) = parsed(&text) else { return };
    let ends = Scraped(read.unwrap()).of("fiddlehead_certificate_expiry_timestamp_seconds");
    assert!(ends > real_now().as_second() as f64, "{ends}");
    program.stop();
}

#[test]
fn a_name_against_the_rules_is_found() {
    for (text, why) in [
        (
            "# HELP fiddlehead_took_ms How long.\n# TYPE fiddlehead_took_ms gauge\nfiddlehead_took_ms 1\n",
            "no base unit",
        ),
        ("# HELP visits_total Visits.\n# TYPE visits_total counter\nvisits_total 1\n", "not of ours"),
        (
            "# HELP fiddlehead_x_total It.\n# TYPE fiddlehead_x_total gauge\nfiddlehead_x_total 1\n",
            "is no counter",
        ),
        (
            "# HELP fiddlehead_x_seconds It.\n# TYPE fiddlehead_x_seconds gauge\nfiddlehead_x_seconds 1\nfiddlehead_x_seconds 2\n",
            "twice",
        ),
    ] {
        let Some(read) = parsed(text) else { return };
        assert!(read.as_ref().is_err_and(|wrong| wrong.contains(why)), "{why}: {read:?}");
    }
}
