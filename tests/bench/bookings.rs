//! Durable bookings: of one client beside a commit, of many beside what the disk can sync.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::disk::median;
use crate::served::{Served, SlowDisk};
use crate::site::Site;
use crate::table::Goal;
use crate::{Bench, ROUNDS, disk, load, table};

/// How many bookings 256 clients make in a round: some for each, so that it is not its beginning and its end that are measured.
const TOGETHER: usize = 2048;

impl Bench {
    /// Durable bookings: one client, then 256.
    pub async fn bookings(
        &mut self,
        (small, few): (&Served, &mut Site),
        (large, many): (&Served, &mut Site),
    ) {
        let (a, b) = (small.way.at, large.way.at);
        let (mut alone, mut at_small, mut at_large, mut synced) = (vec![], vec![], vec![], vec![]);
        let mut wrong = 0;
        for _ in 0..ROUNDS {
            alone.push(disk::commit(&self.scratch, 12));
            for (one, requests, into) in
                [(small, few.bookings(a, 10), &mut at_small), (large, many.bookings(b, 20), &mut at_large)]
            {
                let made = load::once(&one.way, 1, requests).await;
                wrong += made.wrong;
                into.push(made.percentile(50) / 1000.0);
            }
            synced.push(disk::fdatasync_rate(&self.scratch, Duration::from_millis(700)));
        }
        let (alone, fast, slow) = (median(alone), median(at_small), median(at_large));
        let words = format!("{fast:.1} ms; a commit {alone:.1} ms{}", table::wrong(wrong));
        self.table.row(
            "booking by 1 client against one commit, small",
            words,
            Goal::AtMost(1.5, fast / alone),
        );
        let words = format!("{slow:.1} ms; a commit {alone:.1} ms");
        self.table.row(
            "booking by 1 client against one commit, large",
            words,
            Goal::AtMost(1.5, slow / alone),
        );
        let words = format!("{fast:.1} ms small, {slow:.1} ms large");
        self.table.row("booking, large against small", words, Goal::AtMost(3.0, slow / fast));
        self.syncs(large, many).await;
        let (mut rates, mut tails) = (vec![], vec![]);
        let mut wrong = 0;
        for _ in 0..3 {
            let made = load::once(&large.way, 256, many.bookings(b, TOGETHER)).await;
            wrong += made.wrong;
            rates.push(made.rate);
            tails.push(made.percentile(99) / 1000.0);
            synced.push(disk::fdatasync_rate(&self.scratch, Duration::from_millis(700)));
        }
        let (rate, disk, tail) = (median(rates), median(synced), median(tails));
        let words = format!("{rate:.0}/s, p99 {tail:.0} ms; fdatasync {disk:.0}/s{}", table::wrong(wrong));
        self.table.row(
            "durable bookings, 256 clients, against fdatasync",
            words,
            Goal::AtLeast(8.0, rate / disk),
        );
    }

    /// Bookings on a disk that is slow to sync: of one client, beside a commit there; of many, where it shows how many share a commit.
    pub async fn slow_disk(&mut self, data: &Path, site: &mut Site) {
        let this = std::env::current_exe().expect("a program");
        let Some(slow) = SlowDisk::make(&self.scratch) else {
            return self.table.say("A slow disk was not tried: nothing to hold up its syncs.".to_owned());
        };
        let figure = |of: &str| {
            let said = slow.command(&this).arg(of).arg(&self.scratch).output().expect("this program");
            String::from_utf8_lossy(&said.stdout).trim().parse::<f64>().expect("a figure")
        };
        let (disk, commit) = (figure("fdatasync"), figure("commit"));
        let one = Served::start_on(&slow, &self.program, data, self.way(1), &self.scratch).await;
        let alone = load::once(&one.way, 1, site.bookings(one.way.at, 40)).await;
        let each = alone.percentile(50) / 1000.0;
        let words = format!("{each:.1} ms; a commit {commit:.1} ms{}", table::wrong(alone.wrong));
        let what = "booking by 1 client against one commit, where a sync takes 5 ms more";
        self.table.row(what, words, Goal::AtMost(1.5, each / commit));
        let (mut rates, mut tails, mut wrong) = (vec![], vec![], 0);
        for _ in 0..3 {
            let made = load::once(&one.way, 256, site.bookings(one.way.at, TOGETHER)).await;
            wrong += made.wrong;
            rates.push(made.rate);
            tails.push(made.percentile(99) / 1000.0);
        }
        one.stop();
        let (rate, tail) = (median(rates), median(tails));
        let words = format!("{rate:.0}/s, p99 {tail:.0} ms; fdatasync {disk:.0}/s{}", table::wrong(wrong));
        self.table.row(
            "durable bookings, 256 clients, where a sync takes 5 ms more",
            words,
            Goal::AtLeast(8.0, rate / disk),
        );
    }

    /// How often the program syncs for one booking whose messages have gone their way before the next.
    async fn syncs(&mut self, one: &Served, site: &mut Site) {
        let log = self.scratch.join("strace.log");
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-e", "trace=fsync,fdatasync", "-o"]).arg(&log);
        let traced = traced.args(["-p", &one.id().to_string()]).stderr(Stdio::null()).spawn();
        let Ok(mut traced) = traced else {
            return self.table.say("Syncs were not counted: no strace.".to_owned());
        };
        tokio::time::sleep(Duration::from_secs(1)).await;
        let count = || std::fs::read_to_string(&log).unwrap_or_default().matches("sync(").count();
        let mut until_answer = Vec::new();
        for request in site.bookings(one.way.at, 8) {
            let before = count();
            load::once(&one.way, 1, vec![request]).await;
            until_answer.push((count() - before) as f64);
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
        let _ = Command::new("kill").arg(traced.id().to_string()).status();
        let _ = traced.wait();
        let (answer, all) = (median(until_answer), count() as f64 / 8.0);
        let words = format!("{answer:.0}; {all:.1} with what the jobs wrote after it");
        self.table.row("syncs until a booking is answered", words, Goal::AtMost(2.0, answer));
    }
}
