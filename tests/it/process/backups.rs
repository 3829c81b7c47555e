//! Backups by the real program: made by itself after the start, cut off by `kill -9`, brought back by the real command line; and
//! how long that takes and how much memory it wants for a data file of a size (`FIDDLEHEAD_BACKUP_MB`).

use std::path::Path;
use std::process::{Command, Output};

use fiddlehead::actions::keeping::backup::destination::{Draft, keep_destination};
use fiddlehead::actions::keeping::backup::kit;
use fiddlehead::domain::id::{DestinationId, PractitionerId};
use fiddlehead::domain::keeping::destination::{Access, Place};
use fiddlehead::platform::clock::Clock;
use fiddlehead::platform::entropy::Entropy;
use fiddlehead::store::catalog::storefront::{Picture, put_picture};
use fiddlehead::store::{StoreError, Tx};

use crate::backups::names;
use crate::support::House;
use crate::support::process::{Program, eventually};

const DONE: &str = "a backup was made and proved";

/// A program with a destination, and so many megabytes of pictures that cannot be packed; and the key of its kit.
async fn founded(usb: &Path, megabytes: u32) -> (Program, String) {
    let place = Place::Directory(usb.to_str().unwrap().parse().unwrap());
    let (program, identity) = Program::founded(async |house: &House| {
        let beside = usb.parent().unwrap().join("beside");
        std::fs::create_dir(&beside).unwrap();
        house.app.backups.keep_beside(&beside);
        let fresh = kit::fresh();
        kit::set_recipient(&house.app, house.ines, fresh.recipient).unwrap();
        let id = DestinationId::from_bits(house.id());
        let draft = Draft { id, name: "USB disk".parse().unwrap(), place, access: Access::Open };
        keep_destination(&house.app, house.ines, draft).await.unwrap();
        fill(house, megabytes);
        fresh.identity
    })
    .await;
    std::fs::write(program.data().join("instance.key"), [5; 32]).unwrap();
    (program, identity)
}

fn fill(house: &House, megabytes: u32) {
    let entropy = Entropy::seeded(4);
    for _ in 0..megabytes {
        let entropy = entropy.clone();
        let pictures: Vec<(PractitionerId, Vec<u8>)> = (0..64)
            .map(|_| {
                let noise = (0..250).flat_map(|_| entropy.bytes::<64>()).collect();
                (PractitionerId::from_bits(u128::from_be_bytes(entropy.bytes())), noise)
            })
            .collect();
        let change = move |tx: &Tx<'_>| -> Result<(), StoreError> {
            pictures.iter().try_for_each(|(id, noise)| put_picture(tx, *id, Picture::Portrait, Some(noise)))
        };
        house.app.store.write(change).unwrap();
    }
}

fn megabytes() -> u32 {
    std::env::var("FIDDLEHEAD_BACKUP_MB").map_or(3, |size| size.parse().unwrap())
}

fn restore(source: &Path, data: &Path, identity: &str) -> Output {
    let key = source.parent().unwrap().join("kit.txt");
    std::fs::write(&key, identity).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fiddlehead"));
    command.env_clear().arg("restore").arg(source).arg("--data").arg(data).arg("--identity").arg(key);
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_after_the_start_and_comes_back_in_time_within_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let usb = folder.path().join("usb");
    std::fs::create_dir(&usb).unwrap();
    let (mut program, identity) = founded(&usb, megabytes()).await;
    let size = std::fs::metadata(program.data_file()).unwrap().len();
    let began = Clock::System.now();
    program.start();
    eventually("a backup is made", || program.log().contains(DONE).then_some(()));
    let took = Clock::System.now().duration_since(began);
    let peak = program.peak_kilobytes();
    program.stop();
    assert!(!program.log().contains(&identity) && !program.log().contains(&identity[16..40]));
    assert!(!program.data().join("backups.work").exists());
    let data = folder.path().join("data");
    let began = Clock::System.now();
    let told = restore(&usb, &data, &identity);
    let back = Clock::System.now().duration_since(began);
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    eprintln!(
        "a data file of {} MB: backed up and proved within {took:#} of the start, peak {} MB; restored in {back:#}",
        size >> 20,
        peak >> 10
    );
    assert!(peak < 128 << 10, "{peak} kB");
    assert!(back.as_secs() < 60, "{back:#}");
    let sound = program.check_of(&data);
    assert!(sound.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_amid_a_backup_or_a_restore_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let usb = folder.path().join("usb");
    std::fs::create_dir(&usb).unwrap();
    let (mut program, identity) = founded(&usb, 4).await;
    for cut in ["backups.work/copy.redb", "backups.work/sealed.age", "backups.work/opened"] {
        program.launch();
        let seen = program.data().join(cut);
        eventually("it is under way", || (seen.exists() || program.log().contains(DONE)).then_some(()));
        program.kill();
        assert!(names(&usb).iter().all(|name| !name.ends_with(".age")) || program.log().contains(DONE));
        if program.log().contains(DONE) {
            break;
        }
    }
    // One that broke off after it was written down waits for its turn; the program is told that it is wanted now.
    program.look_and_change(|store| {
        use fiddlehead::store::keeping::destination;
        let mut kept = destination::all(&store.read().unwrap()).unwrap().remove(0);
        kept.asked_at = Some(Clock::System.now());
        store.write(move |tx| destination::put(tx, &kept)).unwrap();
    });
    program.start();
    eventually("a backup is made", || program.log().contains(DONE).then_some(()));
    program.stop();
    program.assert_sound();
    let there = names(&usb);
    assert!(there.iter().all(|name| !name.ends_with(".part")), "{there:?}");
    assert!(!program.data().join("backups.work").exists());

    let data = folder.path().join("data");
    let key = folder.path().join("kit.txt");
    std::fs::write(&key, &identity).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_fiddlehead"));
    command.env_clear().arg("restore").arg(&usb).arg("--data").arg(&data).arg("--identity").arg(&key);
    let mut cut = command.spawn().unwrap();
    eventually("it is under way", || data.join("restore.work/opened/fiddlehead.redb").exists().then_some(()));
    cut.kill().unwrap();
    cut.wait().unwrap();
    let half = names(&data);
    assert!(
        half.iter().all(|name| name == "restore.work") || half.iter().any(|name| name == "fiddlehead.redb")
    );
    if !data.join("fiddlehead.redb").exists() {
        let told = restore(&usb, &data, &identity);
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    }
    assert_eq!(names(&data), ["fiddlehead.redb", "instance.key"]);
    assert!(program.check_of(&data).status.success());
}
