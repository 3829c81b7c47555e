//! `fiddlehead serve`: the real program, from start to a graceful stop.

use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use super::doors::Doors;
use super::jobs::Jobs;
use super::open;
use super::reload::{Origin, Reload};
use crate::actions::catalog::setup;
use crate::actions::due;
use crate::actions::keeping::standing;
use crate::app::App;
use crate::platform::config::{Config, Mode};
use crate::platform::log;
use crate::platform::notify::{Supervisor, Word};
use crate::web::{Web, router};

/// How long jobs may take to end when the program is told to stop.
const STOP_TIME: Duration = Duration::from_secs(10);

/// Serves until it is told to stop.
///
/// # Errors
/// What kept it from starting, in words for the terminal.
pub(super) fn run(origin: Origin) -> Result<(), String> {
    let (config, warnings) = origin.read()?;
    log::start(config.log.format, config.log.level);
    warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let app = open::app(&config)?;
    runtime()?.block_on(live(app, &config, origin))
}

/// The most threads for work that blocks: as many bookings may wait for one commit. Tokio's 512 are as many stacks and small heaps,
/// and with 256 clients were 40 MB.
const BLOCKING: usize = 64;

/// The event loop that everything runs on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, String> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.enable_all().max_blocking_threads(BLOCKING).build();
    runtime.map_err(|why| format!("no threads can be started: {why}"))
}

async fn live(app: Arc<App>, config: &Config, origin: Origin) -> Result<(), String> {
    let cannot_hear = |why: std::io::Error| format!("signals cannot be heard: {why}");
    let hangup = signal(SignalKind::hangup()).map_err(cannot_hear)?;
    let supervisor = Supervisor::of_this_process();
    let (reload, news) = Reload::new(origin, config.clone(), Arc::clone(&app), supervisor.clone());
    let doors = Doors::take(&app, config, news).await?;
    announce(&app, config, doors.address);
    let jobs = Jobs::begin(&app, config.data_dir.clone()).await?;
    crate::web::assets::warm();
    let told = told_to_stop().map_err(cannot_hear)?;
    supervisor.status(&format!("Serving {}", app.base_url));
    supervisor.tell(Word::Ready);
    let reloading = tokio::spawn(reload.at(hangup));
    let watched = tokio::spawn(stay_watched(Arc::clone(&app), supervisor.clone()));
    let stop = async {
        told.await;
        supervisor.tell(Word::Stopping);
    };
    doors.serve(router(Web::new(Arc::clone(&app))), &app, config, stop).await;
    watched.abort();
    reloading.abort();
    jobs.stop(STOP_TIME).await;
    tracing::info!("stopped");
    Ok(())
}

/// Says that all is well for as long as it is: a program whose data file cannot be read any more would only look alive,
/// and is started anew by the supervisor. Ends at once where nobody watches.
async fn stay_watched(app: Arc<App>, supervisor: Supervisor) {
    let Some(time) = supervisor.watchdog() else { return };
    let mut ticks = tokio::time::interval(time / 2);
    loop {
        ticks.tick().await;
        match app.run(due::next).await {
            Ok(_) => supervisor.tell(Word::Alive),
            Err(why) => tracing::error!(%why, "the data file cannot be read; the watchdog is not told"),
        }
    }
}

fn announce(app: &App, config: &Config, address: std::net::SocketAddr) {
    tracing::info!(%address, base_url = %app.base_url, data_dir = %config.data_dir.display(), "serving");
    let open = app.store.read().and_then(|read| setup::is_open(&read)).unwrap_or(false);
    if open {
        // On the terminal itself and never in the log's format: whoever can read it may begin.
        let page = app.absolute(&crate::views::link::setup());
        eprintln!("\nA new practice. Open {page}\nand type this code: {}\n", setup::code(app));
    }
    let now = app.clock.now();
    if let Ok(Some(written)) = app.store.read().and_then(|read| standing::ahead_of_the_clock(&read, now)) {
        tracing::warn!(
            %now, %written,
            "the clock is before what the data hold last: set it (timedatectl), and start the program again. If it is right now, it was \
             ahead then: look through the calendar and the messages for what was done too early"
        );
    }
    if config.stripe.as_ref().is_some_and(|stripe| stripe.mode() == Mode::Test) {
        tracing::warn!("Stripe is in test mode: nothing is charged");
    }
}

/// Done when the system or the keyboard says stop.
pub(super) fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
