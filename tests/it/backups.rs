//! Backups to a folder: proved where they are, on time, kept as long as they should be, and what is said when something is
//! wrong with the place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fiddlehead::actions::Error;
use fiddlehead::actions::keeping::backup::destination::{
    Draft, Refusal, ask_for_one, keep_destination, remove_destination, try_destination, try_kept,
};
use fiddlehead::actions::keeping::backup::kit::{self, Fresh};
use fiddlehead::actions::keeping::backup::make::{DATA, KEY, WORK, back_up};
use fiddlehead::actions::keeping::backup::{due, overdue, standings};
use fiddlehead::app::App;
use fiddlehead::backups::archive;
use fiddlehead::backups::kit::Key;
use fiddlehead::domain::id::DestinationId;
use fiddlehead::domain::keeping::backup::{Backup, Doing, Outcome, Trouble, file_name};
use fiddlehead::domain::keeping::destination::{Access, Place};
use fiddlehead::domain::keeping::hold::Held;
use fiddlehead::domain::time::{after, hours};
use fiddlehead::store::Store;
use fiddlehead::store::keeping::hold;

use crate::support::{House, at};

/// A house with its data in a folder, and another folder for backups.
struct Bench {
    house: House,
    folder: tempfile::TempDir,
    kit: Fresh,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        std::fs::create_dir(folder.path().join("usb")).unwrap();
        let house = House::on(Store::open(&data.join(DATA)).unwrap()).await;
        std::fs::write(data.join(KEY), [9; 32]).unwrap();
        house.app.backups.keep_beside(&data);
        let kit = kit::fresh();
        Self { house, folder, kit }
    }

    /// The same with a kit and a destination.
    async fn set_up() -> (Self, DestinationId) {
        let bench = Self::new().await;
        kit::set_recipient(bench.app(), bench.kit.recipient.clone()).unwrap();
        let draft = bench.draft();
        keep_destination(bench.app(), draft.clone()).await.unwrap();
        (bench, draft.id)
    }

    fn app(&self) -> &Arc<App> {
        &self.house.app
    }

    fn usb(&self) -> PathBuf {
        self.folder.path().join("usb")
    }

    fn draft(&self) -> Draft {
        Draft {
            id: DestinationId::from_bits(self.app().id()),
            name: "USB disk".parse().unwrap(),
            place: Place::Directory(self.usb().to_str().unwrap().parse().unwrap()),
            access: Access::Open,
        }
    }

    fn there(&self) -> Vec<String> {
        names(&self.usb())
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

fn why(backup: &Backup) -> Option<Trouble> {
    match backup.outcome {
        Outcome::Failed { why, .. } => Some(why),
        Outcome::Going | Outcome::Verified { .. } => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_proved_where_it_went_and_opens_with_the_kit_alone() {
    let (bench, id) = Bench::set_up().await;
    bench.house.bought("Nora Lindqvist", &bench.house.six).await;
    let mut progress = bench.app().backups.progress();
    let seen = tokio::spawn(async move {
        let mut seen = Vec::new();
        while progress.changed().await.is_ok() {
            match *progress.borrow_and_update() {
                Some((_, now)) => seen.push(now.doing),
                None => break,
            }
        }
        seen.dedup();
        seen
    });
    let made = back_up(bench.app(), id).await.unwrap();
    assert!(matches!(made.outcome, Outcome::Verified { .. }), "{made:?}");
    assert!(made.rows > 20 && made.bytes > 1_000);
    assert_eq!(bench.there(), [file_name(made.started_at).as_str(), "fiddlehead-backups.txt"]);
    assert!(!bench.folder.path().join("data").join(WORK).exists(), "nothing is left beside the data");
    let seen = seen.await.unwrap();
    assert!(seen.is_sorted_by_key(|doing| *doing as u8) && seen.contains(&Doing::Proving), "{seen:?}");

    let (kit, file) = (Key::read(&bench.kit.identity).unwrap(), bench.usb().join(file_name(made.started_at)));
    let into = tempfile::tempdir().unwrap();
    let manifest = archive::unpack(&file, &kit, into.path(), &|_| {}).unwrap();
    assert_eq!((manifest.rows, manifest.counted["purchases"]), (made.rows, 1));
    assert_eq!(std::fs::read(into.path().join(KEY)).unwrap(), [9; 32]);
    let standing = standings(bench.app()).unwrap().remove(0);
    assert_eq!(standing.verified.as_ref(), Some(&made));
    assert_eq!(standing.next_at, Some(at("2026-04-15T01:30:00Z")));
    // The key is on paper and nowhere else.
    drop(bench.house);
    let data = std::fs::read(bench.folder.path().join("data").join(DATA)).unwrap();
    for part in [bench.kit.identity.as_bytes(), &bench.kit.identity.as_bytes()[16..40]] {
        assert!(!data.windows(part.len()).any(|window| window == part));
    }
}
