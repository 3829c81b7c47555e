//! The first run: the wizard in a browser, and `setup --from` without one.

use std::path::Path;

use axum::http::StatusCode;
use fiddlehead::actions::catalog::setup as wizard;
use fiddlehead::actions::keeping::backup::{kit, kit_in_force};
use fiddlehead::cli::setup::{apply, plan};
use fiddlehead::store;

use crate::support::{House, PASSWORD, Visitor};

const EXAMPLE: &str = include_str!("../../packaging/practice.example.toml");

const FIRST: [(&str, &str); 7] = [
    ("practice", "Quiet Field"),
    ("name", "Ines Varga"),
    ("email", "ines@quietfield.example"),
    ("tagline", "Together we widen it again."),
    ("password", PASSWORD),
    ("tz", "America/New_York"),
    ("accent", "#a2452f"),
];

async fn with_code(house: &House) -> Visitor<'_> {
    let mut visitor = house.visitor();
    let answer = visitor.post("/setup", &[("code", &wizard::code(&house.app).to_lowercase())]).await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/setup/1"));
    visitor
}

#[tokio::test]
async fn a_fresh_owner_goes_from_the_code_to_a_published_package_in_six_clicks() {
    let house = House::bare();
    let mut ines = with_code(&house).await;
    let mut clicks = 1;
    let answer = ines.get("/setup/1").await;
    assert!(answer.text.contains("make you a front door") && answer.text.contains("Step 1 of 4"));
    let answer = ines.post("/setup/1", &FIRST).await;
    clicks += 1;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, "/setup/2"), "{}", answer.text);
    let answer = ines.get("/setup/2").await;
    let id = answer.field("id");
    let package = [
        ("id", id.as_str()),
        ("name", "6-Session Program"),
        ("sessions", "6"),
        ("length", "50"),
        ("days", "90"),
        ("price", "540"),
        ("currency", "EUR"),
        ("format", "video"),
    ];
    let answer = ines.post("/setup/2", &package).await;
    clicks += 1;
    assert_eq!(answer.location(), "/setup/3", "{}", answer.text);
    // Published: anybody can see it now, in the currency that was chosen.
    let answer = house.visitor().get("/ines-varga/6-session-program").await;
    assert!(answer.status == StatusCode::OK && answer.text.contains("€540"), "{}", answer.text);
    let hours = [("open", "tuesday"), ("tuesday-from", "09:00"), ("tuesday-until", "23:59")];
    assert_eq!(ines.post("/setup/3", &hours).await.location(), "/setup/4");
    clicks += 1;
    let last = ines.get("/setup/4").await;
    assert!(last.text.contains("http://book.example/ines-varga") && last.text.contains("You’re ready."));
    assert_eq!(ines.post("/setup/4", &[("at-practice", "yes")]).await.location(), "/desk?done=ready");
    clicks += 1;
    let desk = ines.get("/desk?done=ready").await;
    assert!(
        desk.text.contains("Your storefront is open. Nothing booked yet.")
            && desk.text.contains("Your practice is set up.")
    );
    assert!(clicks <= 6, "{clicks} clicks");
    let read = house.app.store.read().unwrap();
    let whose = store::people::practitioner::all(&read).unwrap()[0].id;
    let kept = store::calendar::availability::of(&read, whose).unwrap().unwrap();
    assert_eq!(kept.hours().on(jiff::civil::Weekday::Tuesday)[0].to_string(), "09:00-24:00");
    house.assert_sound();
}

#[tokio::test]
async fn where_data_are_kept_the_owner_ends_with_the_recovery_kit_confirmed_from_paper() {
    let house = House::bare();
    let folder = tempfile::tempdir().unwrap();
    house.app.backups.keep_beside(folder.path());
    let in_force = || kit_in_force(&house.app).unwrap();
    let mut ines = founder(&house).await;
    assert!(ines.get("/setup/4").await.text.contains("Step 4 of 5"));
    assert_eq!(ines.post("/setup/4", &[("at-practice", "yes")]).await.location(), "/setup/5");
    let page = ines.get("/setup/5").await;
    let key = page.field("key");
    assert!(key.starts_with("AGE-SECRET-KEY-1") && page.text.contains("about a minute left"));
    let wrong = ines.post("/setup/5", &[("key", key.as_str()), ("ending", "QQQQQQ")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("look at the paper again") && wrong.field("key") == key, "the same paper");
    // Too little to have been read, or no key of ours.
    for (key, ending) in [(key.as_str(), &key[key.len() - 3..]), ("AGE-SECRET-KEY-1", "KEY-1 ")] {
        assert_ne!(
            ines.post("/setup/5", &[("key", key), ("ending", ending)]).await.status,
            StatusCode::SEE_OTHER
        );
    }
    assert!(in_force().is_none());
    assert!(ines.get("/desk").await.text.contains("Nothing is backed up elsewhere yet."));
    // As it stands on the paper, in groups, and as a hand types it.
    let ending = key[key.len() - 6..].to_lowercase();
    let typed = format!(" {} {}", &ending[..2], &ending[2..]);
    let done = ines.post("/setup/5", &[("key", key.as_str()), ("ending", &typed)]).await;
    assert_eq!(done.location(), "/desk?done=ready");
    assert_eq!(in_force().unwrap().recipient, kit::read(&key).unwrap().recipient);
    let today = ines.get("/desk").await.text;
    assert!(today.contains("Nothing is backed up elsewhere yet.") && today.contains(">Choose a place<"));
    // Coming back makes no other key in silence.
    assert_eq!(ines.get("/setup/5").await.location(), "/desk/backups");
}

#[tokio::test]
async fn the_wizard_wants_its_code_and_keeps_what_was_typed() {
    let house = House::bare();
    let mut stranger = house.visitor();
    for step in 1..=5 {
        assert_eq!(stranger.get(&format!("/setup/{step}")).await.location(), "/setup");
        assert_eq!(stranger.post(&format!("/setup/{step}"), &FIRST).await.location(), "/setup");
    }
    let answer = stranger.post("/setup", &[("code", "AAAA-AAAA")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.text.contains("That is not the code.") && answer.text.contains("AAAA-AAAA"));

    // Nor is it guessed where nobody counts: a cookie holds something longer.
    let mut guesser = house.visitor();
    guesser.cookies.push(("fiddlehead-setup".to_owned(), wizard::code(&house.app)));
    assert_eq!(guesser.get("/setup/1").await.location(), "/setup");

    let mut ines = with_code(&house).await;
    assert_eq!(ines.get("/setup/2").await.location(), "/setup/1", "there is nobody yet to have a package");
    let weak: Vec<_> =
        FIRST.iter().map(|&(name, value)| (name, if name == "password" { "short" } else { value })).collect();
    let answer = ines.post("/setup/1", &weak).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        (answer.field("practice").as_str(), answer.field("email").as_str()),
        ("Quiet Field", "ines@quietfield.example")
    );
    assert!(
        answer.text.contains("at least 10 characters") && !answer.text.contains("short\""),
        "the password is not shown again"
    );
    assert_eq!(ines.post("/setup/1", &FIRST).await.location(), "/setup/2");
}

/// A visitor who has the code and has taken the first step.
async fn founder(house: &House) -> Visitor<'_> {
    let mut ines = with_code(house).await;
    assert_eq!(ines.post("/setup/1", &FIRST).await.location(), "/setup/2");
    ines
}

#[tokio::test]
async fn the_wizard_closes_after_the_first_owner_who_can_go_back() {
    let house = House::bare();
    let mut ines = founder(&house).await;
    // Closed to all others, with the code or without.
    let mut late = house.visitor();
    assert_eq!(late.get("/setup").await.location(), "/desk");
    assert_eq!(late.post("/setup", &[("code", &wizard::code(&house.app))]).await.location(), "/desk");
    late.cookies.push(("fiddlehead-setup".to_owned(), wizard::pass(&house.app)));
    assert!(late.post("/setup/1", &FIRST).await.location().starts_with("/desk/sign-in"));
    assert_eq!(store::people::practitioner::all(&house.app.store.read().unwrap()).unwrap().len(), 1);

    // The owner can go back: the step shows what is kept, and an empty password keeps hers.
    let back = ines.get("/setup/1").await;
    assert_eq!(back.field("tagline"), "Together we widen it again.");
    let again: Vec<_> = FIRST
        .iter()
        .map(|&(name, value)| {
            (
                name,
                if name == "password" {
                    ""
                } else if name == "practice" {
                    "Loud Field"
                } else {
                    value
                },
            )
        })
        .collect();
    assert_eq!(ines.post("/setup/1", &again).await.location(), "/setup/2");
    assert!(ines.get("/desk").await.text.contains("Loud Field"));
    let sign_in = [("email", "ines@quietfield.example"), ("password", PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &sign_in).await.location(), "/desk");
}

#[tokio::test]
async fn a_step_of_the_wizard_sent_twice_makes_one_package() {
    let house = House::bare();
    let mut ines = founder(&house).await;
    let id = ines.get("/setup/2").await.field("id");
    let package = [
        ("id", id.as_str()),
        ("name", "Six"),
        ("sessions", "6"),
        ("length", "50"),
        ("days", "90"),
        ("price", "540"),
        ("currency", "USD"),
        ("format", "phone"),
    ];
    for _ in 0..2 {
        assert_eq!(ines.post("/setup/2", &package).await.location(), "/setup/3");
    }
    let wrong: Vec<_> =
        package.iter().map(|&(name, value)| (name, if name == "price" { "a lot" } else { value })).collect();
    let answer = ines.post("/setup/2", &wrong).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.field("price") == "a lot");
    let read = house.app.store.read().unwrap();
    let whose = store::people::practitioner::all(&read).unwrap()[0].id;
    assert_eq!(store::catalog::package::of(&read, whose).unwrap().len(), 1);
    let none = ines.post("/setup/3", &[("monday-from", "09:00")]).await;
    assert!(none.status == StatusCode::UNPROCESSABLE_ENTITY && none.text.contains("Tick at least one day"));
}

#[tokio::test]
async fn the_example_file_sets_a_practice_up_and_a_second_run_changes_nothing() {
    let house = House::bare();
    let first = apply(&house.app, plan::read(EXAMPLE, Path::new("packaging")).unwrap()).await.unwrap();
    assert_eq!(
        first,
        [
            "practice Quiet Field: made",
            "practitioner Ines Varga (/ines): made",
            "package 6-session-program: made, version 1",
            "package a-single-session: made, version 1",
            "practitioner Hana Okafor (/hana-okafor): made",
            "package eating-for-steadiness: made, version 1",
        ]
    );
    let second = apply(&house.app, plan::read(EXAMPLE, Path::new("packaging")).unwrap()).await.unwrap();
    assert!(second.iter().all(|line| line.ends_with("as before")), "{second:?}");
    // A changed price is a next version, a changed tagline the storefront's.
    let other = EXAMPLE.replace("\"540.00\"", "\"570\"").replace("Together we widen it again", "We widen it");
    let third = apply(&house.app, plan::read(&other, Path::new("packaging")).unwrap()).await.unwrap();
    assert!(third.contains(&"package 6-session-program: changed, version 2".to_owned()), "{third:?}");
    assert!(third.contains(&"practitioner Ines Varga (/ines): changed storefront".to_owned()), "{third:?}");
    let mut ines = house.visitor();
    let fields = [("email", "ines@quietfield.example"), ("password", "change this before you run it")];
    assert_eq!(ines.post("/desk/sign-in", &fields).await.location(), "/desk");
    assert!(house.visitor().get("/ines/6-session-program").await.text.contains("$570"));
    assert_eq!(house.visitor().get("/setup").await.location(), "/desk", "the wizard is closed");
    house.assert_sound();
}

#[test]
fn what_is_wrong_with_a_file_is_told_with_its_line_and_key() {
    let wrong = |from: &str, to: &str| {
        assert!(EXAMPLE.contains(from), "{from}");
        let text = EXAMPLE.replacen(from, to, 1);
        let told = plan::read(&text, Path::new("packaging")).unwrap_err().join("\n");
        let line = text.lines().position(|line| line.contains(to)).map_or(0, |at| at + 1);
        assert!(told.contains(&format!("line {line}")), "{to}: {told} (line {line})");
        told
    };
    for (from, to, key) in [
        ("zone = \"America/New_York\"                    # IANA", "zone = \"Vermont\"", "practice.zone"),
        ("currency = \"USD\"", "currency = \"USB\"", "practice.currency"),
        ("price = \"540.00\"", "price = \"540.001\"", "package.price"),
        ("days = 90", "days = 0", ""),
        ("policy = \"gentle\"", "policy = \"kind\"", "package.policy"),
        ("format = \"phone\"", "format = \"letter\"", "package.format"),
        ("thursday = [\"12:00-20:00\"]", "thursday = [\"20:00-12:00\"]", "hours.thursday"),
        ("step = 30", "step = 1", "hours.step"),
        ("accent = \"madder\"", "accent = \"red\"", "storefront.accent"),
        ("role = \"owner\"", "role = \"boss\"", "practitioner.role"),
        ("password = \"change this before you run it\"", "password = \"short\"", "practitioner.password"),
        ("length = 45", "lenght = 45", "lenght"),
        ("email = \"hana@quietfield.example\"", "email = \"Ines@quietfield.example\"", ""),
    ] {
        if key.is_empty() {
            // Found on the package's or the first address's line: said there.
            let text = EXAMPLE.replacen(from, to, 1);
            assert!(plan::read(&text, Path::new("packaging")).is_err(), "{to}");
        } else {
            assert!(wrong(from, to).contains(key), "{to}");
        }
    }
    let nothing = plan::read("[practice]\nname = \"x\"\n", Path::new(".")).unwrap_err().join("\n");
    assert!(nothing.contains("missing field"), "{nothing}");
}
