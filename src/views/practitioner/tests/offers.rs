//! The pages of what she offers, and when: the editor, the list, the hours, time off.

use jiff::civil::date;

use super::{practice, sound};
use crate::domain::calendar::availability::{Availability, Hours, Override, Rhythm};
use crate::domain::calendar::closure::Closure;
use crate::domain::catalog::package::tests::six_sessions;
use crate::domain::catalog::package::{Listing, Offer, Package};
use crate::domain::catalog::selling::Selling;
use crate::domain::id::{ClosureId, PackageId, PractitionerId};
use crate::views::practitioner::{editor, hours, packages, time_off};
use crate::views::typed::Typed;

#[test]
fn the_editor_shows_a_package_as_it_was_typed_and_as_it_will_look() {
    let practice = practice();
    let offer = six_sessions();
    let package = Package {
        id: PackageId::from_bits(3),
        practitioner: PractitionerId::from_bits(3),
        slug: "six".parse().unwrap(),
        version: 2,
        offer: offer.clone(),
        selling: Selling::default(),
        listing: Listing::Published,
        key: None,
        position: 1,
        changed_at: practice.now,
    };
    let typed = editor::typed(&package);
    let first = Offer { sessions: 5, ..offer.clone() };
    let version =
        |number, offer: &Offer, made_at| editor::Version { number, made_at, offer: offer.clone(), sold: 3 };
    let versions = [version(2, &offer, Some(practice.now)), version(1, &first, None)];
    let shown = editor::Editor {
        package: Some(&package),
        id: package.id,
        sold: 3,
        versions: &versions,
        link: Some("https://book.example/ines/k3y"),
        selling: Selling::default(),
        currency: offer.price.currency,
        typed: &typed,
        offer: Some(&offer),
    };
    let page = editor::page(&practice.desk(), &shown);
    let html = sound(&page);
    for part in [
        "Sold 3 times. Sold packages keep what was agreed",
        "value=\"540.00\"",
        "$90 a session",
        "class=\"preview\"",
        "Put it away",
        "24 hours",
        "https://book.example/ines/k3y",
        "Version 2, Tuesday 21 April 2026",
        "Sessions: 6 sessions of 50 minutes; before, 5 sessions of 50 minutes.",
    ] {
        assert!(html.contains(part), "{part}");
    }
    let fresh = editor::fresh();
    let new = editor::Editor { package: None, typed: &fresh, offer: None, sold: 0, ..shown };
    assert!(sound(&editor::page(&practice.desk(), &new)).contains("Save and publish"));
    let shelf = packages::Shelf { package: &package, sold: 3, outstanding: 7 };
    assert!(sound(&packages::page(&practice.desk(), &[shelf])).contains("7 sessions outstanding"));
    sound(&packages::page(&practice.desk(), &[]));
}

#[test]
fn hours_show_the_week_and_the_days_that_differ() {
    let practice = practice();
    let week = Hours::parse([
        (jiff::civil::Weekday::Tuesday, "09:00", "12:30"),
        (jiff::civil::Weekday::Tuesday, "13:30", "24:00"),
    ])
    .unwrap();
    let shut = Override::new(date(2026, 5, 1), vec![]).unwrap();
    let availability =
        Availability::new(practice.who.zone.clone(), week, vec![shut.clone()], Rhythm::default()).unwrap();
    let typed = hours::typed(&availability);
    let off =
        Closure::days(ClosureId::from_bits(1), date(2026, 7, 6), date(2026, 7, 17), &practice.who.zone, None)
            .unwrap();
    let empty = Typed::default();
    let shown = hours::Hours {
        week: &typed,
        date: &empty,
        off: &empty,
        overrides: vec![&shut],
        closures: vec![&off],
        free: &[],
        basis: hours::Basis::Typed,
        length: 50,
        lengths: &[50, 90],
    };
    let page = hours::page(&practice.desk(), &shown);
    let html = sound(&page);
    for part in [
        "value=\"12:30\"",
        "Friday 1 May 2026",
        "6 to 17 July 2026",
        "0 free times in the next 7 days, for sessions of 50 minutes. As typed, not saved yet.",
        "<option value=\"90\"",
    ] {
        assert!(html.contains(part), "{part}");
    }
    assert_eq!(html.matches("class=\"closed\"").count(), 6);
}

#[test]
fn time_off_shows_each_session_with_what_becomes_of_it() {
    let practice = practice();
    let zone = &practice.who.zone;
    let off =
        Closure::days(ClosureId::from_bits(1), date(2026, 4, 27), date(2026, 4, 29), zone, None).unwrap();
    let dated = time_off::Lying {
        booking: &practice.bookings[2],
        client: &practice.client,
        more: Some((date(2026, 7, 13), date(2026, 7, 16))),
    };
    let dateless = time_off::Lying { more: None, booking: &practice.bookings[1], ..dated };
    let mut typed = Typed::default().with("id", off.id().to_string());
    typed.wrong("sessions", "Please choose.");
    let page = time_off::page(&practice.desk(), &off, &[dated, dateless], &typed);
    let html = sound(&page);
    for part in [
        "27 to 29 April 2026",
        "Two sessions are booked in that time",
        "Nora &lt;Lindqvist&gt;",
        "from Monday 13 July 2026 to Thursday 16 July 2026",
        "These sessions have no end date.",
        "Please choose.",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(html.matches("name=\"seen\"").count(), 2);
}
