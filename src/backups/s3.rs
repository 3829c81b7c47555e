//! A bucket of a store that speaks S3: rusty-s3 signs, hyper sends. Files are sent and read as streams; a place that is silent
//! for too long is given up.

use std::net::IpAddr;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::header::{CONTENT_LENGTH, USER_AGENT};
use hyper::{Method, Request, Response, StatusCode};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rusty_s3::actions::{ListObjectsV2, S3Action};
use rusty_s3::{Bucket, Credentials, UrlStyle};
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio::sync::watch;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use url::{Host, Url};

use super::within::{Inside, Within};
use super::{MOST_BYTES, Reach, SILENCE, Told, here, in_time};
use crate::domain::keeping::backup::Trouble;
use crate::domain::keeping::destination::{Access, S3, Style};

/// How long a signature is good: long enough for a large file on a slow line.
const SIGNED_FOR: Duration = Duration::from_secs(6 * 60 * 60);
/// How long a store may think about a file once it has all of it.
const TAKES_IN: Duration = Duration::from_secs(5 * 60);
/// The most bytes of a list or of what a store says is wrong.
const MOST_WORDS: usize = 4 << 20;
const PIECE: usize = 64 << 10;

type Sent = UnsyncBoxBody<Bytes, std::io::Error>;

/// A bucket, ready to be asked.
pub struct Open {
    bucket: Bucket,
    credentials: Credentials,
    prefix: String,
    client: Client<HttpsConnector<HttpConnector<Within>>, Sent>,
}

impl Open {
    pub(super) fn new(place: &S3, access: &Access, reach: &Reach) -> Result<Self, Trouble> {
        let Access::SecretKey(secret) = access else { return Err(Trouble::SignIn) };
        let endpoint: Url = place.endpoint.as_str().parse().map_err(|_| Trouble::NoHost)?;
        // A number is connected to as it stands; a name is looked at each time that it is looked up.
        let number: Option<IpAddr> = match endpoint.host() {
            Some(Host::Ipv4(ip)) => Some(ip.into()),
            Some(Host::Ipv6(ip)) => Some(ip.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if !number.is_none_or(|number| reach(number)) {
            return Err(Trouble::Inside);
        }
        let style = match place.style {
            Style::Path => UrlStyle::Path,
            Style::VirtualHost => UrlStyle::VirtualHost,
        };
        let (name, region) = (place.bucket.to_string(), place.region.to_string());
        let bucket = Bucket::new(endpoint, style, name, region).map_err(|_| Trouble::NoHost)?;
        let prefix = match place.prefix.as_str() {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        let mut tcp = HttpConnector::new_with_resolver(Within(Arc::clone(reach)));
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(SILENCE));
        tcp.set_nodelay(true);
        let tls = tls(place.ca.as_ref().map(|ca| ca.as_str()))?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let credentials = Credentials::new(place.access_key.as_str(), secret.as_str());
        Ok(Self { bucket, credentials, prefix, client })
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(super) async fn put(&self, file: &Path, name: &str, told: Told<'_>) -> Result<(), Trouble> {
        let from = tokio::fs::File::open(file).await.map_err(|why| here(&why))?;
        let length = from.metadata().await.map_err(|why| here(&why))?.len();
        if length > MOST_BYTES {
            return Err(Trouble::TooLarge);
        }
        let key = self.key(name);
        let url = self.bucket.put_object(Some(&self.credentials), &key).sign(SIGNED_FOR);
        let (sent, mut seen) = watch::channel(0);
        let body = FileBody { file: from, left: length, piece: vec![0; PIECE], sent };
        let request = request(Method::PUT, &url, body.boxed_unsync())?;
        let answer = self.client.request(request);
        tokio::pin!(answer);
        let mut watching = true;
        loop {
            let patience = if *seen.borrow() < length { SILENCE } else { TAKES_IN };
            tokio::select! {
                answer = &mut answer => {
                    let answer = answer.map_err(|why| unreached(&why))?;
                    told(length);
                    return well(answer).await.map(|_| ());
                }
                moved = tokio::time::timeout(patience, seen.changed()), if watching => match moved {
                    Ok(Ok(())) => told(*seen.borrow_and_update()),
                    Ok(Err(_)) => watching = false,
                    Err(_) => return Err(Trouble::Slow),
                },
                () = tokio::time::sleep(TAKES_IN), if !watching => return Err(Trouble::Slow),
            }
        }
    }

    pub(super) async fn get(&self, name: &str, into: &Path, told: Told<'_>) -> Result<(), Trouble> {
        let key = self.key(name);
        let url = self.bucket.get_object(Some(&self.credentials), &key).sign(SIGNED_FOR);
        let mut body = self.ask(Method::GET, &url).await?.into_body();
        let mut to = tokio::fs::File::from_std(super::fresh_file(into)?);
        let mut done = 0;
        while let Some(frame) = in_time(SILENCE, async { Ok(body.frame().await) }).await? {
            let frame = frame.map_err(|_| Trouble::NoAnswer)?;
            if let Some(bytes) = frame.data_ref() {
                to.write_all(bytes).await.map_err(|why| here(&why))?;
                done += bytes.len() as u64;
                told(done);
            }
        }
        to.flush().await.map_err(|why| here(&why))
    }

    pub(super) async fn list(&self) -> Result<Vec<(String, u64)>, Trouble> {
        let mut found = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
            action.with_prefix(self.prefix.as_str());
            if let Some(from) = &from {
                action.with_continuation_token(from.as_str());
            }
            let url = action.sign(SIGNED_FOR);
            let answer = self.ask(Method::GET, &url).await?;
            let words = in_time(SILENCE, words(answer.into_body())).await?;
            let listed = ListObjectsV2::parse_response(&words).map_err(|why| {
                tracing::warn!(?why, "a store’s list could not be read");
                Trouble::Odd
            })?;
            for object in listed.contents {
                let name = object.key.strip_prefix(&self.prefix).filter(|name| !name.contains('/'));
                if let Some(name) = name {
                    found.push((name.to_owned(), object.size.unwrap_or_default()));
                }
            }
            match listed.next_continuation_token {
                Some(next) if Some(&next) != from.as_ref() => from = Some(next),
                _ => return Ok(found),
            }
        }
    }

    pub(super) async fn delete(&self, name: &str) -> Result<(), Trouble> {
        let key = self.key(name);
        let url = self.bucket.delete_object(Some(&self.credentials), &key).sign(SIGNED_FOR);
        match self.ask(Method::DELETE, &url).await {
            Ok(_) | Err(Trouble::Gone) => Ok(()),
            Err(trouble) => Err(trouble),
        }
    }

    async fn ask(&self, method: Method, url: &Url) -> Result<Response<Incoming>, Trouble> {
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        let request = request(method, url, body)?;
        let asked = async { self.client.request(request).await.map_err(|why| unreached(&why)) };
        well(in_time(SILENCE, asked).await?).await
    }
}

fn request(method: Method, url: &Url, body: Sent) -> Result<Request<Sent>, Trouble> {
    let length = body.size_hint().exact().unwrap_or_default();
    let mut request =
        Request::builder().method(method.clone()).uri(url.as_str()).header(USER_AGENT, "Fiddlehead");
    if method == Method::PUT {
        request = request.header(CONTENT_LENGTH, length);
    }
    request.body(body).map_err(|_| Trouble::NoHost)
}

/// The authorities that browsers know, or the one that was given and no other.
fn tls(ca: Option<&str>) -> Result<ClientConfig, Trouble> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = ca {
        roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
            let certificate = certificate.map_err(|_| Trouble::Certificate)?;
            roots.add(certificate).map_err(|_| Trouble::Certificate)?;
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|_| Trouble::Failed)?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// An answer that is one; otherwise what the store says is wrong.
async fn well(answer: Response<Incoming>) -> Result<Response<Incoming>, Trouble> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let status = answer.status();
    let said = in_time(SILENCE, words(answer.into_body())).await.unwrap_or_default();
    let code = element(&said, "Code");
    let trouble = trouble(status, code, element(&said, "Message"));
    tracing::warn!(%status, code, "a store refused");
    Err(trouble)
}

fn trouble(status: StatusCode, code: &str, message: &str) -> Trouble {
    match code {
        "NoSuchBucket" => Trouble::NotThere,
        "NoSuchKey" => Trouble::Gone,
        "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "NotSignedUp" => Trouble::SignIn,
        "RequestTimeTooSkewed" | "RequestExpired" | "ExpiredToken" => Trouble::Clock,
        // A signature in the address that is not good yet, or no longer.
        "AccessDenied" if message.contains("expired") || message.contains("not yet valid") => Trouble::Clock,
        "AccessDenied" | "AllAccessDisabled" | "AccountProblem" => Trouble::Forbidden,
        "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError" | "InvalidRegion" => {
            Trouble::Region
        }
        "PermanentRedirect" | "TemporaryRedirect" | "Redirect" => Trouble::Elsewhere,
        "EntityTooLarge" => Trouble::TooLarge,
        "QuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage" => Trouble::Full,
        _ => match status {
            StatusCode::UNAUTHORIZED => Trouble::SignIn,
            StatusCode::FORBIDDEN => Trouble::Forbidden,
            StatusCode::NOT_FOUND => Trouble::Gone,
            StatusCode::PAYLOAD_TOO_LARGE => Trouble::TooLarge,
            StatusCode::INSUFFICIENT_STORAGE => Trouble::Full,
            status if status.is_redirection() => Trouble::Elsewhere,
            status => Trouble::Status(status.as_u16()),
        },
    }
}

/// What stands in an element of a short answer.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let inside = xml.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
    inside.and_then(|rest| rest.split_once("</")).map_or("", |(inside, _)| inside)
}

async fn words(body: Incoming) -> Result<String, Trouble> {
    let whole = Limited::new(body, MOST_WORDS).collect().await.map_err(|_| Trouble::NoAnswer)?;
    Ok(String::from_utf8_lossy(&whole.to_bytes()).into_owned())
}

/// Why a store could not be reached.
fn unreached(why: &hyper_util::client::legacy::Error) -> Trouble {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(why);
    while let Some(error) = next {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            if is_tls(error) {
                return Trouble::Certificate;
            }
            if error.kind() == std::io::ErrorKind::TimedOut {
                return Trouble::Slow;
            }
        }
        if error.is::<Inside>() {
            return Trouble::Inside;
        }
        if error.to_string().starts_with("dns error") && error.source().is_none_or(|why| !why.is::<Inside>())
        {
            return Trouble::NoHost;
        }
        next = error.source();
    }
    Trouble::NoAnswer
}

/// Whether it was TLS that failed. The connector wraps one error in another, and the inner one is no source of the outer.
fn is_tls(error: &std::io::Error) -> bool {
    error.get_ref().is_some_and(|inner| {
        inner.is::<rustls::Error>() || inner.downcast_ref::<std::io::Error>().is_some_and(is_tls)
    })
}

/// A file as it is sent, and how much of it is.
struct FileBody {
    file: tokio::fs::File,
    left: u64,
    piece: Vec<u8>,
    sent: watch::Sender<u64>,
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let most = usize::try_from(this.left).unwrap_or(PIECE).min(PIECE);
        let mut room = ReadBuf::new(&mut this.piece[..most]);
        match Pin::new(&mut this.file).poll_read(cx, &mut room) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(why)) => Poll::Ready(Some(Err(why))),
            Poll::Ready(Ok(())) if room.filled().is_empty() => {
                Poll::Ready(Some(Err(std::io::ErrorKind::UnexpectedEof.into())))
            }
            Poll::Ready(Ok(())) => {
                let bytes = Bytes::copy_from_slice(room.filled());
                this.left -= bytes.len() as u64;
                this.sent.send_modify(|sent| *sent += bytes.len() as u64);
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
