//! Tests of reading lines and of what they bring in.

use super::*;
use crate::domain::credits::ledger::tests::lot;
use jiff::civil::date;

fn reading(headings: &str, dates: Dates) -> Reading {
    Reading { columns: headings.split(',').map(Column::named).collect(), dates, currency: Currency::EUR }
}

fn read(headings: &str, line: &str) -> Result<Row, Vec<Wrong>> {
    reading(headings, Dates::DayFirst).row(&line.split(',').collect::<Vec<_>>())
}

#[test]
fn headings_are_known_in_several_spellings_and_no_two_columns_share_one() {
    for (heading, column) in [
        ("E-Mail", Column::Email),
        (" Expiry date ", Column::ExpiresOn),
        ("sessions_left", Column::Left),
        ("First Name", Column::FirstName),
    ] {
        assert_eq!(Column::named(heading), Some(column), "{heading}");
    }
    assert_eq!(Column::named("shoe size"), None);
    let mut names: Vec<&str> = Column::NAMES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn a_line_is_read_whole_or_all_that_is_wrong_with_it_is_said() {
    let row =
        read("First name,Surname,email,paid,expires", "Nora,Lind,nora@example.org,€540,31.5.2026").unwrap();
    assert_eq!((row.name.as_str(), row.paid), ("Nora Lind", Some(Money::new(54000, Currency::EUR))));
    assert_eq!(row.expires_on, Some(date(2026, 5, 31)));
    let wrong = read("name,email,total,expires,paid", ",nora@,six,31.31.2026,1.234").unwrap_err();
    assert_eq!(
        wrong,
        [
            Wrong::Text(Column::Name, NotText::Empty),
            Wrong::Email(NotAnAddress::Shape),
            Wrong::Number(Column::Total),
            Wrong::Date,
            Wrong::Money(NotMoney::Decimals(2)),
        ]
    );
    let hidden = read("name,email", "Nora\u{202e}dniL,nora@example.org").unwrap_err();
    assert_eq!(hidden, [Wrong::Text(Column::Name, NotText::Control)]);
}

#[test]
fn dates_are_read_in_the_form_that_was_chosen_and_year_first_always() {
    let month_first = reading("expires", Dates::MonthFirst);
    let day_first = reading("expires", Dates::DayFirst);
    assert_eq!(month_first.date("5/3/2026"), Ok(Some(date(2026, 5, 3))));
    assert_eq!(day_first.date("5/3/2026"), Ok(Some(date(2026, 3, 5))));
    for form in [month_first, day_first] {
        assert_eq!(form.date("2026-05-31 00:00:00"), Ok(Some(date(2026, 5, 31))));
        for none in ["31/5/26", "31/31/2026", "soon", "2026-02-30", "2026-5"] {
            assert_eq!(form.date(none), Err(Wrong::Date), "{none}");
        }
    }
}

#[test]
fn counts_follow_from_each_other() {
    let settled = |total, used, left, package| Counts { total, used, left }.settled(package);
    assert_eq!(settled(Some(6), Some(2), None, None), Ok((6, 2)));
    assert_eq!(settled(Some(6), None, Some(4), None), Ok((6, 2)));
    assert_eq!(settled(None, Some(2), Some(4), Some(8)), Ok((6, 2)));
    assert_eq!(settled(None, Some(2), None, Some(6)), Ok((6, 2)));
    assert_eq!(settled(None, None, Some(4), None), Ok((4, 0)));
    assert_eq!(settled(Some(6), Some(2), Some(5), None), Err(Wrong::Sum));
    assert_eq!(settled(Some(6), Some(7), None, None), Err(Wrong::MoreThanTotal));
    assert_eq!(settled(None, None, Some(9), Some(6)), Err(Wrong::MoreThanTotal));
    assert_eq!(settled(None, None, None, None), Err(Wrong::NoTotal));
    assert_eq!(settled(Some(101), None, None, None), Err(Wrong::TooMany));
    assert_eq!(settled(None, Some(99), Some(9), None), Err(Wrong::TooMany));
}

#[test]
fn what_is_left_comes_in_at_its_part_of_the_price() {
    let mut offer = lot().offer;
    offer.chapters = (1..=6).map(|k| format!("Chapter {k}").parse().unwrap()).collect();
    let row = read("name,email,paid,currency,expires", "N,n@e.org,100,USD,2026-05-31").unwrap();
    let today = date(2026, 5, 31);
    let half = HalfUsed::of(&row, (&offer, offer.name.clone()), (6, 2), today).unwrap();
    // 100.00 for six: the first two are worth 33.33, the last four 66.67.
    assert_eq!((half.offer.price.minor, half.offer.sessions), (6667, 4));
    assert_eq!(half.offer.chapters[0].as_str(), "Chapter 3");
    let brought = half.lot(
        LotId::from_bits(1),
        (ClientId::from_bits(1), lot().practitioner),
        &lot().zone,
        lot().granted_at,
    );
    assert!(half.is(&brought) && !half.is(&lot()));
    let tomorrow = date(2026, 6, 1);
    let over = HalfUsed::of(&row, (&offer, offer.name.clone()), (6, 2), tomorrow);
    assert_eq!(over, Err(Wrong::Over(today)));
}
