//! TLS: which certificate is shown, where it comes from, and when it is replaced. It comes from files, from a certificate
//! authority of our own, or by ACME; behind a proxy there is none. Replacing one disturbs no connection.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::ServerConfig;
use rustls::crypto::ring;

pub mod acme;
pub mod files;
pub mod folder;
pub mod identity;
pub mod local_ca;
pub mod probe;
pub mod shown;

use shown::Shown;

/// What the ways ask of the machine, as values that the caller chooses.
#[derive(Clone)]
pub struct World {
    /// What time it is.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Sixty-four random bits.
    pub chance: Arc<dyn Fn() -> u64 + Send + Sync>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("World")
    }
}

/// Why there is no certificate, in words for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which.
        path: String,
        /// What the system says.
        why: std::io::Error,
    },
    /// What a file holds cannot be used.
    #[error("{path}: {what}")]
    Content {
        /// Which.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A certificate could not be made.
    #[error("a certificate cannot be made: {0}")]
    Making(#[from] rcgen::Error),
    /// The certificate authority did not issue one.
    #[error("the certificate authority: {0}")]
    Authority(#[from] instant_acme::Error),
    /// The certificate authority did not accept our proof that a name is ours.
    #[error("{name}: the certificate authority could not see that this name is ours ({why})")]
    NotProved {
        /// The name.
        name: String,
        /// What it says.
        why: String,
    },
}

/// How connections are encrypted: TLS 1.2 and 1.3 with ring's ciphers (which are those of Mozilla's intermediate profile), HTTP/2
/// or 1.1, and the certificate that is shown at the moment of the handshake.
///
/// # Panics
/// Never: ring has both versions.
#[must_use]
pub fn server(shown: &Arc<Shown>) -> Arc<ServerConfig> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring has TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_cert_resolver(Arc::clone(shown) as Arc<_>);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec(), shown::ACME_TLS.to_vec()];
    Arc::new(config)
}
