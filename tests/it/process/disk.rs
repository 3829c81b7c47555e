//! The real program on a small disk (a tmpfs in a mount namespace of the test's): full, and room again; and what was
//! erased from the data file on it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fiddlehead::actions::keeping::erase;
use fiddlehead::domain::credits::ledger::Actor;

use crate::support::process::{Program, eventually};
use crate::support::{Answer, PASSWORD};

/// A small disk where the program has its data; it goes with the test.
struct SmallDisk {
    holder: Child,
    /// The data directory, as it is seen from here.
    data: PathBuf,
    /// The same, as the program sees it.
    mounted: PathBuf,
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

impl SmallDisk {
    /// Puts the data of a program on a disk of 160 MiB. None where the kernel gives nobody a mount namespace.
    fn under(program: &mut Program) -> Option<Self> {
        let data = program.data();
        let script = r#"mount -t tmpfs -o size=160m,mode=700 none "$0" && exec sleep 600"#;
        let mut unshare = Command::new("unshare");
        unshare.args(["-rm", "sh", "-c", script]).arg(&data).stderr(Stdio::null());
        let mut holder = unshare.spawn().ok()?;
        let name = format!("/proc/{}/comm", holder.id());
        let is_mounted = eventually("the disk is mounted or refused", || {
            let refused = holder.try_wait().unwrap().is_some();
            let mounted = std::fs::read_to_string(&name).is_ok_and(|name| name.trim() == "sleep");
            (refused || mounted).then_some(mounted)
        });
        if !is_mounted {
            return None;
        }
        let seen = PathBuf::from(format!("/proc/{}/root{}", holder.id(), data.display()));
        for entry in std::fs::read_dir(&data).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), seen.join(entry.file_name())).unwrap();
        }
        program.enter(holder.id());
        Some(Self { holder, data: seen, mounted: data })
    }

    /// Fills it, but for so many MiB.
    fn fill_but(&self, left: usize) {
        let block = vec![7; 1 << 20];
        let mut file =
            std::fs::File::options().create(true).append(true).open(self.data.join("filler")).unwrap();
        while fs_free(&self.data) > (left << 20) as u64 && file.write_all(&block).is_ok() {}
    }

    fn clear(&self) {
        std::fs::remove_file(self.data.join("filler")).unwrap();
    }

    /// Mounts it anew, to be read only or to be written too.
    fn remount(&self, how: &str) {
        let mut enter = Command::new("nsenter");
        enter.arg("--target").arg(self.holder.id().to_string()).args([
            "--user",
            "--mount",
            "--preserve-credentials",
        ]);
        enter.args(["mount", "-o", &format!("remount,{how}")]).arg(&self.mounted);
        assert!(enter.status().unwrap().success());
    }

    fn has_ballast(&self) -> bool {
        self.data.join("fiddlehead.ballast").exists()
    }
}

fn fs_free(folder: &std::path::Path) -> u64 {
    fiddlehead::platform::disk::under(folder).unwrap().free
}

fn sign_in(program: &Program) -> Answer {
    let form = [("email", "ines@quietfield.example"), ("password", PASSWORD)];
    program.ask("POST", "/desk/sign-in", "203.0.113.7", &form).expect("an answer")
}

fn reads(program: &Program) -> u16 {
    program.ask("GET", "/ines", "203.0.113.7", &[]).expect("an answer").status.as_u16()
}

#[tokio::test]
async fn on_a_disk_that_is_full_changes_are_refused_reads_go_on_and_room_brings_all_back() {
    let (mut program, ()) = Program::founded(async |_| ()).await;
    let Some(disk) = SmallDisk::under(&mut program) else {
        eprintln!("NOT RUN: no mount namespace can be had here");
        return;
    };
    program.start();
    assert_eq!((sign_in(&program).status.as_u16(), reads(&program)), (303, 200));
    eventually("room is kept aside", || disk.has_ballast().then_some(()));

    // Early: there is still room for what is on its way.
    disk.fill_but(40);
    let refused = sign_in(&program);
    assert_eq!((refused.status.as_u16(), reads(&program)), (507, 200));
    assert!(refused.text.contains("nothing was changed"), "{}", refused.text);
    let id = refused.text.split("find it: ").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    assert!(program.log().contains(id), "{id}");
    let health = program.healthcheck();
    let told = String::from_utf8(health.stdout).unwrap();
    assert!(health.status.success() && told.contains("changes are refused: the disk is full"), "{told}");
    assert!(told.contains("64 MiB"), "{told}");

    // Not one byte is left.
    disk.fill_but(0);
    assert_eq!((sign_in(&program).status.as_u16(), reads(&program)), (507, 200));
    disk.clear();
    assert_eq!((sign_in(&program).status.as_u16(), reads(&program)), (303, 200));

    // However it ended, it starts on a full disk as well: pages are shown, and the jobs begin once there is room.
    for end in [Program::stop, Program::kill] {
        disk.fill_but(0);
        end(&mut program);
        disk.fill_but(0);
        program.start();
        assert_eq!((sign_in(&program).status.as_u16(), reads(&program)), (507, 200));
        let said = || program.log().matches("the jobs have begun").count();
        let before = said();
        disk.clear();
        assert_eq!((sign_in(&program).status.as_u16(), reads(&program)), (303, 200));
        eventually("the jobs begin", || (said() > before).then_some(()));
    }

    program.stop();
    program.assert_sound();
}

#[tokio::test]
async fn on_a_disk_that_can_only_be_read_it_says_so_and_does_not_start() {
    let (mut program, ()) = Program::founded(async |_| ()).await;
    let Some(disk) = SmallDisk::under(&mut program) else {
        eprintln!("NOT RUN: no mount namespace can be had here");
        return;
    };
    program.start();
    program.stop();
    let kept = std::fs::read(disk.data.join("fiddlehead.redb")).unwrap();
    disk.remount("ro");
    program.launch();
    let words = eventually("it ends", || program.ended());
    assert!(words.contains("can be read only"), "{words}");
    assert!(kept == std::fs::read(disk.data.join("fiddlehead.redb")).unwrap());
    disk.remount("rw");
    program.start();
    assert_eq!((sign_in(&program).status.as_u16(), reads(&program)), (303, 200));
    program.stop();
    program.assert_sound();
}

#[tokio::test]
async fn what_was_erased_is_written_over_while_the_program_runs() {
    let founded = Program::founded(async |house| {
        let (her, _) = house.bought("Quendolin Ashgrove", &house.six).await;
        house.settle().await;
        erase::erase(&house.app, Actor::Practitioner(house.ines), her).unwrap();
    });
    let (mut program, ()) = founded.await;
    let file = program.data_file();
    let holds = || {
        let bytes = std::fs::read(&file).unwrap();
        ["Quendolin", "Ashgrove"]
            .iter()
            .any(|word| bytes.windows(word.len()).any(|some| some == word.as_bytes()))
    };
    assert!(holds(), "or there would be nothing to look for");
    // Not where that could fill the disk.
    if let Some(disk) = SmallDisk::under(&mut program) {
        program.start();
        eventually("it waits", || program.log().contains("the disk has too little room").then_some(()));
        program.stop();
        drop(disk);
        program.leave();
    }
    program.start();
    eventually("what was erased is written over", || (!holds()).then_some(()));
    assert_eq!(reads(&program), 200);
    program.stop();
    program.assert_sound();
}
