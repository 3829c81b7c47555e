//! Certificates from an ACME authority (RFC 8555) such as Let's Encrypt: ordered, proved, kept, and renewed when the authority
//! suggests it (RFC 9773) or two thirds of their life are over. Whatever fails, the certificate at hand is shown on, and the
//! authority is asked again later and later, across restarts too, so that none of its limits is run into.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{Account, CertificateIdentifier};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

use super::folder::Folder;
use super::identity::Identity;
use super::shown::{Shown, Standing};
use super::{TlsError, World};

mod account;
mod client;
mod memory;
mod order;

use client::Heard;
use memory::Memory;

const CERTIFICATE: &str = "certificate.pem";
const KEY: &str = "certificate.key";

/// The longest that nothing is looked at.
const LONGEST_SLEEP: Duration = Duration::from_secs(6 * 60 * 60);
/// The longest that a suggestion of the authority is believed without asking again.
const LONGEST_TRUST: SignedDuration = SignedDuration::from_hours(24);
/// How many orders are begun anew because nonces were refused, and how long after.
const ORDERS_FOR_NONCES: usize = 3;
const BETWEEN_NONCES: Duration = Duration::from_secs(1);

/// How a name is proved to be ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Challenge {
    /// By a text on port 80.
    Http01,
    /// By a certificate on port 443.
    TlsAlpn01,
}

/// What the authority knows us by, if it wants an account of theirs (RFC 8555, 7.3.4).
#[derive(Clone)]
pub struct External {
    /// The key's name.
    pub key_id: String,
    /// The key, as bytes.
    pub key: Vec<u8>,
}

/// Whom to ask, for what.
#[derive(Clone)]
pub struct Acme {
    /// The authority's directory.
    pub directory: String,
    /// Where the authority can write to.
    pub contact: Option<String>,
    /// The names (or addresses) of the certificate.
    pub names: Vec<String>,
    /// How they are proved, the preferred way first.
    pub challenges: Vec<Challenge>,
    /// The authority's own root, in PEM, where it is none that everybody trusts.
    pub root: Option<PathBuf>,
    /// The account that the authority wants.
    pub external: Option<External>,
    /// Where all is kept.
    pub folder: Folder,
}

/// What is being looked after.
struct Keeper {
    acme: Acme,
    shown: Arc<Shown>,
    world: World,
    account: Option<Account>,
    heard: Heard,
    memory: Memory,
}

impl Acme {
    /// The certificate of an earlier run, if it is for these names.
    ///
    /// # Errors
    /// [`TlsError`] if the folder cannot be read.
    pub fn kept(&self) -> Result<Option<Identity>, TlsError> {
        let (Some(chain), Some(key)) = (self.folder.read(CERTIFICATE)?, self.folder.read(KEY)?) else {
            return Ok(None);
        };
        // What cannot be read is ordered anew; the log says so.
        match Identity::from_pem(&chain, &key) {
            Ok(kept) if kept.covers(&self.names) => Ok(Some(kept)),
            Ok(_) => Ok(None),
            Err(what) => {
                tracing::warn!(%what, path = self.folder.path(CERTIFICATE), "the kept certificate cannot be used");
                Ok(None)
            }
        }
    }

    /// Orders and renews until the program ends. `reload` rings at SIGHUP: the authority is then asked at once.
    pub async fn watch(self, shown: Arc<Shown>, world: World, mut reload: watch::Receiver<u64>) {
        let memory = Memory::read(&self.folder);
        let mut keeper = Keeper { acme: self, shown, world, account: None, heard: Heard::default(), memory };
        loop {
            let wait = keeper.turn().await;
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                rung = reload.changed() => match rung {
                    Ok(()) => keeper.memory.forget_suggestion(),
                    Err(_) => return,
                },
            }
        }
    }
}

impl Keeper {
    /// Does what is to be done now, and says when to look again.
    async fn turn(&mut self) -> Duration {
        let now = (self.world.now)();
        let held = self.shown.identity();
        if let Some(held) = held.as_ref().filter(|_| now >= self.memory.ask_again_at) {
            self.hear_suggestion(held, now).await;
        }
        let renews_at = held.as_ref().map_or(now, |held| self.memory.renews_at(held));
        let due_at = renews_at.max(self.memory.not_before);
        if now >= due_at {
            self.renew(held.as_ref(), now).await;
        }
        let held = self.shown.identity();
        let renews_at = held.as_ref().map(|held| self.memory.renews_at(held));
        self.shown.note(Standing { renews_at, trouble: self.memory.trouble.clone() });
        let next_at = match renews_at {
            Some(at) => at.max(self.memory.not_before).min(self.memory.ask_again_at.max(now)),
            None => self.memory.not_before,
        };
        let wait = next_at.duration_since((self.world.now)());
        Duration::try_from(wait).unwrap_or_default().clamp(Duration::from_secs(1), LONGEST_SLEEP)
    }

    /// Asks when the certificate should be renewed (RFC 9773). That an authority does not say is no trouble.
    async fn hear_suggestion(&mut self, held: &Identity, now: Timestamp) {
        let Ok(of) = CertificateIdentifier::try_from(held.leaf()) else {
            return self.memory.no_suggestion(now, LONGEST_TRUST);
        };
        let account = match self.account().await {
            Ok(account) => account,
            Err(why) => {
                tracing::warn!(%why, "the certificate authority cannot be asked about renewal");
                return self.memory.no_suggestion(now, SignedDuration::from_hours(1));
            }
        };
        match account.renewal_info(&of).await {
            Ok((info, retry_after)) => {
                let window = (
                    info.suggested_window.start.unix_timestamp(),
                    info.suggested_window.end.unix_timestamp(),
                );
                let ask_again =
                    SignedDuration::try_from(retry_after).unwrap_or(LONGEST_TRUST).min(LONGEST_TRUST);
                self.memory.suggested(&of.to_string(), window, (self.world.chance)(), now + ask_again);
                if let Some(page) = info.explanation_url {
                    tracing::info!(
                        page,
                        "the certificate authority explains when it wants the certificate renewed"
                    );
                }
            }
            Err(instant_acme::Error::Unsupported(_)) => self.memory.no_suggestion(now, LONGEST_TRUST),
            Err(why) => {
                tracing::info!(%why, "the certificate authority did not say when to renew");
                self.memory.no_suggestion(now, SignedDuration::from_hours(6));
            }
        }
        self.remember();
    }

    async fn renew(&mut self, held: Option<&Identity>, now: Timestamp) {
        match self.order_with_nonces(held).await {
            Ok(identity) => {
                tracing::info!(ends_at = %identity.ends_at, "a new certificate is shown");
                self.shown.show(identity);
                self.memory = Memory::default();
            }
            Err(why) => {
                self.memory.failed(&why, self.heard.take(), now, (self.world.chance)());
                // Before it is said, so that nobody who heard of it and starts the program anew asks too early.
                self.remember();
                let next = self.memory.not_before;
                match held {
                    Some(held) => {
                        tracing::error!(%why, next_try = %next, ends_at = %held.ends_at, "the certificate could not be renewed; the old one is shown on");
                    }
                    None => tracing::error!(%why, next_try = %next, "no certificate could be had yet"),
                }
            }
        }
        self.shown.forget_proofs();
        self.remember();
    }

    /// A refused nonce says nothing of us: it is another one's turn (RFC 8555, 6.5). The client repeats a request a few times; where that
    /// was not enough the order is begun again at once, instead of after the wait that failures have.
    async fn order_with_nonces(&mut self, held: Option<&Identity>) -> Result<Identity, TlsError> {
        for _ in 0..ORDERS_FOR_NONCES {
            match self.order(held).await {
                Err(TlsError::Authority(why)) if order::is_refused_nonce(&why) => {
                    tracing::info!(
                        "the certificate authority refused a nonce again and again; the order begins anew"
                    );
                    tokio::time::sleep(BETWEEN_NONCES).await;
                }
                done => return done,
            }
        }
        self.order(held).await
    }

    async fn order(&mut self, held: Option<&Identity>) -> Result<Identity, TlsError> {
        let replaces = held.and_then(|held| CertificateIdentifier::try_from(held.leaf()).ok());
        let replaces = replaces.map(CertificateIdentifier::into_owned);
        let account = self.account().await?;
        let (chain, key) = order::order(&account, &self.acme, &self.shown, replaces).await?;
        let identity = Identity::from_pem(chain.as_bytes(), key.as_bytes())
            .map_err(|what| TlsError::Content { path: self.acme.directory.clone(), what })?;
        // The key first: after a power cut between the two, the pair does not match and is ordered anew.
        self.acme.folder.write(KEY, key.as_bytes())?;
        self.acme.folder.write(CERTIFICATE, chain.as_bytes())?;
        Ok(identity)
    }

    async fn account(&mut self) -> Result<Account, TlsError> {
        if self.account.is_none() {
            self.account = Some(account::open(&self.acme, &self.heard).await?);
        }
        Ok(self.account.clone().expect("just opened"))
    }

    fn remember(&self) {
        if let Err(why) = self.memory.write(&self.acme.folder) {
            tracing::error!(%why, "what was asked of the certificate authority cannot be kept");
        }
    }
}
