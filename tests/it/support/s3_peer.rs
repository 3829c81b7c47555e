//! A store that speaks S3 and checks signatures (s3s-fs), on a port of this machine.

use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

pub const ACCESS_KEY: &str = "AKIAQUIETFIELD";
pub const SECRET_KEY: &str = "a-secret-that-only-the-store-and-we-know";
pub const BUCKET: &str = "quietfield";

/// The store; it ends with the test.
pub struct Store {
    pub folder: tempfile::TempDir,
    pub port: u16,
    scheme: &'static str,
    task: JoinHandle<()>,
}

impl Drop for Store {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Store {
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    /// The same behind TLS, and the certificate of its own authority in PEM.
    pub async fn start_over_tls() -> (Self, String) {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate =
            rcgen::CertificateParams::new(["127.0.0.1".to_owned()]).unwrap().self_signed(&key).unwrap();
        let server =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![certificate.der().clone()], key.serialize_der().try_into().unwrap())
                .unwrap();
        (Self::start_with(Some(TlsAcceptor::from(Arc::new(server)))).await, certificate.pem())
    }

    async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let scheme = if tls.is_some() { "https" } else { "http" };
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).unwrap());
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let task = tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, tls) = (service.clone(), tls.clone());
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    let _ = match tls {
                        None => server.serve_connection(TokioIo::new(socket), service).await,
                        Some(tls) => match tls.accept(socket).await {
                            Ok(line) => server.serve_connection(TokioIo::new(line), service).await,
                            Err(_) => return,
                        },
                    };
                });
            }
        });
        Self { folder, port, scheme, task }
    }

    pub fn endpoint(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme, self.port)
    }
}
