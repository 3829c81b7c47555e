//! The program itself, in a process of its own: started, looked at, stopped and killed.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::load::{Talk, Way};

/// A process that answers, and how long it took until it did.
pub struct Served {
    child: Child,
    pub way: Way,
    pub first_answer: Duration,
}

impl Served {
    /// Starts the program on a data directory and waits for its first answer.
    pub async fn start(program: &Path, data: &Path, way: Way, scratch: &Path) -> Self {
        Self::begin(Command::new(program), data, way, scratch).await
    }

    /// The same on a disk that takes some milliseconds for each sync, such as an SD card.
    pub async fn start_on(disk: &SlowDisk, program: &Path, data: &Path, way: Way, scratch: &Path) -> Self {
        Self::begin(disk.command(program), data, way, scratch).await
    }

    async fn begin(mut command: Command, data: &Path, way: Way, scratch: &Path) -> Self {
        command.arg("serve").arg("--data").arg(data).env("FIDDLEHEAD_LISTEN", way.at.to_string());
        let scheme = if way.tls.is_some() { "https" } else { "http" };
        command.env("FIDDLEHEAD_BASE_URL", format!("{scheme}://{}", way.at));
        if way.tls.is_some() {
            command.env("FIDDLEHEAD_TLS_MODE", "files");
            command.env("FIDDLEHEAD_TLS_CERTIFICATE", scratch.join("cert.pem"));
            command.env("FIDDLEHEAD_TLS_KEY", scratch.join("key.pem"));
        }
        Self::of(command, way, &scratch.join("serve.log")).await
    }

    /// Starts this program's bare server on the answers of a folder.
    pub async fn bare(way: Way, folder: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("a program"));
        command.arg("bare").arg(way.at.to_string()).arg(folder);
        Self::of(command, way, &folder.join("bare.log")).await
    }

    async fn of(mut command: Command, way: Way, log: &Path) -> Self {
        let log = std::fs::File::options().append(true).create(true).open(log).expect("a log");
        command.stdout(Stdio::null()).stderr(log).stdin(Stdio::null());
        let begun = Instant::now();
        let mut child = command.spawn().expect("the program starts");
        let request = get(way.at, "/healthz", None);
        loop {
            if let Ok(mut talk) = Talk::to(&way).await {
                // Any answer will do: the bare server breaks the connection off, which is one too.
                let _ = talk.ask(&request).await;
                break;
            }
            assert!(child.try_wait().expect("a child").is_none(), "it has ended: see the log");
            assert!(begun.elapsed() < Duration::from_secs(120), "it does not answer");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Self { child, way, first_answer: begun.elapsed() }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A line of its /proc/PID/status, in megabytes.
    pub fn memory(&self, line: &str) -> f64 {
        memory(self.id(), line)
    }

    /// Tells it to stop, and waits.
    pub fn stop(mut self) {
        let _ = Command::new("kill").arg(self.id().to_string()).status();
        let _ = self.child.wait();
    }

    /// Kills it.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A line of a process’s /proc/PID/status, in megabytes.
pub fn memory(id: u32, line: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let kilobytes = status.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(':'));
    let kilobytes = kilobytes.and_then(|text| text.trim().split(' ').next()?.parse::<f64>().ok());
    kilobytes.map_or(f64::NAN, |kilobytes| kilobytes / 1024.0)
}

/// Seconds of processor time that a process had until now, in itself and in the kernel.
pub fn processor_time(id: u32) -> f64 {
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name, in brackets, may have spaces in it.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks = after_name.split_whitespace().skip(11).take(2).filter_map(|text| text.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}

/// What a program is started with so that its disk is slow to sync; none without a compiler, or in a program without a loader.
pub struct SlowDisk(PathBuf);

impl SlowDisk {
    pub fn make(scratch: &Path) -> Option<Self> {
        let library = scratch.join("slow_sync.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bench/slow_sync.rs");
        let mut compile = Command::new("rustc");
        compile.args(["--edition=2024", "--crate-type=cdylib", "-O", "-o"]).arg(&library).arg(source);
        compile.status().is_ok_and(|status| status.success()).then_some(Self(library))
    }

    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env("LD_PRELOAD", &self.0);
        command
    }
}

/// The bytes of a GET.
pub fn get(at: SocketAddr, path: &str, cookie: Option<&str>) -> Vec<u8> {
    let cookie = cookie.map_or_else(String::new, |cookie| format!("Cookie: {cookie}\r\n"));
    format!("GET {path} HTTP/1.1\r\nHost: {at}\r\n{cookie}\r\n").into_bytes()
}

/// The bytes of a form that a browser sends.
pub fn post(at: SocketAddr, path: &str, cookie: &str, body: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nOrigin: http://{at}\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
