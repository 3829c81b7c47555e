//! What a practitioner sets about a package, over HTTP: rules of her own, versions, a hidden link, a limit, the order.

use axum::http::StatusCode;
use fiddlehead::actions::Error;
use fiddlehead::actions::billing::till;
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order, Refusal};
use fiddlehead::actions::catalog::package::{self, Direction, Written};
use fiddlehead::domain::catalog::package::{Listing, Package};
use fiddlehead::domain::catalog::policy::Changes;
use fiddlehead::domain::catalog::purchase::State;
use fiddlehead::domain::catalog::selling::Selling;
use fiddlehead::domain::id::{ClientId, PackageId, PurchaseId};
use fiddlehead::store;

use crate::support::{House, Visitor, six_sessions};

const FORM: [(&str, &str); 16] = [
    ("name", "6-Session Anxiety Therapy Program"),
    ("description", "Map the pattern."),
    ("slug", "six-sessions"),
    ("sessions", "6"),
    ("length", "50"),
    ("price", "600"),
    ("term", "days"),
    ("validity", "90"),
    ("preset", "own"),
    ("cancel", "36"),
    ("late", "2"),
    ("change-kind", "count"),
    ("changes", "3"),
    ("grace", "0"),
    ("cooling-off", "7"),
    ("format", "phone"),
];

fn with(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = FORM.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

fn kept(house: &House) -> Package {
    store::catalog::package::find(&house.app.store.read().unwrap(), house.six.id).unwrap().unwrap()
}

fn edit(house: &House) -> String {
    format!("/desk/packages/{}", house.six.id)
}

async fn list(house: &House, to: &str) -> String {
    let mut ines = house.practitioner(house.ines);
    let answer = ines.post(&format!("{}/listing", edit(house)), &[("to", to)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{to}");
    answer.location().to_owned()
}

/// Offers the six sessions so many times to each client.
fn limited(house: &House, most: u32) {
    let selling = Some(Selling { per_client: Some(most), ..Selling::default() });
    let Package { id, slug, offer, listing, .. } = kept(house);
    package::write(&house.app, house.ines, Written { id, slug, offer, selling, listing }).unwrap();
}

fn order(house: &House, buyer: Buyer, choice: Choice) -> Result<PurchaseId, Refusal> {
    let id = PurchaseId::from_bits(house.id());
    let Package { id: package, version, .. } = kept(house);
    match checkout::order(&house.app, Order { id, package, version, buyer, choice, first: None }) {
        Ok(taken) => Ok(taken.purchase.id),
        Err(Error::Refused(refusal)) => Err(refusal),
        Err(Error::Failed(fault)) => panic!("{fault}"),
    }
}

fn visitor(email: &str) -> Buyer {
    Buyer::Visitor {
        name: "Nora Lind".parse().unwrap(),
        email: email.parse().unwrap(),
        phone: None,
        zone: "Europe/Berlin".parse().unwrap(),
    }
}

#[tokio::test]
async fn rules_of_her_own_are_previewed_in_words_and_kept_as_they_were_typed() {
    let house = House::new().await;
    let mut ines = house.practitioner(house.ines);
    let shown = ines
        .post(&edit(&house), &with(&[("preview", "1"), ("limit", "1"), ("first-time", "optional")]))
        .await;
    assert_eq!(shown.status, StatusCode::OK);
    for words in [
        "Move or cancel up to 36 hours before",
        "You can do that 3 times within one package.",
        "the first 2 times it comes back",
        "Sessions take place by that date.",
        "Once for each person",
        "Choose your first time when you buy, or later",
        "$100 a session.",
    ] {
        assert!(shown.text.contains(words), "{words}: {}", shown.text);
    }
    assert_eq!(kept(&house).version, 1, "a preview keeps nothing");
    for (name, value, why) in [
        ("cancel", "169", "0 to 168 hours"),
        ("cancel", "soon", "Please write a whole number."),
        ("late", "101", "0 to 100 times."),
        ("changes", "", "Please write a whole number."),
        ("changes", "1001", "0 to 1000 times"),
        ("grace", "367", "0 to 366 days."),
        ("cooling-off", "367", "0 to 366 days."),
        ("limit", "0", "1 to 100 times."),
        ("limit", "once", "Please write a whole number, or leave it empty."),
    ] {
        let answer = ines.post(&edit(&house), &with(&[(name, value), ("then", "keep")])).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}={value}");
        assert!(
            answer.text.contains(why) && answer.text.contains(&format!("id=\"{name}-e\"")),
            "{name}={value}"
        );
        assert_eq!(answer.field(name), value, "what was typed is kept");
    }
    assert_eq!(kept(&house).version, 1);
    assert_eq!(ines.post(&edit(&house), &with(&[("then", "keep")])).await.status, StatusCode::SEE_OTHER);
    let policy = kept(&house).offer.policy;
    assert_eq!((policy.cancel_hours, policy.free_late_cancels, policy.grace_days), (36, 2, 0));
    assert_eq!(policy.cooling_off_days, 7);
    assert_eq!(policy.changes, Changes::Count(3));
    let again = ines.get(&edit(&house)).await;
    assert_eq!(["cancel", "late", "changes", "grace"].map(|name| again.field(name)), ["36", "2", "3", "0"]);
}

#[tokio::test]
async fn each_version_says_what_changed_and_how_often_it_was_sold_and_sold_lots_stay() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let before = house.balance(lot);
    house.live(fiddlehead::domain::time::hours(48)).await;
    let mut ines = house.practitioner(house.ines);
    ines.post(&edit(&house), &with(&[("then", "keep"), ("limit", "2")])).await;
    let page = ines.get(&edit(&house)).await.text;
    let versions = page.split("id=\"versions\"").nth(1).unwrap();
    for words in [
        "Version 2, Thursday 16 April 2026",
        "Price: $600.00; before, $540.00.",
        "New: Move or cancel up to 36 hours before",
        "Where you meet: By telephone; before, By video.",
        "Not sold.",
        "Version 1, Tuesday 14 April 2026",
        "Sold once.",
        "Whoever bought keeps what was agreed then",
    ] {
        assert!(versions.contains(words), "{words}: {versions}");
    }
    assert_eq!(house.balance(lot), before, "the lot is as it was sold");
    // How it is sold is no part of what is agreed: no version.
    ines.post(&edit(&house), &with(&[("then", "keep"), ("limit", "5")])).await;
    assert_eq!((kept(&house).version, kept(&house).selling.per_client), (2, Some(5)));
    house.assert_sound();
}

#[tokio::test]
async fn a_hidden_package_is_found_and_bought_by_its_link_alone_and_the_link_can_be_renewed() {
    let house = House::new().await;
    assert_eq!(list(&house, "hide").await, format!("{}?done=hidden", edit(&house)));
    let link = |house: &House| format!("/ines/{}", kept(house).key.unwrap());
    let first = link(&house);
    assert!(first.len() > "/ines/".len() + 30, "nobody guesses {first}");
    let mut nobody = house.visitor();
    assert!(!nobody.get("/ines").await.text.contains("6-Session Anxiety"));
    for closed in ["/ines/six-sessions", "/ines/six-sessions/checkout"] {
        assert_eq!(nobody.get(closed).await.status, StatusCode::NOT_FOUND, "{closed}");
    }
    let page = nobody.get(&first).await;
    assert!(page.text.contains("6-Session Anxiety") && page.text.contains("content=\"noindex\""));
    assert!(page.text.contains(&format!("href=\"{first}/checkout\"")));
    let form = nobody.get(&format!("{first}/checkout")).await;
    let (id, version) = (form.field("id"), form.field("version"));
    let fields = [
        ("id", id.as_str()),
        ("version", &version),
        ("name", "Nora Lind"),
        ("email", "nora@example.org"),
        ("tz", "Europe/Berlin"),
        ("pay", "practice"),
        ("agree", "yes"),
    ];
    assert_eq!(nobody.post(&format!("{first}/checkout"), &fields).await.location(), format!("/bought/{id}"));
    // Her page names the link in full; another one takes its place.
    let mut ines = house.practitioner(house.ines);
    assert!(ines.get(&edit(&house)).await.text.contains(&format!("http://book.example{first}")));
    assert_eq!(list(&house, "renew").await, format!("{}?done=renewed", edit(&house)));
    let second = link(&house);
    assert_ne!(first, second);
    assert_eq!(nobody.get(&first).await.status, StatusCode::NOT_FOUND);
    assert_eq!(nobody.get(&second).await.status, StatusCode::OK);
    // Put away, it does not show itself to those who guess; published, it does.
    list(&house, "archive").await;
    assert_eq!(nobody.get("/ines/six-sessions").await.status, StatusCode::NOT_FOUND);
    assert!(nobody.get(&second).await.text.contains("no longer offered"));
    list(&house, "publish").await;
    let public = nobody.get("/ines/six-sessions").await;
    assert!(public.text.contains("/ines/six-sessions/checkout") && !public.text.contains("noindex"));
    list(&house, "hide").await;
    assert_eq!(link(&house), second, "hidden again, it has its link again");
}

#[tokio::test]
async fn an_introductory_offer_is_sold_once_to_each_client() {
    let house = House::new().await;
    limited(&house, 1);
    // Whoever is asked to pay may begin again.
    order(&house, visitor("nora@example.org"), Choice::Online).unwrap();
    let paid = order(&house, visitor("nora@example.org"), Choice::Online).unwrap();
    let at_till = house.open_till(paid).await;
    house.till.pay(&at_till).unwrap();
    till::look(&house.app, paid).await.unwrap();
    let nora =
        store::catalog::purchase::find(&house.app.store.read().unwrap(), paid).unwrap().unwrap().client;
    for buyer in [Buyer::SignedIn(nora), visitor("nora@example.org"), visitor("Nora@Example.org")] {
        for choice in [Choice::Online, Choice::AtPractice] {
            assert_eq!(order(&house, buyer.clone(), choice), Err(Refusal::UsedUp), "{buyer:?}");
        }
    }
    order(&house, visitor("mia@example.org"), Choice::AtPractice).unwrap();
    assert_eq!(
        order(&house, visitor("mia@example.org"), Choice::AtPractice),
        Err(Refusal::UsedUp),
        "what is to be paid at the practice counts"
    );
    shows_no_way_to_buy(&house, nora).await;
    limited(&house, 2);
    assert!(order(&house, visitor("nora@example.org"), Choice::AtPractice).is_ok());
    house.assert_sound();
}

async fn shows_no_way_to_buy(house: &House, nora: ClientId) {
    let mut hers = house.client(nora);
    assert!(!hers.get("/ines").await.text.contains("/ines/six-sessions"), "not on her storefront");
    assert!(house.visitor().get("/ines").await.text.contains("Once for each person"));
    let page = hers.get("/ines/six-sessions").await.text;
    assert!(page.contains("You have had this package.") && !page.contains("/ines/six-sessions/checkout"));
    let form = hers.get("/ines/six-sessions/checkout").await.text;
    assert!(form.contains("You have had this package.") && !form.contains("name=\"agree\""), "{form}");
    assert!(form.contains("/ines#packages"), "there is a way on");
    let refused = said_over_the_form(&mut house.visitor(), "/ines/six-sessions/checkout").await;
    assert!(refused.contains("You have had this package as often as one person can."), "{refused}");
}

async fn said_over_the_form(visitor: &mut Visitor<'_>, at: &str) -> String {
    let form = visitor.get(at).await;
    let (id, version) = (form.field("id"), form.field("version"));
    let fields = [
        ("id", id.as_str()),
        ("version", &version),
        ("name", "Nora"),
        ("email", "nora@example.org"),
        ("tz", "Europe/Berlin"),
        ("pay", "online"),
        ("agree", "yes"),
    ];
    let answer = visitor.post(at, &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.field("email") == "nora@example.org", "what was typed is kept");
    answer.text
}

#[tokio::test]
async fn an_order_is_called_off_before_it_is_paid_if_another_was_paid_meanwhile() {
    let house = House::new().await;
    limited(&house, 1);
    let first = order(&house, visitor("nora@example.org"), Choice::Online).unwrap();
    let second = order(&house, visitor("nora@example.org"), Choice::Online).unwrap();
    let at_till = house.open_till(first).await;
    assert!(checkout::confirm(&house.app, second).is_ok());
    house.till.pay(&at_till).unwrap();
    till::look(&house.app, first).await.unwrap();
    assert!(matches!(checkout::confirm(&house.app, second), Err(Error::Refused(Refusal::UsedUp))));
    let read = house.app.store.read().unwrap();
    let state = |id| store::catalog::purchase::find(&read, id).unwrap().unwrap().state;
    assert!(matches!(state(second), State::Withdrawn { .. }) && matches!(state(first), State::Paid { .. }));
    house.assert_sound();
}

#[tokio::test]
async fn a_package_moves_past_its_neighbour_in_the_list_and_not_past_what_was_put_away() {
    let house = House::new().await;
    let make = |slug: &str, listing| {
        let id = PackageId::from_bits(house.id());
        package::save(&house.app, house.ines, id, slug.parse().unwrap(), six_sessions(), listing).unwrap().id
    };
    let (_, last) = (make("away", Listing::Archived), make("last", Listing::Draft));
    let order = || {
        let all = store::catalog::package::of(&house.app.store.read().unwrap(), house.ines).unwrap();
        let seen = all.iter().filter(|one| one.listing != Listing::Archived);
        seen.map(|one| one.slug.to_string()).collect::<Vec<_>>()
    };
    package::shift(&house.app, house.ines, last, Direction::Up).unwrap();
    assert_eq!(order(), ["last", "six-sessions"]);
    package::shift(&house.app, house.ines, last, Direction::Up).unwrap();
    assert_eq!(order(), ["last", "six-sessions"], "the first stays first");
    package::shift(&house.app, house.ines, last, Direction::Down).unwrap();
    assert_eq!(order(), ["six-sessions", "last"]);
}
