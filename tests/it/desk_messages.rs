//! The messages room: what goes, what went and what did not; a practitioner's own words; sending and holding back by hand.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::id::{BookingId, MessageId, PurchaseId};
use fiddlehead::domain::messages::message::{About, Kind, Message, State, Suppressed};
use fiddlehead::domain::people::login::Person;
use fiddlehead::domain::time::hours;
use fiddlehead::store;
use fiddlehead::store::messages::sent::Copy;

use crate::support::House;

/// The only message of a kind.
fn the(house: &House, kind: Kind) -> Message {
    let read = house.app.store.read().unwrap();
    let mut all = store::messages::message::all(&read).unwrap();
    all.retain(|message| message.kind == kind);
    assert_eq!(all.len(), 1, "{kind:?}");
    all.remove(0)
}

/// How many mails with that subject went to somebody.
fn went(house: &House, to: &str, subject: &str) -> usize {
    let fits = |letter: &fiddlehead::mail::Letter| {
        letter.to.1.as_str() == to && letter.subject.as_str().contains(subject)
    };
    house.mailbox.letters().iter().filter(|captured| fits(&captured.letter)).count()
}

const READY: &str = "sessions are ready when you are";
const NORA: &str = "nora@example.org";

#[tokio::test]
async fn a_nudge_that_is_sent_now_goes_once_and_not_again_at_its_own_time() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    house.settle().await;
    let planned = the(&house, Kind::BookFirst);
    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&format!("/desk/messages/{}", planned.id)).await;
    assert!(page.text.contains("As it would read now") && page.text.contains("Send it now"));
    let frame = ines.get(&format!("/desk/messages/{}/html", planned.id)).await;
    assert!(frame.text.contains("Ready when you are, Nora"));
    let policy = frame.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("sandbox") && policy.contains("default-src 'none'"), "{policy}");
    for _ in 0..2 {
        let sent = ines.post(&format!("/desk/messages/{}/send", planned.id), &[]).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER);
        house.settle().await;
    }
    assert_eq!(went(&house, NORA, READY), 1);
    house.live(hours(72)).await;
    assert_eq!(went(&house, NORA, READY), 1, "not again at its own time");
    let page = house.practitioner(house.ines).get(&format!("/desk/messages/{}", planned.id)).await.text;
    assert!(page.contains("As it read") && page.contains("waiting. The first one is often"), "{page}");
    assert!(!page.contains("Send it now"));
}

#[tokio::test]
async fn a_nudge_that_is_held_back_does_not_go_until_she_sends_it_herself() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    let planned = the(&house, Kind::BookFirst);
    let mut ines = house.practitioner(house.ines);
    ines.post(&format!("/desk/messages/{}/withhold", planned.id), &[]).await;
    let why = State::Suppressed { at: house.now(), why: Suppressed::Withheld };
    assert_eq!(the(&house, Kind::BookFirst).state, why);
    // What touches the lot plans its nudges anew, but not this one.
    let lot = match planned.about {
        fiddlehead::domain::messages::message::About::Lot(lot) => lot,
        _ => panic!(),
    };
    ines.post(&format!("/desk/lots/{lot}/extend"), &[("to", "2026-09-01"), ("reason", "a long summer")])
        .await;
    house.live(hours(72)).await;
    assert_eq!(went(&house, NORA, READY), 0);
    // A browser at the desk is signed out after a while.
    let mut ines = house.practitioner(house.ines);
    let list = ines.get("/desk/messages?show=held-back").await.text;
    assert!(list.contains("You said that it shall not go."));
    ines.post(&format!("/desk/messages/{}/send", planned.id), &[]).await;
    house.settle().await;
    assert_eq!(went(&house, NORA, READY), 1);
}

#[tokio::test]
async fn a_nudge_by_hand_waits_for_the_morning_and_is_not_sent_when_its_reason_goes() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.live(hours(13)).await; // 23:00 in Berlin
    let mut ines = house.practitioner(house.ines);
    let address = format!("/desk/lots/{lot}/nudges/book-first");
    let page = ines.get(&address).await.text;
    assert!(page.contains("It is 11:00 pm for Nora, who may be asleep."), "{page}");
    assert_eq!(ines.post(&address, &[]).await.status, StatusCode::SEE_OTHER);
    house.settle().await;
    assert_eq!(went(&house, NORA, READY), 0);
    let id = fiddlehead::domain::id::BookingId::from_bits(house.id());
    let slot = "2026-04-20T08:00:00Z".parse().unwrap();
    fiddlehead::actions::calendar::booking::book(&house.app, nora, id, lot, slot).unwrap();
    house.live(hours(48)).await;
    assert_eq!(went(&house, NORA, READY), 0, "she has booked meanwhile");
    let mut ines = house.practitioner(house.ines);
    let renewal = ines.post(&format!("/desk/lots/{lot}/nudges/renewal"), &[]).await;
    assert_eq!(renewal.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(renewal.text.contains("Sessions are left, or still to come."));
    let receipt = ines.get(&format!("/desk/lots/{lot}/nudges/receipt")).await;
    assert_eq!(receipt.status, StatusCode::NOT_FOUND, "a receipt is no nudge");
}

#[tokio::test]
async fn who_does_not_want_a_nudge_does_not_get_it_by_hand_either() {
    use fiddlehead::domain::messages::nudge::Wish;
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    fiddlehead::actions::unsubscribe::wish(&house.app, nora, Kind::BookFirst, Wish::OptedOut).unwrap();
    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&format!("/desk/messages/write?client={nora}")).await.text;
    assert!(page.contains("The client asked not to get these."));
    let sent = ines.post(&format!("/desk/lots/{lot}/nudges/book-first"), &[]).await;
    assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.settle().await;
    assert_eq!(went(&house, NORA, READY), 0);
}

#[tokio::test]
async fn her_own_words_go_out_with_that_hours_facts() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let words = [
        ("subject", "{sessions_left} with {practitioner}, {first_name}"),
        ("opening", "Dear {first_name},\nuntil {use_by}.\n\n<script>alert(1)</script>"),
        ("closing", "Warmly"),
        ("then", "save"),
    ];
    let saved = ines.post("/desk/messages/words/book-first", &words).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER);
    let for_nora = [&words[..3], &[("client", nora.to_string().leak() as &str)]].concat();
    let shown = ines.post("/desk/messages/words/book-first/preview", &for_nora).await.text;
    assert!(shown.contains("Dear Nora,<br>until Monday 13 July."), "{shown}");
    house.live(hours(30)).await;
    let letters = house.mailbox.letters();
    let letter =
        &letters.iter().find(|one| one.letter.subject.as_str() == "6 with Ines, Nora").unwrap().letter;
    assert!(letter.html.contains("&lt;script&gt;") && !letter.html.contains("<script>"));
    assert!(letter.text.contains("Dear Nora,\nuntil Monday 13 July.") && letter.text.contains("Warmly"));
    assert!(letter.text.contains("See all times") && letter.text.contains("Unsubscribe"), "{}", letter.text);
    assert!(!letter.text.contains("The first one is often the hardest"), "{}", letter.text);
    // Another practitioner's mails stay in ours, and ours can be had back.
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/messages/words/book-first", &[("then", "ours")]).await;
    let kept = ines.get("/desk/messages/words/book-first").await;
    assert_eq!(kept.field("subject"), "");
}

#[tokio::test]
async fn words_that_would_break_a_mail_are_refused_beside_their_field() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let corpus: [(&str, &str, &str); 7] = [
        ("subject", "Hello\r\nBcc: all@example.org", "cannot be shown"),
        ("subject", "Hello\nX: y", "cannot be shown"),
        ("subject", "Hello \u{202e}evil", "cannot be shown"),
        ("subject", "At {when}", "{when} cannot be filled in here"),
        ("opening", "Hello {password}", "{password} cannot be filled in here"),
        ("opening", "Hello {first_name", "without its partner"),
        ("closing", "\u{0}", "cannot be shown"),
    ];
    for (field, typed, said) in corpus {
        let answer = ines.post("/desk/messages/words/book-first", &[(field, typed), ("then", "save")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(answer.text.contains(said), "{typed:?}");
        let test = ines.post("/desk/messages/words/book-first", &[(field, typed), ("then", "test")]).await;
        assert_eq!(test.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        let shown = ines.post("/desk/messages/words/book-first/preview", &[(field, typed)]).await;
        assert!(shown.text.contains(said), "{typed:?}: {}", shown.text);
    }
    let read = house.app.store.read().unwrap();
    assert!(store::messages::wording::all_of(&read, house.ines).unwrap().is_empty());
    assert_eq!(house.mailbox.letters().len(), 0);
    for kind in ["sign-in", "personal", "nothing"] {
        let answer = ines.get(&format!("/desk/messages/words/{kind}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{kind}");
    }
}

#[tokio::test]
async fn a_subject_that_names_the_package_is_warned_of() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let subject = "Your 6-session anxiety therapy program waits";
    ines.post("/desk/messages/words/expiry", &[("subject", subject), ("then", "save")]).await;
    let page = ines.get("/desk/messages/words/expiry").await.text;
    assert!(page.contains("Your subject names a package."));
    ines.post("/desk/messages/words/expiry", &[("subject", "Your six wait"), ("then", "save")]).await;
    assert!(!ines.get("/desk/messages/words/expiry").await.text.contains("names a package"));
}

#[tokio::test]
async fn every_kind_can_be_looked_at_and_tested_in_every_blank() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    for kind in fiddlehead::domain::messages::wording::EDITABLE {
        let blanks = fiddlehead::domain::messages::wording::Blank::of(kind);
        let all: Vec<String> = blanks.iter().map(|blank| format!("[{{{}}}]", blank.name())).collect();
        let (subject, address) = (all.join(""), format!("/desk/messages/words/{}", kind.name()));
        assert_eq!(ines.get(&address).await.status, StatusCode::OK, "{kind:?}");
        let id = MessageId::from_bits(house.id()).to_string();
        let form = [("subject", subject.as_str()), ("id", id.as_str()), ("then", "test")];
        for _ in 0..2 {
            assert_eq!(ines.post(&address, &form).await.status, StatusCode::OK, "{kind:?}");
        }
        house.settle().await;
        let letters = house.mailbox.letters();
        let subject = letters[0].letter.subject.to_string();
        assert_eq!(letters[0].letter.to.1.as_str(), "ines@quietfield.example");
        assert_eq!(subject.matches('[').count(), blanks.len(), "{kind:?}: {subject}");
        assert!(!subject.contains('{') && !subject.contains("[]"), "{kind:?}: {subject}");
    }
    assert_eq!(house.mailbox.letters().len(), 12, "each test goes once");
}

#[tokio::test]
async fn a_few_words_to_a_client_go_once_and_answers_come_to_her() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    house.settle().await;
    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&format!("/desk/messages/write?client={nora}")).await;
    let id = page.field("id");
    let client = nora.to_string();
    let form = [
        ("id", id.as_str()),
        ("client", client.as_str()),
        ("subject", "About Thursday"),
        ("text", "Dear {first_name}, bring your notebook."),
    ];
    let shown = ines.post("/desk/messages/write/preview", &form).await.text;
    assert!(shown.contains("Dear Nora, bring your notebook."));
    for _ in 0..2 {
        assert_eq!(ines.post("/desk/messages/write", &form).await.status, StatusCode::SEE_OTHER);
    }
    house.settle().await;
    assert_eq!(went(&house, NORA, "About Thursday"), 1);
    let letters = house.mailbox.letters();
    let reply_to = letters[0].letter.reply_to.clone().unwrap();
    assert_eq!(reply_to.1.as_str(), "ines@quietfield.example");
    let empty = ines.post("/desk/messages/write", &[("id", form[0].1), ("client", &client)]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Her profile's file has what was written to her.
    let own = house.client(nora).get("/me/profile/data.json").await;
    assert!(own.text.contains("bring your notebook."), "{}", own.text);
}

#[tokio::test]
async fn the_list_is_filtered_and_paged() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    house.bought("Sam Whitaker", &house.six).await;
    house.settle().await;
    let mut ines = house.practitioner(house.ines);
    let sent = ines.get("/desk/messages?show=sent&kind=receipt&q=sam").await.text;
    assert!(sent.contains("Sam Whitaker") && !sent.contains("Nora Lind"), "{sent}");
    let planned = ines.get("/desk/messages").await.text;
    let places = ["Book the first session", "A week before the date"]
        .map(|kind| planned.find(&format!(">{kind}<")).unwrap());
    assert!(places[0] < places[1], "the next first");
    for odd in ["?page=0", "?page=99999999999999999999", "?page=9", "?show=x&kind=y", "?q=%00"] {
        let answer = ines.get(&format!("/desk/messages{odd}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{odd}");
    }
}

#[tokio::test]
async fn every_page_of_the_list_goes_on_where_the_one_before_ended_with_only_her_own() {
    let house = House::new().await;
    // Sixty clients of Ines', the first of whom is Hana's too.
    for number in 1..=60 {
        house.bought(&format!("Nr{number} Client"), &house.six).await;
        house.live(hours(1)).await;
    }
    house.bought("Nr1 Client", &house.five).await;
    house.settle().await;
    let mut ines = house.practitioner(house.ines);
    let mut pages = Vec::new();
    for page in 1..=3 {
        let address = format!("/desk/messages?show=sent&kind=receipt&q=client&page={page}");
        let text = ines.get(&address).await.text;
        let names = text.split("span class=\"sr\"> to ").skip(1).map(|rest| rest.split('<').next().unwrap());
        pages.push(names.map(str::to_owned).collect::<Vec<_>>());
        assert!(text.contains("Went out 60<"), "{text}");
    }
    let newest_first: Vec<String> = (1..=60).rev().map(|number| format!("Nr{number} Client")).collect();
    assert_eq!((pages[0].len(), pages.concat()), (50, newest_first));
    let hana =
        house.practitioner(house.hana).get("/desk/messages?show=sent&kind=receipt&q=client").await.text;
    assert!(hana.contains("Went out 1<") && hana.contains("Nr1 Client") && !hana.contains("Nr2 Client"));
}

#[tokio::test]
async fn a_sign_in_link_is_shown_to_nobody_and_kept_nowhere() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    house.visitor().post("/sign-in", &[("email", NORA)]).await;
    house.settle().await;
    let read = house.app.store.read().unwrap();
    let all = store::messages::message::to(&read, Person::Client(nora)).unwrap();
    let links: Vec<_> = all.iter().filter(|message| message.kind == Kind::SignIn).collect();
    assert!(!links.is_empty());
    for link in links {
        assert_eq!(store::messages::sent::find(&read, link.id).unwrap(), None);
        let page = house.practitioner(house.ines).get(&format!("/desk/messages/{}", link.id)).await.text;
        assert!(page.contains("for its reader’s eyes only") && !page.contains("/sign-in/link/"));
    }
}

#[tokio::test]
async fn a_client_asks_to_be_erased_and_the_practice_does_it_after_seeing_what_it_means() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let id = fiddlehead::domain::id::BookingId::from_bits(house.id());
    let slot = "2026-04-20T08:00:00Z".parse().unwrap();
    fiddlehead::actions::calendar::booking::book(&house.app, nora, id, lot, slot).unwrap();
    let mut she = house.client(nora);
    assert!(she.get("/me/profile/erase").await.text.contains("1 session booked and 5 sessions left"));
    let wrong = she.post("/me/profile/erase", &[("email", "x@example.org")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for _ in 0..2 {
        assert_eq!(
            she.post("/me/profile/erase", &[("email", "Nora@example.org")]).await.status,
            StatusCode::SEE_OTHER
        );
    }
    house.settle().await;
    assert_eq!(went(&house, "ines@quietfield.example", "asks to be erased"), 1);
    assert_eq!(went(&house, "hana@quietfield.example", "asks to be erased"), 0);
    let mut ines = house.practitioner(house.ines);
    let address = format!("/desk/clients/{nora}/erase");
    let page = ines.get(&address).await.text;
    assert!(page.contains("1 session still to come.") && !page.contains("Type the email address"));
    ines.post(&format!("{address}/sessions"), &[]).await;
    house.settle().await;
    let page = ines.get(&address).await.text;
    assert!(page.contains("6 sessions left to book, which nobody can use"), "{page}");
    for form in
        [&[("email", NORA)][..], &[("settled", "yes")], &[("settled", "yes"), ("email", "other@example.org")]]
    {
        assert_eq!(ines.post(&address, form).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let erased = ines.post(&address, &[("settled", "yes"), ("email", NORA)]).await;
    assert_eq!(erased.status, StatusCode::SEE_OTHER);
    let read = house.app.store.read().unwrap();
    for message in store::messages::message::to(&read, Person::Client(nora)).unwrap() {
        assert_eq!(store::messages::sent::find(&read, message.id).unwrap(), None, "how it read is gone");
    }
    house.assert_sound();
}

#[tokio::test]
async fn how_mails_to_the_desk_read_is_kept_of_all_but_who_is_erased() {
    let house = House::new().await;
    let (nora, hers) = house.bought("Nora Lind", &house.six).await;
    let (sam, his) = house.bought("Sam Whitaker", &house.six).await;
    let book = |client, lot, start: &str| {
        let id = BookingId::from_bits(house.id());
        booking::book(&house.app, client, id, lot, start.parse().unwrap()).unwrap();
        id
    };
    let booked = [book(nora, hers, "2026-04-20T08:00:00Z"), book(sam, his, "2026-04-20T10:00:00Z")];
    let mut told = Vec::new();
    for (client, lot, booking) in [(nora, hers, booked[0]), (sam, his, booked[1])] {
        let bought = About::Purchase(PurchaseId::from_bits(lot.bits()));
        let all = [About::Client(client), About::Lot(lot), About::Booking(booking, 0), bought];
        told.extend(all.map(|about| (client, about, MessageId::from_bits(house.id()))));
    }
    let (kept, to) = (told.clone(), Person::Practitioner(house.ines));
    let now = house.now();
    let written: Result<(), store::StoreError> = house.app.store.write(move |tx| {
        kept.iter().try_for_each(|(_, about, id)| {
            let (kind, state) = (Kind::ErasureAsked, State::Sent { at: now });
            let (key, about, id) = (format!("test/{id}"), *about, *id);
            let (due_at, try_at, made_at, tries, asked_at) = (now, now, now, 1, None);
            let message =
                Message { id, kind, to, about, key, made_at, due_at, try_at, tries, asked_at, state };
            store::messages::message::put(tx, &message)?;
            let copy = Copy { subject: "About a client".to_owned(), text: "Her words.".to_owned() };
            store::messages::sent::put(tx, id, &copy)
        })
    });
    written.unwrap();
    let mut ines = house.practitioner(house.ines);
    let address = format!("/desk/clients/{nora}/erase");
    ines.post(&format!("{address}/sessions"), &[]).await;
    house.settle().await;
    let erased = ines.post(&address, &[("settled", "yes"), ("email", NORA)]).await;
    assert_eq!(erased.status, StatusCode::SEE_OTHER);
    let read = house.app.store.read().unwrap();
    for (client, about, id) in told {
        let copy = store::messages::sent::find(&read, id).unwrap();
        assert_eq!(copy.is_some(), client == sam, "{about:?}");
    }
}

#[tokio::test]
async fn a_client_and_her_practitioner_take_away_what_is_kept() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    for answer in [
        house.client(nora).get("/me/profile/data.json").await,
        house.practitioner(house.ines).get(&format!("/desk/clients/{nora}/data.json?notes=all")).await,
    ] {
        let data: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(data["client"]["name"], "Nora Lind");
        assert!(answer.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
        assert!(answer.headers["cache-control"].to_str().unwrap().contains("no-store"));
    }
}
