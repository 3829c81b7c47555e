//! A mail on a new browser: once, and never for one that is known, whichever way she came in.

use axum::http::StatusCode;
use fiddlehead::actions::people::login as action;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::hours;

use crate::support::{House, PASSWORD, Visitor};

const INES: &str = "ines@quietfield.example";

async fn sign_in(visitor: &mut Visitor<'_>) {
    let answer = visitor.post("/desk/sign-in", &[("email", INES), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
}

async fn told(house: &House) -> Vec<String> {
    house.settle().await;
    let of =
        |(subject, text): (String, String)| (subject == "A new browser signed in as you").then_some(text);
    house.mailed().into_iter().filter_map(of).collect()
}

fn forget_login(visitor: &mut Visitor<'_>) {
    visitor.cookies.retain(|(name, _)| name == "fiddlehead-known");
}

#[tokio::test]
async fn a_member_is_told_of_a_new_browser_once_and_of_every_other_one() {
    let house = House::new().await;
    house.live(hours(2)).await;
    let mut laptop = house.visitor();
    laptop.agent = Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    sign_in(&mut laptop).await;
    let mails = told(&house).await;
    assert_eq!(mails.len(), 1);
    for word in [
        "Firefox on Linux",
        "Tuesday 14 April",
        "http://book.example/desk/security",
        "choose another password",
    ] {
        assert!(mails[0].contains(word), "{word}: {}", mails[0]);
    }
    // The same browser is known, for months.
    for days in [1, 30, 300] {
        house.hands.set(house.now() + hours(24 * days));
        forget_login(&mut laptop);
        sign_in(&mut laptop).await;
        assert_eq!(told(&house).await.len(), 1, "after {days} days");
    }
    let mut phone = house.visitor();
    sign_in(&mut phone).await;
    assert_eq!(told(&house).await.len(), 2);
    // Known of one member, it is new of another: they may share it.
    forget_login(&mut phone);
    phone.post("/desk/sign-in", &[("email", "hana@quietfield.example"), ("password", PASSWORD)]).await;
    assert_eq!(told(&house).await.len(), 3);
    house.assert_sound();
}

#[tokio::test]
async fn a_link_is_told_of_as_well_and_the_cookie_signs_nobody_in() {
    let house = House::new().await;
    house.live(hours(2)).await;
    let link = action::hand_over(&house.app, house.ines, Person::Practitioner(house.ines)).unwrap().token;
    let mut visitor = house.visitor();
    visitor.post(&format!("/sign-in/link/{link}"), &[]).await;
    assert_eq!(told(&house).await.len(), 1);
    let known = visitor.cookies.iter().find(|(name, _)| name == "fiddlehead-known").unwrap().1.clone();
    let mut thief = house.visitor();
    thief.cookies = vec![("fiddlehead-desk".to_owned(), known.clone()), ("fiddlehead".to_owned(), known)];
    assert!(thief.get("/desk").await.location().starts_with("/desk/sign-in"));
    // A made-up cookie makes no browser a known one.
    let mut liar = house.visitor();
    liar.cookies = vec![("fiddlehead-known".to_owned(), "abcdefghijklmnopqrstuvwxyz234567".to_owned())];
    sign_in(&mut liar).await;
    assert_eq!(told(&house).await.len(), 2);
}

#[tokio::test]
async fn a_changed_password_and_a_changed_factor_are_told_of() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/settings/password", &[("old", PASSWORD), ("new", "two herons and a wren")]).await;
    house.settle().await;
    let subjects: Vec<String> = house.mailed().into_iter().map(|(subject, _)| subject).collect();
    assert_eq!(subjects, ["Your password was changed"]);
}
