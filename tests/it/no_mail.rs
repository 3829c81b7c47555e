//! A practice from which no mail goes out: whatever would be mailed is handed over by whoever sits at the desk, and no page
//! promises a mail.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::domain::audit::{Concern, What};
use fiddlehead::domain::id::{BookingId, ClientId, PurchaseId};
use fiddlehead::domain::messages::message::{Kind, State, Suppressed};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::{hours, minutes};
use fiddlehead::store;

use crate::support::{House, PASSWORD, Visitor, at};

const GONE: StatusCode = StatusCode::GONE;
const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const OK: StatusCode = StatusCode::OK;

/// A practice whose mail server was taken away; everybody in it has an account.
async fn practice() -> House {
    House::new().await.without_post()
}

/// The path of an address of ours.
fn path(url: &str) -> String {
    url.strip_prefix("http://book.example").unwrap_or_else(|| panic!("{url}")).to_owned()
}

async fn seated<'a>(house: &'a House, name: &str) -> Visitor<'a> {
    let mut who = house.practitioner(house.front_desk(name));
    who.post("/desk/seat", &[("desk", &house.ines.to_string())]).await;
    who
}

#[tokio::test]
async fn a_client_asks_at_the_desk_and_is_signed_in_by_a_code_for_her_phone_once() {
    let house = practice().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let (wen, _) = house.bought("Wen Li", &house.five).await;
    // The door says whom to ask, and the same to everybody.
    let mut browser = house.visitor();
    let door = browser.get("/sign-in").await.text;
    assert!(door.contains("Ask at Quiet Field") && door.contains("mailto:hello@quietfield.example"));
    assert!(!door.contains("send you a link"));
    for email in ["nora@example.org", "nobody@example.org"] {
        let asked = browser.post("/sign-in", &[("email", email)]).await;
        assert!(asked.status == OK && asked.text.contains("Ask at Quiet Field"), "{email}");
    }
    assert_eq!(browser.get("/sign-in/sent?email=nora@example.org").await.location(), "/sign-in");

    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&format!("/desk/clients/{nora}")).await.text;
    assert!(page.contains(&format!("action=\"/desk/clients/{nora}/link\"")));
    let link = |client: ClientId| format!("/desk/clients/{client}/link");
    assert_eq!(ines.post(&link(wen), &[]).await.status, NOT_FOUND, "no client of this desk");
    let made = ines.post(&link(nora), &[]).await;
    let url = made.field("link");
    let code = fiddlehead::views::qr::code(&url, "The link for Nora Lind as a QR code").unwrap();
    assert!(made.text.contains(&code.0), "the code holds the link");
    // Looking uses nothing up; her phone signs in with one tap, once.
    let mut phone = house.visitor();
    assert_eq!(phone.get(&path(&url)).await.status, OK);
    assert_eq!(phone.post(&path(&url), &[]).await.location(), "/me");
    assert!(phone.get("/me").await.text.contains("Nora"));
    assert_eq!(house.visitor().post(&path(&url), &[]).await.status, GONE, "once");

    // The digits do the same on another device, once, and not for ever.
    let digits = |text: &str| text.split("class=\"code-big\">").nth(1).unwrap()[..6].to_owned();
    let again = ines.post(&link(nora), &[]).await;
    let form = [("email", "nora@example.org"), ("code", &digits(&again.text))];
    let wrong = house.visitor().post("/sign-in/code", &[form[0], ("code", "000000")]).await;
    assert!(
        wrong.status == StatusCode::UNPROCESSABLE_ENTITY
            && wrong.text.contains("ask at the practice for another")
    );
    assert_eq!(wrong.field("email"), "nora@example.org", "what was typed is kept");
    assert_eq!(house.visitor().post("/sign-in/code", &form).await.location(), "/me");
    let late = path(&ines.post(&link(nora), &[]).await.field("link"));
    house.live(minutes(30)).await;
    let refused = house.visitor().get(&late).await;
    assert!(refused.status == GONE && refused.text.contains("Ask at the practice for a new one."));

    // Where mail goes, nobody at the desk makes one: it would let her read what only the client may.
    let posting = House::new().await;
    let (client, _) = posting.bought("Nora Lind", &posting.six).await;
    let mut ines = posting.practitioner(posting.ines);
    assert_eq!(ines.post(&link(client), &[]).await.status, NOT_FOUND);
    assert!(!ines.get(&format!("/desk/clients/{client}")).await.text.contains("/link\""));
}

#[tokio::test]
async fn a_link_is_made_by_nobody_who_may_not_read_what_it_opens() {
    let house = practice().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let (page, link) = (format!("/desk/clients/{nora}"), format!("/desk/clients/{nora}/link"));
    let action = format!("action=\"{link}\"");
    // The front desk reads no notes.
    let mut mara = seated(&house, "Mara Lund").await;
    let shown = mara.get(&page).await.text;
    assert!(!shown.contains(&action) && shown.contains("Ines makes a link for Nora"), "{shown}");
    assert_eq!(mara.post(&link, &[]).await.status, StatusCode::FORBIDDEN);
    // Nor does a colleague who has put her on her own list.
    let mut hana = house.practitioner(house.hana);
    assert_eq!(hana.get(&page).await.status, NOT_FOUND);
    let id = hana.get("/desk/clients/new").await.field("id");
    let card = [("id", id.as_str()), ("name", "Nora"), ("email", "nora@example.org")];
    assert!(hana.post("/desk/clients/new", &card).await.location().ends_with("done=known"));
    let shown = hana.get(&page).await.text;
    assert!(!shown.contains(&action) && shown.contains("the owner of the practice makes it"), "{shown}");
    assert_eq!(hana.post(&link, &[]).await.status, StatusCode::FORBIDDEN);
    // The owner can, as somebody must; at a desk that is not hers as well, after a proof, and it is written down.
    let (wen, _) = house.bought("Wen Li", &house.five).await;
    let mut ines = house.practitioner(house.ines);
    assert_eq!(ines.post(&link, &[]).await.status, OK);
    ines.post("/desk/seat", &[("desk", &house.hana.to_string())]).await;
    let wens = format!("/desk/clients/{wen}/link");
    assert_eq!(ines.post(&wens, &[]).await.status, OK);
    let said = store::audit::head(&house.app.store.read().unwrap()).unwrap().unwrap().said;
    assert_eq!((said.what, said.about), (What::LinkShown, Concern::Client(wen)));
    house.live(minutes(20)).await;
    let asked = ines.post(&wens, &[]).await;
    assert!(asked.status == StatusCode::FORBIDDEN && asked.text.contains("Is it you?"));
    // Hana's own client has hers from Hana.
    assert_eq!(house.practitioner(house.hana).post(&wens, &[]).await.status, OK);
}

#[tokio::test]
async fn an_invitation_is_on_the_page_that_answers_it_and_a_forgotten_password_is_chosen_anew() {
    let house = practice().await;
    let mut ines = house.practitioner(house.ines);
    let id = ines.get("/desk/people").await.field("id");
    let form = [
        ("id", id.as_str()),
        ("name", "Tomas Reiter"),
        ("email", "tomas@quietfield.example"),
        ("role", "front-desk"),
    ];
    let made = ines.post("/desk/people", &form).await;
    assert!(made.status == OK && made.text.contains("as a QR code") && made.text.contains("for 7 days"));
    let invitation = path(&made.field("link"));
    let joined = house.visitor().post(&invitation, &[("name", "Tomas"), ("password", PASSWORD)]).await;
    assert_eq!(joined.location(), "/desk");

    // He forgets it. The door says who helps; only the owner can.
    let door =
        house.visitor().post("/desk/sign-in/link", &[("email", "tomas@quietfield.example")]).await.text;
    assert!(door.contains("The owner of the practice makes you a sign-in link"));
    let page = format!("/desk/people/{id}");
    assert!(ines.get(&page).await.text.contains(&format!("action=\"{page}/link\"")));
    assert_eq!(house.practitioner(house.hana).post(&format!("{page}/link"), &[]).await.status, NOT_FOUND);
    let link = path(&ines.post(&format!("{page}/link"), &[]).await.field("link"));
    let mut tomas = house.visitor();
    assert_eq!(tomas.post(&link, &[]).await.location(), "/desk");
    let account = tomas.get("/desk/account").await.text;
    assert!(!account.contains("name=\"old\"") && account.contains("name=\"new\""));
    let new = [("new", "herons in the morning fog")];
    assert_eq!(tomas.post("/desk/account", &new).await.location(), "/desk/account?done=password");
    let password = [("email", "tomas@quietfield.example"), ("password", new[0].1)];
    let mut later = house.visitor();
    assert_eq!(later.post("/desk/sign-in", &password).await.location(), "/desk");
    // Who came with a password, or whose link is half an hour old, needs the old one.
    for mut browser in [later, {
        house.live(minutes(30)).await;
        tomas
    }] {
        let refused = browser.post("/desk/account", &[("new", "crows in the evening fog")]).await;
        assert!(
            refused.status == StatusCode::UNPROCESSABLE_ENTITY
                && refused.text.contains("That is not your password.")
        );
    }
}

#[tokio::test]
async fn what_would_be_mailed_is_read_printed_and_copied_from_the_messages() {
    let house = practice().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-16T08:00:00Z"))
        .unwrap();
    house.live(hours(72)).await;
    let read = house.app.store.read().unwrap();
    let hers = store::messages::message::to(&read, Person::Client(nora)).unwrap();
    drop(read);
    let mut ines = house.practitioner(house.ines);
    let list = ines.get("/desk/messages").await.text;
    assert!(list.contains("No mail server is set up") && list.contains("To hand over"));
    for (kind, words) in [(Kind::Receipt, "$540.00"), (Kind::Booked, "10:00"), (Kind::Reminder, "10:00")] {
        let message =
            hers.iter().find(|one| one.kind == kind).unwrap_or_else(|| panic!("{kind:?} in {hers:?}"));
        assert!(matches!(message.state, State::Suppressed { why: Suppressed::NoPost, .. }), "{kind:?}");
        assert!(list.contains(&format!("/desk/messages/{}", message.id)), "{kind:?} is on the list");
        let page = ines.get(&format!("/desk/messages/{}", message.id)).await.text;
        assert!(page.contains("<pre>") && page.contains("data-copy=\"words\""), "{kind:?}");
        assert!(page.contains(words), "{kind:?}: {page}");
    }
}

#[tokio::test]
async fn a_newcomer_who_buys_at_the_desk_gets_her_receipt_and_her_sessions_without_a_mail() {
    let house = practice().await;
    let mut mara = seated(&house, "Mara Lund").await;
    let fresh = mara.get("/desk/clients/new?then=sell").await;
    assert!(fresh.text.contains("A link for signing in is made"));
    let id = fresh.field("id");
    let card =
        [("id", id.as_str()), ("name", "Walter Ink"), ("email", "walter@post.example"), ("then", "sell")];
    let sell = mara.post("/desk/clients/new", &card).await.location().to_owned();
    let package = house.six.id.to_string();
    let shown = mara.get(&format!("{sell}?package={package}")).await;
    assert!(shown.text.contains("The next page has the reference to name."));
    let sale: PurchaseId = shown.field("id").parse().unwrap();
    let form = [("id", &*sale.to_string()), ("package", &package), ("version", "1"), ("pay", "practice")];
    let sold = mara.post(&sell, &form).await.location().to_owned();
    assert!(mara.get(&sold).await.text.contains("FH-"), "the reference");
    let cash = [("on", "2026-04-14"), ("means", "cash")];
    assert_eq!(mara.post(&format!("/desk/purchases/{sale}/paid"), &cash).await.status, StatusCode::SEE_OTHER);
    assert!(mara.get(&format!("/desk/purchases/{sale}")).await.text.contains("Paid: 6 sessions."));
    // What opens Ines's notes is handed over by her; the page at the front desk says so.
    assert!(mara.get(&format!("/desk/clients/{id}")).await.text.contains("Ines makes a link for Walter"));
    let mut ines = house.practitioner(house.ines);
    let link = path(&ines.post(&format!("/desk/clients/{id}/link"), &[]).await.field("link"));
    let mut walter = house.visitor();
    walter.post(&link, &[]).await;
    assert!(walter.get("/me").await.text.contains("6 sessions left"));
    assert!(walter.get("/me/receipts/1").await.text.contains("$540.00"));
    // The practitioner prints the paper itself.
    let receipt = house.practitioner(house.ines).get(&format!("/desk/purchases/{sale}")).await.text;
    assert!(receipt.contains("href=\"/desk/money/receipts/1\""));
}

/// What a page would say that counts on mail.
const PROMISES: &[&str] = &[
    "by email",
    "in your email",
    "Look in your email",
    "We write to",
    "We’ll send",
    "Send me a link",
    "send you a link",
    "is on its way",
    "goes to this address when",
    "goes out by mail",
];

/// What the pages of a practice promise, with the page each stands on.
async fn promises(house: &House) -> Vec<String> {
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let session = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, session, lot, at("2026-04-21T08:00:00Z")).unwrap();
    let (paid, open) =
        (PurchaseId::from_bits(lot.bits()), house.order("Sam Whitaker", &house.six, Choice::Online));
    let owed = house.order("Ada Quill", &house.six, Choice::AtPractice);
    house.settle().await;
    let slot = "slot=2026-04-28T08:00:00Z";
    let six = house.six.id;
    let desk = [
        "/desk".into(),
        "/desk/people".into(),
        format!("/desk/people/{}", house.hana),
        "/desk/messages".into(),
        "/desk/clients/new".into(),
        format!("/desk/clients/{nora}"),
        format!("/desk/clients/{nora}/sell?package={six}"),
        format!("/desk/clients/{nora}/book/confirm?{slot}&lot={lot}"),
        format!("/desk/clients/{nora}/erase"),
        format!("/desk/lots/{lot}/weekly/confirm?{slot}&w0=2026-04-28T08:00:00Z&first=2026-04-28T08:00:00Z"),
        format!("/desk/lots/{lot}/refund"),
        format!("/desk/bookings/{session}"),
        format!("/desk/bookings/{session}/cancel"),
        format!("/desk/bookings/{session}/move/confirm?{slot}"),
        format!("/desk/purchases/{paid}"),
        format!("/desk/purchases/{}", open.id),
        format!("/desk/purchases/{}", owed.id),
        "/desk/settings".into(),
        "/desk/messages/write".into(),
        format!("/desk/messages/write?client={nora}"),
        "/desk/import".into(),
    ];
    let anybody = [
        "/".into(),
        "/ines".into(),
        "/ines/six-sessions".into(),
        "/ines/six-sessions/checkout".into(),
        "/sign-in".into(),
        "/sign-in/link/nothing".into(),
        "/sign-in/sent?email=nora@example.org".into(),
        "/desk/sign-in".into(),
        format!("/bought/{paid}"),
        format!("/bought/{}", open.id),
        format!("/bought/{}", owed.id),
    ];
    let hers = [
        "/me".into(),
        "/me/profile".into(),
        format!("/me/bookings/{session}"),
        format!("/bought/{paid}"),
        format!("/me/book/{lot}"),
        format!("/me/book/{lot}/confirm?{slot}"),
        format!("/me/book/{lot}/weekly/confirm?first=2026-04-28T08:00:00Z&w0=2026-04-28T08:00:00Z"),
        format!("/me/bookings/{session}/change"),
        format!("/me/bookings/{session}/move/confirm?{slot}"),
    ];
    let mut told = Vec::new();
    for (mut reader, pages) in [
        (house.practitioner(house.ines), &desk[..]),
        (house.visitor(), &anybody[..]),
        (house.client(nora), &hers[..]),
    ] {
        for page in pages {
            let answer = reader.get(page).await;
            if !matches!(answer.status.as_u16(), 200 | 303 | 410 | 422) {
                told.push(format!("{page}: {}", answer.status));
            }
            told.extend(
                PROMISES
                    .iter()
                    .filter(|words| answer.text.contains(**words))
                    .map(|words| format!("{page}: {words}")),
            );
        }
    }
    told
}

#[tokio::test]
async fn no_page_promises_a_mail_where_none_goes() {
    assert_eq!(promises(&practice().await).await, [""; 0]);
    // The words looked for are those that stand there where mail does go.
    let where_mail_goes = promises(&House::new().await).await;
    let stands = |words: &&&str| where_mail_goes.iter().any(|told| told.ends_with(**words));
    let nowhere: Vec<&&str> = PROMISES.iter().filter(|words| !stands(words)).collect();
    assert_eq!(nowhere, [&""; 0], "promised on none of these pages");
}
