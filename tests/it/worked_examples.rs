//! The nine worked examples of the domain rules, and where each is a test:
//!
//! | example | what | where |
//! |---|---|---|
//! | 1 | refunds: pro rata, at the single price, with a fee | `domain/billing/refund.rs` (no action refunds yet) |
//! | 2 | 100.00 for 3 is 3333, 3333, 3334 | `domain/money.rs`; here, through the books of real sessions |
//! | 3 | 540 − 0 = 270 + 90 + 180 | `domain/billing/statement.rs`; here, lived through |
//! | 4 | which lot pays, and where a credit returns to | `domain/credits/selection.rs`, `domain/calendar/change.rs`; `stories/which_lot_pays.story` |
//! | 5 | 24 hours across the change of clocks | `domain/calendar/change.rs`; `stories/the_night_the_clocks_change.story` |
//! | 6 | a month from 31 January, and 90 days | `domain/credits/validity.rs`; here, bought |
//! | 7 | paid once, however often the news comes | `domain/catalog/purchase.rs`; `stories/paid_once.story` |
//! | 8 | two tabs, two clients | `stories/two_at_once.story` |
//! | 9 | a dispute | `domain/credits/ledger.rs` (no action opens disputes yet) |

use fiddlehead::actions::calendar::{booking, change};
use fiddlehead::domain::billing::statement::Statement;
use fiddlehead::domain::catalog::package::{Listing, Offer, Package, Term, Validity};
use fiddlehead::domain::id::{BookingId, ClientId, LotId, PackageId};
use fiddlehead::domain::money::Money;
use fiddlehead::domain::time::{SignedDuration, after};
use fiddlehead::store::{Store, credits};
use jiff::civil::date;

use crate::support::{House, at, six_sessions};

fn offered(house: &House, slug: &str, offer: Offer) -> Package {
    let id = PackageId::from_bits(house.id());
    let save = fiddlehead::actions::catalog::package::save;
    save(&house.app, house.ines, id, slug.parse().unwrap(), offer, Listing::Published).unwrap()
}

fn book(house: &House, client: ClientId, lot: LotId, start: &str) -> BookingId {
    let id = BookingId::from_bits(house.id());
    booking::book(&house.app, client, id, lot, at(start)).unwrap().id
}

/// Earned, breakage and owed of a lot as it stands now.
fn books(house: &House, lot: LotId) -> [i64; 3] {
    let (lot, balance) =
        credits::lot::counted(&house.app.store.read().unwrap(), lot, house.now()).unwrap().unwrap();
    let statement = Statement::of(&lot, &balance, Money::zero(lot.paid.currency));
    assert!(statement.balances());
    [statement.earned, statement.breakage, statement.owed].map(|money| money.minor)
}

async fn until(house: &House, then: &str) {
    house.live(at(then).duration_since(house.now())).await;
}

#[tokio::test]
async fn example_2_a_hundred_for_three_is_earned_as_3333_3333_and_3334() {
    let house = House::new().await;
    let price = Money { minor: 10_000, ..six_sessions().price };
    let three = offered(&house, "three", Offer { sessions: 3, price, ..six_sessions() });
    let (nora, lot) = house.bought("Nora", &three).await;
    for (day, earned) in [(21, 3333), (22, 6666), (23, 10_000)] {
        book(&house, nora, lot, &format!("2026-04-{day}T08:00:00Z"));
        until(&house, &format!("2026-04-{day}T08:50:00Z")).await;
        assert_eq!(books(&house, lot), [earned, 0, 10_000 - earned]);
    }
    house.assert_sound();
}

#[tokio::test]
async fn example_3_two_attended_one_late_one_expired_two_to_come() {
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora", &house.six).await;
    book(&house, nora, lot, "2026-04-21T08:00:00Z");
    book(&house, nora, lot, "2026-04-22T08:00:00Z");
    let late = book(&house, nora, lot, "2026-04-23T08:00:00Z");
    until(&house, "2026-04-22T09:00:00Z").await;
    change::cancel(&house.app, nora, late, change::Returns::No).unwrap();
    // Two are booked before the date for the days of grace after it; the sixth is not.
    until(&house, "2026-07-13T21:59:59Z").await;
    book(&house, nora, lot, "2026-07-15T08:00:00Z");
    book(&house, nora, lot, "2026-07-16T08:00:00Z");
    assert_eq!(books(&house, lot), [27_000, 0, 27_000]);
    until(&house, "2026-07-13T22:00:00Z").await;
    assert_eq!(books(&house, lot), [27_000, 9_000, 18_000]);
    let report = fiddlehead::actions::keeping::check::check(&house.app.store, house.now()).unwrap();
    assert_eq!(
        report.books["USD"],
        "collected $540.00 − refunded $0.00 = earned $270.00 + breakage $90.00 + owed $180.00"
    );
    assert!(report.wrong.is_empty());
}

#[tokio::test]
async fn example_6_a_month_from_31_january_ends_with_february_and_90_days_with_1_may() {
    let house = House::begun(Store::in_memory().unwrap(), at("2026-01-31T11:00:00Z")).await;
    let month = Validity { term: Term::Months(1), ..Validity::days(1) };
    let month = offered(&house, "month", Offer { validity: month, ..six_sessions() });
    let (_, a_month) = house.bought("Nora", &month).await;
    let (_, ninety) = house.bought("Mia", &house.six).await;
    for (lot, on, ends_at) in [
        (a_month, date(2026, 2, 28), at("2026-02-28T23:00:00Z")),
        (ninety, date(2026, 5, 1), at("2026-05-01T22:00:00Z")),
    ] {
        assert_eq!(house.balance(lot).deadline.unwrap().on, on);
        house.hands.set(after(ends_at, SignedDuration::from_micros(-1)));
        assert_eq!(house.balance(lot).available, 6);
        house.hands.set(ends_at);
        assert_eq!((house.balance(lot).available, house.balance(lot).expired), (0, 6));
    }
}
