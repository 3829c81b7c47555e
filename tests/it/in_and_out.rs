//! Bringing clients in with half-used packages, and taking everything away.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::keeping::check;
use fiddlehead::actions::keeping::export::Notes;
use fiddlehead::actions::keeping::takeout::{self, Form, Pieces};
use fiddlehead::domain::id::BookingId;
use fiddlehead::domain::time::hours;
use fiddlehead::store;

use crate::support::{Answer, House, Visitor, at};

const HEAD: &str = "name,email,phone,package,total,used,expires_on,paid,currency,note\n";

/// Sends a file with the form, as a browser does.
async fn look(visitor: &mut Visitor<'_>, file: &[u8], fields: &[(&str, &str)]) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.bytes());
    }
    body.extend(b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"c.csv\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--XX--\r\n");
    visitor.post_body("/desk/import", "multipart/form-data; boundary=XX", body).await
}

/// Confirms what a preview showed.
async fn confirm(
    visitor: &mut Visitor<'_>,
    shown: &Answer,
    file: &str,
    fields: &[(&'static str, &str)],
) -> Answer {
    let id = shown.field("id");
    let all = [&[("id", id.as_str()), ("pasted", file)], fields].concat();
    visitor.post("/desk/import/confirm", &all).await
}

fn everything(house: &House) -> String {
    let read = house.app.store.read().unwrap();
    format!(
        "{:?} {:?} {:?}",
        store::people::client::all(&read).unwrap(),
        store::credits::lot::all(&read).unwrap(),
        store::messages::message::all(&read).unwrap(),
    )
}

#[tokio::test]
async fn half_used_packages_come_in_and_the_books_know_where_their_money_came() {
    let house = House::new().await;
    house.bought("Nora Lind", &house.six).await;
    house.settle().await;
    let mails = house.mailbox.letters().len();
    let file = format!(
        "{HEAD}Élodie Martin,elodie@example.org,,6-session ANXIETY therapy program,6,2,2026-06-30,540,USD,from the old book\n\
         Nora L.,nora@example.org,,six-sessions,6,3,,,,\n\
         Tom Berg,tom@example.org,555 0100,,,,,,,\n"
    );
    let mut ines = house.practitioner(house.ines);
    let shown = look(&mut ines, file.as_bytes(), &[("dates", "day"), ("mail", "welcome")]).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    for part in [
        "2 new clients, 2 packages with 7 sessions.",
        "2 of 6 used before",
        "Worth $360.00",
        "2 welcomes by email",
        "No reminder to book",
    ] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    assert_eq!(everything(&house).matches("Élodie").count(), 0, "nothing is kept yet");
    let wishes = [("dates", "day"), ("mail", "welcome")];
    for _ in 0..2 {
        let kept = confirm(&mut ines, &shown, &file, &wishes).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    }
    house.settle().await;
    house.assert_sound();
    let read = house.app.store.read().unwrap();
    let elodie =
        store::people::client::with_email(&read, &"elodie@example.org".parse().unwrap()).unwrap().unwrap();
    let (lot, balance) = store::credits::lot::of_client(&read, elodie.id, house.now()).unwrap().remove(0);
    assert_eq!((balance.available, lot.paid.minor, lot.offer.length_minutes), (4, 36000, 50));
    let nora =
        store::people::client::with_email(&read, &"nora@example.org".parse().unwrap()).unwrap().unwrap();
    assert_eq!(nora.name.as_str(), "Nora Lind", "she keeps her own name");
    assert_eq!(store::credits::lot::of_client(&read, nora.id, house.now()).unwrap().len(), 2);
    drop(read);
    // One welcome each, and no receipt.
    assert_eq!(house.mailbox.letters().len(), mails + 2);
    // What came in was not collected in this month.
    let today = ines.get("/desk").await.text;
    let collected: String = today.split("Collected").nth(1).unwrap().chars().take(160).collect();
    assert!(collected.contains("$540"), "{collected}");
    // It can be booked, and the books hold.
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, elodie.id, id, lot.id, at("2026-04-20T08:00:00Z")).unwrap();
    house.live(hours(10 * 24)).await;
    house.assert_sound();
    // What was paid elsewhere is given back elsewhere, and the page says so.
    let bench = house.practitioner(house.ines).get(&format!("/desk/lots/{}/refund", lot.id)).await;
    assert_eq!(bench.status, StatusCode::OK);
    assert!(bench.text.contains("paid before they were brought in here"), "{}", bench.text);
    assert!(bench.text.contains(&format!("/desk/lots/{}/", lot.id)), "a way on: {}", bench.text);
    let page = house.practitioner(house.ines).get(&format!("/desk/clients/{}", elodie.id)).await.text;
    assert!(page.contains("2 of 6 used before"), "{page}");
    // The same file again makes nothing.
    let mut ines = house.practitioner(house.ines);
    let again = look(&mut ines, file.as_bytes(), &[("dates", "day")]).await;
    assert!(again.text.contains("Came in before: nothing is made"), "{}", again.text);
    let before = everything(&house).matches("Lot {").count();
    confirm(&mut ines, &again, &file, &[("dates", "day")]).await;
    assert_eq!(everything(&house).matches("Lot {").count(), before);
}

#[tokio::test]
async fn with_one_wrong_line_nothing_comes_in_and_each_is_named() {
    let house = House::new().await;
    let before = everything(&house);
    let file = format!(
        "{HEAD}Anna,anna@example.org,,six-sessions,6,2,2026-06-30,540,USD,\n\
         ,not an address,,six-sessions,six,2,31.6.2026,1.234,EUR,\n\
         \"Broken\u{202e}name\",b@example.org,,six-sessions,6,2,,,,\n\
         Carl,carl@example.org,,Yoga ten,10,3,,,,\n\
         Dora,dora@example.org,,six-sessions,6,9,,,,\n\
         Eve,eve@example.org,,six-sessions,6,1,2020-01-01,,,\n\
         Anna,anna@example.org,,six-sessions,6,2,2026-06-30,540,USD,\n\
         Other,ANNA@example.org,,,,,,,,\n"
    );
    let mut ines = house.practitioner(house.ines);
    let shown = look(&mut ines, file.as_bytes(), &[("dates", "day")]).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "7 lines cannot be brought in as they are.",
        "name: Please fill this in.",
        "email: An email address looks like",
        "total: please write a whole number.",
        "expires_on: no date",
        "name: This holds a character that cannot be shown.",
        "No package of yours is called so.",
        "More sessions are used or left than there were in all.",
        "Wednesday 1 January 2020 has passed.",
        "The same stands in line 2.",
        "Line 2 gives this email address another name.",
    ] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    // Whoever sends it nevertheless is told the same.
    let forced = confirm(&mut ines, &shown, &file, &[("dates", "day")]).await;
    assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(everything(&house), before);
}

#[tokio::test]
async fn what_is_no_table_is_refused_beside_the_field_and_what_was_pasted_stays() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let big = format!("{HEAD}{}", "A,a@example.org,,,,,,,,\n".repeat(5_001));
    for (file, said) in [
        (&b""[..], "There are no lines in it"),
        (b"PK\x03\x04\x14\x00", "This is no CSV file."),
        (b"first,second\n1,2\n", "The first line names the columns."),
        (b"name,email,mail\nA,a@x.org,b@x.org\n", "Two columns mean the same: email."),
        (big.as_bytes(), "At most 5,000 lines come in at a time."),
    ] {
        let answer = look(&mut ines, file, &[("pasted", "")]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.text.contains(said), "{said}: {}", answer.text);
    }
    let lines = look(&mut ines, b"", &[("pasted", "name,email\r\n\r\nA,a@x.org\r\n,b@x.org\r\n")]).await;
    assert!(lines.text.contains("<td class=\"num\">4</td>"), "as an editor counts them: {}", lines.text);
    let pasted = look(&mut ines, b"", &[("pasted", "name\tmail\n<b>Zoë\tzoe\n")]).await;
    assert!(pasted.text.contains("&lt;b&gt;Zoë") && !pasted.text.contains("<b>Zoë"));
}

#[tokio::test]
async fn five_thousand_lines_come_in_at_once() {
    let house = House::new().await;
    let lines: String = (0..5_000)
        .map(|n| format!("Client {n},client{n}@example.org,,six-sessions,6,{},2026-06-30,540,USD,\n", n % 6))
        .collect();
    let file = format!("{HEAD}{lines}");
    let mut ines = house.practitioner(house.ines);
    let shown = look(&mut ines, file.as_bytes(), &[("dates", "day")]).await;
    assert!(shown.text.contains("5000 new clients"), "{}", &shown.text[..4000]);
    let kept = confirm(&mut ines, &shown, &file, &[("dates", "day")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    house.assert_sound();
}

/// A practice with something of everything.
async fn busy() -> House {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    house.bought("Sam Whitaker", &house.five).await;
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, id, lot, at("2026-04-16T08:00:00Z")).unwrap();
    house.live(hours(96)).await;
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/messages/words/expiry", &[("opening", "=1+1 \"quoted\",\nand more"), ("then", "save")])
        .await;
    house
}

#[tokio::test]
async fn only_the_owner_takes_everything_away_and_it_is_read_back_by_others_whole() {
    let house = busy().await;
    assert_eq!(
        house.practitioner(house.hana).get("/desk/export/file?form=json").await.status,
        StatusCode::NOT_FOUND
    );
    let mut ines = house.practitioner(house.ines);
    let json = ines.get("/desk/export/file?form=json").await;
    assert_eq!(json.status, StatusCode::OK);
    let whole: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!((&whole["format"], &whole["version"]), (&"fiddlehead-export".into(), &1.into()));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("practice.zip");
    let mut bytes = Vec::new();
    let to = Pieces::new(|piece| {
        bytes.extend(piece);
        Ok(())
    });
    takeout::write(&house.app, house.ines, Notes::Shared, Form::Csv, to).unwrap();
    std::fs::write(&path, &bytes).unwrap();
    std::fs::write(folder.path().join("practice.json"), &json.text).unwrap();
    let report = check::check(&house.app.store, house.now()).unwrap();
    let judged = std::process::Command::new("python3")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/peers/read_export.py"))
        .arg(folder.path())
        .output()
        .expect("Python reads the export; apt has it as python3");
    let said = String::from_utf8_lossy(&judged.stdout);
    assert!(judged.status.success(), "{said}{}", String::from_utf8_lossy(&judged.stderr));
    let read: serde_json::Value = serde_json::from_str(&said).unwrap();
    for (table, counted) in [
        ("purchases", "purchases"),
        ("payments", "payments"),
        ("credits", "lots"),
        ("ledger", "ledger entries"),
        ("sessions", "bookings"),
        ("receipts", "receipts"),
    ] {
        assert_eq!(read["rows"][table], report.counted[counted], "{table}");
    }
    for table in ["package_versions", "booking_rules", "special_dates", "invitations", "own_accounts"] {
        assert!(read["rows"][table].is_u64(), "{table}");
    }
    assert_ne!(read["rows"]["package_versions"], 0);
    assert_ne!(read["rows"]["booking_rules"], 0);
    assert_eq!(read["paid"], "915.00");
    assert_eq!(read["granted"], 11);
    assert_eq!(read["formula"], "'=1+1 \"quoted\",\nand more");
}

#[tokio::test]
async fn notes_go_along_for_the_practitioner_who_wrote_them_and_no_other() {
    use fiddlehead::actions::people::note;
    use fiddlehead::domain::id::NoteId;
    use fiddlehead::domain::people::note::{Audience, Draft, Kind};
    let house = busy().await;
    let read = house.app.store.read().unwrap();
    let sam = store::people::client::with_email(&read, &"sam@example.org".parse().unwrap()).unwrap().unwrap();
    let nora =
        store::people::client::with_email(&read, &"nora@example.org".parse().unwrap()).unwrap().unwrap();
    drop(read);
    for (whose, client, text) in [(house.ines, nora.id, "hers to keep"), (house.hana, sam.id, "not hers")] {
        let id = NoteId::from_bits(house.id());
        let draft = Draft {
            id,
            client,
            booking: None,
            audience: Audience::Private,
            kind: Kind::Usual,
            text: text.parse().unwrap(),
        };
        note::write(&house.app, whose, draft).unwrap();
    }
    let mut ines = house.practitioner(house.ines);
    let with = ines.get("/desk/export/file?form=json&notes=all").await.text;
    assert!(with.contains("hers to keep") && !with.contains("not hers"));
    let without = ines.get("/desk/export/file?form=json").await.text;
    assert!(!without.contains("hers to keep") && !without.contains("not hers"));
    for secret in ["argon2", "password"] {
        assert!(!with.contains(secret), "{secret}");
    }
}
