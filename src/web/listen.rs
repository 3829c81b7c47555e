//! The accept loop: a cap on connections, and a bound on the time that each may take to say what it wants.
//!
//! `axum::serve` waits for ever for the rest of a header, and hyper's own timer begins only once it knows which HTTP
//! is spoken; so each connection here has one more clock, which runs whenever none of its requests does.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tower::ServiceExt;

pub use super::client_addr::Peer;
use super::limit::Key;
use super::shares::Shares;
use crate::tls::shown::ACME_TLS;

/// How much and how long.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections at a time; further ones wait in the system's queue.
    pub connections: usize,
    /// Connections of one address at a time (of IPv6: one /64); further ones are closed. Proxies that are trusted speak for many.
    pub of_one: usize,
    /// Until the head of a request is there, from when it could begin.
    pub head_time: Duration,
    /// The most bytes of a head.
    pub head_bytes: usize,
    /// Without a request running and without a byte taken from us.
    pub idle_time: Duration,
    /// For requests that run when the program is told to stop.
    pub stop_time: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 4096,
            of_one: 1024,
            head_time: Duration::from_secs(10),
            head_bytes: 32 * 1024,
            idle_time: Duration::from_secs(60),
            stop_time: Duration::from_secs(10),
        }
    }
}

/// What a connection is spoken over.
#[derive(Clone)]
pub enum Line {
    /// Nothing but TCP.
    Plain,
    /// TLS.
    Tls(TlsAcceptor),
}

/// Which peers speak for many, so that no bound for one holds for them.
pub type Trusts = Arc<dyn Fn(IpAddr) -> bool + Send + Sync>;

/// Serves until `stop` is done; then nothing new is taken, and what runs may finish within the bounds.
pub async fn serve(
    listener: TcpListener,
    line: Line,
    router: Router,
    (bounds, trusts): (Bounds, Trusts),
    stop: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let peers = Shares::new(usize::MAX, bounds.of_one);
    let (graceful, mut talks) = (GracefulShutdown::new(), JoinSet::new());
    let mut stop = std::pin::pin!(stop);
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await.expect("the semaphore is never closed");
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            biased;
            () = &mut stop => break,
            next = next => next,
        };
        while talks.try_join_next().is_some() {}
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(why) => {
                after_refusal(&why).await;
                continue;
            }
        };
        let mut share = peers.share(Key::address("connection", peer.ip()));
        if !trusts(peer.ip().to_canonical()) && !share.take(1) {
            continue;
        }
        // Answers are written whole: waiting to fill a packet would only delay them.
        let _ = stream.set_nodelay(true);
        let (line, router, watcher) = (line.clone(), router.clone(), graceful.watcher());
        talks.spawn(async move {
            match line {
                Line::Plain => converse(stream, peer, router, bounds, watcher).await,
                Line::Tls(acceptor) => {
                    if let Some(stream) = shake_hands(&acceptor, stream, bounds).await {
                        converse(stream, peer, router, bounds, watcher).await;
                    }
                }
            }
            drop((place, share));
        });
    }
    drop(listener);
    if tokio::time::timeout(bounds.stop_time, graceful.shutdown()).await.is_err() {
        tracing::warn!(connections = talks.len(), "still busy when the time to stop was over; closed");
    }
    talks.shutdown().await;
}

/// A peer that went away concerns nobody; a lack of file handles does, and passes only with time.
async fn after_refusal(why: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if ![ConnectionAborted, ConnectionRefused, ConnectionReset].contains(&why.kind()) {
        tracing::warn!(%why, "no connection can be taken at the moment");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// A handshake within the time for a head. One that was made for an ACME proof alone has served its purpose.
async fn shake_hands(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    bounds: Bounds,
) -> Option<TlsStream<TcpStream>> {
    match tokio::time::timeout(bounds.head_time, acceptor.accept(stream)).await {
        Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() != Some(ACME_TLS) => Some(stream),
        Ok(Ok(_)) => None,
        Ok(Err(why)) => {
            tracing::debug!(%why, "no handshake came about");
            None
        }
        Err(_) => None,
    }
}

/// Speaks HTTP/1 or 2 with one peer until either side has had enough. `stream` may be plain or decrypted.
pub async fn converse<S>(stream: S, peer: SocketAddr, router: Router, bounds: Bounds, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let pulse = Arc::new(Pulse::default());
    let stream = TokioIo::new(Attentive::new(stream, Arc::clone(&pulse), bounds));
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        let (router, running) = (router.clone(), pulse.begin());
        async move {
            let answer = router.oneshot(request.map(Body::new)).await;
            drop(running);
            answer
        }
    });
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(bounds.head_time)
        .max_buf_size(bounds.head_bytes)
        .max_headers(100);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(u32::try_from(bounds.head_bytes).unwrap_or(u32::MAX));
    if let Err(why) = watcher.watch(builder.serve_connection(stream, service)).await {
        tracing::debug!(%why, "a connection ended early");
    }
}

/// What the service tells the clock of its connection.
#[derive(Debug, Default)]
struct Pulse {
    running: AtomicUsize,
    /// Counts every begin and end.
    beats: AtomicUsize,
}

impl Pulse {
    fn begin(self: &Arc<Self>) -> Running {
        self.running.fetch_add(1, Ordering::AcqRel);
        self.beats.fetch_add(1, Ordering::AcqRel);
        Running(Arc::clone(self))
    }
}

/// A request that is being answered; dropped when it is, or when it is given up.
struct Running(Arc<Pulse>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
        self.0.beats.fetch_add(1, Ordering::AcqRel);
    }
}

/// A stream that ends with an error once its peer has let the time go by: `head_time` until the first request, then
/// `idle_time` since the last request or the last byte that the peer took. Bytes that it sends win it no time.
struct Attentive<S> {
    stream: S,
    pulse: Arc<Pulse>,
    beats: usize,
    alarm: Pin<Box<Sleep>>,
    idle_time: Duration,
}

impl<S> Attentive<S> {
    fn new(stream: S, pulse: Arc<Pulse>, bounds: Bounds) -> Self {
        let alarm = Box::pin(tokio::time::sleep(bounds.head_time));
        Self { stream, pulse, beats: 0, alarm, idle_time: bounds.idle_time }
    }

    fn rewind(&mut self) {
        self.alarm.as_mut().reset(Instant::now() + self.idle_time);
    }

    /// To be asked whenever there is nothing to do but wait.
    fn wait<T>(&mut self, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        let beats = self.pulse.beats.load(Ordering::Acquire);
        if beats != self.beats {
            self.beats = beats;
            self.rewind();
        }
        loop {
            ready!(self.alarm.as_mut().poll(context));
            if self.pulse.running.load(Ordering::Acquire) == 0 {
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            self.rewind();
        }
    }

    fn wrote(
        &mut self,
        context: &mut Context<'_>,
        outcome: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match outcome {
            Poll::Ready(Ok(bytes)) if bytes > 0 && self.beats > 0 => self.rewind(),
            Poll::Ready(_) => {}
            Poll::Pending => return self.wait(context),
        }
        outcome
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Attentive<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Pending => self.wait(context),
            ready => ready,
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Attentive<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wrote(context, outcome)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wrote(context, outcome)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(context) {
            Poll::Pending => self.wait(context),
            ready => ready,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(context) {
            Poll::Pending => self.wait(context),
            ready => ready,
        }
    }
}

/// A body that must be there within a time from when it is first asked for.
pub struct PatientBody {
    body: Body,
    time: Duration,
    alarm: Option<Pin<Box<Sleep>>>,
    patience: Patience,
}

/// Tells afterwards whether a body took too long.
#[derive(Debug, Clone, Default)]
pub struct Patience(Arc<AtomicBool>);

impl Patience {
    /// Whether it did.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

impl PatientBody {
    /// Bounds a body's time.
    #[must_use]
    pub fn new(body: Body, time: Duration) -> (Self, Patience) {
        let patience = Patience::default();
        (Self { body, time, alarm: None, patience: patience.clone() }, patience)
    }
}

impl HttpBody for PatientBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let time = self.time;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
        if alarm.as_mut().poll(context).is_ready() {
            self.patience.0.store(true, Ordering::Release);
            let slow = io::Error::new(io::ErrorKind::TimedOut, "the body took too long to arrive");
            return Poll::Ready(Some(Err(axum::Error::new(slow))));
        }
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
