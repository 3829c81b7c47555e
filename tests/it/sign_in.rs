//! Signing in over HTTP: the link, the code, the password; and that no answer tells whether an address is known.

use fiddlehead::actions::people::login::{self, FreshLink};
use fiddlehead::actions::unsubscribe;
use fiddlehead::domain::id::{ClientId, PurchaseId};
use fiddlehead::domain::messages::message::Kind;
use fiddlehead::domain::messages::nudge::Wish;
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::minutes;
use fiddlehead::store;

use crate::support::{Answer, House};

async fn nora(house: &House) -> ClientId {
    house.bought("Nora Lind", &house.six).await.0
}

fn fresh(house: &House, id: ClientId) -> FreshLink {
    login::hand_over(&house.app, house.ines, Person::Client(id)).unwrap()
}

/// What a page says, without what differs by what was typed.
fn said(answer: &Answer, email: &str) -> (u16, String) {
    (answer.status.as_u16(), answer.text.replace(email, "…"))
}

#[tokio::test]
async fn a_link_shows_a_button_and_only_the_button_signs_in_once() {
    let house = House::new().await;
    let id = nora(&house).await;
    let address = format!("/sign-in/link/{}", fresh(&house, id).token);
    for _ in 0..3 {
        let mut scanner = house.visitor();
        assert_eq!(scanner.get(&address).await.status, 200);
        assert!(scanner.cookies.is_empty());
    }
    let mut visitor = house.visitor();
    let page = visitor.get(&address).await;
    assert!(page.text.contains(&format!("<form class=\"form\" method=\"post\" action=\"{address}\">")));
    assert_eq!(visitor.post(&address, &[]).await.location(), "/me");
    assert_eq!(visitor.get("/me").await.status, 200);
    // The same browser again is where it wanted to be; another one is told why not, and how on.
    assert_eq!(visitor.post(&address, &[]).await.location(), "/me");
    let mut other = house.visitor();
    let used = other.post(&address, &[]).await;
    assert!(used.status == 410 && used.text.contains("That link was used before."), "{}", used.text);
    assert!(used.text.contains("name=\"email\"") && other.cookies.is_empty());
    assert_eq!(other.get(&address).await.status, 410);
}

#[tokio::test]
async fn an_old_link_and_a_made_up_one_are_told_kindly() {
    let house = House::new().await;
    let id = nora(&house).await;
    let address = format!("/sign-in/link/{}", fresh(&house, id).token);
    house.live(minutes(30)).await;
    let mut visitor = house.visitor();
    assert!(visitor.post(&address, &[]).await.text.contains("That link has reached its time."));
    for token in ["x", "%00", &"a".repeat(5000)] {
        let page = visitor.get(&format!("/sign-in/link/{token}")).await;
        assert!(page.status == 410 && page.text.contains("not one we know"), "{}", page.text);
    }
}

#[tokio::test]
async fn the_code_signs_in_and_leads_back_to_where_one_was_going() {
    let house = House::new().await;
    let id = nora(&house).await;
    let mut visitor = house.visitor();
    let form = [("email", " Nora@Example.org "), ("next", "/me/profile")];
    let sent = visitor.post("/sign-in", &form).await;
    assert_eq!(sent.status, 303);
    let page = visitor.get(sent.location()).await;
    assert!(page.text.contains("Look in your email") && page.field("next") == "/me/profile", "{}", page.text);
    let code = fresh(&house, id).code;
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let form = [("email", "nora@example.org"), ("code", spaced.as_str()), ("next", "/me/profile")];
    assert_eq!(visitor.post("/sign-in/code", &form).await.location(), "/me/profile");
    assert_eq!(visitor.get("/sign-in?next=/me").await.location(), "/me");
}

#[tokio::test]
async fn nothing_that_is_said_tells_whether_an_address_is_known() {
    let house = House::new().await;
    let id = nora(&house).await;
    let _ = fresh(&house, id);
    let (known, unknown) = ("nora@example.org", "nobody@example.org");
    let mut pages = Vec::new();
    for email in [known, unknown] {
        let mut visitor = house.visitor();
        let ask = visitor.post("/sign-in", &[("email", email)]).await;
        let sent = visitor.get(ask.location()).await;
        let code = visitor.post("/sign-in/code", &[("email", email), ("code", "x")]).await;
        let password = visitor.post("/sign-in/password", &[("email", email), ("password", "x")]).await;
        pages.push([sent, code, password].map(|answer| said(&answer, email)));
        assert!(visitor.cookies.is_empty());
    }
    assert_eq!(pages[0].clone().map(|(status, _)| status), [200, 422, 422]);
    assert_eq!(pages[0], pages[1]);
}

#[tokio::test]
async fn a_dead_code_says_the_same_as_a_wrong_one() {
    let house = House::new().await;
    let id = nora(&house).await;
    let fresh = fresh(&house, id);
    let wrong = if fresh.code == "000000" { "111111" } else { "000000" };
    for code in [wrong; 5] {
        let form = [("email", "nora@example.org"), ("code", code)];
        assert_eq!(house.visitor().post("/sign-in/code", &form).await.status, 422);
    }
    // Five wrong ones kill the code: the right one says what a wrong one said.
    let form = [("email", "nora@example.org"), ("code", fresh.code.as_str())];
    let mut visitor = house.visitor();
    let answer = visitor.post("/sign-in/code", &form).await;
    assert!(answer.status == 422 && answer.text.contains("That code does not fit."), "{}", answer.text);
    // The link beside it cannot be guessed, and is as good as before: nobody makes others' links useless by guessing.
    let link = format!("/sign-in/link/{}", fresh.token);
    assert_eq!(house.visitor().post(&link, &[]).await.location(), "/me");
    // And an account is not tried for ever, whether there is one or not.
    for email in ["nora@example.org", "nobody@example.org"] {
        let mut last = 0;
        for _ in 0..8 {
            last = visitor.post("/sign-in", &[("email", email)]).await.status.as_u16();
        }
        assert_eq!(last, 429, "{email}");
    }
}

#[tokio::test]
async fn what_is_no_address_is_told_beside_the_field() {
    let house = House::new().await;
    let mut visitor = house.visitor();
    let long = format!("{}@example.org", "a".repeat(300));
    for email in ["", "nora", "nora@", "a b@example.org", "n\r\nBcc: x@example.org", long.as_str()] {
        for address in ["/sign-in", "/sign-in/code", "/sign-in/password"] {
            let page = visitor.post(address, &[("email", email)]).await;
            assert_eq!(page.status, 422, "{address} {email}");
            assert!(page.text.contains("id=\"email-e\""), "{address} {email}");
        }
    }
    for next in ["https://evil.example", "//evil.example", "/\\evil.example"] {
        let form = [("email", "nora@example.org"), ("next", next)];
        let sent = visitor.post("/sign-in", &form).await;
        assert!(!sent.location().contains("evil"), "{}", sent.location());
    }
    let plain = visitor.send_raw("/sign-in", "text/plain", "email=nora@example.org").await;
    assert_eq!(plain.status, 400);
}

#[tokio::test]
async fn signing_out_ends_the_sign_in_itself() {
    let house = House::new().await;
    let id = nora(&house).await;
    let mut visitor = house.client(id);
    let thief = visitor.clone();
    let out = visitor.post("/sign-out", &[]).await;
    assert_eq!(out.location(), "/sign-out");
    assert!(out.headers.contains_key("clear-site-data") && visitor.cookies.is_empty());
    assert!(visitor.get("/sign-out").await.text.contains("You are signed out"));
    let mut thief = thief;
    assert!(thief.get("/me").await.location().starts_with("/sign-in"));
}

#[tokio::test]
async fn who_ordered_in_somebodys_name_keeps_nothing_once_the_address_is_proved() {
    let house = House::new().await;
    let mut thief = house.visitor();
    let page = thief.get("/ines/six-sessions/checkout").await;
    let (order, version) = (PurchaseId::from_bits(house.id()).to_string(), page.field("version"));
    let form = [
        ("id", order.as_str()),
        ("version", &version),
        ("name", "Nora Lind"),
        ("email", "nora@example.org"),
        ("phone", ""),
        ("tz", "Europe/Berlin"),
        ("pay", "practice"),
        ("agree", "yes"),
    ];
    thief.post("/ines/six-sessions/checkout", &form).await;
    assert_eq!(thief.get("/me").await.status, 200, "who is new is signed in at once");
    let own = "two herons and a wren";
    assert_eq!(thief.post("/me/profile/password", &[("new", own)]).await.status, 303);
    thief.post("/me/profile/feed", &[("act", "make"), ("instead", "")]).await;
    let profile = thief.get("/me/profile").await.text;
    let feed = profile.split("/feeds/").nth(1).and_then(|rest| rest.split(".ics").next()).unwrap();
    let feed = format!("/feeds/{feed}.ics");
    assert_eq!(house.visitor().get(&feed).await.status, 200);

    // She whose address it is has a mail, and signs in by it.
    let read = house.app.store.read().unwrap();
    let nora =
        store::people::client::with_email(&read, &"nora@example.org".parse().unwrap()).unwrap().unwrap().id;
    drop(read);
    let mut her = house.visitor();
    assert_eq!(
        her.post(&format!("/sign-in/link/{}", fresh(&house, nora).token), &[]).await.location(),
        "/me"
    );
    assert!(thief.get("/me").await.location().starts_with("/sign-in"), "his browser is hers no more");
    let guess = [("email", "nora@example.org"), ("password", own)];
    assert_eq!(house.visitor().post("/sign-in/password", &guess).await.status, 422, "nor is his password");
    assert_eq!(house.visitor().get(&feed).await.status, 404, "nor his address of her calendar");
    assert_eq!(her.get("/me").await.status, 200);
    // From then on a link ends nothing: another browser of hers stays where it is.
    assert_eq!(her.post("/me/profile/password", &[("new", own)]).await.status, 303);
    house.visitor().post(&format!("/sign-in/link/{}", fresh(&house, nora).token), &[]).await;
    assert_eq!(her.get("/me").await.status, 200);
    assert_eq!(house.visitor().post("/sign-in/password", &guess).await.location(), "/me");
    house.assert_sound();
}

#[tokio::test]
async fn a_clients_new_password_ends_her_other_browsers_and_her_links() {
    let house = House::new().await;
    let id = nora(&house).await;
    let (mut here, mut there) = (house.client(id), house.client(id));
    // At the practice's own desk in the same browser, as a practitioner who is somebody's client may be.
    here.cookies.extend(house.practitioner(house.ines).cookies);
    let link = format!("/sign-in/link/{}", fresh(&house, id).token);
    let done = here.post("/me/profile/password", &[("new", "two herons and a wren")]).await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!((here.get("/me").await.status.as_u16(), here.get("/desk").await.status.as_u16()), (200, 200));
    assert!(there.get("/me").await.location().starts_with("/sign-in"));
    assert_eq!(house.visitor().post(&link, &[]).await.status, 410);
}

#[tokio::test]
async fn a_nudge_is_ended_by_its_button_or_by_one_click_and_not_by_looking() {
    let house = House::new().await;
    let id = nora(&house).await;
    let address = format!("/unsubscribe/{}", unsubscribe::token(&house.app.key, id, Kind::Renewal));
    let wish = |kind| store::messages::opt_out::wish(&house.app.store.read().unwrap(), id, kind).unwrap();
    let mut visitor = house.visitor();
    assert!(visitor.get(&address).await.text.contains("Stop these messages"));
    assert_eq!(wish(Kind::Renewal), Wish::Welcome);
    for _ in 0..2 {
        let done = visitor.post(&address, &[("List-Unsubscribe", "One-Click")]).await;
        assert!(done.status == 200 && done.text.contains("We have stopped"), "{}", done.text);
    }
    assert_eq!((wish(Kind::Renewal), wish(Kind::Lapsed)), (Wish::OptedOut, Wish::Welcome));
    let forged = address.replace("renewal", "lapsed");
    assert_eq!(visitor.post(&forged, &[]).await.status, 404);
    assert_eq!(
        (visitor.get("/unsubscribe/x").await.status.as_u16(), wish(Kind::Lapsed)),
        (404, Wish::Welcome)
    );
}
