//! What a story tells of money that goes back: asked for by the practitioner, or begun at the provider and by banks.

use fiddlehead::actions::refunds::{Refusal, ask, send};
use fiddlehead::domain::billing::refund::{Ask, given_back};
use fiddlehead::domain::id::{BookingId, LotId};
use fiddlehead::domain::money::{Currency, Money};
use fiddlehead::payments::CheckoutId;
use fiddlehead::payments::back::DisputeState;
use fiddlehead::store::billing;
use fiddlehead::views::text;

use super::deeds::{Answer, line};
use super::sentence::{gaps, number};
use super::world::{Done, World};

impl World {
    pub async fn refunding(&mut self, line: &str) -> Option<Answer> {
        if let Some([who, count, client, when]) =
            gaps(line, "{} refunds {} sessions to {} pro rata, canceling {}")
        {
            let session = self.session(client, when).map(|session| vec![session.id]);
            return Some(match session {
                Ok(release) => self.refund(who, client, count, release).await,
                Err(why) => Err(why),
            });
        }
        if let Some([who, count, client]) = gaps(line, "{} refunds {} sessions to {} pro rata") {
            return Some(self.refund(who, client, count, vec![]).await);
        }
        if let Some([amount, client]) = gaps(line, "{} USD of {}'s order are given back at the provider") {
            let made = self.paid_with(client).and_then(|checkout| {
                let amount = Money::parse(amount, Currency::USD).map_err(|why| why.to_string())?;
                self.house.till.refund_elsewhere(&checkout, amount).map_err(|error| error.to_string())
            });
            return Some(made.map(|_| Done::Yes));
        }
        if let Some([client]) = gaps(line, "{}'s bank questions the payment") {
            let asked = self
                .paid_with(client)
                .and_then(|checkout| self.house.till.dispute(&checkout).map_err(|error| error.to_string()));
            return Some(asked.map(|_| Done::Yes));
        }
        let [client, whom] = gaps(line, "{}'s bank decides for {}")?;
        Some(self.decided(client, whom).map(|()| Done::Yes))
    }

    async fn refund(&self, who: &str, client: &str, count: &str, release: Vec<BookingId>) -> Answer {
        let (whose, count) = (self.practitioner(who)?, number(count)?);
        let lot = LotId::from_bits(self.order(client)?.bits());
        let asked: Ask = self.house.pro_rata(lot, count, release);
        match ask::begin(&self.house.app, whose, asked) {
            Ok(refund) => {
                let sent = send::look(&self.house.app, refund.id).await;
                sent.map(|_| Done::Yes).map_err(|fault| fault.to_string())
            }
            Err(fiddlehead::actions::Error::Refused(Refusal::Rule(rule))) => {
                Ok(Done::Refused(text::refund_refused(rule).what))
            }
            Err(other) => Err(format!("{other:?}")),
        }
    }

    fn paid_with(&self, client: &str) -> Result<CheckoutId, String> {
        let till = self.purchase(client)?.till.ok_or("it was not paid online")?;
        line(till.checkout.ok_or("the payment page was never opened")?.as_str())
    }

    fn decided(&self, client: &str, whom: &str) -> Result<(), String> {
        let disputes = billing::dispute::of(&self.read(), self.order(client)?).unwrap();
        let last = disputes.last().ok_or("the bank questions nothing")?;
        let state = if whom == client { DisputeState::Lost } else { DisputeState::Won };
        let id = line(last.reference.as_str())?;
        self.house.till.decide_dispute(&id, state).map(|_| ()).map_err(|error| error.to_string())
    }

    /// "then 360.00 USD are given back to Nora".
    pub fn is_given_back(&self, amount: &str, client: &str) -> Result<(), String> {
        let refunds = billing::refund::of(&self.read(), self.order(client)?).unwrap();
        let found = given_back(&refunds, Money::zero(Currency::USD)).digits();
        if found == amount { Ok(()) } else { Err(format!("there were {found} given back")) }
    }
}
