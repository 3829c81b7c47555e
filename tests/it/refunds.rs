//! Money given back, through the desk's pages and the actions: what is shown before is what is done after, what the
//! provider refuses waits with a way on, and what begins at the provider acts on the credits, once.

use axum::http::StatusCode;
use fiddlehead::actions::calendar::booking;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::refunds::{self, Refusal, ask, send, stuck};
use fiddlehead::actions::{Error, reconcile};
use fiddlehead::domain::billing::refund::{self as rule, Ask, Cause, Method, Question, Refund, State, Way};
use fiddlehead::domain::billing::statement::Statement;
use fiddlehead::domain::credits::ledger::What;
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::time::hours;
use fiddlehead::payments::CheckoutId;
use fiddlehead::payments::back::DisputeState;
use fiddlehead::store;

use crate::support::{House, at};

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

impl House {
    pub fn books(&self, lot: LotId) -> [i64; 5] {
        let read = self.app.store.read().unwrap();
        let (lot, balance) = store::credits::lot::counted(&read, lot, self.now()).unwrap().unwrap();
        let books = Statement::of(&lot, &balance, store::billing::refund::refunded(&read, &lot).unwrap());
        assert!(books.balances());
        [books.collected, books.refunded, books.earned, books.breakage, books.owed].map(|money| money.minor)
    }

    pub fn checkout_of(&self, lot: LotId) -> CheckoutId {
        let id = PurchaseId::from_bits(lot.bits());
        let found = store::catalog::purchase::find(&self.app.store.read().unwrap(), id).unwrap().unwrap();
        found.till.unwrap().checkout.unwrap().as_str().parse().unwrap()
    }

    pub fn refunds_of(&self, lot: LotId) -> Vec<Refund> {
        store::billing::refund::of(&self.app.store.read().unwrap(), PurchaseId::from_bits(lot.bits()))
            .unwrap()
    }

    pub fn notes(&self) -> Vec<(u64, i64)> {
        let all = store::billing::receipt::all(&self.app.store.read().unwrap()).unwrap();
        all.iter().map(|paper| (paper.number, paper.amount.minor)).collect()
    }

    /// Hears what happened at the provider, twice.
    pub async fn hear(&self) {
        for _ in 0..2 {
            reconcile::poll(&self.app, self.now()).await.unwrap();
        }
        self.settle().await;
        self.assert_sound();
    }

    fn mails(&self, to: &str) -> Vec<String> {
        let to_them = |mail: &fiddlehead::mail::Captured, to: &str| {
            let letters = mail.letters();
            let theirs = letters.iter().filter(|one| one.letter.to.1.as_str().starts_with(to));
            theirs.map(|one| one.letter.subject.to_string()).collect()
        };
        to_them(&self.mailbox, to)
    }

    pub fn book(&self, client: ClientId, lot: LotId, start: &str) -> BookingId {
        let id = BookingId::from_bits(self.id());
        booking::book(&self.app, client, id, lot, at(start)).unwrap().id
    }
}

/// Nora with two attended sessions and one in a week: the first worked example of domain.md.
async fn example(house: &House) -> (ClientId, LotId, BookingId) {
    let (client, lot) = house.bought("Nora Lind", &house.six).await;
    house.book(client, lot, "2026-04-15T08:00:00Z");
    house.book(client, lot, "2026-04-16T08:00:00Z");
    house.live(hours(72)).await;
    let held = house.book(client, lot, "2026-04-24T08:00:00Z");
    (client, lot, held)
}

#[tokio::test]
async fn the_workbench_shows_every_way_side_by_side_and_does_what_the_preview_says() {
    let house = House::new().await;
    let (_, lot, held) = example(&house).await;
    let mut ines = house.practitioner(house.ines);
    let bench = format!("/desk/lots/{lot}/refund");
    let page = ines.get(&bench).await;
    assert!(page.text.contains("Pro rata: $360.00"), "{}", page.text);
    assert!(page.text.contains(&format!("value=\"{held}\" checked")), "a session a week ahead is ticked");
    let query = format!("{bench}?seen=1&release={held}&single=110&fee=25&method=pro-rata&way=provider");
    let page = ines.get(&query).await;
    for amount in ["Pro rata: $335.00", "At the single price: $295.00"] {
        assert!(page.text.contains(amount), "{amount}: {}", page.text);
    }
    // Left booked, its credit is not given back.
    let kept = ines.get(&format!("{bench}?seen=1&fee=&single=110&count=&method=pro-rata&way=provider")).await;
    assert!(kept.text.contains("Pro rata: $270.00") && kept.text.contains("$210.00"), "{}", kept.text);

    let preview = ines.get(&format!("{query}&count=4&then=preview")).await;
    assert_eq!(preview.status, StatusCode::OK);
    for words in
        ["$335.00", "4 sessions of Nora are taken back", "Friday 24 April", "A credit note is written"]
    {
        assert!(preview.text.contains(words), "{words}: {}", preview.text);
    }
    assert_eq!(house.balance(lot).available, 3, "a look changes nothing");
    let id = preview.field("id");
    let held = held.to_string();
    let fields = [
        ("id", id.as_str()),
        ("seen", "1"),
        ("release", &held),
        ("count", "4"),
        ("fee", "25"),
        ("method", "pro-rata"),
        ("way", "provider"),
        ("amount", "335.00"),
        ("reason", "moving away"),
    ];
    for _ in 0..2 {
        let sent = ines.post(&bench, &fields).await;
        assert_eq!(
            (sent.status, sent.location()),
            (StatusCode::SEE_OTHER, format!("/desk/refunds/{id}").as_str())
        );
    }
    house.settle().await;
    house.assert_sound();
    let balance = house.balance(lot);
    assert_eq!((balance.used(), balance.held(), balance.available, balance.revoked), (2, 0, 0, 4));
    assert_eq!(house.books(lot), [54000, 33500, 20500, 0, 0]);
    assert_eq!(house.notes(), [(1, 54000), (2, -33500)]);
    let page = ines.get(&format!("/desk/refunds/{id}")).await;
    assert!(page.text.contains("R-000002") && page.text.contains("moving away"), "{}", page.text);
    let sale = ines.get(&format!("/desk/purchases/{}", PurchaseId::from_bits(lot.bits()))).await;
    assert!(sale.text.contains("Credit note") && sale.text.contains("Given back"), "{}", sale.text);
    let mails = house.mails("nora");
    assert_eq!(
        mails.iter().filter(|subject| subject.starts_with("Your refund of $335")).count(),
        1,
        "{mails:?}"
    );
    assert_eq!(mails.iter().filter(|subject| subject.starts_with("Canceled")).count(), 1, "{mails:?}");
}

#[tokio::test]
async fn what_cannot_be_given_back_is_said_beside_its_field_and_nothing_changes() {
    let house = House::new().await;
    let (_, lot, held) = example(&house).await;
    let mut ines = house.practitioner(house.ines);
    let bench = format!("/desk/lots/{lot}/refund?seen=1&release={held}&then=preview&on=2026-04-17");
    for (rest, said) in [
        ("&count=4&method=own&own=540.01&way=cash", "At most $540.00 can be given back."),
        ("&count=5&method=pro-rata&way=cash", "4 sessions can be taken back."),
        ("&count=4&method=own&own=1.234&way=cash", "This currency has 2 decimals."),
        ("&count=4&method=own&way=cash", "Please write how much goes back."),
        ("&count=4&method=single&way=cash", "Please write the price of a single session."),
        ("&count=4&method=whole&way=cash", "A change of mind is not part of these rules any more."),
        ("&count=4&method=pro-rata", "Please choose how it goes back."),
        ("&count=x&method=pro-rata&way=cash", "Please write a whole number."),
        ("&count=0&method=own&own=0&way=cash", "give nothing back and take nothing back"),
    ] {
        let page = ines.get(&format!("{bench}{rest}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{rest}");
        assert!(page.text.contains(said), "{rest}: {}", page.text);
    }
    assert!(house.refunds_of(lot).is_empty());
    let gift = house.six.clone();
    let mut offer = gift.offer.clone();
    offer.price = usd(0);
    let free = house.order("Mira Tal", &house.six, Choice::AtPractice);
    let unpaid = ines.get(&format!("/desk/lots/{}/refund", LotId::from_bits(free.id.bits()))).await;
    assert_eq!(unpaid.status, StatusCode::NOT_FOUND, "nothing was paid, so there is no lot");
}

#[tokio::test]
async fn a_cash_refund_is_done_at_once_and_asks_no_provider() {
    let house = House::new().await;
    let purchase = house.order("Nora Lind", &house.six, Choice::AtPractice);
    house.mark_paid(house.ines, purchase.id);
    let lot = LotId::from_bits(purchase.id.bits());
    let ask = house.pro_rata(lot, 6, vec![]);
    let online = ask::begin(&house.app, house.ines, ask.clone());
    assert!(matches!(online, Err(Error::Refused(Refusal::Rule(rule::Refusal::NotOnline)))));
    let Way::ByHand { means, on, .. } = house.in_cash() else { panic!() };
    let tomorrow = Way::ByHand { means, on: on.tomorrow().unwrap(), note: None };
    let future = ask::begin(&house.app, house.ines, Ask { way: tomorrow, ..ask.clone() });
    assert!(matches!(future, Err(Error::Refused(Refusal::Rule(rule::Refusal::InFuture)))));
    let cash = Ask { way: house.in_cash(), ..ask };
    for _ in 0..2 {
        let refund = ask::begin(&house.app, house.ines, cash.clone()).unwrap();
        assert!(matches!(refund.state, State::Done { .. }));
    }
    assert_eq!(house.books(lot), [54000, 54000, 0, 0, 0]);
    assert_eq!(house.notes(), [(1, 54000), (2, -54000)]);
    house.settle().await;
    house.assert_sound();
}

#[tokio::test]
async fn a_refund_that_the_provider_refuses_waits_and_can_be_called_off_or_given_by_hand() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    // Somebody gives it all back at the provider; we have not heard yet.
    house.till.refund_elsewhere(&house.checkout_of(lot), usd(30000)).unwrap();
    let ask = house.pro_rata(lot, 6, vec![]);
    let refund = ask::begin(&house.app, house.ines, ask).unwrap();
    let other = ask::begin(&house.app, house.ines, house.pro_rata(lot, 0, vec![]));
    assert!(matches!(other, Err(Error::Refused(Refusal::Rule(rule::Refusal::UnderWay)))));
    let refused = send::look(&house.app, refund.id).await.unwrap();
    assert!(matches!(refused.state, State::Refused { .. }), "{refused:?}");
    // What was made elsewhere is known by now, and asks which credits; all are taken already.
    let all = house.refunds_of(lot);
    assert_eq!(all.iter().filter(|one| one.cause == Cause::AtProvider).count(), 1);
    house.settle().await;
    assert!(house.mails("ines").iter().any(|subject| subject.starts_with("A refund did not go: $540")));
    let open = refunds::open(&house.app.store.read().unwrap(), house.ines).unwrap();
    assert_eq!(open.refunds.len(), 1, "{open:?}");

    let mut ines = house.practitioner(house.ines);
    let page = ines.get(&format!("/desk/refunds/{}", refund.id)).await;
    for words in ["Send it again", "Record that you gave it back yourself", "Call the refund off"] {
        assert!(page.text.contains(words), "{words}");
    }
    let list = ines.get("/desk/decisions").await;
    assert!(list.text.contains("Refused by the provider"), "{}", list.text);
    let undone = ines.post(&format!("/desk/refunds/{}/undo", refund.id), &[]).await;
    assert_eq!(undone.status, StatusCode::SEE_OTHER);
    assert_eq!(house.balance(lot).available, 6, "the credits are back");
    let by_hand = ines
        .post(&format!("/desk/refunds/{}/by-hand", refund.id), &[("means", "cash"), ("on", "2026-04-14")])
        .await;
    assert_eq!(by_hand.status, StatusCode::UNPROCESSABLE_ENTITY, "what is called off is not given back");
    assert_eq!(house.notes(), [(1, 54000), (2, -30000)]);
    house.assert_sound();

    // The rest, asked anew, is what is left; refused again, it is given by hand.
    let ask = Ask { method: Method::Own, amount: usd(24000), ..house.pro_rata(lot, 6, vec![]) };
    house.till.refund_elsewhere(&house.checkout_of(lot), usd(24000)).unwrap();
    let refund = ask::begin(&house.app, house.ines, ask).unwrap();
    send::look(&house.app, refund.id).await.unwrap();
    let sent = stuck::again(&house.app, house.ines, refund.id).unwrap();
    assert!(sent.is_going());
    send::look(&house.app, refund.id).await.unwrap();
    let (means, on) = (fiddlehead::domain::billing::payment::Means::Cash, jiff::civil::date(2026, 4, 14));
    for _ in 0..2 {
        let by_hand = stuck::by_hand(&house.app, house.ines, refund.id, (means.clone(), on, None)).unwrap();
        assert!(matches!(by_hand.state, State::Done { .. }));
    }
    let again = stuck::again(&house.app, house.ines, refund.id);
    assert!(matches!(again, Err(Error::Refused(Refusal::NotAwaited))), "cash is not sent to the provider");
    house.assert_sound();
}

#[tokio::test]
async fn a_refund_that_comes_back_from_the_bank_is_still_owed_and_keeps_its_one_credit_note() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let refund = ask::begin(&house.app, house.ines, house.pro_rata(lot, 6, vec![])).unwrap();
    let done = send::look(&house.app, refund.id).await.unwrap();
    let reference = done.reference().unwrap().as_str().parse().unwrap();
    house.till.refund_comes_back(&reference).unwrap();
    house.hear().await;
    let (returned, _) = stuck::look(&house.app, house.ines, refund.id).unwrap();
    assert!(matches!(returned.state, State::Returned { .. }), "{returned:?}");
    let undone = stuck::undo(&house.app, house.ines, refund.id);
    assert!(matches!(undone, Err(Error::Refused(Refusal::NotAwaited))), "its credit note stands");
    stuck::again(&house.app, house.ines, refund.id).unwrap();
    house.settle().await;
    let (sent, _) = stuck::look(&house.app, house.ines, refund.id).unwrap();
    assert!(matches!(sent.state, State::Done { .. }), "{sent:?}");
    assert_ne!(sent.reference(), done.reference());
    assert_eq!(house.notes(), [(1, 54000), (2, -54000)]);
    house.hear().await;
    assert_eq!(house.mails("nora").iter().filter(|subject| subject.contains("refund")).count(), 1);
}

#[tokio::test]
async fn a_full_refund_at_the_provider_takes_what_is_unused_and_asks_about_the_sessions() {
    let house = House::new().await;
    let (_, lot, held) = example(&house).await;
    house.till.refund_elsewhere(&house.checkout_of(lot), usd(54000)).unwrap();
    house.hear().await;
    let balance = house.balance(lot);
    assert_eq!((balance.used(), balance.held(), balance.revoked, balance.available), (2, 1, 3, 0));
    assert_eq!(house.books(lot), [54000, 54000, -9000, 0, 9000]);
    let found = house.refunds_of(lot).remove(0);
    assert_eq!(
        (found.cause, found.credits, found.question),
        (Cause::AtProvider, 3, Some(Question::Sessions))
    );
    let mut ines = house.practitioner(house.ines);
    let held = held.to_string();
    let decided = ines.post(&format!("/desk/refunds/{}/answer", found.id), &[("release", &held)]).await;
    assert_eq!(decided.status, StatusCode::SEE_OTHER);
    assert_eq!((house.balance(lot).held(), house.balance(lot).revoked), (0, 4));
    assert_eq!(house.books(lot), [54000, 54000, 0, 0, 0]);
    house.hear().await;
    assert_eq!(house.refunds_of(lot).len(), 1);
    assert!(refunds::open(&house.app.store.read().unwrap(), house.ines).unwrap().is_empty());
}

#[tokio::test]
async fn a_partial_refund_at_the_provider_asks_which_credits() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    house.till.refund_elsewhere(&house.checkout_of(lot), usd(18000)).unwrap();
    house.hear().await;
    let found = house.refunds_of(lot).remove(0);
    assert_eq!((found.credits, found.question), (0, Some(Question::WhichCredits)));
    assert_eq!(house.balance(lot).available, 6, "nothing is taken before she says so");
    let mut ines = house.practitioner(house.ines);
    let page = format!("/desk/refunds/{}", found.id);
    assert!(ines.get(&page).await.text.contains("What was it for?"));
    let too_many = ines.post(&format!("{page}/answer"), &[("free", "7")]).await;
    assert!(too_many.status == StatusCode::UNPROCESSABLE_ENTITY && too_many.text.contains("6 sessions"));
    for _ in 0..2 {
        let decided = ines.post(&format!("{page}/answer"), &[("free", "2")]).await;
        assert_eq!(decided.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(house.balance(lot).available, 4);
    assert_eq!(house.books(lot), [54000, 18000, 0, 0, 36000]);
    // The rest of it makes it full.
    house.till.refund_elsewhere(&house.checkout_of(lot), usd(36000)).unwrap();
    house.hear().await;
    assert_eq!((house.balance(lot).revoked, house.books(lot)), (6, [54000, 54000, 0, 0, 0]));
    assert_eq!(house.notes(), [(1, 54000), (2, -18000), (3, -36000)]);
}

#[tokio::test]
async fn news_of_a_refund_that_comes_before_news_of_the_payment_is_heard_all_the_same() {
    let house = House::new().await;
    let purchase = house.order("Nora Lind", &house.six, Choice::Online);
    let checkout = house.open_till(purchase.id).await;
    house.till.pay(&checkout).unwrap();
    house.till.refund_elsewhere(&checkout, usd(54000)).unwrap();
    house.hear().await;
    let lot = LotId::from_bits(purchase.id.bits());
    assert_eq!(house.books(lot), [54000, 54000, 0, 0, 0]);
    assert_eq!(house.balance(lot).revoked, 6);
}

/// domain.md, worked example 9: 2 used, 1 held for tomorrow, 3 free.
#[tokio::test]
async fn a_dispute_lets_three_wait_keeps_tomorrow_and_when_lost_takes_the_three() {
    let house = House::new().await;
    let (client, lot) = house.bought("Nora Lind", &house.six).await;
    house.book(client, lot, "2026-04-15T08:00:00Z");
    house.book(client, lot, "2026-04-16T08:00:00Z");
    house.live(hours(72)).await;
    // Friday 17 April, 10:00 in Berlin: the next working day is Monday, so it is kept close by hand.
    house.live(hours(48)).await;
    house.book(client, lot, "2026-04-20T07:00:00Z");
    house.book(client, lot, "2026-04-23T07:00:00Z");
    let dispute = house.till.dispute(&house.checkout_of(lot)).unwrap();
    house.hear().await;
    let balance = house.balance(lot);
    assert_eq!((balance.used(), balance.held(), balance.suspended, balance.available), (2, 1, 3, 0));
    assert!(house.mails("ines").iter().any(|subject| subject.starts_with("A payment is questioned: $540")));
    assert!(house.mails("nora").iter().any(|subject| subject.starts_with("Canceled: Thursday 23 April")));
    let ask = Ask { way: house.in_cash(), ..house.pro_rata(lot, 0, vec![]) };
    let beside = ask::begin(&house.app, house.ines, ask);
    assert!(matches!(beside, Err(Error::Refused(Refusal::Rule(rule::Refusal::Disputed)))));
    let mut ines = house.practitioner(house.ines);
    assert!(ines.get("/desk/decisions").await.text.contains("bank questions $540.00"));

    house.live(hours(48)).await;
    house.till.decide_dispute(&dispute.id, DisputeState::Lost).unwrap();
    house.hear().await;
    let balance = house.balance(lot);
    assert_eq!((balance.used(), balance.revoked, balance.available, balance.suspended), (3, 3, 0, 0));
    assert_eq!(house.books(lot), [54000, 54000, 0, 0, 0]);
    assert_eq!(house.notes(), [(1, 54000), (2, -54000)]);
    assert!(refunds::open(&house.app.store.read().unwrap(), house.ines).unwrap().is_empty());
    // Late news of an older state does nothing.
    house.till.decide_dispute(&dispute.id, DisputeState::Won).unwrap();
    house.hear().await;
    assert_eq!(house.balance(lot).revoked, 3);
}

#[tokio::test]
async fn a_dispute_that_is_won_gives_the_credits_back_with_the_time_that_they_waited() {
    let house = House::new().await;
    let (_, lot) = house.bought("Nora Lind", &house.six).await;
    let on = house.balance(lot).deadline.unwrap().on;
    let dispute = house.till.dispute(&house.checkout_of(lot)).unwrap();
    house.hear().await;
    assert_eq!(house.balance(lot).suspended, 6);
    house.live(hours(24 * 10)).await;
    house.till.decide_dispute(&dispute.id, DisputeState::Won).unwrap();
    house.hear().await;
    let balance = house.balance(lot);
    assert_eq!((balance.available, balance.suspended), (6, 0));
    assert_eq!(balance.deadline.unwrap().on, fiddlehead::domain::time::plus_days(on, 10));
    assert_eq!(house.books(lot), [54000, 0, 0, 0, 54000]);
    let log = house.ledger(lot);
    let turns =
        log.iter().filter(|entry| matches!(entry.what, What::Suspend(_) | What::Unsuspend(_))).count();
    assert_eq!(turns, 2, "double news does nothing twice");
}

#[tokio::test]
async fn what_is_refunded_for_credits_that_were_passed_on_goes_to_whoever_paid() {
    use fiddlehead::actions::credits::transfer;
    let house = House::new().await;
    let (nora, lot) = house.bought("Nora Lind", &house.six).await;
    let (mira, _) = house.bought("Mira Tal", &house.six).await;
    let passed = transfer::Ask { id: LotId::from_bits(house.id()), from: lot, to: mira, count: 2 };
    transfer::transfer(&house.app, house.ines, passed, "a gift".parse().unwrap()).unwrap();
    let ask = house.pro_rata(passed.id, 2, vec![]);
    assert_eq!(ask.amount, usd(18000));
    let refund = ask::begin(&house.app, house.ines, ask).unwrap();
    let done = send::look(&house.app, refund.id).await.unwrap();
    assert_eq!((done.client, done.lot), (nora, passed.id));
    assert_eq!(house.books(passed.id), [18000, 18000, 0, 0, 0]);
    let most = Ask { method: Method::Own, amount: usd(36001), ..house.pro_rata(lot, 4, vec![]) };
    let too_much = ask::begin(&house.app, house.ines, most);
    assert!(matches!(too_much, Err(Error::Refused(Refusal::Rule(rule::Refusal::TooMuch { .. })))));
    house.settle().await;
    house.assert_sound();
}
