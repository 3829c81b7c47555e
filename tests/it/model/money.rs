//! The deeds of the model that give money back: at the desk, at the provider's own pages, and by banks.

use fiddlehead::actions::reconcile;
use fiddlehead::actions::refunds::{ask, send, stuck};
use fiddlehead::domain::billing::payment::Means;
use fiddlehead::domain::billing::refund::{Ask, Method, State, to_come};
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::Money;
use fiddlehead::payments::back::DisputeState;
use fiddlehead::store::{billing, credits};

use super::End;
use super::deeds::{Life, end};

impl Life {
    /// A refund of some of a lot, pro rata or of an amount that the dice say, online or in cash; sent twice, it is one.
    pub async fn refund(&mut self) -> End {
        let Some(lot) = self.lot() else { return End::Nothing };
        let whose = self.mostly(lot.practitioner);
        let (_, balance) =
            credits::lot::counted(&self.house.app.store.read().unwrap(), lot.id, self.house.now())
                .unwrap()
                .unwrap();
        let release: Vec<BookingId> =
            to_come(&balance, self.house.now()).into_iter().filter(|_| self.dice.once_in(2)).collect();
        if ask::look(&self.house.app, lot.practitioner, lot.id).is_err() {
            return End::Refused;
        }
        let count = u32::try_from(self.dice.below(7)).unwrap();
        let mut asked: Ask = self.house.pro_rata(lot.id, count, release);
        if self.dice.once_in(3) {
            asked.method = Method::Own;
            asked.amount = Money { minor: i64::try_from(self.dice.below(60_000)).unwrap(), ..lot.paid };
        }
        if self.dice.once_in(3) {
            asked.way = self.house.in_cash();
        }
        let begun = ask::begin(&self.house.app, whose, asked.clone());
        if let Ok(refund) = &begun {
            let before = super::digest(&self.house);
            ask::begin(&self.house.app, whose, asked).unwrap();
            assert_eq!(before, super::digest(&self.house), "a refund that is sent twice is one");
            let first = send::look(&self.house.app, refund.id).await.unwrap();
            assert_eq!(send::look(&self.house.app, refund.id).await.unwrap(), first);
        }
        end(begun)
    }

    /// Somebody gives money back at the provider; we hear of it at once, twice, or when the next news is read.
    pub async fn refund_elsewhere(&mut self) -> End {
        let Some(purchase) = self.purchase() else { return End::Nothing };
        let Some(checkout) = self.checkout(purchase.id) else { return End::Nothing };
        let part = i64::try_from(1 + self.dice.below(4)).unwrap();
        let amount = Money { minor: purchase.offer.price.minor / part, ..purchase.offer.price };
        if self.house.till.refund_elsewhere(&checkout, amount).is_err() {
            return End::Nothing;
        }
        self.hear().await
    }

    /// A bank questions a payment, or decides about one that is questioned.
    pub async fn dispute(&mut self) -> End {
        let open = billing::dispute::all(&self.house.app.store.read().unwrap()).unwrap();
        if let Some(known) = self.dice.pick(&open).filter(|_| self.dice.below(3) > 0) {
            let state = self.dice.pick(&[DisputeState::Won, DisputeState::Lost]).unwrap();
            let id = known.reference.as_str().parse().unwrap();
            self.house.till.decide_dispute(&id, state).unwrap();
            return self.hear().await;
        }
        let Some(purchase) = self.purchase() else { return End::Nothing };
        let Some(checkout) = self.checkout(purchase.id) else { return End::Nothing };
        if self.house.till.dispute(&checkout).is_err() {
            return End::Nothing;
        }
        self.hear().await
    }

    async fn hear(&mut self) -> End {
        let now = self.house.now();
        for _ in 0..self.dice.below(3) {
            reconcile::poll(&self.house.app, now).await.unwrap();
        }
        End::Done
    }

    /// What waits is sent again, given by hand, called off or answered.
    pub async fn decide(&mut self) -> End {
        let all = billing::refund::all(&self.house.app.store.read().unwrap()).unwrap();
        let Some(refund) = self.dice.pick(&all) else { return End::Nothing };
        let whose = self.mostly(refund.practitioner);
        let app = self.house.app.clone();
        match self.dice.below(5) {
            0 => end(stuck::again(&app, whose, refund.id)),
            1 => {
                let on = fiddlehead::domain::time::Zone::utc().date(self.house.now());
                end(stuck::by_hand(&app, whose, refund.id, (Means::Cash, on, None)))
            }
            2 => end(stuck::undo(&app, whose, refund.id)),
            3 => match (&refund.state, refund.reference()) {
                (State::Done { .. }, Some(reference)) if reference.as_str().starts_with("re_") => {
                    let _ = self.house.till.refund_comes_back(&reference.as_str().parse().unwrap());
                    self.hear().await
                }
                _ => End::Nothing,
            },
            _ => {
                let free = u32::try_from(self.dice.below(3)).unwrap();
                end(stuck::answer(&app, whose, refund.id, stuck::Answer { release: vec![], free }))
            }
        }
    }
}
