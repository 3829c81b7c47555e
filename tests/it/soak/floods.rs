//! Clients who mean no good, against the real program on this machine: connections that say nothing, that drip, that never read,
//! bodies and heads without end, and requests as fast as they go. Honest clients are served meanwhile, and memory stays bounded.
//! `FIDDLEHEAD_FLOOD_SECONDS` says for how long, `FIDDLEHEAD_FLOOD` how many there are of each kind, in percent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use fiddlehead::platform::clock::stopwatch;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::{figure, rounds, spread};
use crate::support::process::Program;

/// The most memory, in kilobytes: the machine that it is made for has a gigabyte.
const MEMORY: u64 = 300_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Foe {
    /// Begins a request and says no more.
    HalfOpen,
    /// A letter of a head every now and then.
    Drips,
    /// A body that has no end.
    HugeBody,
    /// A head that has no end.
    HugeHead,
    /// Asks for page after page and takes none.
    NeverReads,
    /// Asks as fast as it is answered.
    Floods,
    /// Wants mails sent to as many people as it can.
    Bombs,
}

/// How many there are of each.
const FOES: [(Foe, usize); 7] = [
    (Foe::HalfOpen, 250),
    (Foe::Drips, 100),
    (Foe::HugeBody, 12),
    (Foe::HugeHead, 8),
    (Foe::NeverReads, 40),
    (Foe::Floods, 12),
    (Foe::Bombs, 4),
];

/// What all share.
struct Field {
    port: u16,
    over: AtomicBool,
    requests: AtomicUsize,
    connections: AtomicUsize,
}

impl Field {
    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    async fn connect(&self) -> std::io::Result<TcpStream> {
        self.connections.fetch_add(1, Ordering::Relaxed);
        TcpStream::connect(("127.0.0.1", self.port)).await
    }

    fn head(&self, method: &str, path: &str, turn: usize, rest: &str) -> String {
        let from = format!("10.{}.{}.{}", turn >> 16 & 255, turn >> 8 & 255, turn & 255);
        format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Forwarded-For: {from}\r\nSec-Fetch-Site: same-origin\r\n{rest}\r\n",
            self.port
        )
    }
}

/// One attempt of a foe; it comes again until all is over.
async fn attack(foe: Foe, field: &Field, turn: usize) -> std::io::Result<()> {
    let mut stream = field.connect().await?;
    match foe {
        Foe::HalfOpen => {
            stream.write_all(b"GET / HTTP/1.1\r\nHo").await?;
            let _ = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut [0; 64])).await;
        }
        Foe::Drips => {
            for byte in field.head("GET", "/", turn, "X-Long: ").bytes().chain(std::iter::repeat(b'a')) {
                if field.is_over() {
                    break;
                }
                stream.write_all(&[byte]).await?;
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Foe::HugeBody => {
            let rest = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000000000\r\n";
            stream.write_all(field.head("POST", "/sign-in", turn, rest).as_bytes()).await?;
            while !field.is_over() {
                stream.write_all(&[b'a'; 65_536]).await?;
            }
        }
        Foe::HugeHead => {
            stream.write_all(field.head("GET", "/", turn, "X-Long: ").trim_end().as_bytes()).await?;
            while !field.is_over() {
                stream.write_all(&[b'a'; 65_536]).await?;
            }
        }
        Foe::NeverReads => {
            while !field.is_over() {
                stream.write_all(field.head("GET", "/ines", turn, "").as_bytes()).await?;
            }
        }
        Foe::Floods => {
            let mut taken = vec![0; 65_536];
            while !field.is_over() {
                let path = ["/", "/ines", "/ines/six-sessions", "/nobody", "/me"]
                    [field.requests.fetch_add(1, Ordering::Relaxed) % 5];
                stream.write_all(field.head("GET", path, turn, "").as_bytes()).await?;
                if stream.read(&mut taken).await? == 0 {
                    break;
                }
            }
        }
        Foe::Bombs => {
            let turn = field.requests.fetch_add(1, Ordering::Relaxed);
            let body = format!("email=victim{turn}%40example.org");
            let rest = format!(
                "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n",
                body.len()
            );
            stream.write_all((field.head("POST", "/sign-in", turn, &rest) + &body).as_bytes()).await?;
            stream.read_to_end(&mut Vec::new()).await?;
        }
    }
    Ok(())
}

/// Somebody who looks at the storefront, a page every now and then: how long each took, in milliseconds.
async fn honest(field: Arc<Field>, turn: usize) -> Vec<u64> {
    let mut took = Vec::new();
    while !field.is_over() {
        for path in ["/", "/ines", "/ines/six-sessions", "/ines/six-sessions/checkout", "/sign-in"] {
            let began = stopwatch();
            let mut stream = field.connect().await.unwrap();
            let head = field.head("GET", path, 1 << 20 | turn, "Connection: close\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await.unwrap();
            let answer = String::from_utf8_lossy(&answer);
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("</html>"), "{path}: {answer}");
            took.push(u64::try_from(began.elapsed().as_millis()).unwrap());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    took
}

#[tokio::test(flavor = "multi_thread")]
async fn honest_clients_are_served_whatever_others_do_and_memory_stays_bounded() {
    let (seconds, percent) = (rounds("FIDDLEHEAD_FLOOD_SECONDS", 4), rounds("FIDDLEHEAD_FLOOD", 15));
    let (mut program, ()) = Program::founded(async |_| ()).await;
    program.start();
    let (over, requests, connections) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let field = Arc::new(Field { port: program.port, over, requests, connections });
    let (mut foes, mut friends) = (JoinSet::new(), JoinSet::new());
    let mut turn = 0;
    for (foe, count) in FOES {
        for _ in 0..(count * percent).div_ceil(100) {
            turn += 1;
            let field = Arc::clone(&field);
            foes.spawn(async move {
                while !field.is_over() {
                    let _ = attack(foe, &field, turn).await;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            });
        }
    }
    (0..4).for_each(|turn| _ = friends.spawn(honest(Arc::clone(&field), turn)));
    tokio::time::sleep(Duration::from_secs(u64::try_from(seconds).unwrap())).await;
    field.over.store(true, Ordering::Relaxed);
    let mut took = Vec::new();
    while let Some(friend) = friends.join_next().await {
        took.extend(friend.expect("an honest client is served"));
    }
    foes.shutdown().await;
    let peak = program.peak_kilobytes();
    assert!(peak < MEMORY, "it took {peak} kB");
    let served = took.len();
    let (middle, far, most) = spread(took);
    program.stop();
    program.assert_sound();
    figure(&format!(
        "floods: {turn} foes for {seconds} s ({} connections, {} requests answered): {served} pages to honest clients, p50 {middle} ms, \
         p99 {far} ms, {most} ms at most; {peak} kB of memory at most",
        field.connections.load(Ordering::Relaxed),
        field.requests.load(Ordering::Relaxed)
    ));
}
