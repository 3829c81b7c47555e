//! Where the program runs: its data directory, since when, and which certificate is shown; for those who look after it.

use std::fmt;
use std::path::PathBuf;
use std::sync::OnceLock;

use super::Figures;
use crate::domain::time::Timestamp;

/// The name of the data file in the data directory.
pub const DATA_FILE: &str = "fiddlehead.redb";

/// How the certificate stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Until when it is good.
    pub ends_at: Timestamp,
    /// What went wrong at the last renewal, and when.
    pub trouble: Option<(Timestamp, String)>,
}

type Ask = Box<dyn Fn() -> Option<Certificate> + Send + Sync>;

/// Where the program runs.
pub struct Machine {
    /// Where everything is kept; nothing for one in memory.
    pub data_dir: Option<PathBuf>,
    /// Since when it runs.
    pub began_at: Timestamp,
    /// What is counted while it runs.
    pub figures: Figures,
    certificate: OnceLock<Ask>,
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Machine").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl Machine {
    /// A program that began just now.
    #[must_use]
    pub fn new(data_dir: Option<PathBuf>, began_at: Timestamp) -> Self {
        Self { data_dir, began_at, figures: Figures::default(), certificate: OnceLock::new() }
    }

    /// Whom to ask for the certificate, once there is somebody: the doors are made after the program.
    pub fn certificate_from(&self, ask: impl Fn() -> Option<Certificate> + Send + Sync + 'static) {
        let _ = self.certificate.set(Box::new(ask));
    }

    /// The certificate that is shown, if the program shows one.
    #[must_use]
    pub fn certificate(&self) -> Option<Certificate> {
        self.certificate.get().and_then(|ask| ask())
    }
}
