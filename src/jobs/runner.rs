//! The runner: tokio-cron-scheduler wakes the passes, in UTC, and the bell wakes them at once after a change. What is to be
//! done is in the due-index, which is on the disk; a missed wake costs time and nothing else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::actions::due::{Which, attend};
use crate::actions::keeping::prune::prune;
use crate::actions::reconcile;
use crate::app::App;

/// How often the passes are woken if nothing rings, in seconds: a session's end or a nudge is at most this late.
const WAKE_SECONDS: u64 = 10;

/// The jobs of a running program; they end when `stop` says so, each after what it is at.
pub struct Runner {
    scheduler: JobScheduler,
    passes: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Runner {
    /// Starts the jobs.
    ///
    /// # Errors
    /// What the scheduler says.
    pub async fn start(app: &Arc<App>) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        let (stop, stopped) = watch::channel(false);
        let mut passes = JoinSet::new();
        passes.spawn(pass(Arc::clone(app), Which::Books, stopped.clone()));
        passes.spawn(pass(Arc::clone(app), Which::Messages, stopped.clone()));

        scheduler
            .add(every(WAKE_SECONDS, app, |app| async move { app.bell.send_modify(|rings| *rings += 1) })?)
            .await?;
        scheduler
            .add(every(24 * 60 * 60, app, |app| async move {
                if let Err(fault) = app.run(prune).await {
                    tracing::error!(%fault, "what is over could not be dropped");
                }
            })?)
            .await?;
        if let Some(cashier) = &app.cashier {
            passes.spawn(poll(Arc::clone(app), Duration::from_secs(cashier.poll_seconds.into()), stopped));
        }
        scheduler.start().await?;
        Ok(Self { scheduler, passes, stop })
    }

    /// Stops the jobs: waits for what they are at, at most so long.
    pub async fn stop(mut self, patience: Duration) {
        let _ = self.stop.send(true);
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::warn!(%error, "the scheduler did not stop");
        }
        let ended = async { while self.passes.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, ended).await.is_err() {
            tracing::warn!("some work was still going on at the stop; it goes on at the next start");
        }
    }
}

fn every<F>(seconds: u64, app: &Arc<App>, work: fn(Arc<App>) -> F) -> Result<Job, JobSchedulerError>
where
    F: Future<Output = ()> + Send + 'static,
{
    let app = Arc::clone(app);
    Job::new_repeated_async(Duration::from_secs(seconds), move |_, _| Box::pin(work(Arc::clone(&app))))
}

/// Attends to what is due whenever the bell rings, and once at the start.
async fn pass(app: Arc<App>, which: Which, mut stopped: watch::Receiver<bool>) {
    let mut bell = app.bell.subscribe();
    loop {
        bell.borrow_and_update();
        if let Err(fault) = attend(&app, which).await {
            tracing::error!(%fault, "what is due could not be looked at");
        }
        tokio::select! {
            _ = bell.changed() => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Asks the payment provider for news, again and again.
async fn poll(app: Arc<App>, every: Duration, mut stopped: watch::Receiver<bool>) {
    let mut since = match app.run(reconcile::since).await {
        Ok(since) => since,
        Err(fault) => {
            tracing::error!(%fault, "until when the provider’s news was read is not known");
            app.clock.now()
        }
    };
    loop {
        match reconcile::poll(&app, since).await {
            Ok(asked_at) => since = asked_at,
            // Open purchases are looked at one by one as well, so that nothing is lost while this fails.
            Err(fault) => tracing::warn!(%fault, "the payment provider's events could not be read"),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stopped.changed() => return,
        }
    }
}
