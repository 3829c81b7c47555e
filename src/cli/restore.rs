//! `fiddlehead restore`: brings a practice back from a backup, from a file, a folder, S3 or SFTP, into a data directory that has
//! none. What was fetched is opened beside, checked and counted, and put in place last: one that breaks off leaves nothing half.

mod source;
mod terminal;

use std::path::{Path, PathBuf};

use clap::Args;

use super::open::{DATA_FILE, KEY_FILE, make_folder, own};
use super::{Environment, serve};
use crate::actions::audit;
use crate::actions::keeping::check::{Report, check};
use crate::backups::archive::{self, Damage, Manifest};
use crate::backups::kit::Key;
use crate::domain::audit::{Concern, What, Who};
use crate::domain::keeping::backup::{is_ahead, made_at, stamp, stamped};
use crate::domain::keeping::hold::Held;
use crate::domain::time::{Timestamp, Zone, long_moment};
use crate::platform::clock::Clock;
use crate::store::keeping::hold;
use crate::store::upgrade::{Opened, STEPS};
use crate::store::{StoreError, Tx};
use crate::views::text::{self, NotOpened};
use source::Source;
use terminal::Terminal;

/// Where a backup is opened, in the data directory.
const WORK: &str = "restore.work";
/// What a key is called that another takes the place of.
const OLD_KEY: &str = "instance.key.before-restore";

/// What is to be restored, and how one gets at it.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// A backup, a folder of backups, `s3://bucket/prefix` or `sftp://user@host:port/folder`.
    source: String,
    /// The data directory to restore into. It must not hold data yet.
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    data: Option<PathBuf>,
    /// A file with the key of the recovery kit; otherwise it is asked for.
    #[arg(long, value_name = "FILE")]
    identity: Option<PathBuf>,
    /// Which backup, as `--list` shows them; otherwise the newest.
    #[arg(long, value_name = "STAMP")]
    at: Option<String>,
    /// Only show which backups there are.
    #[arg(long)]
    list: bool,
    /// Where S3 answers, as in <https://s3.example.com>.
    #[arg(long, value_name = "URL", help_heading = "S3")]
    endpoint: Option<String>,
    /// The region of the bucket.
    #[arg(long, value_name = "REGION", default_value = "us-east-1", help_heading = "S3")]
    region: String,
    /// The bucket is part of the host’s name.
    #[arg(long, help_heading = "S3")]
    virtual_host: bool,
    /// The certificate of an authority (PEM), if the store has one of its own.
    #[arg(long, value_name = "FILE", help_heading = "S3")]
    ca: Option<PathBuf>,
    /// A private key (OpenSSH’s form, without a passphrase); otherwise a password is asked for.
    #[arg(long, value_name = "FILE", help_heading = "SFTP")]
    key: Option<PathBuf>,
    /// The fingerprint of the server’s key; otherwise it is shown to be confirmed.
    #[arg(long, value_name = "SHA256:…", help_heading = "SFTP")]
    host_key: Option<String>,
}

/// Restores, or lists what there is.
///
/// # Errors
/// What went wrong, in words for the terminal.
pub(super) fn run(asked: &Asked, environment: &Environment) -> Result<(), String> {
    let data = asked.data.as_deref().filter(|_| !asked.list);
    if let Some(data) = data {
        refuse_data(data)?;
    }
    let terminal = Terminal::of_this_process();
    serve::runtime()?.block_on(async {
        let source = Source::open(asked, environment, &terminal).await?;
        let there = source.list().await?;
        let Some(data) = data else { return list(&asked.source, &there) };
        let wanted = chosen(asked, &source, &there)?;
        let key = key(asked, &terminal)?;
        restore(&source, &wanted, &key, data, &terminal).await
    })
}

fn refuse_data(data: &Path) -> Result<(), String> {
    let file = data.join(DATA_FILE);
    if !file.exists() {
        return Ok(());
    }
    Err(format!(
        "{} holds data already ({DATA_FILE}), which a restore must not replace. Stop the program, move that folder away \
         (mv {0} {0}.old), and start the restore again",
        data.display()
    ))
}

fn list(source: &str, there: &[(Timestamp, String, u64)]) -> Result<(), String> {
    if there.is_empty() {
        return Err(format!("{source}: there is no backup here"));
    }
    for (made_at, _, bytes) in there {
        println!("{}  {:>10}  {}", stamp(*made_at), size(*bytes), long_moment(*made_at, &Zone::utc()));
    }
    Ok(())
}

/// The backup that is meant: a file itself, the one of a stamp, or the newest.
fn chosen(
    asked: &Asked,
    source: &Source,
    there: &[(Timestamp, String, u64)],
) -> Result<(String, Option<u64>), String> {
    if let Some(file) = source.one_file() {
        return Ok((file, None));
    }
    let wanted =
        match &asked.at {
            None => None,
            Some(at) => {
                let at = at.trim_start_matches("fiddlehead-").trim_end_matches(".age");
                Some(stamped(at).ok_or_else(|| {
                    format!("--at {at}: write it as --list shows it, as in 20260414T013000Z")
                })?)
            }
        };
    let now = Clock::System.now();
    let ahead = |made_at: &Timestamp| wanted.is_none() && is_ahead(*made_at, now);
    let found = there.iter().find(|(made_at, _, _)| {
        !ahead(made_at) && wanted.is_none_or(|wanted| stamp(wanted) == stamp(*made_at))
    });
    let (_, name, bytes) = found.ok_or_else(|| match (wanted, there.first()) {
        (Some(at), _) => format!("{}: there is no backup of {}; see --list", asked.source, stamp(at)),
        (None, Some((newest, _, _))) => format!(
            "{}: every backup here is from after now, {}, by the clock of this machine. Set the clock, or name one: --at {}",
            asked.source,
            stamp(now),
            stamp(*newest)
        ),
        (None, None) => format!("{}: there is no backup here", asked.source),
    })?;
    for (_, name, _) in there.iter().filter(|(made_at, _, _)| ahead(made_at)) {
        eprintln!(
            "{name} is left out: it is from after now, so a clock was wrong. --at takes it all the same."
        );
    }
    Ok((name.clone(), Some(*bytes)))
}

fn key(asked: &Asked, terminal: &Terminal) -> Result<Key, String> {
    let text = match &asked.identity {
        Some(file) => std::fs::read_to_string(file).map_err(|why| format!("{}: {why}", file.display()))?,
        None => terminal.secret("The key of the recovery kit (AGE-SECRET-KEY-1…): ").map_err(|why| {
            format!("the key of the recovery kit cannot be asked for ({why}). Write it into a file and give --identity FILE")
        })?,
    };
    Key::read(&text).map_err(|why| format!("{why}. Look at it letter by letter: it has its own checksum"))
}

async fn restore(
    source: &Source,
    (name, bytes): &(String, Option<u64>),
    key: &Key,
    data: &Path,
    terminal: &Terminal,
) -> Result<(), String> {
    make_folder(data)?;
    let work = data.join(WORK);
    let _ = std::fs::remove_dir_all(&work);
    make_folder(&work)?;
    let done = bring_in(source, (name, *bytes), key, (data, &work), terminal).await;
    let _ = std::fs::remove_dir_all(&work);
    let (manifest, report) = done.map_err(|why| format!("{name}: {why}"))?;
    tell(data, &manifest, &report);
    Ok(())
}

async fn bring_in(
    source: &Source,
    (name, bytes): (&str, Option<u64>),
    key: &Key,
    (data, work): (&Path, &Path),
    terminal: &Terminal,
) -> Result<(Manifest, Report), String> {
    let file = source.fetch(name, &work.join("backup.age"), &terminal.progress("Fetching", bytes)).await?;
    terminal.done();
    let opened = work.join("opened");
    make_folder(&opened)?;
    let head = archive::look(&file, key).map_err(said)?;
    let whole = head.parts.iter().map(|part| part.bytes).sum();
    let manifest =
        archive::unpack(&file, key, &opened, &terminal.progress("Opening", Some(whole))).map_err(said)?;
    terminal.done();
    terminal.step("Checking every page and every ledger");
    let report = proved(&opened.join(DATA_FILE), &manifest)?;
    terminal.step("Putting it in place");
    place(&opened, data, &manifest).map_err(|why| format!("{}: {why}", data.display()))?;
    Ok((manifest, report))
}

fn said(damage: Damage) -> String {
    text::not_opened(match &damage {
        Damage::WrongKey => NotOpened::WrongKey,
        Damage::NotABackup => NotOpened::NotABackup,
        Damage::CutOff => NotOpened::CutOff,
        Damage::Changed => NotOpened::Changed,
        Damage::Newer { version, .. } => NotOpened::Newer(version),
        Damage::File(why) => return format!("{why}. Is there room in the data directory?"),
    })
}

/// Opens the data file with every page verified, checks and counts it, and marks it as held.
fn proved(file: &Path, manifest: &Manifest) -> Result<Report, String> {
    let now = Clock::System.now();
    let words = |why: &dyn std::fmt::Display| format!("the data in it cannot be opened: {why}");
    // What was fetched is itself a copy: a backup of an older version is brought up as it lies.
    let opened = Opened::at(file).and_then(|opened| opened.bring_up(STEPS));
    let store = opened.and_then(Opened::store).map_err(|why| words(&why))?;
    let report = check(&store, now).map_err(|why| words(&why))?;
    if !report.wrong.is_empty() {
        report.wrong.iter().for_each(|wrong| eprintln!("  WRONG {wrong}"));
        return Err(format!(
            "{} things in it are not as they must be. Take another backup",
            report.wrong.len()
        ));
    }
    let counts = report.counted.iter().map(|(what, count)| ((*what).to_owned(), *count as u64));
    // A version that counts more than the one that made the backup has nothing to compare that with.
    let counts: std::collections::BTreeMap<_, _> = counts.collect();
    let other = |(what, count): (&String, &u64)| counts.get(what).is_some_and(|counted| counted != count);
    if manifest.counted.iter().any(other) {
        return Err("what is in it is not what was counted when it was made. Take another backup".to_owned());
    }
    let held = Held { restored_at: now, backup_made_at: manifest.made_at };
    let mark = move |tx: &Tx<'_>| {
        audit::note(tx, now, Who::Console, What::Restored, Concern::Practice)?;
        hold::put(tx, held)
    };
    store.write(mark).map_err(|why: StoreError| words(&why))?;
    Ok(report)
}

/// Moves the parts to where they belong, the data file last: with it, and not before, the restore is done.
fn place(opened: &Path, data: &Path, manifest: &Manifest) -> std::io::Result<()> {
    let key = data.join(KEY_FILE);
    if key.exists() && std::fs::read(&key)? != std::fs::read(opened.join(KEY_FILE))? {
        std::fs::rename(&key, data.join(OLD_KEY))?;
    }
    let parts = manifest.parts.iter().filter(|part| part.name != DATA_FILE);
    for name in parts.map(|part| part.name.as_str()).chain([DATA_FILE]) {
        let (from, to) = (opened.join(name), data.join(name));
        if let Some(folder) = to.parent() {
            make_folder(folder).map_err(std::io::Error::other)?;
            own(folder, data)?;
        }
        own(&from, data)?;
        if name == DATA_FILE {
            sync(data)?;
            if to.exists() {
                return Err(std::io::Error::other("meanwhile somebody put data there; nothing was replaced"));
            }
        }
        std::fs::rename(&from, &to)?;
    }
    sync(data)
}

fn sync(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

fn tell(data: &Path, manifest: &Manifest, report: &Report) {
    println!("{}: restored and sound", data.display());
    for (what, count) in &report.counted {
        println!("  {count:>9} {what}");
    }
    for (currency, books) in &report.books {
        println!("  {currency}: {books}");
    }
    println!(
        "\nThe backup is of {} UTC ({}), made by version {} for {}.\nNothing that came later is in it. Until you say so on \
         the owner’s page, nothing is sent and nothing is let expire.\n\nWhat to do next:\n  1. Put the settings file back \
         (/etc/fiddlehead/fiddlehead.toml): its secrets are in no backup.\n  2. Start the program (systemctl start \
         fiddlehead) and sign in as the owner.\n  3. Follow the page that it shows.",
        long_moment(manifest.made_at, &Zone::utc()),
        stamp(manifest.made_at),
        manifest.version,
        manifest.base_url,
    );
}

/// A number of bytes as people say it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

/// The names that are backups, newest first.
fn backups(names: Vec<(String, u64)>) -> Vec<(Timestamp, String, u64)> {
    let ours = |(name, bytes): (String, u64)| Some((made_at(&name)?, name, bytes));
    let mut found: Vec<_> = names.into_iter().filter_map(ours).collect();
    found.sort_unstable_by(|a, b| b.cmp(a));
    found
}
