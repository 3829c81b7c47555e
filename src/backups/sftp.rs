//! A folder on a server that speaks SFTP. The server's key was confirmed when it was set up; one that shows another is not
//! talked to.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use russh::client::{self, AuthResult, Handle, KeyboardInteractiveAuthResponse};
use russh::keys::ssh_key::LineEnding;
use russh::keys::ssh_key::private::{Ed25519Keypair, KeypairData};
use russh::keys::{HashAlg, PrivateKey, PrivateKeyWithHashAlg, PublicKeyOrCertificate};
use russh::{MethodKind, MethodSet};
use russh_sftp::client::SftpSession;
use russh_sftp::client::error::Error as SftpError;
use russh_sftp::protocol::{OpenFlags, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Marker, Reach, SILENCE, Told, here, in_time};
use crate::domain::keeping::backup::Trouble;
use crate::domain::keeping::destination::{Access, Host, HostKey, Sftp};

const MARKER: &str = "fiddlehead-backups.txt";
const PIECE: usize = 32 << 10;
/// How many rounds of questions a server may ask for one password.
const ROUNDS: usize = 4;

/// A folder on a server, signed in.
pub struct Open {
    session: SftpSession,
    folder: String,
    /// The connection ends with it.
    _connection: Handle<Watch>,
}

/// Looks at the server's key.
struct Watch {
    expected: Option<HostKey>,
    seen: Arc<std::sync::Mutex<Option<HostKey>>>,
}

impl client::Handler for Watch {
    type Error = russh::Error;

    async fn check_server_key(&mut self, shown: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else { return Ok(false) };
        let shown: Option<HostKey> = key.fingerprint(HashAlg::Sha256).to_string().parse().ok();
        let known = shown.is_some() && shown == self.expected;
        if let Ok(mut seen) = self.seen.lock() {
            *seen = shown;
        }
        Ok(known)
    }
}

/// A new key to sign in with, in OpenSSH's form, made of these secret bytes; and its public half, a line for
/// `authorized_keys`.
///
/// # Panics
/// Never: such a key can always be written down.
#[must_use]
pub fn fresh_key(seed: &[u8; 32]) -> (Access, String) {
    let pair = KeypairData::Ed25519(Ed25519Keypair::from_seed(seed));
    let key = PrivateKey::new(pair, "fiddlehead-backups").expect("a pair makes a key");
    let private = key.to_openssh(LineEnding::LF).expect("a key can be written").to_string();
    let public = key.public_key().to_openssh().expect("a key can be written");
    (Access::PrivateKey(private), public)
}

/// The key that a server shows, for a person to confirm.
///
/// # Errors
/// [`Trouble`] if there is no server to be asked.
pub async fn host_key(host: &Host, port: u16, reach: &Reach) -> Result<HostKey, Trouble> {
    let seen = Arc::default();
    let watch = Watch { expected: None, seen: Arc::clone(&seen) };
    let asked = connect((host, port), watch, reach).await;
    let shown = seen.lock().ok().and_then(|mut seen| seen.take());
    match (shown, asked) {
        (Some(key), _) => Ok(key),
        (None, Err(trouble)) => Err(trouble),
        (None, Ok(_)) => Err(Trouble::Odd),
    }
}

/// Connects to one of the addresses that the name stood for when they were looked at, and to no other.
async fn connect((host, port): (&Host, u16), watch: Watch, reach: &Reach) -> Result<Handle<Watch>, Trouble> {
    let config = client::Config {
        keepalive_interval: Some(Duration::from_secs(10)),
        inactivity_timeout: Some(SILENCE * 2),
        nodelay: true,
        ..client::Config::default()
    };
    let (expected, seen) = (watch.expected.clone(), Arc::clone(&watch.seen));
    let places = in_time(SILENCE, async {
        let found = tokio::net::lookup_host((host.as_str(), port)).await.map_err(|_| Trouble::NoHost)?;
        Ok(found.collect::<Vec<_>>())
    });
    let places = places.await?;
    // One that leads inside is enough: such a name is not what it seems.
    if !places.iter().all(|place| reach(place.ip())) {
        return Err(Trouble::Inside);
    }
    let connected = in_time(SILENCE, async {
        client::connect(Arc::new(config), &places[..], watch).await.map_err(|why| broken(&why))
    });
    connected.await.map_err(|trouble| {
        let shown = seen.lock().ok().and_then(|seen| seen.clone());
        // It was refused for its key.
        if shown.is_some() && shown != expected { Trouble::HostKey } else { trouble }
    })
}

impl Open {
    pub(super) async fn new(
        place: &Sftp,
        access: &Access,
        (marker, reach): (&Marker, &Reach),
    ) -> Result<Self, Trouble> {
        let watch = Watch { expected: Some(place.host_key.clone()), seen: Arc::default() };
        let mut connection = connect((&place.host, place.port), watch, reach).await?;
        in_time(SILENCE, sign_in(&mut connection, place.user.as_str(), access)).await?;
        let session = in_time(SILENCE, async {
            let channel = connection.channel_open_session().await.map_err(|why| broken(&why))?;
            channel.request_subsystem(true, "sftp").await.map_err(|why| broken(&why))?;
            let config = russh_sftp::client::Config {
                request_timeout_secs: SILENCE.as_secs(),
                ..russh_sftp::client::Config::default()
            };
            SftpSession::new_with_config(channel.into_stream(), config).await.map_err(|_| Trouble::NoSftp)
        })
        .await?;
        let folder = match place.folder.as_str() {
            "" => ".".to_owned(),
            folder => folder.to_owned(),
        };
        let open = Self { session, folder, _connection: connection };
        open.mark(marker).await?;
        Ok(open)
    }

    fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.folder.trim_end_matches('/'))
    }

    async fn mark(&self, marker: &Marker) -> Result<(), Trouble> {
        if let (Marker::Make { .. }, Err(_)) = (marker, self.session.metadata(self.folder.as_str()).await) {
            self.session.create_dir(self.folder.as_str()).await.map_err(|why| refused(&why))?;
        }
        self.session.metadata(self.folder.as_str()).await.map_err(|why| refused(&why))?;
        let path = self.path(MARKER);
        let found = match self.session.read(path.as_str()).await {
            Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
            Err(SftpError::Status(status)) if status.status_code == StatusCode::NoSuchFile => None,
            Err(why) => return Err(refused(&why)),
        };
        match super::unmarked(marker, found.as_deref())? {
            None => Ok(()),
            Some(id) => {
                let mut file = self.session.create(path.as_str()).await.map_err(|why| refused(&why))?;
                file.write_all(super::marker_text(id).as_bytes()).await.map_err(|why| unwritten(&why))?;
                file.close().await.map_err(|why| unwritten(&why))
            }
        }
    }

    pub(super) async fn put(&self, file: &Path, name: &str, told: Told<'_>) -> Result<(), Trouble> {
        let mut from = tokio::fs::File::open(file).await.map_err(|why| here(&why))?;
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let mut to =
            self.session.open_with_flags(self.path(name), flags).await.map_err(|why| refused(&why))?;
        let (mut piece, mut done) = (vec![0; PIECE], 0);
        loop {
            let read = from.read(&mut piece).await.map_err(|why| here(&why))?;
            if read == 0 {
                break;
            }
            in_time(SILENCE, async { to.write_all(&piece[..read]).await.map_err(|why| unwritten(&why)) })
                .await?;
            done += read as u64;
            told(done);
        }
        in_time(SILENCE * 4, async {
            to.flush().await.map_err(|why| unwritten(&why))?;
            to.sync_all().await.map_err(|why| refused(&why))?;
            to.close().await.map_err(|why| unwritten(&why))
        })
        .await
    }

    pub(super) async fn get(&self, name: &str, into: &Path, told: Told<'_>) -> Result<(), Trouble> {
        let mut from = self.session.open(self.path(name)).await.map_err(|why| match why {
            SftpError::Status(status) if status.status_code == StatusCode::NoSuchFile => Trouble::Gone,
            why => refused(&why),
        })?;
        let mut to = tokio::fs::File::from_std(super::fresh_file(into)?);
        let (mut piece, mut done) = (vec![0; PIECE], 0);
        loop {
            let read = in_time(SILENCE, async { from.read(&mut piece).await.map_err(|why| unwritten(&why)) })
                .await?;
            if read == 0 {
                break;
            }
            to.write_all(&piece[..read]).await.map_err(|why| here(&why))?;
            done += read as u64;
            told(done);
        }
        to.flush().await.map_err(|why| here(&why))
    }

    pub(super) async fn rename(&self, from: &str, to: &str) -> Result<(), Trouble> {
        // This protocol does not rename over a file.
        self.delete(to).await?;
        self.session.rename(self.path(from), self.path(to)).await.map_err(|why| refused(&why))
    }

    pub(super) async fn list(&self) -> Result<Vec<(String, u64)>, Trouble> {
        let found = self.session.read_dir(self.folder.as_str()).await.map_err(|why| refused(&why))?;
        let files = found.filter(|entry| entry.metadata().is_regular());
        Ok(files.map(|entry| (entry.file_name(), entry.metadata().size.unwrap_or_default())).collect())
    }

    pub(super) async fn delete(&self, name: &str) -> Result<(), Trouble> {
        match self.session.remove_file(self.path(name)).await {
            Ok(()) => Ok(()),
            Err(SftpError::Status(status)) if status.status_code == StatusCode::NoSuchFile => Ok(()),
            Err(why) => Err(refused(&why)),
        }
    }
}

async fn sign_in(connection: &mut Handle<Watch>, user: &str, access: &Access) -> Result<(), Trouble> {
    let answer = match access {
        Access::PrivateKey(text) => {
            let key = PrivateKey::from_openssh(text).map_err(|_| Trouble::SignIn)?;
            let key = PrivateKeyWithHashAlg::new(Arc::new(key), None);
            connection.authenticate_publickey(user, key).await
        }
        Access::Password(password) => connection.authenticate_password(user, password).await,
        Access::Open | Access::SecretKey(_) => return Err(Trouble::SignIn),
    };
    match (answer.map_err(|why| broken(&why))?, access) {
        (AuthResult::Success, _) => Ok(()),
        (AuthResult::Failure { remaining_methods, .. }, Access::Password(password))
            if asks(&remaining_methods) =>
        {
            answer_questions(connection, user, password).await
        }
        (AuthResult::Failure { .. }, _) => Err(Trouble::SignIn),
    }
}

fn asks(methods: &MethodSet) -> bool {
    methods.contains(&MethodKind::KeyboardInteractive)
}

/// Some servers take a password only as the answer to a question.
async fn answer_questions(connection: &mut Handle<Watch>, user: &str, password: &str) -> Result<(), Trouble> {
    let begun = connection.authenticate_keyboard_interactive_start(user, None).await;
    let mut state = begun.map_err(|why| broken(&why))?;
    for _ in 0..ROUNDS {
        let KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } = state else { break };
        let answers = prompts.iter().map(|_| password.to_owned()).collect();
        let answered = connection.authenticate_keyboard_interactive_respond(answers).await;
        state = answered.map_err(|why| broken(&why))?;
    }
    if matches!(state, KeyboardInteractiveAuthResponse::Success) { Ok(()) } else { Err(Trouble::SignIn) }
}

/// What went wrong with the connection.
fn broken(why: &russh::Error) -> Trouble {
    match why {
        russh::Error::UnknownKey | russh::Error::WrongServerSig => Trouble::HostKey,
        russh::Error::ConnectionTimeout
        | russh::Error::KeepaliveTimeout
        | russh::Error::InactivityTimeout
        | russh::Error::Elapsed(_) => Trouble::Slow,
        russh::Error::IO(_) | russh::Error::HUP | russh::Error::Disconnect => Trouble::NoAnswer,
        why => {
            tracing::warn!(%why, "an SSH server could not be talked to");
            Trouble::Odd
        }
    }
}

/// What a server says no with.
fn refused(why: &SftpError) -> Trouble {
    match why {
        SftpError::Status(status) => match status.status_code {
            StatusCode::NoSuchFile => Trouble::NotThere,
            StatusCode::PermissionDenied => Trouble::Forbidden,
            StatusCode::NoConnection | StatusCode::ConnectionLost => Trouble::NoAnswer,
            // OpenSSH says no more of a full disk than that it failed.
            _ => {
                tracing::warn!(why = %status.error_message, "an SFTP server refused");
                if status.error_message.contains("space") { Trouble::Full } else { Trouble::Odd }
            }
        },
        SftpError::Timeout => Trouble::Slow,
        SftpError::IO(_) => Trouble::NoAnswer,
        why => {
            tracing::warn!(%why, "an SFTP server did not answer as it should");
            Trouble::NoAnswer
        }
    }
}

/// The same where it comes out of a file.
fn unwritten(why: &std::io::Error) -> Trouble {
    match why.get_ref().and_then(|inner| inner.downcast_ref::<SftpError>()) {
        Some(inner) => refused(inner),
        None if why.kind() == std::io::ErrorKind::TimedOut => Trouble::Slow,
        None => {
            tracing::warn!(%why, "an SFTP server did not take or give a file");
            if why.to_string().contains("space") { Trouble::Full } else { Trouble::Odd }
        }
    }
}
