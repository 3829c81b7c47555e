//! The books, the papers and the files: what an owner reads, and what nobody else does.

use std::io::Write as _;
use std::process::{Command, Stdio};

use axum::http::StatusCode;
use fiddlehead::actions::calendar::{availability, booking, change};
use fiddlehead::actions::people::note;
use fiddlehead::actions::refunds::ask;
use fiddlehead::domain::billing::payment::Means;
use fiddlehead::domain::billing::refund::{Ask, Method, Way};
use fiddlehead::domain::calendar::closure::Closure;
use fiddlehead::domain::credits::ledger::{Actor, Entry, What};
use fiddlehead::domain::credits::lot::{Lot, Origin};
use fiddlehead::domain::id::{BookingId, ClientId, ClosureId, EntryId, LotId, NoteId, PurchaseId, RefundId};
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::people::note::{Audience, Draft, Kind};
use fiddlehead::domain::time::{after, hours, minutes};
use fiddlehead::store;

use crate::support::smtp_peer::python;
use crate::support::{House, Visitor, at, six_sessions};

fn book(house: &House, client: ClientId, lot: LotId, start: &str) -> BookingId {
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at(start)).unwrap().id
}

async fn until(house: &House, then: &str) {
    house.live(at(then).duration_since(house.now())).await;
}

/// domain.md, worked example 3: two attended and one cancelled late in April, one expired in July, two still to come.
async fn example_3(house: &House, name: &str) -> (ClientId, LotId) {
    let (client, lot) = house.bought(name, &house.six).await;
    book(house, client, lot, "2026-04-21T08:00:00Z");
    book(house, client, lot, "2026-04-22T08:00:00Z");
    let late = book(house, client, lot, "2026-04-23T08:00:00Z");
    until(house, "2026-04-22T09:00:00Z").await;
    change::cancel(&house.app, client, late, change::Returns::No).unwrap();
    until(house, "2026-07-13T21:59:59Z").await;
    book(house, client, lot, "2026-07-15T08:00:00Z");
    book(house, client, lot, "2026-07-16T08:00:00Z");
    until(house, "2026-07-13T22:00:00Z").await;
    (client, lot)
}

/// The amounts of a list of sums on a page, by their names.
fn sums(page: &str) -> Vec<(String, String)> {
    let rows = page.split("<dt>").skip(1).filter_map(|rest| {
        let (name, rest) = rest.split_once("</dt><dd>")?;
        Some((name.to_owned(), rest.split_once("</dd>")?.0.to_owned()))
    });
    rows.collect()
}

fn sum<'a>(all: &'a [(String, String)], name: &str) -> &'a str {
    &all.iter().find(|(one, _)| one == name).unwrap_or_else(|| panic!("no {name} in {all:?}")).1
}

/// The lines of a CSV file, without its mark and its heads.
fn lines(file: &str) -> Vec<Vec<String>> {
    let text = file.strip_prefix('\u{feff}').expect("a mark for Excel");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// The sum of a column of amounts, in cents.
fn cents(lines: &[Vec<String>], column: usize) -> i64 {
    lines.iter().map(|line| (line[column].parse::<f64>().unwrap() * 100.0).round() as i64).sum()
}

#[tokio::test]
async fn the_books_of_a_month_and_a_year_add_up_on_the_page_and_in_the_files() {
    let house = House::new().await;
    example_3(&house, "Nora Lind").await;
    let mut ines = house.practitioner(house.ines);
    let all = sums(&ines.get("/desk/money?period=2026").await.text);
    for (name, amount) in [
        ("Collected", "$540.00"),
        ("− Given back", "$0.00"),
        ("Came in", "$540.00"),
        ("Earned", "$270.00"),
        ("+ Breakage", "$90.00"),
        ("+ Owed in sessions, more than before", "$180.00"),
        ("The same", "$540.00"),
    ] {
        assert_eq!(sum(&all, name), amount, "{name}");
    }
    let july = ines.get("/desk/money").await.text;
    let of_july = sums(&july);
    assert_eq!(sum(&of_july, "Collected"), "$0.00");
    assert_eq!(sum(&of_july, "+ Breakage"), "$90.00");
    assert_eq!(sum(&of_july, "− Delivered of what was owed"), "−$90.00");
    assert!(july.contains("Since the beginning: $540.00 − $0.00 = $270.00 + $90.00 + $180.00."));
    assert!(july.contains("Owed in sessions: $270.00 when July 2026 began, $180.00 now."));

    let earned = lines(&ines.get("/desk/money/files/earned.csv?period=2026").await.text);
    let told: Vec<&str> = earned.iter().map(|line| line[1].as_str()).collect();
    assert_eq!(told, ["attended", "attended", "cancelled late", "expired"]);
    assert_eq!((cents(&earned, 7), cents(&earned, 8)), (27_000, 9_000));
    assert_eq!((earned[0][0].as_str(), earned[0][2].as_str()), ("2026-04-21", "2026-04-21 10:00:00"));
    let april = lines(&ines.get("/desk/money/files/earned.csv?period=2026-04").await.text);
    assert_eq!((april.len(), cents(&april, 8)), (3, 0));

    let open = lines(&ines.get("/desk/money/files/open.csv?period=2026-07").await.text);
    assert_eq!(open.len(), 1);
    assert_eq!(open[0][..3], ["2026-07-14", "Nora Lind", "6-Session Anxiety Therapy Program"]);
    assert_eq!(open[0][6..], ["6", "3", "2", "0", "1", "USD", "540.00", "180.00"]);
    let then = lines(&ines.get("/desk/money/files/open.csv?period=2026-04").await.text);
    assert_eq!((then[0][0].as_str(), then[0][13].as_str()), ("2026-04-30", "270.00"));
    assert_eq!(ines.get("/desk/money/files/secrets.csv").await.status, StatusCode::NOT_FOUND);
    assert_eq!(ines.get("/desk/money?period=nonsense").await.status, StatusCode::OK);
    house.assert_sound();
}

#[tokio::test]
async fn a_refund_moves_in_its_own_month_and_has_its_credit_note() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    book(&house, nora, lot, "2026-04-22T08:00:00Z");
    until(&house, "2026-05-05T09:00:00Z").await;
    let usd = |minor| Money::new(minor, Currency::USD);
    let on = "2026-05-05".parse().unwrap();
    let asked = Ask {
        id: RefundId::from_bits(house.id()),
        lot,
        method: Method::ProRata,
        fee: usd(2500),
        amount: usd(33_500),
        count: 4,
        release: vec![],
        way: Way::ByHand { means: Means::Cash, on, note: None },
        reason: Some("=she moves away".parse().unwrap()),
    };
    ask::begin(&house.app, house.ines, asked).unwrap();
    house.settle().await;
    let mut ines = house.practitioner(house.ines);
    let april = sums(&ines.get("/desk/money?period=2026-04").await.text);
    assert_eq!((sum(&april, "− Given back"), sum(&april, "Earned")), ("$0.00", "$180.00"));
    let may = sums(&ines.get("/desk/money?period=2026-05").await.text);
    assert_eq!((sum(&may, "− Given back"), sum(&may, "Came in")), ("−$335.00", "−$335.00"));
    assert_eq!((sum(&may, "Earned"), sum(&may, "The same")), ("$25.00", "−$335.00"));

    let journal = lines(&ines.get("/desk/money/files/journal.csv?period=2026").await.text);
    assert_eq!((journal[0][2].as_str(), journal[0][11].as_str()), ("payment", "540.00"));
    assert_eq!((journal[1][2].as_str(), journal[1][11].as_str()), ("refund", "-335.00"));
    assert_eq!(journal[1][9], "'=she moves away", "no words become a formula");
    let papers = lines(&ines.get("/desk/money/files/receipts.csv?period=2026").await.text);
    assert_eq!(papers.iter().map(|line| line[1].as_str()).collect::<Vec<_>>(), ["receipt", "credit note"]);
    let listed = ines.get("/desk/money/receipts?period=2026-05").await.text;
    assert!(listed.contains("R-000002") && listed.contains("−$335.00") && !listed.contains("R-000001"));
    assert!(ines.get("/desk/money/receipts/2").await.text.contains("<h1>Credit note</h1>"));
    let mut client = house.client(nora);
    assert!(client.get("/me/receipts/2").await.text.contains("<h1>Credit note</h1>"));
    assert!(ines.get("/desk").await.text.contains("$335 given back"));
    house.assert_sound();
}

#[tokio::test]
async fn receipts_stand_a_hundred_to_a_page_each_on_one_of_them_with_whose_it_is() {
    let house = House::new().await;
    for number in 1..=103 {
        let purchase = house.order(
            &format!("Nr{number} Client"),
            &house.six,
            fiddlehead::actions::catalog::checkout::Choice::AtPractice,
        );
        house.mark_paid(house.ines, purchase.id);
    }
    let mut ines = house.practitioner(house.ines);
    let first = ines.get("/desk/money/receipts?period=2026-04").await.text;
    assert!(first.contains("R-000103") && first.contains("Nr103 Client<") && first.contains("R-000004"));
    assert!(!first.contains("R-000003") && first.contains("Page 1 of 2"));
    let next = "/desk/money/receipts?period=2026-04&amp;page=2";
    assert!(first.contains(next), "the way to the next keeps the month");
    let second = ines.get(&next.replace("&amp;", "&")).await.text;
    assert!(second.contains("R-000003") && second.contains("Nr1 Client<") && !second.contains("R-000004"));
    assert_eq!(ines.get("/desk/money/receipts?period=2026-04&page=9").await.text, second, "the nearest");
}

/// A PDF as a reader of PDFs reads it, under a question about it in Python; nothing where there is no Python.
fn read_pdf(pdf: &[u8], question: &str) -> Option<String> {
    let script = format!(
        "import sys, io, pypdf\nr = pypdf.PdfReader(io.BytesIO(sys.stdin.buffer.read()), strict=True)\n{question}"
    );
    let mut reader = Command::new(python()?)
        .args(["-W", "error", "-c", &script])
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    reader.stdin.take().unwrap().write_all(pdf).unwrap();
    let answer = reader.wait_with_output().unwrap();
    assert!(answer.status.success());
    Some(String::from_utf8(answer.stdout).unwrap())
}

async fn pdf(visitor: &mut Visitor<'_>, path: &str) -> Vec<u8> {
    let answer = visitor.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}");
    assert_eq!(answer.headers["content-type"], "application/pdf");
    assert_eq!(answer.headers["cache-control"], "no-store");
    answer.bytes
}

#[tokio::test]
async fn a_receipt_is_a_pdf_whose_words_can_be_read() {
    let house = House::new().await;
    let (lukasz, lot) = house.bought("Lukasz Żółć-O’Brien", &house.six).await;
    let mut client = house.client(lukasz);
    let file = pdf(&mut client, "/me/receipts/1/receipt.pdf").await;
    assert_eq!(file, pdf(&mut client, "/me/receipts/1/receipt.pdf").await, "the same bytes each time");
    let mut ines = house.practitioner(house.ines);
    assert_eq!(file, pdf(&mut ines, "/desk/money/receipts/1/receipt.pdf").await, "and for both");
    if let Some(text) = read_pdf(&file, "print('\\n'.join(p.extract_text() for p in r.pages))") {
        for words in [
            "Receipt",
            "No. R-000001",
            "14 April 2026",
            "Lukasz Żółć-O’Brien",
            "6-Session Anxiety Therapy Program",
            "$540.00",
            "Paid online",
            "Ines Varga",
            "14 Pine Street",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
    let facts = "c = r.trailer['/Root']\nprint(len(r.pages), c['/MarkInfo']['/Marked'], c['/Lang'], r.metadata.title,\n\
                 c['/StructTreeRoot']['/K']['/S'], [k.get_object()['/S'] for k in c['/StructTreeRoot']['/K']['/K']][:2])";
    if let Some(text) = read_pdf(&file, facts) {
        assert_eq!(text.trim(), "1 True en Receipt R-000001 /Document ['/H1', '/P']");
    }
    book(&house, lukasz, lot, "2026-04-21T08:00:00Z");
    until(&house, "2026-04-22T08:00:00Z").await;
    // She signs in anew: a week has gone by.
    let mut ines = house.practitioner(house.ines);
    let statement = pdf(&mut ines, &format!("/desk/clients/{lukasz}/statement/statement.pdf")).await;
    if let Some(text) = read_pdf(&statement, "print('\\n'.join(p.extract_text() for p in r.pages))") {
        for words in
            ["Paid, receipt R-000001", "Session 1 of 6 took place", "$90.00", "$450.00", "Still to be given"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
}

#[tokio::test]
async fn a_name_in_other_letters_prints_from_its_page() {
    let house = House::new().await;
    let (olga, _) = house.bought("Olga Ольга", &house.six).await;
    let mut client = house.client(olga);
    let page = client.get("/me/receipts/1").await.text;
    assert!(
        page.contains("Ольга")
            && page.contains("your browser’s print dialog")
            && !page.contains("receipt.pdf")
    );
    assert_eq!(client.get("/me/receipts/1/receipt.pdf").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_statement_tells_payments_and_sessions_and_what_is_left() {
    let house = House::new().await;
    let (nora, _) = example_3(&house, "Nora Lind").await;
    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&format!("/desk/clients/{nora}/statement")).await.text;
    for words in [
        "Paid, receipt R-000001",
        "Session 1 of 6 took place",
        "A session was cancelled late",
        "Sessions reached their date",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let all = sums(&page);
    assert_eq!(
        (sum(&all, "Paid"), sum(&all, "Used"), sum(&all, "Still to be given")),
        ("$540.00", "$270.00", "$180.00")
    );
    let table = lines(&ines.get(&format!("/desk/clients/{nora}/statement/statement.csv")).await.text);
    assert_eq!(table.last().unwrap()[2..], ["Sum: Still to be given", "USD", "180.00"]);
}

#[tokio::test]
async fn an_owner_reads_the_whole_practice_and_a_practitioner_her_own() {
    let house = House::new().await;
    let (nora, _) = house.bought("Nora Lind", &house.six).await;
    let (sam, _) = house.bought("Sam Whitaker", &house.five).await;
    let mut ines = house.practitioner(house.ines);
    let whole = ines.get("/desk/money").await.text;
    assert!(whole.contains("Hana Okafor") && whole.contains("Sam Whitaker") && whole.contains("$915.00"));
    assert_eq!(ines.get(&format!("/desk/clients/{sam}/statement")).await.status, StatusCode::OK);
    assert_eq!(lines(&ines.get("/desk/money/files/journal.csv").await.text).len(), 2);
    let mut hana = house.practitioner(house.hana);
    let own = hana.get("/desk/money").await.text;
    assert!(own.contains("Sam Whitaker") && !own.contains("Nora Lind") && !own.contains("$915"));
    for path in ["journal", "earned", "receipts", "open"].map(|name| format!("/desk/money/files/{name}.csv"))
    {
        assert!(!hana.get(&path).await.text.contains("Nora Lind"), "{path}");
    }
    for path in [
        "/desk/money/receipts/1".to_owned(),
        "/desk/money/receipts/1/receipt.pdf".to_owned(),
        format!("/desk/clients/{nora}/statement"),
        format!("/desk/clients/{nora}/statement/statement.csv"),
    ] {
        assert_eq!(hana.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let mut another = house.client(sam);
    for path in ["/me/receipts/1", "/me/receipts/1/receipt.pdf"] {
        assert_eq!(another.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn today_says_whether_credits_still_fit_and_shows_the_last_note_to_her_who_wrote_it() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    until(&house, "2026-07-06T06:00:00Z").await;
    book(&house, nora, lot, "2026-07-07T08:00:00Z");
    let text = "Mapped the Sunday dread; brings the week’s log.".parse().unwrap();
    let id = NoteId::from_bits(house.id());
    note::write(
        &house.app,
        house.ines,
        Draft { id, client: nora, booking: None, kind: Kind::Usual, audience: Audience::Private, text },
    )
    .unwrap();
    let mut ines = house.practitioner(house.ines);
    let page = ines.get("/desk").await.text;
    assert!(page.contains("Last time: Mapped the Sunday dread"), "{page}");
    // From 9 to 17 on the hour, twelve hours ahead, on 15 working days but the hour that is booked.
    assert!(page.contains("5 to book by Monday 13 July, 119 free times until Monday 27 July."), "{page}");
    let close = |first: &str, last: &str| {
        let (id, zone) = (ClosureId::from_bits(house.id()), "Europe/Berlin".parse().unwrap());
        let off = Closure::days(id, first.parse().unwrap(), last.parse().unwrap(), &zone, None).unwrap();
        availability::close(&house.app, house.ines, off).unwrap();
    };
    close("2026-07-06", "2026-07-26");
    let page = ines.get("/desk").await.text;
    assert!(page.contains("5 to book by Monday 13 July, 8 free times until Monday 27 July."), "{page}");
    close("2026-07-27", "2026-07-27");
    let page = ines.get("/desk").await.text;
    assert!(page.contains("5 to book by Monday 13 July, and no free time until Monday 27 July."), "{page}");

    let mut mara = house.practitioner(house.front_desk("Mara Lund"));
    mara.post("/desk/seat", &[("desk", &house.ines.to_string())]).await;
    let hers = mara.get("/desk").await.text;
    assert!(hers.contains("Nora Lind") && !hers.contains("Sunday dread") && !hers.contains("Collected"));
    // A note that does not open does not take the day away.
    let mut other = house.practitioner(house.ines);
    house.app.store.write(move |tx| store::people::note::put_key(tx, nora, &[0; 60])).unwrap();
    let page = other.get("/desk").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Your last note does not open"));
}

/// 840 packages with 5,040 sessions over two years, written as they would stand in the file.
fn busy(house: &House) {
    let (ines, six, begin) = (house.ines, house.six.id, house.now());
    house
        .app
        .store
        .write(move |tx| {
            for n in 0..840u32 {
                let granted_at = after(begin, hours(i64::from(n) * 20));
                let lot = Lot {
                    id: LotId::from_bits(1_000_000 + u128::from(n)),
                    client: ClientId::from_bits(2_000_000 + u128::from(n % 200)),
                    practitioner: ines,
                    origin: Origin::Purchase(PurchaseId::from_bits(six.bits() + u128::from(n))),
                    paid: Money::new(54_001, Currency::USD),
                    offer: six_sessions(),
                    granted_at,
                    zone: "Europe/Berlin".parse().unwrap(),
                };
                store::credits::lot::put(tx, &lot)?;
                let entry = |k: u32, what, at| Entry {
                    id: EntryId::from_bits(u128::from(n) * 100 + u128::from(k) + 1),
                    lot: lot.id,
                    what,
                    actor: Actor::System,
                    reason: None,
                    at,
                };
                store::credits::ledger::append(tx, ines, &entry(0, What::Grant(6), granted_at))?;
                for k in 1..=6u32 {
                    let starts_at = after(granted_at, hours(i64::from(k) * 168));
                    let booking = BookingId::from_bits(u128::from(n) * 10 + u128::from(k));
                    let ends_at = after(starts_at, minutes(50));
                    let at = after(granted_at, hours(i64::from(k)));
                    store::credits::ledger::append(
                        tx,
                        ines,
                        &entry(k, What::Hold { booking, starts_at, ends_at }, at),
                    )?;
                }
            }
            Ok::<_, store::StoreError>(())
        })
        .unwrap();
}

#[tokio::test]
async fn the_books_of_a_busy_practice_add_up_to_the_cent() {
    let house = House::new().await;
    busy(&house);
    // The last package is a day old: all but the sessions of the last weeks are over.
    house.hands.set(after(house.now(), hours(840 * 20)));
    let mut ines = house.practitioner(house.ines);
    let page = ines.get("/desk/money").await.text;
    let whole = Money::new(840 * 54_001, Currency::USD);
    assert!(page.contains(&format!("Since the beginning: {whole} − $0.00 = ")), "{page}");
    let mut all = Vec::new();
    for year in [2026, 2027, 2028] {
        all.extend(lines(&ines.get(&format!("/desk/money/files/earned.csv?period={year}")).await.text));
    }
    let open = lines(&ines.get("/desk/money/files/open.csv").await.text);
    assert_eq!(cents(&all, 7) + cents(&open, 13), whole.minor, "earned and owed");
    assert!(all.len() > 4_800, "{}", all.len());
}
