//! Settings over HTTP: storefront, practice, password, pictures; and the outbox where no mail goes out.

use std::io::Cursor;

use axum::http::StatusCode;
use fiddlehead::store;
use fiddlehead::store::catalog::storefront::Picture;

use crate::support::{House, PASSWORD};

const STOREFRONT: [(&str, &str); 10] = [
    ("name", "Inés Varga"),
    ("slug", "ines"),
    ("profession", "Therapist"),
    ("tagline", "One step."),
    ("about", "First.\n\nSecond."),
    ("facts", "One\n\nTwo\n"),
    ("place", ""),
    ("tz", "Europe/Lisbon"),
    ("accent", "own"),
    ("accent-own", "#102030"),
];

fn but<'a>(name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    STOREFRONT.iter().map(|&(field, old)| (field, if field == name { value } else { old })).collect()
}

#[tokio::test]
async fn a_storefront_is_saved_whole_and_its_hours_move_with_the_zone() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let path = "/desk/settings/storefront";
    for (name, value, why) in [
        ("slug", "hana", "This address is taken"),
        ("slug", "desk", "This address is taken"),
        ("slug", "two words", "Use the letters a to z"),
        ("name", "", "Please fill this in."),
        ("accent-own", "red;}", "Please write a color"),
        ("tz", "Mars/Olympus", "Please choose a zone"),
        ("facts", "1\n2\n3\n4\n5\n6\n7\n8\n9", "Up to eight facts"),
        ("tagline", "a\u{202e}b", "cannot be shown"),
    ] {
        let answer = ines.post(path, &but(name, value)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text.contains(why) && answer.text.contains("Therapist"), "{name}: {}", answer.text);
    }
    assert_eq!(ines.post(path, &STOREFRONT).await.location(), "/desk/settings?done=saved");
    let read = house.app.store.read().unwrap();
    let kept = store::catalog::storefront::find(&read, house.ines).unwrap().unwrap();
    assert_eq!((kept.accent.to_string().as_str(), kept.facts.len(), kept.place), ("#102030", 2, None));
    let hours = store::calendar::availability::of(&read, house.ines).unwrap().unwrap();
    assert_eq!((hours.zone().name(), hours.hours().rows().count()), ("Europe/Lisbon", 5));
    assert!(house.visitor().get("/ines").await.text.contains("Inés Varga"));
}

#[tokio::test]
async fn only_the_owner_changes_the_practice() {
    let house = House::new().await;
    let fields = [
        ("name", "Loud Field"),
        ("address", ""),
        ("email", "hello@quietfield.example"),
        ("about", ""),
        ("notice", ""),
        ("terms", "Be kind."),
        ("currency", "EUR"),
        ("zone", "Europe/Berlin"),
    ];
    let path = "/desk/settings/practice";
    let mut hana = house.practitioner(house.hana);
    assert_eq!(hana.post(path, &fields).await.status, StatusCode::NOT_FOUND);
    assert!(!hana.get("/desk/settings").await.text.contains("practice-terms"));
    let mut ines = house.practitioner(house.ines);
    let wrong: Vec<_> =
        fields.iter().map(|&(name, old)| (name, if name == "email" { "nowhere" } else { old })).collect();
    assert_eq!(ines.post(path, &wrong).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ines.post(path, &fields).await.location(), "/desk/settings?done=saved");
    let kept = store::catalog::practice::find(&house.app.store.read().unwrap()).unwrap().unwrap();
    assert_eq!((kept.name.as_str(), kept.currency.code()), ("Loud Field", "EUR"));
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let path = "/desk/settings/password";
    let new = "two herons and a pond";
    for (old, new, why) in [
        ("wrong", new, "That is not your password."),
        (PASSWORD, "short", "at least 10"),
        (PASSWORD, "password123", "guessed first"),
    ] {
        let answer = ines.post(path, &[("old", old), ("new", new)]).await;
        assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.text.contains(why), "{why}");
        assert!(!answer.text.contains(&format!("value=\"{new}\"")), "it is not shown again");
    }
    assert_eq!(
        ines.post(path, &[("old", PASSWORD), ("new", new)]).await.location(),
        "/desk/settings?done=password"
    );
    let sign_in = |password: &'static str| [("email", "ines@quietfield.example"), ("password", password)];
    assert_eq!(house.visitor().post("/desk/sign-in", &sign_in(new)).await.location(), "/desk");
    assert_eq!(
        house.visitor().post("/desk/sign-in", &sign_in(PASSWORD)).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        body.extend(
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\r\n")
                .bytes(),
        );
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    body
}

#[tokio::test]
async fn pictures_are_taken_shown_for_ever_and_taken_away() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let mut png = Cursor::new(Vec::new());
    image::RgbImage::from_fn(800, 400, |x, y| image::Rgb([x as u8, y as u8, 90]))
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let png = png.into_inner();
    let path = "/desk/settings/pictures";
    let kind = "multipart/form-data; boundary=XX";
    let answer = ines.post_body(path, kind, form(&[("portrait", &png), ("cover", b"")])).await;
    assert_eq!(answer.location(), "/desk/settings?done=saved", "{}", answer.text);
    let page = ines.get("/desk/settings").await.text;
    let at = page.find("/pictures/ines/portrait-").unwrap();
    let url: String = page[at..].chars().take_while(|c| *c != '"').collect();
    let served = house.visitor().get(&url).await;
    assert_eq!(served.status, StatusCode::OK);
    assert!(served.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(served.headers["content-type"], "image/jpeg");
    let kept =
        store::catalog::storefront::picture(&house.app.store.read().unwrap(), house.ines, Picture::Portrait);
    assert!(kept.unwrap().unwrap().len() < 80 * 1024);
    let wrong = ines.post_body(path, kind, form(&[("cover", b"<svg/>")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("This file is not a JPEG, PNG or WebP."));
    let large = ines.post_body(path, kind, form(&[("cover", &vec![0; 9 * 1024 * 1024])])).await;
    assert!(large.text.contains("This file is more than 8 MB."), "{}", large.text);
    let huge = ines.post_body(path, kind, form(&[("cover", &vec![0; 18 * 1024 * 1024])])).await;
    assert_eq!(huge.status, StatusCode::PAYLOAD_TOO_LARGE);
    let elsewhere = ines
        .post_body("/desk/settings/storefront", "application/x-www-form-urlencoded", vec![b'a'; 300 * 1024])
        .await;
    assert_eq!(elsewhere.status, StatusCode::PAYLOAD_TOO_LARGE, "other forms keep their bounds");
    assert_eq!(ines.post_body(path, kind, b"--XX\r\nbroken".to_vec()).await.status, StatusCode::BAD_REQUEST);
    let gone =
        b"--XX\r\nContent-Disposition: form-data; name=\"remove\"\r\n\r\nportrait\r\n--XX--\r\n".to_vec();
    assert_eq!(ines.post_body(path, kind, gone).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.visitor().get(&url).await.status, StatusCode::NOT_FOUND);
}
