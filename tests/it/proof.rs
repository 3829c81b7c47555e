//! Proving anew who sits at an open desk: what was typed goes on, a wrong answer changes nothing, and guessing is bounded.

use axum::http::StatusCode;
use fiddlehead::actions::people::practitioner::{Account, save};
use fiddlehead::domain::people::practitioner::Role;
use fiddlehead::domain::time::{hours, minutes};
use fiddlehead::store;

use crate::support::{House, PASSWORD};

fn role(house: &House) -> Role {
    let read = house.app.store.read().unwrap();
    store::people::practitioner::find(&read, house.hana).unwrap().unwrap().role
}

#[tokio::test]
async fn a_form_that_was_held_goes_on_with_what_was_typed() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let path = format!("/desk/people/{}/role", house.hana);
    house.live(minutes(15)).await;
    let asked = ines.post(&path, &[("role", "owner"), ("said", "<\"&> twice"), ("said", "é")]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert!(asked.text.contains(&format!("action=\"{path}\"")) && asked.field("role") == "owner");
    assert!(
        asked.text.matches("name=\"said\"").count() == 2 && asked.text.contains("&lt;&quot;&amp;&gt; twice")
    );
    let wrong = ines.post(&path, &[("role", "owner"), ("proof", "a guess at it")]).await;
    assert!(wrong.status == 422 && wrong.field("role") == "owner", "{}", wrong.text);
    assert!(!wrong.text.contains("a guess at it") && role(&house) == Role::Practitioner);
    let done = ines.post(&path, &[("role", "owner"), ("proof", PASSWORD)]).await;
    assert!(done.location().ends_with("?done=saved"), "{}", done.text);
    assert_eq!(role(&house), Role::Owner);
    // And is not asked again for a while.
    assert!(ines.post(&path, &[("role", "practitioner")]).await.location().ends_with("?done=saved"));
    house.live(minutes(15)).await;
    assert_eq!(ines.post(&path, &[("role", "owner")]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_page_sends_her_to_prove_it_and_she_comes_back() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    house.live(hours(1)).await;
    let away = ines.get("/desk/backups/kit").await;
    assert_eq!(away.location(), "/desk/proof?next=/desk/backups/kit");
    let page = ines.get(away.location()).await;
    assert_eq!(page.field("next"), "/desk/backups/kit");
    let wrong = ines.post("/desk/proof", &[("next", "/desk/backups/kit"), ("proof", "no")]).await;
    assert!(wrong.status == 422 && wrong.field("next") == "/desk/backups/kit", "{}", wrong.text);
    let on = ines.post("/desk/proof", &[("next", "/desk/backups/kit"), ("proof", PASSWORD)]).await;
    assert_eq!(on.location(), "/desk/backups/kit");
    assert_eq!(ines.get("/desk/backups/kit").await.status, StatusCode::OK);
    // It leads to the desk and nowhere else.
    for elsewhere in ["https://evil.example", "//evil.example", "/me", "/desk-of-others"] {
        assert_eq!(ines.post("/desk/proof", &[("next", elsewhere)]).await.location(), "/desk", "{elsewhere}");
    }
}

#[tokio::test]
async fn a_proof_is_of_one_browser_and_guessing_it_is_bounded() {
    let house = House::new().await;
    let (mut here, mut there) = (house.practitioner(house.ines), house.practitioner(house.ines));
    house.live(hours(1)).await;
    here.post("/desk/proof", &[("proof", PASSWORD)]).await;
    assert_eq!(there.get("/desk/export/file").await.status, StatusCode::SEE_OTHER, "hers elsewhere is stale");
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        last = there.post("/desk/people", &[("proof", "a guess")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    house.live(minutes(20)).await;
    assert_eq!(there.post("/desk/proof", &[("proof", PASSWORD)]).await.location(), "/desk", "not for good");
}

#[tokio::test]
async fn the_old_password_is_not_guessed_for_long_at_an_open_desk() {
    let house = House::new().await;
    for path in ["/desk/settings/password", "/desk/account"] {
        let mut there = house.practitioner(house.ines);
        let mut last = StatusCode::OK;
        for _ in 0..12 {
            last = there.post(path, &[("old", "a guess"), ("new", "two herons and a wren")]).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "{path}");
        house.live(hours(1)).await;
    }
    let mut here = house.practitioner(house.ines);
    let form = [("old", PASSWORD), ("new", "two herons and a wren")];
    let done = here.post("/desk/settings/password", &form).await;
    assert_eq!(done.location(), "/desk/settings?done=password", "{}", done.text);
}

#[tokio::test]
async fn who_has_no_password_signs_in_again_by_a_link() {
    let house = House::new().await;
    let mara = house.front_desk("Mara Lund");
    let mut she = house.practitioner(mara);
    house.live(hours(1)).await;
    let page = she.post("/desk/security/begin", &[]).await;
    assert!(page.status == 403 && page.text.contains("Send me a link"), "{}", page.text);
    for guess in ["", "x"] {
        assert_eq!(she.post("/desk/security/begin", &[("proof", guess)]).await.status, 422);
    }
    // Nor can somebody at her open desk choose a password, and prove it by that.
    let chosen = she.post("/desk/account", &[("new", "two herons and a wren")]).await;
    assert!(chosen.status == 422 && chosen.text.contains("sign in again by a link"), "{}", chosen.text);
    let who = fiddlehead::domain::people::login::Person::Practitioner(mara);
    let link = fiddlehead::actions::people::login::hand_over(&house.app, house.ines, who).unwrap().token;
    she.post(&format!("/sign-in/link/{link}"), &[]).await;
    assert_eq!(she.post("/desk/security/begin", &[]).await.location(), "/desk/security");
}

#[tokio::test]
async fn the_address_before_is_told_of_another_one_whatever_stands_in_it() {
    let house = House::new().await;
    let to = |email: &str| Account {
        name: "Ines Varga".parse().unwrap(),
        email: email.parse().unwrap(),
        slug: "ines".parse().unwrap(),
        zone: "Europe/Berlin".parse().unwrap(),
    };
    save(&house.app, house.ines, to("ines/desk@quietfield.example")).unwrap();
    house.live(minutes(1)).await;
    save(&house.app, house.ines, to("thief@example.org")).unwrap();
    house.settle().await;
    let letters = house.mailbox.letters();
    let told = letters.iter().filter(|one| one.letter.subject.as_str() == "You sign in with another address");
    let told: Vec<String> = told.map(|one| one.letter.to.1.to_string()).collect();
    assert_eq!(told, ["ines/desk@quietfield.example", "ines@quietfield.example"]);
}

#[tokio::test]
async fn another_address_or_password_at_a_step_of_setting_up_asks_for_a_proof_and_is_told_of() {
    let house = House::new().await;
    let (mut ines, mut there) = (house.practitioner(house.ines), house.practitioner(house.ines));
    house.live(hours(1)).await;
    assert_eq!(ines.get("/setup/1").await.location(), "/desk/proof?next=/setup/1");
    let accent = fiddlehead::domain::catalog::brand::Accent::FERN.to_string();
    let form = [
        ("practice", "Quiet Field"),
        ("name", "Ines Varga"),
        ("email", "thief@example.org"),
        ("tagline", ""),
        ("tz", "Europe/Berlin"),
        ("accent", &accent),
        ("password", "two herons and a wren"),
    ];
    let asked = ines.post("/setup/1", &form).await;
    assert!(asked.status == 403 && asked.field("email") == "thief@example.org", "{}", asked.text);
    let page = ines.post("/desk/proof", &[("proof", PASSWORD), ("next", "/setup/1")]).await;
    assert_eq!(page.location(), "/setup/1");
    let done = ines.post("/setup/1", &form).await;
    assert_eq!(done.location(), "/setup/2", "{}", done.text);
    house.settle().await;
    let letters = house.mailbox.letters();
    let told: Vec<(String, String)> =
        letters.iter().map(|one| (one.letter.subject.to_string(), one.letter.to.1.to_string())).collect();
    let before = ("You sign in with another address".to_owned(), "ines@quietfield.example".to_owned());
    assert!(told.contains(&before), "the one before is told: {told:?}");
    assert!(told.iter().any(|(subject, _)| subject == "Your password was changed"), "{told:?}");
    // Her other browsers are out, this one is not.
    assert_eq!(ines.get("/desk").await.status, StatusCode::OK);
    assert!(there.get("/desk").await.location().starts_with("/desk/sign-in"));
    house.assert_sound();
}
