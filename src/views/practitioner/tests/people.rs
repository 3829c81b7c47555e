//! The pages of clients: the list, and one with her notes, as her practitioner and as the front desk sees them.

use super::*;
use crate::domain::id::NoteId;
use crate::domain::people::note::{self, Audience, Draft, Note};
use crate::domain::people::tag::Tag as Word;

/// Two notes: one on the first session, one for the client to read.
fn written(practice: &Practice) -> Vec<Note> {
    let note = |id: u128, booking, audience, text: &str| {
        let (id, client, text) = (NoteId::from_bits(id), practice.client.id, text.parse().unwrap());
        let draft = Draft { id, client, booking, audience, kind: note::Kind::Usual, text };
        note::write(practice.who.id, draft, None, practice.now).unwrap()
    };
    let first = Some(practice.bookings[0].id);
    vec![
        note(1, first, Audience::Private, "Sleeps badly. Ask again."),
        note(2, None, Audience::Shared, "Breathe out for six."),
    ]
}

#[test]
fn a_clients_page_tells_all_that_happened() {
    let practice = practice();
    let planned = letter(&practice, message::State::Planned);
    let paid = purchase(State::Paid { at: practice.now });
    let noted = written(&practice);
    let sessions = practice.bookings.iter().map(|one| (one.id, one.clone())).collect();
    let notes = notes::Notes { client: &practice.client, all: Some(&noted), sessions: &sessions };
    let evenings: [Word; 1] = ["Evenings".parse().unwrap()];
    let person = client::Person {
        client: &practice.client,
        link: None,
        notes: Some((notes, NoteId::from_bits(9))),
        tags: (&evenings, &evenings),
        credits: vec![client::Credits { counted: &practice.counted, entries: &practice.entries }],
        bookings: practice.bookings.iter().collect(),
        purchases: vec![&paid],
        messages: vec![&planned],
    };
    let page = client::page(&practice.desk(), &person);
    let html = sound(&page);
    for words in [
        "With you since November 2025",
        "2 of 6",
        "3 unbooked",
        "Credit ledger",
        "Goes out Tuesday 21 April, 8:00\u{a0}pm.",
        "−1",
        "Booked for",
        "Where you started",
        "Sleeps badly.",
        "Nora can read this",
        "/desk/clients?show=everybody&amp;tag=Evenings",
    ] {
        assert!(html.contains(words), "{words}");
    }
    assert_eq!(html.matches("Not booked</p>").count(), 3);
    let front_desk = Desk { seat: Seat::FrontDesk, ..practice.desk() };
    let without =
        client::page(&front_desk, &client::Person { notes: None, tags: (&[], &[]), ..person.clone() });
    for words in ["Sleeps badly", "Private notes", "Evenings", "Tags"] {
        assert!(html.contains(words) && !without.0.contains(words), "{words}");
    }
    let lots = [practice.counted.clone()];
    let folk = [clients::Folk { client: &practice.client, lots: &lots, tags: &evenings, owes: false }];
    let wish = clients::Wish::default();
    let page = clients::page(&practice.desk(), &folk, &wish);
    assert!(sound(&page).contains("3 of 6") && page.0.contains("5 sessions outstanding"));
    let none = clients::page(&practice.desk(), &[], &clients::Wish { search: "meyer", ..wish });
    assert!(sound(&none).contains("0 people found"));
}
