//! One question to a server, over a connection of its own: the name is resolved once, every address that comes of it is
//! looked at, and the connection goes to exactly one of those. Redirects begin anew. All is bounded: bytes, steps, time.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, ETAG, HOST, IF_NONE_MATCH, LOCATION, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode, body::Incoming};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use url::Host;

use super::address::{Address, Scheme};
use super::guard::Guard;
use crate::domain::calendar::outside::Trouble;

/// The most bytes of an answer.
pub(super) const MOST_BYTES: usize = 2 << 20;
const REDIRECTS: usize = 3;
/// How many of a name's addresses are tried.
const TRIES: usize = 3;
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// How long one question may take, with all its redirects.
const WHOLE_TIME: Duration = Duration::from_secs(20);

/// What a name stands for.
pub type Resolve = dyn Fn(&str) -> Vec<IpAddr> + Send + Sync;

/// How names become addresses.
#[derive(Clone)]
pub enum Resolver {
    /// As the machine does it.
    System,
    /// As a test says it.
    Told(Arc<Resolve>),
}

impl fmt::Debug for Resolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "Resolver::System",
            Self::Told(_) => "Resolver::Told",
        })
    }
}

/// What is asked of a server.
#[derive(Debug, Clone)]
pub(super) struct Question<'a> {
    pub(super) method: Method,
    /// Name and password, for the server of the first address and no other.
    pub(super) login: Option<&'a str>,
    /// The version that need not be sent again.
    pub(super) known: Option<&'a str>,
    /// How deep a collection is looked into.
    pub(super) depth: Option<&'static str>,
    pub(super) body: String,
}

/// What it answers.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    /// Where the answer came from, after redirects.
    pub(super) from: Address,
    pub(super) version: Option<String>,
    pub(super) body: String,
}

/// Asks servers.
#[derive(Debug)]
pub(super) struct Web {
    pub(super) guard: Guard,
    pub(super) resolver: Resolver,
    tls: Arc<ClientConfig>,
}

impl Web {
    pub(super) fn new(guard: Guard, resolver: Resolver) -> Self {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring knows the protocol's versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { guard, resolver, tls: Arc::new(config) }
    }

    /// Asks, and follows where it leads.
    pub(super) async fn ask(&self, address: &Address, question: &Question<'_>) -> Result<Reply, Trouble> {
        let asked = tokio::time::timeout(WHOLE_TIME, self.follow(address, question)).await;
        asked.unwrap_or(Err(Trouble::Slow))
    }

    async fn follow(&self, first: &Address, question: &Question<'_>) -> Result<Reply, Trouble> {
        let mut address = first.clone();
        for _ in 0..=REDIRECTS {
            let login = question.login.filter(|_| address.is_beside(first));
            let mut driver = JoinSet::new();
            let response = self.once(&address, question, login, &mut driver).await?;
            let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection());
            match location.map(|location| location.to_str()) {
                Some(Ok(location)) if response.status() != StatusCode::NOT_MODIFIED => {
                    address = address.leads_to(location)?;
                }
                _ => return read(response, address).await,
            }
        }
        Err(Trouble::TooManyRedirects)
    }

    /// The addresses of a host, all of which may be connected to at this port.
    async fn resolve(&self, address: &Address) -> Result<Vec<SocketAddr>, Trouble> {
        let port = address.port();
        let found: Vec<IpAddr> = match (address.host(), &self.resolver) {
            (Host::Ipv4(ip), _) => vec![ip.into()],
            (Host::Ipv6(ip), _) => vec![ip.into()],
            (Host::Domain(name), Resolver::Told(resolve)) => resolve(name),
            (Host::Domain(name), Resolver::System) => {
                let found = tokio::net::lookup_host((name, port)).await.map_err(|_| Trouble::NoHost)?;
                found.map(|found| found.ip()).collect()
            }
        };
        if found.is_empty() {
            return Err(Trouble::NoHost);
        }
        // One that leads inside is enough: such a name is not what it seems.
        if !found.iter().all(|ip| self.guard.lets_pass(*ip)) {
            return Err(Trouble::Inside);
        }
        if !found.iter().all(|ip| self.guard.has_port(*ip, port)) {
            return Err(Trouble::Port);
        }
        Ok(found.into_iter().map(|ip| SocketAddr::new(ip, port)).collect())
    }

    async fn once(
        &self,
        address: &Address,
        question: &Question<'_>,
        login: Option<&str>,
        driver: &mut JoinSet<()>,
    ) -> Result<Response<Incoming>, Trouble> {
        let places = self.resolve(address).await?;
        let in_the_open = address.scheme() == Scheme::Http;
        if in_the_open && login.is_some() && !places.iter().all(|place| self.guard.opens(place.ip())) {
            return Err(Trouble::Unencrypted);
        }
        let stream = connect(&places).await?;
        let request = request(address, question, login)?;
        if in_the_open {
            return send(stream, request, driver).await;
        }
        let name = match address.host() {
            Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| Trouble::NotAnAddress)?,
            Host::Ipv4(ip) => ServerName::from(IpAddr::from(ip)),
            Host::Ipv6(ip) => ServerName::from(IpAddr::from(ip)),
        };
        let stream = TlsConnector::from(Arc::clone(&self.tls))
            .connect(name, stream)
            .await
            .map_err(|error| untrusted(&error))?;
        send(stream, request, driver).await
    }
}

fn untrusted(error: &io::Error) -> Trouble {
    let tls = error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>());
    if tls { Trouble::Certificate } else { Trouble::NoAnswer }
}

/// Connects to one of these and to nothing else.
async fn connect(places: &[SocketAddr]) -> Result<TcpStream, Trouble> {
    let mut trouble = Trouble::NoAnswer;
    for place in places.iter().take(TRIES) {
        match tokio::time::timeout(CONNECT_TIME, TcpStream::connect(place)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(_)) => trouble = Trouble::NoAnswer,
            Err(_) => trouble = Trouble::Slow,
        }
    }
    Err(trouble)
}

fn request(
    address: &Address,
    question: &Question<'_>,
    login: Option<&str>,
) -> Result<Request<Full<Bytes>>, Trouble> {
    let mut request = Request::builder()
        .method(question.method.clone())
        .uri(address.target())
        .header(HOST, address.authority())
        .header(USER_AGENT, "Fiddlehead");
    if let Some(login) = login {
        let basic = data_encoding::BASE64.encode(login.as_bytes());
        request = request.header(AUTHORIZATION, format!("Basic {basic}"));
    }
    if let Some(known) = question.known {
        request = request.header(IF_NONE_MATCH, known);
    }
    if let Some(depth) = question.depth {
        request = request.header("depth", depth).header(CONTENT_TYPE, "application/xml; charset=utf-8");
    }
    request.body(Full::from(question.body.clone())).map_err(|_| Trouble::NotAnAddress)
}

/// Sends over a connection that `driver` keeps going; it ends with it.
async fn send<S>(
    stream: S,
    request: Request<Full<Bytes>>,
    driver: &mut JoinSet<()>,
) -> Result<Response<Incoming>, Trouble>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|_| Trouble::NoAnswer)?;
    driver.spawn(async move {
        // What breaks it is told by the answer that does not come.
        let _ = connection.await;
    });
    sender.send_request(request).await.map_err(|_| Trouble::NoAnswer)
}

async fn read(response: Response<Incoming>, from: Address) -> Result<Reply, Trouble> {
    let status = response.status();
    let version = response.headers().get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await;
    let body =
        body.map_err(
            |error| {
                if error.is::<LengthLimitError>() { Trouble::TooLarge } else { Trouble::NoAnswer }
            },
        )?;
    let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
    Ok(Reply { status, from, version, body })
}
