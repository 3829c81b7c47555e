//! Credits whose payment a bank questions, and those that were passed on: whatever comes free waits as well, whoever has it,
//! and goes with the money.

use fiddlehead::actions::calendar::by_practitioner;
use fiddlehead::actions::calendar::change::cancel_by_practitioner;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::credits::{lot, transfer};
use fiddlehead::domain::billing::refund::Question;
use fiddlehead::domain::calendar::by_practitioner::Overlooked;
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::domain::time::{hours, plus_days};
use fiddlehead::payments::back::DisputeState;

use crate::support::{House, at};

impl House {
    /// Nora's six, of which three were passed on to Mira: both, and both lots.
    async fn passed_on(&self) -> [(ClientId, LotId); 2] {
        let (nora, lot) = self.bought("Nora Lind", &self.six).await;
        // She has no other lot that could pay.
        let mira = self.order("Mira Tal", &self.six, Choice::AtPractice).client;
        let ask = transfer::Ask { id: LotId::from_bits(self.id()), from: lot, to: mira, count: 3 };
        transfer::transfer(&self.app, self.ines, ask, "a gift".parse().unwrap()).unwrap();
        [(nora, lot), (mira, ask.id)]
    }

    /// To book, waiting, taken back, booked.
    fn stands(&self, lot: LotId) -> [u32; 4] {
        let balance = self.balance(lot);
        [balance.available, balance.suspended, balance.revoked, balance.held()]
    }
}

#[tokio::test]
async fn what_comes_free_during_a_dispute_waits_and_what_was_moved_on_goes_when_it_is_lost() {
    for decided in [DisputeState::Lost, DisputeState::Won] {
        let house = House::new().await;
        let (client, lot) = house.bought("Nora Lind", &house.six).await;
        let used = house.book(client, lot, "2026-04-15T08:00:00Z");
        // Sunday: Monday's first two are within a day.
        house.live(hours(24 * 5)).await;
        let called_off = house.book(client, lot, "2026-04-20T07:00:00Z");
        let moved = house.book(client, lot, "2026-04-20T08:00:00Z");
        let dispute = house.till.dispute(&house.checkout_of(lot)).unwrap();
        house.hear().await;
        assert_eq!(house.stands(lot), [0, 3, 0, 2], "both are kept");
        lot::waive(&house.app, house.ines, used).unwrap();
        assert_eq!(house.stands(lot), [0, 4, 0, 2]);
        cancel_by_practitioner(&house.app, house.ines, called_off, None).unwrap();
        assert_eq!(house.stands(lot), [0, 5, 0, 1]);
        let later = at("2026-05-20T08:00:00Z");
        by_practitioner::reschedule(&house.app, house.ines, moved, later, Overlooked::default(), None)
            .unwrap();
        assert_eq!(house.stands(lot), [0, 5, 0, 1]);
        house.live(hours(48)).await;
        house.till.decide_dispute(&dispute.id, decided).unwrap();
        house.hear().await;
        if decided == DisputeState::Won {
            assert_eq!(house.stands(lot), [5, 0, 0, 1]);
        } else {
            assert_eq!(house.stands(lot), [0, 0, 6, 0]);
            assert_eq!(house.books(lot), [54000, 54000, 0, 0, 0]);
            assert_eq!(house.refunds_of(lot)[0].credits, 6);
        }
    }
}

#[tokio::test]
async fn credits_that_were_passed_on_wait_with_the_buyers_and_come_back_or_go_with_them() {
    for decided in [DisputeState::Lost, DisputeState::Won] {
        let house = House::new().await;
        let [(_, own), (mira, passed)] = house.passed_on().await;
        let on = house.balance(passed).deadline.unwrap().on;
        house.book(mira, passed, "2026-04-15T07:00:00Z");
        house.book(mira, passed, "2026-04-24T08:00:00Z");
        let dispute = house.till.dispute(&house.checkout_of(own)).unwrap();
        house.hear().await;
        assert_eq!([house.stands(own), house.stands(passed)], [[0, 3, 0, 0], [0, 2, 0, 1]]);
        house.live(hours(48)).await;
        house.till.decide_dispute(&dispute.id, decided).unwrap();
        house.hear().await;
        if decided == DisputeState::Won {
            assert_eq!([house.stands(own), house.stands(passed)], [[3, 0, 0, 0], [2, 0, 0, 0]]);
            assert_eq!(house.balance(passed).deadline.unwrap().on, plus_days(on, 2));
        } else {
            assert_eq!([house.stands(own), house.stands(passed)], [[0, 0, 3, 0], [0, 0, 2, 0]]);
            assert_eq!(house.books(own), [27000, 27000, 0, 0, 0]);
            assert_eq!(house.books(passed), [27000, 27000, 0, 0, 0]);
            assert_eq!(house.notes().last(), Some(&(2, -54000)), "one credit note");
        }
    }
}

#[tokio::test]
async fn a_full_refund_at_the_provider_takes_credits_that_were_passed_on_and_asks_about_their_sessions() {
    let house = House::new().await;
    let [(_, own), (mira, passed)] = house.passed_on().await;
    let ahead = house.book(mira, passed, "2026-04-24T08:00:00Z").to_string();
    house.till.refund_elsewhere(&house.checkout_of(own), Money::new(54000, Currency::USD)).unwrap();
    house.hear().await;
    assert_eq!([house.stands(own), house.stands(passed)], [[0, 0, 3, 0], [0, 0, 2, 1]]);
    assert_eq!(house.books(own), [27000, 27000, 0, 0, 0]);
    let refund = house.refunds_of(own).remove(0);
    assert_eq!((refund.credits, refund.question), (5, Some(Question::Sessions)));
    let mut ines = house.practitioner(house.ines);
    let page = format!("/desk/refunds/{}", refund.id);
    assert!(ines.get(&page).await.text.contains("Mira Tal"), "it says whose session it is");
    ines.post(&format!("{page}/answer"), &[("release", &ahead)]).await;
    assert_eq!(house.stands(passed), [0, 0, 3, 0]);
    assert_eq!(house.books(passed), [27000, 27000, 0, 0, 0]);
    house.hear().await;
}

#[tokio::test]
async fn a_part_that_is_more_than_the_buyer_still_has_is_taken_of_what_she_passed_on() {
    let house = House::new().await;
    let [(_, own), (_, passed)] = house.passed_on().await;
    house.till.refund_elsewhere(&house.checkout_of(own), Money::new(36000, Currency::USD)).unwrap();
    house.hear().await;
    let refund = house.refunds_of(own).remove(0);
    assert_eq!((refund.credits, refund.question), (0, Some(Question::WhichCredits)));
    let mut ines = house.practitioner(house.ines);
    let page = format!("/desk/refunds/{}", refund.id);
    assert!(ines.get(&page).await.text.contains("Those of Nora go first."));
    ines.post(&format!("{page}/answer"), &[("free", "4")]).await;
    assert_eq!([house.stands(own), house.stands(passed)], [[0, 0, 3, 0], [2, 0, 1, 0]]);
    assert_eq!(house.books(own), [27000, 27000, 0, 0, 0]);
    assert_eq!(house.books(passed), [27000, 9000, 0, 0, 18000]);
    house.hear().await;
}
