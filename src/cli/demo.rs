//! `fiddlehead demo`: the whole product on one machine, with a practice that lives already. It is the real program; only the
//! till, the way for mail and the clock are others. Nothing leaves the machine.

mod practice;
pub mod scale;
mod scene;
mod stage;
mod story;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use super::open::{DATA_FILE, KEY_FILE, make_folder};
use super::serve::{runtime, told_to_stop};
use crate::actions::keeping::upgrade;
use crate::app::App;
use crate::domain::people::practitioner::Practitioner;
use crate::domain::text::Slug;
use crate::domain::time::{SignedDuration, Timestamp, before};
use crate::jobs::runner::Runner;
use crate::platform::clock::Clock;
use crate::platform::entropy::Entropy;
use crate::platform::log;
use crate::platform::log::{Format, Level};
use crate::platform::seal::InstanceKey;
use crate::store::{Store, catalog, people};
use crate::views::link;
use crate::web::demo::{Demo, Staff, around};
use crate::web::listen::{Bounds, Line, serve};
use crate::web::security::{BODY_TIME, Door, Hosts, Hsts, behind};
use crate::web::shares::Shares;
use crate::web::{Web, router};
use scale::Scale;
use stage::{Stage, read};

/// Where it listens if nothing is said: here, or at the next port that is free.
const USUAL_PORT: u16 = 8095;
const PORTS_TRIED: u16 = 100;
/// Remembers in a data directory how far the demo's clock has been moved.
const CLOCK_FILE: &str = "demo.clock";
const STOP_TIME: Duration = Duration::from_secs(2);
/// The clock runs on in steps of this.
const TICK: Duration = Duration::from_secs(1);

/// What can be asked of it.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// Where to listen, instead of 127.0.0.1:8095 or the next free port.
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Where to keep everything; otherwise nothing is kept.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The instant at which its clock begins, instead of now: 2026-04-21T14:00:00Z.
    #[arg(long, value_name = "INSTANT")]
    at: Option<Timestamp>,
    /// Fill it beside the story: practitioners x clients of each x bookings of each, 200x100x50. Without --data in memory, about 2 GB per
    /// million bookings.
    #[arg(long, value_name = "PxCxB")]
    scale: Option<Scale>,
    /// What the people of --scale follow from, instead of chance: the same gives the same.
    #[arg(long, value_name = "N", requires = "scale")]
    seed: Option<u64>,
}

/// Plays the demo until it is told to stop.
///
/// # Errors
/// What kept it from starting, in words for the terminal.
pub(super) fn run(asked: Asked) -> Result<(), String> {
    log::start(Format::Human, Level::Warn);
    runtime()?.block_on(live(asked))
}

async fn live(asked: Asked) -> Result<(), String> {
    let Asked { listen: at, data, at: begin, scale, seed } = asked;
    let stop = told_to_stop().map_err(|why| format!("signals cannot be heard: {why}"))?;
    let (listener, base_url) = listen(at).await?;
    let present = present(data.as_deref(), begin.unwrap_or_else(|| Clock::System.now()));
    let (store, key) = keeping(data.as_deref())?;
    if scale.is_some() && !is_empty(&store)? {
        return Err("--scale fills a data directory that is empty. Choose another --data".to_owned());
    }
    let (app, demo) = practice_of(store, key, &base_url, present, Entropy::system()).await?;
    if let Some(scale) = scale {
        scale::grow(&app, scale::Asked { scale, seed })?;
    }
    let demo = Arc::new(demo);
    let runner =
        Runner::start(&app, None).await.map_err(|why| format!("the jobs cannot be started: {why}"))?;
    let ticking = tokio::spawn(run_on(Arc::clone(&app), Arc::clone(&demo), data.clone()));
    crate::web::assets::warm();
    let web = Web::new(Arc::clone(&app));
    let routes = around(router(web.clone()), web, Arc::clone(&demo));
    announce(&base_url, data.as_deref());
    serve(listener, Line::Plain, behind(routes, door(&app)), (Bounds::default(), Arc::new(|_| false)), stop)
        .await;
    ticking.abort();
    runner.stop(STOP_TIME).await;
    if let Some(folder) = &data {
        remember(folder, app.clock.now());
    }
    Ok(())
}

/// The program with a practice that has lived until an instant: played anew in an empty store, otherwise as it was left.
///
/// # Errors
/// What in the story cannot be played, or that the store holds something else.
pub async fn practice_of(
    store: Store,
    key: InstanceKey,
    base_url: &str,
    present: Timestamp,
    entropy: Entropy,
) -> Result<(Arc<App>, Demo), String> {
    let is_empty = is_empty(&store)?;
    let start = if is_empty { before(present, scene::BEGINS) } else { present };
    let mut stage = Stage::new(store, key, base_url, start, entropy);
    if is_empty {
        practice::found(&mut stage, present).await?;
        scene::play(&mut stage, present).await?;
        practice::elsewhere(&stage, present)?;
    }
    let demo = follow(&stage)?;
    Ok((stage.app, demo))
}

/// Whether nobody has begun there.
fn is_empty(store: &Store) -> Result<bool, String> {
    let view = store.read().map_err(|why| why.to_string())?;
    Ok(people::practitioner::all(&view).map_err(|why| why.to_string())?.is_empty())
}

/// Whom the one-click sign-ins are for, and how the practice looks.
fn follow(stage: &Stage) -> Result<Demo, String> {
    let other = || "this data directory holds another practice. Choose another --data".to_owned();
    let view = stage.app.store.read().map_err(|why| why.to_string())?;
    let nora = story::CAST.iter().find(|person| person.name == story::NORA).ok_or_else(other)?;
    let client = people::client::with_email(&view, &read(nora.email)).map_err(|why| why.to_string())?;
    let slug: Slug = read("ines");
    let ines: Option<Practitioner> =
        people::practitioner::with_slug(&view, &slug).map_err(|why| why.to_string())?;
    let (client, ines) = client.zip(ines).ok_or_else(other)?;
    let storefront = catalog::storefront::find(&view, ines.id).map_err(|why| why.to_string())?;
    let accent = storefront.map_or_else(Default::default, |storefront| storefront.accent);
    // Not in a data directory that an older demo made.
    let mara = people::practitioner::with_slug(&view, &read("mara")).map_err(|why| why.to_string())?;
    let staff = Staff { practitioner: ines.id, front_desk: mara.map(|mara| mara.id) };
    Ok(Demo::new(stage.till.clone(), (client.id, staff), (ines.zone, accent)))
}

/// The address that was asked for, or the usual one, or the next that is free.
async fn listen(at: Option<SocketAddr>) -> Result<(TcpListener, String), String> {
    let listener = match at {
        Some(at) => TcpListener::bind(at).await.map_err(|why| {
            format!("{at}: cannot listen ({why}). Is another program there? Choose another --listen")
        })?,
        None => free_port().await?,
    };
    let mut at = listener.local_addr().map_err(|why| why.to_string())?;
    if at.ip().is_unspecified() {
        at.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Ok((listener, format!("http://{at}")))
}

async fn free_port() -> Result<TcpListener, String> {
    for port in USUAL_PORT..USUAL_PORT + PORTS_TRIED {
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            return Ok(listener);
        }
    }
    Err(format!("no port from {USUAL_PORT} on is free. Choose an address with --listen"))
}

/// This instant to the minute, or, in a data directory, the later one at which the demo was left.
fn present(folder: Option<&Path>, now: Timestamp) -> Timestamp {
    let second = now.as_second();
    let minute = Timestamp::from_second(second - second.rem_euclid(60)).unwrap_or(now);
    let left = folder.and_then(|folder| std::fs::read_to_string(folder.join(CLOCK_FILE)).ok());
    let left: Option<Timestamp> = left.and_then(|text| text.trim().parse().ok());
    left.map_or(minute, |left| left.max(minute))
}

/// Where everything is kept: a data directory, or memory, which is gone at the end.
fn keeping(folder: Option<&Path>) -> Result<(Store, InstanceKey), String> {
    let Some(folder) = folder else {
        let store = Store::in_memory().map_err(|why| why.to_string())?;
        return Ok((store, InstanceKey::fresh(&Entropy::system())));
    };
    make_folder(folder)?;
    let said = |why: &dyn std::fmt::Display| format!("{}: {why}", folder.display());
    // As `serve` does, so that it finds the data noted as of its own version.
    let (store, _) = upgrade::open(&folder.join(DATA_FILE), Clock::System.now()).map_err(|why| said(&why))?;
    let key = InstanceKey::at(&folder.join(KEY_FILE), &Entropy::system()).map_err(|why| said(&why))?;
    Ok((store, key))
}

fn remember(folder: &Path, now: Timestamp) {
    if let Err(why) = std::fs::write(folder.join(CLOCK_FILE), format!("{now}\n")) {
        tracing::warn!(%why, "how far the clock was moved is not remembered");
    }
}

/// Lets the clock run on at the pace of the world, but not while the time machine moves it.
async fn run_on(app: Arc<App>, demo: Arc<Demo>, data: Option<PathBuf>) {
    let Some(hands) = app.clock.hands() else { return };
    let mut remembered = hands.now();
    loop {
        tokio::time::sleep(TICK).await;
        if let Ok(_still) = demo.moving.try_lock() {
            hands.advance(SignedDuration::try_from(TICK).unwrap_or_default());
        }
        let now = hands.now();
        if let Some(folder) = data.as_deref().filter(|_| now.duration_since(remembered).as_secs() >= 60) {
            remember(folder, now);
            remembered = now;
        }
    }
}

fn door(app: &App) -> Arc<Door> {
    Arc::new(Door {
        origin: app.base_url.clone(),
        hosts: Hosts::Any,
        hsts: Hsts::Silent,
        trusts: Box::new(|_| false),
        body_time: BODY_TIME,
        bodies: Shares::of_bodies(),
        requests: u64::from_be_bytes(app.entropy.bytes()).into(),
    })
}

fn announce(base_url: &str, data: Option<&Path>) {
    println!("Quiet Field, a practice that lives already. Nothing leaves this machine.\n");
    for (what, path) in [
        ("Storefront", link::home()),
        ("Client", link::demo_client()),
        ("Practitioner", link::demo_practitioner()),
        ("Front desk", link::demo_front_desk()),
        ("Mailbox", link::demo_mail()),
    ] {
        println!("  {what:<13}  {base_url}{path}");
    }
    println!(
        "\n  The practice signs in as ines@, hana@ and mara@quietfield.example,\n  with the password: {}\n",
        practice::PASSWORD
    );
    match data {
        Some(folder) => println!("  Kept in {}. Ctrl-C ends it.", folder.display()),
        None => println!("  Ctrl-C ends it; nothing is kept."),
    }
}
