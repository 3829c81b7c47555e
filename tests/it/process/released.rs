//! Data files of the versions that there were (`tests/released/VERSION`): this version keeps a copy, uses them and counts in them what
//! that version counted; one command goes back; and a backup of theirs is restored by this version.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use fiddlehead::backups::archive::{self, Manifest};
use fiddlehead::backups::kit::Key;
use fiddlehead::store::keeping::hold;
use fiddlehead::store::upgrade::Opened;
use fiddlehead::store::{FORMAT, Store};

use crate::backups::{restore, said};
use crate::support::process::{Program, real_now};

fn released() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/released");
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect();
    all.sort();
    all
}

fn data_of(version: &Path) -> Program {
    let program = Program::bare();
    let mut data = Vec::new();
    let packed = std::fs::File::open(version.join("fiddlehead.redb.gz")).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut data).unwrap();
    std::fs::write(program.data_file(), data).unwrap();
    std::fs::copy(version.join("instance.key"), program.data().join("instance.key")).unwrap();
    program
}

/// The lines that count rows, without the file's name.
fn counts(program: &Program) -> String {
    let told = program.check_of(&program.data());
    let text = String::from_utf8(told.stdout).unwrap() + &String::from_utf8(told.stderr).unwrap();
    // Money is earned as time passes; rows are what they are.
    text.lines()
        .filter(|line| line.starts_with("  ") && !line.contains("collected"))
        .map(|line| line.trim().to_owned() + "\n")
        .collect()
}

/// A newer version may count more; what the older one counted, it counts alike.
#[track_caller]
fn assert_counts(program: &Program, counted: &str) {
    let ours = counts(program);
    assert!(!counted.is_empty() && counted.lines().all(|line| ours.lines().any(|one| one == line)), "{ours}");
}

/// What `check` says of data that this version has not used yet: what it counts, or, of an older format, what to do.
#[track_caller]
fn assert_as_it_was(program: &Program, counted: &str) {
    if Opened::at(&program.data_file()).unwrap().format == Some(FORMAT) {
        return assert_counts(program, counted);
    }
    let told = program.check_of(&program.data());
    let words = said(&told);
    assert!(!told.status.success() && words.contains("serve keeps a copy and brings it up"), "{words}");
    let doctor = said(&program.verb(&["doctor", "--name-server", "127.0.0.1:9"], ""));
    assert!(
        doctor.contains("serve keeps a copy and brings it up") && !doctor.contains("go back to a"),
        "{doctor}"
    );
}

fn is_held(program: &Program) -> bool {
    let store = Store::open_existing(&program.data_file()).unwrap();
    hold::get(&store.read().unwrap()).unwrap().is_some()
}

#[test]
fn every_released_version_s_data_live_on_and_one_command_goes_back() {
    let all = released();
    assert!(!all.is_empty(), "there is a version whose data are kept");
    for version in all {
        let mut program = data_of(&version);
        let counted = std::fs::read_to_string(version.join("counts.txt")).unwrap();
        assert_as_it_was(&program, &counted);
        program.start();
        for page in ["/", "/ines"] {
            let answer = program.ask("GET", page, "10.0.0.1", &[]).unwrap();
            assert_eq!(answer.status, 200, "{page} of {}", version.display());
        }
        program.stop();
        program.assert_sound();
        assert!(!is_held(&program));
        let list = String::from_utf8(program.roll_back(&["--list"]).stdout).unwrap();
        assert_eq!(list.matches("/snapshots/before-").count(), 1, "{list}");
        let told = program.roll_back(&[]);
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let words = String::from_utf8(told.stdout).unwrap();
        assert!(words.contains("Nothing is sent until you say so"), "{words}");
        assert_as_it_was(&program, &counted);
        program.start();
        program.stop();
        program.assert_sound();
        assert!(is_held(&program), "as it was held before it was brought up again");
    }
}

#[test]
fn every_released_version_s_backups_are_restored() {
    for version in released() {
        let (old, new) = (data_of(&version), Program::bare());
        let counted = std::fs::read_to_string(version.join("counts.txt")).unwrap();
        let number =
            |line: &str| line.split_once(' ').map(|(count, what)| (what.to_owned(), count.parse().unwrap()));
        let parts = ["instance.key", "fiddlehead.redb"];
        let manifest = Manifest {
            format: archive::FORMAT,
            version: version.file_name().unwrap().to_str().unwrap().to_owned(),
            made_at: real_now(),
            base_url: "http://book.example".to_owned(),
            rows: 0,
            counted: counted.lines().filter_map(number).collect(),
            parts: parts.map(|name| archive::part(name, &old.data().join(name)).unwrap()).into(),
            not_included: Vec::new(),
        };
        assert!(!manifest.counted.is_empty());
        let (kit, backup) = (Key::fresh(), old.data().join("backup.age"));
        let at = |name: &str| old.data().join(name);
        archive::seal(&manifest, at, (&kit.recipient(), &Key::fresh()), &backup, &|_| {}).unwrap();
        let told = restore(backup.to_str().unwrap(), &new.data(), &kit.printed(), &[]);
        assert!(told.status.success() && said(&told).contains("restored and sound"), "{}", said(&told));
        assert!(is_held(&new));
        assert_counts(&new, &counted);
    }
}

#[test]
fn one_does_not_go_back_under_a_running_program() {
    let mut program = data_of(&released()[0]);
    program.start();
    let told = program.roll_back(&[]);
    assert!(!told.status.success());
    assert!(String::from_utf8(told.stderr).unwrap().contains("stop that one first"));
    program.stop();
    assert!(Opened::at(&program.data_file()).unwrap().version.is_some());
}
