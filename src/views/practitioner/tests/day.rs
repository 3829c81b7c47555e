//! Today, with money and without.

use super::*;
use crate::domain::billing::books::{Account, by_month, months_from};
use crate::domain::billing::outlook::outlook;
use crate::domain::billing::tally::tally;
use crate::domain::calendar::fit::Fit;

/// Her money, of the one lot that there is.
fn money_of(practice: &Practice) -> today::Money {
    let lot = practice.counted.0.clone();
    let setting = (&lot.zone.clone(), lot.paid.currency);
    let accounts = [Account { lot, entries: practice.entries.clone(), refunds: Vec::new() }];
    let months = months_from("2026-04-01".parse().unwrap(), 1);
    today::Money {
        tallies: tally(&accounts, setting.1, at("2026-03-31T22:00:00Z"), practice.now),
        history: by_month(&accounts, &months, setting, practice.now),
        months,
        outlook: outlook(&accounts, setting.0, practice.now, 6),
    }
}

#[test]
fn today_says_who_comes_and_who_needs_a_hand() {
    let practice = practice();
    let waiting = purchase(State::AwaitingPractice);
    let (lot, balance) = &practice.counted;
    let until = "2026-07-27".parse().unwrap();
    let fit = Some(Fit { left: 3, room: 11, until });
    let asking = today::Asking { client: &practice.client, lot, balance, nudge: None, fit };
    let today = today::Today {
        sessions: vec![practice.appointment(1)],
        next: Some(practice.appointment(1)),
        reaching: vec![asking],
        unpaid: vec![(&practice.client, &waiting)],
        note: Some(today::LastNote::Says("mapped the Sunday dread.".to_owned())),
        money: Some(money_of(&practice)),
        ..today::Today::default()
    };
    let page = today::page(&practice.desk(), &today);
    let html = sound(&page);
    for words in [
        "Tuesday 21 April",
        "One session today. The first is in 7 hours.",
        "Session 2 of 6",
        "3 to book by Monday 13 July, 11 free times until Monday 27 July.",
        "Last time: mapped the Sunday dread.",
        "<td class=\"num\">$540</td>",
        "Show as a table",
        "Mark as paid",
        "$540",
        "1 session used",
        "5 <small>sessions",
        "$450 to deliver",
    ] {
        assert!(html.contains(words), "{words}");
    }
    sound(&today::first_day(&practice.desk(), "https://book.example/ines", 0));
}
