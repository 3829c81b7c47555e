//! A corpus of what somebody may call herself who means harm (`injection/corpus.txt`), taken through the door where names come in
//! to every place where they go out: mails, calendars, tables, pages.

use fiddlehead::actions::calendar::booking;
use fiddlehead::domain::catalog::purchase::Purchase;
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::{BookingId, PurchaseId};
use fiddlehead::store;

use crate::support::{House, at};

/// The corpus, with its escapes undone.
fn corpus() -> Vec<String> {
    let lines = include_str!("injection/corpus.txt")
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(unescaped).collect()
}

fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next() {
            Some('r') => text.push('\r'),
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('0') => text.push('\0'),
            Some('u') => {
                let code: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                text.push(char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap());
            }
            Some(other) => text.push(other),
            None => {}
        }
    }
    text
}

/// Buys in that name over HTTP, to be paid at the practice; nothing if the name is refused.
async fn bought_as(house: &House, name: &str, number: usize) -> Option<Purchase> {
    let mut visitor = house.visitor();
    let page = visitor.get("/ines/six-sessions/checkout").await;
    let (id, email) = (PurchaseId::from_bits(house.id()), format!("nora{number}@example.org"));
    let (text, version) = (id.to_string(), page.field("version"));
    let form = [
        ("id", text.as_str()),
        ("version", &version),
        ("name", name),
        ("email", &email),
        ("phone", ""),
        ("tz", "Europe/Berlin"),
        ("pay", "practice"),
        ("agree", "yes"),
    ];
    let answer = visitor.post("/ines/six-sessions/checkout", &form).await;
    assert!(answer.status == 303 || answer.status == 422, "{name:?}: {}", answer.status);
    if answer.status == 422 {
        assert!(answer.text.contains("aria-invalid"), "{name:?} is refused beside no field");
        return None;
    }
    store::catalog::purchase::find(&house.app.store.read().unwrap(), id).unwrap()
}

/// The names of the headers that our mails have.
const HEADERS: [&str; 14] = [
    "Message-ID",
    "Date",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Precedence",
    "Content-Language",
];

fn assert_mail_is_sound(raw: &[u8], name: &str) {
    let text = String::from_utf8_lossy(raw);
    assert!(!text.replace("\r\n", "").contains(['\r', '\n', '\0']), "{name:?}: a bare line end");
    let (head, _) = text.split_once("\r\n\r\n").unwrap();
    for line in head.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])) {
        let header = line.split(':').next().unwrap();
        assert!(HEADERS.contains(&header), "{name:?}: a header {header:?}");
    }
    let to: Vec<&str> = head.split("\r\n").filter(|line| line.starts_with("To:")).collect();
    assert!(to.len() == 1, "{name:?}: {to:?}");
    assert!(text.lines().all(|line| line.len() <= 998), "{name:?}: a line too long");
}

#[tokio::test]
async fn nothing_that_somebody_calls_herself_breaks_out_of_a_mail_a_calendar_a_table_or_a_page() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    ines.post("/desk/calendars/feed", &[("act", "make")]).await;
    let mut held = 0;
    for (number, name) in corpus().iter().enumerate() {
        let Some(sale) = bought_as(&house, name, number).await else {
            held += 1;
            continue;
        };
        house.mark_paid(house.ines, sale.id);
        let starts = at("2026-04-20T07:00:00Z");
        let starts = fiddlehead::domain::time::after(
            starts,
            fiddlehead::domain::time::hours(24 * 7 * (number as i64 / 35)),
        );
        let nth = number as i64 % 35;
        let starts = fiddlehead::domain::time::after(
            starts,
            fiddlehead::domain::time::hours(24 * (nth / 8) + nth % 8),
        );
        let id = BookingId::from_bits(house.id());
        booking::book(&house.app, sale.client, id, Lot::id_for(sale.id), starts).unwrap();
        house.settle().await;
        let letters = house.mailbox.letters();
        let hers: Vec<_> = letters.iter().take(6).collect();
        assert!(hers.len() >= 4, "{name:?}: {} mails", hers.len());
        for letter in hers {
            assert_mail_is_sound(&letter.raw, name);
            assert!(
                !letter.letter.html.contains("<script") && !letter.letter.html.contains("<img src=x"),
                "{name:?}"
            );
            if let Some(calendar) = &letter.letter.calendar {
                assert_calendar_is_sound(&calendar.ics, 1, name);
            }
        }
        let page = ines.get(&format!("/desk/clients/{}", sale.client)).await.text;
        assert!(!page.contains("<script>") && !page.contains("<img src=x"), "{name:?}");
    }
    assert!(held >= 8 && held < corpus().len() / 2, "{held} of {} are refused at the door", corpus().len());
    let address = ines.get("/desk/calendars").await.field("feed").replace("http://book.example", "");
    let feed = ines.get(&address).await.text;
    assert_calendar_is_sound(&feed, corpus().len() - held, "the feed");
    for table in ["journal.csv", "receipts.csv", "earned.csv", "open.csv"] {
        let file = ines.get(&format!("/desk/money/files/{table}")).await;
        let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(file.bytes.as_slice());
        for line in reader.records().filter_map(Result::ok) {
            for cell in &line {
                let amount = cell
                    .strip_prefix('-')
                    .is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.'));
                assert!(
                    amount || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋']),
                    "{table}: {cell:?}"
                );
            }
        }
    }
    house.assert_sound();
}

fn assert_calendar_is_sound(ics: &str, events: usize, name: &str) {
    assert!(!ics.replace("\r\n", "").contains(['\r', '\n']), "{name:?}: a bare line end");
    let lines: Vec<&str> = ics.split("\r\n").collect();
    let count = |wanted: &str| lines.iter().filter(|line| **line == wanted).count();
    assert_eq!((count("BEGIN:VEVENT"), count("END:VEVENT")), (events, events), "{name:?}: {ics}");
    assert_eq!((count("BEGIN:VCALENDAR"), count("END:VCALENDAR")), (1, 1), "{name:?}");
    assert!(lines.iter().all(|line| line.len() <= 75), "{name:?}: a line too long");
}
