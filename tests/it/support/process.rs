//! The real program as a process: a data directory that was founded through the library, a settings file, `fiddlehead
//! serve` on a port of its own, ended gently or not at all gently, and `fiddlehead check` over what it left.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use fiddlehead::domain::time::Timestamp;
use fiddlehead::mail::{Captured, Mail};
use fiddlehead::platform::clock::Clock;
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::store::Store;

use super::caller::Caller;
use super::smtp_peer::{Address, PASSWORD, USER};
use super::{Answer, House};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fiddlehead");
const DATA_FILE: &str = "fiddlehead.redb";
/// How long anything is waited for before a test fails: a machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(60);
const BEAT: Duration = Duration::from_millis(25);

/// What the machine's clock says: the process goes by it.
pub fn real_now() -> Timestamp {
    Clock::System.now()
}

/// Looks again and again until there is something to see.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let beats = PATIENCE.as_millis() / BEAT.as_millis();
    for _ in 0..beats {
        if let Some(seen) = look() {
            return seen;
        }
        std::thread::sleep(BEAT);
    }
    panic!("not in time: {what}");
}

/// A port that is free now and that the system does not give to anybody by itself, so that it can be bound again after
/// a kill.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 1_000).unwrap() * 10;
    for _ in 0..10_000 {
        let port = 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 10_000;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no port is free");
}

/// Chance for one test, from a seed that is told, so that a failure can be looked into.
pub struct Chance(Entropy);

impl Chance {
    /// Of the seed in `FIDDLEHEAD_TEST_SEED`, or a new one.
    pub fn told(test: &str) -> Self {
        let given = std::env::var("FIDDLEHEAD_TEST_SEED").ok().map(|seed| seed.parse().unwrap());
        let seed = given.unwrap_or_else(|| u64::from_be_bytes(Entropy::system().bytes()));
        eprintln!("{test}: FIDDLEHEAD_TEST_SEED={seed}");
        Self(Entropy::seeded(seed))
    }

    /// A number below a limit.
    pub fn below(&self, limit: usize) -> usize {
        usize::try_from(u64::from_be_bytes(self.0.bytes()) % limit as u64).unwrap()
    }

    /// One of some.
    pub fn one<'a, T>(&self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

/// The program on a data directory of its own; it ends with the test.
pub struct Program {
    folder: tempfile::TempDir,
    pub port: u16,
    running: Option<Child>,
    /// The process in whose mount namespace it runs, if it is another.
    inside: Option<u32>,
    /// Where it says how it is, if somebody listens.
    supervised: bool,
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let tail: Vec<&str> = log.lines().rev().take(60).collect();
            eprintln!("--- the end of its log:");
            tail.iter().rev().for_each(|line| eprintln!("{line}"));
        }
    }
}

impl Program {
    /// A practice as `House` founds it, and what `prepare` does to it, as the data directory of a program that does not
    /// run yet. The house's clock stands at the machine's time.
    pub async fn founded<T>(prepare: impl AsyncFnOnce(&House) -> T) -> (Self, T) {
        Self::founded_posting(Mail::Captured(Captured::new()), prepare).await
    }

    /// The same, by a house whose mail goes another way.
    pub async fn founded_posting<T>(mail: Mail, prepare: impl AsyncFnOnce(&House) -> T) -> (Self, T) {
        let folder = tempfile::tempdir().unwrap();
        let drawn = folder.path().join("drawn.redb");
        let house = House::posting(Store::open(&drawn).unwrap(), mail).await;
        house.hands.set(real_now());
        let made = prepare(&house).await;
        let program = Self { folder, port: free_port(), running: None, inside: None, supervised: false };
        std::fs::create_dir(program.data()).unwrap();
        // A copy, as the file itself is held until the house is wholly gone.
        std::fs::copy(&drawn, program.data().join(DATA_FILE)).unwrap();
        program.configure("");
        (program, made)
    }

    /// A data directory that the test fills itself.
    pub fn bare() -> Self {
        let program = Self {
            folder: tempfile::tempdir().unwrap(),
            port: free_port(),
            running: None,
            inside: None,
            supervised: false,
        };
        std::fs::create_dir(program.data()).unwrap();
        program.configure("");
        program
    }

    /// `fiddlehead rollback` over its own data.
    pub fn roll_back(&self, arguments: &[&str]) -> Output {
        self.command().args(["rollback", "--data"]).arg(self.data()).args(arguments).output().unwrap()
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The data file.
    pub fn data_file(&self) -> PathBuf {
        self.data().join(DATA_FILE)
    }

    /// What every link of it begins with.
    pub fn base_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Writes the settings: where it listens, and these sections.
    pub fn configure(&self, sections: &str) {
        self.configure_at(&self.base_url(), sections);
    }

    /// The same, for a program that is reached at another address than it listens.
    pub fn configure_at(&self, base_url: &str, sections: &str) {
        let mut text = String::new();
        writeln!(text, "listen = \"127.0.0.1:{}\"", self.port).unwrap();
        writeln!(text, "base_url = \"{base_url}\"").unwrap();
        writeln!(text, "trusted_proxies = [\"127.0.0.1/32\"]").unwrap();
        writeln!(text, "data_dir = {:?}\n{sections}", self.data()).unwrap();
        std::fs::write(self.folder.path().join("fiddlehead.toml"), text).unwrap();
    }

    /// Its settings file.
    pub fn settings(&self) -> PathBuf {
        self.folder.path().join("fiddlehead.toml")
    }

    /// Hears, from its next start on, what a supervisor is told.
    pub fn supervise(&mut self) -> UnixDatagram {
        let heard = UnixDatagram::bind(self.folder.path().join("notify")).unwrap();
        heard.set_read_timeout(Some(PATIENCE)).unwrap();
        self.supervised = true;
        heard
    }

    /// Runs it, from its next start on, among the mounts that a process sees.
    pub fn enter(&mut self, process: u32) {
        self.inside = Some(process);
    }

    /// Runs it among everybody's mounts again.
    pub fn leave(&mut self) {
        self.inside = None;
    }

    fn command(&self) -> Command {
        let mut command = match self.inside {
            None => Command::new(PROGRAM),
            Some(process) => {
                let mut command = Command::new("/usr/bin/nsenter");
                command.arg("--target").arg(process.to_string());
                command.args(["--user", "--mount", "--preserve-credentials", PROGRAM]);
                command
            }
        };
        // Settings of the one who runs the tests are not ours.
        command.env_clear().stdin(Stdio::null());
        command
    }

    /// Starts it, and waits until it says that it is well.
    pub fn start(&mut self) {
        self.launch();
        let log = self.folder.path().join("log");
        eventually("the program is well", || {
            let ended = self.running.as_mut().unwrap().try_wait().unwrap();
            assert!(ended.is_none(), "it ended at once: {}", std::fs::read_to_string(&log).unwrap());
            self.ask("GET", "/healthz", "127.0.0.1", &[]).filter(|answer| answer.status == 200)
        });
    }

    /// Starts it, and does not wait for anything.
    pub fn launch(&mut self) {
        assert!(self.running.is_none(), "it runs already");
        let log = File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let mut command = self.command();
        if self.supervised {
            command.env("NOTIFY_SOCKET", self.folder.path().join("notify"));
        }
        let child = command
            .args(["serve", "--config"])
            .arg(self.folder.path().join("fiddlehead.toml"))
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        self.running = Some(child);
    }

    /// What it has said, if it has ended by itself and not well.
    pub fn ended(&mut self) -> Option<String> {
        let status = self.running.as_mut().expect("it was started").try_wait().unwrap()?;
        self.running = None;
        assert!(!status.success(), "{status}");
        Some(self.log())
    }

    /// Ends it as a power cut would, `kill -9`; nothing if it does not run.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.running.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Sends it a signal, by its name.
    pub fn signal(&self, name: &str) {
        let id = self.running.as_ref().expect("it runs").id().to_string();
        let told = Command::new("sh").args(["-c", "kill -$0 $1", name, &id]).status().unwrap();
        assert!(told.success());
    }

    /// Tells it to end, and waits until it has.
    pub fn stop(&mut self) {
        self.signal("TERM");
        let mut child = self.running.take().expect("it runs");
        let status: ExitStatus =
            eventually("the program ends when it is told to", || child.try_wait().unwrap());
        assert!(status.success(), "it ended with {status}: {}", self.log());
    }

    /// What it has said so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Whoever asks it, whether it runs or not.
    pub fn caller(&self) -> Caller {
        Caller { port: self.port }
    }

    /// Sends it a request as a browser at some address does, and does not wait for the answer; nothing if nobody takes it.
    pub fn send(&self, method: &str, path: &str, from: &str, form: &[(&str, &str)]) -> Option<TcpStream> {
        self.caller().send(method, path, from, (form, ""))
    }

    /// The same, and waits for the answer; nothing if there is none.
    pub fn ask(&self, method: &str, path: &str, from: &str, form: &[(&str, &str)]) -> Option<Answer> {
        self.caller().ask(method, path, from, (form, ""))
    }

    /// The same with cookies.
    pub fn ask_with(
        &self,
        method: &str,
        path: &str,
        from: &str,
        form: (&[(&str, &str)], &str),
    ) -> Option<Answer> {
        self.caller().ask(method, path, from, form)
    }

    /// `fiddlehead healthcheck` with its settings.
    pub fn healthcheck(&self) -> Output {
        let settings = self.folder.path().join("fiddlehead.toml");
        self.command().args(["healthcheck", "--config"]).arg(settings).output().unwrap()
    }

    /// Another verb of the program with its settings, and what stands on its standard input.
    pub fn verb(&self, verb: &[&str], typed: &str) -> Output {
        let settings = self.folder.path().join("fiddlehead.toml");
        let mut command = self.command();
        command.args(verb).arg("--config").arg(settings).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It may end without having read.
        let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Another verb at a terminal, where a line is typed at each prompt: how it ended, and what stood on the screen. Nothing if this machine
    /// has no Python for it.
    pub fn typed_at_a_terminal(&self, verb: &[&str], lines: &[&str]) -> Option<(Option<i32>, String)> {
        let mut typist = Command::new(super::smtp_peer::python()?);
        typist.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/typist.py")).args(lines);
        typist.args(["--", PROGRAM]).args(verb).arg("--config").arg(self.settings());
        let told = typist.env_clear().stdin(Stdio::null()).output().unwrap();
        Some((told.status.code(), String::from_utf8(told.stdout).unwrap()))
    }

    /// Begins another verb of the program with its settings, and does not wait for it.
    pub fn begin(&self, verb: &str) -> Child {
        let settings = self.folder.path().join("fiddlehead.toml");
        let mut command = self.command();
        command.arg(verb).arg("--config").arg(settings).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    }

    /// Looks into what it has kept; it must not run. A copy is looked at, so that the file is not held.
    pub fn look<T>(&self, look: impl FnOnce(&Store) -> T) -> T {
        assert!(self.running.is_none(), "it runs");
        let copy = self.folder.path().join("copy.redb");
        let _ = std::fs::remove_file(&copy);
        std::fs::copy(self.data_file(), &copy).unwrap();
        look(&Store::open_existing(&copy).unwrap())
    }

    /// Changes what it has kept; it must not run.
    pub fn look_and_change(&self, change: impl FnOnce(&Store)) {
        assert!(self.running.is_none(), "it runs");
        change(&Store::open_existing(&self.data_file()).unwrap());
    }

    /// The most memory that it has had, in kilobytes.
    pub fn peak_kilobytes(&self) -> u64 {
        let id = self.running.as_ref().expect("it runs").id();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        peak.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// `fiddlehead check` over a data directory.
    pub fn check_of(&self, data: &Path) -> Output {
        self.command().args(["check", "--data"]).arg(data).output().unwrap()
    }

    /// `fiddlehead check` over its own, with a digest that was mailed.
    pub fn check_head(&self, head: &str) -> Output {
        self.command().args(["check", "--data"]).arg(self.data()).args(["--head", head]).output().unwrap()
    }

    /// `fiddlehead check` over its own, which must find nothing wrong.
    pub fn assert_sound(&self) {
        let told = self.check_of(&self.data());
        let words = String::from_utf8_lossy(&told.stdout);
        assert!(told.status.success(), "{words}{}", String::from_utf8_lossy(&told.stderr));
        assert!(words.contains("All sound."), "{words}");
    }
}

/// The section of the settings for a Stripe at a port, asked for news every second.
pub fn stripe_section(port: u16, webhook_secret: &str) -> String {
    format!(
        "[stripe]\nsecret_key = \"{}\"\nwebhook_secret = \"{webhook_secret}\"\napi_base = \"http://127.0.0.1:{port}\"\n\
         poll_seconds = 1\n",
        super::fake_stripe::KEY
    )
}

/// The section of the settings for a mail server.
pub fn mail_section(server: &Address) -> String {
    format!(
        "[mail]\nhost = \"127.0.0.1\"\nport = {}\nsecurity = \"starttls\"\nusername = \"{USER}\"\n\
         password = \"{PASSWORD}\"\nfrom = \"Quiet Field <hello@quietfield.example>\"\nca_file = {:?}\n",
        server.port,
        server.ca_file()
    )
}
