//! Asking ourselves, over TLS, whether we are well and which certificate is shown: nothing secret is sent and only a status is read,
//! so whichever it is will do, one of another name too. For nothing else.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::identity::facts;

#[derive(Debug)]
struct Anybody(CryptoProvider);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A stream to ourselves with TLS around it.
///
/// # Errors
/// What the handshake says.
pub fn around(stream: TcpStream, ourselves: IpAddr) -> io::Result<impl Read + Write> {
    Ok(StreamOwned::new(client(ServerName::IpAddress(ourselves.into()))?, stream))
}

fn client(name: ServerName<'static>) -> io::Result<ClientConnection> {
    let provider = ring::default_provider();
    let config = ClientConfig::builder_with_provider(Arc::new(provider.clone()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anybody(provider)))
        .with_no_client_auth();
    ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)
}

/// What is said on a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The names and addresses that it is for.
    pub names: Vec<String>,
    /// Who issued it.
    pub issuer: String,
    /// From when it is good.
    pub begins_at: Timestamp,
    /// Until when it is good.
    pub ends_at: Timestamp,
}

impl Seen {
    /// Reads it.
    ///
    /// # Errors
    /// That it is damaged.
    pub fn of(certificate: &CertificateDer<'_>) -> Result<Self, String> {
        let (names, begins_at, ends_at) = facts(certificate)?;
        let (_, read) = X509Certificate::from_der(certificate).map_err(|why| why.to_string())?;
        let issuer = read.issuer();
        let organization = issuer.iter_organization().chain(issuer.iter_common_name());
        let issuer =
            organization.filter_map(|one| one.as_str().ok()).next().unwrap_or("nobody named").to_owned();
        Ok(Self { names, issuer, begins_at, ends_at })
    }
}

/// The certificate that is shown at an address to whoever asks for a name.
///
/// # Errors
/// What the handshake says, or that the certificate is damaged.
pub fn seen(address: SocketAddr, name: &str, patience: Duration) -> io::Result<Seen> {
    let mut stream = TcpStream::connect_timeout(&address, patience)?;
    stream.set_read_timeout(Some(patience))?;
    stream.set_write_timeout(Some(patience))?;
    let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
    let mut connection = client(name)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let shown = connection.peer_certificates().and_then(|chain| chain.first());
    let shown = shown.ok_or_else(|| io::Error::other("no certificate is shown"))?;
    Seen::of(shown).map_err(io::Error::other)
}
