//! Refunds in tests: asked for as the desk asks, with the amount that the rule comes to.

use std::sync::Arc;

use fiddlehead::actions::billing::till;
use fiddlehead::actions::catalog::checkout::Choice;
use fiddlehead::actions::refunds;
use fiddlehead::app::{App, Cashier, Machine, Post, Ways};
use fiddlehead::domain::billing::payment::Means;
use fiddlehead::domain::billing::refund::{Ask, Facts, Method, Way};
use fiddlehead::domain::id::*;
use fiddlehead::domain::money::Money;
use fiddlehead::domain::time::Zone;
use fiddlehead::payments::Till;
use fiddlehead::platform::password::Passwords;

use super::fake_stripe::Fake;
use super::{BASE, House};

impl House {
    /// The same program after a start of its own, with another till, and no post.
    pub fn started_with(&self, till: Till) -> Arc<App> {
        let app = &self.app;
        Arc::new(App {
            store: app.store.clone(),
            clock: app.clock.clone(),
            entropy: app.entropy.clone(),
            passwords: Passwords::new(app.entropy.clone()),
            key: app.key.clone(),
            ways: tokio::sync::watch::Sender::new(Ways {
                cashier: Some(Arc::new(Cashier {
                    whose: None,
                    till,
                    webhook_secrets: vec![],
                    poll_seconds: 60,
                })),
                own_accounts: None,
                post: Arc::new(Post::None),
                calendars: Arc::new(super::radicale::calendars()),
            }),
            backups: fiddlehead::backups::Backups::new(),
            base_url: BASE.to_owned(),
            machine: Machine::new(None, self.now()),
            bell: tokio::sync::watch::Sender::new(0),
        })
    }

    /// Somebody who bought six sessions at a server that speaks Stripe, and paid: her lot.
    pub async fn bought_at(&self, fake: &Fake, name: &str) -> LotId {
        let app = self.started_with(fake.till());
        let id = self.order(name, &self.six, Choice::Online).id;
        till::open(&app, id).await.unwrap();
        let read = app.store.read().unwrap();
        let purchase = fiddlehead::store::catalog::purchase::find(&read, id).unwrap().unwrap();
        fake.buyer(&purchase.till.unwrap().checkout.unwrap().as_str().parse().unwrap(), "pay");
        till::look(&app, id).await.unwrap();
        LotId::from_bits(id.bits())
    }

    /// A refund pro rata of so many unused credits of a lot, at the provider; sessions are called off for it first.
    pub fn pro_rata(&self, lot: LotId, count: u32, release: Vec<BookingId>) -> Ask {
        let whose = self.store_lot(lot).practitioner;
        let behind = refunds::ask::look(&self.app, whose, lot).unwrap();
        let (lot, balance) = &behind.counted;
        let released = u32::try_from(release.len()).unwrap();
        let fee = Money::zero(lot.paid.currency);
        Ask {
            id: RefundId::from_bits(self.id()),
            lot: lot.id,
            method: Method::ProRata,
            fee,
            amount: Facts::of(lot, balance, &behind.given, released).amount(Method::ProRata, count, fee),
            count,
            release,
            way: Way::Provider { reference: None },
            reason: None,
        }
    }

    /// In cash, today.
    pub fn in_cash(&self) -> Way {
        let on = "Europe/Berlin".parse::<Zone>().unwrap().date(self.now());
        Way::ByHand { means: Means::Cash, on, note: None }
    }

    /// A refund of one credit of a lot of Ines's, in cash.
    pub fn refunded_in_part(&self, lot: LotId) -> RefundId {
        let ask = Ask { way: self.in_cash(), ..self.pro_rata(lot, 1, vec![]) };
        refunds::ask::begin(&self.app, self.ines, ask).unwrap().id
    }

    pub fn store_lot(&self, lot: LotId) -> fiddlehead::domain::credits::lot::Lot {
        fiddlehead::store::credits::lot::find(&self.app.store.read().unwrap(), lot).unwrap().unwrap()
    }
}
