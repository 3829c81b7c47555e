//! The jobs of `fiddlehead serve`, begun with what was on its way when it last ended. Where the disk has no room for that, pages are shown all
//! the same, and it is tried until there is some.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::actions::messages::deliver;
use crate::app::{App, Fault};
use crate::jobs::runner::Runner;
use crate::store::StoreError;

/// How often it is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// The jobs, as far as they are.
pub(super) enum Jobs {
    Running(Runner),
    Waiting(JoinHandle<Runner>),
}

impl Jobs {
    /// Begins them, now or as soon as there is room.
    ///
    /// # Errors
    /// What keeps them from ever beginning, in words for the terminal.
    pub(super) async fn begin(app: &Arc<App>, data_dir: PathBuf) -> Result<Self, String> {
        match try_now(app, &data_dir).await {
            Ok(runner) => Ok(Self::Running(runner)),
            Err(Trouble::NoRoom(why)) => {
                tracing::error!(%why, "pages are shown, and nothing is done by itself until the disk can be written to");
                Ok(Self::Waiting(tokio::spawn(try_on(Arc::clone(app), data_dir))))
            }
            Err(Trouble::Other(why)) => Err(why),
        }
    }

    /// Ends them: waits for what they are at, at most so long.
    pub(super) async fn stop(self, patience: Duration) {
        let runner = match self {
            Self::Running(runner) => Some(runner),
            Self::Waiting(waiting) => {
                waiting.abort();
                waiting.await.ok()
            }
        };
        if let Some(runner) = runner {
            runner.stop(patience).await;
        }
    }
}

enum Trouble {
    NoRoom(StoreError),
    Other(String),
}

async fn try_now(app: &Arc<App>, data_dir: &std::path::Path) -> Result<Runner, Trouble> {
    app.run(deliver::resume).await.map_err(|why| match why {
        Fault::Store(why @ (StoreError::Full | StoreError::ReadOnly | StoreError::Disk(_))) => {
            Trouble::NoRoom(why)
        }
        other => Trouble::Other(format!("the outbox cannot be read: {other}")),
    })?;
    let runner = Runner::start(app, Some(data_dir.to_owned())).await;
    runner.map_err(|why| Trouble::Other(format!("the jobs cannot be started: {why}")))
}

async fn try_on(app: Arc<App>, data_dir: PathBuf) -> Runner {
    loop {
        tokio::time::sleep(AGAIN).await;
        match try_now(&app, &data_dir).await {
            Ok(runner) => {
                tracing::info!("the disk can be written to again: the jobs have begun");
                return runner;
            }
            Err(Trouble::NoRoom(_)) => {}
            Err(Trouble::Other(why)) => tracing::error!(%why, "the jobs cannot begin; it is tried again"),
        }
    }
}
