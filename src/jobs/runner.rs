//! The runner: tokio-cron-scheduler wakes the passes, in UTC, and the bell wakes them at once after a change. What is to be
//! done is in the due-index, which is on the disk; a missed wake costs time and nothing else.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::actions::audit;
use crate::actions::due::{Which, attend, waiting};
use crate::actions::keeping::backup;
use crate::actions::keeping::prune::{prune, write_over};
use crate::actions::keeping::snapshot;
use crate::actions::reconcile;
use crate::app::App;

/// How often the passes are woken if nothing rings, in seconds: a session's end or a nudge is at most this late.
const WAKE_SECONDS: u64 = 10;
/// For how long the bell may ring on before somebody looks: where many book, once for all of them.
const LISTEN: Duration = Duration::from_millis(20);
/// The same for backups, which are in no hurry.
const BACKUPS_LISTEN: Duration = Duration::from_millis(250);
/// When work comes round that nothing rings for: soon after the start, as a program that is often started anew would never come to it
/// otherwise, and then again and again.
#[derive(Debug, Clone, Copy)]
struct Round {
    first: Duration,
    every: Duration,
}

/// When a snapshot is taken.
const SNAPSHOTS: Round = Round { first: Duration::from_secs(5 * 60), every: Duration::from_secs(60 * 60) };
/// When what is over is dropped.
const PRUNES: Round = Round { first: Duration::from_secs(10 * 60), every: Duration::from_secs(24 * 60 * 60) };

/// The jobs of a running program; they end when `stop` says so, each pass after what it is at.
pub struct Runner {
    scheduler: JobScheduler,
    passes: JoinSet<()>,
    stop: watch::Sender<bool>,
}

impl Runner {
    /// Starts the jobs; snapshots are taken and backups made if there is a data directory to keep them in.
    ///
    /// # Errors
    /// What the scheduler says.
    pub async fn start(app: &Arc<App>, data_dir: Option<PathBuf>) -> Result<Self, JobSchedulerError> {
        let scheduler = JobScheduler::new().await?;
        let (stop, stopped) = watch::channel(false);
        let mut passes = JoinSet::new();
        let woken =
            [Which::Books, Which::Messages, Which::Outside].map(|which| (which, Arc::new(Notify::new())));
        for (which, wake) in &woken {
            passes.spawn(pass(Arc::clone(app), *which, Arc::clone(wake), stopped.clone()));
        }
        passes.spawn(look(Arc::clone(app), woken, stopped.clone()));

        scheduler
            .add(every(WAKE_SECONDS, app, |app| async move { app.bell.send_modify(|rings| *rings += 1) })?)
            .await?;
        scheduler
            .add(every(60 * 60, app, |app| async move {
                if let Err(fault) = app.run(audit::tell).await {
                    tracing::error!(%fault, "the owners could not be told of the audit log");
                }
                over(app).await;
            })?)
            .await?;
        let pruned = Arc::clone(app);
        passes.spawn(go_round(PRUNES, stopped.clone(), move || drop_over(Arc::clone(&pruned))));
        if let Some(data_dir) = data_dir {
            passes.spawn(over(Arc::clone(app)));
            let held = Arc::clone(app);
            let take = move || take_snapshot(Arc::clone(&held), data_dir.clone());
            passes.spawn(go_round(SNAPSHOTS, stopped.clone(), take));
            passes.spawn(backups(Arc::clone(app), stopped.clone()));
        }
        passes.spawn(poll(Arc::clone(app), stopped));
        scheduler.start().await?;
        Ok(Self { scheduler, passes, stop })
    }

    /// Stops the jobs: waits for what the passes are at, at most so long. What the scheduler woke is let go of: the bell, and each hour's work,
    /// which is small and is taken up at the next start.
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

/// Writes over what was erased, at the start and every hour.
async fn over(app: Arc<App>) {
    if let Err(fault) = app.run(write_over).await {
        tracing::error!(%fault, "what was erased could not be written over; it is tried again");
    }
}

/// Looks at the index when the bell has rung, once for all passes, and wakes those that have something to do.
async fn look(app: Arc<App>, woken: [(Which, Arc<Notify>); 3], mut stopped: watch::Receiver<bool>) {
    let mut bell = app.bell.subscribe();
    loop {
        bell.borrow_and_update();
        match app.run(waiting).await {
            Ok(waiting) => {
                let has_some = woken.iter().filter(|(which, _)| waiting.contains(which));
                has_some.for_each(|(_, wake)| wake.notify_one());
            }
            Err(fault) => tracing::error!(%fault, "what is due could not be looked at"),
        }
        tokio::select! {
            () = rung(&mut bell, LISTEN) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Attends to what is due whenever there is some.
async fn pass(app: Arc<App>, which: Which, wake: Arc<Notify>, mut stopped: watch::Receiver<bool>) {
    loop {
        tokio::select! {
            () = wake.notified() => {}
            _ = stopped.changed() => return,
        }
        if let Err(fault) = attend(&app, which).await {
            tracing::error!(%fault, "what is due could not be looked at");
        }
    }
}

/// Waits for the bell, and until it has rung for a while.
async fn rung(bell: &mut watch::Receiver<u64>, listen: Duration) {
    // Who rings it lives as long as the program.
    let _ = bell.changed().await;
    tokio::time::sleep(listen).await;
}

/// Takes a snapshot.
async fn take_snapshot(app: Arc<App>, folder: PathBuf) {
    match app.run(move |app| snapshot::take(app, &folder)).await {
        Ok(taken) => {
            tracing::info!(rows = taken.rows, file = %taken.file.display(), "a snapshot was taken and proved")
        }
        Err(fault) => tracing::error!(%fault, "no snapshot could be taken"),
    }
}

/// Does work whenever it comes round, until the stop.
async fn go_round<F>(round: Round, mut stopped: watch::Receiver<bool>, work: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    let mut wait = round.first;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.changed() => return,
        }
        wait = round.every;
        work().await;
    }
}

/// Drops what is over.
async fn drop_over(app: Arc<App>) {
    if let Err(fault) = app.run(prune).await {
        tracing::error!(%fault, "what is over could not be dropped");
    }
}

/// Makes the backups that are due, whenever the bell rings and once at the start. At the stop it lets go of the one that is
/// being sent; it is made anew.
async fn backups(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut bell = app.bell.subscribe();
    if let Err(fault) = app.run(backup::due::resume).await {
        tracing::error!(%fault, "the records of backups could not be looked at");
    }
    loop {
        bell.borrow_and_update();
        tokio::select! {
            done = backup::due::attend(&app) => if let Err(fault) = done {
                tracing::error!(%fault, "backups could not be made");
            },
            _ = stopped.changed() => {
                if let Err(fault) = app.run(backup::due::resume).await {
                    tracing::error!(%fault, "the records of backups could not be closed");
                }
                return;
            }
        }
        tokio::select! {
            () = rung(&mut bell, BACKUPS_LISTEN) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// Asks the payment provider for news, again and again, while there is one.
async fn poll(app: Arc<App>, mut stopped: watch::Receiver<bool>) {
    let mut ways = app.ways.subscribe();
    let mut since = match app.run(reconcile::since).await {
        Ok(since) => since,
        Err(fault) => {
            tracing::error!(%fault, "until when the provider’s news was read is not known");
            app.clock.now()
        }
    };
    loop {
        ways.borrow_and_update();
        let every = app.poll_seconds().map(|seconds| Duration::from_secs(seconds.into()));
        if every.is_some() {
            match reconcile::poll(&app, since).await {
                Ok(asked_at) => since = asked_at,
                // Open purchases are looked at one by one as well, so that nothing is lost while this fails.
                Err(fault) => tracing::warn!(%fault, "the payment provider's events could not be read"),
            }
        }
        tokio::select! {
            () = tokio::time::sleep(every.unwrap_or(Duration::MAX)) => {}
            _ = ways.changed() => {}
            _ = stopped.changed() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn what_comes_round_comes_soon_after_the_start_as_well() {
        for round in [SNAPSHOTS, PRUNES] {
            assert!(round.first <= Duration::from_secs(15 * 60) && round.first < round.every, "{round:?}");
        }
    }

    #[tokio::test]
    async fn work_comes_round_first_and_then_again_until_the_stop() {
        for (first, every, least, most) in [(1, 1, 3, usize::MAX), (1, 3_600_000, 1, 1), (3_600_000, 1, 0, 0)]
        {
            let (stop, stopped) = watch::channel(false);
            let done = Arc::new(AtomicUsize::new(0));
            let round = Round { first: Duration::from_millis(first), every: Duration::from_millis(every) };
            let counted = Arc::clone(&done);
            let going = tokio::spawn(go_round(round, stopped, move || {
                counted.fetch_add(1, Ordering::SeqCst);
                std::future::ready(())
            }));
            while done.load(Ordering::SeqCst) < least {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            stop.send(true).unwrap();
            going.await.unwrap();
            let times = done.load(Ordering::SeqCst);
            assert!((least..=most).contains(&times), "{times} times of {round:?}");
        }
    }
}
