//! The SMTP client: one letter, one connection, command by command, so that when it breaks it is known whether the
//! server can have the letter. RFC 5321; AUTH only on a secured line (or to this machine).

use std::error::Error as _;
use std::fmt;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, TlsParameters, TlsParametersBuilder, TlsVersion,
};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Response, Severity};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::guarded::{Guarded, INJECTED};
use super::settings::{Patience, Security, SmtpSettings, WrongSettings};
use super::{Letter, Undelivered, compose};

/// A mail server that letters are handed to.
#[derive(Clone)]
pub struct Smtp {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
    hello: ClientId,
    patience: Patience,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Smtp({}:{}, {:?})", self.host, self.port, self.security)
    }
}

/// A stage of the conversation: it decides what a refusal means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Greeting,
    Auth,
    Sender,
    Recipient,
    Letter,
}

impl Stage {
    const fn name(self) -> &'static str {
        match self {
            Self::Greeting => "connecting",
            Self::Auth => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Letter => "DATA",
        }
    }
}

/// How a step failed: no answer in time, or an error (which may be an answer).
enum Broke {
    Silent(Duration),
    Failed(Error),
}

impl Smtp {
    /// A server, from settings; nothing is connected yet.
    ///
    /// # Errors
    /// If the settings cannot work whatever the server says.
    pub fn new(settings: SmtpSettings) -> Result<Self, WrongSettings> {
        let SmtpSettings { host, port, security, username, password, ca_file_pem, hello_name } = settings;
        if security == Security::None && !names_this_machine(&host) {
            return Err(WrongSettings::UnsecuredAway);
        }
        if !is_host_name(&hello_name) {
            return Err(WrongSettings::HelloName(hello_name));
        }
        let tls = match security {
            Security::None => None,
            Security::StartTls | Security::Tls => Some(tls_parameters(&host, ca_file_pem.as_deref())?),
        };
        let credentials = username.map(|name| Credentials::new(name, password.unwrap_or_default()));
        let hello = match hello_name.parse::<IpAddr>() {
            Ok(IpAddr::V4(ip)) => ClientId::Ipv4(ip),
            Ok(IpAddr::V6(ip)) => ClientId::Ipv6(ip),
            Err(_) => ClientId::Domain(hello_name),
        };
        Ok(Self { host, port, security, tls, credentials, hello, patience: Patience::default() })
    }

    /// The same server, waited for as long as told.
    #[must_use]
    pub fn with_patience(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    pub(super) async fn send(&self, letter: &Letter) -> Result<(), Undelivered> {
        let never = |unfit: super::Unfit| Undelivered::Never { why: unfit.to_string() };
        let raw = compose(letter).map_err(never)?;
        let from = super::compose::address(&letter.from.address).map_err(never)?;
        let to = super::compose::address(&letter.to.1).map_err(never)?;

        let mut connection = self.open().await?;
        let fate = self.hand_over(&mut connection, from, to, &raw).await;
        leave(connection, &fate);
        fate
    }

    pub(super) async fn probe(&self) -> Result<(), Undelivered> {
        let mut connection = self.open().await?;
        let answer = patient(self.patience.answer, connection.command(Noop)).await;
        let fate = answer.map(drop).map_err(|broke| broke.certain(Stage::Greeting));
        leave(connection, &fate);
        fate
    }

    /// A connection that is secured as the settings say and signed in.
    async fn open(&self) -> Result<AsyncSmtpConnection, Undelivered> {
        let opened = timeout(self.patience.open, async {
            let mut connection = self.secured().await?;
            if let Some(credentials) = &self.credentials {
                let answer = connection.auth(DEFAULT_MECHANISMS, credentials).await;
                answer.map_err(|error| Broke::Failed(error).certain(Stage::Auth))?;
            }
            Ok(connection)
        });
        opened.await.unwrap_or_else(|_| Err(Broke::Silent(self.patience.open).certain(Stage::Greeting)))
    }

    /// A TCP connection to the first of the host's addresses that answers.
    async fn connect(&self) -> Result<TcpStream, Undelivered> {
        let not_yet =
            |why: &dyn fmt::Display| Undelivered::NotYet { why: said(&format!("connecting: {why}")) };
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let mut last = not_yet(&"the server's name has no address");
        for address in found.map_err(|error| not_yet(&error))? {
            if self.security == Security::None && !address.ip().is_loopback() {
                return Err(Undelivered::Misconfigured { why: WrongSettings::UnsecuredAway.to_string() });
            }
            match timeout(self.patience.connect, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => return Ok(stream),
                Ok(Err(error)) => last = not_yet(&error),
                Err(_) => last = Broke::Silent(self.patience.connect).certain(Stage::Greeting),
            }
        }
        Err(last)
    }

    /// A connection on which the server was greeted, and which is secured unless it need not be.
    async fn secured(&self) -> Result<AsyncSmtpConnection, Undelivered> {
        let failed = |error: Error| Broke::Failed(error).certain(Stage::Greeting);
        match (self.security, &self.tls) {
            (Security::Tls, Some(tls)) => {
                let (server, wait) = ((self.host.as_str(), self.port), Some(self.patience.connect));
                AsyncSmtpConnection::connect_tokio1(server, wait, &self.hello, Some(tls.clone()), None)
                    .await
                    .map_err(failed)
            }
            (Security::StartTls, Some(tls)) => {
                let plain = Box::new(Guarded::new(self.connect().await?));
                let mut connection =
                    AsyncSmtpConnection::connect_with_transport(plain, &self.hello).await.map_err(failed)?;
                if !connection.can_starttls() {
                    let why = "the server offers no STARTTLS, and nothing is sent without".into();
                    return Err(Undelivered::Misconfigured { why });
                }
                connection.starttls(tls.clone(), &self.hello).await.map_err(failed)?;
                Ok(connection)
            }
            _ => {
                let plain = Box::new(self.connect().await?);
                AsyncSmtpConnection::connect_with_transport(plain, &self.hello).await.map_err(failed)
            }
        }
    }

    async fn hand_over(
        &self,
        connection: &mut AsyncSmtpConnection,
        from: lettre::Address,
        to: lettre::Address,
        raw: &[u8],
    ) -> Result<(), Undelivered> {
        let wait = self.patience.answer;
        patient(wait, connection.command(Mail::new(Some(from), vec![])))
            .await
            .map_err(|broke| broke.certain(Stage::Sender))?;
        patient(wait, connection.command(Rcpt::new(to, vec![])))
            .await
            .map_err(|broke| broke.certain(Stage::Recipient))?;
        let go_on = patient(wait, connection.command(Data)).await;
        let go_on = go_on.map_err(|broke| broke.certain(Stage::Letter))?;
        if !go_on.has_code(354) {
            let why = said(&format!("DATA was answered with {}", words_of(&go_on)));
            return Err(Undelivered::NotYet { why });
        }

        // The iterator is asked for one piece more than there is once every piece is written, right before the
        // final dot: from then on the server can have the letter.
        let dot = AtomicBool::new(false);
        let mut pieces = raw.chunks(16 * 1024);
        let told = std::iter::from_fn(|| {
            let piece = pieces.next();
            dot.store(piece.is_none(), Ordering::Relaxed);
            piece
        });
        let answer = patient(self.patience.letter, connection.message_iter(told)).await;
        match answer {
            Ok(answer) if answer.code().severity == Severity::PositiveCompletion => Ok(()),
            Ok(answer) => Err(Undelivered::Unknown { why: said(&words_of(&answer)) }),
            Err(broke) if broke.is_an_answer() || !dot.load(Ordering::Relaxed) => {
                Err(broke.certain(Stage::Letter))
            }
            Err(broke) => {
                let why = said(&format!("after the whole letter was sent: {}", broke.why()));
                Err(Undelivered::Unknown { why })
            }
        }
    }
}

/// Says QUIT without making the caller wait: the sooner it knows the letter's fate, the sooner that is kept.
fn leave(mut connection: AsyncSmtpConnection, fate: &Result<(), Undelivered>) {
    if !matches!(fate, Err(Undelivered::Unknown { .. })) {
        tokio::spawn(async move { timeout(Duration::from_secs(5), connection.quit()).await.map(drop) });
    }
}

async fn patient<T>(wait: Duration, step: impl Future<Output = Result<T, Error>>) -> Result<T, Broke> {
    timeout(wait, step).await.map_err(|_| Broke::Silent(wait))?.map_err(Broke::Failed)
}

impl Broke {
    fn is_an_answer(&self) -> bool {
        matches!(self, Self::Failed(error) if error.status().is_some())
    }

    fn why(&self) -> String {
        match self {
            Self::Silent(wait) => format!("no answer within {} s", wait.as_secs_f32()),
            Self::Failed(error) => match (error.status(), error.source()) {
                (Some(code), Some(words)) => format!("{code} {words}"),
                (Some(code), None) => code.to_string(),
                (None, _) => error.to_string(),
            },
        }
    }

    /// What a failure means that leaves no doubt that the letter was not accepted.
    fn certain(&self, stage: Stage) -> Undelivered {
        let what = self.why();
        let why = said(&format!("{}: {what}", stage.name()));
        let Self::Failed(error) = self else { return Undelivered::NotYet { why } };
        if error.is_permanent() {
            return match stage {
                Stage::Recipient | Stage::Letter if !is_about_us(error, &what) => Undelivered::Never { why },
                _ => Undelivered::Misconfigured { why },
            };
        }
        // rustls says "invalid peer certificate" for one that is not trusted, past its time, or not the host's.
        let untrusted = what.contains("invalid peer certificate") || what.contains(INJECTED);
        if untrusted || error.is_client() {
            return Undelivered::Misconfigured { why };
        }
        Undelivered::NotYet { why }
    }
}

/// Whether a 5xx answer speaks of our account and not of the recipient. Servers put such refusals off until RCPT: AUTH
/// missing, no right to relay, a sender address that is not the account's.
fn is_about_us(error: &Error, what: &str) -> bool {
    let code = error.status().map(u16::from);
    let what = what.to_ascii_lowercase();
    matches!(code, Some(530 | 534 | 535 | 538)) || what.contains("relay") || what.contains("sender address")
}

fn words_of(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))
}

/// A text fit to be kept and shown: one line of at most 200 characters, without controls and marks that turn the
/// direction of writing.
fn said(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let clean: String = text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

fn names_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether EHLO can be said with it: a name of letters, digits, hyphens and dots, or an address.
fn is_host_name(text: &str) -> bool {
    let label = |part: &str| {
        !part.is_empty() && part.len() <= 63 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.parse::<IpAddr>().is_ok() || (text.len() <= 253 && text.split('.').all(label))
}

fn tls_parameters(host: &str, extra_pem: Option<&[u8]>) -> Result<TlsParameters, WrongSettings> {
    let mut builder = TlsParametersBuilder::new(host.to_owned()).set_min_tls_version(TlsVersion::Tlsv12);
    if let Some(pem) = extra_pem {
        // The library takes a file without any certificate for one with none to add.
        if !pem.windows(27).any(|window| window == b"-----BEGIN CERTIFICATE-----") {
            return Err(WrongSettings::CaFile);
        }
        let certificate = Certificate::from_pem(pem).map_err(|_| WrongSettings::CaFile)?;
        builder = builder.add_root_certificate(certificate);
    }
    if !is_host_name(host) {
        return Err(WrongSettings::Host(host.to_owned()));
    }
    builder.build_rustls().map_err(|_| WrongSettings::CaFile)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(host: &str, security: Security) -> SmtpSettings {
        SmtpSettings {
            host: host.into(),
            port: 25,
            security,
            username: Some("fern".into()),
            password: Some("unfurling".into()),
            ca_file_pem: None,
            hello_name: "book.example".into(),
        }
    }

    #[test]
    fn an_unsecured_line_goes_to_this_machine_only() {
        for (host, taken) in [
            ("127.0.0.1", true),
            ("::1", true),
            ("localhost", true),
            ("192.0.2.1", false),
            ("mx.example", false),
        ] {
            let made = Smtp::new(settings(host, Security::None));
            assert_eq!(made.is_ok(), taken, "{host}");
            assert!(taken || matches!(made, Err(WrongSettings::UnsecuredAway)));
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused_before_anything_is_sent() {
        let made = |change: fn(&mut SmtpSettings)| {
            let mut settings = settings("mx.example", Security::StartTls);
            change(&mut settings);
            Smtp::new(settings).err()
        };
        assert_eq!(made(|_| ()), None);
        let hello = "a\r\nMAIL FROM:<x@y.z>";
        assert_eq!(
            made(|s| s.hello_name = "a\r\nMAIL FROM:<x@y.z>".into()),
            Some(WrongSettings::HelloName(hello.into()))
        );
        assert_eq!(made(|s| s.ca_file_pem = Some(b"nothing".to_vec())), Some(WrongSettings::CaFile));
        assert_eq!(made(|s| s.host = "a b".into()), Some(WrongSettings::Host("a b".into())));
    }

    #[test]
    fn the_password_is_never_printed() {
        let settings = settings("mx.example", Security::Tls);
        let smtp = Smtp::new(settings.clone()).unwrap();
        assert!(!format!("{settings:?} {smtp:?}").contains("unfurling"));
    }

    #[test]
    fn the_servers_words_are_kept_short_and_plain() {
        let words = format!("550 no\r\n\u{202e}such\0user {}", "x".repeat(500));
        let said = said(&words);
        assert!(said.starts_with("550 no such user xxx"));
        assert_eq!(said.chars().count(), 200);
        assert!(said.parse::<crate::domain::text::Line>().is_ok());
    }
}
