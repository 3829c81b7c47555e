//! The people of the practice over HTTP: who is invited, how she joins, what she may then, and how somebody leaves.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::calendar::change::cancel_by_practitioner;
use fiddlehead::actions::catalog::checkout::{Buyer, Choice, Order, Refusal};
use fiddlehead::actions::{Error, catalog};
use fiddlehead::domain::id::{BookingId, PractitionerId, PurchaseId};
use fiddlehead::domain::people::practitioner::{Membership, Role};
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{House, at};

const PASSWORD: &str = "three herons at dawn";

/// What the newest mail to an address says.
fn mail_to(house: &House, address: &str) -> String {
    let letters = house.mailbox.letters();
    let found = letters.iter().find(|one| one.letter.to.1.to_string() == address);
    found.unwrap_or_else(|| panic!("no mail to {address}")).letter.text.clone()
}

/// The path of the invitation in a mail.
fn invitation(text: &str) -> String {
    let at = text.find("/join/").unwrap_or_else(|| panic!("no invitation in {text}"));
    text[at..].split_whitespace().next().unwrap().trim_end_matches(['.', ')']).to_owned()
}

/// Ines invites somebody, and the mail goes out: her id and the path of the link.
async fn invited(house: &House, name: &str, role: &str) -> (PractitionerId, String) {
    let mut ines = house.practitioner(house.ines);
    let id = ines.get("/desk/people").await.field("id");
    let address = format!("{}@quietfield.example", name.to_lowercase().replace(' ', "."));
    let form = [("id", id.as_str()), ("name", name), ("email", &address), ("role", role)];
    let answer = ines.post("/desk/people", &form).await;
    assert_eq!(answer.location(), format!("/desk/people/{id}?done=invited"), "{}", answer.text);
    // Sent twice, she is asked once.
    assert_eq!(ines.post("/desk/people", &form).await.status, StatusCode::SEE_OTHER);
    house.settle().await;
    let mails = house.mailbox.letters();
    assert_eq!(mails.iter().filter(|one| one.letter.to.1.to_string() == address).count(), 1);
    (id.parse().unwrap(), invitation(&mail_to(house, &address)))
}

fn member(
    house: &House,
    id: PractitionerId,
) -> Option<fiddlehead::domain::people::practitioner::Practitioner> {
    store::people::practitioner::find(&house.app.store.read().unwrap(), id).unwrap()
}

#[tokio::test]
async fn a_practitioner_is_invited_joins_and_is_listed_once_she_sells_something() {
    let house = House::new().await;
    let (id, link) = invited(&house, "Tomas Reiter", "practitioner").await;
    // Until he says yes he is nobody: no storefront, no way to sign in.
    assert_eq!(house.visitor().get("/tomas-reiter").await.status, StatusCode::NOT_FOUND);
    let mut tomas = house.visitor();
    // A mail scanner opens every link, and uses nothing up.
    for _ in 0..2 {
        assert_eq!(house.visitor().get(&link).await.status, StatusCode::OK);
    }
    let page = tomas.get(&link).await;
    assert_eq!((page.field("name").as_str(), page.field("slug").as_str()), ("Tomas Reiter", "tomas-reiter"));
    let form = |slug: &'static str, password: &'static str| {
        [("name", "Tomas R."), ("slug", slug), ("tz", "Europe/Lisbon"), ("password", password)]
    };
    for (slug, password, why) in [
        ("tomas", "short", "at least 10 characters"),
        ("ines", PASSWORD, "This address is taken"),
        ("desk", PASSWORD, "This address is taken"),
    ] {
        let answer = tomas.post(&link, &form(slug, password)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(why), "{slug}: {}", answer.text);
        assert_eq!((answer.field("name"), answer.field("password")), ("Tomas R.".into(), String::new()));
        assert_eq!(member(&house, id).unwrap().membership, Membership::Invited);
    }
    assert_eq!(tomas.post(&link, &form("tomas", PASSWORD)).await.location(), "/setup/2");
    assert_eq!(house.visitor().post(&link, &form("tomas", PASSWORD)).await.status, StatusCode::GONE, "once");
    // Signed in, at a desk of his own, and not listed.
    assert!(tomas.get("/desk").await.text.contains("No package is on it yet"));
    assert!(!house.visitor().get("/").await.text.contains("Tomas"));
    assert_eq!(tomas.get("/desk/people").await.status, StatusCode::NOT_FOUND, "he is no owner");
    assert_eq!(tomas.get("/setup/1").await.location(), "/desk/settings", "the first step is the practice’s");
    // His first package, in a currency of his own; the practice keeps its.
    let package = tomas.get("/setup/2").await.field("id");
    let package = [
        ("id", package.as_str()),
        ("name", "Breath work"),
        ("sessions", "4"),
        ("length", "50"),
        ("days", "90"),
        ("price", "200"),
        ("currency", "EUR"),
        ("format", "video"),
    ];
    assert_eq!(tomas.post("/setup/2", &package).await.location(), "/setup/3");
    let read = house.app.store.read().unwrap();
    let practice = store::catalog::practice::find(&read).unwrap().unwrap();
    let storefront = store::catalog::storefront::find(&read, id).unwrap().unwrap();
    assert_eq!(
        (practice.currency.to_string(), storefront.currency(&practice).to_string()),
        ("USD".into(), "EUR".into())
    );
    drop(read);
    assert!(tomas.get("/desk/packages/new").await.text.contains("EUR"));
    assert!(house.visitor().get("/").await.text.contains("Tomas R."));
    assert!(house.visitor().get("/tomas").await.text.contains("€200"));
    // He signs in by his password.
    let form = [("email", "tomas.reiter@quietfield.example"), ("password", PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.location(), "/desk");
    house.assert_sound();
}

#[tokio::test]
async fn the_front_desk_joins_and_keeps_her_own_password() {
    let house = House::new().await;
    house.bought("Sam Whitaker", &house.five).await;
    let (_, link) = invited(&house, "Mara Lund", "front-desk").await;
    let mut mara = house.visitor();
    let page = mara.get(&link).await;
    assert!(page.text.contains("front desk") && !page.text.contains("name=\"slug\""));
    assert_eq!(mara.post(&link, &[("name", "Mara"), ("password", PASSWORD)]).await.location(), "/desk");
    let desk = mara.get("/desk").await;
    assert!(desk.text.contains("At the desk of") && desk.text.contains("Hana Okafor"));
    assert_eq!(mara.post("/desk/seat", &[("desk", &house.hana.to_string())]).await.location(), "/desk");
    assert!(mara.get("/desk/clients").await.text.contains("Sam Whitaker"));
    let wrong = mara.post("/desk/account", &[("old", "no"), ("new", "a longer one still")]).await;
    assert!(wrong.text.contains("That is not your password"), "{}", wrong.text);
    let right = mara.post("/desk/account", &[("old", PASSWORD), ("new", "a longer one still")]).await;
    assert_eq!(right.location(), "/desk/account?done=password");
    let form = [("email", "mara.lund@quietfield.example"), ("password", "a longer one still")];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.location(), "/desk");
}

#[tokio::test]
async fn an_invitation_holds_a_week_and_a_newer_one_takes_its_place() {
    let house = House::new().await;
    let (id, first) = invited(&house, "Tomas Reiter", "practitioner").await;
    house.live(hours(1)).await;
    let mut ines = house.practitioner(house.ines);
    let page = format!("/desk/people/{id}");
    assert_eq!(ines.post(&format!("{page}/again"), &[]).await.location(), format!("{page}?done=invited"));
    house.settle().await;
    let second = invitation(&mail_to(&house, "tomas.reiter@quietfield.example"));
    assert_ne!(first, second);
    assert_eq!(house.visitor().get(&first).await.status, StatusCode::GONE);
    assert_eq!(house.visitor().get(&second).await.status, StatusCode::OK);
    assert!(ines.get(&page).await.text.contains("holds until"));
    house.live(hours(7 * 24)).await;
    let old = house.visitor().post(&second, &[("name", "T"), ("password", PASSWORD)]).await;
    assert!(old.status == StatusCode::GONE && old.text.contains("run out"), "{}", old.text);
    let mut ines = house.practitioner(house.ines);
    // Called off, his address is free again, and what is on its way is not sent.
    ines.post(&format!("{page}/again"), &[]).await;
    assert_eq!(ines.post(&format!("{page}/revoke"), &[]).await.location(), "/desk/people?done=removed");
    let mails = house.mailbox.letters().len();
    house.settle().await;
    assert_eq!(house.mailbox.letters().len(), mails);
    assert_eq!((member(&house, id), ines.get(&page).await.status), (None, StatusCode::NOT_FOUND));
    assert_eq!(ines.post(&format!("{page}/revoke"), &[]).await.status, StatusCode::NOT_FOUND);
    house.assert_sound();
}

#[tokio::test]
async fn the_link_is_kept_nowhere_and_nobody_is_asked_twice() {
    let house = House::new().await;
    let (_, link) = invited(&house, "Tomas Reiter", "practitioner").await;
    let token = link.trim_start_matches("/join/").to_owned();
    let read = house.app.store.read().unwrap();
    let kept = format!(
        "{:?} {:?} {:?}",
        store::people::invitation::all(&read),
        store::people::practitioner::all(&read),
        store::messages::message::all(&read)
    );
    assert!(token.len() > 20 && !kept.contains(&token));
    drop(read);
    let mut ines = house.practitioner(house.ines);
    for taken in ["TOMAS.reiter@quietfield.example", "hana@quietfield.example"] {
        let id = ines.get("/desk/people").await.field("id");
        let form = [("id", id.as_str()), ("name", "Tom"), ("email", taken), ("role", "owner")];
        let answer = ines.post("/desk/people", &form).await;
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains("was asked already")
        );
        assert_eq!(answer.field("name"), "Tom");
    }
}

#[tokio::test]
async fn without_mail_the_invitation_is_handed_over() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let cookies = std::mem::take(&mut ines.cookies);
    let house = house.without_post();
    let mut ines = house.visitor();
    ines.cookies = cookies;
    let id = ines.get("/desk/people").await.field("id");
    let form =
        [("id", id.as_str()), ("name", "Mara"), ("email", "mara@quietfield.example"), ("role", "front-desk")];
    ines.post("/desk/people", &form).await;
    house.settle().await;
    let made = ines.post(&format!("/desk/people/{id}/again"), &[]).await;
    let url = made.field("link");
    let link = url.strip_prefix("http://book.example").unwrap();
    assert!(!ines.get(&format!("/desk/people/{id}")).await.text.contains("/join/"), "it is shown once");
    let joined = house.visitor().post(link, &[("name", "Mara"), ("password", PASSWORD)]).await;
    assert_eq!(joined.location(), "/desk");
}

#[tokio::test]
async fn who_leaves_has_no_session_to_come_and_her_clients_credits_stay() {
    let house = House::new().await;
    let (sam, lot) = house.bought("Sam Whitaker", &house.five).await;
    let session = BookingId::from_bits(house.id());
    booking::book(&house.app, sam, session, lot, at("2026-04-16T08:00:00Z")).unwrap();
    let (mut ines, mut hana) = (house.practitioner(house.ines), house.practitioner(house.hana));
    let page = format!("/desk/people/{}", house.hana);
    // It is said before the click, and the click is refused all the same.
    assert!(ines.get(&page).await.text.contains("1 session with a client has to be moved or canceled first"));
    let refused = ines.post(&format!("{page}/leave"), &[]).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY
            && refused.text.contains("There are sessions to come")
    );
    cancel_by_practitioner(&house.app, house.hana, session, None).unwrap();
    let before = ines.get(&page).await;
    assert!(before.text.contains("5 credits that are not used stay valid"), "{}", before.text);
    hana.post("/desk/calendars/feed", &[("act", "make"), ("instead", "")]).await;
    let calendars = hana.get("/desk/calendars").await.text;
    let feed = calendars.split("/feeds/").nth(1).and_then(|rest| rest.split(".ics").next()).unwrap();
    let feed = format!("/feeds/{feed}.ics");
    assert_eq!(house.visitor().get(&feed).await.status, StatusCode::OK);
    assert_eq!(ines.post(&format!("{page}/leave"), &[]).await.location(), format!("{page}?done=saved"));
    house.settle().await;

    // She is out, and nowhere to be found; nor is her calendar, which names her clients.
    assert_eq!(house.visitor().get(&feed).await.status, StatusCode::NOT_FOUND);
    assert!(hana.get("/desk").await.location().starts_with("/desk/sign-in"));
    let form = [("email", "hana@quietfield.example"), ("password", crate::support::PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    for gone in ["/hana", "/hana/steadiness", "/hana/steadiness/checkout"] {
        assert_eq!(house.visitor().get(gone).await.status, StatusCode::NOT_FOUND, "{gone}");
    }
    assert!(!house.visitor().get("/").await.text.contains("Hana"));
    let order = Order {
        first: None,
        id: PurchaseId::from_bits(house.id()),
        package: house.five.id,
        version: house.five.version,
        buyer: Buyer::SignedIn(sam),
        choice: Choice::Online,
    };
    assert!(matches!(
        catalog::checkout::order(&house.app, order).unwrap_err(),
        Error::Refused(Refusal::NotOffered)
    ));

    // Her client keeps what was bought, cannot book it, and is not nudged to.
    assert_eq!(house.balance(lot).available, 5);
    let retry =
        booking::book(&house.app, sam, BookingId::from_bits(house.id()), lot, at("2026-04-17T08:00:00Z"));
    assert!(matches!(retry.unwrap_err(), Error::Refused(booking::Refusal::Rule(_))));
    let mut client = house.client(sam);
    assert_eq!(client.get("/me").await.status, StatusCode::OK);
    assert_eq!(client.get(&format!("/me/book/{lot}")).await.status, StatusCode::OK);
    let mails = house.mailbox.letters().len();
    house.live(hours(48)).await;
    assert_eq!(house.mailbox.letters().len(), mails, "no word to book what cannot be booked");

    // The owner sees to it at her desk.
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/seat", &[("desk", &house.hana.to_string())]).await;
    assert!(ines.get("/desk").await.text.contains("Hana Okafor (has left)"));
    assert!(ines.get(&format!("/desk/clients/{sam}")).await.text.contains("5 unbooked"));
    ines.post("/desk/seat", &[("desk", &house.ines.to_string())]).await;

    // And she comes back as she was.
    assert_eq!(ines.post(&format!("{page}/back"), &[]).await.location(), format!("{page}?done=saved"));
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.location(), "/desk");
    assert!(house.visitor().get("/hana").await.text.contains("Eating for Steadiness"));
    house.assert_sound();
}

#[tokio::test]
async fn the_practice_is_never_without_an_owner() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let (own, hers) = (format!("/desk/people/{}", house.ines), format!("/desk/people/{}", house.hana));
    for (path, fields) in [("leave", &[][..]), ("role", &[("role", "practitioner")])] {
        let answer = ines.post(&format!("{own}/{path}"), fields).await;
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY
                && answer.text.contains("There is no other owner"),
            "{path}"
        );
    }
    assert_eq!(ines.post(&format!("{hers}/role"), &[("role", "king")]).await.status, StatusCode::BAD_REQUEST);
    ines.post(&format!("{hers}/role"), &[("role", "owner")]).await;
    assert_eq!(member(&house, house.hana).unwrap().role, Role::Owner);
    assert_eq!(
        ines.post(&format!("{own}/role"), &[("role", "practitioner")]).await.location(),
        format!("{own}?done=saved")
    );
    assert_eq!(ines.get("/desk/people").await.status, StatusCode::NOT_FOUND, "she gave it away");
    assert_eq!(house.practitioner(house.hana).get(&own).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_front_desk_becomes_a_practitioner_and_not_the_other_way_once_she_has_clients() {
    let house = House::new().await;
    let mara = house.front_desk("Mara Lund");
    let mut ines = house.practitioner(house.ines);
    let role = format!("/desk/people/{mara}/role");
    ines.post(&role, &[("role", "practitioner")]).await;
    assert_eq!(
        house.practitioner(mara).get("/desk/packages").await.status,
        StatusCode::OK,
        "a desk of her own"
    );
    ines.post(&role, &[("role", "front-desk")]).await;
    assert_eq!(house.practitioner(mara).get("/desk/packages").await.status, StatusCode::FORBIDDEN);
    house.bought("Sam Whitaker", &house.five).await;
    let refused = ines.post(&format!("/desk/people/{}/role", house.hana), &[("role", "front-desk")]).await;
    assert!(
        refused.status == StatusCode::UNPROCESSABLE_ENTITY
            && refused.text.contains("Clients have sessions here")
    );
}
