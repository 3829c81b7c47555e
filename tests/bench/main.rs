//! Measures what issue 6 asks for, in one run beside its ceilings, and adds a table to BENCHMARKS.md: tests/bench/run.

// A bench is there to look at the machine's clock.
#![allow(clippy::disallowed_methods, missing_docs)]

mod bare;
mod bookings;
mod check;
mod disk;
mod load;
mod pass;
mod served;
mod site;
mod table;
mod tls;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use disk::median;
use load::{Outcome, Talk, Way};
use served::Served;
use site::Site;
use table::{Goal, Table};

/// How often program and ceiling take turns.
const ROUNDS: usize = 5;
/// How long each turn is.
const TURN: Duration = Duration::from_millis(1500);
/// The keep-alive connections of the table's first rows.
const CONNECTIONS: usize = 32;

/// The parts of a table, which can be measured alone.
const PARTS: [&str; 8] = ["pure", "pages", "scale", "bookings", "slow", "starts", "check", "pass"];

/// What is measured, and where.
struct Bench {
    program: PathBuf,
    scratch: PathBuf,
    port: u16,
    table: Table,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["pure"] => println!("free times, 60 days, 2,000 bookings: {:.2} µs", disk::free_times()),
        ["fdatasync", folder] => {
            println!("{}", disk::fdatasync_rate(Path::new(folder), Duration::from_millis(1500)));
        }
        ["commit", folder] => println!("{}", disk::commit(Path::new(folder), 24)),
        ["row", program, data, port, what, connections, seconds] => {
            let (program, data) = (PathBuf::from(program), PathBuf::from(data));
            let (port, connections) = (port.parse().expect("a port"), connections.parse().expect("a number"));
            let time = Duration::from_secs(seconds.parse().expect("seconds"));
            let scratch = data.parent().expect("a folder").to_owned();
            let bench = Bench { program, scratch, port, table: Table::default() };
            runtime.block_on(bench.row(&data, what, connections, time));
        }
        ["bare", at, folder] => {
            runtime.block_on(bare::serve(at.parse().expect("an address"), Path::new(folder)))
        }
        [program, scratch, port, scale, out, parts @ ..] => {
            let (program, scratch) = (PathBuf::from(program), PathBuf::from(scratch));
            let port = port.parse().expect("a port");
            assert!(parts.iter().all(|part| PARTS.contains(part)), "parts are {PARTS:?}");
            let mut bench = Bench { program, scratch, port, table: Table::default() };
            runtime.block_on(bench.run(scale, parts));
            // A table is kept whole.
            if parts.is_empty() {
                bench.table.write(Path::new(out));
            }
        }
        _ => panic!("called by tests/bench/run"),
    }
}

/// Seconds of processor time of the program and of the load, until now.
fn spent(one: &Served) -> (f64, f64) {
    (served::processor_time(one.id()), served::processor_time(std::process::id()))
}

/// What a row says: on a machine that others use too, processor time is what to compare.
fn told(outcome: &Outcome, one: &Served, before: (f64, f64)) -> String {
    let ms = |percent| outcome.percentile(percent) / 1000.0;
    let (now, most) = (one.memory("VmRSS"), one.memory("VmHWM"));
    let (rate, wrong) = (outcome.rate, table::wrong(outcome.wrong));
    let (program, load) = spent(one);
    let each = |seconds: f64| seconds * 1_000_000.0 / outcome.micros.len() as f64;
    format!(
        "{rate:.0}/s, median {:.2} ms, p99 {:.1} ms{wrong}; processor time for each: {:.0} µs, and {:.0} µs of the load; \
         {now:.0} MB, at most {most:.0}",
        ms(50),
        ms(99),
        each(program - before.0),
        each(load - before.1),
    )
}

impl Bench {
    fn way(&self, offset: u16) -> Way {
        Way { at: SocketAddr::from(([127, 0, 0, 1], self.port + offset)), tls: None }
    }

    /// Fills a data directory, unless it is there from an earlier run of this hour.
    fn fill(&mut self, name: &str, scale: &str) -> PathBuf {
        let (data, mark) = (self.scratch.join(name), self.scratch.join(format!("{name}.filled")));
        let took = std::fs::read_to_string(&mark).unwrap_or_else(|_| {
            let _ = std::fs::remove_dir_all(&data);
            let at = self.way(9).at.to_string();
            let begun = Instant::now();
            let arguments = ["--listen", &at, "--scale", scale, "--seed", "6", "--data"];
            let mut child = Command::new(&self.program)
                .arg("demo")
                .args(arguments)
                .arg(&data)
                .stdout(Stdio::null())
                .spawn()
                .expect("the program starts");
            while std::net::TcpStream::connect(&at).is_err() || !data.join("fiddlehead.redb").exists() {
                assert!(child.try_wait().expect("a child").is_none(), "the demo has ended");
                std::thread::sleep(Duration::from_millis(200));
            }
            // It listens from the start, and answers once it is filled.
            let way = self.way(9);
            let request = served::get(way.at, "/healthz", None);
            let asked = async { Talk::to(&way).await?.ask(&request).await };
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(asked))
                .expect("an answer");
            let took = format!("{:.0}", begun.elapsed().as_secs_f64());
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
            std::fs::write(&mark, &took).expect("written");
            took
        });
        let megabytes = std::fs::metadata(data.join("fiddlehead.redb")).expect("a file").len() >> 20;
        self.table.say(format!("`demo --scale {scale}` took {took} s; the data file has {megabytes} MB."));
        data
    }

    /// One thing alone, to look at with a profiler.
    async fn row(&self, data: &Path, what: &str, connections: usize, time: Duration) {
        let mut site = Site::of(data);
        let one = Served::start(&self.program, data, self.way(0), &self.scratch).await;
        println!("process {}, first answer after {:?}", one.id(), one.first_answer);
        let at = one.way.at;
        // What was due at the start is no part of it.
        let mut before = spent(&one);
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = spent(&one);
            if now.0 - before.0 < 0.02 {
                break;
            }
            before = now;
        }
        let before = spent(&one);
        let requests = match what {
            "public" => site.public(at, 32),
            "me" => site.dashboards(at, 1),
            "anew" => site.dashboards_anew(at, 100_000),
            "times" => site.times(at, 100),
            "reports" => site.reports(at, 100),
            _ => {
                let count = usize::try_from(time.as_secs()).expect("a number") * 100;
                let made = load::once(&one.way, connections, site.bookings(at, count)).await;
                return println!("{}", told(&made, &one, before));
            }
        };
        let outcome = load::steady(&one.way, connections, &Arc::new(requests), time).await;
        println!("{}", told(&outcome, &one, before));
    }

    /// All of it, or only some parts.
    async fn run(&mut self, scale: &str, parts: &[&str]) {
        let wants = |part: &str| parts.is_empty() || parts.contains(&part);
        std::fs::create_dir_all(&self.scratch).expect("a folder");
        if wants("pure") {
            let us = disk::free_times();
            let words = format!("{us:.1} µs");
            self.table.row("free times, 60 days, 2,000 bookings, pure", words, Goal::AtMost(10.0, us));
        }
        if parts == ["pure"] {
            return;
        }
        tls::make(&self.scratch);
        let (small, large) = (self.fill("small", "1x100x50"), self.fill("large", scale));
        let (mut few, mut many) = (Site::of(&small), Site::of(&large));
        self.table.say(format!("Small: {} bookings on the calendar; large: {}.", few.size, many.size));
        if ["pages", "scale", "bookings"].into_iter().any(wants) {
            let small_one = Served::start(&self.program, &small, self.way(1), &self.scratch).await;
            let large_one = Served::start(&self.program, &large, self.way(0), &self.scratch).await;
            tokio::time::sleep(Duration::from_secs(5)).await;
            let idle = large_one.memory("VmRSS");
            let words = format!("{idle:.1} MB");
            self.table.row("memory resident idle, large", words, Goal::AtMost(30.0, idle));
            if wants("pages") {
                self.pages(&large_one, &many).await;
            }
            if wants("scale") {
                self.scale(&small_one, &few, &large_one, &many).await;
            }
            if wants("bookings") {
                self.bookings((&small_one, &mut few), (&large_one, &mut many)).await;
            }
            let most = large_one.memory("VmHWM");
            let words = format!("{most:.1} MB");
            self.table.row("memory under all of the above, large", words, Goal::AtMost(100.0, most));
            small_one.stop();
            large_one.stop();
        }
        if wants("slow") {
            self.slow_disk(&large, &mut many).await;
        }
        if wants("starts") {
            self.starts(&large, &many).await;
        }
        if wants("check") {
            check::look(&mut self.table, &self.program, &large);
        }
        if wants("pass") {
            pass::compare(&mut self.table, &small, &large).await;
        }
    }

    /// Public and signed-in pages beside a bare server.
    async fn pages(&mut self, one: &Served, site: &Site) {
        let at = one.way.at;
        let (public, me, times) = (site.public(at, 32), site.dashboards(at, 1), site.times(at, 1));
        let anew = site.dashboards_anew(at, 20_000);
        let sets = [
            (
                "storefront and package page, 32 connections",
                site.public[..public.len()].to_vec(),
                public,
                0.5,
            ),
            ("client dashboard, signed in, 32 connections", vec!["/me".to_owned()], me, 0.3),
            ("free times, signed in, 32 connections", vec![site.times_path()], times, 0.3),
            ("client dashboard, made anew for each of 100", vec!["/me".to_owned()], anew, 0.3),
        ];
        for (what, paths, requests, least) in sets {
            let (ours, bare) = self.beside(one, &paths, requests, 2).await;
            self.table.ratio(what, &ours, &bare, least);
        }
    }

    /// Rounds of the program and of a bare server that sends what it sent, one after the other; the medians.
    async fn beside(
        &self,
        one: &Served,
        paths: &[String],
        requests: Vec<Vec<u8>>,
        offset: u16,
    ) -> (Vec<Outcome>, Vec<Outcome>) {
        let folder = self.scratch.join("bare");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let mut talk = Talk::to(&one.way).await.expect("a connection");
        for (number, (path, request)) in paths.iter().zip(&requests).enumerate() {
            let answer = talk.ask(request).await.expect("an answer");
            assert_eq!(answer.status, 200, "{path}");
            bare::keep(&folder, number, path, &answer);
        }
        if one.way.tls.is_some() {
            for file in ["cert.pem", "key.pem"] {
                std::fs::copy(self.scratch.join(file), folder.join(file)).expect("copied");
            }
        }
        let way = Way { tls: one.way.tls.clone(), ..self.way(offset) };
        let bare = Served::bare(way, &folder).await;
        let requests = Arc::new(requests);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(load::steady(&one.way, CONNECTIONS, &requests, TURN).await);
            theirs.push(load::steady(&bare.way, CONNECTIONS, &requests, TURN).await);
        }
        bare.kill();
        (ours, theirs)
    }

    /// The same pages at both sizes, four connections, each for many people in turn.
    async fn scale(&mut self, small: &Served, few: &Site, large: &Served, many: &Site) {
        let (a, b) = (small.way.at, large.way.at);
        let sets = [
            ("storefront and package page", few.public(a, 200), many.public(b, 200), 1.5),
            ("free times", few.times(a, 100), many.times(b, 100), 1.5),
            ("reports", few.reports(a, 100), many.reports(b, 100), 1.5),
            ("dashboard", few.dashboards(a, 100), many.dashboards(b, 100), 3.0),
        ];
        for (what, few, many, most) in sets {
            let (few, many) = (Arc::new(few), Arc::new(many));
            let (mut at_small, mut at_large) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                at_small.push(load::steady(&small.way, 4, &few, TURN).await);
                at_large.push(load::steady(&large.way, 4, &many, TURN).await);
            }
            let rate = |all: &[Outcome]| median(all.iter().map(|one| one.rate).collect());
            let wrong: usize = at_small.iter().chain(&at_large).map(|one| one.wrong).sum();
            let (slow, fast) = (rate(&at_large), rate(&at_small));
            let words = format!("{fast:.0}/s small, {slow:.0}/s large{}", table::wrong(wrong));
            self.table.row(&format!("{what}, large against small"), words, Goal::AtMost(most, fast / slow));
        }
        if let Some(request) = many.owners_books(b) {
            let read = load::steady(&large.way, 1, &Arc::new(vec![request]), TURN).await;
            let (took, held) = (read.percentile(50) / 1_000_000.0, large.memory("VmHWM"));
            let wrong = table::wrong(read.wrong);
            self.table.say(format!("The owner's books, all practitioners': {took:.1} s, {held:.0} MB resident at most until then{wrong}."));
        }
    }

    /// Starts after a clean stop and after a kill, and TLS on the way.
    async fn starts(&mut self, large: &Path, site: &Site) {
        let secure = Way { tls: Some(tls::client(&self.scratch)), ..self.way(3) };
        let one = Served::start(&self.program, large, secure, &self.scratch).await;
        let clean = one.first_answer.as_secs_f64();
        self.table.row("start after a clean stop, large", format!("{clean:.2} s"), Goal::AtMost(1.0, clean));
        let requests = site.public(one.way.at, 32);
        let paths = site.public[..requests.len()].to_vec();
        let (ours, bare) = self.beside(&one, &paths, requests, 4).await;
        let what = "storefront and package page over TLS, 32 connections";
        self.table.ratio(what, &ours, &bare, 0.5);
        one.kill();
        let one = Served::start(&self.program, large, self.way(0), &self.scratch).await;
        let killed = one.first_answer.as_secs_f64();
        self.table.row("start after kill -9, large", format!("{killed:.2} s"), Goal::AtMost(2.0, killed));
        one.stop();
        let fresh = self.scratch.join("empty");
        let _ = std::fs::remove_dir_all(&fresh);
        std::fs::create_dir_all(&fresh).expect("a folder");
        Served::start(&self.program, &fresh, self.way(5), &self.scratch).await.stop();
        let one = Served::start(&self.program, &fresh, self.way(5), &self.scratch).await;
        let ms = one.first_answer.as_secs_f64() * 1000.0;
        self.table.row(
            "start to first answer, empty data file",
            format!("{ms:.0} ms"),
            Goal::AtMost(50.0, ms),
        );
        one.stop();
    }
}
