//! Today, with money and without.

use super::*;
use crate::domain::billing::books::{Account, by_month, months_from};
use crate::domain::billing::dispute::{self, Dispute};
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
        free: Some(at("2026-04-21T15:00:00Z")),
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
    for (action, href) in
        [("Book for Nora", link::desk_book(lot.client)), ("open to book", link::desk_calendar_book())]
    {
        assert!(html.contains(&format!("href=\"{href}?")) && html.contains(action), "{action}");
    }
    let free = html.find("3:30").zip(html.find("5:00")).unwrap();
    assert!(free.0 < free.1, "the free time stands after the session before it");
    assert!(!html.contains("Waiting for your decision"));
    sound(&today::first_day(&practice.desk(), "https://book.example/ines", 0));
}

#[test]
fn today_gives_each_the_one_action_that_helps() {
    let practice = practice();
    let (lot, balance) = &practice.counted;
    let until = "2026-07-27".parse().unwrap();
    let asking = |room| today::Asking {
        client: &practice.client,
        lot,
        balance,
        nudge: None,
        fit: Some(Fit { left: 3, room, until }),
    };
    let (extend, note) = (link::desk_extend(lot.id), link::desk_nudge(lot.id, Kind::Renewal.name()));
    let book = link::asking(&link::desk_book(lot.client), &[("lot", &lot.id.to_string())]);
    let day = today::Today::default();
    let shown = |today: today::Today<'_>, seat| {
        let desk = Desk { seat, ..practice.desk() };
        sound(&today::page(&desk, &today)).to_owned()
    };
    for (today, action, href) in [
        (today::Today { reaching: vec![asking(2)], ..day.clone() }, "Extend Nora’s", &extend),
        (today::Today { reaching: vec![asking(3)], ..day.clone() }, "Book for Nora", &book),
        (today::Today { not_booked: vec![asking(3)], ..day.clone() }, "Book for Nora", &book),
        (today::Today { whats_next: vec![asking(3)], ..day.clone() }, "Read the note", &note),
    ] {
        let html = shown(today, Seat::Own);
        assert!(html.contains(action) && html.contains(&format!("href=\"{href}\"")), "{action}");
    }
    let at_front = shown(today::Today { whats_next: vec![asking(3)], ..day }, Seat::FrontDesk);
    assert!(at_front.contains("See Nora") && !at_front.contains(&note), "she may not read it");
}

#[test]
fn what_waits_for_a_decision_stands_first() {
    let practice = practice();
    let lot = &practice.counted.0;
    let dispute = Dispute {
        reference: "dp_1".parse().unwrap(),
        purchase: purchase(State::AwaitingPractice).id,
        lot: lot.id,
        practitioner: lot.practitioner,
        amount: lot.paid,
        reason: "fraudulent".parse().unwrap(),
        answer_by: None,
        opened_at: practice.now,
        suspended: 3,
        state: dispute::State::Open,
    };
    let open = [decisions::Decision::Dispute(&dispute, &practice.client)];
    let today = today::Today { decisions: &open, ..today::Today::default() };
    let page = today::page(&practice.desk(), &today);
    let html = sound(&page);
    let (waits, day) = (html.find("Waiting for your decision"), html.find("The day"));
    assert!(waits.unwrap() < day.unwrap() && html.contains("bank questions"));
}
