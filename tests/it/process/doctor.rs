//! `fiddlehead doctor` against real peers: a mail server, Stripe's fake, a time server, TLS of its own; running and stopped.

use std::fs::Permissions;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use fiddlehead::domain::id::{BackupId, DestinationId};
use fiddlehead::domain::keeping::backup::{Backup, Outcome, Trouble};
use fiddlehead::domain::keeping::destination::{Destination, Place};
use fiddlehead::domain::time::{Timestamp, before, hours};
use fiddlehead::payments::webhook::HEARD;
use fiddlehead::store::StoreError;
use fiddlehead::store::keeping::{backup, destination};
use serde_json::json;

use crate::support::fake_stripe::{Fake, KEY};
use crate::support::process::{Program, free_port, mail_section, real_now, stripe_section};
use crate::support::smtp_peer::{Address, PASSWORD};

/// A time server whose clock is off by some seconds; it ends with the test's process.
fn time_server(off: i64) -> String {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let mut packet = [0; 48];
        while let Ok((48, from)) = socket.recv_from(&mut packet) {
            assert_eq!(packet[0], 0x23, "version 4, a client");
            let second = u32::try_from(real_now().as_second() + 2_208_988_800 + off).unwrap();
            (packet[0], packet[1]) = (0x24, 2);
            packet[40..44].copy_from_slice(&second.to_be_bytes());
            packet[44..48].copy_from_slice(
                &u32::try_from((i64::from(real_now().subsec_microsecond()) << 32) / 1_000_000)
                    .unwrap()
                    .to_be_bytes(),
            );
            socket.send_to(&packet, from).unwrap();
        }
    });
    address
}

/// The exit code, and the lines as "verdict about said".
fn told(program: &Program, options: &[&str]) -> (Option<i32>, Vec<String>) {
    // The domains of these tests are nobody's; tests/it/process/sender.rs has a name server for them.
    let output = program.verb(&[&["doctor", "--name-server", "127.0.0.1:9"], options].concat(), "");
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    (output.status.code(), text.lines().map(line).collect())
}

#[track_caller]
fn assert_line(lines: &[String], begins: &str, holds: &str) {
    let found = lines.iter().any(|line| line.starts_with(begins) && line.contains(holds));
    assert!(found, "no line {begins:?} with {holds:?} in\n{}", lines.join("\n"));
}

async fn founded() -> Program {
    let (program, ()) = Program::founded(async |_| {}).await;
    std::fs::set_permissions(program.data(), Permissions::from_mode(0o700)).unwrap();
    program
}

#[tokio::test]
async fn all_is_well_beside_the_running_program_and_nothing_is_sent() {
    let address = Arc::new(Address::new(free_port()));
    let Some(peer) = address.open(&[]) else { return };
    let stripe = Fake::start(&["--key", KEY]);
    let mut program = founded().await;
    program.configure(&(mail_section(&address) + &stripe_section(stripe.port, "whsec_x")));
    program.start();
    let (code, lines) = told(&program, &["--time-server", &time_server(0)]);
    assert_eq!(code, Some(0), "{}", lines.join("\n"));
    for (begins, holds) in [
        ("ok settings", "fiddlehead.toml"),
        ("ok data", "by its owner only"),
        ("ok disk", "are free"),
        ("ok program", "and is well"),
        ("look snapshots", "none yet"),
        ("ok certificate", "none is needed"),
        ("ok clock", "0.0 s"),
        ("ok name", "needs no name server"),
        ("ok mail", "signs us in; no mail was sent"),
        ("look sender", "cannot be looked up"),
        ("look stripe", "is for tests"),
    ] {
        assert_line(&lines, begins, holds);
    }
    assert!(lines.iter().all(|line| !line.contains(PASSWORD) && !line.contains(KEY)), "{lines:?}");
    assert!(peer.end().iter().all(|event| event["event"] != "accepted"));
    let (code, lines) = told(&program, &["--offline"]);
    assert_eq!(code, Some(0));
    assert!(lines.iter().all(|line| !line.contains("stripe ") && !line.contains("clock ")), "{lines:?}");
    program.stop();
}

#[tokio::test]
async fn what_is_wrong_is_named_with_what_to_do_and_fails() {
    let address = Arc::new(Address::new(free_port()));
    let Some(_peer) = address.open(&[]) else { return };
    let stripe = Fake::start(&["--key", "sk_test_another"]);
    let program = founded().await;
    let wrong_login = mail_section(&address).replace(PASSWORD, "guessed");
    program.configure(&(wrong_login + &stripe_section(stripe.port, "whsec_x")));
    let key = program.data().join("instance.key");
    std::fs::set_permissions(program.data(), Permissions::from_mode(0o755)).unwrap();
    let (code, lines) = told(&program, &["--time-server", &time_server(-3600)]);
    assert_eq!(code, Some(1), "{}", lines.join("\n"));
    for (begins, holds) in [
        ("WRONG data", "chmod 700"),
        ("WRONG data", "instance.key is missing"),
        ("look program", "it does not run"),
        ("ok file", "every page is whole"),
        ("WRONG clock", "3600.0 s ahead of 127.0.0.1"),
        ("WRONG mail", "535"),
        ("WRONG stripe", "does not know this key"),
        ("Wrong: 5.", "what to do"),
    ] {
        assert_line(&lines, begins, holds);
    }
    std::fs::write(&key, "short").unwrap();
    assert_line(&told(&program, &["--offline"]).1, "WRONG data", "holds no key");
    std::fs::write(&key, [7; 32]).unwrap();
    std::fs::set_permissions(&key, Permissions::from_mode(0o644)).unwrap();
    assert_line(&told(&program, &["--offline"]).1, "WRONG data", "chmod 600");

    let other = TcpListener::bind(("127.0.0.1", program.port)).unwrap();
    std::thread::spawn(move || other.incoming().for_each(drop));
    assert_line(&told(&program, &["--offline"]).1, "WRONG program", "Choose another listen");
    std::fs::write(program.data_file(), "not a data file").unwrap();
    assert_line(&told(&program, &["--offline"]).1, "WRONG file", "go back to a snapshot");
    // A port where no time server is: said, and no reason to fail.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    assert_line(&told(&program, &["--time-server", &silent]).1, "look clock", "timedatectl");
}

#[tokio::test]
async fn a_certificate_is_looked_at_as_visitors_see_it() {
    let mut program = founded().await;
    let base_url = format!("https://book.example:{}", program.port);
    program.configure_at(&base_url, "[tls]\nmode = \"local\"\n");
    assert_line(&told(&program, &["--offline"]).1, "look certificate", "while the program runs");
    program.launch();
    crate::support::process::eventually("it is well", || {
        program.healthcheck().status.success().then_some(())
    });
    let (code, lines) = told(&program, &["--offline"]);
    assert_eq!(code, Some(0), "{}", lines.join("\n"));
    assert_line(&lines, "ok certificate", "local for book.example, issued by");
    // What the settings want now is not what is shown.
    program.configure_at(&base_url, "[tls]\nmode = \"local\"\nnames = [\"practice.example\"]\n");
    assert_line(&told(&program, &["--offline"]).1, "WRONG certificate", "it is not for practice.example");
    program.stop();
}

/// What the fake is to say of the endpoints of the account, and what is made of it.
#[tokio::test]
async fn the_webhook_at_stripe_is_looked_at() {
    let stripe = Fake::start(&["--key", KEY]);
    let program = founded().await;
    let hook = format!("{}/hooks/stripe", program.base_url());
    let look = |secret: &str, url: &str, events: &[&str], status: &str| {
        let section = stripe_section(stripe.port, "whsec_x");
        let section =
            if secret.is_empty() { section.replace("webhook_secret = \"whsec_x\"\n", "") } else { section };
        program.configure(&section);
        let endpoint =
            json!({ "object": "webhook_endpoint", "url": url, "enabled_events": events, "status": status });
        let all = if url.is_empty() { json!([]) } else { json!([endpoint]) };
        stripe.control("POST", "/_control/endpoints", &json!({ "data": all }));
        told(&program, &["--time-server", &time_server(0)]).1
    };
    for (secret, url, events, status, begins, holds) in [
        ("", "", &[][..], "enabled", "ok webhook", "which is enough"),
        ("x", "", &[], "enabled", "look webhook", "Stripe sends nothing to"),
        (
            "x",
            "https://other.example/hooks/stripe",
            &["*"],
            "enabled",
            "look webhook",
            "Stripe sends nothing to",
        ),
        ("", &hook, &["*"], "enabled", "look webhook", "webhook_secret"),
        ("x", &hook, &["*"], "disabled", "look webhook", "switched"),
        ("x", &hook, &["charge.refunded"], "enabled", "look webhook", "checkout.session.completed"),
        ("x", &hook, &["*"], "enabled", "ok webhook", "every event that is needed"),
        ("x", &hook, &HEARD, "enabled", "ok webhook", "every event that is needed"),
    ] {
        assert_line(&look(secret, url, events, status), begins, holds);
    }
    stripe.faults("endpoints", "403", 1);
    assert_line(
        &told(&program, &["--time-server", &time_server(0)]).1,
        "look webhook",
        "Webhook Endpoints: read",
    );
}

#[tokio::test]
async fn the_age_of_the_last_backup_is_told_running_or_not() {
    let mut program = founded().await;
    assert_line(&told(&program, &["--offline"]).1, "look backups", "none go anywhere");
    let (id, day) = (DestinationId::from_bits(7), hours(24));
    let keep = |days: i32, outcome: fn(Timestamp) -> Outcome| {
        let at = before(real_now(), day * days);
        program.look_and_change(|store| {
            let place = Destination {
                id,
                name: "The disk".parse().unwrap(),
                place: Place::Directory("/mnt/usb".parse().unwrap()),
                sealed: Vec::new(),
                added_at: at,
                asked_at: None,
            };
            let record = Backup {
                id: BackupId::from_bits(u128::try_from(100 - days).unwrap()),
                destination: id,
                started_at: at,
                bytes: 9,
                rows: 9,
                outcome: outcome(at),
            };
            store
                .write(move |tx| -> Result<(), StoreError> {
                    destination::put(tx, &place)?;
                    backup::put(tx, &record)
                })
                .unwrap();
        });
    };
    keep(9, |at| Outcome::Failed { at, why: Trouble::NotMounted });
    assert_line(&told(&program, &["--offline"]).1, "WRONG backups", "there has never been one");
    keep(8, |at| Outcome::Verified { at });
    assert_line(
        &told(&program, &["--offline"]).1,
        "WRONG backups",
        "none could be proved at The disk for a week",
    );
    keep(1, |at| Outcome::Verified { at });
    assert_line(
        &told(&program, &["--offline"]).1,
        "ok backups",
        "the last that was proved at The disk is of",
    );
    // Beside the running program it is read from the newest snapshot, which stays as it is.
    let file = program.data().join("snapshots/fiddlehead-20261125T100000Z.redb");
    std::fs::create_dir_all(program.data().join("snapshots")).unwrap();
    std::fs::copy(program.data_file(), &file).unwrap();
    let before = std::fs::read(&file).unwrap();
    program.start();
    assert_line(
        &told(&program, &["--offline"]).1,
        "ok backups",
        "as of the snapshot of 2026-11-25T10:00:00Z",
    );
    assert!(std::fs::read(&file).unwrap() == before);
    program.stop();
}
