//! Limits over HTTP: no mailbox is filled by asking, whoever asks and by whichever way, and nobody is kept out for good.

use axum::http::StatusCode;
use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::time::{hours, minutes};

use crate::support::{House, PASSWORD};

/// How many mails with such a subject went.
fn sent(house: &House, subject: &str) -> usize {
    house.mailed().iter().filter(|(of, _)| of == subject).count()
}

const LINK: &str = "Your sign-in link";

#[tokio::test]
async fn asking_for_links_all_day_fills_no_mailbox_and_keeps_nobody_out_for_good() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    for (door, email) in [("/sign-in", "nora@example.org"), ("/desk/sign-in/link", "ines@quietfield.example")]
    {
        let before = sent(&house, LINK);
        let (mut taken, mut refused) = (0, 0);
        for _ in 0..(24 * 60 / 5) {
            let answer = house.visitor().post(door, &[("email", email)]).await;
            if answer.status == StatusCode::TOO_MANY_REQUESTS {
                refused += 1
            } else {
                taken += 1
            }
            house.live(minutes(5)).await;
        }
        let mails = sent(&house, LINK) - before;
        assert!(mails == taken && (12..=24).contains(&mails) && refused > 200, "{door}: {mails} of {taken}");
        // After two hours without such a knock she has her link.
        house.live(hours(2)).await;
        house.visitor().post(door, &[("email", email)]).await;
        house.settle().await;
        assert_eq!(sent(&house, LINK) - before, mails + 1, "{door}");
    }
    // Nor was she kept from her password meanwhile.
    let form = [("email", "ines@quietfield.example"), ("password", PASSWORD)];
    assert_eq!(house.visitor().post("/desk/sign-in", &form).await.location(), "/desk");
}

/// The newest link that was mailed.
fn mailed_link(house: &House) -> Option<String> {
    let (_, text) = house.mailed().into_iter().rev().find(|(subject, _)| subject == LINK)?;
    let rest = text.split("/sign-in/link/").nth(1)?;
    Some(format!("/sign-in/link/{}", rest.split_whitespace().next()?))
}

#[tokio::test]
async fn whose_password_and_code_are_guessed_without_end_has_her_link_all_the_while() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    let (nora, ines) = ("nora@example.org", "ines@quietfield.example");
    for _ in 0..90 {
        for (door, email, field) in [
            ("/sign-in/password", nora, "password"),
            ("/sign-in/code", nora, "code"),
            ("/desk/sign-in", ines, "password"),
        ] {
            let guess = house.visitor().post(door, &[("email", email), (field, "123456")]).await;
            assert!([422, 429].contains(&guess.status.as_u16()), "{door}: {}", guess.status);
        }
        house.live(minutes(1)).await;
    }
    // No minute of quiet: both are guessed at still.
    for (door, guessed, email, to) in [
        ("/sign-in", "/sign-in/password", nora, "/me"),
        ("/desk/sign-in/link", "/desk/sign-in", ines, "/desk"),
    ] {
        let form = [("email", email), ("password", PASSWORD)];
        let mut last = StatusCode::OK;
        for _ in 0..12 {
            last = house.visitor().post(guessed, &form).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "{guessed}: nobody guesses for long");
        let asked = house.visitor().post(door, &[("email", email)]).await;
        assert!(asked.status != StatusCode::TOO_MANY_REQUESTS, "{door}: she is kept from her link");
        house.settle().await;
        let link = mailed_link(&house).unwrap();
        assert_eq!(house.visitor().post(&link, &[]).await.location(), to, "{door}");
    }
}

#[tokio::test]
async fn a_form_by_which_somebody_signs_in_is_short() {
    let house = House::new().await;
    let long = "a".repeat(17 * 1024);
    for door in
        ["/sign-in", "/sign-in/password", "/desk/sign-in", "/desk/sign-in/link", "/desk/sign-in/second"]
    {
        let answer =
            house.visitor().post(door, &[("email", "ines@quietfield.example"), ("next", &long)]).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{door}");
    }
}

#[tokio::test]
async fn whose_password_strangers_guess_signs_in_from_the_browser_that_is_known_of_her() {
    // Without mail there is no link to come in by.
    let house = House::new().await.without_post();
    let right = [("email", "ines@quietfield.example"), ("password", PASSWORD)];
    let wrong = [right[0], ("password", "herons in the fog")];
    let mut hers = house.visitor();
    assert_eq!(hers.post("/desk/sign-in", &right).await.location(), "/desk");
    hers.post("/sign-out", &[]).await;
    for _ in 0..12 {
        house.visitor().post("/desk/sign-in", &wrong).await;
    }
    assert_eq!(house.visitor().post("/desk/sign-in", &right).await.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(hers.post("/desk/sign-in", &right).await.location(), "/desk");
    // It is known of her alone, and nobody guesses there for long either.
    hers.post("/sign-out", &[]).await;
    let hanas = [("email", "hana@quietfield.example"), wrong[1]];
    let mut last = StatusCode::OK;
    for form in [hanas, wrong] {
        for _ in 0..12 {
            last = hers.post("/desk/sign-in", &form).await.status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    }
    let hanas = [hanas[0], right[1]];
    assert_eq!(house.visitor().post("/desk/sign-in", &hanas).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn orders_in_somebody_elses_name_fill_no_mailbox() {
    let house = House::new().await;
    let mut taken = 0;
    for _ in 0..30 {
        let mut visitor = house.visitor();
        let page = visitor.get("/ines/six-sessions/checkout").await;
        let (id, version) = (PurchaseId::from_bits(house.id()).to_string(), page.field("version"));
        let form = [
            ("id", id.as_str()),
            ("version", &version),
            ("name", "Nora Lind"),
            ("email", "victim@example.org"),
            ("phone", ""),
            ("tz", "Europe/Berlin"),
            ("pay", "practice"),
            ("agree", "yes"),
        ];
        let answer = visitor.post("/ines/six-sessions/checkout", &form).await;
        assert!(!answer.status.is_server_error(), "{}", answer.text);
        taken += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
    }
    house.settle().await;
    let to_her = house.mailbox.letters();
    let to_her = to_her.iter().filter(|one| one.letter.to.1.to_string() == "victim@example.org").count();
    assert!(taken == 12 && to_her <= 12, "{taken} orders, {to_her} mails");
}

#[tokio::test]
async fn an_invitation_that_is_sent_again_and_again_fills_no_mailbox() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let id = fiddlehead::domain::id::PractitionerId::from_bits(house.id()).to_string();
    let form = [
        ("id", id.as_str()),
        ("name", "Tomas Reiter"),
        ("email", "tomas@example.org"),
        ("role", "practitioner"),
    ];
    assert_eq!(ines.post("/desk/people", &form).await.status, StatusCode::SEE_OTHER);
    let mut last = StatusCode::OK;
    for _ in 0..20 {
        house.hands.set(fiddlehead::domain::time::after(
            house.now(),
            fiddlehead::domain::time::SignedDuration::from_secs(2),
        ));
        last = ines.post(&format!("/desk/people/{id}/again"), &[]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    house.settle().await;
    let all = house.mailbox.letters();
    let mails = all.iter().filter(|one| one.letter.to.1.to_string() == "tomas@example.org").count();
    assert!((1..=12).contains(&mails), "{mails} mails");
}
