//! What somebody meets who is no system administrator: a data file that is gone, a key of another practice, files that may not be read.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::process::Output;

use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use crate::support::process::{Program, eventually, mail_section};
use crate::support::smtp_peer::Address;

fn words(told: &Output) -> (Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (told.status.code(), text(&told.stdout) + &text(&told.stderr))
}

fn doctor(program: &Program) -> String {
    words(&program.verb(&["doctor", "--offline"], "")).1
}

#[tokio::test]
async fn where_the_data_file_is_lost_no_new_practice_begins_and_the_way_back_is_named() {
    let (mut program, ()) = Program::founded(async |_| ()).await;
    program.start();
    program.stop();
    let snapshots = program.data().join("snapshots");
    std::fs::create_dir_all(&snapshots).unwrap();
    let newest = snapshots.join("fiddlehead-20261125T100000Z.redb");
    std::fs::copy(program.data_file(), &newest).unwrap();
    std::fs::copy(program.data_file(), snapshots.join("fiddlehead-20261125T090000Z.redb")).unwrap();
    std::fs::remove_file(program.data_file()).unwrap();
    let way = format!("fiddlehead rollback --data {} --to {}", program.data().display(), newest.display());

    program.launch();
    let said = eventually("it ends", || program.ended());
    assert!(said.contains(&way) && !program.data_file().exists(), "{said}");
    let told = doctor(&program);
    assert!(told.contains("WRONG  file") && told.contains(&way), "{told}");

    let listed = words(&program.roll_back(&["--list"])).1;
    assert_eq!(listed.matches("fiddlehead-20261125T").count(), 2, "{listed}");
    let (code, told) = words(&program.roll_back(&["--to", newest.to_str().unwrap()]));
    assert!(code == Some(0) && !told.contains("Install that one"), "{told}");
    program.start();
    program.stop();
    program.assert_sound();
}

#[tokio::test]
async fn a_key_that_is_not_theirs_is_found_before_the_start() {
    let (mut program, ()) = Program::founded(async |_| ()).await;
    program.start();
    program.stop();
    assert!(doctor(&program).contains("ok     key"), "{}", doctor(&program));
    let (code, told) = words(&program.check_of(&program.data()));
    assert!(code == Some(0) && told.contains("is the one that it is sealed with"), "{told}");
    std::fs::write(program.data().join("instance.key"), [7; 32]).unwrap();
    assert!(doctor(&program).contains("WRONG  key"), "{}", doctor(&program));
    let (code, told) = words(&program.check_of(&program.data()));
    assert!(code == Some(1) && told.contains("is not the key that these data are sealed with"), "{told}");
    std::fs::remove_file(program.data().join("instance.key")).unwrap();
    let (code, told) = words(&program.check_of(&program.data()));
    assert!(code == Some(0) && told.contains("was not looked at"), "{told}");
}

#[tokio::test]
async fn what_is_damaged_absent_or_open_to_all_is_told_apart_with_what_to_do() {
    let (program, ()) = Program::founded(async |_| ()).await;
    let address = Address::new(20_025);
    program.configure(&mail_section(&address));
    std::fs::set_permissions(program.settings(), Permissions::from_mode(0o644)).unwrap();
    for told in [doctor(&program), words(&program.verb(&["check-config"], "")).1] {
        assert!(told.contains("chmod 640") && told.contains("mail.password"), "{told}");
    }
    std::fs::set_permissions(program.settings(), Permissions::from_mode(0o640)).unwrap();
    assert!(!doctor(&program).contains("chmod 640"));

    let whole = std::fs::read(program.data_file()).unwrap();
    for damaged in [&b"not a data file"[..], &whole[..whole.len() / 2], &vec![7; 9000]] {
        std::fs::write(program.data_file(), damaged).unwrap();
        for told in [doctor(&program), words(&program.check_of(&program.data())).1] {
            let says = told.contains("is damaged") && told.contains("rollback --list");
            assert!(says && told.contains("fiddlehead.redb"), "{} bytes: {told}", damaged.len());
        }
    }
    std::fs::remove_file(program.data_file()).unwrap();
    let told = words(&program.check_of(&program.data())).1;
    assert!(told.contains("there is no data file here"), "{told}");
    assert!(doctor(&program).contains("no practice is kept here yet"));
}

#[tokio::test]
async fn a_certificate_that_browsers_refuse_or_that_fits_no_key_is_told_of_before_the_start_and_at_it() {
    let (mut program, ()) = Program::founded(async |_| ()).await;
    let file = |name: &str| program.data().join(name);
    let (chain, key) = (file("chain.pem"), file("key.pem"));
    let own = KeyPair::generate().unwrap();
    let write = |year: i32, key_pem: &str| {
        let mut asked = CertificateParams::new(["book.example".to_owned()]).unwrap();
        asked.not_after = date_time_ymd(year, 1, 1);
        std::fs::write(&chain, asked.self_signed(&own).unwrap().pem()).unwrap();
        std::fs::write(&key, key_pem).unwrap();
    };
    let section = format!("[tls]\nmode = \"files\"\ncertificate = {chain:?}\nkey = {key:?}\n");
    program.configure_at("https://book.example", &section);
    let check = || words(&program.verb(&["check-config"], ""));
    for (pem, why) in [
        (KeyPair::generate().unwrap().serialize_pem(), "belongs to another certificate"),
        ("junk".to_owned(), "no private key in PEM without a password"),
    ] {
        write(2400, &pem);
        let (code, told) = check();
        assert!(code == Some(1) && told.contains(why), "{told}");
    }
    write(2400, &own.serialize_pem());
    let (code, told) = check();
    assert!(code == Some(0) && !told.contains("browsers refuse it"), "{told}");
    write(2020, &own.serialize_pem());
    let (code, told) = check();
    assert!(code == Some(0) && told.contains("browsers refuse it"), "{told}");
    program.launch();
    eventually("it says so", || program.log().contains("browsers refuse it").then_some(()));
    eventually("it serves", || program.log().contains("serving").then_some(()));
    let before = program.log().matches("browsers refuse it").count();
    program.signal("HUP");
    eventually("again", || (program.log().matches("browsers refuse it").count() > before).then_some(()));
    program.stop();
}
