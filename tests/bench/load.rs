//! The load: keep-alive connections over HTTP/1.1, as thin as can be, since it shares the machine with what it measures.

use std::collections::VecDeque;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

/// Anything that bytes go through both ways.
trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Wire for T {}

/// Where to, and over what.
#[derive(Clone)]
pub struct Way {
    pub at: SocketAddr,
    pub tls: Option<TlsConnector>,
}

/// One connection.
pub struct Talk {
    wire: Box<dyn Wire>,
    read: Vec<u8>,
}

/// An answer: its head as it came, and the body.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Talk {
    pub async fn to(way: &Way) -> std::io::Result<Self> {
        let stream = TcpStream::connect(way.at).await?;
        stream.set_nodelay(true)?;
        let wire: Box<dyn Wire> = match &way.tls {
            None => Box::new(stream),
            Some(tls) => {
                let name = ServerName::try_from("127.0.0.1").map_err(Error::other)?;
                Box::new(tls.connect(name, stream).await?)
            }
        };
        Ok(Self { wire, read: Vec::with_capacity(128 * 1024) })
    }

    /// Asks and reads the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> std::io::Result<Answer> {
        self.wire.write_all(request).await?;
        self.wire.flush().await?;
        self.read.clear();
        let (mut head_end, mut whole) = (None, usize::MAX);
        while self.read.len() < whole {
            if self.wire.read_buf(&mut self.read).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            if head_end.is_none()
                && let Some(end) = find(&self.read, b"\r\n\r\n")
            {
                let head = String::from_utf8_lossy(&self.read[..end]).to_ascii_lowercase();
                let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
                let length = length.and_then(|n| n.trim().parse::<usize>().ok());
                // A body of unknown length would have to be read in chunks; no page of ours has one.
                whole = end + 4 + length.ok_or(ErrorKind::InvalidData)?;
                head_end = Some(end);
            }
        }
        let end = head_end.ok_or(ErrorKind::InvalidData)?;
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        let status =
            head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(ErrorKind::InvalidData)?;
        Ok(Answer { status, head, body: self.read[end + 4..whole].to_vec() })
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// How it went.
#[derive(Debug, Default, Clone)]
pub struct Outcome {
    /// Answers in a second.
    pub rate: f64,
    /// Microseconds of each, in order.
    pub micros: Vec<u64>,
    /// Answers of another status than the one that was wanted.
    pub wrong: usize,
}

impl Outcome {
    fn of(mut micros: Vec<u64>, wrong: usize, took: Duration) -> Self {
        micros.sort_unstable();
        Self { rate: micros.len() as f64 / took.as_secs_f64(), micros, wrong }
    }

    /// The time that so many of a hundred are below.
    pub fn percentile(&self, percent: usize) -> f64 {
        let at = (self.micros.len() * percent / 100).min(self.micros.len().saturating_sub(1));
        self.micros.get(at).map_or(f64::NAN, |micros| *micros as f64)
    }
}

/// Many connections ask for these in turn, for a while.
pub async fn steady(way: &Way, connections: usize, requests: &Arc<Vec<Vec<u8>>>, time: Duration) -> Outcome {
    let begun = Instant::now();
    let talkers = (0..connections).map(|first| {
        let (way, requests) = (way.clone(), Arc::clone(requests));
        tokio::spawn(async move {
            let (mut micros, mut wrong) = (Vec::new(), 0);
            let Ok(mut talk) = Talk::to(&way).await else { return (micros, 1) };
            for turn in first.. {
                let asked = Instant::now();
                if asked.duration_since(begun) > time {
                    break;
                }
                match talk.ask(&requests[turn % requests.len()]).await {
                    Ok(answer) if answer.status == 200 => {
                        micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
                    }
                    _ => wrong += 1,
                }
            }
            (micros, wrong)
        })
    });
    gather(talkers.collect(), begun).await
}

/// Many connections share a list of requests, each of which is made once; 303 is success.
pub async fn once(way: &Way, connections: usize, requests: Vec<Vec<u8>>) -> Outcome {
    let mut talks = Vec::new();
    for _ in 0..connections {
        talks.extend(Talk::to(way).await.ok());
    }
    let (queue, begun) = (Arc::new(Mutex::new(VecDeque::from(requests))), Instant::now());
    let talkers = talks.into_iter().map(|mut talk| {
        let queue = Arc::clone(&queue);
        tokio::spawn(async move {
            let (mut micros, mut wrong) = (Vec::new(), 0);
            while let Some(request) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) {
                let asked = Instant::now();
                match talk.ask(&request).await {
                    Ok(answer) if answer.status == 303 => {
                        micros.push(u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX));
                    }
                    _ => wrong += 1,
                }
            }
            (micros, wrong)
        })
    });
    gather(talkers.collect(), begun).await
}

async fn gather(talkers: Vec<tokio::task::JoinHandle<(Vec<u64>, usize)>>, begun: Instant) -> Outcome {
    let (mut all, mut wrong) = (Vec::new(), 0);
    for talker in talkers {
        let (micros, off) = talker.await.unwrap_or((Vec::new(), 1));
        all.extend(micros);
        wrong += off;
    }
    Outcome::of(all, wrong, begun.elapsed())
}
