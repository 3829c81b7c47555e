//! Every page of the desk, rendered from a small practice: sound markup, true words.

mod people;

use jiff::civil::date;
use maud::Markup;

use super::*;
use crate::domain::calendar::availability::{Availability, Hours, Rhythm};
use crate::domain::calendar::booking::State as Booked;
use crate::domain::calendar::closure::Closure;
use crate::domain::catalog::package::tests::six_sessions;
use crate::domain::catalog::purchase::tests::purchase;
use crate::domain::catalog::purchase::{State, Way};
use crate::domain::credits::ledger::tests::{entries, hold, lot};
use crate::domain::credits::ledger::{Entry, What, balance};
use crate::domain::credits::selection::Counted;
use crate::domain::id::{BookingId, ClosureId, LotId, MessageId};
use crate::domain::messages::message::{self, About, Kind, Message};
use crate::domain::people::login::Person;
use crate::domain::people::practitioner::{Membership, Role};
use crate::domain::people::seat::Seat;
use crate::views::typed::Typed;

mod day;
mod money;
mod offers;
mod sessions;

struct Practice {
    name: Line,
    who: Practitioner,
    client: Client,
    counted: Counted,
    entries: Vec<Entry>,
    bookings: Vec<Booking>,
    now: Timestamp,
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A practice on Tuesday 21 April 2026: Nora has held one session of six, has one today and one next week.
fn practice() -> Practice {
    let now = at("2026-04-21T07:00:00Z");
    let lot = lot();
    let starts = ["2026-04-20T08:00:00Z", "2026-04-21T13:30:00Z", "2026-04-28T13:30:00Z"];
    let bookings = (1..).zip(starts).map(|(n, starts)| Booking {
        id: BookingId::from_bits(n),
        client: lot.client,
        practitioner: lot.practitioner,
        lot: lot.id,
        starts_at: at(starts),
        length_minutes: 50,
        format: lot.offer.format.clone(),
        state: Booked::Confirmed,
        sequence: 0,
        placed_at: at("2026-04-15T08:00:00Z"),
    });
    let holds = (1..).zip(starts).map(|(n, starts)| hold(n, starts));
    let entries = entries(&lot, std::iter::once(What::Grant(6)).chain(holds));
    let balance = balance(&lot, &entries, now);
    Practice {
        name: "Quiet Field".parse().unwrap(),
        who: Practitioner {
            id: lot.practitioner,
            slug: "ines".parse().unwrap(),
            name: "Ines Varga".parse().unwrap(),
            email: "ines@quietfield.example".parse().unwrap(),
            role: Role::Owner,
            zone: "Europe/Berlin".parse().unwrap(),
            joined_at: now,
            password: None,
            membership: Membership::Active,
        },
        client: Client {
            id: lot.client,
            name: "Nora <Lindqvist>".parse().unwrap(),
            email: "nora@lindqvist.example".parse().unwrap(),
            phone: None,
            zone: "Europe/Stockholm".parse().unwrap(),
            joined_at: at("2025-11-03T08:00:00Z"),
            verified_at: None,
            password: None,
        },
        bookings: bookings.collect(),
        counted: (lot, balance),
        entries,
        now,
    }
}

impl Practice {
    fn desk(&self) -> Desk<'_> {
        let (practice, who, accent) = (&self.name, &self.who, Accent::FERN);
        Desk {
            practice,
            who,
            seat: Seat::Own,
            desks: &[],
            accent,
            now: self.now,
            post: Post::Goes,
            done: None,
            alert: None,
        }
    }

    fn appointment(&self, i: usize) -> Appointment<'_> {
        let (lot, balance) = &self.counted;
        Appointment { booking: &self.bookings[i], client: &self.client, lot, balance }
    }
}

/// Ids are unique, labels and descriptions lead somewhere, one h1, no hole in the levels, names escaped.
fn sound(page: &Markup) -> &str {
    let html = page.0.as_str();
    let values = |attribute: &str| -> Vec<&str> {
        html.split(&format!(" {attribute}=\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    };
    let mut ids = values("id");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice in {html}");
    for to in ["for", "aria-describedby", "aria-labelledby"].iter().flat_map(|name| values(name)) {
        for id in to.split(' ') {
            assert!(ids.binary_search(&id).is_ok(), "nothing has the id {id}");
        }
    }
    let levels: Vec<u8> = html
        .match_indices("<h")
        .filter_map(|(i, _)| html.as_bytes().get(i + 2).copied())
        .filter(u8::is_ascii_digit)
        .collect();
    assert_eq!(levels.iter().filter(|level| **level == b'1').count(), 1, "one h1");
    assert!(
        levels.windows(2).all(|pair| pair[1] <= pair[0] + 1),
        "a level of headings is skipped: {levels:?}"
    );
    assert!(!html.contains("<Lindqvist>"), "a name is not escaped");
    assert!(!html.contains("href=\"\"") && !html.contains("action=\"\""), "an address is empty");
    html
}

fn letter(practice: &Practice, state: message::State) -> Message {
    Message {
        id: MessageId::from_bits(9),
        kind: Kind::BookFirst,
        to: Person::Client(practice.client.id),
        about: About::Lot(practice.counted.0.id),
        key: "k".to_owned(),
        made_at: practice.now,
        due_at: practice.now,
        try_at: at("2026-04-21T18:00:00Z"),
        tries: 0,
        asked_at: None,
        state,
    }
}

#[test]
fn forms_for_credits_and_sales_keep_what_was_typed() {
    let practice = practice();
    let desk = practice.desk();
    let mut typed = Typed::default().with("to", "2026-08-01").with("reason", "ill \"for\" weeks");
    typed.wrong("to", "Too early.");
    let page = credits::extend(&desk, &practice.client, &practice.counted, &[], &typed);
    let html = sound(&page);
    for part in [
        "value=\"2026-08-01\"",
        "ill &quot;for&quot; weeks",
        "Too early.",
        "Three sessions can be booked until that day.",
    ] {
        assert!(html.contains(part), "{part}");
    }
    sound(&credits::comp(&desk, &practice.client, &[], LotId::from_bits(5), &Typed::default()));
    let mut unpaid = purchase(State::AwaitingPractice);
    unpaid.way = Way::AtPractice;
    let sale = purchase::Sale::of(&unpaid, &practice.client);
    let page = purchase::page(&desk, &sale, &Typed::default(), None);
    assert!(sound(&page).contains("value=\"2026-04-21\"") && page.0.contains("Withdraw this sale"));
    let paid = purchase(State::Paid { at: practice.now });
    let sale = purchase::Sale { purchase: &paid, ..sale };
    assert!(!sound(&purchase::page(&desk, &sale, &Typed::default(), None)).contains("Withdraw this sale"));
}

#[test]
fn more_than_a_list_holds_is_said_and_a_gift_is_looked_at_first() {
    let practice = practice();
    let desk = practice.desk();
    let (lot, balance) = &practice.counted;
    let one = lots::Candidate { client: &practice.client, lot, by: None, to: None, is_ticked: true };
    for (more, said) in [(0, false), (7, true)] {
        let page = lots::extend_many(&desk, (std::slice::from_ref(&one), more), &[], &Typed::default());
        assert_eq!(sound(&page).contains("7 more can be extended"), said);
    }
    let typed = Typed::default().with("count", "3").with("reason", "a mix-up");
    let given = (lot.clone(), balance.clone());
    let page = credits::comp_preview(&desk, &practice.client, &given, &typed);
    let html = sound(&page);
    for part in
        ["Nora will have 3 more sessions", "name=\"count\" value=\"3\"", "“a mix-up”", "method=\"post\""]
    {
        assert!(html.contains(part), "{part}");
    }
}

#[test]
fn the_outbox_and_the_settings_are_sound() {
    let practice = practice();
    let planned = letter(&practice, message::State::Planned);
    let why = "550 no such user".parse().unwrap();
    let dead = letter(&practice, message::State::Dead { at: practice.now, why });
    let letters = [&planned, &dead].map(|message| messages::Letter { message, name: "Nora" });
    let sought = messages::Sought { show: messages::Show::Failed, kind: None, name: "", page: 1 };
    let page = messages::page(&practice.desk(), &sought, (&letters, [1, 0, 0, 0, 1]));
    let html = sound(&page);
    assert!(
        html.contains("550 no such user") && html.contains("Try again") && !html.contains("To hand over")
    );
    let without = Desk { post: Post::HandedOver, ..practice.desk() };
    let page = messages::page(&without, &sought, (&letters, [1, 0, 0, 0, 1]));
    let html = sound(&page);
    assert!(html.contains("To hand over") && html.contains("No mail server is set up"));
    let made = hand_over::HandOver::sign_in(
        "Nora Lind",
        &practice.client.email,
        ("https://book.example/sign-in/link/x".to_owned(), "042137".to_owned()),
    );
    let page = hand_over::for_client(&without, &practice.client, &made);
    let html = sound(&page);
    for part in ["sign-in/link/x", "042137", "as a QR code", "for 30 minutes", "body=https%3A//book.example"]
    {
        assert!(html.contains(part), "{part}");
    }
    let typed = Typed::default().with("accent", "#123456");
    let shown = settings::Settings {
        storefront: &typed,
        pictures: &typed,
        practice: &typed,
        password: &typed,
        old_password: crate::domain::people::login::OldPassword::Asked,
        portrait: None,
        cover: None,
        zones: &["Europe/Berlin".to_owned()],
        currency: crate::domain::money::Currency::USD,
        online: settings::Readiness::Missing,
        mail: settings::Readiness::Ready,
    };
    let page = settings::page(&practice.desk(), &shown);
    assert!(sound(&page).contains("value=\"own\" checked"));
    let mut joined = practice;
    joined.who.role = Role::Practitioner;
    assert!(!sound(&settings::page(&joined.desk(), &shown)).contains("practice-terms"), "only the owner");
    for word in [sign_in::Word::None, sign_in::Word::Refused, sign_in::Word::TooMany, sign_in::Word::LinkSent]
    {
        sound(&sign_in::page(
            "Quiet Field",
            Accent::FERN,
            (word, Post::Goes, Some("localhost")),
            &Typed::default(),
        ));
    }
}

#[test]
fn the_wizard_keeps_what_was_typed_on_every_step() {
    use crate::domain::money::Currency;
    use crate::views::setup;
    let wizard = setup::Wizard::default();
    let zone = Zone::utc();
    let mut typed = Typed::default().with("practice", "Quiet & Field").with("code", "ABCD");
    typed.wrong("code", "That is not the code.");
    assert!(sound(&setup::code(&wizard, &typed)).contains("That is not the code."));
    assert!(
        sound(&setup::practice(&wizard, &typed, setup::Account::New, &["UTC".to_owned()]))
            .contains("Quiet &amp; Field")
    );
    let package = setup::package(
        &wizard,
        &setup::first_package(),
        Currency::EUR,
        Some(&six_sessions()),
        (at("2026-04-14T08:00:00Z"), &zone),
    );
    assert!(sound(&package).contains("$90 a session.") && package.0.contains("Step 2 of 4"));
    assert_eq!(sound(&setup::hours(&wizard, &setup::first_hours(), &zone)).matches(" checked").count(), 3);
    let ready = settings::Readiness::Ready;
    sound(&setup::payment(&wizard, &typed, ready, settings::Readiness::Missing, "https://book.example/ines"));
}
