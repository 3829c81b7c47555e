//! A certificate that somebody else keeps in files (a company's authority, certbot): read at the start, read again when the files
//! change or when the program is told to reload. One that cannot be used leaves the old one in place.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::folder::at;
use super::identity::Identity;
use super::shown::{Shown, Standing};
use super::{TlsError, World};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(60);

/// The two files.
#[derive(Debug, Clone)]
pub struct Files {
    /// The chain, in PEM, the server's own certificate first.
    pub certificate: PathBuf,
    /// Its key, in PEM, without a password.
    pub key: PathBuf,
}

impl Files {
    /// Reads them.
    ///
    /// # Errors
    /// [`TlsError`] says which file, what is wrong and what to do.
    pub fn read(&self) -> Result<Identity, TlsError> {
        let content = |path: &Path| std::fs::read(path).map_err(|why| at(path, why));
        Identity::from_pem(&content(&self.certificate)?, &content(&self.key)?)
            .map_err(|what| TlsError::Content { path: self.certificate.display().to_string(), what })
    }

    /// Reads them, and has the log say so if browsers refuse what they hold at this hour.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub fn read_at(&self, now: Timestamp) -> Result<Identity, TlsError> {
        let identity = self.read()?;
        if let Some(why) = identity.out_of_time(now) {
            tracing::warn!("{}: {why}", self.certificate.display());
        }
        Ok(identity)
    }

    fn changed_at(&self) -> [Option<std::time::SystemTime>; 2] {
        [&self.certificate, &self.key].map(|path| path.metadata().and_then(|one| one.modified()).ok())
    }

    /// Shows what the files hold whenever that changes, until the program ends. `reload` rings at SIGHUP.
    pub async fn watch(self, shown: Arc<Shown>, world: World, mut reload: watch::Receiver<u64>) {
        let mut seen = self.changed_at();
        loop {
            let told = tokio::select! {
                () = tokio::time::sleep(LOOK) => false,
                rung = reload.changed() => match rung {
                    Ok(()) => true,
                    Err(_) => return,
                },
            };
            let now = self.changed_at();
            if !told && now == seen {
                continue;
            }
            seen = now;
            match self.read_at((world.now)()) {
                Ok(identity) => {
                    tracing::info!(ends_at = %identity.ends_at, "another certificate is shown");
                    shown.show(identity);
                    shown.note(Standing::default());
                }
                Err(why) => {
                    tracing::error!(%why, "the certificate cannot be used; the old one is shown on");
                    shown.note(Standing {
                        trouble: Some(((world.now)(), why.to_string())),
                        ..shown.standing()
                    });
                }
            }
        }
    }
}
