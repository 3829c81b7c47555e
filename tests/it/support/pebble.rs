//! Pebble, Let's Encrypt's own server for tests (Debian's package `pebble`), with a name server that knows every name by
//! this machine; and a visitor who checks certificates (`tests/peers/tls_visitor.py`).

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::process::{eventually, free_port};

/// Programs that end with the test.
pub struct Pebble {
    folder: tempfile::TempDir,
    processes: Vec<Child>,
    management: u16,
    pub port: u16,
}

impl Drop for Pebble {
    fn drop(&mut self) {
        for process in &mut self.processes {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Where a program of Pebble's is; on a machine that checks, none is a failure.
fn program(name: &str) -> Option<PathBuf> {
    let own = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/.pebble/usr/bin")).join(name);
    let usual = PathBuf::from("/usr/bin").join(name);
    let found = [own, usual].into_iter().find(|path| path.exists());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "no {name}: tests/run fetches it");
        eprintln!("\n  SKIPPED, NOT PASSED: no {name}; tests/run fetches it\n");
    }
    found
}

/// What Pebble is told.
pub struct Terms {
    /// Where it looks for proofs over HTTP.
    pub http_port: u16,
    /// Where it looks for proofs over TLS.
    pub tls_port: u16,
    /// How long its certificates are good, in seconds.
    pub validity: u32,
    /// The key that an account must be bound to: its id and itself in base64url.
    pub external: Option<(&'static str, &'static str)>,
}

impl Pebble {
    /// Starts it; every third request has its nonce refused. Nothing if it is not installed.
    pub fn start(terms: &Terms) -> Option<Self> {
        let (pebble, names) = (program("pebble")?, program("pebble-challtestsrv")?);
        let folder = tempfile::tempdir().unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("own.pem"), own.pem()).unwrap();
        std::fs::write(file("own.key"), key.serialize_pem()).unwrap();
        let (port, management, dns, control) = (free_port(), free_port(), free_port(), free_port());
        let keys = terms.external.map(|(id, key)| json!({ id: key })).unwrap_or(json!({}));
        let settings = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{port}"),
            "managementListenAddress": format!("127.0.0.1:{management}"),
            "certificate": file("own.pem"),
            "privateKey": file("own.key"),
            "httpPort": terms.http_port,
            "tlsPort": terms.tls_port,
            "externalAccountBindingRequired": terms.external.is_some(),
            "externalAccountMACKeys": keys,
            "retryAfter": { "authz": 1, "order": 1 },
            "certificateValidityPeriod": terms.validity,
            "profiles": { "default": { "description": "for tests", "validityPeriod": terms.validity } },
        }});
        std::fs::write(file("pebble.json"), settings.to_string()).unwrap();
        let quiet = |command: &mut Command| {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        let help = Command::new(&names).arg("-h").output().unwrap();
        let mut names = Command::new(names);
        names.args(["-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""]);
        // Only newer ones speak DNS over HTTPS, and want a certificate for it.
        if String::from_utf8_lossy(&help.stderr).contains("-doh ") {
            names.args(["-doh", ""]);
        }
        names.args(["-dns01", &format!("127.0.0.1:{dns}"), "-management", &format!("127.0.0.1:{control}")]);
        let names = quiet(&mut names);
        eventually("the name server is up", || TcpStream::connect(("127.0.0.1", dns)).ok());
        let pebble = quiet(
            Command::new(pebble)
                .args(["-config"])
                .arg(file("pebble.json"))
                .args(["-dnsserver", &format!("127.0.0.1:{dns}")])
                .env("PEBBLE_WFE_NONCEREJECT", "30")
                .env("PEBBLE_VA_NOSLEEP", "1")
                .env("PEBBLE_AUTHZREUSE", "0"),
        );
        let started = Self { folder, processes: vec![names, pebble], management, port };
        eventually("Pebble is up", || started.fetch_root());
        Some(started)
    }

    /// Pebble's directory, as the settings want it.
    pub fn directory(&self) -> String {
        format!("https://localhost:{}/dir", self.port)
    }

    /// The certificate of Pebble's own pages.
    pub fn own_root(&self) -> PathBuf {
        self.folder.path().join("own.pem")
    }

    /// The root of what it issues.
    pub fn issuing_root(&self) -> PathBuf {
        self.folder.path().join("root.pem")
    }

    fn fetch_root(&self) -> Option<()> {
        let fetched = Command::new("curl")
            .args(["-s", "-f", "--cacert"])
            .arg(self.own_root())
            .arg("-o")
            .arg(self.issuing_root())
            .arg(format!("https://localhost:{}/roots/0", self.management))
            .status()
            .ok()?;
        fetched.success().then_some(())
    }

    /// Ends it, as an outage does.
    pub fn end(&mut self) {
        for process in &mut self.processes {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }
}

/// What the visitor saw.
#[derive(Debug)]
pub struct Visit {
    pub answers: u64,
    pub kept: u64,
    pub failed: Vec<String>,
    pub serials: Vec<String>,
}

/// Visits an https address on this machine until so many certificates were seen or the time is over.
pub fn visit(port: u16, name: &str, ca: &Path, serials: usize, seconds: u32) -> Visit {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/tls_visitor.py");
    let told = Command::new("python3")
        .args(["-B", script, "--name", name, "--port", &port.to_string(), "--for", &seconds.to_string()])
        .args(["--until-serials", &serials.to_string(), "--ca"])
        .arg(ca)
        .output()
        .expect("python3 is needed for the peers of these tests");
    let seen: Value = serde_json::from_slice(&told.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&told.stderr)));
    let texts = |key: &str| {
        seen[key].as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    };
    Visit {
        answers: seen["answers"].as_u64().unwrap(),
        kept: seen["kept"].as_u64().unwrap(),
        failed: texts("failed"),
        serials: texts("serials"),
    }
}
