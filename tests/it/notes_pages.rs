//! Notes over HTTP: written, shared, changed and deleted; and that their words are nowhere but on the pages of those who may read them.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::id::BookingId;
use fiddlehead::domain::time::hours;
use fiddlehead::store::{self, Store};
use tracing_subscriber::fmt::MakeWriter;

use crate::support::{House, at};

const OK: StatusCode = StatusCode::OK;
const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
const CANARY: &str = "sparrowhawk at the seventh window";

/// A log that a test can read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_note_is_written_shared_changed_and_deleted() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let session = BookingId::from_bits(house.id());
    booking::book(&house.app, nora, session, lot, at("2026-04-15T08:00:00Z")).unwrap();
    house.live(hours(26)).await;
    let mut ines = house.practitioner(house.ines);
    let page = format!("/desk/clients/{nora}");
    let notes = format!("{page}/notes");
    let mut me = house.client(nora);

    let id = ines.get(&page).await.field("id");
    assert_eq!(ines.post(&notes, &[("id", &id), ("text", "  ")]).await.status, WRONG);
    let long = ines.post(&notes, &[("id", &id), ("text", &"x".repeat(5001))]).await;
    assert!(long.status == WRONG && long.text.contains("xxxx"), "what was typed is kept");
    assert_eq!(
        ines.post(&notes, &[("id", &id), ("text", "Sleeps badly.")]).await.location(),
        format!("{page}?done=noted")
    );
    assert!(ines.get(&page).await.text.contains("Sleeps badly."));
    for path in ["/me".to_owned(), format!("/me/bookings/{session}")] {
        let shown = me.get(&path).await;
        assert!(shown.status == OK && !shown.text.contains("Sleeps badly."), "{path}");
    }

    // One about a session, for the client to read.
    let about = ines.get(&format!("{notes}?session={session}")).await;
    let shared = about.field("id");
    let session_text = session.to_string();
    let fields =
        [("id", shared.as_str()), ("session", &session_text), ("shared", "yes"), ("text", "Breathe <out>.")];
    ines.post(&notes, &fields).await;
    let shown = ines.get(&page).await.text;
    assert!(shown.contains("Nora can read this") && shown.contains("Breathe &lt;out&gt;."), "{shown}");
    for path in ["/me".to_owned(), format!("/me/bookings/{session}")] {
        let shown = me.get(&path).await.text;
        assert!(shown.contains("Breathe &lt;out&gt;.") && shown.contains("Ines Varga"), "{path}: {shown}");
    }
    assert!(ines.get(&format!("/desk/bookings/{session}")).await.text.contains("Breathe &lt;out&gt;."));
    let (mira, _) = house.bought("Mira Tal", &house.six).await;
    assert!(!house.client(mira).get("/me").await.text.contains("Breathe"));

    // Taken back, then deleted.
    let change = ines.get(&format!("{notes}/{shared}")).await;
    assert_eq!((change.status, change.field("session")), (OK, session_text.clone()));
    ines.post(&notes, &[("id", &shared), ("session", &session_text), ("shared", "no"), ("text", "Breathe.")])
        .await;
    assert!(!me.get("/me").await.text.contains("Breathe"));
    let remove = format!("{notes}/{shared}/remove");
    assert!(ines.get(&remove).await.text.contains("It cannot be brought back."));
    assert!(ines.get(&page).await.text.contains("Breathe."), "asking deletes nothing");
    assert_eq!(ines.post(&remove, &[]).await.location(), format!("{page}?done=deleted"));
    assert!(!ines.get(&page).await.text.contains("Breathe."));
    assert_eq!(ines.post(&remove, &[]).await.status, StatusCode::NOT_FOUND);
    house.assert_sound();
}

#[tokio::test]
async fn the_words_of_a_note_are_in_no_file_no_log_and_no_mail() {
    let log = Log::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(log.clone()).finish();
    // Where tests share a process another may have taken the place: then the log is empty, and the file and mails still count.
    let ours = tracing::subscriber::set_global_default(subscriber).is_ok();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.redb");
    let house = House::on(Store::open(&file).unwrap()).await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let notes = format!("/desk/clients/{nora}/notes");
    for shared in ["no", "yes"] {
        let id = ines.get(&notes).await.field("id");
        ines.post(&notes, &[("id", &id), ("shared", shared), ("text", CANARY)]).await;
    }
    let long = format!("{CANARY} {}", "x".repeat(5001));
    let id = ines.get(&notes).await.field("id");
    assert_eq!(ines.post(&notes, &[("id", &id), ("text", &long)]).await.status, WRONG);
    booking::book(&house.app, nora, BookingId::from_bits(house.id()), lot, at("2026-04-15T08:00:00Z"))
        .unwrap();
    house.live(hours(30)).await;
    assert!(house.client(nora).get("/me").await.text.contains(CANARY), "she reads what is shared");

    let word = "sparrowhawk";
    let holds = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    let bytes = std::fs::read(&file).unwrap();
    assert!(holds(&bytes, "Nora Lind") && !holds(&bytes, word), "the data file");
    let letters = house.mailbox.letters();
    let mails = letters.iter().map(|one| format!("{:?}", one.letter)).collect::<String>();
    assert!(mails.contains("Nora") && !mails.contains(word), "the mails");
    tracing::error!("the log is heard");
    let told = log.0.lock().unwrap().clone();
    assert!(!ours || holds(&told, "the log is heard"));
    assert!(!holds(&told, word), "the log");
}

#[tokio::test]
async fn without_its_key_a_note_is_unreadable_and_all_else_goes_on() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let mut ines = house.practitioner(house.ines);
    let page = format!("/desk/clients/{nora}");
    for shared in ["no", "yes"] {
        let id = ines.get(&format!("{page}/notes")).await.field("id");
        ines.post(&format!("{page}/notes"), &[("id", &id), ("shared", shared), ("text", CANARY)]).await;
    }
    // Another key stands where hers was, as after a backup without the server's own.
    house.app.keep(move |tx| store::people::note::put_key(tx, nora, &[7; 60])).unwrap();
    let shown = ines.get(&page).await;
    assert_eq!(shown.status, OK);
    assert!(shown.text.contains("The notes do not open.") && !shown.text.contains(CANARY));
    assert!(shown.text.contains("Credit ledger"), "her credits are there");
    let me = house.client(nora).get("/me").await;
    assert!(me.status == OK && !me.text.contains(CANARY));
}
