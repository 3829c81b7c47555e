//! `fiddlehead password`: who has the machine helps a member in again, and she hears of it.

use std::process::Output;

use fiddlehead::actions::people::second;
use fiddlehead::domain::id::PractitionerId;
use fiddlehead::domain::messages::message::Kind;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::people::second::Standing;
use fiddlehead::platform::totp;
use fiddlehead::store::{messages, people};

use crate::support::PASSWORD;
use crate::support::process::Program;

const INES: &str = "ines@quietfield.example";
const NEW: &str = "a wren in the hedge";

fn words(told: &Output) -> (Option<i32>, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (told.status.code(), text(&told.stdout) + &text(&told.stderr))
}

/// A practice whose owner is signed in somewhere.
async fn lost() -> (Program, PractitionerId) {
    Program::founded(async |house| {
        fiddlehead::actions::people::login::sign_in(&house.app, Person::Practitioner(house.ines)).unwrap();
        house.ines
    })
    .await
}

/// Where signing in by that password leads.
fn knocks(program: &Program, password: &str) -> String {
    let form = [("email", INES), ("password", password)];
    program.ask("POST", "/desk/sign-in", "192.0.2.1", &form).unwrap().location().to_owned()
}

/// How many times she was told, and whether she has a password.
fn kept(program: &Program, ines: PractitionerId) -> (usize, bool) {
    program.look(|store| {
        let read = store.read().unwrap();
        let told = messages::message::to(&read, Person::Practitioner(ines)).unwrap();
        let member = people::practitioner::find(&read, ines).unwrap().unwrap();
        (told.iter().filter(|one| one.kind == Kind::PasswordChanged).count(), member.password.is_some())
    })
}

#[tokio::test]
async fn a_new_password_is_read_and_the_old_one_ends_with_every_login() {
    let (mut program, ines) = lost().await;
    let (code, told) = words(&program.verb(&["password", INES, "--stdin"], &format!("{NEW}\n")));
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("(1 logins and links)") && !told.contains(NEW), "{told}");
    assert_eq!(kept(&program, ines), (1, true));
    program.start();
    assert_eq!(knocks(&program, PASSWORD), "");
    assert_eq!(knocks(&program, NEW), "/desk");
    // While it runs the file is held, and that is said before anything is typed.
    let (code, told) = words(&program.verb(&["password", INES, "--stdin"], "another good one\n"));
    assert!(code == Some(1) && told.contains("in use by another fiddlehead: stop that one first"), "{told}");
    program.stop();
    program.assert_sound();
}

#[tokio::test]
async fn a_link_takes_the_place_of_a_password_and_works_once() {
    let (mut program, ines) = lost().await;
    let (code, told) = words(&program.verb(&["password", INES, "--link"], ""));
    assert_eq!(code, Some(0), "{told}");
    assert_eq!(kept(&program, ines), (1, false));
    let path = told.lines().find_map(|line| line.strip_prefix(&program.base_url())).unwrap().to_owned();
    program.start();
    assert_eq!(knocks(&program, PASSWORD), "");
    let opened = |from| program.ask("POST", &path, from, &[]).unwrap();
    assert_eq!(opened("192.0.2.1").location(), "/desk");
    assert_eq!(opened("192.0.2.1").status, 410);
    program.stop();
}

#[tokio::test]
async fn a_lost_second_factor_is_taken_away_at_the_console() {
    let (mut program, _) = Program::founded(async |house| {
        second::begin(&house.app, house.ines).unwrap();
        let member = people::practitioner::find(&house.app.store.read().unwrap(), house.ines);
        let standing = second::standing(&house.app, &member.unwrap().unwrap(), "Quiet Field").unwrap();
        let Standing::Pending(pending) = standing else { panic!("{standing:?}") };
        let secret = data_encoding::BASE32_NOPAD.decode(pending.secret.as_bytes()).unwrap();
        let code = totp::code_at(&secret, house.now().as_second());
        second::confirm(&house.app, house.ines, &code).unwrap();
    })
    .await;
    // Another password alone leaves it in force.
    program.verb(&["password", INES, "--stdin"], &format!("{NEW}\n"));
    program.start();
    assert_eq!(knocks(&program, NEW), "/desk/sign-in/second?next=/desk");
    program.stop();
    let without = ["password", INES, "--stdin", "--without-second-factor"];
    let (code, told) = words(&program.verb(&without, &format!("{NEW}\n")));
    assert!(code == Some(0) && told.contains("no second factor any more"), "{told}");
    program.start();
    assert_eq!(knocks(&program, NEW), "/desk");
    program.stop();
    program.assert_sound();
}

#[tokio::test]
async fn what_cannot_be_is_said_and_changes_nothing() {
    let (program, ines) = lost().await;
    for (email, way, typed, why) in [
        ("ines", "--link", "", "is no e-mail address"),
        ("nobody@quietfield.example", "--link", "", "nobody of the practice signs in"),
        (INES, "--stdin", "short\n", "at least 10 characters"),
        (INES, "--stdin", "password123\n", "guessed first"),
        (INES, "--stdin", "", "too short"),
    ] {
        let (code, told) = words(&program.verb(&["password", email, way], typed));
        assert!(code == Some(1) && told.contains(why), "{email}: {told}");
    }
    assert_eq!(kept(&program, ines), (0, true));
}

#[tokio::test]
async fn a_password_that_is_typed_is_not_shown_and_two_that_differ_change_nothing() {
    let (mut program, ines) = lost().await;
    let at_a_terminal = |lines: &[&str]| program.typed_at_a_terminal(&["password", INES], lines);
    let Some((code, screen)) = at_a_terminal(&[NEW, "a wren in the hedges"]) else { return };
    assert_eq!(code, Some(1), "{screen}");
    assert!(screen.contains("The two are not the same. Nothing was changed"), "{screen}");
    assert_eq!(kept(&program, ines).0, 0);
    let (code, screen) = at_a_terminal(&[NEW, NEW]).unwrap();
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("New password: ") && screen.contains("Once more: "), "{screen}");
    assert!(!screen.contains("wren"), "{screen}");
    assert_eq!(kept(&program, ines), (1, true));
    program.start();
    assert_eq!(knocks(&program, NEW), "/desk");
    program.stop();
}
