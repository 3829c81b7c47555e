//! The books, of few clients and of many.

use super::*;
use crate::domain::billing::books::Stretch;
use crate::domain::billing::period::Period;
use crate::domain::billing::statement::Statement;
use crate::domain::id::ClientId;
use crate::domain::money::{Currency, Money};
use crate::views::practitioner::money::{Books, Whose, page};

fn books_of(practice: &Practice, clients: u16, asked: usize) -> String {
    let empty = Statement::empty(Currency::USD);
    let paid = Money::new(54_000, Currency::USD);
    let stretch = Stretch { before: empty, after: Statement { collected: paid, owed: paid, ..empty } };
    let client = |n: u16| (format!("Client {n:03}"), ClientId::from_bits(u128::from(n)));
    let books = Books {
        whose: Whose::Own,
        period: Period::Month(date(2026, 4, 1)),
        years: (2026, 2026),
        today: date(2026, 4, 21),
        whole: vec![stretch],
        months: vec![vec![stretch]],
        packages: vec![("Anxiety".to_owned(), stretch)],
        practitioners: vec![],
        clients: (1..=clients).map(|n| (client(n), stretch)).collect(),
        page: asked,
    };
    sound(&page(&practice.desk(), &books)).to_owned()
}

#[test]
fn the_books_name_a_hundred_clients_at_a_time() {
    let practice = practice();
    let names =
        |html: &str| (1..=250).filter(|n| html.contains(&format!(">Client {n:03}<"))).collect::<Vec<_>>();
    let few = books_of(&practice, 100, 1);
    assert_eq!(names(&few), (1..=100).collect::<Vec<_>>());
    assert!(!few.contains("The next page"));
    let second = books_of(&practice, 250, 2);
    assert_eq!(names(&second), (101..=200).collect::<Vec<_>>());
    for words in [
        "Page 2 of 3",
        "/desk/money?period=2026-04&amp;page=1#by-client",
        "/desk/money?period=2026-04&amp;page=3#by-client",
    ] {
        assert!(second.contains(words), "{words}");
    }
}
