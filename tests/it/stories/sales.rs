//! What a story tells of a sale: the order, the payment, and the ways in which the provider's news comes.

use fiddlehead::actions::Error;
use fiddlehead::actions::billing::till;
use fiddlehead::actions::catalog::checkout::{self, Buyer, Choice, Order};
use fiddlehead::actions::reconcile;
use fiddlehead::domain::id::PurchaseId;
use fiddlehead::domain::time::{Timestamp, before, hours};
use fiddlehead::payments::{CheckoutId, Sandbox};
use fiddlehead::views::text;
use hmac::{Hmac, KeyInit, Mac};

use super::deeds::{Answer, line};
use super::sentence::gaps;
use super::world::{Done, World};

impl World {
    pub async fn sale(&mut self, line: &str) -> Option<Answer> {
        if let Some([who, package, _]) = gaps(line, "{} buys {} from {} and pays online") {
            return Some(self.buy(who, package).await);
        }
        let with_a_time = [
            ("{} orders {} from {} to pay online, to begin on {}", Choice::Online),
            ("{} orders {} from {} to pay at the practice, to begin on {}", Choice::AtPractice),
        ];
        for (sentence, choice) in with_a_time {
            if let Some([who, package, _, when]) = gaps(line, sentence) {
                let first = self.moment(when);
                return Some(first.and_then(|first| self.order_from(who, package, (choice, Some(first)))));
            }
        }
        if let Some([who, package, _]) = gaps(line, "{} orders {} from {} to pay online") {
            return Some(self.place_order(who, package, Choice::Online).map(|_| Done::Yes));
        }
        if let Some([who, package, _]) = gaps(line, "{} orders {} from {} to pay at the practice") {
            return Some(self.place_order(who, package, Choice::AtPractice).map(|_| Done::Yes));
        }
        if let Some([who]) = gaps(line, "{} pays by card") {
            return Some(self.pay(who, |till, checkout| till.pay(checkout)).await);
        }
        if let Some([who]) = gaps(line, "{}'s card is declined") {
            return Some(self.pay(who, |till, checkout| till.decline(checkout)).await);
        }
        if let Some([who, at]) = gaps(line, "{} pays by bank debit, which arrives on {}") {
            return Some(match self.moment(at) {
                Ok(at) => self.pay(who, move |till, checkout| till.pay_later(checkout, at)).await,
                Err(why) => Err(why),
            });
        }
        if let Some([who, at]) = gaps(line, "{} pays by bank debit, which fails on {}") {
            return Some(match self.moment(at) {
                Ok(at) => self.pay(who, move |till, checkout| till.fail_later(checkout, at)).await,
                Err(why) => Err(why),
            });
        }
        self.news(line).await
    }

    /// How the provider's news comes in.
    async fn news(&mut self, line: &str) -> Option<Answer> {
        if let Some([who]) = gaps(line, "{} comes back from the payment page") {
            return Some(match self.order(who) {
                Ok(id) => till::look(&self.house.app, id).await.map(|_| Done::Yes).map_err(|f| f.to_string()),
                Err(why) => Err(why),
            });
        }
        if let Some([who]) = gaps(line, "The provider's webhook about {}'s order comes") {
            return Some(self.webhook(who).await);
        }
        if line == "The provider is polled" {
            let since = before(self.house.now(), hours(1));
            return Some(
                reconcile::poll(&self.house.app, since).await.map(|_| Done::Yes).map_err(|f| f.to_string()),
            );
        }
        None
    }

    fn place_order(&mut self, who: &str, package: &str, choice: Choice) -> Result<PurchaseId, String> {
        match self.order_from(who, package, (choice, None))? {
            Done::Yes => self.order(who),
            Done::Refused(words) => Err(words),
        }
    }

    fn order_from(
        &mut self,
        who: &str,
        package: &str,
        (choice, first): (Choice, Option<Timestamp>),
    ) -> Answer {
        let package = self.package(package)?;
        let zone = self.homes.get(who).unwrap_or(&self.zone).clone();
        let email = line(&format!("{}@example.org", who.to_lowercase()))?;
        let buyer = Buyer::Visitor { name: line(who)?, email, phone: None, zone };
        let id = PurchaseId::from_bits(self.house.id());
        let order = Order { id, package: package.id, version: package.version, buyer, choice, first };
        let taken = match checkout::order(&self.house.app, order) {
            Ok(taken) => taken,
            Err(Error::Refused(checkout::Refusal::FirstTimeGone(why))) => {
                return Ok(Done::Refused(text::taken(why, &self.zone).what));
            }
            Err(Error::Refused(refused)) => return Ok(Done::Refused(format!("{refused:?}"))),
            Err(Error::Failed(fault)) => return Err(fault.to_string()),
        };
        self.clients.insert(who.to_owned(), taken.purchase.client);
        self.orders.insert(who.to_owned(), id);
        Ok(Done::Yes)
    }

    async fn buy(&mut self, who: &str, package: &str) -> Answer {
        self.place_order(who, package, Choice::Online)?;
        self.pay(who, |till, checkout| till.pay(checkout)).await?;
        let id = self.order(who)?;
        till::look(&self.house.app, id).await.map(|_| Done::Yes).map_err(|fault| fault.to_string())
    }

    async fn pay<T, E: std::fmt::Debug>(
        &mut self,
        who: &str,
        act: impl FnOnce(&Sandbox, &CheckoutId) -> Result<T, E>,
    ) -> Answer {
        let checkout = self.house.open_till(self.order(who)?).await;
        act(&self.house.till, &checkout).map(|_| Done::Yes).map_err(|error| format!("{error:?}"))
    }

    /// A webhook as the provider signs it.
    async fn webhook(&mut self, who: &str) -> Answer {
        let till = self.purchase(who)?.till.ok_or("it was not to be paid online")?;
        let checkout = till.checkout.ok_or("the payment page was never opened")?;
        let now = self.house.now().as_second();
        let body = format!(
            r#"{{"id":"evt_1","type":"checkout.session.completed","created":{now},"data":{{"object":{{"id":"{}"}}}}}}"#,
            checkout.as_str()
        );
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(b"whsec_test").unwrap();
        mac.update(format!("{now}.{body}").as_bytes());
        let header = format!("t={now},v1={}", data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()));
        let cashier = self.house.app.cashier().expect("there is a till");
        match reconcile::webhook(&self.house.app, &cashier, body.as_bytes(), &header).await {
            Ok(Ok(())) => Ok(Done::Yes),
            Ok(Err(forged)) => Err(format!("the webhook was not believed: {forged:?}")),
            Err(fault) => Err(fault.to_string()),
        }
    }
}
