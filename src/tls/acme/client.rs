//! How the authority is reached: over TLS by hyper, trusting the public roots or the one that the settings name, and never for
//! longer than a bound.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, header};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use jiff::Timestamp;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::tls::TlsError;
use crate::tls::folder::at;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the authority last said about being left alone for a while (`Retry-After`), which the library does not pass on.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Option<RetryAfter>>>);

/// A wait as HTTP writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RetryAfter {
    Seconds(i64),
    At(Timestamp),
}

impl Heard {
    /// Takes what was said, if it was.
    pub(super) fn take(&self) -> Option<RetryAfter> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn listen(&self, status: StatusCode, headers: &HeaderMap) {
        if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            let said = headers.get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = said.and_then(RetryAfter::read);
        }
    }
}

impl RetryAfter {
    fn read(text: &str) -> Option<Self> {
        let seconds = text.trim().parse().ok().filter(|seconds| (0..=30 * 24 * 3600).contains(seconds));
        let date = || jiff::fmt::rfc2822::parse(text.trim()).ok().map(|at| at.timestamp());
        seconds.map(Self::Seconds).or_else(|| date().map(Self::At))
    }
}

pub(super) struct Https {
    client: Client<hyper_rustls::HttpsConnector<HttpConnector>, BodyWrapper<Bytes>>,
    heard: Heard,
}

impl Https {
    pub(super) fn trusting(root: Option<&Path>, heard: Heard) -> Result<Self, TlsError> {
        let connector = HttpsConnectorBuilder::new();
        let connector = match root {
            None => connector.with_provider_and_webpki_roots(ring::default_provider()),
            Some(path) => {
                let roots = roots(path)?;
                let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
                    .with_safe_default_protocol_versions()
                    .map(|config| config.with_root_certificates(roots).with_no_client_auth());
                config.map(|config| connector.with_tls_config(config))
            }
        };
        let connector = connector.map_err(|why| Error::Other(Box::new(why)))?;
        let https = connector.https_only().enable_http1().build();
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(https), heard })
    }
}

fn roots(path: &Path) -> Result<RootCertStore, TlsError> {
    let pem = std::fs::read(path).map_err(|why| at(path, why))?;
    let mut roots = RootCertStore::empty();
    let added =
        CertificateDer::pem_slice_iter(&pem).flatten().filter(|one| roots.add(one.clone()).is_ok()).count();
    if added == 0 {
        let what = "holds no certificate in PEM. Write the authority's root there".to_owned();
        return Err(TlsError::Content { path: path.display().to_string(), what });
    }
    Ok(roots)
}

impl HttpClient for Https {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let (answer, heard) = (self.client.request(request), self.heard.clone());
        Box::pin(async move {
            match tokio::time::timeout(PATIENCE, answer).await {
                Ok(Ok(answer)) => {
                    heard.listen(answer.status(), answer.headers());
                    Ok(BytesResponse::from(answer))
                }
                Ok(Err(why)) => Err(Error::Other(Box::new(why))),
                Err(_) => Err(Error::Str("an answer within a minute")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_read_as_seconds_or_as_a_date() {
        assert_eq!(RetryAfter::read(" 120 "), Some(RetryAfter::Seconds(120)));
        let date = "2026-11-25T12:00:00Z".parse().unwrap();
        assert_eq!(RetryAfter::read("Wed, 25 Nov 2026 12:00:00 GMT"), Some(RetryAfter::At(date)));
        for odd in ["", "-5", "soon", "99999999999999"] {
            assert_eq!(RetryAfter::read(odd), None, "{odd}");
        }
    }
}
