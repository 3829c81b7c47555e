//! The first time that is chosen with a purchase: kept while it is paid for, booked with the payment, and if it is lost
//! all the same, the sale stands.

use axum::http::StatusCode;
use fiddlehead::actions::Error;
use fiddlehead::actions::billing::till;
use fiddlehead::actions::calendar::{availability, booking};
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order, Refusal};
use fiddlehead::actions::catalog::package::{self, Written};
use fiddlehead::domain::calendar::closure::Closure;
use fiddlehead::domain::calendar::slot::Taken;
use fiddlehead::domain::catalog::package::{Listing, Package, Validity};
use fiddlehead::domain::catalog::selling::{FirstTime, Selling};
use fiddlehead::domain::credits::lot::Lot;
use fiddlehead::domain::id::{BookingId, ClosureId, PackageId, PurchaseId};
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::time::{Timestamp, after, hours, minutes};
use fiddlehead::store;

use crate::support::{House, at, six_sessions};

const TIME: &str = "2026-04-16T08:00:00Z";
const FORM: &str = "/ines/six-sessions/checkout";

/// The six sessions, sold with a first time.
fn asking(house: &House, first_time: FirstTime) -> Package {
    let selling = Some(Selling { first_time, ..Selling::default() });
    let Package { id, slug, offer, listing, .. } = house.six.clone();
    package::write(&house.app, house.ines, Written { id, slug, offer, selling, listing }).unwrap()
}

fn order(
    house: &House,
    (name, package): (&str, &Package),
    choice: Choice,
    first: Option<&str>,
) -> Result<PurchaseId, Refusal> {
    let id = PurchaseId::from_bits(house.id());
    let buyer = Buyer::Visitor {
        name: name.parse().unwrap(),
        email: format!("{}@example.org", name.to_lowercase()).parse().unwrap(),
        phone: None,
        zone: "Europe/Berlin".parse().unwrap(),
    };
    let first = first.map(at);
    let order = Order { id, package: package.id, version: package.version, buyer, choice, first };
    match checkout::order(&house.app, order) {
        Ok(_) => Ok(id),
        Err(Error::Refused(refusal)) => Err(refusal),
        Err(Error::Failed(fault)) => panic!("{fault}"),
    }
}

fn is_free(house: &House, start: &str) -> bool {
    let (from, to) = (at(start), at(start));
    let zone: fiddlehead::domain::time::Zone = "Europe/Berlin".parse().unwrap();
    let day = (zone.date(from), zone.date(to));
    let by = fiddlehead::domain::calendar::slot::By::Client;
    let free = availability::free(&house.app, house.ines, minutes(50), day, by, None).unwrap();
    free.iter().any(|slot| slot.start == from)
}

fn booked(house: &House, id: PurchaseId) -> Option<Timestamp> {
    let found =
        store::calendar::booking::find(&house.app.store.read().unwrap(), BookingId::from_bits(id.bits()));
    found.unwrap().filter(|one| one.is_confirmed()).map(|one| one.starts_at)
}

async fn pay(house: &House, id: PurchaseId) {
    let checkout = house.open_till(id).await;
    house.till.pay(&checkout).unwrap();
    till::look(&house.app, id).await.unwrap();
}

/// Counts of credits: to book, booked.
fn credits(house: &House, id: PurchaseId) -> (u32, u32) {
    let balance = house.balance(Lot::id_for(id));
    (balance.available, balance.held())
}

#[tokio::test]
async fn the_time_is_kept_while_it_is_paid_for_and_booked_with_the_payment_once() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Optional);
    let nora = order(&house, ("Nora", &six), Choice::Online, Some(TIME)).unwrap();
    assert!(!is_free(&house, TIME), "it is kept for Nora");
    let week = house.practitioner(house.ines).get("/desk/calendar?day=2026-04-16").await.text;
    assert!(week.contains("Kept for a buyer"), "she sees why: {week}");
    let busy = Err(Refusal::FirstTimeGone(Taken::Busy));
    assert_eq!(order(&house, ("Mia", &six), Choice::Online, Some(TIME)), busy);
    let (zoe, lot) = house.bought("Zoe Park", &six).await;
    let hers = booking::book(&house.app, zoe, BookingId::from_bits(house.id()), lot, at(TIME));
    assert!(hers.is_err(), "no credit takes it meanwhile");
    let checkout = house.open_till(nora).await;
    house.till.pay(&checkout).unwrap();
    for _ in 0..3 {
        till::look(&house.app, nora).await.unwrap();
    }
    assert_eq!((booked(&house, nora), credits(&house, nora)), (Some(at(TIME)), (5, 1)));
    house.live(minutes(1)).await;
    let mails: Vec<String> =
        house.mailbox.letters().iter().map(|mail| mail.letter.subject.to_string()).collect();
    assert_eq!(mails.iter().filter(|subject| subject.contains("Thursday 16 April")).count(), 2, "{mails:?}");
    let page = house.visitor().get(&format!("/bought/{nora}")).await.text;
    assert!(
        page.contains("Your first session is booked.") && page.contains("Thursday 16 April, 10:00 am"),
        "{page}"
    );
    house.assert_sound();
}

#[tokio::test]
async fn a_lost_time_leaves_the_sale_and_the_credits_and_the_page_says_so() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Required);
    let nora = order(&house, ("Nora", &six), Choice::Online, Some(TIME)).unwrap();
    let day = jiff::civil::date(2026, 4, 16);
    let zone = "Europe/Berlin".parse().unwrap();
    let off = Closure::days(ClosureId::from_bits(house.id()), day, day, &zone, None).unwrap();
    availability::close(&house.app, house.ines, off).unwrap();
    pay(&house, nora).await;
    assert_eq!((booked(&house, nora), credits(&house, nora)), (None, (6, 0)));
    let page = house.visitor().get(&format!("/bought/{nora}")).await.text;
    assert!(
        page.contains("The time you chose was taken meanwhile.") && page.contains("When shall we begin?"),
        "{page}"
    );
    assert!(page.contains("Six sessions are yours"));
    house.assert_sound();
}

#[tokio::test]
async fn a_time_that_nobody_paid_for_is_free_again_at_its_instant_even_if_every_job_is_late() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Optional);
    let nora = order(&house, ("Nora", &six), Choice::Online, Some(TIME)).unwrap();
    house.hands.set(after(house.now(), minutes(44)));
    assert!(!is_free(&house, TIME));
    house.hands.set(after(house.now(), minutes(1)));
    assert!(is_free(&house, TIME));
    // Somebody else takes it; then the late payment comes all the same.
    let mia = order(&house, ("Mia", &six), Choice::Online, Some(TIME)).unwrap();
    pay(&house, mia).await;
    assert_eq!(booked(&house, mia), Some(at(TIME)));
    let word = fiddlehead::domain::catalog::purchase::Word::Paid;
    let news =
        fiddlehead::actions::billing::settle::News { word, payment: None, amount: None, poll_seconds: 60 };
    for _ in 0..2 {
        fiddlehead::actions::billing::settle::hear(&house.app, nora, news.clone()).unwrap();
    }
    assert_eq!((booked(&house, nora), credits(&house, nora)), (None, (6, 0)));
    house.assert_sound();
}

#[tokio::test]
async fn going_back_and_choosing_again_lets_the_first_choice_go() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Optional);
    let mut visitor = house.visitor();
    let form = visitor.get(FORM).await;
    assert!(
        form.text.contains("I will choose later") && form.text.contains("Thursday 16 April, 10:00 am"),
        "{}",
        form.text
    );
    let send = |id: String, version: String, first: &'static str| {
        vec![
            ("id", id),
            ("version", version),
            ("name", "Nora Lind".to_owned()),
            ("email", "nora@example.org".to_owned()),
            ("tz", "Europe/Berlin".to_owned()),
            ("pay", "online".to_owned()),
            ("agree", "yes".to_owned()),
            ("first", first.to_owned()),
        ]
    };
    let fields = send(form.field("id"), form.field("version"), TIME);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(visitor.post(FORM, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(!is_free(&house, TIME));
    let back = visitor.get(&format!("/bought/{}?back=1", form.field("id"))).await;
    assert!(back.text.contains(&format!("value=\"{TIME}\" selected")), "her choice is kept: {}", back.text);
    for (first, why) in
        [("2026-04-16T08:07:00Z", "That time is not offered."), ("noon", "Please choose one of these")]
    {
        let fields = send(back.field("id"), back.field("version"), first);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = visitor.post(FORM, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{first}");
        assert!(
            answer.text.contains("id=\"first-e\"") && answer.text.contains(why),
            "{first}: {}",
            answer.text
        );
    }
    let other = "2026-04-17T08:00:00Z";
    let fields = send(back.field("id"), back.field("version"), other);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(visitor.post(FORM, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(is_free(&house, TIME) && !is_free(&house, other));
    assert_eq!(order(&house, ("Mia", &six), Choice::Online, Some(TIME)).map(|_| ()), Ok(()));
    house.assert_sound();
}

#[tokio::test]
async fn what_is_paid_at_the_practice_keeps_no_time_and_books_it_if_it_is_still_free() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Required);
    let (nora, mia) = ("Nora", "Mia");
    assert_eq!(order(&house, (nora, &six), Choice::AtPractice, None), Err(Refusal::FirstTimeMissing));
    let nora = order(&house, (nora, &six), Choice::AtPractice, Some(TIME)).unwrap();
    assert!(is_free(&house, TIME), "it is not kept");
    let mia = order(&house, (mia, &six), Choice::AtPractice, Some(TIME)).unwrap();
    let waiting = house.visitor().get(&format!("/bought/{mia}")).await.text;
    assert!(
        waiting.contains("It is not kept until you have paid.")
            && waiting.contains("Thursday 16 April, 10:00 am")
    );
    // The notice was kept when she chose; the payment may come later.
    house.live(hours(40)).await;
    house.mark_paid(house.ines, mia);
    house.mark_paid(house.ines, nora);
    assert_eq!((booked(&house, mia), booked(&house, nora)), (Some(at(TIME)), None));
    assert_eq!((credits(&house, mia), credits(&house, nora)), ((5, 1), (6, 0)));
    house.assert_sound();
}

#[tokio::test]
async fn money_on_its_way_keeps_the_time_and_money_that_does_not_come_lets_it_go() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Optional);
    let nora = order(&house, ("Nora", &six), Choice::Online, Some(TIME)).unwrap();
    let checkout = house.open_till(nora).await;
    house.till.fail_later(&checkout, after(house.now(), hours(24))).unwrap();
    till::look(&house.app, nora).await.unwrap();
    house.live(hours(20)).await;
    assert!(!is_free(&house, TIME), "kept for as long as the bank takes");
    assert!(
        house
            .visitor()
            .get(&format!("/bought/{nora}"))
            .await
            .text
            .contains("Your first time is kept for you")
    );
    house.live(hours(5)).await;
    assert!(is_free(&house, TIME) || house.now() > at("2026-04-15T20:00:00Z"));
    let held = store::calendar::reservation::of(&house.app.store.read().unwrap(), nora).unwrap().unwrap();
    assert_eq!(held.held_until, None, "the debit failed");
    house.assert_sound();
}

#[tokio::test]
async fn a_free_package_keeps_its_time_until_the_address_is_shown() {
    let house = House::new().await;
    let offer = fiddlehead::domain::catalog::package::Offer {
        price: Money::zero(Currency::USD),
        sessions: 1,
        validity: Validity::days(7),
        ..six_sessions()
    };
    let selling = Some(Selling { per_client: Some(1), first_time: FirstTime::Required });
    let id = PackageId::from_bits(house.id());
    let slug = "first-call".parse().unwrap();
    let written = Written { id, slug, offer, selling, listing: Listing::Published };
    let call = package::write(&house.app, house.ines, written).unwrap();
    // Seven days and fourteen of grace: no credit reaches further, so no time is offered beyond.
    let too_late = order(&house, ("Nora", &call), Choice::Online, Some("2026-05-06T08:00:00Z"));
    assert_eq!(too_late, Err(Refusal::FirstTimeGone(Taken::OutsideHours)));
    let nora = order(&house, ("Nora", &call), Choice::Online, Some(TIME)).unwrap();
    assert!(!is_free(&house, TIME));
    assert!(house.visitor().get(&format!("/bought/{nora}")).await.text.contains("kept for half an hour"));
    let read = house.app.store.read().unwrap();
    let purchase = store::catalog::purchase::find(&read, nora).unwrap().unwrap();
    let client = store::people::client::find(&read, purchase.client).unwrap().unwrap();
    drop(read);
    let shown = fiddlehead::domain::people::client::Client { verified_at: Some(house.now()), ..client };
    let (app, kept) = (&house.app, shown.clone());
    app.keep(move |tx| store::people::client::put(tx, &kept)).unwrap();
    fiddlehead::actions::billing::settle::proven(&house.app, shown.id).unwrap();
    assert_eq!(booked(&house, nora), Some(at(TIME)));
    house.assert_sound();
}

#[tokio::test]
async fn the_receipt_and_the_sale_tell_what_becomes_of_the_first_time() {
    let house = House::new().await;
    let six = asking(&house, FirstTime::Optional);
    let nora = order(&house, ("Nora", &six), Choice::AtPractice, Some(TIME)).unwrap();
    let mia = order(&house, ("Mia", &six), Choice::AtPractice, Some(TIME)).unwrap();
    let sale = house.practitioner(house.ines).get(&format!("/desk/purchases/{nora}")).await.text;
    let said = "If Thursday 16 April, 10:00 am is still free, the first session is booked then";
    assert!(sale.contains(said), "{sale}");
    house.mark_paid(house.ines, nora);
    house.mark_paid(house.ines, mia);
    house.settle().await;
    let letters = house.mailbox.letters();
    let receipt = |to: &str| {
        let of = letters.iter().filter(|one| one.letter.to.1.to_string() == to);
        let found: Vec<_> = of.filter(|one| one.letter.subject.as_str().starts_with("Receipt")).collect();
        assert_eq!(found.len(), 1);
        found[0].letter.text.clone()
    };
    let (hers, others) = (receipt("nora@example.org"), receipt("mia@example.org"));
    assert!(hers.contains("It is on Thursday 16 April, 10:00 am.") && !hers.contains("/confirm"), "{hers}");
    assert!(
        others.contains("The time you chose, Thursday 16 April, 10:00 am, was taken meanwhile."),
        "{others}"
    );
    assert!(others.contains("/confirm"), "other times are offered: {others}");
}
