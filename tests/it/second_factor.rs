//! The second factor over HTTP: set up with a code, asked for at every way in, recovery codes, and what ends a login.

use axum::http::StatusCode;
use data_encoding::BASE32_NOPAD;
use fiddlehead::actions::people::login as action;
use fiddlehead::domain::id::PractitionerId;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{SignedDuration, hours, minutes};
use fiddlehead::platform::totp;
use fiddlehead::store;

use crate::support::{House, PASSWORD, Visitor};

const STEP: SignedDuration = SignedDuration::from_secs(30);
const INES: &str = "ines@quietfield.example";

/// The app on her phone.
struct Phone(Vec<u8>);

impl Phone {
    /// Reads the key off the page.
    fn reads(page: &str) -> Self {
        let key = page.split("kit-key").nth(1).unwrap().split("</code>").next().unwrap();
        let key = key.split("<span>").skip(1).map(|four| four.split('<').next().unwrap()).collect::<String>();
        Self(BASE32_NOPAD.decode(key.as_bytes()).unwrap())
    }

    fn shows(&self, house: &House) -> String {
        totp::code_at(&self.0, house.now().as_second())
    }

    /// A code that is not near any of now's.
    fn never_shows(&self, house: &House) -> String {
        let near = [-30, 0, 30].map(|by| totp::code_at(&self.0, house.now().as_second() + by));
        ["000000", "111111", "222222", "333333"]
            .into_iter()
            .find(|code| !near.contains(&(*code).to_owned()))
            .unwrap()
            .to_owned()
    }
}

fn recovery_codes(page: &str) -> Vec<String> {
    let list = page.split("class=\"kit-key\"").nth(1).unwrap().split("</ul>").next().unwrap();
    let code =
        |item: &str| item.split("<span>").skip(1).map(|four| four.split('<').next().unwrap()).collect();
    list.split("<li>").skip(1).map(code).collect()
}

/// A member turns it on: her phone, and the recovery codes.
async fn set_up(house: &House, visitor: &mut Visitor<'_>) -> (Phone, Vec<String>) {
    assert_eq!(visitor.post("/desk/security/begin", &[]).await.location(), "/desk/security");
    let phone = Phone::reads(&visitor.get("/desk/security").await.text);
    let page = visitor.post("/desk/security/confirm", &[("code", &phone.shows(house))]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    house.live(STEP).await;
    let codes = recovery_codes(&page.text);
    assert!(codes.len() == 10 && codes.iter().all(|code| code.len() == 16), "{codes:?}");
    (phone, codes)
}

/// The first step, by the password.
async fn first_step<'a>(house: &'a House) -> Visitor<'a> {
    let mut visitor = house.visitor();
    let form = [("email", INES), ("password", PASSWORD), ("next", "/desk/clients")];
    let answer = visitor.post("/desk/sign-in", &form).await;
    assert_eq!(answer.location(), "/desk/sign-in/second?next=/desk/clients", "{}", answer.text);
    visitor
}

async fn is_in(visitor: &mut Visitor<'_>) -> bool {
    visitor.get("/desk").await.status == StatusCode::OK
}

fn factor(house: &House, id: PractitionerId) -> Option<fiddlehead::domain::people::second::SecondFactor> {
    store::people::second::find(&house.app.store.read().unwrap(), id).unwrap()
}

#[tokio::test]
async fn it_counts_only_after_a_code_came_back_and_the_password_was_right() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    house.live(minutes(20)).await;
    let asked = ines.post("/desk/security/begin", &[]).await;
    assert!(asked.status == 403 && asked.text.contains("Your password"), "{}", asked.text);
    let refused = ines.post("/desk/security/begin", &[("proof", "a guess at it")]).await;
    assert!(refused.status == 422 && refused.text.contains("That is not your password"), "{}", refused.text);
    assert!(factor(&house, house.ines).is_none() && !refused.text.contains("a guess at it"));
    ines.post("/desk/security/begin", &[("proof", PASSWORD)]).await;
    let page = ines.get("/desk/security").await;
    let phone = Phone::reads(&page.text);
    assert!(page.text.contains("<svg class=\"qr\""), "{}", page.text);
    let wrong = ines.post("/desk/security/confirm", &[("code", &phone.never_shows(&house))]).await;
    assert!(wrong.status == 422 && wrong.text.contains("id=\"code-e\""), "{}", wrong.text);
    // It is not asked for yet, and can be given up.
    let form = [("email", INES), ("password", PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.location(), "/desk");
    ines.post("/desk/security/confirm", &[("turn", "give-up")]).await;
    assert!(factor(&house, house.ines).is_none());
    let (_, codes) = set_up(&house, &mut ines).await;
    let page = ines.get("/desk/security").await.text;
    assert!(
        page.contains("10 recovery codes are left.") && !page.contains(&codes[0][..4]),
        "shown once: {page}"
    );
    // What is kept has neither the key nor a code in it, and beginning anew does not replace it.
    let kept = factor(&house, house.ines).unwrap();
    ines.post("/desk/security/begin", &[]).await;
    ines.post("/desk/security/confirm", &[("turn", "give-up")]).await;
    assert_eq!(factor(&house, house.ines).unwrap(), kept);
    assert!(!format!("{kept:?}").contains(&format!("{:?}", phone.0).replace(['[', ']'], "")));
    house.assert_sound();
}

#[tokio::test]
async fn signing_in_asks_for_a_code_and_halfway_is_no_login() {
    let house = House::new().await;
    let (phone, _) = set_up(&house, &mut house.practitioner(house.ines)).await;
    let mut visitor = first_step(&house).await;
    assert!(!is_in(&mut visitor).await, "halfway is nobody's login");
    // The same cookie under the name of a login opens nothing either.
    let half = visitor.cookies[0].1.clone();
    let mut thief = house.visitor();
    thief.cookies.push(("fiddlehead-desk".to_owned(), half.clone()));
    assert!(!is_in(&mut thief).await);
    let page = visitor.get("/desk/sign-in/second?next=/desk/clients").await;
    assert!(page.text.contains("And the code") && page.field("next") == "/desk/clients", "{}", page.text);
    let wrong = visitor.post("/desk/sign-in/second", &[("code", &phone.never_shows(&house))]).await;
    assert!(wrong.status == 422 && wrong.text.contains("That code does not fit"), "{}", wrong.text);
    let code = phone.shows(&house);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let form = [("code", spaced.as_str()), ("next", "/desk/clients")];
    assert_eq!(visitor.post("/desk/sign-in/second", &form).await.location(), "/desk/clients");
    assert!(is_in(&mut visitor).await && visitor.cookies.len() == 2, "{:?}", visitor.cookies);
    // A code is used once, by whomever, and so is the first step.
    let mut again = first_step(&house).await;
    assert_eq!(again.post("/desk/sign-in/second", &[("code", &code)]).await.status, 422);
    thief.cookies = vec![("fiddlehead-half".to_owned(), half)];
    house.live(STEP).await;
    let answer = thief.post("/desk/sign-in/second", &[("code", &phone.shows(&house))]).await;
    assert!(answer.location().starts_with("/desk/sign-in?"), "{}", answer.text);
    assert_eq!(
        again.post("/desk/sign-in/second", &[("code", &phone.shows(&house))]).await.location(),
        "/desk"
    );
}

#[tokio::test]
async fn a_link_leads_to_the_code_as_well() {
    let house = House::new().await;
    let (phone, _) = set_up(&house, &mut house.practitioner(house.ines)).await;
    let link = action::hand_over(&house.app, house.ines, Person::Practitioner(house.ines)).unwrap().token;
    let mut visitor = house.visitor();
    let answer = visitor.post(&format!("/sign-in/link/{link}"), &[]).await;
    assert_eq!(answer.location(), "/desk/sign-in/second");
    assert!(!is_in(&mut visitor).await);
    visitor.post("/desk/sign-in/second", &[("code", &phone.shows(&house))]).await;
    assert!(is_in(&mut visitor).await);
}

#[tokio::test]
async fn a_recovery_code_signs_in_once_and_new_ones_replace_the_old() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (phone, codes) = set_up(&house, &mut ines).await;
    let typed = format!("{}-{} {}", codes[3][..4].to_uppercase(), &codes[3][4..8], &codes[3][8..]);
    let mut visitor = first_step(&house).await;
    assert_eq!(visitor.post("/desk/sign-in/second", &[("code", &typed)]).await.location(), "/desk");
    let mut again = first_step(&house).await;
    assert_eq!(again.post("/desk/sign-in/second", &[("code", &typed)]).await.status, 422);
    assert!(ines.get("/desk/security").await.text.contains("9 recovery codes are left."));
    let wrong = ines.post("/desk/security/codes", &[("form", "codes"), ("code", &codes[3])]).await;
    assert!(wrong.status == 422 && wrong.text.contains("id=\"code-codes-e\""), "{}", wrong.text);
    let page = ines.post("/desk/security/codes", &[("form", "codes"), ("code", &phone.shows(&house))]).await;
    let fresh = recovery_codes(&page.text);
    assert!(fresh.len() == 10 && !fresh.contains(&codes[0]));
    assert_eq!(again.post("/desk/sign-in/second", &[("code", &codes[0])]).await.status, 422, "an old one");
    assert_eq!(again.post("/desk/sign-in/second", &[("code", &fresh[0])]).await.location(), "/desk");
    // Taking it away needs a code too.
    assert_eq!(ines.post("/desk/security/off", &[("form", "off"), ("code", "1")]).await.status, 422);
    assert!(factor(&house, house.ines).is_some());
    let off = ines.post("/desk/security/off", &[("form", "off"), ("code", &fresh[1])]).await;
    assert_eq!(off.location(), "/desk/security?done=second-off");
    let form = [("email", INES), ("password", PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.location(), "/desk");
    house.assert_sound();
}

#[tokio::test]
async fn codes_are_not_guessed_for_long_and_she_is_not_locked_out_for_good() {
    let house = House::new().await;
    let (phone, _) = set_up(&house, &mut house.practitioner(house.ines)).await;
    let mut visitor = first_step(&house).await;
    for _ in 0..5 {
        let wrong = visitor.post("/desk/sign-in/second", &[("code", &phone.never_shows(&house))]).await;
        assert_eq!(wrong.status, 422);
    }
    // The right one no longer helps here: the password is asked for again.
    let answer = visitor.post("/desk/sign-in/second", &[("code", &phone.shows(&house))]).await;
    assert!(answer.location().starts_with("/desk/sign-in?"), "{}", answer.text);
    let mut last = StatusCode::OK;
    let mut visitor = first_step(&house).await;
    for _ in 0..5 {
        last = visitor.post("/desk/sign-in/second", &[("code", &phone.never_shows(&house))]).await.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "by account, whatever the browser");
    house.live(minutes(15)).await;
    let mut visitor = first_step(&house).await;
    assert_eq!(
        visitor.post("/desk/sign-in/second", &[("code", &phone.shows(&house))]).await.location(),
        "/desk"
    );
    // The first step alone leads on for ten minutes.
    let mut late = first_step(&house).await;
    house.live(minutes(10)).await;
    let answer = late.post("/desk/sign-in/second", &[("code", &phone.shows(&house))]).await;
    assert!(answer.location().starts_with("/desk/sign-in?"), "{}", answer.text);
}

#[tokio::test]
async fn she_sees_her_browsers_and_signs_them_out() {
    let house = House::new().await;
    let (mut here, mut there, mut third) =
        (house.practitioner(house.ines), house.practitioner(house.ines), house.practitioner(house.ines));
    let mut hana = house.practitioner(house.hana);
    for visitor in [&mut here, &mut there, &mut third, &mut hana] {
        assert!(is_in(visitor).await);
    }
    let page = here.get("/desk/security").await;
    assert_eq!(page.text.matches("name=\"login\"").count(), 2, "hers, without this one: {}", page.text);
    assert!(page.text.matches(">Here<").count() == 1, "{}", page.text);
    let cookies = [&here, &there, &third].map(|visitor| visitor.cookies[0].1.clone());
    assert!(cookies.iter().all(|cookie| !page.text.contains(cookie)), "no cookie is on the page");
    // Somebody else's browser cannot be named.
    let named = page.field("login");
    hana.post("/desk/security/sign-out", &[("login", &named)]).await;
    assert!(is_in(&mut there).await && is_in(&mut third).await);
    let answer = here.post("/desk/security/sign-out", &[("login", &named)]).await;
    assert_eq!(answer.location(), "/desk/security?done=signed-out");
    assert!(is_in(&mut there).await != is_in(&mut third).await, "one of the two is out");
    here.post("/desk/security/sign-out", &[("others", "yes")]).await;
    assert!(!is_in(&mut there).await && !is_in(&mut third).await);
    assert!(is_in(&mut here).await && is_in(&mut hana).await);
}

#[tokio::test]
async fn another_password_ends_every_other_login_and_link() {
    let house = House::new().await;
    let (mut here, mut there) = (house.practitioner(house.ines), house.practitioner(house.ines));
    let link = action::hand_over(&house.app, house.ines, Person::Practitioner(house.ines)).unwrap().token;
    let form = [("old", PASSWORD), ("new", "two herons and a wren")];
    let answer = here.post("/desk/settings/password", &form).await;
    assert_eq!(answer.location(), "/desk/settings?done=password", "{}", answer.text);
    assert!(is_in(&mut here).await && !is_in(&mut there).await);
    assert_eq!(house.visitor().post(&format!("/sign-in/link/{link}"), &[]).await.status, StatusCode::GONE);
}

#[tokio::test]
async fn who_owes_a_second_factor_sets_it_up_before_anything_else() {
    let house = House::new().await;
    let (mut ines, mut hana) = (house.practitioner(house.ines), house.practitioner(house.hana));
    set_up(&house, &mut ines).await;
    let page = ines.get("/desk/people").await.text;
    assert!(page.contains("Without one: Hana Okafor."), "{page}");
    let answer = ines.post("/desk/people/second-factor", &[("of", "all")]).await;
    assert_eq!(answer.location(), "/desk/people?done=demanded");
    assert_eq!(ines.get("/desk").await.status, StatusCode::OK);
    // She who has none comes to no other page, by whichever way she signs in.
    for path in ["/desk", "/desk/clients", "/desk/settings", "/desk/security-of-others"] {
        let answer = hana.get(path).await;
        assert!(answer.location() == "/desk/security" || answer.status == 404, "{path}: {}", answer.status);
    }
    let note = [("tag", "x")];
    assert_eq!(hana.post("/desk/settings/storefront", &note).await.location(), "/desk/security");
    // The wizard's steps, which are no part of the desk, are no way round it, nor round the proof.
    for step in 1..=5 {
        let path = format!("/setup/{step}");
        assert_eq!(hana.get(&path).await.location(), "/desk/security", "{path}");
        assert_eq!(hana.post(&path, &note).await.location(), "/desk/security", "{path}");
    }
    assert!(hana.get("/desk/security").await.text.contains("asks everybody for a second factor"));
    set_up(&house, &mut hana).await;
    assert_eq!(hana.get("/desk/clients").await.status, StatusCode::OK);
    ines.post("/desk/people/second-factor", &[("of", "nobody")]).await;
    let mara = house.front_desk("Mara Lund");
    assert_eq!(house.practitioner(mara).get("/desk").await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_owner_takes_a_lost_factor_away_and_its_member_is_told() {
    let house = House::new().await;
    let (mut ines, mut hana) = (house.practitioner(house.ines), house.practitioner(house.hana));
    set_up(&house, &mut hana).await;
    let path = format!("/desk/people/{}/second-factor", house.hana);
    assert_eq!(hana.post(&path, &[]).await.status, StatusCode::NOT_FOUND, "an owner’s alone");
    assert!(
        ines.get(&format!("/desk/people/{}", house.hana)).await.text.contains("Take the second factor away")
    );
    let own = format!("/desk/people/{}/second-factor", house.ines);
    assert_eq!(ines.post(&own, &[]).await.status, StatusCode::NOT_FOUND, "hers goes by a code of it");
    let answer = ines.post(&path, &[]).await;
    assert!(answer.location().ends_with("?done=factor-gone"), "{}", answer.text);
    assert!(factor(&house, house.hana).is_none());
    house.settle().await;
    let (subject, text) = house.mailed().pop().unwrap();
    assert_eq!(subject, "Your second factor was taken away");
    assert!(text.contains("An owner of the practice took your second factor away"), "{text}");
}

#[tokio::test]
async fn links_logins_and_browsers_are_swept_away_once_they_are_over() {
    let house = House::new().await;
    let form = [("email", "ines@quietfield.example"), ("password", PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.status, StatusCode::SEE_OTHER);
    let ines = Person::Practitioner(house.ines);
    let link = action::hand_over(&house.app, house.ines, ines).unwrap().token;
    let link = link.parse::<fiddlehead::platform::entropy::Token>().unwrap().digest();
    let left = || {
        let read = house.app.store.read().unwrap();
        let link = store::people::login::find_link(&read, &link).unwrap();
        let logins = store::people::login::of(&read, ines).unwrap().len();
        (link.is_some(), logins, store::people::device::of(&read, house.ines).unwrap().len())
    };
    let begun = house.now();
    for (days, dropped, expected) in
        [(1, 0, (true, 1, 1)), (8, 2, (false, 0, 1)), (399, 0, (false, 0, 1)), (400, 1, (false, 0, 0))]
    {
        house.hands.set(begun + hours(24 * days));
        let swept = fiddlehead::actions::keeping::prune::prune(&house.app).unwrap();
        assert_eq!((swept, left()), (dropped, expected), "after {days} days");
    }
}

#[tokio::test]
async fn first_steps_that_led_nowhere_are_swept_away() {
    let house = House::new().await;
    set_up(&house, &mut house.practitioner(house.ines)).await;
    let visitor = first_step(&house).await;
    house.live(hours(24 * 40)).await;
    fiddlehead::actions::keeping::prune::prune(&house.app).unwrap();
    let token: fiddlehead::platform::entropy::Token = visitor.cookies[0].1.parse().unwrap();
    let read = house.app.store.read().unwrap();
    assert!(store::people::login::find_halfway(&read, &token.digest()).unwrap().is_none());
}
