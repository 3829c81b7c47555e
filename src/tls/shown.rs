//! The certificate that is shown now, swapped without a restart, and the proofs that an ACME server comes to see.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;
use rustls::crypto::ring::sign::any_ecdsa_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::TlsError;
use super::identity::Identity;

/// The protocol in which an ACME server asks for a proof (RFC 8737).
pub const ACME_TLS: &[u8] = b"acme-tls/1";

/// How the certificate stands, for those who look after the program.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// When it will be renewed, if it is renewed by us.
    pub renews_at: Option<Timestamp>,
    /// What went wrong at the last renewal, and when.
    pub trouble: Option<(Timestamp, String)>,
}

/// What handshakes are answered with.
#[derive(Default)]
pub struct Shown {
    identity: RwLock<Option<Identity>>,
    /// The certificate that proves a name, by the name.
    proofs: RwLock<BTreeMap<String, Arc<CertifiedKey>>>,
    /// The text that proves a token, by the token.
    tokens: RwLock<BTreeMap<String, String>>,
    standing: RwLock<Standing>,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shown").field("names", &self.identity().map(|one| one.names)).finish_non_exhaustive()
    }
}

impl Shown {
    /// Shows nothing yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// Shows this one from the next handshake on.
    pub fn show(&self, identity: Identity) {
        *self.identity.write().unwrap_or_else(PoisonError::into_inner) = Some(identity);
    }

    /// What is shown.
    #[must_use]
    pub fn identity(&self) -> Option<Identity> {
        self.identity.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes how it stands.
    pub fn note(&self, standing: Standing) {
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }

    /// The text that proves a token (RFC 8555, 8.3).
    #[must_use]
    pub fn proof_of(&self, token: &str) -> Option<String> {
        self.tokens.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    pub(super) fn prove_token(&self, token: &str, text: &str) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.insert(token.to_owned(), text.to_owned());
    }

    /// Makes the certificate that proves a name to an ACME server (RFC 8737): self-signed, with the digest in it.
    pub(super) fn prove_name(&self, name: &str, digest: &[u8]) -> Result<(), TlsError> {
        let key = rcgen::KeyPair::generate()?;
        let mut asked = rcgen::CertificateParams::new(vec![name.to_owned()])?;
        asked.custom_extensions = vec![rcgen::CustomExtension::new_acme_identifier(digest)];
        let certificate = asked.self_signed(&key)?;
        let der = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let signs = any_ecdsa_type(&der).map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        // Past rustls' own check, which refuses the critical extension that this certificate is all about.
        let certified = CertifiedKey::new(vec![certificate.der().clone()], signs);
        let mut proofs = self.proofs.write().unwrap_or_else(PoisonError::into_inner);
        proofs.insert(name.to_lowercase(), Arc::new(certified));
        Ok(())
    }

    /// Takes all proofs away.
    pub(super) fn forget_proofs(&self) {
        self.proofs.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.tokens.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asks_for_proof = hello.alpn().is_some_and(|mut asked| asked.any(|one| one == ACME_TLS));
        if asks_for_proof {
            let name = hello.server_name()?.to_lowercase();
            return self.proofs.read().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        }
        self.identity
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|one| Arc::clone(&one.certified))
    }
}
