//! SIGHUP: the settings are read anew, and what can change while the program runs does. What is wrong in them changes nothing. The
//! certificate is looked at in any case.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::signal::unix::Signal;
use tokio::sync::watch;

use super::{Environment, Settings, open};
use crate::app::App;
use crate::platform::config::{Config, changes_at_once};
use crate::platform::log;
use crate::platform::network::Network;
use crate::platform::notify::{Supervisor, Word};

/// What the doors hear of a reload.
#[derive(Debug, Clone)]
pub(super) struct News {
    /// Rung when the certificate is to be looked at.
    pub(super) certificate: watch::Receiver<u64>,
    /// The proxies that are believed now.
    pub(super) proxies: watch::Receiver<Vec<Network>>,
}

/// Where the settings are, as the command line has it.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) settings: Settings,
    pub(super) data: Option<PathBuf>,
    pub(super) environment: Environment,
}

impl Origin {
    /// The settings as they are there now, with what is to be said about them.
    ///
    /// # Errors
    /// All that is wrong, in words for the terminal.
    pub(super) fn read(&self) -> Result<(Config, Vec<String>), String> {
        let loaded = self.settings.load(self.environment.clone())?;
        let data_dir = self.data.clone().unwrap_or(loaded.config.data_dir.clone());
        Ok((Config { data_dir, ..loaded.config }, loaded.warnings))
    }
}

/// Reads the settings anew when it is told to.
pub(super) struct Reload {
    origin: Origin,
    /// What is in force.
    running: Config,
    app: Arc<App>,
    supervisor: Supervisor,
    certificate: watch::Sender<u64>,
    proxies: watch::Sender<Vec<Network>>,
}

impl Reload {
    /// For a program that runs with these settings.
    pub(super) fn new(
        origin: Origin,
        running: Config,
        app: Arc<App>,
        supervisor: Supervisor,
    ) -> (Self, News) {
        let (certificate, rung) = watch::channel(0);
        let (proxies, believed) = watch::channel(running.trusted_proxies.clone());
        let reload = Self { origin, running, app, supervisor, certificate, proxies };
        (reload, News { certificate: rung, proxies: believed })
    }

    /// Does so at every signal.
    pub(super) async fn at(mut self, mut hangup: Signal) {
        while hangup.recv().await.is_some() {
            self.supervisor.tell(Word::Reloading);
            let status = self.read_anew();
            self.certificate.send_modify(|rings| *rings += 1);
            self.supervisor.status(&status);
            self.supervisor.tell(Word::Ready);
        }
    }

    /// Puts in force what can be, and says what was done in a line for the supervisor.
    fn read_anew(&mut self) -> String {
        let read = self.origin.read();
        let read = read.and_then(|(config, warnings)| Ok((open::ways(&config)?, config, warnings)));
        let (ways, config, warnings) = match read {
            Ok(read) => read,
            Err(wrong) => {
                tracing::error!(
                    "told to reload, but the settings are wrong; those from before stay in force"
                );
                wrong.lines().for_each(|line| tracing::error!("{line}"));
                return format!(
                    "The settings are wrong, those from before stay in force: {}",
                    wrong.replace('\n', "; ")
                );
            }
        };
        warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        let changed = self.running.differing(&config);
        let (at_once, later): (Vec<_>, Vec<_>) = changed.into_iter().partition(|key| changes_at_once(key));
        // A file that a setting names (an authority, a secret) may have changed where the setting has not.
        self.app.go_by(ways);
        self.proxies.send_replace(config.trusted_proxies.clone());
        if config.log.level != self.running.log.level {
            log::set_level(config.log.level);
        }
        self.running = self.running.clone().with_changes_of(&config);
        let (at_once, later) = (at_once.join(", "), later.join(", "));
        let mut status = "The settings were read anew".to_owned();
        if at_once.is_empty() {
            tracing::info!(
                "told to reload: of what can change while running, nothing has; the certificate is looked at"
            );
        } else {
            tracing::info!(changed = at_once, "told to reload: the settings were read anew");
            status = format!("{status}: {at_once}");
        }
        if !later.is_empty() {
            tracing::warn!(changed = later, "needs a restart");
            status = format!("{status}. Needs a restart: {later}");
        }
        status
    }
}
