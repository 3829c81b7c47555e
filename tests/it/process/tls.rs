//! `serve` with a certificate of each kind, visited by a client that checks it: an authority of its own, files, and ACME by
//! Pebble with nonces refused.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use rcgen::{CertificateParams, Issuer, KeyPair};

use crate::support::pebble::{Pebble, Terms, visit};
use crate::support::process::{Program, eventually, free_port};
use crate::support::smtp_peer::python;

const NAME: &str = "book.example";

/// What the plain door says to an address, as the whole answer.
fn ask_plainly(port: u16, path: &str) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: whoever.example\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    Some(answer)
}

fn up(program: &Program, ca: &Path) {
    let seen = visit(program.port, NAME, ca, 1, 60);
    assert_eq!(seen.serials.len(), 1, "it is not served over TLS: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_of_its_own_is_fetched_over_the_plain_door_and_trusted_from_then_on() {
    let (mut program, ()) = Program::founded(async |_| {}).await;
    let plain = free_port();
    let base_url = format!("https://{NAME}:{}", program.port);
    let section = |names: &str| {
        format!("[tls]\nmode = \"local\"\nnames = [{names}]\nredirect_from = \"127.0.0.1:{plain}\"\n")
    };
    program.configure_at(&base_url, &section("\"127.0.0.1\""));
    program.launch();
    let page = eventually("the plain door answers", || ask_plainly(plain, "/trust"));
    assert!(
        page.starts_with("HTTP/1.1 200") && page.contains("aria-label=\"This page’s address as a QR code\"")
    );
    let elsewhere = ask_plainly(plain, "/ines?day=2026-04-21").unwrap();
    assert!(elsewhere.starts_with("HTTP/1.1 308"), "{elsewhere}");
    assert!(elsewhere.contains(&format!("location: {base_url}/ines?day=2026-04-21")), "{elsewhere}");

    let folder = tempfile::tempdir().unwrap();
    let (der, ca) = (folder.path().join("ca.crt"), folder.path().join("ca.pem"));
    let fetched = Command::new("curl")
        .args(["-s", "-f", "-o"])
        .arg(&der)
        .arg(format!("http://127.0.0.1:{plain}/trust/fiddlehead.crt"))
        .status()
        .unwrap();
    assert!(fetched.success());
    let text = data_encoding::BASE64.encode(&std::fs::read(&der).unwrap());
    std::fs::write(&ca, format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n")).unwrap();
    for name in [NAME, "127.0.0.1"] {
        let seen = visit(program.port, name, &ca, 1, 0);
        assert_eq!((seen.answers, seen.failed.len()), (1, 0), "{name}: {seen:?}");
    }
    let first = visit(program.port, NAME, &ca, 1, 0).serials;
    scanned(program.port, &ca);

    assert!(program.healthcheck().status.success(), "{}", program.log());

    // The same certificate after a restart; another one, of the same authority, for other names.
    program.stop();
    program.launch();
    up(&program, &ca);
    assert_eq!(visit(program.port, NAME, &ca, 1, 0).serials, first);
    program.stop();
    program.configure_at(&base_url, &section("\"127.0.0.1\", \"fiddlehead.local\""));
    program.launch();
    up(&program, &ca);
    assert_ne!(visit(program.port, "fiddlehead.local", &ca, 1, 0).serials, first);
    program.stop();
    assert!(!program.healthcheck().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_change_are_shown_without_a_request_dropped_and_a_damaged_one_never() {
    let (mut program, ()) = Program::founded(async |_| {}).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let ca_key = KeyPair::generate().unwrap();
    let mut asked = CertificateParams::default();
    asked.distinguished_name.push(rcgen::DnType::CommonName, "An office's own authority");
    asked.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    asked.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
    let ca = asked.self_signed(&ca_key).unwrap().pem();
    std::fs::write(file("ca.pem"), &ca).unwrap();
    let issue = || {
        let issuer = Issuer::from_ca_cert_pem(&ca, &ca_key).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut asked = CertificateParams::new([NAME.to_owned()]).unwrap();
        asked.use_authority_key_identifier_extension = true;
        let leaf = asked.signed_by(&key, &issuer).unwrap();
        std::fs::write(file("key.pem"), key.serialize_pem()).unwrap();
        std::fs::write(file("chain.pem"), leaf.pem()).unwrap();
    };
    issue();
    let section = format!(
        "[tls]\nmode = \"files\"\ncertificate = {:?}\nkey = {:?}\n",
        file("chain.pem"),
        file("key.pem")
    );
    program.configure_at(&format!("https://{NAME}:{}", program.port), &section);
    program.launch();
    up(&program, &file("ca.pem"));

    let (port, root) = (program.port, file("ca.pem"));
    let visitor = std::thread::spawn(move || visit(port, NAME, &root, 2, 60));
    let answered = || program.log().matches("/healthz").count();
    let before = answered();
    eventually("the visitor has come", || (answered() > before + 4).then_some(()));
    std::fs::write(file("chain.pem"), "torn").unwrap();
    program.signal("HUP");
    eventually("the damaged file is told of", || {
        program.log().contains("the old one is shown on").then_some(())
    });
    issue();
    program.signal("HUP");
    let seen = visitor.join().unwrap();
    assert_eq!(seen.serials.len(), 2, "{seen:?}");
    assert!(seen.failed.is_empty() && seen.answers > 1 && seen.kept == seen.answers, "{seen:?}");
    program.stop();
}

/// sslyze finds Mozilla's intermediate profile, with the authority trusted.
fn scanned(port: u16, ca: &Path) {
    let Some(python) = python() else { return };
    let told = Command::new(python)
        .args(["-m", "sslyze", "--mozilla_config=intermediate", "--certinfo_ca_file"])
        .arg(ca)
        .arg(format!("127.0.0.1:{port}"))
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&told.stdout);
    assert!(told.status.success() && words.contains("OK - Compliant"), "{words}");
}

/// A program at Pebble's, not started yet; nothing if Pebble is not here.
async fn at_pebble(
    validity: u32,
    more: &str,
    external: Option<(&'static str, &'static str)>,
) -> Option<(Program, Pebble, u16)> {
    let (program, ()) = Program::founded(async |_| {}).await;
    let plain = free_port();
    let terms = Terms { http_port: plain, tls_port: program.port, validity, external };
    let pebble = Pebble::start(&terms)?;
    let mut section = format!(
        "[tls]\nmode = \"acme\"\nacme_directory = \"{}\"\nacme_root_file = {:?}\nredirect_from = \"127.0.0.1:{plain}\"\n",
        pebble.directory(),
        pebble.own_root()
    );
    writeln!(section, "{more}").unwrap();
    program.configure_at(&format!("https://{NAME}:{}", program.port), &section);
    Some((program, pebble, plain))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_issued_and_renewed_by_pebble_while_requests_run_and_none_is_dropped() {
    // Long enough that an order can begin anew a few times, as many of its nonces are refused, before the old certificate ends.
    let Some((mut program, mut pebble, plain)) = at_pebble(36, "", None).await else { return };
    program.launch();
    up(&program, &pebble.issuing_root());
    let moved = ask_plainly(plain, "/").unwrap();
    assert!(moved.starts_with("HTTP/1.1 308"), "{moved}");
    let seen = visit(program.port, NAME, &pebble.issuing_root(), 2, 90);
    assert_eq!(seen.serials.len(), 2, "renewed before it ended: {seen:?}");
    assert!(seen.failed.is_empty() && seen.answers > 20 && seen.kept == seen.answers, "{seen:?}");

    // Without the authority the certificate at hand is shown on, after a restart too, and the authority is left alone.
    pebble.end();
    program.stop();
    program.launch();
    up(&program, &pebble.issuing_root());
    eventually("the renewal fails", || program.log().contains("could not be renewed").then_some(()));
    assert_eq!(program.log().matches("could not be renewed").count(), 1);
    program.kill();
    program.launch();
    std::thread::sleep(std::time::Duration::from_secs(3));
    assert_eq!(program.log().matches("could not be renewed").count(), 1, "it waits across restarts");
    program.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_proved_by_tls_alone_and_an_account_is_bound_to_the_one_they_gave_us() {
    const KEY: &str = "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W";
    let more =
        format!("acme_challenges = [\"tls-alpn-01\"]\nacme_key_id = \"kid-1\"\nacme_key = \"{KEY}\"\n");
    let Some((mut program, pebble, plain)) = at_pebble(86_400, &more, Some(("kid-1", KEY))).await else {
        return;
    };
    program.launch();
    up(&program, &pebble.issuing_root());
    assert!(!program.log().contains(KEY));
    assert!(ask_plainly(plain, "/.well-known/acme-challenge/none").unwrap().starts_with("HTTP/1.1 404"));
    program.stop();
}
