//! One backup, from the copy to the proof: the data as they stood at one instant, checked, sealed to the kit and to a key of this
//! run, sent; then fetched from where it went, opened with that key, checked and counted again. Only then is it one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::destination::opened;
use crate::actions::keeping::check::Report;
use crate::actions::keeping::retention::Retention;
use crate::actions::keeping::snapshot;
use crate::actions::{Error, NotThere, audit};
use crate::app::{App, Fault};
use crate::backups::archive::{self, FORMAT, Manifest, Part};
use crate::backups::kit::Key;
use crate::backups::{MOST_BYTES, Marker, Naming, Remote, Turn, room};
use crate::domain::audit::{Concern, What, Who};
use crate::domain::id::{BackupId, DestinationId};
use crate::domain::keeping::backup::{Backup, Doing, Outcome, Progress, Trouble, file_name, made_at};
use crate::domain::keeping::destination::Destination;
use crate::domain::keeping::kit::Recipient;
use crate::domain::time::Timestamp;
use crate::store::keeping::{backup, destination, kit};
use crate::store::snapshot::copy;

/// The folder beside the data in which a backup is made and proved. Whatever is in it is of no use to the next.
pub const WORK: &str = "backups.work";
/// The data file, as it is called in the data directory and in a backup.
pub const DATA: &str = "fiddlehead.redb";
/// The key beside it.
pub const KEY: &str = "instance.key";
/// The folder of certificates.
pub const TLS: &str = "tls";
/// What the name of a file ends with until it was proved.
const PART: &str = ".part";
/// How many records of a destination are kept.
const RECORDS: usize = 500;
/// What must stay free beside the data.
const SPARE: u64 = 16 << 20;

/// Where the progress of a backup is told.
type Tell = Arc<dyn Fn(Progress) + Send + Sync>;

/// Makes a backup to a destination and proves it there. What became of it stands in its record, which is returned; a failure
/// is no error here.
///
/// # Errors
/// [`NotThere`] if there is no such destination, [`Fault`] if not even the record can be kept.
pub async fn back_up(app: &Arc<App>, id: DestinationId) -> Result<Backup, Error<NotThere>> {
    let turn = app.backups.turn().await;
    let found = app.run(move |app| -> Result<_, Error<NotThere>> {
        let read = app.store.read()?;
        Ok((destination::find(&read, id)?, kit::find(&read)?))
    });
    let (found, kit) = found.await?;
    let to = found.ok_or(Error::Refused(NotThere))?;
    let started_at = app.clock.now();
    let record = Backup {
        id: BackupId::from_bits(app.id()),
        destination: id,
        started_at,
        bytes: 0,
        rows: 0,
        outcome: Outcome::Going,
    };
    let made = match kit {
        Some(kit) => Run::new(app, &turn, to, record, kit.recipient).go().await,
        None => Err((record, Trouble::NoKit)),
    };
    let record = match made {
        Ok(record) => record,
        Err((record, why)) => {
            tracing::error!(destination = %id, ?why, "no backup was made");
            Backup { outcome: Outcome::Failed { at: app.clock.now(), why }, ..record }
        }
    };
    app.run(move |app| -> Result<Backup, Error<NotThere>> {
        let kept = record.clone();
        app.keep(move |tx| -> Result<(), Fault> {
            // One that was taken away meanwhile needs no records.
            if destination::find(tx, id)?.is_some() {
                backup::put(tx, &kept)?;
                if let Outcome::Verified { at } = kept.outcome {
                    audit::note(tx, at, Who::Clock, What::BackedUp, Concern::Place(id))?;
                }
                backup::keep_newest(tx, id, RECORDS, kept.started_at)?;
            }
            Ok(())
        })?;
        Ok(record)
    })
    .await
}

/// What was made beside the data, ready to be sent.
struct Sealed {
    manifest: Manifest,
    bytes: u64,
}

/// One backup while it is made.
struct Run {
    app: Arc<App>,
    to: Destination,
    record: Backup,
    recipient: Recipient,
    /// Opens this backup for the proof, and is forgotten with it.
    proof: Key,
    tell: Tell,
}

impl Run {
    fn new(app: &Arc<App>, turn: &Turn<'_>, to: Destination, record: Backup, recipient: Recipient) -> Self {
        let (told, id) = (turn.tell(), to.id);
        let tell = Arc::new(move |progress| {
            told.send_replace(Some((id, progress)));
        });
        Self { app: Arc::clone(app), to, record, recipient, proof: Key::fresh(), tell }
    }

    async fn go(mut self) -> Result<Backup, (Backup, Trouble)> {
        let made = self.make().await;
        if let Ok(work) = self.work() {
            let _ = tokio::fs::remove_dir_all(work).await;
        }
        match made {
            Ok(()) => Ok(self.record),
            Err(why) => Err((self.record, why)),
        }
    }

    fn work(&self) -> Result<PathBuf, Trouble> {
        Ok(self.app.backups.data_dir()?.join(WORK))
    }

    async fn make(&mut self) -> Result<(), Trouble> {
        let work = self.work()?;
        let access = opened(&self.app, &self.to)?;
        // Before the work, as most of what can go wrong goes wrong here.
        let (marked, reach) = (Marker::Expect(self.to.id), self.app.reach());
        let remote = Remote::open(&self.to.place, &access, marked, &reach).await?;
        let sealed = self.seal(&work).await?;
        (self.record.bytes, self.record.rows) = (sealed.bytes, sealed.manifest.rows);
        // Now and not before: a backup must not hold the record that it is going.
        self.keep_record().await?;
        let name = file_name(self.record.started_at);
        let first = match remote.naming() {
            Naming::Afterwards => format!("{name}{PART}"),
            Naming::AtOnce => name.clone(),
        };
        let proved = self.send_and_prove(&remote, &first, &work, sealed).await;
        if proved.is_err() {
            let _ = remote.delete(&first).await;
        }
        proved?;
        if first != name {
            remote.rename(&first, &name).await?;
        }
        self.record.outcome = Outcome::Verified { at: self.app.clock.now() };
        let record = &self.record;
        tracing::info!(destination = %self.to.id, file = name, bytes = record.bytes, rows = record.rows, "a backup was made and proved");
        if let Err(why) = self.drop_old(&remote).await {
            // What is there too long does no harm until the place is full.
            tracing::warn!(?why, "old backups could not be deleted");
        }
        Ok(())
    }

    /// Copies, checks and seals, beside the data.
    async fn seal(&self, work: &Path) -> Result<Sealed, Trouble> {
        let (app, work, tell) = (Arc::clone(&self.app), work.to_owned(), Arc::clone(&self.tell));
        let (kit, proof, made_at) = (self.recipient.clone(), self.proof.clone(), self.record.started_at);
        blocking(move || seal(&app, &work, made_at, (&kit, &proof), &tell)).await
    }

    async fn keep_record(&self) -> Result<(), Trouble> {
        let record = self.record.clone();
        let kept = self.app.run(move |app| app.keep(move |tx| Ok::<_, Fault>(backup::put(tx, &record)?)));
        kept.await.map_err(|fault| failed(&fault))
    }

    async fn send_and_prove(
        &self,
        remote: &Remote,
        name: &str,
        work: &Path,
        sealed: Sealed,
    ) -> Result<(), Trouble> {
        let (file, back) = (work.join("sealed.age"), work.join("back.age"));
        let of = Some(sealed.bytes);
        let telling = |doing| {
            let tell = Arc::clone(&self.tell);
            move |done| tell(Progress { doing, done, of })
        };
        remote.put(&file, name, &telling(Doing::Sending)).await?;
        let _ = tokio::fs::remove_file(&file).await;
        remote.get(name, &back, &telling(Doing::Fetching)).await?;
        let (work, tell, proof) = (work.to_owned(), Arc::clone(&self.tell), self.proof.clone());
        let now = self.record.started_at;
        blocking(move || prove(&back, &work.join("opened"), &proof, &sealed.manifest, now, &tell)).await
    }

    /// Deletes what is over at the destination: of our own naming only, and never the newest that was verified.
    async fn drop_old(&self, remote: &Remote) -> Result<(), Trouble> {
        let id = self.to.id;
        let read = self
            .app
            .run(move |app| -> Result<_, Fault> { Ok(backup::newest(&app.store.read()?, id, RECORDS)?) });
        let records = read.await.map_err(|fault| failed(&fault))?;
        let current = self.record.started_at;
        // A second is all that a name tells.
        let second = |at: Timestamp| at.as_second();
        let failed: Vec<i64> = records
            .iter()
            .filter(|record| matches!(record.outcome, Outcome::Failed { .. }))
            .map(|record| second(record.started_at))
            .filter(|at| *at != second(current))
            .collect();
        let (mut whole, mut over) = (Vec::new(), Vec::new());
        for (name, _) in remote.list().await? {
            if name.strip_suffix(PART).is_some_and(|name| made_at(name).is_some()) {
                over.push(name);
            } else if let Some(at) = made_at(&name) {
                if failed.contains(&second(at)) { over.push(name) } else { whole.push(at) }
            }
        }
        let old = Retention::BACKUPS.over(&whole);
        over.extend(old.into_iter().filter(|at| second(*at) != second(current)).map(file_name));
        for name in over {
            remote.delete(&name).await?;
        }
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Trouble::Failed))
}

/// A fault of ours, logged here.
fn failed(fault: &Fault) -> Trouble {
    tracing::error!(%fault, "the data could not be read or copied for a backup");
    Trouble::Failed
}

fn fresh_folder(path: &Path) -> Result<(), Trouble> {
    let _ = std::fs::remove_dir_all(path);
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|why| crate::backups::here(&why))
}

fn seal(
    app: &App,
    work: &Path,
    made_at: Timestamp,
    keys: (&Recipient, &Key),
    tell: &Tell,
) -> Result<Sealed, Trouble> {
    let data_dir = app.backups.data_dir()?;
    fresh_folder(work)?;
    let length = std::fs::metadata(data_dir.join(DATA)).map_or(0, |file| file.len());
    if room(data_dir)? < length.saturating_mul(2).saturating_add(SPARE) {
        return Err(Trouble::FullHere);
    }
    tell(Progress::begun(Doing::Copying));
    let data = work.join("copy.redb");
    let copied = copy(&app.store, &data, |done| tell(Progress { doing: Doing::Copying, done, of: None }));
    let rows = copied.map_err(|why| failed(&why.into()))?;
    tell(Progress::begun(Doing::Checking));
    let report = snapshot::prove(&data, made_at).map_err(|fault| failed(&fault))?;
    sound(&report)?;
    let at = |name: &str| if name == DATA { data.clone() } else { data_dir.join(name) };
    let parts = parts(data_dir, &at)?;
    let whole: u64 = parts.iter().map(|part| part.bytes).sum();
    // Sealed it is smaller; what would be too large is known before the work.
    if whole > MOST_BYTES.saturating_mul(4) {
        return Err(Trouble::TooLarge);
    }
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        base_url: app.base_url.clone(),
        rows,
        counted: counted(&report),
        parts,
        not_included: vec![
            "the settings file (fiddlehead.toml) and the environment, whose secrets stay where they are"
                .to_owned(),
            "certificates that the settings name as files".to_owned(),
            "the snapshots beside the data".to_owned(),
        ],
    };
    let telling = |done| tell(Progress { doing: Doing::Sealing, done, of: Some(whole) });
    let bytes = archive::seal(&manifest, at, keys, &work.join("sealed.age"), &telling)?;
    let _ = std::fs::remove_file(&data);
    Ok(Sealed { manifest, bytes })
}

/// What goes into a backup, measured.
fn parts(data_dir: &Path, at: &impl Fn(&str) -> PathBuf) -> Result<Vec<Part>, Trouble> {
    let mut names = vec![DATA.to_owned(), KEY.to_owned()];
    let mut folders = vec![TLS.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(data_dir.join(&folder)) else { continue };
        let mut found: Vec<_> = entries.flatten().collect();
        found.sort_by_key(std::fs::DirEntry::file_name);
        for entry in found {
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            let name = format!("{folder}/{name}");
            if kind.is_dir() {
                folders.push(name);
            } else if kind.is_file() && !name.ends_with(".new") {
                names.push(name);
            }
        }
    }
    names.iter().map(|name| archive::part(name, &at(name))).collect()
}

fn counted(report: &Report) -> BTreeMap<String, u64> {
    report.counted.iter().map(|(what, count)| ((*what).to_owned(), *count as u64)).collect()
}

fn sound(report: &Report) -> Result<(), Trouble> {
    report.wrong.iter().take(10).for_each(|wrong| tracing::error!(wrong, "what was copied is not sound"));
    match u32::try_from(report.wrong.len()) {
        Ok(0) => Ok(()),
        wrong => Err(Trouble::Unsound(wrong.unwrap_or(u32::MAX))),
    }
}

/// Opens what came back, and finds in it what was sent.
fn prove(
    back: &Path,
    into: &Path,
    proof: &Key,
    sent: &Manifest,
    now: Timestamp,
    tell: &Tell,
) -> Result<(), Trouble> {
    fresh_folder(into)?;
    let whole = sent.parts.iter().map(|part| part.bytes).sum();
    let telling = |done| tell(Progress { doing: Doing::Opening, done, of: Some(whole) });
    let found = archive::unpack(back, proof, into, &telling).map_err(|damage| match damage {
        archive::Damage::File(why) => crate::backups::here(&why),
        damage => {
            tracing::error!(%damage, "what came back from the destination is not what was sent");
            Trouble::Differs
        }
    })?;
    let _ = std::fs::remove_file(back);
    if found != *sent {
        return Err(Trouble::Differs);
    }
    tell(Progress::begun(Doing::Proving));
    let report = snapshot::prove(&into.join(DATA), now).map_err(|fault| failed(&fault))?;
    sound(&report)?;
    if counted(&report) == sent.counted { Ok(()) } else { Err(Trouble::Differs) }
}
