//! Backups to a folder: proved where they are, on time, kept as long as they should be, and what is said when something is
//! wrong with the place.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fiddlehead::actions::Error;
use fiddlehead::actions::calendar::{booking, change};
use fiddlehead::actions::keeping::backup::destination::{
    Draft, Refusal, ask_for_one, keep_destination, remove_destination, shares_the_disk, try_destination,
    try_kept,
};
use fiddlehead::actions::keeping::backup::kit::{self, Fresh};
use fiddlehead::actions::keeping::backup::make::{DATA, KEY, WORK, back_up};
use fiddlehead::actions::keeping::backup::{due, overdue, standings};
use fiddlehead::actions::keeping::check::{Report, check};
use fiddlehead::actions::keeping::standing;
use fiddlehead::app::App;
use fiddlehead::backups::archive;
use fiddlehead::backups::kit::Key;
use fiddlehead::domain::id::{BookingId, DestinationId};
use fiddlehead::domain::keeping::backup::{Backup, Doing, Outcome, Trouble, file_name};
use fiddlehead::domain::keeping::destination::{Access, Place};
use fiddlehead::domain::keeping::hold::Held;
use fiddlehead::domain::time::{Timestamp, after, hours, minutes};
use fiddlehead::store::Store;
use fiddlehead::store::keeping::hold;

use crate::support::{House, at};

/// A house with its data in a folder, and another folder for backups.
pub struct Bench {
    pub house: House,
    pub folder: tempfile::TempDir,
    pub kit: Fresh,
}

impl Bench {
    pub async fn new() -> Self {
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
        kit::set_recipient(bench.app(), bench.house.ines, bench.kit.recipient.clone()).unwrap();
        let draft = bench.draft();
        keep_destination(bench.app(), bench.house.ines, draft.clone()).await.unwrap();
        (bench, draft.id)
    }

    pub fn app(&self) -> &Arc<App> {
        &self.house.app
    }

    fn usb(&self) -> PathBuf {
        self.folder.path().join("usb")
    }

    pub fn draft(&self) -> Draft {
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

pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

pub fn why(backup: &Backup) -> Option<Trouble> {
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

/// `fiddlehead restore` with the key in a file.
pub fn restore(source: &str, data: &Path, identity: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("kit.txt");
    std::fs::write(&key, identity).unwrap();
    Command::new(env!("CARGO_BIN_EXE_fiddlehead"))
        .env_clear()
        .stdin(Stdio::null())
        .args(["restore", source, "--data"])
        .arg(data)
        .arg("--identity")
        .arg(key)
        .args(more)
        .output()
        .unwrap()
}

pub fn said(told: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&told.stdout), String::from_utf8_lossy(&told.stderr))
}

/// A restored data directory, looked into as `check` does.
pub fn whole(data: &Path, now: Timestamp) -> Report {
    let store = Store::open_existing(&data.join(DATA)).unwrap();
    let held = hold::get(&store.read().unwrap()).unwrap().expect("it is held");
    assert!(held.backup_made_at <= held.restored_at || held.backup_made_at > now);
    let report = check(&store, now).unwrap();
    assert!(report.wrong.is_empty(), "{:?}", report.wrong);
    report
}

/// How many backups are made under load: `FIDDLEHEAD_BACKUPS`, or four.
fn how_many() -> usize {
    std::env::var("FIDDLEHEAD_BACKUPS").map_or(4, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_under_booking_load_are_each_restored_and_whole() {
    let (bench, id) = Bench::set_up().await;
    let mut lots = Vec::new();
    for number in 0..20 + 4 * how_many() {
        lots.push(bench.house.bought(&format!("Client {number}"), &bench.house.six).await);
    }
    let over = Arc::new(AtomicBool::new(false));
    let (app, ended) = (Arc::clone(bench.app()), Arc::clone(&over));
    let load = tokio::task::spawn_blocking(move || {
        let (mut booked, mut made) = (Vec::new(), 0_usize);
        // Booked, and called off where there is no more room, so that the load lasts as long as the backups do.
        for (turn, ahead) in (24..24 * 55).cycle().enumerate() {
            if ended.load(Ordering::Acquire) {
                break;
            }
            let (client, lot) = lots[turn % lots.len()];
            let start = after(at("2026-04-14T08:00:00Z"), hours(ahead));
            let booking = BookingId::from_bits(app.id());
            if booking::book(&app, client, booking, lot, start).is_ok() {
                booked.push((client, booking));
                made += 1;
            } else if booked.len() > 40 {
                let (client, booking) = booked.swap_remove(turn % booked.len());
                let _ = change::cancel(&app, client, booking, change::Returns::Yes);
            }
        }
        made
    });
    let mut counts = Vec::new();
    for number in 0..how_many() {
        bench.house.hands.set(after(at("2026-04-14T08:00:00Z"), minutes(i64::try_from(number).unwrap())));
        let made = back_up(bench.app(), id).await.unwrap();
        assert!(matches!(made.outcome, Outcome::Verified { .. }), "{made:?}");
        let bare = tempfile::tempdir().unwrap();
        let (data, source) = (bare.path().join("data"), bench.usb().join(file_name(made.started_at)));
        let told = restore(source.to_str().unwrap(), &data, &bench.kit.identity, &[]);
        assert!(told.status.success(), "{}", said(&told));
        counts.push(whole(&data, bench.house.now()).counted["bookings"]);
    }
    over.store(true, Ordering::Release);
    let booked = load.await.unwrap();
    eprintln!("{} backups, bookings in each: {counts:?}; {booked} were made meanwhile", counts.len());
    assert!(booked > 0 && counts.is_sorted() && counts[0] < *counts.last().unwrap(), "{counts:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_folder_is_told_and_nothing_is_filled_in_silence() {
    let (bench, id) = Bench::set_up().await;
    assert!(matches!(back_up(bench.app(), id).await.unwrap().outcome, Outcome::Verified { .. }));
    let before = bench.there();
    // As when the disk is not mounted: the folder is there and empty.
    let (disk, mounted) = (bench.folder.path().join("the disk"), bench.usb());
    std::fs::rename(&mounted, &disk).unwrap();
    std::fs::create_dir(&mounted).unwrap();
    assert_eq!(why(&back_up(bench.app(), id).await.unwrap()), Some(Trouble::NotMounted));
    assert_eq!(try_kept(bench.app(), id).await.unwrap(), Err(Trouble::NotMounted));
    assert!(bench.there().is_empty(), "nothing is written into it");
    std::fs::remove_dir(&mounted).unwrap();
    assert_eq!(why(&back_up(bench.app(), id).await.unwrap()), Some(Trouble::NotThere));
    std::fs::rename(&disk, &mounted).unwrap();
    assert_eq!(try_kept(bench.app(), id).await.unwrap(), Ok(()));
    assert_eq!(bench.there(), before, "a trial leaves nothing");
    // Another practice's.
    let refused = keep_destination(bench.app(), bench.house.ines, bench.draft()).await;
    assert!(matches!(refused, Err(Error::Refused(Refusal::Trouble(Trouble::Anothers)))), "{refused:?}");
    let elsewhere = Place::Directory("/no/such/folder".parse().unwrap());
    let tried = try_destination(bench.app(), &Draft { place: elsewhere, ..bench.draft() }).await;
    assert_eq!(tried, Err(Trouble::NotThere));
    remove_destination(bench.app(), bench.house.ines, id).unwrap();
    assert_eq!(bench.there(), before, "what is there stays there");
    assert!(matches!(back_up(bench.app(), id).await, Err(Error::Refused(_))));
    // It was ours, and may be again.
    let again = bench.draft();
    keep_destination(bench.app(), bench.house.ines, again.clone()).await.unwrap();
    assert!(matches!(back_up(bench.app(), again.id).await.unwrap().outcome, Outcome::Verified { .. }));
}

#[tokio::test]
async fn backups_go_to_no_folder_that_is_lost_with_the_data() {
    let bench = Bench::new().await;
    let data = bench.folder.path().join("data");
    std::fs::create_dir(data.join("backups")).unwrap();
    std::os::unix::fs::symlink(&data, bench.folder.path().join("elsewhere")).unwrap();
    for folder in [&data, &data.join("backups"), bench.folder.path(), &bench.folder.path().join("elsewhere")]
    {
        let place = Place::Directory(folder.to_str().unwrap().parse().unwrap());
        let refused = keep_destination(bench.app(), bench.house.ines, Draft { place, ..bench.draft() }).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::WithTheData))), "{folder:?}: {refused:?}");
    }
    assert!(shares_the_disk(bench.app(), &bench.draft().place), "beside is taken, and told");
}

#[tokio::test]
async fn a_clock_that_was_ahead_once_stops_no_backup() {
    let (bench, id) = Bench::set_up().await;
    let (hands, now) = (&bench.house.hands, bench.house.now());
    hands.set(after(now, hours(5 * 365 * 24)));
    due::attend(bench.app()).await.unwrap();
    hands.set(after(now, hours(24)));
    let verified = || standings(bench.app()).unwrap()[0].verified.clone();
    assert_eq!(verified(), None, "it says nothing of now");
    let read = bench.app().store.read().unwrap();
    assert!(standing::ahead_of_the_clock(&read, bench.house.now()).unwrap().is_some());
    drop(read);
    due::attend(bench.app()).await.unwrap();
    assert_eq!(verified().map(|one| one.started_at), Some(bench.house.now()));
    hands.set(after(bench.house.now(), minutes(1)));
    ask_for_one(bench.app(), id).unwrap();
    due::attend(bench.app()).await.unwrap();
    assert_eq!(verified().map(|one| one.started_at), Some(bench.house.now()), "one that is asked for");
    due::attend(bench.app()).await.unwrap();
    assert_eq!(standings(bench.app()).unwrap()[0].records.len(), 3, "and no more than that");
}

#[tokio::test]
async fn backups_are_made_on_time_kept_as_long_as_they_should_be_and_missed_ones_are_told() {
    let (bench, id) = Bench::set_up().await;
    std::fs::write(bench.usb().join("holiday.jpg"), "hers").unwrap();
    std::fs::write(bench.usb().join("fiddlehead-20260101T000000Z.age.part"), "broken off").unwrap();
    let hands = &bench.house.hands;
    for _ in 0..14 {
        due::attend(bench.app()).await.unwrap();
        due::attend(bench.app()).await.unwrap();
        hands.set(after(bench.house.now(), hours(24)));
    }
    let there = bench.there();
    let made: Vec<_> = there.iter().filter(|name| name.ends_with(".age")).collect();
    // Seven days, and the Sunday before that.
    assert_eq!(made.len(), 8, "{there:?}");
    assert!(there.contains(&"holiday.jpg".to_owned()) && !there.iter().any(|name| name.ends_with(".part")));
    assert_eq!(standings(bench.app()).unwrap()[0].records.len(), 14);
    ask_for_one(bench.app(), id).unwrap();
    due::attend(bench.app()).await.unwrap();
    assert_eq!(standings(bench.app()).unwrap()[0].records.len(), 15, "one that is asked for is made at once");

    std::fs::remove_dir_all(bench.usb()).unwrap();
    for _ in 0..15 {
        due::attend(bench.app()).await.unwrap();
        bench.house.settle().await;
        hands.set(after(bench.house.now(), hours(24)));
    }
    let late = overdue(bench.app()).unwrap();
    assert_eq!((late.len(), late[0].why), (1, Some(Trouble::NotThere)));
    let told: Vec<_> = bench.house.mailbox.letters();
    let told: Vec<_> = told
        .iter()
        .map(|one| &one.letter)
        .filter(|one| one.subject.as_str() == "No backup for a week")
        .collect();
    assert_eq!(told.len(), 2, "once a week");
    assert!(told[0].text.contains("USB disk") && told[0].text.contains("Please make it"), "{}", told[0].text);

    let held = Held { restored_at: bench.house.now(), backup_made_at: bench.house.now() };
    bench.app().store.write(move |tx| hold::put(tx, held)).unwrap();
    let before = standings(bench.app()).unwrap()[0].records[0].clone();
    hands.set(after(bench.house.now(), hours(24)));
    due::attend(bench.app()).await.unwrap();
    assert_eq!(standings(bench.app()).unwrap()[0].records[0], before, "none while data are held");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_says_what_is_wrong_and_leaves_nothing_half() {
    let (bench, id) = Bench::set_up().await;
    let made = back_up(bench.app(), id).await.unwrap();
    let (file, identity) = (bench.usb().join(file_name(made.started_at)), bench.kit.identity.as_str());
    let bytes = std::fs::read(&file).unwrap();
    let bare = tempfile::tempdir().unwrap();
    let data = bare.path().join("data");
    let refused = |source: &Path, identity: &str, words: &str| {
        let told = restore(source.to_str().unwrap(), &data, identity, &[]);
        assert!(!told.status.success() && said(&told).contains(words), "{words}: {}", said(&told));
        assert!(!data.join(DATA).exists() && !data.join(KEY).exists(), "nothing half");
    };
    refused(&file, &kit::fresh().identity, "this key does not open it");
    refused(&file, "AGE-SECRET-KEY-1NOT", "not a key of a recovery kit");
    refused(Path::new("/no/such/file"), identity, "No such file");
    let damaged = bench.folder.path().join("damaged.age");
    std::fs::write(&damaged, &bytes[..bytes.len() - 100]).unwrap();
    refused(&damaged, identity, "cut off");
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 1;
    std::fs::write(&damaged, flipped).unwrap();
    refused(&damaged, identity, "changed");
    std::fs::write(&damaged, "a letter").unwrap();
    refused(&damaged, identity, "no backup of Fiddlehead");

    // From the folder, the newest; and never over data.
    let told = restore(bench.usb().to_str().unwrap(), &data, identity, &[]);
    assert!(told.status.success(), "{}", said(&told));
    assert!(
        said(&told).contains("restored and sound") && said(&told).contains("Opening … 100 %"),
        "{}",
        said(&told)
    );
    assert_eq!(names(&data), [DATA, KEY]);
    whole(&data, bench.house.now());
    let again = restore(bench.usb().to_str().unwrap(), &data, identity, &[]);
    assert!(!again.status.success() && said(&again).contains("holds data already"), "{}", said(&again));
    let listed =
        Command::new(env!("CARGO_BIN_EXE_fiddlehead")).arg("restore").arg(bench.usb()).arg("--list").output();
    assert!(said(&listed.unwrap()).starts_with("20260414T080000Z"));
}
