//! The accept loop under peers that dawdle.

use super::*;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

const QUICK: Bounds = Bounds {
    connections: 200,
    of_one: 200,
    head_time: Duration::from_millis(400),
    head_bytes: 16 * 1024,
    idle_time: Duration::from_millis(400),
    stop_time: Duration::from_millis(1500),
};

struct Instance {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: tokio::task::JoinHandle<()>,
}

async fn start(bounds: Bounds) -> Instance {
    start_trusting(bounds, |_| false).await
}

async fn start_trusting(bounds: Bounds, trusts: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Instance {
    let router = Router::new()
        .route(
            "/",
            get(|axum::Extension(Peer(peer)): axum::Extension<Peer>| async move { peer.ip().to_string() }),
        )
        .route(
            "/slow",
            get(|| async {
                tokio::time::sleep(Duration::from_millis(1000)).await;
                "at last"
            }),
        )
        .route("/large", get(|| async { "x".repeat(64 << 20) }))
        .route("/echo", post(|body: String| async { body }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let done = tokio::spawn(serve(listener, Line::Plain, router, (bounds, Arc::new(trusts)), async {
        let _ = stopped.await;
    }));
    Instance { address, stop, done }
}

async fn send(address: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn ask(address: SocketAddr, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    rest(send(address, request.as_bytes()).await).await
}

/// Fifty beginnings of a request, of every kind: nothing, the beginning of either version's preface, half a head.
#[tokio::test]
async fn half_sent_requests_are_closed_while_honest_ones_are_answered() {
    let instance = start(QUICK).await;
    let mut half = JoinSet::new();
    let (started, beginnings) = (
        Instant::now(),
        ["", "G", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost: loc"],
    );
    for n in 0..50 {
        let stream = send(instance.address, beginnings[n % beginnings.len()].as_bytes()).await;
        half.spawn(async move {
            rest(stream).await;
            Instant::now()
        });
    }
    for _ in 0..10 {
        let answer = ask(instance.address, "/").await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("127.0.0.1"), "{answer}");
    }
    let closed = tokio::time::timeout(Duration::from_secs(5), half.join_all()).await.expect("all are closed");
    assert_eq!(closed.len(), 50);
    let last = closed.into_iter().max().unwrap() - started;
    assert!(last >= QUICK.head_time, "none is closed before its time: {last:?}");
}

/// A byte now and then wins no time: neither before it is clear which HTTP is spoken, nor in a head.
#[tokio::test]
async fn dripping_wins_no_time() {
    let instance = start(QUICK).await;
    for text in
        ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: aaaaaaaaaaa"]
    {
        let started = Instant::now();
        let mut stream = TcpStream::connect(instance.address).await.unwrap();
        let (mut reading, mut writing) = stream.split();
        let drip = async {
            for byte in text.bytes() {
                if writing.write_all(&[byte]).await.is_err() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            std::future::pending::<()>().await;
        };
        let mut bytes = Vec::new();
        tokio::select! {
            _ = reading.read_to_end(&mut bytes) => {}
            () = drip => {}
        }
        assert!(started.elapsed() < Duration::from_millis(1500), "{text}: {:?}", started.elapsed());
    }
}

/// HTTP/2 has frames that are no request but are answered: the answers win no time either.
#[tokio::test]
async fn pings_without_a_request_win_no_time() {
    let instance = start(QUICK).await;
    let started = Instant::now();
    let settings = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let mut stream = send(instance.address, settings).await;
    let (mut reading, mut writing) = stream.split();
    let pings = async {
        while writing.write_all(b"\0\0\x08\x06\0\0\0\0\0pingping").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut bytes = Vec::new();
    tokio::select! {
        _ = reading.read_to_end(&mut bytes) => {}
        () = pings => {}
        () = tokio::time::sleep(Duration::from_secs(3)) => {}
    }
    assert!(bytes.windows(8).any(|seen| seen == b"pingping"), "it does speak HTTP/2");
    assert!(started.elapsed() < Duration::from_millis(1500), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_page_that_takes_long_is_waited_for_and_a_reader_that_takes_nothing_is_not() {
    let instance = start(QUICK).await;
    assert!(ask(instance.address, "/slow").await.ends_with("at last"), "longer than the idle time");

    let request = b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let mut stream = send(instance.address, request).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    assert!(bytes.len() < 64 << 20, "it was closed before all was sent");
}

#[tokio::test]
async fn kept_alive_connections_serve_again_and_are_closed_when_idle() {
    let instance = start(QUICK).await;
    let mut stream = send(instance.address, b"").await;
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut bytes = [0; 1024];
        let n = stream.read(&mut bytes).await.unwrap();
        assert!(bytes[..n].ends_with(b"127.0.0.1"));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let closed = tokio::time::timeout(Duration::from_secs(3), rest(stream)).await;
    assert_eq!(closed.as_deref(), Ok(""));
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let instance = start(QUICK).await;
    let request = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(40_000));
    let mut stream = TcpStream::connect(instance.address).await.unwrap();
    let _ = stream.write_all(request.as_bytes()).await;
    let answer = rest(stream).await;
    assert!(!answer.contains(" 200 "), "{answer}");
    assert!(ask(instance.address, "/").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn beyond_the_cap_a_connection_waits_its_turn() {
    let instance = start(Bounds { connections: 2, ..QUICK }).await;
    let _first = send(instance.address, b"GET").await;
    let _second = send(instance.address, b"GET").await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    assert!(ask(instance.address, "/").await.starts_with("HTTP/1.1 200"));
    assert!(started.elapsed() >= Duration::from_millis(200), "it was served while both places were taken");
}

#[tokio::test]
async fn one_address_has_its_share_of_the_places_and_others_have_theirs() {
    let bounds = Bounds { of_one: 2, head_time: Duration::from_secs(5), ..QUICK };
    let instance = start(bounds).await;
    let held = [send(instance.address, b"GET").await, send(instance.address, b"GET").await];
    tokio::time::sleep(Duration::from_millis(50)).await;
    let third = TcpStream::connect(instance.address).await.unwrap();
    let closed = tokio::time::timeout(Duration::from_secs(1), rest(third)).await;
    assert_eq!(closed.as_deref(), Ok(""), "closed at once");
    let another = tokio::net::TcpSocket::new_v4().unwrap();
    another.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut another = another.connect(instance.address).await.unwrap();
    another.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").await.unwrap();
    assert!(rest(another).await.ends_with("127.0.0.2"));
    drop(held);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(ask(instance.address, "/").await.starts_with("HTTP/1.1 200"), "its places are free again");

    // A proxy that is trusted speaks for everybody.
    let proxied = start_trusting(bounds, |peer| peer.is_loopback()).await;
    let _held = [send(proxied.address, b"GET").await, send(proxied.address, b"GET").await];
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(ask(proxied.address, "/").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn told_to_stop_it_takes_nothing_new_and_finishes_what_runs() {
    let instance = start(QUICK).await;
    let idle = send(instance.address, b"").await;
    let running = tokio::spawn(ask_slow(instance.address));
    tokio::time::sleep(Duration::from_millis(100)).await;
    instance.stop.send(()).unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(instance.address).await.is_err(), "nothing new is taken");
    assert!(running.await.unwrap().ends_with("at last"));
    tokio::time::timeout(Duration::from_secs(1), instance.done).await.expect("it has stopped").unwrap();
    assert_eq!(rest(idle).await, "");
}

async fn ask_slow(address: SocketAddr) -> String {
    ask(address, "/slow").await
}

#[tokio::test]
async fn what_runs_too_long_does_not_keep_it_from_stopping() {
    let instance = start(Bounds { stop_time: Duration::from_millis(200), ..QUICK }).await;
    let running = tokio::spawn(ask_slow(instance.address));
    tokio::time::sleep(Duration::from_millis(100)).await;
    instance.stop.send(()).unwrap();
    tokio::time::timeout(Duration::from_millis(700), instance.done).await.expect("it has stopped").unwrap();
    assert!(!running.await.unwrap().contains("at last"));
}
